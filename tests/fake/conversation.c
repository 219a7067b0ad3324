/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "conversation.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sockchat/chatfile.h>
#include <sockchat/escape.h>

#define LINE_MAX_LEN 512

struct reading {
	struct conversation *out;
	struct bytes text; /* of the file */
	size_t at, line;   /* of the line that comes next, from 1 */
	struct bytes shown; /* of what comes and is to be seen */
	size_t come;        /* bytes of which comments have said how they come,
	                     * and that no step has had yet */
	bool is_typed;      /* and how it is typed */
};

static struct bytes *add_beat(struct reading *r, enum beat_kind kind)
{
	assert_true(r->out->count < BEATS_MAX);
	struct beat *b = &r->out->beats[r->out->count++];
	b->kind = kind;
	return &b->bytes;
}

static void add_bytes(struct reading *r, enum beat_kind kind, const void *bytes,
                      size_t len)
{
	assert_int_equal(bytes_append(add_beat(r, kind), bytes, len), 0);
}

/* Line endings stand there as they are shown. */
static void add_seen(struct reading *r, enum beat_kind kind,
                     const struct bytes *b)
{
	struct bytes *out = add_beat(r, kind);
	for (size_t i = 0; i < b->len; i++) {
		char c = (char)b->data[i];
		int failed = c == '\n'   ? bytes_append(out, "\\n", 2)
		             : c == '\r' ? bytes_append(out, "\\r", 2)
		                         : bytes_append(out, &c, 1);
		assert_int_equal(failed, 0);
	}
}

/* What has come so far, and is no whole line, is to be seen before what comes
 * next. */
static void break_shown(struct reading *r)
{
	if (r->shown.len)
		add_seen(r, BEAT_SEEN_IN, &r->shown);
	bytes_clear(&r->shown);
}

static void show(struct reading *r, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		assert_int_equal(bytes_append(&r->shown, bytes + i, 1), 0);
		if (bytes[i] == '\n')
			break_shown(r);
	}
}

/* Steps */

/* Enter is what ends a line that is typed, whatever is sent for it. */
static void type_sent(struct reading *r, const uint8_t *bytes, size_t len)
{
	while (len && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
		len--;
	add_bytes(r, BEAT_TYPE, bytes, len);
	bytes_append(&r->out->beats[r->out->count - 1].bytes, "\n", 1);
}

static void take_out(struct reading *r, const struct chat_step *s)
{
	bool is_typed = r->is_typed;
	r->is_typed = false;
	break_shown(r);
	if (s->kind == CHAT_BYTES) {
		if (!is_typed)
			type_sent(r, s->bytes.data, s->bytes.len);
		add_seen(r, BEAT_SEEN_OUT, &s->bytes);
		bytes_append(&r->out->sent, s->bytes.data, s->bytes.len);
	} else if (!is_typed) {
		assert_int_equal(s->kind, CHAT_FIN);
		add_beat(r, BEAT_END_TYPING);
	}
}

static void take_in(struct reading *r, const struct chat_step *s)
{
	if (s->kind != CHAT_BYTES) {
		break_shown(r);
		add_beat(r, s->kind == CHAT_FIN ? BEAT_FIN_COMES
		                                : BEAT_RST_COMES);
		return;
	}
	if (r->come)
		r->come -= s->bytes.len;
	else
		add_bytes(r, BEAT_COMES, s->bytes.data, s->bytes.len);
	assert_true(r->come < LINE_MAX_LEN); /* steps and comments agree */
	show(r, s->bytes.data, s->bytes.len);
}

/* Comments */

static void read_quoted(const char *text, struct bytes *out)
{
	struct error e;
	const char *end = strrchr(text, '"');
	assert_true(*text == '"' && end > text);
	assert_int_equal(escape_parse(out, text + 1, (size_t)(end - text - 1),
	                              &e), 0);
}

static void say_option(struct reading *r, const char *text)
{
	snprintf(r->out->option, sizeof(r->out->option), "%s", text);
}

static void say_status(struct reading *r, const char *text)
{
	r->out->status = (int)strtol(text, NULL, 10);
	r->out->screen_status = r->out->status;
}

static void say_screen_status(struct reading *r, const char *text)
{
	r->out->screen_status = (int)strtol(text, NULL, 10);
}

static void say_without(struct reading *r, const char *text)
{
	assert_string_equal(text, "tui");
	r->out->is_without_tui = true;
}

static void say_types(struct reading *r, const char *text)
{
	struct bytes typed = { 0 };
	if (*text == '"')
		read_quoted(text, &typed);
	else
		bytes_printf(&typed, "%s\n", text);
	add_bytes(r, BEAT_TYPE, typed.data, typed.len);
	bytes_finish(&typed);
}

static void say_types_instead(struct reading *r, const char *text)
{
	break_shown(r);
	say_types(r, text);
	r->is_typed = true;
}

static void say_many(struct reading *r, const char *text)
{
	add_bytes(r, BEAT_TYPE_MANY, text, 1);
}

static void say_comes(struct reading *r, const char *text)
{
	struct bytes come = { 0 };
	read_quoted(text, &come);
	add_bytes(r, BEAT_COMES, come.data, come.len);
	r->come += come.len;
	bytes_finish(&come);
}

static void say_shows(struct reading *r, const char *text)
{
	add_bytes(r, BEAT_SEEN_TEXT, text, strlen(text));
}

static const struct {
	const char *begin;
	void (*say)(struct reading *r, const char *text);
} comments[] = {
	{ "# option: ", say_option },
	{ "# status: ", say_status },
	{ "# screen's status: ", say_screen_status },
	{ "# without: ", say_without },
	{ "# types: ", say_types },
	{ "# types instead: ", say_types_instead },
	{ "# types 64 MiB: ", say_many },
	{ "# comes: ", say_comes },
	{ "# shows: ", say_shows },
};

static void take_comment(struct reading *r, const char *line)
{
	for (size_t i = 0; i < sizeof(comments) / sizeof(comments[0]); i++) {
		size_t len = strlen(comments[i].begin);
		if (strncmp(line, comments[i].begin, len) == 0)
			comments[i].say(r, line + len);
	}
}

/* The comments before a line. */
static void take_comments(struct reading *r, size_t until)
{
	char line[LINE_MAX_LEN];
	for (; r->line < until && r->at < r->text.len; r->line++) {
		const char *at = bytes_text(&r->text) + r->at;
		size_t len = strcspn(at, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)len, at);
		take_comment(r, line);
		r->at += len + 1;
	}
}

/* Files */

static void read_text(struct bytes *out, const char *path)
{
	char block[4096];
	FILE *f = fopen(path, "re");
	assert_non_null(f);
	for (size_t n; (n = fread(block, 1, sizeof(block), f));)
		assert_int_equal(bytes_append(out, block, n), 0);
	fclose(f);
}

void conversation_read(struct conversation *c, const char *path)
{
	struct reading r = { .out = c, .line = 1 };
	struct chat_step step;
	struct error e;
	int more;
	*c = (struct conversation){ 0 };
	snprintf(c->name, sizeof(c->name), "%s", strrchr(path, '/') + 1);
	read_text(&r.text, path);
	struct chatfile *f = chatfile_open(path, &e);
	if (!f)
		fail_msg("%s", e.text);
	while ((more = chatfile_next(f, &step, &e)) > 0) {
		take_comments(&r, step.line);
		if (step.side == CHAT_IN)
			take_in(&r, &step);
		else if (step.side == CHAT_OUT)
			take_out(&r, &step);
	}
	if (more)
		fail_msg("%s", e.text);
	take_comments(&r, SIZE_MAX);
	assert_int_equal(r.come, 0);
	break_shown(&r);
	chatfile_close(f);
	bytes_finish(&r.text);
	bytes_finish(&r.shown);
}

void conversation_finish(struct conversation *c)
{
	for (size_t i = 0; i < c->count; i++)
		bytes_finish(&c->beats[i].bytes);
	bytes_finish(&c->sent);
}

void conversation_each(void (*fn)(const char *path))
{
	glob_t found;
	assert_int_equal(glob("tests/conv/*.chat", 0, NULL, &found), 0);
	assert_true(found.gl_pathc > 10);
	for (size_t i = 0; i < found.gl_pathc; i++)
		fn(found.gl_pathv[i]);
	globfree(&found);
}
