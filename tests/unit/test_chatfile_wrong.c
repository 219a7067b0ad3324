/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is wrong with a .chat file is told with its line and column. */

#include "chatfile_scene.h"

/* The second line of a file, or more of them, and what is said. */
struct row {
	const char *text, *said;
};

/* What is said of the file, "" if nothing is wrong with it. */
static void tell_wrong(char *out, size_t cap, const char *text,
                       enum chat_side plays)
{
	struct error e = { .text = "" };
	struct chatfile *f = chatfile_open_text("a.chat", text, strlen(text),
	                                        &e);
	if (f)
		(void)!chatfile_check(f, plays, &e);
	snprintf(out, cap, "%s", e.text);
	chatfile_close(f);
}

static void check(const struct row *row, enum chat_side plays)
{
	char text[500], said[300];
	snprintf(text, sizeof(text), FIRST "%s", row->text);
	tell_wrong(said, sizeof(said), text, plays);
	if (strcmp(said, row->said) != 0)
		fail_msg("%s\n  is: %s\n not: %s", row->text, said, row->said);
}

#define CHECK_ALL(rows, plays)                                        \
	for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++) \
	check(&(rows)[i], plays)

static void a_first_line_has_to_be_the_formats(void **state)
{
	static const struct row rows[] = {
		{ "", "a.chat:1:1: not a .chat file: its first line must be "
		      "\"# sockchat conversation 1\"" },
		{ "\n# sockchat conversation 1\n",
		  "a.chat:1:1: not a .chat file: its first line must be \"# "
		  "sockchat conversation 1\"" },
		{ "# sockchat conversation 2\n> fin\n",
		  "a.chat:1:25: this is version '2' of the format, and only "
		  "version 1 can be read" },
		{ "# sockchat conversation 10",
		  "a.chat:1:25: this is version '10' of the format, and only "
		  "version 1 can be read" },
		{ " # sockchat conversation 1",
		  "a.chat:1:1: not a .chat file: its first line must be \"# "
		  "sockchat conversation 1\"" },
	};
	char said[300];
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tell_wrong(said, sizeof(said), rows[i].text, CHAT_NEITHER);
		assert_string_equal(said, rows[i].said);
	}
}

#define NO_ENDPOINT \
	"the endpoint is missing: HOST:PORT, unix:PATH, "                 \
	"tls:// or udp://HOST:PORT"
#define NO_STEP                                                           \
	"this is not a step: one begins with > or < (after [N] or +SECS), "    \
	"wait, frame or starttls"

static void the_head_has_to_be_an_endpoint(void **state)
{
	static const struct row rows[] = {
		{ "connect", "a.chat:2:8: " NO_ENDPOINT },
		{ "listen # 9999", "a.chat:2:8: " NO_ENDPOINT },
		{ "connect 127.0.0.1:99999", "a.chat:2:9: port 99999 is out of "
		                             "range: 1 to 65535" },
		{ "listen \"column 7: x\"",
		  "a.chat:2:8:  x is neither a port number (1 to 65535) nor a "
		  "service name" },
		{ "connect a b c", "a.chat:2:13: nothing may follow the "
		                   "endpoint" },
		{ "connect \"unix:/a\\0b\"", "a.chat:2:9: this cannot be a "
		                             "part of an endpoint" },
		{ "connect \"unix:/a", "a.chat:2:9: the string that begins "
		                       "here has no closing quote" },
		{ "connect a:1\nconnect b:2\n",
		  "a.chat:3:1: connect or listen may stand only once, above "
		  "the first step" },
		{ "> fin\nlisten 9999\n",
		  "a.chat:3:1: connect or listen may stand only once, above "
		  "the first step" },
		{ "Connect a:1", "a.chat:2:1: " NO_STEP },
	};
	(void)state;
	CHECK_ALL(rows, CHAT_NEITHER);
}

#define NO_ITEM                                                             \
	" is none of \"TEXT\", hex, pack, file, /EXPRESSION/, ..., fin, rst "  \
	"and starttls: text must be in quotes"
#define ALONE                                                               \
	"something must follow the mark: \"TEXT\", hex, pack, file, "          \
	"/EXPRESSION/, ..., fin, rst or starttls"
#define TOGETHER                                                            \
	"only \"TEXT\", hex, pack and file can be combined: each other one "   \
	"is a step with its own mark"
#define TIME                                                                \
	"a time is missing here: seconds as 0.250, or 500ms, 2m, at most 10 " \
	"days"

static void a_step_has_to_begin_like_one(void **state)
{
	static const struct row rows[] = {
		{ "hello", "a.chat:2:1: " NO_STEP },
		{ "\"hello\"", "a.chat:2:1: " NO_STEP },
		{ "fin", "a.chat:2:1: " NO_STEP },
		{ "# c\n  > fin", "a.chat:3:1: this line is indented, but "
		                  "there is no step above it" },
		{ "> fin\n  > fin", "a.chat:3:3: this line belongs to the "
		                    "step above it: a step of its own begins "
		                    "without blanks" },
		{ "wait 1\n  \"a\"", "a.chat:3:3: an indented line belongs "
		                     "to a step with > or <, and there is "
		                     "none above it" },
		{ ">", "a.chat:2:1: " ALONE },
		{ "[2] < # x", "a.chat:2:5: " ALONE },
		{ "[0] > fin", "a.chat:2:1: [ begins the number of a peer, "
		               "from [1] to [1000000]" },
		{ "[2 > fin", "a.chat:2:1: [ begins the number of a peer, "
		              "from [1] to [1000000]" },
		{ "[] > fin", "a.chat:2:1: [ begins the number of a peer, "
		              "from [1] to [1000000]" },
		{ "[1000001] > fin", "a.chat:2:1: [ begins the number of a "
		                     "peer, from [1] to [1000000]" },
		{ "+ > fin", "a.chat:2:2: " TIME },
		{ "+1x > fin", "a.chat:2:2: " TIME },
		{ "+-1 > fin", "a.chat:2:2: " TIME },
		{ "+0.250", "a.chat:2:7: " NO_STEP },
		{ "+0.1 [2] > fin", "a.chat:2:6: " NO_STEP },
		{ "+1 wait 1", "a.chat:2:4: a pause stands before > or <, "
		               "not before wait" },
		{ "wait", "a.chat:2:5: " TIME },
		{ "wait 11d", "a.chat:2:6: " TIME },
		{ "wait 1 2", "a.chat:2:8: nothing may follow here" },
		{ "frame", "a.chat:2:6: a SPEC is missing here: frame line, "
		           "frame u32" },
		{ "frame u33", "a.chat:2:7: 'u33' is not a frame" },
		{ "starttls now", "a.chat:2:10: nothing may follow here" },
	};
	(void)state;
	CHECK_ALL(rows, CHAT_NEITHER);
}

static void an_item_has_to_be_one(void **state)
{
	static const struct row rows[] = {
		{ "> hello", "a.chat:2:3: 'hello'" NO_ITEM },
		{ "> \"a\" fun", "a.chat:2:7: 'fun'" NO_ITEM },
		{ ">> \"a\"", "a.chat:2:2: '>'" NO_ITEM },
		{ "< FIN", "a.chat:2:3: 'FIN'" NO_ITEM },
		{ "< \xff\x1b", "a.chat:2:3: '\\xff^['" NO_ITEM },
		{ "> wait 1", "a.chat:2:3: 'wait'" NO_ITEM },
		{ "> 'a'", "a.chat:2:3: ''a''" NO_ITEM },
		{ "> \"a\"\"b\"", "a.chat:2:6: a blank must follow here" },
		{ "< /a/i", "a.chat:2:6: a blank must follow here" },
		{ "> fin rst", "a.chat:2:7: " TOGETHER },
		{ "> \"a\" fin", "a.chat:2:7: " TOGETHER },
		{ "< /a/ \"b\"", "a.chat:2:7: " TOGETHER },
		{ "< \"a\"\n  /b/", "a.chat:3:3: " TOGETHER },
		{ "< ...\n  ...", "a.chat:3:3: " TOGETHER },
	};
	(void)state;
	CHECK_ALL(rows, CHAT_NEITHER);
}

#define NO_QUOTE "the string that begins here has no closing quote"
#define NO_NAME                                                         \
	"after ${ comes the name or the number of a group, as ${token} or "    \
	"${1}; write \\${ for a plain ${"

static void a_string_has_to_be_one(void **state)
{
	static const struct row rows[] = {
		{ "> \"abc", "a.chat:2:3: " NO_QUOTE },
		{ "> \"abc\\\"", "a.chat:2:3: " NO_QUOTE },
		{ "> \"a\" \"b\n  c\"", "a.chat:2:7: " NO_QUOTE },
		{ "> \"ab\\q\"", "a.chat:2:6: a backslash begins \\n \\r \\t "
		                 "\\0 \\e \\xNN \\u{...} \\\" or \\\\" },
		{ "> \"\\x1\"", "a.chat:2:4: \\x needs two hex digits" },
		{ "> \"\\u{d800}\"", "a.chat:2:4: \\u needs a character: "
		                     "\\u{1f600}" },
		{ "> \"a$b\\012\"", "a.chat:2:7: \\012 is ambiguous: write "
		                    "\\x0a if it is octal, \\x0012 if it is "
		                    "NUL and 12" },
		{ "> \"ab${\"", "a.chat:2:6: " NO_NAME },
		{ "> \"${}\"", "a.chat:2:4: " NO_NAME },
		{ "> \"${a\"", "a.chat:2:4: " NO_NAME },
		{ "> \"${0}\"", "a.chat:2:4: " NO_NAME },
		{ "> \"${1a}\"", "a.chat:2:4: " NO_NAME },
		{ "> \"${a-b}\"", "a.chat:2:4: " NO_NAME },
		{ "> \"${a23456789012345678901234567890123}\"",
		  "a.chat:2:4: the name of a group has at most 32 "
		  "characters" },
	};
	(void)state;
	CHECK_ALL(rows, CHAT_NEITHER);
}

static void other_bytes_have_to_be_some(void **state)
{
	static const struct row rows[] = {
		{ "> hex", "a.chat:2:6: a quote is missing: hex \"0d 0a "
		           "ff\"" },
		{ "> hex 00", "a.chat:2:7: a quote is missing: hex \"0d 0a "
		              "ff\"" },
		{ "> hex \"00", "a.chat:2:7: " NO_QUOTE },
		{ "> hex \"00 0\"", "a.chat:2:11: a byte is two hex digits: "
		                    "0d 0a ff" },
		{ "> hex \"00 xx\"", "a.chat:2:11: a byte is two hex digits: "
		                     "0d 0a ff" },
		{ "> pack", "a.chat:2:7: FORMAT and its values are missing: "
		            "pack \">HI\" 3 500" },
		{ "> pack \">H\"", "a.chat:2:8: value 1: it is missing: FORMAT "
		                   "needs 1" },
		{ "> pack \">H 1", "a.chat:2:8: FORMAT: a quote is not "
		                   "closed" },
		{ "> pack \"", "a.chat:2:8: FORMAT: a quote is not closed" },
		{ "> pack \">Hz\" 1 2", "a.chat:2:11: 'z' is none of the "
		                       "letters x c b B ? h H i I l L q Q n "
		                       "N e f d s p and *" },
		{ "> pack B 256", "a.chat:2:8: value 1: '256' is not an "
		                  "integer from 0 to 255, which B needs" },
		{ "> pack B 1 2", "a.chat:2:12: '2'" NO_ITEM },
		{ "> file", "a.chat:2:7: a quote is missing: file "
		            "\"NAME\"" },
		{ "> file \"a", "a.chat:2:8: " NO_QUOTE },
		{ "> file \"a${b}\"", "a.chat:2:8: the name of a file cannot "
		                      "have ${...} in it" },
		{ "> file \"a\\0b\"", "a.chat:2:8: the name of a file cannot "
		                      "have \\0 in it" },
		{ "> file \"a\"", "a.chat:2:8: there is no folder to look "
		                  "for it" },
	};
	(void)state;
	CHECK_ALL(rows, CHAT_NEITHER);
}

static void an_expression_has_to_be_one(void **state)
{
	static const struct row rows[] = {
		{ "< /abc", "a.chat:2:3: the expression that begins here has "
		            "no closing slash" },
		{ "< /abc\\/", "a.chat:2:3: the expression that begins here "
		               "has no closing slash" },
		{ "< /ab(c/", "a.chat:2:8: not a regular expression: missing "
		              "closing parenthesis" },
		{ "<\n  /a[/", "a.chat:3:6: not a regular expression: missing "
		                "terminating ] for character class" },
		{ "> \"${a}\"", "a.chat:2:4: no expression above has a group "
		                "named a, as (?<a>...): write \\${ for a plain "
		                "${" },
		{ "> \"${1}\"", "a.chat:2:4: there is no expression above, so "
		                "${1} has no group: write \\${ for a plain "
		                "${" },
		{ "> \"a\"\n  \"b ${1}\"",
		  "a.chat:3:6: there is no expression above, so ${1} has no "
		  "group: write \\${ for a plain ${" },
		{ "< /(a)(b)/\n< /(c)/\n> \"${2}\"",
		  "a.chat:4:4: the last expression has 1 group, and no "
		  "${2}" },
		{ "[1] < /(?<a>x)/\n[2] > \"${a}\"",
		  "a.chat:3:8: no expression above has a group named a, as "
		  "(?<a>...): write \\${ for a plain ${" },
		{ "> /abc/", "a.chat:2:3: this side must send here, and an "
		             "expression does not say which bytes: write them "
		             "as \"TEXT\"" },
		{ "> fin\n+1 > ...", "a.chat:3:6: this side must send here, "
		                     "and ... does not say which bytes: write "
		                     "them as \"TEXT\"" },
	};
	(void)state;
	CHECK_ALL(rows, CHAT_OUT);
}

static void steps_have_to_be_possible_one_after_another(void **state)
{
	static const struct row rows[] = {
		{ "> fin\n> \"a\"", "a.chat:3:3: > ended in line 2 (fin): "
		                    "nothing more may come from it" },
		{ "< fin\n> fin\n< fin", "a.chat:4:3: < ended in line 2 "
		                         "(fin): nothing more may come from "
		                         "it" },
		{ "< fin\nstarttls", "a.chat:3:1: < ended in line 2 (fin): "
		                     "nothing more may come from it" },
		{ "< rst\n> \"a\"", "a.chat:3:3: the connection was reset in "
		                    "line 2: nothing may follow" },
		{ "> rst\n< fin", "a.chat:3:3: the connection was reset in "
		                  "line 2: nothing may follow" },
		{ "starttls\n> \"a\"\n> starttls",
		  "a.chat:4:3: TLS began in line 2 already" },
		{ "< ...\nstarttls", "a.chat:3:1: after ... nobody knows "
		                     "where TLS begins: write the text that "
		                     "comes before it" },
		{ "[2] > \"a\"\n> \"b\"",
		  "a.chat:3:3: line 2 has the number of a peer, so all steps "
		  "below it need one: [1] in front of this" },
		{ "> fin\n[2] > \"a\"\n[1] > \"b\"",
		  "a.chat:4:7: > ended in line 2 (fin): nothing more may come "
		  "from it" },
	};
	(void)state;
	CHECK_ALL(rows, CHAT_OUT);
}

static void a_long_name_of_a_file_leaves_room_for_the_sentence(void **state)
{
	char name[400];
	struct error e;
	(void)state;
	memset(name, 'n', sizeof(name));
	snprintf(name + 380, 20, "/talk.chat");
	assert_null(chatfile_open_text(name, "", 0, &e));
	assert_non_null(strstr(e.text, "/talk.chat:1:1: not a .chat file"));
	assert_memory_equal(e.text, "...n", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_first_line_has_to_be_the_formats),
		cmocka_unit_test(the_head_has_to_be_an_endpoint),
		cmocka_unit_test(a_step_has_to_begin_like_one),
		cmocka_unit_test(an_item_has_to_be_one),
		cmocka_unit_test(a_string_has_to_be_one),
		cmocka_unit_test(other_bytes_have_to_be_some),
		cmocka_unit_test(an_expression_has_to_be_one),
		cmocka_unit_test(steps_have_to_be_possible_one_after_another),
		cmocka_unit_test(
		    a_long_name_of_a_file_leaves_room_for_the_sentence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
