/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The values of options about our sockets. */

#ifndef OPTION_SOCKET_H
#define OPTION_SOCKET_H

#include <sockchat/choice.h>
#include <sockchat/socket_settings.h>

/* Read a value of TYPE_SOCKET; say what it should be. */
MUST_USE
bool option_read_socket(enum socket_setting which, int *to, const char *value);
const char *option_socket_wanted(enum socket_setting which);

/* Read values of TYPE_KEEPALIVE, "60,10,6", of which the last may be left out;
 * tell them into `out`, or "off". */
MUST_USE bool option_read_probes(int *to, const char *value);
const char *option_tell_keepalive(char *out, size_t cap, const int *of);

#endif
