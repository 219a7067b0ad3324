/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Conversations as files: what is kept of them, and what is done with that. */

#ifndef SOCKCHAT_RECORD_H
#define SOCKCHAT_RECORD_H

#include <stdint.h>

#include <sockchat/chat.h>
#include <sockchat/recorder.h>

/* The commands that are done here, for `commands` of struct chat. */
extern const struct chat_command record_commands[];

/* Whether all recordings that the options ask for have a format: -1 with a
 * sentence if one has none. */
MUST_USE int record_check(const struct options *o, struct error *e);
/* Copy the next of them, and step behind it.  False behind the last. */
bool record_next_asked(const char **names, char name[RECORD_MAX]);

/* Which side `>` is in a recording, and its endpoint: in the middle, we connect
 * to the target. */
enum endpoint_mode record_side(const struct options *o,
                               char endpoint[ENDPOINT_TEXT_MAX]);

/* Let the chat have recorders, and begin those that the options ask for; on a
 * screen (`stays`) a listener serves many peers.  -1 with a sentence. */
MUST_USE int record_begin(struct chat *c, bool stays, struct error *e);
/* The chat is over, and its front end has gone: end its recordings.  Failures
 * are told on standard error, and set `has_failed`. */
void record_end(struct chat *c);

/* Write the entries from `first` to `last`, or all if both are 0, to a new
 * file, in the form that the ending of its name asks for; those that the filter
 * hides are left out.  It takes several turns; notes tell the outcome.  -1
 * after a complaint. */
int record_save(struct chat *c, const char *path, uint64_t first,
                uint64_t last);

#endif
