/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "endpoint_url.h"

/* In a URL the % before a zone is itself written as one: "%25eth0". */
static void decode_zone(char *url)
{
	char *zone = strstr(url, "%25");
	if (*url == '[' && zone && zone[3] && zone[3] != ']')
		memmove(zone + 1, zone + 3, strlen(zone + 3) + 1);
}

/* What other programs take, with the port that stands for it (IANA); "PORT"
 * where none does. */
struct foreign_scheme {
	const char *name, *port;
	bool is_tls;
};

static const struct foreign_scheme foreign_schemes[] = {
	{ "http", "80", false },     { "https", "443", true },
	{ "ws", "80", false },       { "wss", "443", true },
	{ "rtsp", "554", false },    { "rtsps", "322", true },
	{ "redis", "6379", false },  { "rediss", "6379", true },
	{ "ftp", "21", false },      { "ftps", "990", true },
	{ "smtp", "25", false },     { "smtps", "465", true },
	{ "imap", "143", false },    { "imaps", "993", true },
	{ "pop3", "110", false },    { "pop3s", "995", true },
	{ "nntp", "119", false },    { "nntps", "563", true },
	{ "ldap", "389", false },    { "ldaps", "636", true },
	{ "mqtt", "1883", false },   { "mqtts", "8883", true },
	{ "amqp", "5672", false },   { "amqps", "5671", true },
	{ "mysql", "3306", false },  { "postgres", "5432", false },
	{ "postgresql", "5432", false },
	{ "telnet", "23", false },   { "telnets", "992", true },
	{ "irc", "6667", false },    { "ircs", "6697", true },
	{ "gopher", "70", false },   { "gemini", "1965", true },
	{ "ssl", "PORT", true },     { "tcps", "PORT", true },
	{ NULL, NULL, false },
};

static const struct foreign_scheme *find_foreign(const char *word)
{
	const struct foreign_scheme *s = foreign_schemes;
	size_t len = strcspn(word, ":");
	while (s->name && (strlen(s->name) != len ||
	                   strncasecmp(s->name, word, len) != 0))
		s++;
	return s;
}

/* Point to host and port of "USER@HOST:PORT/PATH", which is cut for that. */
static void cut_authority(char *at, const char **host, const char **port)
{
	at[strcspn(at, "/?#")] = '\0';
	char *user = strrchr(at, '@');
	char *name = user ? user + 1 : at;
	char *end = *name == '[' ? strchr(name, ']') : NULL;
	char *colon = strchr(end ? end : name, ':');
	if (colon) {
		*colon = '\0';
		if (colon[1])
			*port = colon + 1;
	}
	if (end)
		*end = '\0';
	*host = end ? name + 1 : name;
}

/* Say which words reach what this URL names. */
static void refuse_foreign(char *word, const struct foreign_scheme *s,
                           enum endpoint_mode mode, struct error *e)
{
	const char *host, *port = s->port;
	const char *verb = mode == ENDPOINT_LISTEN ? "listen" : "connect";
	struct shown url = show(word);

	cut_authority(strstr(word, "://") + 3, &host, &port);
	if (!*host)
		host = "HOST";
	bool has_colon = strchr(host, ':');
	if (s->is_tls)
		error_set(e, "%s: sockchat opens the connection, with TLS, and "
		             "you speak the protocol; try: sockchat %s "
		             "tls://%s%s%s:%s", url.text, verb,
		          has_colon ? "[" : "", show(host).text,
		          has_colon ? "]" : "", show(port).text);
	else
		error_set(e, "%s: sockchat opens the connection, and you speak "
		             "%s; try: sockchat %s %s %s", url.text,
		          s->name, verb, show(host).text, show(port).text);
}

/* What begins without slashes is read where it is spoken of: endpoint.c,
 * endpoint_fd.c. */
const char *endpoint_beginning(enum endpoint_mode mode, size_t i)
{
	static const char *const list[] = { "tcp://", "tls://", "udp://",
		                            "unix:", "fd:" };
	size_t count = sizeof(list) / sizeof(list[0]);
	return i < count - (mode == ENDPOINT_CONNECT) ? list[i] : NULL;
}

static const struct own_scheme {
	const char *name;
	enum endpoint_scheme scheme;
	bool is_tls;
} own_schemes[] = {
	{ "tcp", ENDPOINT_TCP, false },
	{ "tls", ENDPOINT_TCP, true },
	{ "udp", ENDPOINT_UDP, false },
	{ NULL, ENDPOINT_TCP, false },
};

/* Returns what follows the scheme of ours, which is read, or NULL. */
static char *strip_own(char *word, struct endpoint *ep)
{
	for (const struct own_scheme *s = own_schemes; s->name; s++) {
		size_t len = strlen(s->name);
		if (strncasecmp(word, s->name, len) != 0 ||
		    strncmp(word + len, "://", 3) != 0)
			continue;
		ep->scheme = s->scheme;
		ep->is_tls = s->is_tls;
		return word + len + 3;
	}
	return NULL;
}

const char *endpoint_scheme_name(const struct endpoint *ep)
{
	const struct own_scheme *s = own_schemes;
	while (s->name && (s->scheme != ep->scheme || s->is_tls != ep->is_tls))
		s++;
	return s->name ? s->name : "unix";
}

char *endpoint_strip_scheme(char *word, enum endpoint_mode mode,
                            struct endpoint *ep, struct error *e)
{
	char *rest = strip_own(word, ep);
	const struct foreign_scheme *s;

	if (!rest && !strstr(word, "://"))
		return word;
	if (!rest && (s = find_foreign(word))->name) {
		refuse_foreign(word, s, mode, e);
		return NULL;
	}
	if (!rest) {
		error_set(e, "%s: sockchat speaks only tcp://, tls://, udp:// "
		             "and unix:",
		          show(word).text);
		return NULL;
	}
	size_t len = strlen(rest);
	if (len > 0 && rest[len - 1] == '/')
		rest[len - 1] = '\0';
	decode_zone(rest);
	return rest;
}
