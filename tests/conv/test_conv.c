/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Conversations as scripts, held on the lines and the json front end over a
 * transport without a network, on a clock that is made here.  A script's lines,
 * one after another:
 *
 *     < "bytes"       the peer sends them in one read; |FIN| and |RST| end it
 *     > text          typed, and Enter
 *     > "bytes"       typed; |FLOOD| is the 64 MiB that a line may have
 *     > |EOF|         the end of what is typed, at the latest with the script
 *     = in "bytes"    a message that has to be shown, in this order, with
 *     = out "bytes"   \n \r \xNN as a front end writes them; and no others
 *     = text "words"  something else that is shown
 */

#include "../unit/made_clock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sockchat/chat.h>
#include <sockchat/escape.h>

#include "../fake/fake_transport.h"

#define SHOWN_MAX  (1 << 18)
#define FLOOD_SIZE ((size_t)64 << 20)
#define TURNS      4

struct script {
	const char *text;
	const char *options; /* a long one, or "" */
	int status;
};

struct stage {
	const struct script *script;
	const char *at; /* what comes next */
	size_t flooded;
	int typed_fd;
	struct loop *loop;
	struct later step;
	size_t rest; /* turns to let pass */
};

/* The rest of `line` between its quotes, with escapes read. */
static void read_quoted(const char *line, struct bytes *out)
{
	struct error e;
	const char *begin = strchr(line, '"') + 1, *end = strrchr(line, '"');
	assert_int_equal(escape_parse(out, begin, (size_t)(end - begin), &e),
	                 0);
}

/* Call for each line of the script that begins with `mark`. */
static void for_lines(const char *script, char mark,
                      void (*fn)(void *user, const char *line), void *user)
{
	char line[512];
	for (const char *at = script; *at;) {
		size_t len = strcspn(at, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)len, at);
		if (line[0] == mark)
			fn(user, line);
		at += len + (at[len] == '\n');
	}
}

static void feed_line(struct fake *f, const char *line)
{
	struct bytes b = { 0 };
	if (strstr(line, "|FIN|")) {
		fake_feed_end(f);
	} else if (strstr(line, "|RST|")) {
		fake_feed_error(f, ECONNRESET);
	} else {
		read_quoted(line, &b);
		fake_feed_bytes(f, b.data, b.len);
		bytes_finish(&b);
	}
}

static void end_typing(struct stage *s)
{
	if (s->typed_fd >= 0)
		close(s->typed_fd);
	s->typed_fd = -1;
}

/* As much of it as the pipe takes; true when it has all been typed. */
static bool type_flood(struct stage *s)
{
	static char block[1 << 16];
	memset(block, 'x', sizeof(block));
	ssize_t n = write(s->typed_fd, block, sizeof(block));
	if (n > 0)
		s->flooded += (size_t)n;
	return s->flooded == FLOOD_SIZE;
}

/* False: not yet. */
static bool type_line(struct stage *s, const char *line)
{
	struct bytes b = { 0 };
	if (strstr(line, "|FLOOD|"))
		return type_flood(s);
	if (strstr(line, "|EOF|")) {
		end_typing(s);
		return true;
	}
	if (line[2] == '"')
		read_quoted(line, &b);
	else
		bytes_printf(&b, "%s\n", line + 2);
	assert_int_equal(write(s->typed_fd, b.data, b.len), b.len);
	bytes_finish(&b);
	return true;
}

/* Some turns after each line, so that it has been taken before the next one
 * comes; the first one needs a connection.  Time passes once all is said. */
static void on_step(struct later *l)
{
	struct stage *s = l->user;
	char line[512];
	size_t len = strcspn(s->at, "\n");
	bool is_done = true;
	snprintf(line, sizeof(line), "%.*s", (int)len, s->at);
	loop_later(s->loop, l);
	if (!*s->at) {
		end_typing(s);
		clock_ns += MS_NS;
		return;
	}
	if (!fake_last() || s->rest-- > 0)
		return;
	s->rest = 0;
	if (*line == '<')
		feed_line(fake_last(), line);
	else if (*line == '>')
		is_done = type_line(s, line);
	if (!is_done)
		return;
	s->rest = TURNS;
	s->at += len + (s->at[len] == '\n');
}

static void set_stage(struct stage *s, const struct script *script)
{
	int fds[2];
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	dup2(fds[0], 0);
	close(fds[0]);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	*s = (struct stage){
		.script = script,
		.at = script->text,
		.typed_fd = fds[1],
		.loop = loop_new(LOOP_AUTO),
		.rest = TURNS,
		.step = { .on_call = on_step, .user = s },
	};
	loop_later(s->loop, &s->step);
}

/* Run it with these descriptors as the standard ones; what was shown. */
static int hold(const struct script *script, const struct frontend_ops *ops,
                char shown[SHOWN_MAX])
{
	int out = memfd_create("out", 0), old_in = dup(0), old_out = dup(1);
	struct options o;
	struct error e;
	struct stage s;
	char *argv[] = { "sockchat", "connect", "127.0.0.1", "9",
		         "--linger=0.01", (char *)(uintptr_t)script->options,
		         NULL };
	assert_int_equal(options_parse(&o, *script->options ? 6 : 5, argv, &e),
	                 0);
	assert_int_equal(options_take_operands(&o, &e), 0);
	dup2(out, 1);
	fake_start();
	set_stage(&s, script);
	struct chat *c = chat_new(s.loop, &o);
	c->transport = &transport_fake;
	clock_ns = 1000000 * MS_NS;
	int status = chat_run(c, ops, &e);
	later_cancel(&s.step);
	end_typing(&s);
	chat_free(c);
	loop_free(s.loop);
	assert_int_equal(fake_finish(), 0);
	dup2(old_in, 0);
	dup2(old_out, 1);
	ssize_t len = pread(out, shown, SHOWN_MAX - 1, 0);
	shown[len > 0 ? len : 0] = '\0';
	close(out);
	close(old_in);
	close(old_out);
	return status;
}

struct search {
	const char *at; /* from where on the next one is looked for */
	size_t messages;
	bool is_json;
};

static void find_line(void *user, const char *line)
{
	struct search *s = user;
	bool is_in = strncmp(line, "= in ", 5) == 0;
	const char *begin = strchr(line, '"') + 1, *end = strrchr(line, '"');
	const char *before = "", *after = "";
	char wanted[512];
	if (strncmp(line, "= text ", 7) != 0) {
		s->messages++;
		before = s->is_json ? "\"text\":\"" : is_in ? " < " : " > ";
		after = s->is_json ? "\",\"complete\"" : "\n";
	}
	snprintf(wanted, sizeof(wanted), "%s%.*s%s", before,
	         (int)(end - begin), begin, after);
	const char *found = strstr(s->at, wanted);
	if (!found)
		fail_msg("not shown: %s in: %s", wanted, s->at);
	s->at = found + strlen(wanted);
}

static size_t count(const char *shown, const char *text)
{
	size_t n = 0;
	for (; (shown = strstr(shown, text)); shown++)
		n++;
	return n;
}

static void run(const struct script *script)
{
	static const struct frontend_ops *const frontends[] = {
		&frontend_lines, &frontend_json,
	};
	static char shown[SHOWN_MAX];
	for (size_t i = 0; i < 2; i++) {
		int status = hold(script, frontends[i], shown);
		struct search s = { .at = shown, .is_json = i == 1 };
		for_lines(script->text, '=', find_line, &s);
		size_t messages =
		    s.is_json ? count(shown, "\"kind\":\"message\"")
		              : count(shown, " < ") + count(shown, " > ");
		if (messages != s.messages)
			fail_msg("%zu messages: %s", messages, shown);
		assert_int_equal(status, script->status);
	}
}

#define CONVERSATION(name, options, status, text)          \
	static void name(void **state)                     \
	{                                                  \
		(void)state;                               \
		run(&(struct script){ text, options, status }); \
	}

CONVERSATION(a_greeting_and_an_answer, "", 0,
             "< \"220 ready\\r\\n\"\n"
             "> HELO me\n"
             "< |FIN|\n"
             "= in \"220 ready\\r\\n\"\n"
             "= out \"HELO me\\n\"\n")

CONVERSATION(a_character_split_over_reads_is_one, "", 0,
             "< \"\\xec\\x95\"\n"
             "< \"\\x88\\xeb\\x85\"\n"
             "< \"\\x95!\\n\"\n"
             "< |FIN|\n"
             "= in \"안녕!\\n\"\n")

CONVERSATION(lines_in_one_read_are_messages_each, "", 0,
             "< \"one\\ntwo\\nthr\"\n"
             "< \"ee\\n\"\n"
             "< |FIN|\n"
             "= in \"one\\n\"\n"
             "= in \"two\\n\"\n"
             "= in \"three\\n\"\n")

CONVERSATION(what_has_no_ending_is_shown_at_the_end, "", 0,
             "< \"login: \"\n"
             "< |FIN|\n"
             "= in \"login: \"\n")

CONVERSATION(commands_are_not_sent, "", 1,
             "> /eol crlf\n"
             "> with crlf\n"
             "> //path\n"
             "> /nonsense\n"
             "> /send a b\\x21\\n\n"
             "< |FIN|\n"
             "= out \"with crlf\\r\\n\"\n"
             "= out \"/path\\r\\n\"\n"
             "= text \"nonsense\"\n"
             "= out \"a b!\\n\"\n")

CONVERSATION(the_chosen_ending_is_appended, "--crlf", 0,
             "> GET\n"
             "< |FIN|\n"
             "= out \"GET\\r\\n\"\n")

CONVERSATION(each_answer_stands_behind_its_question, "", 0,
             "< \"login: \"\n"
             "> me\n"
             "< \"Pass\"\n"
             "< \"word: \"\n"
             "> secret\n"
             "< \"welcome\\n\"\n"
             "< |FIN|\n"
             "= in \"login: \"\n"
             "= out \"me\\n\"\n"
             "= in \"Password: \"\n"
             "= out \"secret\\n\"\n"
             "= in \"welcome\\n\"\n")

CONVERSATION(an_answer_does_not_part_a_character, "", 0,
             "< \"caf\\xc3\"\n"
             "> x\n"
             "< \"\\xa9\\n\"\n"
             "< |FIN|\n"
             "= in \"caf\"\n"
             "= out \"x\\n\"\n"
             "= in \"é\\n\"\n")

CONVERSATION(the_peer_may_go_on_after_our_end, "", 0,
             "> bye\n"
             "> |EOF|\n"
             "< \"still\\n\"\n"
             "< |FIN|\n"
             "= out \"bye\\n\"\n"
             "= text \"our half is closed\"\n"
             "= in \"still\\n\"\n")

CONVERSATION(we_may_go_on_after_the_peers_end, "--linger=inf", 0,
             "< \"bye\"\n"
             "< |FIN|\n"
             "> still\n"
             "> |EOF|\n"
             "= in \"bye\"\n"
             "= text \"the peer has closed its half\"\n"
             "= out \"still\\n\"\n")

CONVERSATION(what_comes_after_a_close_is_shown, "--linger=9", 0,
             "> /send half\n"
             "> /close\n"
             "< \"goodbye\\n\"\n"
             "< |FIN|\n"
             "= out \"half\"\n"
             "= text \"our half is closed\"\n"
             "= in \"goodbye\\n\"\n")

CONVERSATION(a_paused_peer_waits, "", 0,
             "> /pause\n"
             "< \"waits\\n\"\n"
             "> /resume\n"
             "< |FIN|\n"
             "= text \"reading is paused\"\n"
             "= text \"reading goes on\"\n"
             "= in \"waits\\n\"\n")

CONVERSATION(a_reset_of_ours_is_no_failure, "--linger=inf", 0,
             "< \"unfinished\"\n"
             "> /reset\n"
             "= in \"unfinished\"\n")

CONVERSATION(nothing_moving_is_a_failure, "--idle-timeout=200ms", 1,
             "> hello\n"
             "= out \"hello\\n\"\n"
             "= text \"idle\"\n")

CONVERSATION(the_end_of_a_line_that_is_refused_takes_no_other_with_it, "", 1,
             "> |FLOOD|\n"
             "> \"x\\nnext\\n\"\n"
             "> last\n"
             "< |FIN|\n"
             "= out \"next\\n\"\n"
             "= out \"last\\n\"\n")

CONVERSATION(a_reset_is_a_failure, "", 1,
             "< \"bye\\n\"\n"
             "< |RST|\n"
             "= in \"bye\\n\"\n")

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_greeting_and_an_answer),
		cmocka_unit_test(a_character_split_over_reads_is_one),
		cmocka_unit_test(lines_in_one_read_are_messages_each),
		cmocka_unit_test(what_has_no_ending_is_shown_at_the_end),
		cmocka_unit_test(commands_are_not_sent),
		cmocka_unit_test(the_chosen_ending_is_appended),
		cmocka_unit_test(each_answer_stands_behind_its_question),
		cmocka_unit_test(an_answer_does_not_part_a_character),
		cmocka_unit_test(the_peer_may_go_on_after_our_end),
		cmocka_unit_test(we_may_go_on_after_the_peers_end),
		cmocka_unit_test(what_comes_after_a_close_is_shown),
		cmocka_unit_test(a_paused_peer_waits),
		cmocka_unit_test(a_reset_of_ours_is_no_failure),
		cmocka_unit_test(nothing_moving_is_a_failure),
		cmocka_unit_test(
		    the_end_of_a_line_that_is_refused_takes_no_other_with_it),
		cmocka_unit_test(a_reset_is_a_failure),
	};
	setenv("LC_ALL", "C.UTF-8", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
