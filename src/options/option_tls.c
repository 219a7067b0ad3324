/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is asked of TLS, and whether it goes together. */

#include <string.h>
#include <strings.h>

#include "options_private.h"

static uint8_t source_of(const struct options *o, const char *name)
{
	return o->sources[options_find(name)];
}

/* A certificate alone has its key in the same file. */
static int check_key(struct options *o, struct error *e)
{
	if (!*o->tls.key)
		return 0;
	if (*o->tls.cert) {
		if (source_of(o, "tls-cert") > source_of(o, "tls-key"))
			*o->tls.key = '\0';
		return 0;
	}
	return error_set(e, "option --tls-key needs --tls-cert: the "
	                    "certificate that belongs to this key");
}

static int check_versions(struct options *o, struct error *e)
{
	struct tls_settings *t = &o->tls;
	if (!t->min || !t->max || t->min <= t->max)
		return 0;
	uint8_t min = source_of(o, "tls-min"), max = source_of(o, "tls-max");
	if (min == max)
		return error_set(e, "options --tls-min %s and --tls-max %s "
		                    "allow no version of TLS",
		                 choice_name(tls_version_choices, t->min),
		                 choice_name(tls_version_choices, t->max));
	*(min < max ? &t->min : &t->max) = TLS_ANY;
	return 0;
}

/* Somebody who listens and names a CA wants clients to be verified. */
static int refuse_client_option(const struct options *o, struct error *e)
{
	const struct option_rule *r =
	    o->mode == ENDPOINT_LISTEN && !*o->forward
	        ? option_find_given(o, SERVERS) : NULL;
	if (!r)
		return 0;
	error_set(e, "option --%s is about servers that sockchat connects to",
	          r->row.name);
	if (*o->tls.ca || *o->tls.pin)
		error_set_hint(e, "to ask clients for a certificate: "
		                  "--tls-client-ca FILE");
	return -1;
}

/* With --forward each side has its TLS, or none. */
static int check_sides(const struct options *o, struct error *e)
{
	bool near = o->endpoint.is_tls, far = o->target.is_tls;
	const struct {
		unsigned flag;
		bool is_tls;
		const char *what;
	} rows[] = {
		{ SERVERS, far, "about a target that speaks TLS: --forward "
		  "tls://HOST:PORT" },
		{ CLIENTS, near, "about clients that speak TLS: add --tls" },
		{ TLS_ONLY, near || far, "for TLS, and both sides are plain: "
		  "--tls is for the clients, --forward tls://HOST:PORT for the "
		  "target" },
	};
	for (size_t i = 0; *o->forward && i < sizeof(rows) / sizeof(*rows);
	     i++) {
		const struct option_rule *r =
		    rows[i].is_tls ? NULL : option_find_given(o, rows[i].flag);
		if (r)
			return error_set(e, "option --%s is %s", r->row.name,
			                 rows[i].what);
	}
	return 0;
}

int option_check_tls(struct options *o, struct error *e)
{
	return check_key(o, e) || check_versions(o, e) ||
	               refuse_client_option(o, e) || check_sides(o, e)
	           ? -1
	           : 0;
}

bool options_wants_tls(const struct options *o, enum endpoint_mode mode,
                       const char *word)
{
	return (o->is_tls ||
	        (mode == ENDPOINT_LISTEN && o->tls.takes_plain)) &&
	       strncasecmp(word, "tcp://", 6) != 0;
}
