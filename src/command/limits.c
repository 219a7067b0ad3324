/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* /limits: every bound, in one table; LIMITS in the manual has a paragraph for
 * each row. */

#include <stdio.h>
#include <sys/resource.h>

#include <sockchat/audience.h>
#include <sockchat/chat_end.h>
#include <sockchat/framing.h>
#include <sockchat/limits.h>

#include "commands_private.h"

/* A constant of ours in its unit.  Without a unit it is the option of this name
 * or, for descriptors, what the system says. */
struct limit {
	const char *name;
	size_t value;
	const char *unit;
	const char *what;
};

static const struct limit limits[] = {
	{ "queue-max", 0, NULL, "what may wait for all peers together" },
	{ "peer-queue", QUEUE_SHARE_MAX >> 10, "k",
	  "what may wait for one peer, before its echo, its files and a script "
	  "wait" },
	{ "scrollback", 0, NULL,
	  "what is kept of the conversation: the oldest goes first" },
	{ "message", FRAMING_MESSAGE_MAX >> 10, "k",
	  "a longer line of a peer is cut, and marked" },
	{ "line", LIMIT_LINE >> 20, "M",
	  "the longest line of standard input, in lines and json" },
	{ "output", LIMIT_OUTPUT >> 20, "M",
	  "what lines and json have written and nobody has read, before peers "
	  "wait" },
	{ "waiting", LIMIT_AHEAD >> 20, "M",
	  "what is read of standard input while a line waits for its peer" },
	{ "not-reading", CHAT_STUCK_MS / 1000, " s",
	  "lines and json pass over a peer that has taken nothing so long" },
	{ "dropped", CHAT_DROP_MS / 1000, " s",
	  "a peer that is passed over and took nothing so long is dropped" },
	{ "signal", CHAT_SIGNAL_MS / 1000, " s",
	  "how long delivery may go on after a signal that ends the program" },
	{ "files", QUEUE_FILES_MAX, "",
	  "files that may be on their way to one peer" },
	{ "max-conns", 0, NULL, "peers of a listener at once" },
	{ "descriptors", 0, NULL,
	  "open connections and files (ulimit -n); beyond it new peers wait" },
	{ "connect-timeout", 0, NULL, "seconds until a connection is open" },
	{ "idle-timeout", 0, NULL, "seconds without a byte either way" },
	{ "linger", 0, NULL,
	  "seconds for which a silent standard input is waited for when the "
	  "peer has ended: 2 when not set, on the screen without end" },
};

static void format_descriptors(char value[OPTION_TEXT_MAX])
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) ||
	    limit.rlim_cur == RLIM_INFINITY)
		snprintf(value, OPTION_TEXT_MAX, "not set");
	else
		snprintf(value, OPTION_TEXT_MAX, "%llu",
		         (unsigned long long)limit.rlim_cur);
}

void run_limits(struct chat *c, char *args)
{
	char value[OPTION_TEXT_MAX];
	(void)args;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		const struct limit *l = &limits[i];
		int row = l->unit ? -1 : options_find(l->name);
		if (row >= 0)
			option_text(c, (size_t)row, value);
		else if (l->unit)
			snprintf(value, sizeof(value), "%zu%s", l->value,
			         l->unit);
		else
			format_descriptors(value);
		chat_note(c, "%s: %s; %s%s", l->name, value, l->what,
		          row >= 0 ? " (/set changes it)" : "");
	}
}
