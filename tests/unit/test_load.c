/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recordings are loaded, from real files that have no name. */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sockchat/again.h>
#include <sockchat/format.h>
#include <sockchat/load.h>

#include "chat_scene.h"

#define AT(n) "\"time\":\"2026-01-02T03:04:05." #n "Z\","
#define IN(n) "\"session\":" #n ",\"kind\":\"message\",\"dir\":\"in\"," \
              "\"peer\":\"h:1\","

static char path[64];

/* A file with this text; it is there until the test ends. */
static void make_file(const char *text, size_t len)
{
	int fd = memfd_create("load", MFD_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
}

static int close_file(void **state)
{
	int fd = *path ? atoi(strrchr(path, '/') + 1) : -1;
	*path = '\0';
	if (fd >= 0)
		close(fd);
	return tear_down(state);
}

static void load(const char *text)
{
	struct error e;
	make_file(text, strlen(text));
	if (load_now(c, path, &e))
		fail_msg("%s", e.text);
}

static const struct entry *nth(size_t i)
{
	return entry_at(c->transcript, transcript_first(c->transcript) + i);
}

/* The entries of the file: behind the date, which is told first. */
static const struct entry *loaded(size_t i)
{
	return nth(i + 1);
}

static void assert_bytes(const struct entry *e, const char *text)
{
	assert_non_null(e);
	if (e->len != strlen(text) || memcmp(e->bytes, text, e->len) != 0)
		fail_msg("'%.*s', not '%s'", (int)e->len,
		         (const char *)e->bytes, text);
}

/* What it says at the end. */
static void assert_told(const char *text)
{
	struct entry room;
	const struct entry *e = transcript_at(
	    c->transcript, transcript_end(c->transcript) - 1, &room);
	assert_non_null(e);
	if (!memmem(e->bytes, e->len, text, strlen(text)))
		fail_msg("'%.*s' has no '%s'", (int)e->len,
		         (const char *)e->bytes, text);
}

/* Print the entries from `first` to `last` as JSON without their numbers. */
static char *print_json(uint64_t first, uint64_t last)
{
	struct wrap_look look = chat_look(c);
	struct bytes out = { 0 }, all = { 0 };
	for (; first <= last; first++) {
		bytes_clear(&out);
		assert_int_equal(format_entry(&out, FORMAT_JSON, &look,
		                              entry_at(c->transcript, first),
		                              0), 0);
		char *text = strdup(bytes_text(&out)), *old;
		while ((old = strstr(text, "\"old\":true,")))
			memmove(old, old + 11, strlen(old + 11) + 1);
		for (char *line = text, *end; *line; line = end) {
			end = strchr(line, '\n') + 1;
			line = strchr(line, ',') + 1;
			assert_int_equal(
			    bytes_append(&all, line, (size_t)(end - line)), 0);
		}
		free(text);
	}
	bytes_finish(&out);
	char *text = strdup(bytes_text(&all));
	bytes_finish(&all);
	return text;
}

static void what_was_printed_comes_back_as_it_was(void **state)
{
	static const char lines[] =
	    AT(000001) "\"session\":1,\"kind\":\"state\",\"peer\":\"h:1\","
	    "\"state\":\"open\",\"local\":\"l:2\",\"text\":\"connected\","
	    "\"hint\":\"who\"}\n"
	    AT(000002) "\"session\":1,\"kind\":\"message\",\"dir\":\"out\","
	    "\"peer\":\"h:1\",\"len\":6,\"text\":\"a\\u0000\\\"\\n\\u00e9\","
	    "\"complete\":true}\n"
	    AT(000003) IN(1) "\"frame\":\"auto\",\"len\":3,"
	    "\"base64\":\"/wB4\",\"complete\":true,\"cut\":true,"
	    "\"wait_ms\":1.234}\n"
	    AT(100000) IN(2) "\"frame\":\"u16\",\"prefix\":2,\"len\":4,"
	    "\"text\":\"\\u0000\\u0002ab\",\"complete\":true}\n"
	    AT(200000) IN(2) "\"frame\":\"u16\",\"prefix\":2,\"len\":3,"
	    "\"text\":\"\\u0000\\ta\",\"complete\":false}\n"
	    AT(300000) IN(1) "\"frame\":\"line\",\"len\":2,"
	    "\"text\":\"ab\",\"complete\":false}\n"
	    AT(900000) IN(1) "\"frame\":\"line\",\"len\":3,"
	    "\"text\":\"cd\\n\",\"complete\":true}\n"
	    AT(900001) "\"session\":1,\"kind\":\"state\",\"peer\":\"h:1\","
	    "\"state\":\"half-closed\",\"side\":\"peer\",\"text\":\"FIN\"}\n"
	    AT(900002) "\"session\":1,\"kind\":\"error\",\"peer\":\"h:1\","
	    "\"code\":\"ECONNRESET\",\"text\":\"broken\",\"hint\":\"h\"}\n"
	    AT(900003) "\"session\":1,\"kind\":\"state\",\"peer\":\"h:1\","
	    "\"state\":\"closed\",\"text\":\"over\",\"received\":12,"
	    "\"sent\":6}\n"
	    AT(900003) "\"session\":1,\"kind\":\"message\",\"dir\":\"out\","
	    "\"peer\":\"h:1\",\"len\":1,\"text\":\"x\",\"complete\":true,"
	    "\"fate\":\"changed\"}\n"
	    AT(900003) "\"session\":1,\"kind\":\"message\",\"dir\":\"out\","
	    "\"peer\":\"h:1\",\"len\":1,\"text\":\"y\",\"complete\":true,"
	    "\"fate\":\"changed\"}\n"
	    AT(900003) IN(1) "\"len\":1,\"text\":\"z\",\"complete\":true,"
	    "\"held\":3,\"fate\":\"dropped\"}\n"
	    AT(900003) "\"session\":1,\"kind\":\"note\",\"code\":\"dropped\","
	    "\"text\":\"3\",\"held\":3}\n"
	    AT(900004) "\"session\":0,\"kind\":\"note\",\"code\":\"saved\","
	    "\"text\":\"saved\"}\n";
	struct bytes file = { 0 };
	size_t n = 1;
	(void)state;
	for (const char *line = lines, *end; *line; line = end, n++) {
		end = strchr(line, '\n') + 1;
		bool goes_on = strstr(line, "cd\\n") &&
		               strstr(line, "cd\\n") < end;
		n -= goes_on;
		assert_int_equal(bytes_printf(&file, "{\"seq\":%zu,%.*s", n,
		                              (int)(end - line), line), 0);
	}
	load(bytes_text(&file));
	assert_told("loaded 8 messages (24 B) and 6 other entries of ");
	char *printed = print_json(2, transcript_end(c->transcript) - 3);
	assert_string_equal(printed, lines);
	free(printed);
	bytes_finish(&file);
}

static void pieces_keep_their_times_within_one_message(void **state)
{
	(void)state;
	load("{\"seq\":1," AT(000000) IN(1) "\"frame\":\"auto\","
	     "\"text\":\"a\",\"complete\":false}\n"
	     "{\"seq\":2," AT(100000) IN(2) "\"frame\":\"auto\","
	     "\"text\":\"x\\n\",\"complete\":true}\n"
	     "{\"seq\":1," AT(500000) IN(1) "\"frame\":\"auto\","
	     "\"text\":\"b\\r\\n\",\"complete\":true}\n"
	     "{\"seq\":3," AT(600000) IN(1) "\"frame\":\"auto\","
	     "\"text\":\"c\",\"complete\":false}\n");
	const struct entry *e = loaded(0);
	assert_bytes(e, "ab\r\n");
	assert_int_equal(e->flags, ENTRY_COMPLETE);
	assert_int_equal(e->suffix, 2);
	assert_int_equal(e->part_count, 1);
	assert_int_equal(e->parts[0].at, 1);
	assert_true(e->parts[0].is_late);
	assert_int_equal(entry_part_ns(&e->parts[0]), 500 * MS_NS);
	assert_bytes(loaded(1), "x\n");
	assert_bytes(loaded(2), "c");
	assert_int_equal(loaded(2)->flags, 0);
}

static void times_go_on_from_our_own_beginning(void **state)
{
	(void)state;
	load("{" AT(000000) IN(1) "\"text\":\"a\",\"complete\":true}\n"
	     "{" AT(250000) IN(1) "\"text\":\"b\",\"complete\":true}\n");
	assert_int_equal(loaded(0)->time.wall_us, INT64_C(1767323045000000));
	assert_int_equal(loaded(0)->time.mono_ns, c->start_ns);
	assert_int_equal(loaded(1)->time.wall_us, INT64_C(1767323045250000));
	assert_int_equal(loaded(1)->time.mono_ns, c->start_ns + 250 * MS_NS);
}

static void what_is_not_known_is_left_out(void **state)
{
	(void)state;
	load("\n  \r\n{\"kind\":\"message\",\"dir\":\"in\",\"text\":\"a\","
	     "\"complete\":true,\"later\":{\"text\":[\"x\"]},\"more\":1e9}\n"
	     "{\"kind\":\"dream\",\"text\":\"x\"}\n{}\n"
	     "{\"kind\":\"ack\",\"seq\":1,\"state\":\"acked\"}\n"
	     "{\"kind\":\"note\",\"code\":\"day\",\"text\":\"x\"}\n"
	     "{\"kind\":\"data\",\"dir\":\"out\",\"hex\":\"00ff\","
	     "\"complete\":true}");
	assert_told("loaded 2 messages (3 B) and 0 other entries");
	assert_bytes(loaded(0), "a");
	assert_int_equal(loaded(1)->len, 2);
	assert_int_equal(loaded(1)->flags, ENTRY_COMPLETE);
}

static void what_is_wrong_has_its_line_and_column(void **state)
{
	static const char *const bad[][2] = {
		{ "{\"a\":1}\n{\"b\" 1}\n", ":2:6: this line is not a JSON "
		  "object: a colon is expected here" },
		{ "{\"a\":1}\n{\"b\"\n{\"c\":1}", ":2:5: this line is not a "
		  "JSON object: a colon is expected here" },
		{ "{\"a\":1}\n[1]\n", ":2:1: this line is not a JSON object: { "
		  "is expected here" },
		{ "{\"a\":1} {}\n", ":1:9: something follows the object" },
		{ "{\"kind\":\"message\",\"dir\":\"up\",\"text\":\"x\"}\n",
		  ":1:25: a message needs \"dir\", which is \"in\" or "
		  "\"out\"" },
		{ "{\"kind\":\"message\",\"dir\":\"in\"}\n",
		  ":1:1: a message needs \"text\", \"base64\" or \"hex\"" },
		{ "{\"kind\":\"message\",\"dir\":\"in\",\"base64\":\"A\"}\n",
		  ":1:39: this is not base64" },
		{ "{\"kind\":\"message\",\"dir\":\"in\",\"hex\":\"0\"}\n",
		  ":1:36: this is not hexadecimal text" },
		{ "{\"kind\":\"state\",\"state\":\"lost\"}\n",
		  ":1:25: there is no such state" },
		{ "{\"kind\":\"note\",\"time\":\"today\"}\n",
		  ":1:23: this is not a time like "
		  "2026-01-02T03:04:05.678901Z" },
		{ "hello\n", ": it is not a recording in .jsonl or .chat" },
	};
	struct error e;
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		make_file(bad[i][0], strlen(bad[i][0]));
		assert_int_equal(load_now(c, path, &e), -1);
		if (!strstr(e.text, bad[i][1]))
			fail_msg("%s, not %s", e.text, bad[i][1]);
		close(atoi(strrchr(path, '/') + 1));
	}
	*path = '\0';
}

static void a_hint_that_is_too_long_is_refused(void **state)
{
	static const char begin[] = "{\"kind\":\"note\",\"hint\":\"";
	static char line[sizeof(begin) + 1000000];
	struct error e;
	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, begin, strlen(begin));
	memcpy(line + sizeof(line) - 3, "\"}\n", 3);
	make_file(line, sizeof(line));
	assert_int_equal(load_now(c, path, &e), -1);
	assert_non_null(strstr(e.text, ":1:1: \"peer\", \"local\", \"client\", "
	                               "\"proxy\", \"code\" and "
	                               "\"hint\" have at most 4096 "
	                               "bytes"));
}

static void times_may_be_far_apart(void **state)
{
	(void)state;
	load("{\"time\":\"1970-01-01T00:00:01Z\",\"kind\":\"note\"}\n"
	     "{\"time\":\"9999-12-31T23:59:59Z\",\"kind\":\"note\"}\n");
	assert_int_equal(nth(3)->time.wall_us,
	                 INT64_C(253402300799) * 1000000);
	assert_true(nth(3)->time.mono_ns > loaded(0)->time.mono_ns);
}

static void a_last_line_that_is_cut_off_is_told(void **state)
{
	(void)state;
	load("{\"kind\":\"message\",\"dir\":\"in\",\"text\":\"a\","
	     "\"complete\":true}\n{\"kind\":\"message\",\"dir\":\"in\",\"te");
	assert_bytes(loaded(0), "a");
	assert_told("its last line is cut off: 32 bytes of it were left out");
	/* a whole line needs no newline */
	load("{\"kind\":\"message\",\"dir\":\"in\",\"text\":\"b\","
	     "\"complete\":true}");
	assert_told("loaded 1 message ");
}

static void connections_have_numbers_that_no_other_has(void **state)
{
	static const char both[] =
	    "{" IN(1) "\"text\":\"a\",\"complete\":true}\n"
	    "{" IN(2) "\"text\":\"b\",\"complete\":true}\n"
	    "{\"session\":0,\"kind\":\"note\",\"text\":\"n\"}\n";
	(void)state;
	load(both);
	assert_int_equal(loaded(0)->session, ENTRY_OLD_SESSION | 1);
	assert_int_equal(loaded(1)->session, ENTRY_OLD_SESSION | 2);
	assert_int_equal(loaded(2)->session, ENTRY_OLD_SESSION);
	assert_true(chat_look(c).shows_old);
	assert_true(chat_look(c).shows_numbers);
	uint64_t end = transcript_end(c->transcript);
	load("{\"old\":true," IN(1) "\"text\":\"o\",\"complete\":true}\n"
	     "{" IN(1) "\"text\":\"a\",\"complete\":true}\n");
	assert_int_equal(entry_at(c->transcript, end)->session,
	                 ENTRY_OLD_SESSION | 3);
	assert_int_equal(entry_at(c->transcript, end + 1)->session,
	                 ENTRY_OLD_SESSION | 4);
}

static void assert_payload(size_t i, const char *text)
{
	struct bytes room = { 0 };
	size_t len;
	const uint8_t *payload = entry_payload(loaded(i), &room, &len);
	if (!payload || len != strlen(text) || memcmp(payload, text, len) != 0)
		fail_msg("'%.*s', not '%s'", (int)len, (const char *)payload,
		         text);
	bytes_finish(&room);
}

static void payloads_are_found_again(void **state)
{
	(void)state;
	struct error e;
	assert_int_equal(options_set(&options, "frame-in", "delim:END",
	                             SOURCE_RUN_TIME, &e), 0);
	load("{" IN(1) "\"frame\":\"u16\",\"prefix\":2,\"complete\":true,"
	     "\"text\":\"\\u0000\\u0002ab\"}\n"
	     "{" IN(1) "\"frame\":\"line\",\"complete\":true,"
	     "\"text\":\"ab\\r\\n\"}\n"
	     "{" IN(1) "\"frame\":\"mqtt\",\"prefix\":1,\"complete\":true,"
	     "\"text\":\"0\\u0002ab\"}\n"
	     "{" IN(1) "\"frame\":\"netstring\",\"prefix\":2,"
	     "\"complete\":true,\"text\":\"2:ab,\"}\n"
	     "{" IN(1) "\"frame\":\"delim\",\"complete\":true,"
	     "\"text\":\"abEND\"}\n"
	     "{" IN(1) "\"frame\":\"u16\",\"prefix\":2,\"complete\":true,"
	     "\"text\":\"\\u0002\\u0000ab\"}\n"
	     "{" IN(1) "\"frame\":\"u16\",\"prefix\":99,\"complete\":true,"
	     "\"text\":\"ab\"}\n"
	     "{" IN(1) "\"frame\":\"u16\",\"prefix\":99,\"complete\":false,"
	     "\"text\":\"ab\"}\n");
	assert_payload(0, "ab");
	assert_payload(1, "ab");
	assert_payload(2, "0ab");
	assert_payload(3, "ab");
	assert_payload(4, "ab");
	assert_payload(5, "ab"); /* its SPEC said le */
	assert_payload(6, "ab"); /* it is not true */
	assert_payload(7, "ab");
}

#define LONG_LINES 20000

/* Lines of which each has its number. */
static void make_long_file(void)
{
	struct bytes file = { 0 };
	for (int i = 0; i < LONG_LINES; i++)
		assert_int_equal(bytes_printf(&file, "{" AT(000000) IN(1)
		    "\"text\":\"%d%0200d\\n\",\"complete\":true}\n", i, 0), 0);
	make_file(bytes_text(&file), file.len);
	bytes_finish(&file);
}

static void of_a_long_file_the_end_is_loaded(void **state)
{
	struct error e;
	struct entry room;
	(void)state;
	options.scrollback = (size_t)256 << 10;
	chat_settings_changed(c);
	make_long_file();
	assert_int_equal(load_now(c, path, &e), 0);
	assert_told(" oldest entries were dropped: --scrollback sets how much "
	            "is kept");
	uint64_t end = transcript_end(c->transcript);
	for (uint64_t seq = end; seq-- > transcript_first(c->transcript);)
		if (transcript_at(c->transcript, seq, &room)->kind ==
		    ENTRY_MESSAGE)
			break;
	assert_memory_equal(room.bytes, "19999", 5);
	assert_true(transcript_sums(c->transcript).memory <=
	            (size_t)512 << 10);
	assert_true(transcript_sums(c->transcript).dropped > 100);
}

/* A line that begins before what is read is passed over, however long. */
static void the_rest_of_a_long_line_is_left_out(void **state)
{
	struct bytes file = { 0 };
	struct error e;
	(void)state;
	options.scrollback = (size_t)256 << 10;
	chat_settings_changed(c);
	assert_int_equal(bytes_printf(&file, "{" IN(1) "\"text\":\"%03000000d"
	    "\",\"complete\":true}\n{" IN(1) "\"text\":\"end\","
	    "\"complete\":true}\n", 0), 0);
	make_file(bytes_text(&file), file.len);
	bytes_finish(&file);
	assert_int_equal(load_now(c, path, &e), 0);
	assert_bytes(loaded(0), "end");
	assert_told("its first 1.9 MiB were left out: --scrollback ");
}

static void a_closed_connection_has_ended_both_ways(void **state)
{
	(void)state;
	load("{\"session\":1,\"kind\":\"state\",\"state\":\"half-closed\","
	     "\"side\":\"us\",\"text\":\"f\"}\n{\"session\":1,"
	     "\"kind\":\"state\",\"state\":\"closed\",\"text\":\"c\"}\n");
	assert_int_equal(loaded(0)->ended, ENTRY_OUT);
	assert_int_equal(loaded(1)->ended, ENTRY_IN | ENTRY_OUT);
}

static void an_empty_message_is_a_datagram(void **state)
{
	(void)state;
	load("{" AT(000) IN(1) "\"text\":\"\",\"complete\":true}\n");
	assert_ptr_equal(loaded(0)->frame, frame_datagram.kind);
}

static void peers_wait_until_it_is_loaded_over_several_turns(void **state)
{
	char line[128];
	(void)state;
	reading_ns = MS_NS; /* each look at the clock takes so long */
	make_long_file();
	snprintf(line, sizeof(line), "/load %s", path);
	assert_int_equal(command_run(c, line, strlen(line)), 0);
	assert_non_null(c->load);
	assert_true(c->session_settings.is_held);
	char advice[ADVICE_MAX];
	chat_advise(c, advice);
	assert_non_null(strstr(advice, " messages: Ctrl-C stops it"));
	assert_int_equal(command_run(c, line, strlen(line)), -1);
	assert_told("is still being loaded");
	turn();
	assert_non_null(c->load);
	for (int i = 0; c->load && i < 10000; i++)
		turn();
	assert_false(c->session_settings.is_held);
	assert_told("loaded 20000 messages");
}

static void cancel_stops_it(void **state)
{
	char line[128];
	(void)state;
	reading_ns = MS_NS;
	make_long_file();
	snprintf(line, sizeof(line), "/load %s", path);
	assert_int_equal(command_run(c, line, strlen(line)), 0);
	turn();
	assert_int_equal(command_run(c, "/cancel", 7), 0);
	assert_null(c->load);
	assert_false(c->session_settings.is_held);
	assert_told("loading was stopped after ");
}

static void what_cannot_be_loaded_is_told(void **state)
{
	static const char *const bad[][2] = {
		{ "/load /nowhere/x.jsonl", "cannot load /nowhere/x.jsonl: " },
		{ "/load /", "cannot load /: " },
		{ "/load /dev/zero", "cannot load /dev/zero: it is not a "
		                     "regular file" },
		{ "/load", "/load needs PATH: nothing was done" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(command_run(c, bad[i][0], strlen(bad[i][0])),
		                 -1);
		assert_told(bad[i][1]);
	}
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, close_file)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_printed_comes_back_as_it_was),
		TEST(pieces_keep_their_times_within_one_message),
		TEST(times_go_on_from_our_own_beginning),
		TEST(what_is_not_known_is_left_out),
		TEST(what_is_wrong_has_its_line_and_column),
		TEST(a_hint_that_is_too_long_is_refused),
		TEST(times_may_be_far_apart),
		TEST(a_last_line_that_is_cut_off_is_told),
		TEST(connections_have_numbers_that_no_other_has),
		TEST(payloads_are_found_again),
		TEST(of_a_long_file_the_end_is_loaded),
		TEST(the_rest_of_a_long_line_is_left_out),
		TEST(a_closed_connection_has_ended_both_ways),
		TEST(an_empty_message_is_a_datagram),
		TEST(peers_wait_until_it_is_loaded_over_several_turns),
		TEST(cancel_stops_it),
		TEST(what_cannot_be_loaded_is_told),
	};
	setenv("TZ", "UTC0", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
