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

/* Who connected, or who was connected to. */
enum recognise_side { RECOGNISE_CLIENT, RECOGNISE_SERVER };
enum recognise_result { RECOGNISE_NO, RECOGNISE_MORE, RECOGNISE_YES };

/* Who sent the bytes. */
struct speaker {
	enum recognise_side side;
	bool is_over_tls;  /* they came through TLS */
	bool has_datagrams; /* these are the first of them, as a whole */
	/* "HOST:PORT", safe, also behind "tls://": our end for what a client
	 * sent, the peer's for a server. */
	const char *where;
};

struct recognised {
	unsigned row;     /* below 64 */
	const char *name; /* "TLS" */
	const char *code; /* "protocol-tls": of the note */
	const char *frame; /* the SPEC that shows its messages; or NULL */
	/* Safe: "what the peer sends looks like TLS: a ClientHello for …", and
	 * what would speak it. */
	char text[RECOGNISE_TEXT_MAX], hint[RECOGNISE_TEXT_MAX];
};

/* `bytes` are the first that the speaker has sent; MORE: those that follow may
 * tell, unless these are all.  `*out` is written with YES alone. */
enum recognise_result recognise(struct recognised *out, const uint8_t *bytes,
                                size_t len, bool is_all,
                                const struct speaker *from);

/* What may come after other bytes too: Telnet's negotiation, by the bytes of
 * one read. */
bool recognise_later(struct recognised *out, const uint8_t *bytes, size_t len,
                     const struct speaker *from);

#endif
