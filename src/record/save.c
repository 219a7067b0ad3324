/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* /save: the transcript on its way into a file, a slice a turn. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/facts.h>
#include <sockchat/file.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>
#include <sockchat/record.h>
#include <sockchat/sink.h>
#include <sockchat/watch.h>

#define SLICE    ((size_t)1 << 20) /* in a turn, at most */
#define SLICE_NS (10 * MS_NS)

struct save {
	struct chat_task task; /* has to be the first */
	struct chat *chat;
	struct later turn;
	struct sink *sink;
	char endpoint[ENDPOINT_TEXT_MAX]; /* for the sink */
	struct facts facts;               /* the same */
	int fd;
	uint64_t next, end; /* entries */
	uint64_t entries, hidden, dropped, bytes;
	struct bytes slice;
	char path[160]; /* to be shown */
};

/* -1 with errno. */
static int flush_slice(struct save *s)
{
	while (s->slice.len) {
		ssize_t n = write(s->fd, s->slice.data, s->slice.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		s->bytes += (uint64_t)n;
		bytes_consume(&s->slice, (size_t)n);
	}
	return 0;
}

static void skip_dropped(struct save *s)
{
	uint64_t first = transcript_first(s->chat->transcript);
	if (s->next >= first)
		return;
	s->dropped += first - s->next;
	s->next = first;
}

static bool is_left_out(const struct sink_ops *ops, const struct entry *e)
{
	return entry_is_answer(e) || (ops->leaves_out && ops->leaves_out(e));
}

static int write_slice(struct save *s)
{
	const struct filter *filter = &s->chat->filter;
	int64_t until = stamp_mono_ns() + SLICE_NS;
	struct entry kept;
	s->sink->look = chat_look(s->chat);
	skip_dropped(s);
	for (; s->next < s->end && s->slice.len < SLICE &&
	       stamp_mono_ns() < until; s->next++) {
		const struct entry *e =
		    transcript_at(s->chat->transcript, s->next, &kept);
		if (!e || is_left_out(s->sink->ops, e))
			continue;
		if (!filter_shows(filter, e)) {
			s->hidden++;
			continue;
		}
		if (s->sink->ops->entry(s->sink, e, 0, &s->slice))
			return errno = ENOMEM, -1;
		s->entries++;
	}
	return flush_slice(s);
}

/* The end of a file; -1 with errno. */
static int write_end(struct save *s)
{
	const struct sink_ops *ops = s->sink->ops;
	int failed = ops->close ? ops->close(s->sink, &s->slice) : 0;
	free(s->sink); /* its close() has freed the rest */
	s->sink = NULL;
	return failed ? (errno = ENOMEM, -1) : flush_slice(s);
}

static void end_save(struct save *s)
{
	later_cancel(&s->turn);
	s->chat->save = NULL;
	if (s->fd >= 0)
		close(s->fd);
	bytes_finish(&s->slice);
	sink_free(s->sink);
	free(s);
}

static void fail_save(struct save *s)
{
	struct error e;
	error_set_errno(&e, errno, "%s is incomplete: it ends after %llu bytes",
	                s->path, (unsigned long long)s->bytes);
	chat_error(s->chat, &e);
	s->chat->has_failed = true;
	end_save(s);
}

static void tell_saved(struct save *s)
{
	char size[16];
	struct error e;
	number_format_size(size, s->bytes);
	chat_note(s->chat, "saved", "saved %llu entr%s (%s) to %s",
	          (unsigned long long)s->entries,
	          s->entries == 1 ? "y" : "ies", size, s->path);
	if (s->hidden)
		chat_note(s->chat, "save-hidden", "%llu that the filter hides "
		          "were left out", (unsigned long long)s->hidden);
	if (filter_gave_up(&s->chat->filter, &e))
		chat_error(s->chat, &e);
	if (s->dropped)
		chat_note(s->chat, "save-dropped", "%llu were dropped before "
		          "they could be saved",
		          (unsigned long long)s->dropped);
}

/* False: it is over. */
static bool save_on(struct save *s)
{
	bool failed = write_slice(s) != 0;
	if (!failed && s->next < s->end)
		return true;
	failed = failed || write_end(s);
	if (!failed) { /* interrupted, it is closed all the same: close(2) */
		failed = close(s->fd) != 0 && errno != EINTR;
		s->fd = -1;
	}
	if (failed) {
		fail_save(s);
	} else {
		tell_saved(s);
		end_save(s);
	}
	return false;
}

static void on_turn(struct later *l)
{
	struct save *s = l->user;
	if (save_on(s))
		loop_later(s->chat->loop, l);
}

static void finish_save(struct chat_task *t)
{
	while (save_on((struct save *)t))
		;
}

enum endpoint_mode record_side(const struct options *o,
                               char endpoint[ENDPOINT_TEXT_MAX])
{
	bool forwards = *o->forward != '\0';
	endpoint_format(forwards ? &o->target : &o->endpoint, endpoint);
	return forwards ? ENDPOINT_CONNECT : o->mode;
}

/* -1 without memory. */
static int open_sink(struct save *s, const struct sink_ops *ops)
{
	const struct options *o = s->chat->options;
	struct sink *sink = s->sink = sink_new(ops);
	if (!sink)
		return -1;
	sink->has_entries_alone = true;
	sink->look = chat_look(s->chat);
	sink->has_peers = sink->look.shows_numbers;
	sink->mode = record_side(o, s->endpoint);
	sink->endpoint = s->endpoint;
	if (chat_facts(s->chat, &s->facts))
		sink->local = s->facts.local;
	sink->frame = &o->frames[0];
	return ops->open ? ops->open(sink, &s->slice) : 0;
}

static int refuse_save(struct chat *c, int errnum)
{
	struct error e;
	error_set_errno(&e, errnum, "nothing was saved");
	return chat_error(c, &e);
}

/* Takes `fd`. */
static int start_save(struct chat *c, const struct sink_ops *ops,
                      const char *path, int fd, uint64_t first, uint64_t last)
{
	struct save *s = calloc(1, sizeof(*s));
	if (!s) {
		close(fd);
		unlink(path);
		return refuse_save(c, ENOMEM);
	}
	*s = (struct save){
		.task = { .finish = finish_save },
		.chat = c,
		.turn = { .on_call = on_turn, .user = s },
		.fd = fd,
		.next = first ? first : transcript_first(c->transcript),
		.end = first ? last + 1 : transcript_end(c->transcript),
	};
	if (open_sink(s, ops)) {
		end_save(s);
		unlink(path);
		return refuse_save(c, ENOMEM);
	}
	glyph_copy(s->path, sizeof(s->path), path, GLYPH_ANY_WIDTH);
	c->save = &s->task;
	on_turn(&s->turn);
	return 0;
}

int record_save(struct chat *c, const char *typed, uint64_t first,
                uint64_t last)
{
	const struct sink_ops *ops = sink_named_before(typed);
	struct bytes path = { 0 };
	struct error e;
	int fd = -1;
	if (ops)
		typed += strlen(ops->name) + 1;
	if (c->save)
		error_set(&e, "/save: %s is still being written",
		          ((const struct save *)c->save)->path);
	else if (ops && !*typed)
		error_set(&e, "/save: a name is missing behind %s:", ops->name);
	else if (file_append_path(&path, typed, strlen(typed)))
		error_set_errno(&e, ENOMEM, "the path");
	else
		fd = file_create(bytes_text(&path), &e);
	if (fd >= 0 && !ops)
		ops = sink_of(bytes_text(&path));
	int failed = fd < 0 ? chat_error(c, &e)
	                    : start_save(c, ops ? ops : &sink_text,
	                                 bytes_text(&path), fd, first, last);
	bytes_finish(&path);
	return failed;
}
