/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any bytes loaded as .jsonl: what is put is old and within its bounds, and
 * messages come back the same when they are written and loaded once more. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sockchat/format.h>

#include "../../src/record/load_private.h"

#define insist(so) ((so) ? (void)0 : abort())

/* Load the bytes.  False if they are wrong. */
static bool load(struct transcript *t, const void *bytes, size_t len)
{
	static const struct frame frames[2] = { FRAME_DEFAULT, FRAME_DEFAULT };
	static struct load_put put;
	struct error e;
	char path[40];
	int fd = memfd_create("fuzz", MFD_CLOEXEC), more = 1;
	put = (struct load_put){ .transcript = t, .frames = frames };
	insist(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	void *reader = load_jsonl.open(&put, path, 0, &e);
	insist(reader);
	close(fd);
	while (more > 0)
		more = load_jsonl.step(reader, &e);
	insist(more == 0 || *e.text);
	insist(load_jsonl.cut(reader) <= len);
	load_jsonl.close(reader);
	return more == 0;
}

static void check_entry(const struct entry *e)
{
	insist(entry_is_old(e));
	insist(e->prefix_at + (size_t)e->prefix + e->suffix <= e->len);
	for (size_t i = 0; i < e->part_count; i++)
		insist(e->parts[i].at <= e->len);
}

/* What of an entry has to come back; where pieces end does not. */
struct kept {
	struct stamp time;
	uint32_t session, len;
	uint8_t kind, dir, state, flags;
};

/* Write all as JSON, and what has to come back. */
static void write_all(const struct transcript *t, struct bytes *json,
                      struct bytes *all)
{
	const struct wrap_look look = { .encode = ENCODE_AUTO };
	struct entry e;
	for (uint64_t seq = transcript_first(t); seq < transcript_end(t);
	     seq++) {
		insist(transcript_at(t, seq, &e));
		check_entry(&e);
		insist(!format_entry(json, FORMAT_JSON, &look, &e, 0));
		if (e.kind != ENTRY_MESSAGE)
			continue;
		struct kept k;
		memset(&k, 0, sizeof(k));
		k.time = e.time;
		k.session = e.session;
		k.len = (uint32_t)e.len;
		k.dir = e.dir;
		k.flags = e.flags & ENTRY_COMPLETE;
		insist(!bytes_append(all, &k, sizeof(k)) &&
		       !bytes_append(all, e.bytes, e.len));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes json[2] = { { 0 } }, all[2] = { { 0 } };
	for (size_t i = 0; i < 2; i++) {
		struct transcript *t = transcript_new((size_t)64 << 20);
		insist(t);
		bool is_good = i ? load(t, json[0].data, json[0].len)
		                 : load(t, data, size);
		insist(is_good || !i);
		write_all(t, &json[i], &all[i]);
		transcript_free(t);
	}
	insist(all[0].len == all[1].len &&
	       (!all[0].len ||
	        memcmp(all[0].data, all[1].data, all[0].len) == 0));
	for (size_t i = 0; i < 2; i++) {
		bytes_finish(&json[i]);
		bytes_finish(&all[i]);
	}
	return 0;
}
