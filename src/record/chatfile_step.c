/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A step and its lines: [N] +SECS, then a mark and its items, or a word. */

#include <stdio.h>
#include <string.h>

#include <sockchat/number.h>
#include <sockchat/stamp.h>

#include "chatfile_private.h"

#define SECS_MAX 32

/* Copy the word at the place.  "" when it is too long. */
static void copy_word(const struct chat_reader *r, char out[SECS_MAX],
                      size_t len)
{
	if (len >= SECS_MAX || memchr(r->line.text + r->line.at, '\0', len))
		len = 0;
	memcpy(out, r->line.text + r->line.at, len);
	out[len] = '\0';
}

/* [2] */
static int read_peer(struct chat_reader *r, struct error *e)
{
	char text[SECS_MAX];
	size_t begin = r->line.at++, len = chat_reader_word(r);
	const char *close = memchr(r->line.text + r->line.at, ']', len);
	long number = 0;
	len = close ? (size_t)(close - r->line.text) - r->line.at : 0;
	copy_word(r, text, len);
	if (!number_parse(text, 1, CHATFILE_PEER_MAX, &number))
		return chat_reader_refuse(r, begin, e, "[ begins the number of "
		                          "a peer, from [1] to [%d]",
		                          CHATFILE_PEER_MAX);
	r->step.peer = (uint32_t)number;
	r->line.at += len + 1;
	return 0;
}

static int read_seconds(struct chat_reader *r, struct error *e)
{
	char text[SECS_MAX];
	size_t len = chat_reader_word(r);
	int64_t ms;
	copy_word(r, text, len);
	if (!number_parse_duration(text, &ms))
		return chat_reader_refuse(r, r->line.at, e, "a time is missing "
		                          "here: seconds as 0.250, or 500ms, "
		                          "2m, at most 10 days");
	r->step.pause_ns = ms * MS_NS;
	r->line.at += len;
	return 0;
}

/* +0.250 */
static int read_pause(struct chat_reader *r, struct error *e)
{
	r->line.at++;
	r->step.has_pause = true;
	return read_seconds(r, e);
}

static int read_wait(struct chat_reader *r, struct error *e)
{
	chat_reader_skip_blanks(r);
	return read_seconds(r, e);
}

/* A SPEC goes up to the end of the line. */
static int read_frame(struct chat_reader *r, struct error *e)
{
	char spec[FRAME_SPEC_MAX];
	struct error why;
	chat_reader_skip_blanks(r);
	const char *text = r->line.text + r->line.at;
	size_t len = r->line.len - r->line.at;
	while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	if (!len || len >= sizeof(spec) || memchr(text, '\0', len))
		return chat_reader_refuse(r, r->line.at, e, "a SPEC is missing "
		                          "here: frame line, frame u32");
	memcpy(spec, text, len);
	spec[len] = '\0';
	if (frame_parse(&r->step.frame, spec, &why))
		return chat_reader_refuse(r, r->line.at, e, "%s", why.text);
	r->line.at = r->line.len;
	return 0;
}

/* What stands without a mark. */
static const struct {
	const char *word;
	enum chat_step_kind kind;
	int (*read)(struct chat_reader *r, struct error *e);
} words[] = {
	{ "wait", CHAT_WAIT, read_wait },
	{ "frame", CHAT_FRAME, read_frame },
	{ "starttls", CHAT_STARTTLS, NULL },
};
#define WORDS (sizeof(words) / sizeof(words[0]))

/* Names that users write where a step should begin, and what they have to
 * know. */
static int refuse_begin(struct chat_reader *r, size_t len, struct error *e)
{
	bool is_head = chat_reader_is_at(r, "connect", len) ||
	               chat_reader_is_at(r, "listen", len);
	if (is_head)
		return chat_reader_refuse(r, r->line.at, e, "connect or listen "
		                          "may stand only once, above the "
		                          "first step");
	return chat_reader_refuse(r, r->line.at, e, "this is not a step: one "
	                          "begins with > or < (after [N] or +SECS), "
	                          "wait, frame or starttls");
}

static int read_word(struct chat_reader *r, struct error *e)
{
	size_t len = chat_reader_word(r), i = 0, at = r->line.at;
	while (i < WORDS && !chat_reader_is_at(r, words[i].word, len))
		i++;
	if (i == WORDS)
		return refuse_begin(r, len, e);
	if (r->step.has_pause && words[i].read)
		return chat_reader_refuse(r, at, e, "a pause stands before > "
		                          "or <, not before %s",
		                          words[i].word);
	r->step.kind = words[i].kind;
	r->step.item_column = at + 1;
	r->has_item = true;
	r->line.at += len;
	if (words[i].read && words[i].read(r, e))
		return -1;
	if (!chat_reader_is_at_end(r))
		return chat_reader_refuse(r, r->line.at, e, "nothing may "
		                          "follow here");
	return 0;
}

static void clear_step(struct chat_reader *r)
{
	struct bytes bytes = r->step.bytes;
	bytes.max = CHATFILE_STEP_MAX;
	bytes_clear(&bytes);
	r->step = (struct chat_step){
		.bytes = bytes, .line = r->line.number,
		.item_line = r->line.number, .fills = r->fills,
	};
	r->has_item = false;
}

int chat_step_begin(struct chat_reader *r, struct error *e)
{
	clear_step(r);
	if (chat_line_char(&r->line) == '[' && read_peer(r, e))
		return -1;
	chat_reader_skip_blanks(r);
	if (chat_line_char(&r->line) == '+' && read_pause(r, e))
		return -1;
	chat_reader_skip_blanks(r);
	r->step.item_column = r->line.at + 1;
	char mark = chat_line_char(&r->line);
	if (mark != '>' && mark != '<')
		return read_word(r, e);
	r->step.side = mark == '>' ? CHAT_OUT : CHAT_IN;
	r->line.at++;
	return chat_read_items(r, e);
}

int chat_step_begin_items(struct chat_reader *r, enum chat_side side,
                          struct error *e)
{
	clear_step(r);
	r->step.side = side;
	r->step.item_column = r->line.at + 1;
	return chat_read_items(r, e);
}

int chat_step_go_on(struct chat_reader *r, struct error *e)
{
	chat_reader_skip_blanks(r);
	char c = chat_line_char(&r->line);
	if (c == '>' || c == '<' || c == '[' || c == '+')
		return chat_reader_refuse(r, r->line.at, e, "this line belongs "
		                          "to the step above it: a step of its "
		                          "own begins without blanks");
	if (r->step.side == CHAT_NEITHER)
		return chat_reader_refuse(r, r->line.at, e, "an indented line "
		                          "belongs to a step with > or <, and "
		                          "there is none above it");
	return chat_read_items(r, e);
}

int chat_step_end(struct chat_reader *r, struct error *e)
{
	struct chat_line line = { .number = r->step.line };
	if (r->has_item)
		return 0;
	return line_refuse(r->name, &line, r->step.item_column - 1, e,
	                   "something must follow the mark: \"TEXT\", hex, "
	                   "pack, file, /EXPRESSION/, ..., fin, rst or "
	                   "starttls");
}
