/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What Enter sends of a typed line. */

#ifndef COMMAND_TYPED_H
#define COMMAND_TYPED_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/bytes.h>
#include <sockchat/chat.h>
#include <sockchat/command.h>
#include <sockchat/error.h>

/* Find the ending that Enter sends.  True if it also stands for the newlines
 * within a line: it is one of another form. */
bool command_eol(const struct chat *c, const char **eol, size_t *len);

/* Append the line with its ending.  -1 with a sentence: nothing is added. */
MUST_USE
int command_make_line(const struct chat *c, struct bytes *out, const char *line,
                      size_t len, struct error *e);

/* Append the message that Enter makes of the line: the payload in the frame of
 * what is sent or, if that only reads, the line with its ending.  -1 with a
 * sentence: nothing is added. */
MUST_USE
int command_make_message(const struct chat *c, struct framed *out,
                         const char *line, size_t len, struct error *e);

/* The same, of what a command's row makes of its argument. */
MUST_USE
int command_make_parsed(const struct chat *c, struct framed *out,
                        const struct command_row *row, const char *args,
                        size_t len, struct error *e);

#endif
