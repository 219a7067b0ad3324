/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <string.h>

#include "inbox.h"

/* Each datagram stands behind its length. */
int inbox_put(struct inbox *box, const void *bytes, size_t len)
{
	uint16_t length = (uint16_t)len;
	if (bytes_reserve(&box->bytes, sizeof(length) + len))
		return -1;
	if (bytes_append(&box->bytes, &length, sizeof(length)) ||
	    bytes_append(&box->bytes, bytes, len))
		return -1;
	return 0;
}

/* A quiet peer has no memory; and what was read is forgotten when it is half of
 * all, so that no byte is moved twice. */
static void forget_read(struct inbox *box)
{
	if (box->at == box->bytes.len) {
		inbox_finish(box);
	} else if (box->at > box->bytes.len / 2) {
		bytes_consume(&box->bytes, box->at);
		box->at = 0;
	}
}

size_t inbox_take(struct inbox *box, void *bytes, size_t cap)
{
	const uint8_t *oldest = box->bytes.data + box->at;
	uint16_t length;
	memcpy(&length, oldest, sizeof(length));
	size_t len = length < cap ? length : cap;
	memcpy(bytes, oldest + sizeof(length), len);
	box->at += sizeof(length) + length;
	forget_read(box);
	return len;
}

void inbox_finish(struct inbox *box)
{
	bytes_finish(&box->bytes);
	*box = (struct inbox){ .at = 0 };
}
