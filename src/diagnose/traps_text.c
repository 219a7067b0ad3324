/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What kind of text bytes are. */

#include <string.h>

#include <sockchat/utf8.h>

#include "traps_private.h"

#define TAIL_MAX ((size_t)64) /* bytes before a cut that must be text */
#define NUL_MIN  5            /* "text" and its NUL */
#define UTF16_MIN 8           /* four letters */
#define PAD_MIN  8            /* NULs behind text, at the end */
#define PAD_WITHIN 64         /* and before more text */

static bool is_control_byte(uint8_t byte)
{
	return byte < ' ' && (!byte || !strchr("\t\n\r\033", byte));
}

bool is_plain_text(const uint8_t *bytes, size_t len)
{
	size_t i = utf8_plain(bytes, len, 0, 0); /* is fast, and mostly all */
	for (; i < len; i += 1 + utf8_plain(bytes + i + 1, len - i - 1, 0, 0))
		if (is_control_byte(bytes[i]))
			return false;
	return utf8_is_valid(bytes, len);
}

bool is_text_before(const uint8_t *bytes, size_t len)
{
	const uint8_t *end = bytes + len;
	const uint8_t *at = end - (len < TAIL_MAX ? len : TAIL_MAX);
	while (at > bytes && at < end && (*at & 0xc0) == 0x80)
		at++; /* it continues a character */
	return is_plain_text(at, (size_t)(end - at));
}

bool is_nul_text(const uint8_t *bytes, size_t len)
{
	if (len < NUL_MIN || bytes[len - 1] || !bytes[0])
		return false;
	for (size_t i = 0; i < len; i++)
		if ((bytes[i] && bytes[i] < ' ' && bytes[i] != '\t') ||
		    (i && !bytes[i] && !bytes[i - 1]))
			return false;
	return utf8_is_valid(bytes, len);
}

bool is_utf16_text(const uint8_t *bytes, size_t len)
{
	size_t nul = len && bytes[0] ? 1 : 0; /* where the NULs are */
	if (len < UTF16_MIN || len % 2)
		return false;
	for (size_t i = 0; i < len; i += 2) {
		uint8_t letter = bytes[i + 1 - nul];
		if (bytes[i + nul] || letter > '~' || is_control_byte(letter))
			return false;
	}
	return true;
}

/* How many bytes at the beginning are NUL, or are not. */
static size_t run_of(const uint8_t *bytes, size_t len, bool is_nul)
{
	size_t n = 0;
	while (n < len && !bytes[n] == is_nul)
		n++;
	return n;
}

bool is_padded_text(const uint8_t *bytes, size_t len)
{
	bool is_padded = false;
	while (len) {
		size_t text = run_of(bytes, len, false);
		size_t pad = run_of(bytes + text, len - text, true);
		bool is_end = text + pad == len;
		if (!text || !is_plain_text(bytes, text) ||
		    (!is_end && pad < PAD_WITHIN))
			return false;
		is_padded |= pad >= PAD_MIN;
		bytes += text + pad;
		len -= text + pad;
	}
	return is_padded;
}
