/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A tool that sends everyone back what they send, under loads of its peers.
 * Each of them has a stream of its own, and is to get it back as it is.
 *
 *   bench_echo trips PEERS SECONDS COMMAND...   64 bytes to and fro
 *   bench_echo idle PEERS SECONDS COMMAND...    the same, beside quiet ones
 *   bench_echo messages PEERS COUNT COMMAND...  so many, and nothing is told
 *   bench_echo bulk PEERS MIB COMMAND...        all of them at once
 *   bench_echo churn PEERS SECONDS COMMAND...   one after another, so many at
 *                                               most
 *   bench_echo handshakes WORKERS SECONDS COMMAND...  of TLS, side by side, and
 *                                               nothing is sent */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

#define MESSAGE     LOAD_LINE
#define ACTIVE      10 /* beside the idle ones */
#define EVENTS      1024
#define BULK_BLOCK  ((size_t)64 << 10)
#define WORKERS_MAX 16
#define STALL_MS    5000
#define NO_END      1e6              /* seconds */
#define APART       (61 * LOAD_LINE) /* where the next stream begins */

struct server {
	pid_t pid;
	char port[8];
};

/* `sent` and `got` are positions in the stream. */
struct peer {
	int fd;
	uint64_t sent, got, end;
	int64_t sent_ns;
};

struct peers {
	struct peer *all;
	size_t count;
	int set; /* of epoll */
};

static void raise_limit(void)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void check_limit(size_t peers)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < peers + 64)
		load_die("%zu peers, but at most %llu descriptors", peers,
		         (unsigned long long)limit.rlim_cur);
}

/* A message */

static void send_message(struct peer *p)
{
	p->sent_ns = load_now_ns();
	load_send(p->fd, load_bytes(p->sent), MESSAGE);
	p->sent += MESSAGE;
}

/* Take what is there of it; true: that is all. */
static bool take_message(struct peer *p, int flags)
{
	char bytes[MESSAGE];
	ssize_t n = load_recv(p->fd, bytes, p->sent - p->got, flags);
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n <= 0)
		load_die("the tool hung up");
	if (memcmp(bytes, load_bytes(p->got), (size_t)n))
		load_die("what came back is not what was sent");
	p->got += (uint64_t)n;
	return p->got == p->sent;
}

/* Connected, and known to be served: a message has come back. */
static void start_peer(struct peer *p, const struct server *s, size_t i)
{
	*p = (struct peer){ .fd = load_dial(s->pid, s->port) };
	p->sent = p->got = p->end = i * APART;
	send_message(p);
	while (!take_message(p, 0))
		;
}

static struct peers start_peers(const struct server *s, size_t count)
{
	struct peers p = {
		.all = calloc(count, sizeof(*p.all)),
		.count = count,
		.set = epoll_create1(EPOLL_CLOEXEC),
	};
	check_limit(count);
	if (!p.all || p.set < 0)
		load_die("no memory");
	for (size_t i = 0; i < count; i++) {
		struct epoll_event e = { EPOLLIN, { .ptr = &p.all[i] } };
		start_peer(&p.all[i], s, i);
		if (epoll_ctl(p.set, EPOLL_CTL_ADD, p.all[i].fd, &e))
			load_die("cannot watch: %s", strerror(errno));
	}
	return p;
}

static void stop_peers(struct peers *p)
{
	for (size_t i = 0; i < p->count; i++)
		load_close(p->all[i].fd);
	close(p->set);
	free(p->all);
}

static void wait_for_echo(const struct server *s)
{
	struct peer first;
	start_peer(&first, s, 0);
	load_close(first.fd);
}

/* A handshake alone: openssl s_server sends back what it gets in reverse. */
static void shake_hands(const struct server *s)
{
	char bytes[16];
	int fd = load_dial(s->pid, s->port);
	load_handshake(fd);
	load_finish(fd);
	while (load_recv(fd, bytes, sizeof(bytes), 0) > 0)
		;
	load_close(fd);
}

static struct server start_server(char **command,
                                  void (*meet)(const struct server *s))
{
	struct server s;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int said = memfd_create("bench", MFD_CLOEXEC); /* the transcript */
	close(load_listen(s.port));
	load_set_word(command, "PORT", s.port);
	load_pin(LOAD_TOOL);
	s.pid = load_run(command, null, said);
	load_pin(LOAD_GENERATOR);
	meet(&s);
	close(null);
	close(said);
	return s;
}

/* Round trips */

struct trips {
	struct samples us; /* each of them */
	double seconds, cpu;
};

static int wait_for(struct peers *p, struct epoll_event *events)
{
	int n = epoll_wait(p->set, events, EVENTS, STALL_MS);
	if (n <= 0)
		load_die("nothing came back in %d ms", STALL_MS);
	return n;
}

/* Each sends when it has got back what it sent, until then, or so many. */
static struct trips make_trips(struct peers *p, pid_t tool, double seconds,
                               size_t at_most)
{
	static struct epoll_event events[EVENTS];
	struct trips t = { .cpu = -load_cpu(tool) };
	size_t under_way = p->count, left = at_most - p->count;
	int64_t start_ns = load_now_ns();
	int64_t end_ns = start_ns + (int64_t)(seconds * 1e9);
	for (size_t i = 0; i < p->count; i++)
		send_message(&p->all[i]);
	while (under_way) {
		int n = wait_for(p, events);
		for (int i = 0; i < n; i++) {
			struct peer *q = events[i].data.ptr;
			if (!take_message(q, MSG_DONTWAIT))
				continue;
			int64_t now = load_now_ns();
			samples_add(&t.us, (double)(now - q->sent_ns) / 1e3);
			if (left && now < end_ns) {
				send_message(q);
				left--;
			} else {
				under_way--;
			}
		}
	}
	t.seconds = load_seconds_since(start_ns);
	t.cpu += load_cpu(tool);
	return t;
}

static double rate(const struct trips *t)
{
	return (double)t->us.count / t->seconds / 1e3;
}

static double cpu_us(const struct trips *t)
{
	return t->cpu * 1e6 / (double)t->us.count;
}

static void tell_trips(struct trips *t)
{
	load_tell("round trips", rate(t), "k/s");
	load_tell("median", samples_at(&t->us, 0.5), "us");
	load_tell("99th percentile", samples_at(&t->us, 0.99), "us");
	load_tell("CPU per trip", cpu_us(t), "us");
}

static void trips(struct server *s, size_t count, const char *seconds)
{
	struct peers p = start_peers(s, count);
	struct trips t =
	    make_trips(&p, s->pid, strtod(seconds, NULL), SIZE_MAX);
	tell_trips(&t);
	samples_finish(&t.us);
	stop_peers(&p);
}

static void messages(struct server *s, size_t count, const char *sum)
{
	struct peers p = start_peers(s, count);
	struct trips t = make_trips(&p, s->pid, NO_END, load_number(sum));
	samples_finish(&t.us);
	stop_peers(&p);
}

static void idle(struct server *s, size_t count, const char *seconds)
{
	double each = strtod(seconds, NULL) / 2;
	load_tell("memory, nobody there", load_pss_kib(s->pid), "KiB");
	struct peers active = start_peers(s, ACTIVE);
	struct trips alone = make_trips(&active, s->pid, each, SIZE_MAX);
	double kib = load_pss_kib(s->pid);
	struct peers quiet = start_peers(s, count);
	for (size_t i = 0; i < count; i++)
		load_forget(quiet.all[i].fd);
	kib = load_pss_kib(s->pid) - kib;
	struct trips t = make_trips(&active, s->pid, each, SIZE_MAX);
	tell_trips(&t);
	load_tell("median, to nobody idle",
	          samples_at(&t.us, 0.5) / samples_at(&alone.us, 0.5), "x");
	load_tell("CPU, to nobody idle", cpu_us(&t) / cpu_us(&alone), "x");
	load_tell("memory of a quiet peer",
	          kib > 0 ? kib * 1024 / (double)count : 0, "B");
	samples_finish(&alone.us);
	samples_finish(&t.us);
	stop_peers(&quiet);
	stop_peers(&active);
}

/* As much as goes, to and fro at once */

static void want(struct peers *p, struct peer *q, uint32_t events)
{
	struct epoll_event e = { events, { .ptr = q } };
	if (epoll_ctl(p->set, EPOLL_CTL_MOD, q->fd, &e))
		load_die("cannot watch: %s", strerror(errno));
}

static void send_some(struct peers *p, struct peer *q)
{
	uint64_t left = q->end - q->sent;
	ssize_t n =
	    load_send_some(q->fd, load_bytes(q->sent),
	                   left < BULK_BLOCK ? left : BULK_BLOCK, MSG_DONTWAIT);
	if (n < 0 && errno != EAGAIN)
		load_die("cannot send: %s", strerror(errno));
	q->sent += n > 0 ? (uint64_t)n : 0;
	if (q->sent < q->end)
		return;
	load_finish(q->fd);
	want(p, q, EPOLLIN);
}

/* True: that was the last of it. */
static bool take_some(struct peers *p, struct peer *q)
{
	static char bytes[LOAD_BLOCK];
	ssize_t n = load_recv(q->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n < 0)
		load_die("cannot receive: %s", strerror(errno));
	load_check(bytes, (size_t)n, q->got);
	q->got += (uint64_t)n;
	if (n)
		return false;
	if (q->got != q->end)
		load_die("%llu bytes did not come back",
		         (unsigned long long)(q->end - q->got));
	return !epoll_ctl(p->set, EPOLL_CTL_DEL, q->fd, NULL);
}

static void bulk(struct server *s, size_t count, const char *mib)
{
	static struct epoll_event events[EVENTS];
	struct peers p = start_peers(s, count);
	uint64_t each = ((uint64_t)load_number(mib) << 20) / count;
	double gib = (double)(each * count) / (1 << 30);
	double cpu = load_cpu(s->pid);
	int64_t start_ns = load_now_ns();
	for (size_t i = 0; i < count; i++) {
		p.all[i].end = p.all[i].sent + each;
		want(&p, &p.all[i], EPOLLIN | EPOLLOUT);
	}
	while (count) {
		int n = wait_for(&p, events);
		for (int i = 0; i < n; i++) {
			struct peer *q = events[i].data.ptr;
			if (events[i].events & EPOLLOUT)
				send_some(&p, q);
			if (events[i].events & ~(uint32_t)EPOLLOUT)
				count -= take_some(&p, q);
		}
	}
	load_tell("sent back", gib / load_seconds_since(start_ns), "GiB/s");
	load_tell("CPU", (load_cpu(s->pid) - cpu) / gib, "s/GiB");
	stop_peers(&p);
}

static void churn(struct server *s, size_t at_most, const char *seconds)
{
	int64_t start_ns = load_now_ns();
	size_t count = 0;
	double cpu = load_cpu(s->pid), each = strtod(seconds, NULL);
	for (; count < at_most && load_seconds_since(start_ns) < each;
	     count++) {
		struct peer p;
		start_peer(&p, s, count);
		load_close(p.fd);
	}
	load_tell("came and went",
	          (double)count / 1e3 / load_seconds_since(start_ns), "k/s");
	load_tell("CPU of one", (load_cpu(s->pid) - cpu) * 1e6 / (double)count,
	          "us");
}

struct worker {
	pthread_t thread;
	const struct server *server;
	int64_t end_ns;
	size_t count;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	for (; load_now_ns() < w->end_ns; w->count++)
		shake_hands(w->server);
	return NULL;
}

static void handshakes(struct server *s, size_t workers, const char *seconds)
{
	struct worker w[WORKERS_MAX];
	size_t count = 0;
	double cpu = load_cpu(s->pid);
	int64_t start_ns = load_now_ns();
	int64_t end_ns = start_ns + (int64_t)(strtod(seconds, NULL) * 1e9);
	if (workers > WORKERS_MAX)
		load_die("%d workers at most", WORKERS_MAX);
	for (size_t i = 0; i < workers; i++) {
		w[i] = (struct worker){ .server = s, .end_ns = end_ns };
		if (pthread_create(&w[i].thread, NULL, work, &w[i]))
			load_die("no more threads");
	}
	for (size_t i = 0; i < workers; i++) {
		pthread_join(w[i].thread, NULL);
		count += w[i].count;
	}
	load_tell("handshakes",
	          (double)count / 1e3 / load_seconds_since(start_ns), "k/s");
	load_tell("CPU of one", (load_cpu(s->pid) - cpu) * 1e6 / (double)count,
	          "us");
}

static const struct {
	const char *name;
	void (*run)(struct server *s, size_t count, const char *much);
	void (*meet)(const struct server *s);
} loads[] = {
	{ "trips", trips, wait_for_echo },
	{ "idle", idle, wait_for_echo },
	{ "messages", messages, wait_for_echo },
	{ "bulk", bulk, wait_for_echo },
	{ "churn", churn, wait_for_echo },
	{ "handshakes", handshakes, shake_hands },
};

int main(int argc, char **argv)
{
	raise_limit();
	load_deadline(60);
	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		if (argc < 5 || strcmp(argv[1], loads[i].name) != 0)
			continue;
		struct server s = start_server(argv + 4, loads[i].meet);
		loads[i].run(&s, load_number(argv[2]), argv[3]);
		load_end(s.pid);
		return 0;
	}
	load_die("LOAD PEERS MUCH COMMAND...; there is no such load");
}
