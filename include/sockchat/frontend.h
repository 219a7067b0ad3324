/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What shows a chat to somebody.  It learns what happens from entries.  What is
 * typed goes to command_run() and command_complete(); for keys and the ways out
 * there are the headers of the chat. */

#ifndef SOCKCHAT_FRONTEND_H
#define SOCKCHAT_FRONTEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/entry.h>
#include <sockchat/error.h>

/* Bounds of commands, lines and json, which /limits tells with all others. */
#define LIMIT_REPLAY ((size_t)16 << 20) /* a file of /replay */
#define LIMIT_LINE   ((size_t)64 << 20) /* a line of standard input */
#define LIMIT_AHEAD  ((size_t)1 << 20)  /* input read while a line waits */
#define LIMIT_OUTPUT ((size_t)1 << 20)  /* output before peers wait */

struct chat;
struct frontend;
struct loop;
struct options;
struct recut;

/* A command that a front end does in its own way: -1 after a complaint. */
struct frontend_command {
	const char *name; /* as in the table of all; NULL ends a table */
	int (*run)(struct frontend *f, char *args);
};

struct frontend_ops {
	/* The chat goes on when no connection is left: somebody sits there. */
	bool stays;
	/* Peers that come and go at once have a row each. */
	bool folds;
	/* It shows where the bytes of what was sent are. */
	bool has_ticks;
	const struct frontend_command *commands; /* or NULL */
	/* NULL with a sentence. */
	struct frontend *(*start)(struct chat *c, struct error *e);
	/* Entries from `first` to before `end` are new, or the message `first`
	 * has grown. */
	void (*show)(struct frontend *f, uint64_t first, uint64_t end);
	/* Show a line of what a command tells, which was asked for and is no
	 * entry.  `text` is safe, and borrowed for the call.  NULL: answers
	 * are notes. */
	void (*answer)(struct frontend *f, const char *code, const char *text);
	/* Confirm for a moment how things look now.  NULL: it is a note. */
	void (*moment)(struct frontend *f, const char *text);
	/* The transcript is about to be cut anew (NULL), or has been. */
	void (*recut)(struct frontend *f, const struct recut *r);
	/* The turn is over: let it be seen. */
	void (*draw)(struct frontend *f);
	/* The chat is over: write out all that was shown, or set the chat's
	 * `has_failed`.  Frees `f`. */
	void (*stop)(struct frontend *f);
};

/* The prompt is lines on a terminal, with a line editor below them; without a
 * terminal it is lines. */
extern const struct frontend_ops frontend_lines, frontend_json,
    frontend_raw, frontend_tui, frontend_prompt;

/* A line that is typed below what lines print. */
struct typed_line {
	/* Append what takes it off the terminal, or what shows it as it is
	 * now.  -1 without memory: then it is tried again. */
	int (*hide)(struct bytes *out);
	int (*show)(struct bytes *out);
	/* SIGWINCH, SIGTSTP, SIGCONT. */
	void (*on_signal)(int signum);
};

/* The functions of frontend_lines.  With a `typed`, which is borrowed until the
 * stop, standard input is left to the caller. */
MUST_USE
struct frontend *fe_lines_start(struct chat *c, const struct typed_line *typed,
                                struct error *e);
void fe_lines_show(struct frontend *f, uint64_t first, uint64_t end);
void fe_lines_recut(struct frontend *f, const struct recut *r);
void fe_lines_draw(struct frontend *f);
void fe_lines_stop(struct frontend *f);

/* Take a line that was entered. */
void fe_lines_enter(struct frontend *f, const char *line, size_t len);
/* Let standard input count as ended. */
void fe_lines_end_input(struct frontend *f);
/* Print a line that is no entry. */
void fe_lines_print(struct frontend *f, const char *text);
/* Take the typed line off the terminal until the next draw. */
void fe_lines_hide(struct frontend *f);

/* The byte pipe is a front end of its own, without a chat: standard input to
 * the peer, the peer to standard output, nothing kept.  Hold the conversation
 * that `o` asks for; the exit status.  Ends the program itself, in order, when
 * a signal asks for it. */
MUST_USE int fe_pipe_run(struct loop *l, const struct options *o);

/* connect -z: connect, report, close; the exit status.  With -v each step on
 * the way is looked at, and a verdict given. */
MUST_USE int fe_pipe_probe(struct loop *l, const struct options *o);

#endif
