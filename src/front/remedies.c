/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the doctor makes of failures. */

#include <string.h>

#include "doctor.h"

/* What the same code means when it comes so late, or on such a way. */
#define PROXY_TIMEOUT "PROXY_TIMEOUT"
#define TLS_TIMEOUT   "TLS_TIMEOUT"
#define TLS_RESET     "TLS_RESET"
#define UDP_REFUSED   "UDP_REFUSED"

#define HERE    "here"    /* this machine, or an option */
#define NETWORK "network" /* what is between us and them */
#define SERVER  "server"
#define PROXY   "proxy"
#define CLOCK   "clock"
#define TRUST   "trust"   /* nobody has done anything wrong */

#define NEXT_CLIENT                                                            \
	"give a certificate that the server knows: --tls-cert FILE and "       \
	"--tls-key FILE"
#define NEXT_RENEW                                                             \
	"ask whoever runs the server to renew it. If `date` is wrong here, "   \
	"set it"
#define NEXT_OLD                                                               \
	"use --tls-min 1.0, which allows old TLS. If that is not it, look at " \
	"the server's settings"

const struct remedy doctor_remedies[] = {
	{ "ECONNREFUSED", SERVER,
	  "its host answers, but no program listens there",
	  "start the server. `ss -ltn` on its host shows what listens" },
	{ UDP_REFUSED, SERVER,
	  "its host answers by ICMP: no program has that port",
	  "start the server. `ss -lun` on its host shows who has which" },
	{ "ECONNRESET", SERVER, "something there drops connections at once",
	  "look at the server's log, or the firewall in front of it" },
	{ "ETIMEDOUT", NETWORK, "nobody answers at all",
	  "try another port of that host: if one answers, a firewall guards "
	  "this one" },
	{ "EHOSTUNREACH", NETWORK, "its network is there, its host is not",
	  "check with `ip neighbour` and `ping`: is the host up, and the "
	  "address right?" },
	{ "ENETUNREACH", HERE, "this machine has no route there",
	  "check with `ip route`: is the interface up, and the VPN?" },
	{ "EACCES", HERE, "this machine blocks the connection",
	  "look at `ip route get` and `nft list ruleset`, as root" },
	{ "EPERM", HERE, "this machine blocks the connection",
	  "`nft list ruleset`, as root" },
	{ "EAI_NONAME", HERE, "the name does not exist",
	  "check the spelling, or give the numeric address" },
	{ "EAI_AGAIN", NETWORK,
	  "no name server answers: the port was never asked",
	  "use the numeric address, or ask `getent ahosts` about the name" },
	{ "PROXY_REFUSED", PROXY,
	  "the proxy works, but refuses to connect us",
	  "ask whoever runs the proxy for its rules" },
	{ "PROXY_UNREACHABLE", SERVER,
	  "the proxy works, but could not connect to the server behind it",
	  "do the same from the proxy's own machine, or without the proxy" },
	{ "PROXY_LOGIN", HERE, "the proxy does not let us in",
	  "check the user in --proxy, and SOCKCHAT_PROXY_PASSWORD" },
	{ "PROXY_PROTOCOL", HERE, "what answers there is not a proxy of this "
	                          "kind",
	  "check the proxy's port, and its kind: socks5://, socks4:// or "
	  "http://" },
	{ "PROXY_CLOSED", PROXY,
	  "the proxy hangs up before it connects us",
	  "look at the proxy's log" },
	{ PROXY_TIMEOUT, PROXY, "nobody answers through the proxy",
	  "run `sockchat connect -z` to the proxy itself, and look at its "
	  "log" },
	{ "TLS_EXPIRED", SERVER,
	  "the server's certificate has expired, or the clock here is wrong",
	  NEXT_RENEW },
	{ "TLS_NOT_YET_VALID", CLOCK,
	  "the server's certificate is not valid yet: a clock is wrong, "
	  "probably ours",
	  "check `date` here, and where the certificate was made" },
	{ "TLS_SELF_SIGNED", TRUST,
	  "the server speaks TLS, but nobody else confirms who it is",
	  "compare that pin with the server's own, and give it with --tls-pin. "
	  "Or give its certificate with --tls-ca" },
	{ "TLS_UNKNOWN_AUTHORITY", TRUST,
	  "the server speaks TLS, but this machine does not trust the signer "
	  "of its certificate: a private authority, or something on the way "
	  "that opens TLS (a filter, a virus scanner)",
	  "give the authority's certificate with --tls-ca FILE, if you know "
	  "it" },
	{ "TLS_UNKNOWN_ISSUER", SERVER,
	  "the server does not send all its certificates, up to one that is "
	  "trusted here. That is its fault, unless the authority is private",
	  "set the server's certificate to the file with the whole chain. Or "
	  "use --tls-ca FILE" },
	{ "TLS_WRONG_NAME", SERVER,
	  "the server's certificate is for other names: it is another server, "
	  "or you used a wrong name",
	  "use one of those names as HOST, or --tls-sni NAME" },
	{ "TLS_WRONG_PURPOSE", SERVER,
	  "the server's certificate is not meant for servers",
	  "ask whoever runs the server to use another certificate" },
	{ "TLS_WEAK", SERVER, "the server's TLS is too weak for today's rules",
	  NEXT_OLD },
	{ "TLS_PIN", TRUST,
	  "the server's key is not the one in --tls-pin: it is new, or "
	  "somebody is in the middle",
	  "ask whoever runs the server for its pin" },
	{ "TLS_CERTIFICATE", SERVER, "the server's certificate is not valid",
	  "look at it with `openssl x509 -noout -text`" },
	{ "TLS_PLAIN", HERE, "it works, but it does not speak TLS",
	  "" },
	{ "TLS_VERSION", SERVER, "the server and we share no version of TLS",
	  NEXT_OLD },
	{ "TLS_ALERT_PROTOCOL_VERSION", SERVER,
	  "the server and we share no version of TLS", NEXT_OLD },
	{ "TLS_CIPHER", SERVER, "the server and we share no cipher", NEXT_OLD },
	{ "TLS_ALERT_HANDSHAKE_FAILURE", SERVER,
	  "the server accepts nothing that we offer: no cipher, or it wants "
	  "our certificate", NEXT_OLD ". Or " NEXT_CLIENT },
	{ "TLS_ALERT_CERTIFICATE_REQUIRED", HERE,
	  "the server wants to know who we are", NEXT_CLIENT },
	{ "TLS_ALERT_BAD_CERTIFICATE", HERE,
	  "the server does not accept our certificate", NEXT_CLIENT },
	{ "TLS_ALERT_UNKNOWN_CA", HERE,
	  "the server does not trust the signer of our "
	  "certificate", NEXT_CLIENT },
	{ "TLS_ALERT_UNRECOGNIZED_NAME", HERE,
	  "the server has nothing under that name", "--tls-sni NAME" },
	{ "TLS_ALERT_NO_APPLICATION_PROTOCOL", HERE,
	  "the server speaks no protocol of --tls-alpn", "--tls-alpn LIST" },
	{ "TLS_ALPN", HERE, "the server speaks no protocol of --tls-alpn",
	  "--tls-alpn LIST" },
	{ "TLS_DAMAGED", NETWORK,
	  "something on the way changes bytes, or the server does",
	  "do the same from another network" },
	{ "TLS_ENDED", SERVER,
	  "the server, or something before it, hangs up in the handshake",
	  "look at the server's log: is this a TLS port?" },
	{ TLS_RESET, SERVER,
	  "the server, or something before it, resets in the handshake",
	  "look at the server's log: is this a TLS port?" },
	{ TLS_TIMEOUT, SERVER,
	  "the port is open, but nobody answers our handshake: it is not a TLS "
	  "port, or the server hangs",
	  "" },
	{ "TLS_ALERT", SERVER, "the server refused our handshake",
	  "look at the server's log" },
	{ "TLS_PROTOCOL", SERVER, "the TLS handshake failed",
	  "look at the server's log" },
	{ "", NETWORK, "it cannot be reached",
	  "use `sockchat connect -v`, which shows each step" },
};

/* At this step the code means something else. */
static const struct {
	const char *step, *code, *meaning;
} late[] = {
	{ "proxy", "ETIMEDOUT", PROXY_TIMEOUT },
	{ "datagram", "ECONNREFUSED", UDP_REFUSED },
	{ "handshake", "ETIMEDOUT", TLS_TIMEOUT },
	{ "handshake", "ECONNRESET", TLS_RESET },
};

static const struct remedy *find_exact(const char *code)
{
	const struct remedy *r = doctor_remedies;
	while (*r->code && strcmp(r->code, code) != 0)
		r++;
	return r;
}

const struct remedy *doctor_remedy(const char *step, const char *code)
{
	for (size_t i = 0; i < sizeof(late) / sizeof(late[0]); i++)
		if (strcmp(late[i].step, step) == 0 &&
		    strcmp(late[i].code, code) == 0)
			return find_exact(late[i].meaning);
	const struct remedy *r = find_exact(code);
	if (!*r->code && strncmp(code, "TLS_ALERT", 9) == 0)
		return find_exact("TLS_ALERT");
	if (!*r->code && strncmp(code, "TLS_", 4) == 0)
		return find_exact("TLS_PROTOCOL");
	return r;
}
