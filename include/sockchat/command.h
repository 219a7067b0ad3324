/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a user types: a line for the peer, or a command.  The only way in for
 * every front end. */

#ifndef SOCKCHAT_COMMAND_H
#define SOCKCHAT_COMMAND_H

#include <stddef.h>

#include <sockchat/chat.h>
#include <sockchat/error.h>

/* A line without its ending.  "/word …" is a command, "//" sends a line that
 * begins with one slash, anything else is sent with the chosen ending. */
void command_run(struct chat *c, const char *line, size_t len);

/* When a line is to be done. */
enum command_turn {
	COMMAND_IN_TURN,   /* after those before it */
	COMMAND_FOR_PEERS, /* too, and it may have to wait for its peers */
	COMMAND_AT_ONCE,   /* it looks or ends, and may pass those that wait */
};
enum command_turn command_turn(const char *line, size_t len);

/* Send a line as it is, whatever it begins with, with the chosen ending.  -1
 * when it could not: then an ERROR entry says why. */
int command_send(struct chat *c, const char *line, size_t len);

/* Append the bytes that command_run() would send of this line: none for a
 * command that is not about bytes.  -1 with the sentence that it would say
 * instead of sending. */
MUST_USE
int command_preview(const struct chat *c, const char *line, size_t len,
                    struct bytes *out, struct error *e);

/* Append to `line` what has to be typed to send these bytes: themselves, or
 * /send with escapes.  -1 without memory. */
MUST_USE
int command_retype(const struct chat *c, const uint8_t *bytes, size_t len,
                   struct bytes *line);

/* Candidates for the word that ends at `point`: `*start` is where it begins; a
 * malloc'ed array of malloc'ed strings that ends in NULL, or NULL for none.
 * The caller frees both. */
char **command_complete(struct chat *c, const char *line, size_t point,
                        size_t *start);

typedef int command_parse_fn(struct bytes *out, const char *text, size_t len,
                             struct error *e);
typedef void command_peer_fn(struct session *s);

/* A command sets the option of its name, unless one of the three is given. */
struct command_row {
	const char *name; /* "connect" */
	const char *args; /* "ENDPOINT", "" for none */
	const char *help;
	void (*run)(struct chat *c, char *args);
	command_parse_fn *parse;  /* its argument, into bytes that are sent */
	command_peer_fn *to_peer; /* done to a peer that is named, or to all */
	const char *done;         /* told then; or NULL */
	const struct choice *choices; /* of its argument, or NULL */
	enum command_turn turn;
};

/* Row `i` of the table, or NULL behind the last. */
const struct command_row *command_row(size_t i);

#endif
