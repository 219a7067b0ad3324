/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The program's own functions as readline knows them, so that an inputrc can
 * put "sockchat-help" on any key. */

#ifndef TUI_BIND_H
#define TUI_BIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BIND_MAX 48

/* Tell readline the names of all functions before it reads the inputrc:
 * `name(i)` is the name of function `i` without "sockchat-", NULL behind the
 * last. */
void bind_add_all(const char *(*name)(size_t i));

/* Put function `i` on keys in readline's notation that are free, in emacs mode
 * or in vi's command mode. */
void bind_default(size_t i, const char *keys, bool is_vi);

/* The function on these keys, as the keyboard sends them, or -1. */
int bind_find(const void *bytes, size_t len);

/* True if these keys do anything. */
bool bind_is_bound(const void *bytes, size_t len);

/* The function that readline has met since the last call, or -1. */
int bind_take(void);

/* The keys that function `i` is on, as the keyboard sends them, one call for
 * each. */
typedef void bind_key_fn(void *user, const uint8_t *bytes, size_t len);
void bind_each_key(size_t i, bind_key_fn *fn, void *user);

#endif
