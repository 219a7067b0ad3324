/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <sockchat/address.h>
#include <sockchat/glyph.h>

#define UNIX_SCHEME "unix:"

static char *put_number(char *at, unsigned number)
{
	if (number > 9)
		at = put_number(at, number / 10);
	*at = (char)('0' + number % 10);
	return at + 1;
}

/* getnameinfo() costs 2,500 instructions, and for each peer that comes two
 * addresses are formatted. */
static void format_v4(const struct sockaddr_in *v4, char *at)
{
	const uint8_t *host = (const uint8_t *)&v4->sin_addr;

	for (int i = 0; i < 4; i++) {
		at = put_number(at, host[i]);
		*at++ = i < 3 ? '.' : ':';
	}
	*put_number(at, ntohs(v4->sin_port)) = '\0';
}

void address_set_unix(struct address *a, const char *path)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&a->sa;
	size_t len = strlen(path);
	bool is_name = *path == '@';

	memset(a, 0, sizeof(*a));
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, len);
	if (is_name)
		un->sun_path[0] = '\0';
	a->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len +
	                     !is_name);
}

void address_set_fd(struct address *a, int fd)
{
	memset(a, 0, sizeof(*a));
	a->is_inherited = true;
	a->fd = fd;
}

/* A name may have any bytes, NUL too; a path ends at its first NUL. */
static void format_unix(const struct address *a, char *out)
{
	const struct sockaddr_un *un = (const void *)&a->sa;
	const uint8_t *at = (const uint8_t *)un->sun_path;
	size_t start = offsetof(struct sockaddr_un, sun_path);
	size_t len = a->len > start ? a->len - start : 0, n;
	bool is_name = len && !*at;
	struct glyph g;

	at += is_name;
	len = is_name ? len - 1 : strnlen(un->sun_path, len);
	snprintf(out, ADDRESS_TEXT_MAX, UNIX_SCHEME "%s", is_name ? "@" : "");
	for (size_t used = strlen(out);
	     (n = glyph_next(&g, at, len, GLYPH_ANY_WIDTH)) &&
	     used + g.text_len < ADDRESS_TEXT_MAX;
	     at += n, len -= n, used += g.text_len)
		memcpy(out + used, g.text, g.text_len + (size_t)1);
}

void address_format(const struct address *a, char out[ADDRESS_TEXT_MAX])
{
	char host[ADDRESS_TEXT_MAX - 10], port[8];

	if (a->sa.ss_family == AF_INET) {
		format_v4((const void *)&a->sa, out);
		return;
	}
	if (a->sa.ss_family == AF_UNIX) {
		format_unix(a, out);
		return;
	}
	if (a->is_inherited && !a->len) {
		snprintf(out, ADDRESS_TEXT_MAX, "fd:%d", a->fd);
		return;
	}
	if (getnameinfo((const struct sockaddr *)&a->sa, a->len, host,
	                sizeof(host), port, sizeof(port),
	                NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
		snprintf(out, ADDRESS_TEXT_MAX, "unknown");
		return;
	}
	snprintf(out, ADDRESS_TEXT_MAX, "[%s]:%s", host, port);
}

void address_format_host(const struct address *a, char out[ADDRESS_TEXT_MAX])
{
	char text[ADDRESS_TEXT_MAX];

	address_format(a, text);
	char *end = strrchr(text, ':'), *start = text + (*text == '[');

	if (end)
		end[-(*text == '[')] = '\0';
	snprintf(out, ADDRESS_TEXT_MAX, "%s", start);
}

bool address_is_loopback(const struct address *a)
{
	const struct sockaddr_in *v4 = (const void *)&a->sa;
	const struct sockaddr_in6 *v6 = (const void *)&a->sa;

	if (a->sa.ss_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	if (a->sa.ss_family != AF_INET6)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		return v6->sin6_addr.s6_addr[12] == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

bool address_is_v6(const struct address *a)
{
	const struct sockaddr_in6 *v6 = (const void *)&a->sa;

	return a->len && a->sa.ss_family == AF_INET6 &&
	       !IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr);
}

/* Whom a file's mode lets connect: Linux asks for the right to write. */
static const char *name_users(unsigned mode)
{
	return mode & S_IWGRP   ? "this user and group only"
	       : mode & S_IWUSR ? "this user only"
	                        : "root only";
}

const char *address_reach(const struct address *a, bool *is_exposed)
{
	const struct sockaddr_un *un = (const void *)&a->sa;

	if (a->sa.ss_family != AF_UNIX) {
		*is_exposed = !address_is_loopback(a);
		return *is_exposed ? "open to other machines"
		                   : "this machine only";
	}
	*is_exposed = !un->sun_path[0] || a->mode & S_IWOTH;
	return *is_exposed ? "open to every user of this machine"
	                   : name_users(a->mode);
}

void address_read_mode(struct address *a)
{
	const struct sockaddr_un *un = (const void *)&a->sa;
	struct stat st;

	if (a->sa.ss_family == AF_UNIX && un->sun_path[0] &&
	    stat(un->sun_path, &st) == 0)
		a->mode = st.st_mode & 0777;
}

size_t address_host(const struct sockaddr *sa, const void **host)
{
	if (sa->sa_family == AF_INET) {
		*host = &((const struct sockaddr_in *)(const void *)sa)
		             ->sin_addr;
		return sizeof(struct in_addr);
	}
	*host = &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;
	return sa->sa_family == AF_INET6 ? sizeof(struct in6_addr) : 0;
}

void address_set_host(struct address *a, int family, const void *host)
{
	const void *place;

	memset(a, 0, sizeof(*a));
	a->sa.ss_family = (sa_family_t)family;
	a->len = family == AF_INET ? sizeof(struct sockaddr_in)
	                           : sizeof(struct sockaddr_in6);
	size_t len = address_host((const struct sockaddr *)&a->sa, &place);
	memcpy((void *)place, host, len);
}

static bool has_same_host(const struct sockaddr *a, const struct sockaddr *b)
{
	const void *host_a, *host_b;
	size_t len = address_host(a, &host_a);
	return len && a->sa_family == b->sa_family &&
	       address_host(b, &host_b) && memcmp(host_a, host_b, len) == 0;
}

bool address_is_local(const struct address *a)
{
	const struct sockaddr *sa = (const struct sockaddr *)&a->sa;
	struct ifaddrs *list;
	bool found = address_is_loopback(a);
	if (found || getifaddrs(&list))
		return found;
	for (const struct ifaddrs *i = list; i && !found; i = i->ifa_next)
		found = i->ifa_addr && has_same_host(i->ifa_addr, sa);
	freeifaddrs(list);
	return found;
}

/* The routes say it: such an address takes a connection only from sockets that
 * may send to all hosts.  Nothing is sent. */
bool address_is_broadcast(const struct address *a)
{
	const struct sockaddr_in *v4 = (const void *)&a->sa;
	const struct sockaddr *sa = (const void *)&a->sa;
	int on = 1, fd = a->sa.ss_family == AF_INET
	                     ? socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)
	                     : -1;
	if (fd < 0)
		return false;
	bool found = v4->sin_addr.s_addr == htonl(INADDR_BROADCAST) ||
	             (connect(fd, sa, a->len) && errno == EACCES &&
	              !setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on,
	                          sizeof(on)) &&
	              !connect(fd, sa, a->len));
	close(fd);
	return found;
}

/* Returns where the port stands, or NULL for a family without one. */
static in_port_t *port_of(struct address *a)
{
	if (a->sa.ss_family == AF_INET)
		return &((struct sockaddr_in *)&a->sa)->sin_port;
	if (a->sa.ss_family == AF_INET6)
		return &((struct sockaddr_in6 *)&a->sa)->sin6_port;
	return NULL;
}

unsigned address_port(const struct address *a)
{
	struct address copy = *a;
	const in_port_t *port = port_of(&copy);

	return port ? ntohs(*port) : 0;
}

void address_set_port(struct address *a, unsigned port)
{
	in_port_t *place = port_of(a);

	if (place)
		*place = htons((in_port_t)port);
}
