/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is folded on the screen, and what several peers share: a row. */

#include <sockchat/fates.h>
#include <sockchat/glyph.h>

#include "entry_piece.h"
#include "../../src/chat/chat_private.h"
#include "screen_scene.h"

static uint64_t share(uint32_t session, enum entry_share share)
{
	uint64_t seq = transcript_append(chat->transcript, &(struct entry){
		.kind = ENTRY_MESSAGE, .dir = ENTRY_OUT, .session = session,
		.flags = ENTRY_COMPLETE | ENTRY_BY_HAND,
		.share = (uint8_t)share,
		.bytes = (const uint8_t *)"hi\n", .len = 3,
	});
	assert_int_equal(ticks_add(chat->ticks, seq), 0);
	return seq;
}

static void acknowledge(uint64_t seq)
{
	ticks_set(chat->ticks, &(struct tick){ .seq = seq,
		                               .state = TICK_ACKED });
}

static void what_goes_to_several_peers_is_one_row(void **state)
{
	(void)state;
	chat->own->shows_numbers = true;
	chat->options->ticks = true;
	uint64_t seq = share(1, SHARE_FIRST);
	share(2, SHARE_COPY);
	share(3, SHARE_COPY);
	acknowledge(seq + 1);
	paint();
	assert_string_equal(row(0), "   > hi\\n …  1/3");
	assert_string_equal(row(1), "");
	acknowledge(seq);
	acknowledge(seq + 2);
	paint();
	assert_string_equal(row(0), "   > hi\\n ✓✓ 3/3");
	filter_focus(&chat->filter, 2, transcript_end(chat->transcript));
	while (view_work(&view, SECOND_NS))
		;
	paint();
	assert_string_equal(row(0), " 2 > hi\\n ✓✓");
	assert_string_equal(row(1), "");
	view_finish(&view);
}

static void a_second_peer_indents_only_what_comes_then(void **state)
{
	(void)state;
	chat->own->last_number = 1;
	hear("one\n");
	chat->own->shows_numbers = true;
	chat->own->has_column = true;
	chat->own->numbers_since = transcript_end(chat->transcript);
	hear("two\n");
	paint();
	assert_string_equal(row(0), "< one\\n");
	assert_string_equal(row(1), " 1 < two\\n");
}

static void what_is_folded_loses_its_row(void **state)
{
	(void)state;
	uint64_t seq = say(ENTRY_IN, "connecting\n", 11);
	hear("a\n");
	paint();
	assert_string_equal(row(0), "< connecting\\n");
	for (int i = 0; i < 2; i++) {
		transcript_fold(chat->transcript, seq);
		view_touch(&view, seq);
		hear("b\n");
		seq = transcript_end(chat->transcript) - 1;
		while (view_work(&view, SECOND_NS))
			;
		paint();
		assert_string_equal(row(0), "< a\\n");
		assert_string_equal(row(1), "< b\\n");
		assert_string_equal(row(2), "");
	}
	view_finish(&view);
}

/* With a lens of the filter, and without. */
static void what_others_tell_is_not_counted(void **state)
{
	(void)state;
	for (int filters = 0; filters < 2; filters++) {
		if (filters)
			filter_focus(&chat->filter, 1,
			             transcript_end(chat->transcript));
		hear("top\n");
		uint64_t top = transcript_end(chat->transcript) - 1;
		view_go_top(&view);
		paint();
		for (int i = 0; i < 40; i++)
			hear("below\n");
		uint64_t seq = share(1, SHARE_FIRST);
		if (!filters)
			share(2, SHARE_COPY);
		uint64_t last = transcript_end(chat->transcript) - 1;
		transcript_fold(chat->transcript, seq - 1);
		view_touch(&view, seq - 1);
		while (view_work(&view, SECOND_NS))
			;
		assert_int_equal(view_count(&view, top, last), 41);
		assert_int_equal(view_next(&view, seq - 2), seq);
		assert_int_equal(view_next(&view, seq), 0);
		assert_int_equal(view_before(&view, seq), seq - 2);
		assert_int_equal(view_below(&view), 40);
		view_go_end(&view);
		view.cleared_seq = transcript_end(chat->transcript);
	}
	view_finish(&view);
}

static uint64_t tell(enum entry_kind kind, const char *text, const char *hint)
{
	return transcript_append(chat->transcript, &(struct entry){
		.kind = (uint8_t)kind, .session = 1, .hint = hint,
		.bytes = (const uint8_t *)text, .len = strlen(text),
	});
}

static void toggle(uint64_t seq)
{
	enum fold_word now = view_fold(&view, seq);
	assert_int_not_equal(now, FOLD_UNSAID);
	assert_int_equal(folds_say(&view.folds, seq, now == FOLD_OPEN
	                                                 ? FOLD_SHUT
	                                                 : FOLD_OPEN), 0);
}

static void a_notice_is_folded_once_a_message_follows(void **state)
{
	uint64_t seq;
	(void)state;
	resize(14, 30);
	seq = tell(ENTRY_NOTE, "it happened", "why it did is this. Do that");
	paint();
	assert_string_equal(row(0), "* it happened; why it did is");
	assert_string_equal(row(1), "  this. Do that");
	hear("x\n");
	paint();
	assert_string_equal(row(0), "* it happened; why it did is …");
	assert_string_equal(row(1), "< x\\n");
	toggle(seq);
	paint();
	assert_string_equal(row(1), "  this. Do that");
	toggle(seq);
	paint();
	assert_string_equal(row(1), "< x\\n");
	assert_int_equal(view_fold(&view, seq + 1), FOLD_UNSAID);
}

static void on_a_small_screen_a_notice_has_one_row(void **state)
{
	(void)state;
	resize(11, 30);
	tell(ENTRY_NOTE, "it happened", "why it did is this. Do that");
	paint();
	assert_string_equal(row(0), "* it happened; why it did is …");
	assert_string_equal(row(1), "");
}

static void what_is_new_folds_nothing_in_a_scrolled_view(void **state)
{
	(void)state;
	resize(14, 30);
	hear_numbers(0, 30);
	tell(ENTRY_NOTE, "it happened", "why it did is this. Do that");
	view_draw(&view, 0, rows);
	view_scroll(&view, -1, rows);
	paint();
	assert_string_equal(row(13), "* it happened; why it did is");
	hear("x\n");
	paint();
	assert_string_equal(row(13), "* it happened; why it did is");
	view_go_end(&view);
	paint();
	assert_string_equal(row(12), "* it happened; why it did is …");
	assert_string_equal(row(13), "< x\\n");
}

static void a_long_message_is_folded_until_it_is_opened(void **state)
{
	char text[400];
	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text + 390, "needle", 6);
	resize(14, 32);
	uint64_t seq = say(ENTRY_IN, text, sizeof(text)); /* 14 rows of 30 */
	hear("next\n");
	paint();
	assert_string_equal(row(7), "  aaaaaaaaaaaaa … 177 more bytes");
	assert_string_equal(row(8), "< next\\n");
	view_show(&view, seq, 20, rows); /* it is seen */
	paint();
	assert_string_equal(row(8), "< next\\n");
	view_show(&view, seq, 390, rows);
	paint();
	assert_string_not_equal(row(8), "< next\\n");
	view_go_end(&view);
	paint();
	assert_non_null(strstr(row(12), "needle"));
	toggle(seq);
	paint();
	assert_string_equal(row(8), "< next\\n");
	view.is_bare = true; /* to be copied */
	paint();
	assert_string_equal(row(13), "next");
	assert_string_not_equal(row(8), "next");
}

static int leave_view(void **state)
{
	view_finish(&view);
	return tear_down(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, leave_view)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_goes_to_several_peers_is_one_row),
		TEST(a_second_peer_indents_only_what_comes_then),
		TEST(what_is_folded_loses_its_row),
		TEST(what_others_tell_is_not_counted),
		TEST(a_notice_is_folded_once_a_message_follows),
		TEST(on_a_small_screen_a_notice_has_one_row),
		TEST(what_is_new_folds_nothing_in_a_scrolled_view),
		TEST(a_long_message_is_folded_until_it_is_opened),
	};
	begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
