/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdlib.h>
#include <string.h>

#include <sockchat/stamp.h>

#include "fault_line.h"

#define QUANTUM 100 /* what the rate lets go at once is 1/100 s at least */
#define BURST   10  /* and 1/10 s at most */
#define LATE_NS (100 * MS_NS) /* so long a datagram waits for the next one */

void fault_way_begin(struct fault_way *w, uint64_t seed, int64_t now_ns)
{
	w->chances = seed;
	w->delays = fault_draw(&seed);
	w->over = FAULT_NONE;
	fault_way_renew(w, now_ns);
}

/* The end that has struck stays. */
void fault_way_renew(struct fault_way *w, int64_t now_ns)
{
	for (size_t i = 0; i < w->count; i++)
		w->marks[(w->head + i) % w->cap].due_ns = now_ns;
	if (w->late_ns)
		w->late_ns = now_ns;
	w->end_ns = now_ns;
	w->struck = 0;
	w->began_ns = w->filled_ns = w->piece_ns = now_ns;
	w->began_gone = w->gone;
	w->tokens = 0;
	w->piece = 0;
}

void fault_way_finish(struct fault_way *w)
{
	outq_finish(&w->line);
	fault_line_forget(w);
	bytes_finish(&w->late);
	w->len = w->owned = 0;
	w->late_ns = 0;
}

/* What comes */

/* How many of the first bytes, up to the next that is to be changed. */
static size_t clean_bytes(struct fault_way *w, size_t len)
{
	double chance = w->rules[FAULT_CORRUPT].chance;
	size_t n = 0;
	if (!w->rules[FAULT_CORRUPT].is_on)
		return len;
	while (n < len && fault_draw_part(&w->chances) >= chance)
		n++;
	return n;
}

/* The byte with one bit flipped, which is told. */
static uint8_t flip(struct fault_way *w, uint8_t byte)
{
	const struct fault_hit hit = {
		.word = FAULT_CORRUPT,
		.at = w->taken,
		.was = byte,
		.is = (uint8_t)(byte ^ 1u << (fault_draw(&w->chances) & 7)),
	};
	w->on_hit(w->user, &hit);
	return hit.is;
}

static int take_bytes(struct fault_way *w, const uint8_t *bytes, size_t len)
{
	while (len) {
		size_t n = clean_bytes(w, len);
		if (n && outq_append(&w->line, bytes, n))
			return -1;
		w->taken += n;
		if (n < len) {
			uint8_t flipped = flip(w, bytes[n++]);
			if (outq_append(&w->line, &flipped, 1))
				return -1;
			w->taken++;
		}
		bytes += n;
		len -= n;
	}
	return 0;
}

/* Datagrams */

static void spoil(struct fault_way *w, uint8_t *bytes, size_t len)
{
	for (size_t at = 0; at < len; at++) {
		size_t n = clean_bytes(w, len - at);
		at += n;
		w->taken += n;
		if (at == len)
			break;
		bytes[at] = flip(w, bytes[at]);
		w->taken++;
	}
}

static int put_datagram(struct fault_way *w, const uint8_t *bytes, size_t len,
                        int64_t now_ns, bool is_copy)
{
	struct fault_mark m = {
		.due_ns = fault_line_due(w, now_ns),
		.len = len,
		.datagram = malloc(len ? len : 1),
		.is_copy = is_copy,
	};
	if (!m.datagram || fault_line_push(w, &m)) {
		free(m.datagram);
		return -1;
	}
	w->owned += len;
	if (len)
		memcpy(m.datagram, bytes, len);
	spoil(w, m.datagram, len);
	return 0;
}

/* Whether it strikes this datagram; one that is off draws nothing. */
static bool strikes_datagram(struct fault_way *w, enum fault_word word)
{
	const struct fault_value *v = &w->rules[word];
	return v->is_on && fault_draw_part(&w->chances) < v->chance;
}

static void tell_datagram(struct fault_way *w, enum fault_word word,
                          size_t len)
{
	w->on_hit(w->user, &(struct fault_hit){
		.word = word, .at = w->datagrams, .len = len,
	});
}

static int keep_late(struct fault_way *w, const uint8_t *bytes, size_t len,
                     int64_t now_ns)
{
	bytes_clear(&w->late);
	if (bytes_append(&w->late, bytes, len))
		return -1;
	w->late_ns = now_ns + LATE_NS;
	w->len += len;
	return 0;
}

/* The one that was late goes behind all that waits. */
static int put_late(struct fault_way *w, int64_t now_ns)
{
	if (!w->late_ns)
		return 0;
	if (put_datagram(w, w->late.data, w->late.len, now_ns, false))
		return -1;
	w->len -= w->late.len;
	w->late_ns = 0;
	return 0;
}

static int take_datagram(struct fault_way *w, const uint8_t *bytes, size_t len,
                         int64_t now_ns)
{
	bool is_dropped = strikes_datagram(w, FAULT_DROP);
	bool is_doubled = strikes_datagram(w, FAULT_DUP) && !is_dropped;
	bool is_late = strikes_datagram(w, FAULT_REORDER) && !is_dropped &&
	               !w->late_ns;
	int failed = 0;
	if (is_dropped)
		tell_datagram(w, FAULT_DROP, len);
	if (is_doubled)
		tell_datagram(w, FAULT_DUP, len);
	if (is_late)
		tell_datagram(w, FAULT_REORDER, len);
	if (!is_dropped && !is_late)
		failed = put_datagram(w, bytes, len, now_ns, false) ||
		         put_late(w, now_ns);
	if (is_doubled)
		failed = failed || put_datagram(w, bytes, len, now_ns, true);
	if (is_late)
		failed = failed || keep_late(w, bytes, len, now_ns);
	w->datagrams++;
	return failed ? -1 : 0;
}

int fault_way_take(struct fault_way *w, const uint8_t *bytes, size_t len,
                   int64_t now_ns)
{
	if (w->over != FAULT_NONE) {
		w->lost += len;
		return 0;
	}
	if (w->has_datagrams)
		return take_datagram(w, bytes, len, now_ns);
	return fault_line_add(w, len, fault_line_due(w, now_ns)) ||
	               take_bytes(w, bytes, len)
	           ? -1 : 0;
}

void fault_way_end(struct fault_way *w, int64_t now_ns)
{
	if (w->has_end)
		return;
	if (put_late(w, now_ns))
		w->late_ns = now_ns; /* without memory it is tried again */
	w->has_end = true;
	w->end_ns = fault_line_due(w, now_ns);
}

void fault_way_release(struct fault_way *w)
{
	w->is_released = true;
}

/* What may go */

static double burst_of(const struct fault_way *w)
{
	double burst = (double)w->rules[FAULT_RATE].count / BURST;
	return burst > 1 ? burst : 1;
}

static void save_up(struct fault_way *w, int64_t now_ns)
{
	double rate = (double)w->rules[FAULT_RATE].count, most = burst_of(w);
	w->tokens += rate * (double)(now_ns - w->filled_ns) / SECOND_NS;
	w->tokens = w->tokens < most ? w->tokens : most;
	w->filled_ns = now_ns;
}

/* So many are waited for, that not each byte has a write of its own. */
static double quantum_of(const struct fault_way *w, size_t len)
{
	double least = (double)w->rules[FAULT_RATE].count / QUANTUM;
	least = least < (double)len ? least : (double)len;
	return least > 1 ? least : 1;
}

static bool has_rate(const struct fault_way *w)
{
	return w->rules[FAULT_RATE].is_on && !w->is_released;
}

static size_t rate_bytes(struct fault_way *w, size_t len, int64_t now_ns)
{
	if (!has_rate(w) || !len)
		return len;
	save_up(w, now_ns);
	bool waits = w->tokens < quantum_of(w, len);
	w->has_waited = w->has_waited || w->tokens < (double)len;
	if (waits)
		return 0;
	return w->tokens < (double)len ? (size_t)w->tokens : len;
}

static size_t slice_bytes(struct fault_way *w, size_t len, int64_t now_ns)
{
	const struct fault_value *slice = &w->rules[FAULT_SLICE];
	if (!slice->is_on || w->is_released || !len)
		return len;
	if (!w->piece && now_ns >= w->piece_ns)
		w->piece = slice->count;
	return w->piece < len ? (size_t)w->piece : len;
}

/* Ends by bytes: a byte behind one does not go before it has struck. */
static size_t bytes_before_end(const struct fault_way *w, size_t len)
{
	uint64_t moved = w->gone - w->began_gone;
	for (enum fault_word i = FAULT_LIMIT; i <= FAULT_STALL; i++) {
		const struct fault_value *v = &w->rules[i];
		if (!v->is_on || v->ns || w->struck & 1u << i)
			continue;
		uint64_t left = v->count > moved ? v->count - moved : 0;
		len = left < len ? (size_t)left : len;
	}
	return len;
}

/* Of a datagram that is longer than what can be saved up, the rest is owed. */
static double datagram_tokens(const struct fault_way *w, uint64_t len)
{
	double burst = burst_of(w);
	return (double)len < burst ? (double)len : burst;
}

static bool datagram_may_go(struct fault_way *w, const struct fault_mark *m,
                            int64_t now_ns)
{
	if (m->due_ns > now_ns && !w->is_released)
		return false;
	if (bytes_before_end(w, m->len) < m->len)
		return false;
	if (!has_rate(w))
		return true;
	save_up(w, now_ns);
	bool waits = w->tokens < datagram_tokens(w, m->len);
	w->has_waited |= waits;
	return !waits;
}

static bool front_datagram(struct fault_way *w, int64_t now_ns,
                           struct fault_piece *piece)
{
	if (w->late_ns && (w->is_released || now_ns >= w->late_ns) &&
	    put_late(w, now_ns))
		return false;
	const struct fault_mark *m = &w->marks[w->head];
	if (!w->count || !datagram_may_go(w, m, now_ns))
		return false;
	*piece = (struct fault_piece){ m->datagram, m->len, m->is_copy };
	return true;
}

bool fault_way_front(struct fault_way *w, int64_t now_ns,
                     struct fault_piece *piece)
{
	size_t len;
	if (w->over != FAULT_NONE)
		return false;
	if (w->has_datagrams)
		return front_datagram(w, now_ns, piece);
	piece->bytes = outq_front(&w->line, &len);
	piece->is_copy = false;
	len = bytes_before_end(w, len);
	len = fault_line_due_bytes(w, len, now_ns);
	len = slice_bytes(w, len, now_ns);
	piece->len = rate_bytes(w, len, now_ns);
	return piece->len > 0;
}

void fault_way_gone(struct fault_way *w, size_t n, int64_t now_ns)
{
	w->gone += n;
	w->tokens -= (double)n;
	if (w->has_datagrams) {
		fault_line_drop_datagram(w);
		return;
	}
	w->len -= n;
	outq_consume(&w->line, n);
	fault_line_drop(w, n);
	if (!w->rules[FAULT_SLICE].is_on || w->is_released)
		return;
	w->piece -= n < w->piece ? n : w->piece;
	if (w->piece && fault_line_due_bytes(w, w->line.len, now_ns))
		return;
	w->piece = 0;
	w->piece_ns = now_ns + w->rules[FAULT_SLICE].ns;
}

bool fault_way_is_ended(const struct fault_way *w, int64_t now_ns)
{
	return w->has_end && w->over == FAULT_NONE && !fault_way_waits(w) &&
	       (w->is_released || w->end_ns <= now_ns);
}

bool fault_way_waits(const struct fault_way *w)
{
	return w->count || w->late_ns;
}

/* Ends */

/* Whether so many bytes have gone; or the next datagram, which is never cut,
 * has more than are left. */
static bool is_reached(const struct fault_way *w, uint64_t count)
{
	uint64_t moved = w->gone - w->began_gone;
	uint64_t next = w->has_datagrams && w->count ? w->marks[w->head].len
	                                             : 0;
	return moved >= count || next > count - moved;
}

static bool has_come(const struct fault_way *w, enum fault_word word,
                     int64_t now_ns)
{
	const struct fault_value *v = &w->rules[word];
	if (!v->is_on || w->struck & 1u << word)
		return false;
	if (v->ns)
		return now_ns - w->began_ns >= v->ns;
	return w->over == FAULT_NONE && is_reached(w, v->count);
}

/* After a limit or a stall only a reset can come. */
enum fault_word fault_way_strikes(struct fault_way *w, int64_t now_ns)
{
	for (enum fault_word i = FAULT_LIMIT; i <= FAULT_STALL; i++) {
		if (!has_come(w, i, now_ns))
			continue;
		w->struck |= 1u << i;
		if (w->over == FAULT_NONE || i == FAULT_RESET)
			return i;
	}
	return FAULT_NONE;
}

void fault_way_cut(struct fault_way *w, enum fault_word over)
{
	w->over = over;
	w->lost += w->len;
	fault_way_finish(w);
}

/* Time */

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
	return !a_ns || b_ns < a_ns ? b_ns : a_ns;
}

static int64_t later(int64_t a_ns, int64_t b_ns)
{
	return a_ns > b_ns ? a_ns : b_ns;
}

/* When the first byte of the line may go. */
static int64_t front_ns(const struct fault_way *w, int64_t now_ns)
{
	const struct fault_value *rate = &w->rules[FAULT_RATE];
	int64_t due_ns = w->marks[w->head].due_ns;
	if (w->is_released)
		return now_ns;
	if (w->rules[FAULT_SLICE].is_on && !w->piece && !w->has_datagrams)
		due_ns = later(due_ns, w->piece_ns);
	if (!rate->is_on)
		return due_ns;
	double needed = w->has_datagrams
	                    ? datagram_tokens(w, w->marks[w->head].len)
	                    : quantum_of(w, w->line.len);
	double missing = needed - w->tokens;
	double ns = missing * SECOND_NS / (double)rate->count;
	return missing > 0 ? later(due_ns, w->filled_ns + (int64_t)ns + 1)
	                   : due_ns;
}

static int64_t strike_ns(const struct fault_way *w)
{
	int64_t first_ns = 0;
	for (enum fault_word i = FAULT_LIMIT; i <= FAULT_STALL; i++) {
		const struct fault_value *v = &w->rules[i];
		bool may = w->over == FAULT_NONE || i == FAULT_RESET;
		if (v->is_on && v->ns && may && !(w->struck & 1u << i))
			first_ns = earlier(first_ns, w->began_ns + v->ns);
	}
	return first_ns;
}

int64_t fault_way_due(const struct fault_way *w, int64_t now_ns, bool may_move)
{
	int64_t due_ns = strike_ns(w);
	if (w->over != FAULT_NONE || !may_move)
		return due_ns;
	if (w->late_ns)
		due_ns = earlier(due_ns, w->late_ns);
	if (w->count)
		return earlier(due_ns, front_ns(w, now_ns));
	return w->has_end ? earlier(due_ns, w->end_ns) : due_ns;
}

size_t fault_way_memory(const struct fault_way *w)
{
	return w->line.memory + w->owned + w->late.cap +
	       w->count * sizeof(*w->marks);
}
