/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a server answers to the wish for TLS in mid-conversation (STARTTLS), and
 * whether somebody else's bytes stand behind it. */

#ifndef SOCKCHAT_CONSENT_H
#define SOCKCHAT_CONSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum consent {
	CONSENT_WAITS,    /* nothing has come, or lines that others follow */
	CONSENT_PART,     /* the last line has no end: it may have none */
	CONSENT_GIVEN,
	CONSENT_REFUSED,  /* with a word of SMTP, FTP, IMAP, POP3 … */
	CONSENT_EXCEEDED, /* more bytes stand behind the answer */
	CONSENT_OTHER,    /* several lines of a protocol that is not known */
};

/* Judge all that has come since the question.  `is_all`: nothing more is waited
 * for, so a last line without its end may be a refusal, PostgreSQL's or XMPP's.
 * A line of any other protocol is a consent. */
enum consent consent_judge(const uint8_t *bytes, size_t len, bool is_all);

#endif
