/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The chat: owner of sessions, listeners, transcript and front end. */

#include <errno.h>
#include <stdlib.h>

#include <sockchat/explain.h>
#include <sockchat/focus.h>
#include <sockchat/pair.h>
#include <sockchat/recut.h>

#include "chat_private.h"
#include "reframe.h"

#define SHOWN_MAX ((size_t)1 << 20) /* bytes in a turn, of what was there */

/* A script fails with any of its connections, and with an end that proves
 * nothing.  Where somebody sits, only the last connection counts, and a
 * listener's peers never do. */
static void judge_end(struct chat *c, const struct session *s, bool failed)
{
	struct chat_private *p = c->own;
	if (c->is_leaving || c->is_scripted)
		p->has_broken |= failed;
	else if ((!s->link.is_accepted && !s->pair) || s->settings->serves_one)
		p->has_broken = failed;
}

static void on_end(void *user, struct session *s, bool failed,
                   const struct error *why)
{
	struct chat *c = user;
	struct chat_private *p = c->own;
	chat_remove_session(c, s);
	chat_end_focus(c, s);
	if (s->pair)
		pair_end(s);
	chat_retry_listeners(c);
	bool goes_on = chat_try_again(c, s, why), is_led = chat_is_led(c, s);
	failed = failed || (s->is_unproven && c->is_scripted);
	if (!is_led)
		judge_end(c, s, failed && !(goes_on && c->is_scripted));
	if (is_led)
		c->lead->ops->on_end(c->lead, s);
	else if (!s->opened_ns && !goes_on)
		chat_tell_missed(c);
	watch_end(c, s);
	p->tells_end = true;
	loop_later(c->loop, &c->own->check);
}

static void on_in_end(void *user, struct session *s)
{
	struct chat *c = user;
	if (chat_is_led(c, s) || chat_lose(c, s))
		return;
	chat_on_in_end(c, s);
	c->own->tells_end |= s->is_gone;
	loop_later(c->loop, &c->own->check);
}

/* Not all that was asked for has reached the peer. */
static void on_lost(void *user, struct session *s)
{
	struct chat *c = user;
	if (chat_is_led(c, s))
		c->lead->ops->on_lost(c->lead, s);
	else
		c->own->has_refused = true;
}

/* What was there before the front end is shown to it in slices, as it keeps up;
 * what comes meanwhile waits behind that.  All of it if there is no `max`. */
static void show_more(struct chat *c, size_t max)
{
	struct chat_private *p = c->own;
	uint64_t first = p->next_shown, end = transcript_end(c->transcript);
	struct entry e;
	size_t bytes = 0;
	if (!first || (max && c->holds & CHAT_HOLD_OUTPUT))
		return;
	if (first < transcript_first(c->transcript))
		first = transcript_first(c->transcript);
	uint64_t seq = max ? first : end;
	for (; seq < end && bytes < max &&
	       transcript_at(c->transcript, seq, &e); seq++)
		bytes += e.len + sizeof(e);
	p->next_shown = seq < end ? seq : 0;
	c->ops->show(c->frontend, first, seq);
	if (p->next_shown)
		loop_later(c->loop, &p->check);
}

static void show_entries(void *user, uint64_t first, uint64_t end)
{
	struct chat *c = user;
	if (!c->own->next_shown || first < c->own->next_shown)
		c->ops->show(c->frontend, first, end);
}

static void finish_task(struct chat_task *t)
{
	if (t)
		t->finish(t);
}

static void follow_recut(struct chat *c, const struct recut *r)
{
	struct chat_private *p = c->own;
	for (size_t i = 0; i < p->session_count; i++) {
		session_recut(p->sessions[i], r);
		if (p->sessions[i]->pair)
			pair_recut(p->sessions[i]->pair, r);
	}
	ticks_recut(c->ticks, r);
	filter_recut(&c->filter, r);
	if (p->numbers_since)
		recut_move(r, &p->numbers_since);
}

static void on_recut(void *user, const struct recut *r)
{
	struct chat *c = user;
	if (r) {
		follow_recut(c, r);
	} else { /* the old entries are gone soon */
		finish_task(c->search);
		finish_task(c->save);
		show_more(c, 0);
	}
	if (c->frontend)
		c->ops->recut(c->frontend, r);
}

/* A connection is open: what failed before does not count. */
static void on_chat_open(void *user, struct session *s)
{
	struct chat *c = user;
	chat_note_open(c, s);
	if (!c->is_leaving && !c->is_scripted)
		c->own->has_broken = false; /* a new try */
	if (c->options->zero)
		loop_later(c->loop, &c->own->check);
}

struct wrap_look chat_look(const struct chat *c)
{
	struct wrap_look look = wrap_look_of(c->options);
	look.encoding = c->encoding;
	look.start_ns = c->start_ns;
	look.ticks = c->ticks;
	look.shows_numbers = c->own->shows_numbers || c->last_old > 1;
	look.reserves_numbers = c->own->has_column && c->ops->stays;
	look.numbers_since = c->own->numbers_since;
	look.shows_old = c->has_old;
	look.transcript = c->transcript;
	return look;
}

/* Whether it goes on when nobody is connected and nobody is waited for. */
static bool chat_stays(const struct chat *c)
{
	bool is_attended = c->is_attended && !c->own->is_for_lead;
	return c->ops->stays || chat_counts_down(c) ||
	       (c->lead && c->lead->has_say) ||
	       (is_attended && !c->options->zero && !c->own->has_input_ended);
}

/* Whether a listener for one peer has had it.  Datagrams of others are still
 * refused and counted as long as it is there. */
static bool has_had_one(const struct chat *c)
{
	const struct chat_private *p = c->own;
	return c->session_settings.serves_one && p->last_number &&
	       !(p->session_count && chat_has_messages(c));
}

/* At the end of a turn in which something may have ended. */
static void on_check(struct later *l)
{
	struct chat *c = l->user;
	struct chat_private *p = c->own;
	if (p->is_starting) /* only the front end knows whether it stays */
		return;
	chat_tell_ready(c);
	while (p->ended_count)
		session_free(p->sessions[p->session_count + --p->ended_count]);
	if (has_had_one(c) || (p->has_listen_failed && !c->listening[0]))
		chat_free_listeners(c);
	if (c->options->zero && !c->is_leaving && p->session_count &&
	    session_is_open(p->sessions[0]))
		chat_leave(c);
	chat_greet(c);
	if (p->tells_end && chat_stays(c))
		chat_tell_again(c);
	p->tells_end = false;
	if (p->session_count)
		return;
	/* chat_run() makes the exit status when all is written */
	if (c->is_leaving || (!chat_stays(c) && !p->listener_count))
		loop_stop(c->loop, 0);
}

/* Entries for which there was no memory cannot be shown; they are counted. */
static void tell_unkept(struct chat *c)
{
	struct chat_private *p = c->own;
	uint64_t unkept = transcript_sums(c->transcript).unkept;
	struct error e;
	if (unkept == p->unkept)
		return;
	error_set_errno(&e, ENOMEM, "%llu entries are missing here",
	                (unsigned long long)(unkept - p->unkept));
	p->unkept = unkept;
	c->has_failed = true;
	chat_tell(c, NULL, ENTRY_ERROR, &e);
}

/* What is held has left room for more. */
static void read_on(struct chat *c)
{
	struct hold *h = &c->own->hold;
	if (!h->makes_wait || hold_room(h) < HOLD_MAX / 4)
		return;
	h->makes_wait = false;
	chat_for_all(c, session_update);
}

static void on_turn_end(void *user)
{
	struct chat *c = user;
	watch_turn(c);
	c->session_settings.end_hint = chat_end_hint(c);
	tell_unkept(c);
	read_on(c);
	show_more(c, SHOWN_MAX);
	c->ops->draw(c->frontend);
}

/* An encoding that this system does not have becomes UTF-8 again. */
static void choose_encoding(struct chat *c)
{
	enum encoding_id wanted = (enum encoding_id)c->options->encoding;
	struct error e;
	if (wanted == encoding_id(c->encoding))
		return;
	encoding_close(c->encoding);
	c->encoding = wanted == ENCODING_UTF8 ? NULL
	                                      : encoding_open(wanted, &e);
	if (wanted == ENCODING_UTF8 || c->encoding)
		return;
	c->options->encoding = ENCODING_UTF8;
	chat_error(c, &e);
}

void chat_settings_changed(struct chat *c)
{
	const struct options *o = c->options;
	struct session_settings *s = &c->session_settings;
	unsigned let_go = s->holds & ~(unsigned)o->hold;
	s->echo = o->echo;
	s->holds = (unsigned)o->hold;
	lane_pass_all(&c->own->hold, let_go);
	s->discards_in = o->send_only;
	s->tells_steps = o->verbose;
	s->folds = c->ops->folds && !c->own->is_for_lead;
	choose_encoding(c);
	s->is_decoded = c->encoding != NULL;
	s->ticks = o->ticks && c->ops->has_ticks ? c->ticks : NULL;
	s->hints = o->hints ? &c->own->hints : NULL;
	s->idle_ns = o->idle_timeout_ms * MS_NS;
	s->probe_ns =
	    o->dial.socket.values[SOCKET_KEEP_IDLE] * 1000 * MS_NS;
	pair_settings(&c->own->near_settings, s);
	c->own->queues.max = o->queue_max;
	if (!o->retry && !o->reconnect)
		chat_stop_trying(c);
	transcript_set_max(c->transcript, o->scrollback);
	chat_linger_changed(c);
	chat_choose_frames(c);
	faults_follow(&c->own->faults, &o->fault);
	chat_apply_settings(c);
	chat_for_all(c, session_refresh);
	if (c->lead)
		c->lead->ops->on_change(c->lead);
}

void chat_end_lead(struct chat *c)
{
	c->lead->has_say = false;
	if (!c->ops->stays)
		chat_free_listeners(c);
	loop_later(c->loop, &c->own->check);
}

void chat_free(struct chat *c)
{
	struct chat_private *p = c->own;
	chat_stop_reframe(c);
	timer_stop(&p->quit);
	timer_stop(&p->linger);
	timer_stop(&p->leave);
	timer_stop(&p->slow);
	timer_stop(&p->look);
	timer_stop(&p->peers);
	timer_stop(&p->timeout);
	timer_stop(&p->again.timer);
	later_cancel(&p->check);
	chat_free_listeners(c);
	for (size_t i = 0; i < p->session_count + p->ended_count; i++)
		session_free(p->sessions[i]);
	transcript_free(c->transcript);
	ticks_free(c->ticks);
	encoding_close(c->encoding);
	filter_finish(&c->filter);
	chat_forget_used(c);
	free(p->sessions);
	free(p->listeners);
	free(p);
	free(c);
}

static void set_up(struct chat *c)
{
	static const struct frontend_ops none = { .stays = false };
	struct chat_private *p = c->own;
	c->ops = &none;
	c->listening = p->listening;
	c->forwarding = p->forwarding;
	c->reach = "";
	c->accepts = true;
	p->quit.user = p->linger.user = p->leave.user = c;
	p->look.user = p->slow.user = p->peers.user = c;
	p->timeout.user = c;
	p->again.timer.user = c;
	c->start_ns = stamp_mono_ns();
	c->session_settings = (struct session_settings){
		.transcript = c->transcript,
		.ops = &p->session_ops,
		.keeps_entries = true,
		.tells_states = true,
		.next_search_ns = &p->next_search_ns,
		.frame_in = &p->frames[0],
		.frame_out = &p->frames[1],
		.queues = &p->queues,
		.faults = &p->faults,
		.hold = &p->hold,
	};
	chat_settings_changed(c);
	p->session_ops = (struct session_ops){
		.on_open = on_chat_open,
		.on_in_end = on_in_end,
		.on_lost = on_lost,
		.on_look = watch_plan,
		.on_end = on_end,
		.user = c,
	};
	p->shows = (struct transcript_listener){
		.on_entries = show_entries, .user = c,
	};
	p->recuts = (struct transcript_listener){
		.on_recut = on_recut, .user = c,
	};
	transcript_listen(c->transcript, &p->recuts);
	p->check = (struct later){ .on_call = on_check, .user = c };
}

struct chat *chat_new(struct loop *loop, struct options *options)
{
	struct chat *c = calloc(1, sizeof(*c));
	struct chat_private *p = calloc(1, sizeof(*p));
	if (!c || !p) {
		free(c);
		free(p);
		return NULL;
	}
	c->own = p;
	c->loop = loop;
	c->options = options;
	c->transcript = transcript_new(options->scrollback);
	c->ticks = ticks_new();
	if (!c->transcript || !c->ticks) {
		chat_free(c);
		return NULL;
	}
	set_up(c);
	return c;
}

static void on_chat_timeout(struct timer *t)
{
	struct chat *c = t->user;
	struct error e;
	if (c->signum)
		return;
	explain_run_timeout(&e, c->options->run_timeout_ms);
	chat_tell(c, NULL, ENTRY_ERROR, &e);
	c->has_failed = c->is_timed_out = true;
	chat_leave(c);
}

static int verdict(const struct chat *c)
{
	const struct chat_private *p = c->own;
	return p->has_broken || c->has_failed || p->faults.has_hurt ||
	       (c->is_scripted && (p->has_refused || p->makes_wait));
}

static void begin(struct chat *c)
{
	const struct options *o = c->options;
	if (o->mode == ENDPOINT_LISTEN)
		chat_listen(c, &o->endpoint, *o->forward ? &o->target : NULL);
	else
		chat_connect(c, &o->endpoint);
}

/* Connect or listen, and let the front end begin.  -1 with a sentence. */
static int start_chat(struct chat *c, struct error *e)
{
	const struct options *o = c->options;
	struct chat_private *p = c->own;
	if (o->run_timeout_ms && !p->timeout.loop)
		chat_start_timer(&p->timeout, on_chat_timeout,
		                 o->run_timeout_ms * MS_NS);
	c->session_settings.serves_one = !c->ops->stays && !o->echo &&
	                                 !o->keep_open && !*o->forward &&
	                                 !p->is_for_lead;
	if (!p->last_number && !p->listener_count) /* else it is a second try */
		begin(c);
	/* peers answer while a screen is made */
	p->is_starting = true;
	if (loop_turn(c->loop, 0) < 0)
		return error_set_errno(e, errno, "cannot wait for anything");
	c->frontend = c->ops->start(c, e);
	if (!c->frontend)
		return -1;
	p->is_starting = false;
	loop_later(c->loop, &p->check);
	transcript_listen(c->transcript, &p->shows);
	p->next_shown = 1;
	show_more(c, SHOWN_MAX);
	c->ops->draw(c->frontend);
	loop_on_turn_end(c->loop, on_turn_end, c);
	return 0;
}

static void stop_chat(struct chat *c)
{
	struct chat_private *p = c->own;
	if (!c->over_ns && p->timeout.loop) /* for what is still written */
		c->over_ns = p->timeout.due_ns;
	finish_task(c->search);
	finish_task(c->save);
	finish_task(c->repeat);
	if (c->lead)
		c->lead->ops->stop(c->lead);
	finish_task(c->load);
	tell_unkept(c);
	show_more(c, 0);
	loop_on_turn_end(c->loop, NULL, NULL);
	c->ops->draw(c->frontend);
	c->ops->stop(c->frontend);
	transcript_unlisten(c->transcript, &p->shows);
}

int chat_run(struct chat *c, const struct frontend_ops *ops, struct error *e)
{
	c->ops = ops;
	c->own->is_for_lead = c->lead && c->lead->has_say && !ops->stays;
	chat_settings_changed(c);
	if (start_chat(c, e))
		return -1;
	if (loop_run(c->loop) < 0) {
		error_set_errno(e, errno, "cannot wait for anything more");
		chat_error(c, e);
		c->has_failed = true;
	}
	stop_chat(c);
	return verdict(c);
}
