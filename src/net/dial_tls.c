/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a dial tells of its TLS. */

#include <stdio.h>

#include <sockchat/stamp.h>
#include <sockchat/tls_words.h>

#include "dial_private.h"

void dial_tell_handshake(const struct dial *d)
{
	const struct dial_steps *s = &d->steps;
	char text[TLS_NOTE_MAX];
	const char *code;

	if (s->on_handshaking)
		s->on_handshaking(s->user);
	while (!d->is_over && s->on_note && d->settings.tls &&
	       tls_take_note(d->settings.tls, &code, text))
		s->on_note(s->user, code, text);
	if (!d->is_over && s->on_step)
		s->on_step(s->user, "handshaking", "TLS handshake begins");
}

static int64_t now_s(void)
{
	return stamp_now().wall_us / 1000000;
}

void dial_tell_certificates(const struct dial *d, const struct transport *t)
{
	char text[TLS_WORDS_MAX], line[TLS_WORDS_MAX + 32];
	struct transport_facts facts;

	if (!d->steps.on_step)
		return;
	transport_facts(t, FACTS_TLS, &facts);
	for (size_t i = 0; facts.tls && i < facts.tls->chain_count &&
	                   !d->is_over; i++) {
		tls_say_certificate(text, &facts.tls->chain[i], now_s());
		snprintf(line, sizeof(line), "certificate %zu: %.480s", i + 1,
		         text);
		d->steps.on_step(d->steps.user, "certificate", line);
	}
}

void dial_tell_secured(const struct dial *d, const struct transport *t)
{
	char text[TLS_WORDS_MAX], line[TLS_WORDS_MAX + 64];
	struct transport_facts facts;

	dial_tell_certificates(d, t);
	transport_facts(t, d->steps.on_step ? FACTS_TLS : 0, &facts);
	if (!facts.tls || d->is_over)
		return;
	tls_say_secured(text, facts.tls, now_s());
	snprintf(line, sizeof(line), "secured by %.480s, after %.1f ms", text,
	         (double)d->timing.tls_us / 1000);
	d->steps.on_step(d->steps.user, "secured", line);
}
