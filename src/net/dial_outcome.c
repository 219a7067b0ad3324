/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What became of a dial whose attempts have all failed. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>

#include "dial_private.h"

/* How little a failure tells; what is not in the list tells most, and so does
 * what was asked for of our end. */
static int dullness(const struct attempt *a)
{
	static const int telling[] = {
		ECONNREFUSED, EHOSTUNREACH,  ENETUNREACH,
		ETIMEDOUT,    EADDRNOTAVAIL, EAFNOSUPPORT
	};

	for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++)
		if (a->errnum == telling[i] && !a->refused)
			return (int)i + 1;
	return 0;
}

size_t dial_tried_count(const struct dial *d)
{
	return d->next ? d->next : d->count;
}

static const struct attempt *most_telling(const struct dial *d)
{
	const struct attempt *best = d->winner ? d->winner : d->attempts;

	for (size_t i = 1; !d->winner && i < dial_tried_count(d); i++)
		if (dullness(&d->attempts[i]) < dullness(best))
			best = &d->attempts[i];
	return best;
}

void dial_outcome(const struct attempt *a, char out[OUTCOME_MAX])
{
	char where[ADDRESS_TEXT_MAX];

	address_format(&a->address, where);
	snprintf(out, OUTCOME_MAX, "%s: %s%s", where,
	         a->refused == SOCKET_SOURCE   ? "our end was refused: "
	         : a->refused == SOCKET_DEVICE ? "not by --bind-device: " : "",
	         explain_outcome(a->errnum));
}

/* Whether an attempt ended as this one.  Of those that were never begun none
 * did. */
static bool ended_alike(const struct dial *d, size_t i, const struct attempt *a)
{
	if (d->winner)
		return &d->attempts[i] == a;
	return i < dial_tried_count(d) &&
	       d->attempts[i].errnum == a->errnum &&
	       d->attempts[i].refused == a->refused;
}

void dial_name(const struct dial *d, const struct address *const *list,
               size_t count, char where[EXPLAIN_WHERE_MAX])
{
	char proxy[EXPLAIN_WHERE_MAX];

	explain_where(dial_has_proxy(d) ? proxy : where, d->tried, list, count);
	if (!dial_has_proxy(d))
		return;
	if (d->layer == 0)
		snprintf(where, EXPLAIN_WHERE_MAX, "the proxy %.100s for %.64s",
		         proxy, d->where);
	else if (d->layer == 1 && !d->is_through)
		snprintf(where, EXPLAIN_WHERE_MAX, "the proxy %.170s", proxy);
	else
		snprintf(where, EXPLAIN_WHERE_MAX,
		         "%.80s through the proxy %.80s", d->where, proxy);
}

void dial_blame_proxy(const struct dial *d, struct error *e)
{
	char text[sizeof(e->text)];

	if (!dial_has_proxy(d))
		return;
	memcpy(text, e->text, sizeof(text));
	snprintf(e->text, sizeof(e->text), "the proxy for %.80s: %.150s",
	         d->where, text);
}

/* Name the endpoint, with the addresses that ended as this attempt did.
 * Returns whether these are all. */
static bool name_alike(const struct dial *d, const struct attempt *a,
                       char where[EXPLAIN_WHERE_MAX])
{
	const struct address *alike[RESOLVE_MAX];
	size_t count = 0;

	for (size_t i = 0; i < d->count; i++)
		if (ended_alike(d, i, a) && count < RESOLVE_MAX)
			alike[count++] = &d->attempts[i].address;
	if (d->tried)
		dial_name(d, alike, count, where);
	else
		snprintf(where, EXPLAIN_WHERE_MAX, "%s", d->where);
	return d->winner || count == d->count;
}

/* Put before the hint what became of each address, as far as there is room. */
static void set_tried(const struct dial *d, struct error *e)
{
	char list[sizeof(e->hint) - 16] = "";
	size_t count = dial_tried_count(d), i;

	for (i = 0; i < count; i++) {
		char outcome[OUTCOME_MAX];

		dial_outcome(&d->attempts[i], outcome);
		if (!text_add(list, sizeof(list), "%s%s", i ? "; " : "",
		              outcome))
			break;
	}
	if (i == count && d->count > count)
		text_add(list, sizeof(list), "; %zu more not tried in time",
		         d->count - count);
	if (i == count && *e->hint)
		text_add(list, sizeof(list), "; %s", e->hint);
	if (i < count)
		error_set_hint(e, "%s; %zu more", list, d->count - i);
	else
		error_set_hint(e, "%s", list);
}

/* Their transports are still there, as one may know more than an errno. */
void dial_explain(const struct dial *d, bool is_late, struct error *e)
{
	const struct attempt *a = most_telling(d);
	char where[EXPLAIN_WHERE_MAX];
	bool is_all = name_alike(d, a, where);
	struct failure f = {
		.kind = d->tried ? FAILED_TO_CONNECT : FAILED_LATER,
		.errnum = a->errnum,
		.refused = a->refused,
		.settings = &d->settings.socket,
		.where = where,
		.address = d->tried ? &a->address : NULL,
		.transport = a->transport,
		.story = &(struct explain_break){ .bytes_in = 0 },
	};

	if (is_late && f.errnum == ETIMEDOUT)
		f.timeout_ms = d->timeout_ms;
	transport_explain(a->transport ? a->transport->ops : d->transport, &f,
	                  e);
	if (dial_has_proxy(d) && !d->winner && a->errnum == ECONNREFUSED)
		error_set_hint(e, "check the host and the port in --proxy. If "
		                  "the proxy is yours, start it");
	if (!is_all)
		set_tried(d, e);
}
