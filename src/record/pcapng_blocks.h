/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The blocks of a pcapng file (draft-ietf-opsawg-pcapng), in this machine's
 * byte order.  Each function appends to `out`; -1 without memory, and then
 * nothing was appended. */

#ifndef SOCKCHAT_PCAPNG_BLOCKS_H
#define SOCKCHAT_PCAPNG_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/error.h>

#define PCAPNG_COMMENT 1 /* the option that every block may have */

/* An option behind those that `options` has. */
MUST_USE
int pcapng_option(struct bytes *options, unsigned code, const void *value,
                  size_t len);

/* The head of a section, and its one interface, which has raw IP packets with
 * times in nanoseconds. */
MUST_USE int pcapng_section(struct bytes *out);
MUST_USE int pcapng_interface(struct bytes *out, const char *description);

/* A packet of `len` bytes with these options; NULL: none.  The place for its
 * bytes, borrowed until the next change; NULL without memory. */
MUST_USE
uint8_t *pcapng_packet(struct bytes *out, uint64_t time_ns, size_t len,
                       const struct bytes *options);

/* The name of a host, of 4 or 16 bytes. */
MUST_USE
int pcapng_name(struct bytes *out, const void *host, size_t len,
                const char *name);

/* Lines of SSLKEYLOGFILE. */
MUST_USE
int pcapng_secrets(struct bytes *out, const struct bytes *lines);

/* How many packets there were, and were lost, between two times. */
struct pcapng_sums {
	uint64_t first_ns, last_ns, packets, lost;
};

/* Takes the first of its options. */
MUST_USE
int pcapng_statistics(struct bytes *out, const struct pcapng_sums *sums,
                      struct bytes *options);

#endif
