/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes as programs write them down, to be copied into a test, a bug report or
 * a shell. */

#ifndef SOCKCHAT_QUOTE_H
#define SOCKCHAT_QUOTE_H

#include <sockchat/bytes.h>
#include <sockchat/error.h>

enum quote_form {
	QUOTE_TEXT,   /* as they are */
	QUOTE_HEX,    /* 68 65 0a, which /hex takes back */
	QUOTE_C,      /* "he\n", a string literal */
	QUOTE_PYTHON, /* b'he\n', as repr() writes it */
	QUOTE_BASE64, /* RFC 4648, padded, in one line */
	QUOTE_SHELL,  /* printf 'he\n', for any POSIX shell */
	QUOTE_COUNT,
};

/* "text", "hex", "C", "Python" … */
const char *quote_name(enum quote_form form);

/* Append the bytes in this form.  -1 as bytes_append(). */
MUST_USE
int quote_append(struct bytes *out, enum quote_form form, const uint8_t *bytes,
                 size_t len);

/* Append a line for a shell that sends them: printf '…' | sockchat connect
 * ENDPOINT.  -1 as bytes_append(). */
MUST_USE
int quote_append_shell(struct bytes *out, const uint8_t *bytes, size_t len,
                       const char *endpoint);

#endif
