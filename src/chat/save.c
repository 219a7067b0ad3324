/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* /save: the transcript on its way into a file, a slice a turn. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/chat.h>
#include <sockchat/format.h>
#include <sockchat/glyph.h>
#include <sockchat/file.h>
#include <sockchat/number.h>

#define SLICE    ((size_t)1 << 20) /* in a turn, at most */
#define SLICE_NS (10 * MS_NS)

struct save {
	struct chat_task task; /* has to be the first */
	struct chat *chat;
	struct later turn;
	enum format format;
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

static int write_slice(struct save *s)
{
	const struct filter *filter = &s->chat->filter;
	int64_t until = stamp_mono_ns() + SLICE_NS;
	struct wrap_look look = chat_look(s->chat);
	struct entry kept;
	skip_dropped(s);
	for (; s->next < s->end && s->slice.len < SLICE &&
	       stamp_mono_ns() < until; s->next++) {
		const struct entry *e =
		    transcript_at(s->chat->transcript, s->next, &kept);
		if (!e || (s->format == FORMAT_TEXT &&
		           e->flags & ENTRY_FOLDED))
			continue;
		if (!filter_shows(filter, e)) {
			s->hidden++;
			continue;
		}
		if (format_entry(&s->slice, s->format, &look, e, 0))
			return errno = ENOMEM, -1;
		s->entries++;
	}
	return flush_slice(s);
}

static void end_save(struct save *s)
{
	later_cancel(&s->turn);
	s->chat->save = NULL;
	if (s->fd >= 0)
		close(s->fd);
	bytes_finish(&s->slice);
	free(s);
}

static void fail_save(struct save *s)
{
	struct error e;
	error_set_errno(&e, errno, "%s is not whole, it ends after %llu bytes",
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
	chat_note(s->chat, "saved", "saved %llu entries (%s) to %s",
	          (unsigned long long)s->entries, size, s->path);
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

/* Takes `fd`. */
static int start_save(struct chat *c, const char *path, int fd,
                      uint64_t first, uint64_t last)
{
	struct save *s = calloc(1, sizeof(*s));
	struct error e;
	if (!s) {
		close(fd);
		unlink(path);
		error_set_errno(&e, ENOMEM, "nothing was saved");
		return chat_error(c, &e);
	}
	*s = (struct save){
		.task = { .finish = finish_save },
		.chat = c,
		.turn = { .on_call = on_turn, .user = s },
		.format = format_of(path),
		.fd = fd,
		.next = first ? first : transcript_first(c->transcript),
		.end = first ? last + 1 : transcript_end(c->transcript),
	};
	glyph_copy(s->path, sizeof(s->path), path, GLYPH_ANY_WIDTH);
	c->save = &s->task;
	on_turn(&s->turn);
	return 0;
}

int chat_save(struct chat *c, const char *typed, uint64_t first, uint64_t last)
{
	struct bytes path = { 0 };
	struct error e;
	int fd = -1;
	if (c->save)
		error_set(&e, "/save: %s is still being written",
		          ((const struct save *)c->save)->path);
	else if (file_append_path(&path, typed, strlen(typed)))
		error_set_errno(&e, ENOMEM, "the path");
	else
		fd = file_create(bytes_text(&path), &e);
	int failed = fd < 0 ? chat_error(c, &e)
	                    : start_save(c, bytes_text(&path), fd, first, last);
	bytes_finish(&path);
	return failed;
}
