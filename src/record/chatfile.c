/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A .chat file from its first line to its last: the head, and step by step. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/escape.h>

#include "chatfile_private.h"

#define FIRST_BEGIN "# sockchat conversation "

/* The head */

static int check_first(struct chatfile *f, struct error *e)
{
	struct chat_line line = { .number = 1 };
	int got = chat_lines_next(&f->lines, &line, e);
	if (got < 0)
		return -1;
	const char *text = line.text ? line.text : "";
	size_t len = line.len, n = sizeof(FIRST_BEGIN) - 1;
	while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	if (len == sizeof(CHATFILE_FIRST) - 1 &&
	    memcmp(text, CHATFILE_FIRST, len) == 0)
		return 0;
	if (len > n && memcmp(text, FIRST_BEGIN, n) == 0)
		return line_refuse(f->name, &line, n, e, "this is "
		                   "version '%.*s' of the format, and only "
		                   "version 1 can be read",
		                   (int)(len - n < 20 ? len - n : 20),
		                   text + n);
	return line_refuse(f->name, &line, 0, e, "not a .chat file: its first "
	                   "line must be \"" CHATFILE_FIRST "\"");
}

/* Copy the next word of the line, or text in quotes. */
static int take_word(struct chat_reader *r, char *out, size_t cap,
                     struct error *e)
{
	size_t at = r->line.at, len = chat_reader_word(r);
	bytes_clear(&r->step.bytes);
	r->step.fill_count = 0;
	if (chat_line_char(&r->line) == '"') {
		if (chat_read_string(r, e))
			return -1;
	} else if (bytes_append(&r->step.bytes, r->line.text + at, len)) {
		return error_set_errno(e, errno, "cannot read %s", r->name);
	} else {
		r->line.at += len;
	}
	const char *word = bytes_text(&r->step.bytes);
	if (!*word || r->step.fill_count || r->step.bytes.len >= cap ||
	    strlen(word) != r->step.bytes.len)
		return chat_reader_refuse(r, at, e, "this cannot be a part of "
		                          "an endpoint");
	memcpy(out, word, r->step.bytes.len + 1);
	return 0;
}

/* ENDPOINT: one word or two, as on the command line. */
static int read_endpoint(struct chatfile *f, struct error *e)
{
	struct chat_reader *r = &f->reader;
	char words[2][ENDPOINT_TEXT_MAX] = { "", "" };
	const char *const list[] = { words[0], words[1] };
	struct endpoint ep;
	struct error why;
	size_t count = 0, begin = (chat_reader_skip_blanks(r), r->line.at);
	for (; count < 2 && !chat_reader_is_at_end(r); count++)
		if (take_word(r, words[count], sizeof(words[0]), e))
			return -1;
	if (!chat_reader_is_at_end(r))
		return chat_reader_refuse(r, r->line.at, e, "nothing may "
		                          "follow the endpoint");
	if (!count)
		return chat_reader_refuse(r, begin, e, "the endpoint is "
		                          "missing: HOST:PORT, unix:PATH, "
		                          "tls:// or udp://HOST:PORT");
	if (endpoint_parse(&ep, f->head.mode, list, count, &why))
		return chat_reader_refuse(r, begin, e, "%s", why.text);
	f->head.has_datagrams = endpoint_has_datagrams(&ep);
	f->has_datagrams = f->head.has_datagrams;
	if (count == 2)
		endpoint_format(&ep, f->head.endpoint);
	else
		memcpy(f->head.endpoint, words[0], sizeof(words[0]));
	return 0;
}

/* Find the line that is the next one but for comments. */
static int next_line(struct chatfile *f, bool takes_comments, struct error *e)
{
	struct chat_line *line = &f->reader.line;
	int got;
	while ((got = chat_lines_next(&f->lines, line, e)) > 0)
		if (!chat_line_is_empty(line) &&
		    (takes_comments || !chat_line_is_comment(line)))
			break;
	return got;
}

static int read_head(struct chatfile *f, struct error *e)
{
	struct chat_reader *r = &f->reader;
	if (check_first(f, e))
		return -1;
	f->first = chat_lines_place(&f->lines);
	int got = next_line(f, false, e);
	size_t len = got > 0 ? chat_reader_word(r) : 0;
	bool is_listen = len && chat_reader_is_at(r, "listen", len);
	if (is_listen || (len && chat_reader_is_at(r, "connect", len))) {
		f->head.has_side = true;
		f->head.mode = is_listen ? ENDPOINT_LISTEN : ENDPOINT_CONNECT;
		r->line.at += len;
		if (read_endpoint(f, e))
			return -1;
		f->first = chat_lines_place(&f->lines);
	}
	chatfile_rewind(f);
	return got < 0 ? -1 : 0;
}

/* Opening */

static struct chatfile *new_chatfile(const char *name, struct error *e)
{
	struct chatfile *f = calloc(1, sizeof(*f));
	if (f)
		f->name = strdup(name);
	if (!f || !f->name) {
		free(f);
		error_set_errno(e, errno, "cannot read %s", name);
		return NULL;
	}
	f->folder = f->lines.fd = -1;
	f->most = UINT64_MAX;
	return f;
}

static struct chatfile *begin_reading(struct chatfile *f, struct error *e)
{
	f->reader.name = f->name;
	f->reader.folder = f->folder;
	if (read_head(f, e) == 0)
		return f;
	chatfile_close(f);
	return NULL;
}

struct chatfile *chatfile_open(const char *path, struct error *e)
{
	struct chatfile *f = new_chatfile(path, e);
	if (!f)
		return NULL;
	if (chat_lines_open(&f->lines, f->name, e)) {
		chatfile_close(f);
		return NULL;
	}
	f->folder = chat_open_folder(f->name);
	return begin_reading(f, e);
}

struct chatfile *chatfile_open_text(const char *name, const void *text,
                                    size_t len, struct error *e)
{
	struct chatfile *f = new_chatfile(name, e);
	if (!f)
		return NULL;
	chat_lines_text(&f->lines, f->name, text, len);
	return begin_reading(f, e);
}

void chatfile_close(struct chatfile *f)
{
	if (!f)
		return;
	chat_lines_finish(&f->lines);
	chat_reader_finish(&f->reader);
	if (f->folder >= 0)
		close(f->folder);
	free(f->peers);
	free(f->name);
	free(f);
}

const char *chatfile_name(const struct chatfile *f)
{
	return f->name;
}

bool chatfile_has_datagrams(const struct chatfile *f)
{
	return f->has_datagrams;
}

void chatfile_set_datagrams(struct chatfile *f, bool has_datagrams)
{
	f->has_datagrams = has_datagrams;
}

const struct chat_head *chatfile_head(const struct chatfile *f)
{
	return &f->head;
}

/* Steps */

void chatfile_rewind(struct chatfile *f)
{
	chat_lines_go(&f->lines, f->first);
}

int chatfile_skip(struct chatfile *f, uint64_t offset, struct error *e)
{
	struct chat_line *line = &f->reader.line;
	struct chat_place at = { .offset = offset - 1 };
	if (offset <= f->first.offset)
		return 0;
	chat_lines_go(&f->lines, at);
	int got = chat_lines_next(&f->lines, line, e); /* the rest of one */
	do
		at = chat_lines_place(&f->lines);
	while (got > 0 && (got = chat_lines_next(&f->lines, line, e)) > 0 &&
	       (chat_line_is_indented(line) || chat_line_is_empty(line) ||
	        chat_line_is_comment(line)));
	chat_lines_go(&f->lines, at);
	return got < 0 ? -1 : 0;
}

void chatfile_want_comments(struct chatfile *f)
{
	f->wants_comments = true;
}

void chatfile_limit(struct chatfile *f, uint64_t most)
{
	f->most = most;
}

static int take_comment(struct chat_reader *r, struct error *e)
{
	struct chat_step *s = &r->step;
	*s = (struct chat_step){ .kind = CHAT_COMMENT, .bytes = s->bytes,
	                         .line = r->line.number };
	bytes_clear(&s->bytes);
	chat_reader_skip_blanks(r);
	s->item_line = s->line;
	s->item_column = r->line.at + 1;
	r->line.at++;
	r->line.at += chat_line_char(&r->line) == ' ';
	return bytes_append(&s->bytes, r->line.text + r->line.at,
	                    r->line.len - r->line.at)
	           ? error_set_errno(e, errno, "cannot read %s", r->name)
	           : 0;
}

/* Read the indented lines that follow.  The line behind them, and the comments
 * before that, are left for the next step. */
static int go_on(struct chatfile *f, struct error *e)
{
	struct chat_place after = chat_lines_place(&f->lines);
	int got;
	while ((got = next_line(f, false, e)) > 0 &&
	       chat_line_is_indented(&f->reader.line)) {
		if (chat_step_go_on(&f->reader, e))
			return -1;
		after = chat_lines_place(&f->lines);
	}
	chat_lines_go(&f->lines, after);
	return got < 0 ? -1 : 0;
}

static int read_step(struct chatfile *f, struct error *e)
{
	struct chat_reader *r = &f->reader;
	if (chat_line_is_comment(&r->line))
		return take_comment(r, e);
	if (chat_line_is_indented(&r->line))
		return chat_reader_refuse(r, 0, e, "this line is indented, but "
		                          "there is no step above it");
	if (chat_step_begin(r, e) || go_on(f, e))
		return -1;
	return chat_step_end(r, e);
}

int chatfile_next(struct chatfile *f, struct chat_step *step, struct error *e)
{
	int got = next_line(f, f->wants_comments, e);
	if (got > 0 && read_step(f, e))
		return -1;
	*step = f->reader.step;
	return got;
}
