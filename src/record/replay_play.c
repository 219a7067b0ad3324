/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One conversation, played.  What happens is noted in callbacks, and acted on
 * at the end of a turn: what is said may end the session that has called. */

#include <errno.h>
#include <stdlib.h>

#include "replay_play.h"

#define ACTS_MAX 256          /* in a turn */
#define SETTLE_NS (50 * MS_NS)
#define FLOW_NS   (100 * MS_NS)
#define POLL_NS  (10 * MS_NS) /* while only asking tells that it goes on */

static const struct options *options_of(const struct play *p)
{
	return p->replay->chat->options;
}

static int64_t now_ns(const struct play *p)
{
	return loop_now_ns(p->replay->chat->loop);
}

void play_on(struct play *p)
{
	loop_later(p->replay->chat->loop, &p->later);
}

/* The end */

static void end_play(struct play *p)
{
	timer_stop(&p->timer);
	p->is_over = true;
	p->on_over(p);
}

/* It cannot go on for a reason of ours. */
static void fail_play(struct play *p, const struct error *why)
{
	p->has_failed = true;
	replay_tell_error(p, why);
	end_play(p);
}

static void conclude_play(struct play *p)
{
	p->has_failed = player_wants(p->player).what == PLAYER_HAS_FAILED;
	if (p->has_failed)
		replay_tell_failure(p);
	else
		replay_tell_success(p);
	end_play(p);
}

/* What our side does.  Each of these returns whether it is done, which it has
 * told the player, so that the next step follows; if it is not, it waits, or
 * the play is over. */

typedef bool act_fn(struct play *p, struct session *s,
                    const struct player_want *w);

/* What does not fit now may fit when others have gone. */
static bool has_to_queue(const struct session *s, size_t len)
{
	const struct queues *all = s->settings->queues;
	return session_is_congested(s) || (all->used && len > queues_room(all));
}

static bool act_send(struct play *p, struct session *s,
                     const struct player_want *w)
{
	struct error e;
	if (has_to_queue(s, w->len))
		return false;
	if ((w->len || link_has_messages(&s->link)) &&
	    session_send(s, w->bytes, w->len, &e)) {
		fail_play(p, &e);
		return false;
	}
	player_done(p->player);
	return true;
}

static bool act_end(struct play *p, struct session *s,
                    const struct player_want *w)
{
	(void)w;
	player_done(p->player); /* it may be the end of the session, too */
	session_shutdown(s);
	return true;
}

/* An RST destroys what is still on its way. */
static bool act_reset(struct play *p, struct session *s,
                      const struct player_want *w)
{
	(void)w;
	if (session_queued(s) || session_unacked(s))
		return false;
	player_done(p->player);
	session_reset(s);
	return true;
}

static bool refuse_role(struct play *p)
{
	struct error e;
	error_set(&e, "here the side that connects begins TLS, and the file "
	              "has it the other way round");
	error_set_word(&e, "REPLAY_ROLE");
	fail_play(p, &e);
	return false;
}

static bool refuse_early(struct play *p)
{
	struct error e;
	error_set(&e, "TLS was not begun: plain bytes came after what the file "
	              "says");
	error_set_hint(&e, "somebody on the way may have put them there "
	                   "(CVE-2011-0411): they are never read as TLS");
	error_set_word(&e, "TLS_INJECTED");
	fail_play(p, &e);
	return false;
}

static void fail_insecure(struct play *p)
{
	struct error e;
	error_set(&e, "TLS did not begin");
	error_set_word(&e, "REPLAY_ENDED");
	fail_play(p, &e);
}

static bool act_secure(struct play *p, struct session *s,
                       const struct player_want *w)
{
	bool is_client = w->client == p->side;
	if (p->is_securing)
		return false;
	if (w->client != CHAT_NEITHER && is_client != p->connects)
		return refuse_role(p);
	if (w->len && p->connects)
		return refuse_early(p);
	if (!chat_secure(p->replay->chat, s)) {
		p->is_securing = true;
		p->replay->securing++;
		return false;
	}
	fail_insecure(p);
	return false;
}

static bool act_pause(struct play *p, struct session *s,
                      const struct player_want *w)
{
	(void)s;
	bool is_kept = !w->is_recorded || options_of(p)->pace == PACE_RECORDED;
	if (!p->pause_end_ns)
		p->pause_end_ns = now_ns(p) + w->pause_ns;
	if (is_kept && now_ns(p) < p->pause_end_ns)
		return false;
	p->pause_end_ns = 0;
	player_done(p->player);
	return true;
}

/* The player does it by itself. */
static bool act_hear(struct play *p, struct session *s,
                     const struct player_want *w)
{
	(void)p;
	(void)s;
	(void)w;
	return false;
}

static act_fn *const acts[] = {
	[PLAYER_TO_SEND] = act_send,     [PLAYER_TO_END] = act_end,
	[PLAYER_TO_RESET] = act_reset,   [PLAYER_TO_SECURE] = act_secure,
	[PLAYER_TO_PAUSE] = act_pause,   [PLAYER_TO_HEAR] = act_hear,
};

static bool is_ours(const struct player_want *w)
{
	return w->what <= PLAYER_TO_SECURE;
}

bool play_awaits_word(const struct play *p)
{
	const struct player_want w = player_wants(p->player);
	return p->replay->is_stepping && !p->is_over && !p->is_let &&
	       !p->is_securing && is_ours(&w);
}

/* True: it has been done. */
static bool act(struct play *p, struct session *s, const struct player_want *w)
{
	if (play_awaits_word(p)) {
		if (!p->is_told)
			replay_tell_step(p);
		p->is_told = true;
		return false;
	}
	return acts[w->what](p, s, w);
}

/* Time */

/* Whether what shows the chat cannot follow: then nobody reads or sends.  While
 * something comes, a hold is only the pace at which it is shown. */
static bool is_held(const struct play *p)
{
	const struct session_settings *s = &p->replay->chat->session_settings;
	return (s->is_held || s->rests) && now_ns(p) - p->flow_ns > FLOW_NS;
}

/* When the step is too late; 0: never. */
static int64_t late_ns(const struct play *p, const struct session *s,
                       const struct player_want *w)
{
	int64_t timeout_ns = options_of(p)->step_timeout_ms * MS_NS;
	int64_t since_ns = p->step_ns;
	if (!timeout_ns || w->what == PLAYER_TO_PAUSE || play_awaits_word(p))
		return 0;
	if (is_ours(w) && s->link.out_ns > since_ns)
		since_ns = s->link.out_ns; /* the peer does read */
	return since_ns + timeout_ns + w->pause_ns;
}

static int64_t silent_ns(const struct play *p, const struct player_want *w)
{
	return w->silence_ms ? p->heard_ns + (int64_t)w->silence_ms * MS_NS : 0;
}

/* Whether only asking tells that it can go on. */
static bool is_polled(const struct play *p, const struct player_want *w)
{
	return is_held(p) || w->what == PLAYER_TO_RESET;
}

static int64_t first_of(int64_t a_ns, int64_t b_ns)
{
	return !a_ns || (b_ns && b_ns < a_ns) ? b_ns : a_ns;
}

/* A timer that is due before looks again then, so that most steps leave it as
 * it is. */
static void wait_on(struct play *p)
{
	const struct session *s = play_session(p);
	const struct player_want w = player_wants(p->player);
	int64_t due_ns = first_of(p->pause_end_ns, p->settled_ns);
	if (s && !p->settled_ns)
		due_ns = first_of(due_ns, first_of(late_ns(p, s, &w),
		                                   silent_ns(p, &w)));
	if (is_polled(p, &w))
		due_ns = first_of(due_ns, now_ns(p) + POLL_NS);
	if (due_ns && (!p->timer.loop || p->timer.due_ns > due_ns))
		timer_start(p->replay->chat->loop, &p->timer,
		            due_ns - now_ns(p));
}

/* Tell the player that the time is up, if it is. */
static bool is_time_up(struct play *p, const struct session *s,
                       const struct player_want *w)
{
	int64_t late = late_ns(p, s, w), silent = silent_ns(p, w);
	if (silent && now_ns(p) >= silent)
		player_silent(p->player);
	else if (late && now_ns(p) >= late && !is_held(p))
		player_late(p->player, now_ns(p) - p->step_ns);
	else
		return false;
	return true;
}

/* Going on */

/* What the player has no room for waits in the system. */
static void hold_peer(struct play *p, struct session *s)
{
	bool is_full = p->untaken.len || !player_room(p->player);
	if (!s || is_full == p->pauses)
		return;
	p->pauses = is_full;
	(is_full ? session_pause : session_resume)(s);
}

static void give_untaken(struct play *p)
{
	if (p->untaken.len)
		bytes_consume(&p->untaken,
		              player_take(p->player, p->untaken.data,
		                          p->untaken.len));
	if (p->untaken.len || !p->has_end)
		return;
	p->has_end = false;
	player_end(p->player, p->end);
}

static void note_step(struct play *p, const struct player_want *w)
{
	if (w->step == p->step && !is_held(p))
		return;
	p->step_ns = now_ns(p);
	if (w->step == p->step)
		return;
	p->step = w->step;
	p->is_let = p->is_told = false;
}

/* However what came is cut into reads, the same is shown: a little of what
 * comes behind the difference belongs to it. */
static bool is_settled(struct play *p, const struct player_want *w)
{
	if (w->what == PLAYER_IS_DONE || p->is_gone)
		return true;
	if (!p->settled_ns)
		p->settled_ns = now_ns(p) + SETTLE_NS;
	return now_ns(p) >= p->settled_ns;
}

static void fail_ended(struct play *p)
{
	struct error e;
	if (p->has_no_memory)
		error_set_errno(&e, ENOMEM, "what came cannot be compared");
	else
		error_set(&e, "the connection ended before this step");
	if (!p->has_no_memory)
		error_set_word(&e, "REPLAY_ENDED");
	fail_play(p, &e);
}

/* One step further.  False: it waits, or is over. */
static bool go_on(struct play *p)
{
	struct session *s = play_session(p);
	give_untaken(p);
	struct player_want w = player_wants(p->player);
	note_step(p, &w);
	if (w.what >= PLAYER_IS_DONE) {
		if (is_settled(p, &w))
			conclude_play(p);
		return false;
	}
	if (!s || p->has_no_memory) {
		fail_ended(p);
		return false;
	}
	return (!is_held(p) && act(p, s, &w)) ||
	       (!p->is_over && is_time_up(p, s, &w));
}

static void on_turn(struct later *l)
{
	struct play *p = l->user;
	int acted = 0;
	if (!p->is_begun)
		replay_tell_begin(p);
	p->is_begun = true;
	while (acted < ACTS_MAX && !p->is_over && go_on(p))
		acted++;
	if (p->is_over)
		return;
	if (acted == ACTS_MAX)
		play_on(p);
	hold_peer(p, play_session(p));
	wait_on(p);
}

static void on_time(struct timer *t)
{
	struct play *p = t->user;
	on_turn(&p->later);
}

/* What happens */

void play_hear(struct play *p, const void *bytes, size_t len)
{
	size_t n = p->untaken.len || p->is_over
	               ? 0 : player_take(p->player, bytes, len);
	if (p->is_over)
		return;
	p->heard_ns = p->flow_ns = now_ns(p);
	if (n < len && bytes_append(&p->untaken, (const char *)bytes + n,
	                            len - n))
		p->has_no_memory = true;
	play_on(p);
}

void play_hear_end(struct play *p, enum player_end how)
{
	if (p->is_over || p->has_ended)
		return;
	p->has_end = p->has_ended = true;
	p->end = how;
	give_untaken(p);
	play_on(p);
}

void play_secured(struct play *p)
{
	if (!p->is_securing)
		return;
	p->is_securing = false;
	p->replay->securing--;
	player_done(p->player);
	play_on(p);
}

void play_end(struct play *p, const struct session *s)
{
	bool is_reset = s->link.broken == ECONNRESET ||
	                s->link.broken == EPIPE;
	uint64_t step = player_wants(p->player).step;
	p->is_gone = true;
	if (p->is_securing && !p->is_over)
		fail_insecure(p);
	if (is_reset)
		p->has_ended = false; /* that comes behind a FIN, too */
	if (s->link.broken || s->link.is_silent)
		play_hear_end(p, is_reset ? PLAYER_RST : PLAYER_BROKEN);
	play_on(p);
	p->is_written = is_reset && player_wants(p->player).step > step;
}

void play_stop(struct play *p, bool is_failure)
{
	struct error e;
	if (!p->is_over && (p->is_gone || p->settled_ns))
		on_turn(&p->later);
	if (p->is_over)
		return;
	if (is_failure) {
		error_set(&e, "the replay ended before this step");
		error_set_word(&e, "REPLAY_STOPPED");
		fail_play(p, &e);
	} else {
		replay_tell_stop(p);
		end_play(p);
	}
}

/* Life */

struct play *play_new(struct replay *r, const struct session *s,
                      enum chat_side side, uint32_t peer, struct error *e)
{
	struct play *p = calloc(1, sizeof(*p));
	struct chatfile *f = p ? chatfile_open(r->path, e) : NULL;
	if (!p)
		error_set_errno(e, ENOMEM, "%s cannot be played", r->name);
	if (!f) {
		free(p);
		return NULL;
	}
	chatfile_set_datagrams(f, link_has_messages(&s->link));
	*p = (struct play){
		.replay = r,
		.player = player_new(f, side, peer),
		.session = s->link.number,
		.side = side,
		.connects = !s->link.is_accepted,
		.later = { .on_call = on_turn, .user = p },
		.timer = { .on_time = on_time, .user = p },
	};
	p->begun_ns = p->step_ns = p->heard_ns = now_ns(p);
	if (p->player)
		return p;
	error_set_errno(e, ENOMEM, "%s cannot be played", r->name);
	chatfile_close(f);
	free(p);
	return NULL;
}

void play_free(struct play *p)
{
	p->replay->securing -= p->is_securing;
	later_cancel(&p->later);
	timer_stop(&p->timer);
	player_free(p->player);
	bytes_finish(&p->untaken);
	free(p);
}
