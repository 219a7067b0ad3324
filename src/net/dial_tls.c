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

/* NULL: there is nothing to tell, or nobody. */
static const struct tls_facts *facts_to_tell(const struct dial *d,
                                             const struct transport *t)
{
	struct transport_facts facts;

	transport_facts(t, d->steps.on_step ? FACTS_TLS : 0, &facts);
	return facts.tls;
}

/* A step may end the dial, and the facts with it. */
static void tell_certificates(const struct dial *d, const struct tls_facts *f)
{
	char text[TLS_WORDS_MAX], line[TLS_WORDS_MAX + 32];

	for (size_t i = 0; !d->is_over && i < f->chain_count; i++) {
		tls_say_certificate(text, &f->chain[i], stamp_wall_s());
		snprintf(line, sizeof(line), "certificate %zu: %.480s", i + 1,
		         text);
		d->steps.on_step(d->steps.user, "certificate", line);
	}
}

void dial_tell_certificates(const struct dial *d, const struct transport *t)
{
	const struct tls_facts *f = facts_to_tell(d, t);

	if (f)
		tell_certificates(d, f);
}

void dial_tell_secured(const struct dial *d, const struct transport *t)
{
	char text[TLS_WORDS_MAX], line[TLS_WORDS_MAX + 64];
	const struct tls_facts *f = facts_to_tell(d, t);

	if (f)
		tell_certificates(d, f);
	if (!f || d->is_over)
		return;
	tls_say_secured(text, f, stamp_wall_s());
	snprintf(line, sizeof(line), "secured by %.480s, after %.1f ms", text,
	         (double)d->timing.tls_us / 1000);
	d->steps.on_step(d->steps.user, "secured", line);
}
