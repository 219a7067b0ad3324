/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why bytes are no messages of a frame, in words. */

#include <inttypes.h>
#include <stdio.h>

#include <sockchat/escape.h>
#include <sockchat/number.h>

#include "frame_private.h"

#define QUOTE_MAX 24 /* bytes of a peer's that are shown */

struct quote {
	char text[4 * QUOTE_MAX + 4];
};

/* Show how a peer's bytes begin, as /send would be given them. */
static const char *quote_bytes(struct quote *q, const uint8_t *bytes,
                               size_t len)
{
	size_t n = len < QUOTE_MAX ? len : QUOTE_MAX;
	*q->text = '\0';
	for (size_t i = 0; i < n; i++) {
		char letter = escape_letter(bytes[i]);
		bool is_plain = bytes[i] >= 0x20 && bytes[i] < 0x7f;
		if (letter)
			text_add(q->text, sizeof(q->text), "\\%c", letter);
		else
			text_add(q->text, sizeof(q->text),
			         is_plain ? "%c" : "\\x%02x", bytes[i]);
	}
	if (n < len)
		text_add(q->text, sizeof(q->text), "%s", "…");
	return q->text;
}

/* The length field of a message that is wrong. */
struct field {
	const uint8_t *bytes;
	size_t len;
};

static struct field field_of(const struct frame_message *now,
                             const struct frame_seen *seen)
{
	size_t at = now->prefix_at < seen->len ? now->prefix_at : seen->len;
	size_t left = seen->len - at;
	return (struct field){ seen->bytes + at,
		               now->prefix < left ? now->prefix : left };
}

static bool is_text(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((bytes[i] < 0x20 || bytes[i] > 0x7e) &&
		    bytes[i] != '\r' && bytes[i] != '\n')
			return false;
	return len > 1;
}

/* What is most likely meant */

/* Each sees one mistake, and adds to the sentence what to do about it. */
typedef bool doubt_fn(const struct frame *f, const struct frame_message *now,
                      const struct frame_seen *seen, struct error *e);

static bool is_plain_field(const struct frame *f)
{
	return f->kind->has_length &&
	       f->kind->row.field == FRAME_FIELD_BINARY;
}

/* A length in the bytes of a binary field. */
static uint64_t read_length(const struct frame *f, const uint8_t *bytes)
{
	return number_read_bits(bytes, f->kind->row.size, f->is_little);
}

static bool is_possible(const struct frame *f, uint64_t value)
{
	int64_t total = value <= f->max ? (int64_t)value + f->add : -1;
	return value && total >= 0 && (uint64_t)total <= f->max;
}

static void propose(const struct frame *f, const char *what, struct error *e)
{
	char spec[FRAME_SPEC_MAX];
	frame_format(f, spec);
	text_add(e->text, sizeof(e->text), ": %s try /frame %s", what, spec);
}

/* The message before took as many bytes of this one as stand up to the end of
 * its length: the length counts those as well. */
static bool counts_itself(const struct frame *f,
                          const struct frame_message *now,
                          const struct frame_seen *seen, struct error *e)
{
	struct frame other = *f;
	size_t head = (size_t)f->at + f->kind->row.size;
	(void)now;
	if (!is_plain_field(f) || f->add || seen->before_len < 2 * head)
		return false;
	uint64_t was = read_length(f, seen->before + f->at);
	uint64_t next = read_length(f, seen->before + seen->before_len -
	                                   f->kind->row.size);
	other.add = -(int64_t)head;
	if (was != seen->before_len - head || next < head ||
	    !is_possible(&other, next))
		return false;
	propose(&other, "does a length count itself?", e);
	return true;
}

static bool is_swapped(const struct frame *f, const struct frame_message *now,
                       const struct frame_seen *seen, struct error *e)
{
	struct frame other = *f;
	struct field field = field_of(now, seen);
	char what[64];
	if (!is_plain_field(f) || f->kind->row.size < 2 ||
	    field.len != f->kind->row.size)
		return false;
	other.is_little = !f->is_little;
	uint64_t value = read_length(&other, field.bytes);
	if (!is_possible(&other, value))
		return false;
	snprintf(what, sizeof(what),
	         "read the other way round it is %" PRIu64 ":", value);
	propose(&other, what, e);
	return true;
}

static bool has_text(const struct frame *f, const struct frame_message *now,
                     const struct frame_seen *seen, struct error *e)
{
	struct field field = field_of(now, seen);
	struct quote q;
	if (f->kind->row.field != FRAME_FIELD_BINARY ||
	    !is_text(field.bytes, field.len))
		return false;
	text_add(e->text, sizeof(e->text), ": its bytes are the text \"%s\": "
	         "is this a line protocol?",
	         quote_bytes(&q, field.bytes, field.len));
	return true;
}

/* The peer's very first bytes are the head of a record of TLS, which some
 * length could be in the other order as well. */
static bool is_tls(const struct frame *f, const struct frame_message *now,
                   const struct frame_seen *seen, struct error *e)
{
	const uint8_t *b = field_of(now, seen).bytes;
	if (f->kind->row.field != FRAME_FIELD_BINARY || seen->before_len ||
	    field_of(now, seen).len < 3 || b[0] < 0x14 || b[0] > 0x17 ||
	    b[1] != 3 || b[2] > 4)
		return false;
	text_add(e->text, sizeof(e->text), ": TLS begins with such bytes");
	return true;
}

static void doubt(const struct frame *f, const struct frame_message *now,
                  const struct frame_seen *seen, struct error *e)
{
	static doubt_fn *const doubts[] = { counts_itself, has_text, is_tls,
		                            is_swapped };
	for (size_t i = 0; i < sizeof(doubts) / sizeof(*doubts); i++)
		if (doubts[i](f, now, seen, e))
			return;
	if (f->kind->has_length && now->wrong == FRAME_TOO_LONG)
		error_set_hint(e, "max=SIZE raises the limit, up to a quarter "
		                  "of --scrollback");
}

/* What cannot be */

typedef void explain_fn(const struct frame *f, const struct frame_message *now,
                        const struct frame_seen *seen, struct error *e);

static void explain_long(const struct frame *f,
                         const struct frame_message *now,
                         const struct frame_seen *seen, struct error *e)
{
	char max[NUMBER_BYTES_MAX];
	number_format_bytes(max, f->max);
	if (f->kind->traits & FRAME_BOUNDED && now->value == f->max) {
		error_set(e, "a message has no end within the limit of %s",
		          max);
		return;
	}
	error_set(e, "length %" PRIu64 " is over the limit of %s", now->value,
	          max);
	doubt(f, now, seen, e);
}

static void explain_short(const struct frame *f,
                          const struct frame_message *now,
                          const struct frame_seen *seen, struct error *e)
{
	if (f->kind->has_length)
		error_set(e, "length %" PRIu64 " is too short: with add=%d it "
		             "must be at least %d", now->value, (int)f->add,
		          (int)-f->add);
	else
		error_set(e, "length %" PRIu64 " is too short: it counts its "
		          "own %d bytes", now->value, f->kind->row.size);
	doubt(f, now, seen, e);
}

static void explain_varint(const struct frame *f,
                           const struct frame_message *now,
                           const struct frame_seen *seen, struct error *e)
{
	struct quote q;
	struct field field = field_of(now, seen);
	error_set(e, "\"%s\" is not a length: a length has at most %d bytes%s",
	          quote_bytes(&q, field.bytes, field.len), f->kind->row.size,
	          f->kind->row.size == 10 ? " and 64 bits" : "");
}

static void explain_digits(const struct frame *f,
                           const struct frame_message *now,
                           const struct frame_seen *seen, struct error *e)
{
	struct quote q;
	struct field field = field_of(now, seen);
	size_t left = seen->len - (size_t)(field.bytes - seen->bytes);
	field.len = f->count < left ? (size_t)f->count : left;
	bool is_hex = f->kind->row.field == FRAME_FIELD_HEX;
	error_set(e, "\"%s\" is not a length of %" PRIu64 " %sdigit%s%s",
	          quote_bytes(&q, field.bytes, field.len), f->count,
	          is_hex ? "hex " : "", plural(f->count),
	          is_text(field.bytes, field.len)
	              ? ": is this a line protocol?" : "");
}

static void explain_netstring(const struct frame *f,
                              const struct frame_message *now,
                              const struct frame_seen *seen, struct error *e)
{
	struct quote q;
	size_t at = (size_t)now->value + now->prefix;
	(void)f;
	if (now->wrong == FRAME_NO_LENGTH || at >= seen->len)
		error_set(e, "\"%s\" is not a netstring: one begins with up to "
		             "10 digits and a colon, like 5:hello,",
		          quote_bytes(&q, seen->bytes, seen->len));
	else
		error_set(e, "a comma ends a netstring: after the %" PRIu64
		          " byte%s of this one comes \"%s\"", now->value,
		          plural(now->value),
		          quote_bytes(&q, seen->bytes + at, 1));
}

static void explain_other(const struct frame *f,
                          const struct frame_message *now,
                          const struct frame_seen *seen, struct error *e)
{
	const char *no_length = f->kind->no_length;
	const char *what =
	    now->wrong == FRAME_NO_END ? "its end is not where it should be"
	    : now->wrong != FRAME_NO_LENGTH ? NULL
	    : no_length ? no_length : "there is no length where one should be";
	struct quote q;
	error_set(e, "this is not a message of %s%s%s: \"%s\"", f->kind->name,
	          what ? ", " : "", what ? what : "",
	          quote_bytes(&q, seen->bytes, seen->len));
}

/* Who explains a field, or its end, that is wrong. */
static explain_fn *const field_explainers[] = {
	[FRAME_FIELD_BINARY] = explain_other,
	[FRAME_FIELD_VARINT] = explain_varint,
	[FRAME_FIELD_DEC] = explain_digits,
	[FRAME_FIELD_HEX] = explain_digits,
	[FRAME_FIELD_COLON] = explain_netstring,
};

void frame_explain(const struct frame *f, const struct frame_state *s,
                   const struct frame_seen *seen, struct error *e)
{
	const struct frame_message *now = &s->now;
	if (now->wrong == FRAME_TOO_LONG)
		explain_long(f, now, seen, e);
	else if (now->wrong == FRAME_TOO_SHORT)
		explain_short(f, now, seen, e);
	else
		field_explainers[f->kind->row.field](f, now, seen, e);
}

/* The bytes that are missing are as many as those before the end of the length:
 * it may count them as well. */
static void doubt_end(const struct frame *f, const struct frame_message *now,
                      uint64_t missing, struct error *e)
{
	struct frame other = *f;
	char spec[FRAME_SPEC_MAX];
	uint64_t head = (uint64_t)now->prefix_at + now->prefix;
	if (!is_plain_field(f) || f->add || missing != head)
		return;
	other.add = -(int64_t)head;
	frame_format(&other, spec);
	error_set_hint(e, "does the length count itself? try /frame %s", spec);
}

void frame_explain_end(const struct frame *f, const struct frame_state *s,
                       const char *how, struct error *e)
{
	const struct frame_message *now = &s->now;
	uint64_t head = (uint64_t)now->prefix_at + now->prefix;
	uint64_t came = now->len > head ? now->len - head : 0;
	if (now->total) {
		error_set(e, "a message is not whole: %" PRIu64 " of %" PRIu64
		          " bytes came before %s", came, now->total, how);
		doubt_end(f, now, now->total - came, e);
	} else {
		error_set(e, "a message is not whole: %" PRIu64
		          " byte%s of it came before %s", now->len,
		          plural(now->len), how);
	}
}
