/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a test writes down for the fakes, and asks of them afterwards. */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_private.h"

static struct fake *fakes;
static struct rule *rules;
static const struct transport_ops *kind = &transport_fake;
static size_t rounds; /* of the connections to come */
static struct socket_refusals refused; /* by the system */
static struct socket_settings settings;    /* of the last connect() */
static bool stamps;

_Noreturn void fake_broken(const char *what)
{
	fprintf(stderr, "fake transport: %s\n", what);
	abort();
}

void *fake_need(void *memory)
{
	if (!memory)
		fake_broken("out of memory");
	return memory;
}

/* Empty what `fd` has received. */
static void drain(int fd)
{
	char bytes[4096];

	while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		continue;
}

static void set_writable(struct fake *f, bool is_writable)
{
	static const char filling[1024];

	drain(f->far_fd);
	if (is_writable)
		return;
	while (send(f->head.fd, filling, sizeof(filling),
	            MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		continue;
}

static void set_readable(struct fake *f, bool is_readable)
{
	if (is_readable == f->is_marked)
		return;
	f->is_marked = is_readable;
	if (!is_readable)
		drain(f->head.fd);
	else if (send(f->far_fd, "!", 1, MSG_DONTWAIT | MSG_NOSIGNAL) != 1)
		fake_broken("no room for the mark");
}

void fake_refresh(struct fake *f)
{
	if (f->end != FAKE_IN_USE || f->far_fd < 0)
		return;
	set_readable(f, f->feeds || f->knocks || f->accept_failures ||
	                    f->answers || f->ack_count || f->words);
	set_writable(f, f->errnum_write ||
	                    (!(f->is_connecting && f->outcome == FAKE_HANGS) &&
	                     f->limit > 0 && f->room > 0));
}

struct fake *fake_new(void)
{
	struct fake *f = fake_need(calloc(1, sizeof(*f))), **last = &fakes;
	int fds[2], size = 4096;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
	               fds) < 0)
		fake_broken("no socketpair");
	(void)setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	f->head.ops = kind;
	f->head.message_max = kind->traits & TRANSPORT_MESSAGES ? 65507 : 0;
	f->rounds = rounds;
	f->head.fd = fds[0];
	f->far_fd = fds[1];
	f->limit = f->room = SIZE_MAX;
	while (*last)
		last = &(*last)->next;
	*last = f;
	return f;
}

static void fake_free(struct fake *f)
{
	while (f->feeds) {
		struct feed *next = f->feeds->next;

		free(f->feeds);
		f->feeds = next;
	}
	while (f->knocks) {
		struct knock *next = f->knocks->next;

		free(f->knocks);
		f->knocks = next;
	}
	if (f->head.fd >= 0)
		close(f->head.fd);
	if (f->far_fd >= 0)
		close(f->far_fd);
	bytes_finish(&f->written);
	free(f);
}

void fake_refuse(enum socket_setting which, int errnum)
{
	refused.errnum[which] = errnum;
}

const struct socket_settings *fake_settings(void)
{
	return &settings;
}

int fake_take_settings(const struct socket_settings *s)
{
	settings = *s;
	for (int i = 0; i <= SOCKET_DEVICE && s->refused; i++)
		if (refused.errnum[i])
			s->refused->errnum[i] = refused.errnum[i];
	errno = refused.errnum[SOCKET_SOURCE] ? refused.errnum[SOCKET_SOURCE]
	                                      : refused.errnum[SOCKET_DEVICE];
	return errno ? -1 : 0;
}

void fake_start(void)
{
	refused = (struct socket_refusals){ { 0 } };
	fake_finish();
	rounds = 0;
	stamps = false;
	fake_set_layer_rounds(1);
	fake_swap_wants(false);
	fake_owe_records(false);
	fake_leave_end_unproven(false);
}

void fake_choose_kind(const struct transport_ops *ops)
{
	kind = ops;
}

const struct transport_ops *fake_kind(void)
{
	return kind;
}

size_t fake_finish(void)
{
	size_t open = 0;

	while (fakes) {
		struct fake *next = fakes->next;

		open += fakes->end == FAKE_IN_USE;
		fake_free(fakes);
		fakes = next;
	}
	while (rules) {
		struct rule *next = rules->next;

		free(rules);
		rules = next;
	}
	return open;
}

size_t fake_count(void)
{
	size_t count = 0;

	for (const struct fake *f = fakes; f; f = f->next)
		count++;
	return count;
}

struct fake *fake_at(size_t index)
{
	struct fake *f = fakes;

	while (f && index-- > 0)
		f = f->next;
	return f;
}

struct fake *fake_last(void)
{
	size_t count = fake_count();

	return count ? fake_at(count - 1) : NULL;
}

struct fake *fake_of(struct transport *t)
{
	struct fake *f = (struct fake *)t;

	if (f->end != FAKE_IN_USE)
		fake_broken("used after it was closed");
	return f;
}

struct transport *fake_transport(struct fake *f)
{
	return &f->head;
}

struct address fake_address(const char *where)
{
	struct address a = { 0 };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&a.sa;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a.sa;
	const char *colon = strrchr(where, ':');
	bool is_v6 = *where == '[';
	char host[64];

	if (!colon)
		fake_broken("an address without a port");
	snprintf(host, sizeof(host), "%.*s", (int)(colon - where) - 2 * is_v6,
	         where + is_v6);
	a.sa.ss_family = is_v6 ? AF_INET6 : AF_INET;
	a.len = is_v6 ? sizeof(*v6) : sizeof(*v4);
	if (inet_pton(a.sa.ss_family, host,
	              is_v6 ? (void *)&v6->sin6_addr : (void *)&v4->sin_addr) !=
	    1)
		fake_broken("not an address");
	address_set_port(&a, (unsigned)strtoul(colon + 1, NULL, 10));
	return a;
}

static bool is_same(const struct address *a, const struct address *b)
{
	return a->len == b->len && memcmp(&a->sa, &b->sa, a->len) == 0;
}

static void add_rule(enum call call, const char *where, int errnum,
                     size_t times)
{
	struct rule *r = fake_need(calloc(1, sizeof(*r)));

	r->call = call;
	r->address = fake_address(where);
	r->errnum = errnum;
	r->times = times;
	r->next = rules; /* the newest one holds */
	rules = r;
}

int fake_consult(enum call call, const struct address *a)
{
	for (struct rule *r = rules; r; r = r->next) {
		if (r->call != call || !is_same(&r->address, a) || !r->times)
			continue;
		if (r->times != SIZE_MAX)
			r->times--;
		return r->errnum;
	}
	return 0;
}

void fake_on_connect(const char *where, int errnum)
{
	add_rule(CALL_ADVANCE, where, errnum, SIZE_MAX);
}

void fake_on_connect_call(const char *where, int errnum)
{
	add_rule(CALL_CONNECT, where, errnum, SIZE_MAX);
}

void fake_fail_listen(const char *where, int errnum, size_t times)
{
	add_rule(CALL_LISTEN, where, errnum, times);
}

void fake_settle(struct fake *f, int errnum)
{
	f->outcome = errnum;
	fake_refresh(f);
}

struct transport *fake_new_accepted(void)
{
	struct fake *f = fake_new();

	f->head.is_open = true;
	return &f->head;
}

struct fake *fake_open(void)
{
	return fake_of(fake_new_accepted());
}

void fake_set_rounds(size_t count)
{
	rounds = count;
}

void fake_answer(struct fake *f)
{
	f->answers++;
	fake_refresh(f);
}

void fake_fail_opening(struct fake *f, int errnum, const char *words)
{
	f->outcome = errnum;
	f->words = words;
	fake_refresh(f);
}

struct transport_facts *fake_facts(struct fake *f)
{
	return &f->facts;
}

void fake_stamp_acks(void)
{
	stamps = true;
}

void fake_ack(struct fake *f, size_t bytes, int64_t wall_us)
{
	if (f->ack_count == sizeof(f->acks) / sizeof(f->acks[0]))
		fake_broken("too many acknowledgements");
	f->acks[f->ack_count++] = (struct ack){ (uint32_t)bytes, wall_us };
	fake_refresh(f);
}

void fake_knock(struct fake *listener, const char *peer)
{
	struct knock *k = fake_need(calloc(1, sizeof(*k)));
	struct knock **last = &listener->knocks;

	k->peer = fake_address(peer);
	while (*last)
		last = &(*last)->next;
	*last = k;
	fake_refresh(listener);
}

void fake_fail_accept(struct fake *listener, int errnum, size_t times)
{
	listener->errnum_accept = errnum;
	listener->accept_failures = times;
	fake_refresh(listener);
}

size_t fake_accept_failures(const struct fake *listener)
{
	return listener->accept_failures;
}

static void add_feed(struct fake *f, const void *bytes, size_t len, int errnum)
{
	struct feed *feed = fake_need(calloc(1, sizeof(*feed) + len));
	struct feed **last = &f->feeds;

	feed->errnum = errnum;
	feed->len = len;
	if (len)
		memcpy(feed->bytes, bytes, len);
	while (*last)
		last = &(*last)->next;
	*last = feed;
	fake_refresh(f);
}

void fake_feed(struct fake *f, const char *text)
{
	fake_feed_bytes(f, text, strlen(text));
}

void fake_feed_bytes(struct fake *f, const void *bytes, size_t len)
{
	if (len > 0 || f->head.message_max)
		add_feed(f, bytes, len, 0);
}

void fake_feed_end(struct fake *f)
{
	add_feed(f, NULL, 0, 0);
	shutdown(f->far_fd, SHUT_WR); /* and it says that it hung up */
}

void fake_feed_error(struct fake *f, int errnum)
{
	add_feed(f, NULL, 0, errnum);
	if (errnum == EAGAIN || f->far_fd < 0 || f->head.message_max)
		return;
	close(f->far_fd); /* ready for everything, hung up */
	f->far_fd = -1;
}

void fake_limit_write(struct fake *f, size_t limit)
{
	f->limit = limit;
	fake_refresh(f);
}

void fake_set_room(struct fake *f, size_t room)
{
	f->room = room;
	fake_refresh(f);
}

void fake_fail_write(struct fake *f, int errnum)
{
	f->errnum_write = errnum;
	fake_refresh(f);
}

void fake_set_pending(struct fake *f, ssize_t pending, int errnum)
{
	f->pending = pending;
	f->errnum_pending = errnum;
}

enum fake_end fake_end(const struct fake *f)
{
	return f->end;
}

bool fake_is_shut_down(const struct fake *f)
{
	return f->is_shut_down;
}

size_t fake_reads(const struct fake *f)
{
	return f->reads;
}

size_t fake_unread(const struct fake *f)
{
	size_t len = 0;

	for (const struct feed *feed = f->feeds; feed; feed = feed->next)
		len += feed->len;
	return len;
}

const char *fake_written(struct fake *f)
{
	return bytes_text(&f->written);
}

size_t fake_written_len(const struct fake *f)
{
	return f->written.len;
}

void fake_forget_written(struct fake *f)
{
	bytes_clear(&f->written);
}

bool fake_has_stamps(void)
{
	return stamps;
}
