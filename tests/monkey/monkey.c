/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A monkey at the keyboard: random keys, pastes, sizes and commands, while
 * hostile peers come and go.  Each round is a program of its own, and what it
 * does follows from its seed alone.  MONKEY_SEED is the first round's, the
 * others follow it; MONKEY_SECONDS is how long it goes on.  After a failure the
 * seed and the last actions are told. */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <sockchat/utf8.h>

#include "../e2e/peer.h"
#include "../e2e/pty.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

#define ACTIONS     400 /* of a round */
#define CHECK_EVERY 25
#define ANSWER_MS   5000
#define PEERS       6
#define TOLD        40 /* of the last actions */

/* Sanitizers end it by a signal of ours, so that what they say is brought out
 * of the screen. */
#define SANITIZERS                                                         \
	"exitcode=99:abort_on_error=1:halt_on_error=1:print_stacktrace=1"  \
	":handle_segv=2:handle_sigbus=2:handle_sigfpe=2:handle_sigill=2"

static struct {
	struct pty pty;
	unsigned seed;
	uint64_t random;
	int listener; /* of ours, that it may connect to */
	uint16_t port, its_port; /* ours, and where it listens, or 0 */
	int peers[PEERS]; /* -1: none */
	char told[TOLD][120];
	unsigned told_count;
	bool is_over; /* all has gone well */
} monkey;

/* Chance */

static uint32_t chance(uint32_t below)
{
	monkey.random = monkey.random * 6364136223846793005u +
	                1442695040888963407u;
	return (uint32_t)(monkey.random >> 33) % below;
}

#define ANY(table) ((table)[chance(COUNT(table))])

/* What it has done, to be read. */
static void tell(const char *what, const void *bytes, size_t len)
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

static void tell_number(const char *what, long number)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%ld", number);
	tell(what, text, (size_t)len);
}

/* A key may have ended it. */
static bool has_ended(void)
{
	struct pollfd set = { .fd = monkey.pty.pidfd, .events = POLLIN };
	return poll(&set, 1, 0) == 1;
}

/* As long as there is somebody who reads it. */
static void give(const char *bytes, size_t len)
{
	while (len && !has_ended()) {
		ssize_t n = write(monkey.pty.fd, bytes, len);
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
		if (n <= 0)
			pty_take(&monkey.pty, 1);
	}
}

/* Keys */

static const uint32_t characters[] = {
	'a', 'Z', '0', ' ', '\'', '\\', '{', 0xe9, 0xac00, 0x4e2d, 0x1f600,
	0x1fa77, 0x378, 0xe000, 0xffff, 0x85, 0x301, 0x20dd, 0x200d, 0xfe0f,
	0x200b, 0xfeff, 0x1160, 0x202e, 0x1f3fd, 0x1f1e6, 0xe0041, 0x10ffff,
};

static const char *const sequences[] = {
	"\033", "\033[A", "\033[B", "\033[C", "\033[D", "\033OA", "\033OB",
	"\033[H", "\033[F", "\033[2~", "\033[3~", "\033[5~", "\033[6~",
	"\033[1;5H", "\033[1;5F", "\033[1;5C", "\033[1;5D", "\033[1;3A",
	"\033OP", "\033OQ", "\033OR", "\033OS", "\033[15~", "\033[17~",
	"\033[18~", "\033[19~", "\033[20~", "\033[21~", "\033[23~",
	"\033[24~", "\033[I", "\033[O", "\033[Z", "\033[1;2P", "\033[99~",
	"\033\r", "\033\t", "\033\177", "\033\033", "\033<", "\033>",
	"\033h", "\033H", "\033é", "\033[", "\033O", "\033[<", "\033]2;x",
	"\033P", "\033\\", "\033[M", "\033[M !!", "\033[201~", "\033[200~",
	"\xff", "\xe2\x82", "\xf0\x9f", "\300\200", "\030\005", "\022", "\023",
	"\r", "\r", "\t", "\t\t", "\013", "\025", "\031", "\037", "\177",
};

static void press(const char *what, const void *bytes, size_t len)
{
	tell(what, bytes, len);
	give(bytes, len);
}

static void press_character(void)
{
	uint8_t bytes[4];
	press("type", bytes, utf8_encode(bytes, ANY(characters)));
}

static void press_word(void)
{
	char word[12];
	size_t len = 1 + chance(sizeof(word) - 1);
	for (size_t i = 0; i < len; i++)
		word[i] = (char)(0x20 + chance(0x5f));
	press("type", word, len);
}

static void press_control(void)
{
	char byte = (char)(1 + chance(31));
	press("key", &byte, 1);
}

static void press_sequence(void)
{
	const char *keys = ANY(sequences);
	press("key", keys, strlen(keys));
}

static void press_chord(void)
{
	char chord[2] = { '\033', (char)(1 + chance(127)) };
	press("key", chord, 2);
}

static void press_run(void)
{
	for (uint32_t i = chance(30); i > 0; i--)
		(chance(3) ? press_sequence : press_control)();
}

static void use_mouse(void)
{
	char text[40];
	int len = snprintf(text, sizeof(text), "\033[<%u;%u;%u%c",
	                   chance(80), chance(300), chance(80),
	                   chance(2) ? 'M' : 'm');
	press("mouse", text, (size_t)len);
}

/* Anything at all, as if a file had been sent to the keyboard. */
static void press_bytes(void)
{
	uint8_t bytes[64];
	size_t len = 1 + chance(sizeof(bytes));
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)chance(256);
	press("bytes", bytes, len);
}

/* Pastes */

static const char *const pasted[] = {
	"a line", "two\nlines", "ends\n", "\n\n\n", "tab\there", "\033[31mred",
	"in \033[201~ between \033[200~ of", "안녕🩷\u0301", "\xff\xfe\x80",
	"/quit", "/close", "nul\001\002", "\r\n\r\n", "re:(a|aa)*c",
};

static void paste(void)
{
	const char *text = ANY(pasted);
	uint32_t times = chance(10) ? 1 : 1 + chance(4000);
	tell_number("paste, so often:", times);
	press("paste", "\033[200~", 6);
	for (uint32_t i = 0; i < times; i++)
		give(text, strlen(text));
	if (chance(8))
		give("\033[201~", 6);
}

/* Commands, their words among them what is no word of theirs. */

static const char *const commands[] = {
	"help", "connect", "listen", "close", "shutdown", "reset", "pause",
	"resume", "info", "peers", "to", "send", "hex", "file", "cancel",
	"drip", "eol", "echo", "view", "encoding", "time", "endings", "bar",
	"set", "find", "filter", "mouse", "keys", "save", "clear", "nosuch",
};

static const char *const words[] = {
	"", "on", "off", "all", "1", "2", "99", "-1", "text", "hex", "mixed",
	"lf", "crlf", "none", "cp949", "utf-8", "sjis", "delta", "clock", "in",
	"out", "error", "peer 1", "text re:a*", "re:(a|aa)*c", "re:[", "hex:61",
	"hex:6", "a", "00 ff 0d", "\\x00\\u{1fa77}\\n", "\\", "\\xzz", "~/out",
	"/etc/passwd", "/dev/zero", "/nowhere/at/all", "1 10ms", "3 0",
	"scrollback 10", "bell never", "color never", "mouse off", "title off",
	"idle-timeout 1", "max-conns 2", "bar off", "nosuch x", "안녕🩷",
};

static void give_command(void)
{
	char line[300];
	const char *name = ANY(commands);
	int len;
	if (strcmp(name, "connect") == 0 && chance(4))
		len = snprintf(line, sizeof(line),
		               "\003/connect 127.0.0.1:%u\r", monkey.port);
	else
		len = snprintf(line, sizeof(line), "\003/%s %s\r", name,
		               ANY(words));
	press("type", line, (size_t)len);
}

/* Sizes */

static void resize(void)
{
	static const int sizes[][2] = {
		{ 24, 80 }, { 24, 80 }, { 1, 1 },   { 2, 2 },  { 1, 80 },
		{ 24, 1 },  { 3, 3 },   { 50, 132 }, { 80, 300 }, { 8, 20 },
	};
	const int *size = ANY(sizes);
	tell_number("rows", size[0]);
	tell_number("columns", size[1]);
	pty_resize(&monkey.pty, size[0], size[1]);
}

/* A terminal that has no size, for a moment. */
static void resize_to_nothing(void)
{
	struct winsize nothing = { 0 };
	tell("no size", "", 0);
	assert_int_equal(ioctl(monkey.pty.fd, TIOCSWINSZ, &nothing), 0);
	resize();
}

/* Peers */

static const char *const said[] = {
	"a line\n", "no end", "\n", "\r\n", "\0", "\033[2J\033[H\033c",
	"\033]2;a title\a\033]52;c;aGk=\a", "\033[?1049h\033[?25l", "\b\b\r",
	"\x9b" "2J", "\xc2\x9b" "2J", "\u202e\u0301\u200d", "안녕🩷\n",
	"\xff\xfe\x80\xc0", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "{\"a\":1}\n",
	"\x16\x03\x01\x02", "SSH-2.0-x\r\n", "\016\017\005\a",
};

/* The empty one is a NUL. */
static size_t said_len(const char *text)
{
	return *text ? strlen(text) : 1;
}

static int *some_peer(void)
{
	return &monkey.peers[chance(PEERS)];
}

/* Never waits: what does not fit is not sent. */
static void say(int fd, const void *bytes, size_t len)
{
	if (fd >= 0 && send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		errno = 0;
}

static void drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Never waits for it; who is refused is gone. */
static int connect_to_it(void)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_port = htons(monkey.its_port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (!connect(fd, (struct sockaddr *)&sa, sizeof(sa)) ||
	    errno == EINPROGRESS)
		return fd;
	close(fd);
	return -1;
}

/* One that it waits for, or one that waits for it. */
static void come(void)
{
	int *fd = some_peer();
	bool connects = monkey.its_port && chance(2);
	tell_number(connects ? "connects: peer" : "accepts: peer",
	            (long)(fd - monkey.peers));
	drop(fd);
	*fd = connects ? connect_to_it()
	               : accept4(monkey.listener, NULL, NULL,
	                         SOCK_CLOEXEC | SOCK_NONBLOCK);
}

static void speak(void)
{
	const char *text = ANY(said);
	tell("a peer says", text, said_len(text));
	say(*some_peer(), text, said_len(text));
}

static void drip(void)
{
	const char *text = ANY(said);
	int fd = *some_peer();
	tell("a peer drips", text, strlen(text));
	for (; *text; text++) {
		say(fd, text, 1);
		pty_take(&monkey.pty, 1);
	}
}

static void flood(void)
{
	static char block[1 << 16];
	int fd = *some_peer();
	const char *text = ANY(said);
	size_t len = said_len(text);
	tell("a peer floods with", text, len);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = text[i % len];
	for (uint32_t i = chance(64); i > 0; i--)
		say(fd, block, sizeof(block));
}

static void hear(void)
{
	char bytes[65536];
	int fd = *some_peer();
	tell("a peer reads", "", 0);
	for (int i = 0; i < 32 && fd >= 0; i++)
		if (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) <= 0)
			break;
}

static void leave(void)
{
	int *fd = some_peer();
	tell("a peer closes", "", 0);
	drop(fd);
}

static void half_close(void)
{
	int fd = *some_peer();
	tell("a peer ends its half", "", 0);
	if (fd >= 0 && shutdown(fd, SHUT_WR))
		errno = 0;
}

static void reset(void)
{
	int *fd = some_peer();
	tell("a peer resets", "", 0);
	if (*fd >= 0)
		net_reset(*fd);
	*fd = -1;
}

static void signal_it(void)
{
	static const int signums[] = { SIGUSR1, SIGCONT, SIGWINCH, SIGTSTP };
	int signum = ANY(signums);
	tell_number("signal", signum);
	kill(monkey.pty.pid, signum);
}

static void rest(void)
{
	uint32_t ms = chance(100);
	tell_number("rest", ms);
	pty_watch(&monkey.pty, (int)ms);
}

static const struct {
	void (*act)(void);
	uint32_t weight;
} actions[] = {
	{ press_character, 8 }, { press_word, 8 },  { press_control, 14 },
	{ press_sequence, 20 }, { press_chord, 8 }, { press_run, 3 },
	{ press_bytes, 2 },     { use_mouse, 5 },   { paste, 4 },
	{ give_command, 14 },   { resize, 4 },      { resize_to_nothing, 1 },
	{ come, 8 },            { speak, 10 },      { drip, 2 },
	{ flood, 2 },           { hear, 4 },        { leave, 2 },
	{ half_close, 2 },      { reset, 2 },       { signal_it, 1 },
	{ rest, 3 },
};

static void act(void)
{
	uint32_t sum = 0, n;
	size_t i = 0;
	for (size_t k = 0; k < COUNT(actions); k++)
		sum += actions[k].weight;
	for (n = chance(sum); n >= actions[i].weight; i++)
		n -= actions[i].weight;
	actions[i].act();
	for (int k = 0; k < 8 && pty_take(&monkey.pty, 0); k++)
		;
}

/* Rounds */

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
		if (now_ms() - start > ANSWER_MS)
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
