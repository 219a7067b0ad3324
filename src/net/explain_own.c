/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why our end of a connection could not be what was asked for.  As in
 * explain_here.c, facts are gathered in one function, worded in the next. */

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/explain.h>
#include <sockchat/glyph.h>
#include <sockchat/owner.h>

#include "explain_here.h"
#include "explain_own.h"

/* The address that was asked for, as the dial has found it. */
static void name_source(char out[ADDRESS_TEXT_MAX], const struct failure *f)
{
	const struct address *source =
	    socket_source_for(f->settings, f->address->sa.ss_family);
	snprintf(out, ADDRESS_TEXT_MAX, "any address");
	if (source)
		address_format_host(source, out);
}

void word_no_such_source(struct error *e, const char *source, const char *list)
{
	error_set(e, "no such address here: this machine does not have %s "
	          "(--source)", source);
	error_set_hint(e, "it has %s: give --source one of these", list);
	error_set_code(e, EADDRNOTAVAIL);
}

void word_source_port_held(struct error *e, unsigned port, const char *owner)
{
	error_set(e, "address in use: our port %u (--source-port) is not "
	             "free", port);
	error_set_hint(e, "%s has it: stop that, or use another --source-port",
	               owner);
	error_set_code(e, EADDRINUSE);
}

void word_source_port_first(struct error *e, unsigned port, unsigned first)
{
	error_set(e, "not permitted: you may not use port %u as ours "
	             "(--source-port)", port);
	hint_first_port(e, first);
	error_set_code(e, EACCES);
}

void word_source_refused(struct error *e, int errnum, const char *source,
                         unsigned port)
{
	char from[24] = "";
	if (port)
		snprintf(from, sizeof(from), ", port %u", port);
	error_set_errno(e, errnum, "this system does not let us connect from "
	                "%s%s (--source%s)", source, from,
	                port ? "-port" : "");
	if (errnum == EINVAL)
		error_set_hint(e, "a link-local address needs its interface: "
		               "--source %s%%eth0", source);
}

void word_still_connected(struct error *e, unsigned port, const char *where)
{
	error_set(e, "address in use: our port %u already has a connection to "
	          "%s", port, where);
	error_set_hint(e, "end it, or use another --source-port");
	error_set_code(e, EADDRINUSE);
}

void word_source_waits(struct error *e, unsigned port, const char *where,
                       unsigned left_ms)
{
	error_set(e, "address in use: the last connection from our port %u to "
	          "%s is in TIME-WAIT", port, where);
	error_set_hint(e, "it is free again in %u s (--retry waits for that). "
	               "Another --source-port works at once",
	               (left_ms + 999) / 1000);
	error_set_code(e, EADDRINUSE);
}

void word_no_device(struct error *e, int errnum, const char *device,
                    const char *list)
{
	if (errnum == EPERM) {
		error_set(e, "not permitted: you may not bind to the interface "
		          "%s (--bind-device)", device);
		error_set_hint(e, "only root may do that here (CAP_NET_RAW). "
		               "Without it, --source ADDR chooses the way");
	} else if (errnum == ENODEV) {
		error_set(e, "no such interface: this machine has no %s "
		          "(--bind-device)", device);
		error_set_hint(e, "it has %s", list);
	} else {
		error_set_errno(e, errnum, "cannot bind to the interface %s "
		                "(--bind-device)", device);
	}
	error_set_code(e, errnum);
}

static void explain_device(struct error *e, const struct failure *f)
{
	struct if_nameindex *all = if_nameindex();
	char list[HOST_LIST_MAX] = "", name[80], shown[IF_NAMESIZE * 4];
	for (const struct if_nameindex *i = all; i && i->if_name; i++) {
		glyph_copy(name, sizeof(name), i->if_name, GLYPH_ASCII);
		if (!text_add(list, sizeof(list), "%s%s", i == all ? "" : ", ",
		              name))
			break;
	}
	if (all)
		if_freenameindex(all);
	glyph_copy(shown, sizeof(shown), f->settings->device, GLYPH_ASCII);
	word_no_device(e, f->errnum, shown, *list ? list : "none");
}

/* Who has our port, and what there is of a connection from it to the peer. */
struct port_use {
	unsigned port;
	char peer[ADDRESS_TEXT_MAX];
	struct owner_socket holder;
	bool is_connected;
	unsigned left_ms; /* in TIME-WAIT */
};

static void look_at_use(void *user, const struct owner_socket *s)
{
	struct port_use *use = user;
	char peer[ADDRESS_TEXT_MAX];
	address_format(&s->peer, peer);
	bool is_same = strcmp(peer, use->peer) == 0;
	if (!s->is_time_wait)
		use->holder = *s;
	if (is_same && s->is_time_wait)
		use->left_ms = s->left_ms;
	use->is_connected |= is_same && !s->is_time_wait;
}

static void look_at_place(void *user, const struct owner_socket *s)
{
	struct port_use *use = user;
	if (address_port(&s->local) == use->port)
		use->holder = *s;
}

static void find_use(struct port_use *use, const struct failure *f)
{
	*use = (struct port_use){ .port = f->settings->port };
	address_format(f->address, use->peer);
	owner_each_on_port(use->port, look_at_use, use);
}

static void explain_port_held(struct error *e, const struct failure *f,
                              bool is_tcp)
{
	struct port_use use = { .port = f->settings->port };
	char owner[OWNER_TEXT_MAX] = "";
	if (is_tcp) {
		find_use(&use, f);
		owner_each_listener(look_at_place, &use);
	} else {
		owner_each_datagram_socket(look_at_place, &use);
	}
	if (use.holder.local.len)
		owner_describe(owner, &use.holder);
	word_source_port_held(e, use.port,
	                      *owner    ? owner
	                      : is_tcp ? "a program that only root can see"
	                               : "another socket");
}

static void explain_source(struct error *e, const struct failure *f,
                           bool is_tcp)
{
	char source[ADDRESS_TEXT_MAX], list[HOST_LIST_MAX];
	unsigned port = f->settings->port, first = host_first_free_port();
	name_source(source, f);
	if (f->errnum == EADDRNOTAVAIL && host_list_addresses(list))
		word_no_such_source(e, source, list);
	else if (f->errnum == EADDRINUSE)
		explain_port_held(e, f, is_tcp);
	else if (f->errnum == EACCES && port < first)
		word_source_port_first(e, port, first);
	else
		word_source_refused(e, f->errnum, source, port);
}

void explain_own_refused(struct error *e, const struct failure *f, bool is_tcp)
{
	if (f->refused == SOCKET_DEVICE)
		explain_device(e, f);
	else
		explain_source(e, f, is_tcp);
}

void word_own_end(struct error *e, const char *source, const char *device)
{
	char rest[160] = "";
	if (*source)
		text_add(rest, sizeof(rest), " --source %s", source);
	if (*device)
		text_add(rest, sizeof(rest), " --bind-device %s", device);
	if (*rest)
		text_add(e->hint, sizeof(e->hint), "%s it cannot be reached "
		         "with%s", *e->hint ? ". Or" : "or", rest);
}

/* It could not be reached from there. */
static bool is_about_the_way(int errnum)
{
	return errnum == ETIMEDOUT || errnum == EHOSTUNREACH ||
	       errnum == ENETUNREACH || errnum == EINVAL || errnum == EACCES;
}

void explain_own_way(struct error *e, const struct failure *f)
{
	const struct socket_settings *s = f->settings;
	char source[ADDRESS_TEXT_MAX] = "", device[4 * IF_NAMESIZE];
	struct port_use use;
	if (!s)
		return;
	if (f->errnum == EADDRNOTAVAIL && s->port) {
		find_use(&use, f);
		if (use.left_ms)
			word_source_waits(e, s->port, f->where, use.left_ms);
		else if (use.is_connected)
			word_still_connected(e, s->port, f->where);
	} else if (is_about_the_way(f->errnum)) {
		if (*s->source)
			name_source(source, f);
		glyph_copy(device, sizeof(device), s->device, GLYPH_ASCII);
		word_own_end(e, source, device);
	}
}
