/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries as text, for terminals that only scroll, and for files. */

#ifndef TRANSCRIPT_FORMAT_TEXT_H
#define TRANSCRIPT_FORMAT_TEXT_H

#include <sockchat/wrap.h>

/* As format_entry(), of one piece. */
MUST_USE
int format_text(struct bytes *out, const struct wrap_look *look,
                const struct entry *e, size_t from);

#endif
