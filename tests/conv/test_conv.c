/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The conversations of this folder, held on the lines and the json front end
 * over a transport without a network, on a clock that is made here. */

#include "../unit/made_clock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sockchat/chat.h>
#include <sockchat/record.h>

#include "../fake/conversation.h"
#include "../fake/fake_transport.h"

#define SHOWN_MAX  (1 << 18)
#define FLOOD_SIZE ((size_t)64 << 20)
#define TURNS      4

struct stage {
	const struct conversation *talk;
	size_t at; /* the beat that comes next */
	size_t flooded;
	int typed_fd;
	struct loop *loop;
	struct later step;
	size_t rest; /* turns to let pass */
};

static void end_typing(struct stage *s)
{
	if (s->typed_fd >= 0)
		close(s->typed_fd);
	s->typed_fd = -1;
}

/* As much of it as the pipe takes; true when it has all been typed. */
static bool type_many(struct stage *s, char c)
{
	static char block[1 << 16];
	memset(block, c, sizeof(block));
	ssize_t n = write(s->typed_fd, block, sizeof(block));
	if (n > 0)
		s->flooded += (size_t)n;
	return s->flooded == FLOOD_SIZE;
}

/* Do what happens next, or a part of it.  True: that was it. */
static bool do_beat(struct stage *s, const struct beat *b)
{
	switch (b->kind) {
	case BEAT_COMES:
		fake_feed_bytes(fake_last(), b->bytes.data, b->bytes.len);
		break;
	case BEAT_FIN_COMES:
		fake_feed_end(fake_last());
		break;
	case BEAT_RST_COMES:
		fake_feed_error(fake_last(), ECONNRESET);
		break;
	case BEAT_TYPE:
		assert_int_equal(write(s->typed_fd, b->bytes.data,
		                       b->bytes.len), b->bytes.len);
		break;
	case BEAT_TYPE_MANY:
		return type_many(s, (char)b->bytes.data[0]);
	case BEAT_END_TYPING:
		end_typing(s);
		break;
	case BEAT_SEEN_IN:
	case BEAT_SEEN_OUT:
	case BEAT_SEEN_TEXT:
		break;
	}
	return true;
}

/* Some turns after each beat, so that it has been taken before the next one
 * comes; the first one needs a connection.  Time passes once all is said. */
static void on_step(struct later *l)
{
	struct stage *s = l->user;
	loop_later(s->loop, l);
	if (s->at == s->talk->count) {
		end_typing(s);
		clock_ns += MS_NS;
		return;
	}
	if (!fake_last() || s->rest-- > 0)
		return;
	s->rest = 0;
	if (!do_beat(s, &s->talk->beats[s->at]))
		return;
	s->rest = TURNS;
	s->at++;
}

static void set_stage(struct stage *s, const struct conversation *talk)
{
	int fds[2];
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	dup2(fds[0], 0);
	close(fds[0]);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	*s = (struct stage){
		.talk = talk,
		.typed_fd = fds[1],
		.loop = loop_new(LOOP_AUTO),
		.rest = TURNS,
		.step = { .on_call = on_step, .user = s },
	};
	loop_later(s->loop, &s->step);
}

/* The peer has got what the file says, and nothing else. */
static void check_sent(const struct conversation *talk)
{
	struct fake *f = fake_last();
	assert_non_null(f);
	assert_int_equal(fake_written_len(f), talk->sent.len);
	if (talk->sent.len)
		assert_memory_equal(fake_written(f), talk->sent.data,
		                    talk->sent.len);
}

/* Hold it with descriptors of its own as the standard ones; what was shown. */
static int hold(const struct conversation *talk, const struct frontend_ops *ops,
                char shown[SHOWN_MAX])
{
	int out = memfd_create("out", 0), old_in = dup(0), old_out = dup(1);
	struct options o;
	struct error e;
	struct stage s;
	char *argv[] = { "sockchat", "connect", "127.0.0.1", "9",
		         "--linger=0.01", (char *)(uintptr_t)talk->option,
		         NULL };
	assert_int_equal(options_parse(&o, *talk->option ? 6 : 5, argv, &e),
	                 0);
	assert_int_equal(options_take_operands(&o, &e), 0);
	dup2(out, 1);
	fake_start();
	set_stage(&s, talk);
	struct chat *c = chat_new(s.loop, &o);
	c->commands = record_commands;
	c->transport = &transport_fake;
	clock_ns = 1000000 * MS_NS;
	int status = chat_run(c, ops, &e);
	later_cancel(&s.step);
	end_typing(&s);
	chat_free(c);
	loop_free(s.loop);
	check_sent(talk);
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

/* Find what is to be seen from `at` on; what stands behind it. */
static const char *find_seen(const char *at, const struct beat *b, bool is_json)
{
	struct bytes wanted = { 0 };
	const char *before = is_json                   ? "\"text\":\""
	                     : b->kind == BEAT_SEEN_IN ? " < " : " > ";
	bool is_text = b->kind == BEAT_SEEN_TEXT;
	bytes_printf(&wanted, "%s%.*s%s", is_text ? "" : before,
	             (int)b->bytes.len, (const char *)b->bytes.data,
	             is_text ? "" : is_json ? "\",\"complete\"" : "\n");
	const char *found = strstr(at, bytes_text(&wanted));
	if (!found)
		fail_msg("not shown: %s in: %s", bytes_text(&wanted), at);
	found += wanted.len;
	bytes_finish(&wanted);
	return found;
}

static size_t count(const char *shown, const char *text)
{
	size_t n = 0;
	for (; (shown = strstr(shown, text)); shown++)
		n++;
	return n;
}

static void check_shown(const struct conversation *talk, const char *shown,
                        bool is_json)
{
	const char *at = shown;
	size_t wanted = 0;
	for (size_t i = 0; i < talk->count; i++) {
		const struct beat *b = &talk->beats[i];
		if (b->kind >= BEAT_SEEN_IN)
			at = find_seen(at, b, is_json);
		wanted += b->kind == BEAT_SEEN_IN || b->kind == BEAT_SEEN_OUT;
	}
	size_t messages = is_json ? count(shown, "\"kind\":\"message\"")
	                          : count(shown, " < ") + count(shown, " > ");
	if (messages != wanted)
		fail_msg("%zu messages: %s", messages, shown);
}

static void play(const char *path)
{
	static const struct frontend_ops *const frontends[] = {
		&frontend_lines, &frontend_json,
	};
	static char shown[SHOWN_MAX];
	struct conversation talk;
	conversation_read(&talk, path);
	for (size_t i = 0; i < 2; i++) {
		print_message("%s %s\n", path, i ? "json" : "lines");
		int status = hold(&talk, frontends[i], shown);
		check_shown(&talk, shown, i == 1);
		assert_int_equal(status, talk.status);
	}
	conversation_finish(&talk);
}

static void each_conversation_goes_as_its_file_says(void **state)
{
	(void)state;
	conversation_each(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_conversation_goes_as_its_file_says),
	};
	setenv("LC_ALL", "C.UTF-8", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
