/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is seen and heard of a terminal nobody looks at: its title, its bell,
 * a notification on the desktop.  Nothing of what peers send is in them. */

#ifndef TUI_WINDOW_H
#define TUI_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/chat.h>

#define WINDOW_TITLE_MAX 160

/* All zero: somebody looks, and the title is not ours. */
struct window {
	bool is_unfocused; /* the terminal has said so, and no key since */
	char title[WINDOW_TITLE_MAX];
	int64_t bell_ns, notice_ns; /* not again before */
};

/* Append what makes the title say how things are, if it doesn't yet.  Without
 * memory that is left for the next time, here and below. */
void window_title(struct window *w, const struct chat *c, struct bytes *out);

/* Something is new in the transcript: append a bell or a notification if the
 * options ask for one, and the last was not just now. */
void window_hear(struct window *w, const struct chat *c, const struct entry *e,
                 struct bytes *out);

#endif
