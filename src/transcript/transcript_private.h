/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What only those need who make a transcript anew. */

#ifndef TRANSCRIPT_PRIVATE_H
#define TRANSCRIPT_PRIVATE_H

#include <sockchat/transcript.h>

/* The bound. */
size_t transcript_max(const struct transcript *t);

/* Let the entries of `with`, which is freed, take the place of those of `t`;
 * they are numbered on from its end.  Returns by how much their numbers have
 * grown. */
uint64_t transcript_replace(struct transcript *t, struct transcript *with);

/* Tell the listeners of it. */
void transcript_tell_recut(struct transcript *t, const struct recut *r);

#endif
