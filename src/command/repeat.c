/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* /repeat: the same line again and again, in equal steps of time. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/audience.h>
#include <sockchat/number.h>
#include <sockchat/timer.h>
#include <sockchat/word.h>

#include "commands_private.h"

#define TIMES_MAX  1000000000L
#define HAS_TYPED  "/repeat has typed it %ld of %ld times"
#define CROWDED_NS (10 * MS_NS) /* until a peer that reads slowly is asked */

struct repeat {
	struct chat_task task; /* has to be the first */
	struct chat *chat;
	struct timer timer;
	long times, done;
	int64_t every_ns;
	size_t len;
	char line[];
};

static void free_repeat(struct repeat *r)
{
	r->chat->repeat = NULL;
	timer_stop(&r->timer);
	free(r);
}

/* Tell how far it has come: an error when the chat is left before its end. */
static void finish_repeat(struct chat_task *t)
{
	struct repeat *r = (struct repeat *)t;
	struct chat *c = r->chat;
	if (c->is_leaving)
		chat_refuse(c, "", HAS_TYPED, r->done, r->times);
	else
		chat_note(c, "repeated", HAS_TYPED, r->done, r->times);
	free_repeat(r);
}

static void tell_repeat(const struct chat_task *t, char *out, size_t cap)
{
	const struct repeat *r = (const struct repeat *)t;
	snprintf(out, cap, "repeat %ld/%ld: Ctrl-C stops it", r->done,
	         r->times);
}

/* Do it once more.  False when that is no use, or it has ended /repeat. */
static bool type_again(struct repeat *r)
{
	struct chat *c = r->chat;
	bool failed = c->type(c, r->line, r->len) < 0;
	if (c->repeat != &r->task)
		return false;
	bool goes_on = !c->is_leaving && !failed;
	r->done += goes_on;
	if (goes_on && r->done < r->times)
		return true;
	finish_repeat(&r->task);
	return false;
}

/* A peer may have to take first what went before. */
static void on_repeat_time(struct timer *t)
{
	struct repeat *r = t->user;
	struct chat *c = r->chat;
	bool is_crowded = chat_congestion(c) != CONGESTION_NONE;
	chat_input_spoke(c);
	if (c->is_leaving)
		finish_repeat(&r->task);
	else if (is_crowded || type_again(r))
		timer_start(c->loop, t, is_crowded && r->every_ns < CROWDED_NS
		                            ? CROWDED_NS : r->every_ns);
}

/* Read N and EVERY, so that only TEXT is left.  -1 with a sentence. */
static int parse_repeat(struct chat *c, char **args, long *times,
                        int64_t *every_ns, struct error *e)
{
	const char *count = word_cut(args), *every = word_cut(args);
	int64_t ms;
	if (c->repeat)
		return error_set(e, "one is running; /cancel stops it");
	if (!**args)
		return error_set(e, "it needs N, EVERY and TEXT");
	if (!number_parse(count, 1, TIMES_MAX, times))
		return error_set(e, "'%s' is not a number of times from 1 to "
		                    "%ld", count, TIMES_MAX);
	if (number_parse_time(every, &ms, e))
		return -1;
	*every_ns = ms * MS_NS;
	return 0;
}

/* NULL with a sentence. */
static struct repeat *new_repeat(struct chat *c, char *args, struct error *e)
{
	long times = 0;
	int64_t every_ns = 0;
	if (parse_repeat(c, &args, &times, &every_ns, e))
		return NULL;
	size_t len = strlen(args);
	struct repeat *r = calloc(1, sizeof(*r) + len);
	if (!r) {
		error_set_errno(e, ENOMEM, "nothing was sent");
		return NULL;
	}
	*r = (struct repeat){
		.task = { .finish = finish_repeat, .tell = tell_repeat },
		.chat = c,
		.timer = { .on_time = on_repeat_time, .user = r },
		.times = times,
		.every_ns = every_ns,
		.len = len,
	};
	memcpy(r->line, args, len);
	return r;
}

int run_repeat(struct chat *c, char *args)
{
	struct error e;
	struct repeat *r = new_repeat(c, args, &e);
	if (!r)
		return chat_refuse(c, "for example /repeat 10 1s PING",
		                   "/repeat: %s", e.text);
	c->repeat = &r->task;
	if (r->times > 1)
		chat_note(c, "repeating", "/repeat types it %ld times: /cancel "
		          "stops it", r->times);
	on_repeat_time(&r->timer);
	return 0;
}
