/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Typed lines: what is sent, what is refused, and how words are completed. */

#include <locale.h>

#include "../../src/command/commands_private.h"
#include "chat_scene.h"

static void assert_preview(const char *line, const char *bytes, size_t len,
                           const char *sentence)
{
	struct framed out = { .kind = NULL };
	struct error e;
	int failed = command_preview(c, line, strlen(line), &out, &e);
	assert_int_equal(failed, sentence ? -1 : 0);
	if (sentence)
		assert_string_equal(e.text, sentence);
	assert_int_equal(out.bytes.len, len);
	if (len)
		assert_memory_equal(out.bytes.data, bytes, len);
	bytes_finish(&out.bytes);
}

static void a_line_is_sent_with_the_chosen_ending(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	type("hi");
	SENT(f, "hi\n");
	type("");
	SENT(f, "\n");
	type("/eol crlf");
	type("a /b");
	SENT(f, "a /b\r\n");
	type("/eol nul");
	type("x");
	SENT(f, "x\0");
	type("/eol none");
	type("x");
	SENT(f, "x");
	uint64_t end = transcript_end(c->transcript);
	type(""); /* nothing at all is no message */
	SENT(f, "");
	assert_int_equal(transcript_end(c->transcript), end);
}

static void a_newline_within_a_line_is_sent_as_the_chosen_ending(void **state)
{
	static const struct {
		const char *eol, *sent;
	} rows[] = {
		{ "/eol lf", "a\nb\r\n\nc\n" },
		{ "/eol crlf", "a\r\nb\r\n\r\nc\r\n" },
		{ "/eol cr", "a\rb\r\rc\r" },
		{ "/eol none", "a\nb\r\n\nc" },
	};
	struct fake *f = connect_one();
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		type(rows[i].eol);
		assert_preview("a\nb\r\n\nc", rows[i].sent,
		               strlen(rows[i].sent), NULL);
		type("a\nb\r\n\nc");
		assert_sent(f, rows[i].sent, strlen(rows[i].sent));
	}
	type("/eol nul");
	type("a\nb");
	SENT(f, "a\nb\0");
	type("/eol crlf");
	type("//a\nb\r"); /* as a line that a program wrote with CR LF */
	SENT(f, "/a\r\nb\r\n");
	type("/send a\nb\\n");
	SENT(f, "a\nb\n");
	type("/encoding cp949");
	type("\uc548\n\ub155");
	SENT(f, "\xbe\xc8\r\n\xb3\xe7\r\n");
}

static void a_message_of_several_lines_is_retyped_under_any_ending(void **state)
{
	static const struct {
		const char *eol, *bytes, *line;
	} rows[] = {
		{ "/eol crlf", "/a\r\nb\r\n", "//a\nb" },
		{ "/eol crlf", "a\nb\r\n", "/send a\\nb\\r\\n" },
		{ "/eol crlf", "a\r\r\n", "/send a\\r\\r\\n" },
		{ "/eol cr", "a\rb\r", "a\nb" },
		{ "/eol cr", "a\nb\r", "/send a\\nb\\r" },
		{ "/eol lf", "a\nb\n", "a\nb" },
	};
	struct fake *f = connect_one();
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes line = { 0 };
		size_t len = strlen(rows[i].bytes);
		type(rows[i].eol);
		assert_int_equal(
		    command_retype(c, (const uint8_t *)rows[i].bytes, len,
		                   &line), 0);
		assert_string_equal(bytes_text(&line), rows[i].line);
		type(bytes_text(&line));
		assert_sent(f, rows[i].bytes, len);
		bytes_finish(&line);
	}
}

/* What is retyped sends the same bytes again. */
static void a_message_retyped_is_the_same_message(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *line;
	} rows[] = {
#define ROW(bytes, line) { bytes, sizeof(bytes) - 1, line }
		ROW("hi\n", "hi"),
		ROW("\n", ""),
		ROW("/quit\n", "//quit"),
		ROW("a\tb\nc\n", "a\tb\nc"),
		ROW("\uc548\ub155!\n", "\uc548\ub155!"),
		ROW("no end", "/send no end"),
		ROW("  two\r\n", "/send \\x20 two\\r\\n"),
		ROW("\0\x01\xff\\\n", "/send \\0\\x01\\xff\\\\\\n"),
		ROW("\0" "0\0a\n", "/send \\x000\\0a\\n"),
	};
	struct fake *f = connect_one();
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes line = { 0 };
		assert_int_equal(
		    command_retype(c, (const uint8_t *)rows[i].bytes,
		                   rows[i].len, &line), 0);
		assert_string_equal(bytes_text(&line), rows[i].line);
		type(bytes_text(&line));
		assert_sent(f, rows[i].bytes, rows[i].len);
		bytes_finish(&line);
	}
}

static void what_is_typed_again_is_sent_alike_in_any_encoding(void **state)
{
	static const struct {
		const char *bytes, *line;
	} rows[] = {
		{ "\xbe\xc8\xb3\xe7!\n", "\uc548\ub155!" },
		{ "\xc3\xa9\n", "\ucc55" }, /* UTF-8 by chance */
		{ "\xff\xfe\n", "/send \\xff\\xfe\\n" },
	};
	struct fake *f = connect_one();
	(void)state;
	type("/encoding cp949");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes line = { 0 };
		size_t len = strlen(rows[i].bytes);
		assert_int_equal(
		    command_retype(c, (const uint8_t *)rows[i].bytes, len,
		                   &line), 0);
		assert_string_equal(bytes_text(&line), rows[i].line);
		type(bytes_text(&line));
		assert_sent(f, rows[i].bytes, len);
		bytes_finish(&line);
	}
}

static void a_line_with_two_slashes_sends_one_slash(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	type("//close");
	SENT(f, "/close\n");
	type("///");
	SENT(f, "//\n");
	type("//");
	SENT(f, "/\n");
}

/* Also what is told instead of it. */
static void a_preview_is_what_enter_would_send(void **state)
{
	static const char *const lines[] = {
		"hi", "", "//x", "///", "/send a\x00\n", "/se  b", "/hex 0d0A",
		"two\nlines", "/send a\nb",
	};
	struct fake *f = connect_one();
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		type(lines[i]);
		assert_preview(lines[i], fake_written(f), fake_written_len(f),
		               NULL);
		fake_forget_written(f);
	}
	type("/eol crlf");
	assert_preview("a", "a\r\n", 3, NULL);
	assert_preview("/send a", "a", 1, NULL);
}

static void a_preview_of_what_sends_nothing_is_empty_or_says_why(void **state)
{
	(void)state;
	assert_preview("/quit", "", 0, NULL);
	assert_preview("/nonsense", "", 0, NULL);
	assert_preview("/s", "", 0, NULL);
	assert_preview("/", "", 0, NULL);
	assert_preview("/send", "", 0, NULL);
	assert_preview("/send ab\\xg", "", 0,
	               "column 3: \\x needs two hex digits");
	assert_preview("/hex 0", "", 0,
	               "column 1: a byte is two hex digits: 0d 0a ff");
	assert_false(c->is_leaving);
}

static void a_line_can_be_sent_whatever_it_begins_with(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	assert_int_equal(command_send(c, "/quit", 5), 0);
	SENT(f, "/quit\n");
	assert_int_equal(command_send(c, "//", 2), 0);
	SENT(f, "//\n");
	type("/close");
	turn();
	assert_int_equal(command_send(c, "x", 1), -1);
	assert_int_equal(last()->kind, ENTRY_ERROR);
}

static void an_unknown_command_sends_nothing(void **state)
{
	static const struct {
		const char *line, *sentence;
	} rows[] = {
		{ "/nonsense x",
		  "there is no command /nonsense: nothing was sent" },
		{ "/", "there is no command /: nothing was sent" },
		{ "/ send x", "there is no command /: nothing was sent" },
		{ "/sendx y", "there is no command /sendx: nothing was sent" },
		{ "/re", "command /re is ambiguous: nothing was done" },
		{ "/\033[2J", "there is no command /^[[2J: nothing was sent" },
	};
	struct fake *f = connect_one();
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		type(rows[i].line);
		assert_last(ENTRY_ERROR, rows[i].sentence);
		assert_non_null(strstr(last()->hint, "/help"));
	}
	SENT(f, "");
}

static void a_slip_and_a_beginning_are_answered_with_names(void **state)
{
	static const struct {
		const char *line, *hint;
	} rows[] = {
		{ "/conect a 1", "did you mean /connect? /help" },
		{ "/VIEW hex", "did you mean /view? /help" },
		{ "/res", "did you mean /reset or /resume? /help" },
		{ "/ex", "did you mean /exit? /help" },
		{ "/zzz", "/help lists the commands; //zzz sends" },
		{ "/disconnect", "use /close [PEER] (close the connection" },
		{ "/part x", "use /close [PEER] (close the connection" },
		{ "/msg 2 x", "use /to PEER|all (" },
		{ "/reconnect", "use /set reconnect on|off (connect again" },
		{ "/retry", "use /set retry VALUE (try to connect again" },
		{ "/zero", "/help lists the commands" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		type(rows[i].line);
		assert_int_equal(last()->kind, ENTRY_ERROR);
		if (strncmp(last()->hint, rows[i].hint, strlen(rows[i].hint)))
			fail_msg("%s: '%s'", rows[i].line, last()->hint);
	}
}

static void names_of_other_programs_leave_as_well(void **state)
{
	static const char *const names[] = { "exit", "bye", "q", "quit" };
	size_t matches;
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_string_equal(command_find(names[i], strlen(names[i]),
		                                 &matches)->name, "quit");
	type("/bye");
	assert_true(c->is_leaving);
}

/* Else a beginning of a command would be taken for something else. */
static void no_foreign_name_is_the_beginning_of_another_command(void **state)
{
	const struct command_row *row, *found;
	size_t matches;
	(void)state;
	for (size_t i = 0; (row = command_row(i)); i++)
		for (size_t len = 1; row->name[len]; len++) {
			found = command_find(row->name, len, &matches);
			assert_true(matches > 0);
			assert_true(!found || found == row ||
			            strlen(found->name) == len);
		}
}

static void a_command_may_be_shortened_when_it_is_unique(void **state)
{
	(void)state;
	type("/vi hex");
	assert_int_equal(c->options->view, VIEW_HEX);
	type("/view    mixed");
	assert_int_equal(c->options->view, VIEW_MIXED);
	type("/ti o");
	assert_int_equal(c->options->time, TIME_OFF);
}

static void escapes_and_hex_are_sent_without_an_ending(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	type("/send a\\r\\n\\0\\xff");
	SENT(f, "a\r\n\0\xff");
	type("/send  two  spaces ");
	SENT(f, "two  spaces ");
	type("/hex 0d 0a,ff");
	SENT(f, "\r\n\xff");
	type("/send a\\q");
	assert_int_equal(last()->kind, ENTRY_ERROR);
	assert_string_equal(last()->hint, "nothing was sent");
	type("/hex 0");
	assert_int_equal(last()->kind, ENTRY_ERROR);
	type("/send \\033[A");
	assert_last(ENTRY_ERROR, "column 1: \\033 is ambiguous: write \\x1b if "
	                         "it is octal, \\x0033 if it is NUL and 33");
	type("/send");
	assert_last(ENTRY_ERROR, "/send needs TEXT: nothing was done");
	type("/hex ,");
	assert_last(ENTRY_ERROR, "/hex needs BYTES: nothing was done");
	SENT(f, "");
}

static void values_are_packed_and_sent_without_an_ending(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	type("/pack >HI 3 500");
	SENT(f, "\0\3\0\0\1\xf4");
	type("/pack \"B 2s *\" 0xff a \"b c\\r\\n\"");
	SENT(f, "\xff" "a\0b c\r\n");
	assert_preview("/pack <H 1", "\1\0", 2, NULL);
	type("/pack B 256");
	assert_last(ENTRY_ERROR, "value 1: '256' is not an integer from 0 to "
	                         "255, which B needs");
	assert_string_equal(last()->hint, "nothing was sent");
	type("/pack");
	assert_last(ENTRY_ERROR, "/pack needs FORMAT VALUES: nothing was done");
	SENT(f, "");
}

static void a_nul_byte_does_not_cut_what_is_sent(void **state)
{
	static const char line[] = "a\0b", command[] = "/send a\0b";
	struct fake *f = connect_one();
	(void)state;
	command_run(c, line, sizeof(line) - 1);
	SENT(f, "a\0b\n");
	command_run(c, command, sizeof(command) - 1);
	assert_last(ENTRY_ERROR,
	            "a command cannot hold a NUL byte: nothing was done");
	SENT(f, "");
}

static void without_a_peer_nothing_is_sent(void **state)
{
	(void)state;
	type("hi");
	assert_last(ENTRY_ERROR, "not sent: nobody is connected");
	assert_string_equal(last()->code, "ENOTCONN");
	assert_string_equal(last()->hint, "/connect HOST PORT connects");
}

/* The candidates, with a space behind each. */
static void assert_completed(const char *line, size_t start, const char *wanted)
{
	struct bytes found = { 0 };
	size_t from = SIZE_MAX;
	char **list = command_complete(c, line, strlen(line), &from);
	for (char **at = list; at && *at; at++) {
		bytes_printf(&found, "%s ", *at);
		free(*at);
	}
	free(list);
	if (strcmp(bytes_text(&found), wanted) != 0)
		fail_msg("'%s': '%s' in place of '%s'", line,
		         bytes_text(&found), wanted);
	if (*wanted)
		assert_int_equal(from, start);
	else
		assert_null(list);
	bytes_finish(&found);
}

static void words_are_completed_from_the_tables(void **state)
{
	(void)state;
	assert_completed("/vi", 0, "/view ");
	assert_completed("/res", 0, "/reset /resume ");
	assert_completed("/view ", 6, "text hex mixed ");
	assert_completed("/vi  m", 5, "mixed ");
	assert_completed("/endings o", 9, "on off ");
	assert_completed("/help e", 6, "eol echo edit encoding endings ");
	assert_completed("/close ", 7, "");
	connect_one();
	connect_one();
	assert_completed("/close ", 7, "1 2 ");
	assert_completed("/close 2", 7, "2 ");
}

static void a_line_that_is_no_command_is_not_completed(void **state)
{
	(void)state;
	assert_completed("", 0, "");
	assert_completed("view", 0, "");
	assert_completed("//vi", 0, "");
	assert_completed("/nonsense", 0, "");
	assert_completed("/nonsense t", 0, "");
	assert_completed("/re t", 0, "");
	assert_completed("/view x", 0, "");
}

static void only_commands_that_look_or_end_pass_a_waiting_line(void **state)
{
	static const struct {
		const char *line;
		enum command_turn turn;
	} lines[] = {
		{ "", COMMAND_FOR_PEERS },
		{ "text", COMMAND_FOR_PEERS },
		{ "//path", COMMAND_FOR_PEERS },
		{ "/send x", COMMAND_FOR_PEERS },
		{ "/hex 00", COMMAND_FOR_PEERS },
		{ "/file x", COMMAND_FOR_PEERS },
		{ "/to 2", COMMAND_IN_TURN },
		{ "/eol crlf", COMMAND_IN_TURN },
		{ "/shutdown", COMMAND_IN_TURN },
		{ "/close 1", COMMAND_AT_ONCE },
		{ "/reset", COMMAND_AT_ONCE },
		{ "/q", COMMAND_AT_ONCE },
		{ "/peers", COMMAND_AT_ONCE },
		{ "/nonsense", COMMAND_AT_ONCE },
		{ "/send", COMMAND_AT_ONCE },
		{ "/file  ", COMMAND_AT_ONCE },
		{ "/bye", COMMAND_AT_ONCE },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		assert_int_equal(
		    command_turn(lines[i].line, strlen(lines[i].line)),
		    lines[i].turn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_sent_with_the_chosen_ending),
		TEST(a_newline_within_a_line_is_sent_as_the_chosen_ending),
		TEST(a_message_of_several_lines_is_retyped_under_any_ending),
		TEST(a_message_retyped_is_the_same_message),
		TEST(what_is_typed_again_is_sent_alike_in_any_encoding),
		TEST(a_line_with_two_slashes_sends_one_slash),
		TEST(a_preview_is_what_enter_would_send),
		TEST(a_preview_of_what_sends_nothing_is_empty_or_says_why),
		TEST(a_line_can_be_sent_whatever_it_begins_with),
		TEST(an_unknown_command_sends_nothing),
		TEST(a_slip_and_a_beginning_are_answered_with_names),
		TEST(names_of_other_programs_leave_as_well),
		TEST(no_foreign_name_is_the_beginning_of_another_command),
		TEST(a_command_may_be_shortened_when_it_is_unique),
		TEST(escapes_and_hex_are_sent_without_an_ending),
		TEST(values_are_packed_and_sent_without_an_ending),
		TEST(a_nul_byte_does_not_cut_what_is_sent),
		TEST(without_a_peer_nothing_is_sent),
		TEST(words_are_completed_from_the_tables),
		TEST(a_line_that_is_no_command_is_not_completed),
		TEST(only_commands_that_look_or_end_pass_a_waiting_line),
	};
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
