/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The name of a recording as a user gives it: [FORMAT:]FILE, where FILE may
 * have the date, the peer and the number of a conversation in it. */

#ifndef SOCKCHAT_RECORD_NAME_H
#define SOCKCHAT_RECORD_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/error.h>
#include <sockchat/sink.h>

/* What stands for %d, %p and %n. */
struct record_facts {
	int64_t wall_us;  /* the local day of which is %d */
	const char *peer; /* made safe for a file name */
	uint32_t number;
};

/* The format that is named in front of a colon, or by the ending, and `*file`:
 * the rest.  NULL with a sentence that lists the formats. */
MUST_USE
const struct sink_ops *record_name_parse(const char *name, const char **file,
                                         struct error *e);
/* Whether each conversation has a file of its own: it has %p or %n. */
bool record_name_splits(const char *file);
/* Append the name with its facts.  -1 without memory. */
MUST_USE
int record_name_expand(struct bytes *out, const char *file,
                       const struct record_facts *facts);

#endif
