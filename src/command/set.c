/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Options at run time: /set, the commands that are short for it, and /limits,
 * which tells every bound, an option or not. */

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <sockchat/admission.h>
#include <sockchat/audience.h>
#include <sockchat/hold.h>
#include <sockchat/pair.h>
#include <sockchat/word.h>

#include "set.h"

#define OPTION_TEXT_MAX 128

/* Put the value of an option's row into `value`, which is returned: as
 * options_value() has it, but for people. */
static const char *option_text(const struct chat *c, size_t row,
                               char value[OPTION_TEXT_MAX])
{
	options_value(c->options, row, value, OPTION_TEXT_MAX);
	if (strcmp(value, "default") == 0)
		snprintf(value, OPTION_TEXT_MAX, "not set");
	return value;
}

static void tell_option(struct chat *c, size_t row)
{
	char value[OPTION_TEXT_MAX];
	chat_answer(c, "option", "%s: %s (%s%s)", options_row(row)->name,
	            option_text(c, row, value),
	            options_source(c->options, row),
	            options_life(row) ? "" : "; it cannot be changed now");
}

static void tell_options(struct chat *c)
{
	for (size_t i = 0; options_row(i); i++)
		if (options_life(i))
			tell_option(c, i);
}

/* The row of this name, or -1 after a complaint. */
static int find_option(struct chat *c, const char *name)
{
	struct error e;
	int row = options_find(name);
	if (row < 0 && options_set(c->options, name, NULL, SOURCE_RUN_TIME,
	                           &e)) {
		if (!*e.hint)
			error_set_hint(&e, "/set lists the options");
		chat_error(c, &e);
	}
	return row;
}

static void cut_blanks_behind(char *text)
{
	size_t len = strlen(text);
	while (len && text[len - 1] == ' ')
		text[--len] = '\0';
}

/* A datagram is a message: there is nothing to cut. */
static int refuse_frame(struct chat *c)
{
	return chat_refuse(c, "--unpack shows its fields",
	                   "no frame is set: over UDP each datagram is a "
	                   "message already");
}

int set_option(struct chat *c, const char *name, char *args)
{
	int row = find_option(c, name);
	struct error e;
	if (row < 0)
		return -1;
	cut_blanks_behind(args);
	if (!*args) {
		tell_option(c, (size_t)row);
		return 0;
	}
	if (strncmp(options_row((size_t)row)->name, "frame", 5) == 0 &&
	    strcmp(args, "auto") != 0 && chat_has_messages(c))
		return refuse_frame(c);
	if (options_set(c->options, name, args, SOURCE_RUN_TIME, &e))
		return chat_error(c, &e);
	chat_settings_changed(c);
	return 1;
}

static void tell_changed(struct chat *c, size_t row)
{
	const char *name = options_row(row)->name;
	char now[OPTION_TEXT_MAX];
	if (strcmp(name, "allow") == 0)
		chat_tell_access(c, true, &c->options->allow);
	else if (strcmp(name, "deny") == 0)
		chat_tell_access(c, true, &c->options->deny);
	else if (options_life(row) == OPTION_LOOK)
		chat_moment(c, "option-changed", "%s is now %s", name,
		            option_text(c, row, now));
	else
		chat_note(c, "option-changed", "%s is now %s%s", name,
		          option_text(c, row, now),
		          options_life(row) == OPTION_FOR_NEXT
		              ? ", from the next connection on" : "");
}

int set_and_tell(struct chat *c, const char *name, char *args)
{
	int changed = set_option(c, name, args);
	if (changed > 0)
		tell_changed(c, (size_t)options_find(name));
	return changed;
}

int run_set(struct chat *c, char *args)
{
	char *name = word_cut(&args);
	if (*name)
		return set_and_tell(c, name, args);
	tell_options(c);
	return 0;
}

int run_eol(struct chat *c, char *args)
{
	int changed = set_option(c, "eol", args);
	if (changed > 0)
		chat_note(c, "option-changed", "Enter appends %s",
		          choice_name(eol_choices, c->options->eol));
	return changed;
}

int run_echo(struct chat *c, char *args)
{
	int changed = set_option(c, "echo", args);
	if (changed > 0)
		chat_note(c, "option-changed", c->options->echo
		          ? "echo is on: we send back what peers send"
		          : "echo is off");
	return changed;
}

int run_encoding(struct chat *c, char *args)
{
	int before = c->options->encoding;
	int changed = set_option(c, "encoding", args);
	if (c->options->encoding != before)
		chat_note(c, "option-changed", "encoding is now %s, both "
		          "ways",
		          choice_name(encoding_choices, c->options->encoding));
	return changed;
}

#define FORMATS "fields of what comes: %s; of what you send: %s"

/* Tell by which formats the fields of both directions are shown. */
static void tell_formats(struct chat *c, bool has_changed)
{
	char in[OPTION_TEXT_MAX], out[OPTION_TEXT_MAX];
	option_text(c, (size_t)options_find("unpack-in"), in);
	option_text(c, (size_t)options_find("unpack-out"), out);
	if (has_changed)
		chat_moment(c, "option-changed", FORMATS, in, out);
	else
		chat_answer(c, "option", FORMATS, in, out);
}

/* A format may stand in quotes, as /pack takes it.  Returns where it begins. */
static char *cut_quotes(char *text)
{
	size_t len = strlen(text);
	bool is_quoted = len > 1 && (*text == '"' || *text == '\'') &&
	                 text[len - 1] == *text;
	if (is_quoted)
		text[len - 1] = '\0';
	return text + is_quoted;
}

/* Change both directions, or the one that the first word names. */
int run_unpack(struct chat *c, char *args)
{
	char name[16] = "unpack";
	const char *rest = args, *word;
	size_t len = word_next(&rest, &word);
	bool is_in = len == 2 && memcmp(word, "in", 2) == 0;
	bool is_out = len == 3 && memcmp(word, "out", 3) == 0;
	if (is_in || is_out) {
		snprintf(name, sizeof(name), "unpack-%s", is_in ? "in" : "out");
		args += rest - args;
	}
	cut_blanks_behind(args);
	args = cut_quotes(args);
	int changed = *args ? set_option(c, name, args) : 0;
	if (changed >= 0)
		tell_formats(c, changed > 0);
	return changed;
}

/* A row of /limits, for which LIMITS in the manual has a paragraph.  It is a
 * constant of ours in its unit.  Without a unit it is the option of this name
 * or, for descriptors, what the system says. */
struct limit {
	const char *name;
	size_t value;
	const char *unit;
	const char *what;
};

static const struct limit limits[] = {
	{ "queue-max", 0, NULL, "bytes that may wait for all peers together" },
	{ "peer-queue", QUEUE_SHARE_MAX >> 10, "k",
	  "bytes that may wait for one peer; then its echo, its files and a "
	  "script wait" },
	{ "delay-line", FAULT_LINE_MAX >> 20, "M",
	  "bytes that --fault holds back in each direction of a connection" },
	{ "scrollback", 0, NULL,
	  "how much of the conversation is kept: the oldest is dropped first" },
	{ "message", FRAME_CUT_MAX >> 10, "k",
	  "a longer line from a peer is cut, and marked" },
	{ "frame", FRAME_MAX >> 20, "M",
	  "the length of a message, unless max= sets another; at most a "
	  "quarter of scrollback" },
	{ "proxy-answer", PROXY_HEADERS_MAX >> 10, "k",
	  "we leave a proxy that sends more before it connects us" },
	{ "proxy-header", PROXY_HEADER_MAX >> 10, "k",
	  "the size of a client's PROXY header" },
	{ "line", LIMIT_LINE >> 20, "M",
	  "the longest line of standard input, in lines and json" },
	{ "output", LIMIT_OUTPUT >> 20, "M",
	  "output of lines and json that nobody has read; then peers wait" },
	{ "waiting", LIMIT_AHEAD >> 20, "M",
	  "standard input that is read while a line waits for its peer" },
	{ "recording", LIMIT_RECORD >> 20, "M",
	  "bytes that wait for the reader of a recording's FIFO: more is "
	  "missing there" },
	{ "held", HOLD_MAX >> 20, "M",
	  "held messages in the middle; then their senders wait" },
	{ "not-reading", CHAT_STUCK_MS / 1000, " s",
	  "after so long lines and json skip a peer that accepts nothing" },
	{ "dropped", CHAT_DROP_MS / 1000, " s",
	  "after so long a skipped peer that accepts nothing is dropped" },
	{ "signal", CHAT_SIGNAL_MS / 1000, " s",
	  "how long delivery may continue after a signal that ends the "
	  "program" },
	{ "reset", PAIR_RESET_MS / 1000, " s",
	  "how long a client's or a target's reset waits for what came before "
	  "it to reach the other" },
	{ "sources", DATAGRAM_SOURCES_MAX, "",
	  "peers of a UDP listener at once, if max-conns is not set" },
	{ "silence", DATAGRAM_SILENCE_S, " s",
	  "a UDP listener drops a silent peer then, if idle-timeout is not "
	  "set" },
	{ "unread", DATAGRAM_INBOX_MAX >> 10, "k",
	  "datagrams that are kept while a peer is not read: more are dropped, "
	  "and counted" },
	{ "datagram", DATAGRAM_MAX_IPV4, " B",
	  "the size of one datagram; over IPv6 20 B more" },
	{ "files", QUEUE_FILES_MAX, "",
	  "files that may wait for one peer" },
	{ "replay", LIMIT_REPLAY >> 20, "M", "a file of /replay" },
	{ "rules", LIMIT_RULES >> 20, "M",
	  "the answers in a file of rules, at most 10000 of them" },
	{ "max-conns", 0, NULL, "peers of a listener at once" },
	{ "networks", ACCESS_MAX, "", "addresses and networks of --allow, and "
	  "of --deny" },
	{ "groups", MULTICAST_MAX, "", "multicast groups of --join" },
	{ "descriptors", 0, NULL,
	  "open connections and files (ulimit -n); beyond it new peers wait" },
	{ "connect-timeout", 0, NULL, "seconds until a connection is open" },
	{ "idle-timeout", 0, NULL, "seconds without a byte either way" },
	{ "linger", 0, NULL,
	  "seconds to wait for a silent standard input when the peer has "
	  "ended: 2 if not set, forever on the screen" },
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

int run_limits(struct chat *c, char *args)
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
		chat_answer(c, "limit", "%s: %s; %s%s", l->name, value, l->what,
		            row >= 0 ? " (/set changes it)" : "");
	}
	return 0;
}
