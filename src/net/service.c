/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <sockchat/address.h>
#include <sockchat/number.h>
#include <sockchat/resolve.h>
#include <sockchat/service.h>

#define FIRST_FD    3 /* sd_listen_fds(3) */
#define PATH_MAX_UN (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)
#define TOLD_MAX    1024

/* The environment, as it was when we were started; "": not there. */
static struct {
	char pid[16], fds[16];
	char notify[PATH_MAX_UN + 2]; /* one more: it is too long */
	bool is_ready;
} given;

static void take_variable(const char *name, char *out, size_t cap)
{
	const char *value = getenv(name);

	if (!value)
		return;
	snprintf(out, cap, "%s", value);
	(void)unsetenv(name);
}

void service_begin(void)
{
	char names[1];

	memset(&given, 0, sizeof(given));
	take_variable("LISTEN_PID", given.pid, sizeof(given.pid));
	take_variable("LISTEN_FDS", given.fds, sizeof(given.fds));
	take_variable("LISTEN_FDNAMES", names, sizeof(names));
	take_variable("LISTEN_PIDFDID", names, sizeof(names));
	take_variable("NOTIFY_SOCKET", given.notify, sizeof(given.notify));
}

static int refuse_foreign(struct error *e)
{
	if (!*given.pid)
		error_set(e, "on which port? LISTEN_FDS is set, but LISTEN_PID "
		             "is not, so the sockets may not be for us");
	else
		error_set(e, "on which port? LISTEN_FDS is for the process %s, "
		             "and this is the process %ld", given.pid,
		          (long)getpid());
	error_set_hint(e, "a service manager gives its sockets to the program "
	                  "that it starts: make it start sockchat directly, or "
	                  "with exec in a shell script");
	return -1;
}

int service_sockets(struct endpoint *ep, struct error *e)
{
	long count, pid;

	if (!*given.fds || strcmp(given.fds, "0") == 0)
		return 0;
	if (!number_parse(given.pid, 1, INT32_MAX, &pid) || pid != getpid())
		return refuse_foreign(e);
	if (!number_parse(given.fds, 1, RESOLVE_MAX, &count))
		return error_set(e, "LISTEN_FDS is '%s', not a number of "
		                    "sockets from 1 to %d", given.fds,
		                 RESOLVE_MAX);
	endpoint_set_descriptors(ep, FIRST_FD, (unsigned)count);
	return (int)count;
}

/* -1 with errno. */
static int send_to_manager(const char *text)
{
	struct address a;
	size_t len = strlen(given.notify);
	bool is_path = *given.notify == '/' || *given.notify == '@';

	if (!is_path || len < 2 || len > PATH_MAX_UN)
		return errno = EINVAL, -1;
	address_set_unix(&a, given.notify);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	ssize_t n = sendto(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL,
	                   (const struct sockaddr *)&a.sa, a.len);
	int saved = errno;
	close(fd);
	errno = saved;
	return n < 0 ? -1 : 0;
}

int service_ready(const char *addresses, struct error *e)
{
	char text[TOLD_MAX];

	if (!*given.notify || given.is_ready)
		return 0;
	given.is_ready = true;
	snprintf(text, sizeof(text), "READY=1\nSTATUS=%s%s",
	         *addresses ? "listening on " : "serving one connection",
	         addresses);
	if (!send_to_manager(text))
		return 0;
	return error_set_errno(e, errno, "NOTIFY_SOCKET is %s, and we could "
	                                 "not tell it that we are ready",
	                       given.notify);
}

void service_stopping(void)
{
	if (!given.is_ready)
		return;
	given.is_ready = false;
	(void)send_to_manager("STOPPING=1");
	*given.notify = '\0';
}
