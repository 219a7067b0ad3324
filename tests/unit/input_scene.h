/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The input line, the keys that are typed into it, and what it tells; its files
 * are in a folder of their own.  For one program of tests each. */

#ifndef TESTS_INPUT_SCENE_H
#define TESTS_INPUT_SCENE_H

#include "unit.h"

#include <errno.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/tui/histfile.h"
#include "../../src/tui/input.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

#define CTRL_P "\020"
#define CTRL_R "\022"
#define CTRL_X "\030"
#define ENTER  "\r"
#define UP     "\033[A"
#define DOWN   "\033[B"
#define LEFT   "\033[D"
#define UNDO   "\037"

/* What readline reads at its start: what is repaired must stay so. */
static const char inputrc[] =
    "set isearch-terminators \"\\C-j\"\n"
    "set convert-meta on\n"
    "set revert-all-at-newline on\n"
    "set blink-matching-paren on\n"
    "\"\\C-xp\": history-search-backward\n"
    "\"\\C-xn\": history-search-forward\n"
    "\"\\C-xd\": dump-functions\n"
    "\"\\C-xt\": vi-editing-mode\n"
    "$if sockchat\n"
    "\"\\C-xk\": \"kept\"\n"
    "\"\\C-xf\": sockchat-first\n"
    "\"\\C-o\": sockchat-second\n"
    "\"\\e[5~\": sockchat-second\n"
    "$endif\n"
    "set keymap vi-insert\n"
    "\"\\C-xt\": emacs-editing-mode\n";

static char folder[] = "/tmp/test_input.XXXXXX";

static struct {
	struct keys *keys;
	struct bytes line; /* the last one delivered */
	int lines;
	const char *const *words; /* to complete to */
	size_t word_start;
	size_t shown; /* matches */
	int refused;  /* keys */
	struct bytes ran; /* the functions of the program */
} told;

static inline void on_line(void *user, const char *line, size_t len)
{
	(void)user;
	bytes_clear(&told.line);
	bytes_append(&told.line, line, len);
	told.lines++;
	histfile_remember(line);
}

static inline char **complete(void *user, const char *line, size_t point,
                              size_t *start)
{
	size_t count = 0;
	(void)user;
	assert_true(point <= strlen(line));
	*start = told.word_start;
	if (!told.words)
		return NULL;
	while (told.words[count])
		count++;
	char **copy = calloc(count + 1, sizeof(*copy));
	assert_non_null(copy);
	for (size_t i = 0; i < count; i++)
		copy[i] = strdup(told.words[i]);
	return copy;
}

static inline void show_matches(void *user, char *const *matches, size_t count)
{
	(void)user;
	assert_non_null(matches[count - 1]);
	told.shown = count;
}

static inline const char *name(size_t i)
{
	static const char *const names[] = { "first", "second", NULL };
	return names[i];
}

static inline void run(void *user, size_t i)
{
	(void)user;
	bytes_printf(&told.ran, "%zu", i);
}

static inline void refuse(void *user, const char *text)
{
	(void)user;
	assert_non_null(text);
	told.refused++;
}

static const struct input_ops ops = {
	.on_line = on_line,
	.complete = complete,
	.show_matches = show_matches,
	.refuse = refuse,
	.name = name,
	.run = run,
};

static inline void on_key(void *user, const struct token *t)
{
	(void)user;
	if (t->key == KEY_CTRL_C && !input_quotes())
		input_cancel();
	else
		input_feed(t);
}

static inline void type_bytes(const char *bytes, size_t len)
{
	keys_feed(told.keys, (const uint8_t *)bytes, len);
	keys_timeout(told.keys);
}

static inline void type(const char *keys)
{
	type_bytes(keys, strlen(keys));
}

static inline int start(void **unused)
{
	struct input_line line;
	(void)unused;
	told.keys = keys_new(on_key, NULL);
	told.lines = 0;
	told.words = NULL;
	told.word_start = told.shown = 0;
	if (input_start(&ops))
		return -1;
	input_show(&line);
	if (*line.mode == 'v')
		type(CTRL_X "t");
	return 0;
}

static inline int finish(void **unused)
{
	unsigned missed = input_missed_keys();
	(void)unused;
	input_stop();
	keys_free(told.keys);
	bytes_finish(&told.line);
	bytes_finish(&told.ran);
	return missed > 0;
}

/* A key that the program would keep for itself: given to the line. */
static inline void press(const char *bytes)
{
	struct token t = { KEY_NONE, (const uint8_t *)bytes, strlen(bytes) };
	input_feed(&t);
}

static inline void paste(const char *text)
{
	struct token t = { KEY_PASTE, (const uint8_t *)text, strlen(text) };
	input_feed(&t);
}

/* The line, with a bar where the cursor is. */
static inline void assert_line(const char *expected)
{
	struct input_line line;
	struct bytes text = { 0 };
	input_show(&line);
	bytes_printf(&text, "%.*s|%.*s", (int)line.point, line.text,
	             (int)(line.len - line.point), line.text + line.point);
	assert_string_equal(bytes_text(&text), expected);
	bytes_finish(&text);
}

static inline void assert_sent(int lines, const char *last)
{
	assert_int_equal(told.lines, lines);
	assert_string_equal(bytes_text(&told.line), last);
}

static inline void assert_prompt(const char *expected)
{
	struct input_line line;
	input_show(&line);
	if (!expected) {
		assert_null(line.prompt);
		return;
	}
	assert_non_null(line.prompt);
	assert_non_null(strstr(line.prompt, expected));
}

static inline void assert_mode(const char *expected)
{
	struct input_line line;
	input_show(&line);
	assert_string_equal(line.mode, expected);
}

static inline const char *in_folder(const char *name)
{
	static char full[128];
	snprintf(full, sizeof(full), "%s/%s", folder, name);
	return full;
}

static inline void write_file(const char *name, const char *text)
{
	FILE *file = fopen(in_folder(name), "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline int make_folder(void **unused)
{
	(void)unused;
	if (!mkdtemp(folder))
		return -1;
	write_file("inputrc", inputrc);
	setenv("HOME", folder, 1);
	setenv("INPUTRC", in_folder("inputrc"), 1);
	return setlocale(LC_ALL, "C.UTF-8") ? 0 : -1;
}

static inline int remove_folder(void **unused)
{
	static const char *const names[] = {
		"inputrc", "s/t/history", "s/t", "s", "n/m/history", "n/m", "n",
		"target", "link", "few", "both", "long", "file",
		"late/history", "late",
	};
	(void)unused;
	for (size_t i = 0; i < COUNT(names); i++)
		remove(in_folder(names[i]));
	return rmdir(folder);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, finish)

#endif
