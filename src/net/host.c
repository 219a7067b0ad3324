/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What this machine says about itself; where it says nothing, what is usual
 * holds. */

#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/host.h>
#include <sockchat/number.h>

#define FIRST_FREE_PORT 1024

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

size_t host_addresses(struct address *list, size_t max)
{
	struct ifaddrs *all;
	if (getifaddrs(&all))
		return 0;
	size_t count = add_addresses(list, 0, max, all, false);
	count = add_addresses(list, count, max, all, true);
	freeifaddrs(all);
	return count;
}

/* Docker and Podman put a file; systemd, Podman and LXC set the variable. */
bool host_is_container(void)
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
