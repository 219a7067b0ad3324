/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Rules that act on the whole messages that come: the first one whose
 * expression is found in a message strikes, and answers it. */

#ifndef SOCKCHAT_RULES_H
#define SOCKCHAT_RULES_H

#include <sockchat/chat.h>

/* Let the rules of a file answer what comes from now on, in place of those that
 * did.  -1 with a sentence that names file, line and column: then nothing has
 * changed. */
MUST_USE int rules_use(struct chat *c, const char *path, struct error *e);
/* Let nothing answer any more.  Safe when nothing does. */
void rules_end(struct chat *c);

/* Write how often rules have struck, for a status line; "" without rules. */
#define RULES_TOLD_MAX 40
void rules_tell(const struct chat *c, char out[RULES_TOLD_MAX]);

/* /rules FILE, /rules off; alone it lists them.  -1 after a complaint. */
int rules_command(struct chat *c, char *args);

#endif
