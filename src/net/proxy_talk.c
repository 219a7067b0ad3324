/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/number.h>

#include "proxy_words.h"

/* True if a name consists of what no protocol takes for anything else. */
static bool is_sendable(const char *name)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz"
	                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                          "0123456789-._";

	return !name[strspn(name, set)];
}

static int take_name(struct proxy_talk *t, const struct endpoint *target,
                     struct error *e)
{
	char name[ENDPOINT_HOST_MAX];

	endpoint_ascii(target, name);
	if (strlen(name) >= sizeof(t->name))
		return error_set(e, "the name %.60s... is too long for a "
		                    "proxy: it has more than 255 bytes",
		                 target->host);
	if (!is_sendable(name))
		return error_set(e, "the name %s cannot be given to a proxy: "
		                    "it is not a host name", target->host);
	memcpy(t->name, name, strlen(name) + 1);
	return 0;
}

/* Numbers go as numbers, so that no proxy has to guess what they are. */
static int take_target(struct proxy_talk *t, const struct endpoint *target,
                       struct error *e)
{
	const char *zone = strchr(target->host, '%');

	if (inet_pton(AF_INET, target->host, t->address) == 1) {
		t->address_len = 4;
		return 0;
	}
	if (!strchr(target->host, ':'))
		return take_name(t, target, e);
	if (zone)
		return error_set(e, "%s is an interface of this machine, so a "
		                    "proxy cannot use the address %s", zone + 1,
		                 target->host);
	if (t->settings->kind == PROXY_SOCKS4)
		return error_set(e, "SOCKS4 has no IPv6 addresses, so the "
		                    "proxy cannot be asked for %s: use "
		                    "socks5:// or a name", target->host);
	if (inet_pton(AF_INET6, target->host, t->address) != 1)
		return error_set(e, "%s is not a host", target->host);
	t->address_len = 16;
	return 0;
}

/* A proxy knows numbers alone. */
static int take_port(struct proxy_talk *t, const char *text, struct error *e)
{
	long port = 0;

	if (!number_parse(text, 1, 65535, &port))
		port = endpoint_service(ENDPOINT_TCP, text);
	t->port = (uint16_t)port;
	return port ? 0 : error_set(e, "unknown service: %s is not the name of "
	                               "a TCP port", text);
}

static int check_words(const struct proxy_settings *s, struct error *e)
{
	if (proxy_lacks_password(s))
		return error_set(e, "the password for the proxy's user %s is "
		                    "missing", s->user);
	if (s->password && strlen(s->password) >= PROXY_WORD_MAX)
		return error_set(e, "the proxy's password is too long: it has "
		                    "more than 255 bytes");
	return 0;
}

/* -1 with a sentence. */
static int take_all(struct proxy_talk *t, const struct endpoint *target,
                    struct error *e)
{
	char path[ENDPOINT_TEXT_MAX];

	if (target->scheme == ENDPOINT_TCP)
		return take_target(t, target, e) ||
		       take_port(t, target->port, e) ? -1 : 0;
	endpoint_format(target, path);
	return error_set(e, "a proxy connects by TCP, and %s is %s: leave out "
	                    "--proxy", path, target->scheme == ENDPOINT_UNIX
	                                         ? "a unix socket" : "UDP");
}

int proxy_check(const struct proxy_settings *p, const struct endpoint *target,
                struct error *e)
{
	struct proxy_talk t = { .settings = p };

	return take_all(&t, target, e);
}

int proxy_talk_begin(struct proxy_talk *t,
                     const struct proxy_settings *settings,
                     const struct endpoint *target, struct error *e)
{
	static proxy_talk_fn *const firsts[] = {
		[PROXY_SOCKS4] = proxy_ask_socks4,
		[PROXY_SOCKS5] = proxy_ask_socks5,
		[PROXY_HTTP] = proxy_ask_http,
	};

	*t = (struct proxy_talk){ .settings = settings };
	if (check_words(settings, e) || take_all(t, target, e))
		return -1;
	/* All at once, so that no copy of the password stays behind. */
	bytes_init(&t->out, PROXY_REQUEST_MAX);
	if (bytes_reserve(&t->out, PROXY_REQUEST_MAX))
		return error_set_errno(e, ENOMEM, "cannot ask the proxy");
	firsts[settings->kind](t);
	return 0;
}

void proxy_talk_sent(struct proxy_talk *t)
{
	explicit_bzero(t->out.data, t->out.len);
	bytes_clear(&t->out);
	t->state = PROXY_LISTENS;
}

size_t proxy_talk_wanted(const struct proxy_talk *t)
{
	return t->state == PROXY_LISTENS ? t->wanted - t->in_len : 0;
}

size_t proxy_talk_take(struct proxy_talk *t, const uint8_t *bytes, size_t len)
{
	size_t used = 0;

	while (used < len && t->state == PROXY_LISTENS) {
		size_t n = proxy_talk_wanted(t);

		if (n > len - used)
			n = len - used;
		memcpy(t->in + t->in_len, bytes + used, n);
		t->in_len += n;
		t->total += n;
		used += n;
		if (t->in_len == t->wanted)
			t->on_whole(t);
	}
	return used;
}

void proxy_talk_lose(struct proxy_talk *t, int errnum)
{
	const char *verb = t->total
	    ? "closed the connection in the middle of its answer about"
	    : "closed the connection when we asked for";
	struct proxy_fault *f = talk_fail(t, CODE_CLOSED, verb, HINT_CLOSED);

	if (errnum)
		snprintf(f->said, sizeof(f->said), "%s", strerror(errnum));
	else if (t->words_len)
		talk_quote(f->said, t->words, t->words_len);
}

void proxy_talk_end(struct proxy_talk *t)
{
	if (t->out.data)
		explicit_bzero(t->out.data, t->out.cap);
	bytes_finish(&t->out);
}
