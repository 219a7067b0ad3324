/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A SPEC, read and written. */

#include "frame_private.h"

int frame_parse(struct frame *f, const char *spec, struct error *e)
{
	*f = (struct frame){ .kind = frame_find(spec), .max = FRAME_MAX,
	                      .count = FRAME_AUTO_MS };
	if (f->kind)
		return 0;
	return error_set(e, "%s is no frame", spec);
}
