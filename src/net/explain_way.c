/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why there is no way to an address: what this machine's routes and addresses
 * tell. */

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>

#include <sockchat/route.h>

#include "explain_way.h"

void word_black_hole(struct error *e, const char *where, bool is_v6)
{
	error_set(e, "black hole: a route on this machine drops everything "
	          "that is sent to %s", where);
	error_set_hint(e, "`ip %sroute show type blackhole` lists such routes",
	               is_v6 ? "-6 " : "");
	error_set_code(e, EINVAL);
}

void word_no_ipv6(struct error *e, int errnum, const char *where)
{
	error_set(e, "no IPv6 here: no interface of this machine has an IPv6 "
	          "address%s, and %s is IPv6",
	          errnum == ENETUNREACH ? " for other machines" : "", where);
	error_set_hint(e, "try -4, or an IPv4 address. `sysctl "
	               "net.ipv6.conf.all.disable_ipv6` is 1 if IPv6 is "
	               "switched off");
	error_set_code(e, errnum);
}

/* Whether an interface has an IPv6 address; `is_far`: one by which other
 * networks can be reached. */
static bool has_ipv6(bool is_far)
{
	struct ifaddrs *all;
	bool found = false;
	if (getifaddrs(&all))
		return true;
	for (const struct ifaddrs *i = all; i && !found; i = i->ifa_next) {
		const struct sockaddr_in6 *a = (const void *)i->ifa_addr;
		found = a && a->sin6_family == AF_INET6 &&
		        i->ifa_flags & IFF_UP &&
		        !(is_far && (i->ifa_flags & IFF_LOOPBACK ||
		                     IN6_IS_ADDR_LINKLOCAL(&a->sin6_addr)));
	}
	freeifaddrs(all);
	return found;
}

static bool is_black_hole(const struct failure *f)
{
	struct route way;
	return f->errnum == EINVAL && f->settings &&
	       route_find(&way, f->address, f->settings) &&
	       way.errnum == EINVAL;
}

void explain_way(struct error *e, const struct failure *f)
{
	bool is_v6 = address_is_v6(f->address);
	bool is_unreachable = f->errnum == ENETUNREACH;
	if (is_black_hole(f))
		word_black_hole(e, f->where, is_v6);
	else if (is_v6 && (is_unreachable || f->errnum == EADDRNOTAVAIL) &&
	         !has_ipv6(is_unreachable))
		word_no_ipv6(e, f->errnum, f->where);
	else if (is_v6 && is_unreachable)
		error_set_hint(e, "`ip route` and `ip -6 route` show the "
		               "routes. The interface or a VPN may be down");
}
