/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The conversations of tests/conv, held on the screen by somebody who types,
 * while another sockchat plays the peer. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../fake/conversation.h"
#include "pty.h"
#include "tls.h"

#define HEAD_ROWS 1 /* above the transcript */

/* What is awaited, and the row behind what was seen before it: notices above
 * fold, so rows go up. */
struct sight {
	const char *text;
	int from, found;
};

#define FOLDED_ROWS 2 /* at most, of a notice above */

static bool is_seen(struct pty *p, const void *user)
{
	struct sight *s = (struct sight *)(uintptr_t)user;
	for (s->found = s->from; s->found < STATUS_ROW; s->found++)
		if (strstr(pty_row(p, s->found), s->text))
			return true;
	return false;
}

/* Each stands below what was seen before it. */
static void see(struct pty *p, int *row, const struct beat *b)
{
	char text[200];
	const char *before = b->kind == BEAT_SEEN_IN    ? " < "
	                     : b->kind == BEAT_SEEN_OUT ? " > "
	                                                : "";
	snprintf(text, sizeof(text), "%s%.*s", before, (int)b->bytes.len,
	         (const char *)b->bytes.data);
	for (size_t n = strlen(text); n && text[n - 1] == ' '; n--)
		text[n - 1] = '\0'; /* a row ends before its blanks */
	int from = *row > HEAD_ROWS + FOLDED_ROWS ? *row - FOLDED_ROWS
	                                          : HEAD_ROWS;
	struct sight s = { .text = text, .from = from };
	pty_until(p, is_seen, &s, text);
	*row = s.found + 1;
}

/* Enter for each LF. */
static void type(struct pty *p, const struct bytes *b)
{
	for (size_t i = 0; i < b->len; i++)
		pty_send(p, b->data[i] == '\n' ? "\r" : (char *)b->data + i, 1);
}

static void do_beat(struct pty *p, const struct beat *b, int *row)
{
	if (b->kind == BEAT_TYPE)
		type(p, &b->bytes);
	else if (b->kind == BEAT_END_TYPING)
		pty_type(p, "/shutdown" PTY_ENTER);
	else if (b->kind >= BEAT_SEEN_IN)
		see(p, row, b);
}

static void start_peer(struct proc *peer, const char *path)
{
	proc_sockchat(peer, "listen", "--linger", "0.2", "--replay", path,
	              "127.0.0.1", "0", NULL);
}

static void start_chat(struct pty *p, const struct conversation *talk,
                       uint16_t port)
{
	const char *words[WORDS_MAX] = { NULL, "connect" };
	size_t n = 2;
	if (*talk->option)
		words[n++] = talk->option;
	words[n++] = "127.0.0.1";
	words[n++] = port_text(port);
	pty_start(p, PTY_ROWS, PTY_COLUMNS, words, NULL);
}

static void play(const char *path)
{
	struct conversation talk;
	struct proc peer;
	struct pty p;
	int row = HEAD_ROWS;
	conversation_read(&talk, path);
	if (!talk.is_without_tui) {
		print_message("%s\n", path);
		start_peer(&peer, path);
		start_chat(&p, &talk, port_of(&peer));
		for (size_t i = 0; i < talk.count; i++)
			do_beat(&p, &talk.beats[i], &row);
		proc_expect_exit(&peer, 0);
		pty_quit(&p, talk.screen_status);
		proc_finish(&peer);
	}
	conversation_finish(&talk);
}

static void each_conversation_goes_on_the_screen(void **state)
{
	(void)state;
	conversation_each(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    each_conversation_goes_on_the_screen, pty_setup,
		    pty_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
