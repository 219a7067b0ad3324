/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* When the frames change, what has come is cut anew, in slices.  Peers are not
 * read meanwhile, for what they sent would be cut by frames of two kinds. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/recut.h>

#include "reframe.h"

#define SLICE_NS (4 * MS_NS) /* a key is answered before the next frame */

struct reframe {
	struct chat *chat;
	struct recut *recut;
	struct later turn;
};

void chat_hold(struct chat *c, enum chat_hold why, bool is_held)
{
	c->holds = is_held ? c->holds | why : c->holds & ~(unsigned)why;
	if (c->session_settings.is_held == (c->holds != 0))
		return;
	c->session_settings.is_held = c->holds != 0;
	chat_for_all(c, session_update);
}

/* What came before may be wrong for the new frame, far above what is seen. */
static void tell_wrong(struct chat *c, uint64_t seq)
{
	struct entry room;
	const struct entry *e = transcript_at(c->transcript, seq, &room);
	if (e)
		chat_note(c, FRAMING_WRONG, "what came before: %.*s",
		          (int)e->len, (const char *)e->bytes);
}

static void end_reframe(struct reframe *r)
{
	struct chat *c = r->chat;
	later_cancel(&r->turn);
	c->own->reframe = NULL;
	recut_free(r->recut);
	free(r);
	chat_hold(c, CHAT_HOLD_RECUT, false);
}

static void tell_uncut(struct chat *c)
{
	struct error e;
	error_set_errno(&e, ENOMEM, "what came before was not cut anew");
	chat_error(c, &e);
}

static void fail_reframe(struct reframe *r)
{
	struct chat *c = r->chat;
	end_reframe(r);
	tell_uncut(c);
}

/* All is cut. */
static void finish_reframe(struct reframe *r)
{
	struct chat *c = r->chat;
	recut_finish(r->recut);
	uint64_t wrong = recut_wrong(r->recut);
	end_reframe(r);
	tell_wrong(c, wrong);
}

static void on_turn(struct later *l)
{
	struct reframe *r = l->user;
	int more = recut_step(r->recut, SLICE_NS);
	if (more > 0)
		loop_later(r->chat->loop, l);
	else
		(more < 0 ? fail_reframe : finish_reframe)(r);
}

static void begin_reframe(struct chat *c)
{
	struct chat_private *p = c->own;
	struct reframe *r = calloc(1, sizeof(*r));
	if (r)
		r->recut = recut_new(c->transcript, &p->frames[0],
		                     &p->frames[1]);
	if (!r || !r->recut) {
		free(r);
		tell_uncut(c);
		return;
	}
	r->chat = c;
	r->turn = (struct later){ .on_call = on_turn, .user = r };
	p->reframe = r;
	on_turn(&r->turn); /* what is short is done at once */
	chat_hold(c, CHAT_HOLD_RECUT, p->reframe != NULL);
}

/* Enter may end lines by CR LF, which are lines all the same. */
static void end_lines(const struct chat *c, struct frame *f)
{
	if (c->options->eol != EOL_CRLF || strcmp(f->kind->name, "line") != 0)
		return;
	memcpy(f->end, "\r\n", 2);
	f->end_len = 2;
}

void chat_choose_frames(struct chat *c)
{
	struct chat_private *p = c->own;
	struct frame next[2];
	for (size_t i = 0; i < 2; i++) {
		next[i] = c->options->frames[i];
		frame_limit(&next[i], c->options->scrollback / 4);
	}
	end_lines(c, &next[1]);
	if (memcmp(next, p->frames, sizeof(next)) == 0)
		return;
	if (p->reframe)
		end_reframe(p->reframe);
	memcpy(p->frames, next, sizeof(next));
	chat_for_all(c, session_restart_messages); /* no kind knows another's */
	if (transcript_end(c->transcript) > transcript_first(c->transcript))
		begin_reframe(c);
}

void chat_stop_reframe(struct chat *c)
{
	if (c->own->reframe)
		end_reframe(c->own->reframe);
}
