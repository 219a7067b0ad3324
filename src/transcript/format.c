/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries as text, as JSON and as bytes: one table. */

#include <math.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/format.h>
#include <sockchat/frame.h>
#include <sockchat/json.h>
#include <sockchat/transcript.h>
#include <sockchat/unpack.h>
#include <sockchat/utf8.h>

#include "format_text.h"

/* JSON: sockchat-entries(5) */

static void json_filled(struct json *j, const char *name, const char *value)
{
	if (*value)
		json_text(j, name, value);
}

static void json_time(struct json *j, const char *name, int64_t us)
{
	if (us >= 0)
		json_milli(j, name, (uint64_t)us);
}

static void json_tick(struct json *j, const struct tick *tick)
{
	json_filled(j, "state", tick_name(tick->state));
	if (tick->state == TICK_ACKED)
		json_time(j, "ack_ms", tick->ack_us);
}

static void json_field_bytes(struct json *j, const char *name,
                             enum encode encode, const struct unpack_value *v)
{
	if (encode == ENCODE_AUTO && utf8_is_valid(v->bytes, v->len)) {
		json_bytes(j, name, v->bytes, v->len);
		return;
	}
	json_open(j, name, '{');
	if (encode == ENCODE_BASE64)
		json_base64(j, "base64", v->bytes, v->len);
	else
		json_hex(j, "hex", v->bytes, v->len);
	json_close(j, '}');
}

/* JSON has no numbers that are none, or infinite: they are words. */
static void json_value(struct json *j, const char *name, enum encode encode,
                       struct unpack_value v)
{
	char text[UNPACK_NUMBER_MAX];
	v.is_single = false;
	if (v.kind == UNPACK_CHAR) {
		json_field_bytes(j, name, encode, &v);
	} else if (v.kind == UNPACK_REAL && !isfinite(v.real)) {
		json_word(j, name, isnan(v.real) ? "NaN"
		                   : v.real > 0  ? "Infinity"
		                                 : "-Infinity");
	} else {
		unpack_number(text, &v);
		json_literal(j, name, text);
	}
}

static void json_field(struct json *j, enum encode encode,
                       const struct unpack_field *f, const uint8_t *payload)
{
	if (f->count == 1) {
		json_value(j, f->name, encode, unpack_value(f, payload, 0));
		return;
	}
	json_open(j, f->name, '[');
	for (uint64_t i = 0; i < f->count && !j->failed; i++)
		json_value(j, "", encode, unpack_value(f, payload, i));
	json_close(j, ']');
}

static void json_fields(struct json *j, const struct wrap_look *look,
                        const struct entry *e, const char *format)
{
	struct bytes room = { 0 };
	struct unpack u;
	struct unpack_field f;
	struct error why;
	size_t len;
	const uint8_t *payload = entry_payload(e, &room, &len);
	if (payload) {
		unpack_begin(&u, format, strlen(format));
		json_open(j, "fields", '{');
		while (unpack_read(&u, len, &f, &why))
			json_field(j, look->encode, &f, payload);
		json_close(j, '}');
		json_filled(j, "fields_error", why.text);
	}
	j->failed |= !payload;
	bytes_finish(&room);
}

static void json_payload(struct json *j, enum encode encode,
                         const uint8_t *bytes, size_t len)
{
	if (encode == ENCODE_AUTO && json_plain(j, "text", bytes, len))
		return;
	if (encode == ENCODE_HEX)
		json_hex(j, "hex", bytes, len);
	else if (encode == ENCODE_AUTO && utf8_is_valid(bytes, len))
		json_bytes(j, "text", bytes, len);
	else
		json_base64(j, "base64", bytes, len);
}

static void json_fate(struct json *j, const struct entry *e)
{
	if (e->held)
		json_number(j, "held", e->held);
	json_filled(j, "fate", entry_fate_name(e));
}

static void json_message(struct json *j, enum encode encode,
                         const struct entry *e, size_t from)
{
	const uint8_t *bytes = e->bytes + from;
	size_t len = e->len - from;
	bool is_begun_by_text = e->frame && e->frame->traits & FRAME_CUTS;
	if (e->prefix && !is_begun_by_text)
		json_number(j, "prefix", e->prefix);
	json_number(j, "len", len);
	json_payload(j, encode, bytes, len);
	json_bool(j, "complete", (e->flags & ENTRY_COMPLETE) != 0);
	if (e->flags & ENTRY_CUT)
		json_bool(j, "cut", true);
	json_fate(j, e);
	if (e->tick)
		json_tick(j, e->tick);
	if (e->wait_ns)
		json_time(j, "wait_ms", e->wait_ns / 1000);
}

/* As a message has them. */
static void json_some_bytes(struct json *j, const char *name,
                            enum encode encode, const uint8_t *bytes,
                            size_t len)
{
	if (!bytes)
		return;
	json_open(j, name, '{');
	json_number(j, "len", len);
	json_payload(j, encode, bytes, len);
	json_close(j, '}');
}

static void json_mismatch(struct json *j, enum encode encode,
                          const struct mismatch *m)
{
	json_number(j, "line", m->line);
	if (m->awaited)
		json_number(j, "at", m->at);
	if (m->from)
		json_number(j, "from", m->from);
	json_some_bytes(j, "awaited", encode, m->awaited, m->awaited_len);
	json_some_bytes(j, "came", encode, m->came, m->came_len);
}

static void json_state(struct json *j, const struct entry *e)
{
	json_word(j, "state", entry_state_name((enum entry_state)e->state));
	if (e->state == ENTRY_HALF_CLOSED)
		json_word(j, "side", e->ended == ENTRY_OUT ? "us" : "peer");
	if (e->has_datagrams)
		json_word(j, "transport", "udp");
	json_filled(j, "local", e->local);
	json_filled(j, "client", e->client);
	json_filled(j, "proxy", e->proxy);
}

static void json_timing(struct json *j, const struct timing *t)
{
	json_open(j, "timing", '{');
	json_time(j, "resolve_ms", t->resolve_us);
	json_open(j, "tried", '[');
	for (size_t i = 0; i < t->try_count; i++) {
		const struct timing_try *try = &t->tries[i];
		json_open(j, "", '{');
		json_text(j, "address", try->where);
		json_time(j, "ms", try->us);
		if (try->errnum)
			json_word(j, "code", error_name(try->errnum));
		json_close(j, '}');
	}
	json_close(j, ']');
	if (t->try_count && !t->tries[t->try_count - 1].errnum)
		json_time(j, "connect_ms", t->tries[t->try_count - 1].us);
	if (t->proxy_us > 0)
		json_time(j, "proxy_ms", t->proxy_us);
	json_time(j, "tls_ms", t->tls_us);
	json_time(j, "total_ms", t->total_us);
	json_time(j, "first_byte_ms", t->first_byte_us);
	json_close(j, '}');
}

static void json_moment(struct json *j, const char *name, int64_t s)
{
	char time[STAMP_TEXT_MAX];
	stamp_format_utc(time, s * 1000000);
	json_word(j, name, time);
}

static void json_certificate(struct json *j, const struct tls_certificate *c)
{
	json_open(j, "", '{');
	json_text(j, "subject", c->subject);
	json_text(j, "issuer", c->issuer);
	json_moment(j, "from", c->begin_s);
	json_moment(j, "until", c->end_s);
	json_close(j, '}');
}

static void json_tls(struct json *j, const struct tls_facts *t)
{
	json_open(j, "tls", '{');
	json_word(j, "version", t->version);
	json_word(j, "cipher", t->cipher);
	json_filled(j, "group", t->group);
	json_bool(j, "verified", t->trust == TLS_TRUST_CHAIN ||
	                             t->trust == TLS_TRUST_PIN);
	json_filled(j, "doubt", t->doubt ? t->doubt : "");
	json_filled(j, "sni", t->sni);
	json_filled(j, "alpn", t->alpn);
	json_filled(j, "names", t->names);
	json_filled(j, "pin", t->pin);
	json_filled(j, "sha256", t->fingerprint);
	json_open(j, "chain", '[');
	for (size_t i = 0; i < t->chain_count; i++)
		json_certificate(j, &t->chain[i]);
	json_close(j, ']');
	json_close(j, '}');
}

static void json_checkup(struct json *j, const struct checkup *c)
{
	json_time(j, "ms", c->us);
	if (c->tls)
		json_tls(j, c->tls);
	json_filled(j, "step", c->step ? c->step : "");
	json_filled(j, "fault", c->fault ? c->fault : "");
	if (!c->verdict)
		return;
	json_text(j, "verdict", c->verdict);
	json_number(j, "status", (uint64_t)c->status);
}

static const char ack_kind[] = "ack"; /* it has no frame */

/* What entries of one moment have in common: most of a short one's line. */
struct common {
	int64_t wall_us;
	uint32_t session;
	uint8_t dir;
	const char *kind; /* NULL: nothing is kept */
	const struct frame_kind *frame;
	char peer[ADDRESS_TEXT_MAX];
	char text[2 * ADDRESS_TEXT_MAX + 128];
	size_t len;
};

static bool has_common(const struct common *c, const struct entry *e,
                       const char *kind)
{
	return c->wall_us == e->time.wall_us && c->session == e->session &&
	       c->dir == e->dir && c->kind == kind && c->frame == e->frame &&
	       strcmp(c->peer, e->peer) == 0;
}

static void json_moment_of(struct json *j, const struct entry *e,
                           const char *kind)
{
	char time[STAMP_TEXT_MAX];
	stamp_format_utc(time, e->time.wall_us);
	json_word(j, "time", time);
	json_number(j, "session", entry_number(e));
	if (entry_is_old(e))
		json_bool(j, "old", true);
	json_word(j, "kind", kind);
	if (e->dir != ENTRY_NO_DIR)
		json_word(j, "dir", e->dir == ENTRY_IN ? "in" : "out");
	json_filled(j, "peer", e->peer);
	if (e->frame && *e->frame->name && kind != ack_kind)
		json_word(j, "frame", e->frame->name);
}

/* What all have. */
static void json_begin_entry(struct json *j, struct bytes *out,
                             const struct entry *e, const char *kind)
{
	static struct common last;
	json_begin(j, out);
	json_number(j, "seq", e->seq);
	if (has_common(&last, e, kind)) {
		json_again(j, last.text, last.len);
		return;
	}
	size_t before = out->len;
	json_moment_of(j, e, kind);
	last.kind = NULL;
	last.len = out->len - before;
	if (j->failed || last.len > sizeof(last.text) ||
	    strlen(e->peer) >= sizeof(last.peer))
		return;
	last = (struct common){
		.wall_us = e->time.wall_us,
		.session = e->session,
		.dir = e->dir,
		.kind = kind,
		.frame = e->frame,
		.len = last.len,
	};
	memcpy(last.text, out->data + before, last.len);
	memcpy(last.peer, e->peer, strlen(e->peer) + 1);
}

static int append_json(struct bytes *out, const struct wrap_look *look,
                       const struct entry *e, size_t from)
{
	static const char *const kinds[] = {
		[ENTRY_MESSAGE] = "message",
		[ENTRY_STATE] = "state",
		[ENTRY_NOTE] = "note",
		[ENTRY_ERROR] = "error",
	};
	bool is_message = e->kind == ENTRY_MESSAGE;
	const char *format = is_message ? wrap_unpack(look, e) : NULL;
	struct json j;
	json_begin_entry(&j, out, e, is_message && look->has_data
	                                 ? "data" : kinds[e->kind]);
	if (is_message) {
		json_message(&j, look->encode, e, from);
		if (format) /* else nothing is made that has to be cleared */
			json_fields(&j, look, e, format);
		return json_end(&j);
	}
	if (e->kind == ENTRY_STATE)
		json_state(&j, e);
	json_filled(&j, "code", e->code);
	json_bytes(&j, "text", e->bytes, e->len);
	json_filled(&j, "hint", e->hint);
	json_fate(&j, e);
	if (e->moved) {
		json_number(&j, "received", e->moved->received);
		json_number(&j, "sent", e->moved->sent);
	}
	if (e->timing)
		json_timing(&j, e->timing);
	if (e->mismatch)
		json_mismatch(&j, look->encode, e->mismatch);
	if (e->checkup)
		json_checkup(&j, e->checkup);
	return json_end(&j);
}

static int append_ack(struct bytes *out, const struct wrap_look *look,
                      const struct entry *e, size_t from)
{
	struct json j;
	(void)look;
	(void)from;
	json_begin_entry(&j, out, e, ack_kind);
	json_tick(&j, e->tick);
	return json_end(&j);
}

/* Bytes */

static int append_bytes(struct bytes *out, const struct wrap_look *look,
                        const struct entry *e, size_t from)
{
	(void)look;
	return e->kind == ENTRY_MESSAGE
	           ? bytes_append(out, e->bytes + from, e->len - from) : 0;
}

typedef int append_fn(struct bytes *out, const struct wrap_look *look,
                      const struct entry *e, size_t from);

static append_fn *const formats[] = {
	[FORMAT_TEXT] = format_text,
	[FORMAT_JSON] = append_json,
	[FORMAT_BYTES] = append_bytes,
	[FORMAT_ACK] = append_ack,
};

/* The message has ended with what was shown already, as silence can do it: a
 * row would have nothing to say. */
static bool is_bare_end(enum format format, const struct entry *e, size_t from)
{
	return format == FORMAT_TEXT && e->kind == ENTRY_MESSAGE && from &&
	       from == e->len && !e->fate && !(e->flags & ENTRY_CUT);
}

/* Whether the part `i` stands alone. */
static bool stands_alone(enum format format, const struct wrap_look *look,
                         const struct entry *e, size_t i)
{
	bool has_pieces = !e->frame || e->frame->traits & FRAME_PIECES;
	if (format == FORMAT_JSON)
		return e->parts[i].is_late && has_pieces;
	return format == FORMAT_TEXT && look->time != TIME_OFF &&
	       entry_pause_ns(e, i) >= ENTRY_PAUSE_MS * MS_NS;
}

/* Cut the piece of a message that begins with the byte `from`: up to the next
 * part that stands alone, and between two characters. */
static struct entry cut_piece(enum format format, const struct wrap_look *look,
                              const struct entry *e, size_t from)
{
	struct entry piece = entry_since(e, from);
	size_t i, len;
	ARRAY_FIND(i, e->part_count, e->parts[i].at > from);
	for (; i < e->part_count && e->parts[i].at < e->len; i++) {
		if (!stands_alone(format, look, e, i))
			continue;
		len = e->parts[i].at - from;
		len -= encoding_unfinished(look->encoding, e->bytes + from,
		                           len);
		if (!len)
			continue;
		piece.len = from + len;
		piece.flags = 0;
		piece.fate = entry_is_held(e) ? FATE_HELD : FATE_NONE;
		break;
	}
	return piece;
}

static int append_pieces(struct bytes *out, enum format format,
                         const struct wrap_look *look, const struct entry *e,
                         size_t from)
{
	int failed;
	do {
		struct entry piece = cut_piece(format, look, e, from);
		failed = formats[format](out, look, &piece, from);
		from = piece.len;
	} while (from < e->len && !failed);
	return failed;
}

int format_entry(struct bytes *out, enum format format,
                 const struct wrap_look *look, const struct entry *e,
                 size_t from)
{
	if (is_bare_end(format, e, from))
		return 0;
	if (e->part_count)
		return append_pieces(out, format, look, e, from);
	return formats[format](out, look, e, from);
}
