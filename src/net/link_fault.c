/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A link with faults.  What the owner writes, and what is read from the
 * transport, is put behind the delay line of its direction; what may leave it
 * goes on.  An alarm wakes the link when that changes by the clock. */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/number.h>
#include <sockchat/wire.h>

#include "link_facts.h"
#include "link_fault_private.h"
#include "link_fault_strike.h"

#define LINE_PLAIN  ((size_t)256 << 10) /* when nothing is delayed */
#define LINE_MIN    ((size_t)128 << 10) /* whatever the others hold */
#define LINES_MAX   ((size_t)128 << 20)
#define ASK_NS      (2 * MS_NS)
#define DISCARD_MAX 64 /* reads at once */

/* Memory */

/* Count memory and lost bytes for all links. */
static void count_for_all(struct link_fault *f)
{
	for (enum fault_dir dir = 0; dir < FAULT_DIRS; dir++) {
		uint64_t lost = f->ways[dir].lost;
		f->link->faults->lost[dir] += lost - f->counted[dir];
		f->counted[dir] = lost;
	}
	size_t now = fault_way_memory(&f->ways[FAULT_IN]) +
	             fault_way_memory(&f->ways[FAULT_OUT]);
	f->link->faults->memory += now - f->memory;
	f->memory = now;
}

/* How many more bytes this line may take. */
static size_t room_of(const struct link_fault *f, enum fault_dir dir)
{
	const struct fault_way *w = &f->ways[dir];
	size_t used = fault_way_memory(w), all = f->link->faults->memory;
	size_t most = w->rules[FAULT_LATENCY].is_on ? FAULT_LINE_MAX
	                                             : LINE_PLAIN;
	size_t left = all < LINES_MAX ? used + (LINES_MAX - all) : 0;
	most = left < most ? left : most;
	most = most > LINE_MIN ? most : LINE_MIN;
	return used < most ? most - used : 0;
}

static void lose_memory(struct link_fault *f)
{
	link_break(f->link, ENOMEM);
	errno = ENOMEM;
}

/* The beginning and the end */

static struct link_fault *make_faults(struct link *l)
{
	static void (*const on_hit[])(void *, const struct fault_hit *) = {
		fault_hit_in, fault_hit_out,
	};
	struct link_fault *f = calloc(1, sizeof(*f));
	int64_t now_ns = loop_now_ns(l->loop);
	if (!f)
		return NULL;
	f->link = l;
	f->turn = l->faults->turn;
	for (enum fault_dir dir = 0; dir < FAULT_DIRS; dir++) {
		uint64_t seed = l->faults->seed + 2 * l->number + dir;
		f->ways[dir] = (struct fault_way){
			.rules = l->faults->spec.ways[dir],
			.on_hit = on_hit[dir],
			.user = f,
			.has_datagrams = link_has_messages(l),
		};
		fault_way_begin(&f->ways[dir], seed, now_ns);
	}
	return f;
}

static void renew_faults(struct link_fault *f)
{
	fault_tell_hits(f);
	f->is_checked = false;
	f->turn = f->link->faults->turn;
	for (enum fault_dir dir = 0; dir < FAULT_DIRS; dir++) {
		f->told[dir] = 0;
		fault_way_renew(&f->ways[dir], loop_now_ns(f->link->loop));
	}
}

void link_follow_faults(struct link *l)
{
	if (!l->faults || !l->transport)
		return;
	if (l->fault && l->fault->turn != l->faults->turn)
		renew_faults(l->fault);
	if (l->fault || !l->faults->has_ways)
		return;
	l->fault = make_faults(l);
	if (!l->fault)
		link_break(l, ENOMEM);
}

void link_fault_finish(struct link *l)
{
	struct link_fault *f = l->fault;
	if (!f)
		return;
	for (enum fault_dir dir = 0; dir < FAULT_DIRS; dir++)
		fault_way_finish(&f->ways[dir]);
	count_for_all(f);
	free(f);
	l->fault = NULL;
}

/* Out */

/* A copy is none of the bytes that were written by the owner. */
static ssize_t write_to_transport(struct link *l, const struct fault_piece *p)
{
	ssize_t n = l->transport->ops->write(l->transport, p->bytes, p->len);
	if (n < 0 || !p->is_copy)
		return link_note_write(l, p->bytes, n, errno);
	link_tell_wire(l, (struct wire_news){
		.kind = WIRE_BYTES,
		.layers = WIRE_USER,
		.is_out = true,
		.bytes = p->bytes,
		.len = p->len,
	});
	return n;
}

/* Whether the transport takes no more now.  A datagram that could not be sent
 * has been told, and is gone. */
static bool is_stuck(const struct link *l, const struct fault_piece *p,
                     ssize_t n)
{
	if (link_has_messages(l))
		return n < 0 && errno == EAGAIN;
	return n < (ssize_t)p->len && !l->broken;
}

static void tell_piece(const struct link_fault *f, const struct fault_piece *p,
                       size_t n)
{
	struct link *l = f->link;
	size_t all = p->len;
	if (!l->ops->on_piece || p->is_copy)
		return;
	if (!link_has_messages(l))
		(void)outq_front(&f->ways[FAULT_OUT].line, &all);
	l->ops->on_piece(l, p->bytes, n, all);
}

/* Write one piece.  False when nothing more goes now. */
static bool write_piece(struct link_fault *f)
{
	struct link *l = f->link;
	struct fault_way *w = &f->ways[FAULT_OUT];
	int64_t now_ns = loop_now_ns(l->loop);
	struct fault_piece p;
	if (!fault_way_front(w, now_ns, &p))
		return false;
	ssize_t n = write_to_transport(l, &p);
	f->is_stuck = is_stuck(l, &p, n);
	if (l->broken || (n <= 0 && f->is_stuck))
		return false;
	n = link_has_messages(l) ? (ssize_t)p.len : n;
	tell_piece(f, &p, (size_t)n);
	fault_way_gone(w, (size_t)n, now_ns);
	if (w->rules[FAULT_SLICE].is_on && !w->has_datagrams)
		fault_note(f, FAULT_OUT, FAULT_SLICE, "bytes are sent in "
		                                     "pieces");
	fault_strike(f, FAULT_OUT);
	return !f->is_stuck;
}

static void note_rate(struct link_fault *f, enum fault_dir dir)
{
	struct fault_way *w = &f->ways[dir];
	if (w->has_waited)
		fault_note(f, dir, FAULT_RATE, "bytes wait for their turn");
	w->has_waited = false;
}

static void note_delay(struct link_fault *f, enum fault_dir dir)
{
	if (f->ways[dir].rules[FAULT_LATENCY].is_on)
		fault_note(f, dir, FAULT_LATENCY, "bytes are delayed");
}

void link_fault_push(struct link *l)
{
	struct link_fault *f = l->fault;
	fault_tell_never(f);
	for (enum fault_dir dir = 0; dir < FAULT_DIRS; dir++)
		if (!l->broken)
			fault_strike(f, dir);
	while (!l->broken && write_piece(f))
		;
	note_rate(f, FAULT_OUT);
	if (f->sum_ns && loop_now_ns(l->loop) >= f->sum_ns)
		fault_tell_hits(f);
	count_for_all(f);
	fault_reset_if_due(f);
}

void link_push(struct link *l)
{
	if (l->fault && l->transport)
		link_fault_push(l);
}

ssize_t link_fault_write(struct link *l, const void *bytes, size_t len)
{
	struct link_fault *f = l->fault;
	struct fault_way *w = &f->ways[FAULT_OUT];
	size_t room = room_of(f, FAULT_OUT);
	if (l->broken)
		return errno = l->broken, -1;
	if (w->over == FAULT_NONE && !room)
		return errno = EAGAIN, -1;
	if (w->over == FAULT_NONE && len > room && !w->has_datagrams)
		len = room;
	note_delay(f, FAULT_OUT);
	if (fault_way_take(w, bytes, len, loop_now_ns(l->loop))) {
		lose_memory(f);
		return -1;
	}
	link_fault_push(l);
	return (ssize_t)len;
}

/* In */

/* What the socket has had, the user has not yet. */
static void tell_socket(const struct link *l, const void *bytes, size_t len)
{
	if (!l->transport->lower)
		link_tell_wire(l, (struct wire_news){
			.kind = bytes ? WIRE_BYTES : WIRE_END,
			.layers = WIRE_SOCKET,
			.bytes = bytes,
			.len = len,
		});
}

/* Whether nothing can be read: both directions have broken. */
static bool is_all_broken(const struct link *l)
{
	return l->broken && l->halves == HALVES_CLOSED;
}

/* Put what one read gives behind the line.  False when there is no more. */
static bool fill_line(struct link_fault *f, size_t cap)
{
	struct link *l = f->link;
	uint8_t *bytes = loop_buffer(l->loop);
	struct fault_way *w = &f->ways[FAULT_IN];
	int64_t now_ns = loop_now_ns(l->loop);
	if (f->is_in_over || is_all_broken(l) || !cap)
		return false;
	if (!bytes) {
		lose_memory(f);
		return false;
	}
	cap = cap < LOOP_BUFFER && !w->has_datagrams ? cap : LOOP_BUFFER;
	ssize_t n = l->transport->ops->read(l->transport, bytes, cap);
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n < 0 && w->has_datagrams)
		return link_note_read(l, NULL, n, errno), !l->broken;
	if (n > 0 || (n == 0 && w->has_datagrams)) {
		tell_socket(l, bytes, (size_t)n);
		if (w->over == FAULT_NONE)
			note_delay(f, FAULT_IN);
		if (fault_way_take(w, bytes, (size_t)n, now_ns))
			lose_memory(f);
		return !is_all_broken(l);
	}
	f->is_in_over = true;
	f->in_errnum = n < 0 ? errno : 0;
	if (n < 0)
		fault_way_release(w);
	else
		tell_socket(l, NULL, 0);
	fault_way_end(w, now_ns);
	return false;
}

/* -1: there is nothing. */
static ssize_t move_in(struct link_fault *f, void *to, size_t cap)
{
	struct link *l = f->link;
	struct fault_way *w = &f->ways[FAULT_IN];
	int64_t now_ns = loop_now_ns(l->loop);
	struct fault_piece p;
	bool has_one = fault_way_front(w, now_ns, &p);
	note_rate(f, FAULT_IN);
	if (!has_one)
		return -1;
	size_t n = p.len < cap ? p.len : cap;
	if (n)
		memcpy(to, p.bytes, n);
	fault_way_gone(w, n, now_ns);
	if (w->rules[FAULT_SLICE].is_on && !w->has_datagrams)
		fault_note(f, FAULT_IN, FAULT_SLICE, "bytes come in pieces");
	return link_note_read(l, to, (ssize_t)n, 0);
}

/* Tell the owner of the end, if it has come. */
static ssize_t end_in(struct link_fault *f)
{
	struct link *l = f->link;
	const struct fault_way *w = &f->ways[FAULT_IN];
	bool is_ended = fault_way_is_ended(w, loop_now_ns(l->loop));
	if (is_all_broken(l))
		return errno = l->broken, -1;
	if (w->over == FAULT_LIMIT || (is_ended && !f->in_errnum)) {
		(void)link_note_read(l, "", 0, 0);
		fault_join_ends(l);
		return 0;
	}
	return link_note_read(l, NULL, -1, is_ended ? f->in_errnum : EAGAIN);
}

ssize_t link_fault_read(struct link *l, void *bytes, size_t cap)
{
	struct link_fault *f = l->fault;
	struct fault_way *w = &f->ways[FAULT_IN];
	if (l->broken)
		fault_way_release(w);
	fill_line(f, room_of(f, FAULT_IN));
	if (!l->broken)
		fault_strike(f, FAULT_IN);
	ssize_t n = move_in(f, bytes, cap);
	if (n >= 0 && !l->broken)
		fault_strike(f, FAULT_IN);
	count_for_all(f);
	return n >= 0 ? n : end_in(f);
}

/* Throw away what still comes. */
static void discard(struct link_fault *f)
{
	for (int i = 0; i < DISCARD_MAX && fill_line(f, LOOP_BUFFER); i++)
		;
}

int link_take_held(struct link *l, struct bytes *out)
{
	struct fault_way *w = l->fault ? &l->fault->ways[FAULT_IN] : NULL;
	struct fault_piece p;
	int failed = 0;
	if (!w)
		return 0;
	w->is_released = true;
	while (fault_way_front(w, loop_now_ns(l->loop), &p)) {
		failed = failed || bytes_append(out, p.bytes, p.len);
		fault_way_gone(w, p.len, loop_now_ns(l->loop));
	}
	w->is_released = false;
	return failed ? -1 : 0;
}

/* Readiness and time */

bool link_is_cut(const struct link *l, enum fault_dir dir)
{
	return l->fault && l->fault->ways[dir].over != FAULT_NONE;
}

bool link_is_stalled(const struct link *l)
{
	return l->fault && l->fault->ways[FAULT_OUT].over == FAULT_STALL;
}

size_t link_held(const struct link *l, enum fault_dir dir)
{
	return l->fault ? l->fault->ways[dir].len : 0;
}

static bool waits(const struct link *l, enum fault_dir dir)
{
	return fault_way_waits(&l->fault->ways[dir]);
}

/* Whether the owner wants to read, and may. */
static bool is_read(const struct link_fault *f)
{
	return f->wished & LOOP_READ && halves_is_in_open(f->link->halves);
}

/* When the owner has something to read, perhaps now; 0: not yet. */
static int64_t read_ns(const struct link_fault *f)
{
	int64_t now_ns = loop_now_ns(f->link->loop);
	const struct fault_way *in = &f->ways[FAULT_IN];
	if (is_read(f) && in->over == FAULT_LIMIT)
		return now_ns;
	return fault_way_due(in, now_ns, is_read(f));
}

unsigned link_fault_events(struct link *l, unsigned wishes)
{
	struct link_fault *f = l->fault;
	unsigned events = 0;
	f->wished = wishes;
	bool takes = link_is_cut(l, FAULT_IN) ||
	             (is_read(f) && room_of(f, FAULT_IN));
	if (!f->is_in_over && takes && !is_all_broken(l))
		events |= LOOP_READ;
	if (events && !l->has_urgent)
		events |= LOOP_URGENT;
	if (f->is_stuck && !l->broken)
		events |= LOOP_WRITE;
	if (events || f->is_in_over || waits(l, FAULT_IN) ||
	    l->halves == HALVES_CLOSED)
		return events;
	return wishes & LOOP_HANGUP;
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
	return !a_ns || (b_ns && b_ns < a_ns) ? b_ns : a_ns;
}

/* Whether link_write() should be called again. */
static bool may_write(const struct link_fault *f)
{
	return f->wished & LOOP_WRITE && halves_is_out_open(f->link->halves) &&
	       (link_is_cut(f->link, FAULT_OUT) || room_of(f, FAULT_OUT));
}

int64_t link_fault_due(const struct link *l)
{
	const struct link_fault *f = l->fault;
	int64_t now_ns = loop_now_ns(l->loop), due_ns = f->sum_ns;
	bool may_send = !f->is_stuck && halves_is_out_open(l->halves);
	due_ns = earlier(due_ns, fault_way_due(&f->ways[FAULT_OUT], now_ns,
	                                       may_send));
	due_ns = earlier(due_ns, read_ns(f));
	if (*f->reset)
		due_ns = earlier(due_ns, now_ns + ASK_NS);
	return may_write(f) ? now_ns : due_ns;
}

unsigned link_fault_ready(struct link *l, unsigned ready)
{
	struct link_fault *f = l->fault;
	if (ready & LOOP_WRITE)
		f->is_stuck = false;
	if (ready & LOOP_READ && link_is_cut(l, FAULT_IN)) {
		discard(f);
		ready &= ~LOOP_READ;
	}
	int64_t due_ns = read_ns(f);
	if (is_read(f) && due_ns && due_ns <= loop_now_ns(l->loop))
		ready |= LOOP_READ;
	ready &= ~LOOP_WRITE;
	return may_write(f) ? ready | LOOP_WRITE : ready;
}

bool link_fault_delays(const struct link *l)
{
	const struct link_fault *f = l->fault;
	return (waits(l, FAULT_OUT) && !f->is_stuck) ||
	       (waits(l, FAULT_IN) && is_read(f));
}

/* Ends */

bool link_fault_may_end(struct link *l)
{
	struct fault_way *w = &l->fault->ways[FAULT_OUT];
	int64_t now_ns = loop_now_ns(l->loop);
	fault_way_end(w, now_ns);
	return w->over == FAULT_LIMIT || w->over == FAULT_STALL ||
	       fault_way_is_ended(w, now_ns);
}

bool link_fault_keeps_end(const struct link *l)
{
	return link_is_cut(l, FAULT_OUT);
}

bool link_fault_aborts(const struct link *l)
{
	return l->fault->has_reset;
}

bool link_fault_explain(const struct link *l, struct error *e)
{
	const struct link_fault *f = l->fault;
	if (!f->has_reset)
		return false;
	error_set(e, "%s has %s %s: %" PRIu64 " byte%s "
	          "received, %" PRIu64 " sent", f->reset,
	          link_has_messages(l) ? "ended the conversation with"
	                               : "reset the connection to",
	          link_called(l), l->bytes_in, plural(l->bytes_in),
	          l->bytes_out);
	error_set_code(e, ECONNABORTED);
	return true;
}

void link_end_faults(struct link *l)
{
	struct link_fault *f = l->fault;
	if (!f || !l->transport)
		return;
	if (link_is_cut(l, FAULT_IN))
		discard(f);
	fault_tell_hits(f);
	count_for_all(f);
	for (enum fault_dir dir = 0; dir < FAULT_DIRS; dir++)
		fault_tell_lost(f, dir);
}
