/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any bytes in any pieces cut into messages: none is lost, each ends where a
 * line does or where it is too long, and it does not matter how they came. */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/framing.h>

#define FILL_SIZE 4096

static void insist(bool is_true)
{
	if (!is_true)
		abort();
}

static struct frame frame;

struct run {
	struct transcript *transcript;
	struct framing framing;
	struct bytes all;
};

static void take(struct run *r, const void *bytes, size_t len)
{
	insist(framing_take(&r->framing, &(struct framing_read){
		       .transcript = r->transcript,
		       .frame = &frame,
		       .time = stamp_now(),
		       .session = 1,
		       .peer = "",
	       }, bytes, len) ==
	       0);
	insist(bytes_append(&r->all, bytes, len) == 0);
}

/* A zero brings many bytes without a line's end; any other is the length of
 * the piece that follows it. */
static void take_pieces(struct run *r, const uint8_t *data, size_t size)
{
	static uint8_t fill[FILL_SIZE];
	memset(fill, 0xac, sizeof(fill));
	while (size) {
		size_t len = *data++;
		size--;
		if (len > size)
			len = size;
		if (len)
			take(r, data, len);
		else
			take(r, fill, sizeof(fill));
		data += len;
		size -= len;
	}
}

static void check_message(const struct entry *e, bool is_last)
{
	const uint8_t *end = memchr(e->bytes, '\n', e->len);
	bool is_ended = end == e->bytes + e->len - 1;
	bool is_cut = (e->flags & ENTRY_CUT) != 0;
	insist(e->len && e->len <= FRAME_CUT_MAX);
	insist(!end || is_ended);
	insist(!is_cut || (!is_ended && e->len > FRAME_CUT_MAX - 4));
	insist(is_last || is_ended || is_cut);
	insist(!(e->flags & ENTRY_COMPLETE) == !(is_ended || is_cut));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run r = { .transcript = transcript_new(SIZE_MAX),
		         .framing = { .dir = ENTRY_IN } };
	struct error error;
	size_t at = 0;
	insist(frame_parse(&frame, "line", &error) == 0);
	take_pieces(&r, data, size);
	uint64_t end = transcript_end(r.transcript);
	for (uint64_t seq = 1; seq < end; seq++) {
		struct entry room;
		const struct entry *e = transcript_at(r.transcript, seq, &room);
		check_message(e, seq == end - 1);
		insist(e->len <= r.all.len - at);
		insist(memcmp(e->bytes, r.all.data + at, e->len) == 0);
		at += e->len;
	}
	insist(at == r.all.len);
	transcript_free(r.transcript);
	bytes_finish(&r.all);
	return 0;
}
