/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How bytes are cut into messages: the commands. */

#ifndef COMMAND_FRAMES_H
#define COMMAND_FRAMES_H

#include <sockchat/chat.h>

/* Tell the frames there are, or change it for both directions.  -1 after a
 * complaint. */
int run_frame(struct chat *c, char *args);

#endif
