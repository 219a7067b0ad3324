/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/bytes.h>

#define CAP_FIRST ((size_t)64)
#define LEN_MAX   (SIZE_MAX / 4) /* so that no sum or doubling wraps */

void bytes_init(struct bytes *b, size_t max)
{
	*b = (struct bytes){ .max = max };
}

void bytes_finish(struct bytes *b)
{
	free(b->data);
	bytes_init(b, b->max);
}

/* One byte more than `cap` is allocated, for the NUL of bytes_text(). */
static int grow_data(struct bytes *b, size_t extra)
{
	size_t max = b->max && b->max < LEN_MAX ? b->max : LEN_MAX;
	size_t cap = b->cap ? b->cap : CAP_FIRST;
	if (extra > max || b->len > max - extra)
		return errno = EMSGSIZE, -1;
	while (cap < b->len + extra)
		cap *= 2;
	cap = cap < max ? cap : max;
	uint8_t *grown = realloc(b->data, cap + 1);
	if (!grown)
		return errno = ENOMEM, -1;
	b->data = grown;
	b->cap = cap;
	return 0;
}

int bytes_reserve(struct bytes *b, size_t extra)
{
	return extra <= b->cap - b->len ? 0 : grow_data(b, extra);
}

int bytes_append(struct bytes *b, const void *bytes, size_t len)
{
	if (bytes_reserve(b, len))
		return -1;
	if (len)
		memcpy(b->data + b->len, bytes, len);
	b->len += len;
	return 0;
}

int bytes_append_text(struct bytes *b, const char *text)
{
	return bytes_append(b, text, strlen(text));
}

int bytes_append_byte(struct bytes *b, uint8_t byte)
{
	return bytes_append(b, &byte, 1);
}

int bytes_printf(struct bytes *b, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	int failed = len < 0 || bytes_reserve(b, (size_t)len);
	if (!failed && len) {
		vsnprintf((char *)b->data + b->len, (size_t)len + 1, format,
		          again);
		b->len += (size_t)len;
	}
	va_end(again);
	return failed ? -1 : 0;
}

void bytes_consume(struct bytes *b, size_t len)
{
	if (!len)
		return;
	b->len -= len;
	memmove(b->data, b->data + len, b->len);
}

void bytes_clear(struct bytes *b)
{
	b->len = 0;
}

bool bytes_have_memory(size_t len)
{
	/* without volatile a compiler may leave out memory that nobody uses */
	void *volatile room = malloc(len);
	bool has = room != NULL;
	free(room);
	return has;
}

const char *bytes_text(struct bytes *b)
{
	if (!b->data)
		return "";
	b->data[b->len] = '\0';
	return (const char *)b->data;
}

bool text_add(char *text, size_t cap, const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;
	va_start(args, format);
	int len = vsnprintf(text + used, cap - used, format, args);
	va_end(args);
	bool fits = len >= 0 && (size_t)len < cap - used;
	if (!fits)
		text[used] = '\0';
	return fits;
}
