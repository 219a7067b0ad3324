/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Real clients and their servers, with a sockchat that forwards between them,
 * by the programs in tests/e2e/middle. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "middle.h"

#define PAIR(name, test)                                                       \
	static void test(void **state)                                         \
	{                                                                      \
		(void)state;                                                   \
		run_middle("../middle/pairs.py", name, NULL);                  \
	}

PAIR("redis", redis_benchmark_and_redis_notice_nothing)
PAIR("curl", curl_and_nginx_notice_nothing)
PAIR("mosquitto", mosquitto_and_its_clients_notice_nothing)
PAIR("git", git_and_its_daemon_notice_nothing)
PAIR("ssh", ssh_and_git_over_it_notice_nothing)
PAIR("modbus", a_master_and_a_slave_of_modbus_notice_nothing)
PAIR("rtsp", a_viewer_and_a_camera_notice_nothing)

int main(void)
{
#define T(test) cmocka_unit_test(test)
	const struct CMUnitTest tests[] = {
		T(redis_benchmark_and_redis_notice_nothing),
		T(curl_and_nginx_notice_nothing),
		T(mosquitto_and_its_clients_notice_nothing),
		T(git_and_its_daemon_notice_nothing),
		T(ssh_and_git_over_it_notice_nothing),
		T(a_master_and_a_slave_of_modbus_notice_nothing),
		T(a_viewer_and_a_camera_notice_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
