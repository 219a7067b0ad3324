/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The limits of forwarding: loops that pass on what comes and do nothing else,
 * as commands that can be loaded like any tool.
 *
 *   bench_relays splice|copy|log PORT TARGET
 *
 * The log, which goes to standard output, has each line with the time, the
 * number of the pair and the direction. */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

#define MANY   ((size_t)1 << 20)
#define EVENTS 256
#define ENDS   ((size_t)1 << 16) /* descriptors */
#define SPARE  256               /* pipes that wait for their next use */

/* A descriptor, and what was read from it and is still to be written. */
struct end {
	int other; /* where that goes; 0: not one of a pair */
	int pipe[2];
	char *rest;
	size_t at, len;
	unsigned number;
	bool is_client, has_ended;
	uint32_t watched;
};

static struct end ends[ENDS];
static char block[LOAD_BLOCK];
static int set; /* of epoll */

/* Splicing: a pipe is needed only for as long as there is something in it. */

static int spare[SPARE][2];
static size_t spare_count;

static void take_pipe(int *fds)
{
	if (spare_count) {
		memcpy(fds, spare[--spare_count], sizeof(*spare));
		return;
	}
	if (pipe2(fds, O_CLOEXEC))
		load_die("cannot make a pipe: %s", strerror(errno));
	fcntl(fds[0], F_SETPIPE_SZ, MANY);
}

static void leave_pipe(int *fds)
{
	if (spare_count < SPARE) {
		memcpy(spare[spare_count++], fds, sizeof(*spare));
	} else {
		close(fds[0]);
		close(fds[1]);
	}
	fds[0] = 0;
}

static ssize_t splice_in(struct end *e, int fd)
{
	take_pipe(e->pipe);
	ssize_t n =
	    splice(fd, NULL, e->pipe[1], NULL, MANY, SPLICE_F_NONBLOCK);
	if (n <= 0)
		leave_pipe(e->pipe);
	return n;
}

static ssize_t splice_out(struct end *e)
{
	ssize_t n = splice(e->pipe[0], NULL, e->other, NULL, e->len,
	                   SPLICE_F_NONBLOCK);
	if (n == (ssize_t)e->len)
		leave_pipe(e->pipe);
	return n;
}

/* A pipe with something in it is of no use to others. */
static void splice_forget(struct end *e)
{
	if (!e->pipe[0])
		return;
	close(e->pipe[0]);
	close(e->pipe[1]);
}

/* Copying: only what is not taken at once gets memory of its own. */

static ssize_t copy_in(struct end *e, int fd)
{
	(void)e;
	return recv(fd, block, sizeof(block), 0);
}

static void keep_rest(struct end *e, const char *bytes, size_t len)
{
	e->rest = malloc(len);
	e->at = 0;
	if (!e->rest)
		load_die("no memory");
	memcpy(e->rest, bytes, len);
}

static void copy_forget(struct end *e)
{
	free(e->rest);
	e->rest = NULL;
}

static ssize_t copy_out(struct end *e)
{
	const char *bytes = e->rest ? e->rest + e->at : block;
	ssize_t n = send(e->other, bytes, e->len, MSG_NOSIGNAL);
	size_t sent = n > 0 ? (size_t)n : 0;
	if (sent == e->len)
		copy_forget(e);
	else if (!e->rest)
		keep_rest(e, block + sent, e->len - sent);
	else
		e->at += sent;
	return n;
}

/* The same with a log, which is written when a turn is over. */

static char written[MANY + 64 + LOAD_BLOCK];
static size_t written_len;

static void write_log(void)
{
	for (size_t at = 0; at < written_len;) {
		ssize_t n =
		    write(STDOUT_FILENO, written + at, written_len - at);
		if (n < 0)
			load_die("cannot write: %s", strerror(errno));
		at += (size_t)n;
	}
	written_len = 0;
}

/* "23:59:59.999 12 > " of now. */
static size_t head_of(const struct end *e, char head[64])
{
	static char second[16];
	static time_t shown;
	struct timespec now;
	struct tm tm;
	clock_gettime(CLOCK_REALTIME, &now);
	if (now.tv_sec != shown) {
		shown = now.tv_sec;
		localtime_r(&shown, &tm);
		strftime(second, sizeof(second), "%T", &tm);
	}
	return (size_t)snprintf(head, 64, "%s.%03ld %u %c ", second,
	                        now.tv_nsec / 1000000, e->number,
	                        e->is_client ? '>' : '<');
}

static void log_line(const char *head, size_t head_len, const char *line,
                     size_t len)
{
	if (written_len > MANY)
		write_log();
	memcpy(written + written_len, head, head_len);
	memcpy(written + written_len + head_len, line, len);
	written_len += head_len + len;
	if (line[len - 1] != '\n')
		written[written_len++] = '\n';
}

static ssize_t log_in(struct end *e, int fd)
{
	char head[64];
	ssize_t n = copy_in(e, fd);
	size_t head_len = n > 0 ? head_of(e, head) : 0;
	const char *bytes = block, *end = block + (n > 0 ? n : 0);
	for (size_t len; bytes < end; bytes += len) {
		size_t left = (size_t)(end - bytes);
		const char *lf = memchr(bytes, '\n', left);
		len = lf ? (size_t)(lf - bytes) + 1 : left;
		log_line(head, head_len, bytes, len);
	}
	return n;
}

static const struct loop {
	const char *name;
	ssize_t (*take)(struct end *e, int fd); /* <= 0: nothing, as read() */
	ssize_t (*pass)(struct end *e);         /* some of what was taken */
	void (*forget)(struct end *e);
	void (*end_turn)(void);
} loops[] = {
	{ "splice", splice_in, splice_out, splice_forget, NULL },
	{ "copy", copy_in, copy_out, copy_forget, NULL },
	{ "log", log_in, copy_out, copy_forget, write_log },
};

/* A pair */

static void watch(int fd)
{
	struct end *e = &ends[fd], *back = &ends[e->other];
	bool reads = !e->len && !e->has_ended;
	uint32_t events = (reads ? EPOLLIN : 0u) | (back->len ? EPOLLOUT : 0u);
	struct epoll_event v = { .events = events, .data.fd = fd };
	if (events == e->watched)
		return;
	e->watched = events;
	if (epoll_ctl(set, EPOLL_CTL_MOD, fd, &v))
		load_die("cannot watch: %s", strerror(errno));
}

static void close_pair(const struct loop *l, int fd)
{
	int other = ends[fd].other;
	l->forget(&ends[fd]);
	l->forget(&ends[other]);
	close(fd);
	close(other);
	ends[fd] = ends[other] = (struct end){ 0 };
}

static bool is_later(ssize_t n)
{
	return n < 0 && errno == EAGAIN;
}

/* False: the pair is over. */
static bool pass_on(const struct loop *l, int fd)
{
	struct end *e = &ends[fd];
	ssize_t n = e->len ? (ssize_t)e->len : l->take(e, fd);
	if (n < 0)
		return is_later(n);
	if (n == 0) {
		e->has_ended = true;
		shutdown(e->other, SHUT_WR);
		return !ends[e->other].has_ended;
	}
	e->len = (size_t)n;
	n = l->pass(e);
	e->len -= n > 0 ? (size_t)n : 0;
	return n > 0 || is_later(n);
}

static void serve(const struct loop *l, int fd, uint32_t events)
{
	int other = ends[fd].other;
	bool is_there = other && (!(events & EPOLLERR));
	if (is_there && events & EPOLLOUT && ends[other].len)
		is_there = pass_on(l, other);
	if (is_there && events & (EPOLLIN | EPOLLHUP) && !ends[fd].len)
		is_there = pass_on(l, fd);
	if (is_there) {
		watch(fd);
		watch(other);
	} else if (other) {
		close_pair(l, fd);
	}
}

static void add_end(int fd, int other, bool is_client)
{
	static unsigned count;
	int on = 1;
	struct epoll_event v = { .events = EPOLLIN, .data.fd = fd };
	if ((size_t)fd >= ENDS || (size_t)other >= ENDS)
		load_die("too many descriptors");
	ends[fd] = (struct end){ .other = other,
		                 .number = count += is_client,
		                 .is_client = is_client,
		                 .watched = EPOLLIN };
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (epoll_ctl(set, EPOLL_CTL_ADD, fd, &v))
		load_die("cannot watch: %s", strerror(errno));
}

/* What the client sends waits in the meantime: nothing can be written yet. */
static void meet(int client, const struct sockaddr_in *target)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd < 0 || (connect(fd, (const struct sockaddr *)target,
	                       sizeof(*target)) &&
	               errno != EINPROGRESS))
		load_die("cannot connect: %s", strerror(errno));
	add_end(client, fd, true);
	add_end(fd, client, false);
}

static void run(const struct loop *l, int listener,
                const struct sockaddr_in *target)
{
	struct epoll_event events[EVENTS], v = { .events = EPOLLIN };
	v.data.fd = listener;
	set = epoll_create1(EPOLL_CLOEXEC);
	epoll_ctl(set, EPOLL_CTL_ADD, listener, &v);
	for (int n; (n = epoll_wait(set, events, EVENTS, -1)) >= 0;) {
		for (int i = 0, fd; i < n; i++) {
			if (events[i].data.fd != listener)
				serve(l, events[i].data.fd, events[i].events);
			else
				while ((fd = accept4(listener, NULL, NULL,
				                     SOCK_NONBLOCK)) >= 0)
					meet(fd, target);
		}
		if (l->end_turn)
			l->end_turn();
	}
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
		if (argc != 4 || strcmp(argv[1], loops[i].name) != 0)
			continue;
		struct sockaddr_in target = load_address(argv[3]);
		run(&loops[i], load_listen_at(argv[2]), &target);
		return 0;
	}
	load_die("splice, copy or log, PORT and TARGET");
}
