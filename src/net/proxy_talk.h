/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is said with a proxy until it has connected us: requests as bytes to
 * write, and answers read from (bytes, length).  No socket is known here.  Not
 * one byte is taken that stands behind the proxy's last answer, as that is the
 * first byte of the peer.
 *
 *     proxy_talk_begin(&t, settings, target, &e);
 *     while (t.state < PROXY_OPEN)
 *             t.state == PROXY_SPEAKS: write all of t.out, proxy_talk_sent(&t);
 *             t.state == PROXY_LISTENS: read at most proxy_talk_wanted(&t)
 *                                       bytes, proxy_talk_take(&t, …);
 *     proxy_talk_end(&t);
 */

#ifndef NET_PROXY_TALK_H
#define NET_PROXY_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/error.h>
#include <sockchat/proxy.h>

#define PROXY_NAME_MAX    256 /* RFC 1928: 255 bytes */
#define PROXY_REQUEST_MAX 2048
#define PROXY_ANSWER_MAX  512 /* of an answer, or of one line */
#define PROXY_SAID_MAX    128

enum proxy_state {
	PROXY_SPEAKS,  /* `out` has to be written */
	PROXY_LISTENS, /* bytes of the proxy are awaited */
	PROXY_OPEN,    /* all bytes from here on are the peer's */
	PROXY_FAILED,  /* `fault` says why */
};

/* How it failed: "PROXY VERB TARGET: SAID". */
struct proxy_fault {
	const char *code, *verb; /* NULL: nothing has failed */
	bool has_target;
	char said[PROXY_SAID_MAX]; /* safe to show; "": nothing */
	const char *hint;
};

struct proxy_talk;
typedef void proxy_talk_fn(struct proxy_talk *t);

struct proxy_talk {
	enum proxy_state state;
	struct bytes out; /* may have the password: it is wiped */
	const struct proxy_settings *settings;
	char name[PROXY_NAME_MAX]; /* the target's; "": it is `address` */
	uint8_t address[16];
	size_t address_len; /* 4 or 16 */
	uint16_t port;
	uint8_t in[PROXY_ANSWER_MAX];
	size_t in_len, wanted; /* read, and to be read before it is a whole */
	size_t total;          /* bytes that the proxy has sent */
	unsigned status;       /* of HTTP; 0: its line has not come */
	uint8_t words[PROXY_SAID_MAX]; /* of that line, "403 Forbidden" */
	size_t words_len;
	bool offers_basic, offers_other; /* ways to log in */
	proxy_talk_fn *on_whole; /* what is done with the answer */
	struct proxy_fault fault;
	bool is_foreign; /* it has failed, as this is no proxy's answer */
};

/* Begin with the first request.  `settings` is borrowed until the end.  -1 with
 * a sentence if the proxy cannot be asked for this target. */
MUST_USE
int proxy_talk_begin(struct proxy_talk *t,
                     const struct proxy_settings *settings,
                     const struct endpoint *target, struct error *e);

/* All of `out` has been written. */
void proxy_talk_sent(struct proxy_talk *t);

/* How many bytes may be read now without taking one of the peer's. */
size_t proxy_talk_wanted(const struct proxy_talk *t);

/* Take what the proxy has sent.  Returns how much of it was the proxy's: more
 * is not looked at when the state is no longer PROXY_LISTENS. */
size_t proxy_talk_take(struct proxy_talk *t, const uint8_t *bytes, size_t len);

/* The proxy has ended, or failed with `errnum`, before it had answered. */
void proxy_talk_lose(struct proxy_talk *t, int errnum);

/* For a talk that `is_foreign`: look at more of what has come, for the name of
 * what speaks there. */
void proxy_talk_name(struct proxy_talk *t, const uint8_t *bytes, size_t len);

/* Write why it has failed.  `where` is what a sentence calls the proxy, "the
 * proxy localhost:1080", and `target` whom it was asked for. */
void proxy_talk_explain(const struct proxy_talk *t, const char *where,
                        const char *target, struct error *e);

/* The same when it has not ended within `ms`. */
void proxy_talk_explain_late(const struct proxy_talk *t, int64_t ms,
                             const char *where, const char *target,
                             struct error *e);

/* Wipe and free. */
void proxy_talk_end(struct proxy_talk *t);

#endif
