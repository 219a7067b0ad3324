/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The frames that the options ask for, for what comes and for what has come. */

#ifndef CHAT_REFRAME_H
#define CHAT_REFRAME_H

#include "chat_private.h"

/* Take the frames over from the options.  What stands in the transcript is cut
 * anew over several turns: `c->own->reframe` is not NULL until then. */
void chat_choose_frames(struct chat *c);
/* Give up what is under way. */
void chat_stop_reframe(struct chat *c);

#endif
