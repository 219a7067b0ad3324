/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/retry.h>

/* Failures that end by themselves when a server starts, a host comes up or a
 * name gets known.  All others are about what was asked for. */
static bool can_pass(const struct error *e)
{
	static const char *const codes[] = {
		"ECONNREFUSED", "ECONNRESET",   "ECONNABORTED",  "ETIMEDOUT",
		"EHOSTUNREACH", "EHOSTDOWN",    "ENETUNREACH",   "ENETDOWN",
		"EADDRINUSE",   "ENODEV",
		"ENETRESET",    "EAGAIN",       "EADDRNOTAVAIL", "ENOENT",
		"TLS_ENDED",
		"EAI_NONAME",   "EAI_AGAIN",    "EAI_FAIL",      "EAI_NODATA",
		"PROXY_CLOSED", "PROXY_UNREACHABLE",
	};
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(codes[i], e->code) == 0)
			return !e->is_lasting;
	return false;
}

static int64_t next_wait_ms(int64_t wait_ms)
{
	if (!wait_ms)
		return RETRY_FIRST_MS;
	return wait_ms < RETRY_LONGEST_MS / 2 ? 2 * wait_ms : RETRY_LONGEST_MS;
}

int64_t retry_failed(struct retry *r, long max, const struct error *e)
{
	r->tries++;
	if ((max != RETRY_ENDLESS && r->tries >= max) || !can_pass(e))
		return -1;
	return r->wait_ms = next_wait_ms(r->wait_ms);
}

int64_t retry_lost(struct retry *r, int64_t open_ms)
{
	r->tries = 0;
	r->loss_ms = next_wait_ms(open_ms < RETRY_STEADY_MS ? r->loss_ms : 0);
	return r->wait_ms = r->loss_ms;
}

void retry_describe(char out[RETRY_TEXT_MAX], const struct error *e,
                    int64_t wait_ms)
{
	snprintf(out, RETRY_TEXT_MAX, "%s; trying again in %g s", e->text,
	         (double)wait_ms / 1000);
}
