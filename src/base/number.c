/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/number.h>

/* Read digits.  Returns where they end.  Too great a number becomes
 * UINT64_MAX. */
static const char *read_digits(const char *at, uint64_t *value)
{
	*value = 0;
	for (; *at >= '0' && *at <= '9'; at++)
		*value = *value < UINT64_MAX / 10
		             ? *value * 10 + (uint64_t)(*at - '0')
		             : UINT64_MAX;
	return at;
}

bool number_parse(const char *text, long min, long max, long *value)
{
	uint64_t read;
	const char *end = read_digits(text, &read);
	if (end == text || *end || (max < 0 || read > (uint64_t)max) ||
	    (min > 0 && read < (uint64_t)min))
		return false;
	*value = (long)read;
	return true;
}

struct unit {
	const char *name;
	uint64_t size;
};

static uint64_t find_unit(const struct unit *units, const char *name)
{
	for (; units->name; units++)
		if (strcmp(units->name, name) == 0)
			return units->size;
	return 0;
}

bool number_parse_duration(const char *text, int64_t *ms)
{
	static const struct unit units[] = {
		{ "", 1000 },      { "s", 1000 },    { "ms", 1 },
		{ "m", 60 * 1000 }, { "h", 3600 * 1000 }, { NULL, 0 },
	};
	uint64_t whole, part = 0, scale = 1;
	const char *at = read_digits(text, &whole);
	bool has_digits = at != text;
	if (*at == '.') {
		for (at++; *at >= '0' && *at <= '9'; at++) {
			has_digits = true;
			if (scale > 1000000) {
				part |= *at > '0'; /* enough to round up */
				continue;
			}
			part = part * 10 + (uint64_t)(*at - '0');
			scale *= 10;
		}
	}
	uint64_t unit = find_unit(units, at);
	if (!has_digits || !unit ||
	    whole > (uint64_t)NUMBER_DURATION_MAX_MS / unit)
		return false;
	whole = whole * unit + (part * unit + scale - 1) / scale;
	if (whole > (uint64_t)NUMBER_DURATION_MAX_MS)
		return false;
	*ms = (int64_t)whole;
	return true;
}

int number_parse_time(const char *text, int64_t *ms, struct error *e)
{
	bool is_bare = *text && !text[strspn(text, "0123456789.")];
	int64_t read;
	if (!number_parse_duration(text, &read))
		return error_set(e, "'%s' is not a time (at most 10 days): "
		                    "50ms, 1.5s, 2m", text);
	if (is_bare && read)
		return error_set(e, "%s ms or %s s? write %sms or %ss", text,
		                 text, text, text);
	*ms = read;
	return 0;
}

bool number_parse_size(const char *text, size_t *bytes)
{
	static const struct unit units[] = {
		{ "", 1 },
		{ "k", 1 << 10 }, { "K", 1 << 10 }, { "KiB", 1 << 10 },
		{ "m", 1 << 20 }, { "M", 1 << 20 }, { "MiB", 1 << 20 },
		{ "g", 1 << 30 }, { "G", 1 << 30 }, { "GiB", 1 << 30 },
		{ NULL, 0 },
	};
	uint64_t value;
	const char *end = read_digits(text, &value);
	uint64_t unit = find_unit(units, end);
	if (end == text || !unit || value > (SIZE_MAX >> 1) / unit)
		return false;
	*bytes = (size_t)(value * unit);
	return true;
}

static int digit_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
	return at ? (int)(at - digits) : 16;
}

bool number_parse_integer(const char *text, bool *is_negative, uint64_t *value)
{
	*is_negative = *text == '-';
	text += *text == '-' || *text == '+';
	int base = text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10;
	text += base == 16 ? 2 : 0;
	const char *first = text;
	for (*value = 0; digit_value(*text) < base; text++)
		if (__builtin_mul_overflow(*value, (uint64_t)base, value) ||
		    __builtin_add_overflow(*value, (uint64_t)digit_value(*text),
		                           value))
			return false;
	return text != first && !*text;
}

bool number_parse_real(const char *text, double *value)
{
	char *end;
	*value = strtod(text, &end);
	return end != text && !*end && !isspace((unsigned char)*text);
}

const char *number_format_size(char out[16], uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB",
		                             "PiB", "EiB" };
	size_t unit = 0;
	double value = (double)bytes / 1024;
	for (; value >= 999.95; unit++)
		value /= 1024;
	if (bytes < 1024)
		snprintf(out, 16, "%u B", (unsigned)bytes);
	else
		snprintf(out, 16, "%.1f %s", value, units[unit]);
	return out;
}

const char *number_format_bytes(char out[NUMBER_BYTES_MAX], uint64_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB" };
	size_t unit = 0;
	for (; unit < 3 && bytes && bytes % 1024 == 0; unit++)
		bytes /= 1024;
	snprintf(out, NUMBER_BYTES_MAX, "%" PRIu64 " %s", bytes,
	         bytes == 1 && !unit ? "byte" : units[unit]);
	return out;
}

char *number_format_digits(char *end, uint64_t value, size_t least)
{
	char *at = end;
	for (; value || (size_t)(end - at) < least; value /= 10)
		*--at = (char)('0' + value % 10);
	return at;
}

/* Write the digits of a finite value, one before the point: "-1.25e+07". */
static void write_digits(char out[NUMBER_FLOAT_MAX], double value,
                         bool is_single)
{
	for (int digits = 0; digits < 17; digits++) {
		snprintf(out, NUMBER_FLOAT_MAX, "%.*e", digits, value);
		double again = strtod(out, NULL);
		if (is_single ? (float)again == (float)value : again == value)
			break;
	}
}

static const char *format_infinite(char out[NUMBER_FLOAT_MAX], double value)
{
	snprintf(out, NUMBER_FLOAT_MAX, "%s", isnan(value) ? "nan"
	                                      : value > 0  ? "inf"
	                                                   : "-inf");
	return out;
}

const char *number_format_float(char out[NUMBER_FLOAT_MAX], double value,
                                bool is_single)
{
	if (!isfinite(value))
		return format_infinite(out, value);
	write_digits(out, value, is_single);
	const char *e = strchr(out, 'e'), *point = strchr(out, '.');
	int exponent = (int)strtol(e + 1, NULL, 10);
	int places = (point ? (int)(e - point) - 1 : 0) - exponent;
	if (exponent >= -4 && exponent < (is_single ? 8 : 16))
		snprintf(out, NUMBER_FLOAT_MAX, "%.*f", places > 1 ? places : 1,
		         value);
	return out;
}

uint64_t number_read_bits(const uint8_t *bytes, size_t size, bool is_little)
{
	uint64_t bits = 0;
	for (size_t i = 0; i < size; i++)
		bits = bits << 8 | bytes[is_little ? size - 1 - i : i];
	return bits;
}

void number_write_bits(uint8_t *bytes, size_t size, bool is_little,
                       uint64_t bits)
{
	for (size_t i = 0; i < size; i++, bits >>= 8)
		bytes[is_little ? i : size - 1 - i] = (uint8_t)bits;
}

int64_t number_signed(uint64_t bits, size_t size)
{
	if (!size || size >= sizeof(bits))
		return (int64_t)bits;
	uint64_t sign = UINT64_C(0x80) << 8 * (size - 1);
	return (int64_t)((bits ^ sign) - sign);
}

const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}
