/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The connection panel, as a terminal that somebody else wrote shows it. */

#include <sockchat/audience.h>
#include <sockchat/glyph.h>
#include <sockchat/pair.h>

#include "../../src/chat/chat_private.h"
#include "../../src/tui/page.h"
#include "../fake/fake_transport.h"
#include "screen_scene.h"

static const struct frontend_ops silent = { .stays = true };

static int start(void **state)
{
	int failed = set_up(state);
	fake_start();
	chat->ops = &silent;
	resize(24, 80);
	return failed;
}

static int leave(void **state)
{
	for (size_t i = chat_session_count(chat); i-- > 0;)
		session_reset(chat_session(chat, i));
	tear_down(state);
	return fake_finish() ? -1 : 0;
}

static struct session *meet(void)
{
	struct address peer = fake_address("127.0.0.1:9");
	struct fake *f = fake_open();
	fake_facts(f)->local = fake_address("127.0.0.1:8");
	chat_on_peer(chat, fake_transport(f), &peer);
	return chat_session(chat, chat_session_count(chat) - 1);
}

/* A client at :50000 and the target at :9 are one peer. */
static struct session *meet_pair(void)
{
	struct address client = fake_address("127.0.0.1:50000");
	struct address target = fake_address("127.0.0.1:9");
	struct session *far = chat_add_session(chat);
	assert_int_equal(pair_begin(far, &chat->own->near_settings,
	                            fake_transport(fake_open()), &client), 0);
	session_adopt(far, fake_transport(fake_open()), &target);
	far->link.is_accepted = false;
	return far;
}

static bool is_whole;

static int draw_from(int first, unsigned flags)
{
	screen_erase();
	is_whole = panel_draw(chat, rows, &first, flags);
	finish(rows - 1, 0);
	return first;
}

/* The row where this stands; -1: nowhere. */
static int find(const char *text)
{
	for (int i = 0; i < rows; i++)
		if (strstr(row(i), text))
			return i;
	return -1;
}

#define assert_seen(text)                                                     \
	do {                                                                  \
		if (find(text) < 0)                                           \
			fail_msg("no '%s'; first: '%s'", text, row(0));       \
	} while (0)

static void draw(void)
{
	draw_from(0, 0);
}

static void the_sentence_stands_on_top(void **state)
{
	(void)state;
	struct session *s = meet();
	draw();
	assert_string_equal(row(0), " healthy");
	assert_string_equal(row(1), "");
	assert_string_equal(row(2), " peer         127.0.0.1:9");
	assert_seen(" waiting      0 B queued");
	assert_seen(" TCP          this system does not tell more");
	session_pause(s);
	draw();
	assert_string_equal(row(0), " paused by us (/resume continues)");
}

static void trouble_looks_like_an_error(void **state)
{
	char calm[32];
	(void)state;
	struct session *s = meet();
	draw();
	snprintf(calm, sizeof(calm), "%s",
	         fake_screen_look(terminal, 0, 1));
	fake_set_room(fake_last(), 0);
	struct error e;
	assert_int_equal(session_send(s, "x\n", 2, &e), 0);
	s->link.out_ns = stamp_mono_ns() - 5 * INT64_C(1000000000);
	draw();
	assert_string_equal(row(0), " peer not reading for 5 s, 2 B waiting "
	                            "for it");
	assert_string_not_equal(fake_screen_look(terminal, 0, 1), calm);
}

static void the_picture_has_the_present_place_in_brackets(void **state)
{
	(void)state;
	struct session *s = meet();
	draw();
	int at = find("SYN-RECEIVED → [ESTABLISHED] → FIN-WAIT-1 → "
	              "FIN-WAIT-2 → TIME-WAIT");
	assert_true(at > 0);
	assert_string_equal(row(at + 1) + strspn(row(at + 1), " "),
	                    "↘ CLOSE-WAIT → LAST-ACK → CLOSED");
	assert_string_equal(fake_screen_look(terminal, at, 29 + 1),
	                    "bold color28");
	s->phase = ENTRY_HALF_CLOSED;
	s->link.halves = HALVES_IN_CLOSED;
	draw();
	assert_seen("SYN-RECEIVED → ESTABLISHED → FIN-WAIT-1");
	assert_seen("↘ [CLOSE-WAIT] → LAST-ACK");
	s->link.halves = HALVES_OUT_CLOSED;
	s->link.is_accepted = false;
	draw();
	assert_seen("SYN-SENT → ESTABLISHED → FIN-WAIT-1 → [FIN-WAIT-2] → ");
	s->link.halves = HALVES_OPEN;
}

static void a_narrow_screen_has_as_much_of_it_as_fits(void **state)
{
	(void)state;
	struct session *s = meet();
	resize(30, 44);
	draw();
	assert_seen("[ESTABLISHED] → FIN-WAIT-1");
	s->phase = ENTRY_HALF_CLOSED;
	s->link.halves = HALVES_IN_CLOSED;
	draw();
	assert_seen("[CLOSE-WAIT] → LAST-ACK");
	resize(30, 20);
	draw();
	assert_seen("  [CLOSE-WAIT]");
	s->link.halves = HALVES_OPEN;
}

static void a_name_that_the_screen_lacks_does_not_end_the_row(void **state)
{
	(void)state;
	struct session *s = meet();
	s->link.where = "안\U000fffff:9";
	draw();
	assert_seen("안<U+FFFFF>:9");
	draw_from(0, GLYPH_ASCII);
	assert_seen("\\xec\\x95\\x88\\xf3\\xbf\\xbf\\xbf:9");
}

static void ascii_has_signs_of_its_own(void **state)
{
	(void)state;
	meet();
	draw_from(0, GLYPH_ASCII);
	int at = find("SYN-RECEIVED > [ESTABLISHED] > FIN-WAIT-1 > "
	              "FIN-WAIT-2 > TIME-WAIT");
	assert_true(at > 0);
	assert_non_null(strstr(row(at + 1), "`> CLOSE-WAIT > LAST-ACK"));
	assert_seen(" ______________________________  nothing in the last "
	            "minute");
}

/* A minute of 2 s parts, the newest last. */
static void the_last_minute_is_a_row_of_bars(void **state)
{
	(void)state;
	struct session *s = meet();
	int64_t now = stamp_mono_ns(), step = 2 * HEALTH_STEP_NS;
	struct health *h = chat->own->health;
	*h = (struct health){ .number = s->link.number };
	struct rate *in = &h->counters[HEALTH_IN];
	int64_t round = now - now % step;
	in->count = h->counters[HEALTH_OUT].count = 4;
	for (int i = 0; i < 4; i++) {
		in->marks[i].ns = round + (i - 6) * step;
		h->counters[HEALTH_OUT].marks[i].ns = in->marks[i].ns;
	}
	in->marks[1].value = 4096;
	in->marks[2].value = 4097;
	in->marks[3].value = s->link.bytes_in = 4097 + 2048;
	draw();
	int at = find("received") + 1;
	const char *bars = row(at) + strspn(row(at), " ");
	assert_non_null(strstr(bars, "▁█▂▅▁▁▁"));
	assert_non_null(strstr(bars, "  2.0 KiB/s at most"));
	assert_seen("▁▁▁▁▁  nothing in the last minute");
	draw_from(0, GLYPH_ASCII);
	assert_non_null(strstr(row(at), "_#.=_"));
	resize(24, 40);
	draw();
	at = find("received");
	while (!strstr(row(at), "▁"))
		at++;
	assert_null(strstr(row(at), "most"));
}

static void several_peers_have_a_line_each(void **state)
{
	(void)state;
	draw();
	assert_string_equal(row(0), " nobody is connected");
	snprintf(chat->own->listening, sizeof(chat->own->listening), "*:9");
	chat->is_exposed = true;
	chat->reach = "open to other machines";
	meet();
	session_pause(meet());
	draw();
	assert_string_equal(row(0), " 2 peers (F6 chooses one)");
	assert_string_equal(row(2), " listening    *:9, open to other "
	                            "machines");
	assert_string_equal(row(3), " peer 1       127.0.0.1:9, healthy");
	assert_string_equal(row(4), " peer 2       127.0.0.1:9, paused by us "
	                            "(/resume continues)");
	chat->target = 2;
	draw();
	assert_string_equal(row(0), " peer 2: paused by us "
	                            "(/resume continues)");
}

static void who_may_come_is_shown(void **state)
{
	struct error e;
	(void)state;
	snprintf(chat->own->listening, sizeof(chat->own->listening), "*:9");
	assert_int_equal(access_parse(&chat->options->allow, "::1 10.0.0.1/8",
	                              &e), 0);
	chat->accepts = false;
	chat->own->refused = 12;
	draw();
	assert_seen(" new peers    not accepted (/accept on accepts them)");
	assert_seen(" allowed      ::1, 10.0.0.0/8");
	assert_seen(" refused      12 so far");
	assert_int_equal(find("denied"), -1);
}

static void one_that_has_gone_is_not_taken_for_another(void **state)
{
	(void)state;
	session_reset(meet());
	meet();
	meet();
	chat->target = 3;
	session_reset(chat_find(chat, 3));
	draw();
	assert_string_equal(row(0), " peer 3: closed 0 s ago");
	chat->target = 1;
	draw();
	assert_string_equal(row(0), " peer 1 has left (F6 chooses another)");
	chat->target = 0;
	draw();
	assert_string_equal(row(0), " peer 2: healthy");
}

static void the_last_connection_stays_to_be_looked_at(void **state)
{
	(void)state;
	session_reset(meet());
	draw();
	assert_string_equal(row(0), " closed 0 s ago");
	assert_seen(" peer         127.0.0.1:9");
	assert_true(find("→") < 0);
}

static void a_panel_that_does_not_fit_can_be_scrolled(void **state)
{
	(void)state;
	meet();
	resize(5, 80);
	assert_int_equal(draw_from(0, 0), 0);
	assert_string_equal(row(0), " healthy");
	assert_non_null(strstr(row(4), " more below (PgDn)"));
	int last = draw_from(1000, 0);
	assert_true(last > 5);
	assert_false(is_whole);
	assert_string_equal(row(4), " the end (PgUp)");
	assert_non_null(strstr(row(3), "TCP"));
	resize(24, 80);
	assert_int_equal(draw_from(last, 0), 0);
	assert_true(is_whole);
	assert_true(find("PgUp") < 0);
}

static void any_size_will_do(void **state)
{
	(void)state;
	meet();
	meet();
	for (int target = 0; target < 2; target++) {
		chat->target = (uint32_t)target;
		for (int size = 1; size < 30; size++) {
			resize(size, 31 - size);
			draw_from(3, 0);
			assert_string_equal(fake_screen_state(terminal), UP);
		}
	}
}

static void both_sides_of_a_pair_stand_beside_each_other(void **state)
{
	(void)state;
	meet_pair();
	resize(30, 100);
	draw();
	assert_string_equal(row(0), "client: healthy                        "
	                            "           target: healthy");
	int at = find("peer        127.0.0.1:50000");
	assert_true(at > 0);
	assert_non_null(strstr(row(at), "peer        127.0.0.1:9"));
	at = find("[ESTABLISHED] → FIN-WAIT-1");
	assert_true(at > 0);
	assert_non_null(strstr(strstr(row(at), "FIN"), "[ESTABLISHED] → FIN"));
	at = find("waiting     0 B queued");
	assert_non_null(strstr(strstr(row(at), "queued"), "waiting"));
	assert_true(is_whole);
}

static void sides_that_take_other_rows_keep_beside_each_other(void **state)
{
	(void)state;
	struct session *far = meet_pair();
	resize(60, 80);
	far->pair->near->is_paused = true;
	far->link.where = "a name that takes more than one row of this "
	                  "narrow column:9";
	draw();
	assert_non_null(strstr(row(0), "client: paused by us"));
	int at = find("received");
	assert_true(at > 0);
	assert_non_null(strstr(strstr(row(at), "received") + 1, "received"));
}

static void on_a_narrow_screen_the_target_stands_below_the_client(void **state)
{
	(void)state;
	meet_pair();
	resize(60, 79);
	draw();
	assert_string_equal(row(0), " client: healthy");
	assert_true(find(" target: healthy") > find(" TCP  "));
	for (int size = 1; size < 30; size++) {
		resize(size, 31 - size);
		draw_from(3, 0);
		assert_string_equal(fake_screen_state(terminal), UP);
	}
}

static void a_pair_among_several_has_a_line_with_both_ends(void **state)
{
	(void)state;
	meet_pair();
	meet_pair();
	draw();
	assert_string_equal(row(2), " peer 1       127.0.0.1:50000 → "
	                            "127.0.0.1:9, healthy");
	chat->target = 2;
	draw();
	assert_non_null(strstr(row(0), "peer 2, client: healthy"));
	assert_non_null(strstr(row(0), "peer 2, target: healthy"));
}

static void the_last_pair_stays_to_be_looked_at(void **state)
{
	(void)state;
	struct session *far = meet_pair();
	session_reset(far->pair->near);
	session_reset(far);
	resize(30, 100);
	draw();
	assert_non_null(strstr(row(0), "client: closed 0 s ago"));
	assert_non_null(strstr(row(0), "target: closed 0 s ago"));
	assert_seen("127.0.0.1:50000");
}

static void nothing_a_peer_says_is_done(void **state)
{
	(void)state;
	struct session *s = meet();
	snprintf(fake_facts(fake_last())->owner, OWNER_TEXT_MAX,
	         "\033[31mred\a");
	session_identify(s, true, false);
	draw();
	assert_string_equal(fake_screen_state(terminal), UP);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_sentence_stands_on_top),
		TEST(trouble_looks_like_an_error),
		TEST(the_picture_has_the_present_place_in_brackets),
		TEST(a_narrow_screen_has_as_much_of_it_as_fits),
		TEST(a_name_that_the_screen_lacks_does_not_end_the_row),
		TEST(ascii_has_signs_of_its_own),
		TEST(the_last_minute_is_a_row_of_bars),
		TEST(several_peers_have_a_line_each),
		TEST(who_may_come_is_shown),
		TEST(one_that_has_gone_is_not_taken_for_another),
		TEST(the_last_connection_stays_to_be_looked_at),
		TEST(a_panel_that_does_not_fit_can_be_scrolled),
		TEST(any_size_will_do),
		TEST(both_sides_of_a_pair_stand_beside_each_other),
		TEST(sides_that_take_other_rows_keep_beside_each_other),
		TEST(on_a_narrow_screen_the_target_stands_below_the_client),
		TEST(a_pair_among_several_has_a_line_with_both_ends),
		TEST(the_last_pair_stays_to_be_looked_at),
		TEST(nothing_a_peer_says_is_done),
	};
	begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
