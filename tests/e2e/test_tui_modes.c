/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Every key in every mode, in a chat that has nothing to show. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

#define PTY_CTRL_S "\023"
#define PTY_DOWN   "\033[B"
#define PTY_F7     "\033[18~"
#define PTY_F8     "\033[19~"
#define PTY_PASTE  "\033[200~a\nb\n\033[201~"
#define PTY_CLEAR  "\033[H\033[2J"

static const char *const keys[] = {
	PTY_UP, PTY_DOWN, "\033[C", "\033[D", PTY_PAGE_UP, PTY_PAGE_DOWN,
	PTY_CTRL_HOME, PTY_CTRL_END, "\033[H", "\033[F", "\033[3~",
	PTY_F1, PTY_F2, PTY_F3, PTY_F4, PTY_F5, PTY_F6, PTY_F7, PTY_F8,
	PTY_F9,
	PTY_CTRL_S, PTY_CTRL_S PTY_UP, PTY_CTRL_S PTY_CTRL_S, "\022",
	PTY_CTRL_C, PTY_CTRL_D, "\r", "\n", "\t", "\177", "\001", "\007",
	"\025", "\026", "\033\r", "\033x", "\033[<64;1;1M", "\033[<65;1;1M",
	"\033[<0;5;24M", "\033[<0;5;22M", PTY_PASTE, "\033[200~a\033[201~",
	" ", "a", "nN", "akj" PTY_UP, "ak" PTY_PAGE_UP, "aj" PTY_PAGE_DOWN,
	"at", "aw", "a\r", "jj", "kk", "t", "s", "q", "w", "c", "/", "x",
};

/* Whether the program has painted since then, or has left by Ctrl-D. */
static bool has_answered(struct pty *p, size_t since)
{
	siginfo_t info = { .si_pid = 0 };
	waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT);
	if (info.si_pid)
		return info.si_code == CLD_EXITED && info.si_status == 0;
	return p->stream.len > since &&
	       memmem(p->stream.bytes + since, p->stream.len - since,
	              PTY_CLEAR, strlen(PTY_CLEAR));
}

/* Whether the program paints when it is asked to by Ctrl-L.  The first one may
 * have been taken for the rest of a key or of a paste, so there is a second one
 * after a pause. */
static bool answers(struct pty *p, const void *user)
{
	const size_t *since = user;
	for (int i = 0; i < 15 && !has_answered(p, *since); i++)
		pty_take(p, 20);
	if (has_answered(p, *since))
		return true;
	pty_type(p, PTY_CTRL_L);
	return false;
}

static void expect_answer(struct pty *p, const char *what)
{
	size_t since = p->stream.len;
	pty_type(p, PTY_CTRL_L);
	pty_until(p, answers, &since, what);
}

/* A key's name, for the sentence that tells which one failed. */
static const char *name_of(const char *mode, const char *key)
{
	static char name[120];
	size_t len = (size_t)snprintf(name, sizeof(name), "%s: ", mode);
	for (; *key && len < sizeof(name) - 8; key++)
		len += (size_t)snprintf(name + len, sizeof(name) - len,
		                        *key < ' ' ? "\\%03o" : "%c", *key);
	return name;
}

/* Press all keys of the table in one mode, which is opened anew for each. */
static void press_all(const char *mode, const char *opens, const char *mark)
{
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct pty p;
		pty_sockchat(&p, "listen", "127.0.0.1", "0", NULL);
		pty_port(&p);
		pty_type(&p, "/clear" PTY_ENTER);
		pty_expect_gone(&p, "* listening");
		pty_type(&p, opens);
		pty_expect(&p, mark);
		pty_type(&p, keys[i]);
		expect_answer(&p, name_of(mode, keys[i]));
		pty_finish(&p);
	}
}

#define MODE(name, opens, mark) \
	static void name(void **state) \
	{ \
		(void)state; \
		press_all(#name, opens, mark); \
	}

MODE(every_key_works_at_the_line, "draft", "> draft")
MODE(every_key_works_in_an_empty_search, PTY_CTRL_S, "find:")
MODE(every_key_works_in_a_search_without_hits, PTY_CTRL_S "zzz" PTY_ENTER,
     "find (not found)")
MODE(every_key_works_in_a_search_for_no_pattern, PTY_CTRL_S "re:(",
     "find (not a regular expression")
MODE(every_key_works_in_a_selection, "/nonsense" PTY_ENTER PTY_F7, "1: Space")
MODE(every_key_works_in_a_selection_of_nothing,
     "/nonsense" PTY_ENTER PTY_F7 PTY_F8, "0: Space")
MODE(every_key_works_in_help, PTY_F1, "this help")
MODE(every_key_works_in_an_answer, "/keys" PTY_ENTER, "sockchat-page-up")
MODE(every_key_works_in_help_over_a_search, PTY_CTRL_S "zzz" PTY_F1,
     "this help")
MODE(every_key_works_in_the_panel, PTY_F5, "nobody is connected")
MODE(every_key_works_in_a_paste, PTY_PASTE, "paste of 2 lines")

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_key_works_at_the_line),
		TEST(every_key_works_in_an_empty_search),
		TEST(every_key_works_in_a_search_without_hits),
		TEST(every_key_works_in_a_search_for_no_pattern),
		TEST(every_key_works_in_a_selection),
		TEST(every_key_works_in_a_selection_of_nothing),
		TEST(every_key_works_in_help),
		TEST(every_key_works_in_an_answer),
		TEST(every_key_works_in_help_over_a_search),
		TEST(every_key_works_in_the_panel),
		TEST(every_key_works_in_a_paste),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
