/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where a protocol's messages end, and what goes around a payload: a table of
 * operations, each pure, over bytes and their length.  A kind is a row; many
 * rows share a function.
 *
 * A message is its length field (the prefix), its end (the suffix) and the
 * payload, which is all the rest.  With at=N the N bytes before the prefix
 * belong to the payload. */

#ifndef SOCKCHAT_FRAME_H
#define SOCKCHAT_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/error.h>

#define FRAME_MAX      ((uint64_t)16 << 20) /* a length, if nothing is said */
#define FRAME_CUT_MAX  ((size_t)64 << 10) /* a text that never ends is cut */
#define FRAME_TEXT_MAX 80  /* of a delimiter */
#define FRAME_KINDS_MAX 40 /* rows at most */
#define FRAME_SPEC_MAX 700 /* of frame_format(), with the NUL */
#define FRAME_AUTO_MS  20  /* what is binary ends at such a pause */

struct frame;
struct frame_state;

/* What a kind is like. */
enum {
	FRAME_PIECES = 1, /* an unfinished message is told in pieces */
	FRAME_CUTS = 2,   /* a message is cut at FRAME_CUT_MAX */
	FRAME_IDLES = 4,  /* a message ends when nothing comes for a while */
	FRAME_ASKS = 8,   /* it has to see what the other direction asked */
	FRAME_WHOLE_TOO = 16, /* a payload that is a whole message goes as it
	                       * is: a protocol of its own */
	FRAME_BOUNDED = 32, /* no message is longer than max */
	FRAME_GROWS = 64, /* a whole message may be soft */
};

/* What stands in a SPEC behind the kind's colon. */
enum frame_arg {
	FRAME_ARG_NONE,
	FRAME_ARG_TEXT,  /* delim:TEXT */
	FRAME_ARG_TEXTS, /* between:START,END */
	FRAME_ARG_COUNT, /* fixed:N */
	FRAME_ARG_DIGITS, /* dec:N */
	FRAME_ARG_TIME,  /* idle:TIME */
};

/* How a length is written. */
enum frame_field {
	FRAME_FIELD_BINARY,
	FRAME_FIELD_VARINT, /* LEB128 */
	FRAME_FIELD_DEC,    /* so many digits */
	FRAME_FIELD_HEX,
	FRAME_FIELD_COLON,  /* decimal digits up to a colon */
};

struct frame_cut;
typedef struct frame_cut frame_cut_fn(const struct frame *f,
                                      struct frame_state *s,
                                      const uint8_t *bytes, size_t len);
typedef bool frame_ends_fn(const struct frame *f, const struct frame_state *s);
typedef int frame_wrap_fn(const struct frame *f, const uint8_t *payload,
                          size_t len, struct bytes *out, struct error *e);
typedef int frame_unwrap_fn(const uint8_t *payload, size_t len,
                            struct bytes *out);

struct frame_kind {
	const char *name; /* "u32" */
	const char *args; /* as help shows them: "[,le][,at=N]…"; "" for none */
	const char *help; /* what a message is, in a few words */
	const char *no_length; /* what FRAME_NO_LENGTH means, or NULL */
	unsigned traits;
	enum frame_arg arg;
	bool has_length;  /* it takes le, at=, add=, max= */
	/* Look at the next bytes of the message under way.  frame_cut() alone
	 * calls it, once `rest` is 0, and goes on with what it sets there:
	 * frame_private.h. */
	frame_cut_fn *cut;
	/* Whether a message that the peer's end ends is whole.  NULL: it is
	 * not. */
	frame_ends_fn *ends;
	/* What goes around a payload: see frame_wrap().  NULL: the kind only
	 * reads. */
	frame_wrap_fn *wrap;
	/* What the payload was before it was written for the way: append it.
	 * NULL: as it stands there.  -1 without memory. */
	frame_unwrap_fn *unwrap;
	/* What the row says to functions that many rows share. */
	struct {
		const char *end;      /* of a text, or NULL */
		uint8_t end_len;
		enum frame_field field;
		uint8_t size;         /* bytes of a length, at most */
		bool is_little;
		uint32_t at, max;     /* max: 0 is FRAME_MAX */
		int64_t add;
	} row;
};

/* A SPEC that has been read.  It is a value: copy it as you like. */
struct frame {
	const struct frame_kind *kind;
	uint64_t count; /* fixed: bytes; dec, hex: digits; idle,
	                 * auto: milliseconds */
	uint64_t max;   /* the longest that may follow a length */
	uint64_t asked_max; /* max=, or 0: FRAME_MAX */
	int64_t add;    /* length + add bytes follow it */
	uint32_t at;    /* so many bytes stand before the length */
	uint16_t is_little; /* not 0: the least byte of a length comes first */
	/* Texts of delim and between.  A kind of a fixed end, as line, looks
	 * for that, and puts `end` behind a payload if there is one. */
	uint8_t start_len, end_len;
	uint8_t start[FRAME_TEXT_MAX], end[FRAME_TEXT_MAX];
};

/* The table; its first row is auto. */
extern const struct frame_kind frame_kinds[];
#define FRAME_DEFAULT \
	{ .kind = frame_kinds, .count = FRAME_AUTO_MS, .max = FRAME_MAX }

/* Cuts what comes in datagrams: each read is a message, an empty one too.  It
 * is in no table, for nobody chooses it, and has no name. */
extern const struct frame frame_datagram;

/* Whether the user has chosen another kind than auto. */
static inline bool frame_is_chosen(const struct frame *f)
{
	return f->kind != frame_kinds;
}

enum frame_wrong {
	FRAME_RIGHT,
	FRAME_TOO_LONG,  /* a length over max */
	FRAME_TOO_SHORT, /* a length that counts itself, and is less than it */
	FRAME_NO_LENGTH, /* no digits where a length should be; a varint over
	                  * 10 bytes */
	FRAME_NO_END,    /* a netstring without its comma, and the like */
	FRAME_NOT_IT,    /* this is not the protocol */
};

/* What the two directions of a conversation know of each other: what has been
 * asked and is not answered.  All zero at first. */
struct frame_asked {
	uint64_t bits;  /* two for each, the oldest lowest; what they say is
	                 * the kind's */
	uint32_t count; /* of what was asked */
	bool is_raw;    /* both directions now speak something else */
};

/* The message under way.  All zero: none is. */
struct frame_message {
	uint64_t len;    /* bytes of it so far */
	uint64_t total;  /* so many follow the prefix; 0: it is not known */
	uint32_t prefix_at, prefix; /* where its length field is, and how long
	                             * that is so far */
	uint32_t suffix; /* of a whole one: how long its end is */
	enum frame_wrong wrong : 8;
	bool is_soft : 1;  /* it is whole, and what follows may belong to it */
	bool is_plain : 1; /* it stands between two messages: all payload */
	/* The rest is for the kinds. */
	bool is_last : 1;  /* `rest` is the end of the message */
	uint8_t step;
	uint8_t back;      /* see struct frame_cut */
	uint32_t n, seen;
	uint64_t rest;     /* so many bytes belong to it without a look */
	uint64_t value, more;
};

/* What is known of one direction.  All zero at first, but for `asked`. */
struct frame_state {
	struct frame_message now;
	bool is_raw : 1;    /* the rest of this direction is shown as it came */
	bool is_binary : 1; /* auto: it is not text any more */
	bool is_begun : 1;  /* a message has been whole before this one */
	bool is_over : 1;   /* the next bytes begin a message */
	bool is_read : 1;   /* the next bytes begin a read */
	uint8_t kept;       /* for the kinds, from message to message */
	uint64_t clear;     /* auto: so many of the next bytes are text */
	uint64_t pause_ms;  /* before the read */
	struct frame_asked *asked; /* borrowed; of both directions */
};

enum frame_status {
	FRAME_MORE,  /* all bytes belong to the message, which is not whole */
	FRAME_WHOLE, /* it ends behind them */
	FRAME_CUT,   /* it is too long, and ends here */
	FRAME_WRONG, /* these bytes cannot be: `wrong` says why, the bytes so
	              * far belong to the message, and what follows is raw */
};

struct frame_cut { /* two words: it comes in registers */
	size_t len;    /* bytes that belong to the message under way */
	uint32_t back; /* so many bytes at its end, which may have come before
	                * these, belong to the next message after all */
	enum frame_status status;
};

/* A read begins, after such a pause. */
void frame_begin_read(struct frame_state *s, uint64_t pause_ms);

/* Take the next bytes of a read, of which `len` is the rest; it may return
 * before it has taken all.  With FRAME_MORE it has.  A message may end before
 * these bytes: then none is taken.  How the bytes fall into reads does not
 * matter, but for the kinds that look at time.  The next call after FRAME_WHOLE
 * begins a new message, unless it is soft: then bytes that are taken belong to
 * the whole one, and none with FRAME_WHOLE says that it has ended. */
struct frame_cut frame_cut(const struct frame *f, struct frame_state *s,
                           const uint8_t *bytes, size_t len);

/* The peer has ended: true if that makes the message under way whole. */
bool frame_ends(const struct frame *f, const struct frame_state *s);

/* After such a silence the message under way is whole; 0: after none. */
uint64_t frame_silence_ms(const struct frame *f, const struct frame_state *s);

/* A payload and what goes around it. */
struct framed {
	struct bytes bytes;
	const struct frame_kind *kind; /* NULL: as it was typed */
	uint32_t prefix_at, prefix, suffix;
	bool is_answer; /* a message of the peer that is under way goes on */
};

/* Bytes as they were typed, which are borrowed. */
static inline struct framed framed_plain(const void *bytes, size_t len)
{
	return (struct framed){
		.bytes = { .data = (uint8_t *)bytes, .len = len },
	};
}

/* Put the frame around a payload.  True `f->kind->wrap` is not NULL.  -1 with a
 * sentence, and `out->bytes` as it was, when the frame cannot hold it. */
MUST_USE
int frame_wrap(const struct frame *f, const void *payload, size_t len,
               struct framed *out, struct error *e);

/* frame_spec.c */

/* Read a SPEC.  -1 with a sentence that names the word. */
MUST_USE
int frame_parse(struct frame *f, const char *spec, struct error *e);
/* The SPEC that frame_parse() reads as this. */
void frame_format(const struct frame *f, char out[FRAME_SPEC_MAX]);
/* Bring `max` below `ceiling`, whatever was asked for. */
void frame_limit(struct frame *f, uint64_t ceiling);
/* -1 with a sentence if the SPEC asks for messages over `ceiling`, which is a
 * quarter of --scrollback. */
MUST_USE
int frame_check(const struct frame *f, uint64_t ceiling, struct error *e);
/* Row `i` of the table, or NULL behind the last. */
const struct frame_kind *frame_kind(size_t i);
/* The kind of this name, or NULL. */
const struct frame_kind *frame_find(const char *name);

/* frame_explain.c */

/* The bytes of a message so far, and those of the one before it, if there is
 * one. */
struct frame_seen {
	const uint8_t *bytes, *before;
	size_t len, before_len;
};

/* Say why a message is wrong: a sentence, and perhaps a hint. */
void frame_explain(const struct frame *f, const struct frame_state *s,
                   const struct frame_seen *seen, struct error *e);
/* Say how much of the message under way came before the end, which was `how`:
 * "FIN". */
void frame_explain_end(const struct frame *f, const struct frame_state *s,
                       const char *how, struct error *e);

#endif
