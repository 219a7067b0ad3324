/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdlib.h>

#include "fault_line.h"

#define MARKS_KEPT 64 /* when the line is empty */

uint64_t fault_draw(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

double fault_draw_part(uint64_t *state)
{
	return (double)(fault_draw(state) >> 11) * 0x1p-53;
}

void fault_line_forget(struct fault_way *w)
{
	for (size_t i = 0; i < w->count; i++)
		free(w->marks[(w->head + i) % w->cap].datagram);
	free(w->marks);
	w->marks = NULL;
	w->head = w->count = w->cap = 0;
}

static int64_t delay_ns(struct fault_way *w)
{
	const struct fault_value *latency = &w->rules[FAULT_LATENCY];
	double part = 2 * fault_draw_part(&w->delays) - 1;
	return latency->ns + (int64_t)(part * (double)latency->spread_ns);
}

static struct fault_mark *last_mark(const struct fault_way *w)
{
	return w->count ? &w->marks[(w->head + w->count - 1) % w->cap] : NULL;
}

int64_t fault_line_due(struct fault_way *w, int64_t now_ns)
{
	const struct fault_mark *last = last_mark(w);
	int64_t due_ns = now_ns;
	if (w->rules[FAULT_LATENCY].is_on && !w->is_released)
		due_ns += delay_ns(w);
	return last && last->due_ns > due_ns ? last->due_ns : due_ns;
}

static int grow_marks(struct fault_way *w)
{
	size_t cap = w->cap ? 2 * w->cap : 8;
	struct fault_mark *marks = malloc(cap * sizeof(*marks));
	if (!marks)
		return -1;
	for (size_t i = 0; i < w->count; i++)
		marks[i] = w->marks[(w->head + i) % w->cap];
	free(w->marks);
	w->marks = marks;
	w->cap = cap;
	w->head = 0;
	return 0;
}

int fault_line_push(struct fault_way *w, const struct fault_mark *m)
{
	if (w->count == w->cap && grow_marks(w))
		return -1;
	w->count++;
	*last_mark(w) = *m;
	w->len += m->is_copy ? 0 : m->len;
	return 0;
}

int fault_line_add(struct fault_way *w, size_t len, int64_t due_ns)
{
	if (!w->count || last_mark(w)->due_ns != due_ns)
		return fault_line_push(w, &(struct fault_mark){
			.due_ns = due_ns, .len = len,
		});
	last_mark(w)->len += len;
	w->len += len;
	return 0;
}

size_t fault_line_due_bytes(const struct fault_way *w, size_t len,
                            int64_t now_ns)
{
	uint64_t sum = 0;
	if (w->is_released)
		return len;
	for (size_t i = 0; i < w->count && sum < len; i++) {
		const struct fault_mark *m =
		    &w->marks[(w->head + i) % w->cap];
		if (m->due_ns > now_ns)
			break;
		sum += m->len;
	}
	return sum < len ? (size_t)sum : len;
}

static void shrink(struct fault_way *w)
{
	if (!w->count && w->cap > MARKS_KEPT)
		fault_line_forget(w);
}

void fault_line_drop(struct fault_way *w, uint64_t n)
{
	while (n && w->count) {
		struct fault_mark *m = &w->marks[w->head];
		uint64_t part = m->len < n ? m->len : n;
		n -= part;
		m->len -= part;
		if (m->len)
			break;
		w->head = (w->head + 1) % w->cap;
		w->count--;
	}
	shrink(w);
}

void fault_line_drop_datagram(struct fault_way *w)
{
	struct fault_mark *m = &w->marks[w->head];
	w->len -= m->is_copy ? 0 : m->len;
	w->owned -= m->len;
	free(m->datagram);
	w->head = (w->head + 1) % w->cap;
	w->count--;
	shrink(w);
}
