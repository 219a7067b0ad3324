/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any bytes as a header of the PROXY protocol: where it ends does not depend on
 * how it came in pieces or on what follows; what it says is fit for a terminal;
 * and what is written for the addresses that it names says the same. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/proxy_header.h>

static void insist(int is_true)
{
	if (!is_true)
		abort();
}

static void check_text(const char *text)
{
	for (; *text; text++)
		insist((unsigned char)*text >= ' ' && *text != 0x7f);
}

/* As long as nothing is known, one more byte may tell; then nothing changes. */
static void check_pieces(const uint8_t *bytes, size_t len, ssize_t total)
{
	struct error why;
	size_t n = 0;
	ssize_t found = 0;

	while (!found && n <= len)
		found = proxy_header_len(bytes, n++, &why);
	insist(found == total);
	insist(total <= PROXY_HEADER_MAX);
}

static void check_written(const struct proxy_header *h)
{
	uint8_t bytes[PROXY_HEADER_OUT_MAX];
	struct proxy_header again;
	struct error why;

	for (int version = 1; version <= 2; version++) {
		size_t len = proxy_header_write(bytes, version, &h->source,
		                                &h->target);

		insist(len <= sizeof(bytes));
		insist(proxy_header_len(bytes, len, &why) == (ssize_t)len);
		insist(!proxy_header_read(&again, bytes, len, &why));
		if (version == 1 && !again.source.len)
			continue; /* unix sockets */
		insist(again.source.len == h->source.len);
		insist(!memcmp(&again.source.sa, &h->source.sa,
		               h->source.len));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[PROXY_HEADER_TEXT_MAX];
	struct proxy_header h;
	struct error why;
	ssize_t total = proxy_header_len(data, size, &why);

	check_text(why.text);
	check_pieces(data, size, total);
	if (total <= 0 || (size_t)total > size)
		return 0;
	/* of its own size, so that a byte too many is seen */
	uint8_t *copy = malloc((size_t)total);
	insist(copy != NULL);
	memcpy(copy, data, (size_t)total);
	if (proxy_header_read(&h, copy, (size_t)total, &why)) {
		insist(*why.text);
		check_text(why.text);
	} else {
		proxy_header_say(&h, text);
		check_text(text);
		check_written(&h);
	}
	free(copy);
	return 0;
}
