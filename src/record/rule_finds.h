/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a rule makes of a message: pure. */

#ifndef RECORD_RULE_FINDS_H
#define RECORD_RULE_FINDS_H

#include "rulebook.h"

struct rule_message {
	enum entry_dir dir;
	const uint8_t *bytes, *payload; /* all of them, and without the frame */
	size_t len, payload_len;
};

/* Whether the rule is about the message; then these are the bytes in which its
 * expression was found.  It is looked for in all of them, and then in the
 * payload; by a change, in the payload alone. */
enum expression_found rule_finds(const struct rule *r,
                                 const struct rule_message *m,
                                 const uint8_t **bytes, size_t *len);

/* Of a change that has just FOUND: append the payload, with the rule's text in
 * place of each match.  TOO_LONG also when `out` has no room for it. */
enum expression_found rule_change(const struct rule *r,
                                  const struct rule_message *m,
                                  struct bytes *out);

#endif
