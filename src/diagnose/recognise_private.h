/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What recognisers are made of.  Spans are for all files of this folder. */

#ifndef DIAGNOSE_RECOGNISE_PRIVATE_H
#define DIAGNOSE_RECOGNISE_PRIVATE_H

#include <sockchat/recognise.h>

/* Bytes that are taken from the front.  Taking more than there are gives
 * zeros, and is remembered. */
struct span {
	const uint8_t *at;
	size_t len;
	bool is_short;
	bool is_all;   /* nothing will follow them */
	bool is_other; /* they are not what was expected */
};

#define DETAIL_MAX 224
#define ANSWER_MAX 80

/* A look at the first bytes for one row. */
struct look {
	struct span s; /* what has not been looked at */
	const struct recogniser *row;
	char detail[DETAIL_MAX]; /* what is found of interest */
	char answer[ANSWER_MAX]; /* in hex, for the hint's ANSWER */
};

typedef enum recognise_result recogniser_fn(struct look *l);

struct recogniser {
	enum recognise_side from;
	const char *name, *code;
	recogniser_fn *fn;
	const char *begins; /* with this */
	const char *has[3]; /* and has one of these, whatever their case */
	const char *hint;
};

#define RECOGNISER_STREAMS 36 /* these come first; then those of datagrams */
#define RECOGNISER_COUNT   47
extern const struct recogniser recognisers[RECOGNISER_COUNT];

/* It is something else unless this holds.  What came short decides nothing. */
void span_expect(struct span *s, bool holds);
/* Take a byte, and expect it to be this one. */
void span_expect_byte(struct span *s, uint8_t value);
/* Expect `part`, which may be cut short, to begin with `text`. */
void span_expect_begin(struct span *s, const struct span *part,
                       const char *text);
/* NO for something else, MORE for what is short, else YES. */
enum recognise_result span_result(const struct span *s);

/* Take bytes from the front.  The part is as long as asked for, or short. */
struct span span_take(struct span *s, size_t len);
uint32_t span_number(struct span *s, size_t size); /* big-endian, 1 to 4 */
/* Up to `end`, which is taken too; a line without its ending. */
struct span span_until(struct span *s, uint8_t end);
struct span span_line(struct span *s);
/* Digits up to CR LF; 0 for none or more than `max`. */
uint32_t span_decimal(struct span *s, uint32_t max);

bool span_is(const struct span *s, const char *text); /* whatever its case */
bool span_has(const struct span *s, const char *text); /* the same */
bool span_has_any(const struct span *s, const char *const texts[3]);
bool span_is_printable(const struct span *s); /* ASCII */
/* YES when it begins with `text`, MORE when it may. */
enum recognise_result span_begins(const struct span *s, const char *text);

/* Add to the detail, as long as all is as expected. */
void detail_text(struct look *l, const char *text);
/* Made safe, and cut. */
void detail_span(struct look *l, const char *before,
                 const struct span *s);

/* recognise_text.c; a banner is one line. */
recogniser_fn banner, http_request, http_upgrade, http_complaint,
    http_response, http_page, redis_array;
/* recognise_binary.c */
recogniser_fn tls_client_hello, tls_alert, http2_settings, mysql_greeting,
    mysql_error, postgres_request, postgres_error, mqtt_connect, socks4, socks5,
    proxy_v2;
/* recognise_datagram.c */
recogniser_fn dns_query, dns_answer, ntp, snmp, syslog_line, coap_request, stun;
/* recognise_telnet.c */
#define TELNET_IAC 255
recogniser_fn telnet;

#endif
