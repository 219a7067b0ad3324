/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "proc.h"

static bool try_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ssize_t len = (ssize_t)strlen(text);

	return fd >= 0 && write(fd, text, strlen(text)) == len && !close(fd);
}

void write_file(const char *path, const char *text)
{
	assert_true(try_write(path, text));
}

/* Who isn't root becomes it within, in a user namespace. */
static bool become_root(void)
{
	char map[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWUSER) ||
	    !try_write("/proc/self/setgroups", "deny"))
		return false;
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)uid);
	if (!try_write("/proc/self/uid_map", map))
		return false;
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)gid);
	return try_write("/proc/self/gid_map", map);
}

void run(const char *const *argv)
{
	struct proc p;

	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

void replace_file(const char *path, const char *text)
{
	char name[] = "/tmp/sockchat-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	close(fd);
	write_file(name, text);
	assert_int_equal(chmod(name, 0644), 0);
	assert_int_equal(mount(name, path, NULL, MS_BIND, NULL), 0);
	unlink(name);
}

bool namespace_enter(void)
{
	return (geteuid() == 0 || become_root()) &&
	       !unshare(CLONE_NEWNET | CLONE_NEWNS) &&
	       !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}
