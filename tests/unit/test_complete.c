/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Completion beyond the tables: options and their values, what was heard, and
 * files. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sockchat/again.h>
#include <sockchat/command.h>
#include <sockchat/record.h>

#include "unit.h"

static struct options options;
static struct chat *c;
static char folder[] = "/tmp/sockchat-complete-XXXXXX";

/* The candidates, with a bar behind each. */
static void assert_completed(const char *line, const char *wanted)
{
	struct bytes found = { 0 };
	size_t from = 0, point = strlen(line);
	char **list = command_complete(c, line, point, &from);
	for (char **at = list; at && *at; at++) {
		assert_memory_equal(*at, line + from, point - from);
		bytes_printf(&found, "%s|", *at);
		free(*at);
	}
	free(list);
	assert_true(from <= point);
	if (strcmp(bytes_text(&found), wanted) != 0)
		fail_msg("'%s': '%s' in place of '%s'", line,
		         bytes_text(&found), wanted);
	bytes_finish(&found);
}

static void hear_bytes(const void *bytes, size_t len)
{
	transcript_append(c->transcript, &(struct entry){
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN, .session = 1,
		.bytes = bytes, .len = len,
	});
}

static void hear(const char *text)
{
	hear_bytes(text, strlen(text));
}

static void set_offers_options_and_their_values(void **state)
{
	(void)state;
	assert_completed("/set ec", "echo|");
	assert_completed("/set ui", "");
	assert_completed("/set eol c", "crlf|cr|");
	assert_completed("/set   quiet o", "on|off|");
	assert_completed("/set view ", "text|hex|mixed|default|");
	assert_completed("/set linger ", "default|");
	assert_completed("/set nonsense ", "");
	assert_completed("/set view hex h", "");
}

static void filter_offers_its_own_words(void **state)
{
	(void)state;
	assert_completed("/allow ", "off|");
	assert_completed("/allow off ", "");
	assert_completed("/accept on o", "");
	assert_completed("/filter ", "in|out|error|peer|text|off|");
	assert_completed("/filter in e", "error|");
	assert_completed("/filter peer ", "");
	assert_completed("/filter text o", "");
	assert_completed("/help filt", "filter|");
}

static void words_that_were_heard_are_offered_newest_first(void **state)
{
	(void)state;
	hear("250-SIZE 1000\r\n");
	hear("{\"size\": 5, \"simple\":true}\r\n");
	hear("sink. silo: size SIZE\n");
	assert_completed("si", "sink|silo|size|simple|");
	assert_completed("a (si", "sink|silo|size|simple|");
	assert_completed("//si", "");
	assert_completed("SI", "SIZE|");
	assert_completed("25", "250-SIZE|");
	assert_completed("x ", "");
	assert_completed("", "");
	chat_note(c, "paused", "signal");
	assert_completed("sig", "");
}

static void only_clean_words_are_offered(void **state)
{
	(void)state;
	hear("ab\xff ab\x1b[31m ab\xc2\x9b" "1 ab\xc3 ab\xc3\xa9 ab\x7f\n");
	hear_bytes("abc\0abd", 7);
	assert_completed("ab", "abc|abd|ab|ab\xc3\xa9|");
}

static void a_long_conversation_is_not_searched_to_its_end(void **state)
{
	static char much[300 << 10];
	(void)state;
	hear("needle\n");
	memset(much, 'x', sizeof(much));
	hear_bytes(much, sizeof(much));
	assert_completed("needl", "");
	hear("needle\n");
	for (int i = 0; i < 499; i++)
		hear("x\n");
	assert_completed("needl", "needle|");
	hear("x\n");
	assert_completed("needl", "");
}

static void no_more_than_fifty_words_are_offered(void **state)
{
	char word[16], **list;
	size_t start, count = 0;
	(void)state;
	for (int i = 0; i < 80; i++) {
		snprintf(word, sizeof(word), "word%d\n", i);
		hear(word);
	}
	list = command_complete(c, "wo", 2, &start);
	for (; list[count]; count++)
		free(list[count]);
	assert_int_equal(count, 50);
	free(list);
}

/* As a command whose argument is a file completes it. */
static void assert_files(const char *word, const char *wanted)
{
	char line[64];
	snprintf(line, sizeof(line), "/file %s", word);
	assert_completed(line, wanted);
}

static void a_format_may_stand_in_front_of_a_path(void **state)
{
	(void)state;
	assert_completed("/record js", "jsonl:|");
	assert_completed("/record o", "off|");
	assert_completed("/record jsonl:a", "a b|");
	assert_completed("/save hex:dir/", "dir/x|");
	assert_completed("/save pc", "pcapng:|");
	assert_completed("/file js", "");
}

static void both_endpoints_of_forward_are_completed(void **state)
{
	const struct endpoint here = { .host = "here", .port = "1" };
	const struct endpoint there = { .host = "there", .port = "2" };
	(void)state;
	chat_note_used(c, ENDPOINT_LISTEN, &here);
	chat_note_used(c, ENDPOINT_CONNECT, &there);
	assert_completed("/forward he", "here:1|");
	assert_completed("/forward th", "");
	assert_completed("/forward here:1 th", "there:2|");
}

static void a_path_behind_unix_is_completed(void **state)
{
	(void)state;
	assert_completed("/connect unix:a", "a b|");
	assert_completed("/listen UNIX:dir/", "dir/x|");
	assert_completed("/connect unix:~/di", "~/dir/|");
	assert_completed("/connect uni", "");
	assert_completed("/close unix:a", "");
}

static void files_are_offered_and_folders_end_in_a_slash(void **state)
{
	(void)state;
	assert_files("", "a b|dir/|link/|");
	assert_files("a", "a b|");
	assert_files("a ", "a b|");
	assert_files("./d", "./dir/|");
	assert_files("dir/", "dir/x|");
	assert_files(".h", ".hidden|");
	assert_files("~/di", "~/dir/|");
	assert_files("~/dir/", "~/dir/x|");
	assert_files("nowhere/", "");
	assert_files("/tmp/sockchat-complete-nothing", "");
}

static void make(const char *name)
{
	int fd = open(name, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static int set_up_all(void **state)
{
	(void)state;
	if (!mkdtemp(folder) || chdir(folder) || mkdir("dir", 0700) ||
	    symlink("dir", "link"))
		return -1;
	make("a b");
	make("new\nline");
	make("bad\xff");
	make(".hidden");
	make("dir/x");
	return setenv("HOME", folder, 1);
}

static int tear_down_all(void **state)
{
	static const char *const names[] = {
		"a b", "new\nline", "bad\xff", ".hidden", "dir/x", "link",
		"dir", folder,
	};
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (remove(names[i]))
			return -1;
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	options_init(&options);
	c = chat_new(loop_new(LOOP_AUTO), &options);
	c->commands = record_commands;
	return 0;
}

static int tear_down(void **state)
{
	struct loop *l = c->loop;
	(void)state;
	chat_free(c);
	loop_free(l);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(set_offers_options_and_their_values),
		TEST(filter_offers_its_own_words),
		TEST(words_that_were_heard_are_offered_newest_first),
		TEST(only_clean_words_are_offered),
		TEST(a_long_conversation_is_not_searched_to_its_end),
		TEST(no_more_than_fifty_words_are_offered),
		TEST(files_are_offered_and_folders_end_in_a_slash),
		TEST(a_format_may_stand_in_front_of_a_path),
		TEST(both_endpoints_of_forward_are_completed),
		TEST(a_path_behind_unix_is_completed),
	};
	return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
