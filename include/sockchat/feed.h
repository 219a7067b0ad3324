/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A file that is to be sent. */

#ifndef SOCKCHAT_FEED_H
#define SOCKCHAT_FEED_H

#include <stdint.h>

#include <sockchat/error.h>

#define FEED_NAME_MAX 80

struct feed_file {
	int fd;
	uint64_t total;           /* its size when it was opened */
	char name[FEED_NAME_MAX]; /* the path's last part, safe */
};

/* Open a regular file by its path as it was typed.  -1 with a sentence.  The
 * caller closes `fd`. */
MUST_USE int feed_open(struct feed_file *f, const char *path, struct error *e);

#endif
