/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the screen looks like. */

#ifndef TUI_FRAME_H
#define TUI_FRAME_H

struct frontend;

/* Paint now. */
void frame_paint(struct frontend *f);

#endif
