/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Unix sockets for the end-to-end tests. */

#include "unix.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/sockchat-unix-XXXXXX";

static const char *put_together(const char *before, const char *name)
{
	static char texts[8][320];
	static unsigned next;
	char *text = texts[next++ % 8];

	snprintf(text, sizeof(texts[0]), "%s%s/%s", before, folder, name);
	return text;
}

const char *at_path(const char *name)
{
	return put_together("", name);
}

const char *at_url(const char *name)
{
	return put_together("unix:", name);
}

int unix_setup(void **state)
{
	(void)state;
	memset(strrchr(folder, '-') + 1, 'X', 6);
	return mkdtemp(folder) ? 0 : -1;
}

int unix_teardown(void **state)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	(void)state;
	while (dir && (entry = readdir(dir)))
		if (unlink(at_path(entry->d_name)))
			rmdir(at_path(entry->d_name));
	closedir(dir);
	return rmdir(folder);
}

static struct sockaddr_un address_of(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	assert_true(strlen(path) < sizeof(un.sun_path));
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	return un;
}

int unix_listen(const char *path)
{
	struct sockaddr_un un = address_of(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listen(fd, 16), 0);
	return fd;
}

int unix_connect(const char *path)
{
	struct sockaddr_un un = address_of(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	return fd;
}

int unix_accept_one(struct proc *p, const char *option, const char *value)
{
	int listener = unix_listen(at_path("x"));

	proc_sockchat(p, "connect", at_url("x"), option, value, NULL);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

int unix_dial_one(struct proc *p, const char *option, const char *value)
{
	proc_sockchat(p, "listen", at_url("x"), option, value, NULL);
	proc_expect_err(p, "listening on unix:");
	return unix_connect(at_path("x"));
}
