/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which entries the view shows: those that are not dropped, cleared away,
 * filtered out or told by others. */

#ifndef TUI_VIEW_SHOWN_H
#define TUI_VIEW_SHOWN_H

#include "view.h"

/* Whether it is shown, as far as the filter has no say. */
bool shown_is_seen(const struct viewport *v, const struct entry *e);
/* Whether this entry is there, and is shown. */
bool shown_has(const struct viewport *v, uint64_t seq);

/* The oldest entry that is not dropped or cleared away. */
uint64_t shown_base(const struct viewport *v);
/* The first that is shown, and the next one; the end of the transcript if there
 * is none. */
uint64_t shown_first(const struct viewport *v);
uint64_t shown_next(const struct viewport *v, uint64_t seq);
/* The last one before `seq`; 0 if there is none. */
uint64_t shown_before(const struct viewport *v, uint64_t seq);

/* The transcript has been cut anew. */
void shown_recut(struct viewport *v);

#endif
