/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The table of recognisers, and what they say. */

#include <stdio.h>
#include <string.h>

#include <sockchat/utf8.h>

#include "recognise_private.h"

#define CLIENT RECOGNISE_CLIENT
#define SERVER RECOGNISE_SERVER

#define HTTP_CLIENT \
	"use `curl -v http://HOST:PORT/`. By hand: `/eol crlf`, then " \
	"`GET / HTTP/1.0` and an empty line"
#define REDIS_CLIENT \
	"use `redis-cli -h HOST -p PORT`. By hand: `PING`, `INFO`"
#define PROXY_FOR \
	"the peer expects a proxy here. `ssh -D PORT SERVER` is one, or let " \
	"the peer connect without a proxy"
#define PROXY_HEADER \
	"a load balancer first tells the client's address, and the client's " \
	"bytes follow. `sockchat listen --proxy-protocol` reads it. " \
	"`send-proxy` (HAProxy) or `proxy_protocol` (nginx) turns it on"

/* The first row that does not say NO gives the answer, so those that look
 * closer stand first. */
const struct recogniser recognisers[RECOGNISER_COUNT] = {
	{ CLIENT, "TLS", "protocol-tls", tls_client_hello, "", { NULL },
	  "this is plain TCP. `/starttls` begins TLS with this peer. `sockchat "
	  "listen --tls-auto PORT` accepts both TLS and plain clients" },
	{ SERVER, "TLS", "protocol-tls", tls_alert, "", { NULL },
	  "the server wants TLS. Connect to `tls://HOST:PORT`" },
	{ SERVER, "TLS", "protocol-tls", http_complaint, "HTTP/1.", { NULL },
	  "the server wants TLS. Connect to `tls://HOST:PORT`, or try "
	  "`curl -v https://HOST:PORT/`" },
	{ CLIENT, "WebSocket", "protocol-websocket", http_upgrade, "HTTP/1.",
	  { NULL },
	  "the answer must hold a hash of Sec-WebSocket-Key. `websocat -s "
	  "PORT` here computes it" },
	{ SERVER, "WebSocket", "protocol-websocket", banner, "HTTP/1.1 101 ",
	  { NULL },
	  "use `websocat ws://HOST:PORT/`" },
	{ CLIENT, "HTTP/1", "protocol-http1", http_request, "HTTP/1.", { NULL },
	  "`/send HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nhi\\n` is "
	  "an answer. `python3 -m http.server PORT` here serves files" },
	{ SERVER, "HTTP/1", "protocol-http1", http_response, "HTTP/1.",
	  { NULL }, HTTP_CLIENT },
	{ SERVER, "HTTP/1", "protocol-http1", http_page, "<!DOCTYPE HTML",
	  { NULL },
	  HTTP_CLIENT },
	{ SERVER, "HTTP/1", "protocol-http1", http_page, "<html", { NULL },
	  HTTP_CLIENT },
	{ CLIENT, "HTTP/2", "protocol-http2", banner, "PRI * HTTP/2.0\r\n",
	  { NULL },
	  "it is binary. Use `nghttpd --no-tls PORT` here, or let the peer "
	  "use HTTP/1.1" },
	{ SERVER, "HTTP/2", "protocol-http2", http2_settings, "", { NULL },
	  "use `curl --http2-prior-knowledge http://HOST:PORT/`. For gRPC: "
	  "`grpcurl -plaintext HOST:PORT list`" },
	{ CLIENT, "RTSP", "protocol-rtsp", http_request, "RTSP/1.", { NULL },
	  "it wants a video stream. Start an RTSP server such as `mediamtx` "
	  "here. By hand: an answer repeats its CSeq" },
	{ SERVER, "RTSP", "protocol-rtsp", http_response, "RTSP/1.", { NULL },
	  "use `ffprobe rtsp://HOST:PORT/`. By hand: `/eol crlf`, then "
	  "`OPTIONS * RTSP/1.0`, `CSeq: 1` and an empty line" },
	{ CLIENT, "SSH", "protocol-ssh", banner, "SSH-", { "SSH-2.0-",
	  "SSH-1." },
	  "it should connect to the port where sshd listens" },
	{ SERVER, "SSH", "protocol-ssh", banner, "SSH-", { "SSH-2.0-",
	  "SSH-1." },
	  "use `ssh -p PORT HOST`" },
	{ SERVER, "SMTP", "protocol-smtp", banner, "220", { "SMTP", "LMTP" },
	  "use `swaks --server HOST:PORT`. By hand: `/eol crlf`, then `EHLO "
	  "localhost`" },
	{ SERVER, "FTP", "protocol-ftp", banner, "220", { "FTP", "FileZilla" },
	  "use `curl -v ftp://HOST:PORT/`. By hand: `/eol crlf`, then `USER "
	  "anonymous`" },
	{ SERVER, "POP3", "protocol-pop3", banner, "+OK ", { "POP", "Dovecot" },
	  "use `curl -v pop3://HOST:PORT/`. By hand: `/eol crlf`, then "
	  "`CAPA`" },
	{ SERVER, "IMAP", "protocol-imap", banner, "* OK", { "IMAP",
	  "Dovecot" },
	  "use `curl -v imap://HOST:PORT/`. By hand: `/eol crlf`, then `a "
	  "CAPABILITY`" },
	{ CLIENT, "Redis", "protocol-redis", redis_array, "", { NULL },
	  "use `redis-server --port PORT` here. By hand: `/send +OK\\r\\n` "
	  "is an answer" },
	{ SERVER, "Redis", "protocol-redis", banner, "-ERR ",
	  { "unknown command '", "unknown command `",
	    "wrong number of arguments for '" },
	  REDIS_CLIENT },
	{ SERVER, "Redis", "protocol-redis", banner, "-NOAUTH ", { NULL },
	  "use `redis-cli -h HOST -p PORT --askpass`. By hand: `AUTH "
	  "PASSWORD`" },
	{ SERVER, "Redis", "protocol-redis", banner, "-DENIED Redis", { NULL },
	  "the server accepts connections only from its own machine until it "
	  "has a password" },
	{ SERVER, "Redis", "protocol-redis", banner, "+PONG\r\n", { NULL },
	  REDIS_CLIENT },
	{ SERVER, "Redis", "protocol-redis", redis_array, "", { NULL },
	  REDIS_CLIENT },
	{ SERVER, "MySQL", "protocol-mysql", mysql_greeting, "", { NULL },
	  "use `mysql -h HOST -P PORT`" },
	{ SERVER, "MySQL", "protocol-mysql", mysql_error, "", { NULL },
	  "no account of the server may be used from this machine" },
	{ CLIENT, "PostgreSQL", "protocol-postgresql", postgres_request, "",
	  { NULL },
	  "it should connect to the port of PostgreSQL, mostly 5432. `/send N` "
	  "declines its wish for encryption" },
	{ SERVER, "PostgreSQL", "protocol-postgresql", postgres_error, "",
	  { NULL },
	  "use `psql -h HOST -p PORT`" },
	{ CLIENT, "MQTT", "protocol-mqtt", mqtt_connect, "", { NULL },
	  "use `mosquitto -p PORT` here. By hand: `/hex 20 02 00 00` accepts "
	  "it (3.1.1)" },
	{ CLIENT, "SOCKS4", "protocol-socks4", socks4, "", { NULL },
	  PROXY_FOR },
	{ CLIENT, "SOCKS5", "protocol-socks5", socks5, "", { NULL },
	  PROXY_FOR },
	{ CLIENT, "the PROXY protocol", "protocol-proxy", banner, "PROXY ",
	  { "PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN" },
	  PROXY_HEADER },
	{ CLIENT, "the PROXY protocol", "protocol-proxy", proxy_v2, "",
	  { NULL }, PROXY_HEADER },
	{ CLIENT, "Telnet", "protocol-telnet", telnet, "", { NULL },
	  "most clients continue without an answer. "
	  "`/hex ANSWER` refuses all of it" },
	{ SERVER, "Telnet", "protocol-telnet", telnet, "", { NULL },
	  "many servers continue without an answer. "
	  "`/hex ANSWER` refuses all of it. Or use `telnet HOST PORT`" },
	{ CLIENT, "DNS", "protocol-dns", dns_query, "", { NULL },
	  "an answer begins with the same two bytes" },
	{ SERVER, "DNS", "protocol-dns", dns_answer, "", { NULL },
	  "use `dig @HOST -p PORT NAME`" },
	{ CLIENT, "NTP", "protocol-ntp", ntp, "", { NULL },
	  "start a time server here, such as `chronyd`" },
	{ SERVER, "NTP", "protocol-ntp", ntp, "", { NULL },
	  "use `chronyd -Q 'server HOST port PORT iburst'`" },
	{ CLIENT, "SNMP", "protocol-snmp", snmp, "", { NULL },
	  "start an agent here, such as `snmpd`. Traps go to `snmptrapd`" },
	{ SERVER, "SNMP", "protocol-snmp", snmp, "", { NULL },
	  "use `snmpwalk -v 2c -c public HOST:PORT`" },
	{ CLIENT, "syslog", "protocol-syslog", syslog_line, "", { NULL },
	  "start `rsyslogd` or `syslog-ng` here. No answer is expected" },
	{ CLIENT, "CoAP", "protocol-coap", coap_request, "", { NULL },
	  "use `coap-server -p PORT` here" },
	{ CLIENT, "SSDP", "protocol-ssdp", banner, "M-SEARCH * HTTP/1.1",
	  { NULL }, "devices that offer what it looks for answer it" },
	{ CLIENT, "STUN", "protocol-stun", stun, "", { NULL },
	  "use `turnserver` here" },
	{ SERVER, "STUN", "protocol-stun", stun, "", { NULL },
	  "use `turnutils_stunclient -p PORT HOST`" },
};

_Static_assert(RECOGNISER_COUNT <= 64, "rows are bits of 64");

/* The frames of protocols whose messages are no lines. */
static const char *frame_of(const char *name)
{
	static const char *const rows[][2] = {
		{ "Redis", "resp" },
		{ "MySQL", "mysql" },
		{ "PostgreSQL", "postgres" },
		{ "MQTT", "mqtt" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i][0], name) == 0)
			return rows[i][1];
	return NULL;
}

/* In place of a hint that needs a host or a port. */
#define UNIX_HINT \
	"many programs have an option for a unix socket, such as `curl " \
	"--unix-socket`, `redis-cli -s` and `mysql -S`"
#define UNIX_TLS_HINT \
	"the other side wants TLS. Start sockchat with --tls and this socket"

static const char *hint_of(const struct recogniser *r, const char *where)
{
	bool has_place = strstr(r->hint, "HOST") || strstr(r->hint, "PORT");
	if (!has_place || strncmp(where, "unix:", 5) != 0)
		return r->hint;
	return strcmp(r->name, "TLS") == 0 ? UNIX_TLS_HINT : UNIX_HINT;
}

static size_t put_in_hint(char *out, size_t used, const char *text, size_t len)
{
	size_t room = RECOGNISE_TEXT_MAX - 1 - used;
	memcpy(out + used, text, len < room ? len : room);
	return used + (len < room ? len : room);
}

struct hint_word {
	const char *word, *text; /* NULL: the end of a list */
	size_t len;              /* of what stands for it */
};

/* Write the hint with what stands for its words. */
static void replace_words(char *out, const char *hint,
                          const struct hint_word *words)
{
	size_t used = 0, n;
	for (; *hint; hint += n) {
		const struct hint_word *w = words;
		while (w->word && strncmp(hint, w->word, strlen(w->word)) != 0)
			w++;
		n = w->word ? strlen(w->word) : 1;
		used = put_in_hint(out, used, w->word ? w->text : hint,
		                   w->word ? w->len : 1);
	}
	out[used] = '\0';
}

/* Write the row's hint with this place and answer in it; a host without its
 * port stands without brackets.  Through TLS, other programs need its like. */
static void write_hint(char *out, const char *hint, const char *where,
                       const char *answer, bool is_tls)
{
	const char *colon = strrchr(where, ':');
	size_t len = colon ? (size_t)(colon - where) : strlen(where);
	const char *port = colon ? colon + 1 : "";
	size_t bracket = where[0] == '[' && len > 1;
	const struct hint_word words[] = {
		{ "HOST:PORT", where, strlen(where) },
		{ "HOST", where + bracket, len - 2 * bracket },
		{ "PORT", port, strlen(port) },
		{ "ANSWER", answer, strlen(answer) },
		{ is_tls ? "://" : NULL, "s://", 4 },
		{ "redis-cli ", "redis-cli --tls ", 16 },
		{ "swaks ", "swaks --tlsc ", 13 },
		{ "-plaintext ", "", 0 },
		{ NULL, NULL, 0 },
	};
	replace_words(out, hint, words);
}

static const char *bare(const char *where)
{
	return strncmp(where, "tls://", 6) == 0 ? where + 6 : where;
}

/* Look at the bytes for one row. */
static enum recognise_result try_row(struct recognised *out, unsigned i,
                                     const struct span *s,
                                     const struct speaker *from)
{
	const struct recogniser *r = &recognisers[i];
	const char *where = bare(from->where);
	struct look l = { .s = *s, .row = r, .detail = "" };
	enum recognise_result result = r->fn(&l);
	if (result != RECOGNISE_YES)
		return result;
	out->row = i;
	out->name = r->name;
	out->code = r->code;
	out->frame = frame_of(r->name);
	snprintf(out->text, sizeof(out->text),
	         "what the peer sends looks like %s%s%s", r->name,
	         *l.detail ? ": " : "", l.detail);
	write_hint(out->hint, hint_of(r, where), where, l.answer,
	           from->is_over_tls && strcmp(r->name, "TLS") != 0);
	return result;
}

enum recognise_result recognise(struct recognised *out, const uint8_t *bytes,
                                size_t len, bool is_all,
                                const struct speaker *from)
{
	struct span s = { .at = bytes, .len = len, .is_all = is_all };
	if (len >= RECOGNISE_MAX) {
		s.len = RECOGNISE_MAX;
		s.is_all = true;
	}
	unsigned i = from->has_datagrams ? RECOGNISER_STREAMS : 0;
	unsigned end = from->has_datagrams ? RECOGNISER_COUNT
	                                   : RECOGNISER_STREAMS;
	for (; i < end; i++) {
		if (recognisers[i].from != from->side)
			continue;
		enum recognise_result result = try_row(out, i, &s, from);
		if (result == RECOGNISE_YES ||
		    (result == RECOGNISE_MORE && !s.is_all))
			return result;
	}
	return RECOGNISE_NO;
}

bool recognise_later(struct recognised *out, const uint8_t *bytes, size_t len,
                     const struct speaker *from)
{
	const uint8_t *at = len ? memchr(bytes, TELNET_IAC, len) : NULL;
	if (!at || !utf8_is_valid(bytes, (size_t)(at - bytes)))
		return false;
	struct span s = {
		.at = at, .len = len - (size_t)(at - bytes), .is_all = true,
	};
	for (unsigned i = 0; i < RECOGNISER_COUNT; i++)
		if (recognisers[i].fn == telnet &&
		    recognisers[i].from == from->side)
			return try_row(out, i, &s, from) == RECOGNISE_YES;
	return false;
}
