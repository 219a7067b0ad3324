/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What needs streams, or datagrams, or IP, or a side that is not there; and
 * addresses of one family. */

#include <arpa/inet.h>
#include <string.h>

#include <sockchat/fault.h>
#include <sockchat/glyph.h>

#include "options_private.h"

int options_check_pair(const struct endpoint *at,
                       const struct endpoint *target, struct error *e)
{
	bool is_udp = endpoint_has_datagrams(at);
	if (is_udp == endpoint_has_datagrams(target))
		return 0;
	error_set(e, is_udp ? "UDP can be forwarded only to UDP, and the "
	                      "target is not UDP"
	                    : "a stream can be forwarded only to a stream, "
	                      "and the target is UDP");
	error_set_hint(e, "write udp:// on both sides, or on neither");
	return -1;
}

static int check_target(const struct options *o, struct error *e)
{
	struct error why;
	if (!*o->forward || !options_check_pair(&o->endpoint, &o->target, &why))
		return 0;
	error_set(e, "option --forward: %s", why.text);
	error_set_hint(e, "%s", why.hint);
	return -1;
}

/* What the configuration says of faults is for both: a link tells. */
static int check_faults(const struct options *o, struct error *e)
{
	enum fault_word word =
	    fault_never_strikes(&o->fault,
	                        endpoint_has_datagrams(&o->endpoint));
	bool is_asked =
	    o->sources[options_find("fault")] == SOURCE_COMMAND_LINE;
	if (word == FAULT_NONE || !is_asked)
		return 0;
	return error_set(e, "option --fault: %s= does nothing here: %s",
	                 fault_name(word), fault_why_never(word));
}

/* A datagram is a message: there is nothing to cut.  What a file says of frames
 * is for streams. */
static int check_datagram_frames(struct options *o, struct error *e)
{
	static const char *const names[] = { "", "-in", "-out", "" };
	unsigned given = 0;
	for (unsigned i = 0; i < 2; i++) {
		int row = options_find(i ? "frame-out" : "frame-in");
		if (!endpoint_has_datagrams(&o->endpoint) ||
		    !frame_is_chosen(&o->frames[i]))
			continue;
		if (o->sources[row] == SOURCE_COMMAND_LINE)
			given |= 1U << i;
		else
			option_set_default(o, option_rule((size_t)row));
	}
	if (!given)
		return 0;
	error_set(e, "option --frame%s: over UDP each datagram is a message "
	             "already: leave it out", names[given]);
	error_set_hint(e, "--unpack shows the fields of each");
	return -1;
}

/* Nothing is asked of UDP that only streams have. */
static int refuse_stream_option(const struct options *o, struct error *e)
{
	const struct option_rule *r =
	    endpoint_has_datagrams(&o->endpoint)
	        ? option_find_given(o, STREAMS | TLS_ONLY) : NULL;
	char where[ENDPOINT_TEXT_MAX];
	if (!r)
		return 0;
	endpoint_show(&o->endpoint, where);
	error_set(e, "option --%s is for TCP and unix sockets, and %.100s is "
	             "UDP", r->row.name, where);
	if (strncmp(r->row.name, "tls", 3) == 0)
		error_set_hint(e, "sockchat does not speak TLS over UDP "
		                  "(DTLS)");
	return -1;
}

/* Somebody has to send the header, or to get one. */
static int check_header(const struct options *o, struct error *e)
{
	bool listens = o->mode == ENDPOINT_LISTEN;
	int asked = o->dial.proxy_protocol;
	int reads = listens ? asked & PROXY_HEADER_READ : 0;
	int sends = !listens || *o->forward ? asked & ~PROXY_HEADER_READ : 0;
	if (!asked || reads || sends ||
	    o->sources[options_find("proxy-protocol")] != SOURCE_COMMAND_LINE)
		return 0;
	return error_set(e, listens
	    ? "option --proxy-protocol: out sends the header to a target: "
	      "add --forward ENDPOINT"
	    : "option --proxy-protocol: in reads the header of clients, and "
	      "sockchat connect has none");
}

#define IN(scheme) (1u << (scheme))
#define IN_IP (IN(ENDPOINT_TCP) | IN(ENDPOINT_UDP))

/* The kinds of endpoints that options are for: one of both sides has to be, or
 * that of clients. */
static const struct suited {
	unsigned flag, schemes;
	bool is_of_clients;
	const char *what;
} suited[] = {
	{ IP_ONLY, IN_IP, false, "IP addresses" },
	{ NO_UNIX, IN_IP | IN(ENDPOINT_FD), false, "IP addresses" },
	{ CLIENT_IP, IN_IP | IN(ENDPOINT_FD), true, "IP addresses" },
	{ TCP_ONLY, IN(ENDPOINT_TCP) | IN(ENDPOINT_FD), false, "TCP" },
};

static bool suits(const struct options *o, const struct suited *s)
{
	bool has_target = *o->forward && !s->is_of_clients;
	return s->schemes & IN(o->endpoint.scheme) ||
	       (has_target && s->schemes & IN(o->target.scheme));
}

static const char *why_unsuited(const struct suited *s,
                                const struct endpoint *ep)
{
	static const char *const why[] = {
		[ENDPOINT_UNIX] = "is a unix socket",
		[ENDPOINT_UDP] = "is UDP",
		[ENDPOINT_FD] = "is taken as it is",
	};
	bool lacks_addresses = ep->scheme == ENDPOINT_UNIX &&
	                       s->schemes & IN(ENDPOINT_UDP);
	return lacks_addresses ? "has none" : why[ep->scheme];
}

/* The first option that the command line gives, and not to switch it off; or
 * NULL. */
static const struct option_rule *find_asked(const struct options *o,
                                            unsigned flag)
{
	const struct option_rule *r;
	char value[16];
	for (size_t i = 0; (r = option_rule(i)); i++) {
		if (!(r->flags & flag) ||
		    o->sources[option_source_row(r)] != SOURCE_COMMAND_LINE)
			continue;
		options_value(o, i, value, sizeof(value));
		if (strcmp(value, "off") != 0 && strcmp(value, "default") != 0)
			break;
	}
	return r;
}

static int refuse_unsuited(const struct options *o, const struct suited *s,
                           struct error *e)
{
	char name[64], where[ENDPOINT_TEXT_MAX];
	const struct option_rule *r =
	    suits(o, s) ? NULL : find_asked(o, s->flag);
	if (!r)
		return 0;
	option_name_flag(r, name, sizeof(name));
	endpoint_show(&o->endpoint, where);
	return error_set(e, "option %s is for %s, and %.100s %s", name, s->what,
	                 where, why_unsuited(s, &o->endpoint));
}

/* The family of an address; AF_UNSPEC of a name. */
static int family_of(const char *host)
{
	struct in_addr v4;
	if (inet_pton(AF_INET, host, &v4) == 1)
		return AF_INET;
	return strchr(host, ':') ? AF_INET6 : AF_UNSPEC;
}

static bool do_families_differ(int a, int b)
{
	return a != AF_UNSPEC && b != AF_UNSPEC && a != b;
}

static const struct endpoint *dialled_of(const struct options *o)
{
	if (o->dial.proxy.kind)
		return &o->dial.proxy.endpoint;
	return *o->forward ? &o->target : &o->endpoint;
}

/* What two addresses tell without a lookup. */
static int check_source(const struct options *o, struct error *e)
{
	const struct endpoint *to = dialled_of(o);
	const char *source = o->dial.socket.source;
	int family = family_of(source), only = o->dial.resolve.family;
	const char *name = family == AF_INET ? "IPv4" : "IPv6";
	char shown[80];
	glyph_copy(shown, sizeof(shown), source, GLYPH_ANY_WIDTH);
	if (!*source || !endpoint_is_ip(to))
		return 0;
	if (do_families_differ(family, only))
		return error_set(e, "--source %s is an %s address, and -%c "
		                    "wants the other family: leave out one of "
		                    "them", shown, name,
		                 only == AF_INET ? '4' : '6');
	if (!do_families_differ(family, family_of(to->host)))
		return 0;
	error_set(e, "--source %s is an %s address, and %.100s is of the other "
	             "family: both ends of a connection need the same",
	          shown, name, to->host);
	error_set_hint(e, "give an address of the same family, or leave out "
	               "--source");
	return -1;
}

/* At least one group can be joined, as far as can be told without a lookup. */
static int check_group_families(const struct options *o, struct error *e)
{
	const struct multicast *g = &o->dial.socket.groups;
	int only = o->dial.resolve.family;
	int family = only != AF_UNSPEC ? only : family_of(o->endpoint.host);
	char shown[200];
	size_t i = 0;
	while (i < g->count &&
	       do_families_differ(family, g->list[i].len == 4 ? AF_INET
	                                                      : AF_INET6))
		i++;
	if (i < g->count || !g->count ||
	    !endpoint_has_datagrams(&o->endpoint) ||
	    o->sources[options_find("join")] != SOURCE_COMMAND_LINE)
		return 0;
	multicast_describe(shown, sizeof(shown), g);
	return error_set(e, "option --join: %s is not of %s, and nothing else "
	                 "is spoken here", shown,
	                 family == AF_INET ? "IPv4" : "IPv6");
}

/* A socket that is bound to an address of ours gets no group's datagrams. */
static int check_groups(const struct options *o, struct error *e)
{
	const char *host = o->endpoint.host;
	struct multicast group = { .count = 0 };
	struct error why;
	if (o->mode != ENDPOINT_LISTEN || !o->dial.socket.groups.count ||
	    !endpoint_has_datagrams(&o->endpoint) || !*host ||
	    strcmp(host, "*") == 0 || strcmp(host, "0.0.0.0") == 0 ||
	    strcmp(host, "::") == 0 ||
	    !multicast_parse(&group, host, &why) ||
	    o->sources[options_find("join")] != SOURCE_COMMAND_LINE)
		return 0;
	return error_set(e, "option --join: datagrams of a group do not come "
	                 "to %.100s: give '*' or the group as HOST", host);
}

int option_check_kinds(struct options *o, struct error *e)
{
	for (size_t i = 0; i < sizeof(suited) / sizeof(suited[0]); i++)
		if (refuse_unsuited(o, &suited[i], e))
			return -1;
	return check_target(o, e) || check_faults(o, e) ||
	               refuse_stream_option(o, e) ||
	               check_datagram_frames(o, e) || check_header(o, e) ||
	               check_source(o, e) ||
	               check_group_families(o, e) || check_groups(o, e)
	           ? -1 : 0;
}
