/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Facts of TLS in words. */

#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/number.h>
#include <sockchat/stamp.h>
#include <sockchat/tls_words.h>

#define HOUR_S (60 * 60)
#define DAY_S  (24 * HOUR_S)

void tls_say_agreed(char out[TLS_WORDS_MAX], const struct tls_facts *f)
{
	snprintf(out, TLS_WORDS_MAX, "%s with %s%s%s%s", f->version, f->cipher,
	         *f->group ? ", key exchange " : "", f->group,
	         f->is_resumed ? ", resumed" : "");
}

void tls_say_span(char out[TLS_SPAN_MAX], int64_t s)
{
	int64_t unit = s >= 2 * DAY_S ? DAY_S : s >= 2 * HOUR_S ? HOUR_S : 60;
	unsigned long long count = (unsigned long long)(s / unit);

	snprintf(out, TLS_SPAN_MAX, "%llu %s%s", count,
	         unit == DAY_S    ? "day"
	         : unit == HOUR_S ? "hour"
	                          : "minute",
	         plural(count));
}

void tls_say_day(char out[STAMP_TEXT_MAX], int64_t s)
{
	stamp_format_utc(out, s * 1000000);
	out[STAMP_DAY] = '\0';
}

/* "ends in 12 days" */
static void add_age(char out[TLS_WORDS_MAX], const struct tls_certificate *c,
                    int64_t now_s)
{
	char span[TLS_SPAN_MAX];

	if (now_s < c->begin_s) {
		tls_say_span(span, c->begin_s - now_s);
		text_add(out, TLS_WORDS_MAX, "NOT YET VALID: begins in %s",
		         span);
	} else if (now_s > c->end_s) {
		tls_say_span(span, now_s - c->end_s);
		text_add(out, TLS_WORDS_MAX, "EXPIRED %s ago", span);
	} else {
		tls_say_span(span, c->end_s - now_s);
		text_add(out, TLS_WORDS_MAX, "ends in %s", span);
	}
}

void tls_say_end(char out[TLS_WORDS_MAX], const struct tls_certificate *c,
                 int64_t now_s)
{
	char day[STAMP_TEXT_MAX];

	tls_say_day(day, c->end_s);
	snprintf(out, TLS_WORDS_MAX, "until %s, ", day);
	add_age(out, c, now_s);
}

void tls_say_secured(char out[TLS_WORDS_MAX], const struct tls_facts *f,
                     int64_t now_s)
{
	char end[TLS_WORDS_MAX];

	snprintf(out, TLS_WORDS_MAX, "%s with %s", f->version, f->cipher);
	if (*f->sni)
		text_add(out, TLS_WORDS_MAX, ", for %s", f->sni);
	if (*f->alpn)
		text_add(out, TLS_WORDS_MAX, ", ALPN %s", f->alpn);
	if (!f->chain_count) {
		text_add(out, TLS_WORDS_MAX, ", no certificate from the peer");
		return;
	}
	tls_say_end(end, &f->chain[0], now_s);
	text_add(out, TLS_WORDS_MAX, ", certificate %s valid %s%s",
	         f->chain[0].subject, end,
	         f->trust == TLS_TRUST_ANYONE ? ", NOT VERIFIED" : "");
}

static const char *issuer_of(const struct tls_certificate *c)
{
	return strcmp(c->subject, c->issuer) ? c->issuer : "itself";
}

void tls_say_certificate(char out[TLS_WORDS_MAX],
                         const struct tls_certificate *c, int64_t now_s)
{
	char from[STAMP_TEXT_MAX], to[STAMP_TEXT_MAX];

	tls_say_day(from, c->begin_s);
	tls_say_day(to, c->end_s);
	snprintf(out, TLS_WORDS_MAX, "%s, signed by %s, from %s to %s, ",
	         c->subject, issuer_of(c), from, to);
	add_age(out, c, now_s);
}

void tls_say_trust(char out[TLS_WORDS_MAX], const struct tls_facts *f)
{
	size_t count = f->chain_count;

	if (f->trust == TLS_TRUST_REFUSED)
		snprintf(out, TLS_WORDS_MAX, "no, so we left");
	else if (f->trust == TLS_TRUST_CHAIN)
		snprintf(out, TLS_WORDS_MAX,
		         "yes, the chain leads to %s, which is trusted here",
		         count ? f->chain[count - 1].subject : "nobody");
	else if (f->trust == TLS_TRUST_PIN)
		snprintf(out, TLS_WORDS_MAX,
		         "yes, its key is the one that --tls-pin gives");
	else if (f->trust == TLS_TRUST_CLIENT)
		snprintf(out, TLS_WORDS_MAX,
		         "no, clients are not asked who they are "
		         "(--tls-client-ca asks)");
	else
		snprintf(out, TLS_WORDS_MAX, "NO (--tls-insecure): %s",
		         f->doubt ? f->doubt
		                  : "but it would have passed without that");
}

static void tell_chain(const struct tls_facts *f, tls_row_fn *fn, void *user)
{
	char text[TLS_WORDS_MAX] = "", day[STAMP_TEXT_MAX];

	for (size_t i = 1; i < f->chain_count; i++) {
		tls_say_day(day, f->chain[i].end_s);
		if (!text_add(text, sizeof(text), "%s%s until %s",
		              i > 1 ? ", then " : "", f->chain[i].subject, day))
			break;
	}
	fn(user, "signed by", *text ? text : issuer_of(&f->chain[0]));
}

static void tell_certificate(const struct tls_facts *f, int64_t now_s,
                             tls_row_fn *fn, void *user)
{
	char text[TLS_WORDS_MAX];

	if (!f->chain_count) {
		fn(user, "certificate", "the peer has sent none");
		return;
	}
	snprintf(text, sizeof(text), "%s, for %s", f->chain[0].subject,
	         f->names);
	fn(user, "certificate", text);
	tls_say_end(text, &f->chain[0], now_s);
	fn(user, "valid", text);
	tell_chain(f, fn, user);
	fn(user, "pin", f->pin);
}

void tls_rows(const struct tls_facts *f, int64_t now_s, tls_row_fn *fn,
              void *user)
{
	char text[TLS_WORDS_MAX];

	tls_say_agreed(text, f);
	fn(user, "TLS", text);
	tls_say_trust(text, f);
	fn(user, "verified", text);
	tell_certificate(f, now_s, fn, user);
	fn(user, "ALPN", *f->alpn ? f->alpn : "none");
	fn(user, "SNI", *f->sni ? f->sni : "none");
}

/* Ours */

/* How a client may trust just this key.  With -k curl still checks the pin. */
static void tell_way(const struct tls_own *own, const char *where,
                     tls_note_fn *on_note, void *user)
{
	char text[TLS_WORDS_MAX];

	snprintf(text, sizeof(text), "to trust it: %s--tls-pin %s%s%s",
	         *where ? "sockchat connect --tls " : "", own->pin,
	         *where ? " " : "", where);
	if (*where && strncmp(where, "unix:", 5) != 0)
		text_add(text, sizeof(text), "; curl -k --pinnedpubkey %s "
		         "https://%s/", own->pin, where);
	on_note(user, "tls-pin", text);
}

static void tell_own_end(const struct tls_certificate *c, int64_t now_s,
                         tls_note_fn *on_note, void *user)
{
	char text[TLS_WORDS_MAX];
	bool is_good = now_s >= c->begin_s && now_s <= c->end_s;

	if (is_good && c->end_s - now_s > TLS_SOON_S)
		return;
	snprintf(text, sizeof(text), "the certificate of --tls-cert: ");
	add_age(text, c, now_s);
	text_add(text, sizeof(text), is_good ? "; renew it"
	                                     : "; clients refuse it");
	on_note(user, "tls-expiring", text);
}

void tls_own_notes(const struct tls_own *own, const char *where, int64_t now_s,
                   tls_note_fn *on_note, void *user)
{
	char text[TLS_WORDS_MAX], until[TLS_WORDS_MAX];

	if (own->is_temporary) {
		snprintf(text, sizeof(text), "no --tls-cert: this certificate "
		         "is temporary, SHA-256 %s", own->fingerprint);
		on_note(user, "tls-temporary", text);
		tell_way(own, where, on_note, user);
		return;
	}
	tls_say_end(until, &own->certificate, now_s);
	snprintf(text, sizeof(text), "certificate %s, %.100s, pin %s",
	         own->certificate.subject, until, own->pin);
	on_note(user, "tls-certificate", text);
	tell_own_end(&own->certificate, now_s, on_note, user);
}

void tls_say_own(char out[TLS_WORDS_MAX], const struct tls *t, int64_t now_s)
{
	char until[TLS_WORDS_MAX];
	struct tls_own own;

	*out = '\0';
	if (!t || !tls_own(t, &own))
		return;
	tls_say_end(until, &own.certificate, now_s);
	snprintf(out, TLS_WORDS_MAX, "%s, %.80s, --tls-pin %s, SHA-256 %s",
	         own.certificate.subject, until, own.pin, own.fingerprint);
}
