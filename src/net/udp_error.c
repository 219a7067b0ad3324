/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <time.h>

#include <linux/errqueue.h> /* needs struct timespec */

#include <sockchat/address.h>

#include "udp_error.h"

void udp_ask_troubles(int fd, int family)
{
	int on = 1;
	if (family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on,
		                 sizeof(on));
	else
		(void)setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
}

bool udp_is_trouble(int errnum)
{
	static const int numbers[] = {
		ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EMSGSIZE,
		EACCES,       EPROTO,       ENOPROTOOPT, EOPNOTSUPP,
		EHOSTDOWN,    ENONET,       EPERM,       ENETDOWN,
	};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (errnum == numbers[i])
			return true;
	return false;
}

/* RFC 792, and RFC 1812, 5.2.7.1. */
static enum udp_trouble_kind kind_of_v4(const struct sock_extended_err *e)
{
	static const enum udp_trouble_kind kinds[] = {
		[ICMP_NET_UNREACH] = UDP_NET,
		[ICMP_HOST_UNREACH] = UDP_HOST,
		[ICMP_PROT_UNREACH] = UDP_OTHER,
		[ICMP_PORT_UNREACH] = UDP_PORT,
		[ICMP_FRAG_NEEDED] = UDP_TOO_BIG,
		[ICMP_SR_FAILED] = UDP_OTHER,
		[ICMP_NET_UNKNOWN] = UDP_NET,
		[ICMP_HOST_UNKNOWN] = UDP_HOST,
		[ICMP_HOST_ISOLATED] = UDP_HOST,
		[ICMP_NET_ANO] = UDP_PROHIBITED,
		[ICMP_HOST_ANO] = UDP_PROHIBITED,
		[ICMP_NET_UNR_TOS] = UDP_NET,
		[ICMP_HOST_UNR_TOS] = UDP_HOST,
		[ICMP_PKT_FILTERED] = UDP_PROHIBITED,
		[ICMP_PREC_VIOLATION] = UDP_PROHIBITED,
		[ICMP_PREC_CUTOFF] = UDP_PROHIBITED,
	};
	if (e->ee_type == ICMP_TIME_EXCEEDED)
		return UDP_EXPIRED;
	return e->ee_type == ICMP_DEST_UNREACH &&
	               e->ee_code < sizeof(kinds) / sizeof(kinds[0])
	           ? kinds[e->ee_code]
	           : UDP_OTHER;
}

/* RFC 4443, 3. */
static enum udp_trouble_kind kind_of_v6(const struct sock_extended_err *e)
{
	static const enum udp_trouble_kind kinds[] = {
		[ICMP6_DST_UNREACH_NOROUTE] = UDP_NET,
		[ICMP6_DST_UNREACH_ADMIN] = UDP_PROHIBITED,
		[ICMP6_DST_UNREACH_BEYONDSCOPE] = UDP_NET,
		[ICMP6_DST_UNREACH_ADDR] = UDP_HOST,
		[ICMP6_DST_UNREACH_NOPORT] = UDP_PORT,
		[5] = UDP_PROHIBITED, /* by its source */
		[6] = UDP_PROHIBITED, /* a route rejects it */
	};
	if (e->ee_type == ICMP6_PACKET_TOO_BIG)
		return UDP_TOO_BIG;
	if (e->ee_type == ICMP6_TIME_EXCEEDED)
		return UDP_EXPIRED;
	return e->ee_type == ICMP6_DST_UNREACH &&
	               e->ee_code < sizeof(kinds) / sizeof(kinds[0])
	           ? kinds[e->ee_code]
	           : UDP_OTHER;
}

static enum udp_trouble_kind kind_of(const struct sock_extended_err *e)
{
	if (e->ee_origin == SO_EE_ORIGIN_ICMP)
		return kind_of_v4(e);
	if (e->ee_origin == SO_EE_ORIGIN_ICMP6)
		return kind_of_v6(e);
	return e->ee_errno == EMSGSIZE ? UDP_TOO_BIG : UDP_OTHER;
}

/* The offender's address follows the record. */
static void read_offender(const struct cmsghdr *c, struct address *out)
{
	size_t start = sizeof(struct sock_extended_err);
	size_t len = c->cmsg_len - CMSG_LEN(start);
	memcpy(&out->sa, CMSG_DATA(c) + start,
	       len < sizeof(out->sa) ? len : sizeof(out->sa));
	address_set_port(out, 0);
	out->len = out->sa.ss_family == AF_INET    ? sizeof(struct sockaddr_in)
	           : out->sa.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
	                                           : 0;
}

static void read_record(const struct cmsghdr *c, struct udp_trouble *out)
{
	struct sock_extended_err e;
	memcpy(&e, CMSG_DATA(c), sizeof(e));
	read_offender(c, &out->offender);
	out->errnum = (int)e.ee_errno;
	out->kind = kind_of(&e);
	out->is_v6 = c->cmsg_level == IPPROTO_IPV6;
	out->is_local = e.ee_origin == SO_EE_ORIGIN_LOCAL;
	out->mtu = out->kind == UDP_TOO_BIG ? e.ee_info : 0;
}

static bool is_record(const struct cmsghdr *c)
{
	return ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
	        (c->cmsg_level == IPPROTO_IPV6 &&
	         c->cmsg_type == IPV6_RECVERR)) &&
	       c->cmsg_len >= CMSG_LEN(sizeof(struct sock_extended_err));
}

bool udp_take_trouble(int fd, struct udp_trouble *out, struct udp_ends *to)
{
	struct sockaddr_in6 name = { .sin6_family = 0 };
	_Alignas(struct cmsghdr) char control[512];
	struct msghdr m = {
		.msg_name = &name,
		.msg_namelen = sizeof(name),
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;
	do
		n = recvmsg(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	*out = (struct udp_trouble){ .errnum = 0 };
	if (n < 0)
		return false;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
		if (is_record(c))
			read_record(c, out);
	udp_ends_set(to, (const struct sockaddr *)&name, NULL);
	return true;
}
