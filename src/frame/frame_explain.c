/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why bytes are no messages of a frame, in words. */

#include <inttypes.h>

#include "frame_private.h"

void frame_explain(const struct frame *f, const struct frame_state *s,
                   const uint8_t *bytes, size_t len, struct error *e)
{
	(void)bytes, (void)len;
	error_set(e, "length %" PRIu64 " is over the limit of %" PRIu64
	          " bytes", s->now.value, f->max);
}

void frame_explain_end(const struct frame_state *s, const char *how,
                       struct error *e)
{
	const struct frame_message *now = &s->now;
	if (now->total)
		error_set(e, "a message is not whole: %" PRIu64 " of %" PRIu64
		          " bytes came before %s", now->total - now->rest,
		          now->total, how);
	else
		error_set(e, "a message is not whole: %" PRIu64
		          " bytes of it came before %s", now->len, how);
}
