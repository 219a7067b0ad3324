/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The URL of a proxy. */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sockchat/bytes.h>
#include <sockchat/escape.h>
#include <sockchat/proxy.h>

#define FORMS "socks5://HOST:PORT, socks4://HOST:PORT or http://HOST:PORT"

/* With the letter of socks4a and socks5h curl leaves the host's name to the
 * proxy, which is always done here. */
static const struct proxy_scheme {
	const char *name;
	enum proxy_kind kind;
	const char *port; /* where such proxies usually are */
} schemes[] = {
	{ "socks4", PROXY_SOCKS4, "1080" },
	{ "socks5", PROXY_SOCKS5, "1080" },
	{ "http", PROXY_HTTP, "3128" },
	{ "socks4a", PROXY_SOCKS4, "1080" },
	{ "socks5h", PROXY_SOCKS5, "1080" },
	{ "", PROXY_NONE, "" },
};

const char *proxy_scheme(enum proxy_kind kind)
{
	const struct proxy_scheme *s = schemes;

	while (s->kind != kind)
		s++;
	return s->name;
}

const char *proxy_protocol(enum proxy_kind kind)
{
	static const char *const names[] = {
		[PROXY_NONE] = "",
		[PROXY_SOCKS4] = "SOCKS4a",
		[PROXY_SOCKS5] = "SOCKS5",
		[PROXY_HTTP] = "HTTP CONNECT",
	};

	return names[kind];
}

static const struct proxy_scheme *find_scheme(const char *url, size_t len)
{
	const struct proxy_scheme *s = schemes;

	while (s->kind && (strlen(s->name) != len ||
	                   strncasecmp(s->name, url, len) != 0))
		s++;
	return s;
}

static int refuse_scheme(const char *url, size_t len, struct error *e)
{
	if (url[len] && len == strlen("https") &&
	    strncasecmp(url, "https", len) == 0)
		return error_set(e, "a proxy behind TLS (https://) is not "
		                    "supported: write http://HOST:PORT");
	return error_set(e, "this is not a proxy: write " FORMS);
}

/* Returns the character at `*at`, which may be written as %41; -1 for a % that
 * begins nothing.  `*at` moves behind it. */
static int read_character(const char **at)
{
	const char *from = *at;
	bool is_plain = *from != '%';

	*at += is_plain ? 1 : 3;
	return is_plain ? (unsigned char)*from
	                : escape_hex_pair(from, strlen(from), 1);
}

static int parse_user(struct proxy_settings *p, const char *text,
                      struct error *e)
{
	size_t len = 0;

	if (strchr(text, ':'))
		return error_set(e, "a password in the URL can be seen by "
		                    "others: leave it out, and put it into the "
		                    "environment variable "
		                    "SOCKCHAT_PROXY_PASSWORD, or wait until we "
		                    "ask");
	while (*text) {
		int c = read_character(&text);

		if (c <= 0)
			return error_set(e, "in the proxy's user, two "
			                    "hexadecimal digits must follow "
			                    "each %%, and not 00");
		if (len + 1 == sizeof(p->user))
			return error_set(e, "the proxy's user is too long: it "
			                    "has more than 255 bytes");
		p->user[len++] = (char)c;
	}
	p->user[len] = '\0';
	if (p->kind == PROXY_HTTP && strchr(p->user, ':'))
		return error_set(e, "the user of an HTTP proxy cannot have a "
		                    "colon (RFC 7617)");
	return 0;
}

/* Cut "HOST:PORT" or "[V6ADDR]:PORT" in two.  Returns the port; NULL if there
 * is none. */
static char *cut_port(char *place)
{
	char *end = *place == '[' ? strchr(place, ']') : NULL;
	char *colon = strchr(end ? end : place, ':');

	if (!colon)
		return NULL;
	*colon = '\0';
	return colon + 1;
}

static int parse_place(struct proxy_settings *p, char *place,
                       const char *usual_port, struct error *e)
{
	const char *port = cut_port(place);
	const char *words[] = { place, port ? port : usual_port };
	struct error inner;

	if (port && strchr(port, ':'))
		return error_set(e, "the proxy's address has too many colons: "
		                    "write HOST:PORT or [V6ADDR]:PORT");
	if (!*place)
		return error_set(e, "the proxy's host is missing: write "
		                    "%s://HOST:PORT", proxy_scheme(p->kind));
	if (!endpoint_parse(&p->endpoint, ENDPOINT_CONNECT, words, 2, &inner))
		return 0;
	error_set(e, "the proxy's address: %s", inner.text);
	return -1;
}

/* Read "USER@HOST:PORT", of which USER and PORT may be missing. */
static int parse_rest(struct proxy_settings *p, char *rest,
                      const char *usual_port, struct error *e)
{
	char *user_end = strrchr(rest, '@');
	char *place = user_end ? user_end + 1 : rest;
	size_t len = strlen(place);

	if (user_end)
		*user_end = '\0';
	if (user_end && parse_user(p, rest, e))
		return -1;
	if (len && place[len - 1] == '/')
		place[len - 1] = '\0';
	if (strchr(place, '/'))
		return error_set(e, "the URL of a proxy ends with its port: "
		                    "leave out what follows the /");
	return parse_place(p, place, usual_port, e);
}

int proxy_parse(struct proxy_settings *p, const char *url, struct error *e)
{
	char rest[PROXY_URL_MAX];
	size_t len = strcspn(url, ":");
	bool is_url = strncmp(url + len, "://", 3) == 0;
	const struct proxy_scheme *s = find_scheme(url, is_url ? len : 0);

	*p = (struct proxy_settings){ .kind = s->kind };
	if (!*url)
		return 0;
	if (!p->kind)
		return refuse_scheme(url, len, e);
	if (strlen(url) >= sizeof(rest))
		return error_set(e, "the proxy's URL is too long");
	snprintf(rest, sizeof(rest), "%s", url + len + 3);
	return parse_rest(p, rest, s->port, e);
}

void proxy_format(const struct proxy_settings *p, char out[PROXY_URL_MAX])
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                            "0123456789-._~";
	char place[ENDPOINT_TEXT_MAX];

	*out = '\0';
	if (!p->kind)
		return;
	(void)text_add(out, PROXY_URL_MAX, "%s://", proxy_scheme(p->kind));
	for (const char *c = p->user; *c; c++)
		(void)text_add(out, PROXY_URL_MAX,
		               strchr(plain, *c) ? "%c" : "%%%02X",
		               (unsigned char)*c);
	endpoint_format(&p->endpoint, place);
	(void)text_add(out, PROXY_URL_MAX, "%s%s", *p->user ? "@" : "", place);
}

bool proxy_lacks_password(const struct proxy_settings *p)
{
	return p->kind > PROXY_SOCKS4 && *p->user && !p->password;
}
