/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recordings of real protocols, tests/recordings: each is played against its
 * server again, and by us against us.  Python starts them all. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "certs.h"
#include "peer.h"

static const char *const recordings[] = {
	"smtp", "redis", "http", "mqtt",     "imap",
	"ftp",  "rtsp",  "tls",  "tutorial", "binary",
};

/* One after another: each has the time that a test's program has. */
static void play_all(const char *how)
{
	for (size_t i = 0; i < sizeof(recordings) / sizeof(char *); i++) {
		const char *argv[] = {
			"python3", peer_path("play_recordings.py"),
			getenv("SOCKCHAT_BIN"), cert_path(""), how,
			recordings[i], NULL
		};
		struct proc p;
		proc_start(&p, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
		proc_expect_exit(&p, 0);
		assert_silent(&p);
		proc_finish(&p);
	}
}

static void each_is_played_against_its_server_and_recorded_alike(void **state)
{
	(void)state;
	play_all("server");
}

static void both_roles_are_played_against_each_other(void **state)
{
	(void)state;
	play_all("both");
}

static void it_does_not_matter_how_bytes_are_cut_into_reads(void **state)
{
	(void)state;
	play_all("bytes");
}

static void a_byte_that_differs_is_found_in_each_step(void **state)
{
	(void)state;
	play_all("changed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_is_played_against_its_server_and_recorded_alike),
		cmocka_unit_test(both_roles_are_played_against_each_other),
		cmocka_unit_test(
		    it_does_not_matter_how_bytes_are_cut_into_reads),
		cmocka_unit_test(a_byte_that_differs_is_found_in_each_step),
	};
	return cmocka_run_group_tests(tests, certs_setup, certs_teardown);
}
