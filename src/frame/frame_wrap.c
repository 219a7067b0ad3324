/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What goes around a payload. */

#include "frame_private.h"

/* Look at bytes that are to be sent as the peer's reader will: true if they are
 * one whole message. */
static bool measure(const struct frame *f, const uint8_t *bytes, size_t len,
                    struct framed *out)
{
	struct frame_asked asked = { 0 };
	struct frame_state s = { .asked = &asked };
	struct frame_cut c = { .status = FRAME_MORE };
	bool is_one = false;
	for (size_t at = 0; at < len; at += c.len - c.back) {
		c = frame_cut(f, &s, bytes + at, len - at);
		is_one = !at && c.len == len && c.status == FRAME_WHOLE;
		if (!at) {
			out->prefix_at = s.now.prefix_at;
			out->prefix = s.now.prefix;
		}
	}
	out->suffix = s.now.suffix;
	return is_one;
}

/* Say for which frame a payload is refused. */
static int refuse(const struct frame *f, const struct error *why,
                  struct error *e)
{
	char spec[FRAME_SPEC_MAX];
	frame_format(f, spec);
	return error_set(e, "%.100s: %s", spec, why->text);
}

int frame_wrap(const struct frame *f, const void *payload, size_t len,
               struct framed *out, struct error *e)
{
	const uint8_t *bytes = payload ? payload : (const uint8_t *)"";
	size_t before = out->bytes.len;
	struct error why;
	out->kind = f->kind;
	bool is_whole = f->kind->traits & FRAME_WHOLE_TOO &&
	                measure(f, bytes, len, out);
	int failed = is_whole
	                 ? bytes_append(&out->bytes, bytes, len) &&
	                       frame_wrap_failed(&why)
	                 : f->kind->wrap(f, bytes, len, &out->bytes, &why);
	if (failed) {
		out->bytes.len = before;
		return refuse(f, &why, e);
	}
	measure(f, out->bytes.data + before, out->bytes.len - before, out);
	return 0;
}
