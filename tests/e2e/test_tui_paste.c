/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What comes into the input line from elsewhere: pastes, and the editor. */

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

#define CTRL_X_CTRL_E "\030\005"

static void paste(struct pty *p, const char *text)
{
	pty_type(p, "\033[200~");
	pty_type(p, text);
	pty_type(p, "\033[201~");
}

static void answer(struct pty *p, const char *key)
{
	pty_expect(p, "s send, e edit, c or Esc cancel");
	pty_type(p, key);
	pty_expect_gone(p, "s send, e edit, c or Esc cancel");
}

static void a_big_paste_arrives_whole(void **state)
{
	static char text[100000];
	struct text t = { NULL, 0 };
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i * 7 % 26);
	pty_type(&p, "\033[200~");
	pty_send(&p, text, sizeof(text));
	pty_type(&p, "!\033[201~");
	pty_expect(&p, "!");
	pty_type(&p, PTY_ENTER);
	net_read(fd, &t, sizeof(text) + 2);
	assert_memory_equal(t.bytes, text, sizeof(text));
	assert_memory_equal(t.bytes + sizeof(text), "!\n", 2);
	text_finish(&t);
	/* The same without the brackets. */
	pty_send(&p, text, sizeof(text));
	pty_type(&p, PTY_ENTER);
	net_read(fd, &t, sizeof(text) + 1);
	assert_memory_equal(t.bytes, text, sizeof(text));
	text_finish(&t);
	pty_quit(&p, 0);
	close(fd);
}

static void a_pasted_dump_goes_into_a_line_that_begins_with_hex(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "/hex ");
	paste(&p, "00000000: 6865 6c6c 6f20 776f 726c 6420 6f66 2066  "
	          "hello world of f\r\n"
	          "00000010: 6f6f 0a                                  "
	          "oo.\r\n");
	pty_expect(&p, "19 bytes");
	pty_expect(&p, "0 B out");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "hello world of foo\n");
	pty_type(&p, "/hex ");
	paste(&p, "41\n4g\n");
	pty_type(&p, PTY_ENTER);
	pty_expect(&p, "line 2, column 1: a byte is two hex digits");
	pty_quit(&p, 0);
	close(fd);
}

static void a_pasted_line_goes_into_the_line_and_is_not_sent(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "a z\002");
	paste(&p, "one\r\n");
	pty_expect_cursor(&p, INPUT_ROW, 7);
	pty_expect(&p, "> a onez");
	pty_expect(&p, "0 B out");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "a onez\n");
	pty_quit(&p, 0);
	close(fd);
}

static void pasted_lines_are_asked_about_and_sent_as_text(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "draft");
	pty_expect(&p, "> draft");
	paste(&p, "one\r\n/quit\r\n\r\n//x");
	pty_expect(&p, "paste of 4 lines, 14 B: s send, e edit, c or Esc "
	               "cancel");
	pty_expect_gone(&p, "> draft");
	/* None of these is an answer, but for the last. */
	answer(&p, PTY_ENTER "x" PTY_UP "\tss" PTY_PAGE_UP "s");
	net_expect(fd, "one\n/quit\n\n//x\n");
	pty_expect(&p, "> draft");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "draft\n");
	pty_quit(&p, 0);
	close(fd);
}

static void a_paste_is_not_dropped_silently(void **state)
{
	static const char *const keys[] = { "c", "\033", PTY_CTRL_C };
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "draft");
	for (size_t i = 0; i < 3; i++) {
		paste(&p, "one\ntwo\n");
		answer(&p, keys[i]);
		pty_expect(&p, " * paste of 2 lines dropped");
		pty_expect(&p, "> draft");
	}
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "draft\n");
	pty_quit(&p, 0);
	close(fd);
}

static void a_paste_that_nobody_takes_is_kept(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "/close" PTY_ENTER);
	close(fd);
	pty_expect(&p, "not connected");
	paste(&p, "one\ntwo\n");
	pty_expect(&p, "paste of 2 lines");
	pty_type(&p, "s");
	pty_expect(&p, " ! not sent: nobody is connected");
	pty_expect(&p, "paste of 2 lines, 8 B: s send");
	answer(&p, "c");
	pty_quit(&p, 0);
}

static void many_lines_are_sent_in_order(void **state)
{
	enum { LINES = 20000, LINE = 6 };
	static char text[LINES * LINE + 1];
	struct text t = { NULL, 0 };
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	for (int i = 0; i < LINES; i++)
		snprintf(text + (size_t)i * LINE, LINE + 1, "%05d\n", i);
	paste(&p, text);
	answer(&p, "s");
	net_read(fd, &t, LINES * LINE);
	assert_memory_equal(t.bytes, text, LINES * LINE);
	text_finish(&t);
	pty_expect_cursor(&p, INPUT_ROW, 2); /* the question is gone */
	pty_quit(&p, 0);
	close(fd);
}

static void an_end_within_a_paste_presses_no_keys(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	paste(&p, "harm\033[201~less\r/quit\r\003\007");
	pty_expect(&p, "paste of 2 lines, 15 B, 2 unprintable left out: s "
	               "send");
	paste(&p, "more\n");
	pty_expect(&p, "paste of 3 lines, 20 B, 2 unprintable");
	answer(&p, "s");
	net_expect(fd, "harmless\n/quit\nmore\n");
	pty_quit(&p, 0);
	close(fd);
}

/* The editor */

/* A shell script in HOME that is VISUAL for what is started next. */
static char visual[128];
static const char *const env[] = { "TERM=xterm-256color", "LANG=C.UTF-8",
	                           visual, NULL };

static int start_with_editor(struct pty *p, const char *text)
{
	const char *path = pty_home("ed");
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	assert_true(file >= 0);
	assert_int_equal(write(file, text, strlen(text)), strlen(text));
	close(file);
	snprintf(visual, sizeof(visual), "VISUAL=sh %s", path);
	return pty_connect_in(p, env);
}

static void the_editor_edits_a_paste_into_the_line(void **state)
{
	struct pty p;
	int fd = start_with_editor(&p, "stat -c %a \"$1\" >\"$1.mode\"\n"
	                               "mv \"$1.mode\" \"$HOME/mode\"\n"
	                               "echo three >>\"$1\"\n");
	char mode[8] = "";

	(void)state;
	pty_type(&p, "a");
	paste(&p, "one\ntwo\n");
	answer(&p, "e");
	pty_expect(&p, "> aone\\n");
	pty_expect(&p, "three");
	pty_expect(&p, "0 B out");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "aone\ntwo\nthree\n");
	int file = open(pty_home("mode"), O_RDONLY);
	assert_int_equal(read(file, mode, sizeof(mode)), 4);
	assert_string_equal(mode, "600\n");
	close(file);
	pty_quit(&p, 0);
	close(fd);
}

static void an_editor_that_fails_leaves_the_paste_to_be_asked_about(
    void **state)
{
	struct pty p;
	int fd = start_with_editor(&p, "exit 3\n");

	(void)state;
	paste(&p, "one\ntwo");
	pty_expect(&p, "e edit");
	pty_type(&p, "e");
	pty_expect(&p, " ! the editor ended with status 3: nothing was done");
	answer(&p, "s");
	net_expect(fd, "one\ntwo\n");
	pty_quit(&p, 0);
	close(fd);
}

static void ctrl_x_ctrl_e_edits_the_line_and_sends_it(void **state)
{
	struct pty p;
	int fd = start_with_editor(&p, "cat \"$1\"; echo world >>\"$1\"\n");

	(void)state;
	pty_type(&p, "hello" CTRL_X_CTRL_E);
	net_expect(fd, "hello\nworld\n");
	pty_expect(&p, " > hello\\n");
	pty_type(&p, PTY_UP);
	pty_expect(&p, "> hello\\n");
	pty_type(&p, PTY_CTRL_C CTRL_X_CTRL_E);
	net_expect(fd, "world\n");
	pty_quit(&p, 0);
	close(fd);
}

static void every_newline_goes_out_as_the_chosen_ending(void **state)
{
	struct pty p;
	int fd = start_with_editor(&p, "echo ed >>\"$1\"\n");

	(void)state;
	pty_type(&p, "/eol crlf" PTY_ENTER "a\033\rb");
	pty_expect(&p, " 6 bytes");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "a\r\nb\r\n");
	pty_type(&p, "c" CTRL_X_CTRL_E);
	net_expect(fd, "c\r\ned\r\n");
	paste(&p, "one\ntwo\r\n");
	answer(&p, "s");
	net_expect(fd, "one\r\ntwo\r\n");
	paste(&p, "one\ntwo\r\n");
	answer(&p, "e");
	pty_expect(&p, "14 bytes");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "one\r\ntwo\r\ned\r\n");
	pty_quit(&p, 0);
	close(fd);
}

static bool has_entered(struct pty *p, const void *user)
{
	const int *times = user;
	int count = 0;

	for (const char *at = p->stream.bytes;
	     (at = strstr(at, "\033[?1049h")); at++)
		count++;
	return count >= *times;
}

/* The chat has the screen for the `times`th time. */
static void expect_back(struct pty *p, int times)
{
	pty_until(p, has_entered, &times, "the chat to come back");
}

static void an_editor_that_fails_or_leaves_nothing_sends_nothing(void **state)
{
	struct pty p;
	int fd = start_with_editor(&p, "test -s \"$1\" || exit 0\n"
	                               "grep -q keep \"$1\" && kill -9 $$\n"
	                               ": >\"$1\"\n");

	(void)state;
	pty_type(&p, "keep" CTRL_X_CTRL_E);
	pty_expect(&p, " ! the editor was ended by signal 9: nothing was done");
	pty_expect(&p, "> keep");
	pty_type(&p, PTY_CTRL_C "drop" CTRL_X_CTRL_E);
	expect_back(&p, 3);
	pty_type(&p, CTRL_X_CTRL_E);
	expect_back(&p, 4);
	pty_expect_cursor(&p, INPUT_ROW, 2);
	pty_expect(&p, "0 B out");
	pty_quit(&p, 0);
	close(fd);
}

static void an_editor_that_is_not_there_is_named_as_what_is_wrong(void **state)
{
	struct pty p;

	(void)state;
	snprintf(visual, sizeof(visual), "VISUAL=%s -x", pty_home("nowhere"));
	int fd = pty_connect_in(&p, env);
	pty_type(&p, "draft" CTRL_X_CTRL_E);
	pty_expect(&p, " ! the editor could not be started: nothing was done");
	pty_expect(&p, "names the editor");
	pty_expect(&p, "> draft");
	pty_type(&p, PTY_CTRL_C);
	pty_quit(&p, 0);
	close(fd);
}

/* It ends when a file called "go" is there. */
#define EDITOR_THAT_WAITS \
	"echo editing; until test -e \"$HOME/go\"; do sleep 0.01; done\n" \
	"read -r x; echo \"$x\" >\"$1\"\n"

static void the_conversation_goes_on_while_the_editor_has_the_screen(
    void **state)
{
	struct pty p;
	int fd = start_with_editor(&p, EDITOR_THAT_WAITS);

	(void)state;
	pty_type(&p, "/echo on" PTY_ENTER);
	pty_expect(&p, "echo is on: we send back what peers send");
	pty_type(&p, "x" CTRL_X_CTRL_E);
	pty_expect(&p, "editing");
	assert_false(p.is_alternate);
	assert_int_equal(p.mouse, 0);
	net_send_text(fd, "ping\n");
	net_expect(fd, "ping\n");
	pty_type(&p, "to the editor\n");
	pty_resize(&p, 20, 70);
	close(open(pty_home("go"), O_WRONLY | O_CREAT, 0600));
	net_expect(fd, "to the editor\n");
	pty_expect(&p, " < ping\\n");
	assert_true(p.is_alternate);
	pty_expect_cursor(&p, 18, 2);
	pty_quit(&p, 0);
	close(fd);
}

static void ctrl_c_in_the_editor_is_not_for_us(void **state)
{
	struct pty p;
	int fd = start_with_editor(&p,
	                           "trap 'echo caught >\"$1\"; exit 0' INT\n"
	                           EDITOR_THAT_WAITS);

	(void)state;
	pty_type(&p, "x" CTRL_X_CTRL_E);
	pty_expect(&p, "editing");
	pty_type(&p, PTY_CTRL_C);
	net_expect(fd, "caught\n");
	pty_quit(&p, 0);
	close(fd);
}

static void leaving_ends_the_editor_and_its_file(void **state)
{
	struct pty p;
	int fd = start_with_editor(&p, "echo \"$1\" >\"$HOME/name\"\n"
	                               EDITOR_THAT_WAITS);
	char name[128] = "";

	(void)state;
	pty_type(&p, "x" CTRL_X_CTRL_E);
	pty_expect(&p, "editing");
	kill(p.pid, SIGTERM);
	pty_expect_signal(&p, SIGTERM);
	assert_restored(&p);
	pty_finish(&p);
	int file = open(pty_home("name"), O_RDONLY);
	ssize_t n = read(file, name, sizeof(name) - 1);
	assert_true(n > 1);
	name[n - 1] = '\0';
	assert_int_equal(access(name, F_OK), -1);
	close(file);
	close(fd);
}

/* Keys */

static void a_paste_whose_end_is_lost_does_not_keep_the_keyboard(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "\033[200~cut short");
	pty_expect(&p, "> cut short");
	pty_type(&p, " or not" PTY_ENTER);
	net_expect(fd, "cut short or not\n");
	pty_type(&p, "\033[200~one\rtwo\r");
	answer(&p, "s");
	net_expect(fd, "one\ntwo\n");
	close(fd);
	pty_quit(&p, 0);
}

static void ctrl_c_ends_a_paste_whose_end_is_lost(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "draft");
	pty_expect(&p, "> draft");
	pty_type(&p, "\033[200~one\rtwo");
	pty_watch(&p, 300); /* no paste has Ctrl-C behind a pause */
	pty_type(&p, PTY_CTRL_C);
	pty_expect(&p, " * paste of 2 lines dropped");
	pty_type(&p, "\033[200~one\rtwo\rthree");
	pty_watch(&p, 300);
	pty_type(&p, "\033[99;5u");
	pty_expect(&p, " * paste of 3 lines dropped");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "draft\n");
	close(fd);
	pty_quit(&p, 0);
}

static void enter_in_the_same_read_as_a_paste_counts(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "\033[200~pasted\033[201~" PTY_ENTER);
	net_expect(fd, "pasted\n");
	pty_type(&p, "\033[200~pasted\033[201~ and typed\033[13u");
	net_expect(fd, "pasted and typed\n");
	close(fd);
	pty_quit(&p, 0);
}

/* tmux makes CR CR of CR LF, and where it sends codes, these of control
 * characters. */
static void a_paste_of_cr_lf_text_does_not_double_its_lines(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	paste(&p, "one\r\rtwo\r\r\r\r");
	pty_expect(&p, "paste of 3 lines, 9 B, CR CR as one ending: s send");
	answer(&p, "s");
	net_expect(fd, "one\ntwo\n\n");
	paste(&p, "one\r\033[106;5utwo\r\033[106;5u");
	pty_expect(&p, "paste of 2 lines, 8 B: s send");
	answer(&p, "s");
	net_expect(fd, "one\ntwo\n");
	close(fd);
	pty_quit(&p, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)
		T(a_big_paste_arrives_whole),
		T(a_pasted_dump_goes_into_a_line_that_begins_with_hex),
		T(a_pasted_line_goes_into_the_line_and_is_not_sent),
		T(pasted_lines_are_asked_about_and_sent_as_text),
		T(a_paste_is_not_dropped_silently),
		T(a_paste_that_nobody_takes_is_kept),
		T(many_lines_are_sent_in_order),
		T(an_end_within_a_paste_presses_no_keys),
		T(the_editor_edits_a_paste_into_the_line),
		T(an_editor_that_fails_leaves_the_paste_to_be_asked_about),
		T(ctrl_x_ctrl_e_edits_the_line_and_sends_it),
		T(every_newline_goes_out_as_the_chosen_ending),
		T(an_editor_that_fails_or_leaves_nothing_sends_nothing),
		T(an_editor_that_is_not_there_is_named_as_what_is_wrong),
		T(the_conversation_goes_on_while_the_editor_has_the_screen),
		T(ctrl_c_in_the_editor_is_not_for_us),
		T(leaving_ends_the_editor_and_its_file),
		T(a_paste_whose_end_is_lost_does_not_keep_the_keyboard),
		T(ctrl_c_ends_a_paste_whose_end_is_lost),
		T(enter_in_the_same_read_as_a_paste_counts),
		T(a_paste_of_cr_lf_text_does_not_double_its_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
