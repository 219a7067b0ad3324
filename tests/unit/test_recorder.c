/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recorders over a transcript and a wire, with files in a folder of their own:
 * what is heard, which file it goes into, and what is told of failures. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entry_piece.h"
#include "made_clock.h"

#include <sockchat/file.h>
#include <sockchat/link.h>
#include <sockchat/record_name.h>
#include <sockchat/recorder.h>

static char folder[] = "/tmp/recorder.XXXXXX";
static struct loop *loop;
static struct transcript *transcript;
static struct ticks *ticks;
static struct wire wire;
static struct recorders *all;
static struct bytes told; /* errors and notes, a line each */

static struct wrap_look look_off(void *user)
{
	(void)user;
	return (struct wrap_look){ .time = TIME_OFF, .unpack = { "", "" } };
}

static void on_error(void *user, const struct error *e)
{
	(void)user;
	assert_int_equal(bytes_printf(&told, "! %s\n", e->text), 0);
}

static void on_note(void *user, const char *code, const char *text)
{
	(void)user;
	assert_int_equal(bytes_printf(&told, "* %s: %s\n", code, text), 0);
}

static const char *in_folder(const char *name)
{
	static char path[200];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int set_up(void **state)
{
	(void)state;
	clock_ns = 1000000 * MS_NS;
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(folder));
	loop = loop_new(LOOP_AUTO);
	transcript = transcript_new(1 << 20);
	ticks = ticks_new();
	bytes_init(&told, 0);
	all = recorders_new(&(struct recorders_door){
		.loop = loop,
		.transcript = transcript,
		.ticks = ticks,
		.wire = &wire,
		.mode = ENDPOINT_LISTEN,
		.endpoint = "127.0.0.1:9999",
		.look = look_off,
		.on_error = on_error,
		.on_note = on_note,
	});
	assert_non_null(all);
	return 0;
}

static int tear_down(void **state)
{
	char command[100];
	(void)state;
	if (all)
		recorders_end(all);
	all = NULL;
	assert_null(wire.first);
	transcript_free(transcript);
	ticks_free(ticks);
	loop_free(loop);
	bytes_finish(&told);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static void start(const char *format, const char *name)
{
	char text[300];
	struct error e;
	snprintf(text, sizeof(text), "%s:%s", format, in_folder(name));
	if (recorders_start(all, text, RECORD_NEW, &e))
		fail_msg("%s", e.text);
}

static uint64_t say(uint32_t session, enum entry_dir dir, const char *text)
{
	size_t len = strlen(text);
	bool is_whole = len && text[len - 1] == '\n';
	return transcript_append(transcript, &(struct entry){
		.kind = ENTRY_MESSAGE,
		.session = session,
		.dir = (uint8_t)dir,
		.flags = is_whole ? ENTRY_COMPLETE : 0,
		.bytes = (const uint8_t *)text,
		.len = len,
		.peer = session == 2 ? "../evil\n" : "127.0.0.1:1234",
		.local = "",
		.code = "",
		.hint = "",
	});
}

static void say_state(uint32_t session, enum entry_state phase)
{
	const char *name = entry_state_name(phase);
	transcript_append(transcript, &(struct entry){
		.kind = ENTRY_STATE,
		.session = session,
		.state = (uint8_t)phase,
		.bytes = (const uint8_t *)name,
		.len = strlen(name),
		.peer = "127.0.0.1:1234",
		.local = "",
		.code = "",
		.hint = "",
	});
}

/* Cut the heads of a text, which have the date, out of it. */
static char *cut_heads(char *text)
{
	bool has_head = strncmp(text, "# sockchat ", 11) == 0;
	char *line = text;
	while (has_head && *line) {
		char *next = strchr(line, '\n') + 1;
		if (*line == '#')
			memmove(line, next, strlen(next) + 1);
		else
			line = next;
	}
	return text;
}

static void expect_file(const char *name, const char *text)
{
	struct bytes b = { 0 };
	int fd = file_open(in_folder(name), 0);
	if (fd < 0)
		fail_msg("%s: %s", in_folder(name), strerror(errno));
	assert_int_equal(file_read(fd, &b), 0);
	if (*bytes_text(&b))
		cut_heads((char *)b.data);
	assert_string_equal(b.data ? (char *)b.data : "", text);
	bytes_finish(&b);
	close(fd);
}

static void expect_told(const char *begin)
{
	const char *text = bytes_text(&told);
	if (strncmp(text, begin, strlen(begin)) != 0)
		fail_msg("%s", text);
	bytes_clear(&told);
}

/* What is heard */

static void entries_are_written_when_the_turn_is_over(void **state)
{
	(void)state;
	start("text", "a.txt");
	assert_true(recorders_hear_entries(all));
	say(1, ENTRY_IN, "hi\n");
	say(1, ENTRY_OUT, "ho\n");
	expect_file("a.txt", "");
	turn_loop(loop);
	expect_file("a.txt", "< hi\n> ho\n");
}

static void an_unfinished_message_waits_and_is_whole_at_the_end(void **state)
{
	(void)state;
	start("text", "a.txt");
	uint64_t seq = say(1, ENTRY_IN, "half");
	turn_loop(loop);
	expect_file("a.txt", "");
	assert_int_equal(transcript_extend(transcript, seq,
	                                   ENTRY_PIECE(" and half\n", 10,
	                                               ENTRY_COMPLETE)), 0);
	turn_loop(loop);
	expect_file("a.txt", "< half and half\n");
	say(1, ENTRY_IN, "rest");
	recorders_end(all);
	all = NULL;
	expect_file("a.txt", "< half and half\n< rest\n");
}

static void json_waits_for_acknowledgements_and_tells_late_ones(void **state)
{
	struct bytes b = { 0 };
	(void)state;
	start("jsonl", "a.jsonl");
	assert_int_equal(ticks_add(ticks, 1), 0);
	say(1, ENTRY_OUT, "hi\n");
	turn_loop(loop);
	expect_file("a.jsonl", "");
	pass_ms(loop, 250);
	ticks_set(ticks, &(struct tick){ 1, 7, TICK_ACKED, true });
	turn_loop(loop);
	int fd = file_open(in_folder("a.jsonl"), 0);
	assert_int_equal(file_read(fd, &b), 0);
	close(fd);
	const char *ack = strchr(bytes_text(&b), '\n');
	assert_non_null(strstr(bytes_text(&b), "\"state\":\"queued\""));
	assert_non_null(strstr(ack, "\"kind\":\"ack\""));
	bytes_finish(&b);
}

static void move_bytes(const char *text, uint32_t number)
{
	struct link link = { .number = number, .where = "127.0.0.1:1234" };
	wire_tell(&wire, &(struct wire_news){
		.kind = WIRE_BYTES,
		.layers = WIRE_USER,
		.link = &link,
		.bytes = text,
		.len = strlen(text),
	});
}

static void several_recorders_hear_at_once_and_only_while_they_are(void **state)
{
	(void)state;
	start("raw", "a");
	assert_false(recorders_hear_entries(all));
	start("text", "b");
	assert_true(wire_is_heard(&wire));
	say(1, ENTRY_IN, "entry\n");
	move_bytes("wire", 1);
	assert_int_equal(recorders_stop(all), 2);
	assert_false(wire_is_heard(&wire));
	assert_false(recorders_hear_entries(all));
	say(1, ENTRY_IN, "later\n");
	turn_loop(loop);
	expect_file("a", "wire");
	expect_file("b", "< entry\n");
	assert_int_equal(recorders_stop(all), 0);
}

static void one_that_begins_later_has_what_comes_then(void **state)
{
	(void)state;
	say(1, ENTRY_IN, "before\n");
	start("text", "a");
	start("jsonl", "b");
	turn_loop(loop);
	expect_file("a", "");
	expect_file("b", "");
	say(1, ENTRY_IN, "after\n");
	turn_loop(loop);
	expect_file("a", "< after\n");
}

/* Files of their own */

static void each_conversation_has_its_file(void **state)
{
	(void)state;
	start("text", "%n-%p%%.txt");
	say(0, ENTRY_IN, "nobody's\n");
	say(1, ENTRY_IN, "one\n");
	say(2, ENTRY_IN, "two\n");
	say(1, ENTRY_IN, "more\n");
	say_state(1, ENTRY_CLOSED);
	turn_loop(loop);
	expect_file("1-127.0.0.1:1234%.txt", "< one\n< more\n* closed\n");
	expect_file("2-_._evil_%.txt", "< two\n");
	struct recorder_sums sums;
	assert_int_equal(recorders_sum(all, &sums), 1);
	assert_int_equal(sums.files, 1);
	assert_true(sums.written > 12);
}

static void a_conversation_that_comes_back_goes_on_in_its_file(void **state)
{
	(void)state;
	start("text", "%p.txt");
	say(1, ENTRY_IN, "one\n");
	say_state(1, ENTRY_CLOSED);
	turn_loop(loop);
	say(3, ENTRY_IN, "again\n");
	turn_loop(loop);
	expect_file("127.0.0.1:1234.txt", "< one\n* closed\n< again\n");
	assert_int_equal(told.len, 0);
}

static void a_file_of_the_wire_has_its_name_when_a_link_is_open(void **state)
{
	(void)state;
	start("raw", "%n.raw");
	move_bytes("abc", 7);
	turn_loop(loop);
	expect_file("7.raw", "abc");
}

static void a_file_that_another_has_made_is_left_and_told_once(void **state)
{
	(void)state;
	close(open(in_folder("1.txt"), O_WRONLY | O_CREAT, 0600));
	start("text", "%n.txt");
	say(1, ENTRY_IN, "one\n");
	turn_loop(loop);
	say(1, ENTRY_IN, "two\n");
	pass_ms(loop, 3000);
	assert_null(strstr(bytes_text(&told) + 1, "!"));
	expect_told("! cannot record to /tmp/recorder.");
	expect_file("1.txt", "");
}

/* Failures */

static void a_fifo_without_a_reader_is_told_when_something_is_lost(void **state)
{
	char got[300] = "";
	(void)state;
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	start("text", "fifo");
	pass_ms(loop, 1500);
	expect_told("");
	say(1, ENTRY_IN, "lost\n");
	turn_loop(loop);
	assert_non_null(strstr(bytes_text(&told), "fifo: nobody reads it\n"));
	bytes_clear(&told);
	int fd = open(in_folder("fifo"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	pass_ms(loop, 1100);
	say(1, ENTRY_IN, "heard\n");
	turn_loop(loop);
	assert_non_null(strstr(bytes_text(&told), "* record-again: "));
	assert_true(read(fd, got, sizeof(got) - 1) > 0);
	assert_string_equal(cut_heads(got), "* 7 B (1 entry) are missing here: "
	                                    "nobody reads it\n< heard\n");
	close(fd);
}

static void what_never_could_be_written_is_told_at_the_end_too(void **state)
{
	struct error e;
	(void)state;
	assert_int_equal(recorders_start(all, "text:/dev/full", RECORD_NEW,
	                                 &e), 0);
	say(1, ENTRY_IN, "lost\n");
	recorders_stop(all);
	assert_non_null(strstr(bytes_text(&told),
	                       "(1 entry) are missing at the end of "
	                       "/dev/full: No space left on device\n"));
	bytes_clear(&told);
}

/* With a last line that somebody has left without an end. */
static void expect_added(const char *format, const char *name,
                         const char *begin)
{
	char text[300], path[200];
	struct error e;
	struct bytes b = { 0 };
	snprintf(path, sizeof(path), "%s", in_folder(name));
	snprintf(text, sizeof(text), "%s:%s", format, path);
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(file_write(fd, "old", 3), 0);
	assert_int_equal(recorders_start(all, text, RECORD_APPEND, &e), 0);
	say(1, ENTRY_IN, "new\n");
	move_bytes("new", 1);
	recorders_stop(all);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(file_read(fd, &b), 0);
	assert_int_equal(strncmp(bytes_text(&b), begin, strlen(begin)), 0);
	bytes_finish(&b);
	close(fd);
}

static void what_is_added_to_a_file_begins_a_line(void **state)
{
	(void)state;
	expect_added("text", "a.txt", "old\n");
	expect_added("hex", "a.hex", "old\n# ");
	expect_added("chat", "a.chat", "old\n# recorded ");
	expect_added("jsonl", "a.jsonl", "old\n{");
	expect_added("raw", "a.raw", "oldnew");
}

static void names_without_a_format_and_twice_the_same_are_refused(void **state)
{
	static const char *const names[] = {
		"talk", "nosuch:talk", "text:", "a.nosuch", "%x.txt", "a%.txt",
	};
	struct error e;
	char twice[300];
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_int_equal(recorders_start(all, names[i], RECORD_NEW, &e),
		                 -1);
	assert_int_equal(recorders_start(all, "talk", RECORD_NEW, &e), -1);
	assert_non_null(strstr(e.text, "talk"));
	assert_non_null(strstr(e.text, "text, full, hex, raw, "));
	start("text", "twice");
	snprintf(twice, sizeof(twice), "jsonl:%s", in_folder("twice"));
	assert_int_equal(recorders_start(all, twice, RECORD_APPEND, &e), -1);
	assert_non_null(strstr(e.text, "already"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(entries_are_written_when_the_turn_is_over),
		TEST(an_unfinished_message_waits_and_is_whole_at_the_end),
		TEST(json_waits_for_acknowledgements_and_tells_late_ones),
		TEST(several_recorders_hear_at_once_and_only_while_they_are),
		TEST(one_that_begins_later_has_what_comes_then),
		TEST(each_conversation_has_its_file),
		TEST(a_conversation_that_comes_back_goes_on_in_its_file),
		TEST(a_file_of_the_wire_has_its_name_when_a_link_is_open),
		TEST(a_file_that_another_has_made_is_left_and_told_once),
		TEST(a_fifo_without_a_reader_is_told_when_something_is_lost),
		TEST(what_never_could_be_written_is_told_at_the_end_too),
		TEST(what_is_added_to_a_file_begins_a_line),
		TEST(names_without_a_format_and_twice_the_same_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
