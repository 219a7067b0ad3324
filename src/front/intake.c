/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Lines of standard input: those that wait stand first in `lines`, behind them
 * what has not been looked at. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/again.h>
#include <sockchat/audience.h>
#include <sockchat/command.h>
#include <sockchat/lead.h>

#include "intake.h"

#define READ_SIZE ((size_t)64 << 10)
#define READS_MAX 16 /* in one turn */

struct line {
	const char *text;
	size_t len, size; /* without and with its ending */
};

/* The line that begins at `at`.  False when its end has not come yet. */
static bool find_line(struct intake *in, size_t at, struct line *l)
{
	size_t from = at >= in->tail && in->scanned > at ? in->scanned : at;
	const uint8_t *begin, *end = NULL;
	if (at == in->lines.len)
		return false;
	begin = in->lines.data + at;
	if (from < in->lines.len)
		end = memchr(in->lines.data + from, '\n',
		             in->lines.len - from);
	if (!end) {
		in->tail = at;
		in->scanned = in->lines.len;
	}
	l->text = (const char *)begin;
	l->len = end ? (size_t)(end - begin) : in->lines.len - at;
	l->size = l->len + (end != NULL);
	return end || in->has_ended;
}

/* Where `at` is when `gone` bytes before it have been removed. */
static size_t moved_up(size_t at, size_t gone)
{
	return at > gone ? at - gone : 0;
}

/* Remove the bytes from `at` to before `end`, all of lines that are taken. */
static void forget_lines(struct intake *in, size_t at, size_t end)
{
	struct bytes *b = &in->lines;
	if (at == end)
		return;
	memmove(b->data + at, b->data + end, b->len - end);
	b->len -= end - at;
	in->tail = moved_up(in->tail, end - at);
	in->scanned = moved_up(in->scanned, end - at);
}

/* Whether a script's /repeat or /load is under way, or its /replay, which has
 * not the say. */
static bool is_at_work(const struct intake *in)
{
	const struct chat_lead *lead = in->chat->lead;
	return !in->source.is_terminal &&
	       (in->chat->repeat || in->chat->load ||
	        (lead && !lead->has_say));
}

/* Every line for peers waits for the first peer.  A script's lines also wait
 * until --retry has connected, while a peer has too much before it, or while
 * nobody reads what we write; and its lines that cannot be done at once wait
 * for the end of /repeat, /load and /replay. */
static bool has_to_wait(const struct intake *in, const struct line *l)
{
	enum command_turn turn = command_turn(l->text, l->len);
	if (is_at_work(in) && turn != COMMAND_AT_ONCE)
		return true;
	bool is_busy = !in->source.is_terminal &&
	               (in->is_stopped || chat_awaits_open(in->chat) ||
	                chat_congestion(in->chat) != CONGESTION_NONE);
	return (is_busy || chat_awaits_first(in->chat)) &&
	       turn == COMMAND_FOR_PEERS;
}

static void take_in_turn(struct intake *in)
{
	size_t done = 0;
	struct line l;
	in->waits = false;
	while (!in->chat->is_leaving && find_line(in, done, &l)) {
		in->waits = has_to_wait(in, &l);
		if (in->waits)
			break;
		command_run(in->chat, l.text, l.len);
		done += l.size;
	}
	forget_lines(in, 0, done);
	in->looked = moved_up(in->looked, done);
}

static void refuse_rest(struct intake *in, size_t len)
{
	struct error e;
	error_set(&e, "not sent: %zu bytes of standard input that were still "
	              "waiting",
	          len);
	error_set_code(&e, ENOTCONN);
	if (len)
		chat_error(in->chat, &e);
}

/* Where no peer is taken, the line that takes them again may stand behind. */
static bool may_pass(const struct intake *in)
{
	return in->waits &&
	       (in->source.is_terminal || is_at_work(in) ||
	        !in->chat->accepts ||
	        chat_congestion(in->chat) == CONGESTION_STUCK);
}

/* Behind a line that waits, do what may pass it; the lines that stay move up.
 * When such a command leaves nobody to wait for, they are refused. */
static void take_at_once(struct intake *in)
{
	size_t at = in->looked, to = at;
	struct line l;
	while (find_line(in, at, &l)) {
		bool passes =
		    command_turn(l.text, l.len) == COMMAND_AT_ONCE;
		if (passes)
			command_run(in->chat, l.text, l.len);
		else
			memmove(in->lines.data + to, l.text, l.size);
		at += l.size;
		to += passes ? 0 : l.size;
		if (passes && !chat_has_audience(in->chat)) {
			refuse_rest(in, to);
			to = 0;
		}
	}
	forget_lines(in, to, at);
	in->looked = to;
}

static bool is_all_taken(const struct intake *in)
{
	return in->has_ended && !in->lines.len && !in->is_over &&
	       !is_at_work(in);
}

static void end_when_all_is_taken(struct intake *in)
{
	if (!is_all_taken(in))
		return;
	in->is_over = true;
	chat_input_taken(in->chat);
}

void intake_tell_rest(struct intake *in)
{
	refuse_rest(in, in->lines.len);
	bytes_clear(&in->lines);
	in->tail = in->scanned = in->looked = 0;
	in->waits = false;
}

static void take_lines(struct intake *in)
{
	if (in->chat->is_leaving) {
		intake_tell_rest(in);
		return;
	}
	take_in_turn(in);
	if (may_pass(in))
		take_at_once(in);
	end_when_all_is_taken(in);
}

static void on_resume(struct later *l)
{
	take_lines(l->user);
}

/* A line that cannot be taken, nor the `more` bytes that came of it, is told
 * once; what still comes of it is skipped. */
static void refuse_line(struct intake *in, int errnum, size_t more)
{
	struct error e;
	if (errnum == EMSGSIZE)
		error_set(&e, "not sent: the line is longer than %zu MiB",
		          LIMIT_LINE >> 20);
	else
		error_set_errno(&e, errnum, "not sent: at least %zu bytes of "
		                "standard input", in->lines.len + more);
	chat_error(in->chat, &e);
	bytes_finish(&in->lines);
	in->tail = in->scanned = in->looked = 0;
	in->skips_line = true;
}

/* How many of these bytes belong to the line that is skipped. */
static size_t count_skipped(struct intake *in, const uint8_t *bytes, size_t len)
{
	const uint8_t *end = in->skips_line ? memchr(bytes, '\n', len) : NULL;
	if (!in->skips_line)
		return 0;
	in->skips_line = !end;
	return end ? (size_t)(end + 1 - bytes) : len;
}

static void add_bytes(struct intake *in, const uint8_t *bytes, size_t len)
{
	size_t at = count_skipped(in, bytes, len);
	while (at < len && bytes_append(&in->lines, bytes + at, len - at)) {
		refuse_line(in, errno, len - at);
		at += count_skipped(in, bytes + at, len - at);
	}
}

void intake_end(struct intake *in)
{
	watch_remove(&in->watch);
	in->has_ended = true;
	chat_input_ended(in->chat);
	take_lines(in);
}

/* A line that waits ends at its first newline. */
static void take_later(struct intake *in, const char *line, size_t len)
{
	if (memchr(line, '\n', len)) {
		chat_refuse(in->chat, "", "not sent: nobody is connected yet, "
		            "and only a single line can wait");
		return;
	}
	add_bytes(in, (const uint8_t *)line, len);
	add_bytes(in, (const uint8_t *)"\n", 1);
	take_lines(in);
}

void intake_take(struct intake *in, const char *line, size_t len)
{
	struct line l = { line, len, len };
	bool passes = command_turn(line, len) == COMMAND_AT_ONCE;
	if (has_to_wait(in, &l) || (in->lines.len && !passes))
		take_later(in, line, len);
	else
		command_run(in->chat, line, len);
	chat_input_spoke(in->chat);
}

/* Read once.  False when nothing could be read. */
static bool read_some(struct intake *in)
{
	uint8_t bytes[READ_SIZE];
	struct error e;
	ssize_t n = source_read(&in->source, bytes, sizeof(bytes));
	if (n > 0) {
		add_bytes(in, bytes, (size_t)n);
		if (source_tells_cut(&in->source))
			chat_note(in->chat, "line-cut", "%s", source_cut_text);
		take_lines(in);
		chat_input_spoke(in->chat);
	} else if (n == 0) {
		intake_end(in);
	} else if (errno != EAGAIN && errno != EINTR) {
		error_set_errno(&e, errno, "cannot read standard input");
		in->chat->has_failed = true;
		chat_error(in->chat, &e);
		intake_end(in);
	}
	return n > 0;
}

static bool wants_more(const struct intake *in)
{
	if (in->source.is_terminal || in->chat->is_leaving)
		return in->source.is_terminal;
	return !in->is_stopped && (!in->waits || in->lines.len < LIMIT_AHEAD);
}

/* Until the first peer is there, all that can be read is read in one turn:
 * else the size of a read would decide whether the input had ended before it
 * came. */
static void on_input_ready(struct watch *w, unsigned ready)
{
	struct intake *in = w->user;
	(void)ready;
	for (int i = 0; i < READS_MAX && read_some(in); i++)
		if (!wants_more(in) || !chat_awaited_first(in->chat))
			return;
}

/* Whether the line that waits can go on, or another may pass it now. */
static bool can_go_on(struct intake *in)
{
	struct line l;
	if (!in->waits || !find_line(in, 0, &l))
		return is_all_taken(in);
	return !has_to_wait(in, &l) ||
	       (may_pass(in) && find_line(in, in->looked, &l));
}

void intake_turn(struct intake *in, bool is_stopped)
{
	in->is_stopped = is_stopped;
	if (can_go_on(in))
		loop_later(in->chat->loop, &in->resume);
	watch_set(&in->watch, wants_more(in) ? LOOP_READ : 0);
}

void intake_init(struct intake *in, struct chat *c)
{
	*in = (struct intake){
		.chat = c,
		.watch = { .on_ready = on_input_ready, .user = in },
		.resume = { .on_call = on_resume, .user = in },
	};
	source_open(&in->source, STDIN_FILENO);
	bytes_init(&in->lines, LIMIT_LINE);
}

int intake_start(struct intake *in)
{
	return watch_add(in->chat->loop, &in->watch, STDIN_FILENO, LOOP_READ);
}

void intake_finish(struct intake *in)
{
	watch_remove(&in->watch);
	later_cancel(&in->resume);
	bytes_finish(&in->lines);
}
