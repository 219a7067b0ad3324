/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/escape.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>
#include <sockchat/unpack.h>

#define SHOWN_BYTES  ((size_t)160) /* of a string */
#define SHOWN_VALUES 64            /* of a list */

#define IS_LITTLE (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
#define NATIVE(type) sizeof(type), _Alignof(type)

/* A letter of the notation.  Size and alignment are those of the compiler
 * with "@" or no sign at the front. */
static const struct code {
	char letter;
	enum unpack_kind kind;
	bool is_signed;
	uint8_t size; /* with another sign; 0: there is none */
	uint8_t native, align;
} codes[] = {
	{ 'x', UNPACK_NOTHING, false, 1, 1, 1 },
	{ 'c', UNPACK_CHAR, false, 1, 1, 1 },
	{ 'b', UNPACK_INTEGER, true, 1, 1, 1 },
	{ 'B', UNPACK_INTEGER, false, 1, 1, 1 },
	{ '?', UNPACK_BOOL, false, 1, NATIVE(bool) },
	{ 'h', UNPACK_INTEGER, true, 2, NATIVE(short) },
	{ 'H', UNPACK_INTEGER, false, 2, NATIVE(short) },
	{ 'i', UNPACK_INTEGER, true, 4, NATIVE(int) },
	{ 'I', UNPACK_INTEGER, false, 4, NATIVE(int) },
	{ 'l', UNPACK_INTEGER, true, 4, NATIVE(long) },
	{ 'L', UNPACK_INTEGER, false, 4, NATIVE(long) },
	{ 'q', UNPACK_INTEGER, true, 8, NATIVE(long long) },
	{ 'Q', UNPACK_INTEGER, false, 8, NATIVE(long long) },
	{ 'n', UNPACK_INTEGER, true, 0, NATIVE(size_t) },
	{ 'N', UNPACK_INTEGER, false, 0, NATIVE(size_t) },
	{ 'e', UNPACK_REAL, true, 2, NATIVE(short) },
	{ 'f', UNPACK_REAL, true, 4, NATIVE(float) },
	{ 'd', UNPACK_REAL, true, 8, NATIVE(double) },
	{ 's', UNPACK_STRING, false, 1, 1, 1 },
	{ 'p', UNPACK_PASCAL, false, 1, 1, 1 },
	{ '*', UNPACK_REST, false, 1, 1, 1 },
};

/* The walk */

static bool is_at(const struct unpack *u, const char *set)
{
	return u->pos < u->len && u->format[u->pos] &&
	       strchr(set, u->format[u->pos]);
}

static void skip_blanks(struct unpack *u)
{
	while (is_at(u, " \t\n\v\f\r"))
		u->pos++;
}

void unpack_begin(struct unpack *u, const char *format, size_t len)
{
	*u = (struct unpack){ .format = format, .len = len };
	skip_blanks(u);
	char sign = is_at(u, "@=<>!") ? format[u->pos++] : '@';
	u->is_native = sign == '@';
	u->is_little = sign == '<' || (IS_LITTLE && strchr("@=", sign));
}

static int read_count(struct unpack *u, uint64_t *count, struct error *e)
{
	size_t column = u->pos + 1;
	if (!is_at(u, "0123456789"))
		return 0;
	for (*count = 0; is_at(u, "0123456789"); u->pos++) {
		*count = *count * 10 + (uint64_t)(u->format[u->pos] - '0');
		if (*count > INT64_MAX / 10)
			return error_set(e, "column %zu: a message cannot have "
			                    "so many bytes", column);
	}
	if (u->pos == u->len || is_at(u, " \t\n\v\f\r"))
		return error_set(e, "column %zu: a letter must follow the "
		                    "count directly: 16s", column);
	if (is_at(u, "*"))
		return error_set(e, "column %zu: * is all the rest, and has no "
		                    "count", column);
	return 0;
}

static int refuse_letter(const struct unpack *u, struct error *e)
{
	const uint8_t *at = (const uint8_t *)u->format + u->pos;
	struct glyph g;
	glyph_next(&g, at, u->len - u->pos, GLYPH_ANY_WIDTH);
	if (is_at(u, "@=<>!"))
		return error_set(e, "column %zu: %s can only stand at the "
		                    "front", u->pos + 1, g.text);
	if (is_at(u, ":"))
		return error_set(e, "column %zu: a name follows its letter: "
		                    "H:type", u->pos + 1);
	return error_set(e, "column %zu: '%s' is none of the letters x c b B ? "
	                    "h H i I l L q Q n N e f d s p and *", u->pos + 1,
	                 g.text);
}

/* NULL with a sentence. */
static const struct code *read_letter(struct unpack *u, struct error *e)
{
	const size_t count = sizeof(codes) / sizeof(codes[0]);
	size_t i = 0;
	while (i < count && codes[i].letter != u->format[u->pos])
		i++;
	if (i == count)
		return refuse_letter(u, e), NULL;
	if (u->has_rest)
		error_set(e, "column %zu: nothing can follow *, which is all "
		             "the rest", u->pos + 1);
	else if (!codes[i].size && !u->is_native)
		error_set(e, "column %zu: %c has a size only with @ or no sign "
		             "at the front", u->pos + 1, codes[i].letter);
	else
		return u->pos++, &codes[i];
	return NULL;
}

static bool is_name(const char *name, size_t len)
{
	struct glyph g;
	for (size_t n; (n = glyph_next(&g, (const uint8_t *)name, len,
	                               GLYPH_ANY_WIDTH)); len -= n, name += n)
		if (g.is_escaped ||
		    (n == 1 && strchr(" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}~",
		                      *name)))
			return false;
	return true;
}

static int read_name(struct unpack *u, struct unpack_field *f, struct error *e)
{
	size_t from = u->pos + 1, len;
	if (!is_at(u, ":"))
		return 0;
	while (++u->pos < u->len && !is_at(u, " \t\n\v\f\r"))
		;
	len = u->pos - from;
	if (!f->count || f->kind == UNPACK_NOTHING)
		return error_set(e, "column %zu: there is no value to name",
		                 from);
	if (!len || len >= UNPACK_NAME_MAX || !is_name(u->format + from, len))
		return error_set(e, "column %zu: a name is 1 to %d letters, "
		                    "digits, _, - and ., and a space follows "
		                    "it", from + 1, UNPACK_NAME_MAX - 1);
	memcpy(f->name, u->format + from, len);
	return 0;
}

/* Where it begins and how long it is.  -1 when the sum would overflow. */
static int place(struct unpack *u, struct unpack_field *f,
                 const struct code *code, struct error *e)
{
	uint64_t align = u->is_native ? code->align : 1, bytes;
	f->at = (u->end + align - 1) / align * align;
	f->size = u->is_native ? code->native : code->size;
	if (__builtin_mul_overflow(f->size, f->count, &bytes) ||
	    __builtin_add_overflow(f->at, bytes, &u->end) ||
	    u->end > INT64_MAX)
		return error_set(e, "column %zu: a message cannot have so many "
		                    "bytes", f->column);
	if (f->kind == UNPACK_STRING || f->kind == UNPACK_PASCAL) {
		f->size = bytes;
		f->count = 1;
	}
	if (f->kind == UNPACK_REST) {
		f->size = 0;
		u->end = f->at;
		u->has_rest = true;
	}
	return 0;
}

int unpack_next(struct unpack *u, struct unpack_field *f, struct error *e)
{
	const struct code *code;
	skip_blanks(u);
	*f = (struct unpack_field){ .column = u->pos + 1, .count = 1 };
	if (u->pos == u->len)
		return 0;
	if (read_count(u, &f->count, e) || !(code = read_letter(u, e)))
		return -1;
	f->kind = code->kind;
	f->letter = code->letter;
	f->is_signed = code->is_signed;
	f->is_little = u->is_little;
	if (place(u, f, code, e) || read_name(u, f, e))
		return -1;
	if (!f->count)
		f->kind = UNPACK_NOTHING;
	u->number += f->kind != UNPACK_NOTHING;
	f->has_name = *f->name;
	if (!f->has_name)
		snprintf(f->name, sizeof(f->name), "field%zu", u->number);
	return 1;
}

/* Whether an item before the column has this name. */
static bool is_taken(const char *format, size_t len,
                     const struct unpack_field *f)
{
	struct unpack u;
	struct unpack_field before;
	struct error e;
	unpack_begin(&u, format, len);
	while (unpack_next(&u, &before, &e) > 0 && before.column < f->column)
		if (before.kind != UNPACK_NOTHING &&
		    strcmp(before.name, f->name) == 0)
			return true;
	return false;
}

uint64_t unpack_values(const char *format, size_t len)
{
	struct unpack u;
	struct unpack_field f;
	struct error unused;
	uint64_t count = 0;
	unpack_begin(&u, format, len);
	while (unpack_next(&u, &f, &unused) > 0)
		count += f.kind == UNPACK_NOTHING ? 0 : f.count;
	return count;
}

int unpack_check(const char *format, size_t len, struct error *e)
{
	struct unpack u;
	struct unpack_field f;
	int found;
	unpack_begin(&u, format, len);
	while ((found = unpack_next(&u, &f, e)) > 0)
		if (f.kind != UNPACK_NOTHING && is_taken(format, len, &f))
			return error_set(e, "column %zu: two fields would have "
			                    "the name %s", f.column, f.name);
	return found;
}

/* Reading */

/* Say that it does not fit into a payload of `len` bytes. */
static void refuse_short(const struct unpack_field *f, size_t len,
                         struct error *e)
{
	unsigned long long bytes = f->size * f->count;
	char what[UNPACK_NAME_MAX + 16];
	if (f->kind == UNPACK_NOTHING)
		snprintf(what, sizeof(what), "column %zu of FORMAT", f->column);
	else
		snprintf(what, sizeof(what), "%s", f->name);
	error_set(e, "byte %llu: %s needs %llu byte%s from here, and the "
	             "payload has %zu", (unsigned long long)f->at, what, bytes,
	          plural(bytes), len);
}

static bool fits(const struct unpack_field *f, size_t len)
{
	return f->at <= len && f->size * f->count <= len - f->at;
}

bool unpack_read(struct unpack *u, size_t len, struct unpack_field *f,
                 struct error *e)
{
	int found;
	while ((found = unpack_next(u, f, e)) > 0 && fits(f, len))
		if (f->kind != UNPACK_NOTHING) {
			if (f->kind == UNPACK_REST)
				f->size = len - f->at;
			return true;
		}
	if (found > 0)
		refuse_short(f, len, e);
	else if (!found && !u->has_rest && u->end < len)
		error_set(e, "byte %llu: FORMAT ends here, and the payload has "
		             "%zu: add * for the rest",
		          (unsigned long long)u->end, len);
	else if (!found)
		error_set(e, "%s", "");
	return false;
}

/* IEEE 754, binary16. */
static double half_of(uint64_t bits)
{
	int exponent = (int)(bits >> 10 & 31), fraction = (int)(bits & 1023);
	double value = exponent == 31 ? (fraction ? NAN : INFINITY)
	               : exponent     ? ldexp(1024 + fraction, exponent - 25)
	                              : ldexp(fraction, -24);
	return bits >> 15 ? -value : value;
}

static double real_of(uint64_t bits, size_t size)
{
	uint32_t word = (uint32_t)bits;
	float single;
	double value;
	if (size == 2)
		return half_of(bits);
	memcpy(&single, &word, sizeof(single));
	memcpy(&value, &bits, sizeof(value));
	return size == 4 ? (double)single : value;
}

static void read_integer(struct unpack_value *v, const struct unpack_field *f,
                         uint64_t bits)
{
	int64_t value = number_signed(bits, (size_t)f->size);
	v->is_negative = f->is_signed && value < 0;
	v->number = v->is_negative ? 0 - (uint64_t)value : bits;
}

static void read_string(struct unpack_value *v, const struct unpack_field *f,
                        const uint8_t *at)
{
	v->kind = UNPACK_CHAR;
	v->bytes = at;
	v->len = (size_t)f->size;
	if (f->kind != UNPACK_PASCAL || !v->len)
		return;
	v->bytes++;
	v->len = at[0] < v->len ? at[0] : v->len - 1;
}

struct unpack_value unpack_value(const struct unpack_field *f,
                                 const uint8_t *payload, uint64_t i)
{
	const uint8_t *at = payload + f->at + i * f->size;
	size_t size = (size_t)f->size;
	struct unpack_value v = { .kind = f->kind };
	bool is_number = f->kind == UNPACK_INTEGER || f->kind == UNPACK_BOOL ||
	                 f->kind == UNPACK_REAL;
	uint64_t bits =
	    is_number ? number_read_bits(at, size, f->is_little) : 0;
	switch (f->kind) {
	case UNPACK_INTEGER:
		read_integer(&v, f, bits);
		break;
	case UNPACK_BOOL:
		v.number = bits != 0;
		break;
	case UNPACK_REAL:
		v.real = real_of(bits, size);
		v.is_single = size < 8;
		break;
	case UNPACK_NOTHING:
		break;
	case UNPACK_CHAR:
	case UNPACK_STRING:
	case UNPACK_PASCAL:
	case UNPACK_REST:
		read_string(&v, f, at);
	}
	return v;
}

/* Telling */

void unpack_number(char out[UNPACK_NUMBER_MAX], const struct unpack_value *v)
{
	if (v->kind == UNPACK_REAL)
		number_format_float(out, v->real, v->is_single);
	else if (v->kind == UNPACK_BOOL)
		snprintf(out, UNPACK_NUMBER_MAX, "%s",
		         v->number ? "true" : "false");
	else
		snprintf(out, UNPACK_NUMBER_MAX, "%s%llu",
		         v->is_negative ? "-" : "",
		         (unsigned long long)v->number);
}

/* Append bytes as /pack takes them within quotes. */
static int append_quoted(struct bytes *out, const uint8_t *bytes, size_t len)
{
	int failed = bytes_append_byte(out, '"');
	while (len && !failed) {
		const uint8_t *mark = memchr(bytes, '"', len);
		size_t n = mark ? (size_t)(mark - bytes) : len;
		failed = escape_append(out, bytes, n) ||
		         (mark && bytes_append_text(out, "\\\""));
		n += mark != NULL;
		bytes += n;
		len -= n;
	}
	return failed || bytes_append_byte(out, '"') ? -1 : 0;
}

static int append_decoded(struct bytes *out, const uint8_t *bytes, size_t len,
                          const struct encoding *enc)
{
	struct bytes text = { 0 };
	int failed = encoding_decode(enc, &text, bytes, len) ||
	             append_quoted(out, text.data, text.len);
	bytes_finish(&text);
	return failed ? -1 : 0;
}

static int append_string(struct bytes *out, const struct unpack_value *v,
                         const struct encoding *enc)
{
	size_t len = v->len < SHOWN_BYTES ? v->len : SHOWN_BYTES;
	if (enc ? append_decoded(out, v->bytes, len, enc)
	        : append_quoted(out, v->bytes, len))
		return -1;
	return len < v->len ? bytes_append_text(out, "...") : 0;
}

static int append_value(struct bytes *out, const struct unpack_value *v,
                        const struct encoding *enc)
{
	char text[UNPACK_NUMBER_MAX];
	if (v->kind == UNPACK_CHAR)
		return append_string(out, v, enc);
	unpack_number(text, v);
	return bytes_append_text(out, text);
}

/* Append "name=1,2,3".  The NULs that fill a string up are left out. */
static int append_field(struct bytes *out, const struct unpack_field *f,
                        const uint8_t *payload, const struct encoding *enc)
{
	int failed = bytes_append_text(out, f->name);
	uint64_t shown = f->count < SHOWN_VALUES ? f->count : SHOWN_VALUES;
	for (uint64_t i = 0; i < shown && !failed; i++) {
		struct unpack_value v = unpack_value(f, payload, i);
		while (f->kind == UNPACK_STRING && v.len &&
		       !v.bytes[v.len - 1])
			v.len--;
		failed = bytes_append_byte(out, i ? ',' : '=') ||
		         append_value(out, &v, enc);
	}
	return failed || (shown < f->count && bytes_append_text(out, ",..."))
	           ? -1 : 0;
}

static int append_fields(struct bytes *row, const char *format,
                         const uint8_t *payload, size_t len,
                         const struct encoding *enc)
{
	struct unpack u;
	struct unpack_field f;
	struct error e;
	unpack_begin(&u, format, strlen(format));
	while (unpack_read(&u, len, &f, &e))
		if ((row->len && bytes_append_byte(row, ' ')) ||
		    append_field(row, &f, payload, enc))
			return -1;
	if (!*e.text)
		return 0;
	return bytes_printf(row, "%s%s", row->len ? "; " : "", e.text);
}

/* Cut it between two characters, before the glyph for which there was no
 * room. */
static int mark_cut(struct bytes *row)
{
	const size_t most = UNPACK_ROW_MAX - 2 * GLYPH_TEXT_MAX;
	size_t len = row->len < most ? row->len : most;
	while (len < row->len && (row->data[len] & 0xc0) == 0x80)
		len--;
	row->len = len;
	return bytes_append_text(row, "...");
}

int unpack_text(struct bytes *out, const char *format, const uint8_t *payload,
                size_t len, const struct encoding *enc)
{
	struct bytes row;
	bytes_init(&row, UNPACK_ROW_MAX);
	int failed = append_fields(&row, format, payload, len, enc);
	if (failed && errno == EMSGSIZE)
		failed = mark_cut(&row);
	failed = failed || bytes_append(out, row.data, row.len);
	bytes_finish(&row);
	return failed ? -1 : 0;
}
