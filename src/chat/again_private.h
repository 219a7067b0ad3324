/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the chat knows of the endpoints that were used, and of connecting by
 * itself. */

#ifndef AGAIN_PRIVATE_H
#define AGAIN_PRIVATE_H

#include <sockchat/again.h>

#define USED_MAX      64
#define ENDPOINT_MODES (ENDPOINT_LISTEN + 1)

/* The endpoints that were used. */
struct used {
	struct endpoint last[ENDPOINT_MODES];
	bool has_last[ENDPOINT_MODES];
	struct endpoint target; /* of the last that listened */
	bool has_target;
	enum endpoint_mode latest;
	char *names[ENDPOINT_MODES][USED_MAX]; /* NULL behind the last */
};

/* Connecting by itself, to the endpoint used last. */
struct again {
	struct retry retry;
	struct timer timer; /* until the next try */
	uint32_t number;    /* the session that it is about */
	bool is_trying;     /* it is not open, and failures do not end it */
	bool is_awaited;    /* what is typed has to wait until it is open */
	bool is_lost;       /* the peer has ended it */
	bool is_led;        /* there by --on-connect, which is done */
	uint64_t greeted;   /* bytes that --on-connect has sent */
	bool is_entered;    /* Enter has begun it, and it is not open yet */
	bool is_offered;    /* what Enter does now has been told */
	char code[sizeof(((struct error *)0)->code)]; /* told last */
};

/* used.c */

/* It is used now. */
void chat_use(struct chat *c, enum endpoint_mode mode,
              const struct endpoint *ep);
void chat_forget_used(struct chat *c);
/* Note where what comes at the last listener goes; NULL: nowhere. */
void chat_use_target(struct chat *c, const struct endpoint *target);
const struct endpoint *chat_last_target(const struct chat *c);

/* again.c */

/* A session is over: whether there will be another try, which is told.  `why`
 * is what on_end() of struct session_ops got. */
bool chat_try_again(struct chat *c, const struct session *s,
                    const struct error *why);
/* A session is open. */
void chat_note_open(struct chat *c, const struct session *s);
/* The peer has ended.  True: --reconnect makes that the end of it all. */
bool chat_lose(struct chat *c, struct session *s);
/* At the end of a turn: type what --on-connect says. */
void chat_greet(struct chat *c);
/* Tell once what Enter does now that nobody is there, if it does anything. */
void chat_tell_again(struct chat *c);
/* What the end of a connection of ours says one can do then; or "". */
const char *chat_end_hint(const struct chat *c);

#endif
