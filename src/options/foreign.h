/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The habits of those who use other programs. */

#ifndef FOREIGN_H
#define FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/error.h>

/* What to write here in place of an option of nc, ncat, socat or telnet, such
 * as "-e" or "--ssl-verify"; NULL for what they do not have. */
const char *foreign_option(const char *word);

/* The same for one or two addresses of socat.  False for what is none. */
MUST_USE
bool foreign_addresses(char *out, size_t cap, char *const *words, size_t count);

/* Say what stands for "nc -l" with these words; `name` is the option that was
 * met first.  Returns -1. */
int foreign_refuse_listen(const char *name, int argc, char *const *argv,
                          struct error *e);

#endif
