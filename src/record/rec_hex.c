/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recordings as a hex dump, which text2pcap -D -t ISO reads: in front of what
 * moved at once, or a datagram, stands a line with I or O and the time.
 * Offsets begin anew there.  What is no dump stands in comments. */

#include <string.h>

#include <sockchat/datagram.h>
#include <sockchat/hexdump.h>
#include <sockchat/link.h>
#include <sockchat/sink.h>

#define BLOCK_MAX ((size_t)32 << 10) /* a packet of IP has room for it */

struct hex_sink {
	struct sink base;
	uint32_t session; /* of the block before */
};

static int open_hex(struct sink *s, struct bytes *out)
{
	bool is_udp = s->endpoint && strncmp(s->endpoint, "udp:", 4) == 0;
	return bytes_printf(out, "# sockchat recording; for Wireshark: "
	                         "text2pcap -D -t ISO -%c 1000,2000 FILE "
	                         "FILE.pcapng\n", is_udp ? 'u' : 'T');
}

/* Whose bytes follow: text2pcap does not part peers, but a reader does. */
static int append_peer(struct hex_sink *h, uint32_t session, struct bytes *out)
{
	if (session == h->session)
		return 0;
	h->session = session;
	bool is_old = session & ENTRY_OLD_SESSION;
	return bytes_printf(out, "# peer %s%u\n", is_old ? ":" : "",
	                    (unsigned)(session & ~ENTRY_OLD_SESSION));
}

/* Of an empty datagram there is the offset alone. */
static int append_block(struct bytes *out, const uint8_t *bytes, size_t len)
{
	char row[HEXDUMP_ROW_MAX];
	int failed = len ? 0 : bytes_append_text(out, "00000000\n");
	for (size_t at = 0; at < len && !failed; at += HEXDUMP_PER_ROW_MAX) {
		size_t n = hexdump_row(row, bytes, len, at,
		                       HEXDUMP_PER_ROW_MAX);
		row[n] = '\n';
		failed = bytes_append(out, row, n + 1);
	}
	return failed;
}

/* A datagram stays in one block. */
static int append_blocks(struct bytes *out, bool is_out, int64_t wall_us,
                         const uint8_t *bytes, size_t len, bool is_datagram)
{
	size_t n, most = is_datagram ? DATAGRAM_MAX_IPV6 : BLOCK_MAX;
	char time[STAMP_TEXT_MAX];
	int failed = 0;
	stamp_format_utc(time, wall_us);
	do {
		n = len < most ? len : most;
		failed = bytes_printf(out, "%c %s\n", is_out ? 'O' : 'I',
		                      time) ||
		         append_block(out, bytes, n);
		bytes += n;
		len -= n;
	} while (len && !failed);
	return failed ? -1 : 0;
}

/* What did not go as it came, in the middle; and what became of it. */
static int append_fate(struct bytes *out, const struct entry *e, size_t from)
{
	int failed = bytes_append_text(out, "# ");
	failed |= e->kind == ENTRY_MESSAGE
	              ? sink_append_fate(out, e, from)
	              : bytes_append(out, e->bytes, e->len);
	return failed | bytes_append_byte(out, '\n');
}

static int write_hex_entry(struct sink *s, const struct entry *e, size_t from,
                           struct bytes *out)
{
	struct hex_sink *h = (struct hex_sink *)s;
	bool is_fate = e->fate || (e->kind == ENTRY_NOTE && e->held);
	bool has_bytes = s->has_entries_alone && e->kind == ENTRY_MESSAGE &&
	                 sink_is_of_target(e);
	if ((is_fate || has_bytes) && append_peer(h, e->session, out))
		return -1;
	if (is_fate && append_fate(out, e, from))
		return -1;
	if (!has_bytes || (e->len && from == e->len))
		return 0;
	return append_blocks(out, e->dir == ENTRY_OUT, e->time.wall_us,
	                     e->bytes + from, e->len - from,
	                     e->frame == frame_datagram.kind);
}

static int write_hex(struct sink *s, const struct wire_news *n,
                     struct bytes *out)
{
	struct hex_sink *h = (struct hex_sink *)s;
	if (n->kind != WIRE_BYTES || !(n->layers & WIRE_USER))
		return 0;
	if (append_peer(h, n->link->number, out))
		return -1;
	return append_blocks(out, n->is_out, stamp_now().wall_us, n->bytes,
	                     n->len, link_has_messages(n->link));
}

static int write_hex_gap(struct sink *s, const struct sink_gap *g,
                         struct bytes *out)
{
	char text[SINK_GAP_MAX];
	(void)s;
	sink_gap_text(text, g);
	return bytes_printf(out, "# %s\n", text);
}

const struct sink_ops sink_hex = {
	.name = "hex",
	.suffixes = { ".hex" },
	.help = "a hex dump, as text2pcap -D reads it",
	.hears = SINK_WIRE | SINK_ENTRIES,
	.ignores_messages = true,
	.has_lines = true,
	.size = sizeof(struct hex_sink),
	.open = open_hex,
	.entry = write_hex_entry,
	.wire = write_hex,
	.gap = write_hex_gap,
};
