/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who plays what: the conversations of a file, and the sessions of a chat. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/glyph.h>

#include "replay_play.h"

static struct replay *replay_of(struct chat_lead *lead)
{
	return (struct replay *)lead; /* its first member */
}

/* The conversations */

/* How many the file has; 1: anyone may have it, or there is one. */
static size_t total(const struct replay *r)
{
	return r->peer_count ? r->peer_count : 1;
}

/* Whether each peer that comes has it anew. */
static bool is_endless(const struct replay *r)
{
	const struct options *o = r->chat->options;
	return o->mode == ENDPOINT_LISTEN && !r->peer_count &&
	       (o->keep_open || r->chat->ops->stays);
}

/* Whose steps the next peer has.  Connections open in the order of their first
 * steps; of the peers that come, the n-th has the n-th number. */
static uint32_t next_peer(const struct replay *r, bool is_accepted)
{
	const uint32_t *peers = is_accepted ? r->rising : r->peers;
	return r->peer_count ? peers[r->begun] : 0;
}

static struct play *find_play(const struct replay *r, uint32_t session)
{
	size_t i;
	ARRAY_FIND(i, r->play_count, r->plays[i]->session >= session);
	return i < r->play_count && r->plays[i]->session == session
	           ? r->plays[i] : NULL;
}

/* -1 without memory. */
static int add_play(struct replay *r, struct play *p)
{
	size_t i;
	ARRAY_FIND(i, r->play_count, r->plays[i]->session >= p->session);
	struct play **grown = array_insert(r->plays, &r->play_cap,
	                                   r->play_count, sizeof(*grown), i);
	if (!grown)
		return -1;
	r->plays = grown;
	grown[i] = p;
	r->play_count++;
	return 0;
}

static void drop_play(struct replay *r, size_t i)
{
	play_free(r->plays[i]);
	array_remove(r->plays, r->play_count--, sizeof(*r->plays), i);
}

/* Something is not as written: that counts where a program asks. */
static void count_failure(struct replay *r)
{
	if (r->is_whole || r->chat->is_scripted)
		r->chat->has_failed = true;
}

/* Whether its sessions end with their plays. */
static bool ends_sessions(const struct replay *r)
{
	return r->is_whole && !r->chat->ops->stays;
}

static void leave_session(struct play *p)
{
	struct session *s = play_session(p);
	if (s)
		(p->has_failed ? session_leave : session_close)(s);
}

static void on_play_over(struct play *p)
{
	p->replay->over++;
	p->replay->failed += p->has_failed;
	if (p->has_failed)
		count_failure(p->replay);
	if (ends_sessions(p->replay))
		leave_session(p);
	loop_later(p->replay->chat->loop, &p->replay->later);
}

static enum chat_side side_of(const struct chat_head *h, bool is_accepted)
{
	enum endpoint_mode mode = is_accepted ? ENDPOINT_LISTEN
	                                      : ENDPOINT_CONNECT;
	return !h->has_side || h->mode == mode ? CHAT_OUT : CHAT_IN;
}

int replay_meet(struct replay *r, const struct session *s, uint32_t peer)
{
	enum chat_side side = side_of(&r->head, s->link.is_accepted);
	struct error e;
	struct play *p = play_new(r, s, side, peer, &e);
	if (p && !add_play(r, p)) {
		p->on_over = on_play_over;
		if (s->link.has_peer_ended)
			play_hear_end(p, PLAYER_FIN);
		play_on(p);
		return 0;
	}
	if (p) {
		error_set_errno(&e, ENOMEM, "%s is not played", r->name);
		play_free(p);
	}
	count_failure(r);
	r->over++;
	r->failed++;
	r->has_unplayed = true;
	loop_later(r->chat->loop, &r->later);
	return chat_error(r->chat, &e);
}

/* What is heard */

/* Whether this session is one of those that the file is for. */
static bool is_meant(const struct replay *r, const struct link *l)
{
	bool listens = r->chat->options->mode == ENDPOINT_LISTEN;
	return r->is_whole && l->is_accepted == listens &&
	       (is_endless(r) || r->begun < total(r));
}

static void meet(struct replay *r, const struct link *l)
{
	const struct session *s = chat_find(r->chat, l->number);
	if (!s || !is_meant(r, l))
		return;
	uint32_t peer = next_peer(r, l->is_accepted);
	timer_stop(&r->absent);
	r->begun++;
	r->dials = !l->is_accepted && r->begun < total(r);
	if (r->dials)
		loop_later(r->chat->loop, &r->later);
	(void)replay_meet(r, s, peer);
}

static void on_wire(void *user, const struct wire_news *n)
{
	struct replay *r = user;
	struct play *p = n->link ? find_play(r, n->link->number) : NULL;
	if (n->kind == WIRE_OPEN && n->link)
		meet(r, n->link);
	if (!p || !(n->layers & WIRE_USER))
		return;
	if (n->kind == WIRE_BYTES && n->is_out)
		play_on(p); /* there is more room */
	else if (n->kind == WIRE_BYTES)
		play_hear(p, n->bytes, n->len);
	else if (n->kind == WIRE_END && !n->is_out)
		play_hear_end(p, PLAYER_FIN);
}

static void on_entries(void *user, uint64_t first, uint64_t end)
{
	struct replay *r = user;
	struct entry e;
	for (; r->securing && first < end; first++) {
		if (!transcript_at(r->chat->transcript, first, &e) ||
		    e.kind != ENTRY_STATE || e.state != ENTRY_OPEN)
			continue;
		struct play *p = find_play(r, e.session);
		if (p)
			play_secured(p);
	}
}

/* Life */

static void free_replay(struct replay *r)
{
	while (r->play_count)
		drop_play(r, r->play_count - 1);
	chatfile_close(r->file);
	free(r->plays);
	free(r->peers);
	free(r->rising);
	free(r);
}

/* Its user speaks for the chat again. */
static void end_replay(struct replay *r)
{
	struct chat *c = r->chat;
	wire_unlisten(c->options->dial.wire, &r->hears);
	transcript_unlisten(c->transcript, &r->reads);
	later_cancel(&r->later);
	timer_stop(&r->absent);
	c->lead = NULL;
	free_replay(r);
	chat_settings_changed(c);
}

void replay_start(struct replay *r, struct chat *c)
{
	r->chat = c;
	wire_listen(c->options->dial.wire, &r->hears);
	transcript_listen(c->transcript, &r->reads);
	c->lead = &r->lead;
}

/* Plays that are over hold their sessions until these are. */
static void clear_away(struct replay *r)
{
	for (size_t i = r->play_count; i-- > 0;) {
		const struct play *p = r->plays[i];
		if (p->is_over && (p->is_gone || !ends_sessions(r)))
			drop_play(r, i);
	}
}

/* Those that could not be played would wait for ever. */
static void leave_unplayed(struct replay *r)
{
	bool listens = r->chat->options->mode == ENDPOINT_LISTEN;
	const struct session *s;
	r->has_unplayed = false;
	for (size_t i = 0; (s = chat_session(r->chat, i)); i++)
		if (session_is_open(s) && s->link.is_accepted == listens &&
		    !find_play(r, s->link.number))
			session_leave(chat_find(r->chat, s->link.number));
}

/* Whether no more conversation is to be played. */
static bool is_all_over(const struct replay *r)
{
	if (!r->is_whole)
		return !r->play_count;
	return !is_endless(r) && r->over == total(r) &&
	       !r->chat->options->keep_open;
}

/* Whether nothing goes on until another peer comes.  Those that have come are
 * played, and a first one may come when it likes. */
static bool awaits_peer(const struct replay *r)
{
	const struct chat *c = r->chat;
	return ends_sessions(r) && !c->is_leaving && !c->options->keep_open &&
	       c->options->mode == ENDPOINT_LISTEN && r->begun &&
	       r->begun < total(r) && r->over == r->begun;
}

static void await_peer(struct replay *r)
{
	int64_t ms = r->chat->options->step_timeout_ms;
	if (ms && !r->absent.loop && awaits_peer(r))
		timer_start(r->chat->loop, &r->absent, ms * MS_NS);
}

static void on_later(struct later *l)
{
	struct replay *r = l->user;
	struct chat *c = r->chat;
	bool keeps_open = c->options->keep_open || c->ops->stays;
	clear_away(r);
	if (r->has_unplayed && ends_sessions(r))
		leave_unplayed(r);
	bool is_vain = r->has_missed ||
	               (r->failed && r->is_whole && !keeps_open);
	if (is_vain && !c->is_leaving)
		chat_leave(c);
	else if (r->dials && !c->is_leaving)
		chat_connect(c, &c->options->endpoint);
	r->dials = false;
	await_peer(r);
	if (!is_all_over(r))
		return;
	if (ends_sessions(r))
		chat_end_lead(c);
	else
		end_replay(r);
}

/* The lead */

static const char *refuses(struct chat_lead *lead)
{
	const struct replay *r = replay_of(lead);
	if (!r->is_whole || r->chat->options->mode != ENDPOINT_LISTEN ||
	    is_endless(r) || r->begun < total(r))
		return NULL;
	return r->peer_count
	           ? "the replayed file has no more peers"
	           : "one peer is served already (--keep-open serves more)";
}

static bool holds(struct chat_lead *lead, const struct session *s)
{
	return find_play(replay_of(lead), s->link.number);
}

static void on_lost(struct chat_lead *lead, struct session *s)
{
	find_play(replay_of(lead), s->link.number)->has_lost = true;
}

/* A peer that it needs does not come: there is no use in going on. */
static void miss_peer(struct replay *r)
{
	count_failure(r);
	r->failed++;
	r->has_missed = true;
	loop_later(r->chat->loop, &r->later);
}

/* On the screen the user can have it tried again. */
static void on_missed(struct chat_lead *lead)
{
	struct replay *r = replay_of(lead);
	if (ends_sessions(r) && (is_endless(r) || r->begun < total(r)))
		miss_peer(r);
}

static size_t first_line(const struct replay *r, uint32_t peer)
{
	struct error e;
	struct chatfile *f = chatfile_open(r->path, &e);
	struct player *p = f ? player_new(f, side_of(&r->head, true), peer)
	                     : NULL;
	size_t line = p ? player_wants(p).line : 0;
	if (p)
		player_free(p);
	else if (f)
		chatfile_close(f);
	return line;
}

static void on_absent(struct timer *t)
{
	struct replay *r = t->user;
	uint32_t peer = next_peer(r, true);
	replay_tell_absent(r, peer, first_line(r, peer));
	miss_peer(r);
}

static void on_end(struct chat_lead *lead, struct session *s)
{
	struct replay *r = replay_of(lead);
	struct play *p = find_play(r, s->link.number);
	play_end(p, s);
	if (p->has_lost && !p->is_written)
		count_failure(r);
	loop_later(r->chat->loop, &r->later);
}

static void on_change(struct chat_lead *lead)
{
	const struct replay *r = replay_of(lead);
	for (size_t i = 0; i < r->play_count; i++)
		play_on(r->plays[i]);
}

bool replay_let_go(struct replay *r)
{
	struct play *found = NULL;
	for (size_t i = 0; i < r->play_count; i++) {
		struct play *p = r->plays[i];
		if (play_awaits_word(p) &&
		    (!found || p->step_ns < found->step_ns))
			found = p;
	}
	if (!found)
		return false;
	found->is_let = true;
	play_on(found);
	return true;
}

static bool on_enter(struct chat_lead *lead)
{
	struct replay *r = replay_of(lead);
	if (!r->is_stepping || !r->play_count)
		return false;
	(void)replay_let_go(r);
	return true; /* if none waits, the line is no step too many */
}

static void advise(struct chat_lead *lead, char *out, size_t cap)
{
	const struct replay *r = replay_of(lead);
	for (size_t i = 0; i < r->play_count; i++) {
		const struct play *p = r->plays[i];
		if (p->is_over)
			continue;
		snprintf(out, cap, "replay line %zu: %s",
		         player_wants(p->player).line,
		         play_awaits_word(p) ? "Enter continues"
		                             : "Ctrl-C stops it");
		return;
	}
}

static void stop(struct chat_lead *lead)
{
	struct replay *r = replay_of(lead);
	struct chat *c = r->chat;
	bool is_failure = ends_sessions(r);
	for (size_t i = 0; i < r->play_count; i++)
		play_stop(r->plays[i], is_failure);
	if (is_failure && !is_endless(r) && r->over < total(r) && !r->failed)
		chat_refuse(c, "", "%s: %zu of %zu conversations were played",
		            r->name, r->over, total(r));
	if (is_failure && !is_endless(r) && r->over < total(r))
		count_failure(r);
	if (is_failure && !c->is_leaving)
		chat_leave(c);
	end_replay(r);
}

static const struct chat_lead_ops lead_ops = {
	.refuses = refuses,
	.holds = holds,
	.on_lost = on_lost,
	.on_end = on_end,
	.on_missed = on_missed,
	.on_change = on_change,
	.on_enter = on_enter,
	.advise = advise,
	.stop = stop,
};

/* The file */

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* -1 without memory. */
static int take_peers(struct replay *r, const struct chat_facts *facts)
{
	size_t size = facts->peer_count * sizeof(*r->peers);
	if (!size || r->peers)
		return 0;
	r->peer_count = facts->peer_count;
	r->peers = malloc(size);
	r->rising = malloc(size);
	if (!r->peers || !r->rising)
		return -1;
	memcpy(r->peers, facts->peers, size);
	memcpy(r->rising, facts->peers, size);
	qsort(r->rising, r->peer_count, sizeof(*r->rising), by_number);
	return 0;
}

/* Check that it can be played from that side.  -1 with a sentence. */
static int check_side(struct replay *r, struct chatfile *f,
                      enum endpoint_mode mode, struct error *e)
{
	r->head = *chatfile_head(f);
	const struct chat_facts *facts =
	    chatfile_check(f, side_of(&r->head, mode == ENDPOINT_LISTEN), e);
	if (!facts)
		return -1;
	return take_peers(r, facts)
	           ? error_set_errno(e, ENOMEM, "%s cannot be played", r->name)
	           : 0;
}

/* NULL with a sentence. */
static struct replay *new_replay(const char *path, struct error *e)
{
	struct replay *r = calloc(1, sizeof(*r));
	if (!r || strlen(path) >= sizeof(r->path)) {
		error_set_errno(e, r ? ENAMETOOLONG : ENOMEM,
		                "%s cannot be played", path);
		free(r);
		return NULL;
	}
	r->lead.ops = &lead_ops;
	r->hears = (struct wire_listener){ .on_wire = on_wire, .user = r };
	r->reads = (struct transcript_listener){
		.on_entries = on_entries, .user = r,
	};
	r->later = (struct later){ .on_call = on_later, .user = r };
	r->absent = (struct timer){ .on_time = on_absent, .user = r };
	memcpy(r->path, path, strlen(path) + 1);
	glyph_copy(r->name, sizeof(r->name), path, GLYPH_ANY_WIDTH);
	return r;
}

/* -1 with a sentence. */
static int check_roles(struct replay *r, struct chatfile *f,
                       const struct replay_roles *roles, struct error *e)
{
	for (int kind = 0; kind < 2; kind++)
		for (int mode = 0; mode < 2; mode++) {
			chatfile_set_datagrams(f, kind);
			if (roles->has[kind][mode] &&
			    check_side(r, f, (enum endpoint_mode)mode, e))
				return -1;
		}
	return 0;
}

struct replay *replay_open_for(const char *path,
                               const struct replay_roles *roles, uint64_t most,
                               struct error *e)
{
	struct chatfile *f = chatfile_open(path, e);
	struct replay *r = f ? new_replay(path, e) : NULL;
	if (!r) {
		chatfile_close(f);
		return NULL;
	}
	r->file = f;
	chatfile_limit(f, most);
	if (check_roles(r, f, roles, e) == 0)
		return r;
	free_replay(r);
	return NULL;
}

struct replay *replay_open(const char *path, enum endpoint_mode mode,
                           bool has_datagrams, struct error *e)
{
	struct replay_roles roles = { { { false } } };
	roles.has[has_datagrams][mode] = true;
	return replay_open_for(path, &roles, UINT64_MAX, e);
}

void replay_close(struct replay *r)
{
	if (r)
		free_replay(r);
}

void replay_begin(struct replay *r, struct chat *c)
{
	r->is_whole = r->lead.has_say = true;
	replay_start(r, c);
}
