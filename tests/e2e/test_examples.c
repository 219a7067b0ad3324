/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* docs/examples.md: what it shows is what happens. `make examples` writes the
 * page anew. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "../cmocka_more.h"
#include "peer.h"

static void assert_played(const char *section)
{
	const char *argv[] = { "python3", peer_path("play_examples.py"),
		               getenv("SOCKCHAT_BIN"), "docs/examples.md",
		               section, NULL };
	struct proc p;

	proc_start(&p, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_wait(&p);
	assert_out(&p, "");
	assert_silent(&p);
	assert_int_equal(p.status, 0);
	proc_finish(&p);
}

static void a_container_s_port_is_found_on_its_loopback(void **state)
{
	(void)state;
	if (system("unshare --map-root-user --net true 2>/dev/null"))
		skip_because("no namespaces here");
	assert_played("A container whose port nobody reaches");
}

static void a_camera_answers_after_cr_lf(void **state)
{
	(void)state;
	assert_played("A camera that wants CR LF");
}

static void a_unity_client_s_lengths_are_seen(void **state)
{
	(void)state;
	assert_played("A Unity client with length prefixes");
}

static void a_server_that_decodes_each_read_is_found_out(void **state)
{
	(void)state;
	assert_played("A server that decodes each recv()");
}

static void a_recording_is_a_mock(void **state)
{
	(void)state;
	assert_played("A mock from a recording");
}

static void a_fault_strikes_a_database_s_wire(void **state)
{
	(void)state;
	assert_played("A fault on a database's wire");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_container_s_port_is_found_on_its_loopback),
		cmocka_unit_test(a_camera_answers_after_cr_lf),
		cmocka_unit_test(a_unity_client_s_lengths_are_seen),
		cmocka_unit_test(a_server_that_decodes_each_read_is_found_out),
		cmocka_unit_test(a_recording_is_a_mock),
		cmocka_unit_test(a_fault_strikes_a_database_s_wire),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
