/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why datagrams did not arrive, or could not be sent: the words, and what this
 * machine knows of the port. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/datagram.h>
#include <sockchat/number.h>
#include <sockchat/owner.h>

#include "explain_here.h"
#include "explain_own.h"
#include "explain_udp.h"
#include "udp_socket.h"

#define HINT_WAYS                                                              \
	"the interface or a VPN may be down. `ip route` shows the routes"

/* What somebody on the way says, or the peer itself; and what it most likely
 * means. */
static const struct trouble_words {
	const char *what, *says, *hint;
} trouble_words[] = {
	[UDP_PORT] = { "port unreachable", "nothing listens on that UDP port",
	               "start the server, or run `ss -lun` on its machine to "
	               "see where it listens" },
	[UDP_HOST] = { "host unreachable", "nobody answers there",
	               "the host is down or not on this network, or a firewall "
	               "on the way blocks us" },
	[UDP_NET] = { "network unreachable", "there is no route to it",
	              "`traceroute` shows how far datagrams get" },
	[UDP_PROHIBITED] = { "not permitted", "our datagrams may not pass",
	                     "a firewall rule there blocks them" },
	[UDP_EXPIRED] = { "expired on the way", "the hop limit was used up",
	                  "--ttl sets it. Or a network on the way sends "
	                  "datagrams in a circle" },
	[UDP_TOO_BIG] = { "datagram too big", "it cannot pass in one piece",
	                  "from now on such datagrams go in pieces, which some "
	                  "firewalls drop. Send shorter ones" },
	[UDP_OTHER] = { "not delivered", "it could not be delivered", "" },
};

/* What the system itself says to a send or a connect. */
static const struct wording send_words[] = {
	{ EHOSTUNREACH, "host unreachable", "nobody answers at ", "",
	  "the host is down or not on this network" },
	{ ENETUNREACH, "network unreachable", "there is no route to ", "",
	  HINT_WAYS },
	{ ENETDOWN, "network down", "no interface is up for ", "",
	  "`ip link` shows the interfaces" },
	{ EACCES, "not permitted", "this system forbids datagrams to ", "",
	  "a prohibit route on this machine blocks it" },
	{ EPERM, "not permitted", "this system forbids datagrams to ", "",
	  "a firewall rule on this machine blocks it (`nft list ruleset`, "
	  "`iptables -L OUTPUT`)" },
	{ EMSGSIZE, "datagram too big", "the system refuses it for ", "",
	  "send shorter ones" },
	{ EINVAL, "invalid address", "", " can't be sent to",
	  "a link-local address needs its interface: fe80::1%eth0" },
	{ ENOBUFS, "out of memory", "the system has no room for datagrams to ",
	  "", "send more slowly" },
	{ 0, "", "can't send to ", "", "" },
};

/* The words */

static void word_mtu(struct error *e, const struct udp_trouble *t)
{
	unsigned whole = datagram_whole(t->mtu, t->is_v6);
	size_t len = strlen(e->text);
	if (!whole)
		return;
	snprintf(e->text + len, sizeof(e->text) - len, " (MTU %u)", t->mtu);
	error_set_hint(e, "from now on such datagrams go in pieces, which some "
	                  "firewalls drop. Up to %u bytes go in one "
	                  "piece", whole);
}

void explain_udp_trouble(struct error *e, const struct udp_trouble *t,
                         const char *where, const char *who)
{
	const struct trouble_words *w = &trouble_words[t->kind];
	error_set(e, "%s: %s says that %s%s%s%s", w->what, *who ? who : where,
	          w->says, *who ? " (it was for " : "", *who ? where : "",
	          *who ? ")" : "");
	error_set_hint(e, "%s", w->hint);
	if (t->kind == UDP_TOO_BIG)
		word_mtu(e, t);
	error_set_code(e, t->errnum);
}

void explain_udp_dropped(struct error *e, unsigned count, const char *where)
{
	error_set(e, "%u datagram%s from %s %s dropped: nobody read what came "
	          "before", count, plural(count), where,
	          count == 1 ? "was" : "were");
	error_set_hint(e, "while a peer is paused, or does not read its echo, "
	                  "at most 64 KiB are kept");
	error_set_code(e, ENOBUFS);
}

void explain_udp_broadcast(struct error *e, const char *where)
{
	error_set(e, "not permitted: %s is a broadcast address", where);
	error_set_hint(e, "use --broadcast to send to all hosts of a network");
	error_set_code(e, EACCES);
	e->is_lasting = true;
}

void hint_udp_elsewhere(struct error *e, const char *where, const char *owner,
                        const char *option)
{
	error_set_hint(e, "on this machine %s listens on %s: connect "
	               "there%s%s, or make it listen on this address too",
	               *owner ? owner : "a program that only root can "
	                                "see", where,
	               *option ? " with " : "", option);
	e->is_found = true;
}

void explain_udp_held(struct error *e, const char *where, const char *owner)
{
	error_set(e, "address in use: %s is taken", where);
	error_set_hint(e, "%s has it: stop it, or use another port",
	               *owner ? owner : "a program that only root can see");
	error_set_code(e, EADDRINUSE);
}

/* What this machine knows */

struct udp_search {
	unsigned port;
	struct owner_socket found; /* local.len 0: there is none */
};

static void look_at_socket(void *user, const struct owner_socket *s)
{
	struct udp_search *search = user;
	if (address_port(&s->local) == search->port)
		search->found = *s;
}

/* False when no socket is bound to that port without being connected. */
static bool find_bound(unsigned port, char where[ADDRESS_TEXT_MAX],
                       char owner[OWNER_TEXT_MAX], struct owner_socket *out)
{
	struct udp_search search = { .port = port };
	owner_each_datagram_socket(look_at_socket, &search);
	*out = search.found;
	if (!out->local.len)
		return false;
	address_format(&out->local, where);
	owner_describe(owner, out);
	return true;
}

static const char *name_family(const struct address *a, int former)
{
	int family = a->sa.ss_family;
	if (family == former)
		return "";
	return family == AF_INET ? "-4" : "-6";
}

/* localhost is ::1 and 127.0.0.1, and many servers have only one of them. */
static void look_elsewhere(struct error *e, const struct address *peer)
{
	char where[ADDRESS_TEXT_MAX], owner[OWNER_TEXT_MAX];
	struct owner_socket s;
	if (address_is_local(peer) &&
	    find_bound(address_port(peer), where, owner, &s))
		hint_udp_elsewhere(e, where, owner,
		                   name_family(&s.local, peer->sa.ss_family));
}

/* Who says it, where that is not the peer itself: "this system", "10.0.0.1". */
static void name_offender(char out[ADDRESS_TEXT_MAX],
                          const struct udp_trouble *t,
                          const struct address *peer)
{
	char host[ADDRESS_TEXT_MAX] = "";
	*out = '\0';
	if (peer->len)
		address_format_host(peer, host);
	if (t->offender.len)
		address_format_host(&t->offender, out);
	if (strcmp(out, host) == 0)
		*out = '\0';
	else if (t->is_local || (t->offender.len &&
	                         address_is_local(&t->offender)))
		snprintf(out, ADDRESS_TEXT_MAX, "this system");
}

static void explain_told(const struct udp_head *u, int errnum,
                         const char *where, struct error *e)
{
	char who[ADDRESS_TEXT_MAX];
	struct transport_facts facts;
	transport_facts(&u->head, FACTS_PEER, &facts);
	if (u->told.dropped && errnum == ENOBUFS) {
		explain_udp_dropped(e, u->told.dropped, where);
		return;
	}
	name_offender(who, &u->told, &facts.peer);
	explain_udp_trouble(e, &u->told, where, who);
	if (u->told.kind == UDP_PORT && u->head.is_accepted)
		error_set_hint(e, "the program that sent from there has ended");
	else if (u->told.kind == UDP_PORT)
		look_elsewhere(e, &facts.peer);
}

static void explain_taken(struct error *e, const char *place,
                          const struct address *a)
{
	char where[ADDRESS_TEXT_MAX], owner[OWNER_TEXT_MAX] = "";
	struct owner_socket s;
	(void)find_bound(address_port(a), where, owner, &s);
	explain_udp_held(e, place, owner);
}

/* All of it is about UDP. */
static const char *strip_scheme(const char *where)
{
	static const char scheme[] = "udp://";
	return where + (strncmp(where, scheme, strlen(scheme)) == 0
	                    ? strlen(scheme) : 0);
}

void udp_explain(const struct failure *f, struct error *e)
{
	const char *where = strip_scheme(f->where);
	const struct udp_head *u = (const struct udp_head *)f->transport;
	if (f->refused)
		explain_own_refused(e, f, false);
	else if (f->kind == FAILED_TO_LISTEN && f->errnum == EADDRINUSE)
		explain_taken(e, where, f->address);
	else if (f->kind == FAILED_TO_LISTEN)
		explain_listen_here(e, f->errnum, f->address);
	else if (f->errnum == EACCES && f->address &&
	         address_is_broadcast(f->address))
		explain_udp_broadcast(e, where);
	else if (f->kind == FAILED_LATER && u && u->told.errnum == f->errnum)
		explain_told(u, f->errnum, where, e);
	else if (f->kind == FAILED_LATER)
		explain_word(e, send_words, f->errnum, where, "");
}
