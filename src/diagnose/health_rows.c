/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is known of a connection, as rows of words. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/dial.h>
#include <sockchat/explain.h>
#include <sockchat/health.h>
#include <sockchat/number.h>
#include <sockchat/tls_words.h>

#define ROW_MAX TLS_WORDS_MAX

struct rows {
	const struct health *health;
	const struct facts *facts;
	health_row_fn *fn;
	void *user;
};

__attribute__((format(printf, 4, 5))) static void
row(const struct rows *r, enum health_row kind, const char *label,
    const char *format, ...)
{
	char text[ROW_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	r->fn(r->user, kind, label, text);
}

/* A number of bytes, good until the end of the block. */
#define SIZE(bytes) number_format_size((char[16]){ 0 }, bytes)
#define SPAN(ns)    health_format_span((char[32]){ 0 }, ns)
#define MICROS(us)  format_micros((char[24]){ 0 }, us)

/* "0.082 ms", "12.3 ms", "204 ms", "1.5 s": three digits. */
static const char *format_micros(char out[24], uint64_t us)
{
	double ms = (double)us / 1000;
	if (us >= 1000000)
		snprintf(out, 24, "%.1f s", ms / 1000);
	else
		snprintf(out, 24, "%.*f ms",
		         us < 10000 ? us < 1000 ? 3 : 2 : us < 100000, ms);
	return out;
}

/* " (NAME)", or nothing. */
static const char *in_brackets(char *out, size_t cap, const char *name)
{
	snprintf(out, cap, " (%s)", name);
	return *name ? out : "";
}

static void tell_ends(const struct rows *r)
{
	const struct facts *f = r->facts;
	char given[ENDPOINT_TEXT_MAX + 4], found[ADDRESS_TEXT_MAX + 4];
	char header[PROXY_HEADER_TEXT_MAX];
	bool is_fronted = f->header && f->header->source.len;
	bool is_given = strcmp(f->name, f->peer) != 0;
	bool is_other = strncmp(f->name, f->peer_name,
	                        strlen(f->peer_name)) != 0;
	row(r, HEALTH_ROW, "peer", "%s%s%s%s", f->peer, f->through,
	    in_brackets(given, sizeof(given), is_given ? f->name : ""),
	    in_brackets(found, sizeof(found), is_other ? f->peer_name : ""));
	if (f->header) {
		proxy_header_say(f->header, header);
		row(r, HEALTH_ROW, "PROXY header", "%s", header);
	}
	if (*f->owner)
		row(r, HEALTH_ROW,
		    is_fronted                      ? "proxy"
		    : f->is_tcp || f->has_messages ? "process"
		                                    : "created by",
		    "%s", f->owner);
	if (*f->local)
		row(r, HEALTH_ROW, "here", "%s%s, sockchat (pid %ld)", f->local,
		    in_brackets(found, sizeof(found), f->local_name), f->pid);
}

/* Where the time went. */
static void tell_timing(const struct rows *r)
{
	const struct timing *t = r->facts->timing;
	char line[ROW_MAX] = "";
	if (!t)
		return;
	if (t->resolve_us > 0)
		text_add(line, ROW_MAX, "looked up in %s, ",
		         MICROS((uint64_t)t->resolve_us));
	bool is_asked = !r->facts->has_messages; /* over UDP nobody is */
	for (size_t i = 0; i < t->try_count && is_asked; i++)
		text_add(line, ROW_MAX, "%s%s%s in %s, ",
		         t->try_count > 1 ? t->tries[i].where : "",
		         t->try_count > 1 ? " " : "",
		         t->tries[i].errnum
		             ? explain_outcome(t->tries[i].errnum) : "open",
		         MICROS((uint64_t)t->tries[i].us));
	if (t->proxy_us > 0)
		text_add(line, ROW_MAX, "through the proxy in %s, ",
		         MICROS((uint64_t)t->proxy_us));
	if (t->tls_us >= 0)
		text_add(line, ROW_MAX, "TLS in %s, ",
		         MICROS((uint64_t)t->tls_us));
	if (t->first_byte_us >= 0)
		text_add(line, ROW_MAX, "first byte %s later",
		         MICROS((uint64_t)t->first_byte_us));
	else
		text_add(line, ROW_MAX, "no byte has come yet");
	row(r, HEALTH_ROW, "opening", "%s", line);
}

static void tell_plain_row(void *user, const char *label, const char *text)
{
	row(user, HEALTH_ROW, label, "%s", text);
}

static void tell_tls(const struct rows *r)
{
	const struct facts *f = r->facts;
	if (!f->tls)
		return;
	row(r, HEALTH_ROW_GAP, "", "%s", "");
	tls_rows(f->tls, f->now.wall_us / 1000000, tell_plain_row, (void *)r);
}

static void tell_state(const struct rows *r)
{
	static const char *const words[] = {
		[TCP_STATE_CLOSED] = "no connection",
		[TCP_STATE_SYN_SENT] = "our SYN is sent",
		[TCP_STATE_SYN_RECEIVED] = "its SYN is answered",
		[TCP_STATE_ESTABLISHED] = "open both ways",
		[TCP_STATE_FIN_WAIT_1] = "our FIN is sent",
		[TCP_STATE_FIN_WAIT_2] = "our FIN has arrived",
		[TCP_STATE_CLOSING] = "both FINs are on their way",
		[TCP_STATE_TIME_WAIT] = "both have finished",
		[TCP_STATE_CLOSE_WAIT] = "the peer's FIN has come",
		[TCP_STATE_LAST_ACK] = "both FINs are sent",
		[TCP_STATE_LISTEN] = "waiting for a peer",
	};
	const struct facts *f = r->facts;
	enum tcp_state state = health_state(f);
	char clock[STAMP_TEXT_MAX];
	if (f->opened.mono_ns && f->opened.mono_ns != f->since.mono_ns) {
		stamp_format_clock(clock, f->opened.wall_us);
		row(r, HEALTH_ROW, "connected", "at %s, %s ago", clock,
		    SPAN(f->now.mono_ns - f->opened.mono_ns));
	}
	stamp_format_clock(clock, f->since.wall_us);
	bool is_tcp = f->is_tcp;
	row(r, is_tcp ? HEALTH_ROW_STATE : HEALTH_ROW, "state",
	    "%s%s%s, since %s (%s)",
	    is_tcp ? tcpinfo_state_name(state) : entry_state_name(f->phase),
	    is_tcp ? ", " : "", is_tcp ? words[state] : "", clock,
	    SPAN(f->now.mono_ns - f->since.mono_ns));
}

static void tell_direction(const struct rows *r, enum health_row kind)
{
	const struct facts *f = r->facts;
	bool is_in = kind == HEALTH_ROW_IN;
	uint64_t count = is_in ? f->in_messages : f->out_messages;
	uint64_t bytes = is_in ? f->in : f->out;
	int64_t last = !bytes && !count ? 0 : is_in ? f->in_ns : f->out_ns;
	uint64_t rate = health_rate(r->health, f,
	                            is_in ? HEALTH_IN : HEALTH_OUT);
	char messages[40] = ""; /* are not counted of a client in the middle */
	if (count || !bytes)
		snprintf(messages, sizeof(messages), " in %llu %s%s",
		         (unsigned long long)count,
		         f->has_messages ? "datagram" : "message",
		         plural(count));
	row(r, kind, is_in ? "received" : "sent",
	    "%s%s, %s/s%s%s%s", SIZE(bytes), messages, SIZE(rate),
	    last ? ", last " : "", last ? SPAN(f->now.mono_ns - last) : "",
	    last ? " ago" : "");
}

static void tell_waiting(const struct rows *r)
{
	const struct facts *f = r->facts;
	const struct tcpinfo *t = &f->tcp;
	if (!f->has_tcp)
		row(r, HEALTH_ROW, "waiting", "%s queued", SIZE(f->queued));
	else
		row(r, HEALTH_ROW, "waiting",
		    "%s queued, %s unsent, %s unacknowledged; %s unread",
		    SIZE(f->queued), SIZE(t->unsent),
		    SIZE(t->unacked - t->unsent), SIZE(t->unread));
}

/* What the system does with them; it tells nothing of their way. */
static void tell_datagrams(const struct rows *r)
{
	const struct facts *f = r->facts;
	const struct datagram_facts *d = &f->datagrams;
	if (!f->has_messages || f->phase != ENTRY_OPEN)
		return;
	if (d->dropped)
		row(r, HEALTH_ROW, "dropped", "%llu datagram%s by our system, "
		    "as its buffer was full", (unsigned long long)d->dropped,
		    plural(d->dropped));
	else
		row(r, HEALTH_ROW, "dropped", "none by our system");
	if (d->mtu)
		row(r, HEALTH_ROW, "MTU", "%u bytes: what is longer goes in "
		    "fragments", d->mtu);
}

static void tell_far(const struct rows *r)
{
	char text[HEALTH_TEXT_MAX];
	if (health_format_far(text, r->facts))
		row(r, HEALTH_ROW, "over there", "%s", text);
}

static void tell_retransmits(const struct rows *r)
{
	const struct tcpinfo *t = &r->facts->tcp;
	uint64_t recent = health_growth(r->health, r->facts,
	                                HEALTH_RETRANSMITS, HEALTH_SPAN_NS);
	if (t->retransmits)
		row(r, HEALTH_ROW, "retransmits",
		    "%u, %llu in the last minute; %s sent again",
		    t->retransmits, (unsigned long long)recent,
		    SIZE(t->resent));
	else
		row(r, HEALTH_ROW, "retransmits", "none");
}

static unsigned percent(uint64_t part, uint64_t whole)
{
	return whole ? (unsigned)((part * 100 + whole / 2) / whole) : 0;
}

/* What neither window nor buffer has held up of the time in which something was
 * under way is the network's: its congestion, and its length. */
static void tell_limits(const struct rows *r)
{
	const struct tcpinfo *t = &r->facts->tcp;
	uint64_t ours = t->sndbuf_limited_us, its = t->rwnd_limited_us;
	uint64_t rest = t->busy_us > ours + its ? t->busy_us - ours - its : 0;
	if (!t->busy_us)
		row(r, HEALTH_ROW, "held up", "never");
	else
		row(r, HEALTH_ROW, "held up",
		    "by the peer's window %u%%, our buffer %u%%, congestion "
		    "%u%% of %s",
		    percent(its, t->busy_us), percent(ours, t->busy_us),
		    percent(rest, t->busy_us), MICROS(t->busy_us));
}

static void tell_tcp(const struct rows *r)
{
	const struct tcpinfo *t = &r->facts->tcp;
	row(r, HEALTH_ROW_GAP, "", "%s", "");
	if (!r->facts->has_tcp) {
		row(r, HEALTH_ROW, "TCP", "this system does not tell more");
		return;
	}
	row(r, HEALTH_ROW, "round trip", "%s, varies by %s, %s at least",
	    MICROS(t->rtt_us), MICROS(t->rttvar_us), MICROS(t->min_rtt_us));
	tell_retransmits(r);
	if (t->has_peer_window)
		row(r, HEALTH_ROW, "windows", "%s the peer's, %u segments of "
		    "%u B (MSS) by congestion", SIZE(t->peer_window), t->cwnd,
		    t->snd_mss);
	else
		row(r, HEALTH_ROW, "windows", "%u segments of %u B (MSS) by "
		    "congestion", t->cwnd, t->snd_mss);
	if (t->delivery_rate)
		row(r, HEALTH_ROW, "delivered", "at %s%s/s%s",
		    t->is_app_limited ? "least " : "",
		    SIZE(t->delivery_rate),
		    t->is_app_limited ? " (limited by what you sent)" : "");
	tell_limits(r);
}

void health_rows(const struct health *h, const struct facts *f,
                 health_row_fn *fn, void *user)
{
	const struct rows r = { h, f, fn, user };
	tell_ends(&r);
	tell_state(&r);
	tell_timing(&r);
	row(&r, HEALTH_ROW_GAP, "", "%s", "");
	tell_direction(&r, HEALTH_ROW_IN);
	tell_direction(&r, HEALTH_ROW_OUT);
	tell_waiting(&r);
	tell_datagrams(&r);
	tell_far(&r);
	tell_tls(&r);
	if (f->is_tcp &&
	    (f->phase == ENTRY_OPEN || f->phase == ENTRY_HALF_CLOSED))
		tell_tcp(&r);
	if (!f->has_socket)
		return;
	row(&r, HEALTH_ROW_GAP, "", "%s", "");
	socket_rows(&f->socket, f->is_v6, tell_plain_row, (void *)&r);
}
