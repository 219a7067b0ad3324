/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Every candidate cuts the bytes of both directions.  One that fits them to the
 * last byte is told if its evidence is enough, and if no other one fits that
 * puts the messages' ends elsewhere.
 *
 * Evidence is counted in quarters of a bit: how unlikely it is that bytes which
 * have no such frame look as if they had.  A length proves little where many
 * other places of the same bytes could be lengths, too, as in runs of zeros and
 * small numbers, so these are counted.  Equal lengths are one piece of evidence
 * only: records of a fixed size repeat whatever is in them. */

#include <stdio.h>
#include <string.h>

#include <sockchat/utf8.h>

#include "frame_guess_private.h"
#include "traps_private.h"

#define BIT 4            /* quarters of a bit */
#define ENOUGH (16 * BIT)
#define UNUSUAL (4 * BIT) /* more for what few protocols have, */
#define SHORT   (8 * BIT) /* and for lengths of one byte; that half of all */
#define COMMON  BIT       /* bytes could be one is no evidence then */
#define LENGTHS_MAX 32   /* different ones that are counted */
#define LOOKS_MAX 4      /* messages whose looks are evidence */
#define ENDS_MAX 64      /* of messages, that are noted */
#define PLACES_MAX 512   /* where other lengths are looked for */
#define HEAD_MAX 24      /* bytes up to the end of a length */
#define MAX ((uint64_t)1 << 20)
#define WHOLE_MIN 3      /* messages */
#define WHOLE_OPEN 5     /* when the last is not, of short lengths */
#define AT_MAX 8
#define EMPTY_MAX 8      /* messages, before most have to be longer */
#define WORD 4           /* bytes of text that are no number */
#define SHOWN_MAX 60     /* of a SPEC; ours are shorter */

/* What a candidate makes of a direction. */
struct fit {
	bool holds;       /* nothing speaks against it */
	bool is_text;     /* all payloads are */
	bool is_exact;    /* the last byte ends a message */
	size_t whole, empty; /* messages */
	size_t proofs;    /* messages of the looks of its kind */
	size_t end;       /* of the last one */
	uint64_t longest; /* of what follows a length */
	uint64_t lengths[LENGTHS_MAX]; /* different ones, not 0 */
	size_t length_count;
	size_t odd_count; /* of them, which are no text, or before JSON */
	size_t ends[ENDS_MAX];
};

/* A frame that may be it. */
struct candidate {
	struct frame frame;
	const struct guess_row *row; /* NULL: only its lengths tell */
	int rank; /* of those that fit equally the lowest is told */
	struct fit in;
	bool is_of_both; /* it fits what was sent, too, or nothing was */
};

/* Four times the logarithm of a / b, which is at least 1. */
static int log_of(size_t a, size_t b)
{
	uint64_t x = (uint64_t)a * 16 / b;
	x = x < 1 << 15 ? x * x * x * x : UINT64_MAX;
	return (int)(63 - __builtin_clzll(x | 1)) - 16;
}

/* How many bytes its lengths have at least. */
static int64_t width_of(const struct frame *f)
{
	if (f->kind->arg == FRAME_ARG_DIGITS)
		return (int64_t)f->count;
	return f->kind->row.field == FRAME_FIELD_VARINT ? 1
	                                                : f->kind->row.size;
}

/* Whether any byte could be its length. */
static bool is_short(const struct frame *f)
{
	return width_of(f) == 1;
}

/* Whether nothing but a length stands before a payload. */
static bool is_plain(const struct frame *f)
{
	return !f->at && !f->add;
}

/* Whether all is text, of which the last character may be cut. */
static bool is_text(const struct guess_bytes *b)
{
	return is_plain_text(b->at, b->len - utf8_unfinished(b->at, b->len));
}

/* Cutting */

/* Whether a payload is an object or an array of JSON, by its ends. */
static bool is_braced(const uint8_t *bytes, size_t len)
{
	return len > 1 && ((bytes[0] == '{' && bytes[len - 1] == '}') ||
	                   (bytes[0] == '[' && bytes[len - 1] == ']'));
}

static void note_length(struct fit *fit, const struct guess_message *m)
{
	size_t begin = m->parts.prefix_at + m->parts.prefix;
	const struct frame_message *parts = &m->parts;
	size_t i = 0;
	if (parts->total > fit->longest)
		fit->longest = parts->total;
	while (i < fit->length_count && fit->lengths[i] != parts->total)
		i++;
	if (i < fit->length_count || i == LENGTHS_MAX)
		return;
	fit->lengths[fit->length_count++] = parts->total;
	fit->odd_count += is_braced(m->at + begin, m->len - begin) ||
	                  !is_plain_text(m->at + parts->prefix_at,
	                                 parts->prefix);
}

/* False for what proves nothing, however much more of it has come: messages
 * that are empty, or as long as each other and no text. */
static bool is_hopeful(const struct fit *fit, const struct candidate *c)
{
	bool is_same = fit->whole > ENDS_MAX && fit->length_count < 2;
	return (fit->empty < EMPTY_MAX || fit->empty * 2 < fit->whole) &&
	       (!is_same || fit->is_text || c->row);
}

/* See a whole message.  False: it cannot be one of this candidate. */
static bool note_message(struct fit *fit, const struct candidate *c,
                         const struct guess_message *m, size_t end)
{
	size_t begin = m->parts.prefix_at + m->parts.prefix;
	if (c->row) {
		enum guess_look look = c->row->look(m);
		if (look == GUESS_NO)
			return false;
		fit->proofs += look == GUESS_PROOF;
	}
	if (m->parts.prefix && m->parts.total)
		note_length(fit, m);
	fit->empty += m->len == begin + m->parts.suffix;
	fit->is_text &= is_plain_text(m->at + begin, m->len - begin);
	if (fit->whole < ENDS_MAX)
		fit->ends[fit->whole] = end;
	fit->whole++;
	fit->end = end;
	return is_hopeful(fit, c);
}

/* See the message that ends in front of `end`, behind the last one. */
static bool note_next(struct fit *fit, const struct candidate *c,
                      struct guess_message *m, const uint8_t *bytes,
                      size_t end)
{
	const struct guess_message before = *m;
	m->at = bytes + fit->end;
	m->len = end - fit->end;
	m->before = fit->whole ? &before : NULL;
	bool is_one = note_message(fit, c, m, end);
	m->before = NULL;
	return is_one;
}

/* Cut all messages.  False: they are none of this candidate. */
static bool cut_all(struct fit *fit, const struct candidate *c,
                    const struct guess_bytes *b)
{
	struct frame_asked asked = { 0 };
	struct frame_state s = { .asked = &asked };
	struct guess_message m = { .at = NULL };
	for (size_t at = 0; at < b->len;) {
		bool was_soft = s.is_over && s.now.is_soft; /* it was noted */
		struct frame_cut cut =
		    frame_cut(&c->frame, &s, b->at + at, b->len - at);
		at += cut.len;
		m.parts = s.now;
		if (cut.status == FRAME_WRONG || cut.status == FRAME_CUT)
			return false;
		if (was_soft)
			fit->end = at;
		else if (cut.status == FRAME_WHOLE &&
		         !note_next(fit, c, &m, b->at, at - cut.back))
			return false;
	}
	return fit->end == b->len || !frame_ends(&c->frame, &s) ||
	       note_next(fit, c, &m, b->at, b->len);
}

static void fit_to(struct fit *fit, const struct candidate *c,
                   const struct guess_bytes *b)
{
	*fit = (struct fit){ .is_text = true };
	fit->holds = cut_all(fit, c, b) && fit->empty * 2 < fit->whole;
	fit->is_exact = fit->end == b->len;
	size_t least = width_of(&c->frame) > 2 ? WHOLE_MIN : WHOLE_OPEN;
	if (!fit->is_exact)
		fit->holds &= b->is_open && fit->whole >= least;
}

/* Evidence */

/* Whether these bytes could begin a message of such a length. */
static bool is_likely(const struct candidate *c, uint64_t longest,
                      const uint8_t *bytes, size_t len)
{
	struct frame_asked asked = { 0 };
	struct frame_state s = { .asked = &asked, .is_begun = true };
	struct frame_cut cut = frame_cut(&c->frame, &s, bytes,
	                                 len < HEAD_MAX ? len : HEAD_MAX);
	return cut.status != FRAME_WRONG && s.now.total &&
	       s.now.total <= 2 * longest;
}

/* How unlikely a length is that fits, in these bytes. */
static int rarity(const struct fit *fit, const struct candidate *c,
                  const struct guess_bytes *b)
{
	size_t places = 0, likely = 0, next = 0;
	size_t noted = fit->whole < ENDS_MAX ? fit->whole : ENDS_MAX;
	size_t end = fit->ends[noted - 1];
	for (size_t i = 1; i < end && places < PLACES_MAX; i++) {
		while (fit->ends[next] < i)
			next++;
		if (fit->ends[next] == i)
			continue;
		likely += is_likely(c, fit->longest, b->at + i, b->len - i);
		places++;
	}
	return log_of(places + 1, likely + 1);
}

static int evidence(const struct fit *fit, const struct candidate *c,
                    const struct guess_bytes *b)
{
	int few = (int)(fit->whole < LOOKS_MAX ? fit->whole : LOOKS_MAX);
	int each = rarity(fit, c, b) - (is_short(&c->frame) ? COMMON : 0);
	int bits = each > 0 ? (int)fit->length_count * each : 0;
	if (fit->is_exact)
		bits += log_of(fit->end, fit->whole);
	if (fit->is_text && fit->odd_count * 2 > fit->length_count)
		bits += 5 * BIT * (int)fit->odd_count;
	if (fit->is_text && fit->odd_count && is_plain(&c->frame) &&
	    fit->longest >= WORD)
		bits += 2 * BIT * few;
	if (c->row)
		bits += (int)c->row->bits * BIT * few;
	return bits;
}

static int needed(const struct candidate *c)
{
	const struct frame *f = &c->frame;
	int64_t itself = f->at ? 0 : -width_of(f);
	if (c->row)
		return ENOUGH;
	return ENOUGH + (f->at ? UNUSUAL : 0) +
	       (c->in.is_exact ? 0 : UNUSUAL) +
	       (is_short(f) && !c->in.is_text ? SHORT : 0) +
	       (f->add && f->add != itself ? UNUSUAL : 0);
}

/* Whether what came is evidence enough, with what was sent or without. */
static bool is_proven(const struct candidate *c, const struct guess_bytes *in,
                      const struct fit *out_fit, const struct guess_bytes *out)
{
	size_t whole = c->in.whole + (out_fit ? out_fit->whole : 0);
	size_t proofs = c->in.proofs + (out_fit ? out_fit->proofs : 0);
	if (c->row && !proofs)
		return false;
	if (c->row && c->row->least)
		return whole >= c->row->least;
	int bits = evidence(&c->in, c, in) +
	           (out_fit ? evidence(out_fit, c, out) : 0);
	return whole >= WHOLE_MIN && bits >= needed(c);
}

/* Whether the row's messages are made of such bytes, which are `text` or
 * not. */
static bool may_be_of(const struct guess_row *row, const struct guess_bytes *b,
                      bool text)
{
	if (row->is_no_lines)
		return text && !memchr(b->at, '\n', b->len);
	return !row->is_binary || !text;
}

/* Try a candidate on both directions.  True if it fits. */
static bool try_it(struct candidate *c, const struct guess_bytes *in,
                   const struct guess_bytes *out)
{
	struct fit sent = { .holds = false };
	fit_to(&c->in, c, in);
	if (!c->in.holds)
		return false;
	if (out && out->len)
		fit_to(&sent, c, out);
	c->is_of_both = sent.holds || (out && !out->len);
	return is_proven(c, in, sent.holds ? &sent : NULL, out);
}

/* Choice */

/* The best so far. */
struct choice {
	struct candidate best;
	bool is_found, is_doubtful;
};

static bool has_same_ends(const struct fit *a, const struct fit *b)
{
	size_t noted = a->whole < ENDS_MAX ? a->whole : ENDS_MAX;
	return a->whole == b->whole &&
	       memcmp(a->ends, b->ends, noted * sizeof(a->ends[0])) == 0;
}

/* What fits both directions is better than what fits one; what cuts alike is
 * the same to the user. */
static void choose(struct choice *all, const struct candidate *c)
{
	const struct candidate *best = &all->best;
	bool is_other = all->is_found && !has_same_ends(&best->in, &c->in);
	bool is_better = !all->is_found || c->is_of_both > best->is_of_both ||
	                 (!is_other && c->rank < best->rank);
	if (all->is_found && c->is_of_both < best->is_of_both)
		return;
	if (all->is_found && c->is_of_both > best->is_of_both)
		all->is_doubtful = false;
	else
		all->is_doubtful |= is_other;
	if (is_better)
		all->best = *c;
	all->is_found = true;
}

/* Look at the kinds that are known by how their messages look; the first one
 * that fits is it. */
static void choose_row(struct choice *all, const struct guess_bytes *in,
                       const struct guess_bytes *out, bool text)
{
	struct error e;
	for (const struct guess_row *r = guess_rows; r->spec; r++) {
		struct candidate c = { .row = r };
		if (all->is_found || !may_be_of(r, in, text) ||
		    frame_parse(&c.frame, r->spec, &e))
			continue;
		frame_limit(&c.frame, MAX);
		if (try_it(&c, in, out))
			choose(all, &c);
	}
}

/* Kinds of length, alone and in all places, and whether they can be text. */
static const struct length_row {
	const char *spec;
	uint32_t at_max;
	bool is_text;
} length_rows[] = {
	{ "u64", 0, false },      { "u64,le", 0, false },
	{ "u32", AT_MAX, false }, { "u32,le", AT_MAX, false },
	{ "u24", AT_MAX, false }, { "u24,le", AT_MAX, false },
	{ "u16", AT_MAX, false }, { "u16,le", AT_MAX, false },
	{ "u8", 3, true },        { "varint", 3, true },
	{ "dec:8", 0, true },     { "dec:6", 0, true },
	{ "dec:5", 0, true },     { "dec:4", 0, true },
	{ "dec:3", 0, true },     { "hex:8", 0, true },
	{ "hex:4", 0, true },     { "hex:2", 0, true },
};

/* What is added to a length: nothing, its own bytes, those before it as well,
 * or a header's rest and checksums that are not counted. */
static void choose_add(struct choice *all, const struct frame *f,
                       const struct guess_bytes *in,
                       const struct guess_bytes *out)
{
	int64_t size = width_of(f);
	const int64_t adds[] = { 0, -size, -size - f->at, 1, 2, 4, 6 };
	size_t count = sizeof(adds) / sizeof(adds[0]);
	for (size_t i = 0; i < count; i++) {
		struct candidate c = { .frame = *f };
		if (i == 2 && !f->at)
			continue;
		c.frame.add = adds[i];
		c.rank = (int)f->at * 128 + (int)i * 16 - (int)size;
		if (try_it(&c, in, out))
			choose(all, &c);
	}
}

static void choose_length(struct choice *all, const struct length_row *r,
                          const struct guess_bytes *in,
                          const struct guess_bytes *out)
{
	struct frame f;
	struct error e;
	if (frame_parse(&f, r->spec, &e))
		return;
	frame_limit(&f, MAX);
	for (uint32_t at = 0; at <= r->at_max; at++) {
		f.at = at;
		choose_add(all, &f, in, out);
	}
}

static void choose_lengths(struct choice *all, const struct guess_bytes *in,
                           const struct guess_bytes *out, bool text)
{
	bool has_lines = memchr(in->at, '\n', in->len);
	for (size_t i = 0; i < sizeof(length_rows) / sizeof(*length_rows); i++)
		if (!text || (length_rows[i].is_text && !has_lines))
			choose_length(all, &length_rows[i], in, out);
}

/* What is told */

static unsigned number_of(const struct frame *f)
{
	unsigned number = (unsigned)(f->kind - frame_kinds) * 2;
	return (number + (f->is_little != 0) + f->at * 11 +
	        (unsigned)(f->add + 16) * 5 + f->end[0]) % 64;
}

/* What shows the messages, and what sends such ones. */
static void write_hint(struct frame_guess *g, const struct candidate *c)
{
	bool wraps = c->frame.kind->wrap;
	bool is_either = strcmp(g->spec, "u8") == 0 && c->in.longest < 128;
	char yours[FRAME_GUESS_TEXT_MAX / 2] = "";
	if (wraps && c->is_of_both)
		snprintf(yours, sizeof(yours),
		         ", and sends yours in the same way");
	else if (wraps)
		snprintf(yours, sizeof(yours),
		         "; `/frame %.*s` also sends yours in the same way",
		         SHOWN_MAX, g->spec);
	snprintf(g->hint, sizeof(g->hint),
	         "`/%s %.*s`%s shows each by itself%s",
	         c->is_of_both ? "frame" : "set frame-in", SHOWN_MAX, g->spec,
	         is_either ? " (or `varint`: alike below 128)" : "", yours);
}

static void write_guess(struct frame_guess *g, const struct candidate *c)
{
	g->number = number_of(&c->frame);
	frame_format(&c->frame, g->spec);
	snprintf(g->text, sizeof(g->text),
	         "what the peer sends looks like `%.*s`",
	         SHOWN_MAX, g->spec);
	write_hint(g, c);
}

/* Records of TLS have lengths, and nothing to be seen in them. */
static bool is_tls(const struct guess_bytes *b)
{
	return b->len > 2 && b->at[0] >= 20 && b->at[0] <= 23 &&
	       b->at[1] == 3 && b->at[2] <= 4;
}

bool frame_guess(struct frame_guess *g, const struct guess_bytes *in,
                 const struct guess_bytes *out)
{
	struct choice all = { .is_found = false };
	if (!in->len || is_tls(in))
		return false;
	bool text = is_text(in);
	choose_row(&all, in, out, text);
	if (!all.is_found)
		choose_lengths(&all, in, out, text);
	if (!all.is_found || all.is_doubtful)
		return false;
	write_guess(g, &all.best);
	return true;
}
