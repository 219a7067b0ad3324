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

#define HEX_COLUMNS 78

/* Text, for terminals that only scroll, and for files */

struct line {
	struct bytes *out;
	size_t row, indent;
	bool is_colored;
	bool has_failed;
};

static void append_part(struct line *l, const char *text, size_t len)
{
	if (bytes_append(l->out, text, len))
		l->has_failed = true;
}

static void put_color(struct line *l, const char *color)
{
	if (l->is_colored)
		append_part(l, color, strlen(color));
}

static const char *style_color(enum wrap_style style)
{
	return style == WRAP_ENDING || style == WRAP_MORE ||
	               style == WRAP_FIELDS ? "\033[2m"
	       : style == WRAP_ESCAPED      ? "\033[7m"
	                                    : "";
}

static void put_line_run(void *user, const struct wrap_run *run)
{
	struct line *l = user;
	const char *color = style_color(run->style);
	for (; l->row < run->row; l->row++)
		if (bytes_printf(l->out, "\n%*s", (int)l->indent, ""))
			l->has_failed = true;
	put_color(l, color);
	append_part(l, run->text, run->len);
	put_color(l, *color ? "\033[0m" : "");
}

static const char *mark_color(const struct entry *e)
{
	return e->kind == ENTRY_ERROR     ? "\033[1;31m"
	       : e->kind != ENTRY_MESSAGE ? "\033[2m"
	       : e->dir == ENTRY_OUT      ? "\033[32m"
	                                  : "\033[36m";
}

/* What stands before this piece: the entry before it, or the piece before. */
static const struct entry *find_before(struct entry *before,
                                       const struct wrap_look *look,
                                       const struct entry *e, size_t from)
{
	const struct entry *found = transcript_at(
	    look->transcript, from ? e->seq : e->seq - 1, before);
	if (found && found->part_count)
		*before = entry_since(before, (from ? from : before->len) - 1);
	return found;
}

static int append_text(struct bytes *out, const struct wrap_look *look,
                       const struct entry *e, size_t from)
{
	char head[64];
	struct entry part = *e, room;
	const struct entry *before =
	    look->time == TIME_DELTA ? find_before(&room, look, e, from) : NULL;
	size_t head_len = wrap_head(head, look, e, before);
	bool is_text = e->kind != ENTRY_MESSAGE || look->view == VIEW_TEXT;
	struct wrap_settings settings = {
		.look = *look,
		.columns = is_text ? SIZE_MAX : HEX_COLUMNS - head_len,
		.row_count = SIZE_MAX,
		.base = wrap_base(look, e),
		.whole = e,
	};
	struct line line = {
		.out = out, .indent = head_len, .is_colored = look->is_colored,
	};
	settings.base += settings.base ? from : 0;
	part.bytes += from;
	part.len -= from;
	part.part_count = 0;
	settings.look.indents_json &= !from;
	put_color(&line, mark_color(e));
	append_part(&line, head, head_len);
	put_color(&line, "\033[0m");
	wrap_entry(&part, &settings, put_line_run, &line);
	append_part(&line, "\n", 1);
	return line.has_failed ? -1 : 0;
}

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
                        const struct entry *e)
{
	const char *format = wrap_unpack(look, e);
	struct bytes room = { 0 };
	struct unpack u;
	struct unpack_field f;
	struct error why;
	size_t len;
	const uint8_t *payload = format ? entry_payload(e, &room, &len) : NULL;
	if (payload) {
		unpack_begin(&u, format, strlen(format));
		json_open(j, "fields", '{');
		while (unpack_read(&u, len, &f, &why))
			json_field(j, look->encode, &f, payload);
		json_close(j, '}');
		json_filled(j, "fields_error", why.text);
	}
	j->failed |= format && !payload;
	bytes_finish(&room);
}

static void json_message(struct json *j, enum encode encode,
                         const struct entry *e, size_t from)
{
	const uint8_t *bytes = e->bytes + from;
	size_t len = e->len - from;
	bool is_begun_by_text = e->frame && e->frame->traits & FRAME_CUTS;
	if (e->frame)
		json_word(j, "frame", e->frame->name);
	if (e->prefix && !is_begun_by_text)
		json_number(j, "prefix", e->prefix);
	json_number(j, "len", len);
	if (encode == ENCODE_HEX)
		json_hex(j, "hex", bytes, len);
	else if (encode == ENCODE_AUTO && utf8_is_valid(bytes, len))
		json_bytes(j, "text", bytes, len);
	else
		json_base64(j, "base64", bytes, len);
	json_bool(j, "complete", (e->flags & ENTRY_COMPLETE) != 0);
	if (e->flags & ENTRY_CUT)
		json_bool(j, "cut", true);
	if (e->tick)
		json_tick(j, e->tick);
	if (e->wait_ns)
		json_time(j, "wait_ms", e->wait_ns / 1000);
}

static void json_state(struct json *j, const struct entry *e)
{
	json_word(j, "state", entry_state_name((enum entry_state)e->state));
	if (e->state == ENTRY_HALF_CLOSED)
		json_word(j, "side", e->ended == ENTRY_OUT ? "us" : "peer");
	json_filled(j, "local", e->local);
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

/* What all have. */
static void json_begin_entry(struct json *j, struct bytes *out,
                             const struct entry *e, const char *kind)
{
	char time[STAMP_TEXT_MAX];
	stamp_format_utc(time, e->time.wall_us);
	json_begin(j, out);
	json_number(j, "seq", e->seq);
	json_word(j, "time", time);
	json_number(j, "session", e->session);
	json_word(j, "kind", kind);
	if (e->dir != ENTRY_NO_DIR)
		json_word(j, "dir", e->dir == ENTRY_IN ? "in" : "out");
	json_filled(j, "peer", e->peer);
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
	struct json j;
	json_begin_entry(&j, out, e, kinds[e->kind]);
	if (e->kind == ENTRY_MESSAGE) {
		json_message(&j, look->encode, e, from);
		json_fields(&j, look, e);
		return json_end(&j);
	}
	if (e->kind == ENTRY_STATE)
		json_state(&j, e);
	json_filled(&j, "code", e->code);
	json_bytes(&j, "text", e->bytes, e->len);
	json_filled(&j, "hint", e->hint);
	if (e->moved) {
		json_number(&j, "received", e->moved->received);
		json_number(&j, "sent", e->moved->sent);
	}
	if (e->timing)
		json_timing(&j, e->timing);
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
	json_begin_entry(&j, out, e, "ack");
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

static const struct {
	int (*append)(struct bytes *out, const struct wrap_look *look,
	              const struct entry *e, size_t from);
	const char *suffixes[2]; /* of the files that are to have it */
} formats[] = {
	[FORMAT_TEXT] = { append_text, { NULL } },
	[FORMAT_JSON] = { append_json, { ".jsonl" } },
	[FORMAT_BYTES] = { append_bytes, { ".bin", ".raw" } },
	[FORMAT_ACK] = { append_ack, { NULL } },
};

/* Whether the part `i` stands alone. */
static bool stands_alone(enum format format, const struct wrap_look *look,
                         const struct entry *e, size_t i)
{
	if (format == FORMAT_JSON)
		return e->parts[i].is_late;
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
		break;
	}
	return piece;
}

static int append_pieces(struct bytes *out, enum format format,
                         const struct wrap_look *look, const struct entry *e,
                         size_t from)
{
	int failed = 0;
	while (from < e->len && !failed) {
		struct entry piece = cut_piece(format, look, e, from);
		failed = formats[format].append(out, look, &piece, from);
		from = piece.len;
	}
	return failed;
}

int format_entry(struct bytes *out, enum format format,
                 const struct wrap_look *look, const struct entry *e,
                 size_t from)
{
	if (e->part_count)
		return append_pieces(out, format, look, e, from);
	return formats[format].append(out, look, e, from);
}

static bool has_suffix(const char *path, const char *suffix)
{
	size_t len = strlen(path), n = suffix ? strlen(suffix) : len;
	return len > n && strcmp(path + len - n, suffix) == 0;
}

enum format format_of(const char *path)
{
	for (enum format f = FORMAT_JSON; f <= FORMAT_BYTES; f++)
		if (has_suffix(path, formats[f].suffixes[0]) ||
		    has_suffix(path, formats[f].suffixes[1]))
			return f;
	return FORMAT_TEXT;
}
