/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* /repeat: the same message again and again, in equal steps of time. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/audience.h>
#include <sockchat/number.h>
#include <sockchat/timer.h>

#include "commands_private.h"

#define TIMES_MAX  1000000000L
#define CROWDED_NS (10 * MS_NS) /* until a peer that reads slowly is asked */

struct repeat {
	struct chat_task task; /* has to be the first */
	struct chat *chat;
	struct timer timer;
	long times, sent;
	int64_t every_ns;
	struct bytes message;
};

static void free_repeat(struct repeat *r)
{
	r->chat->repeat = NULL;
	timer_stop(&r->timer);
	bytes_finish(&r->message);
	free(r);
}

/* Tell how far it has come: an error when the chat is left before its end. */
static void finish_repeat(struct chat_task *t)
{
	struct repeat *r = (struct repeat *)t;
	struct chat *c = r->chat;
	if (c->is_leaving)
		chat_refuse(c, "", "/repeat has sent %ld of %ld times",
		            r->sent, r->times);
	else
		chat_note(c, "repeated", "/repeat has sent %ld of %ld times",
		          r->sent, r->times);
	free_repeat(r);
}

/* Send it once more, unless a peer has still to take what went before. */
static void on_repeat_time(struct timer *t)
{
	struct repeat *r = t->user;
	struct chat *c = r->chat;
	bool is_crowded = chat_congestion(c) != CONGESTION_NONE;
	bool is_over = c->is_leaving;
	if (!is_over && !is_crowded) {
		is_over = chat_send(c, r->message.data, r->message.len);
		r->sent += !is_over;
	}
	chat_input_spoke(c);
	if (is_over || r->sent == r->times)
		finish_repeat(&r->task);
	else
		timer_start(c->loop, t, is_crowded && r->every_ns < CROWDED_NS
		                            ? CROWDED_NS : r->every_ns);
}

/* Cut the first word off.  Returns it, "" for none. */
static char *cut_word(char **rest)
{
	char *word = *rest, *end = word + strcspn(word, " ");
	*rest = end + strspn(end, " ");
	*end = '\0';
	return word;
}

/* Read N EVERY TEXT; TEXT is a line as Enter would take it, or /send or
 * /hex.  -1 with a sentence. */
static int parse_repeat(struct repeat *r, char *args, struct error *e)
{
	const char *times = cut_word(&args), *every = cut_word(&args);
	int64_t ms;
	if (!*args)
		return error_set(e, "it needs N, EVERY and TEXT");
	if (!number_parse(times, 1, TIMES_MAX, &r->times))
		return error_set(e, "'%s' is not a number of times from 1 to "
		                    "%ld", times, TIMES_MAX);
	if (number_parse_time(every, &ms, e))
		return -1;
	r->every_ns = ms * MS_NS;
	if (command_preview(r->chat, args, strlen(args), &r->message, e))
		return -1;
	return r->message.len ? 0 : error_set(e, "%s sends nothing", args);
}

static int begin_repeat(struct repeat *r, char *args, struct error *e)
{
	if (r->chat->repeat)
		return error_set(e, "one is under way; /cancel stops it");
	return parse_repeat(r, args, e);
}

void run_repeat(struct chat *c, char *args)
{
	struct repeat *r = calloc(1, sizeof(*r));
	struct error e;
	if (!r) {
		chat_refuse(c, "", "/repeat: no memory: nothing was sent");
		return;
	}
	r->task.finish = finish_repeat;
	r->chat = c;
	r->timer = (struct timer){ .on_time = on_repeat_time, .user = r };
	if (begin_repeat(r, args, &e)) {
		chat_refuse(c, "for example /repeat 10 1s PING",
		            "/repeat: %s", e.text);
		bytes_finish(&r->message);
		free(r);
		return;
	}
	c->repeat = &r->task;
	on_repeat_time(&r->timer);
}
