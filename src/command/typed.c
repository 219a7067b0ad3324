/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <string.h>

#include <sockchat/charset.h>
#include <sockchat/command.h>
#include <sockchat/escape.h>
#include <sockchat/utf8.h>

#include "typed.h"

/* A keyboard of another charset than UTF-8 sends what is sent as it is. */
static bool is_encoded(const char *text, size_t len)
{
	return charset_choose() && !utf8_is_valid((const uint8_t *)text, len);
}

/* -1 with a sentence when the encoding lacks a character, or without memory. */
static int append_piece(struct bytes *out, const struct encoding *enc,
                        const char *text, size_t len, struct error *e)
{
	if (enc && !is_encoded(text, len))
		return encoding_append(enc, out, text, len, e);
	if (bytes_append(out, text, len))
		return error_set_errno(e, ENOMEM, "not sent");
	return 0;
}

bool command_eol(const struct chat *c, const char **eol, size_t *len)
{
	*len = eol_bytes((enum eol)c->options->eol, eol);
	return *len && **eol == '\r';
}

int command_make_line(const struct chat *c, struct bytes *out, const char *line,
                     size_t len, struct error *e)
{
	size_t before = out->len, eol_len;
	const char *eol, *end, *from = line;
	bool replaces = command_eol(c, &eol, &eol_len);
	do {
		size_t left = len - (size_t)(from - line);
		end = replaces ? memchr(from, '\n', left) : NULL;
		size_t part = end ? (size_t)(end - from) : left;
		/* never CR CR LF */
		bool has_cr = part && from[part - 1] == '\r' &&
		              (end || (replaces && eol_len == 2));
		if (append_piece(out, c->encoding, from, part - has_cr, e) ||
		    append_piece(out, NULL, eol, eol_len, e)) {
			out->len = before;
			return -1;
		}
		from += part + 1;
	} while (end);
	return 0;
}

/* Put the frame of what is sent around a payload.  -1 with a sentence. */
static int wrap_payload(const struct chat *c, struct framed *out,
                        const struct bytes *payload, struct error *e)
{
	const struct frame *f = chat_frame(c);
	return frame_wrap(f, payload->data, payload->len, out, e);
}

int command_make_message(const struct chat *c, struct framed *out,
                         const char *line, size_t len, struct error *e)
{
	struct bytes payload = { 0 };
	if (!chat_has_frame(c))
		return command_make_line(c, &out->bytes, line, len, e);
	int failed = append_piece(&payload, c->encoding, line, len, e) ||
	             wrap_payload(c, out, &payload, e);
	bytes_finish(&payload);
	return failed ? -1 : 0;
}

int command_make_parsed(const struct chat *c, struct framed *out,
                        const struct command_row *row, const char *args,
                        size_t len, struct error *e)
{
	struct bytes payload = { 0 };
	if (row->is_raw || !chat_has_frame(c))
		return row->parse(&out->bytes, args, len, e);
	int failed = row->parse(&payload, args, len, e) ||
	             wrap_payload(c, out, &payload, e);
	bytes_finish(&payload);
	return failed ? -1 : 0;
}

/* With an escape it is sent as it is, as /send does; else as a line. */
static int make_consent(const struct chat *c, struct bytes *out,
                        const char *text, struct error *e)
{
	size_t len = strlen(text);
	if (strchr(text, '\\'))
		return escape_parse(out, text, len, e);
	return len ? command_make_line(c, out, text, len, e) : 0;
}

int command_starttls(struct chat *c, char *args)
{
	struct bytes b = { 0 };
	struct error e;
	int failed = make_consent(c, &b, args, &e);
	if (failed) {
		error_set_hint(&e, "nothing was sent");
		chat_error(c, &e);
	} else {
		failed = chat_starttls(c, b.data, b.len);
	}
	bytes_finish(&b);
	return failed;
}
