/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* HTTP CONNECT (RFC 9110, 9.3.6). */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sockchat/number.h>
#include <sockchat/quote.h>

#include "proxy_words.h"

/* 407 asks for a login; tinyproxy refuses a wrong one by 401. */
static bool is_login(unsigned status)
{
	return status == 407 || status == 401;
}

static void fail_http(struct proxy_talk *t)
{
	unsigned status = t->status;
	struct proxy_fault *f;

	if (is_login(status) && t->offers_other && !t->offers_basic)
		f = talk_fail(t, CODE_LOGIN, "wants a login other than HTTP "
		              "Basic for", HINT_METHOD);
	else if (is_login(status))
		f = talk_fail_login(t);
	else if (status == 500 || (status >= 502 && status <= 504))
		f = talk_fail(t, CODE_UNREACHABLE, "cannot reach", HINT_TARGET);
	else
		f = talk_fail(t, CODE_REFUSED, "refuses", HINT_POLICY);
	talk_quote(f->said, t->words, t->words_len);
}

/* "HTTP/1.1 403 Forbidden by policy": of a refusal this line is enough, but of
 * a wish for a login, whose kinds the headers name. */
static void take_status(struct proxy_talk *t)
{
	char number[4] = "";
	long status;

	if (t->in_len >= 12 && memcmp(t->in, "HTTP/1.", 7) == 0 &&
	    t->in[8] == ' ' && (t->in_len == 12 || t->in[12] == ' '))
		memcpy(number, t->in + 9, 3);
	if (!number_parse(number, 100, 999, &status)) {
		talk_fail_protocol(t);
		return;
	}
	t->status = (unsigned)status;
	t->words_len = t->in_len - 9 < sizeof(t->words) ? t->in_len - 9
	                                                : sizeof(t->words);
	memcpy(t->words, t->in + 9, t->words_len);
	if (t->status >= 300 && !is_login(t->status))
		fail_http(t);
}

/* The empty line ends the answer.  1xx are not the last (RFC 9110, 15.2). */
static void take_headers_end(struct proxy_talk *t)
{
	if (t->status >= 300)
		fail_http(t);
	else if (t->status >= 200)
		t->state = PROXY_OPEN;
	else
		t->status = 0;
}

static const char basic[] = "Basic", authenticate[] = "Proxy-Authenticate:";

/* Which ways to log in the proxy offers (RFC 9110, 11.7.1). */
static void take_header(struct proxy_talk *t)
{
	const char *line = (const char *)t->in;
	size_t skip = strlen(authenticate);

	if (strncasecmp(line, authenticate, skip) != 0)
		return;
	skip += strspn(line + skip, " \t");
	if (strncasecmp(line + skip, basic, strlen(basic)) == 0)
		t->offers_basic = true;
	else
		t->offers_other = true;
}

static void take_line(struct proxy_talk *t)
{
	t->in_len--;
	if (t->in_len && t->in[t->in_len - 1] == '\r')
		t->in_len--;
	t->in[t->in_len] = '\0';
	if (!t->status)
		take_status(t);
	else if (t->in_len)
		take_header(t);
	else
		take_headers_end(t);
	if (t->state == PROXY_LISTENS)
		t->in_len = 0;
}

/* One byte has come: more are never asked for, as the next may be the peer's.
 * Of a long line only the beginning is kept. */
static void take_http(struct proxy_talk *t)
{
	if (t->total > PROXY_HEADERS_MAX)
		talk_fail(t, CODE_PROTOCOL,
		          "has sent more than 16 KiB of headers about",
		          HINT_HEADERS);
	else if (!t->status && !talk_begins_with(t, "HTTP/"))
		talk_fail_protocol(t);
	else if (t->in[t->in_len - 1] == '\n')
		take_line(t);
	else if (t->in_len == PROXY_ANSWER_MAX)
		t->in_len--;
	t->wanted = t->in_len + 1;
}

static void append_text(struct proxy_talk *t, const char *text)
{
	talk_append(t, text, strlen(text));
}

/* "Basic " and the base64 of "USER:PASSWORD" (RFC 7617). */
static void append_basic(struct proxy_talk *t)
{
	char pair[2 * PROXY_WORD_MAX];
	const char *password = t->settings->password;

	snprintf(pair, sizeof(pair), "%s:%s", t->settings->user,
	         password ? password : "");
	append_text(t, "Proxy-Authorization: Basic ");
	if (quote_append(&t->out, QUOTE_BASE64, (const uint8_t *)pair,
	                 strlen(pair)))
		abort(); /* as in talk_append() */
	append_text(t, "\r\n");
	explicit_bzero(pair, sizeof(pair));
}

/* "example.com:443", "[::1]:443" */
static void format_place(const struct proxy_talk *t, char *out, size_t cap)
{
	int family = t->address_len == 4 ? AF_INET : AF_INET6;
	bool has_colons = t->address_len == 16;
	char host[PROXY_NAME_MAX];

	snprintf(host, sizeof(host), "%s", t->name);
	if (t->address_len)
		inet_ntop(family, t->address, host, sizeof(host));
	snprintf(out, cap, "%s%s%s:%u", has_colons ? "[" : "", host,
	         has_colons ? "]" : "", t->port);
}

void proxy_ask_http(struct proxy_talk *t)
{
	char place[PROXY_NAME_MAX + 16];

	format_place(t, place, sizeof(place));
	append_text(t, "CONNECT ");
	append_text(t, place);
	append_text(t, " HTTP/1.1\r\nHost: ");
	append_text(t, place);
	append_text(t, "\r\n");
	if (*t->settings->user)
		append_basic(t);
	append_text(t, "\r\n");
	talk_ask(t, 1, take_http);
}
