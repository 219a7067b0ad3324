/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/endpoint.h>
#include <sockchat/unpack.h>

#include "option_word.h"

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LABEL_MAX 63 /* RFC 1035, 2.3.4 */
#define NAME_LEN_MAX 253
#define ALPN_NAME_MAX 255 /* RFC 7301, 3.1 */

/* A pin ends like 32 bytes in base64: two bits of the last letter are none. */
static bool is_pin(const char *at, size_t len)
{
	static const char start[] = "sha256//";
	size_t start_len = strlen(start);
	return len == start_len + 44 && strncmp(at, start, start_len) == 0 &&
	       strspn(at + start_len, LETTERS DIGITS "+/") == 43 &&
	       strchr("AEIMQUYcgkosw048", at[len - 2]) && at[len - 1] == '=';
}

static bool are_pins(const char *value)
{
	for (size_t len;; value += len + 1) {
		len = strcspn(value, ";");
		if (!is_pin(value, len))
			return false;
		if (!value[len])
			return true;
	}
}

/* Whether a name of DNS may have this form.  One whose last label is a number
 * would be an address. */
static bool is_host_name(const char *name)
{
	const char *label = name;
	for (size_t len;; label += len + 1) {
		len = strspn(label, LETTERS DIGITS "-_");
		if (!len || len > LABEL_MAX)
			return false;
		if (!label[len])
			break;
		if (label[len] != '.')
			return false;
	}
	return strlen(name) <= NAME_LEN_MAX && label[strspn(label, DIGITS)];
}

/* Names in other scripts go in the one form that DNS and TLS have. */
static bool read_name(char *to, size_t cap, const char *value)
{
	struct endpoint ep = { .scheme = ENDPOINT_TCP };
	char ascii[ENDPOINT_HOST_MAX];
	if (strlen(value) >= sizeof(ep.host))
		return false;
	snprintf(ep.host, sizeof(ep.host), "%s", value);
	endpoint_ascii(&ep, ascii);
	if (*value && !is_host_name(ascii))
		return false;
	snprintf(to, cap, "%s", ascii);
	return true;
}

static bool are_alpn_names(const char *value)
{
	for (size_t len; *value; value += len + 1) {
		len = strcspn(value, ",");
		if (!len || len > ALPN_NAME_MAX)
			return false;
		if (!value[len])
			return true;
	}
	return false;
}

/* The shell does not know of a ~ behind "=", nor in a file. */
static bool read_path(char *to, size_t cap, const char *value)
{
	const char *home = strncmp(value, "~/", 2) == 0 ? getenv("HOME") : NULL;
	int len = snprintf(to, cap, "%s%s", home ? home : "",
	                   home ? value + 1 : value);
	return len >= 0 && (size_t)len < cap;
}

/* Why it is none is told by whoever refuses it. */
static bool read_format(char *to, size_t cap, const char *value)
{
	struct error why;
	bool is_off = strcmp(value, "off") == 0;
	snprintf(to, cap, "%s", is_off ? "" : value);
	return strlen(value) < cap &&
	       !unpack_check(to, strlen(to), &why);
}

/* An address or a name, without a port. */
static bool is_source(const char *value)
{
	const char *colon = strchr(value, ':');
	bool has_port = colon && !strchr(colon + 1, ':');
	return !value[strcspn(value, " \t*/,")] && !has_port;
}

/* Brackets, as an IPv6 address may have them, are no part of it. */
static bool read_source(char *to, size_t cap, const char *value)
{
	size_t len = strlen(value);
	bool has_brackets = *value == '[' && len > 2 && value[len - 1] == ']';
	snprintf(to, cap, "%.*s", (int)(len - 2 * has_brackets),
	         value + has_brackets);
	return len < cap;
}

static bool is_device(const char *value)
{
	return !value[strcspn(value, " \t/")];
}

static const struct word {
	bool (*is_good)(const char *value);
	bool (*read)(char *to, size_t cap, const char *value);
	const char *wanted, *hint;
} words[] = {
	[WORD_PATH] = { NULL, read_path, "a path", "" },
	[WORD_PIN] = { are_pins, NULL,
	  "sha256// and 44 characters of base64, more of them behind ;",
	  "it is of the public key, not of the certificate: openssl x509 -in "
	  "FILE -noout -pubkey | openssl pkey -pubin -outform DER | openssl "
	  "dgst -sha256 -binary | base64" },
	[WORD_SNI] = { NULL, read_name,
	  "a host name: TLS sends no addresses, and '' sends no name", "" },
	[WORD_ALPN] = { are_alpn_names, NULL,
	  "a list of protocols of 1 to 255 bytes each: h2,http/1.1", "" },
	[WORD_CIPHERS] = { NULL, NULL, "a list of ciphers", "" },
	[WORD_FORMAT] = { NULL, read_format, "a format of at most 1023 bytes",
	  "" },
	[WORD_ENDPOINT] = { NULL, NULL,
	  "an endpoint: HOST:PORT, tls://HOST:PORT or unix:PATH", "" },
	[WORD_SOURCE] = { is_source, read_source,
	  "an address of this machine, or a name of one",
	  "our port is -p, --source-port" },
	[WORD_DEVICE] = { is_device, NULL,
	  "the name of an interface (at most 15 bytes): eth0", "" },
};

bool word_read(enum option_word kind, char *to, size_t cap, const char *value)
{
	const struct word *w = &words[kind];
	memset(to, 0, cap);
	if (w->is_good && *value && !w->is_good(value))
		return false;
	if (w->read)
		return w->read(to, cap, value);
	snprintf(to, cap, "%s", value);
	return strlen(value) < cap;
}

const char *word_wanted(enum option_word kind)
{
	return words[kind].wanted;
}

const char *word_hint(enum option_word kind)
{
	return words[kind].hint;
}
