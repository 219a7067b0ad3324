/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* See xterm's ctlseqs. */

#include "modes.h"

/* The title is emptied before the former one is fetched back: some terminals
 * keep none, and ours would be a lie there. */
static const struct {
	unsigned mode;
	const char *on, *off;
} modes[] = {
	{ MODE_SYNC, "", MODES_SYNC_END },
	{ MODE_PASTE, "\033[?2004h", "\033[?2004l" },
	{ MODE_MOUSE, "\033[?1000h\033[?1006h", "\033[?1006l\033[?1000l" },
	{ MODE_FOCUS, "\033[?1004h", "\033[?1004l" },
	{ MODE_TITLE, "\033[22;2t", "\033]2;\033\\\033[23;2t" },
};

int modes_switch(struct bytes *out, unsigned from, unsigned to)
{
	int failed = 0;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		unsigned mode = modes[i].mode;
		if ((from & mode) != (to & mode))
			failed |= bytes_append_text(out, to & mode
			                                     ? modes[i].on
			                                     : modes[i].off);
	}
	return failed;
}

void modes_off(unsigned from, void (*put)(const char *text))
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (from & modes[i].mode)
			put(modes[i].off);
}
