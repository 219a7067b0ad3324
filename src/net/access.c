/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/access.h>
#include <sockchat/bytes.h>
#include <sockchat/number.h>

#define BETWEEN     ", \t\r\n"
#define WORD_MAX    (INET6_ADDRSTRLEN + 8) /* "/128" too */
#define V4_LEN      4
#define V6_LEN      16
#define MAPPED_LEN  12 /* ::ffff:0:0/96 */

/* A whole address; false for a family without hosts. */
static bool take_address(struct network *n, const struct sockaddr *sa)
{
	const void *host;
	size_t len = address_host(sa, &host);
	*n = (struct network){ .len = (uint8_t)len };
	n->bits = (uint8_t)(8 * len);
	memcpy(n->host, host, len);
	return len;
}

/* A network of mapped addresses becomes the IPv4 network that it is. */
static void unmap(struct network *n)
{
	static const uint8_t mapped[MAPPED_LEN] = { [10] = 0xff, [11] = 0xff };
	if (n->len != V6_LEN || n->bits < 8 * MAPPED_LEN ||
	    memcmp(n->host, mapped, MAPPED_LEN) != 0)
		return;
	memmove(n->host, n->host + MAPPED_LEN, V4_LEN);
	memset(n->host + V4_LEN, 0, V6_LEN - V4_LEN);
	n->len = V4_LEN;
	n->bits = (uint8_t)(n->bits - 8 * MAPPED_LEN);
}

/* Let the bits behind the first `n->bits` be 0. */
static void cut_host(struct network *n)
{
	for (unsigned i = 0; i < n->len; i++) {
		unsigned kept = n->bits < 8 * i ? 0 : n->bits - 8 * i;
		if (kept < 8)
			n->host[i] &= (uint8_t)(0xff00 >> kept);
	}
}

static bool is_same(const struct network *a, const struct network *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static bool is_within(struct network peer, const struct network *n)
{
	if (peer.len != n->len)
		return false;
	peer.bits = n->bits;
	cut_host(&peer);
	return is_same(&peer, n);
}

/* Reading */

static int refuse_word(const char *word, size_t len, struct error *e)
{
	error_set(e, "'%.*s' is not an address or a network",
	          (int)(len < WORD_MAX ? len : WORD_MAX), word);
	error_set_hint(e, "write 10.0.0.7, 10.0.0.0/8, ::1 or fd00::/8, "
	                  "without a port: host names are not looked up here");
	return -1;
}

/* As inet_pton(3); the network has all bits of its family. */
static bool read_host(struct network *n, const char *text)
{
	*n = (struct network){ .len = V4_LEN };
	if (inet_pton(AF_INET, text, n->host) != 1) {
		n->len = V6_LEN;
		if (inet_pton(AF_INET6, text, n->host) != 1)
			return false;
	}
	n->bits = (uint8_t)(8 * n->len);
	return true;
}

static int read_network(struct network *n, const char *word, size_t len,
                        struct error *e)
{
	char text[WORD_MAX];
	long bits;
	if (len >= sizeof(text))
		return refuse_word(word, len, e);
	memcpy(text, word, len);
	text[len] = '\0';
	char *slash = strchr(text, '/');
	if (slash)
		*slash = '\0';
	if (!read_host(n, text))
		return refuse_word(word, len, e);
	if (slash && !number_parse(slash + 1, 0, n->bits, &bits))
		return error_set(e, "'%.*s': the length after / must be a "
		                    "number from 0 to %u",
		                 (int)len, word, n->bits);
	if (slash)
		n->bits = (uint8_t)bits;
	cut_host(n);
	unmap(n);
	return 0;
}

static int add_network(struct access_list *list, const struct network *n,
                       struct error *e)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_same(&list->networks[i], n))
			return 0;
	if (list->count == ACCESS_MAX)
		return error_set(e, "more than %d networks: combine some into "
		                    "larger ones", ACCESS_MAX);
	list->networks[list->count++] = *n;
	return 0;
}

int access_parse(struct access_list *list, const char *text, struct error *e)
{
	struct access_list next = *list;
	struct network n;
	if (strcmp(text, "off") == 0) {
		*list = (struct access_list){ .count = 0 };
		return 0;
	}
	text += strspn(text, BETWEEN);
	if (!*text)
		return error_set(e, "the list is empty: write 'off' for no "
		                    "list");
	for (size_t len; (len = strcspn(text, BETWEEN));
	     text += len, text += strspn(text, BETWEEN))
		if (read_network(&n, text, len, e) ||
		    add_network(&next, &n, e))
			return -1;
	*list = next;
	return 0;
}

/* Telling */

static void format_network(char out[WORD_MAX], const struct network *n)
{
	bool is_v4 = n->len == V4_LEN;
	if (!inet_ntop(is_v4 ? AF_INET : AF_INET6, n->host, out, WORD_MAX))
		*out = '\0';
	if (n->bits < 8 * n->len)
		text_add(out, WORD_MAX, "/%u", n->bits);
}

size_t access_format(char *out, size_t cap, const struct access_list *list,
                     size_t first)
{
	char word[WORD_MAX];
	size_t i = first;
	*out = '\0';
	for (; i < list->count; i++) {
		format_network(word, &list->networks[i]);
		if (strlen(out) + strlen(word) + 2 >= cap)
			break;
		text_add(out, cap, "%s%s", i > first ? ", " : "", word);
	}
	return i;
}

void access_describe(char *out, size_t cap, const struct access_list *list)
{
	size_t more = strlen(" and 256 more");
	size_t room = cap > more ? cap - more : cap;
	size_t next = access_format(out, room, list, 0);
	if (next < list->count)
		text_add(out, cap, " and %zu more", list->count - next);
}

/* Asking */

static bool has_peer(const struct access_list *list, const struct network *peer)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_within(*peer, &list->networks[i]))
			return true;
	return false;
}

const char *access_refuses(const struct access_list *allow,
                           const struct access_list *deny,
                           const struct address *peer)
{
	struct network n;
	if ((!allow->count && !deny->count) ||
	    !take_address(&n, (const struct sockaddr *)&peer->sa))
		return NULL;
	unmap(&n);
	if (has_peer(deny, &n))
		return "it is in --deny";
	return allow->count && !has_peer(allow, &n) ? "it is not in --allow"
	                                            : NULL;
}

const char *access_denies(const struct access_list *deny,
                          const struct address *peer)
{
	static const struct access_list everybody;
	return access_refuses(&everybody, deny, peer);
}
