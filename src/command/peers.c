/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which peers a command is about, and what is told of them. */

#include <string.h>

#include <sockchat/again.h>
#include <sockchat/focus.h>
#include <sockchat/number.h>
#include <sockchat/session_state.h>
#include <sockchat/tls_words.h>
#include <sockchat/word.h>

#include "commands_private.h"

size_t command_words(char *args, char *words[], size_t max)
{
	size_t count = 0;
	while (count < max && *(words[count] = word_cut(&args)))
		count++;
	return count;
}

/* The session of this number, or with NULL the one spoken to.  NULL after a
 * complaint. */
static struct session *find_peer(struct chat *c, const char *word)
{
	long number = (long)c->target;
	if (word && !number_parse(word, 1, UINT32_MAX, &number)) {
		chat_refuse(c, "/peers lists them",
		            "'%s' is not a peer's number", word);
		return NULL;
	}
	struct session *s = chat_find(c, (uint32_t)number);
	if (!s)
		chat_refuse(c, "/peers lists those that are here",
		            "there is no peer %ld", number);
	return s;
}

int command_for_peers(struct chat *c, char *args, chat_session_fn *fn)
{
	char *word[1];
	size_t count = command_words(args, word, 1);
	struct session *s;
	if ((count && strcmp(word[0], "all") != 0) ||
	    (!count && c->target)) {
		s = find_peer(c, count ? word[0] : NULL);
		if (s)
			fn(s);
		return s ? 0 : -1;
	}
	bool ends = fn == session_close || fn == session_reset;
	if (!chat_session_count(c) && ends && chat_stop_trying(c))
		return 0;
	if (!chat_session_count(c))
		return chat_refuse(c, "", "nothing to do: nobody is connected");
	chat_for_all(c, fn);
	return 0;
}

static void note_row(void *user, enum health_row kind, const char *label,
                     const char *text)
{
	if (kind != HEALTH_ROW_GAP)
		chat_note(user, "info", "%s: %s", label, text);
}

static void tell_verdict(struct chat *c, const struct facts *f)
{
	struct health_verdict v;
	health_verdict(&v, chat_health(c, f->number), f);
	if (chat_look(c).shows_numbers)
		chat_note(c, "health", "peer %u, %s: %s", f->number, f->peer,
		          v.text);
	else
		chat_note(c, "health", "%s: %s", f->peer, v.text);
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
	chat_note(c, "info", "/info PEER tells more of one of them");
}

/* Tell of this session; NULL: of the last one, or of all. */
static void tell_info(struct chat *c, struct session *s)
{
	struct facts f;
	if (s) {
		session_identify(s, c->options->dial.resolve.is_numeric, true);
		session_facts_to_show(s, &f);
		tell_details(c, &f);
	} else if (chat_facts(c, &f)) {
		tell_details(c, &f);
	} else if (chat_session_count(c)) {
		tell_verdicts(c);
	} else {
		chat_note(c, "no-peers", "nobody is connected");
	}
}

static void tell_listener(struct chat *c)
{
	char own[TLS_WORDS_MAX];
	chat_note(c, "listening", "listening on %s (%s)", c->listening,
	          c->reach);
	tls_say_own(own, c->options->dial.tls,
	            stamp_now().wall_us / 1000000);
	if (*own)
		chat_note(c, "info", "we show: %s", own);
}

int run_info(struct chat *c, char *args)
{
	struct session *s = *args ? find_peer(c, args) : chat_shown(c);
	if (*args && !s)
		return -1;
	if (!*args && *c->listening)
		tell_listener(c);
	tell_info(c, s);
	return 0;
}

int run_peers(struct chat *c, char *args)
{
	char in[16], out[16], queued[16];
	struct session *s;
	(void)args;
	for (size_t i = 0; (s = chat_session(c, i)); i++) {
		number_format_size(in, s->link.bytes_in);
		number_format_size(out, s->link.bytes_out);
		number_format_size(queued, queue_len(s->queue));
		chat_note(c, "peer", "peer %u: %s, %s%s, %s in, %s out, %s "
		          "queued", s->number, s->link.where,
		          session_state_text(s),
		          s->is_paused ? ", paused" : "", in, out,
		          queued);
	}
	if (!chat_session_count(c))
		chat_note(c, "no-peers", "nobody is connected");
	return 0;
}

int run_to(struct chat *c, char *args)
{
	char *word[1];
	size_t count = command_words(args, word, 1);
	struct session *s;
	if (!count)
		chat_next_target(c);
	else if (strcmp(word[0], "all") == 0)
		chat_speak_to(c, 0);
	else if ((s = find_peer(c, word[0])))
		chat_speak_to(c, s->number);
	else
		return -1;
	if (c->target)
		chat_note(c, "spoken-to", "what you type goes to peer %u",
		          c->target);
	else
		chat_note(c, "spoken-to", "what you type goes to all peers");
	return 0;
}
