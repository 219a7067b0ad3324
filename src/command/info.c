/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* /info: how a connection does, as notes. */

#include <sockchat/audience.h>
#include <sockchat/session_state.h>

#include "commands_private.h"

static void note_row(void *user, enum health_row kind, const char *label,
                     const char *text)
{
	if (kind != HEALTH_ROW_GAP)
		chat_note(user, "%s: %s", label, text);
}

static void tell_verdict(struct chat *c, const struct facts *f)
{
	char text[HEALTH_TEXT_MAX];
	health_verdict(text, chat_health(c, f->number), f);
	if (chat_look(c).shows_numbers)
		chat_note(c, "peer %u, %s: %s", f->number, f->peer, text);
	else
		chat_note(c, "%s: %s", f->peer, text);
}

static void tell_details(struct chat *c, const struct facts *f)
{
	tell_verdict(c, f);
	health_rows(chat_health(c, f->number), f, note_row, c);
}

static void tell_verdicts(struct chat *c)
{
	const struct session *s;
	struct facts f;
	for (size_t i = 0; (s = chat_session(c, i)); i++) {
		session_facts(s, &f);
		tell_verdict(c, &f);
	}
	chat_note(c, "/info PEER tells more of one of them");
}

void info_tell(struct chat *c, struct session *s)
{
	struct facts f;
	if (s) {
		session_identify(s, c->options->dial.resolve.is_numeric, true);
		session_facts(s, &f);
		tell_details(c, &f);
	} else if (chat_facts(c, &f)) {
		tell_details(c, &f);
	} else if (chat_session_count(c)) {
		tell_verdicts(c);
	} else {
		chat_note(c, "nobody is connected");
	}
}
