/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A connection whose facts are made up.  For one program of tests each. */

#ifndef TESTS_HEALTH_SCENE_H
#define TESTS_HEALTH_SCENE_H

#include "unit.h"

#include <sockchat/health.h>

#define SECOND INT64_C(1000000000)

static struct health health;
static struct facts f;

/* An open connection, an hour after the clock began; nothing has moved. */
static inline int start(void **state)
{
	(void)state;
	health = (struct health){ .number = 0 };
	f = (struct facts){
		.now = { .mono_ns = 3600 * SECOND },
		.number = 1,
		.phase = ENTRY_OPEN,
		.since = { .wall_us = 1, .mono_ns = 3590 * SECOND },
		.opened = { .wall_us = 1, .mono_ns = 3590 * SECOND },
		.name = "echo:9",
		.peer = "127.0.0.1:9",
		.local = "127.0.0.1:8",
		.owner = "nc (pid 78)",
		.pid = 77,
		.is_tcp = true,
		.has_tcp = true,
		.tcp = { .state = TCP_STATE_ESTABLISHED },
	};
	return 0;
}

#endif
