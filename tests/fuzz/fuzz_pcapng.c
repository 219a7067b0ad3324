/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any news of several connections, with entries and secrets between them: the
 * file is one that the judge can read, and has every byte that moved. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/link.h>
#include <sockchat/sink.h>

#include "../fake/fake_transport.h"
#include "../fake/pcapng_judge.h"

#define SOCKETS 4
#define FILL    5000 /* bytes that one of the script stands for */

static void insist(int is_true)
{
	if (!is_true)
		abort();
}

struct fuzz_socket {
	struct transport head;
	struct transport_facts facts;
	struct link link;
	bool is_there, has_ended[2], is_broken;
	unsigned layers;
	size_t met; /* its place among all connections of the file */
};

/* What the file has to have. */
static struct model {
	struct sink *sink;
	struct bytes file, moved[SEEN_MAX][2]; /* from us, from the peer */
	bool is_accepted[SEEN_MAX];
	size_t met, resets;
	struct fuzz_socket sockets[SOCKETS];
} now;

static void socket_facts(const struct transport *t, unsigned wanted,
                         struct transport_facts *out)
{
	(void)wanted;
	*out = ((const struct fuzz_socket *)t)->facts;
}

static const struct transport_ops socket_ops = { .facts = socket_facts };

static void begin_socket(struct fuzz_socket *s, unsigned i)
{
	static const struct {
		const char *us, *peer, *where;
		unsigned layers;
		bool is_accepted;
	} rows[SOCKETS] = {
		{ "127.0.0.1:40000", "127.0.0.1:80", "localhost:80",
		  WIRE_SOCKET | WIRE_USER, false },
		{ "[::1]:80", "[::1]:40000", "[::1]:40000",
		  WIRE_SOCKET | WIRE_USER, true },
		{ NULL, NULL, "unix:/tmp/x", WIRE_SOCKET | WIRE_USER, false },
		{ "[::ffff:1.2.3.4]:40000", "1.2.3.5:443", "tls://a.test:443",
		  WIRE_SOCKET, false },
	};
	*s = (struct fuzz_socket){
		.head = { .ops = &socket_ops, .is_open = true,
		          .is_accepted = rows[i].is_accepted },
		.link = { .number = i + 1, .where = rows[i].where,
		          .is_accepted = rows[i].is_accepted },
		.layers = rows[i].layers,
		.is_there = true,
		.met = now.met++,
	};
	now.is_accepted[s->met] = s->head.is_accepted;
	if (!rows[i].us) {
		address_set_unix(&s->facts.peer, "/tmp/x");
		return;
	}
	s->facts.local = fake_address(rows[i].us);
	s->facts.peer = fake_address(rows[i].peer);
}

static void tell(struct fuzz_socket *s, struct wire_news n)
{
	n.socket = &s->head;
	n.layers = s->layers;
	n.link = n.layers & WIRE_USER ? &s->link : NULL;
	insist(now.sink->ops->wire(now.sink, &n, &now.file) == 0);
}

static void move_bytes(struct fuzz_socket *s, bool is_out, const uint8_t *data,
                       size_t len)
{
	static uint8_t fill[FILL];
	const struct wire_news n = {
		WIRE_BYTES, .is_out = is_out,
		.bytes = len ? data : fill, .len = len ? len : sizeof(fill),
	};
	if (s->has_ended[is_out] || (s->is_broken && is_out))
		return;
	tell(s, n);
	insist(bytes_append(&now.moved[s->met][!is_out], n.bytes, n.len) == 0);
}

static void end_half(struct fuzz_socket *s, bool is_out)
{
	if (s->is_broken && is_out)
		return;
	s->has_ended[is_out] = true;
	tell(s, (struct wire_news){ WIRE_END, .is_out = is_out });
}

static void break_socket(struct fuzz_socket *s, int errnum)
{
	s->is_broken = true;
	tell(s, (struct wire_news){ WIRE_BROKEN, .errnum = errnum });
}

static void close_socket(struct fuzz_socket *s, bool is_aborted)
{
	s->facts.unread = is_aborted;
	tell(s, (struct wire_news){ WIRE_CLOSED, .is_aborted = is_aborted });
	s->is_there = false;
}

static void tell_entry(unsigned kind, uint32_t session, const uint8_t *data,
                       size_t len)
{
	const struct entry e = {
		.kind = kind & 1 ? ENTRY_NOTE : ENTRY_ERROR,
		.session = session, .bytes = data, .len = len, .code = "",
		.hint = kind & 2 ? "a hint" : "", .peer = "", .local = "",
	};
	insist(now.sink->ops->entry(now.sink, &e, 0, &now.file) == 0);
}

static void tell_secret(const uint8_t *data, size_t len)
{
	const struct wire_news n = { WIRE_SECRET, .bytes = data, .len = len };
	insist(now.sink->ops->wire(now.sink, &n, &now.file) == 0);
}

static void act(unsigned what, struct fuzz_socket *s, unsigned i,
                const uint8_t *data, size_t len)
{
	if (what == 0)
		tell_secret(data, len);
	else if (what == 1)
		insist(now.sink->ops->flush(now.sink, &now.file) == 0);
	else if (what < 6)
		tell_entry(what, i, data, len);
	if (what < 6 || (!s->is_there && now.met == SEEN_MAX))
		return;
	if (!s->is_there) {
		begin_socket(s, i);
		if (what & 1)
			tell(s, (struct wire_news){ .kind = WIRE_OPEN });
	}
	if (what < 12)
		move_bytes(s, what & 1, data, len);
	else if (what == 12)
		end_half(s, len & 1);
	else if (what == 13)
		break_socket(s, len & 1 ? ECONNRESET : ETIMEDOUT);
	else
		close_socket(s, what & 1);
}

/* Each step is what, with whom, and how many bytes of the script go with it. */
static void play(const uint8_t *data, size_t size)
{
	while (size >= 2) {
		unsigned what = data[0] & 15, i = data[0] >> 4 & 3;
		size_t len = data[1];
		data += 2;
		size -= 2;
		len = len < size ? len : size;
		act(what, &now.sockets[i], i, data, len);
		data += len;
		size -= len;
	}
}

static void check_streams(struct pcapng_seen *seen)
{
	insist(seen->stream_count == now.met);
	for (size_t i = 0; i < now.met; i++)
		for (int from_peer = 0; from_peer < 2; from_peer++) {
			int side = from_peer ^ now.is_accepted[i];
			const struct bytes *m = &now.moved[i][from_peer];
			struct bytes *b = &seen->streams[i].ends[side].bytes;
			insist(m->len == b->len &&
			       (!m->len ||
			        memcmp(m->data, b->data, b->len) == 0));
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pcapng_seen seen;
	now = (struct model){ .sink = sink_new(sink_named("pcapng")) };
	seen = (struct pcapng_seen){ 0 };
	insist(now.sink != NULL);
	insist(now.sink->ops->open(now.sink, &now.file) == 0);
	play(data, size);
	insist(now.sink->ops->close(now.sink, &now.file) == 0);
	insist(!pcapng_judge(&seen, now.file.data, now.file.len));
	check_streams(&seen);
	insist(seen.packets == seen.counted);
	pcapng_seen_finish(&seen);
	for (size_t i = 0; i < now.met; i++)
		for (int side = 0; side < 2; side++)
			bytes_finish(&now.moved[i][side]);
	bytes_finish(&now.file);
	free(now.sink);
	return 0;
}
