/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One conversation of a file, played with peers of ours: each kind of step, and
 * each way in which a peer may not do what the file says. */

#include <signal.h>

#include "replay.h"

static void send_in_bytes(int fd, const char *text)
{
	for (; *text; text++) {
		net_send(fd, text, 1);
		usleep(1000); /* so that most of them are reads of their own */
	}
}

static void finish_peer(int fd)
{
	net_expect_end(fd);
	close(fd);
}

/* What goes well */

static const char talk[] =
    "connect 127.0.0.1:9999\n"
    "# recorded 2026-11-28T20:14:57Z\n"
    "> \"HELO me\\r\\n\"\n"
    "< \"250 \"\n"
    "  \"hello\\r\\n\"\n"
    "+0.250 > \"AUTH\\r\\n\"\n"
    "< /token=(?<token>[0-9a-f]+)\\r\\n/\n"
    "> \"USE ${token}\\r\\n\"\n"
    "< ...\n"
    "< \"bye\\r\\n\"\n"
    "> fin\n"
    "< fin\n";

static void serve_talk(int fd, void (*send)(int fd, const char *text))
{
	net_expect(fd, "HELO me\r\n");
	send(fd, "250 hello\r\n");
	net_expect(fd, "AUTH\r\n");
	send(fd, "token=1f\r\n");
	net_expect(fd, "USE 1f\r\n");
	send(fd, "whatever\r\nbye\r\n");
	finish_peer(fd);
}

static void a_client_plays_in_each_front_end_without_a_terminal(void **state)
{
	static const char *const uis[] = { "--ui=auto", "--ui=lines",
		                           "--json" };
	struct proc p;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		serve_talk(play_client(&p, talk, uis[i], NULL), net_send_text);
		expect_success(&p);
	}
}

/* It would have no step then, and all of them would be as written. */
static void what_is_played_is_not_recorded_over(void **state)
{
	const char *words[] = {
		NULL, "connect", "--replay", chat_file("talk.chat", talk),
		"--record-overwrite", "--record", "", "127.0.0.1:9", NULL,
	};
	struct proc p;

	(void)state;
	words[6] = words[3];
	proc_start(&p, words, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_end_in(&p);
	proc_expect_err(&p, "cannot record to ");
	proc_expect_exit(&p, 1);
	proc_finish(&p);
	serve_talk(play_client(&p, talk, NULL), net_send_text);
	expect_success(&p);
}

static void how_bytes_are_cut_into_reads_does_not_matter(void **state)
{
	struct proc p;

	(void)state;
	serve_talk(play_client(&p, talk, NULL), send_in_bytes);
	expect_success(&p);
}

static void a_listener_is_a_mock_server(void **state)
{
	struct proc p;
	int fd = net_connect(play_server(
	    &p, "listen 9999\n"
	        "< /HELO (.*)\\r\\n/\n"
	        "> \"250 hello $1 ${1} \\$\\r\\n\"\n"
	        "  hex \"00 ff\"\n"
	        "< \"QUIT\\r\\n\"\n"
	        "< fin\n", NULL));

	(void)state;
	send_in_bytes(fd, "HELO joe\r\n");
	net_send_text(fd, "QUIT\r\n");
	shutdown(fd, SHUT_WR);
	struct text got = { NULL, 0 };
	assert_int_equal(net_read(fd, &got, 0), 0);
	assert_int_equal(got.len, 22);
	assert_memory_equal(got.bytes, "250 hello $1 joe $\r\n\0\xff", 22);
	text_finish(&got);
	close(fd);
	expect_success(&p);
}

static void the_other_side_is_played_of_a_recording_of_either_mode(void **state)
{

	struct proc p;
	int fd;

	(void)state;
	/* a listener plays '<' of what a client has recorded */
	fd = net_connect(play_server(&p, "connect h:1\n> \"a\"\n< \"b\"\n",
	                             NULL));
	net_send_text(fd, "a");
	net_expect(fd, "b");
	finish_peer(fd);
	expect_success(&p);
	fd = play_client(&p, "listen 1\n< \"a\"\n> \"b\"\n", NULL);
	net_expect(fd, "a");
	net_send_text(fd, "b");
	finish_peer(fd);
	expect_success(&p);

}

static void without_a_head_who_plays_is_the_first_mark(void **state)
{
	struct proc p;
	int fd = net_connect(play_server(&p, "> \"a\"\n< \"b\"\n", NULL));

	(void)state;
	net_expect(fd, "a");
	net_send_text(fd, "b");
	finish_peer(fd);
	expect_success(&p);
}

static void what_comes_after_the_last_step_is_not_compared(void **state)
{
	struct proc p;
	int fd = play_client(&p, "> \"a\"\n< \"b\"\n", NULL);

	(void)state;
	net_expect(fd, "a");
	net_send_text(fd, "b and more");
	finish_peer(fd);
	expect_success(&p);
}

static void resets_are_steps(void **state)
{
	struct proc p;
	struct text got = { NULL, 0 };
	int fd = play_client(&p, "> \"a\"\n< \"b\"\n> rst\n", NULL);

	(void)state;
	net_send_text(fd, "b");
	assert_int_equal(net_read(fd, &got, 0), ECONNRESET);
	assert_string_equal(got.bytes, "a"); /* it came before */
	text_finish(&got);
	close(fd);
	expect_success(&p);
	fd = play_client(&p, "> \"a\"\n< rst\n", NULL);
	net_expect(fd, "a");
	net_reset(fd);
	expect_success(&p);
}

/* How long a replay with a pause of a second takes. */
static int64_t play_pause(const char *step, const char *pace)
{
	struct proc p;
	char steps[80];
	int64_t begun = now_ms();
	snprintf(steps, sizeof(steps), "%s\n> \"b\"\n", step);
	int fd = play_client(&p, steps, pace, NULL);

	net_expect(fd, *step == '+' ? "ab" : "b");
	begun = now_ms() - begun;
	finish_peer(fd);
	expect_success(&p);
	return begun;
}

static void recorded_pauses_are_kept_if_asked_and_waits_always(void **state)
{
	(void)state;
	assert_true(play_pause("+1 > \"a\"", "--pace=recorded") >= 1000);
	assert_true(play_pause("wait 1", "--pace=fast") >= 1000);
	assert_true(play_pause("+500 > \"a\"", "--pace=fast") < DEADLINE_MS);
}

/* What does not */

static void a_difference_is_shown_with_its_line(void **state)
{
	struct proc p;
	int fd = play_client(&p, "> \"a\"\n< \"one\\n\"\n< \"two\\n\"\n", NULL);

	(void)state;
	send_in_bytes(fd, "one\ntoo\n");
	net_expect(fd, "a");
	finish_peer(fd);
	proc_expect_exit(&p, 1);
	assert_non_null(strstr(p.out_text.bytes, "talk.chat:4: "));
	assert_non_null(strstr(p.out_text.bytes, "two"));
	assert_non_null(strstr(p.out_text.bytes, "too"));
	assert_null(strstr(p.out_text.bytes, "as written"));
	proc_finish(&p);
}

static void json_tells_a_difference_in_members(void **state)
{
	struct proc p;
	int fd = play_client(&p, "< \"one\\n\"\n", "--json", NULL);

	(void)state;
	net_send_text(fd, "on\xff\n");
	finish_peer(fd);
	expect_failure(&p, "\"line\":2,\"at\":2,\"awaited\":{\"len\":4,"
	                   "\"text\":\"one\\n\"},\"came\":{\"len\":4,"
	                   "\"base64\":\"b27/Cg==\"}");
}

static void a_step_that_is_late_is_named(void **state)
{
	struct proc p;
	int fd = play_client(&p, "> \"a\"\n< \"b\"\n", "--step-timeout=.1",
	                     NULL);

	(void)state;
	net_expect(fd, "a");
	finish_peer(fd);
	expect_failure(&p, "talk.chat:3: ");
}

static void time_does_not_run_out_for_steps_that_are_met(void **state)
{
	struct proc p;
	int fd = play_client(&p, "< \"a\"\nwait .7\n< \"b\"\n",
	                     "--step-timeout=.6", NULL);

	(void)state;
	net_send_text(fd, "ab");
	finish_peer(fd);
	expect_success(&p);
}

static void an_end_in_mid_replay_is_named(void **state)
{
	struct proc p;
	int fd = play_client(&p, "> \"a\"\n< \"b\"\n", NULL);

	(void)state;
	net_expect(fd, "a");
	close(fd);
	expect_failure(&p, "talk.chat:3: ");
	fd = play_client(&p, "> \"a\"\n< \"b\"\n< \"c\"\n", NULL);
	net_expect(fd, "a");
	net_send_text(fd, "b");
	net_reset(fd);
	expect_failure(&p, "talk.chat:4: ");
}

static void only_fin_says_that_no_more_may_come(void **state)
{
	struct proc p;
	int fd = play_client(&p, "< \"a\"\n> fin\n< fin\n", NULL);

	(void)state;
	net_send_text(fd, "a more");
	close(fd);
	expect_failure(&p, "talk.chat:4: ");
}

static void who_is_not_there_plays_nothing(void **state)
{
	struct proc p;
	char port[8];
	uint16_t number;
	int fd = net_bind(&number);

	(void)state;
	snprintf(port, sizeof(port), "%u", number);
	proc_sockchat(&p, "connect", "--replay",
	              chat_file("talk.chat", "> \"a\"\n"), "127.0.0.1", port,
	              NULL);
	expect_failure(&p, "connection refused");
	close(fd);
}

/* The command line says this in a sentence, and nothing else happens. */
static void refuse(const char *name, const char *option, const char *sentence)
{
	struct proc p;

	proc_sockchat(&p, "listen", "--replay", pty_home(name), option,
	              "127.0.0.1", "0", NULL);
	proc_expect_exit(&p, 2);
	assert_out(&p, "");
	assert_err_has(&p, sentence);
	assert_err_has(&p, "sockchat --help");
	proc_finish(&p);
}

static void what_cannot_be_played_is_found_before_anything_happens(void **state)
{
	(void)state;
	chat_file("good.chat", "> \"a\"\n");
	refuse("none.chat", "-n", "none.chat");
	chat_file("bad.chat", "listen 1\n> \"a\"\n> \"b\n");
	refuse("bad.chat", "-n", "bad.chat:4:");
	chat_file("send.chat", "listen 1\n< \"a\"\n> /b/\n");
	refuse("send.chat", "-n", "send.chat:4:");
	chat_file("any.chat", "connect h:1\n> \"a\"\n< ...\n");
	refuse("any.chat", "-n", "any.chat:4:");
	chat_file("name.chat", "> \"${x}\"\n");
	refuse("name.chat", "-n", "name.chat:2:");
	refuse("good.chat", "--echo", "--replay and --echo cannot be");
	refuse("good.chat", "--send-only",
	       "--replay and --send-only cannot be");
	refuse("good.chat", "--ui=pipe", "--replay does not work in a pipe");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_client_plays_in_each_front_end_without_a_terminal),
		TEST(what_is_played_is_not_recorded_over),
		TEST(how_bytes_are_cut_into_reads_does_not_matter),
		TEST(a_listener_is_a_mock_server),
		TEST(the_other_side_is_played_of_a_recording_of_either_mode),
		TEST(without_a_head_who_plays_is_the_first_mark),
		TEST(what_comes_after_the_last_step_is_not_compared),
		TEST(resets_are_steps),
		TEST(recorded_pauses_are_kept_if_asked_and_waits_always),
		TEST(a_difference_is_shown_with_its_line),
		TEST(json_tells_a_difference_in_members),
		TEST(a_step_that_is_late_is_named),
		TEST(time_does_not_run_out_for_steps_that_are_met),
		TEST(an_end_in_mid_replay_is_named),
		TEST(only_fin_says_that_no_more_may_come),
		TEST(who_is_not_there_plays_nothing),
		TEST(what_cannot_be_played_is_found_before_anything_happens),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
