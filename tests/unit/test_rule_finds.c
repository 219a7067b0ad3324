/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a rule makes of a message. */

#include "../../src/record/rule_finds.h"
#include "unit.h"

static const struct rule_kind kinds[] = {
	{ "drop", "in|out /EXPRESSION/", rule_read_directed, false, NULL,
	  VERDICT_DROP },
	{ "change", "in|out /EXPRESSION/ \"TEXT\"", rule_read_change, false,
	  NULL, VERDICT_CHANGE },
	{ .name = NULL },
};

static struct rulebook *read_right(const char *text)
{
	struct error e;
	struct rulebook *b = rulebook_open_text("a.rules", text, strlen(text),
	                                        kinds, &e);
	if (!b)
		fail_msg("%s", e.text);
	return b;
}

/* A message of one byte of length, its payload, and a newline. */
static struct rule_message message(enum entry_dir dir, const char *text)
{
	size_t len = strlen(text);
	const uint8_t *bytes = (const uint8_t *)text;
	return (struct rule_message){ dir, bytes, bytes + 1, len, len - 2 };
}

static bool finds(const char *rule, enum entry_dir dir, const char *text)
{
	struct rulebook *b = read_right(rule);
	struct rule_message m = message(dir, text);
	const uint8_t *bytes;
	size_t len;
	enum expression_found found = rule_finds(&b->rules[0], &m, &bytes,
	                                         &len);
	rulebook_free(b);
	return found == EXPRESSION_FOUND;
}

static void a_rule_is_about_one_direction(void **state)
{
	(void)state;
	assert_true(finds("drop in /PING/\n", ENTRY_IN, "4PING\n"));
	assert_false(finds("drop in /PING/\n", ENTRY_OUT, "4PING\n"));
	assert_true(finds("drop out /PING/\n", ENTRY_OUT, "4PING\n"));
}

static void it_looks_at_all_bytes_and_at_the_payload(void **state)
{
	(void)state;
	assert_true(finds("drop in /^4P/\n", ENTRY_IN, "4PING\n"));
	assert_true(finds("drop in /^PING$/\n", ENTRY_IN, "4PING\n"));
	assert_true(finds("drop in /\\n/\n", ENTRY_IN, "4PING\n"));
}

static void a_change_looks_at_the_payload_alone(void **state)
{
	(void)state;
	assert_false(finds("change in /4/ \"5\"\n", ENTRY_IN, "4PING\n"));
	assert_false(finds("change in /\\n/ \"5\"\n", ENTRY_IN, "4PING\n"));
	assert_true(finds("change in /^PING$/ \"5\"\n", ENTRY_IN, "4PING\n"));
}

static enum expression_found change(const char *rule, const char *text,
                                    struct bytes *out)
{
	struct rulebook *b = read_right(rule);
	struct rule_message m = message(ENTRY_IN, text);
	const uint8_t *bytes;
	size_t len;
	assert_int_equal(rule_finds(&b->rules[0], &m, &bytes, &len),
	                 EXPRESSION_FOUND);
	enum expression_found found = rule_change(&b->rules[0], &m, out);
	rulebook_free(b);
	return found;
}

static void all_matches_of_the_payload_are_replaced(void **state)
{
	static const struct {
		const char *rule, *text, *now;
	} rows[] = {
		{ "change in /a/ \"xy\"\n", "6banana\n", "bxynxynxy" },
		{ "change in /a/ \"\"\n", "6banana\n", "bnn" },
		{ "change in /an/ hex \"2e 2e\"\n", "6banana\n", "b....a" },
		{ "change in /(\\w)(\\w)/ \"${2}${1}\"\n", "5abcde\n",
		  "badce" },
		{ "change in /(?<k>\\w+)=(?<v>\\w+)/ \"${v}:${k}\"\n",
		  "7a=1 b=2\n", "1:a 2:b" },
		{ "change in /(?J)(?<n>a)1|(?<n>b)2/ \"<${n}>\"\n",
		  "5a1 b2\n", "<a> <b>" },
		{ "change in /(x)?b/ \"[${1}]\"\n", "4b xb\n", "[] [x]" },
		{ "change in /x*/ \"-\"\n", "3abc\n", "-a-b-c-" },
		{ "change in /$/ \"!\"\n", "3abc\n", "abc!" },
		{ "change in /\\xff/ \"\\xfe\"\n", "3a\xff" "b\n",
		  "a\xfe" "b" },
		{ "change in /\uc548/ \"no\"\n", "6\uc548\uc548\n", "nono" },
		{ "change in /.+/ \"\\${1} \\$ \\\"\"\n", "3abc\n",
		  "${1} $ \"" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes out = { 0 };
		assert_int_equal(change(rows[i].rule, rows[i].text, &out),
		                 EXPRESSION_FOUND);
		if (strcmp(bytes_text(&out), rows[i].now) != 0)
			fail_msg("%s: %s", rows[i].rule, bytes_text(&out));
		bytes_finish(&out);
	}
}

static void a_change_without_room_counts_as_no_match(void **state)
{
	struct bytes out = { .max = 8 };
	(void)state;
	assert_int_equal(change("change in /a/ \"xxx\"\n", "6banana\n", &out),
	                 EXPRESSION_TOO_LONG);
	bytes_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_is_about_one_direction),
		cmocka_unit_test(it_looks_at_all_bytes_and_at_the_payload),
		cmocka_unit_test(a_change_looks_at_the_payload_alone),
		cmocka_unit_test(all_matches_of_the_payload_are_replaced),
		cmocka_unit_test(a_change_without_room_counts_as_no_match),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
