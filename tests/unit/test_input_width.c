/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Characters that the C library gives no width, or none yet: every command of
 * the line editor on each of them, in both modes.  What loops is ended by a
 * clock of the processor's time and named. */

#include <signal.h>
#include <sys/time.h>

#include <sockchat/utf8.h>

#include "input_scene.h"

#define SECONDS_MAX 60 /* of one command; what is quadratic takes minutes */

static const struct {
	const char *name;
	uint32_t cp;
} characters[] = {
	{ "an ordinary one", 0xac00 },
	{ "an emoji newer than the library", 0x1fa77 },
	{ "another", 0x1fae9 },
	{ "an unassigned one", 0x378 },
	{ "an unassigned one of plane 1", 0x1fbff },
	{ "an ideograph newer than the library", 0x323b0 },
	{ "one for private use", 0xe000 },
	{ "the last for private use", 0x10fffd },
	{ "no character", 0xffff },
	{ "no character either", 0x10ffff },
	{ "a control of C1", 0x85 },
	{ "a combining mark", 0x301 },
	{ "an enclosing mark", 0x20dd },
	{ "a joiner", 0x200d },
	{ "a variation selector", 0xfe0f },
	{ "a space without width", 0x200b },
	{ "a mark of the byte order", 0xfeff },
	{ "a tag", 0xe0041 },
	{ "a vowel of old Hangul", 0x1160 },
	{ "a soft hyphen", 0xad },
	{ "a separator of lines", 0x2028 },
	{ "a skin's tone", 0x1f3fd },
	{ "half a flag", 0x1f1e6 },
};

/* @ is the character. */
static const char *const lines[] = {
	"@",           "@@",      "안녕@",       "@안녕",     "a@b",
	"@ a",         "a @",     "foo @ bar",   "(@) [a@]",  "e\u0301@",
	"@\u0301",     "a@ @b @", "@\u200d@ x@", "foo @@@@",  "@, foo.",
	"\u0301@ foo", "가 @ 나", " @ ",         "A@b C@d@e",
};

static const char *const emacs_keys[] = {
	"\001",    "\002",    "\004",    "\005",    "\006",       "\010",
	"\013",    "\024",    "\025",    "\027",    "\031",       "\037",
	"\033b",   "\033f",   "\033d",   "\033\177", "\033t",     "\033u",
	"\033l",   "\033c",   "\033\\",  "\033y",   "\0333\006",  "\0333\002",
	"\0333\033f", "\0333\033b", "\033-\033f", "\033-\024", "\033-\033t",
	"\033-\033d", "\033-\033c", "\0333\024", "\033-\004", "\030\030",
	"\035a",   "\033\035a", "\0332\035a", "\033-\035a", "\033[D", "\033[C",
	"\033[1;5D", "\033[1;5C", "\033[3~", "\033[2~abc", "\033[2~\0333x",
	"\024\024\024", "\033t\033t", "\025\031", "\027\031\033y", "x\037",
};

static const char *const vi_keys[] = {
	"0",   "$",   "^",   "h",   "l",   "w",   "W",   "b",   "B",   "e",
	"E",   "%",   "|",   "3|",  "9|",  "fa",  "Fa",  "ta",  "Ta",  "fa;",
	"fa,", "2l",  "9l",  "9h",  "9w",  "9b",  "9e",  "9W",  "9B",  "9E",
	"~",   "9~",  "x",   "9x",  "X",   "9X",  "ra",  "9ra", "s",   "S",
	"D",   "C",   "Y",   "dd",  "cc",  "yy",  "dw",  "dW",  "db",  "dB",
	"de",  "dE",  "d0",  "d$",  "d^",  "dh",  "dl",  "d%",  "dfa", "dta",
	"dFa", "dTa", "cw",  "cb",  "ce",  "cW",  "c$",  "c0",  "yw",  "yb",
	"ye",  "y$",  "ywP", "dwp", "dwP", "xp",  "xP",  "xu",  "dwu", "x.",
	"dw.", "ix",  "ax",  "Ix",  "Ax",  "Rx",  "Rxyz", "\024", "3dw", "2cw",
	"9de", "9db", "ma",  "ma$`a", "ma$d`a", "U", "u", "_", "&", "=",
	"\027", "\025", "i\027", "i\025", "a\027", "a\010", "ywywp", "cwz.",
	"~.", "raw.",
};

static struct {
	const char *name, *line, *keys;
	size_t at;
} now;

static void tell_the_loop(int signum)
{
	static const char text[] = "no end on ", comma[] = ", ", end[] = "\n";
	const char *const words[] = { text,  now.name, comma,   now.line,
		                      comma, now.keys, end };
	(void)signum;
	for (size_t i = 0; i < COUNT(words); i++)
		if (write(2, words[i], strlen(words[i])) < 0)
			break;
	_exit(1);
}

static void wind_clock(void)
{
	struct itimerval left = { .it_value.tv_sec = SECONDS_MAX };
	signal(SIGVTALRM, tell_the_loop);
	setitimer(ITIMER_VIRTUAL, &left, NULL);
}

static void assert_whole(void)
{
	struct input_line line;
	input_show(&line);
	bool is_in = line.point <= line.len;
	if (!is_in || !utf8_is_valid((const uint8_t *)line.text, line.len) ||
	    (line.text[line.point] & 0xc0) == 0x80)
		fail_msg("%s, line \"%s\" from %zu, keys \"%s\": \"%s\" at "
		         "%zu", now.name, now.line, now.at, now.keys,
		         line.text, line.point);
}

static void type_line(const char *form, uint32_t cp)
{
	uint8_t character[5] = "";
	struct bytes line = { 0 };
	utf8_encode(character, cp);
	for (; *form; form++)
		if (*form == '@')
			bytes_append_text(&line, (const char *)character);
		else
			bytes_append_byte(&line, (uint8_t)*form);
	paste(bytes_text(&line));
	bytes_finish(&line);
}

/* Try the keys from each place of the line. */
static void try_keys(const char *form, uint32_t cp, bool is_vi)
{
	for (now.at = 0; now.at < strlen(form); now.at += 2) {
		input_cancel();
		type_line(form, cp);
		type(is_vi ? "\0330" : "\001");
		for (size_t i = 0; i < now.at; i++)
			type(is_vi ? "l" : "\006");
		wind_clock();
		type(now.keys);
		assert_whole();
	}
}

static void try_all(const char *const *keys, size_t count, bool is_vi)
{
	for (size_t c = 0; c < COUNT(characters); c++)
		for (size_t i = 0; i < COUNT(lines); i++)
			for (size_t k = 0; k < count; k++) {
				now.name = characters[c].name;
				now.line = lines[i];
				now.keys = keys[k];
				try_keys(lines[i], characters[c].cp, is_vi);
			}
	input_cancel();
}

static void no_key_of_emacs_loops_or_cuts_a_character(void **unused)
{
	(void)unused;
	try_all(emacs_keys, COUNT(emacs_keys), false);
}

static void no_key_of_vi_loops_or_cuts_a_character(void **unused)
{
	(void)unused;
	type(CTRL_X "t");
	try_all(vi_keys, COUNT(vi_keys), true);
}

/* 64 KiB of them, without a space */
static const char *const words[] = {
	"x", "한", "é", "😀", "e\u0301\u0301", "\u0301", "A한", "\"(",
};

static const char *const long_emacs_keys[] = {
	"\033f", "\033b", "\033d", "\033\177", "\033u", "\033l", "\033c",
	"\027", "\006", "\002", "\024", "\033t", "\004", "\010", "a", "한",
	"x\037", "\033-\033u", "\035q", "\033\035q", "\033\\", "\013",
	"\025\031\033y", "\033\022", "\022q", "\022한", "\022\027\027",
	"\022\031\022", "\033[A", "\0339999\006", "\0339999\002",
	"\0339999\004", "\0339999\024", "\033u\037",
};

static const char *const long_vi_keys[] = {
	"w", "W", "b", "B", "e", "E", "dw", "de", "db", "cw", "yW", "~", "x",
	"X", "rq", "fq", "Fq", "tq", "Tq", "dfq", "fq;", "%", "y%", "|", "D",
	"999|", "9999l", "9999h", "9999w", "9999b", "9999x", "9999~", "Rab",
	"ylP", "yy9p", "xu", "dw.", "U", "ma0d`a",
};

static void fill(struct bytes *line, const char *word)
{
	bytes_clear(line);
	while (line->len + strlen(word) <= 1 << 16)
		bytes_append_text(line, word);
}

static void time_keys(const char *line, bool is_vi, bool from_start)
{
	input_cancel();
	paste(line);
	type(is_vi ? "\033" : "");
	type(from_start ? is_vi ? "0" : "\001" : "");
	wind_clock();
	type(now.keys);
	assert_whole();
}

static void time_all(const char *const *keys, size_t count, bool is_vi)
{
	struct bytes line = { 0 };
	now.name = "a long word";
	for (size_t w = 0; w < COUNT(words); w++) {
		now.line = words[w];
		fill(&line, words[w]);
		histfile_remember(bytes_text(&line));
		for (size_t i = 0; i < count * 2; i++) {
			now.keys = keys[i / 2];
			time_keys(bytes_text(&line), is_vi, i % 2);
		}
	}
	bytes_finish(&line);
	input_cancel();
}

static void no_key_of_emacs_waits_on_a_long_word(void **unused)
{
	(void)unused;
	time_all(long_emacs_keys, COUNT(long_emacs_keys), false);
}

static void no_key_of_vi_waits_on_a_long_word(void **unused)
{
	(void)unused;
	type(CTRL_X "t");
	time_all(long_vi_keys, COUNT(long_vi_keys), true);
}

static size_t where(void)
{
	struct input_line line;
	input_show(&line);
	return line.point;
}

static void the_way_back_has_the_places_of_the_way_there(void **unused)
{
	(void)unused;
	for (size_t c = 0; c < COUNT(characters); c++)
		for (size_t i = 0; i < COUNT(lines); i++) {
			size_t places[64], count = 0;
			input_cancel();
			type_line(lines[i], characters[c].cp);
			type("\001");
			do {
				assert_true(count < COUNT(places));
				places[count++] = where();
				type("\006");
			} while (where() != places[count - 1]);
			/* a mark that begins the line is a place of its own
			 * on the way back alone */
			while (--count > 0) {
				assert_int_equal(where(), places[count]);
				type("\002");
			}
		}
}

static void a_word_that_nobody_knows_is_left_behind(void **unused)
{
	(void)unused;
	now.name = now.line = "안녕🩷";
	now.keys = "w";
	type(CTRL_X "t");
	paste(now.line);
	type("\0330");
	wind_clock();
	type(now.keys);
	assert_line("안녕|🩷");
	type("0d$");
	assert_line("|");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_word_that_nobody_knows_is_left_behind),
		TEST(the_way_back_has_the_places_of_the_way_there),
		TEST(no_key_of_emacs_waits_on_a_long_word),
		TEST(no_key_of_vi_waits_on_a_long_word),
		TEST(no_key_of_emacs_loops_or_cuts_a_character),
		TEST(no_key_of_vi_loops_or_cuts_a_character),
	};
	return cmocka_run_group_tests_name("input_width", tests, make_folder,
	                                   remove_folder);
}
