/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Keys as people read them: "PgUp", "Ctrl-X f".  Pure. */

#ifndef TUI_KEYNAME_H
#define TUI_KEYNAME_H

#include <sockchat/bytes.h>

/* Append the name of what the keyboard sends as these bytes.  -1 without
 * memory: nothing is appended. */
MUST_USE int keyname_append(struct bytes *out, const uint8_t *bytes,
                            size_t len);

#endif
