/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Descriptors as endpoints: "fd:3", "fd:3-5". */

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockchat/file.h>
#include <sockchat/number.h>
#include <sockchat/resolve.h>

#include "endpoint_url.h"

#define FD_SCHEME "fd:"

const char *endpoint_strip_fd(const char *word)
{
	size_t len = strlen(FD_SCHEME);
	return strncasecmp(word, FD_SCHEME, len) == 0 ? word + len : NULL;
}

/* "3" or "3-5". */
static bool read_numbers(const char *text, long *from, long *to)
{
	char word[24];
	const char *dash = strchr(text, '-');
	size_t len = dash ? (size_t)(dash - text) : strlen(text);
	if (len >= sizeof(word))
		return false;
	memcpy(word, text, len);
	word[len] = '\0';
	if (!number_parse(word, 0, INT32_MAX - RESOLVE_MAX, from))
		return false;
	*to = *from;
	return !dash ||
	       number_parse(dash + 1, *from, *from + RESOLVE_MAX - 1, to);
}

static bool is_datagrams(unsigned fd)
{
	int type = 0;
	socklen_t len = sizeof(type);
	(void)getsockopt((int)fd, SOL_SOCKET, SO_TYPE, &type, &len);
	return type == SOCK_DGRAM;
}

void endpoint_set_descriptors(struct endpoint *ep, unsigned first,
                              unsigned count)
{
	int used = snprintf(ep->host, sizeof(ep->host), "%u", first);
	if (count > 1)
		snprintf(ep->host + used, sizeof(ep->host) - (size_t)used,
		         "-%u", first + count - 1);
	ep->scheme = ENDPOINT_FD;
	ep->port[0] = '\0';
	ep->is_datagrams = true;
	for (unsigned i = 0; i < count; i++)
		ep->is_datagrams &= is_datagrams(first + i);
}

unsigned endpoint_descriptors(const struct endpoint *ep, unsigned *first)
{
	long from = 0, to = 0;
	(void)read_numbers(ep->host, &from, &to);
	*first = (unsigned)from;
	return (unsigned)(to - from + 1);
}

bool endpoint_is_standard(const struct endpoint *ep)
{
	unsigned first;
	unsigned count = ep->scheme == ENDPOINT_FD
	                     ? endpoint_descriptors(ep, &first) : 0;
	for (; count; count--, first++)
		if (file_is_same((int)first, STDIN_FILENO) ||
		    file_is_same((int)first, STDOUT_FILENO))
			return true;
	return false;
}

int endpoint_parse_fd(struct endpoint *ep, enum endpoint_mode mode,
                      const char *const *words, size_t count, struct error *e)
{
	const char *text = endpoint_strip_fd(words[0]);
	long from, to;
	if (count > 1)
		return error_set(e, "%s is one word too many: a descriptor has "
		                    "no port", show(words[1]).text);
	if (strncmp(text, "//", 2) == 0)
		text += 2;
	if (!read_numbers(text, &from, &to)) {
		error_set(e, "%s is not a descriptor: write fd:3",
		          show(words[0]).text);
		error_set_hint(e, "fd:3-5 means descriptors 3, 4 and 5, at "
		                  "most %d",
		               RESOLVE_MAX);
		return -1;
	}
	if (mode == ENDPOINT_CONNECT) {
		error_set(e, "fd:%ld is already open: there is nothing to "
		             "connect to", from);
		error_set_hint(e, "to use an open connection: sockchat listen "
		                  "fd:%ld", from);
		return -1;
	}
	endpoint_set_descriptors(ep, (unsigned)from, (unsigned)(to - from + 1));
	return 0;
}
