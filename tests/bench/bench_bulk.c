/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Many bytes through a tool that connects: from where, and where to, is the
 * mode.  Every byte is to arrive, in its order, and the tool is to end well.
 *
 *   bench_bulk MODE MIB COMMAND... */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load.h"

#define PIPE_BLOCK ((size_t)128 << 10)
#define PIPE_BYTES (1 << 20)
#define HELPERS    4

static size_t size;
static pid_t helpers[HELPERS];
static size_t helper_count;
static int file_out = -1;

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The other end of a pipe or a socket is worked by a process of its own. */
static void start_helper(void (*work)(int fd), int fd, int not_ours)
{
	pid_t pid = load_fork();
	helpers[helper_count++] = pid;
	if (pid) {
		close(fd);
		return;
	}
	close(not_ours);
	work(fd);
	_exit(0);
}

static void write_copies(int fd)
{
	for (size_t at = 0; at < size;) {
		ssize_t n =
		    write(fd, load_bytes(at), smaller(size - at, PIPE_BLOCK));
		if (n < 0)
			load_die("cannot write: %s", strerror(errno));
		at += (size_t)n;
	}
}

static void give_pages(int fd)
{
	fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
	for (size_t at = 0; at < size;) {
		struct iovec v = { (char *)load_bytes(at),
			           smaller(size - at, LOAD_BLOCK) };
		ssize_t n = vmsplice(fd, &v, 1, 0);
		if (n < 0)
			load_die("cannot give pages: %s", strerror(errno));
		at += (size_t)n;
	}
}

static void check_count(size_t count, size_t right)
{
	if (count != right)
		load_die("%zu bytes of %zu came", count, right);
}

static void check_pipe(int fd)
{
	static char bytes[PIPE_BLOCK];
	size_t at = 0;
	for (ssize_t n; (n = read(fd, bytes, sizeof(bytes))) > 0;) {
		load_check(bytes, (size_t)n, at);
		at += (size_t)n;
	}
	check_count(at, size);
}

static void send_all(int fd)
{
	for (size_t at = 0, n; at < size; at += n) {
		n = smaller(size - at, LOAD_BLOCK);
		load_send(fd, load_bytes(at), n);
	}
	load_finish(fd);
}

/* What is the tool's standard input. */

static int open_null(void)
{
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static int open_file(void)
{
	int fd = memfd_create("bench", MFD_CLOEXEC);
	write_copies(fd);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static int pipe_from(void (*writer)(int fd))
{
	int fds[2];
	if (pipe2(fds, O_CLOEXEC))
		load_die("cannot make a pipe: %s", strerror(errno));
	start_helper(writer, fds[1], fds[0]);
	return fds[0];
}

static int open_copies(void)
{
	return pipe_from(write_copies);
}

static int open_pages(void)
{
	return pipe_from(give_pages);
}

/* What is its standard output. */

static int make_file(void)
{
	file_out = memfd_create("bench", MFD_CLOEXEC);
	return dup(file_out);
}

static int make_pipe(void)
{
	int fds[2];
	if (pipe2(fds, O_CLOEXEC))
		load_die("cannot make a pipe: %s", strerror(errno));
	start_helper(check_pipe, fds[0], fds[1]);
	return fds[1];
}

static void check_file(void)
{
	check_count((size_t)lseek(file_out, 0, SEEK_END), size);
	const char *bytes =
	    mmap(NULL, size, PROT_READ, MAP_SHARED, file_out, 0);
	if (bytes == MAP_FAILED)
		load_die("cannot map: %s", strerror(errno));
	for (size_t at = 0, n; at < size; at += n) {
		n = smaller(size - at, LOAD_BLOCK);
		if (memcmp(bytes + at, load_bytes(at), n))
			load_die("the file is not what was sent");
	}
}

static const struct mode {
	const char *name;
	int (*input)(void);
	int (*output)(void);
	bool up, down;
} modes[] = {
	{ "file-to-socket", open_file, open_null, true, false },
	{ "pipe-to-socket", open_copies, open_null, true, false },
	{ "pages-to-socket", open_pages, open_null, true, false },
	{ "socket-to-file", open_null, make_file, false, true },
	{ "socket-to-pipe", open_null, make_pipe, false, true },
	{ "socket-to-null", open_null, open_null, false, true },
	{ "both-ways", open_file, make_pipe, true, true },
};

/* openssl s_client keeps open what has ended, until its peer ends too. */
static size_t receive_all(int fd)
{
	static char bytes[LOAD_BLOCK];
	size_t at = 0;
	for (ssize_t n; (n = load_recv(fd, bytes, sizeof(bytes), 0));) {
		if (n < 0)
			load_die("cannot receive: %s", strerror(errno));
		load_check(bytes, (size_t)n, at);
		at += (size_t)n;
		if (at == size && getenv("BENCH_TLS"))
			load_finish(fd);
	}
	return at;
}

static void wait_for_helpers(void)
{
	for (size_t i = 0; i < helper_count; i++)
		load_wait(helpers[i]);
}

static pid_t start_tool(char **command, int in, int out)
{
	pid_t pid = load_run(command, in, out);
	close(in);
	close(out);
	return pid;
}

static void run(const struct mode *m, char **command)
{
	char port[8];
	int listener = load_listen(port);
	load_set_word(command, "PORT", port);
	load_bytes(0);
	int in = m->input(), out = m->output();
	int64_t start_ns = load_now_ns();
	pid_t tool = start_tool(command, in, out);
	int peer = load_accept(listener, tool);
	load_handshake(peer);
	if (m->down)
		start_helper(send_all, load_dup(peer), -1);
	check_count(receive_all(peer), m->up ? size : 0);
	if (!m->down)
		load_finish(peer);
	double cpu = load_wait(tool), gib = (double)size / (1 << 30);
	load_close(
	    peer); /* a system short of memory resets what nobody holds */
	wait_for_helpers();
	double seconds = load_seconds_since(start_ns);
	if (file_out >= 0)
		check_file();
	load_tell("moved", gib / seconds, "GiB/s");
	load_tell("CPU", cpu / gib, "s/GiB");
}

int main(int argc, char **argv)
{
	load_deadline(30);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (argc < 4 || strcmp(argv[1], modes[i].name) != 0)
			continue;
		size = load_number(argv[2]) << 20;
		run(&modes[i], argv + 3);
		return 0;
	}
	load_die("MODE MIB COMMAND...; there is no such mode");
}
