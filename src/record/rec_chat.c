/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recordings as .chat files, which can be played again: what was said, the
 * pauses, and how it ended.  What else was told stands in comments.  Entries
 * tell what was said, but for the bytes of files: those are the wire's. */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sockchat/array.h>
#include <sockchat/chatfile.h>
#include <sockchat/link.h>
#include <sockchat/sink.h>

#define PAUSE_MIN_NS (10 * MS_NS) /* a shorter one tells nothing */
#define STEP_MAX     ((size_t)16 << 20)
#define APPEND_MAX   ((off_t)16 << 20)

/* A peer whose connection is open. */
struct peer {
	uint32_t session, number;
	int64_t last_ns;  /* of what was said last, or when it opened */
	uint8_t ended;    /* ENTRY_IN, ENTRY_OUT: that is written already */
	bool has_failed;
	bool is_met; /* it is open, or has said something */
	bool is_between; /* both directions are written by the wire */
	/* What leaves is written as it does, for not all of it was told; but
	 * for what comes before this place, which has been written. */
	bool is_by_wire;
	uint64_t written;
};

struct chat_sink {
	struct sink sink;
	bool is_begun;    /* the time of the recording is written */
	bool is_numbered;
	struct frame frame; /* that is written; all zero: none is */
	struct peer *peers;
	size_t count, cap;
	uint32_t last;    /* the highest number of a peer */
};

/* Steps */

static int write_step(const struct chat_sink *s, const struct peer *p,
                      struct chat_step step, struct bytes *out)
{
	step.peer = p && s->is_numbered ? p->number : 0;
	return chatfile_write_step(out, &step);
}

static int write_comment(const char *text, struct bytes *out)
{
	struct chat_step step = {
		.kind = CHAT_COMMENT,
		.bytes = { .data = (uint8_t *)text, .len = strlen(text) },
	};
	return chatfile_write_step(out, &step);
}

/* Whoever records begins with the time of the first entry. */
static int write_time(struct chat_sink *s, const struct stamp *now,
                      struct bytes *out)
{
	char text[STAMP_TEXT_MAX + 16] = "recorded ", utc[STAMP_TEXT_MAX];
	if (s->is_begun)
		return 0;
	s->is_begun = true;
	stamp_format_utc(utc, now->wall_us);
	text_add(text, sizeof(text), "%.19sZ", utc);
	return write_comment(text, out);
}

/* The pause before a step, if it is worth a word. */
static void take_pause(struct peer *p, struct chat_step *step, int64_t ns)
{
	step->pause_ns = ns - p->last_ns;
	step->has_pause = step->pause_ns >= PAUSE_MIN_NS;
	if (ns > p->last_ns)
		p->last_ns = ns;
}

/* Peers */

static struct peer *find_peer(const struct chat_sink *s, uint32_t session)
{
	for (size_t i = s->count; i-- > 0;)
		if (s->peers[i].session == session)
			return &s->peers[i];
	return NULL;
}

/* From the second peer on, all have numbers: those above are the first's.  What
 * waits for it already may be in no entry that we have seen. */
static struct peer *add_peer(struct chat_sink *s, uint32_t session, int64_t ns)
{
	struct peer *peers = array_grow(s->peers, &s->cap, s->count,
	                                sizeof(*peers));
	if (!peers)
		return NULL;
	s->peers = peers;
	s->is_numbered |= s->sink.has_peers || s->last > 0;
	peers[s->count] = (struct peer){
		.session = session,
		.number = ++s->last,
		.last_ns = ns,
		.is_between = s->sink.queue.is_between,
		.is_by_wire = s->sink.queue.plain || s->sink.queue.has_file ||
		              s->sink.queue.is_between,
	};
	return &peers[s->count++];
}

static struct peer *peer_of(struct chat_sink *s, uint32_t session, int64_t ns)
{
	struct peer *p = find_peer(s, session);
	return p ? p : add_peer(s, session, ns);
}

static int meet_peer(struct chat_sink *s, const struct entry *e)
{
	struct peer *p = peer_of(s, e->session, e->time.mono_ns);
	if (p)
		p->is_met = true;
	return p ? 0 : -1;
}

static void remove_peer(struct chat_sink *s, struct peer *p)
{
	*p = s->peers[--s->count];
}

/* What leaves */

/* A file waits: what leaves behind the bytes that wait before it, the wire
 * tells. */
static void see_file(const struct chat_sink *s, struct peer *p)
{
	const struct sink_queue *q = &s->sink.queue;
	if (!q->has_file || p->is_by_wire)
		return;
	p->is_by_wire = true;
	p->written = q->gone + q->plain;
}

/* Whether a message is written when it leaves.  One that leaves next, alone,
 * ends that. */
static bool is_left_to_wire(const struct chat_sink *s, struct peer *p,
                            const struct entry *e)
{
	const struct sink_queue *q = &s->sink.queue;
	if (!(e->flags & ENTRY_BY_HAND))
		return p->is_by_wire;
	see_file(s, p);
	if (!q->has_file && q->plain == e->len)
		p->is_by_wire = false;
	if (!p->is_by_wire)
		p->written = q->gone + q->plain;
	return p->is_by_wire;
}

/* How many bytes of what leaves have been written, or will be by entries; more
 * than there are: all of it, be it an empty datagram. */
static uint64_t count_told(const struct chat_sink *s, struct peer *p,
                           const struct wire_news *n)
{
	uint64_t at = n->link->bytes_out;
	see_file(s, p);
	if (!p->is_by_wire)
		return UINT64_MAX;
	return p->written > at ? p->written - at : 0;
}

/* Messages */

/* Expressions that are written into the file later need the frame; `line` is
 * what they have without, and `auto` cannot be told. */
static int write_frame(struct chat_sink *s, struct bytes *out)
{
	const struct frame *now = s->sink.frame;
	struct chat_step step = { .kind = CHAT_FRAME };
	if (!now || memcmp(now, &s->frame, sizeof(*now)) == 0)
		return 0;
	bool is_said = s->frame.kind || (frame_is_chosen(now) &&
	                                 strcmp(now->kind->name, "line") != 0);
	s->frame = *now;
	step.frame = *now;
	return is_said ? write_step(s, NULL, step, out) : 0;
}

static int64_t end_ns(const struct entry *e)
{
	const struct entry_part *last = e->parts + e->part_count;
	return e->time.mono_ns + (e->part_count ? entry_part_ns(last - 1) : 0);
}

/* A datagram may be empty. */
static int write_said(struct chat_sink *s, struct peer *p, enum chat_side side,
                      int64_t ns, const void *bytes, size_t len,
                      struct bytes *out)
{
	struct chat_step step = { .kind = CHAT_BYTES, .side = side };
	int failed = write_frame(s, out);
	size_t at = 0, n;
	take_pause(p, &step, ns);
	p->is_met |= side == CHAT_IN;
	do {
		n = len - at < STEP_MAX ? len - at : STEP_MAX;
		step.bytes = (struct bytes){ .data = (uint8_t *)bytes + at,
		                             .len = n };
		failed = failed || write_step(s, p, step, out);
		step.has_pause = false;
		at += n;
	} while (at < len);
	return failed ? -1 : 0;
}

/* In the middle no part of a message has been written before. */
static int write_fate(const struct chat_sink *s, const struct peer *p,
                      const struct entry *e, size_t from, struct bytes *out)
{
	struct bytes text = { 0 };
	from = p->is_between ? 0 : from;
	int failed = s->is_numbered ? bytes_printf(&text, "[%u] ", p->number)
	                            : 0;
	failed = failed || sink_append_fate(&text, e, from) ||
	         write_comment(bytes_text(&text), out);
	bytes_finish(&text);
	return failed ? -1 : 0;
}

static int write_message(struct chat_sink *s, const struct entry *e,
                         size_t from, struct bytes *out)
{
	const struct entry piece = from ? entry_since(e, from) : *e;
	struct peer *p = peer_of(s, e->session, e->time.mono_ns);
	bool is_out = e->dir == ENTRY_OUT;
	if (!p || (e->fate && write_fate(s, p, e, from, out)))
		return -1;
	if (p->is_between || !sink_is_of_target(e) ||
	    (is_out && is_left_to_wire(s, p, e)) || (e->len && from == e->len))
		return 0;
	if (write_said(s, p, is_out ? CHAT_OUT : CHAT_IN, piece.time.mono_ns,
	               e->bytes + from, e->len - from, out))
		return -1;
	if (end_ns(e) > p->last_ns)
		p->last_ns = end_ns(e);
	return 0;
}

static int write_wire(struct sink *sink, const struct wire_news *n,
                      struct bytes *out)
{
	struct chat_sink *s = (struct chat_sink *)sink;
	const struct stamp now = stamp_now();
	uint64_t skipped = 0;
	if (!n->is_out && !sink->has_untold_in && !sink->queue.is_between)
		return 0;
	struct peer *p = peer_of(s, n->link->number, now.mono_ns);
	if (!p)
		return -1;
	if (n->is_out)
		skipped = count_told(s, p, n);
	if (skipped && skipped >= n->len)
		return 0;
	if (write_time(s, &now, out))
		return -1;
	return write_said(s, p, n->is_out ? CHAT_OUT : CHAT_IN, now.mono_ns,
	                  (const uint8_t *)n->bytes + skipped,
	                  n->len - skipped, out);
}

/* Ends */

static int write_end(struct chat_sink *s, struct peer *p,
                     enum chat_step_kind kind, enum chat_side side,
                     int64_t ns, struct bytes *out)
{
	struct chat_step step = { .kind = kind, .side = side };
	take_pause(p, &step, ns);
	return write_step(s, p, step, out);
}

static int write_fin(struct chat_sink *s, struct peer *p, uint8_t ended,
                     int64_t ns, struct bytes *out)
{
	bool is_new = !(p->ended & ended);
	p->ended |= ended;
	return is_new ? write_end(s, p, CHAT_FIN, ended == ENTRY_OUT ? CHAT_OUT
	                                                             : CHAT_IN,
	                          ns, out)
	              : 0;
}

/* Who has ended in order.  JSON does not tell it: both, most likely. */
static unsigned ends_of(const struct entry *e)
{
	return entry_is_old(e) && e->moved ? ENTRY_IN | ENTRY_OUT : e->ended;
}

/* A connection that broke in another way has no end that could be played. */
static int write_closed(struct chat_sink *s, struct peer *p,
                        const struct entry *e, struct bytes *out)
{
	int64_t ns = e->time.mono_ns;
	unsigned ended = ends_of(e);
	if (p->has_failed || e->has_datagrams)
		return 0;
	if (entry_is_reset(e))
		return write_end(s, p, CHAT_RST, CHAT_IN, ns, out);
	int failed = ended & ENTRY_IN ? write_fin(s, p, ENTRY_IN, ns, out) : 0;
	if (!failed && ended & ENTRY_OUT)
		return write_fin(s, p, ENTRY_OUT, ns, out);
	return failed ? -1 : write_end(s, p, CHAT_RST, CHAT_OUT, ns, out);
}

/* TLS in mid-conversation: its client is who connected. */
static int write_starttls(struct chat_sink *s, struct peer *p,
                          const struct entry *e, struct bytes *out)
{
	bool is_client = s->sink.mode == ENDPOINT_CONNECT;
	return write_end(s, p, CHAT_STARTTLS, is_client ? CHAT_OUT : CHAT_IN,
	                 e->time.mono_ns, out);
}

static int write_state(struct chat_sink *s, const struct entry *e,
                       struct bytes *out)
{
	struct peer *p = find_peer(s, e->session);
	int failed = 0;
	if (e->state == ENTRY_OPEN)
		return meet_peer(s, e);
	if (!p)
		return 0;
	if (e->state == ENTRY_HANDSHAKING) /* what was typed waits for it */
		return p->is_met ? write_starttls(s, p, e, out) : 0;
	if (e->state == ENTRY_HALF_CLOSED)
		return write_fin(s, p, e->ended, e->time.mono_ns, out);
	if (e->state == ENTRY_CLOSED) {
		failed = write_closed(s, p, e, out);
		remove_peer(s, p);
	}
	return failed;
}

/* What is told */

#define FILE_MISSING                                                           \
	"the bytes of this file are missing here: they are not part of what "  \
	"is shown and saved; --record and /record have them"

/* Whether a .chat file that was loaded has it in a comment. */
static bool is_told_before(const struct entry *e)
{
	return strcmp(e->code, "told") == 0;
}

/* "[2] ! connection reset by peer (hint)"; a comment of a file that was loaded
 * stays as it was. */
static int append_told(struct bytes *text, const struct chat_sink *s,
                       const struct peer *p, const struct entry *e)
{
	if (strcmp(e->code, "comment") == 0)
		return bytes_append(text, e->bytes, e->len);
	int failed = p && s->is_numbered
	                 ? bytes_printf(text, "[%u] ", p->number) : 0;
	return failed | bytes_printf(text, "%c %.*s%s%s%s", entry_mark(e),
	                             (int)e->len, (const char *)e->bytes,
	                             *e->hint ? " (" : "", e->hint,
	                             *e->hint ? ")" : "");
}

static int write_told(struct chat_sink *s, const struct entry *e,
                      struct bytes *out)
{
	struct peer *p = find_peer(s, e->session);
	bool is_loss = e->kind == ENTRY_ERROR && p && !is_told_before(e);
	struct bytes text = { 0 };
	int failed = append_told(&text, s, p, e);
	if (!failed)
		failed = write_comment(bytes_text(&text), out);
	bytes_finish(&text);
	if (s->sink.has_entries_alone && strcmp(e->code, "file-sending") == 0)
		failed |= write_comment(FILE_MISSING, out);
	if (is_loss && !failed && entry_is_reset(e))
		failed = write_end(s, p, CHAT_RST, CHAT_IN, e->time.mono_ns,
		                   out);
	if (is_loss)
		p->has_failed = true;
	return failed;
}

/* The door */

/* Peers that are added to a file have numbers above those of its own, so that
 * all can be played.  To read a long file would stop the chat. */
static void number_on(struct chat_sink *s)
{
	const char *path = s->sink.path;
	struct error unused;
	struct stat st;
	if (!path || stat(path, &st) || st.st_size > APPEND_MAX)
		return;
	struct chatfile *f = chatfile_open(path, &unused);
	const struct chat_facts *facts =
	    f ? chatfile_check(f, CHAT_NEITHER, &unused) : NULL;
	if (facts && facts->steps) {
		s->is_numbered = true;
		s->last = facts->highest ? facts->highest : 1;
	}
	chatfile_close(f);
}

static int begin_file(struct sink *sink, struct bytes *out)
{
	if (!sink->continues)
		return chatfile_write_head(out, sink->mode, sink->endpoint);
	number_on((struct chat_sink *)sink);
	return 0;
}

static int write_entry(struct sink *sink, const struct entry *e, size_t from,
                       struct bytes *out)
{
	struct chat_sink *s = (struct chat_sink *)sink;
	if (write_time(s, &e->time, out))
		return -1;
	switch (e->kind) {
	case ENTRY_MESSAGE:
		return write_message(s, e, from, out);
	case ENTRY_STATE:
		return write_state(s, e, out);
	default:
		return write_told(s, e, out);
	}
}

static int end_file(struct sink *sink, struct bytes *out)
{
	struct chat_sink *s = (struct chat_sink *)sink;
	(void)out;
	free(s->peers);
	return 0;
}

const struct sink_ops sink_chat = {
	.name = "chat",
	.suffixes = { ".chat" },
	.help = "a conversation that can be played again, sockchat-chat(5)",
	.hears = SINK_ENTRIES | SINK_UNTOLD,
	.has_lines = true,
	.size = sizeof(struct chat_sink),
	.open = begin_file,
	.entry = write_entry,
	.wire = write_wire,
	.gap = sink_note_gap,
	.close = end_file,
};
