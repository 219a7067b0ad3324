/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A player, and a script of what happens to it.  Each line of a script begins
 * with what it is:
 *
 *   >TEXT   it wants to send these bytes, and has done so
 *   <TEXT   these come, in reads of so many bytes as the scene says
 *   fin rst starttls pause=MS   it wants this, and has done so
 *   FIN RST BROKEN   the peer has ended
 *   silence=MS   it wants to know of a silence, which comes
 *   late    ten seconds have passed
 *   hears done   it hears, or is done
 *   !TEXT   it has failed with a sentence that begins so
 *
 * TEXT has the escapes of /send. */

#ifndef TESTS_PLAYER_SCENE_H
#define TESTS_PLAYER_SCENE_H

#include <sockchat/escape.h>
#include <sockchat/number.h>
#include <sockchat/player.h>
#include <sockchat/stamp.h>

#include "unit.h"

#define FIRST CHATFILE_FIRST "\n"

struct scene {
	const char *text; /* of the file */
	enum chat_side plays;
	uint32_t peer;
	size_t read; /* bytes of a read; 0: all */
	struct player *player;
	const char *line; /* of the script, for sentences */
};

static inline void begin_scene(struct scene *s)
{
	struct error e;
	struct chatfile *f =
	    chatfile_open_text("t.chat", s->text, strlen(s->text), &e);
	if (!f || !chatfile_check(f, s->plays, &e))
		fail_msg("%s", e.text);
	s->player = player_new(f, s->plays, s->peer);
	assert_non_null(s->player);
}

static const char *want_name(struct player_want w)
{
	static const char *const names[] = {
		"send", "fin", "rst", "starttls", "pause", "hears", "done",
		"has failed",
	};
	return names[w.what];
}

static void complain(const struct scene *s, const char *what)
{
	struct player_want w = player_wants(s->player);
	bool failed = w.what == PLAYER_HAS_FAILED;
	fail_msg("reads of %zu, at \"%s\": %s; it %s in line %zu: %.*s%s",
	         s->read, s->line, what, want_name(w), w.line, (int)w.len,
	         w.bytes ? (const char *)w.bytes : "",
	         failed ? player_failure(s->player)->error.text : "");
}

static void check_want(const struct scene *s, enum player_wants what)
{
	if (player_wants(s->player).what != what)
		complain(s, "it wants something else");
}

static struct bytes text_of(const char *text)
{
	struct bytes b = { 0 };
	struct error e;
	if (escape_parse(&b, text, strlen(text), &e))
		fail_msg("%s: %s", text, e.text);
	return b;
}

static void do_send(struct scene *s, const char *arg)
{
	struct bytes b = text_of(arg);
	struct player_want w = player_wants(s->player);
	check_want(s, PLAYER_TO_SEND);
	if (w.len != b.len ||
	    (w.len && memcmp(w.bytes, b.data, b.len) != 0))
		complain(s, "it sends something else");
	bytes_finish(&b);
	player_done(s->player);
}

static void do_come(struct scene *s, const char *arg)
{
	struct bytes b = text_of(arg);
	size_t at = 0, n;
	do {
		n = s->read && s->read < b.len - at ? s->read : b.len - at;
		/* not a byte behind them may be looked at */
		uint8_t *read = malloc(n ? n : 1);
		if (n)
			memcpy(read, b.data + at, n);
		assert_int_equal(player_take(s->player, read, n), n);
		free(read);
		at += n;
	} while (at < b.len);
	bytes_finish(&b);
}

static void do_fail(struct scene *s, const char *arg)
{
	check_want(s, PLAYER_HAS_FAILED);
	if (strncmp(player_failure(s->player)->error.text, arg, strlen(arg)))
		complain(s, "another sentence");
}

static void do_pause(struct scene *s, const char *arg)
{
	long ms;
	check_want(s, PLAYER_TO_PAUSE);
	assert_true(number_parse(arg, 0, 1000000, &ms));
	if (player_wants(s->player).pause_ns != ms * MS_NS)
		complain(s, "another pause");
	player_done(s->player);
}

static void do_silence(struct scene *s, const char *arg)
{
	long ms;
	check_want(s, PLAYER_TO_HEAR);
	assert_true(number_parse(arg, 0, 1000000, &ms));
	if (player_wants(s->player).silence_ms != (uint64_t)ms)
		complain(s, "another silence");
	player_silent(s->player);
}

static void do_late(struct scene *s, const char *arg)
{
	(void)arg;
	player_late(s->player, 10 * SECOND_NS);
}

static bool do_word(struct scene *s, const char *line)
{
	static const struct {
		const char *word;
		enum player_wants what;
	} words[] = {
		{ "fin", PLAYER_TO_END },    { "rst", PLAYER_TO_RESET },
		{ "hears", PLAYER_TO_HEAR }, { "starttls", PLAYER_TO_SECURE },
		{ "done", PLAYER_IS_DONE },
	};
	static const char *const ends[] = { "FIN", "RST", "BROKEN" };
	for (size_t i = 0; i < 5; i++)
		if (strcmp(line, words[i].word) == 0) {
			check_want(s, words[i].what);
			player_done(s->player);
			return true;
		}
	for (int i = 0; i < 3; i++)
		if (strcmp(line, ends[i]) == 0) {
			player_end(s->player, (enum player_end)i);
			return true;
		}
	return false;
}

static inline void do_line(struct scene *s, const char *line)
{
	static const struct {
		const char *begin;
		void (*act)(struct scene *s, const char *arg);
	} rows[] = {
		{ ">", do_send }, { "<", do_come }, { "!", do_fail },
		{ "pause=", do_pause }, { "silence=", do_silence },
		{ "late", do_late },
	};
	s->line = line;
	if (do_word(s, line))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strncmp(line, rows[i].begin, strlen(rows[i].begin)) == 0) {
			rows[i].act(s, line + strlen(rows[i].begin));
			return;
		}
	fail_msg("what is \"%s\"?", line);
}

/* Play it with reads of every size; the script ends in NULL. */
static inline void play_scene(struct scene s, const char *const *script)
{
	static const size_t reads[] = { 1, 2, 3, 7, 0 };
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		s.read = reads[i];
		begin_scene(&s);
		for (const char *const *line = script; *line; line++)
			do_line(&s, *line);
		player_free(s.player);
	}
}

/* The side `>` of a file with these lines, and of its only peer. */
#define PLAY(lines, ...)                                             \
	play_scene((struct scene){ .text = FIRST lines,              \
	                           .plays = CHAT_OUT },              \
	           (const char *const[]){ __VA_ARGS__, NULL })
/* The side `<`. */
#define PLAY_OTHER(lines, ...)                                       \
	play_scene((struct scene){ .text = FIRST lines,              \
	                           .plays = CHAT_IN },               \
	           (const char *const[]){ __VA_ARGS__, NULL })

#endif
