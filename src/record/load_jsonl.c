/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* .jsonl: a line is an object of sockchat-entries(5).  Kinds and members that
 * are not known are left out, for later versions may have more. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/dial.h>
#include <sockchat/json_read.h>

#include "chatfile_lines.h"
#include "load_private.h"

#define LINE_MAX  ((size_t)160 << 20) /* 16 MiB of NULs are 96 MiB of text */
#define STEP_SIZE ((size_t)64 << 10)
#define WORDS_MAX ((size_t)4 << 10) /* bytes of a peer, a code or a hint */

/* The members that count, in the order in which they are written. */
enum member {
	M_SEQ, M_TIME, M_SESSION, M_OLD, M_KIND, M_DIR, M_PEER, M_FRAME,
	M_PREFIX, M_TEXT, M_BASE64, M_HEX, M_COMPLETE, M_CUT, M_HELD, M_FATE,
	M_WAIT_MS, M_STATE, M_SIDE, M_LOCAL, M_CLIENT, M_PROXY,
	M_CODE, M_HINT, M_RECEIVED, M_SENT, M_TRANSPORT,
	M_COUNT,
};

static const char *const names[M_COUNT] = {
	"seq", "time", "session", "old", "kind", "dir", "peer", "frame",
	"prefix", "text", "base64", "hex", "complete", "cut", "held", "fate",
	"wait_ms", "state", "side", "local", "client", "proxy",
	"code", "hint", "received", "sent", "transport",
};

struct reader {
	struct load_put *put;
	char *name; /* of the file */
	struct chat_lines lines;
	size_t cut;
	/* Of the line that is being read. */
	struct chat_line line;
	struct json_member members[M_COUNT]; /* kind: 0 if it is not there */
	struct bytes content, peer, local, client, proxy, code, hint;
	struct moved moved;
};

static void close_jsonl(void *reader)
{
	struct reader *r = reader;
	chat_lines_finish(&r->lines);
	bytes_finish(&r->content);
	bytes_finish(&r->peer);
	bytes_finish(&r->local);
	bytes_finish(&r->client);
	bytes_finish(&r->proxy);
	bytes_finish(&r->code);
	bytes_finish(&r->hint);
	free(r->name);
	free(r);
}

/* Begin with the first line that begins at this byte or behind it.  -1 with a
 * sentence. */
static int skip_to(struct reader *r, uint64_t from, struct error *e)
{
	if (!from)
		return 0; /* else a newline may stand in front of it */
	chat_lines_go(&r->lines, (struct chat_place){ .offset = from - 1 });
	if (chat_lines_next(&r->lines, &r->line, e) < 0)
		return -1;
	r->lines.number = 0;
	return 0;
}

static int open_lines(struct reader *r, const char *path, struct error *e)
{
	r->lines.fd = -1;
	r->name = strdup(path);
	return r->name ? chat_lines_open(&r->lines, r->name, e)
	               : error_set_errno(e, ENOMEM, "nothing was loaded");
}

static void *open_jsonl(struct load_put *p, const char *path, uint64_t from,
                        struct error *e)
{
	struct reader *r = calloc(1, sizeof(*r));
	if (!r) {
		error_set_errno(e, ENOMEM, "nothing was loaded");
		return NULL;
	}
	r->put = p;
	r->peer.max = r->local.max = r->client.max = WORDS_MAX;
	r->proxy.max = r->code.max = r->hint.max = WORDS_MAX;
	int failed = open_lines(r, path, e);
	r->lines.max = LINE_MAX;
	if (!failed && skip_to(r, from, e) == 0)
		return r;
	close_jsonl(r);
	return NULL;
}

static size_t cut_of(const void *reader)
{
	return ((const struct reader *)reader)->cut;
}

/* Faults */

static int refuse_at(const struct reader *r, size_t at, const char *what,
                     struct error *e)
{
	return line_refuse(r->name, &r->line, at, e, "%s", what);
}

static int refuse_member(const struct reader *r, enum member m,
                         const char *what, struct error *e)
{
	const struct json_member *found = &r->members[m];
	const uint8_t *text = (const uint8_t *)r->line.text;
	size_t at = found->kind ? (size_t)(found->value.bytes - text) : 0;
	at -= found->kind == '"'; /* where the quote stands */
	return refuse_at(r, at, what, e);
}

static int refuse_fault(const struct reader *r, const struct json_fault *f,
                        struct error *e)
{
	char what[128];
	snprintf(what, sizeof(what), "this line is not a JSON object: %s is "
	         "expected here", f->expected);
	return refuse_at(r, f->at, what, e);
}

static int no_memory(struct error *e)
{
	return error_set_errno(e, ENOMEM, "not all of it was loaded");
}

/* Members */

static bool has_word(const struct reader *r, enum member m, const char *word)
{
	const struct json_member *found = &r->members[m];
	return found->kind == '"' && json_is(found->value, word);
}

static bool is_true(const struct reader *r, enum member m)
{
	return r->members[m].kind == 't';
}

static uint64_t whole(const struct reader *r, enum member m)
{
	uint64_t value = 0;
	if (r->members[m].kind && !json_whole_of(&r->members[m], &value))
		return 0;
	return value;
}

/* A string, "" if it is not there.  NULL with errno when there is no room. */
static const char *text_of(struct reader *r, enum member m, struct bytes *room)
{
	bytes_clear(room);
	if (r->members[m].kind == '"' &&
	    json_append_text(room, r->members[m].value))
		return NULL;
	return room->len ? bytes_text(room) : "";
}

/* Members come in the order of the table as a rule. */
static void find_members(struct reader *r, struct json_walk *w)
{
	struct json_member m;
	size_t next = 0;
	memset(r->members, 0, sizeof(r->members));
	while (json_walk_next(w, &m))
		for (size_t i = 0; i < M_COUNT; i++) {
			size_t at = (next + i) % M_COUNT;
			if (!json_is(m.name, names[at]))
				continue;
			r->members[at] = m;
			next = at + 1;
			break;
		}
}

/* Entries */

/* The bytes of a message, in one of three forms. */
static int read_bytes(struct reader *r, struct entry *e, struct error *error)
{
	static const struct {
		enum member member;
		int (*append)(struct bytes *out, struct json_span s);
		const char *wrong;
	} forms[] = {
		{ M_TEXT, json_append_text, "" },
		{ M_BASE64, json_append_base64, "this is not base64" },
		{ M_HEX, json_append_hex, "this is not hexadecimal text" },
	};
	size_t i = 0;
	while (i < 3 && r->members[forms[i].member].kind != '"')
		i++;
	if (i == 3)
		return refuse_at(r, 0, "a message needs \"text\", \"base64\" "
		                       "or \"hex\"", error);
	bytes_clear(&r->content);
	if (forms[i].append(&r->content, r->members[forms[i].member].value))
		return errno == EINVAL
		           ? refuse_member(r, forms[i].member, forms[i].wrong,
		                           error)
		           : no_memory(error);
	e->bytes = r->content.data;
	e->len = r->content.len;
	return 0;
}

/* Only what a frame tells in pieces goes on. */
static uint8_t flags_of(const struct reader *r, const struct entry *e)
{
	bool is_part = e->frame && e->frame->traits & FRAME_PIECES;
	unsigned flags = is_true(r, M_COMPLETE) ? ENTRY_COMPLETE
	                 : is_part              ? 0
	                                        : ENTRY_BROKEN;
	if (is_true(r, M_CUT))
		flags |= ENTRY_CUT;
	if (e->dir == ENTRY_OUT && has_word(r, M_KIND, "message"))
		flags |= ENTRY_BY_HAND;
	return (uint8_t)flags;
}

/* One that was held when it was told has gone on since. */
static void read_fate(struct reader *r, struct entry *e)
{
	e->fate = has_word(r, M_FATE, "changed")    ? FATE_CHANGED
	          : has_word(r, M_FATE, "dropped")  ? FATE_DROPPED
	          : has_word(r, M_FATE, "injected") ? FATE_INJECTED
	                                            : FATE_NONE;
	e->held = (uint32_t)whole(r, M_HELD);
}

static int read_message(struct reader *r, struct load_entry *l,
                        struct error *error)
{
	struct entry *e = &l->entry;
	struct bytes name = { 0 };
	uint64_t wait_us = 0;
	if (e->dir == ENTRY_NO_DIR)
		return refuse_member(r, M_DIR, "a message needs \"dir\", which "
		                     "is \"in\" or \"out\"", error);
	const char *frame = text_of(r, M_FRAME, &name);
	e->frame = frame ? frame_find(frame) : NULL;
	bytes_finish(&name);
	e->flags = flags_of(r, e);
	e->prefix = (uint32_t)whole(r, M_PREFIX);
	if (json_milli_of(&r->members[M_WAIT_MS], &wait_us))
		e->wait_ns = (int64_t)wait_us * 1000;
	l->seq = whole(r, M_SEQ);
	if (read_bytes(r, e, error))
		return -1;
	if (!e->frame && !e->len) /* no stream has an empty one */
		e->frame = frame_datagram.kind;
	return 0;
}

/* A sentence, in a note, an error or a state. */
static int read_sentence(struct reader *r, struct entry *e, struct error *error)
{
	bytes_clear(&r->content);
	if (r->members[M_TEXT].kind == '"' &&
	    json_append_text(&r->content, r->members[M_TEXT].value))
		return no_memory(error);
	e->bytes = r->content.data;
	e->len = r->content.len;
	return 0;
}

static int read_state(struct reader *r, struct entry *e, struct error *error)
{
	unsigned state = ENTRY_RESOLVING;
	while (state <= ENTRY_CLOSED &&
	       !has_word(r, M_STATE, entry_state_name((enum entry_state)state)))
		state++;
	if (state > ENTRY_CLOSED)
		return refuse_member(r, M_STATE, "there is no such state",
		                     error);
	e->state = (uint8_t)state;
	e->has_datagrams = has_word(r, M_TRANSPORT, "udp");
	e->ended = has_word(r, M_SIDE, "us") ? ENTRY_OUT : ENTRY_IN;
	if (state == ENTRY_CLOSED) /* nothing tells of another end */
		e->ended = ENTRY_IN | ENTRY_OUT;
	r->moved = (struct moved){ whole(r, M_RECEIVED), whole(r, M_SENT) };
	if (r->members[M_RECEIVED].kind)
		e->moved = &r->moved;
	return read_sentence(r, e, error);
}

/* What all have. */
static int read_common(struct reader *r, struct load_entry *l, struct error *e)
{
	struct entry *entry = &l->entry;
	const struct json_member *time = &r->members[M_TIME];
	if (time->kind && !stamp_parse_utc((const char *)time->value.bytes,
	                                   time->value.len,
	                                   &entry->time.wall_us))
		return refuse_member(r, M_TIME, "this is not a time like "
		                     "2026-01-02T03:04:05.678901Z", e);
	entry->session = (uint32_t)whole(r, M_SESSION) & ~ENTRY_OLD_SESSION;
	l->is_old = is_true(r, M_OLD);
	entry->dir = has_word(r, M_DIR, "in")    ? ENTRY_IN
	             : has_word(r, M_DIR, "out") ? ENTRY_OUT
	                                         : ENTRY_NO_DIR;
	read_fate(r, entry);
	entry->peer = text_of(r, M_PEER, &r->peer);
	entry->local = text_of(r, M_LOCAL, &r->local);
	entry->client = text_of(r, M_CLIENT, &r->client);
	entry->proxy = text_of(r, M_PROXY, &r->proxy);
	entry->code = text_of(r, M_CODE, &r->code);
	entry->hint = text_of(r, M_HINT, &r->hint);
	if (entry->peer && entry->local && entry->client && entry->proxy &&
	    entry->code && entry->hint)
		return 0;
	return errno != EMSGSIZE
	           ? no_memory(e)
	           : refuse_at(r, 0, "\"peer\", \"local\", \"client\", "
	                             "\"proxy\", \"code\" and \"hint\" have at "
	                             "most 4096 bytes", e);
}

/* 1: the entry is there; 0: the line has none that we know. */
static int read_entry(struct reader *r, struct load_entry *l, struct error *e)
{
	struct entry *entry = &l->entry;
	int failed = read_common(r, l, e);
	if (failed)
		return -1;
	if (has_word(r, M_KIND, "message") || has_word(r, M_KIND, "data")) {
		entry->kind = ENTRY_MESSAGE;
		failed = read_message(r, l, e);
	} else if (has_word(r, M_KIND, "state")) {
		entry->kind = ENTRY_STATE;
		failed = read_state(r, entry, e);
	} else if (has_word(r, M_KIND, "error") ||
	           (has_word(r, M_KIND, "note") &&
	            !has_word(r, M_CODE, "day"))) { /* it is made anew */
		entry->kind = has_word(r, M_KIND, "note") ? ENTRY_NOTE
		                                          : ENTRY_ERROR;
		failed = read_sentence(r, entry, e);
	} else {
		return 0;
	}
	return failed ? -1 : 1;
}

static bool is_blank(const uint8_t *line, size_t len)
{
	while (len && (line[len - 1] == ' ' || line[len - 1] == '\r' ||
	               line[len - 1] == '\t'))
		len--;
	return !len;
}

/* -1 with a sentence. */
static int read_line(struct reader *r, struct error *e)
{
	const uint8_t *line = (const uint8_t *)r->line.text;
	size_t len = r->line.len;
	struct load_entry l = { .seq = 0 };
	struct json_fault fault = { 0, "" };
	struct json_walk w;
	if (is_blank(line, len))
		return 0;
	switch (json_walk_begin(&w, line, len, &fault)) {
	case JSON_GOOD:
		break;
	case JSON_UNFINISHED:
		r->cut = r->line.is_last ? len : 0;
		return r->line.is_last ? 0 : refuse_fault(r, &fault, e);
	case JSON_OTHER:
		return no_memory(e);
	default:
		return refuse_fault(r, &fault, e);
	}
	find_members(r, &w);
	if (json_walk_rest(&w) < len)
		return refuse_at(r, json_walk_rest(&w), "something follows the "
		                 "object", e);
	int found = read_entry(r, &l, e);
	if (found > 0 && load_put(r->put, &l))
		return no_memory(e);
	return found < 0 ? -1 : 0;
}

static int step_jsonl(void *reader, struct error *e)
{
	struct reader *r = reader;
	uint64_t begin = chat_lines_place(&r->lines).offset;
	int more;
	do {
		more = chat_lines_next(&r->lines, &r->line, e);
		if (more > 0 && read_line(r, e))
			return -1;
	} while (more > 0 &&
	         chat_lines_place(&r->lines).offset < begin + STEP_SIZE);
	return more;
}

const struct load_format load_jsonl = {
	.sink = &sink_jsonl,
	.begins = "{",
	.open = open_jsonl,
	.step = step_jsonl,
	.cut = cut_of,
	.close = close_jsonl,
};
