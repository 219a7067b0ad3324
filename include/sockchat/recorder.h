/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recorders: each keeps a conversation in a file, or every conversation in one
 * of its own, in a format of sink.h.  They listen to a transcript, to the wire,
 * or to both, and write at the end of a turn: whole entries, which nobody waits
 * for.  What cannot be written is counted, and told when it begins and ends. */

#ifndef SOCKCHAT_RECORDER_H
#define SOCKCHAT_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/endpoint.h>
#include <sockchat/error.h>
#include <sockchat/loop.h>
#include <sockchat/record_file.h>
#include <sockchat/ticks.h>
#include <sockchat/transcript.h>
#include <sockchat/wire.h>
#include <sockchat/wrap.h>

struct recorders;

/* What they need of a program.  All is borrowed until recorders_end(), but for
 * the endpoint, which is copied. */
struct recorders_door {
	struct loop *loop;
	struct transcript *transcript;
	struct ticks *ticks; /* or NULL: no acknowledgements are awaited */
	struct wire *wire;
	struct encoding *const *encoding; /* of text; or NULL: UTF-8 */
	enum endpoint_mode mode;
	const char *endpoint; /* "127.0.0.1:9999" */
	bool has_peers; /* there may be more than one */
	const struct frame *frame; /* of what comes, or NULL; may change */
	bool has_untold_in; /* bytes that come are in no entry */
	/* What waits for a session's peer.  NULL: entries tell all bytes. */
	void (*queue)(void *user, uint32_t session, struct sink_queue *out);
	/* How entries look now. */
	struct wrap_look (*look)(void *user);
	/* A recording has failed: the exit status has to be 1. */
	void (*on_error)(void *user, const struct error *e);
	/* It goes on: a note with this code. */
	void (*on_note)(void *user, const char *code, const char *text);
	void *user;
};

/* NULL without memory. */
MUST_USE struct recorders *recorders_new(const struct recorders_door *door);
/* End all of them: what waits is written now.  Frees `r`; NULL is fine. */
void recorders_end(struct recorders *r);

/* Begin one, by [FORMAT:]FILE.  From then on a broken pipe and the size limit
 * of files are failures of a write, and no signals.  -1 with a sentence. */
MUST_USE
int recorders_start(struct recorders *r, const char *name,
                    enum record_over over, struct error *e);
/* End those that there are; how many there were. */
size_t recorders_stop(struct recorders *r);
/* The transcript has to have entries, for somebody records them.  NULL: there
 * is no recorder. */
bool recorders_hear_entries(const struct recorders *r);

/* How it stands with a recorder, or with all of them. */
struct recorder_sums {
	const char *format, *name; /* of one: borrowed until it ends */
	size_t files;     /* that are open */
	uint64_t written; /* bytes */
	uint64_t missing; /* bytes that are not in a file now */
	bool fails;
};

/* Recorder `i`, in their order.  False behind the last. */
bool recorders_at(const struct recorders *r, size_t i,
                  struct recorder_sums *out);
/* How many there are, and the sums of them all. */
size_t recorders_sum(const struct recorders *r, struct recorder_sums *out);

#endif
