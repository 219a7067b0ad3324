/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The configuration file: lines of "option value", and [profile] sections. */

#ifndef SOCKCHAT_CONFIG_H
#define SOCKCHAT_CONFIG_H

#include <stddef.h>

#include <sockchat/error.h>
#include <sockchat/options.h>

/* Set what the file `o->config` says, or the user's own, which need not exist.
 * The command line overrides it.  -1 with a sentence that names file and
 * line. */
MUST_USE int config_load(struct options *o, struct error *e);

/* As config_load(), for a text; sentences call it `path`. */
MUST_USE
int config_parse(struct options *o, const char *path, const char *text,
                 size_t len, struct error *e);

#endif
