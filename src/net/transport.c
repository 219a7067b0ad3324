/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What all transports have in common. */

#include <sockchat/explain.h>
#include <sockchat/transport.h>

#include "tcp.h"
#include "unix.h"

const struct transport_ops *transport_of(const struct endpoint *ep)
{
	static const struct transport_ops *const transports[] = {
		[ENDPOINT_TCP] = &transport_tcp,
		[ENDPOINT_UNIX] = &transport_unix,
	};
	return transports[ep->scheme];
}

void transport_facts(const struct transport *t, unsigned wanted,
                     struct transport_facts *out)
{
	*out = (struct transport_facts){ .relation = "the peer is " };
	t->ops->facts(t, wanted, out);
}

void transport_explain(const struct transport_ops *ops,
                       const struct failure *f, struct error *e)
{
	if (f->kind == FAILED_LATER)
		explain_broken(e, f->errnum, f->where, f->story);
	else if (f->kind == FAILED_TO_LISTEN)
		explain_listen(e, f->errnum, f->where);
	else if (f->timeout_ms)
		explain_connect_timeout(e, f->timeout_ms, f->where);
	else
		explain_connect(e, f->errnum, f->where);
	if (ops->explain)
		ops->explain(f, e);
}
