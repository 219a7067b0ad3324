/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a service manager gives and is told, over a real socket. */

#include "unit.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <sockchat/service.h>

static const char *pid_text(void)
{
	static char text[16];

	snprintf(text, sizeof(text), "%ld", (long)getpid());
	return text;
}

static int sockets(const char *pid, const char *fds, struct endpoint *ep,
                   struct error *e)
{
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", fds, 1);
	if (!*pid)
		unsetenv("LISTEN_PID");
	service_begin();
	return service_sockets(ep, e);
}

static void sockets_that_are_ours_are_taken(void **state)
{
	struct endpoint ep = { .scheme = ENDPOINT_TCP };
	struct error e;

	(void)state;
	assert_int_equal(sockets(pid_text(), "1", &ep, &e), 1);
	assert_int_equal(ep.scheme, ENDPOINT_FD);
	assert_string_equal(ep.host, "3");
	assert_int_equal(sockets(pid_text(), "64", &ep, &e), 64);
	assert_string_equal(ep.host, "3-66");
	assert_int_equal(sockets(pid_text(), "0", &ep, &e), 0);
}

static void assert_refused(const char *pid, const char *fds, const char *text)
{
	struct endpoint ep;
	struct error e = { .text = "" };

	assert_int_equal(sockets(pid, fds, &ep, &e), -1);
	if (!strstr(e.text, text))
		fail_msg("%s", e.text);
}

static void sockets_that_are_not_ours_are_told(void **state)
{
	(void)state;
	assert_refused("1", "2", "LISTEN_FDS is for the process 1, and this");
	assert_refused("", "2", "LISTEN_PID is not, so the sockets may not be "
	                        "for us");
	assert_refused("x", "2", "LISTEN_FDS is for the process x");
	assert_refused(pid_text(), "65", "from 1 to 64");
	assert_refused(pid_text(), "-1", "from 1 to 64");
	assert_refused(pid_text(), "many", "from 1 to 64");
}

static void programs_that_we_start_do_not_get_the_variables(void **state)
{
	static const char *const names[] = { "LISTEN_PID", "LISTEN_FDS",
		                             "LISTEN_FDNAMES",
		                             "LISTEN_PIDFDID",
		                             "NOTIFY_SOCKET" };

	(void)state;
	for (size_t i = 0; i < 5; i++)
		setenv(names[i], "1", 1);
	service_begin();
	for (size_t i = 0; i < 5; i++)
		assert_null(getenv(names[i]));
}

/* A socket that hears what is told; "@NAME" is abstract. */
static int hear(char name[64], bool is_abstract)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(name, 64, "%ssockchat-notify-%ld", is_abstract ? "@" : "/tmp/",
	         (long)getpid());
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", name);
	if (is_abstract)
		un.sun_path[0] = '\0';
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	                            strlen(name) + !is_abstract);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, len), 0);
	return fd;
}

static void assert_heard(int fd, const char *text)
{
	char bytes[1024];
	ssize_t n = recv(fd, bytes, sizeof(bytes) - 1, MSG_DONTWAIT);

	bytes[n > 0 ? n : 0] = '\0';
	assert_string_equal(bytes, text);
}

static void a_manager_is_told_once_what_we_do(void **state)
{
	static const char text[] = "127.0.0.1:9999, unix:@y";
	struct error e;
	char name[64];

	(void)state;
	for (int i = 0; i < 2; i++) {
		int fd = hear(name, i);
		setenv("NOTIFY_SOCKET", name, 1);
		service_begin();
		service_stopping(); /* we have not been ready */
		assert_heard(fd, "");
		assert_int_equal(service_ready(i ? "" : text, &e), 0);
		assert_int_equal(service_ready("again", &e), 0);
		assert_heard(fd, i ? "READY=1\nSTATUS=serving one connection"
		                   : "READY=1\nSTATUS=listening on "
		                     "127.0.0.1:9999, unix:@y");
		service_stopping();
		service_stopping();
		assert_heard(fd, "STOPPING=1");
		assert_heard(fd, "");
		close(fd);
		unlink(name);
	}
}

static void a_manager_that_cannot_hear_is_an_error(void **state)
{
	static const char *const names[] = { "relative", "/nowhere/x", "/", "@",
		                             "vsock:2:1234" };
	char name[200] = "/";
	struct error e;

	(void)state;
	memset(name + 1, 'x', 150);
	for (size_t i = 0; i < 6; i++) {
		setenv("NOTIFY_SOCKET", i < 5 ? names[i] : name, 1);
		service_begin();
		assert_int_equal(service_ready("", &e), -1);
		assert_non_null(strstr(e.text, "NOTIFY_SOCKET"));
		service_stopping();
	}
	assert_int_equal(service_ready("", &e), 0); /* there is none */
}

/* What we tell is lost then: nothing waits. */
static void a_manager_that_does_not_read_is_not_waited_for(void **state)
{
	char name[64];
	struct error e;
	int fd = hear(name, true), failed = 0;

	(void)state;
	for (int i = 0; i < 10000 && !failed; i++) {
		setenv("NOTIFY_SOCKET", name, 1);
		service_begin();
		failed = service_ready("", &e);
		setenv("NOTIFY_SOCKET", "@", 1);
		service_begin();
		service_stopping();
	}
	assert_int_equal(failed, -1);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sockets_that_are_ours_are_taken),
		cmocka_unit_test(sockets_that_are_not_ours_are_told),
		cmocka_unit_test(
		    programs_that_we_start_do_not_get_the_variables),
		cmocka_unit_test(a_manager_is_told_once_what_we_do),
		cmocka_unit_test(a_manager_that_cannot_hear_is_an_error),
		cmocka_unit_test(
		    a_manager_that_does_not_read_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
