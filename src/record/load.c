/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A load: at once at the start, else a slice of it in each turn. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sockchat/file.h>
#include <sockchat/glyph.h>
#include <sockchat/load.h>
#include <sockchat/number.h>
#include <sockchat/recut.h>

#include "load_private.h"

#define SLICE_NS  (10 * MS_NS)
#define PAUSE_NS  (20 * MS_NS) /* while the front end does not keep up */
#define AMOUNT_MAX (LOAD_SHOW_MAX + 128)
#define FIRST_MAX 32 /* bytes that tell the format */
/* A recording has more bytes than its entries take here, so this many times
 * the transcript's bound are enough to fill it. */
#define READ_TIMES 4

struct load {
	struct chat_task task; /* has to be the first */
	struct chat *chat;
	struct later turn;
	struct timer pause;
	struct transcript_listener listener;
	const struct load_format *format;
	void *reader;
	uint64_t left_out; /* bytes before those that are read */
	uint64_t dropped;  /* entries of the transcript, before it began */
	struct load_put put;
	char path[LOAD_SHOW_MAX]; /* to be shown */
};

static const struct load_format *const formats[] = {
	&load_jsonl, &load_chat,
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

/* The format of a file: as it begins, or else as it is called. */
static const struct load_format *find_format(const char *path, int fd)
{
	char room[FIRST_MAX + 1] = "", *first = room;
	if (pread(fd, room, FIRST_MAX, 0) < 0)
		*room = '\0'; /* reading it will tell why */
	first += strspn(first, " \t\r\n");
	for (size_t i = 0; i < FORMATS; i++)
		if (strncmp(first, formats[i]->begins,
		            strlen(formats[i]->begins)) == 0)
			return formats[i];
	for (size_t i = 0; i < FORMATS; i++)
		if (formats[i]->sink == sink_of(path))
			return formats[i];
	return NULL;
}

/* -1 with a sentence. */
static int open_file(struct load *l, const char *path, struct error *e)
{
	int fd = file_open(path, 0);
	if (fd >= 0)
		return fd;
	if (errno == EINVAL)
		error_set(e, "cannot load %s: it is not a regular "
		             "file", l->path);
	else
		error_set_errno(e, errno, "cannot load %s", l->path);
	return -1;
}

/* Open the file, and begin where it is wanted.  -1 with a sentence. */
static int open_reader(struct load *l, const char *path, struct error *e)
{
	uint64_t wanted = READ_TIMES * (uint64_t)l->chat->options->scrollback;
	struct stat st = { .st_size = 0 };
	int fd = open_file(l, path, e);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && (uint64_t)st.st_size > wanted)
		l->left_out = (uint64_t)st.st_size - wanted;
	l->format = find_format(path, fd);
	close(fd);
	if (!l->format) {
		error_set(e, "cannot load %s: it is not a recording in .jsonl "
		             "or .chat", l->path);
		error_set_hint(e, ".jsonl begins with {, and .chat with "
		                  "# sockchat conversation 1");
		return -1;
	}
	l->reader = l->format->open(&l->put, path, l->left_out, e);
	return l->reader ? 0 : -1;
}

static void on_load_recut(void *user, const struct recut *r)
{
	struct load *l = user;
	if (r)
		load_put_recut(&l->put);
}

static void free_load(struct load *l)
{
	struct chat *c = l->chat;
	later_cancel(&l->turn);
	timer_stop(&l->pause);
	transcript_unlisten(c->transcript, &l->listener);
	if (l->reader)
		l->format->close(l->reader);
	if (c->load == &l->task)
		c->load = NULL;
	free(l);
}

/* The numbers of its connections are above those of earlier loads. */
static void begin_put(struct load *l)
{
	struct chat *c = l->chat;
	l->put = (struct load_put){
		.transcript = c->transcript,
		.frames = c->options->frames,
		.start_ns = c->start_ns,
		.old_base = c->last_old,
		.highest = c->last_old,
	};
	l->dropped = transcript_sums(c->transcript).dropped;
	l->listener = (struct transcript_listener){
		.on_recut = on_load_recut, .user = l,
	};
	transcript_listen(c->transcript, &l->listener);
}

/* NULL with a sentence. */
static struct load *new_load(struct chat *c, const char *typed, struct error *e)
{
	struct load *l = calloc(1, sizeof(*l));
	struct bytes path = { 0 };
	if (!l || file_append_path(&path, typed, strlen(typed))) {
		free(l);
		error_set_errno(e, ENOMEM, "nothing was loaded");
		return NULL;
	}
	l->chat = c;
	glyph_copy(l->path, sizeof(l->path), bytes_text(&path),
	           GLYPH_ANY_WIDTH);
	begin_put(l);
	int failed = open_reader(l, bytes_text(&path), e);
	bytes_finish(&path);
	if (!failed)
		return l;
	free_load(l);
	return NULL;
}

/* One step, and what the chat has to know of it. */
static int step(struct load *l, struct error *e)
{
	int more = l->format->step(l->reader, e);
	if (more < 0 && l->left_out)
		error_set_hint(e, "lines are counted from byte %llu, because "
		               "the first ones were left out",
		               (unsigned long long)l->left_out);
	l->chat->has_old |= l->put.first_us != 0;
	l->chat->last_old = l->put.highest;
	return more;
}

/* How much it was, and when it was recorded. */
static void describe(const struct load *l, char out[AMOUNT_MAX])
{
	const struct load_put *p = &l->put;
	char size[16], when[STAMP_TEXT_MAX];
	snprintf(out, AMOUNT_MAX, "%llu message%s (%s) and %llu other "
	         "entr%s of %s", (unsigned long long)p->messages,
	         plural(p->messages), number_format_size(size, p->bytes),
	         (unsigned long long)p->others,
	         p->others == 1 ? "y" : "ies", l->path);
	if (!p->first_us)
		return;
	stamp_format_date(when, p->first_us);
	text_add(out, AMOUNT_MAX, ", recorded %s", when);
}

/* What the transcript has no room for. */
static void tell_left_out(struct load *l)
{
	char size[NUMBER_BYTES_MAX], what[160] = "";
	unsigned long long dropped =
	    transcript_sums(l->chat->transcript).dropped - l->dropped;
	if (l->left_out)
		text_add(what, sizeof(what), "its first %s were left out",
		         number_format_size(size, l->left_out));
	if (dropped)
		text_add(what, sizeof(what), "%sthe %llu oldest entr%s dropped",
		         *what ? ", and " : "", dropped,
		         dropped == 1 ? "y was" : "ies were");
	if (*what)
		chat_note(l->chat, "load-left-out", "%s: --scrollback sets how "
		          "much is kept", what);
}

static void tell_cut(struct load *l)
{
	char size[NUMBER_BYTES_MAX];
	size_t cut = l->format->cut(l->reader);
	if (cut)
		chat_note(l->chat, "load-cut", "its last line is cut off: %s "
		          "of it were left out",
		          number_format_bytes(size, cut));
}

/* Tell how much it was; `is_whole`: it was not stopped. */
static void tell_loaded(struct load *l, bool is_whole)
{
	char amount[AMOUNT_MAX];
	describe(l, amount);
	if (!is_whole) {
		chat_note(l->chat, "load-stopped",
		          "loading was stopped after %s", amount);
		return;
	}
	chat_note(l->chat, "loaded", "loaded %s", amount);
	tell_left_out(l);
	tell_cut(l);
}

int load_now(struct chat *c, const char *path, struct error *e)
{
	struct load *l = new_load(c, path, e);
	int more;
	if (!l)
		return -1;
	while ((more = step(l, e)) > 0)
		;
	if (!more)
		tell_loaded(l, true);
	free_load(l);
	return more;
}

static void end_load(struct load *l)
{
	struct chat *c = l->chat;
	free_load(l);
	chat_hold(c, CHAT_HOLD_LOAD, false);
}

/* Stop it: what is there stays. */
static void finish_load(struct chat_task *t)
{
	struct load *l = (struct load *)t;
	tell_loaded(l, false);
	end_load(l);
}

static void tell_load(const struct chat_task *t, char *out, size_t cap)
{
	const struct load *l = (const struct load *)t;
	snprintf(out, cap, "loading, %llu messages: Ctrl-C stops it",
	         (unsigned long long)l->put.messages);
}

static void load_on(struct load *l)
{
	struct chat *c = l->chat;
	int64_t until = stamp_mono_ns() + SLICE_NS;
	struct error e;
	int more;
	do
		more = step(l, &e);
	while (more > 0 && stamp_mono_ns() < until);
	transcript_tell(c->transcript);
	if (more > 0) {
		loop_later(c->loop, &l->turn);
		return;
	}
	if (more < 0)
		chat_error(c, &e);
	tell_loaded(l, more == 0);
	end_load(l);
}

/* What prints entries must not have to keep all of them. */
static void on_turn(struct later *later)
{
	struct load *l = later->user;
	if (l->chat->holds & CHAT_HOLD_OUTPUT)
		timer_start(l->chat->loop, &l->pause, PAUSE_NS);
	else
		load_on(l);
}

static void on_pause(struct timer *t)
{
	struct load *l = t->user;
	on_turn(&l->turn);
}

int load_run(struct chat *c, char *args)
{
	struct error e;
	if (c->load)
		return chat_refuse(c, "/cancel stops it",
		                   "/load: %s is still being loaded",
		                   ((const struct load *)c->load)->path);
	struct load *l = new_load(c, args, &e);
	if (!l)
		return chat_error(c, &e);
	l->task = (struct chat_task){ .finish = finish_load,
	                              .tell = tell_load };
	l->turn = (struct later){ .on_call = on_turn, .user = l };
	l->pause = (struct timer){ .on_time = on_pause, .user = l };
	c->load = &l->task;
	chat_hold(c, CHAT_HOLD_LOAD, true);
	on_turn(&l->turn);
	return 0;
}
