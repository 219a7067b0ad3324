/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One question to the kernel, RTM_GETROUTE, and its answer. */

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <sockchat/glyph.h>
#include <sockchat/route.h>

struct request {
	struct nlmsghdr head;
	struct rtmsg body;
	struct rtattr attribute;
	uint8_t host[16];
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
		if (a->rta_type == RTA_PREFSRC)
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

static size_t make_request(struct request *r, const struct address *to)
{
	const void *host;
	size_t len = address_host((const struct sockaddr *)&to->sa, &host);
	*r = (struct request){
		.head.nlmsg_type = RTM_GETROUTE,
		.head.nlmsg_flags = NLM_F_REQUEST,
		.body.rtm_family = (uint8_t)to->sa.ss_family,
		.body.rtm_dst_len = (uint8_t)(8 * len),
		.attribute.rta_type = RTA_DST,
		.attribute.rta_len = (uint16_t)RTA_LENGTH(len),
	};
	memcpy(r->host, host, len);
	r->head.nlmsg_len = (uint32_t)(sizeof(*r) - sizeof(r->host) + len);
	return r->head.nlmsg_len;
}

bool route_find(struct route *out, const struct address *to)
{
	_Alignas(struct nlmsghdr) char answer[4096];
	struct request r;
	struct timeval patience = { .tv_usec = 100000 };
	if (to->sa.ss_family != AF_INET && to->sa.ss_family != AF_INET6)
		return false;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return false;
	size_t len = make_request(&r, to);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	ssize_t n = send(fd, &r, len, 0) == (ssize_t)len
	                ? recv(fd, answer, sizeof(answer), 0) : -1;
	close(fd);
	return n > 0 && read_answer(out, (void *)answer, (size_t)n);
}
