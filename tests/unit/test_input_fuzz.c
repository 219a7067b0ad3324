/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Keys in random order, as a cat on the keyboard sends them: best run with the
 * address sanitizer, which sees into readline as well. */

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <sockchat/utf8.h>

#include "../../src/tui/histfile.h"
#include "../../src/tui/input.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* Keys in a run: enough for every crash that 8.2 had. */
#define KEYS_MAX 20000
#define LINE_MAX_BYTES 2000
#define SECONDS_MAX 3 /* of a seed, and before the last one in a mode */
#define SEEDS       100

static const char *const keys_of_a_cat[] = {
	"a", "b", "c", "x", " ", "0", "1", "5", "w", "d", "$", "f", "u", "p",
	"P", "i", "A", "C", "r", "R", ".", "~", "/", "n", "?", "y", "G", "k",
	"m", "`", "v", "#", "=", "\\", "*", "hello ", "가", "é", "e\xcc\x81",
	"\001", "\002", "\004", "\005", "\006", "\007", "\010", "\t", "\013",
	"\n", "\r", "\r", "\016", "\017", "\020", "\021", "\022", "\022",
	"\023", "\024", "\025", "\026", "\027", "\030", "\031", "\033", "\035",
	"\036", "\037", "\037", "\177", "\030\030", "\030\025", "\030\022",
	"\033b", "\033d", "\033f", "\033p", "\033n", "\033r", "\033u", "\033y",
	"\033.", "\033_", "\0335", "\033-", "\033t", "\033c", "\033#", "\033*",
	"\033\t", "\033\022", "\033\031", "\033\177", "\033\033", "\033&",
	"\033[A", "\033[A", "\033[B", "\033[C", "\033[D", "\033OA", "\033[H",
	"\033[F", "\033[3~", "\033[2~", "\033[1;5C", "\033[1;2P", "\033[99~",
	"\033\r", "\003", "\033é", "\033[200~two\nlines\033[201~",
	"\026\033[A", "\026\r", "\026\003", "\026\033[200~a\nb\033[201~",
	"\033[120;5u", "\033[27;3;102~", "\033[97;1:3u",
};

/* What a keyboard sends that does not send UTF-8. */
static const char *const bytes_of_a_cat[] = {
	"\xff", "\xb0\xa1", "\xe9", "\x80", "\xed\x95", "\xc2\x9b",
};

/* Bytes that the tokenizer keeps from readline: it has bindings for them. */
static const char *const raw_keys[] = {
	"\033<", "\033>", "\033?", "\014", "\032", "\033[200~",
};

static struct {
	uint32_t random;
	int lines;
	bool has_bytes; /* other than UTF-8 */
} run;

static uint32_t next_random(uint32_t below)
{
	run.random = run.random * 1664525u + 1013904223u;
	return (run.random >> 8) % below;
}

static void on_line(void *user, const char *line, size_t len)
{
	(void)user;
	assert_int_equal(strlen(line), len);
	assert_true(run.has_bytes || utf8_is_valid((const uint8_t *)line, len));
	run.lines++;
	histfile_remember(line);
}

static char **complete(void *user, const char *line, size_t point,
                       size_t *start)
{
	char **words = calloc(3, sizeof(*words));
	(void)user;
	assert_true(point <= strlen(line));
	assert_non_null(words);
	*start = point - (point > 0 && line[point - 1] == 'a');
	words[0] = strdup("abc");
	words[1] = next_random(2) ? strdup("abd") : NULL;
	return words;
}

static void show_matches(void *user, char *const *matches, size_t count)
{
	(void)user;
	assert_null(matches[count]);
}

static void refuse(void *user, const char *text)
{
	(void)user;
	fail_msg("%s", text);
}

static const char *name(size_t i)
{
	return i ? NULL : "first";
}

static void ran(void *user, size_t i)
{
	(void)user;
	(void)i;
}

static void on_key(void *user, const struct token *t)
{
	(void)user;
	if (t->key == KEY_CTRL_C && !input_quotes())
		input_cancel();
	else
		input_feed(t);
}

static void press_some_key(struct keys *k)
{
	if (run.has_bytes && next_random(10) == 0) {
		const char *raw = bytes_of_a_cat[next_random(
		    COUNT(bytes_of_a_cat))];
		keys_feed(k, (const uint8_t *)raw, strlen(raw));
		return;
	}
	size_t i = next_random(COUNT(keys_of_a_cat) + COUNT(raw_keys));
	const char *bytes = i < COUNT(raw_keys)
	                        ? raw_keys[i]
	                        : keys_of_a_cat[i - COUNT(raw_keys)];
	struct token t = { KEY_NONE, (const uint8_t *)bytes, strlen(bytes) };
	if (i < COUNT(raw_keys)) {
		input_feed(&t);
		return;
	}
	keys_feed(k, t.bytes, t.len);
	if (next_random(4))
		keys_timeout(k);
}

static void assert_sane(void)
{
	struct input_line line;
	input_show(&line);
	assert_true(line.point <= line.len);
	assert_int_equal(strlen(line.text), line.len);
	assert_true(run.has_bytes ||
	            utf8_is_valid((const uint8_t *)line.text, line.len));
	assert_int_equal(input_missed_keys(), 0);
	if (line.len > LINE_MAX_BYTES)
		input_cancel();
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void play(uint32_t seed, bool is_vi)
{
	static const struct input_ops ops = {
		.on_line = on_line,
		.complete = complete,
		.show_matches = show_matches,
		.refuse = refuse,
		.name = name,
		.run = ran,
	};
	struct keys *k = keys_new(on_key, NULL);
	struct token to_vi = { KEY_NONE, (const uint8_t *)"\033\n", 2 };
	double end = seconds() + SECONDS_MAX;
	run.random = seed;
	run.lines = 0;
	assert_int_equal(input_start(&ops), 0);
	assert_int_equal(histfile_open("/proc/nowhere/at/all", 50), 0);
	if (is_vi)
		input_feed(&to_vi);
	for (int i = 0; i < KEYS_MAX && (i % 100 || seconds() < end); i++) {
		press_some_key(k);
		assert_sane();
	}
	assert_true(run.lines > 0);
	input_stop();
	keys_free(k);
}

/* Where "." of vi repeated what had been no motion. */
static void vi_repeats_no_damage(void **unused)
{
	static const uint32_t seeds[] = { 237, 1353, 1725 };
	(void)unused;
	for (size_t i = 0; i < COUNT(seeds); i++)
		play(seeds[i], true);
}

static void play_seeds(bool is_vi)
{
	double end = seconds() + SECONDS_MAX;
	for (uint32_t seed = 1; seed <= SEEDS && seconds() < end; seed++)
		play(seed, is_vi);
}

static void random_keys_do_no_harm(void **unused)
{
	(void)unused;
	play_seeds(false);
}

static void random_keys_do_no_harm_in_vi_mode(void **unused)
{
	(void)unused;
	play_seeds(true);
}

static void random_bytes_do_no_harm(void **unused)
{
	(void)unused;
	run.has_bytes = true;
	play_seeds(false);
	play_seeds(true);
}

/* FIRST LAST: other seeds than the usual, each in both modes. */
int main(int argc, char **argv)
{
	static char home[] = "/tmp/test_input_fuzz.XXXXXX";
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(vi_repeats_no_damage),
		cmocka_unit_test(random_keys_do_no_harm),
		cmocka_unit_test(random_keys_do_no_harm_in_vi_mode),
		cmocka_unit_test(random_bytes_do_no_harm),
	};
	if (!mkdtemp(home) || !setlocale(LC_ALL, "C.UTF-8"))
		return 1;
	setenv("HOME", home, 1);
	setenv("INPUTRC", "/dev/null", 1);
	for (unsigned long i = argc > 2 ? strtoul(argv[1], NULL, 10) : 1;
	     argc > 2 && i <= strtoul(argv[2], NULL, 10); i++) {
		printf("seed %lu\n", i);
		fflush(stdout);
		play((uint32_t)i, i % 2);
	}
	int failed = argc > 2 ? 0
	                      : cmocka_run_group_tests_name("input_fuzz", tests,
	                                                    NULL, NULL);
	rmdir(home);
	return failed;
}
