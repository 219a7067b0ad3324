/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Reads a pcapng file as Wireshark would: what does not fit together is a
 * complaint, what each stream moved is kept. */

#ifndef TESTS_PCAPNG_JUDGE_H
#define TESTS_PCAPNG_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>

#define SEEN_MAX 64

struct seen_end {
	uint8_t host[16];
	unsigned port;
	bool has_syn, has_fin, has_rst;
	uint32_t next; /* the sequence number that has to come */
	struct bytes bytes;
};

struct seen_stream {
	struct seen_end ends[2]; /* the first one has connected */
	size_t host_len;
	bool is_over; /* reset */
};

struct pcapng_seen {
	/* A letter for each block: Head, Interface, Name, Keys, Packet,
	 * Statistics. */
	struct bytes blocks;
	struct bytes comments, names, keys; /* lines */
	uint64_t last_ns, counted, lost;
	struct seen_stream streams[SEEN_MAX];
	size_t stream_count, packets, resets;
	bool has_gaps; /* sequence numbers may jump */
};

/* What is wrong with it, or NULL.  `seen` is all zero; the caller ends it. */
const char *pcapng_judge(struct pcapng_seen *seen, const uint8_t *file,
                         size_t len);
void pcapng_seen_finish(struct pcapng_seen *seen);

#endif
