/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The steps of a .chat file, told in a line each. */

#ifndef TESTS_CHATFILE_SCENE_H
#define TESTS_CHATFILE_SCENE_H

#include <sockchat/quote.h>
#include <sockchat/stamp.h>

#include "../../src/record/chatfile_private.h"
#include "unit.h"

#define FIRST CHATFILE_FIRST "\n"

static inline struct chatfile *opened(const char *text)
{
	struct error e;
	struct chatfile *f = chatfile_open_text("a.chat", text, strlen(text),
	                                        &e);
	if (!f)
		fail_msg("%s", e.text);
	return f;
}

static inline void tell_bytes(struct bytes *out, const struct chat_step *s)
{
	size_t at = 0;
	for (size_t i = 0; i <= s->fill_count; i++) {
		size_t to = i < s->fill_count ? s->fills[i].at : s->bytes.len;
		quote_append(out, QUOTE_PYTHON, s->bytes.data + at, to - at);
		at = to;
		if (i < s->fill_count)
			bytes_printf(out, " %s ", s->fills[i].name);
	}
}

/* "6 [2] +250 > bytes 'HELO'" */
static inline void tell_step(struct bytes *out, const struct chat_step *s)
{
	static const char *const kinds[] = { "bytes", "match", "any", "fin",
	                                     "rst", "starttls", "wait",
	                                     "frame", "comment" };
	char spec[FRAME_SPEC_MAX];
	bytes_printf(out, "%zu ", s->line);
	if (s->peer)
		bytes_printf(out, "[%u] ", s->peer);
	if (s->has_pause)
		bytes_printf(out, "+%lld ", (long long)(s->pause_ns / MS_NS));
	bytes_printf(out, "%s%s", s->side == CHAT_OUT  ? "> "
	                          : s->side == CHAT_IN ? "< "
	                                               : "",
	             kinds[s->kind]);
	if (s->kind == CHAT_FRAME) {
		frame_format(&s->frame, spec);
		bytes_printf(out, " %s", spec);
	}
	if (s->kind == CHAT_WAIT)
		bytes_printf(out, " %lld", (long long)(s->pause_ns / MS_NS));
	if (s->kind == CHAT_BYTES || s->kind == CHAT_MATCH ||
	    s->kind == CHAT_COMMENT) {
		bytes_append_byte(out, ' ');
		tell_bytes(out, s);
	}
	bytes_append_byte(out, '\n');
}

static inline void tell_steps(struct bytes *out, struct chatfile *f)
{
	struct chat_step step;
	struct error e = { .text = "" };
	int got;
	while ((got = chatfile_next(f, &step, &e)) > 0)
		tell_step(out, &step);
	if (got < 0)
		bytes_append_text(out, e.text);
}

/* The steps of a text, or why it has none, are told like this. */
static inline void assert_steps(const char *text, const char *told)
{
	struct chatfile *f = opened(text);
	struct bytes out = { 0 };
	tell_steps(&out, f);
	assert_string_equal(bytes_text(&out), told);
	bytes_finish(&out);
	chatfile_close(f);
}

#endif
