/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Conversations as files: the commands, and the chat's recordings. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/audience.h>
#include <sockchat/glyph.h>
#include <sockchat/load.h>
#include <sockchat/number.h>
#include <sockchat/record.h>
#include <sockchat/record_name.h>
#include <sockchat/replay.h>
#include <sockchat/rules.h>
#include <sockchat/session_state.h>
#include <sockchat/word.h>

/* What options ask for */

bool record_next_asked(const char **names, char name[RECORD_MAX])
{
	size_t len = strcspn(*names, "\n");
	if (!**names)
		return false;
	memcpy(name, *names, len);
	name[len] = '\0';
	*names += len + 1;
	return true;
}

int record_check(const struct options *o, struct error *e)
{
	char name[RECORD_MAX];
	const char *file;
	struct error why;
	for (const char *names = o->record; record_next_asked(&names, name);)
		if (!record_name_parse(name, &file, &why))
			return error_set(e, "option --record: %s", why.text);
	return 0;
}

/* The chat's recorders */

static struct wrap_look look_of_chat(void *user)
{
	return chat_look(user);
}

static void on_record_error(void *user, const struct error *e)
{
	struct chat *c = user;
	c->has_failed = true;
	if (c->recorders)
		chat_error(c, e);
	else
		fprintf(stderr, "sockchat: %s\n", e->text);
}

static void on_record_note(void *user, const char *code, const char *text)
{
	struct chat *c = user;
	if (c->recorders)
		chat_note(c, code, "%s", text);
}

/* Bytes of files are in no entry; in the middle, entries tell what is held. */
static void look_at_queue(void *user, uint32_t session,
                          struct sink_queue *out)
{
	const struct session *s = chat_find(user, session);
	if (s)
		*out = (struct sink_queue){
			.gone = s->link.bytes_out,
			.plain = session_before_file(s),
			.has_file = queue_has_file(s->queue),
			.is_between = s->pair != NULL,
		};
}

/* Begin what the options ask for.  -1 with a sentence. */
static int start_asked(struct chat *c, struct error *e)
{
	const struct options *o = c->options;
	char name[RECORD_MAX];
	for (const char *names = o->record; record_next_asked(&names, name);)
		if (recorders_start(c->recorders, name,
		                    (enum record_over)o->record_over, e))
			return -1;
	return 0;
}

int record_begin(struct chat *c, bool stays, struct error *e)
{
	const struct options *o = c->options;
	char endpoint[ENDPOINT_TEXT_MAX];
	enum endpoint_mode mode = record_side(o, endpoint);
	c->recorders = recorders_new(&(struct recorders_door){
		.loop = c->loop,
		.transcript = c->transcript,
		.ticks = c->ticks,
		.wire = o->dial.wire,
		.encoding = &c->encoding,
		.mode = mode,
		.endpoint = endpoint,
		.has_peers = o->mode == ENDPOINT_LISTEN &&
		             (o->keep_open || o->echo || *o->forward ||
		              *o->replay || stays),
		.frame = &o->frames[0],
		.has_untold_in = o->send_only,
		.queue = look_at_queue,
		.look = look_of_chat,
		.on_error = on_record_error,
		.on_note = on_record_note,
		.user = c,
	});
	if (!c->recorders)
		return error_set_errno(e, ENOMEM, "cannot record");
	return start_asked(c, e);
}

void record_end(struct chat *c)
{
	struct recorders *r = c->recorders;
	c->recorders = NULL;
	recorders_end(r);
}

/* Commands */

/* "jsonl:", for the formats. */
static const char *format_prefix(size_t i)
{
	static char prefix[16];
	if (!sink_formats[i])
		return NULL;
	snprintf(prefix, sizeof(prefix), "%s:", sink_formats[i]->name);
	return prefix;
}

static int run_save(struct chat *c, char *args)
{
	return record_save(c, args, 0, 0);
}

/* How far it has got, as it was asked for, or as it ends. */
static void tell_recording(struct chat *c, const struct recorder_sums *s,
                           bool ends)
{
	char name[160], size[16], missing[40] = "";
	glyph_copy(name, sizeof(name), s->name, GLYPH_ANY_WIDTH);
	if (s->fails)
		snprintf(missing, sizeof(missing), ", %s missing now",
		         number_format_size(size, s->missing));
	number_format_size(size, s->written);
	if (ends)
		chat_note(c, "recording", "recorded %s to %s: %s%s", s->format,
		          name, size, missing);
	else
		chat_answer(c, "recording", "recording %s to %s: %s%s",
		            s->format, name, size, missing);
}

static int list_recordings(struct chat *c, bool ends)
{
	struct recorder_sums sums;
	size_t i = 0;
	for (; recorders_at(c->recorders, i, &sums); i++)
		tell_recording(c, &sums, ends);
	if (!i)
		chat_answer(c, "not-recording", "nothing is recorded; /record "
		            "talk.jsonl starts, /save writes what is there "
		            "already");
	return 0;
}

static int stop_recordings(struct chat *c)
{
	list_recordings(c, true);
	size_t count = recorders_stop(c->recorders);
	if (count)
		chat_note(c, "record-off", "recording has ended");
	return 0;
}

/* Who records in mid-conversation is told how to have all of it. */
static void tell_begun(struct chat *c, const struct recorder_sums *s)
{
	char name[160];
	glyph_copy(name, sizeof(name), s->name, GLYPH_ANY_WIDTH);
	chat_note(c, "recording", "recording %s to %s%s", s->format, name,
	          chat_session(c, 0) ? " from now on; /save writes the "
	                               "whole chat" : "");
}

static int run_record(struct chat *c, char *args)
{
	enum record_over over = (enum record_over)c->options->record_over;
	struct error e;
	size_t i = 0;
	struct recorder_sums sums;
	for (size_t len = strlen(args); len && args[len - 1] == ' ';)
		args[--len] = '\0';
	if (!*args)
		return list_recordings(c, false);
	if (strcmp(args, "off") == 0)
		return stop_recordings(c);
	if (recorders_start(c->recorders, args, over, &e))
		return chat_error(c, &e);
	while (recorders_at(c->recorders, i, &sums))
		i++;
	tell_begun(c, &sums);
	return 0;
}

const struct chat_command record_commands[] = {
	{ "save", run_save, format_prefix },
	{ "load", load_run, NULL },
	{ "record", run_record, format_prefix },
	{ "rules", rules_command, NULL },
	{ "replay", replay_command, replay_prefix },
	{ NULL, NULL, NULL },
};
