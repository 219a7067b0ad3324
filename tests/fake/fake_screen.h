/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A terminal that somebody else wrote (libvterm), and what it must never be
 * brought to by a stranger's bytes. */

#ifndef FAKE_SCREEN_H
#define FAKE_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fake_screen;

struct fake_screen *fake_screen_new(int rows, int columns);
void fake_screen_free(struct fake_screen *s);
void fake_screen_resize(struct fake_screen *s, int rows, int columns);

/* Take what a program has written.  False when there was a control sequence in
 * it that paints no screen. */
bool fake_screen_feed(struct fake_screen *s, const void *bytes, size_t len);

/* A row as text, without the spaces at its end.  Borrowed until the next
 * call. */
const char *fake_screen_row(struct fake_screen *s, int row);

/* How a cell is shown: its attributes and colours as text ("bold reverse"). */
const char *fake_screen_look(struct fake_screen *s, int row, int column);

void fake_screen_cursor(const struct fake_screen *s, int *row, int *column);

/* "alt cursor" when all is as it should be while the screen is up; "mouse",
 * "title", "bell", "reversed" are added when they are on or have been. */
const char *fake_screen_state(struct fake_screen *s);

#endif
