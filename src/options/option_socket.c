/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/glyph.h>
#include <sockchat/number.h>

#include "option_socket.h"

/* Linux's limits (tcp(7)). */
#define KEEP_TIME_MAX  32767
#define KEEP_COUNT_MAX 127

/* RFC 2474, 2597, 3246, and the words of RFC 1349 that nc takes. */
const struct choice tos_choices[] = {
	{ "lowdelay", 0x10 }, { "throughput", 0x08 }, { "reliability", 0x04 },
	{ "ef", 0xb8 },
	{ "cs0", 0x00 }, { "cs1", 0x20 }, { "cs2", 0x40 }, { "cs3", 0x60 },
	{ "cs4", 0x80 }, { "cs5", 0xa0 }, { "cs6", 0xc0 }, { "cs7", 0xe0 },
	{ "af11", 0x28 }, { "af12", 0x30 }, { "af13", 0x38 },
	{ "af21", 0x48 }, { "af22", 0x50 }, { "af23", 0x58 },
	{ "af31", 0x68 }, { "af32", 0x70 }, { "af33", 0x78 },
	{ "af41", 0x88 }, { "af42", 0x90 }, { "af43", 0x98 },
	/* other names: nc's */
	{ "critical", 0xa0 }, { "inetcontrol", 0xc0 }, { "netcontrol", 0xe0 },
	{ NULL, 0 },
};

static bool read_ranged(int *to, const char *value, long min, long max)
{
	long number;
	if (!number_parse(value, min, max, &number))
		return false;
	*to = (int)number;
	return true;
}

static bool read_tos(int *to, const char *value)
{
	bool is_negative;
	uint64_t number;
	int named = choice_find(tos_choices, value);
	if (number_parse_integer(value, &is_negative, &number)) {
		*to = (int)number;
		return !is_negative && number <= 255;
	}
	*to = named;
	return named >= 0;
}

static bool read_bytes(int *to, const char *value)
{
	size_t bytes;
	if (!number_parse_size(value, &bytes) || !bytes || bytes > INT_MAX)
		return false;
	*to = (int)bytes;
	return true;
}

static bool read_timeout(int *to, const char *value)
{
	int64_t ms;
	if (!number_parse_duration(value, &ms))
		return false;
	*to = (int)ms;
	return true;
}

bool option_read_socket(enum socket_setting which, int *to, const char *value)
{
	switch (which) {
	case SOCKET_TTL:
		return read_ranged(to, value, 1, 255);
	case SOCKET_TOS:
		return read_tos(to, value);
	case SOCKET_USER_TIMEOUT:
		return read_timeout(to, value);
	default:
		return read_bytes(to, value);
	}
}

const char *option_socket_wanted(enum socket_setting which)
{
	switch (which) {
	case SOCKET_TTL:
		return "a number from 1 to 255";
	case SOCKET_TOS:
		return "a number from 0 to 255, 0x10 too, or a word: lowdelay, "
		       "ef, cs1, af11 …";
	case SOCKET_USER_TIMEOUT:
		return "a time (at most 10 days): 2, 1.5, 500ms, 2m";
	default:
		return "a size: 65536, 64k, 16M";
	}
}

/* --keepalive=on|off|IDLE[,INTERVAL[,COUNT]] */

/* Cut the next of "60,10,6" into `out`.  False when it is too long. */
static bool cut_part(const char **rest, char *out, size_t cap)
{
	size_t len = strcspn(*rest, ",");
	if (len >= cap)
		return false;
	memcpy(out, *rest, len);
	out[len] = '\0';
	*rest += len + ((*rest)[len] == ',' && (*rest)[len + 1]);
	return true;
}

static bool read_seconds(int *to, const char *value)
{
	int64_t ms;
	if (!number_parse_duration(value, &ms) || ms % 1000 ||
	    ms < 1000 || ms > KEEP_TIME_MAX * INT64_C(1000))
		return false;
	*to = (int)(ms / 1000);
	return true;
}

bool option_read_probes(int *to, const char *value)
{
	const char *rest = value;
	char part[24];
	to[SOCKET_KEEPALIVE] = 1;
	for (int i = SOCKET_KEEP_IDLE; *rest; i++) {
		bool is_good = i <= SOCKET_KEEP_COUNT &&
		               cut_part(&rest, part, sizeof(part)) &&
		               (i == SOCKET_KEEP_COUNT
		                    ? read_ranged(&to[i], part, 1,
		                                  KEEP_COUNT_MAX)
		                    : read_seconds(&to[i], part));
		if (!is_good)
			return false;
	}
	return *value;
}

const char *option_tell_keepalive(char *out, size_t cap, const int *of)
{
	snprintf(out, cap, "%d,%d,%d", of[SOCKET_KEEP_IDLE],
	         of[SOCKET_KEEP_INTERVAL], of[SOCKET_KEEP_COUNT]);
	return of[SOCKET_KEEPALIVE] ? out : "off";
}
