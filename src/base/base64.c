/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Three bytes become four letters. */

#include <sockchat/base64.h>

int base64_append(struct bytes *out, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"
	                             "ghijklmnopqrstuvwxyz0123456789+/";
	if (bytes_reserve(out, (len + 2) / 3 * 4))
		return -1;
	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		uint32_t group = (uint32_t)bytes[i] << 16;
		if (left > 1)
			group |= (uint32_t)bytes[i + 1] << 8;
		if (left > 2)
			group |= bytes[i + 2];
		uint8_t *to = out->data + out->len;
		to[0] = (uint8_t)digits[group >> 18];
		to[1] = (uint8_t)digits[group >> 12 & 63];
		to[2] = (uint8_t)(left > 1 ? digits[group >> 6 & 63] : '=');
		to[3] = (uint8_t)(left > 2 ? digits[group & 63] : '=');
		out->len += 4;
	}
	return 0;
}
