/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Hints from the bytes of a conversation: the protocol, once, the traps, and
 * the frame that fits when none is set. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/recognise.h>
#include <sockchat/timer.h>
#include <sockchat/traps.h>

#include "hints_frame.h"
#include "session_private.h"

#define LOOK_NS  (100 * MS_NS) /* from bytes to the guess of a frame */
#define PAUSE_NS (300 * MS_NS) /* first bytes with nothing behind them */

struct watcher {
	struct session *session;
	struct traps traps;
	unsigned seen;              /* traps, told or not */
	struct session_hints given; /* unless the peer connected to us */
	const char *spoken;         /* the protocol that we speak, or NULL */
	bool is_known;              /* no more is tried to find the peer's */
	struct bytes head;          /* its first bytes, until then */
	struct timer pause;         /* while there are some */
	struct timer silence;       /* a request of ours has no answer */
	struct frame_watch frames;
	struct timer look;          /* at these */
};

static void on_pause(struct timer *t);
static void on_silence(struct timer *t);
static void on_look(struct timer *t);

/* How what the peer sends is cut. */
static const struct frame *frame_of_peer(const struct session *s)
{
	const struct session_settings *all = session_flow(s);
	return s->link.is_near ? all->frame_out : all->frame_in;
}

static struct watcher *watcher_new(struct session *s, bool is_fresh)
{
	struct watcher *w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	w->session = s;
	w->pause = (struct timer){ .on_time = on_pause, .user = w };
	w->silence = (struct timer){ .on_time = on_silence, .user = w };
	w->look = (struct timer){ .on_time = on_look, .user = w };
	w->is_known = !is_fresh;
	w->frames.is_over = !is_fresh || s->link.is_near /* far looks */ ||
	                    link_has_messages(&s->link);
	traps_init(&w->traps, is_fresh);
	return w;
}

/* The watcher, which is made if there is none, as long as hints are wanted.
 * `is_fresh`: it has missed nothing. */
static struct watcher *watcher_of(struct session *s, bool is_fresh)
{
	struct watcher **w = &s->talk->watcher;
	const struct session_settings *all = session_flow(s);
	if (!all->hints || !all->keeps_entries) {
		hints_free(*w);
		*w = NULL;
	} else if (!*w) {
		*w = watcher_new(s, is_fresh);
	}
	return *w;
}

void hints_free(struct watcher *w)
{
	if (!w)
		return;
	timer_stop(&w->pause);
	timer_stop(&w->silence);
	timer_stop(&w->look);
	bytes_finish(&w->head);
	frame_watch_end(&w->frames);
	free(w);
}

/* The hints that have been given: a listener gives each once, however many
 * peers it concerns. */
static struct session_hints *hints_told(const struct session *s)
{
	return s->link.is_accepted || s->pair ? session_flow(s)->hints
	                                      : &s->talk->watcher->given;
}

/* In the middle the client says what else the user does, and the peer is one
 * of two. */
static void name_sides(const struct session *s, const char *text, char *out,
                       size_t cap)
{
	static const char *const words[][2] = {
		{ "your lines", "the client's lines" },
		{ "you have sent", "the client has sent" },
		{ "you sent", "the client sent" },
		{ "you send", "the client sends" },
		{ "the peer", "the target" },
		{ "", "" },
	};
	*out = '\0';
	while (*text) {
		size_t i = 0, len;
		while ((len = strlen(words[i][0])) &&
		       strncmp(text, words[i][0], len) != 0)
			i++;
		bool is_peer = words[i][0] == words[4][0];
		if (len)
			text_add(out, cap, "%s", is_peer && s->link.is_near
			                             ? "the client"
			                             : words[i][1]);
		else
			text_add(out, cap, "%c", *text);
		text += len ? len : 1;
	}
}

static void hint_tell_note(struct session *s, const char *code,
                           const char *hint, const char *text)
{
	char text_now[RECOGNISE_TEXT_MAX + 64], hint_now[sizeof(text_now)];
	if (s->pair) {
		name_sides(s, text, text_now, sizeof(text_now));
		name_sides(s, hint, hint_now, sizeof(hint_now));
		text = text_now;
		hint = hint_now;
	}
	session_tell_hint(s, code, hint, text);
}

static void hint_traps(struct session *s)
{
	struct session_hints *hints = hints_told(s);
	const struct watcher *w = s->talk->watcher;
	unsigned news = w->seen & ~hints->traps;
	char text[TRAP_TEXT_MAX], hint[512];
	hints->traps |= news;
	for (unsigned i = 0; i < TRAP_COUNT; i++) {
		if (!(news & 1u << i))
			continue;
		const struct trap_row *row = &trap_rows[i];
		/* Of a client, its author alone could follow these. */
		bool has_advice = !s->pair || i >= TRAP_ECHO;
		const char *end = strstr(row->hint, ". ");
		traps_text(&w->traps, i, text, sizeof(text));
		snprintf(hint, sizeof(hint), "%.*s",
		         has_advice || !end ? (int)sizeof(hint) - 1
		                            : (int)(end - row->hint),
		         row->hint);
		hint_tell_note(s, row->code, hint, text);
	}
}

/* Tell the peer's protocol, but not to somebody who speaks it.  Then its frame
 * needs no hint of its own. */
static void hint_protocol(struct session *s, const struct recognised *r)
{
	uint64_t row = UINT64_C(1) << r->row;
	struct session_hints *hints = hints_told(s);
	struct watcher *w = s->talk->watcher;
	bool has_frame = r->frame && !frame_is_chosen(frame_of_peer(s));
	char hint[RECOGNISE_TEXT_MAX + 64];
	if (w->spoken && strcmp(w->spoken, r->name) == 0)
		return;
	frame_watch_end(&w->frames);
	if (hints->protocols & row)
		return;
	hints->protocols |= row;
	const char *answer = s->pair ? "" : r->hint; /* the other side speaks */
	snprintf(hint, sizeof(hint), "%s%s%s%s%s", answer,
	         *answer && has_frame ? ". " : "", has_frame ? "`/frame " : "",
	         has_frame ? r->frame : "",
	         has_frame ? "` shows its messages" : "");
	hint_tell_note(s, r->code, hint, r->text);
}

/* Text that ends in NUL or CR has hints as a trap, or as a frame. */
static bool is_told_as_trap(const struct watcher *w, const char *spec)
{
	unsigned traps = strcmp(spec, "nul") == 0 ? 1u << TRAP_NUL
	                 : strcmp(spec, "cr") == 0 ? 1u << TRAP_CR : 0;
	return w->seen & traps;
}

/* Tell which frame fits, unless it was told. */
static void hint_frame(struct session *s)
{
	struct watcher *w = s->talk->watcher;
	struct session_hints *hints = hints_told(s);
	struct frame_guess g;
	if (!frame_watch_look(&w->frames, s, &g) ||
	    is_told_as_trap(w, g.spec))
		return;
	uint64_t bit = UINT64_C(1) << g.number;
	if (!(hints->frames & bit))
		hint_tell_note(s, "frame-guess", g.hint, g.text);
	hints->frames |= bit;
}

static void keep_for_frame(struct session *s, struct bytes *to,
                           const void *bytes, size_t len)
{
	struct watcher *w = s->talk->watcher;
	frame_watch_keep(&w->frames, s, to, bytes, len);
	if (!w->frames.is_over && !w->look.loop)
		timer_start(s->link.loop, &w->look, LOOK_NS);
}

/* Keep the peer's first bytes.  -1 without memory. */
static int keep_head(struct watcher *w, const uint8_t *bytes, size_t len)
{
	size_t room = RECOGNISE_MAX - w->head.len;
	return bytes_append(&w->head, bytes, len < room ? len : room);
}

static struct speaker speaker_of(const struct session *s, bool is_peer)
{
	bool is_server = s->link.is_accepted;
	return (struct speaker){
		.side = is_server == is_peer ? RECOGNISE_CLIENT
		                           : RECOGNISE_SERVER,
		.is_over_tls = s->link.traits & TRANSPORT_TLS,
		.has_datagrams = link_has_messages(&s->link),
		.where = is_server ? session_local(s) : s->link.where,
	};
}

/* Recognise the protocol by these, the peer's first bytes; `is_all`: no more
 * are waited for. */
static enum recognise_result recognise_head(struct session *s,
                                            const uint8_t *bytes, size_t len,
                                            bool is_all)
{
	struct recognised r;
	const struct speaker peer = speaker_of(s, true);
	enum recognise_result result =
	    recognise(&r, bytes, len, is_all, &peer);
	if (result == RECOGNISE_YES)
		hint_protocol(s, &r);
	return result;
}

static void end_head(struct watcher *w)
{
	w->is_known = true;
	timer_stop(&w->pause);
	bytes_finish(&w->head);
}

/* Whether what a timer finds is still wanted. */
static bool may_tell(struct session *s)
{
	return s->phase != ENTRY_CLOSED && watcher_of(s, false);
}

/* Nothing has followed for a moment; it may be all, or not. */
static void on_pause(struct timer *t)
{
	struct watcher *w = t->user;
	struct session *s = w->session;
	if (may_tell(s) && recognise_head(s, w->head.data, w->head.len,
	                                  true) == RECOGNISE_YES)
		end_head(w);
}

/* These are the next of the peer's first bytes. */
static void take_head(struct session *s, const uint8_t *bytes, size_t len)
{
	struct watcher *w = s->talk->watcher;
	if (w->head.len && !keep_head(w, bytes, len)) {
		bytes = w->head.data;
		len = w->head.len;
	}
	bool is_all = link_has_messages(&s->link);
	if (recognise_head(s, bytes, len, is_all) == RECOGNISE_MORE &&
	    !is_all && (w->head.len || !keep_head(w, bytes, len)))
		timer_start(s->link.loop, &w->pause, PAUSE_NS);
	else
		end_head(w);
}

static void recognise_rest(struct session *s)
{
	struct watcher *w = s->talk->watcher;
	if (!w->head.len)
		return;
	recognise_head(s, w->head.data, w->head.len, true);
	end_head(w);
}

/* Recognise what may come at any time, as Telnet's commands. */
static void look_later(struct session *s, const uint8_t *bytes, size_t len)
{
	struct recognised r;
	const struct speaker peer = speaker_of(s, true);
	if (len <= RECOGNISE_MAX && recognise_later(&r, bytes, len, &peer))
		hint_protocol(s, &r);
}

/* The clock of a request runs from the last byte that has left. */
static void on_silence(struct timer *t)
{
	struct watcher *w = t->user;
	struct session *s = w->session;
	if (!may_tell(s))
		return;
	if (!s->link.transport || session_queued(s) ||
	    queue_has_file(s->queue) || session_rests(s) ||
	    s->settings->is_held) {
		timer_start(s->link.loop, t, TRAPS_WAIT_MS * MS_NS);
		return;
	}
	w->seen |= traps_silence(&w->traps);
	hint_traps(s);
}

static void on_look(struct timer *t)
{
	struct watcher *w = t->user;
	struct session *s = w->session;
	if (!may_tell(s))
		return;
	if (frame_watch_is_due(&w->frames, s))
		hint_frame(s);
	if (frame_watch_is_growing(&w->frames, s))
		timer_start(s->link.loop, t, LOOK_NS);
}

void hints_in(struct session *s, const uint8_t *bytes, size_t len)
{
	struct watcher *w =
	    watcher_of(s, s->link.bytes_in == len && !s->link.bytes_out);
	if (!w)
		return;
	timer_stop(&w->silence);
	if (!w->is_known)
		take_head(s, bytes, len);
	if (w->is_known && !link_has_messages(&s->link))
		look_later(s, bytes, len);
	unsigned seen = traps_in(&w->traps, bytes, len);
	if (session_flow(s)->is_decoded)
		seen &= ~TRAPS_OF_ENCODING;
	if (frame_is_chosen(frame_of_peer(s)))
		seen &= ~TRAPS_OF_ENDS;
	if (link_has_messages(&s->link))
		seen &= TRAPS_OF_DATAGRAMS;
	w->seen |= seen;
	keep_for_frame(s, &w->frames.in, bytes, len);
	hint_traps(s);
}

/* Whether these are the first bytes of all; of a pair, the client's. */
static bool is_first_out(const struct session *s, size_t len)
{
	bool is_gone = s->pair ? s->pair->near->link.bytes_in == len
	                       : !s->link.bytes_out &&
	                             session_queued(s) == len;
	return is_gone && !s->link.bytes_in;
}

void hints_out(struct session *s, const void *bytes, size_t len)
{
	bool is_first = is_first_out(s, len);
	struct watcher *w = watcher_of(s, is_first);
	const struct speaker us = speaker_of(s, false);
	struct recognised r;
	if (!w)
		return;
	recognise_rest(s);
	if (is_first &&
	    recognise(&r, bytes, len, true, &us) == RECOGNISE_YES)
		w->spoken = r.name;
	traps_out(&w->traps, bytes, len,
	          faults_are_slow(s->settings->faults));
	if (traps_wait(&w->traps) && !link_has_messages(&s->link))
		timer_start(s->link.loop, &w->silence, TRAPS_WAIT_MS * MS_NS);
	keep_for_frame(s, &w->frames.out, bytes, len);
	if (session_queued(s) == len)
		cuts_begin(&w->traps.cuts, loop_now_ns(s->link.loop));
	hint_traps(s);
}

void hints_left(struct session *s, const uint8_t *bytes, size_t n, size_t len)
{
	struct watcher *w = watcher_of(s, !s->link.bytes_in &&
	                                      s->link.bytes_out == n);
	if (!w || s->settings->echo || s->pair ||
	    link_has_messages(&s->link))
		return;
	if (!s->settings->is_decoded)
		cuts_out(&w->traps.cuts, bytes, n, len,
		         faults_are_slow(s->settings->faults),
		         loop_now_ns(s->link.loop));
}

void hints_end(struct session *s, bool is_reset)
{
	struct watcher *w = s->talk ? s->talk->watcher : NULL;
	if (!w || !watcher_of(s, false))
		return;
	timer_stop(&w->silence);
	recognise_rest(s);
	hint_frame(s);
	if (s->pair)
		return; /* whose end it was is not ours to judge */
	w->seen |= traps_end(&w->traps, is_reset, !session_queued(s),
	                     loop_now_ns(s->link.loop));
	if (!s->closes && link_is_unanswered(&s->link))
		w->seen |= 1u << TRAP_NO_ANSWER;
	hint_traps(s);
}
