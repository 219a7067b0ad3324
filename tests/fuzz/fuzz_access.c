/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any text as a list of networks: what is told of one that was taken is read as
 * the same, the hosts that it names are in it, and why one was not is fit for a
 * terminal. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <sockchat/access.h>

#define insist(so) ((so) ? (void)0 : abort())

static void check_sentence(const char *text)
{
	for (; *text; text++)
		insist((unsigned char)*text >= ' ' && *text != 0x7f);
}

static void check_hosts(const struct access_list *list)
{
	static const struct access_list none;
	struct address a;
	for (size_t i = 0; i < list->count; i++) {
		const struct network *n = &list->networks[i];
		address_set_host(&a, n->len == 4 ? AF_INET : AF_INET6, n->host);
		insist(!access_refuses(list, &none, &a));
		insist(access_refuses(&none, list, &a));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct access_list list = { .count = 0 }, again = list;
	char text[4096], told[ACCESS_MAX * 46];
	struct error e;
	len = len < sizeof(text) ? len : sizeof(text) - 1;
	memcpy(text, data, len);
	text[len] = '\0';
	if (access_parse(&list, text, &e)) {
		check_sentence(e.text);
		check_sentence(e.hint);
		insist(!list.count);
		return 0;
	}
	check_hosts(&list);
	insist(access_format(told, sizeof(told), &list, 0) == list.count);
	check_sentence(told);
	insist(!list.count || !access_parse(&again, told, &e));
	insist(!memcmp(&list, &again, sizeof(list)));
	return 0;
}
