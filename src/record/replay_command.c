/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* /replay: a file played in a conversation that is under way. */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <sockchat/file.h>
#include <sockchat/word.h>

#include "replay_private.h"

static bool is_asked(const struct chat *c, const struct session *s)
{
	bool is_it = c->target ? s->link.number == c->target : !s->closes;
	return is_it && session_is_open(s);
}

/* What we are to those who are spoken to.  False: nobody is. */
static bool find_roles(const struct chat *c, struct replay_roles *out)
{
	const struct session *s;
	bool is_found = false;
	for (size_t i = 0; (s = chat_session(c, i)); i++)
		if (is_asked(c, s)) {
			int kind = link_has_messages(&s->link);
			out->has[kind][s->link.is_accepted
			                   ? ENDPOINT_LISTEN
			                   : ENDPOINT_CONNECT] = true;
			is_found = true;
		}
	return is_found;
}

/* A file of several peers is for those that have these numbers here. */
static int meet_numbers(struct replay *r, struct chat *c)
{
	for (size_t i = 0; i < r->peer_count; i++) {
		uint32_t peer = r->peers[i];
		const struct session *s = chat_find(c, peer);
		if (!s || !session_is_open(s))
			return chat_refuse(c, "the numbers in the file are "
			                      "those of the peers here",
			                   "%s is not played: there is no peer "
			                   "%u", r->name, peer);
	}
	for (size_t i = 0; i < r->peer_count; i++)
		if (replay_meet(r, chat_find(c, r->peers[i]),
		                r->peers[i]))
			return -1;
	return 0;
}

static int meet_asked(struct replay *r, struct chat *c)
{
	const struct session *s;
	for (size_t i = 0; (s = chat_session(c, i)); i++)
		if (is_asked(c, s) &&
		    replay_meet(r, s, r->peer_count ? r->peers[0] : 0))
			return -1;
	return 0;
}

/* It is read at once, and the chat waits.  -1 with a sentence. */
static int check_size(const char *path, struct error *e)
{
	struct stat st;
	if (stat(path, &st) || st.st_size <= (off_t)LIMIT_REPLAY)
		return 0; /* what else is wrong is told by who opens it */
	error_set(e, "%s is not played: here a file has %zu MiB at most", path,
	          LIMIT_REPLAY >> 20);
	error_set_hint(e, "longer ones can only be played from the start: "
	                  "sockchat ... --replay FILE");
	error_set_code(e, EFBIG);
	return -1;
}

static int play_path(struct chat *c, const char *path, bool is_stepping)
{
	struct replay_roles roles = { { { false } } };
	struct error e;
	if (!find_roles(c, &roles))
		return chat_refuse(c, "connect first: /connect HOST PORT",
		                   "/replay: nobody is connected");
	struct replay *r = check_size(path, &e) ? NULL
	                       : replay_open_for(path, &roles, LIMIT_REPLAY,
	                                         &e);
	if (!r)
		return chat_error(c, &e);
	r->is_stepping = is_stepping;
	replay_start(r, c);
	int failed = r->peer_count > 1 ? meet_numbers(r, c) : meet_asked(r, c);
	if (failed)
		c->lead->ops->stop(c->lead);
	return failed;
}

static int play_typed(struct chat *c, const char *typed, bool is_stepping)
{
	struct bytes path = { 0 };
	struct error e;
	int failed;
	if (c->lead)
		return chat_refuse(c, "/replay stop ends it",
		                   "/replay: a replay is running already");
	if (file_append_path(&path, typed, strlen(typed)))
		failed = chat_error(c, (error_set_errno(&e, ENOMEM, "/replay"),
		                        &e));
	else
		failed = play_path(c, bytes_text(&path), is_stepping);
	bytes_finish(&path);
	return failed;
}

static int step(struct chat *c)
{
	struct replay *r = (struct replay *)c->lead;
	if (!r)
		return chat_refuse(c, "/replay step PATH starts one that goes "
		                      "step by step",
		                   "/replay: no replay is running");
	if (!r->is_stepping)
		r->is_stepping = true; /* the next step of ours waits */
	else if (!replay_let_go(r))
		chat_note(c, "replay-waits", "it is the peer's turn");
	return 0;
}

static int stop(struct chat *c)
{
	if (!c->lead)
		return chat_refuse(c, "", "/replay: no replay is running");
	c->lead->ops->stop(c->lead);
	return 0;
}

const char *replay_prefix(size_t i)
{
	return i ? NULL : "step ";
}

int replay_command(struct chat *c, char *args)
{
	bool is_stepping = strncmp(args, "step ", 5) == 0;
	if (strcmp(args, "stop") == 0)
		return stop(c);
	if (strcmp(args, "step") == 0)
		return step(c);
	if (is_stepping)
		for (args += 5; *args == ' ';)
			args++;
	return play_typed(c, args, is_stepping);
}
