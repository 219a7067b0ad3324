/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What would have to be typed to send a message again. */

#include <string.h>

#include <sockchat/command.h>
#include <sockchat/escape.h>
#include <sockchat/glyph.h>

/* Whether a line editor takes it as it is. */
static bool is_typable(const uint8_t *bytes, size_t len)
{
	struct glyph g;
	for (size_t n; (n = glyph_next(&g, bytes, len, 0)); len -= n) {
		if (g.is_escaped && *bytes != '\n' && *bytes != '\t')
			return false;
		bytes += n;
	}
	return true;
}

/* What follows a command's name begins behind the spaces. */
static int append_command(struct bytes *line, const uint8_t *bytes, size_t len)
{
	bool has_space = len && *bytes == ' ';
	if (bytes_append_text(line, has_space ? "/send \\x20" : "/send "))
		return -1;
	return escape_append(line, bytes + has_space, len - has_space);
}

int command_retype(const struct chat *c, const uint8_t *bytes, size_t len,
                   struct bytes *line)
{
	const char *eol;
	size_t n = eol_bytes((enum eol)c->options->eol, &eol);
	bool has_eol = len >= n && memcmp(bytes + len - n, eol, n) == 0;
	if (!has_eol || !is_typable(bytes, len - n))
		return append_command(line, bytes, len);
	if (len > n && *bytes == '/' && bytes_append_byte(line, '/'))
		return -1;
	return bytes_append(line, bytes, len - n);
}
