/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A SPEC, read and written: KIND[:ARG][,OPTION]... */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/escape.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>
#include <sockchat/spell.h>
#include <sockchat/utf8.h>

#include "frame_private.h"

#define FIXED_MAX  (1L << 30) /* of fixed:N */
#define OFFSET_MAX 65535      /* of at=N, and of add=N either way */
#define SIZE_LIMIT ((size_t)1 << 40) /* of max=SIZE: nobody keeps so much */
#define WORD       "%.60s"    /* of the user, in a sentence */

/* Numbers */

/* As number_parse(), for one that may be negative. */
static bool parse_signed(const char *word, long max, int64_t *value)
{
	bool is_negative = *word == '-';
	long read;
	if (!number_parse(word + is_negative, 0, max, &read))
		return false;
	*value = is_negative ? -read : read;
	return true;
}

/* Write "16M": the SIZE that is exactly so many bytes. */
static void add_size(char *out, size_t cap, uint64_t bytes)
{
	static const char units[] = "kMG";
	size_t n = 0;
	for (; n < sizeof(units) - 1 && bytes && bytes % 1024 == 0; n++)
		bytes /= 1024;
	text_add(out, cap, "%" PRIu64 "%.*s", bytes, n != 0,
	         units + (n ? n - 1 : 0));
}

/* What stands behind the colon */

/* Read a TEXT of 1 to FRAME_TEXT_MAX bytes. */
static int read_text(const struct frame *f, const char *word, uint8_t *text,
                     uint8_t *len, struct error *e)
{
	struct bytes read = { .max = FRAME_TEXT_MAX };
	const char *name = f->kind->name;
	size_t space = strcspn(word, " \t");
	struct error why;
	int failed;
	if (word[space])
		return error_set(e, "%s: write the space in its text as \\x20",
		                 name);
	failed = escape_parse(&read, word, space, &why);
	if (!failed) {
		memcpy(text, read.len ? read.data : (uint8_t *)"", read.len);
		*len = (uint8_t)read.len;
	}
	bytes_finish(&read);
	if (failed && *why.code)
		return error_set(e, "%s: a text has at most %d bytes", name,
		                 FRAME_TEXT_MAX);
	return failed ? error_set(e, "%s: in its text, %s", name, why.text) : 0;
}

static int read_end(struct frame *f, const char *arg, char **rest,
                    struct error *e)
{
	(void)rest;
	return read_text(f, arg, f->end, &f->end_len, e);
}

static int read_both(struct frame *f, const char *arg, char **rest,
                     struct error *e)
{
	const char *end = strsep(rest, ",");
	if (!end || !*end)
		return error_set(e, "%s needs a second text: "
		                    "between:\\x02,\\x03", f->kind->name);
	return read_text(f, arg, f->start, &f->start_len, e) ||
	               read_text(f, end, f->end, &f->end_len, e)
	           ? -1 : 0;
}

static int read_number(struct frame *f, const char *arg, long max,
                       const char *what, struct error *e)
{
	long value;
	if (!number_parse(arg, 1, max, &value))
		return error_set(e, "%s:" WORD ": write a number of %s from 1 "
		                    "to %ld", f->kind->name, arg, what, max);
	f->count = (uint64_t)value;
	return 0;
}

static int read_count(struct frame *f, const char *arg, char **rest,
                      struct error *e)
{
	(void)rest;
	return read_number(f, arg, FIXED_MAX, "bytes", e);
}

static int read_digits(struct frame *f, const char *arg, char **rest,
                       struct error *e)
{
	(void)rest;
	return read_number(f, arg, f->kind->row.size, "digits", e);
}

static int read_time(struct frame *f, const char *arg, char **rest,
                     struct error *e)
{
	int64_t ms;
	(void)rest;
	if (!number_parse_duration(arg, &ms) || !ms)
		return error_set(e, "%s:" WORD ": write a time of up to 10 "
		                    "days: 20ms, 1.5s, 2m", f->kind->name,
		                 arg);
	f->count = (uint64_t)ms;
	return 0;
}

static const struct arg_rule {
	int (*read)(struct frame *f, const char *arg, char **rest,
	            struct error *e);
	const char *needs, *example;
} arg_rules[] = {
	[FRAME_ARG_TEXT] = { read_end, "a text", "\\r\\n" },
	[FRAME_ARG_TEXTS] = { read_both, "two texts", "\\x02,\\x03" },
	[FRAME_ARG_COUNT] = { read_count, "a number of bytes", "100" },
	[FRAME_ARG_DIGITS] = { read_digits, "a number of digits", "4" },
	[FRAME_ARG_TIME] = { read_time, "a time", "20ms" },
};

/* Read what stands behind the colon; NULL: there is none. */
static int parse_arg(struct frame *f, const char *arg, char **rest,
                     struct error *e)
{
	const struct arg_rule *rule = &arg_rules[f->kind->arg];
	const char *name = f->kind->name;
	if (!rule->read && arg)
		return error_set(e, "%s needs nothing after it: leave out the "
		                    "colon", name);
	if (!rule->read)
		return 0;
	if (!arg || !*arg)
		return error_set(e, "%s needs %s: %s:%s", name, rule->needs,
		                 name, rule->example);
	return rule->read(f, arg, rest, e);
}

/* What stands behind commas */

static int read_le(struct frame *f, const char *value, struct error *e)
{
	(void)value;
	if (f->kind->row.field != FRAME_FIELD_BINARY)
		return error_set(e, "%s has no byte order: leave out le",
		                 f->kind->name);
	f->is_little = true;
	return 0;
}

static int read_at(struct frame *f, const char *value, struct error *e)
{
	long at;
	if (!number_parse(value, 0, OFFSET_MAX, &at))
		return error_set(e, "at=" WORD ": write a number of bytes from "
		                    "0 to %d", value, OFFSET_MAX);
	f->at = (uint32_t)at;
	return 0;
}

static int read_add(struct frame *f, const char *value, struct error *e)
{
	if (!parse_signed(value, OFFSET_MAX, &f->add))
		return error_set(e, "add=" WORD ": write a number of bytes "
		                    "from %d to %d", value, -OFFSET_MAX,
		                 OFFSET_MAX);
	return 0;
}

static int read_max(struct frame *f, const char *value, struct error *e)
{
	size_t max;
	if (!number_parse_size(value, &max) || !max || max > SIZE_LIMIT)
		return error_set(e, "max=" WORD ": write a size: 4096, 64k, "
		                    "16M", value);
	f->asked_max = f->max = max;
	return 0;
}

static const struct option_rule {
	const char *name;
	int (*read)(struct frame *f, const char *value, struct error *e);
} option_rules[] = {
	{ "le", read_le },
	{ "at=", read_at },
	{ "add=", read_add },
	{ "max=", read_max },
};
#define OPTIONS (sizeof(option_rules) / sizeof(*option_rules))

/* As a spell_name_fn. */
static const char *option_name(const void *list, size_t i)
{
	(void)list;
	return i < OPTIONS ? option_rules[i].name : NULL;
}

static int refuse_option(const struct frame *f, const char *word,
                         struct error *e)
{
	const struct spell_names names = { option_name, NULL, "" };
	const char *name = f->kind->name;
	char guess[SPELL_MAX];
	if (f->kind->arg == FRAME_ARG_TEXT || f->kind->arg == FRAME_ARG_TEXTS)
		return error_set(e, "%s takes no option '" WORD "': write a "
		                    "comma in its text as \\x2c", name, word);
	if (!f->kind->has_length)
		return error_set(e, "%s takes no options: leave out '" WORD "'",
		                 name, word);
	if (strcmp(word, "be") == 0)
		return error_set(e, "big endian is the default: leave out be");
	error_set(e, "%s has no option '" WORD "': le, at=N, add=N or max=SIZE",
	          name, word);
	size_t len = strcspn(word, "=");
	spell_guess(guess, &names, word, len + (word[len] == '='));
	error_set_hint(e, "%s", guess);
	return -1;
}

static int parse_option(struct frame *f, const char *word, unsigned *seen,
                        struct error *e)
{
	size_t i = 0, len = strcspn(word, "=");
	len += word[len] == '=';
	while (i < OPTIONS && (strlen(option_rules[i].name) != len ||
	                       memcmp(option_rules[i].name, word, len) != 0))
		i++;
	if (i == OPTIONS || !f->kind->has_length)
		return refuse_option(f, word, e);
	if (*seen & 1u << i)
		return error_set(e, "%.*s is given twice", (int)len, word);
	*seen |= 1u << i;
	return option_rules[i].read(f, word + len, e);
}

/* The whole */

/* As a spell_name_fn. */
static const char *kind_name(const void *list, size_t i)
{
	const struct frame_kind *kind = frame_kind(i);
	(void)list;
	return kind ? kind->name : NULL;
}

/* Say what could be meant by "u32le": the kind, and le as an option. */
static bool guess_order(const char *word, struct error *e)
{
	size_t len = strlen(word);
	char name[16];
	bool is_little = len > 2 && strcmp(word + len - 2, "le") == 0;
	if (!is_little && !(len > 2 && strcmp(word + len - 2, "be") == 0))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)len - 2, word);
	const struct frame_kind *kind = frame_find(name);
	if (!kind || !kind->has_length)
		return false;
	error_set_hint(e, "did you mean %s%s?", name, is_little ? ",le" : "");
	return true;
}

static void list_kinds(struct error *e)
{
	char names[sizeof(e->hint)] = "kinds:";
	for (size_t i = 0; frame_kind(i); i++)
		text_add(names, sizeof(names), "%s %s", i ? "," : "",
		         frame_kind(i)->name);
	error_set_hint(e, "%s", names);
}

static int refuse_kind(const char *word, struct error *e)
{
	const struct spell_names names = { kind_name, NULL, "" };
	char guess[SPELL_MAX];
	error_set(e, "'" WORD "' is not a frame", word);
	if (guess_order(word, e))
		return -1;
	spell_guess(guess, &names, word, strlen(word));
	if (*guess)
		error_set_hint(e, "%s", guess);
	else
		list_kinds(e);
	return -1;
}

static struct frame plain_frame(const struct frame_kind *kind)
{
	return (struct frame){
		.kind = kind,
		.count = kind->traits & FRAME_IDLES ? FRAME_AUTO_MS : 0,
		.max = kind->row.max ? kind->row.max : FRAME_MAX,
		.add = kind->row.add,
		.at = kind->row.at,
		.is_little = kind->row.is_little,
	};
}

int frame_parse(struct frame *f, const char *spec, struct error *e)
{
	char words[FRAME_SPEC_MAX], *rest = words;
	unsigned seen = 0;
	if (strlen(spec) >= sizeof(words))
		return error_set(e, "a frame has at most %d characters",
		                 FRAME_SPEC_MAX - 1);
	snprintf(words, sizeof(words), "%s", spec);
	const char *name = strsep(&rest, ",");
	char *colon = strchr(words, ':');
	if (colon)
		*colon = '\0';
	const struct frame_kind *kind = frame_find(name);
	if (!kind)
		return refuse_kind(name, e);
	struct frame read = plain_frame(kind);
	if (parse_arg(&read, colon ? colon + 1 : NULL, &rest, e))
		return -1;
	for (const char *word; (word = strsep(&rest, ","));)
		if (parse_option(&read, word, &seen, e))
			return -1;
	*f = read;
	return 0;
}

/* Written */

/* Write one character of a TEXT, or a byte of it that is none. */
static size_t add_character(char *out, const uint8_t *text, size_t len)
{
	char letter = escape_letter(*text);
	uint32_t cp;
	int n = utf8_decode(text, len, &cp);
	bool is_plain = n > 0 && !utf8_is_control(cp) &&
	                !glyph_is_hidden(cp) && cp != '\\' && cp != ',' &&
	                cp != ' ';
	if (is_plain)
		text_add(out, FRAME_SPEC_MAX, "%.*s", n, (const char *)text);
	else if (letter)
		text_add(out, FRAME_SPEC_MAX, "\\%c", letter);
	else
		text_add(out, FRAME_SPEC_MAX, "\\x%02x", *text);
	return is_plain ? (size_t)n : 1;
}

static void add_text(char *out, char sign, const uint8_t *text, size_t len)
{
	text_add(out, FRAME_SPEC_MAX, "%c", sign);
	for (size_t i = 0; i < len;)
		i += add_character(out, text + i, len - i);
}

static void add_arg(char *out, const struct frame *f)
{
	switch (f->kind->arg) {
	case FRAME_ARG_NONE:
		break;
	case FRAME_ARG_TEXTS:
		add_text(out, ':', f->start, f->start_len);
		add_text(out, ',', f->end, f->end_len);
		break;
	case FRAME_ARG_TEXT:
		add_text(out, ':', f->end, f->end_len);
		break;
	case FRAME_ARG_COUNT:
	case FRAME_ARG_DIGITS:
		text_add(out, FRAME_SPEC_MAX, ":%" PRIu64, f->count);
		break;
	case FRAME_ARG_TIME:
		text_add(out, FRAME_SPEC_MAX, ":%" PRIu64 "ms", f->count);
	}
}

void frame_format(const struct frame *f, char out[FRAME_SPEC_MAX])
{
	*out = '\0';
	text_add(out, FRAME_SPEC_MAX, "%s", f->kind->name);
	add_arg(out, f);
	if (!f->kind->has_length)
		return;
	if (f->is_little)
		text_add(out, FRAME_SPEC_MAX, ",le");
	if (f->at)
		text_add(out, FRAME_SPEC_MAX, ",at=%" PRIu32, f->at);
	if (f->add)
		text_add(out, FRAME_SPEC_MAX, ",add=%" PRId64, f->add);
	if (!f->asked_max)
		return;
	text_add(out, FRAME_SPEC_MAX, ",max=");
	add_size(out, FRAME_SPEC_MAX, f->asked_max);
}

/* Limits */

void frame_limit(struct frame *f, uint64_t ceiling)
{
	uint64_t max = f->asked_max ? f->asked_max
	                            : plain_frame(f->kind).max;
	f->max = max < ceiling ? max : ceiling;
}

int frame_check(const struct frame *f, uint64_t ceiling, struct error *e)
{
	bool is_fixed = f->kind->arg == FRAME_ARG_COUNT;
	uint64_t asked = is_fixed ? f->count : f->asked_max;
	char most[NUMBER_BYTES_MAX], size[32] = "";
	if (asked <= ceiling)
		return 0;
	add_size(size, sizeof(size), asked);
	error_set(e, "%s%s is over %s, a quarter of --scrollback: a message "
	             "could not be kept", is_fixed ? "fixed:" : "max=", size,
	          number_format_bytes(most, ceiling));
	*size = '\0';
	add_size(size, sizeof(size), asked * 4);
	error_set_hint(e, "--scrollback %s makes room for it", size);
	return -1;
}
