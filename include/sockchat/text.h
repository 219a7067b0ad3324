/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Sentences put together from words, in small buffers. */

#ifndef SOCKCHAT_TEXT_H
#define SOCKCHAT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Add to the end of `text`, a buffer of `cap` bytes, as printf() does.  False
 * when there is no room: then nothing is added. */
bool text_add(char *text, size_t cap, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The end of a noun after the number `count`: "" for 1, else "s". */
const char *plural(uint64_t count);

#endif
