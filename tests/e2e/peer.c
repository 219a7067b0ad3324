/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The other side of the end-to-end tests. */

#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
}

static int net_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	return fd;
}

int net_bind(uint16_t *port)
{
	struct sockaddr_in sa = loopback(0);
	socklen_t len = sizeof(sa);
	int fd = net_socket();

	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	*port = ntohs(sa.sin_port);
	return fd;
}

int net_listen(uint16_t *port)
{
	int fd = net_bind(port);

	assert_int_equal(listen(fd, 16), 0);
	return fd;
}

static void wait_for(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	if (poll(&p, 1, DEADLINE_MS) != 1)
		fail_msg("the peer waited in vain");
}

int net_accept(int listener)
{
	wait_for(listener, POLLIN);
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static int try_connect(int fd, uint16_t port)
{
	struct sockaddr_in sa = loopback(port);

	return connect(fd, (struct sockaddr *)&sa, sizeof(sa)) ? errno : 0;
}

int net_connect(uint16_t port)
{
	int fd = net_socket();

	assert_int_equal(try_connect(fd, port), 0);
	return fd;
}

int net_try_connect(uint16_t port)
{
	int fd = net_socket();
	int errnum = try_connect(fd, port);

	close(fd);
	return errnum;
}

void net_send(int fd, const void *bytes, size_t len)
{
	while (len) {
		wait_for(fd, POLLOUT);
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		assert_true(n >= 0 || errno == EAGAIN);
		if (n > 0) {
			bytes = (const char *)bytes + n;
			len -= (size_t)n;
		}
	}
}

void net_send_text(int fd, const char *text)
{
	net_send(fd, text, strlen(text));
}

void net_send_acked(int fd, size_t len)
{
	static const char zeros[65536];
	int unacked = 1;

	for (size_t n; len; len -= n) {
		n = len < sizeof(zeros) ? len : sizeof(zeros);
		net_send(fd, zeros, n);
	}
	for (int64_t start = now_ms(); unacked;) {
		assert_true(now_ms() - start < DEADLINE_MS);
		assert_int_equal(ioctl(fd, SIOCOUTQ, &unacked), 0);
	}
}

size_t net_flood(int fd)
{
	static const char zeros[65536];
	struct pollfd w = { .fd = fd, .events = POLLOUT };
	size_t sent = 0;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (1) {
		ssize_t n = write(fd, zeros, sizeof(zeros));
		assert_true(n > 0 || errno == EAGAIN);
		sent += n > 0 ? (size_t)n : 0;
		assert_true(sent < 64 * MIB);
		if (n < 0 && poll(&w, 1, 300) != 1)
			break;
	}
	return sent;
}

int net_read(int fd, struct text *t, size_t len)
{
	char bytes[65536];

	for (size_t got = 0; !len || got < len;) {
		size_t want = sizeof(bytes);
		if (len && len - got < want)
			want = len - got;
		wait_for(fd, POLLIN);
		ssize_t n = read(fd, bytes, want);
		if (n < 0)
			return errno;
		if (n == 0)
			break;
		text_append(t, bytes, (size_t)n);
		got += (size_t)n;
	}
	return 0;
}

void net_expect(int fd, const char *text)
{
	struct text t = { NULL, 0 };

	assert_int_equal(net_read(fd, &t, strlen(text)), 0);
	assert_non_null(t.bytes);
	assert_string_equal(t.bytes, text);
	text_finish(&t);
}

void net_expect_end(int fd)
{
	struct text t = { NULL, 0 };

	assert_int_equal(net_read(fd, &t, 0), 0);
	assert_int_equal(t.len, 0);
}

void net_reset(int fd)
{
	struct linger rst = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &rst, sizeof(rst));
	close(fd);
}

const char *port_text(uint16_t port)
{
	static char text[8];

	snprintf(text, sizeof(text), "%u", port);
	return text;
}

/* Streams. */

#define STREAM_STEP 65536

void stream_fill(uint8_t *bytes, size_t len, uint64_t offset)
{
	for (size_t i = 0; i < len; i += 8) {
		uint64_t z = (offset + i) * UINT64_C(0x9e3779b97f4a7c15);
		z ^= z >> 29;
		memcpy(bytes + i, &z, 8);
	}
}

bool stream_write(int fd, uint64_t total)
{
	uint8_t bytes[STREAM_STEP];

	for (uint64_t at = 0; at < total; at += STREAM_STEP) {
		size_t len = total - at < STREAM_STEP ? (size_t)(total - at)
		                                      : STREAM_STEP;
		stream_fill(bytes, STREAM_STEP, at);
		for (size_t done = 0; done < len;) {
			ssize_t n = write(fd, bytes + done, len - done);
			if (n < 0 && errno != EINTR)
				return false;
			if (n > 0)
				done += (size_t)n;
		}
	}
	return true;
}

int64_t stream_check(int fd)
{
	return stream_check_first(fd, UINT64_MAX);
}


int64_t stream_check_first(int fd, uint64_t total)
{
	uint8_t bytes[STREAM_STEP], wanted[STREAM_STEP];
	uint64_t at = 0;
	size_t have = 0;

	while (1) {
		uint64_t left = total - at - have;
		size_t room = STREAM_STEP - have;
		ssize_t n = read(fd, bytes + have, left < room ? left : room);
		if (n < 0)
			return -1;
		have += (size_t)n;
		if (n > 0 && have < STREAM_STEP)
			continue;
		stream_fill(wanted, STREAM_STEP, at);
		if (memcmp(bytes, wanted, have) != 0)
			return -1;
		at += have;
		have = 0;
		if (n == 0)
			return (int64_t)at;
	}
}

void *run_writer(void *arg)
{
	struct stream *s = arg;

	s->result = stream_write(s->fd, s->total);
	if (s->ends)
		shutdown(s->fd, SHUT_WR);
	else
		close(s->fd);
	return NULL;
}

void *run_reader(void *arg)
{
	struct stream *s = arg;
	static __thread uint8_t bytes[STREAM_STEP];
	ssize_t n;

	s->result = 0;
	while ((n = read(s->fd, bytes, sizeof(bytes))) > 0)
		s->result += n;
	shutdown(s->fd, SHUT_WR);
	return NULL;
}

void *run_checker(void *arg)
{
	struct stream *s = arg;

	s->result = stream_check(s->fd);
	return NULL;
}

void exchange(struct proc *p, int fd, uint64_t total)
{
	struct stream s[] = {
		{ .fd = p->in, .total = total },
		{ .fd = fd, .total = total, .ends = true },
		{ .fd = fd },
		{ .fd = p->out },
	};

	p->in = -1;
	p->holds_out = true;
	for (int i = 0; i < 4; i++)
		pthread_create(&s[i].thread, NULL,
		               i < 2 ? run_writer : run_checker, &s[i]);
	for (int i = 0; i < 4; i++)
		pthread_join(s[i].thread, NULL);
	assert_true(s[0].result);
	assert_true(s[1].result);
	assert_int_equal(s[2].result, total);
	assert_int_equal(s[3].result, total);
}

/* Pairs. */

int connect_with(struct proc *p, const char *option, const char *value)
{
	uint16_t port;
	int listener = net_listen(&port);

	if (value)
		proc_sockchat(p, "connect", option, value, "127.0.0.1",
		              port_text(port), NULL);
	else if (option)
		proc_sockchat(p, "connect", option, "127.0.0.1",
		              port_text(port), NULL);
	else
		proc_sockchat(p, "connect", "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

int connect_plain(struct proc *p)
{
	return connect_with(p, NULL, NULL);
}

const char *preload_fault(void)
{
	static char preload[400];
	const char *fault = getenv("SOCKCHAT_FAULT");

	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s",
	         fault ? fault : "build/tests/fault/fault.so");
	return preload;
}

int connect_between(struct proc *p, const char **env, int in, int out, int err)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL, "connect", "127.0.0.1", port_text(port),
		               NULL };

	if (env)
		env[0] = preload_fault();
	proc_start(p, argv, env, in, out, err);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

int listen_plain(struct proc *p)
{
	proc_sockchat(p, "listen", "0", NULL);
	return net_connect(proc_port(p));
}

pair_fn *const both[2] = { connect_plain, listen_plain };

const char *peer_path(const char *name)
{
	static char path[200];
	const char *dir = getenv("SOCKCHAT_PEERS");

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : "tests/e2e/peers",
	         name);
	return path;
}

void start_python(struct proc *p, const char *name, const char *word,
                  const char *other)
{
	const char *argv[] = { "python3", peer_path(name), word, other, NULL };
	const char *env[] = { "PYTHONIOENCODING=utf-8", NULL };

	proc_start(p, argv, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
}

void start_python_server(struct proc *p, const char *name, const char *word,
                         char port[8])
{
	static const char before[] = "Listening on ";

	start_python(p, name, word, NULL);
	proc_expect_out(p, "\n");
	const char *at = strstr(p->out_text.bytes, before);
	assert_non_null(at);
	snprintf(port, 8, "%ld", strtol(at + strlen(before), NULL, 10));
}
