/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Answers of any proxy: how they come in pieces changes nothing, what is taken
 * is bounded, and why it failed is fit for a terminal.  And URLs of proxies:
 * what is told of one means the same. */

#include <stdlib.h>
#include <string.h>

#include "../../src/net/proxy_talk.h"

static void insist(int is_true)
{
	if (!is_true)
		abort();
}

static void check_text(const char *text)
{
	for (; *text; text++)
		insist((unsigned char)*text >= ' ' && *text != 0x7f);
}

/* Feed all of it, `step` bytes at a time.  Returns how many were taken. */
static size_t talk(struct proxy_talk *t, const struct proxy_settings *s,
                   const uint8_t *bytes, size_t len, size_t step)
{
	static const struct endpoint target = { .host = "h", .port = "1" };
	size_t used = 0;
	struct error e;

	insist(proxy_talk_begin(t, s, &target, &e) == 0);
	while (t->state < PROXY_OPEN) {
		if (t->state == PROXY_SPEAKS) {
			insist(t->out.len > 0);
			proxy_talk_sent(t);
			continue;
		}
		size_t n = proxy_talk_wanted(t);
		insist(n > 0 && n <= PROXY_ANSWER_MAX);
		if (n > step)
			n = step;
		if (n > len - used)
			n = len - used;
		if (!n)
			break;
		insist(proxy_talk_take(t, bytes + used, n) == n);
		used += n;
	}
	insist(used <= PROXY_HEADERS_MAX + PROXY_ANSWER_MAX);
	return used;
}

static void check_answers(enum proxy_kind kind, int has_user,
                          const uint8_t *bytes, size_t len)
{
	struct proxy_settings s = { .kind = kind };
	struct proxy_talk whole, part;
	struct error e;

	if (has_user)
		strcpy(s.user, "me");
	s.password = has_user ? "secret" : NULL;
	size_t used = talk(&whole, &s, bytes, len, SIZE_MAX);
	insist(talk(&part, &s, bytes, len, 1) == used);
	insist(part.state == whole.state);
	proxy_talk_end(&part);
	if (whole.state == PROXY_LISTENS)
		proxy_talk_lose(&whole, 0);
	if (whole.state == PROXY_FAILED) {
		proxy_talk_explain(&whole, "p:1", "h:1", &e);
		check_text(e.text);
		if (whole.is_foreign)
			proxy_talk_name(&whole, bytes + used, len - used);
		proxy_talk_explain(&whole, "p:1", "h:1", &e);
		check_text(e.text);
	}
	proxy_talk_end(&whole);
}

static void check_url(const uint8_t *bytes, size_t len)
{
	char *url = strndup((const char *)bytes, len);
	char told[PROXY_URL_MAX], again[PROXY_URL_MAX];
	struct proxy_settings p;
	struct error e;

	insist(url != NULL);
	if (proxy_parse(&p, url, &e)) {
		check_text(e.text);
	} else {
		proxy_format(&p, told);
		insist(proxy_parse(&p, told, &e) == 0);
		proxy_format(&p, again);
		insist(strcmp(told, again) == 0);
	}
	free(url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	enum proxy_kind kind = (enum proxy_kind)(data[0] & 3);
	if (kind == PROXY_NONE)
		check_url(data + 1, size - 1);
	else
		check_answers(kind, data[0] & 4, data + 1, size - 1);
	return 0;
}
