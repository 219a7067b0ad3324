/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <string.h>

#include <sockchat/hexdump.h>

/* A row has the offset, two spaces, three columns a byte, a space in the
 * middle, and the characters between bars. */
static size_t row_columns(size_t per_row)
{
	return 10 + 3 * per_row + (per_row > 8) + 1 + per_row + 2;
}

size_t hexdump_bytes_per_row(size_t columns)
{
	size_t per_row = 16;
	while (per_row > 1 && row_columns(per_row) > columns)
		per_row /= 2;
	return per_row;
}

size_t hexdump_row(char out[HEXDUMP_ROW_MAX], const uint8_t *bytes, size_t len,
                   size_t offset, size_t per_row)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = (size_t)snprintf(out, HEXDUMP_ROW_MAX, "%08zx  ",
	                            offset & 0xffffffff);
	for (size_t i = 0; i < per_row; i++) {
		uint8_t byte = offset + i < len ? bytes[offset + i] : 0;
		if (i == 8)
			out[n++] = ' ';
		out[n++] = offset + i < len ? digits[byte >> 4] : ' ';
		out[n++] = offset + i < len ? digits[byte & 15] : ' ';
		out[n++] = ' ';
	}
	out[n++] = ' ';
	out[n++] = '|';
	for (size_t i = offset; i < offset + per_row && i < len; i++)
		out[n++] = bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i]
		                                               : '.';
	out[n++] = '|';
	out[n] = '\0';
	return n;
}

size_t hexdump_skip(uint64_t last)
{
	return last <= 0xffff ? 4 : 0;
}

void hexdump_set_offset(char row[HEXDUMP_ROW_MAX], uint64_t offset)
{
	char digits[16];
	snprintf(digits, sizeof(digits), "%08x", (unsigned)offset);
	memcpy(row, digits, 8);
}

size_t hexdump_byte_at(size_t i, size_t per_row)
{
	size_t text = row_columns(per_row) - per_row - 1;
	if (i >= text)
		return i < text + per_row ? i - text : SIZE_MAX;
	if (i < 10 || i >= text - 2)
		return SIZE_MAX;
	i -= 10;
	if (i >= 3 * 8 && per_row > 8)
		i = i == 3 * 8 ? 2 : i - 1;
	return i % 3 < 2 ? i / 3 : SIZE_MAX;
}
