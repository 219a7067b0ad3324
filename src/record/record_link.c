/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Links without a transcript, overheard. */

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/framing.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>
#include <sockchat/record_link.h>

struct record_link {
	struct record_link_settings set;
	struct wire_listener listener;
	struct transcript *transcript;
	struct framing in, out;
	struct frame_asked asked; /* by both of them */
	struct timer silence;     /* may end a message */
	const struct link *link;  /* that is open; or NULL */
};

/* What is told; of no link, if that is NULL */

static void append_entry(struct record_link *r, const struct link *l,
                         struct entry *draft, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void append_entry(struct record_link *r, const struct link *l,
                         struct entry *draft, const char *format, ...)
{
	char text[sizeof(((struct error *)0)->text)];
	va_list args;
	va_start(args, format);
	glyph_vformat(text, sizeof(text), format, args);
	va_end(args);
	draft->session = l ? l->number : 0;
	draft->peer = l ? l->where : "";
	draft->bytes = (const uint8_t *)text;
	draft->len = strlen(text);
	transcript_append(r->transcript, draft);
}

static struct entry state_entry(enum entry_state state, const struct link *l)
{
	return (struct entry){
		.kind = ENTRY_STATE,
		.state = (uint8_t)state,
		.has_datagrams = link_has_messages(l),
	};
}

/* Messages */

static struct framing_read read_of(const struct record_link *r,
                                   const struct framing *f, uint64_t at)
{
	return (struct framing_read){
		.transcript = r->transcript,
		.frame = &r->set.frames[f->dir == ENTRY_OUT],
		.time = stamp_now(),
		.session = r->link->number,
		.peer = r->link->where,
		.at = at,
	};
}

/* When the message under way has been silent for long enough, it is whole. */
static int64_t end_silent(struct record_link *r, struct framing *f)
{
	const struct frame *frame = &r->set.frames[f->dir == ENTRY_OUT];
	int64_t ns = framing_silence_ns(f, frame);
	int64_t left_ns = f->grown_ns + ns - stamp_mono_ns();
	if (!ns)
		return 0;
	if (left_ns <= 0)
		framing_complete(f, r->transcript);
	return left_ns > 0 ? left_ns : 0;
}

static void await_silence(struct record_link *r)
{
	int64_t in_ns = end_silent(r, &r->in), out_ns = end_silent(r, &r->out);
	int64_t next_ns = in_ns && (!out_ns || in_ns < out_ns) ? in_ns : out_ns;
	if (next_ns)
		timer_start(r->set.loop, &r->silence, next_ns);
}

static void on_silence(struct timer *t)
{
	await_silence(t->user);
}

static void take_message(struct record_link *r, struct framing *f,
                         const struct wire_news *n, uint64_t at)
{
	const struct framing_read read = read_of(r, f, at);
	bool was_raw = f->state.is_raw;
	/* the transcript counts what it lacks the memory for */
	(void)!framing_take(f, &read, n->bytes, n->len);
	if (!was_raw && f->state.is_raw && f->state.now.wrong)
		framing_tell_wrong(f, &read);
	if (!r->silence.loop)
		await_silence(r);
}

static void append_data(struct record_link *r, const struct wire_news *n,
                        uint64_t at)
{
	transcript_append(r->transcript, &(struct entry){
		.kind = ENTRY_MESSAGE,
		.dir = n->is_out ? ENTRY_OUT : ENTRY_IN,
		.flags = ENTRY_COMPLETE,
		.session = n->link->number,
		.peer = n->link->where,
		.frame = link_has_messages(n->link) ? frame_datagram.kind
		                                    : NULL,
		.stream_at = at,
		.bytes = n->bytes,
		.len = n->len,
	});
}

/* The wire */

static void on_bytes(struct record_link *r, const struct wire_news *n)
{
	uint64_t at = n->is_out ? n->link->bytes_out : n->link->bytes_in;
	bool is_message = link_has_messages(n->link) &&
	                  r->set.bytes == RECORD_LINK_MESSAGES;
	if (r->set.bytes == RECORD_LINK_DATA || is_message)
		append_data(r, n, at);
	else if (r->set.bytes == RECORD_LINK_MESSAGES)
		take_message(r, n->is_out ? &r->out : &r->in, n, at);
}

/* Over UDP nobody connects. */
static const char *name_beginning(const struct link *l)
{
	if (link_has_messages(l))
		return l->is_accepted ? "first datagram from"
		                      : "ready to send to";
	return l->is_accepted ? "connection from" : "connected to";
}

static void on_open(struct record_link *r, const struct wire_news *n)
{
	const struct link *l = n->link;
	char local[ADDRESS_TEXT_MAX] = "", through[TRANSPORT_THROUGH_MAX];
	struct transport_facts facts;
	struct entry open = state_entry(ENTRY_OPEN, n->link);
	r->link = l;
	r->asked = (struct frame_asked){ 0 };
	r->in = r->out = (struct framing){ .state.asked = &r->asked };
	r->in.dir = ENTRY_IN;
	r->out.dir = ENTRY_OUT;
	transport_facts(l->transport, FACTS_LOCAL, &facts);
	if (facts.local.len)
		address_format(&facts.local, local);
	open.local = local;
	transport_through(l->transport, through);
	if (*through)
		open.proxy = through + strlen(TRANSPORT_THROUGH);
	append_entry(r, l, &open, "%s %s%s", name_beginning(l), l->where,
	             through);
}

static void end_messages(struct record_link *r, const char *how)
{
	const struct framing_read read = read_of(r, &r->in, r->in.at);
	if (r->set.bytes == RECORD_LINK_MESSAGES)
		framing_end(&r->in, &read, how);
}

static void on_end(struct record_link *r, const struct wire_news *n)
{
	struct entry end = state_entry(ENTRY_HALF_CLOSED, n->link);
	if (n->is_out)
		return; /* the owner tells */
	end_messages(r, "FIN");
	end.ended = ENTRY_IN;
	if (halves_is_out_open(n->link->halves))
		append_entry(r, n->link, &end, "the peer has finished sending");
}

static void on_wire(void *user, const struct wire_news *n)
{
	struct record_link *r = user;
	if (n->kind == WIRE_OPEN)
		on_open(r, n);
	if (!(n->layers & WIRE_USER) || n->link != r->link)
		return;
	if (n->kind == WIRE_BYTES)
		on_bytes(r, n);
	else if (n->kind == WIRE_END)
		on_end(r, n);
}

/* The door */

struct record_link *record_link_new(const struct record_link_settings *s)
{
	struct record_link *r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->set = *s;
	r->transcript = transcript_new(s->max);
	if (!r->transcript) {
		free(r);
		return NULL;
	}
	r->silence = (struct timer){ .on_time = on_silence, .user = r };
	r->listener = (struct wire_listener){ .on_wire = on_wire, .user = r };
	wire_listen(s->wire, &r->listener);
	return r;
}

void record_link_free(struct record_link *r)
{
	if (!r)
		return;
	wire_unlisten(r->set.wire, &r->listener);
	timer_stop(&r->silence);
	transcript_free(r->transcript);
	free(r);
}

struct transcript *record_link_transcript(const struct record_link *r)
{
	return r->transcript;
}

void record_link_end_out(struct record_link *r, const struct link *l)
{
	struct entry end = state_entry(ENTRY_HALF_CLOSED, l);
	end.ended = ENTRY_OUT;
	append_entry(r, l, &end, "you have finished sending");
}

static void append_error(struct record_link *r, const struct link *l,
                         const struct error *e)
{
	struct entry error = {
		.kind = ENTRY_ERROR, .code = e->code, .hint = e->hint,
	};
	append_entry(r, l, &error, "%s", e->text);
}

void record_link_error(struct record_link *r, const struct link *l,
                       const struct error *e)
{
	append_error(r, l, e);
}

void record_link_over(struct record_link *r, const struct link *l,
                      const struct error *e)
{
	struct entry closed = state_entry(ENTRY_CLOSED, l);
	struct moved moved = { l->bytes_in, l->bytes_out };
	if (r->link)
		end_messages(r, "the connection ended");
	if (e)
		append_error(r, l, e);
	closed.moved = &moved;
	closed.ended = (uint8_t)((l->has_peer_ended ? ENTRY_IN : 0) |
	                         (e ? 0 : ENTRY_OUT));
	if (r->link)
		append_entry(r, l, &closed,
		             "%s closed: %" PRIu64
		             " byte%s received, %" PRIu64 " byte%s sent",
		             link_has_messages(l) ? "conversation"
		                                  : "connection",
		             l->bytes_in, plural(l->bytes_in), l->bytes_out,
		             plural(l->bytes_out));
	r->link = NULL;
}
