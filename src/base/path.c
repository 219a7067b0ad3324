/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Paths as they are typed. */

#include <stdbool.h>
#include <stdlib.h>

#include <sockchat/path.h>

int path_append_typed(struct bytes *out, const char *typed, size_t len)
{
	const char *home = getenv("HOME");
	while (len > 1 && typed[len - 1] == ' ')
		len--;
	bool is_home = home && *home && len && typed[0] == '~' &&
	               (len == 1 || typed[1] == '/');
	return bytes_printf(out, "%s%.*s", is_home ? home : "",
	                    (int)len - is_home, typed + is_home);
}
