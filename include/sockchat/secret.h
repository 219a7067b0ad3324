/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Passwords and passphrases, asked for on the terminal before it has a screen.
 */

#ifndef SOCKCHAT_SECRET_H
#define SOCKCHAT_SECRET_H

#include <stddef.h>

#include <sockchat/error.h>

/* Ask on the terminal of this program, whatever standard input is, and do not
 * show what is typed.  `what` is "passphrase of key.pem".  -1 with a sentence
 * when there is no terminal, or nobody answers. */
MUST_USE
int secret_ask(const char *what, char *out, size_t cap, struct error *e);
/* From now on there is a screen, and nobody can be asked. */
void secret_forbid(void);

#endif
