/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the parts of a talk with a proxy share: what is asked, and how it fails.
 * proxy_words.c has it; proxy_socks.c and proxy_http.c are the protocols, and
 * proxy_talk.c chooses one.  Each calls those before it alone. */

#ifndef NET_PROXY_WORDS_H
#define NET_PROXY_WORDS_H

#include "proxy_talk.h"

#define CODE_REFUSED     "PROXY_REFUSED"
#define CODE_UNREACHABLE "PROXY_UNREACHABLE"
#define CODE_LOGIN       "PROXY_LOGIN"
#define CODE_PROTOCOL    "PROXY_PROTOCOL"
#define CODE_CLOSED      "PROXY_CLOSED"

#define HINT_NO_USER                                                           \
	"write the user before the proxy's host, as in USER@HOST:PORT; the "   \
	"password is taken from SOCKCHAT_PROXY_PASSWORD, or asked for"
#define HINT_PASSWORD                                                          \
	"check the user in --proxy and the password (SOCKCHAT_PROXY_PASSWORD)"
#define HINT_POLICY                                                            \
	"its rules decide which hosts and ports it connects to: ask whoever "  \
	"runs it"
#define HINT_TARGET                                                            \
	"the proxy works, and the address behind it does not: check host and " \
	"port; names are looked up by the proxy"
#define HINT_PROTOCOL                                                          \
	"check the port and the kind of proxy: socks4://, socks5:// or http://"
#define HINT_IDENT                                                             \
	"it wants to know from this machine (identd) who connects: use "       \
	"socks5://, or another proxy"
#define HINT_HEADERS                                                           \
	"it may be no proxy, or something between here and there adds to its " \
	"answers"
#define HINT_METHOD                                                            \
	"sockchat logs in by user and password alone; a proxy on this "        \
	"machine that knows NTLM or Kerberos, as cntlm and px do, can stand "  \
	"in between"
#define HINT_SILENT                                                            \
	"the proxy took the connection and is silent: it may be another kind " \
	"of proxy, or still be connecting"
#define HINT_CLOSED                                                            \
	"the proxy's log may say why; it may not let this machine in, or "     \
	"speak another protocol"

/* The first request of each protocol. */
proxy_talk_fn proxy_ask_socks4, proxy_ask_socks5, proxy_ask_http;

/* Add to what is asked; all of it is bounded by PROXY_REQUEST_MAX. */
void talk_append(struct proxy_talk *t, const void *bytes, size_t len);

/* All that is asked has been added: `on_whole` gets the answer once it has
 * `wanted` bytes, and may raise `wanted` for more of it. */
void talk_ask(struct proxy_talk *t, size_t wanted, proxy_talk_fn *on_whole);

/* True if the answer begins so, as far as it has come. */
bool talk_begins_with(const struct proxy_talk *t, const char *text);

/* Write 'it says "..."': the proxy's bytes, made visible, as far as there is
 * room. */
void talk_quote(char out[PROXY_SAID_MAX], const uint8_t *bytes, size_t len);

/* It has failed.  The texts are static; the result has room for what the proxy
 * says. */
struct proxy_fault *talk_fail(struct proxy_talk *t, const char *code,
                              const char *verb, const char *hint);

/* The proxy asks for a login, or does not take the one that it got. */
struct proxy_fault *talk_fail_login(struct proxy_talk *t);

/* What has come is no answer in the proxy's protocol. */
void talk_fail_protocol(struct proxy_talk *t);

#endif
