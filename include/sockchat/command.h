/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a user types: a line for the peer, or a command.  The only way in for
 * every front end. */

#ifndef SOCKCHAT_COMMAND_H
#define SOCKCHAT_COMMAND_H

#include <stddef.h>

#include <sockchat/audience.h>
#include <sockchat/error.h>

/* Do what a line says, which comes without its ending.  "/word …" is a command,
 * "//" sends a line that begins with one slash, and anything else is sent with
 * the chosen ending.  -1 when it could not be done: then an ERROR entry says
 * why. */
int command_run(struct chat *c, const char *line, size_t len);

/* When a line is to be done. */
enum command_turn {
	COMMAND_IN_TURN,   /* after the lines before it */
	COMMAND_FOR_PEERS, /* in turn, and when its peers can take it */
	COMMAND_AT_ONCE,   /* it looks or ends: it may pass lines that wait */
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
                    struct framed *out, struct error *e);

/* Append to `line` what has to be typed to send these bytes, a payload if there
 * is a frame: themselves, or /send with escapes.  -1 without memory. */
MUST_USE
int command_retype(const struct chat *c, const uint8_t *bytes, size_t len,
                   struct bytes *line);

/* Learn from a line that an earlier run was given: the endpoint of /connect or
 * /listen is offered by command_complete(). */
void command_learn(struct chat *c, const char *line);

/* What the word that ends at `point` may become, and where it begins.  A
 * malloc'ed array of malloc'ed strings that ends in NULL, or NULL for none; the
 * caller frees both. */
char **command_complete(struct chat *c, const char *line, size_t point,
                        size_t *start);

typedef int command_parse_fn(struct bytes *out, const char *text, size_t len,
                             struct error *e);

/* A command does one of three things: it runs a function, which returns -1
 * after a complaint, sends bytes, or does something to a peer.  A row with none
 * of them sets the option of its name. */
struct command_row {
	const char *name; /* "connect" */
	const char *args; /* "ENDPOINT", "" for none */
	const char *help;
	int (*run)(struct chat *c, char *args);
	command_parse_fn *parse;  /* its argument becomes the bytes to send */
	bool is_raw;              /* without a frame around them */
	bool is_above;            /* `commands` of struct chat do it */
	chat_session_fn *to_peer; /* to the peer named or spoken to, or all */
	const char *code, *done;  /* the note when that is done, or NULL */
	const struct choice *choices; /* of its argument, or NULL */
	const char *example; /* of an argument that it needs, or NULL */
	enum command_turn turn;
	const struct choice *at_once; /* with these words it may pass others */
};

/* Tell of the commands whose names begin with the word.  -1 when there is none,
 * which it says. */
int command_help(struct chat *c, char *args);

/* Begin TLS with the peers, behind this line if there is one.  -1 after an
 * ERROR entry. */
int command_starttls(struct chat *c, char *args);

/* Row `i` of the table, or NULL behind the last. */
const struct command_row *command_row(size_t i);

#endif
