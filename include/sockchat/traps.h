/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What everybody who learns about sockets falls into, noticed in the bytes of
 * one conversation.  Pure, and rather silent than wrong. */

#ifndef SOCKCHAT_TRAPS_H
#define SOCKCHAT_TRAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/cuts.h>

enum trap {
	TRAP_EOL,
	TRAP_REQUEST,
	TRAP_COMPLAINT,
	TRAP_HEAD,
	TRAP_EMPTY_LINE,
	TRAP_HOST,
	TRAP_ECHO,
	TRAP_MERGED,
	TRAP_PARTED,
	TRAP_CHARACTER,
	TRAP_CUT,
	TRAP_NO_ANSWER,
	TRAP_BOM,
	TRAP_NUL,
	TRAP_CR,
	TRAP_PADDED,
	TRAP_UTF16,
	TRAP_CP949,
	TRAP_SHIFT_JIS,
	TRAP_LATIN1,
	TRAP_COUNT,
};

/* The traps that are no news to a user who has chosen an encoding. */
#define TRAPS_OF_ENCODING                                                      \
	(1u << TRAP_CP949 | 1u << TRAP_SHIFT_JIS | 1u << TRAP_LATIN1)

/* The traps that are none when a frame has been set. */
#define TRAPS_OF_ENDS (1u << TRAP_NUL | 1u << TRAP_CR)

/* The traps that there are in datagrams: what is about lines, about reads and
 * about ends is for streams. */
#define TRAPS_OF_DATAGRAMS                                                     \
	(1u << TRAP_ECHO | 1u << TRAP_BOM | 1u << TRAP_PADDED |                \
	 1u << TRAP_UTF16 | TRAPS_OF_ENCODING)

/* What is told of a trap, and what to do about it; the code is its name for
 * programs.  The protocol's name stands between `text` and `tail`, if there is
 * a tail. */
extern const struct trap_row {
	const char *code, *text, *hint, *tail;
} trap_rows[TRAP_COUNT];

/* Whether what comes is what was sent: sums of both streams, compared where a
 * message of ours ended. */
#define MIRROR_MARKS 8
struct mirror {
	bool is_on, is_cut;
	uint32_t sum_in, sum_out;
	uint64_t in, out;
	struct {
		uint64_t end;
		uint32_t sum;
	} marks[MIRROR_MARKS]; /* of messages that have not come back */
	size_t mark_count, matched;
	unsigned seen; /* of MERGED and PARTED */
};

struct request_row;

struct traps {
	struct mirror mirror;
	struct cuts cuts;
	const struct cut *cut; /* the one that TRAP_CUT tells of */
	const struct request_row *request; /* the last one that we sent */
	unsigned looks;      /* at whole reads; only the first ones are */
	unsigned unanswered; /* lines ending in LF since something came */
	bool is_first;       /* nothing has come yet */
	bool is_middle;      /* a character may have been cut */
	bool has_crlf;       /* lines of the peer end in CR LF */
	bool has_nul;        /* what we send ends in NUL */
	bool has_lf;         /* the peer has sent one */
	bool is_ending_told; /* by whichever trap */
	bool is_waiting;     /* the request has no answer */
	bool is_lf;          /* its line ends in LF alone */
	bool is_lf_fine;     /* such a line was answered: LF will do */
	bool has_empty;      /* an empty line has ended it */
	bool lacks_host;     /* HTTP/1.1 wants a line that has not come */
	bool is_at_line;     /* what we sent ends in LF */
	unsigned sent;       /* messages; only the first ones are looked at */
	unsigned cr_lines;   /* of the peer */
	bool is_dripped;     /* what we send goes in pieces */
	uint8_t part[4];     /* of a character */
	size_t part_len;
};

/* `is_fresh`: nothing has been said either way. */
void traps_init(struct traps *t, bool is_fresh);

/* A message that is sent. */
void traps_out(struct traps *t, const void *bytes, size_t len,
               bool is_dripped);
/* What one read brought: the traps noticed, as bits 1u << TRAP_…, the same one
 * perhaps again. */
unsigned traps_in(struct traps *t, const uint8_t *bytes, size_t len);

/* True if it would tell something that no answer comes within so long. */
#define TRAPS_WAIT_MS 2000
bool traps_wait(const struct traps *t);
/* No answer has come: the traps that this shows, as bits. */
unsigned traps_silence(struct traps *t);

/* As cuts_end(). */
unsigned traps_end(struct traps *t, bool is_reset, bool is_whole,
                   int64_t now_ns);

/* The sentence about a trap that was noticed. */
#define TRAP_TEXT_MAX 256
void traps_text(const struct traps *t, enum trap trap, char *out, size_t size);

#endif
