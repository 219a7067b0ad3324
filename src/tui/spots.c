/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "spots.h"

void spots_add(struct spots *s, int row, int from, int to, enum key key)
{
	if (key == KEY_NONE || s->count == SPOTS_MAX)
		return;
	s->list[s->count].row = row;
	s->list[s->count].from = from;
	s->list[s->count].to = to;
	s->list[s->count++].key = key;
}

enum key spots_find(const struct spots *s, int row, int column)
{
	for (size_t i = 0; i < s->count; i++)
		if (row == s->list[i].row && column >= s->list[i].from &&
		    column < s->list[i].to)
			return s->list[i].key;
	return KEY_NONE;
}
