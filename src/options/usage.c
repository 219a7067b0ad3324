/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The text of --help, and the tasks that options stand under. */

#include <stdio.h>
#include <string.h>

#include <sockchat/frame.h>

#include "options_private.h"
#include "usage.h"

/* Each task begins at the row of its first option. */
static const struct task {
	const char *first, *heading;
} tasks[] = {
	{ "bind-device", "Where to, and from where" },
	{ "tls", "TLS" },
	{ "proxy", "Proxies" },
	{ "connect-timeout", "Connecting, waiting and leaving" },
	{ "allow", "Listening" },
	{ "crlf", "What is sent" },
	{ "frame", "What a message is" },
	{ "hex-dump", "Recording and playing" },
	{ "fault", "Answering, and trouble on purpose" },
	{ "bar", "How it looks" },
	{ "keepalive", "The system's settings" },
	{ "queue-max", "Memory" },
	{ "config", "Help and configuration" },
};

const char *option_heading(size_t i)
{
	const char *name = option_rule(i)->row.name;
	for (size_t j = 0; j < sizeof(tasks) / sizeof(tasks[0]); j++)
		if (strcmp(tasks[j].first, name) == 0)
			return tasks[j].heading;
	return NULL;
}

static const char before[] =
    "Usage: sockchat connect [OPTION]... ADDRESS\n"
    "       sockchat listen [OPTION]... ADDRESS\n"
    "Chat with a socket: TCP, TLS, UDP or unix; in a pipe a faultless netcat.\n"
    "\n"
    "Examples:\n"
    "  sockchat connect localhost 9999         talk to a server\n"
    "  sockchat connect tls://example.org:443  the same over TLS\n"
    "  sockchat listen 9999                    be the server, for this "
    "machine only\n"
    "  sockchat listen '*' 9999                be the server for others "
    "too\n"
    "  sockchat listen --echo 9999             send back what comes\n"
    "  sockchat listen 9999 --forward localhost:9998\n"
    "                                          see what a client and its "
    "server say\n"
    "  sockchat connect localhost 9999 <FILE   send a file, print the "
    "answer\n"
    "\n"
    "ADDRESS is one of:\n"
    "  HOST PORT, HOST:PORT, [V6ADDR]:PORT     'listen' needs only a PORT, "
    "where 0\n"
    "                                          takes any free one\n"
    "  tcp://HOST:PORT, tls://…, udp://…       also without a HOST for "
    "'listen'\n"
    "  unix:PATH, unix:@NAME                   a unix socket; an abstract "
    "one\n"
    "  fd:N                                    listen: a descriptor that "
    "is open;\n"
    "                                          without ADDRESS those of "
    "LISTEN_FDS\n";

static const char behind[] =
    "Times are seconds, or have a unit: 500ms, 1.5, 2m.  Sizes: 64k, 16M, "
    "1G.\n"
    "Exit status: 0 success, 1 failure, 2 wrong command line or "
    "configuration.\n"
    "More: man sockchat; /help in the chat.\n";

static int help_option(struct bytes *out, size_t i)
{
	const struct option_row *row = options_row(i);
	const char *heading = option_heading(i);
	char left[64], letter[5] = "    ";
	bool has_word = row->arg && *row->arg != '[';
	int failed = heading ? bytes_printf(out, "\n%s:\n", heading) : 0;
	if (row->letter)
		snprintf(letter, sizeof(letter), "-%c, ", row->letter);
	snprintf(left, sizeof(left), "%s--%s%s%s", letter, row->name,
	         has_word ? " " : "", row->arg ? row->arg : "");
	return failed | bytes_printf(out, "  %-27s %s\n", left, row->help);
}

/* The kinds of frames, in rows of a terminal's width. */
static int help_frames(struct bytes *out)
{
	static const char head[] = "SPEC of --frame is one of";
	size_t column = strlen(head);
	int failed = bytes_printf(out, "\n%s", head);
	for (size_t i = 0; frame_kind(i); i++) {
		const char *name = frame_kind(i)->name;
		bool is_full = column + strlen(name) + 2 > 79;
		column = (is_full ? 0 : column) + strlen(name) + 2;
		failed |= bytes_printf(out, "%s%s%s", is_full ? "\n" : " ",
		                       name, frame_kind(i + 1) ? "," : "");
	}
	return failed | bytes_append_text(out,
	    ".\n/frame in the chat says what each is; man sockchat has the "
	    "words of --fault.\n");
}

int options_help(struct bytes *out)
{
	int failed = bytes_append_text(out, before);
	for (size_t i = 0; options_row(i); i++)
		failed |= help_option(out, i);
	failed |= help_frames(out);
	return failed | bytes_append_text(out, behind) ? -1 : 0;
}
