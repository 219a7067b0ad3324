/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One question to the kernel, RTM_GETROUTE, and its answer. */

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <sockchat/glyph.h>
#include <sockchat/route.h>

#define ATTRIBUTES_MAX 3

struct request {
	struct nlmsghdr head; /* its length is that of what has been put */
	struct rtmsg body;
	uint8_t attributes[ATTRIBUTES_MAX * RTA_SPACE(16)];
};

static void set_host(struct address *a, int family, const struct rtattr *attr)
{
	size_t len = family == AF_INET ? sizeof(struct in_addr)
	                               : sizeof(struct in6_addr);
	if (RTA_PAYLOAD(attr) >= len)
		address_set_host(a, family, RTA_DATA(attr));
}

static void set_interface(struct route *out, const struct rtattr *attr)
{
	unsigned index;
	char name[IF_NAMESIZE] = "";
	if (RTA_PAYLOAD(attr) < sizeof(index))
		return;
	memcpy(&index, RTA_DATA(attr), sizeof(index));
	if (if_indextoname(index, name))
		glyph_copy(out->interface, sizeof(out->interface), name,
		           GLYPH_ASCII);
}

static void read_route(struct route *out, const struct nlmsghdr *head)
{
	const struct rtmsg *m = NLMSG_DATA(head);
	size_t left = RTM_PAYLOAD(head);
	out->is_local = m->rtm_type == RTN_LOCAL;
	for (const struct rtattr *a = RTM_RTA(m); RTA_OK(a, left);
	     a = RTA_NEXT(a, left)) {
		if (a->rta_type == RTA_PREFSRC || a->rta_type == RTA_SRC)
			set_host(&out->source, m->rtm_family, a);
		else if (a->rta_type == RTA_GATEWAY)
			set_host(&out->gateway, m->rtm_family, a);
		else if (a->rta_type == RTA_OIF)
			set_interface(out, a);
	}
}

static bool read_answer(struct route *out, const struct nlmsghdr *head,
                        size_t len)
{
	const struct nlmsgerr *e = NLMSG_DATA(head);
	*out = (struct route){ .errnum = 0 };
	if (!NLMSG_OK(head, len))
		return false;
	if (head->nlmsg_type == NLMSG_ERROR &&
	    head->nlmsg_len >= NLMSG_LENGTH(sizeof(*e)))
		out->errnum = -e->error;
	else if (head->nlmsg_type == RTM_NEWROUTE &&
	         head->nlmsg_len >= NLMSG_LENGTH(sizeof(struct rtmsg)))
		read_route(out, head);
	else
		return false;
	return true;
}

static void put_attribute(struct request *r, unsigned short type,
                          const void *bytes, size_t len)
{
	struct rtattr a = { .rta_type = type,
		            .rta_len = (unsigned short)RTA_LENGTH(len) };
	uint8_t *at = (uint8_t *)r + r->head.nlmsg_len;
	memcpy(at, &a, sizeof(a));
	memcpy(at + RTA_LENGTH(0), bytes, len);
	r->head.nlmsg_len += (uint32_t)RTA_SPACE(len);
}

static void put_host(struct request *r, unsigned short type, uint8_t *bits,
                     const struct address *a)
{
	const void *host;
	size_t len = address_host((const struct sockaddr *)&a->sa, &host);
	*bits = (uint8_t)(8 * len);
	put_attribute(r, type, host, len);
}

static void make_request(struct request *r, const struct address *to,
                         const struct socket_settings *ours)
{
	const struct address *source =
	    socket_source_for(ours, to->sa.ss_family);
	unsigned device = *ours->device ? if_nametoindex(ours->device) : 0;
	*r = (struct request){
		.head.nlmsg_type = RTM_GETROUTE,
		.head.nlmsg_flags = NLM_F_REQUEST,
		.head.nlmsg_len = offsetof(struct request, attributes),
		.body.rtm_family = (uint8_t)to->sa.ss_family,
	};
	put_host(r, RTA_DST, &r->body.rtm_dst_len, to);
	if (source)
		put_host(r, RTA_SRC, &r->body.rtm_src_len, source);
	if (device)
		put_attribute(r, RTA_OIF, &device, sizeof(device));
}

bool route_find(struct route *out, const struct address *to,
                const struct socket_settings *ours)
{
	_Alignas(struct nlmsghdr) char answer[4096];
	struct request r;
	struct timeval patience = { .tv_usec = 100000 };
	if (to->sa.ss_family != AF_INET && to->sa.ss_family != AF_INET6)
		return false;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return false;
	make_request(&r, to, ours);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	ssize_t len = r.head.nlmsg_len;
	ssize_t n = send(fd, &r, (size_t)len, 0) == len
	                ? recv(fd, answer, sizeof(answer), 0) : -1;
	close(fd);
	return n > 0 && read_answer(out, (void *)answer, (size_t)n);
}
