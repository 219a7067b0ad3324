/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Conversations as scripts, held on the lines and the json front end over a
 * transport without a network.  A script's lines:
 *
 *     < "bytes"       the peer sends them in one read; |FIN| and |RST| end it
 *     > text          typed
 *     = in "bytes"    a message that has to be shown, in this order for each
 *     = out "bytes"   direction, with \n \r \xNN as a front end writes them */

#include "../unit/unit.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sockchat/chat.h>
#include <sockchat/escape.h>

#include "../fake/fake_transport.h"

#define SHOWN_MAX 65536

struct script {
	const char *text;
	const char *options; /* a long one, or "" */
	int status;
};

struct stage {
	const struct script *script;
	struct loop *loop;
	struct timer feeder;
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

static void feed_line(void *user, const char *line)
{
	struct bytes b = { 0 };
	if (strstr(line, "|FIN|")) {
		fake_feed_end(user);
	} else if (strstr(line, "|RST|")) {
		fake_feed_error(user, ECONNRESET);
	} else {
		read_quoted(line, &b);
		fake_feed_bytes(user, b.data, b.len);
		bytes_finish(&b);
	}
}

/* As soon as there is a connection, the peer begins. */
static void on_feed_time(struct timer *t)
{
	struct stage *s = t->user;
	if (fake_last())
		for_lines(s->script->text, '<', feed_line, fake_last());
	else
		timer_start(s->loop, t, MS_NS);
}

static void type_line(void *user, const char *line)
{
	dprintf(*(int *)user, "%s\n", line + 2);
}

/* Run it with these descriptors as the standard ones; what was shown. */
static int hold(const struct script *script, const struct frontend_ops *ops,
                char shown[SHOWN_MAX])
{
	int in = memfd_create("in", 0), out = memfd_create("out", 0);
	int old_in = dup(0), old_out = dup(1);
	struct options o;
	struct error e;
	char *argv[] = { "sockchat", "connect", "127.0.0.1", "9",
		         "--linger=0.01", (char *)(uintptr_t)script->options,
		         NULL };
	assert_int_equal(options_parse(&o, *script->options ? 6 : 5, argv, &e),
	                 0);
	for_lines(script->text, '>', type_line, &in);
	lseek(in, 0, SEEK_SET);
	dup2(in, 0);
	dup2(out, 1);
	fake_start();
	struct stage s = { .script = script, .loop = loop_new(LOOP_AUTO) };
	struct chat *c = chat_new(s.loop, &o);
	c->transport = &transport_fake;
	s.feeder = (struct timer){ .on_time = on_feed_time, .user = &s };
	timer_start(s.loop, &s.feeder, 0);
	int status = chat_run(c, ops, &e);
	timer_stop(&s.feeder);
	chat_free(c);
	loop_free(s.loop);
	assert_int_equal(fake_finish(), 0);
	dup2(old_in, 0);
	dup2(old_out, 1);
	ssize_t len = pread(out, shown, SHOWN_MAX - 1, 0);
	shown[len > 0 ? len : 0] = '\0';
	close(in);
	close(out);
	close(old_in);
	close(old_out);
	return status;
}

struct search {
	const char *in, *out; /* from where on the next one is looked for */
	bool is_json;
};

static void find_line(void *user, const char *line)
{
	struct search *s = user;
	bool is_in = strncmp(line, "= in ", 5) == 0;
	const char **from = is_in ? &s->in : &s->out;
	const char *begin = strchr(line, '"') + 1, *end = strrchr(line, '"');
	char wanted[512];
	if (s->is_json)
		snprintf(wanted, sizeof(wanted), "\"text\":\"%.*s\"",
		         (int)(end - begin), begin);
	else
		snprintf(wanted, sizeof(wanted), " %c %.*s\n",
		         is_in ? '<' : '>', (int)(end - begin), begin);
	const char *found = strstr(*from, wanted);
	if (!found)
		fail_msg("not shown: %s in: %s", wanted, *from);
	*from = found + strlen(wanted);
}

static void run(const struct script *script)
{
	static const struct frontend_ops *const frontends[] = {
		&frontend_lines, &frontend_json,
	};
	static char shown[SHOWN_MAX];
	for (size_t i = 0; i < 2; i++) {
		int status = hold(script, frontends[i], shown);
		struct search s = { shown, shown, i == 1 };
		for_lines(script->text, '=', find_line, &s);
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

CONVERSATION(commands_are_not_sent, "", 0,
             "> /eol crlf\n"
             "> with crlf\n"
             "> //path\n"
             "> /nonsense\n"
             "> /send a\\\\b\\n\n"
             "< |FIN|\n"
             "= out \"with crlf\\r\\n\"\n"
             "= out \"/path\\r\\n\"\n")

CONVERSATION(the_chosen_ending_is_appended, "--crlf", 0,
             "> GET\n"
             "< |FIN|\n"
             "= out \"GET\\r\\n\"\n")

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
		cmocka_unit_test(a_reset_is_a_failure),
	};
	setenv("LC_ALL", "C.UTF-8", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
