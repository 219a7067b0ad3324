/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is known of TLS, as people read it.  Pure: the caller has the time. */

#ifndef SOCKCHAT_TLS_WORDS_H
#define SOCKCHAT_TLS_WORDS_H

#include <stdint.h>

#include <sockchat/stamp.h>
#include <sockchat/tls.h>

#define TLS_WORDS_MAX 512
#define TLS_SOON_S    (14 * 24 * 60 * 60) /* a certificate ends soon */

/* Write "TLSv1.3 with TLS_AES_256_GCM_SHA384". */
void tls_say_agreed(char out[TLS_WORDS_MAX], const struct tls_facts *f);
/* Write that, and whose certificate it is, and its end. */
void tls_say_secured(char out[TLS_WORDS_MAX], const struct tls_facts *f,
                     int64_t now_s);
/* Write "12 days", "5 hours" or "3 minutes". */
#define TLS_SPAN_MAX 32
void tls_say_span(char out[TLS_SPAN_MAX], int64_t s);
/* Write the day of UTC, in which certificates count: "2026-12-11". */
void tls_say_day(char out[STAMP_TEXT_MAX], int64_t s);
/* Write how long it is good: "until 2026-12-11, ends in 12 days". */
void tls_say_end(char out[TLS_WORDS_MAX], const struct tls_certificate *c,
                 int64_t now_s);
/* Write whose it is, who has signed it and its dates. */
void tls_say_certificate(char out[TLS_WORDS_MAX],
                         const struct tls_certificate *c, int64_t now_s);
/* Write why we know who the peer is, or that we do not. */
void tls_say_trust(char out[TLS_WORDS_MAX], const struct tls_facts *f);

/* Tell all that is known, under a label each; borrowed for the call. */
typedef void tls_row_fn(void *user, const char *label, const char *text);
void tls_rows(const struct tls_facts *f, int64_t now_s, tls_row_fn *fn,
              void *user);

/* Write which certificate we show, "" if none. */
void tls_say_own(char out[TLS_WORDS_MAX], const struct tls *t, int64_t now_s);
/* Tell of the certificate that we show at `where`, or "" in mid-conversation,
 * as notes of these codes; borrowed for the call. */
typedef void tls_note_fn(void *user, const char *code, const char *text);
void tls_own_notes(const struct tls_own *own, const char *where, int64_t now_s,
                   tls_note_fn *on_note, void *user);

#endif
