/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is done with bytes that have been chosen, as whole entries or within a
 * message. */

#ifndef TUI_PICK_H
#define TUI_PICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/quote.h>

struct frontend;

/* The form in which a letter copies; false if it is no such letter. */
bool pick_form(char letter, enum quote_form *form);

/* Copy the content in this form, and say so: of how many entries it is, 0 for a
 * part of one.  `peer`: their endpoint, or "".  -1 without memory, which it
 * says. */
int pick_copy(struct frontend *f, struct bytes *content, size_t count,
              enum quote_form form, const char *peer);

/* End the choice, with what would send these bytes in the line.  -1 without
 * memory, which it says. */
int pick_retype(struct frontend *f, const uint8_t *bytes, size_t len);

/* Leave the choice.  The entries stay marked, for a command. */
void pick_leave(struct frontend *f);
/* Leave the choice, and forget it. */
void pick_end(struct frontend *f);

#endif
