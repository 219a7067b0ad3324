/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What irssi, weechat and telnet call the commands of ours. */

#include <string.h>

#include "commands_private.h"

const struct alias aliases[] = {
	{ "exit", "quit", true },     { "bye", "quit", true },
	{ "q", "quit", true },        { "?", "help", true },
	{ "disconnect", "close", 0 }, { "part", "close", 0 },
	{ "leave", "close", 0 },      { "kick", "close", 0 },
	{ "kill", "reset", 0 },       { "server", "connect", 0 },
	{ "open", "connect", 0 },     { "join", "connect", 0 },
	{ "query", "to", 0 },         { "msg", "to", 0 },
	{ "names", "peers", 0 },      { "who", "peers", 0 },
	{ "whois", "info", 0 },       { "status", "info", 0 },
	{ "raw", "send", 0 },         { "quote", "send", 0 },
	{ "upload", "file", 0 },      { "search", "find", 0 },
	{ "lastlog", "find", 0 },     { "grep", "filter", 0 },
	{ "ignore", "filter", 0 },    { "log", "save", 0 },
	{ "bind", "keys", 0 },        { "pretty", "json", 0 },
	{ "explain", "why", 0 },
	{ NULL, NULL, 0 },
};

const struct alias *alias_find(const char *word, size_t len)
{
	const struct alias *a = aliases;
	while (a->name && (strncmp(a->name, word, len) != 0 || a->name[len]))
		a++;
	return a->name ? a : NULL;
}
