/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a stranger said is offered to a line: clean words only, each of which
 * the word typed is a beginning of.  The line ends at the first NUL. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/command.h>
#include <sockchat/utf8.h>

static void must(int holds)
{
	if (!holds)
		abort();
}

static void check_clean(const char *text)
{
	must(utf8_is_valid((const uint8_t *)text, strlen(text)));
	for (const char *at = text; *at; at++)
		must((unsigned char)*at >= ' ' && *at != 0x7f);
}

static void complete(struct chat *c, const char *line, size_t point)
{
	size_t start = SIZE_MAX;
	char **list = command_complete(c, line, point, &start);
	must(!list || start <= point);
	for (char **at = list; at && *at; at++) {
		must(strncmp(*at, line + start, point - start) == 0);
		if (*line != '/')
			check_clean(*at);
		free(*at);
	}
	free(list);
}

static void hear(struct chat *c, const uint8_t *bytes, size_t len)
{
	transcript_append(c->transcript, &(struct entry){
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN, .session = 1,
		.bytes = bytes, .len = len,
	});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *end = len ? memchr(data, '\0', len) : NULL;
	struct options o;
	if (!end)
		return 0;
	options_init(&o);
	struct loop *l = loop_new(LOOP_AUTO);
	struct chat *c = chat_new(l, &o);
	size_t line_len = (size_t)(end - data), half = (len - line_len) / 2;
	hear(c, end + 1, len - line_len - 1);
	hear(c, end + 1, half ? half - 1 : 0);
	for (size_t point = 0; point <= line_len && point < 64; point++)
		complete(c, (const char *)data, point);
	chat_free(c);
	loop_free(l);
	return 0;
}
