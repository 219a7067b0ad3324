/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What stands before an entry's content. */

#include <string.h>

#include <sockchat/number.h>
#include <sockchat/wrap.h>

static size_t columns_of(enum time_mode time)
{
	return time == TIME_DATE ? 19 : time == TIME_CLOCK_MS ? 12 : 8;
}

/* How long the peer took to answer, or its system to acknowledge. */
static void format_answer(char out[STAMP_TEXT_MAX],
                          const struct wrap_look *look, const struct entry *e)
{
	struct tick tick = ticks_at(look->ticks, e->seq);
	if (e->wait_ns)
		stamp_format_span(out, e->wait_ns);
	else if (tick.state == TICK_ACKED)
		stamp_format_span(out, (int64_t)tick.ack_us * 1000);
}

/* Since what stands before it: that may have another clock, as it was recorded
 * at another time. */
static int64_t delta_ns(const struct entry *e, const struct entry *before)
{
	int64_t ns = before ? e->time.mono_ns - before->time.mono_ns : 0;
	bool is_one = before && entry_is_old(e) == entry_is_old(before);
	return is_one && ns > 0 ? ns : 0;
}

/* The time as the display wants it; "" when it is off. */
static void format_time(char out[STAMP_TEXT_MAX], const struct wrap_look *look,
                        const struct entry *e, const struct entry *before)
{
	out[0] = '\0';
	switch (look->time) {
	case TIME_CLOCK:
		stamp_format_clock(out, e->time.wall_us);
		break;
	case TIME_CLOCK_MS:
		stamp_format_clock_ms(out, e->time.wall_us);
		break;
	case TIME_START:
		stamp_format_span(out, e->time.mono_ns - look->start_ns);
		break;
	case TIME_DELTA:
		stamp_format_span(out, delta_ns(e, before));
		break;
	case TIME_DATE:
		stamp_format_date(out, e->time.wall_us);
		break;
	case TIME_ANSWER:
		format_answer(out, look, e);
		break;
	case TIME_OFF:
	case TIME_COUNT:
		break;
	}
}

/* At the right of a field, with a space behind it. */
static char *put_field(char *at, const char *text, size_t len, size_t columns)
{
	for (size_t i = len; i < columns; i++)
		*at++ = ' ';
	memcpy(at, text, len);
	at[len] = ' ';
	return at + len + 1;
}

static char *put_session(char *at, const struct entry *e)
{
	char digits[NUMBER_DIGITS_MAX + 1], *end = digits + sizeof(digits);
	char *first = number_format_digits(end, entry_number(e), 0);
	if (entry_is_old(e))
		*--first = ':';
	return put_field(at, first, (size_t)(end - first), 2);
}

/* The bars and the number of a message that is held. */
static char *put_held(char *at, const struct wrap_look *look,
                      const struct entry *e)
{
	char digits[NUMBER_DIGITS_MAX], *end = digits + sizeof(digits);
	const char *first = number_format_digits(end, e->held, 0);
	const char *bars = look->glyph_flags & GLYPH_ASCII ? "|" : "‖";
	size_t len = strlen(bars);
	memcpy(at, bars, len);
	return put_field(at + len, first, (size_t)(end - first), 0);
}

/* Each line of a flood has one: printf() would take half its time. */
struct wrap_head wrap_head(const struct wrap_look *look, const struct entry *e,
                           const struct entry *before)
{
	struct wrap_head head;
	char time[STAMP_TEXT_MAX], *at = head.text;
	format_time(time, look, e, before);
	size_t columns = columns_of(look->time);
	if (look->time != TIME_OFF)
		at = put_field(at, time, strnlen(time, columns), columns);
	bool has_column = (look->shows_numbers || look->reserves_numbers) &&
	                  e->seq >= look->numbers_since;
	if (has_column && look->shows_numbers && e->session)
		at = put_session(at, e);
	else if (has_column)
		at = put_field(at, "", 0, 2);
	else if (look->shows_old)
		*at++ = entry_is_old(e) ? ':' : ' ';
	head.mark = (size_t)(at - head.text);
	if (entry_is_held(e))
		at = put_held(at, look, e);
	*at++ = entry_mark(e);
	*at++ = ' ';
	*at = '\0';
	head.len = head.columns = (size_t)(at - head.text);
	if (entry_is_held(e) && !(look->glyph_flags & GLYPH_ASCII))
		head.columns -= strlen("‖") - 1;
	return head;
}
