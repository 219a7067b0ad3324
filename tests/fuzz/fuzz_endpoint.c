/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Endpoints from any words: what is taken is whole, formats and parses again
 * to itself, and what is refused comes with a sentence fit for a terminal. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/endpoint.h>

static void insist(int is_true)
{
	if (!is_true)
		abort();
}

static void check_refusal(const struct error *e)
{
	insist(*e->text != '\0');
	for (const char *at = e->text; *at; at++)
		insist((unsigned char)*at >= ' ' && *at != 0x7f);
}

static void check_taken(const struct endpoint *ep, enum endpoint_mode mode)
{
	const char *two[] = { ep->host, ep->port };
	char text[ENDPOINT_TEXT_MAX];
	const char *path[] = { text };
	const char *one[] = { ep->port };
	struct endpoint again;
	struct error e;
	int has_host = *ep->host != '\0';
	char ascii[ENDPOINT_HOST_MAX];

	endpoint_ascii(ep, ascii);
	insist(!has_host == !*ascii);
	endpoint_format(ep, text);
	if (!endpoint_is_ip(ep)) {
		insist(endpoint_parse(&again, mode, path, 1, &e) == 0);
		insist(strcmp(again.host, ep->host) == 0 && !*again.port);
		return;
	}
	insist(has_host || mode == ENDPOINT_LISTEN);
	insist(*ep->port != '\0');
	insist(endpoint_parse(&again, mode, has_host ? two : one,
	                      has_host ? 2 : 1, &e) == 0);
	insist(strcmp(again.host, ep->host) == 0);
	insist(strcmp(again.port, ep->port) == 0);
	insist(strlen(text) < sizeof(text) - 1 && strstr(text, ep->port));
	if (!ep->is_tls && ep->scheme != ENDPOINT_UDP)
		return;
	insist(endpoint_parse(&again, mode, path, 1, &e) == 0);
	insist(again.is_tls == ep->is_tls && again.scheme == ep->scheme);
	insist(strcmp(again.host, ep->host) == 0);
	insist(strcmp(again.port, ep->port) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum endpoint_mode mode;
	char *text, *second;
	const char *words[3];
	size_t count = 0;
	struct endpoint ep;
	struct error e = { 0 };

	if (size == 0)
		return 0;
	mode = data[0] % 2 ? ENDPOINT_LISTEN : ENDPOINT_CONNECT;
	text = malloc(size);
	insist(text != NULL);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	/* Newlines stand between the words. */
	for (char *at = text; at && count < 3; at = second) {
		second = strchr(at, '\n');
		if (second)
			*second++ = '\0';
		words[count++] = at;
	}
	if (endpoint_parse(&ep, mode, words, count, &e) == 0)
		check_taken(&ep, mode);
	else
		check_refusal(&e);
	if (endpoint_parse_unix(&ep, words, count, &e) == 0)
		insist(ep.scheme == ENDPOINT_UNIX && *ep.host && !*ep.port);
	else
		check_refusal(&e);
	free(text);
	return 0;
}
