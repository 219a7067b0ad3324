/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* OpenSSL is loaded when it is first needed: a start that links it takes nearly
 * twice as long, and most starts are of plain TCP. */

#ifndef NET_OPENSSL_H
#define NET_OPENSSL_H

#include <sockchat/error.h>

/* Before the first call of any function of OpenSSL's; it may be called again.
 * -1 with a sentence. */
MUST_USE int openssl_load(struct error *e);

/* Forget what has failed before. */
void openssl_clear(void);
/* Whether a call of OpenSSL's has failed for want of memory, whatever it says.
 * `*reason` becomes its first reason for TLS, if there is one. */
bool openssl_lacked_memory(int *reason);

#endif
