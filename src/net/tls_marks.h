/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which of the user's bytes have arrived, when the system counts the bytes of
 * records: a mark for the end of each record.  Of marks that are too many some
 * are forgotten, so that bytes count as arrived later than they have, and never
 * before. */

#ifndef NET_TLS_MARKS_H
#define NET_TLS_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TLS_MARKS_MAX 32

/* All zero is empty. */
struct tls_marks {
	struct {
		uint64_t made, user; /* bytes since the start, as in tls_conn */
	} list[TLS_MARKS_MAX];
	size_t count;
};

/* Bytes up to `user` end with those of records up to `made`; both grow.  There
 * has to be room. */
void tls_marks_add(struct tls_marks *m, uint64_t made, uint64_t user);

/* True if there is no room: they have to be thinned. */
bool tls_marks_are_full(const struct tls_marks *m);
/* Forget what arrived before `made`, and of the rest those that stand nearest
 * to others. */
void tls_marks_thin(struct tls_marks *m, uint64_t made);

/* The user's bytes that have arrived, when `made` bytes of records have. */
uint64_t tls_marks_user(const struct tls_marks *m, uint64_t made);

#endif
