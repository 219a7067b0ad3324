/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Proxies: what they are asked, and what they answer. */

#include <sockchat/proxy.h>

const char *proxy_scheme(enum proxy_kind kind)
{
	static const char *const schemes[] = {
		[PROXY_NONE] = "",
		[PROXY_SOCKS4] = "socks4",
		[PROXY_SOCKS5] = "socks5",
		[PROXY_HTTP] = "http",
	};

	return schemes[kind];
}
