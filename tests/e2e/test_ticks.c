/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where the bytes of what was sent are, as JSON tells it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "proc.h"

/* JSON in a conversation with us, who take `room` bytes before we read.  The
 * text waits for the connection. */
static int converse_from(struct proc *p, int room, const char *ticks,
                         const char *text)
{
	uint16_t port;
	int listener = net_listen(&port);

	if (room)
		assert_int_equal(setsockopt(listener, SOL_SOCKET, SO_RCVBUF,
		                            &room, sizeof(room)), 0);
	proc_sockchat(p, "connect", "--json", "--ticks", ticks, "127.0.0.1",
	              port_text(port), NULL);
	proc_write_text(p, text);
	int fd = net_accept(listener);
	close(listener);
	proc_expect_out(p, "\"state\":\"open\"");
	return fd;
}

static int converse(struct proc *p, int room, const char *ticks)
{
	return converse_from(p, room, ticks, "");
}

static void what_has_arrived_is_acknowledged_in_its_line(void **state)
{
	struct proc p;
	int fd = converse(&p, 0, "on");

	(void)state;
	proc_write_text(&p, "hello\n");
	proc_expect_out(&p, "\"text\":\"hello\\n\",\"complete\":true,"
	                    "\"state\":\"acked\",\"ack_ms\":0.");
	proc_finish(&p);
	close(fd);
}

static void an_answer_comes_after_what_it_answers(void **state)
{
	struct proc p;
	int fd = converse(&p, 0, "on");

	(void)state;
	proc_write_text(&p, "ping\n");
	net_expect(fd, "ping\n");
	net_send_text(fd, "pong\n");
	proc_expect_out(&p, "\"text\":\"pong\\n\"");
	const char *ping = strstr(p.out_text.bytes, "\"text\":\"ping\\n\"");
	assert_non_null(ping);
	assert_non_null(strstr(ping, "\"state\":\"acked\""));
	assert_true(ping < strstr(p.out_text.bytes, "\"text\":\"pong\\n\""));
	assert_non_null(strstr(ping, "\"wait_ms\":"));
	proc_finish(&p);
	close(fd);
}

/* So many bytes as one line. */
static void write_line(struct proc *p, size_t len)
{
	char *line = malloc(len);

	assert_non_null(line);
	memset(line, 'x', len - 1);
	line[len - 1] = '\n';
	proc_write(p, line, len);
	free(line);
}

static void what_is_stuck_says_so_and_its_arrival_later(void **state)
{
	struct proc p;
	int fd = converse(&p, 4096, "on");
	struct text got = { 0 };

	(void)state;
	write_line(&p, 8 << 20); /* more than both systems take */
	proc_expect_out(&p, "\"complete\":true,\"state\":\"queued\"}");
	assert_int_equal(net_read(fd, &got, 8 << 20), 0);
	proc_expect_out(&p, "\"kind\":\"ack\",\"dir\":\"out\"");
	proc_expect_out(&p, "\"state\":\"acked\",\"ack_ms\":");
	proc_finish(&p);
	text_finish(&got);
	close(fd);
}

/* The system stamps the end of each write alone. */
static void the_first_of_a_write_is_acknowledged_in_its_time(void **state)
{
	char text[6002] = "first\n";
	struct proc p;
	const char *ack;

	(void)state;
	memset(text + 6, 'x', sizeof(text) - 8);
	text[sizeof(text) - 2] = '\n';
	text[sizeof(text) - 1] = '\0';
	int fd = converse_from(&p, 2048, "on", text);
	proc_expect_out(&p, "\"ack_ms\":");
	ack = strstr(p.out_text.bytes, "\"ack_ms\":");
	assert_true(strtod(ack + 9, NULL) < 100);
	proc_finish(&p);
	close(fd);
}

static void what_is_switched_off_is_not_told(void **state)
{
	struct proc p;
	int fd = converse(&p, 0, "off");

	(void)state;
	proc_write_text(&p, "hello\n");
	proc_expect_out(&p, "\"text\":\"hello\\n\",\"complete\":true}\n");
	proc_finish(&p);
	close(fd);
}

static void what_was_lost_is_not_acknowledged(void **state)
{
	struct proc p;
	int fd = converse(&p, 4096, "on");
	struct text got = { 0 };

	(void)state;
	write_line(&p, 8 << 20);
	assert_int_equal(net_read(fd, &got, 1), 0);
	net_reset(fd);
	proc_expect_exit(&p, 1);
	assert_null(strstr(p.out_text.bytes, "\"acked\""));
	assert_non_null(strstr(p.out_text.bytes, "were never acknowledged"));
	assert_non_null(strstr(p.out_text.bytes, "\"state\":\"lost\""));
	text_finish(&got);
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_arrived_is_acknowledged_in_its_line),
		cmocka_unit_test(an_answer_comes_after_what_it_answers),
		cmocka_unit_test(what_is_stuck_says_so_and_its_arrival_later),
		cmocka_unit_test(
		    the_first_of_a_write_is_acknowledged_in_its_time),
		cmocka_unit_test(what_is_switched_off_is_not_told),
		cmocka_unit_test(what_was_lost_is_not_acknowledged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
