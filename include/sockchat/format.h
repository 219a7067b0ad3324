/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How entries are written: on standard output, and into files. */

#ifndef SOCKCHAT_FORMAT_H
#define SOCKCHAT_FORMAT_H

#include <sockchat/wrap.h>

enum format {
	FORMAT_TEXT,  /* a line, or several in the views that take them */
	FORMAT_JSON,  /* a line: sockchat-entries(5) */
	FORMAT_BYTES, /* a message's alone; nothing of other entries */
	FORMAT_ACK,   /* JSON: the tick of a message that was written before */
};

/* Append the entry; of a message the bytes from `from` on, in a piece for each
 * time when some of them came.  JSON looks at `encode`, `has_data` and `unpack`
 * alone of the look, bytes at nothing.  -1 without memory. */
MUST_USE
int format_entry(struct bytes *out, enum format format,
                 const struct wrap_look *look, const struct entry *e,
                 size_t from);

#endif
