/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What Linux tells of unix sockets: sock_diag(7). */

#include "sock_diag.h"
#include "unix.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define DIAG_CONNECTED 1 /* the kernel's TCP_ESTABLISHED */

struct diag_socket {
	bool is_connected;
	uint32_t inode;      /* 0: no process has it (any more) */
	uint32_t peer_inode; /* likewise */
	uint32_t unread;     /* bytes; of a listener: connections that wait */
	uint32_t limit;      /* of a listener: how many may wait */
	uint32_t file_inode, file_device; /* of its path */
};

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

/* As a sock_diag_fn: `user` is a struct diag_socket. */
static void read_diag(void *user, const void *message, size_t len)
{
	const struct unix_diag_msg *m = message;
	const struct rtattr *attr = (const struct rtattr *)(m + 1);
	struct diag_socket *s = user;

	if (len < sizeof(*m))
		return;
	len -= sizeof(*m);
	*s = (struct diag_socket){
		.is_connected = m->udiag_state == DIAG_CONNECTED,
		.inode = m->udiag_ino,
	};
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len))
		read_attribute(s, attr);
}

/* Ask for the socket `inode`, or for all if it is 0. */
static void ask_diag(uint32_t inode, uint32_t show, sock_diag_fn *fn,
                     void *user)
{
	const struct unix_diag_req body = {
		.sdiag_family = AF_UNIX,
		.udiag_states = ~0u,
		.udiag_ino = inode,
		.udiag_show = show,
		.udiag_cookie = { ~0u, ~0u },
	};
	sock_diag_ask(&body, sizeof(body), inode ? 0 : NLM_F_DUMP, fn, user);
}

struct diag_search {
	uint32_t file_inode, file_device;
	unsigned found;
};

static void match_file(void *user, const void *message, size_t len)
{
	struct diag_search *search = user;
	struct diag_socket s = { .inode = 0 };
	read_diag(&s, message, len);
	if (!s.is_connected && s.file_inode == search->file_inode &&
	    s.file_device == search->file_device)
		search->found = s.inode;
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

/* A socket that no process has yet has no number to ask for. */
void unix_diag_peer(int fd, struct owner_peer *out)
{
	struct diag_socket own = { .inode = 0 }, peer = { .inode = 0 };
	struct stat st;
	*out = (struct owner_peer){ .is_here = false };
	if (fstat(fd, &st))
		return;
	ask_diag((uint32_t)st.st_ino, UDIAG_SHOW_PEER, read_diag, &own);
	if (own.peer_inode)
		ask_diag(own.peer_inode, UDIAG_SHOW_RQLEN, read_diag, &peer);
	out->is_here = own.inode;
	out->is_waiting = own.inode && !own.peer_inode;
	out->unread = peer.unread;
}

void unix_diag_backlog(unsigned inode, struct owner_peer *out)
{
	struct diag_socket s = { .inode = 0 };
	if (inode)
		ask_diag(inode, UDIAG_SHOW_RQLEN, read_diag, &s);
	if (!s.inode)
		return;
	out->waiting = s.unread;
	out->backlog = s.limit;
}
