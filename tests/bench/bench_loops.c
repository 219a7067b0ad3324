/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The limits: loops that do what a tool has to do and nothing else, as commands
 * that can be loaded like any tool.
 *
 *   bench_loops LOOP PORT */

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "load.h"

#define MANY     ((size_t)1 << 20)
#define EVENTS   256
#define PEERS    20000
#define ROWS     22 /* lines that are painted */
#define WIDTH    80
#define FRAME_NS (LOAD_SECOND_NS / 60)

static char block[LOAD_BLOCK] __attribute__((aligned(4096)));

/* One connection: fd 0 and fd 1 are its other ends. */

static int dial(const char *port)
{
	struct sockaddr_in a = load_address(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)))
		load_die("cannot connect: %s", strerror(errno));
	load_secure(fd, false);
	return fd;
}

static void write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0)
			load_die("cannot write: %s", strerror(errno));
		bytes += n;
		len -= (size_t)n;
	}
}

static void send_copy(int from, int to)
{
	ssize_t n;
	while ((n = read(from, block, sizeof(block))) > 0)
		load_send(to, block, (size_t)n);
}

static void receive_copy(int from, int to)
{
	ssize_t n;
	while ((n = load_recv(from, block, sizeof(block), 0)) > 0)
		write_all(to, block, (size_t)n);
}

static void splice_all(int from, int to)
{
	fcntl(from, F_SETPIPE_SZ, MANY);
	fcntl(to, F_SETPIPE_SZ, MANY);
	while (splice(from, NULL, to, NULL, MANY, 0) > 0)
		;
}

static void send_file(int from, int to)
{
	while (sendfile(to, from, NULL, MANY) > 0)
		;
}

static void finish_sending(int fd)
{
	load_finish(fd);
	while (load_recv(fd, block, sizeof(block), 0) > 0)
		;
}

/* A direction: what was read and could not be written at once waits. */
struct way {
	int from, to;
	char bytes[LOAD_BLOCK];
	size_t at, len;
	bool is_over;
};

static struct pollfd want(const struct way *w)
{
	return (struct pollfd){
		.fd = w->is_over ? -1
		      : w->len   ? w->to
		                 : w->from,
		.events = w->len ? POLLOUT : POLLIN,
	};
}

static void move(struct way *w)
{
	if (!w->len) {
		ssize_t n = read(w->from, w->bytes, sizeof(w->bytes));
		w->is_over = n == 0;
		w->at = 0;
		w->len = n > 0 ? (size_t)n : 0;
	}
	ssize_t n = w->len ? write(w->to, w->bytes + w->at, w->len) : 0;
	if (n < 0 && errno != EAGAIN)
		load_die("cannot write: %s", strerror(errno));
	w->at += n > 0 ? (size_t)n : 0;
	w->len -= n > 0 ? (size_t)n : 0;
}

static void both_ways(int fd)
{
	static struct way ways[2];
	ways[0].to = ways[1].from = fd;
	ways[1].to = STDOUT_FILENO;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (!ways[0].is_over || !ways[1].is_over) {
		struct pollfd p[2] = { want(&ways[0]), want(&ways[1]) };
		poll(p, 2, -1);
		for (int i = 0; i < 2; i++)
			if (p[i].revents)
				move(&ways[i]);
		if (p[0].revents && ways[0].is_over)
			shutdown(fd, SHUT_WR);
	}
}

/* Everyone is sent back what they send. */

static int accept_one(int listener)
{
	int on = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	if (fd < 0)
		return fd;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	load_secure(fd, true);
	return fd;
}

/* False: it is gone.  A peer that does not take what it sent is waited for: the
 * others wait too, which a load that reads what it is sent does not meet for
 * long. */
static bool echo_some(int fd)
{
	ssize_t n = load_recv(fd, block, sizeof(block), MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return true;
	if (n > 0 && load_try_to_send(fd, block, (size_t)n))
		return true;
	load_close(fd);
	return false;
}

static bool echo(int fd)
{
	bool is_there;
	do
		is_there = echo_some(fd);
	while (is_there && load_has_more(fd));
	return is_there;
}

static void echo_poll(int listener)
{
	static struct pollfd p[PEERS];
	nfds_t count = 1;
	p[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
	while (poll(p, count, -1) > 0) {
		for (nfds_t i = count - 1; i > 0; i--)
			if (p[i].revents && !echo(p[i].fd))
				p[i] = p[--count];
		for (int fd; p[0].revents && count < PEERS &&
		             (fd = accept_one(listener)) >= 0;)
			p[count++] = (struct pollfd){ fd, POLLIN, 0 };
	}
}

/* Datagrams: all that came to one socket, one after another. */

static ssize_t take_datagram(int fd, struct sockaddr_in *from)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	socklen_t len = sizeof(*from);
	poll(&p, 1, -1);
	return recvfrom(fd, block, sizeof(block), 0, (struct sockaddr *)from,
	                &len);
}

static void echo_datagrams(int fd)
{
	struct sockaddr_in from;
	for (ssize_t n; (n = take_datagram(fd, &from)) >= 0;)
		(void)!sendto(fd, block, (size_t)n, 0, (struct sockaddr *)&from,
		              sizeof(from));
}

static void log_datagrams(int fd)
{
	struct sockaddr_in from;
	for (ssize_t n; (n = take_datagram(fd, &from)) >= 0;)
		write_all(STDOUT_FILENO, block, (size_t)n);
}

static void add(int set, int fd)
{
	struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };
	if (epoll_ctl(set, EPOLL_CTL_ADD, fd, &e))
		load_die("cannot watch: %s", strerror(errno));
}

/* One turn; how many there were to be served. */
static int serve(int set, int listener, int timeout_ms)
{
	static struct epoll_event events[EVENTS];
	int n = epoll_wait(set, events, EVENTS, timeout_ms);
	for (int i = 0; i < n; i++) {
		int fd = events[i].data.fd;
		if (fd != listener)
			echo(fd);
		else
			while ((fd = accept_one(listener)) >= 0)
				add(set, fd);
	}
	return n;
}

static void echo_epoll(int listener)
{
	int set = epoll_create1(EPOLL_CLOEXEC);
	add(set, listener);
	while (serve(set, listener, -1) >= 0)
		;
}

static void echo_epoll_in_poll(int listener)
{
	struct pollfd p = { .fd = epoll_create1(EPOLL_CLOEXEC),
		            .events = POLLIN };
	add(p.fd, listener);
	while (poll(&p, 1, -1) > 0)
		while (serve(p.fd, listener, 0) == EVENTS)
			;
}

/* A chat: what comes is cut into lines, checked as UTF-8 and kept, and the last
 * of it is painted at most 60 times a second, with the line that is typed. */

struct screen {
	char kept[MANY];          /* a ring */
	uint64_t end, ends[ROWS]; /* of all that came; of the last lines */
	size_t count;
	char typed[WIDTH];
	size_t typed_len, bad;
	int64_t painted_ns;
	bool is_dirty;
};

/* Most text is ASCII, which needs no look at each byte. */
static bool is_ascii(const char *bytes, size_t len)
{
	uint64_t word, all = 0;
	for (; len >= 8; bytes += 8, len -= 8) {
		memcpy(&word, bytes, 8);
		all |= word;
	}
	for (; len; len--)
		all |= (uint64_t)(*bytes++ & 0x80);
	return !(all & 0x8080808080808080u);
}

static bool is_utf8(const char *bytes, size_t len)
{
	mbstate_t state = { 0 };
	while (len) {
		size_t n = mbrtowc(NULL, bytes, len, &state);
		if (n > len)
			return false;
		n += !n;
		bytes += n;
		len -= n;
	}
	return true;
}

static void keep_line(struct screen *s, const char *line, size_t len)
{
	size_t at = s->end % MANY;
	size_t first = len < MANY - at ? len : MANY - at;
	s->bad += !is_ascii(line, len) && !is_utf8(line, len);
	memcpy(s->kept + at, line, first);
	memcpy(s->kept, line + first, len - first);
	s->end += len;
	s->ends[s->count++ % ROWS] = s->end;
}

static void keep_lines(struct screen *s, const char *bytes, size_t len)
{
	while (len) {
		const char *end = memchr(bytes, '\n', len);
		size_t n = end ? (size_t)(end - bytes) + 1 : len;
		keep_line(s, bytes, n);
		bytes += n;
		len -= n;
	}
	s->is_dirty = true;
}

static size_t paint_line(const struct screen *s, char *out, size_t row,
                         size_t i)
{
	uint64_t at = i ? s->ends[(i - 1) % ROWS] : 0;
	size_t len = (size_t)sprintf(out, "\033[%zuH\033[K", row + 1);
	for (int n = 0; at < s->ends[i % ROWS] && n < WIDTH; n++, at++)
		out[len++] =
		    s->kept[at % MANY] < ' ' ? ' ' : s->kept[at % MANY];
	return len;
}

static void paint(struct screen *s)
{
	static char out[ROWS * 128 + 256];
	size_t len = (size_t)sprintf(out, "\033[?2026h");
	size_t first = s->count > ROWS - 1 ? s->count - (ROWS - 1) : 0;
	for (size_t i = first; i < s->count; i++)
		len += paint_line(s, out + len, i - first, i);
	len += (size_t)sprintf(out + len, "\033[24H\033[K> %.*s\033[?2026l",
	                       (int)s->typed_len, s->typed);
	write_all(STDOUT_FILENO, out, len);
	s->is_dirty = false;
	s->painted_ns = load_now_ns();
}

/* A key is painted at once. */
static void type(struct screen *s)
{
	char keys[64];
	ssize_t n = read(STDIN_FILENO, keys, sizeof(keys));
	for (ssize_t i = 0; i < n; i++)
		if (keys[i] < ' ')
			s->typed_len = 0;
		else if (s->typed_len < sizeof(s->typed) - 2)
			s->typed[s->typed_len++] = keys[i];
	paint(s);
}

static void chat(int fd)
{
	static struct screen s;
	struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
		               { .fd = fd, .events = POLLIN } };
	struct termios raw;
	ssize_t n = 1;
	tcgetattr(STDIN_FILENO, &raw);
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	for (paint(&s); n > 0;) {
		int64_t rest = s.painted_ns + FRAME_NS - load_now_ns();
		int wait = rest > 0 ? (int)(rest / 1000000) + 1 : 0;
		poll(p, 2, s.is_dirty ? wait : -1);
		if (p[0].revents)
			type(&s);
		if (p[1].revents) {
			n = read(fd, block, sizeof(block));
			keep_lines(&s, block, n > 0 ? (size_t)n : 0);
		}
		if (s.is_dirty && load_now_ns() - s.painted_ns >= FRAME_NS)
			paint(&s);
	}
}

static const struct loop {
	const char *name;
	void (*move)(int from, int to); /* in one direction, or: */
	void (*run)(int fd);
	bool listens, sends;
} loops[] = {
	{ "send", send_copy, NULL, false, true },
	{ "send-sendfile", send_file, NULL, false, true },
	{ "send-splice", splice_all, NULL, false, true },
	{ "receive", receive_copy, NULL, false, false },
	{ "receive-splice", splice_all, NULL, false, false },
	{ "both-ways", NULL, both_ways, false, false },
	{ "echo-poll", NULL, echo_poll, true, false },
	{ "echo-epoll", NULL, echo_epoll, true, false },
	{ "echo-epoll-in-poll", NULL, echo_epoll_in_poll, true, false },
	{ "echo-datagrams", NULL, echo_datagrams, true, false },
	{ "log-datagrams", NULL, log_datagrams, true, false },
	{ "chat", NULL, chat, false, false },
};

static void run(const struct loop *l, const char *port)
{
	int fd = l->listens ? load_listen_at(port) : dial(port);
	if (l->run)
		l->run(fd);
	else if (l->sends)
		l->move(STDIN_FILENO, fd);
	else
		l->move(fd, STDOUT_FILENO);
	if (l->sends)
		finish_sending(fd);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
		if (argc != 3 || strcmp(argv[1], loops[i].name) != 0)
			continue;
		run(&loops[i], argv[2]);
		return 0;
	}
	load_die("there is no such loop");
}
