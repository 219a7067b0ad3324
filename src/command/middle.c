/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* In the middle: the user's word about what is held, and what is said. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/escape.h>
#include <sockchat/glyph.h>
#include <sockchat/middle.h>
#include <sockchat/number.h>
#include <sockchat/pair.h>
#include <sockchat/word.h>

#include "held.h"
#include "set.h"
#include "typed.h"

#define LISTED_MAX 20 /* messages that are told one by one */
#define SHOWN_MAX  60 /* bytes of each */

static struct hold *hold_of(const struct chat *c)
{
	return c->session_settings.hold;
}

/* "1, 2, 4 …" */
static void list_numbers(char *out, size_t cap, const struct hold *h)
{
	size_t count = 0;
	out[0] = '\0';
	for (const struct held *m = h->first; m; m = m->after)
		if (++count > LISTED_MAX ||
		    !text_add(out, cap, "%s%u", count > 1 ? ", " : "",
		              m->number))
			break;
	if (count > LISTED_MAX)
		text_add(out, cap, " …");
}

static void refuse_number(struct chat *c, const char *word)
{
	char numbers[256];
	list_numbers(numbers, sizeof(numbers), hold_of(c));
	if (!hold_of(c)->first)
		chat_refuse(c, c->session_settings.holds
		                   ? "" : "/hold in|out|both holds messages",
		            "no message is held");
	else
		chat_refuse(c, "", "there is no held message '%s': %s %s held",
		            word, numbers,
		            hold_count(hold_of(c)) == 1 ? "is" : "are");
}

struct held *middle_find(struct chat *c, const char *word)
{
	long number = 0;
	struct held *m = NULL;
	if (!*word)
		m = hold_of(c)->first;
	else if (number_parse(word, 1, UINT32_MAX, &number))
		m = hold_find(hold_of(c), (uint32_t)number);
	if (!m)
		refuse_number(c, word);
	return m;
}

/* Whether a frame goes around the payload of a message. */
static bool has_frame(const struct chat *c, const struct held *m)
{
	const struct session_settings *s = &c->session_settings;
	const struct frame *f =
	    m->lane->dir == ENTRY_OUT ? s->frame_out : s->frame_in;
	return f->kind->wrap && f->kind == m->message.kind;
}

int middle_text(const struct chat *c, const struct held *m, struct bytes *out)
{
	const struct entry e = hold_entry(m);
	struct bytes room = { 0 };
	size_t len = e.len;
	const uint8_t *bytes = has_frame(c, m)
	                           ? entry_payload(&e, &room, &len) : e.bytes;
	int failed = !bytes && len ? -1 : escape_append(out, bytes, len);
	bytes_finish(&room);
	return failed;
}

/* What is held */

static void tell_one(struct chat *c, const struct held *m)
{
	struct bytes text = { 0 };
	char safe[4 * SHOWN_MAX];
	if (middle_text(c, m, &text))
		return;
	glyph_copy(safe, sizeof(safe), bytes_text(&text), 0);
	bool is_out = m->lane->dir == ENTRY_OUT;
	chat_answer(c, "held", "%u %c peer %u, %zu byte%s%s: %.*s%s",
	            m->number, is_out ? '>' : '<',
	            m->lane->pair->far->link.number, m->message.bytes.len,
	            m->message.bytes.len == 1 ? "" : "s",
	            m->is_whole ? "" : " so far",
	            SHOWN_MAX, safe, strlen(safe) > SHOWN_MAX ? " …" : "");
	bytes_finish(&text);
}

static void tell_held(struct chat *c)
{
	const struct hold *h = hold_of(c);
	size_t count = 0;
	for (const struct held *m = h->first; m && count < LISTED_MAX;
	     m = m->after, count++)
		tell_one(c, m);
	if (hold_count(h) > count)
		chat_answer(c, "held", "and %zu more", hold_count(h) - count);
	if (!count)
		chat_answer(c, "held", "no message is held");
}

int run_hold(struct chat *c, char *args)
{
	bool is_off = strcmp(args, "off") == 0;
	int changed = set_option(c, "hold", args);
	if (changed < 0)
		return -1;
	if (is_off) {
		lane_pass_all(hold_of(c), ENTRY_IN | ENTRY_OUT);
		chat_for_all(c, session_update);
	}
	if (changed)
		chat_note(c, "option-changed", "hold is now %s: %s", args,
		          is_off ? "all messages pass"
		                 : "messages wait for /pass, /drop or /edit");
	else
		tell_held(c);
	return 0;
}

/* Its word */

int run_pass(struct chat *c, char *args)
{
	const char *word = word_cut(&args);
	bool is_all = strcmp(word, "all") == 0;
	struct held *m = middle_find(c, is_all ? "" : word);
	if (!m)
		return -1;
	if (is_all)
		lane_pass_all(hold_of(c), ENTRY_IN | ENTRY_OUT);
	else
		lane_pass_up_to(m);
	chat_for_all(c, session_update);
	return 0;
}

static void drop_all(struct chat *c)
{
	size_t count = hold_count(hold_of(c));
	while (hold_of(c)->first)
		lane_drop(hold_of(c)->first, count > 1);
	if (count > 1)
		chat_note(c, "dropped", "%zu messages were dropped", count);
}

int run_drop(struct chat *c, char *args)
{
	const char *word = word_cut(&args);
	bool is_all = strcmp(word, "all") == 0;
	struct held *m = middle_find(c, is_all ? "" : word);
	if (!m)
		return -1;
	if (is_all)
		drop_all(c);
	else
		lane_drop(m, false);
	chat_for_all(c, session_update);
	return 0;
}

/* Tell how to edit it where there is no line to edit. */
static int tell_text(struct chat *c, const struct held *m)
{
	struct bytes text = { 0 };
	if (middle_text(c, m, &text))
		return chat_refuse(c, "", "no memory to show message %u",
		                   m->number);
	chat_answer(c, "held", "/edit %u TEXT changes it; as it is: /edit %u "
	            "%s", m->number, m->number, bytes_text(&text));
	bytes_finish(&text);
	return 0;
}

static int make_edited(const struct chat *c, const struct held *m,
                       const char *text, struct framed *out, struct error *e)
{
	struct bytes payload = { 0 };
	if (!has_frame(c, m))
		return escape_parse(&out->bytes, text, strlen(text), e);
	int failed = escape_parse(&payload, text, strlen(text), e) ||
	             lane_wrap(m, &payload, out, e);
	bytes_finish(&payload);
	return failed ? -1 : 0;
}

static int edit(struct chat *c, struct held *m, const char *text)
{
	struct framed by = { .kind = NULL };
	struct error e;
	int failed = make_edited(c, m, text, &by, &e) || lane_edit(m, &by, &e);
	if (failed && !*e.hint)
		error_set_hint(&e, "nothing was changed");
	if (failed)
		chat_error(c, &e);
	bytes_finish(&by.bytes);
	chat_for_all(c, session_update);
	return failed ? -1 : 0;
}

/* The text begins behind one space: it may begin with another. */
int run_edit(struct chat *c, char *args)
{
	size_t len = strcspn(args, " ");
	char *text = args[len] ? args + len + 1 : NULL;
	args[len] = '\0';
	struct held *m = middle_find(c, args);
	if (!m)
		return -1;
	return text && *text ? edit(c, m, text) : tell_text(c, m);
}

/* What is said */

static bool is_in_the_middle(const struct chat *c)
{
	const struct session *s;
	for (size_t i = 0; (s = chat_session(c, i)); i++)
		if (s->pair && (!c->target || s->link.number == c->target))
			return true;
	return false;
}

/* As a typed line, to where the prompt would say. */
static int say(struct chat *c, const char *text)
{
	struct framed m = { .kind = NULL };
	struct error e;
	int failed = command_make_message(c, &m, text, strlen(text), &e)
	                 ? chat_error(c, &e) : chat_send_framed(c, &m);
	bytes_finish(&m.bytes);
	return failed;
}

int run_inject(struct chat *c, char *args)
{
	uint8_t was = c->target_side;
	size_t len = strcspn(args, " ");
	const char *text = args[len] ? args + len + 1 : "";
	bool is_in = len == 2 && memcmp(args, "in", 2) == 0;
	bool is_out = len == 3 && memcmp(args, "out", 3) == 0;
	if (!is_in && !is_out)
		return chat_refuse(c, "/inject out TEXT sends it to the "
		                      "target, /inject in TEXT to the client",
		                   "not sent: the first word must be in or "
		                   "out");
	if (!is_in_the_middle(c))
		return chat_refuse(c, "", "not sent: nobody is connected "
		                          "through us");
	c->target_side = is_in ? ENTRY_IN : ENTRY_OUT;
	int failed = say(c, text);
	c->target_side = was;
	return failed;
}
