/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* GNU readline as a guest, with the repairs that version 8.2 needs.  It edits
 * and remembers; keys, screen, terminal modes and signals are ours. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>
#include <readline/history.h>

#include <sockchat/utf8.h>

#include "bind.h"
#include "guest.h"
#include "histfile.h"
#include "input.h"
#include "whole.h"

/* Ctrl-Z never comes as a key: it is the program's. */
#define NOTHING_KEY "\032"
#define ABORT_KEY   "\007"
#define ESCAPE_KEY  "\033"

/* A command waits: for any key, for more than one, for one of a single byte. */
#define WAITS (RL_STATE_MULTIKEY | RL_STATE_VIMOTION | RL_STATE_CHARSEARCH)
#define ASKS \
	(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_NUMERICARG | WAITS)
#define TAKES_BYTE \
	(RL_STATE_MULTIKEY | RL_STATE_VIMOTION | RL_STATE_NUMERICARG)

#define NO_NUL "a line cannot hold a NUL byte: /send writes it as \\0"

#define PART_SIZE  4096
/* With one digit more, readline's number might overflow. */
#define ARGUMENT_MAX 10000
#define START_ROOM ((size_t)512 << 10) /* for its keymaps and an inputrc */

/* Readline keeps itself in globals: so there is one of this as well. */
static struct {
	const struct input_ops *ops; /* NULL: not started */
	FILE *nowhere;
	const uint8_t *keys; /* not yet read by readline */
	size_t keys_left;
	unsigned missed_keys;
	bool is_dirty;
	char *cut; /* the line that Enter did not send: see whole.h */
	rl_command_func_t *waiting; /* a command that waits for one more key */
} state;

/* True if there is memory for a command, which copies the line a few times at
 * most. */
static bool has_memory(size_t more)
{
	bool has = guest_has_memory(4 * ((size_t)rl_end + more + ARGUMENT_MAX));
	if (!has)
		state.ops->refuse(state.ops->user, INPUT_NO_MEMORY);
	return has;
}

static int has_key(void)
{
	return state.keys_left > 0;
}

/* The next key.  Where there is none it is an abort, as EOF would send the line
 * or end the program. */
static int next_key(FILE *unused)
{
	(void)unused;
	state.waiting = NULL;
	if (!has_key()) {
		state.missed_keys++;
		return ABORT_KEY[0];
	}
	state.keys_left--;
	return *state.keys++;
}

static void feed_readline(const void *bytes, size_t len)
{
	state.keys = bytes;
	state.keys_left = len;
	while (has_key() && state.ops) {
		rl_callback_read_char();
		if (rl_numeric_arg > ARGUMENT_MAX)
			rl_numeric_arg = ARGUMENT_MAX;
	}
}

/* Go back to the beginning of a character.  A search that failed leaves the
 * cursor in the middle of one, and any change of the text leaves the mark
 * there. */
static void stay_on_character(int *at)
{
	*at = guest_beginning(*at > rl_end ? rl_end : *at);
}

/* Put the line that was not sent back into the editor. */
static void put_back(void)
{
	rl_insert_text(state.cut);
	free(state.cut);
	state.cut = NULL;
	state.ops->refuse(state.ops->user,
	                  "not sent: readline has cut a character in two; "
	                  "delete the rest of it");
}

static void feed_bytes(const void *bytes, size_t len)
{
	feed_readline(bytes, len);
	/* Enter after a numeric argument is only acted on by the next key. */
	if (rl_done && state.ops)
		feed_readline(NOTHING_KEY, 1);
	if (state.ops && state.cut)
		put_back();
	stay_on_character(&rl_point);
	stay_on_character(&rl_mark);
	recall_keep_edit();
}

static bool is_vi(void)
{
	return rl_editing_mode == 0;
}

/* Any other key would crash an incremental search of readline 8.2: it would
 * return into a stack frame that is gone. */
static bool belongs_to_search(const struct token *t)
{
	return t->key == KEY_TEXT ||
	       (t->len == 1 && memchr("\b\007\022\027\031\177",
	                              t->bytes[0], 6));
}

static void leave_command(unsigned long states)
{
	if (RL_ISSTATE(states & RL_STATE_ISEARCH))
		feed_bytes(ESCAPE_KEY, 1);
	else if (RL_ISSTATE(states))
		feed_bytes(ABORT_KEY, 1);
}

void input_leave_command(void)
{
	leave_command(ASKS);
}

/* Readline would insert the tail of a sequence that it does not know. */
static bool is_known_sequence(const uint8_t *bytes, size_t len)
{
	int type = ISFUNC;
	if (rl_function_of_keyseq_len((const char *)bytes, len,
	                              rl_get_keymap(), &type))
		return type != ISKMAP;
	return is_vi() && len == 2; /* Escape, and a command */
}

static void deliver_token(const struct token *t)
{
	bool is_sequence = t->len > 1 && t->bytes[0] == ESCAPE_KEY[0];
	if (t->len == 0)
		return;
	if (is_sequence)
		leave_command(WAITS);
	else if (t->bytes[0] >= 0x80) /* only one byte would be taken */
		leave_command(TAKES_BYTE);
	if (is_sequence && !is_known_sequence(t->bytes, t->len))
		return;
	if (RL_ISSTATE(RL_STATE_ISEARCH) && !belongs_to_search(t))
		feed_bytes(ESCAPE_KEY, 1);
	feed_bytes(t->bytes, t->len);
}

/* To vi any character may be a command, and the next its operand. */
static void deliver_each(const struct token *t)
{
	uint32_t cp;
	for (size_t done = 0; done < t->len;) {
		int n = utf8_decode(t->bytes + done, t->len - done, &cp);
		size_t len = n > 0 ? (size_t)n : 1;
		struct token one = { t->key, t->bytes + done, len };
		deliver_token(&one);
		done += len;
	}
}

/* In emacs mode Escape would wait, and turn the next key into a Meta key. */
static void press_escape(void)
{
	if (is_vi())
		feed_bytes(ESCAPE_KEY, 1);
	else
		leave_command(ASKS);
}

static void insert_text(const char *bytes, size_t len)
{
	char part[PART_SIZE + 1];
	whole_note(bytes, len);
	leave_command(ASKS);
	rl_begin_undo_group();
	for (size_t n; len; bytes += n, len -= n) {
		n = len < PART_SIZE ? len : PART_SIZE;
		memcpy(part, bytes, n);
		part[n] = '\0';
		rl_insert_text(part);
	}
	rl_end_undo_group();
	recall_forget();
}

/* Bytes of another character set: readline would join them with what comes
 * later. */
static bool is_raw_text(const struct token *t)
{
	return t->key == KEY_TEXT && !utf8_is_valid(t->bytes, t->len);
}

bool input_quotes(void)
{
	return state.waiting == rl_quoted_insert;
}

/* A command that waits for one key must not take the first byte of a longer
 * one, nor keep waiting when text is put in that it does not see. */
static bool is_awaited(const struct token *t)
{
	bool is_put_in = t->key == KEY_PASTE || t->key == KEY_ALT_ENTER ||
	                 is_raw_text(t);
	bool is_text = t->key == KEY_TEXT;
	if (!state.waiting)
		return false;
	/* It would take half of a character. */
	if (input_quotes() && t->len && t->bytes[0] >= 0x80)
		is_text = false;
	if (!is_put_in && (t->len == 1 || is_text))
		return true;
	rl_callback_sigcleanup();
	state.waiting = NULL;
	return false;
}

bool input_awaits(const struct token *t)
{
	return t->len == 1 && (state.waiting || RL_ISSTATE(WAITS));
}

/* Up and Down move by rows within the line; at its first and last row they go
 * through the history. */
static bool moves_by_row(const struct token *t)
{
	bool is_row = t->key == KEY_UP || t->key == KEY_DOWN;
	return is_row && !RL_ISSTATE(ASKS) &&
	       rows_move(t->key == KEY_UP ? -1 : 1);
}

static void feed_token(const struct token *t)
{
	bool is_quoted = input_quotes();
	if (is_awaited(t))
		feed_bytes(t->bytes, t->len);
	else if (t->key == KEY_PASTE || is_quoted || is_raw_text(t))
		insert_text((const char *)t->bytes, t->len);
	else if (t->key == KEY_ALT_ENTER)
		insert_text("\n", 1);
	else if (t->key == KEY_ESCAPE)
		press_escape();
	else if (moves_by_row(t))
		return;
	else if (t->key == KEY_TEXT && is_vi())
		deliver_each(t);
	else
		deliver_token(t);
}

bool input_takes(enum key key)
{
	return key <= KEY_ESCAPE || key == KEY_ALT_ENTER ||
	       key == KEY_CTRL_D || key == KEY_UP || key == KEY_DOWN;
}

void input_feed(const struct token *t)
{
	state.is_dirty = true;
	if (!has_memory(t->len))
		return;
	if (input_quotes() && t->len == 1 && !*t->bytes)
		state.ops->refuse(state.ops->user, NO_NUL);
	feed_token(t);
	int i = bind_take();
	if (i >= 0)
		state.ops->run(state.ops->user, (size_t)i);
}

void input_cancel(void)
{
	feed_bytes(ABORT_KEY, 1);
	if (rl_undo_list)
		rl_revert_line(1, 0);
	rl_end_of_history(1, 0);
	rl_replace_line("", 1);
	rl_point = rl_mark = 0;
	if (is_vi())
		rl_vi_insertion_mode(1, 0);
	recall_forget();
	state.is_dirty = true;
}

void input_replace(const char *text)
{
	if (!has_memory(strlen(text)))
		return;
	leave_command(ASKS);
	whole_edit(0, rl_end, text, "");
	recall_forget();
	state.is_dirty = true;
}

/* What has to be painted */

static const char *mode_name(void)
{
	if (is_vi())
		return rl_get_keymap() == vi_movement_keymap ? "vi:cmd" : "vi";
	return rl_insert_mode ? "" : "ovr";
}

bool input_asks(void)
{
	return rl_display_prompt && *rl_display_prompt;
}

void input_show(struct input_line *line)
{
	*line = (struct input_line){
		.prompt = input_asks() ? rl_display_prompt : NULL,
		.mode = mode_name(),
		.text = rl_line_buffer,
		.len = (size_t)rl_end,
		.point = (size_t)rl_point,
	};
}

bool input_is_empty(void)
{
	return rl_end == 0 && !RL_ISSTATE(ASKS);
}

bool input_take_dirty(void)
{
	bool was_dirty = state.is_dirty;
	state.is_dirty = false;
	return was_dirty;
}

void input_resize(int rows, int columns)
{
	rl_set_screen_size(rows, columns);
	state.is_dirty = true;
}

unsigned input_missed_keys(void)
{
	return state.missed_keys;
}

/* Commands of our own, in place of readline's */

static COMMAND(do_nothing, 0)

#define WAITING(name)                                                      \
	static int wait_##name(int count, int key)                         \
	{                                                                  \
		state.waiting = rl_##name;                                 \
		return rl_##name(count, key);                              \
	}
WAITING(char_search)
WAITING(backward_char_search)
WAITING(vi_change_char)
WAITING(vi_set_mark)
WAITING(vi_goto_mark)

/* A negative argument would quote so many keys, Ctrl-C among them. */
static int wait_quoted_insert(int count, int key)
{
	state.waiting = rl_quoted_insert;
	return rl_quoted_insert(count < 0 ? 1 : count, key);
}

static COMMAND(complete_word, tab_complete(state.ops))

/* Commands that crash readline 8.2, write where nobody reads, read the keyboard
 * themselves, or send what nobody asked to send.  An inputrc may have put them
 * on any key. */
static const struct {
	const char *name;
	rl_command_func_t *instead;
} swaps[] = {
	{ "non-incremental-reverse-search-history", recall_older },
	{ "non-incremental-forward-search-history", recall_newer },
	{ "non-incremental-reverse-search-history-again", recall_older },
	{ "non-incremental-forward-search-history-again", recall_newer },
	{ "history-search-backward", recall_older },
	{ "history-search-forward", recall_newer },
	{ "history-substring-search-backward", recall_older },
	{ "history-substring-search-forward", recall_newer },
	/* these read beyond a line that is shorter than the one before, or ends
	 * in a backslash */
	{ "forward-search-history", rl_reverse_search_history },
	{ "yank-last-arg", recall_last_word },
	{ "yank-nth-arg", recall_last_word },
	{ "vi-yank-arg", recall_last_word },
	{ "vi-search", rl_reverse_search_history },
	{ "vi-search-again", do_nothing },
	{ "complete", complete_word },
	{ "menu-complete", complete_word },
	{ "menu-complete-backward", complete_word },
	{ "old-menu-complete", complete_word },
	{ "possible-completions", complete_word },
	{ "insert-completions", complete_word },
	{ "vi-complete", complete_word },
	{ "upcase-word", casing_upcase_word },
	{ "downcase-word", casing_downcase_word },
	{ "capitalize-word", casing_capitalize_word },
	{ "vi-change-case", casing_vi_change },
	{ "vi-redo", whole_vi_redo },
	{ "delete-char-or-list", rl_delete },
	{ "vi-eof-maybe", rl_delete },
	{ "quoted-insert", wait_quoted_insert },
	{ "character-search", wait_char_search },
	{ "character-search-backward", wait_backward_char_search },
	{ "vi-change-char", wait_vi_change_char },
	{ "vi-set-mark", wait_vi_set_mark },
	{ "vi-goto-mark", wait_vi_goto_mark },
	{ "insert-comment", do_nothing },
	{ "bracketed-paste-begin", do_nothing },
	{ "execute-named-command", do_nothing },
	{ "start-kbd-macro", do_nothing },
	{ "end-kbd-macro", do_nothing },
	{ "call-last-kbd-macro", do_nothing },
	{ "print-last-kbd-macro", do_nothing },
	{ "dump-functions", do_nothing },
	{ "dump-macros", do_nothing },
	{ "dump-variables", do_nothing },
	{ "re-read-init-file", do_nothing },
};

/* Keys that readline would know from the terminal's description. */
static const struct {
	const char *sequence;
	rl_command_func_t *command;
} binds[] = {
	{ "\\e[1~", rl_beg_of_line },     { "\\e[4~", rl_end_of_line },
	{ "\\e[7~", rl_beg_of_line },     { "\\e[8~", rl_end_of_line },
	{ "\\e[2~", rl_overwrite_mode },  { "\\e[3~", rl_delete },
	{ "\\e[1;5D", rl_backward_word }, { "\\e[1;5C", rl_forward_word },
	{ "\\e[1;3D", rl_backward_word }, { "\\e[1;3C", rl_forward_word },
};

static void swap_command(Keymap map, rl_command_func_t *from,
                         rl_command_func_t *to)
{
	for (int i = 0; i < KEYMAP_SIZE; i++)
		if (map[i].type == ISFUNC && map[i].function == from)
			map[i].function = to;
		else if (map[i].type == ISKMAP && map[i].function)
			swap_command((Keymap)(void *)map[i].function, from, to);
}

static void prepare_keymap(Keymap map)
{
	for (size_t i = 0; i < sizeof(swaps) / sizeof(*swaps); i++) {
		rl_command_func_t *from = rl_named_function(swaps[i].name);
		if (from)
			swap_command(map, from, swaps[i].instead);
	}
	for (size_t i = 0; i < sizeof(binds) / sizeof(*binds); i++)
		rl_bind_keyseq_if_unbound_in_map(binds[i].sequence,
		                                 binds[i].command, map);
	rl_bind_key_in_map(NOTHING_KEY[0], do_nothing, map);
}

/* Starting and stopping */

static void on_readline_line(char *line)
{
	histfile_forget_undo();
	recall_forget();
	if (line && whole_is_cut(line)) {
		state.cut = line;
		return;
	}
	if (line) /* else Ctrl-D, on an empty line */
		state.ops->on_line(state.ops->user, line, strlen(line));
	free(line);
}

/* The program paints when it pleases. */
static void paint_nothing(void)
{
}

static void set_hooks(void)
{
	rl_readline_name = "sockchat";
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_change_environment = 0;
	rl_prep_term_function = NULL;
	rl_deprep_term_function = NULL;
	rl_outstream = state.nowhere;
	rl_getc_function = next_key;
	rl_input_available_hook = has_key;
	/* Set before rl_initialize(), so that readline asks for no terminal's
	 * strings. */
	rl_redisplay_function = paint_nothing;
	history_comment_char = '#'; /* before the times of the entries */
}

int input_start(const struct input_ops *ops)
{
	if (state.ops)
		return errno = EBUSY, -1;
	if (!guest_has_memory(START_ROOM))
		return errno = ENOMEM, -1;
	state.nowhere = fopen("/dev/null", "we");
	if (!state.nowhere)
		return -1;
	set_hooks();
	if (ops->name)
		bind_add_all(ops->name);
	rl_initialize();
	rl_tty_set_echoing(0);
	guest_set_variables();
	prepare_keymap(emacs_standard_keymap);
	prepare_keymap(vi_insertion_keymap);
	prepare_keymap(vi_movement_keymap);
	using_history();
	state.ops = ops;
	state.is_dirty = true;
	rl_callback_handler_install("", on_readline_line);
	return 0;
}

void input_stop(void)
{
	if (!state.ops)
		return;
	rl_callback_sigcleanup();
	rl_callback_handler_remove();
	rl_free_undo_list();
	histfile_forget();
	guest_release_memory();
	fclose(state.nowhere);
	rl_outstream = NULL;
	memset(&state, 0, sizeof(state));
}
