/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* .chat: a step becomes a message or the end of a direction; comments, and what
 * stands for bytes that nobody has seen, become notes.  The file tells when it
 * was recorded in a comment, and in pauses what went by for each peer. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sockchat/chatfile.h>

#include "load_private.h"

#define STEP_BYTES ((size_t)64 << 10)
#define RECORDED   "recorded "
#define CLOCKS     256 /* that are kept: one each for so many peers at once */
#define CHECKED_MAX ((off_t)16 << 20) /* bytes of a file */
#define QUOTED_MAX 400 /* bytes of an expression or a comment */

/* Until when a peer has been told of. */
struct clock {
	uint32_t peer;
	int64_t us; /* 0: it has said nothing yet */
};

struct reader {
	struct load_put *put;
	struct chatfile *file;
	int64_t now_us; /* of the newest step */
	struct clock clocks[CLOCKS];
	char text[QUOTED_MAX + 100];
};

static void close_chat(void *reader)
{
	struct reader *r = reader;
	chatfile_close(r->file);
	free(r);
}

/* Until a comment says when, the file's own time has to do. */
static int64_t time_of_file(const struct stat *st)
{
	return st->st_mtime < 0 ? 0 : (int64_t)st->st_mtime * 1000000;
}

/* "# recorded 2026-01-02T03:04:05Z" says when what follows began. */
static bool take_time(struct reader *r, const struct chat_step *s)
{
	size_t n = strlen(RECORDED);
	const char *text = (const char *)s->bytes.data;
	if (s->bytes.len <= n || memcmp(text, RECORDED, n) != 0 ||
	    !stamp_parse_utc(text + n, s->bytes.len - n, &r->now_us))
		return false;
	memset(r->clocks, 0, sizeof(r->clocks));
	return true;
}

/* The time stands above the first step. */
static int skip_to(struct reader *r, uint64_t from, struct error *e)
{
	struct chat_step s;
	int more;
	while ((more = chatfile_next(r->file, &s, e)) > 0 &&
	       s.kind == CHAT_COMMENT && !take_time(r, &s))
		;
	return more < 0 ? -1 : chatfile_skip(r->file, from, e);
}

/* Steps that contradict each other are found by reading all of them, which
 * takes too long for a file of which only the end is wanted. */
static int begin_steps(struct reader *r, const struct stat *st, uint64_t from,
                       struct error *e)
{
	if (from)
		return skip_to(r, from, e);
	return st->st_size <= CHECKED_MAX &&
	               !chatfile_check(r->file, CHAT_NEITHER, e)
	           ? -1 : 0;
}

static void *open_chat(struct load_put *p, const char *path, uint64_t from,
                       struct error *e)
{
	struct stat st = { 0 };
	struct reader *r = calloc(1, sizeof(*r));
	if (r)
		r->file = chatfile_open(path, e);
	else
		error_set_errno(e, ENOMEM, "nothing was loaded");
	if (!r || !r->file) {
		free(r);
		return NULL;
	}
	r->put = p;
	if (stat(path, &st) == 0)
		r->now_us = time_of_file(&st);
	chatfile_want_comments(r->file);
	if (begin_steps(r, &st, from, e) == 0)
		return r;
	close_chat(r);
	return NULL;
}

/* A pause is one of the step's peer. */
static void take_pause(struct reader *r, const struct chat_step *s)
{
	struct clock *c = &r->clocks[s->peer % CLOCKS];
	if (c->peer != s->peer || !c->us)
		*c = (struct clock){ s->peer, r->now_us };
	if (s->has_pause || s->kind == CHAT_WAIT)
		c->us += s->pause_ns / 1000;
	r->now_us = c->us;
}

/* An entry of the step's peer; a file without numbers has one. */
static struct load_entry begin_entry(const struct reader *r,
                                     const struct chat_step *s,
                                     enum entry_kind kind)
{
	const struct chat_head *head = chatfile_head(r->file);
	bool has_peer = head->has_side && head->mode == ENDPOINT_CONNECT;
	return (struct load_entry){
		.entry = {
			.time = { .wall_us = r->now_us },
			.session = s->peer ? s->peer : 1,
			.kind = (uint8_t)kind,
			.peer = has_peer ? head->endpoint : "",
			.local = "",
			.client = "",
			.proxy = "",
			.code = "",
			.hint = "",
		},
	};
}

static int put_message(struct reader *r, const struct chat_step *s)
{
	struct load_entry l = begin_entry(r, s, ENTRY_MESSAGE);
	bool is_out = s->side == CHAT_OUT;
	l.entry.dir = is_out ? ENTRY_OUT : ENTRY_IN;
	l.entry.flags = ENTRY_COMPLETE | (is_out ? ENTRY_BY_HAND : 0);
	l.entry.bytes = s->bytes.data;
	l.entry.len = s->bytes.len;
	if (chatfile_has_datagrams(r->file))
		l.entry.frame = frame_datagram.kind;
	return load_put(r->put, &l);
}

static int put_sentence(struct reader *r, struct load_entry *l)
{
	l->entry.bytes = (const uint8_t *)r->text;
	l->entry.len = strlen(r->text);
	return load_put(r->put, l);
}

static int put_end(struct reader *r, const struct chat_step *s)
{
	struct load_entry l = begin_entry(r, s, ENTRY_STATE);
	bool is_ours = s->side == CHAT_OUT;
	bool is_fin = s->kind == CHAT_FIN;
	l.entry.state = is_fin ? ENTRY_HALF_CLOSED : ENTRY_CLOSED;
	l.entry.ended = !is_fin ? 0 : is_ours ? ENTRY_OUT : ENTRY_IN;
	l.entry.code = is_fin || is_ours ? "" : "ECONNRESET";
	snprintf(r->text, sizeof(r->text), "%s %s", is_fin ? "FIN" : "RST",
	         is_ours ? "was sent" : "came");
	return put_sentence(r, &l);
}

static const char *mark_of(const struct chat_step *s)
{
	return s->side == CHAT_OUT ? "> " : s->side == CHAT_IN ? "< " : "";
}

/* What stands there, as it is written. */
static int put_note(struct reader *r, const struct chat_step *s)
{
	static const struct {
		const char *code, *before, *after;
		bool has_text;
	} forms[] = {
		[CHAT_ANY] = { .code = "step", "...", "", false },
		[CHAT_STARTTLS] = { .code = "step", "starttls", "", false },
		[CHAT_MATCH] = { .code = "step", "/", "/", true },
	};
	struct load_entry l = begin_entry(r, s, ENTRY_NOTE);
	size_t len = forms[s->kind].has_text ? s->bytes.len : 0;
	l.entry.code = forms[s->kind].code;
	snprintf(r->text, sizeof(r->text), "%s%s%.*s%s", mark_of(s),
	         forms[s->kind].before,
	         len < QUOTED_MAX ? (int)len : QUOTED_MAX,
	         len ? (const char *)s->bytes.data : "",
	         forms[s->kind].after);
	return put_sentence(r, &l);
}

/* Step over "[2] ", and tell the number; 0: it is not there. */
static uint32_t take_number(const char **text)
{
	uint32_t number = 0;
	const char *at = *text;
	if (*at != '[')
		return 0;
	while (*++at >= '0' && *at <= '9' && number < CHATFILE_PEER_MAX)
		number = number * 10 + (uint32_t)(*at - '0');
	if (at[0] != ']' || at[1] != ' ')
		return 0;
	*text = at + 2;
	return number;
}

/* Where the sentence begins in "[2] * sentence" or "! sentence", as recorders
 * write what was told, and whose it is; 0: it is another comment. */
static size_t find_told(const char *text, uint32_t *session)
{
	const char *at = text;
	*session = take_number(&at);
	return (*at == '*' || *at == '!') && at[1] == ' '
	           ? (size_t)(at - text) + 2 : 0;
}

static int put_comment(struct reader *r, const struct chat_step *s)
{
	static const struct {
		const char *code;
		enum entry_kind kind;
	} forms[] = {
		{ .code = "comment", .kind = ENTRY_NOTE },
		{ .code = "told", .kind = ENTRY_NOTE },
		{ .code = "told", .kind = ENTRY_ERROR },
	};
	uint32_t session;
	size_t len = s->bytes.len < QUOTED_MAX ? s->bytes.len : QUOTED_MAX;
	snprintf(r->text, sizeof(r->text), "%.*s", (int)len,
	         len ? (const char *)s->bytes.data : "");
	size_t told = find_told(r->text, &session);
	size_t form = !told ? 0 : r->text[told - 2] == '*' ? 1 : 2;
	struct load_entry l = begin_entry(r, s, forms[form].kind);
	l.entry.code = forms[form].code;
	if (told)
		l.entry.session = session;
	memmove(r->text, r->text + told, strlen(r->text + told) + 1);
	return put_sentence(r, &l);
}

/* Bytes with ${NAME} in them are not what went over the network. */
static int put_bytes(struct reader *r, const struct chat_step *s)
{
	struct load_entry l = begin_entry(r, s, ENTRY_NOTE);
	if (s->fill_count) {
		l.entry.code = "step";
		snprintf(r->text, sizeof(r->text), "the next message has ${%s} "
		         "before its byte %zu", s->fills[0].name,
		         s->fills[0].at);
		if (put_sentence(r, &l))
			return -1;
	}
	return put_message(r, s);
}

static int put_step(struct reader *r, const struct chat_step *s)
{
	if (s->kind != CHAT_COMMENT)
		take_pause(r, s);
	switch (s->kind) {
	case CHAT_BYTES:
		return put_bytes(r, s);
	case CHAT_FIN:
	case CHAT_RST:
		return put_end(r, s);
	case CHAT_MATCH:
	case CHAT_ANY:
	case CHAT_STARTTLS:
		return put_note(r, s);
	case CHAT_COMMENT:
		return take_time(r, s) ? 0 : put_comment(r, s);
	case CHAT_WAIT:
	case CHAT_FRAME:
		break;
	}
	return 0;
}

static int step_chat(void *reader, struct error *e)
{
	struct reader *r = reader;
	struct chat_step s;
	int more;
	for (size_t bytes = 0; bytes < STEP_BYTES; bytes += 64 + s.bytes.len) {
		more = chatfile_next(r->file, &s, e);
		if (more <= 0)
			return more;
		if (put_step(r, &s))
			return error_set_errno(e, ENOMEM, "not all of it was "
			                       "loaded");
	}
	return 1;
}

static size_t cut_of(const void *reader)
{
	(void)reader;
	return 0;
}

const struct load_format load_chat = {
	.sink = &sink_chat,
	.begins = CHATFILE_FIRST,
	.open = open_chat,
	.step = step_chat,
	.cut = cut_of,
	.close = close_chat,
};
