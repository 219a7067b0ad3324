/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What programs read: entries as JSON, and the times of pieces. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "entries.h"
#include "peer.h"
#include "proc.h"

/* sockchat as a client with this option, connected to us. */
static int connect_json(struct proc *p, const char *option, const char *value)
{
	uint16_t port;
	int listener = net_listen(&port);

	proc_sockchat(p, "connect", "--ui", "json", "127.0.0.1",
	              port_text(port), option, value, NULL);
	int fd = net_accept(listener);
	proc_expect_out(p, "\"open\"");
	close(listener);
	return fd;
}

static void each_end_says_whose_it_is_and_how_much_there_was(void **state)
{
	struct proc p;
	int fd = connect_json(&p, "--time", "clock");

	(void)state;
	net_send_text(fd, "hello\n");
	proc_write_text(&p, "hi\n/shutdown\n");
	proc_expect_out(&p, "\"half-closed\",\"side\":\"us\"");
	net_expect(fd, "hi\n");
	close(fd);
	proc_expect_out(&p, "\"received\":6,\"sent\":3");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	check_json(&p, "hello\n", 6);
	proc_finish(&p);
}

static void all_bytes_come_in_hex_if_that_is_asked_for(void **state)
{
	struct proc p;
	int fd = connect_json(&p, "--encode", "hex");

	(void)state;
	net_send_text(fd, "he\n");
	net_send(fd, "\xff\n", 2);
	proc_expect_out(&p, "\"hex\":\"68650a\",\"complete\":true");
	proc_expect_out(&p, "\"hex\":\"ff0a\",\"complete\":true");
	close(fd);
	proc_expect_out(&p, "\"side\":\"peer\"");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	check_json(&p, "he\n\xff\n", 5);
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_end_says_whose_it_is_and_how_much_there_was),
		cmocka_unit_test(all_bytes_come_in_hex_if_that_is_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
