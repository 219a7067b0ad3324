/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How far something long has got, how fast it goes, when it will be done. */

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

/* What there is to say about it. */
struct progress_facts {
	uint64_t done, total; /* bytes; a total of 0 is not known */
	uint64_t rate;        /* bytes a second over the last few seconds */
	int64_t left_s;       /* -1 when it cannot be said */
};

/* Times are monotonic. */
void progress_init(struct progress *p, uint64_t total, int64_t now_ns);
/* So many bytes in all by now.  Told a few times a second, the rate follows. */
void progress_set(struct progress *p, uint64_t done, int64_t now_ns);
void progress_facts(const struct progress *p, int64_t now_ns,
                    struct progress_facts *out);

/* The same when it is over: the rate is that of the whole time. */
void progress_whole(const struct progress *p, int64_t now_ns,
                    struct progress_facts *out);

/* "video.bin [#####-----] 48% 5.8 MiB of 12.0 MiB, 3.9 MiB/s, 2 s left" in at
 * most `columns`: parts are left out until it fits.  `name` comes from
 * anywhere; `out` is safe.  How many columns it takes. */
int progress_format(char *out, size_t cap, int columns, const char *name,
                    const struct progress_facts *p, unsigned glyph_flags);

#endif
