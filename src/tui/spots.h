/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where on the screen a click is as good as a key. */

#ifndef TUI_SPOTS_H
#define TUI_SPOTS_H

#include <stddef.h>

#include "keys.h"

#define SPOTS_MAX 32

struct spots {
	size_t count;
	struct {
		int row, from, to; /* `to` is the column behind it */
		enum key key;
	} list[SPOTS_MAX];
};

/* KEY_NONE adds nothing; what is too much is left out. */
void spots_add(struct spots *s, int row, int from, int to, enum key key);

/* KEY_NONE where there is none. */
enum key spots_find(const struct spots *s, int row, int column);

#endif
