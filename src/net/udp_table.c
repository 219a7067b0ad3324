/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "udp_table.h"

void udp_ends_set(struct udp_ends *out, const struct sockaddr *source,
                  const void *here)
{
	const struct sockaddr_in *v4 = (const void *)source;
	const struct sockaddr_in6 *v6 = (const void *)source;
	bool is_v4 = source->sa_family == AF_INET;
	memset(out, 0, sizeof(*out));
	out->source.sa.sa_family = source->sa_family;
	if (is_v4) {
		out->source.v4.sin_addr = v4->sin_addr;
		out->source.v4.sin_port = v4->sin_port;
	} else {
		out->source.v6.sin6_addr = v6->sin6_addr;
		out->source.v6.sin6_port = v6->sin6_port;
		out->source.v6.sin6_scope_id = v6->sin6_scope_id;
	}
	if (here)
		memcpy(&out->here, here, is_v4 ? sizeof(out->here.v4)
		                               : sizeof(out->here.v6));
}

void udp_ends_source(const struct udp_ends *ends, struct address *a)
{
	memset(a, 0, sizeof(*a));
	a->len = ends->source.sa.sa_family == AF_INET
	             ? sizeof(ends->source.v4) : sizeof(ends->source.v6);
	memcpy(&a->sa, &ends->source, a->len);
}

void udp_ends_here(const struct udp_ends *ends, struct address *a)
{
	struct sockaddr_in *v4 = (void *)&a->sa;
	struct sockaddr_in6 *v6 = (void *)&a->sa;
	if (a->sa.ss_family == AF_INET)
		v4->sin_addr = ends->here.v4;
	else
		v6->sin6_addr = ends->here.v6;
}

/* What is not used of them is zero. */
static bool is_same(const void *a, const void *b, size_t len)
{
	return memcmp(a, b, len) == 0;
}

/* By the source alone. */
static size_t bucket_of(const struct udp_table *t, const struct udp_ends *ends)
{
	uint32_t words[sizeof(ends->source) / sizeof(uint32_t)];
	uint64_t h = t->seed;
	memcpy(words, &ends->source, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		h = (h ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	return h % UDP_BUCKETS;
}

void udp_table_add(struct udp_table *t, struct udp_entry *e)
{
	struct udp_entry **bucket = &t->buckets[bucket_of(t, &e->ends)];
	e->next = *bucket;
	*bucket = e;
}

void udp_table_remove(struct udp_table *t, const struct udp_entry *e)
{
	struct udp_entry **at = &t->buckets[bucket_of(t, &e->ends)];
	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
}

struct udp_entry *udp_table_find(const struct udp_table *t,
                                 const struct udp_ends *ends)
{
	struct udp_entry *e = t->buckets[bucket_of(t, ends)];
	while (e && !is_same(&e->ends, ends, sizeof(*ends)))
		e = e->next;
	return e;
}

struct udp_entry *udp_table_find_source(const struct udp_table *t,
                                        const struct udp_ends *ends)
{
	struct udp_entry *e = t->buckets[bucket_of(t, ends)];
	while (e && !is_same(&e->ends.source, &ends->source,
	                     sizeof(ends->source)))
		e = e->next;
	return e;
}

void udp_table_each(const struct udp_table *t, void (*fn)(struct udp_entry *e))
{
	for (size_t i = 0; i < UDP_BUCKETS; i++)
		for (struct udp_entry *e = t->buckets[i]; e; e = e->next)
			fn(e);
}
