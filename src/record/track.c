/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A file of a recorder: what a format appends, on its way into the file. */

#include <errno.h>
#include <stdlib.h>

#include <sockchat/glyph.h>
#include <sockchat/stamp.h>

#include "track.h"

#define OUT_MAX  ((size_t)256 << 10) /* then it is written within the turn */
#define RETRY_NS SECOND_NS

struct track *track_new(const struct sink_ops *ops)
{
	struct track *t = calloc(1, sizeof(*t));
	if (t && !(t->sink = sink_new(ops))) {
		free(t);
		return NULL;
	}
	return t;
}

int track_open(struct track *t, const char *path, struct error *e)
{
	int failed = record_file_open(&t->file, path, e);
	t->is_named = t->file.path != NULL;
	if (!failed || !t->is_named)
		return failed;
	record_file_lose(&t->file, 0, 0, errno);
	return -1;
}

/* Adding */

/* With the packets that were not counted yet. */
static uint64_t count_packets(struct track *t, uint64_t entries)
{
	entries += t->sink->packets - t->packets;
	t->packets = t->sink->packets;
	return entries;
}

/* What a format appends counts whole or not at all; it is about `len` bytes. */
static void take_added(struct track *t, int failed, size_t before, size_t len,
                       uint64_t entries)
{
	if (failed || t->out.len > before)
		entries = count_packets(t, entries);
	if (failed) {
		record_file_lose(&t->file, len + 1, entries, ENOMEM);
		t->out.len = before;
	} else if (t->out.len > before) {
		t->entries += entries;
	}
	if (t->out.len >= OUT_MAX)
		track_write(t);
}

static void add_head(struct track *t)
{
	struct sink *s = t->sink;
	size_t before = t->out.len;
	s->continues = t->file.continues;
	s->path = t->file.path;
	int failed = t->file.is_in_mid_line && s->ops->has_lines
	                 ? bytes_append_byte(&t->out, '\n') : 0;
	if (!failed && s->ops->open)
		failed = s->ops->open(s, &t->out);
	take_added(t, failed, before, 0, 0);
}

/* Behind a gap there will be a head in any case: go_on(). */
void track_begin(struct track *t)
{
	if (!t->file.gap.errnum)
		add_head(t);
}

void track_add_entry(struct track *t, const struct entry *e, size_t from)
{
	size_t before = t->out.len;
	int failed = t->sink->ops->entry(t->sink, e, from, &t->out);
	take_added(t, failed, before, e->len - from, 1);
}

void track_add_ack(struct track *t, const struct entry *e)
{
	size_t before = t->out.len;
	int failed = t->sink->ops->ack(t->sink, e, &t->out);
	take_added(t, failed, before, 0, 1);
}

void track_add_wire(struct track *t, const struct wire_news *n)
{
	size_t before = t->out.len;
	int failed = t->sink->ops->wire(t->sink, n, &t->out);
	take_added(t, failed, before, n->len, 0);
}

/* Writing */

void track_flush(struct track *t)
{
	size_t before = t->out.len;
	if (t->sink->ops->flush)
		take_added(t, t->sink->ops->flush(t->sink, &t->out), before, 0,
		           0);
}

static void lose_out(struct track *t, int errnum)
{
	if (t->out.len)
		record_file_lose(&t->file, t->out.len, t->entries, errnum);
	bytes_clear(&t->out);
	t->entries = 0;
}

/* A new reader knows nothing of what the one before it has read.  -1 without
 * memory. */
static int begin_anew(struct track *t)
{
	struct sink *s = t->sink, *fresh = sink_new(s->ops);
	if (!fresh)
		return -1;
	fresh->mode = s->mode;
	fresh->endpoint = s->endpoint;
	fresh->has_peers = s->has_peers;
	fresh->frame = s->frame;
	fresh->has_untold_in = s->has_untold_in;
	fresh->look = s->look;
	sink_free(s);
	t->sink = fresh;
	t->packets = 0;
	add_head(t);
	return 0;
}

/* The head, if the file has none; the gap, if anything was lost; and what came
 * since then.  -1 without memory. */
static int add_behind_gap(struct track *t, const struct sink_gap *gap,
                          const struct bytes *since)
{
	const struct sink_ops *ops = t->sink->ops;
	if (t->file.is_empty && begin_anew(t))
		return -1;
	if (ops->gap && gap->bytes && ops->gap(t->sink, gap, &t->out))
		return -1;
	return bytes_append(&t->out, since->data, since->len);
}

static void go_on(struct track *t)
{
	struct record_file *f = &t->file;
	struct sink_gap gap = f->gap;
	struct bytes since = t->out;
	t->out = (struct bytes){ .len = 0 };
	int failed = add_behind_gap(t, &gap, &since);
	if (failed)
		errno = ENOMEM;
	else
		failed = record_file_write(f, t->out.data, t->out.len, 0);
	int errnum = errno;
	f->gap = (struct sink_gap){ .errnum = 0 };
	if (failed) {
		f->gap = gap;
		record_file_lose(f, since.len, t->entries, errnum);
	} else {
		t->over = gap;
	}
	bytes_clear(&t->out);
	bytes_finish(&since);
}

static bool may_retry(struct track *t)
{
	int64_t now = stamp_mono_ns();
	if (now < t->retry_ns)
		return false;
	t->retry_ns = now + RETRY_NS;
	return record_file_retry(&t->file) == 0;
}

static void write_out(struct track *t)
{
	struct record_file *f = &t->file;
	if (record_file_write(f, t->out.data, t->out.len, t->entries))
		t->retry_ns = stamp_mono_ns() + RETRY_NS;
	bytes_clear(&t->out);
}

void track_write(struct track *t)
{
	if (!t->is_named) {
		if (t->out.len > LIMIT_RECORD)
			lose_out(t, ENOBUFS);
		return;
	}
	if (t->file.gap.errnum && !may_retry(t))
		lose_out(t, t->file.gap.errnum);
	else if (t->file.gap.errnum)
		go_on(t);
	else if (t->out.len)
		write_out(t);
	t->entries = 0;
}

/* The end */

void track_explain(const struct track *t, int errnum, struct error *e)
{
	const struct record_file *f = &t->file;
	char safe[160];
	if (f->fd < 0 && !f->is_stream) {
		record_file_explain(f->path, errnum, e);
		return;
	}
	glyph_copy(safe, sizeof(safe), f->path, GLYPH_ANY_WIDTH);
	error_set(e, "cannot write %s: %s", safe, sink_why(errnum));
	error_set_code(e, errnum);
	error_set_hint(e, "the conversation continues. When the file can be "
	                  "written again, it says how much is missing");
}

void track_free(struct track *t)
{
	(void)!record_file_close(&t->file);
	sink_free(t->sink);
	bytes_finish(&t->out);
	free(t);
}

/* Its close() frees what the state owns. */
static void close_sink(struct track *t)
{
	size_t before = t->out.len;
	int (*close)(struct sink *s, struct bytes *out) = t->sink->ops->close;
	if (close)
		take_added(t, close(t->sink, &t->out), before, 0, 0);
	free(t->sink);
	t->sink = NULL;
}

/* The end is missing, which the file itself cannot tell. */
static int refuse_end(const struct track *t, struct error *e)
{
	char path[160], size[SINK_GAP_SIZE_MAX];
	glyph_copy(path, sizeof(path), t->file.path, GLYPH_ANY_WIDTH);
	sink_gap_size(size, &t->file.gap);
	error_set(e, "%s are missing at the end of %s: %s", size, path,
	          sink_why(t->file.gap.errnum));
	error_set_code(e, t->file.gap.errnum);
	return -1;
}

int track_finish(struct track *t, struct error *e)
{
	t->retry_ns = 0;
	track_flush(t);
	if (t->file.gap.errnum)
		track_write(t);
	close_sink(t);
	if (!t->file.gap.errnum)
		track_write(t);
	int failed = track_fails(t) ? refuse_end(t, e) : 0;
	char path[160];
	glyph_copy(path, sizeof(path), t->file.path, GLYPH_ANY_WIDTH);
	if (record_file_close(&t->file) == 0 || failed)
		return failed;
	error_set(e, "the end of %s is missing: %s", path, sink_why(errno));
	error_set_code(e, errno);
	return -1;
}
