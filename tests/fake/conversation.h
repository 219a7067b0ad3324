/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A conversation of ours as a script: a .chat file, read by the program's own
 * reader.  '<' is what a peer sends, a step in one read; '>' is what has to
 * reach it because it was typed.  What has to be shown follows from both.
 * Comments say the rest:
 *
 *     # option: --crlf          of the command line
 *     # status: 1               the exit status, if not 0
 *     # screen's status: 0      that of the screen, which is no script
 *     # without: tui            that front end cannot play it
 *     # types: /pause           a line that sends nothing
 *     # types instead: //path   what is typed for the next '>' step; a text in
 *                               quotes is typed as it stands there, without
 *                               Enter
 *     # types 64 MiB: x         so many of them
 *     # comes: "caf\xc3"        what comes, in one read; the '<' steps that
 *                               follow have the same bytes as they are shown
 *     # shows: words            they are shown here, behind what stands above
 */

#ifndef TESTS_CONVERSATION_H
#define TESTS_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/bytes.h>

enum beat_kind {
	/* What happens. */
	BEAT_COMES, BEAT_FIN_COMES, BEAT_RST_COMES,
	BEAT_TYPE, BEAT_TYPE_MANY, BEAT_END_TYPING,
	/* What is to be seen: a message with its escapes, or words. */
	BEAT_SEEN_IN, BEAT_SEEN_OUT, BEAT_SEEN_TEXT,
};

struct beat {
	enum beat_kind kind;
	struct bytes bytes;
};

#define BEATS_MAX 64

struct conversation {
	char name[128]; /* of its file, without the folder */
	char option[64];
	int status, screen_status;
	bool is_without_tui;
	struct beat beats[BEATS_MAX];
	size_t count;
	struct bytes sent; /* all that has to reach the peer */
};

/* Read it; a file that is none fails the test. */
void conversation_read(struct conversation *c, const char *path);
void conversation_finish(struct conversation *c);

/* Call for each *.chat of tests/conv. */
void conversation_each(void (*fn)(const char *path));

#endif
