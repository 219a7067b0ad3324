/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The header of the PROXY protocol: a line of text, or bytes with fields. */

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include <sockchat/bytes.h>
#include <sockchat/glyph.h>
#include <sockchat/proxy_header.h>

#define V1_BEGIN "PROXY "
#define V1_MAX   107 /* with its CR LF */
#define V1_WORD_MAX 46
#define V2_HEAD  16  /* signature, version, family, length */
#define V2_PATH  108
#define SHOWN_MAX 80 /* of a stranger's word */

static const uint8_t v2_signature[] = { '\r', '\n', '\r', '\n', 0, '\r',
	                                '\n', 'Q', 'U', 'I', 'T', '\n' };

enum { LOCAL, PROXY };                            /* commands */
enum { NO_FAMILY, INET4, INET6, PATHS, FAMILIES }; /* of addresses */
enum { NO_KIND, STREAM, DATAGRAM, KINDS };
static const uint8_t address_sizes[] = { 0, 12, 36, 2 * V2_PATH };

static unsigned number16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

/* Where it ends */

static bool may_begin(const uint8_t *bytes, size_t len, const void *begin,
                      size_t size)
{
	return memcmp(bytes, begin, len < size ? len : size) == 0;
}

/* Only CR LF ends the line. */
static ssize_t v1_len(const uint8_t *bytes, size_t len, struct error *why)
{
	size_t i = 0;

	while (i < len && i < V1_MAX - 1 && bytes[i] != '\r' &&
	       bytes[i] != '\n')
		i++;
	if (i == V1_MAX - 1)
		return error_set(why, "its line has no end (CR LF) within "
		                      "107 bytes");
	if (i < len && bytes[i] == '\n')
		return error_set(why, "its line ends with LF alone, and must "
		                      "end with CR LF");
	if (i + 1 < len && bytes[i + 1] != '\n')
		return error_set(why, "its line has a CR without LF");
	return i + 1 < len ? (ssize_t)i + 2 : 0;
}

static ssize_t v2_len(const uint8_t *bytes, size_t len, struct error *why)
{
	size_t at = sizeof(v2_signature);

	if (len > at && bytes[at] >> 4 != 2)
		return error_set(why, "it begins as version 2, and says "
		                      "version %u", bytes[at] >> 4);
	return len < V2_HEAD ? 0 : V2_HEAD + (ssize_t)number16(bytes + 14);
}

ssize_t proxy_header_len(const uint8_t *bytes, size_t len, struct error *why)
{
	error_set(why, "%s", "");
	if (!len)
		return 0;
	if (may_begin(bytes, len, V1_BEGIN, strlen(V1_BEGIN)))
		return v1_len(bytes, len, why);
	if (may_begin(bytes, len, v2_signature, sizeof(v2_signature)))
		return v2_len(bytes, len, why);
	return -1;
}

/* Version 1 */

struct span {
	const uint8_t *at;
	size_t len;
};

/* The next word, up to a space or the end; one space alone stands between
 * two. */
static void cut_word(struct span *line, char out[V1_WORD_MAX])
{
	const uint8_t *end = memchr(line->at, ' ', line->len);
	size_t len = end ? (size_t)(end - line->at) : line->len;

	/* what is too long or has a NUL is no word of ours */
	bool is_bad = len >= V1_WORD_MAX || memchr(line->at, '\0', len);
	snprintf(out, V1_WORD_MAX, "%.*s", is_bad ? V1_WORD_MAX - 1 : (int)len,
	         is_bad ? "?" : (const char *)line->at);
	line->at += len + !!end;
	line->len -= len + !!end;
}

static int refuse_word(struct error *why, const char *word, const char *what)
{
	char shown[SHOWN_MAX];

	glyph_copy(shown, sizeof(shown), word, GLYPH_ANY_WIDTH);
	return error_set(why, "\"%s\" in its line is not a valid "
	                      "%s", shown, what);
}

static int read_host(struct address *a, int family, struct span *line,
                     struct error *why)
{
	char word[V1_WORD_MAX];
	uint8_t host[sizeof(struct in6_addr)];

	cut_word(line, word);
	if (inet_pton(family, word, host) != 1)
		return refuse_word(why, word, family == AF_INET
		                                  ? "IPv4 address"
		                                  : "IPv6 address");
	address_set_host(a, family, host);
	return 0;
}

static int read_port(struct address *a, struct span *line, struct error *why)
{
	char word[V1_WORD_MAX];
	unsigned port = 0;
	size_t i = 0;

	cut_word(line, word);
	for (; word[i] >= '0' && word[i] <= '9' && i < 5; i++)
		port = port * 10 + (unsigned)(word[i] - '0');
	if (!i || word[i] || port > UINT16_MAX || (*word == '0' && i > 1))
		return refuse_word(why, word, "port (0 to 65535)");
	address_set_port(a, port);
	return 0;
}

static int v1_read(struct proxy_header *h, const uint8_t *bytes, size_t len,
                   struct error *why)
{
	size_t begin = strlen(V1_BEGIN);
	struct span line = { bytes + begin, len - begin - strlen("\r\n") };
	char word[V1_WORD_MAX];

	cut_word(&line, word);
	if (strcmp(word, "UNKNOWN") == 0)
		return 0;
	int family = strcmp(word, "TCP4") == 0   ? AF_INET
	             : strcmp(word, "TCP6") == 0 ? AF_INET6
	                                         : 0;
	if (!family)
		return refuse_word(why, word, "protocol (TCP4, TCP6, UNKNOWN)");
	if (read_host(&h->source, family, &line, why) ||
	    read_host(&h->target, family, &line, why) ||
	    read_port(&h->source, &line, why) ||
	    read_port(&h->target, &line, why))
		return -1;
	if (line.len || bytes[len - strlen(" \r\n")] == ' ')
		return error_set(why, "its line continues after the ports");
	return 0;
}

/* Version 2: addresses */

static void read_inet(struct proxy_header *h, const uint8_t *at, int family)
{
	size_t size = family == AF_INET ? 4 : 16;

	address_set_host(&h->source, family, at);
	address_set_host(&h->target, family, at + size);
	address_set_port(&h->source, number16(at + 2 * size));
	address_set_port(&h->target, number16(at + 2 * size + 2));
}

/* A path, or a name behind a NUL; all NULs: it has none. */
static void read_path(struct address *a, const uint8_t *at)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&a->sa;
	size_t len = V2_PATH;

	while (len && !at[len - 1])
		len--;
	if (!len)
		return;
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, at, V2_PATH);
	a->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len +
	                     (*at && len < V2_PATH));
}

/* Clients of unix sockets have no name, and are called like the place where
 * they came. */
static void read_paths(struct proxy_header *h, const uint8_t *at)
{
	read_path(&h->source, at);
	read_path(&h->target, at + V2_PATH);
	if (!h->source.len)
		h->source = h->target;
}

/* Version 2: fields */

enum { TLV_CHECKSUM = 0x03, TLV_TLS = 0x20 };
enum { TLS_CERTIFICATE = 2 | 4 }; /* the client has shown one */

static const struct field {
	uint8_t type;
	const char *label;
} fields[] = {
	{ 0x01, "ALPN " },
	{ 0x02, "authority " },
	{ 0x05, "unique id " },
	{ 0x21, "" }, /* TLSv1.3 */
	{ 0x22, "client " },
	{ 0x23, "" }, /* the cipher */
	{ 0x24, "signature " },
	{ 0x25, "key " },
	{ 0x30, "namespace " },
};

/* What the fields are read into. */
struct reading {
	struct proxy_header *h;
	const uint8_t *checksum; /* the first one, or NULL */
	struct error *why;
};

static void say(struct proxy_header *h, const char *label, const char *text)
{
	(void)text_add(h->says, sizeof(h->says), "%s%s%s",
	               *h->says ? ", " : "", label, text);
}

static void say_field(struct proxy_header *h, uint8_t type, struct span value)
{
	char shown[SHOWN_MAX];

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (fields[i].type != type)
			continue;
		glyph_copy_bytes(shown, sizeof(shown), value.at, value.len,
		                 GLYPH_ANY_WIDTH);
		say(h, fields[i].label, shown);
	}
}

/* Cut the next field off `rest`.  -1 with a sentence if it is not whole. */
static int cut_field(struct span *rest, uint8_t *type, struct span *value,
                     struct error *why)
{
	size_t len = rest->len < 3 ? 0 : number16(rest->at + 1);

	if (rest->len < 3 || len > rest->len - 3) {
		error_set(why, "its last field is cut short");
		return -1;
	}
	*type = rest->at[0];
	*value = (struct span){ rest->at + 3, len };
	rest->at += 3 + len;
	rest->len -= 3 + len;
	return 0;
}

/* Which bits a client certificate has; whether it is good; and fields. */
static int read_tls(const struct reading *r, struct span value)
{
	static const uint8_t good[4];
	uint8_t type;
	struct span sub, rest = { value.at + 5, value.len - 5 };

	if (value.len < 5)
		return error_set(r->why, "its field about TLS is too short");
	while (rest.len) {
		if (cut_field(&rest, &type, &sub, r->why))
			return -1;
		say_field(r->h, type, sub);
	}
	if (value.at[0] & TLS_CERTIFICATE)
		say(r->h, "its certificate is ",
		    memcmp(value.at + 1, good, 4) ? "not verified"
		                                  : "verified");
	return 0;
}

static int read_field(struct reading *r, uint8_t type, struct span value)
{
	if (type == TLV_TLS)
		return read_tls(r, value);
	if (type == TLV_CHECKSUM && value.len != 4)
		return error_set(r->why, "its checksum has %zu bytes, not 4",
		                 value.len);
	if (type == TLV_CHECKSUM && !r->checksum)
		r->checksum = value.at;
	say_field(r->h, type, value);
	return 0;
}

/* CRC32c (RFC 9260, appendix A), with the checksum's own bytes as 0. */
static uint32_t compute_checksum(struct span all, const uint8_t *own)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < all.len; i++) {
		const uint8_t *at = all.at + i;

		crc ^= at >= own && at < own + 4 ? 0 : *at;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

static int check_sum(const struct reading *r, struct span all)
{
	const uint8_t *own = r->checksum;

	if (!own || compute_checksum(all, own) ==
	                ((uint32_t)number16(own) << 16 | number16(own + 2)))
		return 0;
	return error_set(r->why, "its checksum (CRC32c) does not match");
}

static int read_fields(struct proxy_header *h, struct span all, size_t begin,
                       struct error *why)
{
	struct reading r = { .h = h, .why = why };
	struct span rest = { all.at + begin, all.len - begin }, value;
	uint8_t type;

	while (rest.len)
		if (cut_field(&rest, &type, &value, why) ||
		    read_field(&r, type, value))
			return -1;
	return check_sum(&r, all);
}

/* What is LOCAL, or has no family, counts for nothing. */
static int v2_read(struct proxy_header *h, const uint8_t *bytes, size_t len,
                   struct error *why)
{
	unsigned command = bytes[12] & 15;
	unsigned family = bytes[13] >> 4, kind = bytes[13] & 15;
	const uint8_t *at = bytes + V2_HEAD;

	if (command > PROXY)
		return error_set(why, "its command %u is unknown: it is "
		                      "neither LOCAL (0) nor PROXY (1)",
		                 command);
	if (command == LOCAL)
		return 0;
	if (family >= FAMILIES || kind >= KINDS)
		return error_set(why, "its family of addresses (0x%02x) is "
		                      "unknown", bytes[13]);
	if (family == NO_FAMILY || kind == NO_KIND)
		return 0;
	if (len - V2_HEAD < address_sizes[family])
		return error_set(why, "its addresses need %u bytes, and it "
		                      "has %zu", address_sizes[family],
		                 len - V2_HEAD);
	if (family == PATHS)
		read_paths(h, at);
	else
		read_inet(h, at, family == INET4 ? AF_INET : AF_INET6);
	return read_fields(h, (struct span){ bytes, len },
	                   V2_HEAD + address_sizes[family], why);
}

int proxy_header_read(struct proxy_header *h, const uint8_t *bytes, size_t len,
                      struct error *why)
{
	bool is_text = *bytes == *V1_BEGIN;

	*h = (struct proxy_header){ .version = is_text ? 1 : 2 };
	return is_text ? v1_read(h, bytes, len, why)
	               : v2_read(h, bytes, len, why);
}

/* Writing */

/* The family that both have; 0: none. */
static int family_of(const struct address *a, const struct address *b)
{
	return a->len && b->len && a->sa.ss_family == b->sa.ss_family
	           ? a->sa.ss_family : 0;
}

static size_t v1_write(uint8_t *out, const struct address *source,
                       const struct address *target)
{
	int family = family_of(source, target);
	char hosts[2][INET6_ADDRSTRLEN];
	const void *from, *to;

	if (family != AF_INET && family != AF_INET6)
		return (size_t)snprintf((char *)out, PROXY_HEADER_OUT_MAX,
		                        V1_BEGIN "UNKNOWN\r\n");
	address_host((const struct sockaddr *)&source->sa, &from);
	address_host((const struct sockaddr *)&target->sa, &to);
	inet_ntop(family, from, hosts[0], sizeof(hosts[0]));
	inet_ntop(family, to, hosts[1], sizeof(hosts[1]));
	return (size_t)snprintf((char *)out, PROXY_HEADER_OUT_MAX,
	                        V1_BEGIN "TCP%c %s %s %u %u\r\n",
	                        family == AF_INET ? '4' : '6', hosts[0],
	                        hosts[1], address_port(source),
	                        address_port(target));
}

static uint8_t *put16(uint8_t *at, unsigned number)
{
	*at++ = (uint8_t)(number >> 8);
	*at++ = (uint8_t)number;
	return at;
}

static uint8_t *put_host(uint8_t *at, const struct address *a)
{
	const void *host;
	size_t len = address_host((const struct sockaddr *)&a->sa, &host);

	memcpy(at, host, len);
	return at + len;
}

static uint8_t *put_path(uint8_t *at, const struct address *a)
{
	const struct sockaddr_un *un = (const void *)&a->sa;
	size_t start = offsetof(struct sockaddr_un, sun_path);
	size_t len = a->len > start ? a->len - start : 0;

	memset(at, 0, V2_PATH);
	memcpy(at, un->sun_path, len < V2_PATH ? len : V2_PATH);
	return at + V2_PATH;
}

static bool is_path(const struct address *a)
{
	return a->len && a->sa.ss_family == AF_UNIX;
}

static uint8_t *put_addresses(uint8_t *at, unsigned family,
                              const struct address *source,
                              const struct address *target)
{
	if (family == PATHS)
		return put_path(put_path(at, source), target);
	if (family == NO_FAMILY)
		return at;
	at = put_host(put_host(at, source), target);
	return put16(put16(at, address_port(source)), address_port(target));
}

static size_t v2_write(uint8_t *out, const struct address *source,
                       const struct address *target)
{
	int both = family_of(source, target);
	unsigned family = is_path(source) || is_path(target) ? PATHS
	                  : both == AF_INET                  ? INET4
	                  : both == AF_INET6                 ? INET6
	                                                     : NO_FAMILY;

	memcpy(out, v2_signature, sizeof(v2_signature));
	out[12] = (uint8_t)(2 << 4 | (family ? PROXY : LOCAL));
	out[13] = (uint8_t)(family ? family << 4 | STREAM : 0);
	(void)put16(out + 14, address_sizes[family]);
	return (size_t)(put_addresses(out + V2_HEAD, family, source, target) -
	                out);
}

size_t proxy_header_write(uint8_t out[PROXY_HEADER_OUT_MAX], int version,
                          const struct address *source,
                          const struct address *target)
{
	return version == PROXY_HEADER_V2 ? v2_write(out, source, target)
	                                  : v1_write(out, source, target);
}

/* Words */

void proxy_header_say(const struct proxy_header *h,
                      char out[PROXY_HEADER_TEXT_MAX])
{
	char from[ADDRESS_TEXT_MAX], to[ADDRESS_TEXT_MAX] = "";

	if (!h->source.len) {
		snprintf(out, PROXY_HEADER_TEXT_MAX,
		         "version %u, for nobody (%s)", h->version,
		         h->version == 1 ? "UNKNOWN" : "LOCAL");
		return;
	}
	address_format(&h->source, from);
	if (h->target.len)
		address_format(&h->target, to);
	snprintf(out, PROXY_HEADER_TEXT_MAX, "version %u, for %s%s%s%s%s",
	         h->version, from, *to ? " at " : "", to,
	         *h->says ? "; " : "", h->says);
}
