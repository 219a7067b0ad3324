/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Readline knows a function by its address alone.  So each function of ours has
 * a small one, which notes that readline has met it; the function itself runs
 * when readline has returned. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "bind.h"

#define EIGHT(X, n)                                                        \
	X(n##0) X(n##1) X(n##2) X(n##3) X(n##4) X(n##5) X(n##6) X(n##7)
#define ALL(X) \
	EIGHT(X, 0) EIGHT(X, 1) EIGHT(X, 2) EIGHT(X, 3) EIGHT(X, 4) EIGHT(X, 5)

/* The numbers are octal, so that 8 * 6 of them can be made by pasting two
 * digits. */
#define SLOT(n)                                                            \
	static int slot_##n(int count, int key)                            \
	{                                                                  \
		(void)count;                                               \
		(void)key;                                                 \
		met = 0##n;                                                \
		return 0;                                                  \
	}
#define ADDRESS(n) slot_##n,

static int met = -1;
ALL(SLOT)
static rl_command_func_t *const slots[BIND_MAX] = { ALL(ADDRESS) };

/* Readline keeps pointers to the names, and never forgets one. */
static char names[BIND_MAX][40];

void bind_add_all(const char *(*name)(size_t i))
{
	size_t count = 0;
	while (name(count))
		count++;
	if (count > BIND_MAX)
		abort(); /* more functions than names for them */
	for (size_t i = 0; i < count; i++) {
		bool is_known = *names[i];
		snprintf(names[i], sizeof(names[i]), "sockchat-%s", name(i));
		if (!is_known)
			rl_add_defun(names[i], slots[i], -1);
	}
}

void bind_default(size_t i, const char *keys, bool is_vi)
{
	rl_bind_keyseq_if_unbound_in_map(keys, slots[i],
	                                 is_vi ? vi_movement_keymap
	                                       : emacs_standard_keymap);
}

int bind_find(const void *bytes, size_t len)
{
	int type = ISFUNC;
	rl_command_func_t *fn = rl_function_of_keyseq_len(bytes, len,
	                                                  rl_get_keymap(),
	                                                  &type);
	for (int i = 0; fn && type == ISFUNC && i < BIND_MAX; i++)
		if (slots[i] == fn)
			return i;
	return -1;
}

bool bind_is_bound(const void *bytes, size_t len)
{
	int type = ISFUNC;
	return rl_function_of_keyseq_len(bytes, len, rl_get_keymap(), &type) &&
	       type != ISKMAP;
}

int bind_take(void)
{
	int i = met;
	met = -1;
	return i;
}

static void tell_key(const char *keys, bind_key_fn *fn, void *user)
{
	char bytes[64];
	int len;
	/* a byte of a key takes at least one of its notation */
	if (strlen(keys) < sizeof(bytes) &&
	    rl_translate_keyseq(keys, bytes, &len) == 0)
		fn(user, (const uint8_t *)bytes, (size_t)len);
}

void bind_each_key(size_t i, bind_key_fn *fn, void *user)
{
	char **list = rl_invoking_keyseqs(slots[i]);
	for (char **keys = list; keys && *keys; keys++) {
		tell_key(*keys, fn, user);
		free(*keys);
	}
	free(list);
}
