/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The kernel gives a socket's inode; the process that has such a socket among
 * its descriptors is its owner. */

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
#include <time.h>
#include <unistd.h>

#include <sockchat/glyph.h>
#include <sockchat/number.h>

#include "tcp.h"

#define DUMP_SIZE  16384
#define SEARCH_NS  INT64_C(50000000) /* of the processor, not of the clock */
#define LINE_LEN   1024 /* of a password entry */

#define STATE(state) (1u << (state))

/* It has sent its FIN: without a process it was closed, and not accepted
 * before that. */
#define FINISHING                                                              \
	(STATE(TCP_FIN_WAIT1) | STATE(TCP_FIN_WAIT2) | STATE(TCP_TIME_WAIT) |  \
	 STATE(TCP_CLOSING) | STATE(TCP_LAST_ACK) | STATE(TCP_CLOSE))

struct request {
	struct nlmsghdr head;
	struct inet_diag_req_v2 body;
};

struct visit {
	owner_fn *fn;
	void *user;
};

static void read_socket(struct owner_socket *s, const struct inet_diag_msg *m)
{
	*s = (struct owner_socket){
		.is_listening = m->idiag_state == TCP_LISTEN,
		.is_time_wait = m->idiag_state == TCP_TIME_WAIT,
		.is_finishing = FINISHING & STATE(m->idiag_state),
		.uid = m->idiag_uid,
		.inode = m->idiag_inode,
		.waiting = m->idiag_rqueue,
		.backlog = m->idiag_wqueue,
		.left_ms = m->idiag_expires,
	};
	address_set_host(&s->local, m->idiag_family, m->id.idiag_src);
	address_set_port(&s->local, ntohs(m->id.idiag_sport));
	address_set_host(&s->peer, m->idiag_family, m->id.idiag_dst);
	address_set_port(&s->peer, ntohs(m->id.idiag_dport));
}

/* From the file alone: a directory service may be slow, or down itself. */
static void name_user(char *out, size_t cap, uid_t uid)
{
	char line[LINE_LEN];
	struct passwd entry, *found = NULL;
	FILE *file = fopen("/etc/passwd", "re");
	while (file && !fgetpwent_r(file, &entry, line, sizeof(line), &found) &&
	       found->pw_uid != uid)
		found = NULL;
	if (found && found->pw_uid == uid)
		snprintf(out, cap, "user %s", found->pw_name);
	else
		snprintf(out, cap, "uid %u", (unsigned)uid);
	if (file)
		fclose(file);
}

/* "comm" is whatever the process calls itself. */
static void name_program(char *out, size_t cap, const char *pid)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, cap - 1);
	if (fd >= 0)
		close(fd);
	while (n > 0 && out[n - 1] == '\n')
		n--;
	out[n > 0 ? n : 0] = '\0';
}

/* How long this thread has run.  A search is given up because of its own work,
 * and not because other programs keep the machine busy. */
static int64_t worked_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool has_socket(int proc, const char *pid, const char *socket,
                       int64_t end)
{
	char path[64], link[64];
	struct dirent *entry;
	bool found = false;
	snprintf(path, sizeof(path), "%.20s/fd", pid);
	int fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return false;
	while (!found && worked_ns() < end && (entry = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, link,
		                       sizeof(link) - 1);
		link[n > 0 ? n : 0] = '\0';
		found = strcmp(link, socket) == 0;
	}
	closedir(dir);
	return found;
}

/* Write the number of the process that has it, if one is found in time. */
static void find_process(char pid[16], unsigned inode)
{
	char socket[32];
	DIR *proc = opendir("/proc");
	int64_t end = worked_ns() + SEARCH_NS;
	struct dirent *entry;
	long number;
	snprintf(socket, sizeof(socket), "socket:[%u]", inode);
	while (proc && !*pid && (entry = readdir(proc)) && worked_ns() < end)
		if (number_parse(entry->d_name, 1, 1L << 30, &number) &&
		    has_socket(dirfd(proc), entry->d_name, socket, end))
			snprintf(pid, 16, "%ld", number);
	if (proc)
		closedir(proc);
}

/* `pid` as text; "": it is not known. */
static void describe(char out[OWNER_TEXT_MAX], const char *pid, unsigned uid)
{
	char user[48], program[32], text[OWNER_TEXT_MAX];
	name_user(user, sizeof(user), uid);
	snprintf(text, sizeof(text), "%s", user);
	if (*pid) {
		name_program(program, sizeof(program), pid);
		snprintf(text, sizeof(text), "%s (pid %s, %s)",
		         *program ? program : "a process", pid, user);
	}
	glyph_copy(out, OWNER_TEXT_MAX, text, GLYPH_ASCII);
}

void owner_describe(char out[OWNER_TEXT_MAX], const struct owner_socket *s)
{
	char pid[16] = "";
	if (s->inode)
		find_process(pid, s->inode);
	describe(out, pid, s->uid);
}

void owner_describe_process(char out[OWNER_TEXT_MAX], long pid, unsigned uid)
{
	char text[24] = "";
	if (pid > 0)
		snprintf(text, sizeof(text), "%ld", pid);
	describe(out, text, uid);
}

/* False when it was the last part. */
static bool read_part(int fd, const struct visit *v)
{
	_Alignas(struct nlmsghdr) char part[DUMP_SIZE];
	struct owner_socket s;
	ssize_t n = recv(fd, part, sizeof(part), 0);
	size_t left = n > 0 ? (size_t)n : 0;
	const struct nlmsghdr *head = (const struct nlmsghdr *)part;
	for (; NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
		const struct inet_diag_msg *m = NLMSG_DATA(head);
		if (head->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
		    head->nlmsg_len < NLMSG_LENGTH(sizeof(*m)))
			return false;
		read_socket(&s, m);
		v->fn(v->user, &s);
		if (!(head->nlmsg_flags & NLM_F_MULTI))
			return false;
	}
	return n > 0;
}

static void ask(struct inet_diag_req_v2 body, unsigned flags,
                const struct visit *v)
{
	struct request r = {
		.head = {
			.nlmsg_len = sizeof(r),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
		},
		.body = body,
	};
	struct timeval patience = { .tv_usec = 100000 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC,
	                NETLINK_SOCK_DIAG);
	if (fd < 0)
		return;
	r.body.sdiag_protocol = IPPROTO_TCP;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (send(fd, &r, sizeof(r), 0) == sizeof(r))
		while (read_part(fd, v))
			;
	close(fd);
}

static void dump(unsigned states, unsigned port, const struct visit *v)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	for (size_t i = 0; i < sizeof(families); i++)
		ask((struct inet_diag_req_v2){
			.sdiag_family = families[i],
			.idiag_states = states,
			.id.idiag_sport = htons((uint16_t)port),
		}, NLM_F_DUMP, v);
}

void owner_each_listener(owner_fn *fn, void *user)
{
	dump(STATE(TCP_LISTEN), 0, &(struct visit){ fn, user });
}

void owner_each_on_port(unsigned port, owner_fn *fn, void *user)
{
	dump(~STATE(TCP_LISTEN), port, &(struct visit){ fn, user });
}

static void copy_host(void *out, const struct address *a)
{
	const void *host;
	size_t len = address_host((const struct sockaddr *)&a->sa, &host);
	memcpy(out, host, len);
}

static void keep(void *user, const struct owner_socket *s)
{
	*(struct owner_socket *)user = *s;
}

/* Look for the socket at `local` that is connected to `peer`; where there is
 * none, or `peer` is NULL, for one that listens.  False: there is none. */
static bool find_socket(struct owner_socket *found,
                        const struct address *local,
                        const struct address *peer)
{
	struct inet_diag_req_v2 body = {
		.sdiag_family = (uint8_t)local->sa.ss_family,
		.idiag_states = ~0u,
		.id.idiag_sport = htons((uint16_t)address_port(local)),
		.id.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE },
	};
	copy_host(body.id.idiag_src, local);
	if (peer) {
		body.id.idiag_dport = htons((uint16_t)address_port(peer));
		copy_host(body.id.idiag_dst, peer);
	}
	*found = (struct owner_socket){ .local.len = 0 };
	ask(body, 0, &(struct visit){ keep, found });
	return found->local.len > 0;
}

/* One that is waiting is told as what its listener is. */
static void note_listener(struct owner_peer *out, struct owner_socket *s)
{
	struct owner_socket listener;
	out->is_waiting = true;
	if (!find_socket(&listener, &s->local, NULL) || !listener.is_listening)
		return;
	out->waiting = listener.waiting;
	out->backlog = listener.backlog;
	*s = listener;
}

/* A user alone is worth a word only if it is another one: then the process
 * could not be seen. */
static void describe_owner(char out[OWNER_TEXT_MAX],
                           const struct owner_socket *s)
{
	char pid[16] = "";
	find_process(pid, s->inode);
	*out = '\0';
	if (*pid || s->uid != geteuid())
		describe(out, pid, s->uid);
}

void owner_of_peer(struct owner_peer *out, char *owner,
                   const struct address *local, const struct address *peer)
{
	struct owner_socket found;
	*out = (struct owner_peer){ .is_here = false };
	if (!find_socket(&found, peer, local) || found.is_listening)
		return;
	out->is_here = true;
	out->unread = found.waiting;
	out->is_gone = !found.inode && found.is_finishing;
	if (!found.inode && !found.is_finishing)
		note_listener(out, &found);
	if (owner && found.inode)
		describe_owner(owner, &found);
}
