/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One side of a conversation, played from its steps, and the other side
 * checked: pure.  It is given what comes, and says what is to be done.  How
 * bytes are cut into reads does not matter; but over UDP each read is a
 * datagram, and each step as well. */

#ifndef SOCKCHAT_PLAYER_H
#define SOCKCHAT_PLAYER_H

#include <sockchat/chatfile.h>

struct player;

enum player_wants {
	PLAYER_TO_SEND,     /* these bytes; then player_done() */
	PLAYER_TO_END,      /* our FIN; then player_done() */
	PLAYER_TO_RESET,    /* RST; then player_done() */
	PLAYER_TO_SECURE,   /* TLS begins; then player_done() */
	PLAYER_TO_PAUSE,    /* let `pause_ns` pass; then player_done() */
	PLAYER_TO_HEAR,     /* what comes: player_take(), player_end() */
	PLAYER_IS_DONE,     /* all is as written */
	PLAYER_HAS_FAILED,  /* see player_failure() */
};

/* What is wanted now; pointers are borrowed until the next call. */
struct player_want {
	enum player_wants what;
	uint64_t step; /* its number, from 1 */
	size_t line;   /* of the step */
	/* SEND: what to send.  SECURE: what came too early to be plain, and
	 * belongs to TLS; the player forgets it. */
	const uint8_t *bytes;
	size_t len;
	int64_t pause_ns; /* HEAR: the peer paused so long when it was
	                   * recorded, and may do so again */
	bool is_recorded; /* PAUSE: of "+0.250"; not of `wait` */
	enum chat_side client; /* SECURE: whose the TLS client's mark is, or
	                        * neither */
	uint64_t silence_ms; /* HEAR, not 0: after such a silence call
	                      * player_silent() */
};

/* How what came ended. */
enum player_end { PLAYER_FIN, PLAYER_RST, PLAYER_BROKEN };

/* How a step was not met.  Pointers are borrowed until the next call. */
struct player_failure {
	size_t line;
	struct error error; /* "talk.chat:7: …": a sentence, and a hint */
	/* What was awaited and what came, as far as both are known, both from
	 * byte `from` of the step or message on; and the first byte of them
	 * that differs. */
	const uint8_t *awaited, *came;
	size_t awaited_len, came_len, at;
	uint64_t from;
	bool is_expression; /* `awaited` is one, or a word, as "fin" */
	bool is_within;     /* it may stand anywhere in what comes: `came` is
	                     * the end of that */
};

/* Play the side `plays` of the steps of `peer`, which are those that
 * chat_step_is_of() tells.  Takes the file, which chatfile_check() has found
 * right.  NULL without memory. */
MUST_USE
struct player *player_new(struct chatfile *f, enum chat_side plays,
                          uint32_t peer);
void player_free(struct player *p);

/* What the player wants.  It changes by the calls below alone. */
struct player_want player_wants(const struct player *p);
/* What was wanted has been done. */
void player_done(struct player *p);

/* How many bytes player_take() would take; while it is 0, do not read. */
size_t player_room(const struct player *p);
/* Bytes have come.  Those that no step awaits yet are kept, up to a bound.  How
 * many were taken: not more than player_room() told, but a datagram is taken as
 * a whole. */
size_t player_take(struct player *p, const void *bytes, size_t len);
/* The direction that comes has ended. */
void player_end(struct player *p, enum player_end how);
/* Nothing came for `silence_ms`. */
void player_silent(struct player *p);
/* What was wanted did not happen in time: fail. */
void player_late(struct player *p, int64_t waited_ns);

/* Once it has failed.  What comes then is taken to be shown. */
const struct player_failure *player_failure(struct player *p);

/* player_rows.c */

/* Append rows of at most 65 columns, each with its LF, that show what was
 * awaited and what came side by side, around the first difference, which is
 * marked; in hex if they are no text, or if that is wanted.  They are safe for
 * a terminal.  -1 without memory. */
MUST_USE
int player_rows(const struct player_failure *f, bool is_hex,
                unsigned glyph_flags, struct bytes *out);

#endif
