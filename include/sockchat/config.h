/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The configuration file: lines of "option value", and [profile] sections. */

#ifndef SOCKCHAT_CONFIG_H
#define SOCKCHAT_CONFIG_H

#include <stddef.h>

#include <sockchat/error.h>
#include <sockchat/options.h>

/* Set beneath the command line what the file says: `o->config`, or the user's
 * own, which need not exist.  -1 with a sentence that names file and line. */
MUST_USE int config_load(struct options *o, struct error *e);

/* The same of a text; `path` is its name in sentences. */
MUST_USE
int config_parse(struct options *o, const char *path, const char *text,
                 size_t len, struct error *e);

#endif
