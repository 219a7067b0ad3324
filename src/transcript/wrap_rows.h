/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What fills the rows of an entry beside the text of a message. */

#ifndef TRANSCRIPT_WRAP_ROWS_H
#define TRANSCRIPT_WRAP_ROWS_H

#include "wrap_private.h"

/* Our own words are not cut where a row ends.  A space there is not shown. */
void wrap_lay_sentence(struct layout *l, const uint8_t *bytes, size_t len);

/* What happened, and what it means. */
void wrap_lay_notice(struct layout *l, const struct entry *e);

/* The first row of a message in the hex view: how long it is. */
void wrap_lay_size(struct layout *l, const struct entry *e);
/* The rows of its dump, below what is laid already. */
void wrap_lay_dump(struct layout *l, const struct entry *e);

/* The message was ended by its size. */
void wrap_lay_cut(struct layout *l);

/* With more rows than this a message is folded. */
size_t wrap_most_rows(const struct entry *e, const struct wrap_settings *s);
/* The message gets few rows, of which the last one has room for a mark. */
void wrap_begin_fold(struct layout *l, const struct entry *e);
/* If it does not fit: put the mark there, which tells how much there is more.
 * What follows is shown again. */
void wrap_end_fold(struct layout *l, const struct entry *e);

#endif
