/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The configuration file: what is taken, what wins, and what is said of a line
 * that is not. */

#include "unit.h"

#include <sockchat/options.h>

static struct options o;
static struct error e;

static int command_line(char *option)
{
	char *argv[] = { "sockchat", "connect", "h", "1", option, NULL };
	return options_parse(&o, option ? 5 : 4, argv, &e);
}

static int config(const char *text)
{
	return config_parse(&o, "/c", text, strlen(text), &e);
}

static void refuse(const char *text, const char *sentence)
{
	assert_int_equal(command_line(NULL), 0);
	assert_int_equal(config(text), -1);
	assert_string_equal(e.text, sentence);
}

static void lines_are_options_without_their_dashes(void **state)
{
	(void)state;
	assert_int_equal(command_line(NULL), 0);
	assert_int_equal(config("# mine\n"
	                        "\n"
	                        "  eol crlf\r\n"
	                        "view=hex# not a comment\n"), -1);
	assert_int_equal(config("eol crlf # as SMTP has it\r\n"
	                        "\tview = \"hex\"\t# and this\n"
	                        "connect-timeout=1.5\n"
	                        "quiet\n"
	                        "numeric yes\n"
	                        "bar no\n"
	                        "scrollback 1M"), 0);
	assert_int_equal(o.eol, EOL_CRLF);
	assert_int_equal(o.view, VIEW_HEX);
	assert_int_equal(o.dial.timeout_ms, 1500);
	assert_true(o.quiet && o.dial.resolve.is_numeric);
	assert_false(o.bar);
	assert_int_equal(o.scrollback, 1 << 20);
}

static void recordings_of_one_source_are_gathered(void **state)
{
	(void)state;
	assert_int_equal(command_line(NULL), 0);
	assert_int_equal(config("o a.txt\nx b\nrecord jsonl:c\n"
	                        "record-append\n"), 0);
	assert_string_equal(o.record, "text:a.txt\nhex:b\njsonl:c\n");
	assert_int_equal(o.record_over, RECORD_APPEND);
	assert_int_equal(command_line("-oother"), 0);
	assert_int_equal(config("x b\n"), 0);
	assert_string_equal(o.record, "text:other\n");
}

static void the_command_line_wins_over_a_profile_over_the_general(void **state)
{
	static const char text[] = "[b]\neol nul\n[a]\neol cr\nview hex\n"
	                           "[a]\ntime off\n";
	(void)state;
	assert_int_equal(command_line("--profile=a"), 0);
	assert_int_equal(config("eol crlf\nview mixed\nquiet\n[a]\neol cr\n"),
	                 0);
	assert_int_equal(o.eol, EOL_CR);
	assert_int_equal(o.view, VIEW_MIXED);
	assert_true(o.quiet);
	assert_int_equal(command_line("--profile=a"), 0);
	assert_int_equal(config(text), 0);
	assert_int_equal(o.eol, EOL_CR);
	assert_int_equal(o.time, TIME_OFF);
	assert_int_equal(command_line("--eol=lf"), 0);
	assert_int_equal(config("eol crlf\n"), 0);
	assert_int_equal(o.eol, EOL_LF);
	assert_int_equal(config("crlf\n"), 0); /* is the same */
	assert_int_equal(o.eol, EOL_LF);
}

static void a_later_line_of_one_part_wins(void **state)
{
	(void)state;
	assert_int_equal(command_line(NULL), 0);
	assert_int_equal(config("ipv4\nipv6\nipv6 off\neol cr\neol default\n"),
	                 0);
	assert_int_equal(o.dial.resolve.family, 0);
	assert_int_equal(o.eol, EOL_LF);
}

/* The command line's list takes the place of the file's. */
static void lists_of_addresses_add_up_within_one_source(void **state)
{
	char *argv[] = { "sockchat", "listen", "0", "--deny", "::1",
		         "--deny=10.0.0.1/8 ::2", NULL };
	(void)state;
	assert_int_equal(options_parse(&o, 6, argv, &e), 0);
	assert_int_equal(o.deny.count, 3);
	assert_int_equal(config("allow 127.0.0.1 ::1\nallow 10.0.0.0/8, ::1\n"
	                        "deny 127.0.0.9\n"), 0);
	assert_int_equal(o.allow.count, 3);
	assert_int_equal(o.deny.count, 3);
	assert_int_equal(options_set(&o, "allow", "::3", SOURCE_RUN_TIME, &e),
	                 0);
	assert_int_equal(o.allow.count, 1);
	assert_int_equal(options_set(&o, "allow", "off", SOURCE_RUN_TIME, &e),
	                 0);
	assert_int_equal(o.allow.count, 0);
	assert_int_equal(config("allow\n"), -1);
}

static void options_for_the_other_mode_are_ignored(void **state)
{
	(void)state;
	assert_int_equal(command_line(NULL), 0);
	assert_int_equal(config("echo\nmax-conns 3\n"), 0);
	assert_false(o.echo);
	assert_int_equal(o.max_conns, 0);
	assert_int_equal(config("max-conns 0\n"), -1);
}

static void the_command_line_overrides_what_excludes_it(void **state)
{
	(void)state;
	assert_int_equal(command_line("--recv-only"), 0);
	assert_int_equal(config("send-only\n"), 0);
	assert_true(o.recv_only && !o.send_only);
	refuse("send-only\nrecv-only\n",
	       "/c: options --send-only and --recv-only cannot be used "
	       "together");
	refuse("rules x\nrecv-only\n",
	       "/c: options --rules and --recv-only cannot be used together");
}

static void a_wrong_line_is_named_with_its_number(void **state)
{
	(void)state;
	refuse("\n\ncolour red\n", "/c:3: unknown option colour");
	refuse("eol tab", "/c:1: option eol: 'tab' is not lf, crlf, cr, nul or "
	                  "none");
	refuse("eol \"a # b\" # c\n", "/c:1: option eol: 'a # b' is not lf, "
	                              "crlf, cr, nul or none");
	refuse("eol\n", "/c:1: option eol needs a value: EOL");
	refuse("eol =\n", "/c:1: option eol: '' is not lf, crlf, cr, nul or "
	                  "none");
	refuse("quiet maybe\n", "/c:1: option quiet: 'maybe' is not on or off");
	refuse("help\n", "/c:1: option help is for the command line only");
	refuse("profile x\n", "/c:1: option profile is for the command line "
	                      "only");
	refuse("= crlf\n", "/c:1: a line is an option and its value");
	refuse("--eol crlf\n", "/c:1: options have no dashes here");
	refuse("eol \"crlf\n", "/c:1: quotes stand around the whole value");
	refuse("eol \"crlf\" x\n", "/c:1: quotes stand around the whole value");
	refuse("eol \"\n", "/c:1: quotes stand around the whole value");
	refuse("[a\n", "/c:1: a section is a name in brackets: [NAME]");
	refuse("[a] eol\n", "/c:1: a section is a name in brackets: [NAME]");
	refuse("[ ]\n", "/c:1: a profile needs a name: [NAME]");
	refuse("[other]\n\neol tab\n",
	       "/c:3: option eol: 'tab' is not lf, crlf, cr, nul or none");
	refuse("\033[31m\n", "/c:1: unknown option ^[[31m");
}

static enum endpoint_scheme unix_file(const char *word)
{
	char *argv[] = { "sockchat", "connect", (char *)(uintptr_t)word, NULL };
	assert_int_equal(options_parse(&o, 3, argv, &e), 0);
	assert_int_equal(config("unix\n"), 0);
	assert_int_equal(options_take_operands(&o, &e), 0);
	return o.endpoint.scheme;
}

static void an_operand_is_read_after_the_file(void **state)
{
	(void)state;
	assert_int_equal(unix_file("a:1"), ENDPOINT_UNIX);
	assert_string_equal(o.endpoint.host, "a:1");
	assert_int_equal(unix_file("tcp://a:1"), ENDPOINT_TCP);
}

static void a_file_with_a_nul_byte_is_refused(void **state)
{
	(void)state;
	assert_int_equal(command_line(NULL), 0);
	assert_int_equal(config_parse(&o, "/c", "eol lf\nx\0y\n", 11, &e), -1);
	assert_string_equal(e.text,
	                    "/c:2: there is a NUL byte: this is not text");
}

static void an_unknown_profile_is_refused_with_the_known_ones(void **state)
{
	(void)state;
	assert_int_equal(command_line("--profile=x"), 0);
	assert_int_equal(config("[a]\n[b b]\n"), -1);
	assert_string_equal(e.text, "there is no profile 'x': /c has a, b b");
	assert_int_equal(config("eol lf\n"), -1);
	assert_string_equal(e.text, "there is no profile 'x': /c has none");
	assert_int_equal(command_line("--profile=b b"), 0);
	assert_int_equal(config("[a]\n[ b b ] # two words\n"), 0);
}

static void without_home_there_is_no_configuration_file(void **state)
{
	(void)state;
	unsetenv("HOME");
	unsetenv("XDG_CONFIG_HOME");
	assert_int_equal(command_line(NULL), 0);
	assert_int_equal(config_load(&o, &e), 0);
	assert_int_equal(command_line("--config="), 0);
	assert_int_equal(config_load(&o, &e), 0);
	assert_int_equal(command_line("--config=/nowhere/at/all"), 0);
	assert_int_equal(config_load(&o, &e), -1);
	assert_non_null(strstr(e.text, "/nowhere/at/all"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_options_without_their_dashes),
		cmocka_unit_test(recordings_of_one_source_are_gathered),
		cmocka_unit_test(
		    the_command_line_wins_over_a_profile_over_the_general),
		cmocka_unit_test(a_later_line_of_one_part_wins),
		cmocka_unit_test(lists_of_addresses_add_up_within_one_source),
		cmocka_unit_test(options_for_the_other_mode_are_ignored),
		cmocka_unit_test(an_operand_is_read_after_the_file),
		cmocka_unit_test(
		    the_command_line_overrides_what_excludes_it),
		cmocka_unit_test(a_wrong_line_is_named_with_its_number),
		cmocka_unit_test(a_file_with_a_nul_byte_is_refused),
		cmocka_unit_test(
		    an_unknown_profile_is_refused_with_the_known_ones),
		cmocka_unit_test(without_home_there_is_no_configuration_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
