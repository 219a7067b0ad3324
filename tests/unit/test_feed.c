/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which files may be sent; a real socket is among those that may not. */

#include "unit.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <sockchat/queue.h>

static char dir[64];

static const char *path_of(const char *name)
{
	static char path[100];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void assert_refused(const char *path, const char *what)
{
	struct feed_file f;
	struct error e;
	char wanted[256];
	assert_int_equal(feed_open(&f, path, &e), -1);
	snprintf(wanted, sizeof(wanted),
	         "cannot send %s: it is %s, not a regular file", path, what);
	assert_string_equal(e.text, wanted);
	assert_int_equal(f.fd, -1);
}

static void assert_missing(const char *path)
{
	struct feed_file f;
	struct error e;
	assert_int_equal(feed_open(&f, path, &e), -1);
	assert_memory_equal(e.text, "cannot open ", 12);
	assert_string_equal(e.code, "ENOENT");
}

static void only_regular_files_are_opened(void **state)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct feed_file f;
	struct error e;
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/sockchat-feed-XXXXXX");
	assert_non_null(mkdtemp(dir));
	assert_refused(dir, "a directory");
	assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
	assert_refused(path_of("fifo"), "a FIFO");
	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path_of("socket"));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	close(fd);
	assert_refused(path_of("socket"), "a socket");
	assert_refused("/dev/zero", "a device");
	assert_missing(path_of("none"));
	setenv("HOME", dir, 1);
	fd = open(path_of("a b"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "12345", 5), 5);
	close(fd);
	assert_int_equal(symlink("a b", path_of("link\033")), 0);
	assert_int_equal(feed_open(&f, "~/link\033", &e), 0);
	assert_string_equal(f.name, "link^[");
	assert_int_equal(f.total, 5);
	close(f.fd);
	assert_int_equal(feed_open(&f, "~/a b  ", &e), 0); /* completed */
	assert_string_equal(f.name, "a b");
	close(f.fd);
	for (const char *const *n = (const char *const[]){
	         "fifo", "socket", "a b", "link\033", NULL }; *n; n++)
		unlink(path_of(*n));
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_regular_files_are_opened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
