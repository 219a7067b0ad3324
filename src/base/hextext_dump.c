/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Dumps.  A row has an offset, groups of hex digits, and mostly the characters
 * of its bytes.  These may look like hex digits, so each way to read a row is
 * tried, and what is told more than once decides: the characters, the offset of
 * the next row, the columns of the rows above. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/escape.h>

#include "hextext_private.h"

#define ROW_MAX    256 /* bytes: what xxd -c takes */
#define DIGITS_MIN 4   /* of an offset */
#define DIGITS_MAX 16
#define OD_DIGITS  7 /* of od's offsets, which are octal */
#define HEAD_MAX   40
#define TAIL_MAX   8
#define FILL_MAX   ((uint64_t)16 << 20) /* bytes for one "*" */

/* The offsets count in one of these. */
static const unsigned radixes[] = { 16, 8, 10 };
#define RADIXES (sizeof(radixes) / sizeof(*radixes))

/* A row of the text: its offset's digits, what stands behind them, its end
 * without white space. */
struct row {
	size_t begin, digits, at, end;
	bool has_colon;
};

/* One way to read a row. */
struct reading {
	size_t len;
	bool has_ascii;
};

struct readings {
	uint8_t bytes[ROW_MAX]; /* of the last row that had any */
	struct reading list[4];
	size_t count;
	size_t group;   /* bytes of each group, but for a shorter last one */
	size_t bad_at;  /* a character that is not that of its byte, or 0 */
	uint8_t bad;    /* the byte */
};

struct dump {
	struct hextext *h;
	size_t rows, begin, row_len, first_at;
	uint64_t base[RADIXES]; /* the first offset in each */
	bool is_alive[RADIXES]; /* all offsets so far fit */
	enum { UNKNOWN, WITHOUT, WITH } ascii;
	size_t star_at; /* 1 more than the place of a "*", or 0 */
	struct readings now;
};

/* Rows */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static size_t skip_blanks(const struct hextext *h, size_t at, size_t end)
{
	while (at < end && is_blank(h->text[at]))
		at++;
	return at;
}

static size_t line_end(const struct hextext *h, size_t at)
{
	const char *end = memchr(h->text + at, '\n', h->len - at);
	return end ? (size_t)(end - h->text) : h->len;
}

/* Read an offset at `at`: False if there is none. */
static bool find_offset(const struct hextext *h, size_t at, struct row *r)
{
	if (hextext_char(h, at) == '0' && hextext_char(h, at + 1) == 'x')
		at += 2;
	r->begin = at;
	r->digits = hextext_digits(h, at);
	at += r->digits;
	r->has_colon = hextext_char(h, at) == ':';
	r->at = at + r->has_colon;
	return r->digits >= DIGITS_MIN && r->digits <= DIGITS_MAX &&
	       r->at <= r->end &&
	       (r->at == r->end || is_blank(h->text[r->at]));
}

/* A row that was copied from our screen may have a time and a mark in front:
 * "12:34:56 2 < ".  Where its offset may be; 0 if there is no mark. */
static size_t find_mark(const struct hextext *h, size_t at, size_t end)
{
	size_t first = at;
	for (; at < end && at - first < HEAD_MAX; at++) {
		if (h->text[at] == '<' || h->text[at] == '>')
			return at + 2 < end && h->text[at + 1] == ' ' ? at + 2
			                                              : 0;
		if (!strchr("0123456789:.-+ nmsh", h->text[at]))
			return 0;
	}
	return 0;
}

/* Take the line from `at` on to its end for a row. */
static bool find_row(const struct hextext *h, size_t at, size_t end,
                     struct row *r)
{
	size_t mark;
	while (end > at && is_blank(h->text[end - 1]))
		end--;
	at = skip_blanks(h, at, end);
	r->end = end;
	if (find_offset(h, at, r))
		return true;
	mark = find_mark(h, at, end);
	return mark && find_offset(h, mark, r);
}

/* Readings */

/* Whether no group of bytes can begin so far behind the `len` bytes before it:
 * two blanks are only behind eight of them. */
static bool is_apart(size_t gap, size_t len)
{
	return len && (gap > 2 || (gap == 2 && len % 8));
}

/* Whether so many digits can be a group behind the `len` bytes before it. */
static bool fits_groups(const struct readings *all, size_t digits, size_t len)
{
	return digits && digits % 2 == 0 && len + digits / 2 <= ROW_MAX &&
	       (!len ||
	        (digits / 2 <= all->group && len % all->group == 0));
}

/* Take the next group of digits from `*at` on: False if there is none. */
static bool take_group(const struct hextext *h, const struct row *r, size_t *at,
                       struct readings *all, size_t *len)
{
	size_t begin = skip_blanks(h, *at, r->end);
	size_t digits = hextext_digits(h, begin);
	size_t end = begin + digits;
	if (begin == *at || is_apart(begin - *at, *len) ||
	    !fits_groups(all, digits, *len) ||
	    (end < r->end && !is_blank(h->text[end])))
		return false;
	if (!*len)
		all->group = digits / 2;
	for (size_t i = begin; i < end; i += 2)
		all->bytes[(*len)++] =
		    (uint8_t)escape_hex_pair(h->text, h->len, i);
	*at = end;
	return true;
}

/* Whether a column may have this character for this byte.  tcpdump has a dot
 * for a space as well. */
static bool shows(char c, uint8_t byte)
{
	bool is_dot = byte <= ' ' || byte >= 0x7f;
	return (c == '.' && is_dot) ||
	       (c == (char)byte && (byte == ' ' || !is_dot));
}

static bool match_column(const struct hextext *h, size_t at, size_t len,
                         struct readings *all)
{
	for (size_t i = 0; i < len; i++)
		if (!shows(h->text[at + i], all->bytes[i])) {
			all->bad_at = at + i;
			all->bad = all->bytes[i];
			return false;
		}
	return true;
}

/* The characters between bars or >…<, behind which a tick may stand. */
static bool match_marked(const struct hextext *h, const struct row *r,
                         size_t at, size_t len, struct readings *all)
{
	char close = hextext_char(h, at) == '|'   ? '|'
	             : hextext_char(h, at) == '>' ? '<'
	                                          : '\0';
	size_t last = at + 1 + len;
	return close && last < r->end && h->text[last] == close &&
	       r->end - last - 1 <= TAIL_MAX &&
	       match_column(h, at + 1, len, all);
}

/* The characters up to the end of the row, where blanks may be cut off. */
static bool match_bare(const struct hextext *h, const struct row *r, size_t at,
                       size_t len, struct readings *all)
{
	size_t trimmed = len;
	while (trimmed && all->bytes[trimmed - 1] == ' ')
		trimmed--;
	for (size_t n = len;; n = trimmed) {
		size_t begin = r->end - n;
		if (n && r->end - at > n &&
		    skip_blanks(h, at, begin) == begin &&
		    match_column(h, begin, n, all))
			return true;
		if (n == trimmed)
			return false;
	}
}

static void add_reading(struct readings *all, size_t len, bool has_ascii)
{
	if (all->count < sizeof(all->list) / sizeof(*all->list))
		all->list[all->count++] = (struct reading){ len, has_ascii };
}

/* All ways to read a row. */
static void read_row(const struct hextext *h, const struct row *r,
                     struct readings *all)
{
	size_t len = 0, at = r->at;
	all->count = all->group = all->bad_at = 0;
	if (at == r->end)
		add_reading(all, 0, false);
	while (take_group(h, r, &at, all, &len)) {
		size_t next = skip_blanks(h, at, r->end);
		bool is_last = at == r->end;
		bool has_ascii = !is_last &&
		                 (match_marked(h, r, next, len, all) ||
		                  match_bare(h, r, at, len, all));
		if (has_ascii || is_last)
			add_reading(all, len, has_ascii);
	}
}

/* What is a dump */

/* What is known of a row by itself. */
enum evidence { NO_ROW, MAYBE_ROW, IS_ROW };

/* Digits alone may be bytes as well, if their count is even. */
static enum evidence judge_row(const struct hextext *h, const struct row *r)
{
	struct readings all;
	read_row(h, r, &all);
	bool has_ascii = false, has_bytes = false;
	for (size_t i = 0; i < all.count; i++) {
		has_ascii |= all.list[i].has_ascii;
		has_bytes |= all.list[i].len > 0;
	}
	bool is_wrong = !all.count && all.bad_at; /* as plain hex, too */
	if (has_ascii || (all.group && (r->has_colon || is_wrong)) ||
	    (has_bytes && r->digits == OD_DIGITS))
		return IS_ROW;
	return has_bytes && all.group == 1 ? MAYBE_ROW : NO_ROW;
}

/* The best evidence of all lines. */
static enum evidence judge(const struct hextext *h)
{
	enum evidence best = NO_ROW, found;
	struct row r;
	for (size_t at = h->at, end; at < h->len && best < IS_ROW;
	     at = end + 1) {
		end = line_end(h, at);
		found = find_row(h, at, end, &r) ? judge_row(h, &r) : NO_ROW;
		best = found > best ? found : best;
	}
	return best;
}

bool hextext_is_dump(const struct hextext *h)
{
	return judge(h) > NO_ROW;
}

/* Offsets */

/* False if they are no number of this radix. */
static bool read_offset(const struct hextext *h, const struct row *r,
                        unsigned radix, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < r->digits; i++) {
		char pair[2] = { '0', h->text[r->begin + i] };
		int digit = escape_hex_pair(pair, 2, 0);
		if (digit >= (int)radix || *value > UINT64_MAX / 16)
			return false;
		*value = *value * radix + (unsigned)digit;
	}
	return true;
}

static size_t total(const struct dump *d)
{
	return d->h->out->len - d->begin;
}

static void take_base(struct dump *d, const struct row *r)
{
	for (size_t i = 0; i < RADIXES; i++)
		d->is_alive[i] =
		    read_offset(d->h, r, radixes[i], &d->base[i]);
}

/* Whether the row continues what has `len` bytes, in any radix. */
static bool continues(const struct dump *d, const struct row *r, size_t len)
{
	uint64_t value;
	for (size_t i = 0; i < RADIXES; i++)
		if (d->is_alive[i] &&
		    read_offset(d->h, r, radixes[i], &value) &&
		    value == d->base[i] + len)
			return true;
	return false;
}

/* The radix that is the most likely: od counts by eight. */
static size_t likely_radix(const struct dump *d, const struct row *r)
{
	if (r->digits == OD_DIGITS && d->is_alive[1])
		return 1;
	return d->is_alive[0] ? 0 : d->is_alive[1] ? 1 : 2;
}

static void format_offset(char out[32], unsigned radix, size_t digits,
                          uint64_t offset)
{
	if (radix == 16)
		snprintf(out, 32, "%0*" PRIx64, (int)digits, offset);
	else if (radix == 8)
		snprintf(out, 32, "%0*" PRIo64, (int)digits, offset);
	else
		snprintf(out, 32, "%0*" PRIu64, (int)digits, offset);
}

static int refuse_offset(const struct dump *d, const struct row *r)
{
	size_t i = likely_radix(d, r);
	char text[32];
	format_offset(text, radixes[i], r->digits, d->base[i] + total(d));
	return hextext_refuse(d->h, r->begin, "the offset should be %s, "
	                      "because there are %zu bytes "
	                      "above", text, total(d));
}

/* Repeat the row above up to this offset. */
static int fill(struct dump *d, const struct row *r)
{
	size_t i = likely_radix(d, r), star = d->star_at - 1;
	uint64_t value, from = d->base[i] + total(d);
	if (!read_offset(d->h, r, radixes[i], &value) || value <= from ||
	    (value - from) % d->row_len)
		return hextext_refuse(d->h, r->begin, "rows of %zu bytes do "
		                      "not fill what * leaves out up to this "
		                      "offset", d->row_len);
	if (value - from > FILL_MAX)
		return hextext_refuse(d->h, star, "* means more than 16 MiB "
		                                  "here");
	for (; from < value; from += d->row_len)
		if (hextext_put_all(d->h, d->now.bytes, d->row_len))
			return -1;
	d->star_at = 0;
	return 0;
}

static int take_offset(struct dump *d, const struct row *r)
{
	uint64_t value;
	if (!d->rows)
		take_base(d, r);
	if (d->star_at && fill(d, r))
		return -1;
	if (!continues(d, r, total(d)))
		return refuse_offset(d, r);
	for (size_t i = 0; i < RADIXES; i++)
		d->is_alive[i] &= read_offset(d->h, r, radixes[i], &value) &&
		                  value == d->base[i] + total(d);
	return 0;
}

/* Bytes */

static bool fits_style(const struct dump *d, const struct reading *one)
{
	return d->ascii == UNKNOWN || !one->len ||
	       one->has_ascii == (d->ascii == WITH);
}

/* Leave those readings that fit the rows above, and then those that fit the
 * row below, if any does. */
static void choose(struct dump *d, const struct row *below)
{
	struct readings *all = &d->now;
	size_t count = 0;
	for (size_t i = 0; i < all->count; i++)
		if (all->count == 1 || fits_style(d, &all->list[i]))
			all->list[count++] = all->list[i];
	all->count = count;
	count = 0;
	for (size_t i = 0; below && all->count > 1 && i < all->count; i++)
		if (continues(d, below, total(d) + all->list[i].len))
			all->list[count++] = all->list[i];
	if (count)
		all->count = count;
}

static int refuse_reading(const struct dump *d, const struct row *r)
{
	const struct readings *all = &d->now;
	if (all->count)
		return hextext_refuse(d->h, r->at, "a group here may be bytes "
		                      "or the column of characters: remove "
		                      "that column");
	if (all->bad_at)
		return hextext_refuse(
		    d->h, all->bad_at,
		    "the byte here is %02x, so '%c' should be here",
		    all->bad, all->bad > ' ' && all->bad < 0x7f ? all->bad
		                                               : '.');
	return hextext_refuse(d->h, skip_blanks(d->h, r->at, r->end),
	                      "not a row of a dump: after the offset come "
	                      "bytes of two digits, and then their characters "
	                      "or nothing");
}

/* xxd -e writes the bytes of a group from the last to the first.  Nothing tells
 * of it where the characters are alike. */
static bool is_order_told(const struct readings *all)
{
	size_t len = all->list[0].len, group = all->group;
	bool differs = false;
	for (size_t at = 0; at < len; at += group) {
		size_t n = len - at < group ? len - at : group;
		for (size_t i = 0; i < n; i++) {
			uint8_t byte = all->bytes[at + i];
			uint8_t other = all->bytes[at + n - 1 - i];
			if (byte > ' ' && byte < 0x7f && byte != other)
				return true;
			differs |= byte != other;
		}
	}
	return !differs;
}

/* Groups of two bytes are the rule for xxd and tcpdump, which have a colon. */
static int check_order(const struct dump *d, const struct row *r)
{
	const struct readings *all = &d->now;
	size_t most = r->has_colon ? 2 : 1;
	bool has_ascii = all->list[0].has_ascii;
	if (all->group <= most || (has_ascii && is_order_told(all)))
		return 0;
	return hextext_refuse(d->h, skip_blanks(d->h, r->at, r->end),
	                      "the order of the bytes in such groups is "
	                      "unknown: use hexdump -C or xxd -g1, which show "
	                      "single bytes");
}

/* Learn from a row of the dump.  The characters of spaces are blanks, so a row
 * of nothing else does not tell whether the rows have characters. */
static void learn_style(struct dump *d, const struct reading *one)
{
	size_t spaces = 0;
	if (!one->len)
		return;
	d->row_len = one->len;
	while (spaces < one->len && d->now.bytes[spaces] == ' ')
		spaces++;
	if (one->has_ascii || spaces < one->len)
		d->ascii = one->has_ascii ? WITH : WITHOUT;
}

static int take_bytes(struct dump *d, const struct row *r,
                      const struct row *below)
{
	const struct reading *one = d->now.list;
	read_row(d->h, r, &d->now);
	choose(d, below);
	if (d->now.count != 1)
		return refuse_reading(d, r);
	if (check_order(d, r))
		return -1;
	if (hextext_put_all(d->h, d->now.bytes, one->len))
		return -1;
	learn_style(d, one);
	d->rows++;
	return 0;
}

/* A "*" stands alone in its line. */
static bool take_star(struct dump *d, size_t at, size_t end)
{
	size_t star = skip_blanks(d->h, at, end);
	if (star == end)
		return true; /* an empty line */
	if (!d->row_len || d->h->text[star] != '*' ||
	    skip_blanks(d->h, star + 1, end) < end)
		return false;
	d->star_at = star + 1;
	return true;
}

static int take_line(struct dump *d, size_t at, size_t end)
{
	struct row r, below;
	size_t next = end < d->h->len ? end + 1 : end;
	bool has_below = find_row(d->h, next, line_end(d->h, next), &below);
	if (take_star(d, at, end))
		return 0;
	if (!find_row(d->h, at, end, &r))
		return hextext_refuse(d->h, skip_blanks(d->h, at, end),
		                      "each line of a dump begins with an "
		                      "offset");
	if (!d->rows)
		d->first_at = r.begin;
	return take_offset(d, &r) ||
	               take_bytes(d, &r, has_below ? &below : NULL)
	           ? -1 : 0;
}

static int take_lines(struct dump *d)
{
	for (size_t at = d->h->at, end; at < d->h->len; at = end + 1) {
		end = line_end(d->h, at);
		if (take_line(d, at, end))
			return -1;
	}
	if (d->star_at)
		return hextext_refuse(d->h, d->star_at - 1, "an offset is "
		                      "missing below *: without it the length "
		                      "of * is unknown");
	return 0;
}

int hextext_dump(struct hextext *h)
{
	struct dump d = { .h = h, .begin = h->out->len };
	bool is_certain = judge(h) == IS_ROW;
	int failed = take_lines(&d);
	if (is_certain || (!failed && d.rows > 1))
		return failed;
	return hextext_refuse(h, d.first_at, "this may be an offset or bytes: "
	                      "write a colon after an offset, or no spaces "
	                      "between bytes");
}
