/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What protocol a peer speaks, by the first bytes that it sends.  Pure, and
 * rather silent than wrong. */

#ifndef SOCKCHAT_RECOGNISE_H
#define SOCKCHAT_RECOGNISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECOGNISE_MAX ((size_t)2048) /* more bytes are not looked at */
#define RECOGNISE_TEXT_MAX 320

/* Who sent them: who connected, or who was connected to. */
enum recognise_side { RECOGNISE_CLIENT, RECOGNISE_SERVER };
enum recognise_result { RECOGNISE_NO, RECOGNISE_MORE, RECOGNISE_YES };

struct recognised {
	unsigned row;     /* below 64 */
	const char *name; /* "TLS" */
	const char *code; /* "protocol-tls": of the note */
	/* Safe: "what the peer sends looks like TLS: a ClientHello for …", and
	 * what would speak it. */
	char text[RECOGNISE_TEXT_MAX], hint[RECOGNISE_TEXT_MAX];
};

/* `bytes` are the first that this side has sent; MORE: those that follow may
 * tell, unless these are `all`.  `where` is "HOST:PORT", safe, behind "tls://"
 * if they came through TLS: our end for what a client sent, the peer's for a
 * server.  `*out` is written with YES alone. */
enum recognise_result recognise(struct recognised *out, const uint8_t *bytes,
                                size_t len, bool is_all,
                                enum recognise_side from, const char *where);

/* What may come after other bytes too: Telnet's negotiation, by the bytes of
 * one read. */
bool recognise_later(struct recognised *out, const uint8_t *bytes, size_t len,
                     enum recognise_side from, const char *where);

#endif
