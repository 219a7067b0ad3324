/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <sockchat/admission.h>

#include "admit.h"
#include "commands_private.h"
#include "set.h"

int run_accept(struct chat *c, char *args)
{
	char *word[1];
	size_t count = command_words(args, word, 1);
	int value = count ? choice_find(on_off_choices, word[0]) : -1;
	if (!*c->listening)
		return chat_refuse(c, "listen first: /listen PORT",
		                   "there are no new peers to accept: we are "
		                   "not listening");
	if (count && value < 0)
		return chat_refuse(c, "/accept off makes new peers wait, "
		                      "/accept on accepts them again",
		                   "'%s' is neither on nor off", word[0]);
	if (count)
		chat_accept(c, value);
	else
		chat_answer(c, c->accepts ? "accept-on" : "accept-off", "%s",
		            c->accepts ? "new peers are accepted"
		                       : "no new peers are accepted; /accept "
		                         "on accepts them again");
	return 0;
}

static int change_list(struct chat *c, const char *name, char *args,
                       const struct access_list *list)
{
	if (*args && !chat_sees_addresses(c))
		return chat_refuse(c, "", "nothing was changed: a peer of a "
		                          "unix socket has no address");
	int changed = *args ? set_option(c, name, args) : 0;
	if (changed >= 0)
		chat_tell_access(c, changed > 0, list);
	return changed;
}

int run_allow(struct chat *c, char *args)
{
	return change_list(c, "allow", args, &c->options->allow);
}

int run_deny(struct chat *c, char *args)
{
	return change_list(c, "deny", args, &c->options->deny);
}
