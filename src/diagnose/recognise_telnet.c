/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Telnet's negotiation (RFC 854, RFC 855) by its names, and how to refuse
 * it. */

#include <stdio.h>
#include <string.h>

#include "recognise_private.h"

#define COMMANDS_MAX 8 /* more are not named */

enum { SE = 240, SB = 250, WILL, WONT, DO, DONT };

static const struct {
	uint8_t number;
	const char *name;
} options[] = {
	{ 0, "BINARY" },            { 1, "ECHO" },
	{ 3, "SUPPRESS-GO-AHEAD" }, { 5, "STATUS" },
	{ 6, "TIMING-MARK" },       { 24, "TERMINAL-TYPE" },
	{ 25, "END-OF-RECORD" },    { 31, "NAWS" },
	{ 32, "TERMINAL-SPEED" },   { 33, "FLOW-CONTROL" },
	{ 34, "LINEMODE" },         { 35, "X-DISPLAY" },
	{ 36, "ENVIRON" },          { 37, "AUTHENTICATION" },
	{ 38, "ENCRYPT" },          { 39, "NEW-ENVIRON" },
	{ 42, "CHARSET" },          { 44, "COM-PORT" },
	{ 69, "MSDP" },             { 70, "MSSP" },
	{ 86, "MCCP2" },            { 91, "MXP" },
	{ 201, "GMCP" },
};

static const char *option_name(uint32_t number)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].number == number)
			return options[i].name;
	return NULL;
}

/* Bytes up to IAC SE belong to the option. */
static void skip_parameters(struct span *s)
{
	do {
		span_until(s, TELNET_IAC);
	} while (s->len && *s->at != SE);
	span_take(s, 1);
}

static void name_command(struct look *l, const char *before, uint32_t verb,
                         const char *option)
{
	static const char *const verbs[] = {
		"SB ", "WILL ", "WONT ", "DO ", "DONT ",
	};
	detail_text(l, before);
	detail_text(l, verbs[verb - SB]);
	detail_text(l, option);
}

/* DO is refused by WONT, WILL by DONT; the rest needs no answer. */
static void add_refusal(struct look *l, uint32_t verb, uint32_t option)
{
	size_t used = strlen(l->answer);
	if (verb == DO || verb == WILL)
		snprintf(l->answer + used, sizeof(l->answer) - used,
		         "%sff %02x %02x", used ? " " : "",
		         verb == DO ? (unsigned)WONT : (unsigned)DONT, option);
}

/* Take a command with an option that we know.  False: it is not (yet) one. */
static bool take_command(struct look *l, const char *before)
{
	struct span rest = l->s;
	bool begins = span_number(&rest, 1) == TELNET_IAC;
	uint32_t verb = span_number(&rest, 1), option = span_number(&rest, 1);
	const char *name = option_name(option);
	if (begins && verb == SB)
		skip_parameters(&rest);
	if (!begins || verb < SB || verb > DONT || !name || rest.is_short)
		return false;
	l->s = rest;
	name_command(l, before, verb, name);
	add_refusal(l, verb, option);
	return true;
}

/* What may follow: 0xff and 0xfe before a letter and NUL is UTF-16's mark. */
static bool is_terminal_byte(uint8_t byte)
{
	return (byte >= ' ' && byte <= '~') ||
	       (byte && strchr("\a\b\t\n\r\033", byte));
}

/* All commands at the beginning; the first one says WILL, WONT or DO. */
enum recognise_result telnet(struct look *l)
{
	struct span *s = &l->s, first = *s;
	span_expect_byte(&first, TELNET_IAC);
	uint32_t verb = span_number(&first, 1);
	span_expect(&first, verb >= WILL && verb <= DO);
	span_expect(&first, option_name(span_number(&first, 1)) != NULL);
	if (span_result(&first) != RECOGNISE_YES)
		return span_result(&first);
	int count = 0;
	while (count < COMMANDS_MAX && take_command(l, count ? ", " : ""))
		count++;
	bool is_cut = count < COMMANDS_MAX && (!s->len || *s->at == TELNET_IAC);
	s->is_short = is_cut && !s->is_all;
	span_expect(s, *l->answer && (count == COMMANDS_MAX || is_cut ||
	                              is_terminal_byte(*s->at)));
	return span_result(s);
}
