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
	"--tls-cert FILE and --tls-key FILE with a certificate that the "      \
	"server knows"
#define NEXT_RENEW                                                             \
	"whoever runs the server renews it; if `date` is wrong here, set it"
#define NEXT_OLD                                                               \
	"--tls-min 1.0 takes what is old; the server's settings, if it is "    \
	"not"

const struct remedy doctor_remedies[] = {
	{ "ECONNREFUSED", SERVER,
	  "its host answers, but no program listens there",
	  "start the server; `ss -ltn` on its host shows what listens" },
	{ UDP_REFUSED, SERVER,
	  "its host answers by ICMP: no program has that port",
	  "start the server; `ss -lun` on its host shows who has which" },
	{ "ECONNRESET", SERVER, "something there drops connections at once",
	  "the server's log, or the firewall in front of it" },
	{ "ETIMEDOUT", NETWORK, "nobody answers at all",
	  "another port of that host: if one answers, a firewall guards this "
	  "one" },
	{ "EHOSTUNREACH", NETWORK, "its network is there, its host is not",
	  "`ip neighbour` and `ping`: is the host up, and the address right?" },
	{ "ENETUNREACH", HERE, "this machine knows no way there",
	  "`ip route`: is the interface up, and the VPN?" },
	{ "EACCES", HERE, "this machine does not let it out",
	  "`ip route get` and `nft list ruleset`, as root" },
	{ "EPERM", HERE, "this machine does not let it out",
	  "`nft list ruleset`, as root" },
	{ "EAI_NONAME", HERE, "the name leads nowhere",
	  "check the spelling, or give the numeric address" },
	{ "EAI_AGAIN", NETWORK,
	  "no name server answers: the port was never asked",
	  "the numeric address, or `getent ahosts` with the name" },
	{ "PROXY_REFUSED", PROXY,
	  "the proxy works, and does not want to connect us",
	  "its rules, which whoever runs it knows" },
	{ "PROXY_UNREACHABLE", SERVER,
	  "the proxy works, and could not connect to what is behind it",
	  "the same from the proxy's own machine, or without the proxy" },
	{ "PROXY_LOGIN", HERE, "the proxy does not let us in",
	  "the user in --proxy, and SOCKCHAT_PROXY_PASSWORD" },
	{ "PROXY_PROTOCOL", HERE, "what answers there is not such a proxy",
	  "the proxy's port, and its kind: socks5://, socks4:// or http://" },
	{ "PROXY_CLOSED", PROXY,
	  "the proxy hangs up before it has connected us",
	  "the proxy's log" },
	{ PROXY_TIMEOUT, PROXY, "nobody answers on the way through the proxy",
	  "`sockchat connect -z` to the proxy itself, and its log" },
	{ "TLS_EXPIRED", SERVER,
	  "the server's certificate is over, or the clock here is wrong",
	  NEXT_RENEW },
	{ "TLS_NOT_YET_VALID", CLOCK,
	  "the server's certificate is of a time to come: a clock is wrong, "
	  "most likely ours",
	  "`date` here, and where the certificate was made" },
	{ "TLS_SELF_SIGNED", TRUST,
	  "the server speaks TLS, and only itself says who it is",
	  "compare that pin with the server's own, and give it by --tls-pin; "
	  "or its certificate by --tls-ca" },
	{ "TLS_UNKNOWN_AUTHORITY", TRUST,
	  "the server speaks TLS, and this machine does not trust who has "
	  "signed for it: a private authority, or something on the way that "
	  "opens TLS (a filter, a virus scanner)",
	  "--tls-ca FILE with the authority's certificate, if you know it" },
	{ "TLS_UNKNOWN_ISSUER", SERVER,
	  "the server does not send all certificates up to one that is "
	  "trusted here, which is its fault unless the authority is private",
	  "the server's setting for its certificate: the file with the whole "
	  "chain; or --tls-ca FILE" },
	{ "TLS_WRONG_NAME", SERVER,
	  "the server shows a certificate for other names: it is another "
	  "server, or called by a wrong name",
	  "one of those names as HOST, or --tls-sni NAME" },
	{ "TLS_WRONG_PURPOSE", SERVER,
	  "the server's certificate is not one for servers",
	  "whoever runs the server needs another certificate" },
	{ "TLS_WEAK", SERVER, "the server is too weak for today's rules",
	  NEXT_OLD },
	{ "TLS_PIN", TRUST,
	  "the server has another key than --tls-pin says: a new one, or "
	  "somebody stands between",
	  "ask whoever runs the server for its pin" },
	{ "TLS_CERTIFICATE", SERVER, "the server's certificate is not good",
	  "`openssl x509 -noout -text` with the server's certificate" },
	{ "TLS_PLAIN", HERE, "it works, but it does not speak TLS",
	  "" },
	{ "TLS_VERSION", SERVER, "the server and we share no version of TLS",
	  NEXT_OLD },
	{ "TLS_ALERT_PROTOCOL_VERSION", SERVER,
	  "the server and we share no version of TLS", NEXT_OLD },
	{ "TLS_CIPHER", SERVER, "the server and we share no cipher", NEXT_OLD },
	{ "TLS_ALERT_HANDSHAKE_FAILURE", SERVER,
	  "the server takes nothing of what we offer: no cipher, or it wants "
	  "a certificate of ours", NEXT_OLD "; " NEXT_CLIENT },
	{ "TLS_ALERT_CERTIFICATE_REQUIRED", HERE,
	  "the server wants to know who we are", NEXT_CLIENT },
	{ "TLS_ALERT_BAD_CERTIFICATE", HERE,
	  "the server does not accept who we are", NEXT_CLIENT },
	{ "TLS_ALERT_UNKNOWN_CA", HERE,
	  "the server does not trust who has signed for us", NEXT_CLIENT },
	{ "TLS_ALERT_UNRECOGNIZED_NAME", HERE,
	  "the server has nothing under that name", "--tls-sni NAME" },
	{ "TLS_ALERT_NO_APPLICATION_PROTOCOL", HERE,
	  "the server speaks no protocol of --tls-alpn", "--tls-alpn LIST" },
	{ "TLS_ALPN", HERE, "the server speaks no protocol of --tls-alpn",
	  "--tls-alpn LIST" },
	{ "TLS_DAMAGED", NETWORK,
	  "something on the way changes bytes, or the server does",
	  "the same from another network" },
	{ "TLS_ENDED", SERVER,
	  "the server, or something before it, hangs up in the handshake",
	  "the server's log; is it a port for TLS?" },
	{ TLS_RESET, SERVER,
	  "the server, or something before it, resets in the handshake",
	  "the server's log; is it a port for TLS?" },
	{ TLS_TIMEOUT, SERVER,
	  "the port is open, but nobody answers our handshake: it is no port "
	  "for TLS, or the server hangs",
	  "" },
	{ "TLS_ALERT", SERVER, "the server has refused our handshake",
	  "the server's log" },
	{ "TLS_PROTOCOL", SERVER, "the TLS handshake has failed",
	  "the server's log" },
	{ "", NETWORK, "it can't be reached",
	  "`sockchat connect -v` says each step" },
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
