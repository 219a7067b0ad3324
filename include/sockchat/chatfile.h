/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The .chat format, read and written: sockchat-chat(5).  A file is read step by
 * step, and may be longer than memory. */

#ifndef SOCKCHAT_CHATFILE_H
#define SOCKCHAT_CHATFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sockchat/bytes.h>
#include <sockchat/endpoint.h>
#include <sockchat/error.h>
#include <sockchat/frame.h>

#define CHATFILE_FIRST    "# sockchat conversation 1"
#define CHATFILE_STEP_MAX ((size_t)64 << 20) /* bytes of a step, of a line */
#define CHATFILE_NAME_MAX 32     /* of a group, as PCRE2 has it */
#define CHATFILE_FILLS_MAX 1000  /* of a step */
#define CHATFILE_PEER_MAX 1000000 /* the highest number of a peer */

/* Which side a step is of: '>' or '<'. */
enum chat_side { CHAT_NEITHER, CHAT_OUT, CHAT_IN };

enum chat_step_kind {
	CHAT_BYTES,    /* "text", hex, pack, file: `bytes` and `fills` */
	CHAT_MATCH,    /* /EXPRESSION/, in `bytes` as expression.h reads it */
	CHAT_ANY,      /* ... */
	CHAT_FIN,
	CHAT_RST,
	CHAT_STARTTLS, /* its side is the one of the TLS client, or neither */
	CHAT_WAIT,     /* wait SECS, in pause_ns */
	CHAT_FRAME,    /* frame SPEC, in `frame` */
	CHAT_COMMENT,  /* # TEXT, in `bytes`; for who asks for them */
};

/* ${NAME} stood there: what the group has goes before the byte `at`. */
struct chat_fill {
	size_t at;
	size_t line, column; /* of the file, from 1 */
	char name[CHATFILE_NAME_MAX + 1];
};

/* Pointers are borrowed until the next step is read. */
struct chat_step {
	enum chat_step_kind kind;
	enum chat_side side;
	uint32_t peer;      /* of [2]; 0: it has none */
	bool has_pause;
	int64_t pause_ns;   /* of +0.250, or of `wait` */
	size_t line;        /* of its mark, from 1 */
	size_t item_line, item_column; /* where its first item begins, from 1 */
	struct bytes bytes; /* of BYTES, MATCH, COMMENT */
	const struct chat_fill *fills;
	size_t fill_count;
	struct frame frame; /* of FRAME */
};

/* Whether a step is one of this peer's; of peer 0, all are.  What stands above
 * the first number in a file is the first peer's, but a wait and a frame
 * without a number are everybody's. */
static inline bool chat_step_is_of(const struct chat_step *s, uint32_t peer)
{
	bool is_shared = s->kind == CHAT_WAIT || s->kind == CHAT_FRAME ||
	                 s->kind == CHAT_COMMENT;
	return !peer || s->peer == peer ||
	       (!s->peer && (peer == 1 || is_shared));
}

/* What a whole file has in it. */
struct chat_facts {
	size_t steps;
	/* The numbers of its peers, in the order of their first steps.  None:
	 * the file is for each peer anew. */
	const uint32_t *peers;
	size_t peer_count;
	uint32_t highest; /* of them */
};

/* The line after the first. */
struct chat_head {
	bool has_side;
	bool has_datagrams; /* of UDP: a step is one */
	enum endpoint_mode mode; /* what '>' is */
	char endpoint[ENDPOINT_TEXT_MAX]; /* in one word; "" for none */
};

struct chatfile;

/* Open the file, and read its head.  The caller closes it.  NULL with a
 * sentence that names the file, and line and column: "talk.chat:7:12: …".
 * What is added to the file from now on is not read. */
MUST_USE struct chatfile *chatfile_open(const char *path, struct error *e);
/* The same for a text, which is borrowed until it is closed; `name` is what
 * sentences call it.  It has no folder for `file "NAME"`. */
MUST_USE
struct chatfile *chatfile_open_text(const char *name, const void *text,
                                    size_t len, struct error *e);
const struct chat_head *chatfile_head(const struct chatfile *f);
/* As sentences call it. */
const char *chatfile_name(const struct chatfile *f);
/* Whether a step is a datagram, as the head says; and to say it anew, for who
 * plays the file over something else. */
bool chatfile_has_datagrams(const struct chatfile *f);
void chatfile_set_datagrams(struct chatfile *f, bool has_datagrams);
/* Read the next step: 1; 0 at the end; -1 with such a sentence. */
MUST_USE
int chatfile_next(struct chatfile *f, struct chat_step *step, struct error *e);
/* Begin again with the first step. */
void chatfile_rewind(struct chatfile *f);
/* Go on with the first step that begins at this byte of the file or behind it:
 * who wants the end of a long file need not read all of it.  Lines are counted
 * from there.  -1 with a sentence. */
MUST_USE
int chatfile_skip(struct chatfile *f, uint64_t offset, struct error *e);
/* From now on comments between the steps are steps. */
void chatfile_want_comments(struct chatfile *f);
/* From now on chatfile_check() refuses more bytes than these in all steps: a
 * short file may name long ones, again and again. */
void chatfile_limit(struct chatfile *f, uint64_t most);

/* Read the file once, and begin again: whether all of its steps can be, one
 * after another, for who plays that side; CHAT_NEITHER: for who plays none.
 * NULL with such a sentence.  The facts are borrowed until it is closed. */
MUST_USE
const struct chat_facts *chatfile_check(struct chatfile *f,
                                        enum chat_side plays, struct error *e);
void chatfile_close(struct chatfile *f);

/* Written: each sequence of steps has one form.  -1 as bytes_append(); then
 * some of it may have been appended. */

/* The first line, and the endpoint unless it is "". */
MUST_USE
int chatfile_write_head(struct bytes *out, enum endpoint_mode mode,
                        const char *endpoint);
/* The lines of a step; `line` and the places of items do not matter. */
MUST_USE
int chatfile_write_step(struct bytes *out, const struct chat_step *s);

#endif
