/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the monkey does with its hands: keys, pastes, commands, sizes. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include <sockchat/utf8.h>

#include "monkey.h"

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
	"\033[97;5u", "\033[99;5:3u", "\033[13;2u", "\033[27;3;98~",
	"\033[1;129A", "\033[57414u", "\033[9;5u", "\026", "\026", "\026\033OP",
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

/* Signals and pauses */

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

const struct action hand_actions[] = {
	{ press_character, 8 }, { press_word, 8 },  { press_control, 14 },
	{ press_sequence, 20 }, { press_chord, 8 }, { press_run, 3 },
	{ press_bytes, 2 },     { use_mouse, 5 },   { paste, 4 },
	{ give_command, 14 },   { resize, 4 },      { resize_to_nothing, 1 },
	{ signal_it, 1 },       { rest, 3 },
};
const size_t hand_action_count = COUNT(hand_actions);
