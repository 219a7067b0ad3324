/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Files of rules: what is read of them, and where they are wrong. */

#include <sockchat/stamp.h>

#include "../../src/record/rulebook.h"
#include "unit.h"

static const struct rule_kind kinds[] = {
	{ "on", "/EXPRESSION/", rule_read_expression, true, NULL,
	  VERDICT_PASS },
	{ "mute", "in|out /EXPRESSION/", rule_read_directed, false, NULL,
	  VERDICT_DROP },
	{ "change", "in|out /EXPRESSION/ \"TEXT\"", rule_read_change, false,
	  NULL, VERDICT_CHANGE },
	{ .name = NULL },
};

static struct rulebook *read_book(const char *text, struct error *e)
{
	return rulebook_open_text("a.rules", text, strlen(text), kinds, e);
}

static struct rulebook *read_right(const char *text)
{
	struct error e;
	struct rulebook *b = read_book(text, &e);
	if (!b)
		fail_msg("%s", e.text);
	return b;
}

static void a_rule_has_its_expression_and_its_steps(void **state)
{
	struct rulebook *b = read_right(
	    "# A comment.\n"
	    "\n"
	    "on /^GET (?<what>.*)\\r\\n/ # and another\n"
	    "  > \"a ${what}\" # one more\n"
	    "# between\n"
	    "    hex \"0d 0a\"\n"
	    "\twait 0.5\n"
	    "  > fin\n"
	    "on /x/\n");
	const struct rule *r = &b->rules[0];
	(void)state;
	assert_int_equal(b->count, 2);
	assert_int_equal(r->line, 3);
	assert_string_equal(r->text, "/^GET (?<what>.*)\\r\\n/");
	assert_int_equal(r->step_count, 3);
	assert_int_equal(r->steps[0].kind, CHAT_BYTES);
	assert_int_equal(r->steps[0].bytes.len, 4);
	assert_memory_equal(r->steps[0].bytes.data, "a \r\n", 4);
	assert_int_equal(r->steps[0].fill_count, 1);
	assert_int_equal(r->steps[0].fills[0].at, 2);
	assert_string_equal(r->steps[0].fills[0].name, "what");
	assert_int_equal(r->steps[1].kind, CHAT_WAIT);
	assert_int_equal(r->steps[1].pause_ns, 500 * MS_NS);
	assert_int_equal(r->steps[2].kind, CHAT_FIN);
	assert_int_equal(b->rules[1].step_count, 0);
	rulebook_free(b);
}

static void a_rule_has_a_direction_and_what_it_puts_there(void **state)
{
	struct rulebook *b = read_right(
	    "mute in /a/\n"
	    "change out /(b) c/  \"x ${1}\" # a comment\n"
	    "  hex \"0a\" # more of it\n"
	    "\n"
	    "change\tin\t/\\/ /\tpack >H 258 \"y\"\n"
	    "on /z/\n");
	const struct rule *r = b->rules;
	(void)state;
	assert_int_equal(b->count, 4);
	assert_int_equal(r[0].dir, ENTRY_IN);
	assert_string_equal(r[0].text, "in /a/");
	assert_int_equal(r[1].dir, ENTRY_OUT);
	assert_string_equal(r[1].text, "out /(b) c/  \"x ${1}\"");
	assert_int_equal(r[1].step_count, 1);
	assert_int_equal(r[1].steps[0].bytes.len, 3);
	assert_memory_equal(r[1].steps[0].bytes.data, "x \n", 3);
	assert_int_equal(r[1].steps[0].fill_count, 1);
	assert_int_equal(r[2].dir, ENTRY_IN);
	assert_memory_equal(r[2].steps[0].bytes.data, "\1\2y", 3);
	assert_int_equal(r[3].dir, ENTRY_IN);
	assert_int_equal(r[3].step_count, 0);
	rulebook_free(b);
}

static void files_of_other_systems_and_empty_ones_are_read(void **state)
{
	struct rulebook *b = read_right("\xef\xbb\xbfon /x/\r\n"
	                                "  > \"y\"\r\n");
	(void)state;
	assert_int_equal(b->count, 1);
	assert_int_equal(b->rules[0].steps[0].bytes.len, 1);
	rulebook_free(b);
	b = read_right("");
	assert_int_equal(b->count, 0);
	rulebook_free(b);
	b = read_right("on /x/\n  > \"no newline at the end\"");
	assert_int_equal(b->rules[0].step_count, 1);
	rulebook_free(b);
}

static void each_complaint_tells_where_and_why(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "off /x/\n", "a.rules:1:1: this is not a rule: write on "
		               "/EXPRESSION/, mute in|out /EXPRESSION/, change "
		               "in|out /EXPRESSION/ \"TEXT\"" },
		{ "on x\n", "a.rules:1:4: an expression must be here: /PING/" },
		{ "on\n", "a.rules:1:3: an expression must be here: /PING/" },
		{ "\non /x\n", "a.rules:2:4: the expression that begins here "
		               "has no closing slash" },
		{ "on /x/i\n", "a.rules:1:7: nothing may follow here" },
		{ "  > \"x\"\n", "a.rules:1:1: this line is indented, but "
		                 "there is no rule with steps above it" },
		{ "mute in /x/\n  > \"x\"\n",
		  "a.rules:2:1: this line is indented, but there is no rule "
		  "with steps above it" },
		{ "on /x/\n> \"x\"\n", "a.rules:2:1: a step must be indented, "
		                       "under its rule" },
		{ "on /x/\n  < \"x\"\n",
		  "a.rules:2:5: < is what comes, and a rule says what is sent: "
		  "write >" },
		{ "on /x/\n  > /x/\n",
		  "a.rules:2:5: this cannot be sent: > needs \"TEXT\", hex, "
		  "pack, file, fin or rst" },
		{ "on /x/\n  > starttls\n",
		  "a.rules:2:5: starttls stands alone here: whoever connected "
		  "is the TLS client" },
		{ "on /x/\n  [1] > \"x\"\n",
		  "a.rules:2:9: a rule has no peer number: it answers the peer "
		  "whose message it matched" },
		{ "on /x/\n  +1 > \"x\"\n",
		  "a.rules:2:8: a rule has no recorded pause: use a line `wait "
		  "SECS`" },
		{ "on /x/\n  frame line\n",
		  "a.rules:2:3: a rule has no frame: --frame says how messages "
		  "are cut" },
		{ "on /x/\n  > rst\n  > \"x\"\n",
		  "a.rules:3:5: nothing is sent after fin or rst" },
		{ "on /(x)/\n  > \"${1}\"\n  > \"a ${2}\"\n",
		  "a.rules:3:8: the expression of this rule has no group 2: "
		  "write \\${ for a plain ${" },
		{ "on /(?<n>x)/\n  > \"${n}\"\non /x/\n  > \"${n}\"\n",
		  "a.rules:4:6: the expression of this rule has no group n: "
		  "write \\${ for a plain ${" },
		{ "mute /x/\n",
		  "a.rules:1:6: in or out must be here: out goes to the "
		  "target, in comes from it" },
		{ "mute both /x/\n",
		  "a.rules:1:6: in or out must be here: out goes to the "
		  "target, in comes from it" },
		{ "mute in\n", "a.rules:1:8: an expression must be here: "
		               "/PING/" },
		{ "mute in /x/ \"y\"\n", "a.rules:1:13: nothing may follow "
		                         "here" },
		{ "change out /x/\n",
		  "a.rules:1:15: the replacement must be here: \"TEXT\", hex, "
		  "pack or file" },
		{ "change out /x/ fin\n",
		  "a.rules:1:16: this cannot be a replacement: write \"TEXT\", "
		  "hex, pack or file" },
		{ "change out /x/ ...\n",
		  "a.rules:1:16: this cannot be a replacement: write \"TEXT\", "
		  "hex, pack or file" },
		{ "change out /x/ \"y\n",
		  "a.rules:1:16: the string that begins here has no closing "
		  "quote" },
		{ "change out /x/ y\n",
		  "a.rules:1:16: 'y' is none of \"TEXT\", hex, pack, file, "
		  "/EXPRESSION/, ..., fin, rst and starttls: text must be in "
		  "quotes" },
		{ "change out /x/ \"${1}\"\n",
		  "a.rules:1:17: the expression of this rule has no group 1: "
		  "write \\${ for a plain ${" },
		{ "change out /x/ \"y\"\n  > \"z\"\n",
		  "a.rules:2:1: this line is indented, but there is no rule "
		  "with steps above it" },
		{ "on /x/\n  > file \"a\"\n",
		  "a.rules:2:10: there is no folder to look for it" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error e = { .text = "" };
		assert_null(read_book(rows[i].text, &e));
		assert_string_equal(e.text, rows[i].why);
	}
}

static void a_wrong_expression_is_shown_where_it_is_wrong(void **state)
{
	struct error e;
	(void)state;
	assert_null(read_book("on /a(b/\n", &e));
	assert_memory_equal(e.text, "a.rules:1:8: ", 13);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_has_its_expression_and_its_steps),
		cmocka_unit_test(
		    a_rule_has_a_direction_and_what_it_puts_there),
		cmocka_unit_test(
		    files_of_other_systems_and_empty_ones_are_read),
		cmocka_unit_test(each_complaint_tells_where_and_why),
		cmocka_unit_test(
		    a_wrong_expression_is_shown_where_it_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
