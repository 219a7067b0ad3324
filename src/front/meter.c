/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A line that is written again and again while bytes move. */

#include "meter.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sockchat/glyph.h>

#define TICK_NS   (200 * MS_NS)
#define LINE_CAP  256
#define LEAST_OUT 16 /* columns; with less the other direction is left out */

typedef void facts_fn(const struct progress *p, int64_t now_ns,
                      struct progress_facts *out);

static int columns(int fd)
{
	struct winsize size;
	if (ioctl(fd, TIOCGWINSZ, &size) || size.ws_col < 2)
		return 79;
	return size.ws_col - 1; /* in the last one some terminals wrap */
}

static void show_progress(struct meter *m, facts_fn *look)
{
	struct progress_facts in, out;
	char line[LINE_CAP], tail[LINE_CAP / 2];
	int64_t now_ns = loop_now_ns(m->conn->link.loop);
	int room = columns(m->notices->outlet.fd);
	progress_set(&m->in, m->conn->link.bytes_in, now_ns);
	progress_set(&m->out, m->conn->link.bytes_out, now_ns);
	look(&m->in, now_ns, &in);
	look(&m->out, now_ns, &out);
	int rest = room - 3 - progress_format(tail, sizeof(tail), room, "in",
	                                      &in, GLYPH_ASCII);
	bool has_tail = rest >= LEAST_OUT;
	progress_format(line, sizeof(line) - sizeof(tail) - 3,
	                has_tail ? rest : room, "out", &out, GLYPH_ASCII);
	notices_status(m->notices, "%s%s%s", line, has_tail ? " | " : "",
	               has_tail ? tail : "");
}

/* In the background the terminal is somebody else's. */
static bool has_terminal(int fd)
{
	pid_t group = tcgetpgrp(fd);
	return group == -1 || group == getpgrp();
}

static void on_meter_time(struct timer *t)
{
	struct meter *m = t->user;
	if (has_terminal(m->notices->outlet.fd))
		show_progress(m, progress_facts);
	timer_start(m->conn->link.loop, t, TICK_NS);
}

/* How much is still to be sent; 0 when nobody knows. */
static uint64_t input_size(const struct conn *c)
{
	struct stat st;
	off_t at = lseek(c->in.fd, 0, SEEK_CUR);
	if (c->options->recv_only || c->in.adds_crs || fstat(c->in.fd, &st) ||
	    !S_ISREG(st.st_mode) || at < 0 || at > st.st_size)
		return 0;
	return (uint64_t)(st.st_size - at);
}

void meter_init(struct meter *m, struct notices *n, const struct conn *c)
{
	*m = (struct meter){ .notices = n, .conn = c };
	m->tick = (struct timer){ .on_time = on_meter_time, .user = m };
}

void meter_start(struct meter *m)
{
	const struct options *o = m->conn->options;
	int64_t now_ns = loop_now_ns(m->conn->link.loop);
	if (!o->progress || o->quiet || !isatty(m->notices->outlet.fd))
		return;
	progress_init(&m->in, 0, now_ns);
	progress_init(&m->out, input_size(m->conn), now_ns);
	timer_start(m->conn->link.loop, &m->tick, TICK_NS);
}

void meter_stop(struct meter *m)
{
	if (!m->tick.loop)
		return;
	timer_stop(&m->tick);
	if (!has_terminal(m->notices->outlet.fd))
		return;
	show_progress(m, progress_whole);
	notices_end_status(m->notices);
}
