/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files about traps share. */

#ifndef DIAGNOSE_TRAPS_PRIVATE_H
#define DIAGNOSE_TRAPS_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* traps_text.c */

/* True if the last bytes are text, whose first character may be cut. */
bool is_text_before(const uint8_t *bytes, size_t len);
/* Text with a NUL behind it, and perhaps more of the same. */
bool is_nul_text(const uint8_t *bytes, size_t len);
/* Letters of ASCII in UTF-16, of either order. */
bool is_utf16_text(const uint8_t *bytes, size_t len);
/* Text, and NULs up to the end of a buffer; perhaps several of them. */
bool is_padded_text(const uint8_t *bytes, size_t len);
/* Text, in lines whatever their ends are. */
bool is_plain_text(const uint8_t *bytes, size_t len);

/* requests.c */

/* A line by which clients of a protocol begin, which has to end in CR LF. */
struct request_row {
	const char *name; /* of the protocol */
	const char *line; /* a pattern of fnmatch(3), whatever its case */
	unsigned words;   /* so many; 0: at least those of the pattern */
	bool has_head;    /* lines follow, and an empty one at the end */
	bool greets;      /* the server speaks first */
};

/* NULL: it is none of them.  The line has its ending with it. */
const struct request_row *request_of(const uint8_t *line, size_t len);
/* True if this answer complains that the request is none. */
bool is_complaint(const uint8_t *bytes, size_t len);

#endif
