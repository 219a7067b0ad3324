/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which frame is told of a peer that nobody said anything about. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "peer.h"

#define LOOKS "looks like `"

/* The frame of each kind of frame_peer.py; NULL: none may be told. */
static const char *const kinds[][2] = {
	{ "big", "u32" },       { "little", "u32,le" }, { "short", "u16" },
	{ "binary", "u32,le" }, { "dotnet", "varint" }, { "mqtt", "mqtt" },
	{ "json", "json" },     { "scales", "between:\\x02,\\x03" },
	{ "lines", NULL },      { "records", NULL },    { "doubles", NULL },
};

/* Let sockchat see all that this peer sends, whose word is a kind and how many
 * bytes it sends at once.  To be ended by proc_finish(). */
static void see_all(struct proc *p, const char *kind, int size,
                    const char *option, const char *value)
{
	struct proc server;
	char port[8], word[40];
	snprintf(word, sizeof(word), "%s/%d", kind, size);
	start_python_server(&server, "frame_peer.py", word, port);
	proc_sockchat(p, "connect", "--ui", "lines", option, value,
	              "127.0.0.1", port, NULL);
	proc_expect_out(p, "the peer has finished sending");
	proc_write_text(p, "/quit\n");
	proc_expect_exit(p, 0);
	proc_expect_exit(&server, 0);
	proc_finish(&server);
}

static size_t count_of(const char *text, const char *what)
{
	size_t count = 0;
	while ((text = strstr(text, what))) {
		text += strlen(what);
		count++;
	}
	return count;
}

static void a_frame_is_told_once_however_its_bytes_come(void **state)
{
	static const int sizes[] = { 0, 1, 7 };
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (size_t n = 0; n < 3; n++) {
			struct proc p;
			char text[80];
			const char *spec = kinds[i][1];
			see_all(&p, kinds[i][0], sizes[n], "--hints", "on");
			snprintf(text, sizeof(text), LOOKS "%s`; `/frame %s`",
			         spec ? spec : "", spec ? spec : "");
			size_t told = count_of(p.out_text.bytes, LOOKS);
			if (told != (spec ? 1 : 0) ||
			    (spec && !strstr(p.out_text.bytes, text)))
				fail_msg("%s in %d: %s", kinds[i][0], sizes[n],
				         p.out_text.bytes);
			proc_finish(&p);
		}
}

static void nothing_is_told_when_a_frame_or_silence_was_chosen(void **state)
{
	static const char *const options[][2] = {
		{ "--hints", "off" }, { "--frame", "u32" },
		{ "--frame-in", "read" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct proc p;
		see_all(&p, "big", 0, options[i][0], options[i][1]);
		assert_int_equal(count_of(p.out_text.bytes, LOOKS), 0);
		proc_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_is_told_once_however_its_bytes_come),
		cmocka_unit_test(
		    nothing_is_told_when_a_frame_or_silence_was_chosen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
