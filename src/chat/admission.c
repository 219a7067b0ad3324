/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <inttypes.h>
#include <stdio.h>

#include <sockchat/admission.h>

#include "chat_private.h"

#define LIST_MAX 400 /* of a list, what one note or row shows */

/* Datagrams have no backlog. */
static void tell_closed(struct chat *c)
{
	bool *has_told = &c->own->has_told_backlog;
	const char *meanwhile =
	    chat_has_messages(c)
	        ? ". Until then datagrams of others are refused"
	        : ". Until then the system still completes handshakes, up to "
	          "its backlog, so clients believe that they are connected";
	chat_note(c, "accept-off", "no new peers are accepted; /accept on "
	          "accepts them again%s", *has_told ? "" : meanwhile);
	*has_told = true;
}

void chat_accept(struct chat *c, bool accepts)
{
	c->accepts = accepts;
	chat_pause_listeners(c);
	if (accepts)
		chat_note(c, "accept-on", "new peers are accepted");
	else
		tell_closed(c);
}

static void put_list(const struct access_list *list, const char *label,
                     chat_row_fn *fn, void *user)
{
	char text[LIST_MAX];
	access_describe(text, sizeof(text), list);
	if (*text)
		fn(user, label, text);
}

void chat_admission(const struct chat *c, chat_row_fn *fn, void *user)
{
	char text[48];
	uint64_t refused = chat_refused(c);
	if (!c->accepts)
		fn(user, "new peers", "not accepted (/accept on accepts them)");
	put_list(&c->options->allow, "allowed", fn, user);
	put_list(&c->options->deny, "denied", fn, user);
	if (!refused)
		return;
	snprintf(text, sizeof(text), "%" PRIu64 " so far", refused);
	fn(user, "refused", text);
}

static const char *describe_empty(const struct chat *c, bool is_allow)
{
	if (!is_allow)
		return "--deny is off: nobody is refused";
	return c->options->deny.count
	           ? "--allow is off: peers may come from everywhere except "
	             "from what --deny lists"
	           : "--allow is off: peers may come from everywhere";
}

/* A row of a list that was changed, or was asked for. */
static void tell_row(struct chat *c, bool has_changed, const char *begin,
                     const char *text, const char *end)
{
	if (has_changed)
		chat_note(c, "option-changed", "%s%s%s", begin, text, end);
	else
		chat_answer(c, "option", "%s%s%s", begin, text, end);
}

void chat_tell_access(struct chat *c, bool has_changed,
                      const struct access_list *list)
{
	char text[LIST_MAX];
	bool is_allow = list == &c->options->allow;
	size_t next = access_format(text, sizeof(text), list, 0);
	const char *end = chat_session_count(c)
	                      ? "; peers that are here already stay" : "";
	if (!list->count)
		tell_row(c, has_changed, describe_empty(c, is_allow), "", "");
	else
		tell_row(c, has_changed, is_allow
		                      ? "new peers may come from these only: "
		                      : "new peers may not come from these: ",
		         text, next < list->count ? "," : end);
	while (next < list->count) {
		next = access_format(text, sizeof(text), list, next);
		tell_row(c, has_changed, "and ", text,
		         next < list->count ? "," : end);
	}
}
