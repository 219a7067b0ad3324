/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Protocols that begin with lines of text. */

#include <string.h>

#include "recognise_private.h"

#define METHOD_MIN 3
#define METHOD_MAX 16

/* Its line is seen as it came. */
enum recognise_result banner(char detail[DETAIL_MAX], struct span s,
                             const struct recogniser *row)
{
	(void)detail;
	enum recognise_result result = span_begins(&s, row->begins);
	if (result != RECOGNISE_YES)
		return result;
	struct span line = span_line(&s);
	if (line.is_short)
		return RECOGNISE_MORE;
	return !row->has[0] || span_has_any(&line, row->has) ? RECOGNISE_YES
	                                                     : RECOGNISE_NO;
}

/* HTTP/1 (RFC 9112) and what is made like it */

struct head {
	struct span method, target; /* of a request */
	struct span status;         /* of a response */
	struct span lines;          /* the headers */
};

/* What stands before an empty line; MORE without one. */
static enum recognise_result take_headers(struct head *h, struct span s)
{
	struct span rest = s, line;
	do {
		line = span_line(&rest);
	} while (line.len);
	h->lines = s;
	return line.is_short && !s.is_all ? RECOGNISE_MORE : RECOGNISE_YES;
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

static void tell_header(char detail[DETAIL_MAX], const struct head *h,
                        const char *before, const char *name)
{
	struct span value = find_header(h, name);
	if (value.len)
		detail_span(detail, before, &value);
}

static enum recognise_result begins_with_method(const struct span *s)
{
	size_t n = 0;
	while (n < s->len && n <= METHOD_MAX &&
	       ((s->at[n] >= 'A' && s->at[n] <= 'Z') || s->at[n] == '_'))
		n++;
	if (n > METHOD_MAX || (n < METHOD_MIN && n < s->len))
		return RECOGNISE_NO;
	if (n == s->len)
		return RECOGNISE_MORE;
	return s->at[n] == ' ' ? RECOGNISE_YES : RECOGNISE_NO;
}

static enum recognise_result take_request(struct head *h, struct span s,
                                          const char *version)
{
	enum recognise_result result = begins_with_method(&s);
	if (result != RECOGNISE_YES)
		return result;
	struct span line = span_line(&s);
	if (line.is_short)
		return RECOGNISE_MORE;
	h->method = span_until(&line, ' ');
	h->target = span_until(&line, ' ');
	if (!h->target.len || line.len != strlen(version) + 1 ||
	    span_begins(&line, version) != RECOGNISE_YES)
		return RECOGNISE_NO;
	return take_headers(h, s);
}

enum recognise_result http_request(char detail[DETAIL_MAX], struct span s,
                                   const struct recogniser *row)
{
	struct head h;
	enum recognise_result result = take_request(&h, s, row->begins);
	if (result != RECOGNISE_YES)
		return result;
	detail_span(detail, "", &h.method);
	detail_span(detail, " ", &h.target);
	tell_header(detail, &h, " at ", "host");
	tell_header(detail, &h, " by ", "user-agent");
	return result;
}

enum recognise_result http_upgrade(char detail[DETAIL_MAX], struct span s,
                                   const struct recogniser *row)
{
	struct head h;
	enum recognise_result result = take_request(&h, s, row->begins);
	if (result != RECOGNISE_YES)
		return result;
	struct span to = find_header(&h, "upgrade");
	if (!span_is(&to, "websocket"))
		return RECOGNISE_NO;
	detail_span(detail, "", &h.target);
	tell_header(detail, &h, " at ", "host");
	return result;
}

/* "HTTP/1.1 404 Not Found" */
static enum recognise_result take_status(struct span *status, struct span *s,
                                         const char *version)
{
	enum recognise_result result = span_begins(s, version);
	if (result != RECOGNISE_YES)
		return result;
	struct span line = span_line(s);
	if (line.is_short)
		return RECOGNISE_MORE;
	span_until(&line, ' ');
	*status = line;
	return line.len >= 3 ? RECOGNISE_YES : RECOGNISE_NO;
}

enum recognise_result http_response(char detail[DETAIL_MAX], struct span s,
                                    const struct recogniser *row)
{
	struct head h;
	enum recognise_result result = take_status(&h.status, &s, row->begins);
	if (result == RECOGNISE_YES)
		result = take_headers(&h, s);
	if (result != RECOGNISE_YES)
		return result;
	detail_span(detail, "", &h.status);
	tell_header(detail, &h, " by ", "server");
	return result;
}

/* Go's, nginx' and Apache's words for plain text on a port of TLS. */
enum recognise_result http_complaint(char detail[DETAIL_MAX], struct span s,
                                     const struct recogniser *row)
{
	static const char *const words[3] = {
		"HTTP request to an HTTPS server",
		"HTTP request was sent to HTTPS port",
		"plain HTTP to an SSL-enabled server port",
	};
	struct span status;
	enum recognise_result result = take_status(&status, &s, row->begins);
	if (result != RECOGNISE_YES)
		return result;
	if (span_begins(&status, "400 ") != RECOGNISE_YES)
		return RECOGNISE_NO;
	if (!span_has_any(&s, words))
		return RECOGNISE_MORE;
	detail_text(detail, "the complaint of a web server that was spoken to "
	                    "in plain text");
	return result;
}

/* Without a status line, as in HTTP/0.9: the request had no version. */
enum recognise_result http_page(char detail[DETAIL_MAX], struct span s,
                                const struct recogniser *row)
{
	enum recognise_result result = span_begins(&s, row->begins);
	if (result == RECOGNISE_YES)
		detail_text(detail, "a page without a status line, for what "
		                    "it got was no request");
	return result;
}

/* Redis */

/* An array of strings; of a client's the first is a command. */
enum recognise_result redis_array(char detail[DETAIL_MAX], struct span s,
                                  const struct recogniser *row)
{
	uint32_t counts[2]; /* of strings, of the first one's bytes */
	for (int i = 0; i < 2; i++) {
		enum recognise_result result = span_begins(&s, i ? "$" : "*");
		if (result != RECOGNISE_YES)
			return result;
		span_take(&s, 1);
		counts[i] = span_decimal(&s, 1024);
		if (s.is_short)
			return RECOGNISE_MORE;
		if (!counts[i])
			return RECOGNISE_NO;
	}
	struct span name = span_take(&s, counts[1]);
	if (!span_is_printable(&name))
		return RECOGNISE_NO;
	if (name.is_short)
		return RECOGNISE_MORE;
	detail_span(detail, row->from == RECOGNISE_CLIENT
	                        ? "the command "
	                        : "an array that begins with ", &name);
	return RECOGNISE_YES;
}
