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

#endif
