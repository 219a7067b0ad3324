/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A network and files of /etc that are this test program's own. */

#ifndef TEST_NAMESPACE_H
#define TEST_NAMESPACE_H

#include <stdbool.h>
#include <stddef.h>

/* Go into a network and a mount namespace of our own, as root of them.  False
 * with errno: most containers forbid namespaces. */
bool namespace_enter(void);

/* Run a program, which has to succeed. */
void run(const char *const *argv);

#define IP(...) run((const char *const[]){ "/sbin/ip", __VA_ARGS__, NULL })

void write_file(const char *path, const char *text);

/* Put a file with this content in the place of that one, for us alone. */
void replace_file(const char *path, const char *text);

#endif
