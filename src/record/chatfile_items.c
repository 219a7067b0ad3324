/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What stands behind a mark: "TEXT", hex, pack, file, /EXPRESSION/, "...",
 * fin, rst, starttls. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/escape.h>
#include <sockchat/glyph.h>
#include <sockchat/hextext.h>
#include <sockchat/spell.h>
#include <sockchat/unpack.h>

#include "chatfile_private.h"

#define SHOWN_MAX 24 /* bytes of a word in a complaint */

void chat_reader_finish(struct chat_reader *r)
{
	bytes_finish(&r->step.bytes);
	bytes_finish(&r->name_room);
	free(r->fills);
}

int chat_reader_refuse(const struct chat_reader *r, size_t at, struct error *e,
                       const char *format, ...)
{
	struct error what;
	va_list args;
	va_start(args, format);
	error_vset(&what, format, args);
	va_end(args);
	return line_refuse(r->name, &r->line, at, e, "%s", what.text);
}

static int refuse_part(const struct chat_reader *r, size_t at,
                       const struct error *why, struct error *e)
{
	return chat_refuse_part(r->name, &r->line, at, why, e);
}

void chat_reader_skip_blanks(struct chat_reader *r)
{
	while (chat_line_char(&r->line) == ' ' ||
	       chat_line_char(&r->line) == '\t')
		r->line.at++;
}

bool chat_reader_is_at_end(struct chat_reader *r)
{
	chat_reader_skip_blanks(r);
	return r->line.at == r->line.len || chat_line_char(&r->line) == '#';
}

size_t chat_reader_word(const struct chat_reader *r)
{
	const char *text = r->line.text;
	size_t i = r->line.at;
	while (i < r->line.len && text[i] != ' ' && text[i] != '\t' &&
	       text[i] != '"')
		i++;
	return i - r->line.at;
}

bool chat_reader_is_at(const struct chat_reader *r, const char *word,
                       size_t len)
{
	return strlen(word) == len &&
	       memcmp(r->line.text + r->line.at, word, len) == 0;
}

static int append(struct chat_reader *r, const void *bytes, size_t len,
                  struct error *e)
{
	struct error why;
	if (bytes_append(&r->step.bytes, bytes, len) == 0)
		return 0;
	error_set_errno(&why, errno, "no room");
	return refuse_part(r, r->line.at, &why, e);
}

/* Strings */

/* Where the text from the place on meets a quote, a dollar, or `\$`. */
static size_t find_stop(const struct chat_line *l)
{
	size_t i = l->at;
	while (i < l->len) {
		char c = l->text[i];
		if (c == '"' || c == '$')
			return i;
		if (c != '\\')
			i++;
		else if (i + 1 < l->len && l->text[i + 1] == '$')
			return i;
		else
			i += 2;
	}
	return l->len;
}

static int take_text(struct chat_reader *r, size_t to, struct error *e)
{
	const char *from = r->line.text + r->line.at;
	size_t len = to - r->line.at;
	struct error why;
	if (!memchr(from, '\\', len) ? append(r, from, len, e)
	    : escape_parse(&r->step.bytes, from, len, &why)
	        ? refuse_part(r, r->line.at, &why, e) : 0)
		return -1;
	r->line.at = to;
	return 0;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The length of the name at `at`: a number from 1 on, or a word; 0 for none. */
static size_t name_length(const struct chat_line *l, size_t at)
{
	size_t i = at;
	bool is_number = at < l->len && is_digit(l->text[at]);
	while (i < l->len && (is_digit(l->text[i]) ||
	                      (!is_number && is_letter(l->text[i]))))
		i++;
	return is_number && l->text[at] == '0' ? 0 : i - at;
}

static int add_fill(struct chat_reader *r, const char *name, size_t len,
                    struct error *e)
{
	size_t count = r->step.fill_count;
	if (count == CHATFILE_FILLS_MAX)
		return chat_reader_refuse(r, r->line.at, e, "a step has at "
		                          "most %d ${...}",
		                          CHATFILE_FILLS_MAX);
	struct chat_fill *fills = array_grow(r->fills, &r->fill_cap, count,
	                                     sizeof(*fills));
	if (!fills)
		return error_set_errno(e, ENOMEM, "cannot read %s", r->name);
	r->step.fills = r->fills = fills;
	fills[count] = (struct chat_fill){
		.at = r->step.bytes.len,
		.line = r->line.number,
		.column = r->line.at + 1,
	};
	memcpy(fills[count].name, name, len);
	r->step.fill_count++;
	return 0;
}

/* A dollar alone is one. */
static int take_dollar(struct chat_reader *r, struct error *e)
{
	struct chat_line *l = &r->line;
	if (l->at + 1 == l->len || l->text[l->at + 1] != '{')
		return append(r, "$", 1, e) ? -1 : (l->at++, 0);
	size_t len = name_length(l, l->at + 2), end = l->at + 2 + len;
	if (!len || end == l->len || l->text[end] != '}')
		return chat_reader_refuse(
		    r, l->at, e, "after ${ comes the name or the number of a "
		    "group, as ${token} or ${1}; write \\${ for a plain ${");
	if (len > CHATFILE_NAME_MAX)
		return chat_reader_refuse(r, l->at, e, "the name of a group "
		                          "has at most %d characters",
		                          CHATFILE_NAME_MAX);
	if (add_fill(r, l->text + l->at + 2, len, e))
		return -1;
	l->at = end + 1;
	return 0;
}

static int take_escaped_dollar(struct chat_reader *r, struct error *e)
{
	if (append(r, "$", 1, e))
		return -1;
	r->line.at += 2;
	return 0;
}

int chat_read_string(struct chat_reader *r, struct error *e)
{
	struct chat_line *l = &r->line;
	size_t quote = l->at++;
	for (;;) {
		size_t stop = find_stop(l);
		if (stop == l->len)
			return chat_reader_refuse(r, quote, e, "the string "
			                          "that begins here has no "
			                          "closing quote");
		if (take_text(r, stop, e))
			return -1;
		char c = l->text[stop];
		if (c == '"')
			return l->at++, 0;
		if (c == '$' ? take_dollar(r, e) : take_escaped_dollar(r, e))
			return -1;
	}
}

/* Other bytes */

static int refuse_quote(struct chat_reader *r, const char *example,
                        struct error *e)
{
	return chat_reader_refuse(r, r->line.at, e, "a quote is missing: %s",
	                          example);
}

/* As recorders write it: pairs of digits, and blanks.  Returns how much of the
 * text that is. */
static size_t take_pairs(struct bytes *out, const char *text, size_t len)
{
	size_t i = 0;
	if (bytes_reserve(out, len / 2))
		return 0;
	while (i < len) {
		int byte = escape_hex_pair(text, len, i);
		if (byte < 0)
			break;
		out->data[out->len++] = (uint8_t)byte;
		i += 2;
		while (i < len && text[i] == ' ')
			i++;
	}
	return i;
}

static int read_hex(struct chat_reader *r, struct error *e)
{
	struct chat_line *l = &r->line;
	chat_reader_skip_blanks(r);
	if (chat_line_char(l) != '"')
		return refuse_quote(r, "hex \"0d 0a ff\"", e);
	const char *text = l->text + l->at + 1;
	const char *end = memchr(text, '"', l->len - l->at - 1);
	size_t len = end ? (size_t)(end - text) : 0;
	size_t before = r->step.bytes.len;
	struct error why;
	if (!end)
		return chat_reader_refuse(r, l->at, e, "the string that begins "
		                          "here has no closing quote");
	if (take_pairs(&r->step.bytes, text, len) < len) {
		r->step.bytes.len = before;
		if (hextext_parse(&r->step.bytes, text, len, &why))
			return refuse_part(r, l->at + 1, &why, e);
	}
	l->at += len + 2;
	return 0;
}

/* The length of the word at `at`, with its quotes; to the end of the line if it
 * has no closing one. */
static size_t word_length(const struct chat_line *l, size_t at)
{
	size_t i = at;
	char quote = l->text[at];
	if (quote != '"' && quote != '\'') {
		while (i < l->len && l->text[i] != ' ' && l->text[i] != '\t')
			i++;
		return i - at;
	}
	for (i++; i < l->len && l->text[i] != quote; i++)
		i += l->text[i] == '\\';
	return (i < l->len ? i + 1 : l->len) - at;
}

/* A sentence about the FORMAT that begins at `at` has a column in it. */
static int refuse_pack(const struct chat_reader *r, size_t at, bool is_quoted,
                       const struct error *why, struct error *e)
{
	static const char format[] = "FORMAT: ";
	struct error what = *why;
	const char *inner = why->text + sizeof(format) - 1;
	if (strncmp(why->text, format, sizeof(format) - 1) == 0 &&
	    strncmp(inner, "column ", 7) == 0) {
		memmove(what.text, what.text + sizeof(format) - 1,
		        strlen(inner) + 1);
		at += is_quoted;
	}
	return refuse_part(r, at, &what, e);
}

/* FORMAT tells how many words are its values. */
static int read_pack(struct chat_reader *r, struct error *e)
{
	struct chat_line *l = &r->line;
	struct error why;
	chat_reader_skip_blanks(r);
	if (l->at == l->len)
		return chat_reader_refuse(r, l->at, e, "FORMAT and its values "
		                          "are missing: pack \">HI\" 3 500");
	size_t begin = l->at, len = word_length(l, begin);
	bool is_quoted = l->text[begin] == '"' || l->text[begin] == '\'';
	size_t inner = !is_quoted ? len : len > 1 ? len - 2 : 0;
	uint64_t left = unpack_values(l->text + begin + is_quoted, inner);
	l->at += len;
	size_t end = l->at;
	for (; left && !chat_reader_is_at_end(r); left--)
		end = l->at += word_length(l, l->at);
	l->at = end;
	if (pack_parse(&r->step.bytes, l->text + begin, end - begin, &why))
		return refuse_pack(r, begin, is_quoted, &why, e);
	return 0;
}

/* Take the bytes from `from` on off the step, as a name. */
static int take_name(struct chat_reader *r, size_t from, struct error *e)
{
	struct bytes *b = &r->step.bytes;
	bytes_clear(&r->name_room);
	int failed = bytes_append(&r->name_room, b->data + from, b->len - from);
	b->len = from;
	return failed ? error_set_errno(e, errno, "cannot read %s", r->name)
	              : 0;
}

static int read_file(struct chat_reader *r, struct error *e)
{
	size_t from = r->step.bytes.len, fills = r->step.fill_count;
	struct error why;
	chat_reader_skip_blanks(r);
	size_t quote = r->line.at;
	if (chat_line_char(&r->line) != '"')
		return refuse_quote(r, "file \"NAME\"", e);
	if (chat_read_string(r, e) || take_name(r, from, e))
		return -1;
	const char *name = bytes_text(&r->name_room);
	if (r->step.fill_count > fills)
		return chat_reader_refuse(r, quote, e, "the name of a file "
		                          "cannot have ${...} in it");
	if (strlen(name) != r->name_room.len)
		return chat_reader_refuse(r, quote, e, "the name of a file "
		                          "cannot have \\0 in it");
	if (r->folder < 0)
		return chat_reader_refuse(r, quote, e, "there is no folder "
		                          "to look for it");
	if (chat_read_beneath(&r->step.bytes, r->folder, name, &why))
		return refuse_part(r, quote, &why, e);
	return 0;
}

/* Expressions */

int chat_read_expression(struct chat_reader *r, struct error *e)
{
	struct chat_line *l = &r->line;
	size_t begin = l->at + 1, i = begin;
	while (i < l->len && l->text[i] != '/')
		i += l->text[i] == '\\' ? 2 : 1;
	if (i >= l->len)
		return chat_reader_refuse(r, l->at, e, "the expression that "
		                          "begins here has no closing slash");
	if (append(r, l->text + begin, i - begin, e))
		return -1;
	l->at = i + 1;
	return 0;
}

/* Items */

/* The first two begin with a sign, which may have anything behind it. */
static const struct item {
	const char *word;
	enum chat_step_kind kind;
	int (*read)(struct chat_reader *r, struct error *e);
} items[] = {
	{ "\"", CHAT_BYTES, chat_read_string },
	{ "/", CHAT_MATCH, chat_read_expression },
	{ "hex", CHAT_BYTES, read_hex },
	{ "pack", CHAT_BYTES, read_pack },
	{ "file", CHAT_BYTES, read_file },
	{ "...", CHAT_ANY, NULL },
	{ "fin", CHAT_FIN, NULL },
	{ "rst", CHAT_RST, NULL },
	{ "starttls", CHAT_STARTTLS, NULL },
};
#define SIGNS 2
#define ITEMS (sizeof(items) / sizeof(items[0]))

static const char *item_name(const void *list, size_t i)
{
	(void)list;
	return i + SIGNS < ITEMS ? items[i + SIGNS].word : NULL;
}

static int refuse_item(const struct chat_reader *r, size_t len,
                       struct error *e)
{
	static const struct spell_names names = { .name = item_name,
	                                          .sign = "" };
	char shown[SHOWN_MAX + 16], guess[SPELL_MAX];
	const char *word = r->line.text + r->line.at;
	len = len ? len : 1;
	glyph_copy_bytes(shown, sizeof(shown), (const uint8_t *)word, len,
	                 GLYPH_ANY_WIDTH);
	spell_guess(guess, &names, word, len);
	chat_reader_refuse(r, r->line.at, e, "'%s' is none of \"TEXT\", hex, "
	                   "pack, file, /EXPRESSION/, ..., fin, rst and "
	                   "starttls: text must be in quotes", shown);
	if (*guess)
		error_set_hint(e, "%s", guess);
	return -1;
}

static const struct item *find_item(struct chat_reader *r, struct error *e)
{
	size_t len = chat_reader_word(r), i = 0;
	for (; i < SIGNS; i++)
		if (chat_line_char(&r->line) == *items[i].word)
			return &items[i];
	while (i < ITEMS && !chat_reader_is_at(r, items[i].word, len))
		i++;
	if (i == ITEMS)
		return refuse_item(r, len, e), NULL;
	r->line.at += len;
	return &items[i];
}

/* Only bytes go together. */
static int set_kind(struct chat_reader *r, const struct item *item, size_t at,
                    struct error *e)
{
	struct chat_step *s = &r->step;
	bool is_bytes = item->kind == CHAT_BYTES && s->kind == CHAT_BYTES;
	if (r->has_item && !is_bytes)
		return chat_reader_refuse(
		    r, at, e, "only \"TEXT\", hex, pack and file can be "
		    "combined: each other one is a step with its own mark");
	if (!r->has_item) {
		s->kind = item->kind;
		s->item_line = r->line.number;
		s->item_column = at + 1;
		r->has_item = true;
	}
	return 0;
}

static int read_item(struct chat_reader *r, struct error *e)
{
	size_t at = r->line.at;
	const struct item *item = find_item(r, e);
	if (!item || set_kind(r, item, at, e) ||
	    (item->read && item->read(r, e)))
		return -1;
	at = r->line.at;
	if (!chat_reader_is_at_end(r) && r->line.at == at)
		return chat_reader_refuse(r, at, e, "a blank must follow here");
	return 0;
}

int chat_read_items(struct chat_reader *r, struct error *e)
{
	while (!chat_reader_is_at_end(r))
		if (read_item(r, e))
			return -1;
	return 0;
}
