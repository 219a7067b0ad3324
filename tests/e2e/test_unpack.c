/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Fields of binary data beside Python's own struct, and in the program. */

#include "../unit/unit.h"

#include <time.h>

#include <sockchat/format.h>
#include <sockchat/hextext.h>
#include <sockchat/quote.h>
#include <sockchat/unpack.h>

#include "peer.h"

#define CASES "8000"

static void append_hex(struct text *out, const struct bytes *b)
{
	char pair[3];
	for (size_t i = 0; i < b->len; i++) {
		snprintf(pair, sizeof(pair), "%02x", b->data[i]);
		text_append(out, pair, 2);
	}
}

static void answer_packed(struct text *out, const char *format,
                          const char *values)
{
	struct bytes line = { 0 }, packed = { 0 };
	struct error e;
	assert_int_equal(bytes_printf(&line, "'%s' %s", format, values), 0);
	if (pack_parse(&packed, (const char *)line.data, line.len, &e))
		fail_msg("/pack %s: %s", bytes_text(&line), e.text);
	append_hex(out, &packed);
	bytes_finish(&packed);
	bytes_finish(&line);
}

static void answer_fields(struct text *out, const char *format, const char *hex)
{
	const struct wrap_look look = { .unpack = { format, NULL } };
	struct bytes payload = { 0 }, line = { 0 };
	struct error e;
	assert_int_equal(bytes_reserve(&payload, 1), 0);
	assert_int_equal(hextext_parse(&payload, hex, strlen(hex), &e), 0);
	const struct entry entry = {
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN, .peer = "",
		.flags = ENTRY_COMPLETE, .bytes = payload.data,
		.len = payload.len,
	};
	assert_int_equal(format_entry(&line, FORMAT_JSON, &look, &entry, 0), 0);
	text_append(out, line.data, line.len);
	bytes_finish(&payload);
	bytes_finish(&line);
}

/* Cut off what stands before the next tab. */
static char *cut(char **line)
{
	return strsep(line, "\t");
}

static void answer(struct text *out, char *line)
{
	const char *kind = cut(&line), *format = cut(&line);
	struct error e;
	if (strcmp(kind, "format") == 0) {
		bool is_one = !unpack_check(format, strlen(format), &e);
		text_append(out, is_one ? "yes\n" : "no\n", is_one ? 4 : 3);
		return;
	}
	answer_packed(out, format, cut(&line));
	text_append(out, "\t", 1);
	answer_fields(out, format, cut(&line));
}

static void fields_are_those_of_python(void **state)
{
	struct proc p;
	struct text out = { 0 };
	char seed[24], *lines, *line;
	(void)state;
	snprintf(seed, sizeof(seed), "%lld", (long long)time(NULL));
	const char *argv[] = { "python3", peer_path("struct_peer.py"),
		               getenv("STRUCT_SEED") ? getenv("STRUCT_SEED")
		                                     : seed, CASES, NULL };
	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_expect_out(&p, "\nend\n");
	lines = p.out_text.bytes;
	while ((line = strsep(&lines, "\n")) && strcmp(line, "end") != 0)
		answer(&out, line);
	proc_write(&p, out.bytes, out.len);
	proc_end_in(&p);
	proc_wait(&p);
	assert_silent(&p);
	assert_int_equal(p.status, 0);
	text_finish(&out);
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_those_of_python),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
