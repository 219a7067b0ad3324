/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which peers a command is about, and what is told of them. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/admission.h>
#include <sockchat/again.h>
#include <sockchat/focus.h>
#include <sockchat/number.h>
#include <sockchat/pair.h>
#include <sockchat/session_state.h>
#include <sockchat/tls_words.h>
#include <sockchat/watch.h>
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
		chat_refuse(c, "/peers lists those that are connected",
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

/* A connection of which is told. */
struct told {
	struct chat *chat;
	const char *side; /* in the middle: "client " or "target "; or "" */
	const struct facts *facts;
	const struct health *health;
};

static void note_row(void *user, enum health_row kind, const char *label,
                     const char *text)
{
	const struct told *t = user;
	if (kind != HEALTH_ROW_GAP)
		chat_answer(t->chat, "info", "%s%s: %s", t->side, label, text);
}

static void tell_verdict(const struct told *t)
{
	const struct facts *f = t->facts;
	struct health_verdict v;
	health_verdict(&v, t->health, f);
	if (chat_look(t->chat).shows_numbers)
		chat_answer(t->chat, "health", "peer %u, %s%s: %s", f->number,
		            t->side, f->peer, v.text);
	else
		chat_answer(t->chat, "health", "%s%s: %s", t->side, f->peer,
		            v.text);
}

static void tell_details(struct told *t)
{
	tell_verdict(t);
	health_rows(t->health, t->facts, note_row, t);
}

/* Tell of a peer, in the middle of both its sides; `client` has no number
 * elsewhere. */
static void tell_sides(struct chat *c, const struct facts *f,
                       const struct facts *client)
{
	bool is_pair = client->number != 0;
	if (is_pair)
		tell_details(&(struct told){
			c, "client ", client,
			chat_client_health(c, client->number),
		});
	tell_details(&(struct told){
		c, is_pair ? "target " : "", f, chat_health(c, f->number),
	});
}

static void tell_verdicts(struct chat *c)
{
	const struct session *s;
	struct facts f;
	for (size_t i = 0; (s = chat_session(c, i)); i++) {
		session_facts(s, &f);
		tell_verdict(&(struct told){ c, "", &f,
		                             chat_health(c, f.number) });
	}
	chat_answer(c, "info", "/info PEER shows more about one of them");
}

static void find_names(struct chat *c, struct session *s)
{
	session_identify(s, c->options->dial.resolve.is_numeric, true);
}

/* Tell of this session; NULL: of the last one, or of all. */
static void tell_info(struct chat *c, struct session *s)
{
	struct facts f, client = { .number = 0 };
	if (s) {
		find_names(c, s);
		session_facts_to_show(s, &f);
	}
	if (s && s->pair) {
		find_names(c, s->pair->near);
		session_facts_to_show(s->pair->near, &client);
	}
	if (!s && chat_facts(c, &f))
		chat_client_facts(c, &client);
	if (s || f.number)
		tell_sides(c, &f, &client);
	else if (chat_session_count(c))
		tell_verdicts(c);
	else
		chat_answer(c, "no-peers", "nobody is connected");
}

static void note_admission(void *user, const char *label, const char *text)
{
	chat_answer(user, "info", "%s: %s", label, text);
}

static void tell_listener(struct chat *c)
{
	char own[TLS_WORDS_MAX];
	chat_answer(c, "listening", "listening on %s (%s)", c->listening,
	            c->reach);
	tls_say_own(own, c->options->dial.tls,
	            stamp_now().wall_us / 1000000);
	if (*own)
		chat_answer(c, "info", "we show: %s", own);
	chat_admission(c, note_admission, c);
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

/* Of a pair: who its client is, and what waits for it.  Of others: how many
 * datagrams came and went, if it is by those. */
static void describe_more(char *out, size_t cap, const struct session *s)
{
	char queued[16];
	*out = '\0';
	if (!s->pair && link_has_messages(&s->link))
		snprintf(out, cap, "; %" PRIu64 " datagram%s in, %" PRIu64
		         " out", s->link.messages_in,
		         plural(s->link.messages_in), s->link.messages_out);
	if (!s->pair)
		return;
	number_format_size(queued, session_queued(s->pair->near));
	snprintf(out, cap, "; for the client %s%s, %s queued",
	         s->pair->near->link.where, session_through(s->pair->near),
	         queued);
}

int run_peers(struct chat *c, char *args)
{
	char in[16], out[16], queued[16], more[2 * ADDRESS_TEXT_MAX + 80];
	struct session *s;
	(void)args;
	for (size_t i = 0; (s = chat_session(c, i)); i++) {
		number_format_size(in, s->link.bytes_in);
		number_format_size(out, s->link.bytes_out);
		number_format_size(queued, session_queued(s));
		describe_more(more, sizeof(more), s);
		chat_answer(c, "peer", "peer %u: %s%s, %s%s, %s in, %s out, %s "
		            "queued%s", s->link.number, s->link.where,
		            session_through(s), session_state_text(s),
		            s->is_paused ? ", paused" : "", in, out,
		            queued, more);
	}
	if (!chat_session_count(c))
		chat_answer(c, "no-peers", "nobody is connected");
	return 0;
}

/* Speak to "2" or "2>", or to the client of "2<". */
static int speak_to(struct chat *c, char *word)
{
	size_t len = strlen(word);
	bool is_client = word[len - 1] == '<';
	bool has_side = is_client || word[len - 1] == '>';
	if (has_side)
		word[len - 1] = '\0';
	struct session *s = find_peer(c, word);
	if (!s)
		return -1;
	if (has_side && !s->pair)
		return chat_refuse(c, "", "peer %u has only one side: we do "
		                          "not forward for it", s->link.number);
	if (is_client)
		chat_speak_to_client(c, s->link.number);
	else
		chat_speak_to(c, s->link.number);
	return 0;
}

static void tell_spoken_to(struct chat *c)
{
	const struct session *s = chat_find(c, c->target);
	if (!c->target || !s)
		chat_moment(c, "spoken-to", "what you type goes to all peers");
	else if (s->pair)
		chat_moment(c, "spoken-to", "what you type goes to the %s of "
		            "peer %u",
		c->target_side == ENTRY_IN ? "client" : "target",
		c->target);
	else
		chat_moment(c, "spoken-to", "what you type goes to peer %u",
		            c->target);
}

int run_to(struct chat *c, char *args)
{
	char *word[1];
	size_t count = command_words(args, word, 1);
	if (!count)
		chat_next_target(c);
	else if (strcmp(word[0], "all") == 0)
		chat_speak_to(c, 0);
	else if (speak_to(c, word[0]))
		return -1;
	tell_spoken_to(c);
	return 0;
}
