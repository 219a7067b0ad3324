/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The same endpoint once more: by Enter, by /connect and /listen alone, by
 * completion. */

#include <stdlib.h>

#include <sockchat/again.h>
#include <sockchat/session_state.h>

#include "chat_scene.h"

#define WHERE "127.0.0.1:9"

static void end_by_peer(struct fake *f)
{
	fake_feed_end(f);
	turn();
	session_close(chat_session(c, 0));
	turn();
	assert_int_equal(chat_session_count(c), 0);
}

static void assert_advice(const char *text)
{
	char advice[ADVICE_MAX];
	chat_advise(c, advice);
	assert_string_equal(advice, text);
}

static void enter_on_an_empty_line_connects_again(void **state)
{
	(void)state;
	struct fake *f = connect_one();
	c->session_settings.end_hint = chat_end_hint(c);
	end_by_peer(f);
	assert_int_equal(last()->state, ENTRY_CLOSED);
	assert_string_equal(last()->hint, "press Enter to connect again");
	assert_advice("press Enter to connect again to " WHERE);
	type("");
	turn();
	assert_int_equal(chat_session_count(c), 1);
	assert_advice("");
	type("");
	SENT(fake_last(), "\n");
}

/* Somebody else is there, or it is done without Enter. */
static void the_end_of_one_of_several_advises_nothing(void **state)
{
	(void)state;
	connect_one();
	assert_string_not_equal(chat_end_hint(c), "");
	options.reconnect = true;
	assert_string_equal(chat_end_hint(c), "");
	options.reconnect = false;
	connect_one();
	assert_string_equal(chat_end_hint(c), "");
}

static void connect_alone_repeats_the_last_endpoint(void **state)
{
	(void)state;
	end_by_peer(connect_one());
	type("/connect");
	turn();
	assert_int_equal(chat_session_count(c), 1);
	type("/connect");
	turn();
	assert_int_equal(chat_session_count(c), 1);
	assert_last(ENTRY_ERROR, "already connected to " WHERE);
}

static void connect_alone_leaves_a_peer_that_has_ended(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	fake_feed_end(f);
	turn();
	assert_advice("/close or /connect");
	type("/connect");
	turn();
	assert_int_equal(chat_session_count(c), 1);
	assert_ptr_not_equal(fake_last(), f);
}

static void a_second_try_does_not_stack_up(void **state)
{
	(void)state;
	end_by_peer(connect_one());
	fake_on_connect(WHERE, FAKE_HANGS);
	type("");
	turn();
	type("");
	assert_last(ENTRY_NOTE, "nothing was sent");
	type("/connect");
	assert_last(ENTRY_ERROR, "still connecting to " WHERE);
	assert_advice("/close gives up");
	turn();
	assert_int_equal(chat_session_count(c), 1);
	fake_settle(fake_last(), FAKE_OPENS);
	turn();
	assert_int_equal(fake_written_len(fake_last()), 0);
	type("");
	SENT(fake_last(), "\n");
}

static void without_an_endpoint_it_is_asked_for(void **state)
{
	(void)state;
	type("/connect");
	assert_last(ENTRY_ERROR, "to which server? /connect HOST PORT");
	type("/listen");
	assert_last(ENTRY_ERROR, "on which port? /listen PORT");
	type("");
	assert_last(ENTRY_ERROR, "not sent: nobody is connected");
}

static void an_empty_line_of_a_script_never_connects(void **state)
{
	(void)state;
	end_by_peer(connect_one());
	c->is_scripted = true;
	assert_advice("");
	type("");
	turn();
	assert_int_equal(chat_session_count(c), 0);
	assert_last(ENTRY_ERROR, "not sent: nobody is connected");
}

static void listen_alone_listens_as_last_time(void **state)
{
	(void)state;
	type("/listen 127.0.0.1 9");
	turn();
	assert_string_equal(c->listening, WHERE);
	type("/listen");
	assert_last(ENTRY_ERROR, "already listening on " WHERE);
	type("");
	assert_last(ENTRY_ERROR, "not sent: nobody is connected");
	chat_free_listeners(c);
	assert_advice("press Enter to listen again at " WHERE);
	type("");
	turn();
	assert_string_equal(c->listening, WHERE);
	chat_free_listeners(c);
	type("/listen");
	turn();
	assert_string_equal(c->listening, WHERE);
}

/* What Tab offers behind `line`, joined by blanks. */
static const char *offered(const char *line)
{
	static char text[1024];
	size_t start;
	char **list = command_complete(c, line, strlen(line), &start);
	*text = '\0';
	for (size_t i = 0; list && list[i]; i++) {
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		         "%s%s", i ? " " : "", list[i]);
		free(list[i]);
	}
	free(list);
	return text;
}

static void tab_offers_endpoints_used_before(void **state)
{
	(void)state;
	assert_string_equal(offered("/connect "), "");
	command_learn(c, "/connect localhost 80");
	command_learn(c, "/connect [::1]:443");
	command_learn(c, "/connect");
	command_learn(c, "/connect nonsense");
	command_learn(c, "/connected x 1");
	command_learn(c, "/listen * 99");
	command_learn(c, "/listen 98");
	end_by_peer(connect_one());
	assert_string_equal(offered("/connect "),
	                    WHERE " [::1]:443 localhost:80");
	assert_string_equal(offered("/connect lo"), "localhost:80");
	assert_string_equal(offered("/listen "), "98 *:99");
	command_learn(c, "/connect localhost 80");
	assert_string_equal(offered("/connect "),
	                    "localhost:80 " WHERE " [::1]:443");
}

/* What Tab offers is taken as what it was. */
static void with_tls_all_is_tls_but_what_says_that_it_is_plain(void **state)
{
	(void)state;
	options.is_tls = true;
	type("/connect localhost 443");
	assert_true(chat_last(c, ENDPOINT_CONNECT)->is_tls);
	type("/close");
	type("/connect unix:/x");
	assert_true(chat_last(c, ENDPOINT_CONNECT)->is_tls);
	type("/close");
	type("/connect tcp://localhost:80");
	assert_false(chat_last(c, ENDPOINT_CONNECT)->is_tls);
	assert_string_equal(offered("/connect "),
	                    "tcp://localhost:80 unix:/x "
	                    "tls://localhost:443");
	options.is_tls = false;
	options.tls.takes_plain = true;
	type("/listen 99");
	assert_true(chat_last(c, ENDPOINT_LISTEN)->is_tls);
	type("/connect localhost 80");
	assert_false(chat_last(c, ENDPOINT_CONNECT)->is_tls);
	assert_string_equal(offered("/listen "), "tls://99");
}

static void many_endpoints_push_the_oldest_out(void **state)
{
	char line[64];
	(void)state;
	for (int i = 1; i <= 100; i++) {
		snprintf(line, sizeof(line), "/connect h%d 1", i);
		command_learn(c, line);
	}
	assert_string_equal(chat_used(c, ENDPOINT_CONNECT, 0), "h100:1");
	assert_string_equal(chat_used(c, ENDPOINT_CONNECT, USED_MAX - 1),
	                    "h37:1");
	assert_null(chat_used(c, ENDPOINT_CONNECT, USED_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(enter_on_an_empty_line_connects_again),
		TEST(the_end_of_one_of_several_advises_nothing),
		TEST(connect_alone_repeats_the_last_endpoint),
		TEST(connect_alone_leaves_a_peer_that_has_ended),
		TEST(a_second_try_does_not_stack_up),
		TEST(without_an_endpoint_it_is_asked_for),
		TEST(an_empty_line_of_a_script_never_connects),
		TEST(listen_alone_listens_as_last_time),
		TEST(tab_offers_endpoints_used_before),
		TEST(with_tls_all_is_tls_but_what_says_that_it_is_plain),
		TEST(many_endpoints_push_the_oldest_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
