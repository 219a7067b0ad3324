/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The table of traps, and how each is noticed. */

#include <stdio.h>
#include <string.h>

#include <sockchat/encoding.h>
#include <sockchat/traps.h>
#include <sockchat/utf8.h>

#include "recognise_private.h"
#include "traps_private.h"

#define HEAD_MAX   ((size_t)512)  /* bytes of an answer that are searched */
#define LOOK_MAX   ((size_t)4096) /* longer reads are no messages */
#define LOOKS      64
#define BULK       ((size_t)32 << 10) /* such reads end anywhere */
#define ECHO_MIN   2              /* messages */
#define CR_MIN     2              /* lines */

#define HINT_CRLF "`/eol crlf` ends them in \\r\\n (--crlf from the start)"

const struct trap_row trap_rows[TRAP_COUNT] = {
	[TRAP_EOL] = {
		.code = "line-ending",
		"your lines end in \\n, those of the peer in \\r\\n",
		"it may still wait for the end of what you sent. " HINT_CRLF,
	},
	[TRAP_REQUEST] = {
		.code = "line-ending",
		"your lines end in \\n, those of ",
		"the peer may still wait for the end of what you sent. "
		HINT_CRLF,
		" in \\r\\n",
	},
	[TRAP_COMPLAINT] = {
		.code = "line-ending",
		"your lines end in \\n, those of ",
		"this may be why the peer complains. " HINT_CRLF,
		" in \\r\\n",
	},
	[TRAP_HEAD] = {
		.code = "line-ending",
		"your lines end in \\n, those of ",
		"the peer may still wait for either. " HINT_CRLF ". Then press "
		"Enter on an empty line",
		" in \\r\\n, and an empty line ends a request",
	},
	[TRAP_EMPTY_LINE] = {
		.code = "empty-line",
		"an empty line ends a request of ",
		"the peer may still wait for it. `/send \\r\\n` sends one",
		", and you have sent none",
	},
	[TRAP_HOST] = {
		.code = "host-line",
		"HTTP/1.1 wants a line `Host: NAME`, and you have sent none",
		"this may be why the peer complains. Send it after the first "
		"line, or ask for HTTP/1.0",
	},
	[TRAP_ECHO] = {
		.code = "echo",
		"the peer echoes",
		"this proves the link, not your protocol",
	},
	[TRAP_MERGED] = {
		.code = "messages-merged",
		"messages that you sent apart came back in one piece",
		"TCP has no messages, only bytes in order. Programs find a "
		"message's end by a line ending or by a length before it, not "
		"by what one recv() brings",
	},
	[TRAP_PARTED] = {
		.code = "message-parted",
		"a message that you sent at once came back in pieces",
		"TCP has no messages, only bytes in order. Programs call "
		"recv() until the whole message has come",
	},
	[TRAP_CHARACTER] = {
		.code = "character-parted",
		"a character of several bytes arrived in pieces",
		"one recv() may end inside a character, which breaks "
		"recv().decode() in Python. Decode whole lines, or use "
		"codecs.getincrementaldecoder()",
	},
	[TRAP_CUT] = {
		.code = "decodes-each-read",
		"", /* cut_text() says it */
		"it probably decodes each recv() by itself. One recv() may end "
		"inside a character: decode whole lines, or use "
		"codecs.getincrementaldecoder() in Python",
	},
	[TRAP_NO_ANSWER] = {
		.code = "end-unanswered",
		"the peer ended without a byte after our FIN",
		"it may take our FIN for the end of the conversation. In a "
		"pipe, -N sends no FIN when standard input ends, and -q SECS "
		"then leaves after SECS",
	},
	[TRAP_BOM] = {
		.code = "byte-order-mark",
		"what the peer sends begins with a byte order mark",
		"it is invisible, and part of the first word. Programs should "
		"send none: in C# `new UTF8Encoding(false)`. In Python "
		"\"utf-8-sig\" skips it",
	},
	[TRAP_NUL] = {
		.code = "nul-ended",
		"what the peer sends ends in a NUL byte, as strings of C do",
		"`/frame nul` shows each message by itself. If the peer "
		"expects the same, `/eol nul` ends what you send so (--eol nul "
		"from the start)",
	},
	[TRAP_CR] = {
		.code = "cr-ended",
		"the peer's lines end in \\r alone",
		"`/frame cr` shows each line by itself. If the peer expects "
		"the same, `/eol cr` ends what you send so (--eol cr from the "
		"start)",
	},
	[TRAP_PADDED] = {
		.code = "nul-padded",
		"what the peer sends is padded with NUL bytes",
		"it seems to send its whole buffer, not only what is in it. In "
		"C use `send(fd, buf, strlen(buf), 0)`, or the count that "
		"recv() returned, not `sizeof buf`",
	},
	[TRAP_UTF16] = {
		.code = "encoding-utf-16",
		"what the peer sends looks like UTF-16",
		"each letter has a NUL byte beside it. Programs should send "
		"UTF-8: in C# `Encoding.UTF8`, not `Encoding.Unicode`",
	},
	[TRAP_CP949] = {
		.code = "encoding-cp949",
		"what the peer sends is not UTF-8, but decodes as CP949 "
		"(EUC-KR, Korean)",
		"`/encoding CP949` shows it",
	},
	[TRAP_SHIFT_JIS] = {
		.code = "encoding-shift-jis",
		"what the peer sends is not UTF-8, but decodes as Shift-JIS "
		"(Japanese)",
		"`/encoding SHIFT_JIS` shows it",
	},
	[TRAP_LATIN1] = {
		.code = "encoding-latin1",
		"what the peer sends is not UTF-8, but decodes as Latin-1 "
		"(ISO 8859-1, western European)",
		"`/encoding ISO-8859-1` shows it",
	},
};

_Static_assert(TRAP_COUNT <= 32, "traps are bits of an unsigned");

static unsigned bit(enum trap trap)
{
	return 1u << trap;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The mirror */

/* FNV-1a. */
static uint32_t add_up(uint32_t sum, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum = (sum ^ bytes[i]) * 16777619u;
	return sum;
}

static void mirror_out(struct mirror *m, const uint8_t *bytes, size_t len)
{
	m->is_on = m->is_on && m->mark_count < MIRROR_MARKS;
	if (!m->is_on)
		return;
	m->sum_out = add_up(m->sum_out, bytes, len);
	m->out += len;
	m->marks[m->mark_count].end = m->out;
	m->marks[m->mark_count++].sum = m->sum_out;
}

/* Take bytes that do not reach beyond the first mark.  True if they complete
 * what was sent up to there, and match it. */
static bool mirror_take(struct mirror *m, const uint8_t *bytes, size_t len)
{
	m->sum_in = add_up(m->sum_in, bytes, len);
	m->in += len;
	if (m->in < m->marks[0].end)
		return false;
	m->is_on = m->sum_in == m->marks[0].sum;
	m->matched++;
	m->mark_count--;
	memmove(m->marks, m->marks + 1, m->mark_count * sizeof(m->marks[0]));
	return m->is_on;
}

static unsigned mirror_in(struct mirror *m, const uint8_t *bytes, size_t len)
{
	while (len && m->is_on) {
		if (!m->mark_count) {
			m->is_on = false; /* it says something of its own */
			break;
		}
		size_t n = least(len, (size_t)(m->marks[0].end - m->in));
		bool is_whole = mirror_take(m, bytes, n);
		bytes += n;
		len -= n;
		if (is_whole && m->is_cut)
			m->seen |= bit(TRAP_PARTED);
		if (is_whole && len)
			m->seen |= bit(TRAP_MERGED);
		m->is_cut = !is_whole;
	}
	return m->is_on && m->matched >= ECHO_MIN ? m->seen | bit(TRAP_ECHO)
	                                          : 0;
}

/* Lines */

static bool ends_in(const uint8_t *bytes, size_t len, const char *end,
                    size_t end_len)
{
	return len >= end_len &&
	       memcmp(bytes + len - end_len, end, end_len) == 0;
}

/* One hint about endings is enough. */
static unsigned tell_ending(struct traps *t, enum trap trap)
{
	bool is_told = t->is_ending_told;
	t->is_ending_told = true;
	return is_told ? 0 : bit(trap);
}

static void count_unanswered(struct traps *t, const uint8_t *bytes, size_t len)
{
	bool is_lf = ends_in(bytes, len, "\n", 1) &&
	             !ends_in(bytes, len, "\r\n", 2);
	t->unanswered = is_lf ? t->unanswered + 1 : 0;
}

static unsigned see_answer(struct traps *t, const uint8_t *bytes, size_t len)
{
	const struct span head = { .at = bytes, .len = least(len, HEAD_MAX) };
	t->has_crlf |= ends_in(bytes, len, "\r\n", 2);
	if (!t->unanswered)
		return 0;
	t->has_crlf |= memmem(head.at, head.len, "\r\n", 2) != NULL;
	return t->has_crlf && span_has(&head, "bad request")
	           ? tell_ending(t, TRAP_EOL) : 0;
}

/* Requests */

static bool has_empty_line(const struct traps *t, const uint8_t *bytes,
                           size_t len)
{
	bool begins = *bytes == '\n' || (len > 1 && bytes[0] == '\r' &&
	                                 bytes[1] == '\n');
	return (begins && t->is_at_line) || memmem(bytes, len, "\n\n", 2) ||
	       memmem(bytes, len, "\n\r\n", 3);
}

static void note_request(struct traps *t, const uint8_t *bytes, size_t len)
{
	const uint8_t *end = memchr(bytes, '\n', len);
	const struct span all = { .at = bytes, .len = least(len, LOOK_MAX) };
	struct span rest = all, line = span_line(&rest);
	const struct request_row *row =
	    end && t->sent < LOOKS ? request_of(bytes, len) : NULL;
	t->sent++;
	if (row) {
		t->request = row;
		t->is_waiting = true;
		t->is_lf = !ends_in(bytes, (size_t)(end - bytes), "\r", 1);
		t->has_empty = false;
		t->lacks_host = span_has(&line, " HTTP/1.1");
	}
	if (t->is_waiting) {
		t->has_empty |= has_empty_line(t, bytes, len);
		t->lacks_host &= !span_has(&all, "host:");
	}
	t->is_at_line = ends_in(bytes, len, "\n", 1);
}

/* A greeting is no answer. */
static unsigned see_reply(struct traps *t, const uint8_t *bytes, size_t len)
{
	if (!t->is_waiting || (t->is_first && t->request->greets))
		return 0;
	bool complains = is_complaint(bytes, len);
	unsigned seen = complains && t->is_lf && !t->is_lf_fine
	                    ? tell_ending(t, TRAP_COMPLAINT) : 0;
	if (complains && t->lacks_host)
		seen |= bit(TRAP_HOST);
	t->is_lf_fine |= t->is_lf && !complains;
	t->is_waiting = false;
	return seen;
}

static bool lacks_end(const struct traps *t)
{
	return t->request->has_head && !t->has_empty;
}

static bool is_request_unanswered(const struct traps *t)
{
	return t->is_waiting &&
	       ((t->is_lf && !t->is_lf_fine) || lacks_end(t));
}

/* Two lines, for one may need no answer. */
static bool are_lines_unanswered(const struct traps *t)
{
	return t->unanswered > 1 && t->has_crlf;
}

bool traps_wait(const struct traps *t)
{
	return is_request_unanswered(t) || are_lines_unanswered(t);
}

unsigned traps_silence(struct traps *t)
{
	if (!is_request_unanswered(t))
		return are_lines_unanswered(t) ? tell_ending(t, TRAP_EOL) : 0;
	if (!t->is_lf || t->is_lf_fine)
		return bit(TRAP_EMPTY_LINE);
	return tell_ending(t, lacks_end(t) ? TRAP_HEAD : TRAP_REQUEST);
}

/* The peer's lines that end in CR, as long as it has sent no LF. */
static unsigned see_cr(struct traps *t, const uint8_t *bytes, size_t len)
{
	t->has_lf |= memchr(bytes, '\n', len) != NULL;
	if (t->has_lf || !is_plain_text(bytes, len))
		return 0;
	for (size_t i = 0; i < len && t->cr_lines < CR_MIN; i++)
		t->cr_lines += bytes[i] == '\r';
	return t->cr_lines == CR_MIN ? bit(TRAP_CR) : 0;
}

/* Text */

static unsigned see_character(struct traps *t, const uint8_t *bytes,
                              size_t len)
{
	uint32_t character;
	while (t->part_len && len) {
		t->part[t->part_len++] = *bytes++;
		len--;
		int n = utf8_decode(t->part, t->part_len, &character);
		if (n == UTF8_INCOMPLETE)
			continue;
		t->part_len = 0;
		if (n > 0 && !t->is_dripped)
			return bit(TRAP_CHARACTER);
	}
	size_t rest = len ? utf8_unfinished(bytes, len) : 0;
	if (rest && is_text_before(bytes, len - rest)) {
		memcpy(t->part, bytes + len - rest, rest);
		t->part_len = rest;
	}
	return 0;
}

/* UTF-16's marks are told from other binary bytes by the zero of a letter. */
static unsigned see_mark(const uint8_t *bytes, size_t len)
{
	bool is_utf8 = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0;
	bool is_little = len >= 4 && memcmp(bytes, "\xff\xfe", 2) == 0 &&
	                 bytes[2] && !bytes[3];
	bool is_big = len >= 4 && memcmp(bytes, "\xfe\xff", 2) == 0 &&
	              !bytes[2] && bytes[3];
	return is_utf8 || is_little || is_big ? bit(TRAP_BOM) : 0;
}

/* Each line is judged by itself, for they may come from different people behind
 * this peer. */
static unsigned see_encoding(const uint8_t *bytes, size_t len)
{
	static const enum trap traps[] = {
		[GUESS_CP949] = TRAP_CP949,
		[GUESS_SHIFT_JIS] = TRAP_SHIFT_JIS,
		[GUESS_LATIN1] = TRAP_LATIN1,
	};
	for (size_t n; len; bytes += n, len -= n) {
		const uint8_t *end = memchr(bytes, '\n', len);
		n = end ? (size_t)(end - bytes) + 1 : len;
		enum guess guess = guess_encoding(bytes, n);
		if (guess)
			return bit(traps[guess]);
	}
	return 0;
}

void traps_init(struct traps *t, bool is_fresh)
{
	*t = (struct traps){
		.is_first = is_fresh,
		.mirror = { .is_on = is_fresh },
	};
}

void traps_out(struct traps *t, const void *bytes, size_t len,
                   bool is_dripped)
{
	if (!len)
		return;
	t->is_dripped = is_dripped;
	t->has_nul = ends_in(bytes, len, "", 1);
	mirror_out(&t->mirror, bytes, len);
	note_request(t, bytes, len);
	count_unanswered(t, bytes, len);
}

/* Look at what one read brought, if it is short enough for a message or a
 * few. */
static unsigned see_all(struct traps *t, const uint8_t *bytes, size_t len)
{
	unsigned seen = see_reply(t, bytes, len) | see_answer(t, bytes, len);
	if (t->is_first)
		seen |= see_mark(bytes, len);
	if (len <= LOOK_MAX && t->looks < LOOKS) {
		t->looks++;
		if (is_utf16_text(bytes, len))
			seen |= bit(TRAP_UTF16);
		else if (!t->has_nul && is_nul_text(bytes, len))
			seen |= bit(TRAP_NUL);
		if (!t->has_nul && is_padded_text(bytes, len))
			seen |= bit(TRAP_PADDED);
		seen |= see_cr(t, bytes, len);
		seen |= t->is_middle ? 0 : see_encoding(bytes, len);
	}
	return seen | see_character(t, bytes, len);
}

unsigned traps_in(struct traps *t, const uint8_t *bytes, size_t len)
{
	if (!len)
		return 0;
	unsigned seen = mirror_in(&t->mirror, bytes, len);
	if (t->is_dripped)
		seen &= bit(TRAP_ECHO);
	if (len < BULK)
		seen |= see_all(t, bytes, len);
	else
		t->part_len = 0;
	t->unanswered = 0;
	t->cuts.come += len;
	t->is_first = false;
	t->is_middle = bytes[len - 1] >= 0x80;
	return seen;
}

unsigned traps_end(struct traps *t, bool is_reset, bool is_whole,
                   int64_t now_ns)
{
	t->cut = cuts_end(&t->cuts, is_reset, is_whole, now_ns);
	return t->cut ? bit(TRAP_CUT) : 0;
}

void traps_text(const struct traps *t, enum trap trap, char *out, size_t size)
{
	const struct trap_row *row = &trap_rows[trap];
	if (trap == TRAP_CUT)
		cut_text(out, size, t->cut);
	else
		snprintf(out, size, "%s%s%s", row->text,
		         row->tail ? t->request->name : "",
		         row->tail ? row->tail : "");
}
