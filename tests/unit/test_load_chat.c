/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* .chat files are loaded, real ones that have no name. */

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sockchat/chatfile.h>
#include <sockchat/load.h>

#include "chat_scene.h"

#define HEAD CHATFILE_FIRST "\nconnect h:1\n# recorded 2026-01-02T03:04:05Z\n"
#define THEN_US INT64_C(1767323045000000)

static int fd = -1;

static int close_file(void **state)
{
	if (fd >= 0)
		close(fd);
	fd = -1;
	return tear_down(state);
}

static int try_load(const char *text, struct error *e)
{
	char path[64];
	fd = memfd_create("load", MFD_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return load_now(c, path, e);
}

static void load(const char *text)
{
	struct error e;
	if (try_load(text, &e))
		fail_msg("%s", e.text);
}

/* The entries of the file, behind the date; one `at_us` after its beginning. */
static void assert_loaded(size_t i, enum entry_kind kind, enum entry_dir dir,
                          uint32_t session, int64_t at_us, const char *text)
{
	const struct entry *e = entry_at(
	    c->transcript, transcript_first(c->transcript) + 1 + i);
	assert_non_null(e);
	if (e->len != strlen(text) || memcmp(e->bytes, text, e->len) != 0)
		fail_msg("'%.*s', not '%s'", (int)e->len,
		         (const char *)e->bytes, text);
	assert_int_equal(e->kind, kind);
	assert_int_equal(e->dir, dir);
	assert_int_equal(e->session, ENTRY_OLD_SESSION | session);
	assert_int_equal(e->time.wall_us, THEN_US + at_us);
}

static void messages_have_their_bytes_and_times(void **state)
{
	(void)state;
	load(HEAD "> \"HELO me\\r\\n\"\n+0.250 < \"250 \"\n  \"hello\\r\\n\"\n"
	          "+1.5 < hex \"00 ff\"\nwait 2\n> fin\n< fin\n");
	assert_loaded(0, ENTRY_MESSAGE, ENTRY_OUT, 1, 0, "HELO me\r\n");
	assert_loaded(1, ENTRY_MESSAGE, ENTRY_IN, 1, 250000, "250 hello\r\n");
	const struct entry *e = entry_at(
	    c->transcript, transcript_first(c->transcript) + 3);
	assert_memory_equal(e->bytes, "\0\xff", 2);
	assert_string_equal(e->peer, "h:1");
	assert_int_equal(e->flags, ENTRY_COMPLETE);
	assert_loaded(3, ENTRY_STATE, ENTRY_NO_DIR, 1, 3750000,
	              "FIN was sent");
	assert_loaded(4, ENTRY_STATE, ENTRY_NO_DIR, 1, 3750000, "FIN came");
}

static void what_stands_for_bytes_becomes_a_note(void **state)
{
	(void)state;
	load(HEAD "# by hand\n< /token=(?<t>[0-9]+)\\r\\n/\n"
	          "> \"USE ${t}\\r\\n\"\n> starttls\n< ...\n< rst\n");
	assert_loaded(0, ENTRY_NOTE, ENTRY_NO_DIR, 1, 0, "by hand");
	assert_loaded(1, ENTRY_NOTE, ENTRY_NO_DIR, 1, 0,
	              "< /token=(?<t>[0-9]+)\\r\\n/");
	assert_loaded(2, ENTRY_NOTE, ENTRY_NO_DIR, 1, 0,
	              "the next message has ${t} before its byte 4");
	assert_loaded(3, ENTRY_MESSAGE, ENTRY_OUT, 1, 0, "USE \r\n");
	assert_loaded(4, ENTRY_NOTE, ENTRY_NO_DIR, 1, 0, "> starttls");
	assert_loaded(5, ENTRY_NOTE, ENTRY_NO_DIR, 1, 0, "< ...");
	assert_loaded(6, ENTRY_STATE, ENTRY_NO_DIR, 1, 0, "RST came");
}

static void what_a_recorder_has_told_is_told_again(void **state)
{
	(void)state;
	load(HEAD "# * hm\n# [2] ! oh\n# [2] by hand\n# *\n");
	uint64_t first = transcript_first(c->transcript) + 1;
	assert_loaded(0, ENTRY_NOTE, ENTRY_NO_DIR, 0, 0, "hm");
	assert_string_equal(entry_at(c->transcript, first)->code, "told");
	assert_loaded(1, ENTRY_ERROR, ENTRY_NO_DIR, 2, 0, "oh");
	assert_loaded(2, ENTRY_NOTE, ENTRY_NO_DIR, 1, 0, "[2] by hand");
	assert_loaded(3, ENTRY_NOTE, ENTRY_NO_DIR, 1, 0, "*");
	assert_false(c->has_failed);
}

static void a_reset_tells_whose_it_is(void **state)
{
	(void)state;
	load(HEAD "[1] < rst\n[2] > rst\n");
	uint64_t first = transcript_first(c->transcript) + 1;
	assert_loaded(0, ENTRY_STATE, ENTRY_NO_DIR, 1, 0, "RST came");
	assert_string_equal(entry_at(c->transcript, first)->code,
	                    "ECONNRESET");
	assert_loaded(1, ENTRY_STATE, ENTRY_NO_DIR, 2, 0, "RST was sent");
	const struct entry *ours = entry_at(c->transcript, first + 1);
	assert_string_equal(ours->code, "");
	assert_int_equal(ours->ended, 0);
}

static void each_peer_has_its_number_and_its_pauses(void **state)
{
	(void)state;
	load(HEAD "[1] > \"a\"\n[1] +1 > \"b\"\n[2] > \"c\"\n"
	          "[1] +1 > \"d\"\n[2] +0.5 > \"e\"\n");
	assert_loaded(0, ENTRY_MESSAGE, ENTRY_OUT, 1, 0, "a");
	assert_loaded(1, ENTRY_MESSAGE, ENTRY_OUT, 1, 1000000, "b");
	assert_loaded(2, ENTRY_MESSAGE, ENTRY_OUT, 2, 1000000, "c");
	assert_loaded(3, ENTRY_MESSAGE, ENTRY_OUT, 1, 2000000, "d");
	assert_loaded(4, ENTRY_MESSAGE, ENTRY_OUT, 2, 1500000, "e");
	assert_int_equal(c->last_old, 2);
}

static void what_is_wrong_has_its_line_and_column(void **state)
{
	struct error e;
	(void)state;
	assert_int_equal(try_load(HEAD "< \"a\"\n< what\n", &e), -1);
	assert_non_null(strstr(e.text, ":5:3: "));
	close(fd);
	assert_int_equal(try_load("# sockchat conversation 2\n", &e), -1);
}

#define STEPS 20000

/* A long file is begun at a step: neither within a line nor at an indented
 * one. */
static void of_a_long_file_the_end_is_loaded(void **state)
{
	struct bytes file = { 0 };
	(void)state;
	options.scrollback = (size_t)256 << 10;
	chat_settings_changed(c);
	assert_int_equal(bytes_append_text(&file, HEAD), 0);
	for (int i = 0; i < STEPS; i++)
		assert_int_equal(bytes_printf(&file, "< \"%d\"\n# more\n\n"
		                              "  \"%0100d\"\n", i, 0), 0);
	load(bytes_text(&file));
	bytes_finish(&file);
	uint64_t seq = transcript_end(c->transcript);
	do
		seq--;
	while (entry_at(c->transcript, seq)->kind != ENTRY_MESSAGE);
	assert_memory_equal(entry_at(c->transcript, seq)->bytes, "19999", 5);
	assert_int_equal(entry_at(c->transcript, seq)->len, 105);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, close_file)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_have_their_bytes_and_times),
		TEST(what_stands_for_bytes_becomes_a_note),
		TEST(what_a_recorder_has_told_is_told_again),
		TEST(a_reset_tells_whose_it_is),
		TEST(each_peer_has_its_number_and_its_pauses),
		TEST(what_is_wrong_has_its_line_and_column),
		TEST(of_a_long_file_the_end_is_loaded),
	};
	setenv("TZ", "UTC0", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
