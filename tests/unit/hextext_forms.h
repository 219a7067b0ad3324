/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes written as the programs write them from whose output people paste. */

#ifndef TESTS_HEXTEXT_FORMS_H
#define TESTS_HEXTEXT_FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/hexdump.h>
#include <sockchat/hextext.h>
#include <sockchat/quote.h>

/* A row of a dump, as printf() formats and numbers. */
struct dump_form {
	const char *offset; /* of a size_t */
	size_t per_row, group;
	const char *half;  /* in front of the ninth byte */
	const char *gap;   /* in front of the characters; NULL: without them */
	const char *open, *close;
	bool is_padded, has_end; /* with the last offset alone */
};

struct hextext_form {
	const char *before, *each, *between, *after; /* "%02x" for a byte */
	struct dump_form dump;
	enum quote_form quote;
	bool is_quote, may_be_refused, is_ours;
};

#define DUMP(...) .dump = { __VA_ARGS__ }

#define EACH(b, e, m, a)                                                       \
	{                                                                      \
		.before = (b), .each = (e), .between = (m), .after = (a)       \
	}

static const struct hextext_form hextext_forms[] = {
	EACH("", "%02x", " ", ""),
	EACH("", "%02x", "", ""),
	EACH(" ", "%02X", ":", "\n"),
	EACH("", "0x%02x", ", ", ""),
	EACH("", "0x%x", ", ", ""),
	EACH("", "\\x%02x", "", ""),
	EACH("{", "0x%02x", ",", ",}"),
	EACH("[", "0x%02X", ", ", "]"),
	EACH("unsigned char a[] = { ", "0x%02x", ", ", " };"),
	EACH("static const uint8_t a_b[] =\n{\n\t", "0x%x", ", /* x */\n\t",
	     "\n};\n"),
	{ .is_quote = true, .quote = QUOTE_HEX },
	{ .is_quote = true, .quote = QUOTE_PYTHON },
	{ .is_quote = true, .quote = QUOTE_C, .may_be_refused = true },
	/* xxd, xxd -g1, -g0, -d, -c7; tcpdump -X and -x */
	{ DUMP("%08zx:", 16, 2, "", "  ", "", "", true, false) },
	{ DUMP("%08zx:", 16, 1, "", "  ", "", "", true, false) },
	{ DUMP("%08zu:", 16, 2, "", "  ", "", "", true, false) },
	{ DUMP("%08zx:", 7, 2, "", "  ", "", "", true, false) },
	{ DUMP("\t0x%04zx: ", 16, 2, "", "  ", "", "", true, false) },
	{ DUMP("\t0x%04zx: ", 16, 2, "", NULL, "", "", false, false) },
	/* hexdump -C; od -tx1, -tx1z, -Ax -tx1z, -Ad -tx1 */
	{ DUMP("%08zx ", 16, 1, " ", "  ", "|", "|", true, true) },
	{ DUMP("%07zo", 16, 1, "", NULL, "", "", false, true) },
	{ DUMP("%07zo", 16, 1, "", "  ", ">", "<", true, true) },
	{ DUMP("%06zx", 16, 1, "", "  ", ">", "<", true, true) },
	{ DUMP("%07zu", 16, 1, "", NULL, "", "", false, true) },
	/* Wireshark, tshark -x, text2pcap */
	{ DUMP("%04zx  ", 16, 1, "", "   ", "", "", true, false) },
	{ DUMP("%04zx ", 16, 1, " ", "   ", "", "", true, false) },
	{ DUMP("%06zx", 16, 1, "", " ", "", "", false, false),
	  .may_be_refused = true },
	{ .is_ours = true, DUMP(.per_row = 16) },
	{ .is_ours = true, DUMP(.per_row = 8) },
	{ .is_ours = true, DUMP(.per_row = 1) },
};

#define HEXTEXT_FORMS (sizeof(hextext_forms) / sizeof(hextext_forms[0]))

static inline void add_columns(struct bytes *out, const struct dump_form *f,
                               const uint8_t *bytes, size_t len)
{
	for (size_t i = len; f->is_padded && i < f->per_row; i++)
		bytes_printf(out, "  %s%s", i % f->group ? "" : " ",
		             i == 8 ? f->half : "");
	bytes_printf(out, "%s%s", f->gap, f->open);
	for (size_t i = 0; i < len; i++)
		bytes_append_byte(out, bytes[i] >= ' ' && bytes[i] < 0x7f
		                           ? bytes[i] : '.');
	bytes_append_text(out, f->close);
}

static inline void add_row(struct bytes *out, const struct dump_form *f,
                           const uint8_t *bytes, size_t len, size_t offset)
{
	/* one of %zx, %zo, %zu, which the table has */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	bytes_printf(out, f->offset, offset);
	for (size_t i = 0; i < len; i++)
		bytes_printf(out, "%s%s%02x", i == 8 ? f->half : "",
		             i % f->group ? "" : " ", bytes[i]);
	if (f->gap && len)
		add_columns(out, f, bytes, len);
	bytes_append_byte(out, '\n');
}

static inline void add_each(struct bytes *out, const struct hextext_form *f,
                            const uint8_t *bytes, size_t len)
{
	bytes_append_text(out, f->before);
	for (size_t i = 0; i < len; i++) {
		bytes_append_text(out, i ? f->between : "");
		bytes_printf(out, f->each, bytes[i]);
	}
#pragma GCC diagnostic pop
	bytes_append_text(out, f->after);
}

static inline void add_our_rows(struct bytes *out, size_t per_row,
                                const uint8_t *bytes, size_t len)
{
	char row[HEXDUMP_ROW_MAX];
	for (size_t at = 0; at < len; at += per_row) {
		hexdump_row(row, bytes, len, at, per_row);
		bytes_printf(out, "%s%s\n",
		             at ? "           " : "12:34:56 > ", row);
	}
}

/* Write them in this form.  There is at least one. */
static inline void hextext_write(struct bytes *out,
                                 const struct hextext_form *f,
                                 const uint8_t *bytes, size_t len)
{
	size_t per_row = f->dump.per_row;
	if (f->is_quote && quote_append(out, f->quote, bytes, len))
		abort();
	if (f->is_ours)
		add_our_rows(out, per_row, bytes, len);
	if (f->each)
		add_each(out, f, bytes, len);
	for (size_t at = 0; f->dump.offset && at < len; at += per_row)
		add_row(out, &f->dump, bytes + at,
		        len - at < per_row ? len - at : per_row, at);
	if (f->dump.has_end)
		add_row(out, &f->dump, bytes, 0, len);
}

#endif
