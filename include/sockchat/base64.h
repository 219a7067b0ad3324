/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes as text: RFC 4648, section 4. */

#ifndef SOCKCHAT_BASE64_H
#define SOCKCHAT_BASE64_H

#include <sockchat/bytes.h>
#include <sockchat/error.h>

/* Append the bytes as Base64, padded and in one line.  -1 as bytes_append(). */
MUST_USE int base64_append(struct bytes *out, const uint8_t *bytes, size_t len);

#endif
