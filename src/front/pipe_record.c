/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The byte pipe's recordings: which format needs what, and who is told. */

#include "pipe_record.h"

#include <errno.h>

#include <sockchat/record.h>
#include <sockchat/record_name.h>
#include <sockchat/stamp.h>

/* The transcript holds a message, and what waits to be written. */
#define TRANSCRIPT_MAX ((size_t)2 << 20)

static struct wrap_look on_look(void *user)
{
	const struct pipe_track *t = user;
	struct wrap_look look = wrap_look_of(t->all->options);
	look.encoding = t->all->encoding;
	look.start_ns = t->all->start_ns;
	look.shows_numbers = t->all->options->keep_open;
	look.transcript = record_link_transcript(t->link);
	look.has_data = t->has_data;
	return look;
}

static void on_record_error(void *user, const struct error *e)
{
	struct pipe_track *t = user;
	t->all->has_failed = true;
	notices_error(t->all->notices, e);
}

static void on_record_note(void *user, const char *code, const char *text)
{
	struct pipe_track *t = user;
	(void)code;
	if (!t->all->options->quiet)
		notices_print(t->all->notices, "%s", text);
}

/* Whether something cuts what moves into messages: datagrams are some. */
static bool has_messages(const struct options *o)
{
	return options_has_frames(o) || endpoint_has_datagrams(&o->endpoint);
}

/* What this format is told of the bytes that move. */
static enum record_link_bytes bytes_for(const struct options *o,
                                        const struct sink_ops *format)
{
	if (format->ignores_messages || !(format->hears & SINK_ENTRIES))
		return RECORD_LINK_NOTHING;
	return format == &sink_jsonl && !has_messages(o) ? RECORD_LINK_DATA
	                                                 : RECORD_LINK_MESSAGES;
}

/* -1 without memory. */
static int open_track(struct pipe_record *p, enum record_link_bytes bytes)
{
	struct pipe_track *t = &p->tracks[bytes];
	const struct options *o = p->options;
	char endpoint[ENDPOINT_TEXT_MAX];
	bool is_large = bytes == RECORD_LINK_MESSAGES && options_has_frames(o);
	if (t->recorders)
		return 0;
	t->all = p;
	t->has_data = bytes == RECORD_LINK_DATA;
	t->link = record_link_new(&(struct record_link_settings){
		.loop = p->loop,
		.wire = o->dial.wire,
		.bytes = bytes,
		.frames = o->frames,
		.max = is_large ? o->scrollback : TRANSCRIPT_MAX,
	});
	if (!t->link)
		return -1;
	endpoint_format(&o->endpoint, endpoint);
	t->recorders = recorders_new(&(struct recorders_door){
		.loop = p->loop,
		.transcript = record_link_transcript(t->link),
		.wire = o->dial.wire,
		.encoding = &p->encoding,
		.mode = o->mode,
		.endpoint = endpoint,
		.has_peers = o->mode == ENDPOINT_LISTEN && o->keep_open,
		.frame = &o->frames[0],
		.look = on_look,
		.on_error = on_record_error,
		.on_note = on_record_note,
		.user = t,
	});
	return t->recorders ? 0 : -1;
}

/* Begin the recording that is called so. */
static int start_one(struct pipe_record *p, const char *name, struct error *e)
{
	const char *file;
	const struct sink_ops *format = record_name_parse(name, &file, e);
	if (!format)
		return -1;
	enum record_link_bytes bytes = bytes_for(p->options, format);
	if (open_track(p, bytes))
		return error_set_errno(e, ENOMEM, "cannot record to %s", file);
	return recorders_start(p->tracks[bytes].recorders, name,
	                       (enum record_over)p->options->record_over, e);
}

static int start_all(struct pipe_record *p, struct error *e)
{
	char name[RECORD_MAX];
	const char *names = p->options->record;
	while (record_next_asked(&names, name))
		if (start_one(p, name, e))
			return -1;
	return 0;
}

int pipe_record_start(struct pipe_record *p, struct loop *l,
                      const struct options *o, struct notices *n,
                      struct error *e)
{
	*p = (struct pipe_record){
		.loop = l, .options = o, .notices = n,
		.start_ns = stamp_mono_ns(),
	};
	if (o->encoding && *o->record)
		p->encoding = encoding_open((enum encoding_id)o->encoding, e);
	if (o->encoding && *o->record && !p->encoding)
		return -1;
	return start_all(p, e);
}

void pipe_record_finish(struct pipe_record *p)
{
	for (size_t i = 0; i < RECORD_LINK_COUNT; i++) {
		recorders_end(p->tracks[i].recorders);
		record_link_free(p->tracks[i].link);
	}
	encoding_close(p->encoding);
}

void pipe_record_end_out(struct pipe_record *p, const struct link *l)
{
	for (size_t i = 0; i < RECORD_LINK_COUNT; i++)
		if (p->tracks[i].link)
			record_link_end_out(p->tracks[i].link, l);
}

void pipe_record_over(struct pipe_record *p, const struct link *l,
                      const struct error *e)
{
	for (size_t i = 0; i < RECORD_LINK_COUNT; i++)
		if (p->tracks[i].link)
			record_link_over(p->tracks[i].link, l, e);
}

void pipe_record_error(struct pipe_record *p, const struct link *l,
                       const struct error *e)
{
	for (size_t i = 0; i < RECORD_LINK_COUNT; i++)
		if (p->tracks[i].link)
			record_link_error(p->tracks[i].link, l, e);
}
