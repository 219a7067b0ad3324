/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Tab: a command in place of readline's. */

#ifndef TUI_TAB_H
#define TUI_TAB_H

#include "input.h"

/* Complete the word before the cursor as far as it is certain; show the
 * candidates if there are several. */
int tab_complete(const struct input_ops *ops);

#endif
