/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <string.h>

#include <sockchat/entry.h>

#include "cutter.h"
#include "frame_laws.h"

static const char *const args[] = {
	[FRAME_ARG_NONE] = "",       [FRAME_ARG_TEXT] = ":\\r\\n\\r\\n",
	[FRAME_ARG_TEXTS] = ":\\x02,\\x03", [FRAME_ARG_COUNT] = ":7",
	[FRAME_ARG_DIGITS] = ":2",   [FRAME_ARG_TIME] = ":20ms",
};

static const char *const more[] = {
	"delim:aab",     "delim:abab",      "between:aa,ab", "between:a,a",
	"u16,le,at=3",   "u32,add=-4",      "u8,add=2",      "u24,max=9",
	"varint,add=-1", "dec:3,at=1,add=-3", "hex:1",
};

const char *frame_law_spec(size_t i)
{
	static char spec[64];
	size_t kinds = 0;
	while (frame_kind(kinds))
		kinds++;
	if (i >= kinds)
		return i - kinds < sizeof(more) / sizeof(*more)
		           ? more[i - kinds] : NULL;
	const struct frame_kind *kind = frame_kind(i);
	snprintf(spec, sizeof(spec), "%s%s", kind->name, args[kind->arg]);
	return spec;
}

static bool looks_at_reads(const struct frame *f)
{
	return f->kind->traits & FRAME_IDLES ||
	       strcmp(f->kind->name, "read") == 0;
}

bool frame_law_cut(const struct frame *f, const uint8_t *bytes, size_t len,
                   const uint8_t *sizes, size_t count)
{
	struct cutter whole = { .frame = f, .bytes = bytes };
	struct cutter torn = { .frame = f, .bytes = bytes };
	size_t at = 0;
	cutter_read(&whole, len, 0);
	for (size_t i = 0; at < len; i++) {
		size_t n = count && sizes[i % count] ? sizes[i % count] : 1;
		n = n < len - at ? n : len - at;
		cutter_read(&torn, n, 0);
		at += n;
	}
	bool is_like = looks_at_reads(f) || cutter_is_like(&whole, &torn);
	cutter_finish(&whole);
	cutter_finish(&torn);
	return is_like;
}

static bool is_payload(const struct frame *f, const struct framed *framed,
                       const uint8_t *payload, size_t len)
{
	const struct entry e = {
		.bytes = framed->bytes.data,
		.len = framed->bytes.len,
		.frame = f->kind,
		.prefix_at = framed->prefix_at,
		.prefix = framed->prefix,
		.suffix = framed->suffix,
	};
	struct bytes room = { 0 };
	size_t found;
	const uint8_t *bytes = entry_payload(&e, &room, &found);
	bool is_same = found == len && (!len || !memcmp(bytes, payload, len));
	bytes_finish(&room);
	return is_same;
}

bool frame_law_wrap(const struct frame *f, const uint8_t *payload, size_t len)
{
	struct framed framed = { 0 };
	struct error e;
	if (!f->kind->wrap || frame_wrap(f, payload, len, &framed, &e)) {
		bytes_finish(&framed.bytes);
		return true;
	}
	struct cutter c = { .frame = f, .bytes = framed.bytes.data };
	cutter_read(&c, framed.bytes.len, 0);
	bool is_one = c.count == 1 && c.messages[0].status == FRAME_WHOLE &&
	              c.messages[0].now.suffix == framed.suffix &&
	              c.messages[0].now.prefix == framed.prefix &&
	              c.messages[0].now.prefix_at == framed.prefix_at;
	bool is_text = f->end_len || (f->kind->row.end_len &&
	                              !(f->kind->traits & FRAME_WHOLE_TOO));
	bool is_it = f->kind->traits & FRAME_WHOLE_TOO &&
	             framed.bytes.len == len;
	bool has_cr = is_text && len && payload[len - 1] == '\r';
	bool holds = is_one ? is_it || has_cr ||
	                          is_payload(f, &framed, payload, len)
	                    : is_text;
	bytes_finish(&framed.bytes);
	cutter_finish(&c);
	return holds;
}

bool frame_law_spec_is_stable(const struct frame *f)
{
	char spec[FRAME_SPEC_MAX], again[FRAME_SPEC_MAX];
	struct frame read;
	struct error e;
	frame_format(f, spec);
	if (frame_parse(&read, spec, &e))
		return false;
	frame_format(&read, again);
	return strcmp(spec, again) == 0 && read.kind == f->kind &&
	       read.count == f->count && read.max == f->max &&
	       read.add == f->add && read.at == f->at &&
	       read.is_little == f->is_little &&
	       read.start_len == f->start_len && read.end_len == f->end_len &&
	       memcmp(read.start, f->start, f->start_len) == 0 &&
	       memcmp(read.end, f->end, f->end_len) == 0;
}
