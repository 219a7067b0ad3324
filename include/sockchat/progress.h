/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How far a long transfer has got, how fast it goes, and when it will be
 * done. */

#ifndef SOCKCHAT_PROGRESS_H
#define SOCKCHAT_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include <sockchat/rate.h>

struct progress {
	uint64_t total; /* bytes; 0 when it is not known */
	uint64_t done;
	int64_t start_ns;
	struct rate rate; /* of `done` */
};

/* The figures that are told. */
struct progress_facts {
	uint64_t done, total; /* bytes; a total of 0 is not known */
	uint64_t rate;        /* bytes a second over the last few seconds */
	int64_t left_s;       /* -1 when it cannot be said */
};

/* Begin.  All times are monotonic. */
void progress_init(struct progress *p, uint64_t total, int64_t now_ns);
/* Tell how many bytes it is by now in all; a few times a second, for the
 * rate. */
void progress_set(struct progress *p, uint64_t done, int64_t now_ns);
void progress_facts(const struct progress *p, int64_t now_ns,
                    struct progress_facts *out);

/* As progress_facts(), when it is over: the rate is that of the whole time. */
void progress_whole(const struct progress *p, int64_t now_ns,
                    struct progress_facts *out);

/* Write "video.bin [#####-----] 48% 5.8 MiB of 12.0 MiB, 3.9 MiB/s, 2 s left"
 * in at most `columns`: parts are left out until it fits.  `name` may hold
 * anything; `out` is safe to show.  Returns the columns that it takes. */
int progress_format(char *out, size_t cap, int columns, const char *name,
                    const struct progress_facts *p, unsigned glyph_flags);

#endif
