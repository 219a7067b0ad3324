/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What would have to be typed to send a message again. */

#include <string.h>

#include <sockchat/command.h>
#include <sockchat/encoding.h>
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

/* The same in UTF-8, as it would be typed; false when that is not the same. */
static bool to_typed(const struct encoding *enc, const uint8_t *bytes,
                     size_t len, struct bytes *text)
{
	struct bytes again = { 0 };
	struct error e;
	bool is_same = !encoding_decode(enc, text, bytes, len) &&
	               is_typable(text->data, text->len) &&
	               !encoding_append(enc, &again, bytes_text(text),
	                                text->len, &e) &&
	               again.len == len &&
	               (!len || memcmp(again.data, bytes, len) == 0);
	bytes_finish(&again);
	return is_same;
}

int command_retype(const struct chat *c, const uint8_t *bytes, size_t len,
                   struct bytes *line)
{
	const char *eol;
	size_t n = eol_bytes((enum eol)c->options->eol, &eol);
	bool has_eol = len >= n && memcmp(bytes + len - n, eol, n) == 0;
	struct bytes text = { 0 };
	bool is_text = has_eol &&
	               (c->encoding
	                    ? to_typed(c->encoding, bytes, len - n, &text)
	                    : is_typable(bytes, len - n));
	int failed = 0;
	if (!is_text)
		failed = append_command(line, bytes, len);
	else if (len > n && *bytes == '/')
		failed = bytes_append_byte(line, '/');
	if (is_text && !failed)
		failed = c->encoding ? bytes_append(line, text.data, text.len)
		                     : bytes_append(line, bytes, len - n);
	bytes_finish(&text);
	return failed;
}
