/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "sock_diag.h"

#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PART_SIZE 16384

/* False when it was the last part. */
static bool read_diag_part(int fd, sock_diag_fn *fn, void *user)
{
	_Alignas(struct nlmsghdr) char part[PART_SIZE];
	ssize_t n = recv(fd, part, sizeof(part), 0);
	size_t left = n > 0 ? (size_t)n : 0;
	const struct nlmsghdr *head = (const struct nlmsghdr *)part;
	for (; NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
		if (head->nlmsg_type != SOCK_DIAG_BY_FAMILY)
			return false;
		fn(user, NLMSG_DATA(head), head->nlmsg_len - NLMSG_HDRLEN);
		if (!(head->nlmsg_flags & NLM_F_MULTI))
			return false;
	}
	return n > 0;
}

void sock_diag_ask(const void *body, size_t len, unsigned flags,
                   sock_diag_fn *fn, void *user)
{
	struct {
		struct nlmsghdr head;
		char body[SOCK_DIAG_BODY_MAX];
	} r = {
		.head = {
			.nlmsg_len = (uint32_t)NLMSG_LENGTH(len),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
		},
	};
	struct timeval patience = { .tv_usec = 100000 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC,
	                NETLINK_SOCK_DIAG);
	if (fd < 0)
		return;
	memcpy(r.body, body, len);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (send(fd, &r, r.head.nlmsg_len, 0) == (ssize_t)r.head.nlmsg_len)
		while (read_diag_part(fd, fn, user))
			;
	close(fd);
}
