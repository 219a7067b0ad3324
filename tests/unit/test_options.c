/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The command line: what is taken, and what is said of what is not. */

#include "option_scene.h"

#include <sys/socket.h>

#include "../../src/options/usage.h"

static struct error e;

/* Parse words that stand behind the program's name. */
static int parse(struct options *o, const char *line)
{
	char *argv[WORDS_MAX];
	int argc = split_words(argv, line);

	if (options_parse(o, argc, argv, &e))
		return -1;
	return o->operands && !o->help ? options_take_operands(o, &e) : 0;
}

static void refuse(const char *line, const char *sentence)
{
	struct options o;
	assert_int_equal(parse(&o, line), -1);
	assert_string_equal(e.text, sentence);
}

/* As refuse(), with a hint. */
static void refuse_and_guess(const char *line, const char *sentence,
                             const char *hint)
{
	refuse(line, sentence);
	assert_string_equal(e.hint, hint);
}

/* Refuse the first word, which is no mode. */
static void refuse_mode(const char *line, const char *better)
{
	char sentence[300];
	snprintf(sentence, sizeof(sentence),
	         "'%.*s' is neither 'connect' nor 'listen': %s",
	         (int)strcspn(line, " "), line, better);
	refuse(line, sentence);
}

static void options_and_operands_may_be_mixed(void **state)
{
	struct options o;
	(void)state;
	assert_int_equal(parse(&o, "connect -n host -w 1.5 80 --eol=crlf"), 0);
	assert_int_equal(o.mode, ENDPOINT_CONNECT);
	assert_string_equal(o.endpoint.host, "host");
	assert_string_equal(o.endpoint.port, "80");
	assert_true(o.dial.resolve.is_numeric);
	assert_int_equal(o.dial.timeout_ms, 1500);
	assert_int_equal(o.eol, EOL_CRLF);
	assert_int_equal(o.linger_ms, LINGER_DEFAULT);
	assert_int_equal(o.quit_after_ms, -1);
}

static void letters_and_long_names_mean_the_same(void **state)
{
	struct options o;
	(void)state;
	assert_int_equal(parse(&o, "-6 listen -km 3 --echo --json 0"), 0);
	assert_int_equal(o.mode, ENDPOINT_LISTEN);
	assert_int_equal(o.dial.resolve.family, AF_INET6);
	assert_true(o.keep_open && o.echo);
	assert_int_equal(o.max_conns, 3);
	assert_int_equal(o.ui, UI_JSON);
	assert_int_equal(parse(&o, "listen --linger inf -q 500ms -- 0"), 0);
	assert_int_equal(o.linger_ms, LINGER_FOREVER);
	assert_int_equal(o.quit_after_ms, 500);
}

static void a_wrong_option_is_named(void **state)
{
	(void)state;
	refuse("listen --foo 0", "unknown option --foo");
	refuse("listen -Q 0", "unknown option -Q");
	refuse("listen 0 -m", "option -m, --max-conns needs a value: N");
	refuse("listen -m 0 0",
	       "option -m, --max-conns: '0' is not a number from 1 to "
	       "1000000");
	refuse("connect -w 5x h 1",
	       "option -w, --connect-timeout: '5x' is not a time (at most "
	       "10 days): 2, 1.5, 500ms, 2m");
	refuse("listen --linger 864001 0",
	       "option --linger: '864001' is not a time (at most 10 days): 2, "
	       "1.5, 500ms, 2m, inf");
	refuse("connect --eol tab h 1",
	       "option --eol: 'tab' is not lf, crlf, cr, nul or none");
	refuse("connect --echo h 1",
	       "option --echo is for 'sockchat listen'");
	refuse("listen -z 1", "option -z, --zero is for 'sockchat connect'");
	refuse("listen --echo=yes 0", "option --echo takes no value");
}

static void a_slip_is_answered_with_what_may_be_meant(void **state)
{
	(void)state;
	refuse_and_guess("connect --crfl h 1", "unknown option --crfl",
	                 "did you mean --crlf?");
	refuse_and_guess("listen --en 0", "option --en is ambiguous",
	                 "did you mean --encoding, --encode or --endings?");
	refuse_and_guess("listen --endimgs=on 0",
	                 "unknown option --endimgs=on",
	                 "did you mean --endings?");
	refuse_and_guess("connect -crlf h 1", "unknown option -crlf",
	                 "did you mean --crlf?");
	refuse_and_guess("connect --ui jsn h 1",
	                 "option --ui: 'jsn' is not auto, tui, lines, pipe or "
	                 "json", "did you mean json?");
	refuse_and_guess("connect --eol c h 1",
	                 "option --eol: 'c' is not lf, crlf, cr, nul or none",
	                 "did you mean crlf or cr?");
	refuse_and_guess("connect --bar onn h 1",
	                 "option --bar: 'onn' is not on or off",
	                 "did you mean on?");
	refuse_and_guess("connect -w soon h 1",
	                 "option -w, --connect-timeout: 'soon' is not a time "
	                 "(at most 10 days): 2, 1.5, 500ms, 2m", "");
	refuse_mode("conect h 1", "did you mean sockchat connect?");
	refuse_mode("lisen 1", "did you mean sockchat listen?");
}

static void words_without_a_mode_get_the_line_with_one(void **state)
{
	static const char both[] = "try: sockchat listen 9999, or sockchat "
	                           "connect localhost 9999";
	(void)state;
	refuse_mode("9999", both);
	refuse_mode(":9999", both);
	refuse_mode("127.0.0.1 80", "try: sockchat connect 127.0.0.1 80");
	refuse_mode("localhost 80", "try: sockchat connect localhost 80");
	refuse_mode("serve", "try: sockchat connect serve PORT");
	refuse_mode("[::1]:80", "try: sockchat connect [::1]:80");
	refuse("-zv -w 5 host 80",
	       "'host' is neither 'connect' nor 'listen': try: sockchat "
	       "connect -zv -w 5 host 80");
	refuse("-U /run/x", "'/run/x' is neither 'connect' nor 'listen': try: "
	                    "sockchat connect -U /run/x");
	refuse_mode(" 80", "try: sockchat connect HOST 80");
	refuse("-k -v 9999", "'9999' is neither 'connect' nor 'listen': try: "
	                     "sockchat listen -k -v 9999");
	refuse("--echo * 80", "'*' is neither 'connect' nor 'listen': try: "
	                      "sockchat listen --echo * 80");
}

static void help_is_asked_for_in_three_ways(void **state)
{
	static const char *const lines[] = { "-h", "--help", "help",
		                             "help connect", "connect -h" };
	struct options o;
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		assert_int_equal(parse(&o, lines[i]), 0);
		assert_true(o.help);
	}
}

static void each_choice_is_listed_once_and_none_is_cut(void **state)
{
	static const char all[] = "never, unfocused or always";
	char list[CHOICE_LIST_MAX];
	(void)state;
	refuse("connect --encoding klingon h 1",
	       "option --encoding: 'klingon' is not utf-8, cp949, euc-kr, "
	       "shift_jis, euc-jp, gbk, big5, iso-8859-1, iso-8859-2, "
	       "iso-8859-15, cp1250, cp1251, cp1252, cp437, cp850, koi8-r or "
	       "koi8-u");
	choice_list(bell_choices, list, sizeof(all));
	assert_string_equal(list, all);
	choice_list(bell_choices, list, sizeof(all) - 1);
	assert_string_equal(list, "never, unfocused, ...");
	choice_list(bell_choices, list, sizeof("never, unfocused, ...") - 1);
	assert_string_equal(list, "never, ...");
}

static void options_that_exclude_each_other_are_refused(void **state)
{
	struct options o;
	(void)state;
	assert_int_equal(parse(&o, "connect --send-only --recv-only h 1"), -1);
	assert_int_equal(parse(&o, "listen --echo --recv-only 1"), -1);
}

static void what_the_user_wrote_is_shown_safely(void **state)
{
	static const char *const lines[] = {
		"listen --f\033[31m 0", "listen -\033 0", "listen -n\x9b 0",
		"\033]0;x\a 0", "connect -w \033c h 1", "connect h\033 1\n",
		"connect --eol \xff h 1",
	};
	struct options o;
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(parse(&o, lines[i]), -1);
		for (const char *at = e.text; *at; at++)
			if (*at < ' ' || *at > '~')
				fail_msg("row %zu: a byte of %02x", i,
				         (unsigned char)*at);
	}
	refuse("listen -\033 0", "unknown option -^[");
}

static void a_second_parse_starts_from_the_defaults(void **state)
{
	struct options o;
	(void)state;
	assert_int_equal(parse(&o, "listen -k --echo 1"), 0);
	assert_int_equal(parse(&o, "connect --foo h 1"), -1);
	assert_int_equal(parse(&o, "connect h 1"), 0);
	assert_false(o.keep_open || o.echo);
	assert_string_equal(o.endpoint.port, "1");
}

static void help_fits_eighty_columns_and_names_every_option(void **state)
{
	struct bytes help = { 0 };
	const struct option_row *row;
	(void)state;
	assert_int_equal(options_help(&help), 0);
	const char *text = bytes_text(&help);
	for (const char *at = text; *at; at = strchr(at, '\n') + 1)
		assert_true(strchr(at, '\n') - at <= 80);
	for (size_t i = 0; (row = options_row(i)); i++)
		assert_non_null(strstr(text, row->name));
	for (size_t i = 0; frame_kind(i); i++)
		assert_non_null(strstr(text, frame_kind(i)->name));
	bytes_finish(&help);
}

static void help_begins_with_examples(void **state)
{
	struct bytes help = { 0 };
	(void)state;
	assert_int_equal(options_help(&help), 0);
	const char *examples = strstr(bytes_text(&help), "\nExamples:\n");
	const char *first = strstr(bytes_text(&help), "\n      --");
	assert_true(examples && examples < first);
	bytes_finish(&help);
}

static void options_are_sorted_within_each_task(void **state)
{
	const struct option_row *row, *last = NULL;
	struct bytes help = { 0 };
	char heading[80];
	(void)state;
	assert_int_equal(options_help(&help), 0);
	assert_non_null(option_heading(0));
	for (size_t i = 0; (row = options_row(i)); last = row, i++) {
		const char *task = option_heading(i);
		if (!task) {
			assert_true(strcmp(last->name, row->name) < 0);
			continue;
		}
		snprintf(heading, sizeof(heading), "\n\n%s:\n", task);
		assert_non_null(strstr(bytes_text(&help), heading));
	}
	bytes_finish(&help);
}

static void a_choice_may_be_shortened_when_it_is_unique(void **state)
{
	(void)state;
	assert_int_equal(choice_find(view_choices, "m"), VIEW_MIXED);
	assert_int_equal(choice_find(eol_choices, "cr"), EOL_CR);
	assert_int_equal(choice_find(eol_choices, "c"), -1);
	assert_int_equal(choice_find(eol_choices, "n"), -1);
	assert_int_equal(choice_find(eol_choices, ""), -1);
}

static void the_names_of_endings_give_their_bytes(void **state)
{
	const char *bytes;
	(void)state;
	assert_int_equal(eol_bytes(EOL_CRLF, &bytes), 2);
	assert_memory_equal(bytes, "\r\n", 2);
	assert_int_equal(eol_bytes(EOL_NUL, &bytes), 1);
	assert_int_equal(bytes[0], 0);
	assert_int_equal(eol_bytes(EOL_NONE, &bytes), 0);
}

static void no_words_at_all_are_a_wrong_command_line(void **state)
{
	/* what stands behind the end is not ours: the environment */
	char *argv[] = { NULL, (char[]){ "HOME=/" }, NULL };
	struct options o;

	(void)state;
	assert_int_equal(options_parse(&o, 0, argv, &e), -1);
	assert_non_null(strstr(e.text, "usage: sockchat connect"));
}

static void a_mode_is_read_and_told_as_chmod_has_it(void **state)
{
	struct options o;
	char value[32];
	int row = options_find("unix-mode");

	(void)state;
	assert_int_equal(parse(&o, "listen --unix-mode 660 unix:/x"), 0);
	assert_int_equal(o.dial.resolve.unix_mode, 0660);
	options_value(&o, (size_t)row, value, sizeof(value));
	assert_string_equal(value, "0660");
	assert_int_equal(options_set(&o, "unix-mode", "default",
	                             SOURCE_RUN_TIME, &e), 0);
	assert_int_equal(o.dial.resolve.unix_mode, 0600);
	refuse("listen --unix-mode 1777 unix:/x",
	       "option --unix-mode: '1777' is not a mode from 0 to 0777, as "
	       "chmod takes it: 0660");
}

static void a_unix_socket_may_be_an_option_or_a_url(void **state)
{
	static const char *const lines[] = { "listen unix:/x", "listen -U /x",
		                             "connect --unix /x",
		                             "connect -U unix:/x" };
	struct options o;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		assert_int_equal(parse(&o, lines[i]), 0);
		assert_int_equal(o.endpoint.scheme, ENDPOINT_UNIX);
		assert_string_equal(o.endpoint.host, "/x");
	}
	refuse("connect -4 unix:/x", "option -4, --ipv4 is for IP addresses, "
	                             "and unix:/x has none");
	refuse("connect -4 -6 h 1", "options -4 and -6 cannot be used "
	                            "together: without them sockchat uses "
	                            "both");
	refuse("connect unix:/x -6", "option -6, --ipv6 is for IP addresses, "
	                             "and unix:/x has none");
}

static void the_number_of_tries_may_be_left_out(void **state)
{
	struct options o;
	(void)state;
	assert_int_equal(parse(&o, "connect h 1"), 0);
	assert_int_equal(o.retry, 0);
	assert_int_equal(parse(&o, "connect --retry h 1"), 0);
	assert_int_equal(o.retry, RETRY_ENDLESS);
	assert_int_equal(parse(&o, "connect --retry=5 h 1"), 0);
	assert_int_equal(o.retry, 5);
	assert_int_equal(parse(&o, "connect --retry=off h 1"), 0);
	assert_int_equal(o.retry, 0);
	refuse("connect --retry=0 h 1", "option --retry: '0' is not a number "
	       "of tries from 1 to 1000000, on or off");
	refuse("connect --retry 5 h 1", "option --retry: write --retry=5");
	refuse("listen --retry 1", "option --retry is for 'sockchat connect'");
}

static void on_connect_takes_a_line_each_time(void **state)
{
	struct options o;
	(void)state;
	assert_int_equal(parse(&o, "connect --on-connect a --on-connect=b h 1"),
	                 0);
	assert_string_equal(o.on_connect, "a\nb\n");
	char told[16];
	options_value(&o, (size_t)options_find("on-connect"), told,
	              sizeof(told));
	assert_string_equal(told, "a,b");
	assert_int_equal(options_set(&o, "on-connect", "c", SOURCE_FILE, &e),
	                 0);
	assert_string_equal(o.on_connect, "a\nb\n");
	assert_int_equal(options_set(&o, "on-connect", "c", SOURCE_RUN_TIME,
	                             &e), 0);
	assert_int_equal(options_set(&o, "on-connect", "d", SOURCE_RUN_TIME,
	                             &e), 0);
	assert_string_equal(o.on_connect, "d\n");
	char line[ON_CONNECT_MAX];
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	assert_int_equal(options_set(&o, "on-connect", line, SOURCE_RUN_TIME,
	                             &e), -1);
	assert_string_equal(o.on_connect, "d\n");
	assert_int_equal(parse(&o, "connect --on-connect= h 1"), 0);
	assert_string_equal(o.on_connect, "\n");
	options_value(&o, (size_t)options_find("on-connect"), told,
	              sizeof(told));
	assert_string_equal(told, "''");
}

static void a_pipe_refuses_to_send_again(void **state)
{
	struct options o;
	(void)state;
	assert_int_equal(parse(&o, "connect --retry --timeout 1 h 1"), 0);
	assert_int_equal(options_check_pipe(&o, &e), 0);
	assert_int_equal(o.run_timeout_ms, 1000);
	assert_int_equal(options_set(&o, "reconnect", NULL, SOURCE_FILE, &e),
	                 0);
	assert_int_equal(options_check_pipe(&o, &e), 0);
	assert_int_equal(parse(&o, "connect --reconnect h 1"), 0);
	assert_int_equal(options_check_pipe(&o, &e), -1);
	assert_string_equal(e.text, "option --reconnect does not work in a "
	                            "pipe, which only sends standard input, "
	                            "and only once: use --ui lines or --json");
	assert_int_equal(parse(&o, "connect -z --on-connect x h 1"), 0);
	assert_int_equal(options_check_pipe(&o, &e), -1);
}

static void a_direction_has_its_own_format_or_that_of_both(void **state)
{
	struct options o;
	char told[64];
	(void)state;
	assert_int_equal(parse(&o, "connect --unpack >H:a --ui json h 1"), 0);
	assert_string_equal(o.unpack[0], ">H:a");
	assert_string_equal(o.unpack[1], ">H:a");
	assert_int_equal(parse(&o, "connect --unpack-in B h 1"), 0);
	assert_int_equal(options_set(&o, "unpack", "H *", SOURCE_FILE, &e), 0);
	assert_string_equal(o.unpack[0], "B");
	assert_string_equal(o.unpack[1], "H *");
	options_value(&o, (size_t)options_find("unpack"), told, sizeof(told));
	assert_string_equal(told, "B in, H * out");
	assert_int_equal(options_set(&o, "unpack", "off", SOURCE_RUN_TIME, &e),
	                 0);
	assert_string_equal(o.unpack[0], "");
	assert_string_equal(o.unpack[1], "");
}

static void what_is_no_format_is_refused(void **state)
{
	struct options o;
	char format[UNPACK_FORMAT_MAX + 1];
	(void)state;
	assert_int_equal(parse(&o, "connect --unpack >Hz h 1"), -1);
	assert_string_equal(e.text, "option --unpack: column 3: 'z' is none of "
	                    "the letters x c b B ? h H i I l L q Q n N e f d "
	                    "s p and *");
	memset(format, 'B', sizeof(format) - 1);
	format[sizeof(format) - 1] = '\0';
	assert_int_equal(options_set(&o, "unpack", format, SOURCE_FILE, &e),
	                 -1);
	assert_non_null(strstr(e.text, "is not a format of at most 1023 "
	                       "bytes"));
	format[sizeof(format) - 2] = '\0';
	assert_int_equal(options_set(&o, "unpack", format, SOURCE_FILE, &e), 0);
	assert_int_equal(parse(&o, "connect --unpack-out B h 1"), 0);
	assert_int_equal(options_check_pipe(&o, &e), -1);
	assert_string_equal(e.text, "option --unpack-out is about messages, "
	                    "and a pipe moves bytes as they are: use --ui "
	                    "lines or --json");
	assert_int_equal(parse(&o, "connect --unpack B h 1"), 0);
	assert_int_equal(options_check_pipe(&o, &e), -1);
	assert_non_null(strstr(e.text, "option --unpack is about messages"));
	assert_int_equal(parse(&o, "connect --unpack B -o x h 1"), 0);
	assert_int_equal(options_check_pipe(&o, &e), 0);
}

static void a_message_that_cannot_be_kept_is_refused(void **state)
{
	struct options o;
	(void)state;
	assert_int_equal(parse(&o, "connect --frame u32,max=17M h 1"), -1);
	assert_string_equal(e.text, "option --frame: max=17M is over 16 MiB, a "
	                    "quarter of --scrollback: a message could not be "
	                    "kept");
	assert_string_equal(e.hint, "--scrollback 68M makes room for it");
}

static void frames_of_a_file_do_not_count_over_udp(void **state)
{
	struct options o;
	(void)state;
	assert_int_equal(parse_with_file(&o, "connect udp://h:1",
	                                 "frame u16\n", &e), 0);
	assert_false(options_has_frames(&o));
	assert_int_equal(parse_with_file(&o, "connect --frame-in nul udp://h:1",
	                                 "frame u16\n", &e), -1);
	assert_memory_equal(e.text, "option --frame-in: over UDP ", 28);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_of_a_file_do_not_count_over_udp),
		cmocka_unit_test(options_and_operands_may_be_mixed),
		cmocka_unit_test(letters_and_long_names_mean_the_same),
		cmocka_unit_test(a_wrong_option_is_named),
		cmocka_unit_test(a_slip_is_answered_with_what_may_be_meant),
		cmocka_unit_test(words_without_a_mode_get_the_line_with_one),
		cmocka_unit_test(help_is_asked_for_in_three_ways),
		cmocka_unit_test(each_choice_is_listed_once_and_none_is_cut),
		cmocka_unit_test(options_that_exclude_each_other_are_refused),
		cmocka_unit_test(what_the_user_wrote_is_shown_safely),
		cmocka_unit_test(a_second_parse_starts_from_the_defaults),
		cmocka_unit_test(
		    help_fits_eighty_columns_and_names_every_option),
		cmocka_unit_test(help_begins_with_examples),
		cmocka_unit_test(options_are_sorted_within_each_task),
		cmocka_unit_test(a_choice_may_be_shortened_when_it_is_unique),
		cmocka_unit_test(the_names_of_endings_give_their_bytes),
		cmocka_unit_test(no_words_at_all_are_a_wrong_command_line),
		cmocka_unit_test(a_mode_is_read_and_told_as_chmod_has_it),
		cmocka_unit_test(a_unix_socket_may_be_an_option_or_a_url),
		cmocka_unit_test(the_number_of_tries_may_be_left_out),
		cmocka_unit_test(on_connect_takes_a_line_each_time),
		cmocka_unit_test(a_pipe_refuses_to_send_again),
		cmocka_unit_test(
		    a_direction_has_its_own_format_or_that_of_both),
		cmocka_unit_test(what_is_no_format_is_refused),
		cmocka_unit_test(a_message_that_cannot_be_kept_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
