/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sockchat/glyph.h>

#include "proxy_words.h"

#define PLACE_MAX 88 /* of an endpoint in a sentence */

void talk_append(struct proxy_talk *t, const void *bytes, size_t len)
{
	if (bytes_append(&t->out, bytes, len))
		abort(); /* all that is asked is bounded, and there is room */
}

void talk_ask(struct proxy_talk *t, size_t wanted, proxy_talk_fn *on_whole)
{
	t->state = PROXY_SPEAKS;
	t->in_len = 0;
	t->wanted = wanted;
	t->on_whole = on_whole;
}

void talk_quote(char out[PROXY_SAID_MAX], const uint8_t *bytes, size_t len)
{
	struct glyph g;
	size_t n;

	snprintf(out, PROXY_SAID_MAX, "it says \"");
	while ((n = glyph_next(&g, bytes, len, GLYPH_ANY_WIDTH)) &&
	       text_add(out, PROXY_SAID_MAX - sizeof("...\""), "%s", g.text)) {
		bytes += n;
		len -= n;
	}
	(void)text_add(out, PROXY_SAID_MAX, "%s\"", len ? "..." : "");
}

struct proxy_fault *talk_fail(struct proxy_talk *t, const char *code,
                              const char *verb, const char *hint)
{
	t->state = PROXY_FAILED;
	t->fault = (struct proxy_fault){
		.code = code, .verb = verb, .has_target = true, .hint = hint,
	};
	return &t->fault;
}

struct proxy_fault *talk_fail_login(struct proxy_talk *t)
{
	if (!*t->settings->user)
		return talk_fail(t, CODE_LOGIN,
		                 "wants a user and a password for",
		                 HINT_NO_USER);
	return talk_fail(t, CODE_LOGIN,
	                 "does not accept the user and password for",
	                 HINT_PASSWORD);
}

bool talk_begins_with(const struct proxy_talk *t, const char *text)
{
	size_t len = strlen(text);

	if (len > t->in_len)
		len = t->in_len;
	return memcmp(t->in, text, len) == 0;
}

/* As much of a protocol's first answer as tells it from the others. */
static const struct {
	const char *begin, *name;
} protocols[] = {
	{ "HTTP/", "HTTP" },    { "\x15\x03", "TLS" }, { "\x16\x03", "TLS" },
	{ "\x05", "SOCKS5" },   { NULL, NULL },
};

static const char *find_protocol(const struct proxy_talk *t)
{
	size_t i = 0;

	if (t->in_len > 1 && !t->in[0] && t->in[1] >= 90 && t->in[1] <= 93)
		return "SOCKS4";
	while (protocols[i].begin && !talk_begins_with(t, protocols[i].begin))
		i++;
	return protocols[i].name;
}

static size_t line_len(const uint8_t *bytes, size_t len)
{
	size_t n = 0;

	while (n < len && bytes[n] != '\r' && bytes[n] != '\n')
		n++;
	return n;
}

/* What the proxy speaks in place of its protocol, as far as that is known. */
static void name_protocol(struct proxy_talk *t)
{
	const char *name = find_protocol(t);

	if (name && strcasecmp(name, proxy_scheme(t->settings->kind)) != 0)
		snprintf(t->fault.said, PROXY_SAID_MAX, "it answers in %s",
		         name);
	else
		talk_quote(t->fault.said, t->in, line_len(t->in, t->in_len));
}

void talk_fail_protocol(struct proxy_talk *t)
{
	static const char *const verbs[] = {
		[PROXY_NONE] = "",
		[PROXY_SOCKS4] = "does not speak SOCKS4",
		[PROXY_SOCKS5] = "does not speak SOCKS5",
		[PROXY_HTTP] = "does not speak HTTP",
	};

	talk_fail(t, CODE_PROTOCOL, verbs[t->settings->kind], HINT_PROTOCOL)
	    ->has_target = false;
	t->is_foreign = true;
	name_protocol(t);
}

void proxy_talk_name(struct proxy_talk *t, const uint8_t *bytes, size_t len)
{
	size_t room = PROXY_ANSWER_MAX - t->in_len;

	if (len > room)
		len = room;
	memcpy(t->in + t->in_len, bytes, len);
	t->in_len += len;
	name_protocol(t);
}

/* Copy an endpoint, which may have a name of any length. */
static void shorten(char out[PLACE_MAX], const char *place)
{
	glyph_copy(out, PLACE_MAX - strlen("..."), place, GLYPH_ANY_WIDTH);
	if (strlen(out) < strlen(place))
		(void)text_add(out, PLACE_MAX, "...");
}

void proxy_talk_explain(const struct proxy_talk *t, const char *where,
                        const char *target, struct error *e)
{
	const struct proxy_fault *f = &t->fault;
	char proxy[PLACE_MAX], asked[PLACE_MAX] = "";

	shorten(proxy, where);
	if (f->has_target)
		shorten(asked, target);
	error_set(e, "%s %s%s%s%s%s", proxy, f->verb, *asked ? " " : "", asked,
	          *f->said ? ": " : "", f->said);
	error_set_hint(e, "%s", f->hint);
	error_set_word(e, f->code);
}

static const char *what_it_did_not(const struct proxy_talk *t)
{
	if (t->state == PROXY_SPEAKS)
		return "has not read the request for";
	return t->total ? "has not finished its answer about"
	                : "has not answered the request for";
}

void proxy_talk_explain_late(const struct proxy_talk *t, int64_t ms,
                             const char *where, const char *target,
                             struct error *e)
{
	char proxy[PLACE_MAX], asked[PLACE_MAX];

	shorten(proxy, where);
	shorten(asked, target);
	error_set(e, "timed out: %s %s %s within %g s", proxy,
	          what_it_did_not(t), asked, (double)ms / 1000);
	error_set_hint(e, HINT_SILENT);
	error_set_code(e, ETIMEDOUT);
}
