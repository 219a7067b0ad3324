/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Values as people type them, written as the fields of a FORMAT. */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/escape.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>
#include <sockchat/unpack.h>

/* What is typed, and the word that was taken last. */
struct typed {
	const char *at, *end;
	struct bytes word; /* without its quotes and escapes */
	size_t number;     /* of the values so far */
};

/* Where the quote that is open at `at` is closed, or NULL. */
static const char *find_close(const char *at, const char *end)
{
	for (const char *c = at + 1; c < end; c++) {
		if (*c == *at)
			return c;
		c += *c == '\\';
	}
	return NULL;
}

/* Cut the next word, which stands between `*from` and `*to`.  -1 with a
 * sentence. */
static int cut_word(struct typed *t, const char **from, const char **to,
                    struct error *e)
{
	bool is_quoted = *t->at == '"' || *t->at == '\'';
	const char *space = memchr(t->at, ' ', (size_t)(t->end - t->at));
	*from = t->at + is_quoted;
	*to = is_quoted ? find_close(t->at, t->end) : space;
	if (is_quoted && !*to)
		return error_set(e, "a quote is not closed");
	if (!*to)
		*to = t->end;
	t->at = *to + is_quoted;
	if (t->at < t->end && *t->at != ' ')
		return error_set(e, "a space must follow the closing quote");
	return 0;
}

/* Take the next word.  1, 0 if there is none, -1 with a sentence. */
static int take_word(struct typed *t, struct error *e)
{
	const char *from, *to;
	while (t->at < t->end && *t->at == ' ')
		t->at++;
	if (t->at == t->end)
		return 0;
	bytes_clear(&t->word);
	if (cut_word(t, &from, &to, e) ||
	    escape_parse(&t->word, from, (size_t)(to - from), e))
		return -1;
	return 1;
}

/* The word as a C string; "" if it has a NUL in it, which no number has. */
static const char *word_text(struct typed *t)
{
	const char *text = bytes_text(&t->word);
	return strlen(text) == t->word.len ? text : "";
}

/* Writing */

static void write_bits(uint8_t *at, uint64_t bits,
                       const struct unpack_field *f)
{
	number_write_bits(at, (size_t)f->size, f->is_little, bits);
}

static int refuse_integer(const struct unpack_field *f, uint64_t most,
                          const char *text, struct error *e)
{
	return error_set(e, "'%.40s' is not an integer from %s%llu to %llu, "
	                    "which %c needs",
	                 text, f->is_signed ? "-" : "",
	                 f->is_signed ? (unsigned long long)most + 1 : 0,
	                 (unsigned long long)most, f->letter);
}

static int put_integer(struct typed *t, const struct unpack_field *f,
                       uint8_t *at, struct error *e)
{
	const char *text = word_text(t);
	uint64_t most = UINT64_MAX >> (64 - 8 * f->size), number;
	bool is_negative;
	if (f->is_signed)
		most >>= 1;
	bool is_one = number_parse_integer(text, &is_negative, &number);
	uint64_t lowest = f->is_signed ? most + 1 : 0;
	if (!is_one || number > (is_negative ? lowest : most))
		return refuse_integer(f, most, text, e);
	write_bits(at, is_negative ? 0 - number : number, f);
	return 0;
}

static int put_bool(struct typed *t, const struct unpack_field *f, uint8_t *at,
                    struct error *e)
{
	static const char *const words[] = { "false", "true", "False", "True",
	                                     "0", "1", "off", "on",
	                                     "no", "yes" };
	const size_t count = sizeof(words) / sizeof(words[0]);
	const char *text = word_text(t);
	size_t i = 0;
	while (i < count && strcmp(words[i], text) != 0)
		i++;
	if (i == count)
		return error_set(e, "'%.40s' is not true or false, which ? "
		                    "needs",
		                 text);
	write_bits(at, i & 1, f);
	return 0;
}

/* Round to an integer; from the middle to the even one. */
static uint64_t round_even(double value)
{
	uint64_t down = (uint64_t)value;
	double rest = value - (double)down;
	return down + (rest > .5 || (rest == .5 && down & 1));
}

/* IEEE 754, binary16, whose last bit of a small number is 2^-24. */
static uint64_t half_bits(double value)
{
	uint64_t sign = signbit(value) ? 0x8000 : 0;
	int exponent;
	if (isnan(value))
		return sign | 0x7e00;
	if (!isfinite(value))
		return sign | 0x7c00;
	double fraction = frexp(fabs(value), &exponent);
	if (exponent < -13 || fraction == 0)
		return sign | round_even(ldexp(fraction, exponent + 24));
	return (sign | ((uint64_t)exponent + 13) << 10) +
	       round_even(ldexp(fraction, 11));
}

static uint64_t real_bits(double value, size_t size)
{
	float single = (float)value;
	uint32_t word;
	uint64_t bits;
	if (size == 2)
		return half_bits(value);
	memcpy(&word, &single, sizeof(word));
	memcpy(&bits, &value, sizeof(bits));
	return size == 4 ? word : bits;
}

/* Whether it would become an infinity. */
static bool is_too_large(double value, size_t size)
{
	return isfinite(value) &&
	       ((size == 2 && fabs(value) >= 65520) ||
	        (size == 4 && !isfinite((float)value)));
}

static int put_real(struct typed *t, const struct unpack_field *f, uint8_t *at,
                    struct error *e)
{
	const char *text = word_text(t);
	double value;
	if (!number_parse_real(text, &value))
		return error_set(e, "'%.40s' is not a number, which %c needs",
		                 text, f->letter);
	if (is_too_large(value, (size_t)f->size))
		return error_set(e, "%.40s is over %s, the largest for %c",
		                 text, f->size == 2 ? "65504" : "3.4028235e+38",
		                 f->letter);
	write_bits(at, real_bits(value, (size_t)f->size), f);
	return 0;
}

static int refuse_length(const struct typed *t, const struct unpack_field *f,
                         const char *most, uint64_t takes, struct error *e)
{
	return error_set(e, "it has %zu byte%s, and this %c needs %s%llu",
	                 t->word.len, plural(t->word.len), f->letter, most,
	                 (unsigned long long)takes);
}

static int put_string(struct typed *t, const struct unpack_field *f,
                      uint8_t *at, struct error *e)
{
	bool has_len = f->kind == UNPACK_PASCAL && f->size;
	uint64_t most = f->size - has_len;
	if (has_len && most > UINT8_MAX)
		most = UINT8_MAX;
	if (f->kind == UNPACK_CHAR && t->word.len != 1)
		return refuse_length(t, f, "", 1, e);
	if (t->word.len > most)
		return refuse_length(t, f, "at most ", most, e);
	if (has_len)
		*at++ = (uint8_t)t->word.len;
	if (t->word.len)
		memcpy(at, t->word.data, t->word.len);
	return 0;
}

static int put_value(struct typed *t, const struct unpack_field *f,
                     uint8_t *at, struct error *e)
{
	switch (f->kind) {
	case UNPACK_INTEGER:
		return put_integer(t, f, at, e);
	case UNPACK_BOOL:
		return put_bool(t, f, at, e);
	case UNPACK_REAL:
		return put_real(t, f, at, e);
	case UNPACK_CHAR:
	case UNPACK_STRING:
	case UNPACK_PASCAL:
		return put_string(t, f, at, e);
	case UNPACK_NOTHING:
	case UNPACK_REST:
		break;
	}
	return 0;
}

/* The whole */

/* Take the next value.  -1 with a sentence, also when there is none. */
static int take_value(struct typed *t, const struct bytes *format,
                      struct error *e)
{
	int taken = take_word(t, e);
	if (!taken)
		return error_set(e, "it is missing: FORMAT needs %llu",
		                 (unsigned long long)unpack_values(
		                     (const char *)format->data, format->len));
	return taken < 0 ? -1 : 0;
}

/* What went wrong is about the newest value. */
static int name_value(const struct typed *t, const struct unpack_field *f,
                      struct error *e)
{
	struct error why = *e;
	const char *name = f->has_name ? f->name : "";
	return error_set(e, "value %zu%s%s%s: %s", t->number, *name ? " (" : "",
	                 name, *name ? ")" : "", why.text);
}

static int put_rest(struct typed *t, struct bytes *out, struct error *e)
{
	if (bytes_append(out, t->word.data, t->word.len))
		return error_set_errno(e, errno, "too many bytes");
	return 0;
}

/* Append zeros until there are `len` bytes.  There is memory even for none, so
 * that an empty string has a place. */
static int fill_up(struct bytes *out, size_t len, struct error *e)
{
	size_t more = len - out->len;
	if (bytes_reserve(out, more + 1))
		return error_set_errno(e, errno, "too many bytes");
	if (more)
		memset(out->data + out->len, 0, more);
	out->len = len;
	return 0;
}

static int put_values(struct typed *t, const struct bytes *format,
                      const struct unpack_field *f, struct bytes *out,
                      size_t begin, struct error *e)
{
	uint64_t count = f->kind == UNPACK_NOTHING ? 0 : f->count;
	bool is_rest = f->kind == UNPACK_REST;
	for (uint64_t i = 0; i < count; i++) {
		uint8_t *at = out->data + begin + f->at + i * f->size;
		t->number++;
		if (take_value(t, format, e) ||
		    (is_rest ? put_rest(t, out, e) : put_value(t, f, at, e)))
			return name_value(t, f, e);
	}
	return 0;
}

static int put_fields(struct typed *t, const struct bytes *format,
                      struct bytes *out, struct error *e)
{
	size_t begin = out->len;
	struct unpack u;
	struct unpack_field f;
	struct error why;
	int found;
	unpack_begin(&u, (const char *)format->data, format->len);
	while ((found = unpack_next(&u, &f, &why)) > 0) {
		if (u.end > PACK_MAX)
			return error_set(e, "FORMAT needs %llu bytes, more "
			                    "than %zu MiB",
			                 (unsigned long long)u.end,
			                 PACK_MAX >> 20);
		if (fill_up(out, begin + (size_t)u.end, e) ||
		    put_values(t, format, &f, out, begin, e))
			return -1;
	}
	if (found < 0)
		return error_set(e, "FORMAT: %s", why.text);
	found = take_word(t, &why);
	if (found)
		return error_set(e, "value %zu is too many: FORMAT needs %zu",
		                 t->number + 1, t->number);
	return 0;
}

int pack_parse(struct bytes *out, const char *text, size_t len,
               struct error *e)
{
	struct typed t = { .at = text, .end = text + len };
	struct bytes format = { 0 };
	struct error why;
	size_t before = out->len;
	int failed = take_word(&t, &why) < 0;
	if (failed) {
		error_set(e, "FORMAT: %s", why.text);
	} else {
		format = t.word;
		t.word = (struct bytes){ 0 };
		failed = put_fields(&t, &format, out, e);
	}
	if (failed)
		out->len = before;
	bytes_finish(&t.word);
	bytes_finish(&format);
	return failed ? -1 : 0;
}
