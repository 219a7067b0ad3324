/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Connecting, and what comes after the end of a connection: the same once
 * more. */

#include <errno.h>
#include <stdio.h>

#include <sockchat/glyph.h>

#include "chat_private.h"

void chat_connect(struct chat *c, const struct endpoint *ep)
{
	struct session *s = chat_add_session(c);
	struct error e;
	chat_use(c, ENDPOINT_CONNECT, ep);
	if (!s) {
		error_set_errno(&e, ENOMEM, "cannot connect");
		chat_error(c, &e);
		return;
	}
	session_connect(s, c->transport ? c->transport : transport_of(ep), ep,
	                &c->options->dial);
	if (c->own->has_input_ended)
		chat_end_input(c, s);
}

/* Whether somebody can press Enter, and it would connect or listen again. */
static bool is_enter_free(const struct chat *c)
{
	const struct chat_private *p = c->own;
	return !c->is_scripted && !c->is_leaving && !p->session_count &&
	       !p->listener_count && chat_last(c, p->used.latest);
}

/* Enter was pressed twice, or the user has no patience: an empty line is not
 * what the server is to get first. */
static bool is_still_connecting(const struct chat *c)
{
	const struct session *s = chat_session(c, 0);
	return c->own->is_entered && c->own->session_count == 1 &&
	       !session_is_open(s) && !queue_len(s->queue);
}

bool chat_enter(struct chat *c)
{
	struct chat_private *p = c->own;
	if (is_still_connecting(c)) {
		chat_note(c, "still-connecting", "still connecting to %s: "
		          "nothing was sent", chat_session(c, 0)->link.where);
		return true;
	}
	if (!is_enter_free(c))
		return false;
	struct endpoint ep = *chat_last(c, p->used.latest);
	if (p->used.latest == ENDPOINT_LISTEN) {
		chat_listen(c, &ep);
	} else {
		p->is_entered = true;
		chat_connect(c, &ep);
	}
	return true;
}

/* What to press when there is no connection. */
static void advise_enter(const struct chat *c, char out[ADVICE_MAX])
{
	enum endpoint_mode mode = c->own->used.latest;
	char name[ENDPOINT_TEXT_MAX], safe[ENDPOINT_TEXT_MAX];
	endpoint_format(chat_last(c, mode), name);
	glyph_copy(safe, sizeof(safe), name, GLYPH_ANY_WIDTH);
	snprintf(out, ADVICE_MAX, "press Enter to %s again %s %s",
	         mode == ENDPOINT_LISTEN ? "listen" : "connect",
	         mode == ENDPOINT_LISTEN ? "at" : "to", safe);
}

static const char *advice_on(const struct session *s)
{
	if (s->closes)
		return "";
	if (!session_is_open(s))
		return "/close gives up";
	if (s->link.halves == HALVES_OPEN)
		return "";
	return s->link.is_accepted ? "/close hangs up"
	                           : "/close or /connect";
}

void chat_advise(const struct chat *c, char out[ADVICE_MAX])
{
	const struct session *s = chat_shown(c);
	*out = '\0';
	if (is_enter_free(c))
		advise_enter(c, out);
	else if (s)
		snprintf(out, ADVICE_MAX, "%s", advice_on(s));
}

void chat_tell_again(struct chat *c)
{
	char advice[ADVICE_MAX];
	if (!is_enter_free(c))
		return;
	advise_enter(c, advice);
	chat_note(c, "enter", "%s", advice);
}
