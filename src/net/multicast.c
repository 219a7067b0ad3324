/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/multicast.h>

#define BETWEEN  ", "
#define WORD_MAX 96 /* longer than any group, with its interface */

bool address_is_group(const struct address *a)
{
	const struct sockaddr_in *v4 = (const void *)&a->sa;
	const struct sockaddr_in6 *v6 = (const void *)&a->sa;
	return a->sa.ss_family == AF_INET
	           ? IN_MULTICAST(ntohl(v4->sin_addr.s_addr))
	           : a->sa.ss_family == AF_INET6 &&
	                 IN6_IS_ADDR_MULTICAST(&v6->sin6_addr);
}

static int family_of(const struct multicast_group *g)
{
	return g->len == 4 ? AF_INET : AF_INET6;
}

/* False if it is no group's address. */
static bool read_host(struct multicast_group *out, const char *text)
{
	struct address a;
	out->len = inet_pton(AF_INET, text, out->host) == 1 ? 4 : 16;
	if (out->len == 16 && inet_pton(AF_INET6, text, out->host) != 1)
		return false;
	address_set_host(&a, family_of(out), out->host);
	return address_is_group(&a);
}

/* Both GROUP@IF and, as addresses have it, GROUP%IF. */
static int read_group(struct multicast_group *out, const char word[WORD_MAX],
                      struct error *e)
{
	char text[WORD_MAX];
	*out = (struct multicast_group){ .len = 0 };
	memcpy(text, word, sizeof(text));
	char *device = strpbrk(text, "@%");
	if (device)
		*device++ = '\0';
	if (!read_host(out, text))
		return error_set(e, "%s is not a multicast group: give an "
		                    "address like 239.1.2.3 or ff02::fb", word);
	if (!device)
		return 0;
	if (!*device || strlen(device) >= sizeof(out->device) ||
	    !if_nametoindex(device))
		return error_set(e, "no such interface: %s, of the group %s",
		                 device, text);
	memcpy(out->device, device, strlen(device) + 1);
	return 0;
}

static int add_word(struct multicast *g, const char word[WORD_MAX],
                    struct error *e)
{
	if (strcmp(word, "off") == 0) {
		g->count = 0;
		return 0;
	}
	if (g->count == MULTICAST_MAX)
		return error_set(e, "more than %d groups", MULTICAST_MAX);
	if (read_group(&g->list[g->count], word, e))
		return -1;
	g->count++;
	return 0;
}

int multicast_parse(struct multicast *g, const char *text, struct error *e)
{
	struct multicast all = *g;
	char word[WORD_MAX] = "";
	for (const char *at = text + strspn(text, BETWEEN); *at;) {
		size_t len = strcspn(at, BETWEEN);
		snprintf(word, sizeof(word), "%.*s", (int)len, at);
		if (add_word(&all, word, e))
			return -1;
		at += len;
		at += strspn(at, BETWEEN);
	}
	*g = all;
	return 0;
}

void multicast_describe(char *out, size_t cap, const struct multicast *g)
{
	char host[INET6_ADDRSTRLEN];
	*out = '\0';
	for (size_t i = 0; i < g->count; i++) {
		const struct multicast_group *one = &g->list[i];
		inet_ntop(family_of(one), one->host, host, sizeof(host));
		(void)text_add(out, cap, "%s%s%s%s", i ? " " : "",
		               host, *one->device ? "@" : "", one->device);
	}
}

/* One that is named twice is joined once. */
static int join(int fd, const void *host, size_t len, unsigned device)
{
	struct ip_mreqn v4 = { .imr_ifindex = (int)device };
	struct ipv6_mreq v6 = { .ipv6mr_interface = device };
	bool is_v4 = len == sizeof(v4.imr_multiaddr);
	memcpy(is_v4 ? (void *)&v4.imr_multiaddr : &v6.ipv6mr_multiaddr, host,
	       len);
	int failed = is_v4 ? setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &v4,
	                                sizeof(v4))
	                   : setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP,
	                                &v6, sizeof(v6));
	return failed && errno != EADDRINUSE ? -1 : 0;
}

int multicast_join(const struct multicast *g, int fd, int family)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct multicast_group *one = &g->list[i];
		if (family_of(one) == family &&
		    join(fd, one->host, one->len, if_nametoindex(one->device)))
			return -1;
	}
	return 0;
}

/* The interface that was named for the group, or the zone of its address; 0:
 * none. */
static int device_of(const struct multicast *g, const struct address *to)
{
	const struct sockaddr_in6 *v6 = (const void *)&to->sa;
	const void *host;
	size_t len = address_host((const struct sockaddr *)&to->sa, &host);
	if (to->sa.ss_family == AF_INET6 && v6->sin6_scope_id)
		return (int)v6->sin6_scope_id;
	for (size_t i = 0; i < g->count; i++)
		if (g->list[i].len == len &&
		    memcmp(g->list[i].host, host, len) == 0)
			return (int)if_nametoindex(g->list[i].device);
	return 0;
}

int multicast_join_one(const struct multicast *g, int fd,
                       const struct address *a)
{
	const void *host;
	size_t len = address_host((const struct sockaddr *)&a->sa, &host);
	return join(fd, host, len, (unsigned)device_of(g, a));
}

void multicast_send(const struct multicast *g, int fd,
                    const struct address *to, int hops)
{
	struct ip_mreqn v4 = { .imr_ifindex = device_of(g, to) };
	int v6 = v4.imr_ifindex;
	bool is_v4 = to->sa.ss_family == AF_INET;
	if (v6 && is_v4)
		(void)setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &v4,
		                 sizeof(v4));
	else if (v6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &v6,
		                 sizeof(v6));
	if (hops && is_v4)
		(void)setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &hops,
		                 sizeof(hops));
	else if (hops)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops,
		                 sizeof(hops));
}
