/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Datagrams that wait until they are read, each with its length. */

#ifndef NET_INBOX_H
#define NET_INBOX_H

#include <stdbool.h>

#include <sockchat/bytes.h>
#include <sockchat/datagram.h>

/* With so many bytes and lengths it is full; one more datagram may cross it. */
#define INBOX_MAX DATAGRAM_INBOX_MAX

/* All zero is empty, and has no memory. */
struct inbox {
	struct bytes bytes;
	size_t at; /* where the oldest begins */
};

/* Keep a datagram of at most 65,535 bytes.  -1 without memory. */
MUST_USE int inbox_put(struct inbox *box, const void *bytes, size_t len);

/* Take the oldest, which there is, and copy at most `cap` of its bytes.
 * Returns how many. */
size_t inbox_take(struct inbox *box, void *bytes, size_t cap);

void inbox_finish(struct inbox *box);

/* What waits there, lengths included. */
static inline size_t inbox_len(const struct inbox *box)
{
	return box->bytes.len - box->at;
}

static inline bool inbox_is_full(const struct inbox *box)
{
	return inbox_len(box) >= INBOX_MAX;
}

#endif
