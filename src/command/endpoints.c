/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Endpoints as commands have them: /connect, /listen, /forward. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sockchat/again.h>
#include <sockchat/file.h>
#include <sockchat/session_state.h>

#include "commands_private.h"

#define WORDS_MAX 4

/* What follows "unix:" may have spaces and begin with "~". */
static int parse_unix(struct endpoint *ep, const char *path, struct error *e)
{
	struct bytes url = { 0 };
	int failed = bytes_append_text(&url, "unix:") ||
	             file_append_path(&url, path, strlen(path));
	const char *word = bytes_text(&url);
	failed = failed ? error_set_errno(e, ENOMEM, "cannot take %s", path)
	                : endpoint_parse(ep, ENDPOINT_CONNECT, &word, 1, e);
	bytes_finish(&url);
	return failed;
}

static int parse_words(struct endpoint *ep, enum endpoint_mode mode, char *args,
                       struct error *e)
{
	char *words[WORDS_MAX];
	size_t count = command_words(args, words, WORDS_MAX);
	if (count && words[0][0] == '-' && words[0][1]) {
		error_set(e, "%s is an option of the command line: an endpoint "
		             "has none", words[0]);
		error_set_hint(e, "for TLS: tls://HOST:PORT");
		return -1;
	}
	return endpoint_parse(ep, mode, (const char *const *)words, count, e);
}

static int read_endpoint(struct endpoint *ep, enum endpoint_mode mode,
                         char *args, struct error *e)
{
	return strncasecmp(args, "unix:", 5) == 0
	           ? parse_unix(ep, args + 5, e)
	           : parse_words(ep, mode, args, e);
}

/* Take the endpoint that was used last.  -1 after a complaint. */
static int take_last(struct chat *c, enum endpoint_mode mode,
                     struct endpoint *ep)
{
	const struct endpoint *last = chat_last(c, mode);
	if (!last)
		return chat_refuse(c, "alone it repeats the last endpoint, and "
		                      "there was none", "%s",
		                   mode == ENDPOINT_LISTEN
		                       ? "on which port? /listen PORT"
		                       : "to which server? /connect HOST PORT");
	*ep = *last;
	return 0;
}

/* What is typed would be framed, and what comes is cut already.  -1 after a
 * complaint. */
static int check_frames(struct chat *c, const struct endpoint *ep)
{
	if (!endpoint_has_datagrams(ep) || !options_has_frames(c->options))
		return 0;
	return chat_refuse(c, "/frame auto first",
	                   "over UDP each datagram is a message already, and a "
	                   "frame is set");
}

/* -1 after a complaint. */
static int parse_endpoint(struct chat *c, char *args, enum endpoint_mode mode,
                          struct endpoint *ep)
{
	struct error e;
	if (!*args)
		return take_last(c, mode, ep);
	if (read_endpoint(ep, mode, args, &e))
		return chat_error(c, &e);
	options_put_scheme(c->options, mode, args, ep);
	return check_frames(c, ep);
}

/* Whether this session keeps us from connecting to `name`.  A listener may have
 * many peers, but two that connect to one server would be a mistake. */
static bool is_in_the_way(const struct chat *c, const struct session *s,
                          const char *name)
{
	bool is_open = session_is_open(s);
	return !*c->listening ||
	       (!is_open && strcmp(s->link.where, name) == 0);
}

static int refuse_second(struct chat *c, const struct session *s)
{
	if (session_is_open(s))
		return chat_refuse(c, "/close ends that connection",
		                   "already connected to %s", s->link.where);
	return chat_refuse(c, "/close gives up", "still connecting to %s",
	                   s->link.where);
}

int run_connect(struct chat *c, char *args)
{
	char name[ENDPOINT_TEXT_MAX];
	struct endpoint ep = { 0 };
	struct session *s;
	if (parse_endpoint(c, args, ENDPOINT_CONNECT, &ep))
		return -1;
	endpoint_format(&ep, name);
	for (size_t i = chat_session_count(c); i-- > 0;) {
		s = chat_session(c, i);
		if (!halves_is_in_open(s->link.halves) || s->closes)
			session_leave(s); /* it is over but for our FIN */
		else if (is_in_the_way(c, s, name))
			return refuse_second(c, s);
	}
	chat_connect(c, &ep);
	return 0;
}

int run_listen(struct chat *c, char *args)
{
	struct endpoint ep = { 0 };
	if (parse_endpoint(c, args, ENDPOINT_LISTEN, &ep))
		return -1;
	if (*c->listening && !*args)
		return chat_refuse(c, "", "already listening on %s",
		                   c->listening);
	chat_listen(c, &ep, NULL);
	return 0;
}

/* Read LISTEN and ENDPOINT, each of one or two words.  -1 with a sentence. */
static int read_both(const struct chat *c, struct endpoint *at,
                     struct endpoint *target, char *args, struct error *e)
{
	char *words[WORDS_MAX + 1];
	size_t count = command_words(args, words, WORDS_MAX + 1);
	const char *const *list = (const char *const *)words;
	struct error ignored;
	if (count < 2) {
		error_set(e, "two endpoints are needed: where clients connect, "
		             "and their target");
		return -1;
	}
	bool has_host = count > 2 &&
	                endpoint_parse(at, ENDPOINT_LISTEN, list, 1, &ignored);
	size_t own = has_host ? 2 : 1;
	if (endpoint_parse(at, ENDPOINT_LISTEN, list, own, e) ||
	    endpoint_parse(target, ENDPOINT_CONNECT, list + own, count - own,
	                   e))
		return -1;
	options_put_scheme(c->options, ENDPOINT_LISTEN, list[0], at);
	options_put_udp(c->options, list[own], target);
	return options_check_pair(at, target, e);
}

int run_forward(struct chat *c, char *args)
{
	struct endpoint at, target;
	struct error e;
	if (read_both(c, &at, &target, args, &e))
		return chat_refuse(c, *e.hint ? e.hint
		                              : "for example /forward 9999 "
		                                "localhost:9998",
		                   "/forward: %s", e.text);
	if (check_frames(c, &at))
		return -1;
	chat_listen(c, &at, &target);
	return 0;
}

void command_learn(struct chat *c, const char *line)
{
	static const char *const names[] = {
		[ENDPOINT_CONNECT] = "/connect ",
		[ENDPOINT_LISTEN] = "/listen ",
	};
	for (size_t mode = 0; mode < 2; mode++) {
		size_t len = strlen(names[mode]);
		bool is_it = strncmp(line, names[mode], len) == 0;
		char *args = is_it ? strdup(line + len) : NULL;
		struct endpoint ep;
		struct error e;
		if (args && !read_endpoint(&ep, (enum endpoint_mode)mode,
		                           args, &e))
			chat_note_used(c, (enum endpoint_mode)mode, &ep);
		free(args);
	}
}
