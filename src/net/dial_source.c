/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/glyph.h>

#include "dial_source.h"

#define SOURCE_MAX 80 /* as it is shown */

static const char *show_source(const struct dial *d, char out[SOURCE_MAX])
{
	glyph_copy(out, SOURCE_MAX, d->settings.socket.source, GLYPH_ANY_WIDTH);
	return out;
}

static const char *family_of(const struct address *a)
{
	return a->sa.ss_family == AF_INET6 ? "IPv6" : "IPv4";
}

void dial_source(const struct dial *d, struct endpoint *out)
{
	*out = (struct endpoint){ .scheme = ENDPOINT_TCP, .port = "0" };
	snprintf(out->host, sizeof(out->host), "%s", d->settings.socket.source);
}

/* The first address of each family. */
void dial_keep_sources(struct dial *d, const struct address *list, size_t count)
{
	struct socket_settings *s = &d->settings.socket;
	size_t kept = 0;
	for (size_t i = 0; i < count && kept < 2; i++)
		if (!socket_source_for(s, list[i].sa.ss_family))
			s->sources[kept++] = list[i];
}

void dial_blame_source(const struct dial *d, struct error *e)
{
	char source[SOURCE_MAX];
	struct error why = *e;
	error_set(e, "--source %s: %.160s", show_source(d, source), why.text);
	error_set_hint(e, "%s", if_nametoindex(d->settings.socket.source)
	               ? "that is an interface, and --source needs an address "
	                 "or a name: use --bind-device" : why.hint);
	error_set_word(e, why.code);
}

/* Whether the source has an address of the family of `a`. */
static bool has_source_for(const struct dial *d, const struct address *a)
{
	const struct socket_settings *s = &d->settings.socket;
	return !s->sources[0].len || socket_source_for(s, a->sa.ss_family);
}

static void tell_left_out(const struct dial *d, const struct address *a)
{
	char host[ADDRESS_TEXT_MAX], source[SOURCE_MAX];
	address_format_host(a, host);
	dial_tell_step(d, "family-left-out",
	               "%s is not tried: --source %s is not an %s "
	               "address", host,
	               show_source(d, source), family_of(a));
}

/* The next from `*at` on that is of this family, or of another; `*at` is its
 * place, or `count`. */
static void find_next(const struct dial *d, const struct address *list,
                      size_t count, sa_family_t family, bool is_other,
                      size_t *at)
{
	while (*at < count &&
	       ((list[*at].sa.ss_family != family) != is_other ||
	        !has_source_for(d, &list[*at])))
		++*at;
}

void dial_order(struct dial *d, const struct address *list, size_t count)
{
	size_t at[2] = { 0, 0 }, used = 0; /* of the first family, of others */
	for (size_t i = 0; i < count && !d->is_over; i++)
		if (!has_source_for(d, &list[i]))
			tell_left_out(d, &list[i]);
	for (int turn = 0; at[0] < count || at[1] < count; turn = !turn) {
		find_next(d, list, count, list[0].sa.ss_family, turn,
		          &at[turn]);
		if (at[turn] == count)
			continue;
		d->attempts[used].dial = d;
		d->attempts[used++].address = list[at[turn]++];
	}
	if (!d->is_over)
		d->count = used;
}

void dial_explain_unfit(const struct dial *d, const struct address *first,
                        struct error *e)
{
	char source[SOURCE_MAX], where[EXPLAIN_WHERE_MAX];
	dial_name(d, &first, 1, where);
	error_set(e, "address families differ: %.120s needs %s, and --source "
	          "%.60s is not an %s address", where, family_of(first),
	          show_source(d, source), family_of(first));
	error_set_hint(e, "give --source an %s address of this machine, or "
	               "leave it out", family_of(first));
	error_set_code(e, EAFNOSUPPORT);
	e->is_lasting = true;
}

/* What was refused so that there is no connection is about this attempt; the
 * rest is the same for all. */
void dial_connect(struct attempt *a)
{
	struct dial *d = a->dial;
	int *refused = d->refused.errnum;
	d->settings.socket.refused = &d->refused;
	refused[SOCKET_SOURCE] = refused[SOCKET_DEVICE] = 0;
	a->transport =
	    d->transport->connect(&a->address, &d->settings.socket);
	if (a->transport)
		a->transport->wire = d->wire;
	else if (refused[SOCKET_SOURCE])
		a->refused = SOCKET_SOURCE;
	else if (refused[SOCKET_DEVICE])
		a->refused = SOCKET_DEVICE;
}

/* Whether more than the source was asked for. */
static bool has_wishes(const struct socket_settings *s)
{
	static const struct socket_settings usual = SOCKET_DEFAULTS;
	size_t from = SOCKET_KEEPALIVE + 1; /* which is off in a pipe */
	return *s->device ||
	       memcmp(s->values + from, usual.values + from,
	              (SOCKET_SETTINGS - from) * sizeof(int)) != 0;
}

static void tell_own_row(void *user, const char *label, const char *text)
{
	const struct dial *d = user;
	if (!d->is_over)
		dial_tell_step(d, "our-end", "our end: %s: %s", label, text);
}

static void tell_values(struct dial *d, const struct transport *t)
{
	struct transport_facts facts;
	if (!d->steps.on_step || !has_wishes(&d->settings.socket))
		return;
	transport_facts(t, FACTS_SOCKET | FACTS_LOCAL, &facts);
	if (facts.has_socket)
		socket_rows(&facts.socket, address_is_v6(&facts.local),
		            tell_own_row, d);
}

void dial_tell_own_end(struct dial *d, const struct transport *t)
{
	char text[SOCKET_TEXT_MAX];
	if (!d->is_over)
		tell_values(d, t);
	while (!d->is_over && d->steps.on_note &&
	       socket_take_refusal(&d->settings.socket, text))
		d->steps.on_note(d->steps.user, "setting-refused", text);
}
