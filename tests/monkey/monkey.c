/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A monkey at the keyboard: random keys, pastes, sizes and commands, while
 * hostile peers come and go.  Each round is a program of its own, and what it
 * does follows from its seed alone.  MONKEY_SEED is the first round's, the
 * others follow it; MONKEY_SECONDS is how long it goes on.  After a failure the
 * seed and the last actions are told. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../e2e/peer.h"
#include "monkey.h"

#define ACTIONS     400 /* of a round */
#define CHECK_EVERY 25
#define ANSWER_MS   5000

/* Sanitizers end it by a signal of ours, so that what they say is brought out
 * of the screen. */
#define SANITIZERS                                                         \
	"exitcode=99:abort_on_error=1:halt_on_error=1:print_stacktrace=1"  \
	":handle_segv=2:handle_sigbus=2:handle_sigfpe=2:handle_sigill=2"

struct monkey monkey;

/* Chance */

uint32_t chance(uint32_t below)
{
	monkey.random = monkey.random * 6364136223846793005u +
	                1442695040888963407u;
	return (uint32_t)(monkey.random >> 33) % below;
}

/* What it has done, to be read. */
void tell(const char *what, const void *bytes, size_t len)
{
	char *line = monkey.told[monkey.told_count++ % TOLD];
	size_t cap = sizeof(monkey.told[0]), used;
	used = (size_t)snprintf(line, cap, "%s ", what);
	for (size_t i = 0; i < len && used + 5 < cap; i++) {
		unsigned char byte = ((const unsigned char *)bytes)[i];
		bool is_plain = byte >= 0x20 && byte < 0x7f && byte != '\\';
		used += (size_t)snprintf(line + used, cap - used,
		                         is_plain ? "%c" : "\\x%02x", byte);
	}
}

void tell_number(const char *what, long number)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%ld", number);
	tell(what, text, (size_t)len);
}

bool has_ended(void)
{
	struct pollfd set = { .fd = monkey.pty.pidfd, .events = POLLIN };
	return poll(&set, 1, 0) == 1;
}

/* The action that `n` falls upon.  NULL when it is beyond these: then `*n` is
 * what is left of it. */
static const struct action *choose(const struct action *actions, size_t count,
                                   uint32_t *n)
{
	for (size_t i = 0; i < count; i++) {
		if (*n < actions[i].weight)
			return &actions[i];
		*n -= actions[i].weight;
	}
	return NULL;
}

static uint32_t weight_of(const struct action *actions, size_t count)
{
	uint32_t sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += actions[i].weight;
	return sum;
}

static void act(void)
{
	uint32_t n = chance(weight_of(hand_actions, hand_action_count) +
	                    weight_of(peer_actions, peer_action_count));
	const struct action *a = choose(hand_actions, hand_action_count, &n);
	if (!a)
		a = choose(peer_actions, peer_action_count, &n);
	a->act();
	for (int k = 0; k < 8 && pty_take(&monkey.pty, 0); k++)
		;
}

/* Rounds */

/* A program that has given the screen back is about to end; a sanitizer looks
 * through its memory then, for seconds on a busy machine. */
static int64_t patience_ms(const struct text *s)
{
	static const char back[] = "\033[?1049l";
	return memmem(s->bytes, s->len, back, sizeof(back) - 1) ? 4 * ANSWER_MS
	                                                        : ANSWER_MS;
}

/* Ctrl-L clears the screen, which is seen if it has something to clear.  A
 * command that waits for a key may take the first. */
static void expect_answer(void)
{
	static const char clear[] = "\033[H\033[2J";
	struct text *s = &monkey.pty.stream;
	int64_t start = now_ms(), asked = 0;
	size_t from = s->len;
	if (monkey.pty.rows < 8 || monkey.pty.columns < 20)
		pty_resize(&monkey.pty, PTY_ROWS, PTY_COLUMNS);
	pty_type(&monkey.pty, "\033[201~");
	while (!has_ended()) {
		if (now_ms() - asked > 500) {
			pty_type(&monkey.pty, PTY_CTRL_L);
			asked = now_ms();
		}
		if (s->len > from && memmem(s->bytes + from, s->len - from,
		                            clear, sizeof(clear) - 1))
			return;
		if (now_ms() - start > patience_ms(s))
			fail_msg("no answer within %d ms", ANSWER_MS);
		pty_take(&monkey.pty, 10);
	}
}

/* While it is away a terminal that echoes would show keys raw, and one that
 * flushes at Ctrl-C would lose what has just been said to it. */
static void start_it(bool listens)
{
	static char inputrc[256];
	const char *argv[] = {
		"sh", "-c",
		"cd; stty -echo noflsh; exec \"$SOCKCHAT_BIN\" \"$@\"", "sh",
		listens ? "listen" : "connect", "127.0.0.1",
		listens ? "0" : port_text(monkey.port), listens ? "-k" : NULL,
		NULL,
	};
	const char *env[] = {
		"INPUTRC=/dev/null", "ASAN_OPTIONS=" SANITIZERS,
		"UBSAN_OPTIONS=" SANITIZERS, "VISUAL=true", "DISPLAY",
		"WAYLAND_DISPLAY", NULL,
	};
	snprintf(inputrc, sizeof(inputrc), "INPUTRC=%s", pty_home("inputrc"));
	if (!chance(3))
		env[0] = inputrc;
	pty_start(&monkey.pty, PTY_ROWS, PTY_COLUMNS, argv, env);
	monkey.pty.modes.c_lflag &= ~(tcflag_t)ECHO;
	monkey.pty.modes.c_lflag |= NOFLSH;
}

static bool is_up(struct pty *p, const void *user)
{
	(void)user;
	return p->is_alternate;
}

static void begin(unsigned seed)
{
	monkey.seed = seed;
	monkey.random = seed * 2654435761u;
	monkey.told_count = 0;
	for (size_t i = 0; i < PEERS; i++)
		monkey.peers[i] = -1;
	bool listens = chance(2);
	start_it(listens);
	pty_until(&monkey.pty, is_up, NULL, "the screen");
	monkey.its_port = listens ? pty_port(&monkey.pty) : 0;
}

static bool is_at_end(struct pty *p, const void *user)
{
	(void)p;
	(void)user;
	return has_ended();
}

/* While it is away (Ctrl-Z, the editor) Ctrl-C and Ctrl-\\ are signals. */
static bool is_good(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) <= 1
	                         : WTERMSIG(status) == SIGINT ||
	                               WTERMSIG(status) == SIGQUIT ||
	                               WTERMSIG(status) == SIGTERM;
}

/* It leaves on command, unless a key has told it before; or by a signal, when
 * it would first deliver what nobody takes. */
static void end(void)
{
	struct pty *p = &monkey.pty;
	for (size_t i = 0; i < PEERS; i++)
		drop(&monkey.peers[i]);
	if (!has_ended())
		pty_type(p, "\033[201~");
	pty_watch(p, 100);
	if (!has_ended())
		pty_type(p, "\033\003\003");
	pty_watch(p, 100);
	if (!has_ended())
		pty_type(p, "i\003/quit\r");
	for (int i = 0; i < 30 && !has_ended(); i++)
		pty_watch(p, 100);
	if (!has_ended())
		kill(p->pid, SIGTERM);
	pty_until(p, is_at_end, NULL, "its end");
	int status = pty_wait(p);
	if (!is_good(status))
		fail_msg("it ended with status %#x", (unsigned)status);
	assert_restored(p);
	pty_finish(p);
}

static void play(unsigned seed)
{
	begin(seed);
	for (int i = 1; i <= ACTIONS && !has_ended(); i++) {
		act();
		if (i % CHECK_EVERY == 0)
			expect_answer();
	}
	end();
}

static unsigned number_of(const char *variable, unsigned otherwise)
{
	const char *value = getenv(variable);
	return value && *value ? (unsigned)strtoul(value, NULL, 10) : otherwise;
}

static int setup(void **state)
{
	int failed = pty_setup(state);
	FILE *file = failed ? NULL : fopen(pty_home("inputrc"), "we");
	if (!file)
		return -1;
	fputs("set editing-mode vi\n", file);
	return fclose(file);
}

/* What has come since the screen was left for the last time. */
static void tell_screen(void)
{
	for (int row = 0; row < monkey.pty.rows; row++)
		print_message("|%s\n", pty_row(&monkey.pty, row));
}

static void tell_last_words(void)
{
	static const char left[] = "\033[?1049l";
	const struct text *t = &monkey.pty.stream;
	const char *last = t->bytes;
	for (const char *at = last; at && (at = strstr(at, left)); at++)
		last = at;
	for (; last && *last; last++)
		if (*last == '\n' || *last >= 0x20)
			putchar(*last);
	putchar('\n');
	fflush(stdout);
}

static int teardown(void **state)
{
	unsigned count = monkey.told_count;
	if (!monkey.is_over) {
		print_message("again: make monkey MONKEY_SEED=%u\n",
		              monkey.seed);
		for (unsigned i = count > TOLD ? count - TOLD : 0; i < count;
		     i++)
			print_message("%6u %s\n", i, monkey.told[i % TOLD]);
		tell_screen();
		tell_last_words();
	}
	return pty_teardown(state);
}

static void a_monkey_at_the_keyboard_breaks_nothing(void **state)
{
	unsigned seed = number_of("MONKEY_SEED", (unsigned)getpid());
	unsigned seconds = number_of("MONKEY_SECONDS", 60), rounds = 0;
	int64_t until = now_ms() + 1000 * (int64_t)seconds;
	(void)state;
	print_message("MONKEY_SEED=%u\n", seed);
	monkey.listener = net_listen(&monkey.port);
	fcntl(monkey.listener, F_SETFL, O_NONBLOCK);
	do
		play(seed + rounds++);
	while (now_ms() < until);
	close(monkey.listener);
	monkey.is_over = true;
	print_message("%u rounds\n", rounds);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_monkey_at_the_keyboard_breaks_nothing, setup, teardown),
	};
	return cmocka_run_group_tests_name("monkey", tests, NULL, NULL);
}
