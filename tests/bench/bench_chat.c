/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A chat on a terminal that is drained as fast as it goes: under a flood of
 * lines, with a long transcript, and when it starts. */

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

#define LINE       100
#define BLOCK      ((size_t)LINE * 2600) /* what is sent at once */
#define STEADY     ((size_t)1 << 20) /* bytes a second, when not a flood */
#define STEADY_LEN ((size_t)LINE * 10) /* what of them is sent at once */
#define KEY_NS     (LOAD_SECOND_NS / 20)
#define LATE_NS    (10 * LOAD_SECOND_NS) /* such a key was lost */
#define WARM_UP_NS (LOAD_SECOND_NS / 4)
#define LINE_KEYS  40 /* in the input line, before it is cleared */
#define QUIET_MS   100
#define MIB        (1024.0 * 1024)

/* What the lines of a flood are not made of, so that it is seen. */
#define LAST   "@=FLOOD=END"
#define NEEDLE "needle"
#define FOUND  "@=FOUND=IT"
#define FRAME  "\033[?2026h"

/* A text in what the terminal gets; nothing in it repeats its first byte. */
struct marker {
	const char *text;
	size_t at, count;
};

struct tool {
	pid_t pid;
	int fd, peer; /* its terminal, its connection */
	size_t bytes; /* the terminal has got */
	struct marker frame, key, awaited;
};

static void mark(struct marker *m, char c)
{
	if (!m->text)
		return;
	m->at = c == m->text[m->at] ? m->at + 1 : c == m->text[0];
	if (m->text[m->at])
		return;
	m->count++;
	m->at = 0;
}

/* Take what the tool shows within so long; false: nothing. */
static bool watch(struct tool *t, int timeout_ms)
{
	static char bytes[1 << 16];
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	if (poll(&p, 1, timeout_ms) != 1)
		return false;
	ssize_t n = read(t->fd, bytes, sizeof(bytes));
	if (n <= 0)
		load_die("the tool has ended");
	t->bytes += (size_t)n;
	for (ssize_t i = 0; i < n; i++) {
		mark(&t->frame, bytes[i]);
		mark(&t->key, bytes[i]);
		mark(&t->awaited, bytes[i]);
	}
	return true;
}

static void watch_until(struct tool *t, const char *text)
{
	int64_t end = load_now_ns() + LOAD_PATIENCE_MS * INT64_C(1000000);
	t->awaited = (struct marker){ .text = text };
	while (!t->awaited.count)
		if (!watch(t, 1000) && load_now_ns() > end)
			load_die("it was not shown: %s", text);
}

static void watch_until_quiet(struct tool *t)
{
	while (watch(t, QUIET_MS))
		;
}

static void type(struct tool *t, const char *text)
{
	size_t len = strlen(text);
	if (write(t->fd, text, len) != (ssize_t)len)
		load_die("cannot type: %s", strerror(errno));
}

/* One key that is seen on the screen, and nowhere else. */
static const char *type_key(struct tool *t, size_t i)
{
	static const char *const keys[] = { "Q", "Z", "J", "W" };
	if (i && i % LINE_KEYS == 0)
		type(t, "\025"); /* Ctrl-U */
	t->key = (struct marker){ .text = keys[i % 4] };
	type(t, t->key.text);
	return t->key.text;
}

static struct tool start(char **command)
{
	struct tool t = { .frame.text = FRAME };
	char port[8];
	int fd = load_listen(port);
	load_set_word(command, "PORT", port);
	t.pid = load_run_on_pty(command, &t.fd);
	t.peer = load_accept(fd, t.pid);
	watch_until_quiet(&t);
	return t;
}

/* A keystroke at the end of the line, with nothing else to do. */
static void measure_keys(struct tool *t)
{
	struct samples bytes = { 0 }, ms = { 0 };
	for (size_t i = 0; i < LINE_KEYS; i++) {
		size_t before = t->bytes;
		int64_t typed_ns = load_now_ns();
		type_key(t, i);
		while (!t->key.count)
			if (!watch(t, LOAD_PATIENCE_MS))
				load_die("a key was not shown");
		samples_add(&ms, load_seconds_since(typed_ns) * 1e3);
		while (watch(t, 20))
			;
		samples_add(&bytes, (double)(t->bytes - before));
	}
	type(t, "\025");
	watch_until_quiet(t);
	load_tell("painted per key", samples_at(&bytes, 0.5), "B");
	load_tell("key to screen, idle", samples_at(&ms, 0.5), "ms");
	samples_finish(&bytes);
	samples_finish(&ms);
}

/* The flood */

struct source {
	int fd;
	size_t rate; /* bytes a second; 0: as fast as they are taken */
	atomic_size_t sent;
	atomic_bool is_over;
	pthread_t thread;
};

/* So much is sent once it is time for it. */
static size_t next_len(const struct source *s)
{
	static int64_t next_ns;
	if (!s->rate)
		return BLOCK;
	int64_t now = load_now_ns();
	if (now < next_ns)
		usleep((useconds_t)((next_ns - now) / 1000));
	else
		next_ns = now; /* it was held up */
	next_ns += LOAD_SECOND_NS * (int64_t)STEADY_LEN / (int64_t)s->rate;
	return STEADY_LEN;
}

static void *run_source(void *user)
{
	static char block[BLOCK];
	struct source *s = user;
	for (size_t i = 0; i < BLOCK; i++)
		block[i] = (char)('a' + (i + i / LINE) % 25);
	for (size_t i = LINE - 1; i < BLOCK; i += LINE)
		block[i] = '\n';
	while (!atomic_load(&s->is_over)) {
		size_t len = next_len(s);
		load_send(s->fd, block + atomic_load(&s->sent) % BLOCK, len);
		atomic_fetch_add(&s->sent, len);
	}
	load_send(s->fd, LAST "\n", strlen(LAST) + 1);
	return NULL;
}

static void start_source(struct source *s, int fd)
{
	s->fd = fd;
	if (pthread_create(&s->thread, NULL, run_source, s))
		load_die("cannot start a thread");
}

/* Type at times, and watch all the time; what each key took, in ms.  The last
 * one is waited for, as there may be no other. */
static void type_and_watch(struct tool *t, int64_t end_ns, struct samples *ms)
{
	int64_t typed_ns = 0, now;
	size_t keys = 0;
	while ((now = load_now_ns()) < end_ns ||
	       (ms->count < keys && now < end_ns + LATE_NS)) {
		if (now < end_ns && now - typed_ns >= KEY_NS &&
		    (!typed_ns || t->key.count)) {
			typed_ns = now;
			type_key(t, keys++);
		}
		watch(t, 1);
		if (t->key.count && ms->count < keys)
			samples_add(ms, load_seconds_since(typed_ns) * 1e3);
	}
}

static void flood(double seconds, size_t rate, char **command)
{
	struct tool t = start(command);
	struct source s = { .rate = rate };
	struct samples ms = { 0 };
	if (!t.frame.count)
		t.frame.text = NULL;
	else
		measure_keys(&t);
	start_source(&s, t.peer);
	for (int64_t end = load_now_ns() + WARM_UP_NS; load_now_ns() < end;)
		watch(&t, 1);
	int64_t start_ns = load_now_ns();
	double cpu = load_cpu(t.pid);
	size_t sent = atomic_load(&s.sent), shown = t.bytes;
	size_t frames = t.frame.count;
	type_and_watch(&t, start_ns + (int64_t)(seconds * 1e9), &ms);
	sent = atomic_load(&s.sent) - sent;
	seconds = load_seconds_since(start_ns);
	load_tell("taken", (double)sent / MIB / seconds, "MiB/s");
	load_tell("CPU", (load_cpu(t.pid) - cpu) * 1024 * MIB / (double)sent,
	          "s/GiB");
	load_tell("key to screen, median", samples_at(&ms, 0.5), "ms");
	load_tell("key to screen, worst", samples_at(&ms, 1), "ms");
	samples_finish(&ms);
	load_tell("painted", (double)(t.bytes - shown) / 1024 / seconds,
	          "KiB/s");
	if (t.frame.text)
		load_tell("frames", (double)(t.frame.count - frames) / seconds,
		          "1/s");
	atomic_store(&s.is_over, true);
	watch_until(&t, LAST);
	pthread_join(s.thread, NULL);
	load_tell("memory", load_rss_kib(t.pid) / 1024, "MiB");
	load_end(t.pid);
}

/* The limit: a loop that only reads. */
static void read_only(double seconds)
{
	static char bytes[256 << 10];
	static struct source s; /* it goes on sending until the very end */
	int fds[2];
	size_t taken = 0;
	ssize_t n = 1;
	char port[8];
	fds[0] = load_listen(port);
	fds[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);
	if (getsockname(fds[0], (struct sockaddr *)&a, &len) ||
	    connect(fds[1], (struct sockaddr *)&a, len))
		load_die("cannot connect: %s", strerror(errno));
	start_source(&s, load_accept(fds[0], 0));
	int64_t start_ns = load_now_ns();
	while (load_seconds_since(start_ns) < seconds && n > 0) {
		n = read(fds[1], bytes, sizeof(bytes));
		taken += n > 0 ? (size_t)n : 0;
	}
	load_tell("taken", (double)taken / MIB / load_seconds_since(start_ns),
	          "MiB/s");
}

/* The long transcript */

/* From the key until what it changes is on the screen. */
static void measure_switch(struct tool *t, const char *name, const char *key)
{
	struct samples ms = { 0 };
	for (int i = 0; i < 6; i++) {
		size_t frames = t->frame.count;
		struct winsize size = { .ws_row = i % 2 ? 24 : 30,
			                .ws_col = i % 2 ? 80 : 100 };
		int64_t start_ns = load_now_ns();
		if (key)
			type(t, key);
		else
			ioctl(t->fd, TIOCSWINSZ, &size);
		while (t->frame.count == frames)
			watch(t, LOAD_PATIENCE_MS);
		samples_add(&ms, load_seconds_since(start_ns) * 1e3);
		watch_until_quiet(t);
	}
	load_tell(name, samples_at(&ms, 0.5), "ms");
	samples_finish(&ms);
}

/* So many lines, the first of them to be found; their bytes. */
static size_t send_entries(struct tool *t, int entries)
{
	static char block[1 << 16];
	size_t len = 0, sum = 0;
	int64_t start_ns = load_now_ns();
	for (int i = 0; i < entries; i++) {
		const char *text = i ? "a line" : NEEDLE " " FOUND;
		len += (size_t)snprintf(block + len, sizeof(block) - len,
		                        "%s %d\n", text, i);
		if (i < entries - 1 && len + 64 < sizeof(block))
			continue;
		load_send(t->peer, block, len);
		sum += len;
		len = 0;
		while (watch(t, 0))
			;
	}
	load_send(t->peer, LAST "\n", strlen(LAST) + 1);
	watch_until(t, LAST);
	load_tell("entries in", entries / load_seconds_since(start_ns) / 1e3,
	          "k/s");
	return sum;
}

static void long_transcript(int entries, char **command)
{
	struct tool t = start(command);
	double before = load_rss_kib(t.pid);
	size_t sum = send_entries(&t, entries);
	load_tell("memory beside its bytes",
	          ((load_rss_kib(t.pid) - before) * 1024 - (double)sum) /
	              entries,
	          "B/entry");
	watch_until_quiet(&t);
	measure_switch(&t, "another view", "\033OQ");
	measure_switch(&t, "another size", NULL);
	type(&t, "\023"); /* Ctrl-S */
	watch_until_quiet(&t);
	int64_t start_ns = load_now_ns();
	type(&t, NEEDLE);
	watch_until(&t, FOUND);
	load_tell("search to the oldest", load_seconds_since(start_ns) * 1e3,
	          "ms");
	load_end(t.pid);
}

/* From nothing to the first screen. */
static void start_up(int times, char **command)
{
	struct samples ms = { 0 };
	char port[8];
	int fd = load_listen(port);
	load_set_word(command, "PORT", port);
	for (int i = 0; i < times; i++) {
		struct tool t = { .frame.text = FRAME };
		int64_t start_ns = load_now_ns();
		t.pid = load_run_on_pty(command, &t.fd);
		while (!t.frame.count)
			watch(&t, LOAD_PATIENCE_MS);
		samples_add(&ms, load_seconds_since(start_ns) * 1e3);
		load_end(t.pid);
		close(t.fd);
	}
	close(fd);
	load_tell("first screen", samples_at(&ms, 0.5), "ms");
	samples_finish(&ms);
}

int main(int argc, char **argv)
{
	const char *load = argc > 2 ? argv[1] : "";
	if (strcmp(load, "flood") == 0 && argc > 3)
		flood(strtod(argv[2], NULL), 0, argv + 3);
	else if (strcmp(load, "steady") == 0 && argc > 3)
		flood(strtod(argv[2], NULL), STEADY, argv + 3);
	else if (strcmp(load, "read") == 0)
		read_only(strtod(argv[2], NULL));
	else if (strcmp(load, "long") == 0 && argc > 3)
		long_transcript((int)strtol(argv[2], NULL, 10), argv + 3);
	else if (strcmp(load, "start") == 0 && argc > 3)
		start_up((int)strtol(argv[2], NULL, 10), argv + 3);
	else
		load_die("flood or steady SECONDS COMMAND..., read SECONDS, "
		         "long ENTRIES COMMAND..., or start TIMES COMMAND...");
	return 0;
}
