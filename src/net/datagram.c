/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <inttypes.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#include <sockchat/datagram.h>
#include <sockchat/number.h>

/* A number that the system tells of a socket; 0: it does not. */
static unsigned ask(int fd, int level, int name)
{
	int value = 0;
	socklen_t len = sizeof(value);
	return getsockopt(fd, level, name, &value, &len) || value < 0
	           ? 0 : (unsigned)value;
}

/* Only a socket that is connected has an MTU. */
void datagram_facts(int fd, struct datagram_facts *out)
{
	uint32_t memory[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(memory);
	(void)!getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory, &len);
	out->dropped = memory[SK_MEMINFO_DROPS];
	out->mtu = ask(fd, IPPROTO_IP, IP_MTU);
	if (!out->mtu)
		out->mtu = ask(fd, IPPROTO_IPV6, IPV6_MTU);
}

void datagram_say_dropped(char text[DATAGRAM_DROPPED_MAX], uint64_t count)
{
	snprintf(text, DATAGRAM_DROPPED_MAX, "%" PRIu64 " datagram%s dropped "
	         "by this system, because its buffer was full: --rcvbuf makes "
	         "it larger", count, plural(count));
}

int datagram_refuse(struct error *e, uint64_t len, size_t max)
{
	error_set(e, "not sent: %" PRIu64 " bytes do not fit into one "
	          "datagram: it holds at most %zu over %s", len, max,
	          max == DATAGRAM_MAX_IPV4 ? "IPv4" : "IPv6");
	error_set_code(e, EMSGSIZE);
	return -1;
}
