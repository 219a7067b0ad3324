/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of the monkey share: one monkey, its chance and its notes. */

#ifndef TESTS_MONKEY_H
#define TESTS_MONKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../e2e/pty.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))
#define ANY(table)   ((table)[chance(COUNT(table))])

#define PEERS 6
#define TOLD  40 /* of the last actions */

extern struct monkey {
	struct pty pty;
	unsigned seed;
	uint64_t random;
	int listener; /* of ours, that it may connect to */
	uint16_t port, its_port; /* ours, and where it listens, or 0 */
	int peers[PEERS]; /* -1: none */
	char told[TOLD][120];
	unsigned told_count;
	bool is_over; /* all has gone well */
} monkey;

/* A number below `below`, which follows from the seed. */
uint32_t chance(uint32_t below);

/* Note what the monkey does, to be shown after a failure. */
void tell(const char *what, const void *bytes, size_t len);
void tell_number(const char *what, long number);

/* Whether the program has ended: a key may have told it to. */
bool has_ended(void);

/* What the monkey can do with its hands (hands.c), and what its peers can
 * (peers.c); a weight says how often. */
struct action {
	void (*act)(void);
	uint32_t weight;
};
extern const struct action hand_actions[], peer_actions[];
extern const size_t hand_action_count, peer_action_count;

/* peers.c: close this peer's connection if there is one. */
void drop(int *fd);

#endif
