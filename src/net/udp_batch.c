/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "udp_batch.h"

#define DATAGRAM_ROOM 65536 /* more than the longest */
#define CONTROL_ROOM  CMSG_SPACE(sizeof(struct in6_pktinfo))

/* Pages of what is never read into are no memory. */
struct udp_batch {
	int used; /* by the last read */
	struct mmsghdr messages[UDP_BATCH_MAX];
	struct iovec parts[UDP_BATCH_MAX];
	struct sockaddr_in6 sources[UDP_BATCH_MAX];
	_Alignas(struct cmsghdr) uint8_t control[UDP_BATCH_MAX][CONTROL_ROOM];
	uint8_t bytes[UDP_BATCH_MAX][DATAGRAM_ROOM];
};

/* What the last read has changed is put back. */
static void prepare(struct udp_batch *b)
{
	for (int i = 0; i < b->used; i++) {
		struct msghdr *m = &b->messages[i].msg_hdr;
		m->msg_namelen = sizeof(b->sources[i]);
		m->msg_controllen = sizeof(b->control[i]);
	}
	b->used = 0;
}

struct udp_batch *udp_batch_new(void)
{
	struct udp_batch *b = malloc(sizeof(*b));
	if (!b)
		return NULL;
	memset(b->messages, 0, sizeof(b->messages));
	for (size_t i = 0; i < UDP_BATCH_MAX; i++) {
		struct msghdr *m = &b->messages[i].msg_hdr;
		b->parts[i].iov_base = b->bytes[i];
		b->parts[i].iov_len = sizeof(b->bytes[i]);
		m->msg_name = &b->sources[i];
		m->msg_iov = &b->parts[i];
		m->msg_iovlen = 1;
		m->msg_control = b->control[i];
	}
	b->used = UDP_BATCH_MAX;
	return b;
}

void udp_batch_free(struct udp_batch *b)
{
	free(b);
}

void udp_batch_ask(int fd, int family)
{
	int on = 1;
	if (family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on,
		                 sizeof(on));
	else
		(void)setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
}

int udp_batch_read(struct udp_batch *b, int fd)
{
	int n;
	prepare(b);
	do
		n = recvmmsg(fd, b->messages, UDP_BATCH_MAX, MSG_DONTWAIT,
		             NULL);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		b->used = n;
	return n;
}

/* The address of ours that `c` tells, in `room`.  Answers cannot come from a
 * group's: IPv4 tells the interface's in its place, IPv6 nothing that would
 * do.  NULL: there is none. */
static const void *find_here(struct cmsghdr *c, struct in6_addr *room)
{
	struct in_pktinfo v4;
	struct in6_pktinfo v6;
	if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
		memcpy(&v4, CMSG_DATA(c), sizeof(v4));
		return memcpy(room, &v4.ipi_spec_dst, sizeof(v4.ipi_spec_dst));
	}
	if (c->cmsg_level != IPPROTO_IPV6 || c->cmsg_type != IPV6_PKTINFO)
		return NULL;
	memcpy(&v6, CMSG_DATA(c), sizeof(v6));
	return IN6_IS_ADDR_MULTICAST(&v6.ipi6_addr)
	           ? NULL
	           : memcpy(room, &v6.ipi6_addr, sizeof(*room));
}

void udp_batch_get(struct udp_batch *b, int index, struct udp_datagram *out)
{
	struct msghdr *m = &b->messages[index].msg_hdr;
	struct in6_addr room;
	const void *here = NULL;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c && !here;
	     c = CMSG_NXTHDR(m, c))
		here = find_here(c, &room);
	udp_ends_set(&out->ends, (const void *)&b->sources[index], here);
	out->bytes = b->bytes[index];
	out->len = b->messages[index].msg_len;
}
