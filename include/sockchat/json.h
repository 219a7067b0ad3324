/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A writer of JSON (RFC 8259) for one object a line, which is valid whatever
 * it is given.  Nothing it writes can move a terminal: controls, DEL, C1 and
 * format characters come as \uNNNN. */

#ifndef SOCKCHAT_JSON_H
#define SOCKCHAT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/error.h>

/* `out` is borrowed until json_end().  Members come in the order of the
 * calls. */
struct json {
	struct bytes *out;
	bool has_member;
	bool failed; /* no memory: what is there is not to be used */
};

void json_begin(struct json *j, struct bytes *out);
/* Members as they were written for another object, with the comma before
 * them. */
void json_again(struct json *j, const char *members, size_t len);
/* A word of ours, in which nothing needs an escape. */
void json_word(struct json *j, const char *name, const char *value);
void json_text(struct json *j, const char *name, const char *value);
/* Any bytes.  One that is not UTF-8 becomes the four characters \xNN, which a
 * text may have as well: json_base64() is for bytes that a reader must get back
 * exactly. */
void json_bytes(struct json *j, const char *name, const uint8_t *bytes,
                size_t len);
/* The same for plain ASCII, of which a newline may be the end; false for all
 * else, and nothing is written. */
bool json_plain(struct json *j, const char *name, const uint8_t *bytes,
                size_t len);
void json_base64(struct json *j, const char *name, const uint8_t *bytes,
                 size_t len);
/* Two digits a byte, in lower case. */
void json_hex(struct json *j, const char *name, const uint8_t *bytes,
              size_t len);
/* What JSON has besides: a number as it is written, true. */
void json_literal(struct json *j, const char *name, const char *value);
void json_number(struct json *j, const char *name, uint64_t value);
/* Thousandths: 1234 becomes 1.234. */
void json_milli(struct json *j, const char *name, uint64_t value);
/* Open a member that has members: '{' for an object or '[' for a list, whose
 * members have "" as their names. */
void json_open(struct json *j, const char *name, char mark);
/* Close it by '}' or ']'. */
void json_close(struct json *j, char mark);
void json_bool(struct json *j, const char *name, bool value);
/* Close the object and end the line.  -1 when anything failed. */
MUST_USE int json_end(struct json *j);

#endif
