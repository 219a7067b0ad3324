/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* .chat files on disk: read in blocks of any size, and what `file "NAME"` may
 * reach.  The files are real. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chatfile_scene.h"

static char folder[64], path[128];

static void write_file(const char *name, const void *text, size_t len)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

static void write_text(const char *text)
{
	write_file(path, text, strlen(text));
}

static int start(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/sockchat-chat-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	snprintf(path, sizeof(path), "%s/a.chat", folder);
	return 0;
}

static int finish(void **state)
{
	char command[128];
	(void)state;
	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

static struct chatfile *opened_file(void)
{
	struct error e;
	struct chatfile *f = chatfile_open(path, &e);
	if (!f)
		fail_msg("%s", e.text);
	return f;
}

/* What is told of the file, without the path of its folder. */
static void assert_told(const char *told)
{
	struct chatfile *f = opened_file();
	struct bytes out = { 0 };
	tell_steps(&out, f);
	const char *text = bytes_text(&out);
	size_t len = strlen(folder);
	if (strncmp(text, folder, len) == 0)
		text += len + 1;
	assert_string_equal(text, told);
	bytes_finish(&out);
	chatfile_close(f);
}

/* Blocks */

static const char talk[] =
    FIRST "connect 127.0.0.1:9999\r\n# recorded\n\n> \"HELO me\\r\\n\"\n"
    "# between\n< \"250 \"\n\n  # within\n  \"hello\\r\\n\"\n"
    "+0.250 > hex \"00 01 02\"\n\t\"\"\n[2] < /a(b)/\n> fin";

static void how_a_file_is_cut_into_reads_does_not_matter(void **state)
{
	struct bytes whole = { 0 }, cut = { 0 };
	(void)state;
	write_text(talk);
	struct chatfile *f = opened_file();
	tell_steps(&whole, f);
	for (size_t size = 1; size < sizeof(talk) + 2; size++) {
		f->lines.block_size = size;
		f->lines.end = 0;
		f->lines.at = f->lines.block.len = 0;
		chatfile_rewind(f);
		tell_steps(&cut, f);
		assert_string_equal(bytes_text(&whole), bytes_text(&cut));
		bytes_clear(&cut);
	}
	chatfile_close(f);
	bytes_finish(&whole);
	bytes_finish(&cut);
}

static void what_is_added_later_is_not_read(void **state)
{
	struct chat_step s;
	struct error e;
	(void)state;
	write_text(FIRST "> \"a\"\n");
	struct chatfile *f = opened_file();
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(write(fd, "  \"b\"\n> fin\n", 13), 13);
	close(fd);
	assert_int_equal(chatfile_next(f, &s, &e), 1);
	assert_int_equal(s.bytes.len, 1);
	assert_int_equal(chatfile_next(f, &s, &e), 0);
	chatfile_close(f);
}

static void a_file_that_shrinks_is_an_error(void **state)
{
	struct chat_step s;
	struct error e;
	(void)state;
	write_text(FIRST "> \"a\"\n> \"b\"\n> \"c\"\n");
	struct chatfile *f = opened_file();
	f->lines.block_size = 4;
	f->lines.at = f->lines.block.len = 0;
	f->lines.end = f->first.offset;
	assert_int_equal(truncate(path, (off_t)sizeof(FIRST) + 12), 0);
	assert_int_equal(chatfile_next(f, &s, &e), 1);
	assert_int_equal(chatfile_next(f, &s, &e), -1);
	assert_non_null(strstr(e.text, "became shorter while it was read"));
	chatfile_close(f);
}

static void short_files_that_name_long_ones_have_a_bound(void **state)
{
	struct error e;
	(void)state;
	write_file("b", "12345678", 8);
	write_text(FIRST "> file \"b\"\n> \"a\"\n> file \"b\" file \"b\"\n");
	struct chatfile *f = opened_file();
	chatfile_limit(f, 25);
	assert_non_null(chatfile_check(f, CHAT_NEITHER, &e));
	chatfile_limit(f, 24);
	assert_null(chatfile_check(f, CHAT_NEITHER, &e));
	assert_non_null(strstr(e.text, "a.chat:4:3: up to here all steps"));
	chatfile_close(f);
}

static void what_is_no_file_is_told(void **state)
{
	struct error e;
	(void)state;
	assert_null(chatfile_open("none.chat", &e));
	assert_string_equal(e.text, "cannot read none.chat: No such file or "
	                            "directory");
	assert_null(chatfile_open(folder, &e));
	assert_string_equal(e.code, "EISDIR");
	assert_int_equal(mkfifo("fifo.chat", 0600), 0);
	assert_null(chatfile_open("fifo.chat", &e));
	assert_string_equal(e.text, "cannot read fifo.chat: it is not a "
	                            "regular file");
}

static void a_line_over_64_mib_is_refused(void **state)
{
	struct error e;
	(void)state;
	write_text(FIRST "> \"");
	assert_int_equal(truncate(path, (off_t)200 << 20), 0);
	assert_null(chatfile_open(path, &e));
	assert_non_null(strstr(e.text, "a.chat:2:1: this line has over 64 "
	                               "MiB"));
}

/* file "NAME" */

static void a_file_beside_or_below_is_read(void **state)
{
	char bytes[] = "a\0b\xff";
	(void)state;
	write_file("x y", bytes, 4);
	assert_int_equal(mkdir("sub", 0700), 0);
	write_file("sub/..data", "deep", 4);
	write_file("empty", "", 0);
	write_text(FIRST "> file \"x\\x20y\" \"!\"\n"
	           "> file \"./sub//..data\" file \"empty\"\n");
	assert_told("2 > bytes b'a\\x00b\\xff!'\n3 > bytes b'deep'\n");
}

static void the_folder_is_that_of_the_file_and_not_ours(void **state)
{
	(void)state;
	write_file("x", "mine", 4);
	write_text(FIRST "> file \"x\"\n");
	assert_int_equal(chdir("/"), 0);
	assert_told("2 > bytes b'mine'\n");
	assert_int_equal(chdir(folder), 0);
	snprintf(path, sizeof(path), "a.chat");
	assert_told("2 > bytes b'mine'\n");
}

#define NOT_BELOW                                                       \
	"a file must be beside or below this one: its name may not begin "     \
	"with / or contain .."

static void nothing_else_is_read(void **state)
{
	static const struct {
		const char *name, *said;
	} rows[] = {
		{ "/etc/passwd", NOT_BELOW },
		{ "../x", NOT_BELOW },
		{ "sub/../../x", NOT_BELOW },
		{ "..", NOT_BELOW },
		{ "", "cannot read it: No such file or directory" },
		{ "none", "cannot read it: No such file or directory" },
		{ "none/x", "cannot read it: No such file or directory" },
		{ "link", "a symbolic link is not followed" },
		{ "dirlink/passwd", "a symbolic link is not followed" },
		{ "sub", "it is a folder" },
		{ ".", "it is a folder" },
		{ "fifo", "it is not a regular file" },
		{ "x/y", "cannot read it: Not a directory" },
		{ "huge", "it makes the step longer than 64 MiB, the most "
		          "that one has" },
	};
	char text[100], said[200];
	(void)state;
	write_file("x", "x", 1);
	write_file("huge", "x", 1);
	assert_int_equal(truncate("huge", (off_t)1 << 30), 0);
	assert_int_equal(mkdir("sub", 0700), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(symlink("x", "link"), 0);
	assert_int_equal(symlink("/etc", "dirlink"), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), FIRST "> \"a\" file \"%s\"\n",
		         rows[i].name);
		snprintf(said, sizeof(said), "a.chat:2:12: %s", rows[i].said);
		write_text(text);
		assert_told(said);
	}
}

static void a_step_has_at_most_64_mib(void **state)
{
	(void)state;
	write_file("most", "", 0);
	assert_int_equal(truncate("most", (off_t)CHATFILE_STEP_MAX), 0);
	write_text(FIRST "> file \"most\"\n   \"b\"\n");
	struct chatfile *f = opened_file();
	struct chat_step s;
	struct error e;
	assert_int_equal(chatfile_next(f, &s, &e), -1);
	assert_non_null(strstr(e.text, "a.chat:3:5: a step has at most 64 "
	                               "MiB"));
	chatfile_close(f);
}

#define FRESH(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(how_a_file_is_cut_into_reads_does_not_matter),
		FRESH(what_is_added_later_is_not_read),
		FRESH(a_file_that_shrinks_is_an_error),
		FRESH(short_files_that_name_long_ones_have_a_bound),
		FRESH(what_is_no_file_is_told),
		FRESH(a_line_over_64_mib_is_refused),
		FRESH(a_file_beside_or_below_is_read),
		FRESH(the_folder_is_that_of_the_file_and_not_ours),
		FRESH(nothing_else_is_read),
		FRESH(a_step_has_at_most_64_mib),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
