/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The doctor's findings, written. */

#include "report.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>

#include <sockchat/format.h>
#include <sockchat/glyph.h>
#include <sockchat/stamp.h>
#include <sockchat/tls_words.h>

#define TEXT_MAX 1024

void report_open(struct report *r, bool is_json, const char *peer)
{
	*r = (struct report){ .peer = peer, .start_ns = stamp_mono_ns() };
	notices_open(&r->notices);
	outlet_open(&r->outlet, 1);
	r->is_json = is_json && r->outlet.is_writable;
	if (r->is_json)
		signal(SIGPIPE, SIG_IGN); /* the write tells */
}

/* As cat(1) does, without end for a reader who takes his time. */
static void write_line(struct report *r)
{
	struct pollfd p = { .fd = r->outlet.fd, .events = POLLOUT };
	while (r->line.len && !r->errnum) {
		ssize_t n = outlet_write(&r->outlet, r->line.data, r->line.len);
		if (n >= 0)
			bytes_consume(&r->line, (size_t)n);
		else if (errno != EAGAIN)
			r->errnum = errno;
		else
			poll(&p, 1, -1);
	}
}

/* Write an entry that has this text, and the rest of these. */
static void write_finding(struct report *r, struct entry e,
                          struct checkup checkup, const char *text)
{
	struct wrap_look look = { .view = VIEW_TEXT };
	checkup.us = (stamp_mono_ns() - r->start_ns) / 1000;
	e.seq = ++r->seq;
	e.time = stamp_now();
	e.session = 1;
	e.bytes = (const uint8_t *)text;
	e.len = strlen(text);
	e.peer = r->peer;
	e.checkup = &checkup;
	bytes_clear(&r->line);
	if (format_entry(&r->line, FORMAT_JSON, &look, &e, 0))
		r->errnum = ENOMEM;
	write_line(r);
}

void report_step(void *user, const char *code, const char *text)
{
	struct report *r = user;
	if (!r->is_brief)
		report_news(r, code, text);
}

void report_news(struct report *r, const char *code, const char *text)
{
	struct entry note = { .kind = ENTRY_NOTE, .code = code, .hint = "" };
	if (r->is_quiet)
		return;
	if (r->is_json)
		write_finding(r, note, (struct checkup){ .us = 0 }, text);
	else
		notices_print(&r->notices, "%s", text);
}

void report_note(struct report *r, const char *code, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;
	va_start(args, format);
	glyph_vformat(text, sizeof(text), format, args);
	va_end(args);
	report_step(r, code, text);
}

void report_error(struct report *r, const struct error *e)
{
	struct entry error = {
		.kind = ENTRY_ERROR, .code = e->code, .hint = e->hint,
	};
	if (r->is_json)
		write_finding(r, error, (struct checkup){ .us = 0 }, e->text);
	else
		notices_error(&r->notices, e);
}

static void print_row(void *user, const char *label, const char *text)
{
	notices_print(user, "%s: %s", label, text);
}

void report_tls(struct report *r, const struct tls_facts *f)
{
	struct entry note = { .kind = ENTRY_NOTE, .code = "tls", .hint = "" };
	char text[TLS_WORDS_MAX];
	int64_t now_s = stamp_wall_s();
	if (!r->is_json) {
		tls_rows(f, now_s, print_row, &r->notices);
		return;
	}
	tls_say_secured(text, f, now_s);
	write_finding(r, note, (struct checkup){ .tls = f }, text);
}

void report_verdict(struct report *r, const char *name, const char *text,
                    const char *next, const struct checkup *facts)
{
	struct checkup checkup = *facts;
	checkup.verdict = name;
	struct entry note = {
		.kind = ENTRY_NOTE, .code = "verdict", .hint = next,
	};
	if (r->is_brief && facts->status)
		return; /* the error has been told */
	if (r->is_json) {
		write_finding(r, note, checkup, text);
		return;
	}
	if (r->is_quiet)
		return;
	notices_print(&r->notices, "%s%s", r->is_brief ? "" : "verdict: ",
	              text);
	if (*next && !r->is_brief)
		notices_print(&r->notices, "try next: %s", next);
}

int report_close(struct report *r)
{
	if (r->is_json && outlet_close(&r->outlet) && !r->errnum)
		r->errnum = errno;
	errno = r->errnum;
	if (r->errnum && r->errnum != EPIPE)
		notices_errno(&r->notices, "write standard output");
	notices_close(&r->notices);
	bytes_finish(&r->line);
	return r->errnum ? -1 : 0;
}
