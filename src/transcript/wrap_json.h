/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages that are JSON, laid out with their tokens below each other. */

#ifndef TRANSCRIPT_WRAP_JSON_H
#define TRANSCRIPT_WRAP_JSON_H

#include "wrap_private.h"

#define WRAP_FAULT_MAX 192

/* Find out whether the payload is JSON, from its byte `begin` on, if that is
 * asked for: l->json and l->fault say it. */
void wrap_judge_json(struct layout *l, const struct entry *e, size_t begin,
                     size_t end);

/* Lay the payload that begins with the byte `begin` from its byte `at` on.
 * Returns where it ends. */
size_t wrap_lay_json(struct layout *l, size_t begin, size_t at, size_t end);

/* Why a message is not indented; NULL when nobody has to be told. */
const char *wrap_json_fault(char text[WRAP_FAULT_MAX], const struct layout *l,
                            const struct entry *e);

#endif
