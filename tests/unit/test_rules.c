/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Rules at work in a chat: what they answer, when, and to whom. */

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include <sockchat/rules.h>
#include <sockchat/session_state.h>

#include "chat_scene.h"

static struct fake *peer;

static struct fake *add_peer(void)
{
	struct fake *f = fake_open();
	struct address where = fake_address("127.0.0.1:9");
	session_adopt(chat_add_session(c), fake_transport(f), &where);
	turn();
	return f;
}

static int set_up_peer(void **state)
{
	int failed = set_up(state);
	peer = add_peer();
	return failed;
}

static int end_rules(void **state)
{
	rules_end(c);
	return tear_down(state);
}

/* Write a file of rules.  Its name is borrowed until the next one. */
static const char *rules_file(const char *text)
{
	static char path[32];
	strcpy(path, "/tmp/rules-XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return path;
}

static int use(const char *text, struct error *e)
{
	const char *path = rules_file(text);
	int failed = rules_use(c, path, e);
	unlink(path);
	return failed;
}

static void use_right(const char *text)
{
	struct error e;
	if (use(text, &e))
		fail_msg("%s", e.text);
}

static void says(struct fake *f, const char *text)
{
	fake_feed_bytes(f, text, strlen(text));
	turn();
}

static void assert_count(const char *code, size_t count)
{
	struct entry e;
	size_t found = 0;
	for (uint64_t seq = 1; seq < transcript_end(c->transcript); seq++)
		found += transcript_at(c->transcript, seq, &e) &&
		         strcmp(e.code, code) == 0;
	assert_int_equal(found, count);
}

static void the_first_match_wins_and_others_are_silent(void **state)
{
	(void)state;
	use_right("on /PING/\n  > \"PONG\\n\"\non /P/\n  > \"second\\n\"\n");
	says(peer, "PING\n");
	SENT(peer, "PONG\n");
	says(peer, "P\n");
	SENT(peer, "second\n");
	says(peer, "ping\n");
	SENT(peer, "");
	assert_count("rule", 2);
}

static void groups_stand_in_the_answer(void **state)
{
	(void)state;
	use_right("on /^(\\w+) (?<who>\\w+)$/\n  > \"${who} ${1} \\$\\n\"\n");
	says(peer, "hello world\r\n");
	SENT(peer, "world hello $\n");
}

static void what_was_said_before_is_not_answered(void **state)
{
	(void)state;
	says(peer, "PING\nPI");
	use_right("on /PING/\n  > \"PONG\\n\"\n");
	turn();
	SENT(peer, "");
	says(peer, "NG\n"); /* it becomes whole now */
	SENT(peer, "PONG\n");
}

static void a_message_is_whole_however_it_came(void **state)
{
	static const char text[] = "PING\nPING\n";
	(void)state;
	use_right("on /^PING$/\n  > \"PONG\\n\"\n");
	for (size_t i = 0; text[i]; i++) {
		fake_feed_bytes(peer, text + i, 1);
		turn();
	}
	SENT(peer, "PONG\nPONG\n");
	says(peer, "PING\nPI"); /* an answer between two reads of a message */
	says(peer, "NG\n");
	SENT(peer, "PONG\nPONG\n");
}

static void the_payload_of_a_frame_is_looked_at_too(void **state)
{
	(void)state;
	type("/frame u16");
	use_right("on /^PING$/\n  > pack \">H\" 4 \"PONG\"\n");
	fake_feed_bytes(peer, "\0\4PING\0\5XPING", 13);
	turn();
	SENT(peer, "\0\4PONG");
}

static void the_rule_waits_and_what_came_meanwhile_follows(void **state)
{
	(void)state;
	use_right("on /slow/\n  > \"a\"\n  wait 0.5\n  > \"b\"\n"
	          "on /fast/\n  > \"c\"\n");
	says(peer, "slow\nfast\n");
	SENT(peer, "a");
	says(peer, "fast\n"); /* it is not read meanwhile */
	wait_ms(400);
	SENT(peer, "");
	wait_ms(200);
	SENT(peer, "bcc");
}

static void others_are_answered_while_a_rule_waits(void **state)
{
	struct fake *other = add_peer();
	(void)state;
	use_right("on /slow/\n  wait 1\n  > \"a\"\non /fast/\n  > \"c\"\n");
	says(peer, "slow\n");
	says(other, "fast\n");
	SENT(other, "c");
	SENT(peer, "");
	wait_ms(1100);
	SENT(peer, "a");
}

static void a_peer_that_does_not_read_is_not_read(void **state)
{
	static char lines[20000];
	(void)state;
	use_right("on /x/\n  > \"0123456789012345678901234567890123456789\"\n");
	fake_set_room(peer, 0);
	for (size_t i = 0; i < sizeof(lines); i++)
		lines[i] = i % 2 ? '\n' : 'x';
	for (int i = 0; i < 2; i++)
		fake_feed_bytes(peer, lines, sizeof(lines));
	turn();
	assert_true(queue_len(chat_session(c, 0)->queue) < 2 * 256 << 10);
	assert_true(fake_unread(peer) > 0);
	fake_set_room(peer, SIZE_MAX);
	wait_ms(500);
	assert_int_equal(fake_written_len(peer), 800000);
}

static void end_input(void)
{
	chat_input_ended(c);
	chat_input_taken(c);
}

/* A question and the peer's end come together. */
static void say_bye(bool ends_before)
{
	use_right("on /1/\n  wait 0.1\n  > \"bye\\n\"\n");
	type("/frame json"); /* the end makes the number whole */
	if (ends_before)
		end_input();
	turn();
	assert_false(fake_is_shut_down(peer));
	fake_feed_bytes(peer, "1", 1);
	fake_feed_end(peer);
	turn();
	if (!ends_before)
		end_input();
	turn();
	assert_false(fake_is_shut_down(peer));
	wait_ms(200);
	SENT(peer, "bye\n");
	assert_int_equal(fake_end(peer), FAKE_CLOSED);
}

static void the_peers_end_waits_for_its_answer(void **state)
{
	(void)state;
	say_bye(true);
}

static void so_does_it_when_standard_input_ends_meanwhile(void **state)
{
	(void)state;
	say_bye(false);
}

static void a_rule_can_end_and_reset_a_connection(void **state)
{
	struct fake *other = add_peer();
	(void)state;
	use_right("on /end/\n  > \"bye\"\n  > fin\non /reset/\n  > rst\n"
	          "on /more/\n  > \"x\"\n");
	says(peer, "end\nmore\n");
	SENT(peer, "bye");
	assert_true(fake_is_shut_down(peer));
	says(other, "reset\nmore\n");
	SENT(other, "");
	assert_int_equal(chat_session_count(c), 1);
}

static void rules_are_listed_replaced_and_switched_off(void **state)
{
	struct error e;
	char line[64], told[RULES_TOLD_MAX];
	(void)state;
	type("/rules");
	assert_last(ENTRY_NOTE, "no rules: /rules FILE reads some");
	use_right("on /x/\n  > \"1\"\non /y/\n");
	says(peer, "x\nx\ny\n");
	type("/rules");
	rules_tell(c, told);
	assert_string_equal(told, "rules struck 3");
	assert_count("rule-count", 2);
	assert_non_null(strstr((const char *)last()->bytes,
	                       ":3: on /y/: struck 1 time"));
	assert_int_equal(use("on /x\n", &e), -1); /* the old ones stay */
	says(peer, "x\n");
	SENT(peer, "111");
	const char *path = rules_file("on /x/\n  > \"2\"\n");
	snprintf(line, sizeof(line), "/rules %s", path);
	type(line);
	unlink(path);
	says(peer, "x\n");
	SENT(peer, "2");
	type("/rules /nowhere/rules");
	assert_int_equal(last()->kind, ENTRY_ERROR);
	type("/rules off");
	assert_last(ENTRY_NOTE, "no rule answers any more");
	says(peer, "x\n");
	SENT(peer, "");
}

static void rules_that_end_owe_nothing(void **state)
{
	(void)state;
	use_right("on /x/\n  wait 5\n  > \"1\"\n");
	says(peer, "x\n");
	type("/rules off");
	says(peer, "y\n"); /* it is read again */
	wait_ms(6000);
	SENT(peer, "");
	assert_last(ENTRY_MESSAGE, "y\n");
}

static void an_expression_that_takes_too_long_is_told_once(void **state)
{
	char line[5000];
	(void)state;
	use_right("on /^(a|aa)*[bx]y?$/\n  > \"1\"\non /a/\n  > \"2\"\n");
	memset(line, 'a', sizeof(line));
	line[sizeof(line) - 2] = '\n';
	line[sizeof(line) - 1] = '\0';
	says(peer, line);
	says(peer, line);
	SENT(peer, "22");
	assert_count("EINVAL", 1);
}

static void an_answer_that_cannot_be_sent_is_an_error(void **state)
{
	(void)state;
	options.queue_max = 4096;
	chat_settings_changed(c);
	use_right("on /(x+)/\n  > \"${1}${1}${1}${1}${1}${1}\"\n");
	fake_set_room(peer, 0);
	char line[1024];
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 2] = '\n';
	line[sizeof(line) - 1] = '\0';
	says(peer, line);
	assert_count("EMSGSIZE", 1);
}

static void what_is_cut_anew_is_not_answered_again(void **state)
{
	(void)state;
	type("/frame json");
	use_right("on /1/\n  > \"x\"\n");
	says(peer, "[1]");
	SENT(peer, "x");
	type("/frame line");
	wait_ms(50);
	SENT(peer, "");
	says(peer, "\n1\n");
	SENT(peer, "x");
	says(peer, "[1]");
	type("/frame json");
	wait_ms(50);
	SENT(peer, "");
	says(peer, " \n");
	SENT(peer, "");
	says(peer, "1 ");
	SENT(peer, "x");
	says(peer, " ");
	SENT(peer, "");
}

static void a_message_without_its_end_is_told_once(void **state)
{
	(void)state;
	use_right("on /hi/\n  > \"x\"\n");
	says(peer, "hi");
	wait_ms(500);
	assert_count("rule-waits", 0);
	wait_ms(600);
	assert_count("rule-waits", 1);
	says(peer, "\nhi");
	SENT(peer, "x");
	wait_ms(2000);
	assert_count("rule-waits", 1);
}

static void there_are_no_rules_where_nothing_may_be_sent(void **state)
{
	struct error e;
	(void)state;
	options.recv_only = true;
	assert_int_equal(use("on /x/\n", &e), -1);
	assert_string_equal(e.text, "no rules: --recv-only was asked for");
}

#define RULES_TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up_peer, end_rules)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RULES_TEST(the_first_match_wins_and_others_are_silent),
		RULES_TEST(groups_stand_in_the_answer),
		RULES_TEST(what_was_said_before_is_not_answered),
		RULES_TEST(a_message_is_whole_however_it_came),
		RULES_TEST(the_payload_of_a_frame_is_looked_at_too),
		RULES_TEST(the_rule_waits_and_what_came_meanwhile_follows),
		RULES_TEST(others_are_answered_while_a_rule_waits),
		RULES_TEST(a_peer_that_does_not_read_is_not_read),
		RULES_TEST(the_peers_end_waits_for_its_answer),
		RULES_TEST(so_does_it_when_standard_input_ends_meanwhile),
		RULES_TEST(a_rule_can_end_and_reset_a_connection),
		RULES_TEST(rules_are_listed_replaced_and_switched_off),
		RULES_TEST(rules_that_end_owe_nothing),
		RULES_TEST(an_expression_that_takes_too_long_is_told_once),
		RULES_TEST(an_answer_that_cannot_be_sent_is_an_error),
		RULES_TEST(what_is_cut_anew_is_not_answered_again),
		RULES_TEST(a_message_without_its_end_is_told_once),
		RULES_TEST(there_are_no_rules_where_nothing_may_be_sent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
