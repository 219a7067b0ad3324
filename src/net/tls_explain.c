/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why TLS failed, in words. */

#include "tls_private.h"

void tls_explain(const struct failure *f, struct error *e)
{
	const struct tls_conn *c = (const struct tls_conn *)f->transport;

	if (c && c->refusal)
		*e = *c->refusal;
}
