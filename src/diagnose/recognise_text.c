/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Protocols that begin with lines of text. */

#include <string.h>

#include "recognise_private.h"

#define METHOD_MIN 3
#define METHOD_MAX 16

/* Its line is seen as it came; its words tell before the line's end does. */
enum recognise_result banner(struct look *l)
{
	const struct recogniser *row = l->row;
	span_expect_begin(&l->s, &l->s, row->begins);
	bool is_short = l->s.is_short;
	struct span line = span_line(&l->s);
	bool is_known = !row->has[0] || span_has_any(&line, row->has);
	span_expect(&l->s, is_known);
	if (is_known)
		l->s.is_short = is_short;
	return span_result(&l->s);
}

/* HTTP/1 (RFC 9112) and what is made like it */

struct head {
	struct span method, target; /* of a request */
	struct span lines;          /* the headers */
};

/* What stands before an empty line, which has to come. */
static void take_headers(struct head *h, struct span *s)
{
	struct span rest = *s, line;
	do {
		line = span_line(&rest);
	} while (line.len);
	h->lines = *s;
	s->is_short |= line.is_short && !s->is_all;
}

static struct span find_header(const struct head *h, const char *name)
{
	struct span rest = h->lines;
	while (rest.len) {
		struct span value = span_line(&rest);
		struct span found = span_until(&value, ':');
		if (!found.len)
			break;
		if (!span_is(&found, name))
			continue;
		while (value.len && *value.at == ' ')
			span_take(&value, 1);
		return value;
	}
	return (struct span){ .len = 0 };
}

static void tell_header(struct look *l, const struct head *h,
                        const char *before, const char *name)
{
	struct span value = find_header(h, name);
	if (value.len)
		detail_span(l, before, &value);
}

static void expect_method(struct span *s)
{
	size_t n = 0;
	while (n < s->len && n <= METHOD_MAX &&
	       ((s->at[n] >= 'A' && s->at[n] <= 'Z') || s->at[n] == '_'))
		n++;
	bool is_end = n == s->len; /* of what has come */
	s->is_other |= n > METHOD_MAX ||
	               (!is_end && (n < METHOD_MIN || s->at[n] != ' '));
	s->is_short |= is_end;
}

static void take_request(struct head *h, struct look *l)
{
	const char *version = l->row->begins;
	expect_method(&l->s);
	struct span line = span_line(&l->s);
	h->method = span_until(&line, ' ');
	h->target = span_until(&line, ' ');
	span_expect(&l->s, h->target.len && line.len == strlen(version) + 1 &&
	                       span_begins(&line, version) == RECOGNISE_YES);
	take_headers(h, &l->s);
}

enum recognise_result http_request(struct look *l)
{
	struct head h;
	take_request(&h, l);
	detail_span(l, "", &h.method);
	detail_span(l, " ", &h.target);
	tell_header(l, &h, " at ", "host");
	tell_header(l, &h, " by ", "user-agent");
	return span_result(&l->s);
}

enum recognise_result http_upgrade(struct look *l)
{
	struct head h;
	take_request(&h, l);
	struct span to = find_header(&h, "upgrade");
	span_expect(&l->s, span_is(&to, "websocket"));
	detail_span(l, "", &h.target);
	tell_header(l, &h, " at ", "host");
	return span_result(&l->s);
}

/* "HTTP/1.1 404 Not Found" */
static struct span take_status(struct look *l)
{
	span_expect_begin(&l->s, &l->s, l->row->begins);
	struct span status = span_line(&l->s);
	span_until(&status, ' ');
	span_expect(&l->s, status.len >= 3);
	return status;
}

enum recognise_result http_response(struct look *l)
{
	struct span status = take_status(l);
	struct head h;
	take_headers(&h, &l->s);
	detail_span(l, "", &status);
	tell_header(l, &h, " by ", "server");
	return span_result(&l->s);
}

/* Go's, nginx' and Apache's words for plain text on a port of TLS. */
enum recognise_result http_complaint(struct look *l)
{
	static const char *const words[3] = {
		"HTTP request to an HTTPS server",
		"HTTP request was sent to HTTPS port",
		"plain HTTP to an SSL-enabled server port",
	};
	struct span status = take_status(l);
	span_expect(&l->s, span_begins(&status, "400 ") == RECOGNISE_YES);
	l->s.is_short |= !span_has_any(&l->s, words);
	detail_text(l, "the complaint of a web server that was spoken "
	                       "to in plain text");
	return span_result(&l->s);
}

/* Without a status line, as in HTTP/0.9: the request had no version. */
enum recognise_result http_page(struct look *l)
{
	detail_text(l, "a page without a status line, for what it got "
	                       "was no request");
	return span_begins(&l->s, l->row->begins);
}

/* Redis */

/* An array of strings; of a client's the first is a command. */
enum recognise_result redis_array(struct look *l)
{
	struct span *s = &l->s;
	uint32_t count = 0; /* of strings, then of the first one's bytes */
	for (int i = 0; i < 2; i++) {
		span_expect_byte(s, i ? '$' : '*');
		count = span_decimal(s, 1024);
		span_expect(s, count);
	}
	struct span name = span_take(s, count);
	s->is_other |= !span_is_printable(&name);
	detail_span(l, l->row->from == RECOGNISE_CLIENT
	                           ? "the command "
	                           : "an array that begins with ", &name);
	return span_result(s);
}
