/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* /limits: every bound, in one table; LIMITS in the manual has a paragraph for
 * each row. */

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <sockchat/audience.h>
#include <sockchat/chat_end.h>
#include <sockchat/feed.h>
#include <sockchat/framing.h>
#include <sockchat/limits.h>

#include "commands_private.h"

#define VALUE_MAX 64

enum kind { OPTION, BYTES, NUMBER, SECONDS, DESCRIPTORS };

/* The value is that of the option of this name, a constant of ours, or what the
 * system says. */
struct limit {
	const char *name;
	enum kind kind;
	size_t value;
	const char *what;
};

static const struct limit limits[] = {
	{ "queue-max", OPTION, 0, "what may wait for all peers together" },
	{ "peer-queue", BYTES, QUEUE_SHARE_MAX,
	  "what may wait for one peer, before its echo, its files and a script "
	  "wait" },
	{ "scrollback", OPTION, 0,
	  "what is kept of the conversation: the oldest goes first" },
	{ "message", BYTES, FRAMING_MESSAGE_MAX,
	  "a longer line of a peer is cut, and marked" },
	{ "line", BYTES, LIMIT_LINE,
	  "the longest line of standard input, in lines and json" },
	{ "output", BYTES, LIMIT_OUTPUT,
	  "what lines and json have written and nobody has read, before peers "
	  "wait" },
	{ "waiting", BYTES, LIMIT_AHEAD,
	  "what is read of standard input while a line waits for its peer" },
	{ "not-reading", SECONDS, CHAT_STUCK_MS / 1000,
	  "lines and json pass over a peer that has taken nothing so long" },
	{ "dropped", SECONDS, CHAT_DROP_MS / 1000,
	  "a peer that is passed over and took nothing so long is dropped" },
	{ "signal", SECONDS, CHAT_SIGNAL_MS / 1000,
	  "how long delivery may go on after a signal that ends the program" },
	{ "files", NUMBER, QUEUE_FILES_MAX,
	  "files that may be on their way to one peer" },
	{ "max-conns", OPTION, 0, "peers of a listener at once" },
	{ "descriptors", DESCRIPTORS, 0,
	  "open connections and files (ulimit -n); beyond it new peers wait" },
	{ "connect-timeout", OPTION, 0, "seconds until a connection is open" },
	{ "idle-timeout", OPTION, 0, "seconds without a byte either way" },
	{ "linger", OPTION, 0,
	  "seconds for which a silent standard input is waited for when the "
	  "peer has ended: 2 when not set, on the screen without end" },
};

static void format_option(const struct options *o, const char *name,
                          char *value)
{
	options_value(o, (size_t)options_find(name), value, VALUE_MAX);
	if (strcmp(value, "default") == 0)
		snprintf(value, VALUE_MAX, "not set");
}

static void format_bytes(size_t bytes, char *value)
{
	bool is_mib = bytes >> 20 > 0;
	snprintf(value, VALUE_MAX, "%zu%c", bytes >> (is_mib ? 20 : 10),
	         is_mib ? 'M' : 'k');
}

static void format_descriptors(char *value)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) ||
	    limit.rlim_cur == RLIM_INFINITY)
		snprintf(value, VALUE_MAX, "not set");
	else
		snprintf(value, VALUE_MAX, "%llu",
		         (unsigned long long)limit.rlim_cur);
}

/* Put the value that it has now into `value`. */
static void format_limit(const struct chat *c, const struct limit *l,
                         char value[VALUE_MAX])
{
	switch (l->kind) {
	case OPTION:
		format_option(c->options, l->name, value);
		break;
	case BYTES:
		format_bytes(l->value, value);
		break;
	case SECONDS:
		snprintf(value, VALUE_MAX, "%zu s", l->value);
		break;
	case NUMBER:
		snprintf(value, VALUE_MAX, "%zu", l->value);
		break;
	case DESCRIPTORS:
		format_descriptors(value);
		break;
	}
}

void run_limits(struct chat *c, char *args)
{
	char value[VALUE_MAX];
	(void)args;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		const struct limit *l = &limits[i];
		format_limit(c, l, value);
		chat_note(c, "%s: %s; %s%s", l->name, value, l->what,
		          l->kind == OPTION ? " (/set changes it)" : "");
	}
}
