/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "bind.h"
#include "keyboard.h"
#include "keycode.h"

#define PASTE_PAUSE_NS (100 * MS_NS) /* before a Ctrl-C within a paste */
#define READ_SIZE      4096 /* bytes that one turn takes */

/* What a terminal has begun, and perhaps never ends, ends by silence. */
static void await_rest(struct keyboard *k)
{
	unsigned ms = keys_wait_ms(k->keys);
	timer_stop(&k->silence);
	if (ms)
		timer_start(k->loop, &k->silence, ms * MS_NS);
}

static void on_keyboard_silence(struct timer *t)
{
	struct keyboard *k = t->user;
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	if (poll(&in, 1, 0) == 0) /* else we were slow: more has come */
		keys_timeout(k->keys);
	await_rest(k);
}

static bool is_ctrl_c(const uint8_t *bytes, size_t len)
{
	uint8_t plain[KEYCODE_MAX];
	bool is_code = keycode_plain(plain, bytes, len) == 1;
	return is_code ? *plain == '\003' : len == 1 && *bytes == '\003';
}

/* Ctrl-C alone after a pause ends a paste whose end does not come, before it
 * acts: no paste contains it so. */
static void end_paste_early(struct keyboard *k, const uint8_t *bytes, ssize_t n)
{
	int64_t now = loop_now_ns(k->loop);
	bool is_late = now - k->read_ns > PASTE_PAUSE_NS;
	k->read_ns = now;
	if (is_late && is_ctrl_c(bytes, (size_t)n) &&
	    keys_wait_ms(k->keys) == KEYS_PASTE_MS)
		keys_timeout(k->keys);
}

/* An end of input that was typed while another program had the terminal is
 * still there when it is ours again; a terminal that is gone hangs up. */
static bool is_gone(ssize_t n)
{
	struct pollfd in = { .fd = STDIN_FILENO };
	if (n < 0)
		return errno != EAGAIN && errno != EINTR;
	return n == 0 && poll(&in, 1, 0) == 1 &&
	       in.revents & (POLLHUP | POLLERR);
}

static void on_keyboard(struct watch *w, unsigned ready)
{
	struct keyboard *k = w->user;
	uint8_t bytes[READ_SIZE];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));
	(void)ready;
	if (is_gone(n)) {
		watch_remove(&k->watch);
		k->on_gone(k->user);
		return;
	}
	if (n <= 0)
		return;
	end_paste_early(k, bytes, n);
	keys_feed(k->keys, bytes, (size_t)n);
	await_rest(k);
}

int keyboard_start(struct keyboard *k, struct loop *l, keys_fn *on_key,
                   void (*on_gone)(void *user), void *user)
{
	*k = (struct keyboard){
		.loop = l,
		.keys = keys_new(on_key, user),
		.watch = { .on_ready = on_keyboard, .user = k },
		.silence = { .on_time = on_keyboard_silence, .user = k },
		.on_gone = on_gone,
		.user = user,
	};
	if (!k->keys)
		return -1;
	keys_keep_bound(k->keys, bind_is_bound);
	return watch_add(l, &k->watch, STDIN_FILENO, LOOP_READ);
}

void keyboard_stop(struct keyboard *k)
{
	watch_remove(&k->watch);
	timer_stop(&k->silence);
	keys_free(k->keys);
	k->keys = NULL;
}
