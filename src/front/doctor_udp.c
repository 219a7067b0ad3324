/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who gets what is sent there, how much goes in one piece, and what comes back:
 * an answer, an ICMP error, or nothing. */

#include "doctor_udp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/datagram.h>
#include <sockchat/glyph.h>
#include <sockchat/route.h>
#include <sockchat/stamp.h>

#include "doctor_judge.h"

/* Beside LINK_OWN, which is the end of the waiting. */
#define REFUSED (LINK_OWN + 1)

#define ANSWER_MS   2000
#define PREVIEW_MAX 60

/* The way there */

static void tell_mtu(struct doctor *d, const struct transport_facts *f)
{
	bool is_v6 = f->peer.sa.ss_family == AF_INET6;
	unsigned mtu = f->datagrams.mtu, whole = datagram_whole(mtu, is_v6);
	if (!whole)
		return;
	if (whole >= d->link.transport->message_max)
		report_note(&d->report, "mtu", "packets of up to %u bytes: "
		            "any datagram goes in one piece", mtu);
	else
		report_note(&d->report, "mtu", "packets of up to %u bytes: a "
		            "datagram of more than %u bytes goes in fragments, "
		            "which some firewalls drop", mtu, whole);
}

/* Of this machine it is known who has the port, or that nobody has. */
static void tell_receiver(struct doctor *d, const struct transport_facts *f)
{
	struct route r;
	bool is_local =
	    route_find(&r, &f->peer, &d->options->dial.socket) && r.is_local;
	if (f->far.is_here)
		report_note(&d->report, "owner", "on this machine %s has that "
		            "port", *f->owner ? f->owner : "a program");
	else if (is_local && f->far.is_missing)
		report_note(&d->report, "port-unused",
		            "no program of this machine has that port");
}

static void tell_facts(struct doctor *d)
{
	struct transport_facts facts;
	transport_facts_whole(d->link.transport,
	                      FACTS_PEER | FACTS_OWNER | FACTS_DATAGRAMS,
	                      &facts);
	tell_mtu(d, &facts);
	tell_receiver(d, &facts);
}

/* What comes back */

static double since_ms(const struct doctor *d)
{
	return (double)(stamp_mono_ns() - d->sent_ns) / (double)MS_NS;
}

/* Write what is shown of an answer: its first line. */
static void preview(char out[PREVIEW_MAX], const uint8_t *bytes, size_t len)
{
	char text[PREVIEW_MAX + 1];
	snprintf(text, sizeof(text), "%.*s", (int)len, (const char *)bytes);
	text[strcspn(text, "\r\n")] = '\0';
	glyph_copy(out, PREVIEW_MAX, text, GLYPH_ASCII);
}

static void judge_answer(struct doctor *d, const uint8_t *bytes, size_t len)
{
	char command[DOCTOR_COMMAND_MAX], verdict[512], text[PREVIEW_MAX];
	preview(text, bytes, len < PREVIEW_MAX ? len : PREVIEW_MAX);
	doctor_command(d, command);
	snprintf(verdict, sizeof(verdict), "%.300s answers: %zu bytes after "
	         "%.1f ms%s%s%s", d->where, len, since_ms(d),
	         *text ? ", \"" : "", text, *text ? "\"" : "");
	doctor_judge(d, "answers", verdict, command);
}

static void judge_no_answer(struct doctor *d)
{
	char next[DOCTOR_COMMAND_MAX + 64], command[DOCTOR_COMMAND_MAX];
	doctor_command(d, command);
	snprintf(next, sizeof(next), "send it something that it answers: %s",
	         command);
	doctor_conclude(d, "open-or-filtered",
	                "no answer: open or filtered: a server that ignores "
	                "empty datagrams, a firewall, and a loss on the way "
	                "look the same", next,
	                &(struct checkup){ .step = d->step, .status = 1 });
}

static void judge_silence(struct link *l)
{
	struct doctor *d = doctor_of(l);
	int64_t ms = d->options->dial.timeout_ms;
	struct error e;
	error_set(&e, "no answer: open or filtered: %s has sent nothing back "
	              "to an empty datagram within %g s",
	          link_called(l), (double)(ms ? ms : ANSWER_MS) / 1000);
	error_set_hint(&e, "send something that the server understands, for "
	                   "many answer nothing else. Or a firewall drops it");
	error_set_code(&e, ETIMEDOUT);
	if (doctor_tries_again(d, &e))
		return;
	report_error(&d->report, &e);
	judge_no_answer(d);
}

/* The network has answered in place of the peer; the link may not be closed
 * within. */
static void on_icmp(struct link *l, const struct error *e)
{
	doctor_of(l)->icmp = *e;
	link_set_alarm(l, REFUSED, 0);
}

/* A name may have addresses of both families, and its server one of them: the
 * other is asked, too. */
static bool asks_other_family(struct doctor *d)
{
	const struct options *o = d->options;
	struct transport_facts facts;
	if (d->family || o->dial.resolve.family ||
	    !endpoint_has_name(&o->endpoint))
		return false;
	transport_facts(d->link.transport, FACTS_PEER, &facts);
	d->family = facts.peer.sa.ss_family == AF_INET6 ? AF_INET : AF_INET6;
	report_note(&d->report, "other-family", "%s", d->icmp.text);
	link_close(&d->link, false);
	timer_start(d->link.loop, &d->again, 0);
	return true;
}

/* Where the name has no other address, the first one's answer stands. */
static void on_udp_over(struct link *l, const struct error *e, uint64_t unacked)
{
	struct doctor *d = doctor_of(l);
	bool is_alone = d->family && strncmp(e->code, "EAI_", 4) == 0;
	const struct error told = is_alone ? d->icmp : *e;
	if (is_alone)
		d->step = "datagram";
	d->family = 0;
	doctor_over(l, &told, unacked);
}

static void on_udp_alarm(struct link *l, unsigned which)
{
	struct doctor *d = doctor_of(l);
	if (which != REFUSED)
		judge_silence(l);
	else if (!asks_other_family(d))
		on_udp_over(l, &d->icmp, 0);
}

static void step_udp(struct doctor *d)
{
	if (d->link.transport)
		link_step(&d->link, LOOP_READ | (d->sent_ns ? 0 : LOOP_WRITE));
}

static void send_empty(struct doctor *d)
{
	d->sent_ns = stamp_mono_ns();
	ssize_t n = link_write(&d->link, "", 0);
	if (n == 0)
		report_note(&d->report, "sent", "sent an empty datagram");
	else if (errno == EAGAIN)
		d->sent_ns = 0;
}

static void on_udp_ready(struct link *l, unsigned ready)
{
	static uint8_t bytes[DATAGRAM_MAX_IPV6 + 1];
	struct doctor *d = doctor_of(l);
	if (!d->sent_ns && ready & LOOP_WRITE)
		send_empty(d);
	ssize_t n = l->transport ? link_read(l, bytes, sizeof(bytes)) : -1;
	if (n >= 0)
		judge_answer(d, bytes, (size_t)n);
	step_udp(d);
}

static void on_udp_open(struct link *l, const struct address *peer)
{
	struct doctor *d = doctor_of(l);
	int64_t ms = d->options->dial.timeout_ms;
	(void)peer;
	d->step = "datagram";
	tell_facts(d);
	link_set_alarm(l, LINK_OWN, (ms ? ms : ANSWER_MS) * MS_NS);
	send_empty(d);
	step_udp(d);
}

const struct link_ops doctor_udp_ops = {
	.on_open = on_udp_open,
	.on_ready = on_udp_ready,
	.on_alarm = on_udp_alarm,
	.on_unsent = on_icmp,
	.on_over = on_udp_over,
};
