/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What Linux tells of unix sockets: sock_diag(7). */

#include "unix.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define DUMP_SIZE 16384

#define DIAG_CONNECTED 1 /* the kernel's TCP_ESTABLISHED */

struct diag_request {
	struct nlmsghdr head;
	struct unix_diag_req body;
};

struct diag_answer {
	struct nlmsghdr head;
	struct unix_diag_msg body; /* attributes follow */
};

struct diag_socket {
	bool is_connected;
	uint32_t inode;      /* 0: no process has it (any more) */
	uint32_t peer_inode; /* likewise */
	uint32_t unread;     /* bytes that it has not read; of a listener: */
	uint32_t limit;      /* connections, and how many may wait */
	uint32_t file_inode, file_device; /* of its path */
};

typedef void diag_fn(void *user, const struct diag_socket *s);

static void read_attribute(struct diag_socket *s, const struct rtattr *attr)
{
	const void *data = RTA_DATA(attr);
	const struct unix_diag_vfs *vfs = data;
	const struct unix_diag_rqlen *queue = data;

	if (attr->rta_type == UNIX_DIAG_VFS) {
		s->file_inode = vfs->udiag_vfs_ino;
		s->file_device = vfs->udiag_vfs_dev;
	} else if (attr->rta_type == UNIX_DIAG_PEER) {
		memcpy(&s->peer_inode, data, sizeof(s->peer_inode));
	} else if (attr->rta_type == UNIX_DIAG_RQLEN) {
		s->unread = queue->udiag_rqueue;
		s->limit = queue->udiag_wqueue;
	}
}

static void read_diag(struct diag_socket *s, const struct nlmsghdr *head)
{
	const struct unix_diag_msg *m = NLMSG_DATA(head);
	size_t left = head->nlmsg_len - sizeof(struct diag_answer);
	const struct rtattr *attr = (const struct rtattr *)(m + 1);

	*s = (struct diag_socket){
		.is_connected = m->udiag_state == DIAG_CONNECTED,
		.inode = m->udiag_ino,
	};
	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left))
		read_attribute(s, attr);
}

/* False when it was the last part. */
static bool read_dump(int fd, diag_fn *fn, void *user)
{
	_Alignas(struct nlmsghdr) char part[DUMP_SIZE];
	struct diag_socket s;
	ssize_t n = recv(fd, part, sizeof(part), 0);
	size_t left = n > 0 ? (size_t)n : 0;
	const struct nlmsghdr *head = (const struct nlmsghdr *)part;

	for (; NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
		if (head->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
		    head->nlmsg_len < sizeof(struct diag_answer))
			return false;
		read_diag(&s, head);
		fn(user, &s);
		if (!(head->nlmsg_flags & NLM_F_MULTI))
			return false;
	}
	return n > 0;
}

/* Ask for the socket `inode`, or for all if it is 0. */
static void ask_diag(uint32_t inode, uint32_t show, diag_fn *fn, void *user)
{
	struct diag_request r = {
		.head = {
			.nlmsg_len = sizeof(r),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = inode ? NLM_F_REQUEST
			                     : NLM_F_REQUEST | NLM_F_DUMP,
		},
		.body = {
			.sdiag_family = AF_UNIX,
			.udiag_states = ~0u,
			.udiag_ino = inode,
			.udiag_show = show,
			.udiag_cookie = { ~0u, ~0u },
		},
	};
	struct timeval patience = { .tv_usec = 100000 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC,
	                NETLINK_SOCK_DIAG);

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (send(fd, &r, sizeof(r), 0) == sizeof(r))
		while (read_dump(fd, fn, user))
			;
	close(fd);
}

struct diag_search {
	uint32_t file_inode, file_device;
	unsigned found;
};

static void match_file(void *user, const struct diag_socket *s)
{
	struct diag_search *search = user;
	if (!s->is_connected && s->file_inode == search->file_inode &&
	    s->file_device == search->file_device)
		search->found = s->inode;
}

unsigned unix_diag_holder(const struct stat *file)
{
	struct diag_search search = {
		.file_inode = (uint32_t)file->st_ino,
		.file_device = (uint32_t)(major(file->st_dev) << 20 |
		                          minor(file->st_dev)),
	};
	ask_diag(0, UDIAG_SHOW_VFS, match_file, &search);
	return search.found;
}

static void keep_diag(void *user, const struct diag_socket *s)
{
	*(struct diag_socket *)user = *s;
}

/* A socket that no process has yet has no number to ask for. */
void unix_diag_peer(int fd, struct owner_peer *out)
{
	struct diag_socket own = { .inode = 0 }, peer = { .inode = 0 };
	struct stat st;
	*out = (struct owner_peer){ .is_here = false };
	if (fstat(fd, &st))
		return;
	ask_diag((uint32_t)st.st_ino, UDIAG_SHOW_PEER, keep_diag, &own);
	if (own.peer_inode)
		ask_diag(own.peer_inode, UDIAG_SHOW_RQLEN, keep_diag, &peer);
	out->is_here = own.inode;
	out->is_waiting = own.inode && !own.peer_inode;
	out->unread = peer.unread;
}

void unix_diag_backlog(unsigned inode, struct owner_peer *out)
{
	struct diag_socket s = { .inode = 0 };
	if (inode)
		ask_diag(inode, UDIAG_SHOW_RQLEN, keep_diag, &s);
	if (!s.inode)
		return;
	out->waiting = s.unread;
	out->backlog = s.limit;
}
