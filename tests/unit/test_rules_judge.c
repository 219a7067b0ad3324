/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Rules that judge what goes on between a client and its target. */

#include <stdlib.h>
#include <unistd.h>

#include <sockchat/rules.h>

#include "chat_scene.h"

static int end_rules(void **state)
{
	rules_end(c);
	return tear_down(state);
}

static int use(const char *text, struct error *e)
{
	char path[] = "/tmp/judge-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	int failed = rules_use(c, path, e);
	unlink(path);
	return failed;
}

static void use_in_middle(const char *text)
{
	struct error e;
	strcpy(options.forward, "127.0.0.1:1");
	if (use(text, &e))
		fail_msg("%s", e.text);
}

/* What becomes of a message of one byte of length, and text. */
static enum verdict verdict(enum entry_dir dir, const char *text,
                            struct bytes *out)
{
	const struct judge *j = c->session_settings.judge;
	bytes_clear(out);
	return j->judge(j->user, &(struct entry){
		.session = 1, .kind = ENTRY_MESSAGE, .dir = (uint8_t)dir,
		.flags = ENTRY_COMPLETE, .peer = "127.0.0.1:1",
		.bytes = (const uint8_t *)text, .len = strlen(text),
		.prefix = 1,
	}, out);
}

static enum verdict of(enum entry_dir dir, const char *text)
{
	struct bytes out = { 0 };
	enum verdict v = verdict(dir, text, &out);
	bytes_finish(&out);
	return v;
}

static bool wants(enum entry_dir dir)
{
	const struct judge *j = c->session_settings.judge;
	return j->wants(j->user, dir);
}

static size_t count_of(const char *code)
{
	struct entry e;
	size_t found = 0;
	for (uint64_t seq = 1; seq < transcript_end(c->transcript); seq++)
		found += transcript_at(c->transcript, seq, &e) &&
		         strcmp(e.code, code) == 0;
	return found;
}

static void the_first_rule_of_the_direction_decides(void **state)
{
	(void)state;
	use_in_middle("hold out /^SET/\n"
	              "drop out /SET|DEL/\n"
	              "drop in /ERR/\n");
	assert_int_equal(of(ENTRY_OUT, "5SET a"), VERDICT_HOLD);
	assert_int_equal(of(ENTRY_OUT, "5DEL a"), VERDICT_DROP);
	assert_int_equal(of(ENTRY_OUT, "5GET a"), VERDICT_PASS);
	assert_int_equal(of(ENTRY_OUT, "3ERR"), VERDICT_PASS);
	assert_int_equal(of(ENTRY_IN, "3ERR"), VERDICT_DROP);
	assert_int_equal(of(ENTRY_IN, "5SET a"), VERDICT_PASS);
	assert_int_equal(count_of("rule"), 3);
}

static void an_answer_above_a_drop_lets_the_message_go_on(void **state)
{
	(void)state;
	use_in_middle("on /PING/\n  > \"x\"\ndrop in /P/\n");
	assert_int_equal(of(ENTRY_IN, "4PING"), VERDICT_PASS);
	assert_int_equal(count_of("rule"), 0); /* it is not heard yet */
	assert_int_equal(of(ENTRY_IN, "4PONG"), VERDICT_DROP);
}

static void only_directions_with_such_rules_are_judged(void **state)
{
	struct error e;
	(void)state;
	assert_null(c->session_settings.judge);
	use_in_middle("on /x/\n  > \"y\"\ndrop out /x/\n");
	assert_true(wants(ENTRY_OUT));
	assert_false(wants(ENTRY_IN));
	assert_int_equal(use("on /x/\n", &e), 0);
	assert_false(wants(ENTRY_OUT));
	type("/rules off");
	assert_null(c->session_settings.judge);
}

static void a_change_gives_the_new_payload(void **state)
{
	struct bytes out = { 0 };
	(void)state;
	use_in_middle("change out /a/ \"xy\"\nchange in /b/ \"b\"\n");
	assert_int_equal(verdict(ENTRY_OUT, "6banana", &out), VERDICT_CHANGE);
	assert_string_equal(bytes_text(&out), "bxynxynxy");
	assert_int_equal(verdict(ENTRY_OUT, "3foo", &out), VERDICT_PASS);
	assert_int_equal(out.len, 0);
	/* as it was: nothing is changed */
	assert_int_equal(verdict(ENTRY_IN, "3abc", &out), VERDICT_PASS);
	assert_int_equal(count_of("rule"), 2);
	bytes_finish(&out);
}

static void a_change_that_is_too_long_counts_as_no_match(void **state)
{
	struct bytes out = { .max = 4 };
	(void)state;
	use_in_middle("change out /a/ \"xy\"\ndrop out /n/\n");
	for (int i = 0; i < 2; i++)
		assert_int_equal(verdict(ENTRY_OUT, "6banana", &out),
		                 VERDICT_DROP);
	assert_int_equal(count_of("EINVAL"), 1);
	bytes_finish(&out);
}

static void many_strikes_in_a_second_are_summed_up(void **state)
{
	(void)state;
	use_in_middle("drop out /x/\nhold out /y/\n");
	for (int i = 0; i < 1000; i++)
		assert_int_equal(of(ENTRY_OUT, "1x"), VERDICT_DROP);
	assert_int_equal(of(ENTRY_OUT, "1y"), VERDICT_HOLD);
	assert_int_equal(count_of("rule"), 101);
	wait_ms(1100);
	assert_int_equal(count_of("rule"), 102);
	assert_non_null(strstr((const char *)last()->bytes,
	                       ":1 struck 900 more times: drop out /x/"));
	assert_int_equal(of(ENTRY_OUT, "1x"), VERDICT_DROP);
	assert_int_equal(count_of("rule"), 103);
	type("/rules");
	assert_int_equal(count_of("rule-count"), 2);
	for (int i = 0; i < 101; i++)
		assert_int_equal(of(ENTRY_OUT, "1x"), VERDICT_DROP);
	type("/rules off"); /* the rest is told */
	assert_int_equal(count_of("rule"), 103 + 99 + 1);
	assert_last(ENTRY_NOTE, "the rules are off");
}

static void a_turn_judges_for_a_while_and_the_next_goes_on(void **state)
{
	int judged = 0;
	(void)state;
	use_in_middle("drop out /x/\n");
	reading_ns = MS_NS; /* whenever the clock is looked at */
	while (of(ENTRY_OUT, "1x") == VERDICT_DROP)
		judged++;
	assert_int_equal(judged, 4);
	/* so many of each lane, but not of all */
	assert_int_equal(of(ENTRY_IN, "1x"), VERDICT_PASS);
	assert_int_equal(of(ENTRY_OUT, "1x"), VERDICT_DROP);
	turn();
	assert_int_equal(of(ENTRY_OUT, "1x"), VERDICT_DROP);
	assert_int_equal(count_of("rule"), 6);
}

static void they_are_refused_where_nothing_goes_on_to_a_target(void **state)
{
	struct error e;
	(void)state;
	assert_int_equal(use("on /x/\n\ndrop in /x/\n", &e), -1);
	assert_non_null(strstr(
	    e.text, ":3:1: drop is for messages between a client and a target: "
	            "listen with --forward ENDPOINT"));
	assert_null(c->rules);
	assert_int_equal(use("on /x/\n", &e), 0);
	assert_int_equal(use("change in /x/ \"y\"\n", &e), -1);
	assert_non_null(c->rules); /* the old ones stay */
}

#define JUDGE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, end_rules)

int main(void)
{
	const struct CMUnitTest tests[] = {
		JUDGE_TEST(the_first_rule_of_the_direction_decides),
		JUDGE_TEST(an_answer_above_a_drop_lets_the_message_go_on),
		JUDGE_TEST(only_directions_with_such_rules_are_judged),
		JUDGE_TEST(a_change_gives_the_new_payload),
		JUDGE_TEST(a_change_that_is_too_long_counts_as_no_match),
		JUDGE_TEST(many_strikes_in_a_second_are_summed_up),
		JUDGE_TEST(a_turn_judges_for_a_while_and_the_next_goes_on),
		JUDGE_TEST(
		    they_are_refused_where_nothing_goes_on_to_a_target),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
