/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Descriptors that we were started with, over real sockets. */

#include "tcp_pair.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>

#include <sockchat/transport.h>

#include "../../src/net/inherited.h"
#include "../../src/net/tcp.h"
#include "../../src/net/unix.h"

static const struct socket_settings settings = SOCKET_DEFAULTS;
static bool is_poll_wrong; /* it tells of a peer whom somebody else has taken */

int poll(struct pollfd *list, nfds_t count, int ms)
{
	if (is_poll_wrong) {
		list->revents = POLLIN;
		return 1;
	}
	return (int)syscall(SYS_poll, list, count, ms);
}

static struct transport *take_as(const struct transport_ops *ops, int fd)
{
	struct address a;

	address_set_fd(&a, fd);
	return ops->listen(&a, &settings);
}

static struct transport *take(int fd)
{
	return take_as(&transport_inherited, fd);
}

static struct transport *take_udp(int fd)
{
	return take_as(&transport_inherited_udp, fd);
}

static int listen_at(struct sockaddr_in *sa)
{
	socklen_t len = sizeof(*sa);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*sa = (struct sockaddr_in){ .sin_family = AF_INET };
	sa->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)sa, len), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)sa, &len), 0);
	return fd;
}

static int dial(const struct sockaddr_in *sa)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (const struct sockaddr *)sa, sizeof(*sa)),
	                 0);
	return fd;
}

static void assert_refused(int fd, int errnum, const char *text)
{
	char where[ADDRESS_TEXT_MAX];
	struct address a;
	struct error e;

	address_set_fd(&a, fd);
	address_format(&a, where);
	assert_null(take(fd));
	assert_int_equal(errno, errnum);
	transport_explain(&transport_inherited, &(struct failure){
		.kind = FAILED_TO_LISTEN, .errnum = errno, .where = where,
		.address = &a }, &e);
	assert_non_null(strstr(e.text, text));
	assert_non_null(strstr(e.text, where));
}

static void what_cannot_be_served_is_said(void **state)
{
	const struct linger rst = { 1, 0 };
	struct pair p;
	int packets = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	int unix_udp = socket(AF_UNIX, SOCK_DGRAM, 0);
	int udp = socket(AF_INET, SOCK_DGRAM, 0);
	int idle = socket(AF_INET, SOCK_STREAM, 0);
	int own = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int file = open("/dev/null", O_RDONLY);

	(void)state;
	assert_refused(900, EBADF, "is not open");
	assert_refused(file, ENOTSOCK, "not a socket");
	assert_refused(packets, ESOCKTNOSUPPORT,
	               "or a unix stream socket");
	assert_refused(udp, EPROTOTYPE, "is for datagrams");
	assert_null(take_udp(udp)); /* it has no port */
	assert_int_equal(errno, ENOTCONN);
	assert_null(take_udp(unix_udp));
	assert_int_equal(errno, ESOCKTNOSUPPORT);
	assert_null(take_udp(idle));
	assert_int_equal(errno, ESOCKTNOSUPPORT);
	assert_refused(idle, ENOTCONN, "does not listen and is not connected");
	assert_refused(own, EBADF, "is not open");
	pair_open(&p);
	setsockopt(p.near, SOL_SOCKET, SO_LINGER, &rst, sizeof(rst));
	close(p.near);
	int reset = fcntl(p.far, F_DUPFD, 0);
	assert_refused(reset, ECONNRESET, "reset it before it was served");
	close(p.far);
	close(reset);
	close(packets);
	close(unix_udp);
	close(udp);
	close(idle);
	close(own);
	close(file);
}

static void a_socket_that_listens_accepts_and_keeps_its_flags(void **state)
{
	struct sockaddr_in sa;
	int fd = listen_at(&sa), copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	int flags = fcntl(copy, F_GETFL), on = 0;
	struct transport *t = take(fd);
	struct address peer;
	socklen_t len = sizeof(on);

	(void)state;
	assert_non_null(t);
	assert_false(t->is_open);
	assert_null(transport_inherited.accept(t, &peer));
	assert_int_equal(errno, EAGAIN);
	int near = dial(&sa);
	struct transport *far = transport_inherited.accept(t, &peer);
	assert_non_null(far);
	assert_ptr_equal(far->ops, &transport_tcp);
	assert_int_equal(fcntl(copy, F_GETFL), flags);
	assert_true(fcntl(far->fd, F_GETFL) & O_NONBLOCK);
	/* what is set is so for who comes, and not for others who listen */
	assert_int_equal(getsockopt(far->fd, SOL_SOCKET, SO_KEEPALIVE, &on,
	                            &len), 0);
	assert_int_equal(on, 1);
	assert_int_equal(getsockopt(copy, SOL_SOCKET, SO_KEEPALIVE, &on, &len),
	                 0);
	assert_int_equal(on, 0);
	far->ops->close(far, false);
	transport_inherited.close(t, false);
	close(near);
	near = dial(&sa); /* others still listen */
	close(near);
	close(copy);
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static void a_peer_whom_somebody_else_has_taken_stops_nothing(void **state)
{
	struct sockaddr_in sa;
	struct transport *t = take(listen_at(&sa));
	struct address peer;

	(void)state;
	is_poll_wrong = true;
	int64_t start = now_ns();
	assert_null(transport_inherited.accept(t, &peer));
	assert_int_equal(errno, EAGAIN);
	assert_true(now_ns() - start < INT64_C(10000000000));
	is_poll_wrong = false;
	transport_inherited.close(t, false);
}

static void a_connection_is_one_without_waiting(void **state)
{
	struct pair p;
	char bytes[8];

	(void)state;
	pair_open(&p);
	int copy = p.far, flags = fcntl(copy, F_GETFL);
	struct transport *t = take(fcntl(copy, F_DUPFD, 0));
	assert_non_null(t);
	assert_true(t->is_open);
	assert_ptr_equal(t->ops, &transport_tcp);
	assert_false(transport_can_splice(t));
	assert_int_equal(t->ops->read(t, bytes, sizeof(bytes)), -1);
	assert_int_equal(errno, EAGAIN);
	while (t->ops->write(t, bytes, sizeof(bytes)) > 0)
		;
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(fcntl(copy, F_GETFL), flags);
	t->ops->close(t, false);
	pair_close(&p);
}

/* Also while somebody else has the connection. */
static void assert_ends(bool abort)
{
	struct pair p;
	char byte;

	pair_open(&p);
	struct transport *t = take(fcntl(p.far, F_DUPFD, 0));
	assert_non_null(t);
	t->ops->close(t, abort);
	assert_int_equal(recv(p.near, &byte, 1, 0), abort ? -1 : 0);
	if (abort)
		assert_int_equal(errno, ECONNRESET);
	pair_close(&p);
}

static void its_peer_sees_the_end_whoever_else_has_it(void **state)
{
	(void)state;
	assert_ends(false);
	assert_ends(true);
}

/* Two sockets of UDP, the first connected to the second. */
static void udp_pair(int fds[2])
{
	for (int i = 1; i >= 0; i--) {
		struct sockaddr_in sa = { .sin_family = AF_INET };
		socklen_t len = sizeof(sa);
		sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		fds[i] = socket(AF_INET, SOCK_DGRAM, 0);
		if (i) {
			assert_int_equal(
			    bind(fds[1], (struct sockaddr *)&sa, len), 0);
			continue;
		}
		assert_int_equal(
		    getsockname(fds[1], (struct sockaddr *)&sa, &len), 0);
		assert_int_equal(connect(fds[0], (struct sockaddr *)&sa, len),
		                 0);
	}
}

static void a_socket_of_udp_has_one_peer_or_is_a_hub(void **state)
{
	int fds[2], copies[2], flags[2];
	struct transport *t[2];
	struct address peer;
	char bytes[8];

	(void)state;
	udp_pair(fds);
	for (int i = 0; i < 2; i++) {
		copies[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
		flags[i] = fcntl(copies[i], F_GETFL);
		t[i] = take_udp(fds[i]);
		assert_non_null(t[i]);
		assert_int_equal(t[i]->is_open, !i);
	}
	assert_int_equal(t[0]->ops->write(t[0], "ask", 3), 3);
	assert_int_equal(recv(copies[1], bytes, sizeof(bytes), 0), 3);
	assert_int_equal(t[0]->ops->read(t[0], bytes, sizeof(bytes)), -1);
	assert_int_equal(errno, EAGAIN);
	assert_null(t[1]->ops->accept(t[1], &peer));
	assert_int_equal(errno, EAGAIN);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(fcntl(copies[i], F_GETFL), flags[i]);
		t[i]->ops->close(t[i], false);
		close(copies[i]);
	}
}

static void the_file_of_a_unix_socket_stays(void **state)
{
	char dir[] = "/tmp/sockchat-inherited-XXXXXX";
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/x", dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listen(fd, 1), 0);
	struct transport *t = take(fd);
	assert_non_null(t);
	transport_inherited.close(t, false);
	assert_int_equal(unlink(un.sun_path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_served_is_said),
		cmocka_unit_test(
		    a_socket_that_listens_accepts_and_keeps_its_flags),
		cmocka_unit_test(
		    a_peer_whom_somebody_else_has_taken_stops_nothing),
		cmocka_unit_test(a_connection_is_one_without_waiting),
		cmocka_unit_test(its_peer_sees_the_end_whoever_else_has_it),
		cmocka_unit_test(a_socket_of_udp_has_one_peer_or_is_a_hub),
		cmocka_unit_test(the_file_of_a_unix_socket_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
