/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* From step to step. */

#include <stdlib.h>
#include <string.h>

#include "player_private.h"

/* So many bytes are kept that no step awaits yet.  A peer that reads and writes
 * at once, as an echo server, may wait until we read what it has sent before it
 * reads what we send: so we take as much as we have sent in addition. */
#define KEPT_MAX ((size_t)1 << 20)
#define SENT_MAX CHATFILE_STEP_MAX

/* Steps of ours, and of both sides.  Each function returns true if its step is
 * over at once. */

static bool want(struct player *p, enum player_wants what)
{
	p->want.what = what;
	return false;
}

/* After a reset nothing can be sent. */
static bool leave_unsent(struct player *p)
{
	p->unsent = p->unsent ? p->unsent : p->want.line;
	return true;
}

static bool send_bytes(struct player *p)
{
	if (!player_fill(p))
		return false;
	if (p->is_broken)
		return leave_unsent(p);
	if (!p->len && !p->has_datagrams)
		return true;
	cutter_pass(&p->cutter, true, p->bytes, p->len);
	p->sent += p->len;
	p->want.bytes = p->bytes;
	p->want.len = p->len;
	return want(p, PLAYER_TO_SEND);
}

static bool send_fin(struct player *p)
{
	return p->is_broken ? leave_unsent(p) : want(p, PLAYER_TO_END);
}

static bool send_rst(struct player *p)
{
	return p->is_broken || want(p, PLAYER_TO_RESET);
}

/* chatfile_check() does not let this be. */
static bool refuse_to_send(struct player *p)
{
	error_set(&p->failure.error, "%s:%zu: what is to be sent must be "
	          "bytes", chatfile_name(p->file), p->step.line);
	return player_fail(p, WHY_FILE);
}

static bool secure(struct player *p)
{
	p->want.client = p->step.side;
	return p->is_broken ? leave_unsent(p) : want(p, PLAYER_TO_SECURE);
}

static bool let_pass(struct player *p)
{
	p->want.pause_ns = p->step.pause_ns;
	return want(p, PLAYER_TO_PAUSE);
}

static bool set_frame(struct player *p)
{
	cutter_set(&p->cutter, &p->step.frame);
	return true;
}

static bool pass_over(struct player *p)
{
	(void)p;
	return true;
}

/* Steps of the peer's */

static bool skip(struct player *p)
{
	p->skips = true;
	return true;
}

static bool await(struct player *p)
{
	p->want.pause_ns = p->step.has_pause ? p->step.pause_ns : 0;
	player_begin_hearing(p);
	return false;
}

/* Playing */

typedef bool begin_fn(struct player *p);

static const struct {
	begin_fn *ours, *theirs;
} kinds[] = {
	[CHAT_BYTES] = { send_bytes, await },
	[CHAT_MATCH] = { refuse_to_send, await },
	[CHAT_ANY] = { refuse_to_send, skip },
	[CHAT_FIN] = { send_fin, await },
	[CHAT_RST] = { send_rst, await },
	[CHAT_STARTTLS] = { secure, secure },
	[CHAT_WAIT] = { let_pass, let_pass },
	[CHAT_FRAME] = { set_frame, set_frame },
	[CHAT_COMMENT] = { pass_over, pass_over },
};

static bool begin_step(struct player *p)
{
	const struct chat_step *s = &p->step;
	bool is_theirs = s->side != CHAT_NEITHER && s->side != p->plays;
	p->want = (struct player_want){
		.what = PLAYER_TO_HEAR, .step = p->want.step, .line = s->line,
	};
	if (s->has_pause && !p->has_paused && !is_theirs &&
	    s->kind != CHAT_WAIT) {
		p->want.is_recorded = true;
		return let_pass(p);
	}
	return (is_theirs ? kinds[s->kind].theirs : kinds[s->kind].ours)(p);
}

/* All steps are over. */
static bool finish(struct player *p)
{
	p->want.what = PLAYER_IS_DONE;
	p->want.line = p->unsent ? p->unsent : p->step.line;
	return p->unsent ? player_fail(p, WHY_UNSENT) : false;
}

/* Begin the next step; true if it is over at once. */
static bool begin_next(struct player *p)
{
	int got;
	do
		got = chatfile_next(p->file, &p->step, &p->failure.error);
	while (got > 0 && !chat_step_is_of(&p->step, p->peer));
	p->has_paused = false;
	p->want.step++;
	if (got < 0)
		return player_fail(p, WHY_FILE);
	return got ? begin_step(p) : finish(p);
}

/* Look at the next datagram that has come.  False: there is none. */
static bool next_datagram(struct player *p)
{
	uint32_t len;
	if (p->used == p->kept.len)
		return false;
	memcpy(&len, p->kept.data + p->used, sizeof(len));
	p->in = p->kept.data + p->used + sizeof(len);
	p->in_len = p->datagram = len;
	p->used += sizeof(len) + len;
	return true;
}

static bool is_met_by_datagram(struct player *p)
{
	bool is_met = false;
	while (!is_met && p->want.what == PLAYER_TO_HEAR && next_datagram(p))
		is_met = p->hear(p);
	if (!is_met && p->want.what == PLAYER_TO_HEAR && p->is_broken)
		player_fail(p, WHY_ENDED);
	p->skips &= !is_met;
	return is_met;
}

/* Whether what has come meets the step. */
static bool is_met(struct player *p)
{
	size_t trail;
	if (p->want.what != PLAYER_TO_HEAR)
		return false;
	if (p->has_datagrams)
		return is_met_by_datagram(p);
	trail = cutter_trail(&p->cutter, p->in, p->in_len);
	p->in += trail;
	p->in_len -= trail;
	if (!p->hear(p))
		return false;
	p->skips = false;
	return true;
}

/* Play on, as far as what has come allows. */
static void play(struct player *p, bool is_over)
{
	while (is_over || is_met(p))
		is_over = begin_next(p);
}

/* What has come */

static bool is_over(const struct player *p)
{
	return p->want.what == PLAYER_IS_DONE ||
	       p->want.what == PLAYER_HAS_FAILED;
}

static size_t kept_len(const struct player *p)
{
	return p->kept.len - p->used;
}

static void see_kept(struct player *p)
{
	p->in = p->kept.data ? p->kept.data + p->used : NULL;
	p->in_len = kept_len(p);
}

static void drop_kept(struct player *p)
{
	p->used = 0;
	p->in_len = 0;
	if (p->kept.cap > KEPT_MAX)
		bytes_finish(&p->kept);
	bytes_clear(&p->kept);
}

/* Keep what no step has taken of the bytes that are kept.  What was taken goes
 * when it is more than the rest: so a byte is moved once, on the whole. */
static void keep_rest(struct player *p)
{
	if (is_over(p) || !p->in_len) {
		drop_kept(p);
		return;
	}
	p->used = p->kept.len - p->in_len;
	if (p->used > p->in_len) {
		bytes_consume(&p->kept, p->used);
		p->used = 0;
	}
}

static void play_kept(struct player *p, bool is_over)
{
	see_kept(p);
	play(p, is_over);
	if (p->has_datagrams)
		see_kept(p);
	keep_rest(p);
}

/* Let the steps take what they can of these bytes, which come when none are
 * kept, and keep the rest. */
static void play_new(struct player *p, const uint8_t *bytes, size_t len)
{
	p->in = bytes;
	p->in_len = len;
	play(p, false);
	if (!is_over(p) && bytes_append(&p->kept, p->in, p->in_len))
		player_fail(p, WHY_NO_MEMORY);
	keep_rest(p);
}

size_t player_room(const struct player *p)
{
	size_t most = KEPT_MAX + (p->sent < SENT_MAX ? p->sent : SENT_MAX);
	if (is_over(p))
		return SIZE_MAX;
	if (player_hears_messages(p))
		most += CHATFILE_STEP_MAX;
	return most > kept_len(p) ? most - kept_len(p) : 0;
}

static void take_datagram(struct player *p, const void *bytes, size_t len)
{
	uint32_t head = (uint32_t)len;
	if (bytes_reserve(&p->kept, sizeof(head) + len) ||
	    bytes_append(&p->kept, &head, sizeof(head)) ||
	    bytes_append(&p->kept, bytes, len))
		player_fail(p, WHY_NO_MEMORY);
	play_kept(p, false);
}

size_t player_take(struct player *p, const void *bytes, size_t len)
{
	size_t room = player_room(p);
	len = len < room || p->has_datagrams ? len : room;
	if (is_over(p)) {
		player_fail_on(p, bytes, len);
	} else if (p->has_datagrams) {
		take_datagram(p, bytes, len);
	} else if (!kept_len(p)) {
		play_new(p, bytes, len);
	} else {
		if (bytes_append(&p->kept, bytes, len))
			player_fail(p, WHY_NO_MEMORY);
		play_kept(p, false);
	}
	return len;
}

void player_end(struct player *p, enum player_end how)
{
	bool is_send = p->want.what == PLAYER_TO_SEND ||
	               p->want.what == PLAYER_TO_END ||
	               p->want.what == PLAYER_TO_SECURE;
	p->end = how;
	p->has_fin |= how == PLAYER_FIN;
	p->is_broken |= how != PLAYER_FIN;
	play_kept(p, p->is_broken && is_send && leave_unsent(p));
}

void player_silent(struct player *p)
{
	see_kept(p);
	bool is_over = player_hear_silence(p);
	p->skips &= !is_over;
	play(p, is_over);
	keep_rest(p);
}

void player_late(struct player *p, int64_t waited_ns)
{
	bool hears = p->want.what == PLAYER_TO_HEAR;
	if (is_over(p))
		return;
	p->waited_ns = waited_ns;
	see_kept(p);
	player_fail(p, hears ? WHY_LATE : WHY_STUCK);
	keep_rest(p);
}

/* The player */

struct player *player_new(struct chatfile *f, enum chat_side plays,
                          uint32_t peer)
{
	struct player *p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->file = f;
	p->has_datagrams = chatfile_has_datagrams(f);
	p->plays = plays;
	p->peer = peer;
	cutter_set(&p->cutter, &(struct frame){
		.kind = frame_find("line"), .max = FRAME_MAX });
	chatfile_rewind(f);
	play_kept(p, true);
	return p;
}

void player_free(struct player *p)
{
	if (!p)
		return;
	chatfile_close(p->file);
	needle_finish(&p->needle);
	groups_finish(&p->groups);
	expression_free(p->expression);
	bytes_finish(&p->filled);
	bytes_finish(&p->payload);
	bytes_finish(&p->kept);
	bytes_finish(&p->came);
	bytes_finish(&p->tail);
	free(p);
}

struct player_want player_wants(const struct player *p)
{
	struct player_want w = p->want;
	w.silence_ms = player_silence_ms(p);
	if (w.what == PLAYER_TO_SECURE && kept_len(p)) {
		w.bytes = p->kept.data + p->used;
		w.len = kept_len(p);
	}
	return w;
}

void player_done(struct player *p)
{
	bool again = p->want.is_recorded;
	struct frame frame = p->cutter.frame;
	if (p->want.what >= PLAYER_TO_HEAR)
		return;
	if (p->want.what == PLAYER_TO_SECURE) {
		drop_kept(p);
		cutter_set(&p->cutter, &frame);
	}
	p->has_paused = again;
	play_kept(p, again ? begin_step(p) : true);
}
