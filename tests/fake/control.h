/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A strict reader of what is written to a terminal: only what a painter needs
 * is known, all else is somebody else's voice. */

#ifndef FAKE_CONTROL_H
#define FAKE_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NULL, or what stands there that must not; `*at` is where.  `is_over`: every
 * mode has to be as it was before. */
const char *control_check(const void *bytes, size_t len, bool is_over,
                          size_t *at);

#endif
