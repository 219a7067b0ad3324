/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The commands about who may come.  Each returns -1 after a complaint. */

#ifndef COMMAND_ADMIT_H
#define COMMAND_ADMIT_H

#include <sockchat/chat.h>

int run_accept(struct chat *c, char *args);
int run_allow(struct chat *c, char *args);
int run_deny(struct chat *c, char *args);

#endif
