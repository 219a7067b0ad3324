/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <arpa/inet.h>
#include <errno.h>
#include <idn2.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>

#include <sockchat/endpoint.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>

#include "endpoint_url.h"

#define SERVICE_MAX 2048 /* a line of services(5) */
#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool consists_of(const char *text, const char *set)
{
	return *text != '\0' && text[strspn(text, set)] == '\0';
}

/* The zone is not looked at, but that no interface has a slash in its name. */
static bool read_v6(const char *text, struct in6_addr *address)
{
	char bare[INET6_ADDRSTRLEN];
	size_t len = strcspn(text, "%");

	if (len >= sizeof(bare) || strchr(text, '/'))
		return false;
	memcpy(bare, text, len);
	bare[len] = '\0';
	return inet_pton(AF_INET6, bare, address) == 1;
}

static bool is_v6(const char *text)
{
	struct in6_addr address;

	return read_v6(text, &address);
}

int endpoint_service(enum endpoint_scheme scheme, const char *name)
{
	const char *protocol = scheme == ENDPOINT_UDP ? "udp" : "tcp";
	struct servent room, *found = NULL;
	char bytes[SERVICE_MAX];
	int errnum = getservbyname_r(name, protocol, &room, bytes,
	                             sizeof(bytes), &found);

	errno = errnum ? errnum : ENOENT;
	return found ? ntohs((uint16_t)found->s_port) : 0;
}

/* If the system cannot tell, a lookup will. */
static bool is_known_service(enum endpoint_scheme scheme, const char *text)
{
	return endpoint_service(scheme, text) || errno != ENOENT;
}

/* Whether it looks like a service, or is one. */
static bool is_service(enum endpoint_scheme scheme, const char *text)
{
	bool is_usual = strchr(LETTERS, *text) &&
	                consists_of(text, LETTERS DIGITS "-");
	return strlen(text) < ENDPOINT_PORT_MAX &&
	       (is_usual || is_known_service(scheme, text));
}

static int parse_port(struct endpoint *ep, enum endpoint_mode mode,
                      const char *text, struct error *e)
{
	long number;

	if (*text == '\0')
		return error_set(e, "the port is empty: it is a number from 1 "
		                    "to 65535, or a service name");
	if (number_parse(text, mode == ENDPOINT_CONNECT, 65535, &number)) {
		snprintf(ep->port, sizeof(ep->port), "%ld", number);
		return 0;
	}
	if (consists_of(text + (*text == '-'), DIGITS)) {
		error_set(e, "port %s is out of range: 1 to 65535",
		          show(text).text);
		if (mode == ENDPOINT_LISTEN)
			error_set_hint(e, "port 0 picks a free one");
		return -1;
	}
	if (!is_service(ep->scheme, text)) {
		error_set(e,
		          "%s is neither a port number (1 to 65535) nor a "
		          "service name", show(text).text);
		if (strchr(DIGITS, *text) && consists_of(text, DIGITS "-"))
			error_set_hint(e, "one port at a time: for p in $(seq "
			                  "20 30); do sockchat connect -z HOST "
			                  "$p; done");
		return -1;
	}
	snprintf(ep->port, sizeof(ep->port), "%s", text);
	return 0;
}

/* The form in ASCII of a name in any script (RFC 5891), to be freed; NULL if
 * there is none, or it is ASCII. */
static char *to_ascii(const char *host)
{
	char *ascii = NULL;
	const char *at = host;
	while (*at && !(*at & 0x80))
		at++;
	if (!*at || idn2_to_ascii_8z(host, &ascii, IDN2_NONTRANSITIONAL |
	                                               IDN2_NFC_INPUT))
		return NULL;
	return ascii;
}

/* What else a host may be never comes of a name: full-width forms of ASCII
 * could make that. */
static bool is_plain_name(const char *text)
{
	return *text && strlen(text) < ENDPOINT_HOST_MAX &&
	       !strpbrk(text, ":%*[]/@");
}

/* Each name has one spelling, however it was typed. */
static void spell_host(struct endpoint *ep, const char *text)
{
	char *ascii = to_ascii(text), *shown = NULL;
	if (ascii && idn2_to_unicode_8z8z(ascii, &shown, 0) == IDN2_OK &&
	    is_plain_name(shown))
		text = shown;
	snprintf(ep->host, sizeof(ep->host), "%s", text);
	free(ascii);
	free(shown);
}

void endpoint_ascii(const struct endpoint *ep, char out[ENDPOINT_HOST_MAX])
{
	char *ascii = to_ascii(ep->host);
	bool has_ascii = ascii && is_plain_name(ascii);
	snprintf(out, ENDPOINT_HOST_MAX, "%s", has_ascii ? ascii : ep->host);
	free(ascii);
}

static int parse_host(struct endpoint *ep, enum endpoint_mode mode,
                      const char *text, struct error *e)
{
	if (*text == '\0')
		return error_set(e, "the host is empty");
	if (strlen(text) >= sizeof(ep->host))
		return error_set(e,
		                 "the host name %s is too long: it has more "
		                 "than %d characters",
		                 show(text).text, ENDPOINT_HOST_MAX - 1);
	if (strcmp(text, "*") == 0 && mode == ENDPOINT_CONNECT)
		return error_set(e, "* means all addresses of this machine: "
		                    "listen accepts it, connect needs one "
		                    "host");
	if (strchr(text, ':') && !is_v6(text))
		return error_set(e,
		                 "%s is not a host: it has a colon and is not "
		                 "an IPv6 address",
		                 show(text).text);
	spell_host(ep, text);
	return 0;
}

static int parse_both(struct endpoint *ep, enum endpoint_mode mode,
                      const char *host, const char *port, struct error *e)
{
	if (parse_host(ep, mode, host, e) < 0)
		return -1;
	return parse_port(ep, mode, port, e);
}

/* Take the brackets off "[::1]".  Returns what stands behind them, or NULL with
 * a sentence. */
static char *strip_brackets(char **host, struct error *e)
{
	char *end = strchr(*host, ']');

	if (!end) {
		error_set(e, "%s has no closing bracket", show(*host).text);
		return NULL;
	}
	*end = '\0';
	++*host;
	if (!is_v6(*host)) {
		error_set(e,
		          "[%s] is not an IPv6 address: brackets are only for "
		          "those",
		          show(*host).text);
		return NULL;
	}
	return end + 1;
}

static int parse_bracketed(struct endpoint *ep, enum endpoint_mode mode,
                           char *word, struct error *e)
{
	char *rest = strip_brackets(&word, e);

	if (!rest)
		return -1;
	if (*rest != ':')
		return error_set(e, "the port is missing: write [%s]:PORT",
		                 show(word).text);
	return parse_both(ep, mode, word, rest + 1, e);
}

#define UNIX_SCHEME "unix:"

/* Returns what follows "unix:", or NULL if `word` has another form. */
static const char *strip_unix(const char *word)
{
	size_t len = strlen(UNIX_SCHEME);
	return strncasecmp(word, UNIX_SCHEME, len) == 0 ? word + len : NULL;
}

/* "::1", "::1:9999" and "a:b:c" are not taken: say what may have been meant. */
static int refuse_colons(char *word, char *last, struct error *e)
{
	struct shown all = show(word);

	*last = '\0';
	if (is_v6(word))
		return error_set(
		    e, "%s is ambiguous: write [%s]:%s for that port", all.text,
		    show(word).text, show(last + 1).text);
	*last = ':';
	if (strncasecmp(word, "tls:", 4) == 0 ||
	    strncasecmp(word, "ssl:", 4) == 0)
		return error_set(e, "%s: write %s%s", all.text,
		                 strip_unix(word + 4) ? "--tls " : "tls://",
		                 show(word + 4).text);
	if (strncasecmp(word, "udp:", 4) == 0)
		return error_set(e, "%s: write udp://%s", all.text,
		                 show(word + 4).text);
	if (is_v6(word))
		return error_set(e, "the port is missing: write [%s]:PORT",
		                 all.text);
	return error_set(e,
	                 "%s has too many colons: write HOST:PORT or "
	                 "[V6ADDR]:PORT",
	                 all.text);
}

static int refuse_no_port(const char *word, enum endpoint_mode mode,
                          struct error *e)
{
	if (mode == ENDPOINT_CONNECT && consists_of(word, DIGITS))
		return error_set(e, "the host is missing: write HOST:%s",
		                 show(word).text);
	if (*word == '/' || *word == '.')
		return error_set(e, "a unix socket is written unix:%s",
		                 show(word).text);
	return error_set(e, "the port is missing: write %s%sPORT",
	                 show(word).text, mode == ENDPOINT_CONNECT ? ":" : " ");
}

static int parse_bare(struct endpoint *ep, enum endpoint_mode mode,
                      const char *word, struct error *e)
{
	if (mode == ENDPOINT_CONNECT ||
	    (strpbrk(word, ".*") && !is_known_service(ep->scheme, word)))
		return refuse_no_port(word, mode, e);
	return parse_port(ep, mode, word, e);
}

static int parse_word(struct endpoint *ep, enum endpoint_mode mode, char *word,
                      struct error *e)
{
	char *last = strrchr(word, ':');

	if (*word == '[')
		return parse_bracketed(ep, mode, word, e);
	if (!last)
		return parse_bare(ep, mode, word, e);
	if (last != strchr(word, ':'))
		return refuse_colons(word, last, e);
	if (last == word) {
		error_set(e, "%s has no host before its colon",
		          show(word).text);
		if (mode == ENDPOINT_LISTEN)
			error_set_hint(e, "write only the port for the "
			                  "loopback addresses, or '*:PORT' for "
			                  "all");
		return -1;
	}
	*last = '\0';
	return parse_both(ep, mode, word, last + 1, e);
}

/* Whether "tls://9999" has all that a listener needs. */
static bool is_port_alone(enum endpoint_mode mode, const struct endpoint *ep,
                          const char *text)
{
	return mode == ENDPOINT_LISTEN &&
	       (consists_of(text, DIGITS) ||
	        is_known_service(ep->scheme, text));
}

static int parse_one(struct endpoint *ep, enum endpoint_mode mode, char *word,
                     struct error *e)
{
	char *rest = endpoint_strip_scheme(word, mode, ep, e);

	if (!rest)
		return -1;
	if (*rest == '\0' && rest == word)
		return error_set(e, "the endpoint is empty");
	if (*rest == '\0')
		return error_set(e, "%s:// needs a host and a port",
		                 endpoint_scheme_name(ep));
	if (rest != word && !strchr(rest, ':') &&
	    !is_port_alone(mode, ep, rest))
		return error_set(e, "the port is missing: write %s://%s:PORT",
		                 endpoint_scheme_name(ep), show(rest).text);
	return parse_word(ep, mode, rest, e);
}

static int parse_two(struct endpoint *ep, enum endpoint_mode mode, char *host,
                     const char *port, struct error *e)
{
	char *rest = endpoint_strip_scheme(host, mode, ep, e);

	if (!rest)
		return -1;
	if (rest != host)
		return error_set(e,
		                 "%s: the port belongs in the URL: write "
		                 "%s://HOST:PORT",
		                 show(host).text, endpoint_scheme_name(ep));
	if (*host == '[') {
		rest = strip_brackets(&host, e);
		if (!rest)
			return -1;
		if (*rest != '\0')
			return error_set(e,
			                 "the port is given twice: %s "
			                 "and %s",
			                 show(rest).text, show(port).text);
	}
	return parse_both(ep, mode, host, port, e);
}

/* The most bytes that sun_path holds: one more is the NUL behind a path, or the
 * one that stands for the @ of a name. */
#define UNIX_PATH_MAX (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

static int parse_path(struct endpoint *ep, const char *path, struct error *e)
{
	bool is_name = *path == '@';
	size_t len = strlen(path) - is_name;

	if (!len)
		return error_set(e, is_name ? "the name after @ is empty"
		                            : "the path of the unix socket is "
		                              "empty");
	if (len > UNIX_PATH_MAX)
		return error_set(e, "the %s %s is too long: it has %zu bytes, "
		                    "and a unix socket allows at most %zu",
		                 is_name ? "name" : "path", show(path).text,
		                 len, UNIX_PATH_MAX);
	ep->scheme = ENDPOINT_UNIX;
	snprintf(ep->host, sizeof(ep->host), "%s", path);
	return 0;
}

/* "unix:///run/x" is what other programs write for "unix:/run/x". */
static int parse_unix_url(struct endpoint *ep, const char *path,
                          struct error *e)
{
	size_t slashes = strspn(path, "/");

	if (slashes == 2)
		return error_set(e, "unix:%s names a host, and a unix socket "
		                    "has none: write unix:%s",
		                 show(path).text, show(path + 1).text);
	return parse_path(ep, slashes ? path + slashes - 1 : path, e);
}

int endpoint_parse_unix(struct endpoint *ep, const char *const *words,
                        size_t count, struct error *e)
{
	const char *path = count ? strip_unix(words[0]) : NULL;

	memset(ep, 0, sizeof(*ep));
	if (count == 0)
		return error_set(e, "the unix socket is missing: PATH or "
		                    "@NAME");
	if (count > 1)
		return error_set(e, "%s is one word too many: a unix socket "
		                    "has a PATH or a @NAME, and no port",
		                 show(words[1]).text);
	if (!path && strstr(words[0], "://"))
		return error_set(e, "--unix and %s contradict each other: "
		                    "leave out one of them",
		                 show(words[0]).text);
	return path ? parse_unix_url(ep, path, e) : parse_path(ep, words[0], e);
}

int endpoint_parse(struct endpoint *ep, enum endpoint_mode mode,
                   const char *const *words, size_t count, struct error *e)
{
	char word[ENDPOINT_TEXT_MAX + 8]; /* "tcp://" and "/" */

	memset(ep, 0, sizeof(*ep));
	if (count == 0)
		return error_set(e, mode == ENDPOINT_CONNECT
		                        ? "to which server? for example: "
		                          "sockchat connect 127.0.0.1 9999"
		                        : "on which port? for example: "
		                          "sockchat listen 9999");
	if (strip_unix(words[0]))
		return endpoint_parse_unix(ep, words, count, e);
	if (endpoint_strip_fd(words[0]))
		return endpoint_parse_fd(ep, mode, words, count, e);
	if (count > 2)
		return error_set(e,
		                 "%s is one word too many: only HOST and PORT "
		                 "are needed",
		                 show(words[2]).text);
	if (strlen(words[0]) >= sizeof(word))
		return error_set(e,
		                 "the host name %s is too long: it has more "
		                 "than %d characters",
		                 show(words[0]).text, ENDPOINT_HOST_MAX - 1);
	snprintf(word, sizeof(word), "%s", words[0]);
	return count == 1 ? parse_one(ep, mode, word, e)
	                  : parse_two(ep, mode, word, words[1], e);
}

const char *endpoint_bad_zone(const struct endpoint *ep)
{
	const char *zone = strchr(ep->host, '%');
	struct in6_addr a;
	char name[IF_NAMESIZE];
	long index;
	if (!endpoint_is_ip(ep) || !zone || !read_v6(ep->host, &a))
		return NULL;
	zone++;
	bool is_local =
	    IN6_IS_ADDR_LINKLOCAL(&a) || IN6_IS_ADDR_MC_LINKLOCAL(&a);
	bool is_known = number_parse(zone, 1, INT32_MAX, &index)
	                    ? if_indextoname((unsigned)index, name) != NULL
	                    : is_local && if_nametoindex(zone);
	return is_known ? NULL : zone;
}

bool endpoint_has_name(const struct endpoint *ep)
{
	struct in_addr address;

	return endpoint_is_ip(ep) && !strchr(ep->host, ':') &&
	       *ep->host && strcmp(ep->host, "*") != 0 &&
	       inet_pton(AF_INET, ep->host, &address) != 1;
}

bool endpoint_knows_port(const struct endpoint *ep)
{
	return !*ep->port || consists_of(ep->port, DIGITS) ||
	       is_known_service(ep->scheme, ep->port);
}

/* In a URL the % before a zone is itself written as one (RFC 6874). */
void endpoint_format(const struct endpoint *ep, char out[ENDPOINT_TEXT_MAX])
{
	bool has_colon = strchr(ep->host, ':');
	size_t len = strcspn(ep->host, has_colon ? "%" : "");
	const char *zone = ep->host[len] ? ep->host + len + 1 : "";
	bool is_url = ep->is_tls || ep->scheme == ENDPOINT_UDP;
	const char *sign = is_url && *zone ? "%25" : "%";

	if (ep->scheme == ENDPOINT_UNIX)
		snprintf(out, ENDPOINT_TEXT_MAX, UNIX_SCHEME "%s", ep->host);
	else if (ep->scheme == ENDPOINT_FD)
		snprintf(out, ENDPOINT_TEXT_MAX, "fd:%s", ep->host);
	else
		snprintf(out, ENDPOINT_TEXT_MAX, "%s%s%s%.*s%s%s%s%s%s",
		         is_url ? endpoint_scheme_name(ep) : "",
		         is_url ? "://" : "", has_colon ? "[" : "",
		         (int)len, ep->host, ep->host[len] ? sign : "", zone,
		         has_colon ? "]" : "", *ep->host ? ":" : "", ep->port);
}

void endpoint_show(const struct endpoint *ep, char out[ENDPOINT_TEXT_MAX])
{
	char text[ENDPOINT_TEXT_MAX];

	endpoint_format(ep, text);
	glyph_copy(out, ENDPOINT_TEXT_MAX, text, GLYPH_ANY_WIDTH);
}

void endpoint_show_plain(const struct endpoint *ep,
                         char out[ENDPOINT_TEXT_MAX])
{
	struct endpoint plain = *ep;

	plain.is_tls = false;
	endpoint_show(&plain, out);
}
