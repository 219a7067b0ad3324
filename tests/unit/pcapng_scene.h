/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A pcapng file that is written from made-up news, and a judge that reads it:
 * for one program of tests. */

#ifndef TESTS_PCAPNG_SCENE_H
#define TESTS_PCAPNG_SCENE_H

#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include <sockchat/link.h>
#include <sockchat/sink.h>

#include "../fake/fake_transport.h"
#include "../fake/pcapng_judge.h"

/* A socket without a system below it. */
struct made_socket {
	struct transport head;
	struct transport_facts facts;
	struct link link; /* on it, in the user's hands */
};

static struct sink *sink;
static struct bytes file;
static struct pcapng_seen seen;

static inline void made_facts(const struct transport *t, unsigned wanted,
                              struct transport_facts *out)
{
	(void)wanted;
	*out = ((const struct made_socket *)t)->facts;
}

static const struct transport_ops made_ops = {
	.traits = TRANSPORT_TCP, .facts = made_facts,
};
static const struct transport_ops made_unix_ops = { .facts = made_facts };

static inline struct made_socket made_socket(uint32_t number, const char *us,
                                             const char *peer)
{
	struct made_socket s = {
		.head = { .ops = &made_ops, .is_open = true },
		.link = { .number = number, .where = peer },
	};
	if (*us)
		s.facts.local = fake_address(us);
	if (*peer)
		s.facts.peer = fake_address(peer);
	return s;
}

static inline void begin_file(bool has_entries_alone)
{
	memset(&seen, 0, sizeof(seen));
	sink = sink_new(sink_named("pcapng"));
	assert_non_null(sink);
	sink->has_entries_alone = has_entries_alone;
	sink->endpoint = "127.0.0.1:9999";
	assert_int_equal(sink->ops->open(sink, &file), 0);
}

static inline void tell(struct made_socket *s, struct wire_news n)
{
	n.socket = &s->head;
	n.layers = n.layers ? n.layers : WIRE_SOCKET | WIRE_USER;
	n.link = n.layers & WIRE_USER ? &s->link : NULL;
	assert_int_equal(sink->ops->wire(sink, &n, &file), 0);
}

static inline void tell_open(struct made_socket *s)
{
	tell(s, (struct wire_news){ .kind = WIRE_OPEN });
}

static inline void tell_close(struct made_socket *s, bool is_aborted)
{
	tell(s, (struct wire_news){ WIRE_CLOSED, WIRE_SOCKET,
	                            .is_aborted = is_aborted });
}

static inline void tell_text(struct made_socket *s, bool is_out,
                             const char *text)
{
	tell(s, (struct wire_news){ WIRE_BYTES, .is_out = is_out,
	                            .bytes = text, .len = strlen(text) });
}

/* What a layer reads and writes. */
static inline void tell_below(struct made_socket *s, bool is_out,
                              const char *text)
{
	tell(s, (struct wire_news){ WIRE_BYTES, WIRE_SOCKET, .is_out = is_out,
	                            .bytes = text, .len = strlen(text) });
}

static inline void tell_end(struct made_socket *s, bool is_out)
{
	tell(s, (struct wire_news){ WIRE_END, .is_out = is_out });
}

static inline void tell_secret(const char *line)
{
	const struct wire_news n = { WIRE_SECRET, .bytes = line,
		                     .len = strlen(line) };
	assert_int_equal(sink->ops->wire(sink, &n, &file), 0);
}

static inline void tell_entry(struct entry e, const char *text)
{
	e.bytes = (const uint8_t *)text;
	e.len = strlen(text);
	e.peer = e.peer ? e.peer : "";
	e.local = e.local ? e.local : "";
	e.client = e.client ? e.client : "";
	e.code = e.code ? e.code : "";
	e.hint = e.hint ? e.hint : "";
	e.flags |= ENTRY_COMPLETE;
	assert_int_equal(sink->ops->entry(sink, &e, 0, &file), 0);
}

/* End the file and read it. */
static inline void read_file(void)
{
	assert_int_equal(sink->ops->close(sink, &file), 0);
	const char *wrong = pcapng_judge(&seen, file.data, file.len);
	if (wrong)
		fail_msg("%s, after the blocks %s", wrong,
		         bytes_text(&seen.blocks));
	assert_int_equal(seen.counted, seen.packets);
}

static inline void assert_blocks(const char *blocks)
{
	assert_string_equal(bytes_text(&seen.blocks), blocks);
}

/* What the one with this number among those who have connected said, and was
 * answered. */
static inline void assert_moved(size_t stream, const char *client,
                                const char *server)
{
	assert_true(stream < seen.stream_count);
	struct seen_stream *s = &seen.streams[stream];
	assert_string_equal(bytes_text(&s->ends[0].bytes), client);
	assert_string_equal(bytes_text(&s->ends[1].bytes), server);
}

static inline void assert_comment(const char *text)
{
	if (!strstr(bytes_text(&seen.comments), text))
		fail_msg("\"%s\" is not among the comments:\n%s", text,
		         bytes_text(&seen.comments));
}

static inline int finish_file(void **state)
{
	(void)state;
	free(sink);
	bytes_finish(&file);
	pcapng_seen_finish(&seen);
	return 0;
}

static inline int start_heard(void **state)
{
	(void)state;
	begin_file(false);
	return 0;
}

static inline int start_saved(void **state)
{
	(void)state;
	begin_file(true);
	return 0;
}

#define HEARD(name) \
	cmocka_unit_test_setup_teardown(name, start_heard, finish_file)
#define SAVED(name) \
	cmocka_unit_test_setup_teardown(name, start_saved, finish_file)

#endif
