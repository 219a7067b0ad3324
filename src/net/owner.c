/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A dump of listening sockets gives their inodes; the process that has such a
 * socket among its descriptors is their owner. */

#include <dirent.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockchat/glyph.h>
#include <sockchat/number.h>
#include <sockchat/owner.h>
#include <sockchat/stamp.h>

#define DUMP_SIZE  16384
#define SEARCH_NS  INT64_C(50000000)
#define USER_MAX   4096 /* of a password entry's strings */

struct request {
	struct nlmsghdr head;
	struct inet_diag_req_v2 body;
};

struct search {
	unsigned port;
	struct owner_listener *list;
	size_t count, max;
};

static void read_address(struct address *a, const struct inet_diag_msg *m)
{
	struct sockaddr_in *in4 = (struct sockaddr_in *)&a->sa;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a->sa;
	memset(a, 0, sizeof(*a));
	a->sa.ss_family = m->idiag_family;
	if (m->idiag_family == AF_INET) {
		a->len = sizeof(*in4);
		in4->sin_port = m->id.idiag_sport;
		memcpy(&in4->sin_addr, m->id.idiag_src, 4);
	} else {
		a->len = sizeof(*in6);
		in6->sin6_port = m->id.idiag_sport;
		memcpy(&in6->sin6_addr, m->id.idiag_src, 16);
	}
}

static void name_user(char *out, size_t cap, uid_t uid)
{
	char strings[USER_MAX];
	struct passwd entry, *found = NULL;
	if (getpwuid_r(uid, &entry, strings, sizeof(strings), &found) || !found)
		snprintf(out, cap, "uid %u", (unsigned)uid);
	else
		snprintf(out, cap, "user %s", found->pw_name);
}

/* "comm" is whatever the process calls itself. */
static void name_program(char *out, size_t cap, int proc, const char *pid)
{
	char path[64];
	snprintf(path, sizeof(path), "%.20s/comm", pid);
	int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, cap - 1);
	if (fd >= 0)
		close(fd);
	while (n > 0 && out[n - 1] == '\n')
		n--;
	out[n > 0 ? n : 0] = '\0';
}

/* Whether the process has this socket among its descriptors. */
static bool has_socket(int proc, const char *pid, const char *socket)
{
	char path[64], link[64];
	struct dirent *entry;
	bool found = false;
	snprintf(path, sizeof(path), "%.20s/fd", pid);
	int fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, link,
		                       sizeof(link) - 1);
		link[n > 0 ? n : 0] = '\0';
		found = strcmp(link, socket) == 0;
	}
	closedir(dir);
	return found;
}

/* Its number as text, in `pid`; false if none is found in time. */
static bool find_process(DIR *proc, unsigned inode, char pid[16])
{
	char socket[32];
	int64_t end = stamp_mono_ns() + SEARCH_NS;
	struct dirent *entry;
	long number;
	snprintf(socket, sizeof(socket), "socket:[%u]", inode);
	while ((entry = readdir(proc)) && stamp_mono_ns() < end)
		if (number_parse(entry->d_name, 1, 1L << 30, &number) &&
		    has_socket(dirfd(proc), entry->d_name, socket)) {
			snprintf(pid, 16, "%ld", number);
			return true;
		}
	return false;
}

static void describe(char out[OWNER_TEXT_MAX], const struct inet_diag_msg *m)
{
	char user[48], program[32], text[OWNER_TEXT_MAX], pid[16];
	DIR *proc = opendir("/proc");
	name_user(user, sizeof(user), (uid_t)m->idiag_uid);
	snprintf(text, sizeof(text), "%s", user);
	if (proc && find_process(proc, m->idiag_inode, pid)) {
		name_program(program, sizeof(program), dirfd(proc), pid);
		snprintf(text, sizeof(text), "%s (pid %s, %s)",
		         *program ? program : "a process", pid, user);
	}
	if (proc)
		closedir(proc);
	glyph_copy(out, OWNER_TEXT_MAX, text, GLYPH_ASCII);
}

static void take(struct search *s, const struct inet_diag_msg *m)
{
	if (ntohs(m->id.idiag_sport) != s->port || s->count == s->max)
		return;
	struct owner_listener *l = &s->list[s->count++];
	read_address(&l->address, m);
	describe(l->owner, m);
}

/* False when the dump is over. */
static bool read_part(struct search *s, int fd)
{
	_Alignas(struct nlmsghdr) char part[DUMP_SIZE];
	ssize_t n = recv(fd, part, sizeof(part), 0);
	size_t left = n > 0 ? (size_t)n : 0;
	const struct nlmsghdr *head = (const struct nlmsghdr *)part;
	for (; NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
		const struct inet_diag_msg *m = NLMSG_DATA(head);
		if (head->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
		    head->nlmsg_len < NLMSG_LENGTH(sizeof(*m)))
			return false;
		take(s, m);
	}
	return n > 0;
}

static void dump(struct search *s, int fd, int family)
{
	struct request r = {
		.head = {
			.nlmsg_len = sizeof(r),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.body = {
			.sdiag_family = (uint8_t)family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = 1u << TCP_LISTEN,
		},
	};
	if (send(fd, &r, sizeof(r), 0) == sizeof(r))
		while (read_part(s, fd))
			;
}

size_t owner_listeners(unsigned port, struct owner_listener *list, size_t max)
{
	struct search s = { .port = port, .list = list, .max = max };
	struct timeval patience = { .tv_usec = 100000 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC,
	                NETLINK_SOCK_DIAG);
	if (fd < 0)
		return 0;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	dump(&s, fd, AF_INET);
	dump(&s, fd, AF_INET6);
	close(fd);
	return s.count;
}
