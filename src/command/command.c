/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Typed lines: what is sent, what is a command, and what would have to be typed
 * to send a message again. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/again.h>
#include <sockchat/escape.h>
#include <sockchat/glyph.h>

#include "commands_private.h"
#include "typed.h"

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

static int run_command(struct chat *c, const char *line, size_t len)
{
	struct call call = parse_call(line, len);
	char *args = call.row ? strndup(call.args, call.args_len) : NULL;
	struct error e;
	if (args) {
		int failed = command_do(c, call.row, args);
		free(args);
		return failed;
	}
	if (memchr(line, '\0', len)) { /* its words are C strings */
		error_set(&e, "a command cannot hold a NUL byte: nothing was "
		              "done");
		error_set_hint(&e, "/send writes it as \\0");
	} else if (!call.row) {
		command_refuse_name(&e, line, call.name_len, call.matches);
	} else {
		error_set_errno(&e, ENOMEM, "the command was not done");
	}
	return chat_error(c, &e);
}

int command_send(struct chat *c, const char *line, size_t len)
{
	struct framed m = { .kind = NULL };
	struct error e;
	int failed = command_make_message(c, &m, line, len, &e);
	if (failed)
		chat_error(c, &e);
	else if (m.bytes.len || chat_has_messages(c))
		failed = chat_send_framed(c, &m);
	bytes_finish(&m.bytes);
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

/* A script gives commands to who is in the middle, and says nothing itself. */
static int refuse_line(struct chat *c)
{
	return chat_refuse(c, "/inject out TEXT sends it to the target, "
	                      "/inject in TEXT to the client",
	                   "not sent: with --forward, standard input is for "
	                   "commands only");
}

int command_run(struct chat *c, const char *line, size_t len)
{
	if (!len && chat_enter(c))
		return 0;
	if (!is_sent(&line, &len))
		return run_command(c, line, len);
	if (c->is_scripted && *c->options->forward)
		return refuse_line(c);
	return command_send(c, line, len);
}

/* Whether its argument is a word that lets it be done at once. */
static bool is_word_at_once(const struct call *call)
{
	const struct choice *word = call->row->at_once;
	while (word && word->name &&
	       (strlen(word->name) != call->args_len ||
	        memcmp(word->name, call->args, call->args_len) != 0))
		word++;
	return word && word->name;
}

enum command_turn command_turn(const char *line, size_t len)
{
	if (is_sent(&line, &len))
		return COMMAND_FOR_PEERS;
	struct call call = parse_call(line, len);
	/* what cannot be done is told at once */
	bool lacks = call.row && call.row->example && !call.args_len;
	if (!call.row || lacks || is_word_at_once(&call))
		return COMMAND_AT_ONCE;
	return call.row->turn;
}

int command_preview(const struct chat *c, const char *line, size_t len,
                    struct framed *out, struct error *e)
{
	if (is_sent(&line, &len))
		return command_make_message(c, out, line, len, e);
	struct call call = parse_call(line, len);
	return call.row && call.row->parse
	           ? command_make_parsed(c, out, call.row, call.args,
	                                 call.args_len, e) : 0;
}

/* Back to a line */

/* Whether a line editor takes it as it is. */
static bool is_typable(const uint8_t *bytes, size_t len)
{
	struct glyph g;
	for (size_t n; (n = glyph_next(&g, bytes, len, 0)); len -= n) {
		if (g.is_escaped && *bytes != '\n' && *bytes != '\t')
			return false;
		bytes += n;
	}
	return true;
}

/* What follows a command's name begins behind the spaces. */
static int append_command(struct bytes *line, const uint8_t *bytes, size_t len)
{
	bool has_space = len && *bytes == ' ';
	if (bytes_append_text(line, has_space ? "/send \\x20" : "/send "))
		return -1;
	return escape_append(line, bytes + has_space, len - has_space);
}

/* Put newlines, as they are typed, in the place of the chosen ending. */
static void to_newlines(const struct chat *c, struct bytes *text)
{
	size_t out = 0, n;
	const char *eol;
	if (!command_eol(c, &eol, &n))
		return;
	for (size_t in = 0; in < text->len; out++) {
		bool is_eol = text->len - in >= n &&
		              memcmp(text->data + in, eol, n) == 0;
		text->data[out] = is_eol ? '\n' : text->data[in];
		in += is_eol ? n : 1;
	}
	text->len = out;
}

/* The text that has to be typed for this payload; false when there is none. */
static bool to_payload(const struct chat *c, const uint8_t *bytes, size_t len,
                       struct bytes *text)
{
	int failed = c->encoding ? encoding_decode(c->encoding, text, bytes,
	                                           len)
	                         : bytes_append(text, bytes, len);
	return !failed && is_typable(text->data, text->len);
}

/* The text that has to be typed before Enter to send these bytes; false when
 * there is none. */
static bool to_typed(const struct chat *c, const uint8_t *bytes, size_t len,
                     struct bytes *text)
{
	const char *eol;
	size_t n = eol_bytes((enum eol)c->options->eol, &eol);
	struct bytes again = { 0 };
	struct error e;
	if (chat_has_frame(c))
		return to_payload(c, bytes, len, text);
	if (len < n || memcmp(bytes + len - n, eol, n) != 0)
		return false;
	int failed = c->encoding
	                 ? encoding_decode(c->encoding, text, bytes, len - n)
	                 : bytes_append(text, bytes, len - n);
	to_newlines(c, text);
	bool is_same = !failed && is_typable(text->data, text->len) &&
	               !command_make_line(c, &again, bytes_text(text),
	                                  text->len, &e) &&
	               again.len == len &&
	               (!len || memcmp(again.data, bytes, len) == 0);
	bytes_finish(&again);
	return is_same;
}

int command_retype(const struct chat *c, const uint8_t *bytes, size_t len,
                   struct bytes *line)
{
	struct bytes text = { 0 };
	bool is_text = to_typed(c, bytes, len, &text);
	int failed = 0;
	if (!is_text)
		failed = append_command(line, bytes, len);
	else if (text.len && *text.data == '/')
		failed = bytes_append_byte(line, '/');
	if (is_text && !failed)
		failed = bytes_append(line, text.data, text.len);
	bytes_finish(&text);
	return failed;
}
