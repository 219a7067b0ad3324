/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What this machine itself knows of a failure: who has the port, which
 * addresses there are, what is for root.  Facts are gathered in one function,
 * worded in the next. */

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/bytes.h>
#include <sockchat/explain.h>
#include <sockchat/number.h>
#include <sockchat/owner.h>

#include "explain_here.h"

#define NEAR_PORTS      10 /* as far as a slip of the finger goes */
#define ADDRESSES_MAX   16
#define FIRST_FREE_PORT 1024 /* if the system does not tell */
#define MORE            ", …"

/* This machine */

static size_t length_of(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET)
		return sizeof(struct sockaddr_in);
	return sa->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : 0;
}

static size_t add_addresses(struct address *list, size_t count, size_t max,
                            const struct ifaddrs *i, bool is_loopback)
{
	for (; i && count < max; i = i->ifa_next) {
		size_t len = i->ifa_addr ? length_of(i->ifa_addr) : 0;
		if (!len || !(i->ifa_flags & IFF_UP) ||
		    ((i->ifa_flags & IFF_LOOPBACK) != 0) != is_loopback)
			continue;
		memset(&list[count], 0, sizeof(list[count]));
		memcpy(&list[count].sa, i->ifa_addr, len);
		list[count++].len = (socklen_t)len;
	}
	return count;
}

/* Write at most `max` addresses of our interfaces, loopback last.  Returns how
 * many. */
static size_t host_addresses(struct address *list, size_t max)
{
	struct ifaddrs *all;
	if (getifaddrs(&all))
		return 0;
	size_t count = add_addresses(list, 0, max, all, false);
	count = add_addresses(list, count, max, all, true);
	freeifaddrs(all);
	return count;
}

/* True if we run in a container, as far as the usual marks tell: Docker and
 * Podman put a file; systemd, Podman and LXC set the variable. */
static bool host_is_container(void)
{
	static const char *const marks[] = {
		"/.dockerenv", "/run/.containerenv",
		"/run/systemd/container", NULL
	};
	const char *kind = getenv("container");
	if (kind && *kind)
		return true;
	for (const char *const *mark = marks; *mark; mark++)
		if (access(*mark, F_OK) == 0)
			return true;
	return getenv("KUBERNETES_SERVICE_HOST") != NULL;
}

/* The first port that one who isn't root may listen on, by
 * ip_unprivileged_port_start (Linux, Documentation/networking/ip-sysctl). */
unsigned host_first_free_port(void)
{
	char text[16];
	long port;
	int fd = open("/proc/sys/net/ipv4/ip_unprivileged_port_start",
	              O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return number_parse(text, 0, 65536, &port) ? (unsigned)port
	                                           : FIRST_FREE_PORT;
}

static bool is_own(const char *owner)
{
	char pid[32];
	snprintf(pid, sizeof(pid), " (pid %ld, ", (long)getpid());
	return strstr(owner, pid);
}

static const char *name_owner(const char *owner)
{
	return *owner ? owner : "a program that only root can see";
}

/* Connecting */

void hint_elsewhere(struct error *e, const char *where, const char *owner)
{
	error_set_hint(e, "on this machine %s listens on %s: connect there, or "
	               "make it listen on this address too",
	               name_owner(owner), where);
	e->is_found = true;
}

void hint_neighbour(struct error *e, const char *where, const char *owner)
{
	error_set_hint(e, "on this machine %s listens on %s, a nearby port: "
	               "did you mean that one?", name_owner(owner), where);
}

void hint_backlog(struct error *e, const char *owner, unsigned waiting)
{
	error_set_hint(e, "%s listens there but does not accept connections, "
	               "and its queue is full (%u waiting). It may hang or be "
	               "stopped",
	               name_owner(owner), waiting);
	e->is_found = true;
}

void hint_own_loopback(struct error *e)
{
	size_t len = strlen(e->hint);
	snprintf(e->hint + len, sizeof(e->hint) - len,
	         ". In a container this address is the container itself, not "
	         "its host");
}

/* The listener whose port is nearest. */
struct near_listener {
	int port, distance; /* the port that is looked for, and how far it is */
	struct owner_socket socket;
	char where[ADDRESS_TEXT_MAX], owner[OWNER_TEXT_MAX];
};

static void look_at_listener(void *user, const struct owner_socket *s)
{
	struct near_listener *near = user;
	int distance = abs((int)address_port(&s->local) - near->port);
	if (distance >= near->distance)
		return;
	near->distance = distance;
	near->socket = *s;
}

/* False when none is near the port of `a`. */
static bool find_listener(const struct address *a, struct near_listener *near)
{
	*near = (struct near_listener){
		.port = (int)address_port(a),
		.distance = NEAR_PORTS + 1,
	};
	owner_each_listener(look_at_listener, near);
	if (!near->socket.local.len)
		return false;
	address_format(&near->socket.local, near->where);
	owner_describe(near->owner, &near->socket);
	return true;
}

static void explain_refused(struct error *e, const struct address *a)
{
	struct near_listener near;
	/* One that stands in the middle listens beside its target. */
	bool found = find_listener(a, &near) && !is_own(near.owner);
	if (found && near.distance)
		hint_neighbour(e, near.where, near.owner);
	else if (found)
		hint_elsewhere(e, near.where, near.owner);
	else if (address_is_loopback(a) && host_is_container())
		hint_own_loopback(e);
}

static void explain_silence(struct error *e, const struct address *a)
{
	struct near_listener near;
	if (find_listener(a, &near) && !near.distance &&
	    near.socket.waiting > near.socket.backlog)
		hint_backlog(e, near.owner, near.socket.waiting);
}

void explain_connect_here(struct error *e, int errnum, const struct address *a)
{
	if (!address_is_local(a))
		return;
	if (errnum == ECONNREFUSED)
		explain_refused(e, a);
	else if (errnum == ETIMEDOUT)
		explain_silence(e, a);
}

/* Listening */

void hint_holder(struct error *e, const char *where, const char *owner)
{
	if (is_own(owner)) {
		error_set_hint(e, "this sockchat itself listens there");
		return;
	}
	error_set_hint(e, "%s holds %s: stop it, or use another port. If it "
	               "does not set SO_REUSEADDR, its old connections keep "
	               "the port for up to a minute more (TIME-WAIT)",
	               name_owner(owner), where);
}

void explain_user(struct error *e, const char *where, const char *peer,
                  const char *owner)
{
	error_set(e, "address in use: %s has a connection to %s", where, peer);
	error_set_hint(e, "%s has that connection: end it, or use another port",
	               name_owner(owner));
	error_set_code(e, EADDRINUSE);
}

void hint_first_port(struct error *e, unsigned first)
{
	error_set_hint(e, "only root may use ports below %u here: use a higher "
	               "one", first);
}

void hint_addresses(struct error *e, const char *list)
{
	error_set_hint(e, "it has %s. '*' means all of them", list);
}

void explain_waiting(struct error *e, const char *where, unsigned left_ms)
{
	error_set(e, "address in use: old connections of %s are in "
	          "TIME-WAIT", where);
	error_set_hint(e, "it is free in %u s, because the program before did "
	               "not set SO_REUSEADDR. We set it, so the port is free "
	               "at once after us", (left_ms + 999) / 1000);
	error_set_code(e, EADDRINUSE);
}

struct port_search {
	struct owner_socket first; /* connection */
	unsigned waits, left_ms;   /* in TIME-WAIT; the longest of them */
};

static void look_at_port(void *user, const struct owner_socket *s)
{
	struct port_search *search = user;
	if (!s->is_time_wait) {
		search->first = *s;
		return;
	}
	search->waits++;
	if (s->left_ms > search->left_ms)
		search->left_ms = s->left_ms;
}

static void explain_held(struct error *e, const struct address *a)
{
	struct port_search found = { .waits = 0 };
	char where[ADDRESS_TEXT_MAX], peer[ADDRESS_TEXT_MAX];
	char owner[OWNER_TEXT_MAX];
	owner_each_on_port(address_port(a), look_at_port, &found);
	if (found.first.local.len) {
		address_format(&found.first.local, where);
		address_format(&found.first.peer, peer);
		owner_describe(owner, &found.first);
		explain_user(e, where, peer, owner);
	} else if (found.waits) {
		address_format(a, where);
		explain_waiting(e, where, found.left_ms);
	}
}

static void explain_in_use(struct error *e, const struct address *a)
{
	struct near_listener near;
	if (find_listener(a, &near) && !near.distance)
		hint_holder(e, near.where, near.owner);
	else
		explain_held(e, a);
}

bool host_list_addresses(char text[HOST_LIST_MAX])
{
	struct address list[ADDRESSES_MAX];
	char host[ADDRESS_TEXT_MAX];
	size_t count = host_addresses(list, ADDRESSES_MAX);
	*text = '\0';
	for (size_t i = 0; i < count; i++) {
		address_format_host(&list[i], host);
		if (!text_add(text, HOST_LIST_MAX - (sizeof(MORE) - 1), "%s%s",
		              i ? ", " : "", host)) {
			(void)text_add(text, HOST_LIST_MAX, MORE);
			break;
		}
	}
	return count != 0;
}

static void explain_not_ours(struct error *e)
{
	char list[HOST_LIST_MAX];
	if (host_list_addresses(list))
		hint_addresses(e, list);
}

void explain_listen_here(struct error *e, int errnum, const struct address *a)
{
	unsigned first = host_first_free_port();
	if (errnum == EADDRINUSE)
		explain_in_use(e, a);
	else if (errnum == EADDRNOTAVAIL)
		explain_not_ours(e);
	else if (errnum == EACCES && address_port(a) < first)
		hint_first_port(e, first);
}

const char *explain_loopback(const struct address *a)
{
	struct address first;
	if (a->is_inherited || !address_is_loopback(a) ||
	    !host_is_container() ||
	    !host_addresses(&first, 1) || address_is_loopback(&first))
		return "";
	return "you are in a container; nothing outside it can reach a "
	       "loopback address, even through a published port. Listen on "
	       "'*' to let others in";
}

void word_time_wait(char text[EXPLAIN_TEXT_MAX], unsigned port, unsigned count,
                    unsigned left_ms)
{
	snprintf(text, EXPLAIN_TEXT_MAX,
	         "%u old connection%s of port %u %s in TIME-WAIT for up to %u "
	         "s more: we can listen here, but a server without "
	         "SO_REUSEADDR could not", count, plural(count), port,
	         count == 1 ? "is" : "are", (left_ms + 999) / 1000);
}

bool explain_time_wait(char text[EXPLAIN_TEXT_MAX], unsigned port)
{
	struct port_search found = { .waits = 0 };
	if (port)
		owner_each_on_port(port, look_at_port, &found);
	if (found.waits)
		word_time_wait(text, port, found.waits, found.left_ms);
	return found.waits != 0;
}
