/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Files of recordings, in a folder of their own: what is made, what is refused,
 * and what is missing when they cannot be written. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#include <sockchat/file.h>
#include <sockchat/record_file.h>

static char folder[] = "/tmp/record.XXXXXX";
static struct loop *loop;
static struct record_file file;
static int broken;

static void on_broken(void *user)
{
	(void)user;
	broken++;
}

static const char *in_folder(const char *name)
{
	static char path[100];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int set_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(folder));
	loop = loop_new(LOOP_AUTO);
	broken = 0;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "file", "fifo", "link", "made" };
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(in_folder(names[i]));
	rmdir(folder);
	loop_free(loop);
	return 0;
}

static int try_open(const char *path, enum record_over over, struct error *e)
{
	file = (struct record_file){
		.loop = loop, .over = over, .on_broken = on_broken,
	};
	return record_file_open(&file, path, e);
}

static void open_it(const char *name, enum record_over over)
{
	struct error e;
	assert_int_equal(try_open(in_folder(name), over, &e), 0);
}

static void expect_refused(const char *path, enum record_over over,
                           const char *hint)
{
	struct error e;
	assert_int_equal(try_open(path, over, &e), -1);
	assert_non_null(strstr(e.text, "cannot record to "));
	assert_non_null(strstr(e.hint, hint));
	(void)!record_file_close(&file);
}

static void write_it(const char *text, int expected)
{
	assert_int_equal(record_file_write(&file, text, strlen(text), 1),
	                 expected);
}

static void expect_content(const char *name, const char *text)
{
	struct bytes b = { 0 };
	int fd = file_open(in_folder(name), 0);
	assert_true(fd >= 0);
	assert_int_equal(file_read(fd, &b), 0);
	assert_string_equal(bytes_text(&b), text);
	bytes_finish(&b);
	close(fd);
}

static void make_file(const char *name, const char *text)
{
	int fd = open(in_folder(name), O_WRONLY | O_CREAT, 0644);
	assert_true(fd >= 0);
	assert_int_equal(file_write(fd, text, strlen(text)), 0);
	close(fd);
}

static void a_new_file_is_for_its_user_alone(void **state)
{
	struct stat st;
	(void)state;
	mode_t former = umask(0777);
	open_it("made", RECORD_NEW);
	umask(former);
	assert_true(file.is_empty && !file.continues);
	write_it("one\n", 0);
	write_it("two\n", 0);
	assert_int_equal(file.written, 8);
	assert_false(file.is_empty);
	expect_content("made", "one\ntwo\n");
	assert_int_equal(record_file_close(&file), 0);
	assert_int_equal(stat(in_folder("made"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void a_file_that_is_there_stays_as_it_is_unless_asked(void **state)
{
	struct stat st;
	(void)state;
	make_file("file", "old\n");
	expect_refused(in_folder("file"), RECORD_NEW, "--record-overwrite");
	expect_content("file", "old\n");
	open_it("file", RECORD_APPEND);
	assert_true(file.continues);
	write_it("new\n", 0);
	assert_int_equal(record_file_close(&file), 0);
	expect_content("file", "old\nnew\n");
	assert_int_equal(stat(in_folder("file"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	open_it("file", RECORD_OVERWRITE);
	assert_false(file.continues);
	write_it("x\n", 0);
	assert_int_equal(record_file_close(&file), 0);
	expect_content("file", "x\n");
}

static void what_is_in_use_is_not_begun_anew(void **state)
{
	(void)state;
	make_file("file", "old\n");
	int fd = file_open(in_folder("file"), 0);
	file_use(fd);
	expect_refused(in_folder("file"), RECORD_OVERWRITE, "another name");
	expect_content("file", "old\n");
	open_it("file", RECORD_APPEND);
	close(fd);
	struct record_file former = file;
	expect_refused(in_folder("file"), RECORD_OVERWRITE, "another name");
	assert_int_equal(record_file_close(&former), 0);
	open_it("file", RECORD_OVERWRITE);
	write_it("new\n", 0);
	assert_int_equal(truncate(in_folder("file"), 0), 0);
	write_it("more\n", 0);
	assert_int_equal(record_file_close(&file), 0);
	expect_content("file", "more\n");
}

static void a_last_line_without_an_end_is_known(void **state)
{
	(void)state;
	make_file("file", "old");
	open_it("file", RECORD_APPEND);
	assert_true(file.is_in_mid_line);
	write_it("\n", 0);
	assert_int_equal(record_file_close(&file), 0);
	open_it("file", RECORD_APPEND);
	assert_false(file.is_in_mid_line);
	assert_int_equal(record_file_close(&file), 0);
	open_it("file", RECORD_OVERWRITE);
	assert_false(file.is_in_mid_line);
	assert_int_equal(record_file_close(&file), 0);
}

static void a_link_and_what_is_no_file_are_refused(void **state)
{
	(void)state;
	make_file("file", "old\n");
	assert_int_equal(symlink("file", in_folder("link")), 0);
	for (int over = RECORD_NEW; over <= RECORD_OVERWRITE; over++) {
		expect_refused(in_folder("link"), (enum record_over)over,
		               "symbolic link");
		expect_refused(folder, (enum record_over)over, "");
		expect_refused("/no/such/folder/a", (enum record_over)over, "");
	}
	expect_content("file", "old\n");
}

static void a_full_disk_is_a_gap_and_the_file_is_cut_back(void **state)
{
	struct rlimit limit;
	(void)state;
	getrlimit(RLIMIT_FSIZE, &limit);
	rlim_t before = limit.rlim_cur;
	open_it("made", RECORD_NEW);
	write_it("whole\n", 0);
	limit.rlim_cur = 10;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	write_it("too long\n", -1);
	assert_int_equal(record_file_retry(&file), -1);
	record_file_lose(&file, 5, 2, errno);
	expect_content("made", "whole\n");
	assert_int_equal(file.gap.errnum, EFBIG);
	assert_int_equal(file.gap.bytes, 9 + 5);
	assert_int_equal(file.gap.entries, 3);
	assert_true(file.gap.time.wall_us > 0);
	limit.rlim_cur = before;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(record_file_retry(&file), 0);
	write_it("again\n", 0);
	assert_int_equal(record_file_close(&file), 0);
	expect_content("made", "whole\nagain\n");
}

static void a_device_that_is_full_says_so(void **state)
{
	struct error e;
	(void)state;
	assert_int_equal(try_open("/dev/full", RECORD_NEW, &e), 0);
	write_it("lost", -1);
	assert_int_equal(file.gap.errnum, ENOSPC);
	assert_int_equal(file.gap.bytes, 4);
	assert_int_equal(file.gap.entries, 1);
	assert_int_equal(record_file_close(&file), 0);
}

static int open_reader(void)
{
	int fd = open(in_folder("fifo"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void a_fifo_waits_for_no_reader(void **state)
{
	char read_back[20] = "";
	(void)state;
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	open_it("fifo", RECORD_NEW);
	assert_int_equal(file.gap.errnum, ENXIO);
	assert_int_equal(file.gap.bytes, 0);
	assert_int_equal(record_file_retry(&file), -1);
	int fd = open_reader();
	assert_int_equal(record_file_retry(&file), 0);
	write_it("hello\n", 0);
	assert_int_equal(read(fd, read_back, sizeof(read_back)), 6);
	assert_string_equal(read_back, "hello\n");
	close(fd);
	write_it("lost\n", -1);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(record_file_retry(&file), -1);
	assert_int_equal(errno, ENXIO);
	fd = open_reader();
	assert_int_equal(record_file_retry(&file), 0);
	assert_true(file.is_empty);
	close(fd);
	assert_int_equal(record_file_close(&file), 0);
}

/* Reads all that is there, and returns how much. */
static size_t drain(int fd)
{
	static char block[65536];
	size_t count = 0;
	for (ssize_t n; (n = read(fd, block, sizeof(block))) > 0;)
		count += (size_t)n;
	return count;
}

static void a_slow_reader_has_a_queue_and_then_a_gap(void **state)
{
	static char block[100000];
	size_t taken = 0, got = 0;
	(void)state;
	memset(block, 'x', sizeof(block));
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	int fd = open_reader();
	open_it("fifo", RECORD_NEW);
	while (record_file_write(&file, block, sizeof(block), 1) == 0)
		taken += sizeof(block);
	assert_int_equal(file.gap.errnum, EAGAIN);
	assert_true(taken >= LIMIT_RECORD && taken < 2 * LIMIT_RECORD);
	assert_int_equal(record_file_retry(&file), -1);
	while (record_file_retry(&file)) {
		got += drain(fd);
		assert_int_equal(loop_turn(loop, 1000), 0);
	}
	while (got < taken) {
		got += drain(fd);
		assert_int_equal(loop_turn(loop, 0), 0);
	}
	assert_int_equal(got, taken);
	assert_int_equal(file.written, taken);
	close(fd);
	assert_int_equal(record_file_close(&file), 0);
}

static void a_reader_that_leaves_a_queue_behind_is_told(void **state)
{
	static char block[100000];
	(void)state;
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	int fd = open_reader();
	open_it("fifo", RECORD_NEW);
	assert_int_equal(record_file_write(&file, block, sizeof(block), 3), 0);
	close(fd);
	assert_int_equal(loop_turn(loop, 1000), 0);
	assert_int_equal(broken, 1);
	assert_int_equal(file.gap.errnum, EPIPE);
	assert_true(file.gap.bytes > 0 && file.gap.bytes < sizeof(block));
	assert_int_equal(file.gap.entries, 3);
	assert_int_equal(record_file_close(&file), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_file_is_for_its_user_alone),
		TEST(a_file_that_is_there_stays_as_it_is_unless_asked),
		TEST(what_is_in_use_is_not_begun_anew),
		TEST(a_last_line_without_an_end_is_known),
		TEST(a_link_and_what_is_no_file_are_refused),
		TEST(a_full_disk_is_a_gap_and_the_file_is_cut_back),
		TEST(a_device_that_is_full_says_so),
		TEST(a_fifo_waits_for_no_reader),
		TEST(a_slow_reader_has_a_queue_and_then_a_gap),
		TEST(a_reader_that_leaves_a_queue_behind_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
