/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* /frame: how bytes are cut into messages. */

#include "frames.h"
#include "set.h"

static void tell_frames(struct chat *c)
{
	char in[FRAME_SPEC_MAX], out[FRAME_SPEC_MAX];
	frame_format(&c->options->frames[0], in);
	frame_format(&c->options->frames[1], out);
	chat_answer(c, "frame", "frame is now %s for what comes, and %s for "
	            "what you send", in, out);
	for (size_t i = 0; frame_kind(i); i++)
		chat_answer(c, "frame", "%s%s: %s", frame_kind(i)->name,
		            frame_kind(i)->args, frame_kind(i)->help);
}

int run_frame(struct chat *c, char *args)
{
	char now[FRAME_SPEC_MAX];
	if (!*args) {
		tell_frames(c);
		return 0;
	}
	int changed = set_option(c, "frame", args);
	frame_format(&c->options->frames[0], now);
	if (changed > 0)
		chat_note(c, "option-changed", "frame is now %s, both ways",
		          now);
	return changed;
}
