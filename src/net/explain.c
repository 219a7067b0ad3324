/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why a connection failed: the sentence, and what it most likely means.  All
 * wording about the network stands here. */

#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/explain.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>

#include "explain_here.h"

#define SHOWN_MAX 128
#define HOSTS_MAX 100

#define HINT_DESCRIPTORS                                                       \
	"raise the limit on open files (ulimit -n), or close something"
#define HINT_FAMILY "IPv6 may be switched off here: try -4"
#define HINT_MEMORY "close some programs, and try again"
#define HINT_LINK   "`ip link` shows the interfaces"
#define HINT_PROHIBITED                                                        \
	"a firewall rule or a prohibit route on this machine blocks it"
#define HINT_ROUTE                                                             \
	"the interface or a VPN may be down. `ip route` shows the routes"
#define HINT_SILENT                                                            \
	"the host may be down, a firewall may drop our packets, or the "       \
	"server does not accept connections and its queue is full"
#define HINT_GONE                                                              \
	"the host may be down, or something on the way drops our packets"
#define HINT_SCOPE                                                             \
	"a link-local address needs its interface: fe80::1%eth0"

static const struct wording connect_wordings[] = {
	{ ECONNREFUSED, "connection refused", "",
	  " is reachable, but nothing listens on that port",
	  "start the server, or run `ss -ltn` on its machine to see where it "
	  "listens" },
	{ ECONNRESET, "connection reset", "",
	  " accepted the connection and dropped it at once",
	  "the server may be full or crashing, or a proxy or firewall on the "
	  "way blocks us" },
	{ ETIMEDOUT, "timed out", "", " does not answer", HINT_SILENT },
	{ ECANCELED, "no answer", "", " had not answered when another address "
	                              "did", "" },
	{ EHOSTUNREACH, "host unreachable", "nobody answers at ", "",
	  "the host is down or not on this network, or a firewall on the way "
	  "blocks us" },
	{ ENETUNREACH, "network unreachable", "there is no route to ", "",
	  HINT_ROUTE },
	{ ENETDOWN, "network down", "no interface is up for ", "",
	  HINT_LINK },
	{ EACCES, "not permitted", "this system forbids connections to ", "",
	  HINT_PROHIBITED },
	{ EPERM, "not permitted", "this system forbids connections to ", "",
	  HINT_PROHIBITED },
	{ EADDRNOTAVAIL, "no local address",
	  "none is free for a connection to ", "",
	  "the ephemeral ports may all be in use (`ss -s`), or no interface "
	  "has an address of that family" },
	{ EADDRINUSE, "local address in use",
	  "none is free for a connection to ", "",
	  "`ss -tn` shows which connections hold it" },
	{ EAFNOSUPPORT, "address family not supported",
	  "this machine cannot talk to ", "", HINT_FAMILY },
	{ EINVAL, "invalid address", "", " can't be connected to",
	  "a blackhole route on this machine drops it (`ip route`), or "
	  HINT_SCOPE },
	{ EMFILE, "out of descriptors", "none is left for a connection to ", "",
	  HINT_DESCRIPTORS },
	{ ENFILE, "out of descriptors",
	  "the system has none left for a connection to ", "",
	  HINT_DESCRIPTORS },
	{ ENOMEM, "out of memory", "none is left for a connection to ", "",
	  HINT_MEMORY },
	{ ENOBUFS, "out of memory",
	  "the system has no room for a connection to ", "", HINT_MEMORY },
	{ 0, "", "can't connect to ", "", "" },
};

static const struct wording listen_wordings[] = {
	{ EADDRINUSE, "address in use", "", " already has a listener",
	  "`ss -ltnp` shows which program. Stop it, or use another port" },
	{ EACCES, "not permitted", "you may not listen on ", "",
	  "only root may use ports below 1024: use a higher one" },
	{ EPERM, "not permitted", "this system forbids listening on ", "",
	  "a security policy on this machine forbids it" },
	{ EADDRNOTAVAIL, "no such address here", "this machine does not have ",
	  "", "`ip addr` lists its addresses. '*' means all of them" },
	{ EAFNOSUPPORT, "address family not supported",
	  "this machine can't listen on ", "", HINT_FAMILY },
	{ EINVAL, "invalid address", "", " can't be listened on", HINT_SCOPE },
	{ EMFILE, "out of descriptors", "none is left to listen on ", "",
	  HINT_DESCRIPTORS },
	{ ENFILE, "out of descriptors",
	  "the system has none left to listen on ", "", HINT_DESCRIPTORS },
	{ ENOMEM, "out of memory", "none is left to listen on ", "",
	  HINT_MEMORY },
	{ ENOBUFS, "out of memory", "the system has no room to listen on ", "",
	  HINT_MEMORY },
	{ 0, "", "can't listen on ", "", "" },
};

static const struct wording accept_wordings[] = {
	{ EMFILE, "out of descriptors", "new peers of ", " must wait",
	  HINT_DESCRIPTORS },
	{ ENFILE, "out of descriptors", "new peers of ", " must wait",
	  HINT_DESCRIPTORS },
	{ ENOMEM, "out of memory", "new peers of ", " must wait",
	  HINT_MEMORY },
	{ ENOBUFS, "out of memory", "new peers of ", " must wait",
	  HINT_MEMORY },
	{ 0, "", "can't accept peers on ", "", "" },
};

static const struct wording broken_wordings[] = {
	{ ECONNRESET, "", "connection reset by ", "", "" },
	{ EPIPE, "", "connection closed by ", " while we were still sending,",
	  "" },
	{ ETIMEDOUT, "connection lost", "", " does not answer any more",
	  HINT_GONE },
	{ EHOSTUNREACH, "connection lost", "nobody answers any more at ", "",
	  "the host went down, or left the network" },
	{ ENETUNREACH, "connection lost", "there is no longer a route to ", "",
	  HINT_ROUTE },
	{ ENETDOWN, "connection lost", "no interface is up any more for ",
	  "", HINT_LINK },
	{ ECONNABORTED, "connection aborted", "this system dropped ", "",
	  "a firewall or `ss -K` on this machine did it" },
	{ EACCES, "connection lost", "this system now forbids talking to ", "",
	  HINT_PROHIBITED },
	{ EPERM, "connection lost", "this system now forbids talking to ", "",
	  HINT_PROHIBITED },
	{ ENOMEM, "out of memory", "none is left for talking to ", "",
	  HINT_MEMORY },
	{ 0, "", "connection failed to ", "", "" },
};

/* As struct wording, about the host or, with `is_port`, the port. */
struct lookup_wording {
	int eai;
	const char *code;
	bool is_port;
	const char *what, *before, *after, *hint;
};

static const struct lookup_wording lookup_wordings[] = {
	{ EAI_NONAME, "EAI_NONAME", false, "unknown host", "",
	  " is not a name that the resolver knows",
	  "check the spelling. We asked /etc/hosts and the name servers in "
	  "/etc/resolv.conf" },
	{ EAI_AGAIN, "EAI_AGAIN", false, "name lookup failed",
	  "no name server answers for ", "",
	  "the network or the name servers in /etc/resolv.conf may be down. A "
	  "numeric address needs no name server" },
	{ EAI_FAIL, "EAI_FAIL", false, "name lookup failed",
	  "the name server failed to look up ", "",
	  "the domain's name servers may be broken. A numeric address needs no "
	  "name server" },
	{ EAI_SERVICE, "EAI_SERVICE", true, "unknown service", "",
	  " is not the name of a port",
	  "/etc/services lists the names, for TCP and UDP separately. A number "
	  "always works" },
	{ EAI_FAMILY, "EAI_FAMILY", false, "address family not supported",
	  "this machine can't look up ", "", HINT_FAMILY },
	{ EAI_MEMORY, "EAI_MEMORY", false, "out of memory",
	  "none is left to look up ", "", HINT_MEMORY },
	{ EAI_ADDRFAMILY, "EAI_ADDRFAMILY", false, "no such address", "",
	  " has no address of that family", "try it without -4 or -6" },
	{ EAI_NODATA, "EAI_NODATA", false, "no such address", "",
	  " is a known name without an address of that family",
	  "try it without -4 or -6" },
	{ 0, "", false, "name lookup failed", "", "", "" },
};

static const struct wording *find_wording(const struct wording *list,
                                          int errnum)
{
	while (list->errnum && list->errnum != errnum)
		list++;
	return list;
}

void explain_word(struct error *e, const struct wording *list, int errnum,
                  const char *where, const char *tail)
{
	const struct wording *w = find_wording(list, errnum);

	if (!w->errnum) {
		error_set_errno(e, errnum, "%s%s%s", w->before, where, tail);
		return;
	}
	error_set(e, "%s%s%s%s%s%s", w->what, *w->what ? ": " : "", w->before,
	          where, w->after, tail);
	error_set_hint(e, "%s", w->hint);
	error_set_code(e, errnum);
}

/* "::1 and 127.0.0.1", with as many as there is room for. */
static void list_hosts(char *out, size_t cap,
                       const struct address *const *list, size_t count)
{
	char host[ADDRESS_TEXT_MAX];
	size_t i;

	*out = '\0';
	for (i = 0; i < count; i++) {
		address_format_host(list[i], host);
		if (!text_add(out, cap - sizeof(" and 64 more"), "%s%s",
		              !i ? "" : i + 1 < count ? ", " : " and ", host))
			break;
	}
	if (i < count)
		(void)text_add(out, cap, " and %zu more", count - i);
}

void explain_where(char out[EXPLAIN_WHERE_MAX], const struct endpoint *ep,
                   const struct address *const *list, size_t count)
{
	char name[ENDPOINT_TEXT_MAX], hosts[HOSTS_MAX] = "";
	size_t room = EXPLAIN_WHERE_MAX;

	if (count && endpoint_has_name(ep))
		list_hosts(hosts, sizeof(hosts), list, count);
	if (*hosts)
		room -= strlen(hosts) + strlen(" ()");
	endpoint_format(ep, name);
	glyph_copy(out, room, name, GLYPH_ANY_WIDTH);
	if (*hosts)
		(void)text_add(out, EXPLAIN_WHERE_MAX, " (%s)", hosts);
}

void explain_connect(struct error *e, int errnum, const char *where)
{
	explain_word(e, connect_wordings, errnum, where, "");
}

const char *explain_outcome(int errnum)
{
	const struct wording *w = find_wording(connect_wordings, errnum);

	return w->errnum ? w->what : strerror(errnum);
}

void explain_listen(struct error *e, int errnum, const char *where)
{
	explain_word(e, listen_wordings, errnum, where, "");
}

void explain_left_out(char text[EXPLAIN_TEXT_MAX], int errnum,
                      const struct address *a)
{
	const struct wording *w = find_wording(listen_wordings, errnum);
	char where[ADDRESS_TEXT_MAX];

	address_format(a, where);
	snprintf(text, EXPLAIN_TEXT_MAX, "not listening on %s: %s%s", where,
	         w->errnum ? w->what : strerror(errnum),
	         a->sa.ss_family == AF_INET6
	             ? " (IPv6 may be switched off)" : "");
}

void explain_accept(struct error *e, int errnum, const char *where)
{
	explain_word(e, accept_wordings, errnum, where, "");
}

/* Our SYN is counted with what is acknowledged, and perhaps a FIN. */
uint64_t explain_unacked(const struct explain_break *b)
{
	if (!b->info)
		return 0;
	uint64_t acked = b->info->acked;
	if (acked && !b->is_accepted)
		acked--;
	return acked < b->bytes_out ? b->bytes_out - acked : 0;
}

#define UNREAD                                                                 \
	"the program there probably closed or crashed before it had read all " \
	"we sent, so its system reset the connection. See its log"

/* Why the peer's system has sent a reset (RFC 9293, 3.10.7): the first that
 * may be. */
static const char *reset_hint(const struct explain_break *b)
{
	if (b->has_peer_ended)
		return "it had already closed: nobody read what we sent "
		       "afterwards";
	if (!b->bytes_in && !b->bytes_out && b->is_accepted)
		return "it came and left without sending anything, as port "
		       "scans and health checks do";
	if (!b->bytes_in && !b->bytes_out)
		return "it accepted the connection and dropped it at once. It "
		       "may be full or crashing, or it is a port forwarder "
		       "with no server behind it";
	if (!b->bytes_out)
		return "we had sent nothing. Either the program there dropped "
		       "us on purpose (SO_LINGER 0), or a firewall or proxy on "
		       "the way did";
	if (!b->bytes_in && !b->is_accepted && b->is_plain)
		return UNREAD ". Or it wants TLS: try tls://HOST:PORT";
	return UNREAD;
}

void explain_moved(char out[EXPLAIN_MOVED_MAX], const struct explain_break *b)
{
	snprintf(out, EXPLAIN_MOVED_MAX,
	         "after %" PRIu64 " byte%s received and %" PRIu64
	         " byte%s sent",
	         b->bytes_in, plural(b->bytes_in), b->bytes_out,
	         plural(b->bytes_out));
}

void explain_broken(struct error *e, int errnum, const char *where,
                    const struct explain_break *b)
{
	uint64_t lost = explain_unacked(b);
	char moved[EXPLAIN_MOVED_MAX], tail[160], of_them[64] = "";

	if (lost)
		snprintf(of_them, sizeof(of_them),
		         ", of which %" PRIu64 " %s never acknowledged", lost,
		         lost == 1 ? "was" : "were");
	explain_moved(moved, b);
	snprintf(tail, sizeof(tail), " %s%s", moved, of_them);
	explain_word(e, broken_wordings, errnum, where, tail);
	if (errnum == ECONNRESET || errnum == EPIPE)
		error_set_hint(e, "%s", reset_hint(b));
}

const char explain_no_reset[] =
    "a unix socket has no reset: it was closed at once";

const char explain_end_kept[] =
    "TLS 1.2 cannot end one direction alone: we send close_notify when the "
    "peer has ended";

const char explain_end_waits[] =
    "TLS 1.2 cannot end one direction alone: we send close_notify when the "
    "target has ended, or has been silent for --linger";

const char explain_urgent[] =
    "the peer sent urgent data (MSG_OOB); its byte is kept among the others. "
    "Only the urgent mark is lost";

const char explain_long_over[] =
    "the program at the other end had already closed the connection, and its "
    "system told us so just now. Nothing was lost";

const char *explain_closed_at_once(bool is_tcp)
{
	if (!is_tcp)
		return "it closed right after connecting, without sending "
		       "anything. It may be full, or refuse this user";
	return "it closed right after connecting, without sending anything. It "
	       "may be full or refuse this address, or it is a port forwarder "
	       "with no server behind it";
}

void explain_resolve(struct error *e, int eai, int errnum, const char *host,
                     const char *port)
{
	const struct lookup_wording *w = lookup_wordings;
	char shown[SHOWN_MAX];

	while (w->eai && w->eai != eai)
		w++;
	glyph_copy(shown, sizeof(shown), w->is_port ? port : host,
	           GLYPH_ANY_WIDTH);
	if (eai == EAI_SYSTEM) {
		error_set_errno(e, errnum, "%s: %s", w->what, shown);
		return;
	}
	error_set(e, "%s: %s%s%s%s%s", w->what, w->before, shown, w->after,
	          w->eai ? "" : ": ", w->eai ? "" : gai_strerror(eai));
	if (w->is_port && !*host) /* it stands alone */
		error_set_hint(e, "if %s is a host, add a port: listen %s "
		                  "PORT", shown, shown);
	else
		error_set_hint(e, "%s", w->hint);
	error_set_word(e, w->code);
}

void explain_zone(struct error *e, const char *host, const char *zone)
{
	char shown[SHOWN_MAX], name[SHOWN_MAX];

	glyph_copy(shown, sizeof(shown), host, GLYPH_ANY_WIDTH);
	glyph_copy(name, sizeof(name), zone, GLYPH_ANY_WIDTH);
	if (if_nametoindex(zone))
		error_set(e, "%s: only a link-local address (fe80::1%%eth0) "
		             "has a zone; leave out %%%s", shown, name);
	else
		error_set(e, "no such interface: %s, the zone of %s", name,
		          shown);
	error_set_hint(e, HINT_LINK);
	error_set_code(e, ENODEV);
}

void explain_numeric(struct error *e, const char *host)
{
	char shown[SHOWN_MAX];

	glyph_copy(shown, sizeof(shown), host, GLYPH_ANY_WIDTH);
	error_set(e, "%s is a name, and --numeric forbids lookups", shown);
	error_set_hint(e, "give its address, or leave out --numeric");
	error_set_word(e, "EAI_NONAME");
	e->is_lasting = true;
}

static double seconds(int64_t ms)
{
	return (double)ms / 1000;
}

void explain_run_timeout(struct error *e, int64_t ms)
{
	error_set(e, "--timeout: stopped after %g s", seconds(ms));
	error_set_code(e, ETIME);
}

void explain_resolve_timeout(struct error *e, int64_t ms, const char *host)
{
	char shown[SHOWN_MAX];

	glyph_copy(shown, sizeof(shown), host, GLYPH_ANY_WIDTH);
	error_set(e, "timed out: no name server has answered for %s within %g "
	             "s",
	          shown, seconds(ms));
	error_set_hint(e, "the name servers in /etc/resolv.conf may be slow or "
	                  "down. A numeric address needs no name server");
	error_set_code(e, ETIMEDOUT);
}

void explain_connect_timeout(struct error *e, int64_t ms, const char *where)
{
	error_set(e, "timed out: %s has not answered within %g s", where,
	          seconds(ms));
	error_set_hint(e, HINT_SILENT);
	error_set_code(e, ETIMEDOUT);
}

void explain_idle_timeout(struct error *e, int64_t ms, const char *where)
{
	error_set(e, "idle: nothing came from or went to %s for %g s", where,
	          seconds(ms));
	error_set_hint(e, "--idle-timeout sets this limit");
	error_set_code(e, ETIMEDOUT);
}
