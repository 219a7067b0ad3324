/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What recordings say of what is missing in them. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/number.h>
#include <sockchat/sink.h>

const char *sink_why(int errnum)
{
	return errnum == ENXIO    ? "nobody reads it"
	       : errnum == EPIPE  ? "its reader has left"
	       : errnum == EAGAIN ? "its reader is too slow"
	                          : strerror(errnum);
}

void sink_gap_size(char out[SINK_GAP_SIZE_MAX], const struct sink_gap *g)
{
	char size[16];
	number_format_size(size, g->bytes);
	snprintf(out, SINK_GAP_SIZE_MAX, "%s", size);
	if (g->entries)
		text_add(out, SINK_GAP_SIZE_MAX, " (%llu %s)",
		         (unsigned long long)g->entries,
		         g->entries == 1 ? "entry" : "entries");
}

void sink_gap_text(char out[SINK_GAP_MAX], const struct sink_gap *g)
{
	char size[SINK_GAP_SIZE_MAX];
	sink_gap_size(size, g);
	snprintf(out, SINK_GAP_MAX, "%s are missing here: %s", size,
	         sink_why(g->errnum));
}

int sink_note_gap(struct sink *s, const struct sink_gap *g, struct bytes *out)
{
	char text[SINK_GAP_MAX];
	sink_gap_text(text, g);
	struct entry note = {
		.kind = ENTRY_NOTE,
		.time = g->time,
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
		.peer = "",
		.local = "",
		.client = "",
		.proxy = "",
		.code = "recording-gap",
		.hint = "",
	};
	return s->ops->entry(s, &note, 0, out);
}
