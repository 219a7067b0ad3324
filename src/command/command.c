/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Typed lines: what is sent, and what is a command. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/audience.h>
#include <sockchat/command.h>
#include <sockchat/glyph.h>

#include "commands_private.h"

/* Why a word names no command. */
static void explain_name(struct error *e, const char *name, size_t len,
                         size_t matches)
{
	char word[48], safe[64];
	snprintf(word, sizeof(word), "%.*s", (int)(len > 40 ? 40 : len), name);
	glyph_copy(safe, sizeof(safe), word, GLYPH_ANY_WIDTH);
	if (matches)
		error_set(e, "command /%s is ambiguous: nothing was done",
		          safe);
	else
		error_set(e, "there is no command /%s: nothing was sent",
		          safe);
	error_set_hint(e, "/help lists the commands; //%s sends the line "
	                   "/%s", safe, safe);
}

/* A line that names a command. */
struct call {
	const struct command_row *row; /* NULL: there is none */
	size_t matches, name_len;
	const char *args; /* not terminated */
	size_t args_len;
};

static struct call parse_call(const char *line, size_t len)
{
	struct call call = { .name_len = 0 };
	size_t at = 0;
	while (at < len && line[at] != ' ' && line[at] != '\n')
		at++;
	call.name_len = at;
	if (at && !memchr(line, '\0', len))
		call.row = command_find(line, at, &call.matches);
	while (at < len && line[at] == ' ')
		at++;
	call.args = line + at;
	call.args_len = len - at;
	return call;
}

static void run_command(struct chat *c, const char *line, size_t len)
{
	struct call call = parse_call(line, len);
	char *args = call.row ? strndup(call.args, call.args_len) : NULL;
	struct error e;
	if (args) {
		command_do(c, call.row, args);
		free(args);
		return;
	}
	if (memchr(line, '\0', len)) { /* its words are C strings */
		error_set(&e, "a command cannot hold a NUL byte: nothing was "
		              "done");
		error_set_hint(&e, "/send writes it as \\0");
	} else if (!call.row) {
		explain_name(&e, line, call.name_len, call.matches);
	} else {
		error_set_errno(&e, ENOMEM, "the command was not done");
	}
	chat_error(c, &e);
}

/* -1 with a sentence when the encoding lacks a character, or without memory. */
static int make_line(const struct chat *c, struct bytes *out, const char *line,
                     size_t len, struct error *e)
{
	const char *eol;
	size_t eol_len = eol_bytes((enum eol)c->options->eol, &eol);
	if (c->encoding && encoding_append(c->encoding, out, line, len, e))
		return -1;
	if ((!c->encoding && bytes_append(out, line, len)) ||
	    bytes_append(out, eol, eol_len))
		return error_set_errno(e, ENOMEM, "not sent");
	return 0;
}

int command_send(struct chat *c, const char *line, size_t len)
{
	struct bytes b = { 0 };
	struct error e;
	int failed = make_line(c, &b, line, len, &e);
	if (failed)
		chat_error(c, &e);
	else if (b.len)
		failed = chat_send(c, b.data, b.len);
	bytes_finish(&b);
	return failed;
}

/* What is sent of a line that names no command: one slash of two. */
static bool is_sent(const char **line, size_t *len)
{
	if (!*len || **line != '/')
		return true;
	bool is_escaped = *len > 1 && (*line)[1] == '/';
	++*line; /* the slash says only what kind of line it is */
	--*len;
	return is_escaped;
}

void command_run(struct chat *c, const char *line, size_t len)
{
	if (is_sent(&line, &len))
		command_send(c, line, len);
	else
		run_command(c, line, len);
}

enum command_turn command_turn(const char *line, size_t len)
{
	if (is_sent(&line, &len))
		return COMMAND_FOR_PEERS;
	struct call call = parse_call(line, len);
	/* an unknown command is told at once */
	return call.row ? call.row->turn : COMMAND_AT_ONCE;
}

int command_preview(const struct chat *c, const char *line, size_t len,
                    struct bytes *out, struct error *e)
{
	if (is_sent(&line, &len))
		return make_line(c, out, line, len, e);
	struct call call = parse_call(line, len);
	return call.row && call.row->parse
	           ? call.row->parse(out, call.args, call.args_len, e) : 0;
}
