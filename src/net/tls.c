/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* TLS over any transport, with OpenSSL. */

#include <stdlib.h>

#include <sockchat/tls.h>

struct tls {
	const struct tls_settings *settings;
};

struct tls *tls_new(const struct tls_settings *settings)
{
	struct tls *t = calloc(1, sizeof(*t));

	if (t)
		t->settings = settings;
	return t;
}

void tls_free(struct tls *t)
{
	free(t);
}
