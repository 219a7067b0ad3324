/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* SOCKS4a and SOCKS5 (RFC 1928, RFC 1929). */

#include <stdio.h>
#include <string.h>

#include "proxy_words.h"

#define SOCKS4_ANSWER 8
#define SOCKS5_HEAD   5 /* bytes that tell how long an answer is */

static void append_word(struct proxy_talk *t, const char *word)
{
	uint8_t len = (uint8_t)strlen(word);

	talk_append(t, &len, 1);
	talk_append(t, word, len);
}

static void append_port(struct proxy_talk *t)
{
	const uint8_t port[] = { (uint8_t)(t->port >> 8), (uint8_t)t->port };

	talk_append(t, port, sizeof(port));
}

/* SOCKS4a */

static void refuse_socks4(struct proxy_talk *t)
{
	static const char *const words[] = {
		"request rejected or failed",
		"request rejected: no identd answers on this machine",
		"request rejected: identd on this machine names another user",
	};
	unsigned reply = t->in[1];
	struct proxy_fault *f =
	    reply == 91 ? talk_fail(t, CODE_UNREACHABLE, "refuses", HINT_TARGET)
	                : talk_fail(t, CODE_LOGIN, "refuses", HINT_IDENT);

	snprintf(f->said, sizeof(f->said), "%s (SOCKS4 reply %u)",
	         words[reply - 91], reply);
}

/* The address that follows in the answer means nothing for CONNECT. */
static void take_socks4(struct proxy_talk *t)
{
	unsigned reply = t->in[1];

	if (t->in[0] || reply < 90 || reply > 93)
		talk_fail_protocol(t);
	else if (reply != 90)
		refuse_socks4(t);
	else if (t->in_len < SOCKS4_ANSWER)
		t->wanted = SOCKS4_ANSWER;
	else
		t->state = PROXY_OPEN;
}

void proxy_ask_socks4(struct proxy_talk *t)
{
	static const uint8_t to_name[] = { 0, 0, 0, 1 };

	talk_append(t, "\4\1", 2);
	append_port(t);
	talk_append(t, *t->name ? to_name : t->address, 4);
	talk_append(t, t->settings->user, strlen(t->settings->user) + 1);
	if (*t->name)
		talk_append(t, t->name, strlen(t->name) + 1);
	talk_ask(t, 2, take_socks4);
}

/* SOCKS5 */

struct socks5_reply {
	const char *words; /* RFC 1928, 6 */
	const char *code, *verb, *hint;
};

static const struct socks5_reply socks5_replies[] = {
	{ "general SOCKS server failure", CODE_UNREACHABLE, "cannot reach",
	  HINT_TARGET },
	{ "connection not allowed by ruleset", CODE_REFUSED, "refuses",
	  HINT_POLICY },
	{ "network unreachable", CODE_UNREACHABLE, "cannot reach",
	  HINT_TARGET },
	{ "host unreachable", CODE_UNREACHABLE, "cannot reach", HINT_TARGET },
	{ "connection refused", CODE_UNREACHABLE, "cannot reach",
	  HINT_TARGET },
	{ "TTL expired", CODE_UNREACHABLE, "cannot reach", HINT_TARGET },
	{ "command not supported", CODE_REFUSED, "refuses",
	  "it is not a proxy for TCP connections" },
	{ "address type not supported", CODE_REFUSED, "refuses",
	  "try the name, or the other kind of address (IPv4 or IPv6)" },
	{ "unknown failure", CODE_REFUSED, "refuses", HINT_POLICY },
};

#define SOCKS5_REPLIES (sizeof(socks5_replies) / sizeof(socks5_replies[0]))

static void refuse_socks5(struct proxy_talk *t)
{
	unsigned reply = t->in[1];
	size_t last = SOCKS5_REPLIES - 1;
	const struct socks5_reply *r =
	    &socks5_replies[reply > last ? last : reply - 1];
	struct proxy_fault *f = talk_fail(t, r->code, r->verb, r->hint);

	snprintf(f->said, PROXY_SAID_MAX, "%s (SOCKS5 reply %u)", r->words,
	         reply);
}

/* The size of an answer, by the kind of address in it, which is that of the
 * proxy's own end.  0: there is no such kind. */
static size_t socks5_answer_len(const struct proxy_talk *t)
{
	static const size_t lens[] = {
		[1] = 4 + 4 + 2, [3] = 4 + 1 + 2, [4] = 4 + 16 + 2,
	};
	unsigned kind = t->in[3];
	size_t len = kind < sizeof(lens) / sizeof(lens[0]) ? lens[kind] : 0;

	return kind == 3 ? len + t->in[4] : len;
}

static void take_socks5(struct proxy_talk *t)
{
	if (t->in[0] != 5) {
		talk_fail_protocol(t);
	} else if (t->in[1]) {
		refuse_socks5(t);
	} else if (t->in_len < SOCKS5_HEAD) {
		t->wanted = SOCKS5_HEAD;
	} else {
		t->wanted = socks5_answer_len(t);
		if (!t->wanted)
			talk_fail_protocol(t);
		else if (t->in_len == t->wanted)
			t->state = PROXY_OPEN;
	}
}

static void ask_socks5(struct proxy_talk *t)
{
	const uint8_t kind = *t->name ? 3 : t->address_len == 4 ? 1 : 4;

	talk_append(t, "\5\1\0", 3);
	talk_append(t, &kind, 1);
	if (*t->name)
		append_word(t, t->name);
	else
		talk_append(t, t->address, t->address_len);
	append_port(t);
	talk_ask(t, 2, take_socks5);
}

/* RFC 1929 */
static void take_login(struct proxy_talk *t)
{
	if (t->in[0] != 1 && t->in[0] != 5) /* some repeat SOCKS's version */
		talk_fail_protocol(t);
	else if (t->in[1])
		talk_fail_login(t);
	else
		ask_socks5(t);
}

static void log_in(struct proxy_talk *t)
{
	const char *password = t->settings->password;

	talk_append(t, "\1", 1);
	append_word(t, t->settings->user);
	append_word(t, password ? password : "");
	talk_ask(t, 2, take_login);
}

static void fail_method(struct proxy_talk *t)
{
	if (*t->settings->user)
		talk_fail(t, CODE_LOGIN, "wants a login other than user and "
		          "password for", HINT_METHOD);
	else
		talk_fail_login(t);
}

static void take_method(struct proxy_talk *t)
{
	bool has_user = *t->settings->user;
	unsigned method = t->in[1];

	if (t->in[0] == 5 && method == 0)
		ask_socks5(t);
	else if (t->in[0] == 5 && method == 2 && has_user)
		log_in(t);
	else if (t->in[0] == 5 && method == 0xff)
		fail_method(t);
	else
		talk_fail_protocol(t);
}

void proxy_ask_socks5(struct proxy_talk *t)
{
	bool has_user = *t->settings->user;

	talk_append(t, has_user ? "\5\2\0\2" : "\5\1\0", has_user ? 4 : 3);
	talk_ask(t, 2, take_method);
}
