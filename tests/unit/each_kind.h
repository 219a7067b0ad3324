/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The same tests over each kind of fake transport: what uses one must neither
 * need TCP's traits nor its acknowledgements. */

#ifndef TESTS_EACH_KIND_H
#define TESTS_EACH_KIND_H

#include "unit.h"

#include "../fake/fake_transport.h"

__attribute__((unused)) static int failures;

/* How many have failed. */
#define run_over_each_kind(tests)                                             \
	(fake_choose_kind(&transport_fake),                                   \
	 failures = cmocka_run_group_tests_name("like TCP", tests, NULL,      \
	                                        NULL),                        \
	 fake_choose_kind(&transport_fake_bare),                              \
	 failures + cmocka_run_group_tests_name("bare", tests, NULL, NULL))

#endif
