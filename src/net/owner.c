/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The kernel gives a socket's inode; the process that has such a socket among
 * its descriptors is its owner. */

#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/glyph.h>
#include <sockchat/stamp.h>

#include "owner_search.h"
#include "sock_diag.h"
#include "tcp.h"
#include "udp.h"

#define SEARCH_NS  (50 * MS_NS)
#define PIECE_NS   (5 * MS_NS) /* a peer can be searched for again */
#define LINE_LEN   1024 /* of a password entry */

#define STATE(state) (1u << (state))

/* It has sent its FIN: without a process it was closed, and not accepted
 * before that. */
#define FINISHING                                                              \
	(STATE(TCP_FIN_WAIT1) | STATE(TCP_FIN_WAIT2) | STATE(TCP_TIME_WAIT) |  \
	 STATE(TCP_CLOSING) | STATE(TCP_LAST_ACK) | STATE(TCP_CLOSE))

struct visit {
	owner_fn *fn;
	void *user;
	unsigned port; /* 0: any */
};

/* A FIN has come, which the kernel counts as a byte until it is read. */
#define ENDED (STATE(TCP_CLOSE_WAIT) | STATE(TCP_CLOSING) | \
               STATE(TCP_LAST_ACK) | STATE(TCP_TIME_WAIT))

static unsigned count_waiting(const struct inet_diag_msg *m)
{
	bool has_fin = m->idiag_rqueue && ENDED & STATE(m->idiag_state);
	return m->idiag_rqueue - has_fin;
}

/* As a sock_diag_fn: `user` is a struct owner_socket. */
static void read_socket(void *user, const void *message, size_t len)
{
	const struct inet_diag_msg *m = message;
	struct owner_socket *s = user;
	if (len < sizeof(*m))
		return;
	*s = (struct owner_socket){
		.is_listening = m->idiag_state == TCP_LISTEN,
		.is_time_wait = m->idiag_state == TCP_TIME_WAIT,
		.is_finishing = FINISHING & STATE(m->idiag_state),
		.uid = m->idiag_uid,
		.inode = m->idiag_inode,
		.waiting = count_waiting(m),
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

/* Split "123 (NAME) T …", of proc_pid_stat(5).  A process calls itself whatever
 * it likes, brackets included.  Returns the letter of its state. */
static char split_stat(char *text, const char **name)
{
	char *open = strchr(text, '('), *close = strrchr(text, ')');
	*name = "";
	if (!open || !close || close < open || strlen(close) < 3)
		return '\0';
	*close = '\0';
	*name = open + 1;
	return close[2];
}

/* Write "NAME (pid 123, USER)".  True if it is stopped. */
static bool name_process(char *out, size_t cap, long pid, const char *user)
{
	char path[64], text[256];
	const char *name;
	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	char state = split_stat(text, &name);
	bool is_stopped = state == 'T' || state == 't';
	snprintf(out, cap, "%s (pid %ld, %s%s)", *name ? name : "a process",
	         pid, user, is_stopped ? ", stopped" : "");
	return is_stopped;
}

bool owner_describe_process(char out[OWNER_TEXT_MAX], long pid, unsigned uid)
{
	char user[48], text[OWNER_TEXT_MAX];
	bool is_stopped = false;
	name_user(user, sizeof(user), uid);
	if (pid > 0)
		is_stopped = name_process(text, sizeof(text), pid, user);
	else
		snprintf(text, sizeof(text), "%s", user);
	glyph_copy(out, OWNER_TEXT_MAX, text, GLYPH_ASCII);
	return is_stopped;
}

void owner_describe(char out[OWNER_TEXT_MAX], const struct owner_socket *s)
{
	int64_t searched_ns;
	long pid = s->inode ? owner_search(s->inode, SEARCH_NS, &searched_ns)
	                    : 0;
	(void)owner_describe_process(out, pid, s->uid);
}

static void visit_socket(void *user, const void *message, size_t len)
{
	const struct visit *v = user;
	struct owner_socket s = { .local.len = 0 };
	read_socket(&s, message, len);
	/* Of bound sockets the system tells those of other ports as well. */
	if (!v->port || address_port(&s.local) == v->port)
		v->fn(v->user, &s);
}

static void visit_sockets(int protocol, unsigned states, struct visit v)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	for (size_t i = 0; i < sizeof(families); i++) {
		const struct inet_diag_req_v2 body = {
			.sdiag_family = families[i],
			.sdiag_protocol = (uint8_t)protocol,
			.idiag_states = states,
			.id.idiag_sport = htons((uint16_t)v.port),
		};
		sock_diag_ask(&body, sizeof(body), NLM_F_DUMP, visit_socket,
		              &v);
	}
}

void owner_each_listener(owner_fn *fn, void *user)
{
	visit_sockets(IPPROTO_TCP, STATE(TCP_LISTEN),
	              (struct visit){ fn, user, 0 });
}

void owner_each_datagram_socket(owner_fn *fn, void *user)
{
	visit_sockets(IPPROTO_UDP, STATE(TCP_CLOSE),
	              (struct visit){ fn, user, 0 });
}

void owner_each_on_port(unsigned port, owner_fn *fn, void *user)
{
	visit_sockets(IPPROTO_TCP, ~STATE(TCP_LISTEN),
	              (struct visit){ fn, user, port });
}

static void copy_host(void *out, const struct address *a)
{
	const void *host;
	size_t len = address_host((const struct sockaddr *)&a->sa, &host);
	memcpy(out, host, len);
}

/* Look for the socket at `local` that is connected to `peer`; where there is
 * none, or `peer` is NULL, for one that listens.  For UDP it is the other way
 * round: which socket at `peer` gets what is sent from `local`.  False: there
 * is none. */
static bool find_socket(struct owner_socket *found, uint8_t protocol,
                        const struct address *local,
                        const struct address *peer)
{
	struct inet_diag_req_v2 body = {
		.sdiag_family = (uint8_t)local->sa.ss_family,
		.sdiag_protocol = protocol,
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
	sock_diag_ask(&body, sizeof(body), 0, read_socket, found);
	return found->local.len > 0;
}

/* One that is waiting is told as what its listener is. */
static void note_listener(struct owner_peer *out, struct owner_socket *s)
{
	struct owner_socket listener;
	out->is_waiting = true;
	if (!find_socket(&listener, IPPROTO_TCP, &s->local, NULL) ||
	    !listener.is_listening)
		return;
	out->waiting = listener.waiting;
	out->backlog = listener.backlog;
	*s = listener;
}

/* A user alone is worth a word only if it is another one. */
static void describe_owner(char out[OWNER_TEXT_MAX], struct owner_peer *far,
                           const struct owner_socket *s)
{
	char user[48];
	bool is_hidden = geteuid() && s->uid != geteuid();
	long pid = is_hidden ? 0 : owner_search(s->inode, PIECE_NS,
	                                        &far->searched_ns);
	*out = '\0';
	if (pid) {
		far->is_stopped = owner_describe_process(out, pid, s->uid);
	} else if (is_hidden) {
		far->searched_ns = stamp_mono_ns();
		name_user(user, sizeof(user), s->uid);
		snprintf(out, OWNER_TEXT_MAX, "a process of %s", user);
	}
}

void owner_of_peer(struct owner_peer *out, char *owner,
                   const struct address *local, const struct address *peer)
{
	struct owner_socket found;
	*out = (struct owner_peer){ .is_here = false };
	if (!find_socket(&found, IPPROTO_TCP, peer, local) ||
	    found.is_listening)
		return;
	out->is_here = true;
	out->unread = found.waiting;
	out->is_gone = !found.inode && found.is_finishing;
	if (!found.inode && !found.is_finishing)
		note_listener(out, &found);
	if (owner && found.inode)
		describe_owner(owner, out, &found);
}

void owner_of_receiver(struct owner_peer *out, char *owner,
                       const struct address *local, const struct address *peer)
{
	struct owner_socket found;
	*out = (struct owner_peer){ .is_here = false };
	out->is_here = find_socket(&found, IPPROTO_UDP, local, peer);
	/* The system tells nothing at all, unless it tells of us. */
	out->is_missing = !out->is_here &&
	                  find_socket(&found, IPPROTO_UDP, peer, local);
	if (!out->is_here)
		return;
	if (owner && found.inode)
		describe_owner(owner, out, &found);
}
