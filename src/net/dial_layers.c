/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The layers that a dial puts on its connection, and what it tells of them. */

#include "dial_private.h"

/* The version of the header that is sent; 0: none, as the transport may have no
 * place for it. */
static int header_version(const struct dial *d)
{
	return d->transport->header
	           ? d->settings.proxy_protocol &
	                 (PROXY_HEADER_V1 | PROXY_HEADER_V2)
	           : 0;
}

void dial_choose_layers(struct dial *d)
{
	const struct endpoint *proxy = dial_proxy(d->transport, &d->settings);

	d->tried = proxy ? proxy : &d->endpoint;
	if (proxy)
		d->layers[d->layer_count++] = d->transport->through;
	if (header_version(d))
		d->layers[d->layer_count++] = d->transport->header;
	if (d->endpoint.is_tls)
		d->layers[d->layer_count++] = d->transport->secure;
}

/* It speaks for a client, or for ourselves. */
void dial_make_header(struct dial *d, struct over *how)
{
	const struct dial_client *c = &d->settings.client;
	struct transport_facts facts;

	transport_facts(d->winner->transport, FACTS_LOCAL | FACTS_PEER, &facts);
	how->header = d->header;
	how->header_len =
	    proxy_header_write(d->header, header_version(d),
	                       c->is_known ? &c->source : &facts.local,
	                       c->is_known ? &c->target : &facts.peer);
}

static void tell_asking(const struct dial *d)
{
	char where[ENDPOINT_TEXT_MAX];

	endpoint_show_plain(&d->endpoint, where);
	dial_tell_step(d, "asking-proxy", "asking the proxy by %s for %s",
	               proxy_protocol(d->settings.proxy.kind), where);
}

static void tell_header(const struct dial *d)
{
	char text[PROXY_HEADER_TEXT_MAX];
	struct proxy_header h;
	struct error why;
	ssize_t len = proxy_header_len(d->header, sizeof(d->header), &why);

	if (proxy_header_read(&h, d->header, (size_t)len, &why))
		return;
	proxy_header_say(&h, text);
	dial_tell_step(d, "header-sent", "sending a PROXY header: %s", text);
}

void dial_tell_layer(const struct dial *d, const struct transport_ops *layer)
{
	if (layer == d->transport->through)
		tell_asking(d);
	else
		tell_header(d);
}
