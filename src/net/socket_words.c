/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is said of the settings of a socket. */

#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/glyph.h>
#include <sockchat/socket_settings.h>

static const char *const names[] = {
	[SOCKET_KEEPALIVE] = "--keepalive",
	[SOCKET_KEEP_IDLE] = "--keepalive's time until the first probe",
	[SOCKET_KEEP_INTERVAL] = "--keepalive's time between probes",
	[SOCKET_KEEP_COUNT] = "--keepalive's count",
	[SOCKET_NODELAY] = "TCP_NODELAY",
	[SOCKET_TTL] = "--ttl",
	[SOCKET_TOS] = "--tos",
	[SOCKET_SNDBUF] = "--sndbuf",
	[SOCKET_RCVBUF] = "--rcvbuf",
	[SOCKET_BROADCAST] = "--broadcast",
	[SOCKET_USER_TIMEOUT] = "--user-timeout",
};
_Static_assert(sizeof(names) / sizeof(names[0]) == SOCKET_SETTINGS,
               "each setting has a name");

bool socket_take_refusal(const struct socket_settings *s,
                         char text[SOCKET_TEXT_MAX])
{
	int *errnums = s->refused->errnum, i = 0;
	while (i < SOCKET_SETTINGS && !errnums[i])
		i++;
	if (i == SOCKET_SETTINGS)
		return false;
	snprintf(text, SOCKET_TEXT_MAX,
	         "%s was not set: the system refuses %d (%s)", names[i],
	         s->values[i], strerror(errnums[i]));
	errnums[i] = 0;
	return true;
}

static void tell_keepalive(const int *of, socket_row_fn *fn, void *user)
{
	char text[SOCKET_TEXT_MAX];
	snprintf(text, sizeof(text),
	         "after %d s of silence, every %d s, %d times",
	         of[SOCKET_KEEP_IDLE], of[SOCKET_KEEP_INTERVAL],
	         of[SOCKET_KEEP_COUNT]);
	if (of[SOCKET_KEEPALIVE] >= 0)
		fn(user, "keepalive", of[SOCKET_KEEPALIVE] ? text : "off");
}

static void tell_packets(const struct socket_values *v, bool is_v6,
                         socket_row_fn *fn, void *user)
{
	const int *of = v->of;
	char text[SOCKET_TEXT_MAX] = "";
	if (of[SOCKET_NODELAY] >= 0)
		text_add(text, sizeof(text), "nodelay %s, ",
		         of[SOCKET_NODELAY] ? "on" : "off");
	if (of[SOCKET_TTL] >= 0)
		text_add(text, sizeof(text), "%s %d, ",
		         is_v6 ? "hop limit" : "TTL", of[SOCKET_TTL]);
	if (of[SOCKET_TOS] >= 0)
		text_add(text, sizeof(text), "%s %d (0x%02x), ",
		         is_v6 ? "traffic class" : "TOS", of[SOCKET_TOS],
		         (unsigned)of[SOCKET_TOS]);
	if (of[SOCKET_USER_TIMEOUT] > 0)
		text_add(text, sizeof(text), "user timeout %g s, ",
		         of[SOCKET_USER_TIMEOUT] / 1000.0);
	if (*v->device)
		text_add(text, sizeof(text), "device %s, ", v->device);
	if (*text) {
		text[strlen(text) - 2] = '\0';
		fn(user, "socket", text);
	}
}

void socket_rows(const struct socket_values *v, bool is_v6, socket_row_fn *fn,
                 void *user)
{
	char text[SOCKET_TEXT_MAX];
	tell_keepalive(v->of, fn, user);
	tell_packets(v, is_v6, fn, user);
	snprintf(text, sizeof(text), "%d bytes to send, %d to receive",
	         v->of[SOCKET_SNDBUF], v->of[SOCKET_RCVBUF]);
	fn(user, "buffers", text);
}
