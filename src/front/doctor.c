/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Look up, ask for the route, connect, listen for a moment, and say what to
 * make of it. */

#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/explain.h>
#include <sockchat/glyph.h>
#include <sockchat/health.h>
#include <sockchat/route.h>
#include <sockchat/stamp.h>
#include <sockchat/tls_words.h>

#include "doctor_judge.h"
#include "doctor_udp.h"

#define LISTEN_MS    1000 /* for first bytes */
#define COMPLETE_MS  200  /* for the rest of them */
#define PREVIEW_MAX  60

/* The way there */

static void note_step(struct doctor *d, const char *code)
{
	static const struct {
		const char *code, *step, *behind_proxy;
	} steps[] = {
		{ "resolving", "look-up", "proxy" },
		{ "trying", "connect", "proxy" },
		{ "asking-proxy", "proxy", "proxy" },
		{ "handshaking", "handshake", "handshake" },
		{ "certificate", "certificate", "certificate" },
	};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (strcmp(steps[i].code, code) == 0)
			d->step = doctor_has_proxy(d) ? steps[i].behind_proxy
			                       : steps[i].step;
}

static void on_doctor_step(void *user, const char *code, const char *text)
{
	struct doctor *d = user;
	note_step(d, code);
	report_step(&d->report, code, text);
}

static void on_doctor_note(void *user, const char *code, const char *text)
{
	struct doctor *d = user;
	report_step(&d->report, code, text);
}

/* What comes in a handshake is kept, as it may be something else. */
static void on_doctor_wire(void *user, const struct wire_news *n)
{
	struct doctor *d = user;
	size_t room = sizeof(d->bytes) - d->len;
	bool is_below = n->layers == WIRE_SOCKET;
	if (n->kind != WIRE_BYTES || !is_below || n->is_out ||
	    strcmp(d->step, "handshake") != 0)
		return;
	size_t len = n->len < room ? n->len : room;
	memcpy(d->bytes + d->len, n->bytes, len);
	d->len += len;
}

/* "127.0.0.1": an address without its port. */
static const char *host_text(const struct address *a,
                             char out[ADDRESS_TEXT_MAX])
{
	address_format_host(a, out);
	return out;
}

static void print_route(void *user, const struct address *a,
                        const struct socket_settings *ours)
{
	struct doctor *d = user;
	struct report *report = &d->report;
	struct route r;
	char to[ADDRESS_TEXT_MAX], from[ADDRESS_TEXT_MAX];
	char by[ADDRESS_TEXT_MAX];
	if (!route_find(&r, a, ours))
		return;
	host_text(a, to);
	if (r.errnum)
		report_note(report, "route", "route to %s: none, %s", to,
		            explain_outcome(r.errnum));
	else
		report_note(report, "route",
		            "route to %s: by %s, from %s, %s%s", to,
		            *r.interface ? r.interface : "?",
		            r.source.len ? host_text(&r.source, from) : "?",
		            r.is_local      ? "this machine itself"
		            : r.gateway.len ? "through the gateway "
		                            : "directly",
		            r.gateway.len ? host_text(&r.gateway, by) : "");
}

/* The connection */

static void tell_ending(struct doctor *d, const struct tls_certificate *c)
{
	int64_t now_s = stamp_wall_s();
	char text[TLS_WORDS_MAX];
	if (c->end_s - now_s > TLS_SOON_S)
		return;
	tls_say_end(text, c, now_s);
	report_note(&d->report, "tls-expiring",
	            "the server's certificate must be renewed: %s", text);
}

static void tell_connection(struct doctor *d)
{
	struct transport_facts facts;
	transport_facts_whole(d->link.transport,
	                      FACTS_TCP | FACTS_OWNER | FACTS_TLS, &facts);
	if (facts.tcp.rtt_us)
		report_note(&d->report, "round-trip",
		            "round trip %s%.2f ms, segments of %u bytes",
		            doctor_has_proxy(d) ? "to the proxy " : "",
		            (double)facts.tcp.rtt_us / 1000,
		            facts.tcp.snd_mss);
	if (*facts.owner)
		report_note(&d->report, "owner", "%s%s", facts.relation,
		            facts.owner);
	if (facts.tls)
		report_tls(&d->report, facts.tls);
	if (facts.tls && facts.tls->chain_count)
		tell_ending(d, &facts.tls->chain[0]);
}

static const char *name_door(const struct doctor *d)
{
	return d->link.traits & TRANSPORT_IP ? "port" : "socket";
}

static void judge_waiting(struct doctor *d,
                          const struct transport_facts *facts)
{
	char verdict[512], far[HEALTH_TEXT_MAX];
	const struct facts f = { .far = facts->far };
	if (health_format_far(far, &f))
		report_note(&d->report, "backlog", "%s", far);
	snprintf(verdict, sizeof(verdict), "the %s is open, but %s has not "
	         "accepted the connection: it is busy, hangs, or waits for "
	         "something", name_door(d),
	         *facts->owner ? facts->owner : "no program");
	doctor_judge(d, "not-accepted", verdict,
	      "look at that program, or restart it");
}

static void judge_silence(struct doctor *d)
{
	char verdict[512], command[DOCTOR_COMMAND_MAX];
	struct transport_facts facts;
	transport_facts_whole(d->link.transport, FACTS_OWNER, &facts);
	doctor_command(d, command);
	report_note(&d->report, "no-first-bytes",
	            "nothing came within %.1f s", (double)LISTEN_MS / 1000);
	if (facts.far.is_waiting) {
		judge_waiting(d, &facts);
	} else if (facts.far.is_stopped) {
		snprintf(verdict, sizeof(verdict), "the %s is open, but %s "
		         "does not answer: it was stopped (SIGSTOP)",
		         name_door(d), facts.owner);
		doctor_judge(d, "stopped", verdict,
		      "continue it with `kill -CONT` and its pid");
	} else {
		snprintf(verdict, sizeof(verdict), "it works: the %s is open, "
		         "and the server waits for the client to speak first",
		         name_door(d));
		doctor_judge(d, "waits", verdict, command);
	}
}

static void judge_bytes(struct doctor *d, const struct recognised *r)
{
	char verdict[RECOGNISE_TEXT_MAX + 64], preview[PREVIEW_MAX];
	char command[DOCTOR_COMMAND_MAX], text[PREVIEW_MAX + 1];
	if (r) {
		snprintf(verdict, sizeof(verdict), "%s: %s",
		         strcmp(r->code, "protocol-tls") ? "it works"
		             : "the server wants TLS, and got none", r->text);
		doctor_judge(d, r->code, verdict, r->hint);
		return;
	}
	snprintf(text, sizeof(text), "%.*s", (int)d->len,
	         (const char *)d->bytes);
	text[strcspn(text, "\r\n")] = '\0';
	glyph_copy(preview, sizeof(preview), text, GLYPH_ASCII);
	snprintf(verdict, sizeof(verdict), "it works: the server speaks first "
	         "(\"%s\")", preview);
	doctor_command(d, command);
	doctor_judge(d, "speaks", verdict, command);
}

static void judge_peer_end(struct doctor *d)
{
	char verdict[128];
	snprintf(verdict, sizeof(verdict), "the %s is open, but the connection "
	         "is closed at once, before anything came", name_door(d));
	if (d->len)
		judge_bytes(d, NULL);
	else
		doctor_judge(d, "closed-at-once", verdict, link_is_tcp(&d->link)
		     ? "look at the server's log. A port forwarder does this "
		       "when no server is behind "
		       "it" : "look at the server's log");
}

/* What came is looked at; false: more of it may tell more. */
static bool judge_so_far(struct doctor *d, bool is_all)
{
	const struct speaker server = {
		.side = RECOGNISE_SERVER,
		.is_over_tls = d->link.traits & TRANSPORT_TLS,
		.where = d->where,
	};
	struct recognised r;
	enum recognise_result result =
	    recognise(&r, d->bytes, d->len, is_all, &server);
	if (result == RECOGNISE_MORE && !is_all)
		return false;
	judge_bytes(d, result == RECOGNISE_YES ? &r : NULL);
	return true;
}

static void on_doctor_urgent(struct link *l)
{
	report_step(&doctor_of(l)->report, "urgent-data", explain_urgent);
}

/* FIN, or more first bytes; link_step() finds a break. */
static void on_first_bytes(struct link *l, unsigned ready)
{
	struct doctor *d = doctor_of(l);
	(void)ready;
	ssize_t n = link_read(l, d->bytes + d->len, sizeof(d->bytes) - d->len);
	if (n > 0 && !d->len) {
		report_note(&d->report, "first-byte",
		            "first bytes after %.1f ms",
		            (double)(stamp_mono_ns() - d->opened_ns) /
		                (double)MS_NS);
		link_set_alarm(l, LINK_OWN, COMPLETE_MS * MS_NS);
	}
	d->len += n > 0 ? (size_t)n : 0;
	if (n == 0)
		judge_peer_end(d);
	else if (n < 0 || !judge_so_far(d, d->len == sizeof(d->bytes)))
		link_step(l, LOOP_READ);
}

static void on_doctor_alarm(struct link *l, unsigned which)
{
	struct doctor *d = doctor_of(l);
	(void)which;
	if (d->len)
		(void)judge_so_far(d, true);
	else
		judge_silence(d);
}

static void on_doctor_open(struct link *l, const struct address *peer)
{
	struct doctor *d = doctor_of(l);
	(void)peer;
	d->opened_ns = stamp_mono_ns();
	d->step = "conversation";
	d->len = 0;
	tell_connection(d);
	link_set_alarm(l, LINK_OWN, LISTEN_MS * MS_NS);
	link_step(l, LOOP_READ);
}

/* -1 with errno. */
static int dial_door(struct doctor *d)
{
	const struct options *o = d->options;
	const struct dial_steps steps = {
		.on_try = print_route, .on_step = on_doctor_step,
		.on_note = on_doctor_note,
		.user = d,
	};
	struct dial_settings settings = o->dial;
	settings.wire = &d->wire;
	if (d->family)
		settings.resolve.family = d->family;
	d->len = 0;
	d->link.where = d->where;
	return link_dial(&d->link, transport_of(&o->endpoint), &o->endpoint,
	                 &settings, &steps);
}

static void on_door_again(struct timer *t)
{
	struct doctor *d = t->user;
	if (!dial_door(d))
		return;
	notices_errno(&d->report.notices, "connect");
	loop_stop(d->link.loop, 1);
}

static void on_doctor_timeout(struct timer *t)
{
	struct doctor *d = t->user;
	struct error e;
	explain_run_timeout(&e, d->options->run_timeout_ms);
	report_error(&d->report, &e);
	loop_stop(d->link.loop, 1);
}

static void start_timers(struct doctor *d)
{
	d->again = (struct timer){ .on_time = on_door_again, .user = d };
	d->timeout = (struct timer){ .on_time = on_doctor_timeout, .user = d };
	if (d->options->run_timeout_ms)
		timer_start(d->link.loop, &d->timeout,
		            d->options->run_timeout_ms * MS_NS);
}

int doctor_run(struct loop *l, const struct options *o)
{
	static const struct link_ops ops = {
		.on_open = on_doctor_open,
		.on_ready = on_first_bytes,
		.on_urgent = on_doctor_urgent,
		.on_alarm = on_doctor_alarm,
		.on_over = doctor_over,
	};
	struct doctor d = { .options = o, .step = "connect" };
	bool has_messages = endpoint_has_datagrams(&o->endpoint);
	d.hears = (struct wire_listener){ on_doctor_wire, &d, NULL };
	wire_listen(&d.wire, &d.hears);
	endpoint_show(&o->endpoint, d.where);
	report_open(&d.report, o->ui == UI_JSON, d.where);
	d.report.is_brief = !o->verbose || o->quiet;
	d.report.is_quiet = o->quiet;
	link_init(&d.link, l, has_messages ? &doctor_udp_ops : &ops);
	start_timers(&d);
	int failed = dial_door(&d);
	int status = failed ? -1 : loop_run(l);
	if (status == -1)
		notices_errno(&d.report.notices, failed ? "start" : "continue");
	timer_stop(&d.again);
	timer_stop(&d.timeout);
	link_close(&d.link, false);
	return report_close(&d.report) || status == -1 ? 1 : status;
}
