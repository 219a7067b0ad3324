/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The byte pipe's frame: finds the peer, tells what happens, and hands the
 * rest to the conversation. */

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/diag.h>
#include <sockchat/explain.h>
#include <sockchat/frontend.h>
#include <sockchat/glyph.h>
#include <sockchat/link_fault.h>
#include <sockchat/listener.h>
#include <sockchat/number.h>
#include <sockchat/recognise.h>
#include <sockchat/service.h>
#include <sockchat/stamp.h>
#include <sockchat/tls_words.h>
#include <sockchat/traps.h>

#include "doctor.h"
#include "meter.h"
#include "notices.h"
#include "pipe_datagram.h"
#include "pipe_places.h"
#include "pipe_record.h"
#include "pipe_stream.h"

struct fe_pipe {
	struct loop *loop;
	const struct options *options;
	struct notices notices;
	struct listener *listener;
	struct conn conn;
	struct faults faults;
	struct meter meter;
	struct pipe_record record;
	struct retry retry;
	struct timer again, timeout;
	int64_t opened_ns; /* the connection */
	bool has_failed;
	bool is_ending; /* a signal or --timeout says so */
	int signum; /* that ends us */
};

static bool has_datagrams(const struct fe_pipe *f)
{
	return endpoint_has_datagrams(&f->options->endpoint);
}

static void stop_pipe(struct fe_pipe *f)
{
	loop_stop(f->loop, f->has_failed);
}

static void tell_failure(struct fe_pipe *f, const struct error *e)
{
	f->has_failed = true;
	if (e->text[0])
		notices_error(&f->notices, e);
	if (f->retry.tries > 1 && !f->is_ending)
		notices_print(&f->notices, "gave up after %ld tries",
		              f->retry.tries);
}

/* -v, as long as anything is told. */
static bool tells_steps(const struct fe_pipe *f)
{
	return f->options->verbose && !f->options->quiet;
}

/* What comes to a listener in front of the user's bytes is told in any case. */
static bool is_in_front(const char *code)
{
	return !strcmp(code, "protocol-tls") || !strcmp(code, "protocol-proxy");
}

static void tell_protocol(struct fe_pipe *f, const uint8_t *bytes, size_t len)
{
	const struct link *l = &f->conn.link;
	struct recognised r;
	struct transport_facts facts;
	char where[ENDPOINT_TEXT_MAX];
	const struct speaker peer = {
		.side = l->is_accepted ? RECOGNISE_CLIENT : RECOGNISE_SERVER,
		.is_over_tls = l->traits & TRANSPORT_TLS,
		.has_datagrams = link_has_messages(l),
		.where = where,
	};
	glyph_copy(where, sizeof(where), f->conn.where, GLYPH_ANY_WIDTH);
	if (l->is_accepted) {
		transport_facts(l->transport, FACTS_LOCAL, &facts);
		address_format(&facts.local, where);
	}
	if (recognise(&r, bytes, len, true, &peer) == RECOGNISE_YES &&
	    (tells_steps(f) || is_in_front(r.code))) {
		notices_print(&f->notices, "%s", r.text);
		notices_print(&f->notices, "hint: %s", r.hint);
	}
}

/* The peer's first bytes. */
static void on_first(void *user, const uint8_t *bytes, size_t len)
{
	struct fe_pipe *f = user;
	double ms = (double)(stamp_mono_ns() - f->opened_ns) / (double)MS_NS;
	if (tells_steps(f))
		notices_print(&f->notices, "first byte after %.1f ms", ms);
	if (f->options->hints)
		tell_protocol(f, bytes, len);
}

/* What somebody who came to us has agreed on. */
static void tell_secured(struct fe_pipe *f, const struct tls_facts *tls)
{
	char text[TLS_WORDS_MAX];
	tls_say_secured(text, tls, stamp_wall_s());
	notices_print(&f->notices, "secured by %s", text);
}

/* -v: who is at the other end. */
static void tell_peer(struct fe_pipe *f)
{
	struct transport_facts facts;
	char header[PROXY_HEADER_TEXT_MAX];
	if (!tells_steps(f))
		return;
	transport_facts_whole(f->conn.link.transport,
	                      FACTS_OWNER | FACTS_TLS, &facts);
	if (facts.header) {
		proxy_header_say(facts.header, header);
		notices_print(&f->notices, "PROXY header: %s", header);
	}
	if (facts.tls && f->conn.link.is_accepted)
		tell_secured(f, facts.tls);
	if (*facts.owner)
		notices_print(&f->notices, "%s%s", facts.relation,
		              facts.owner);
}

static void on_peer_open(void *user, const struct address *peer)
{
	struct fe_pipe *f = user;
	char through[TRANSPORT_THROUGH_MAX];
	(void)peer;
	f->opened_ns = stamp_mono_ns();
	f->retry = (struct retry){ 0 };
	transport_through(f->conn.link.transport, through);
	if (f->conn.link.is_accepted && !f->options->quiet)
		notices_print(&f->notices, "%s from %s%s%s",
		              has_datagrams(f) ? "first datagram"
		                               : "connection",
		              f->conn.where,
		              f->conn.link.traits & TRANSPORT_TLS ? " over TLS"
		                                                  : "",
		              through);
	tell_peer(f);
	meter_start(&f->meter);
}

static void on_pipe_note(void *user, const char *sentence)
{
	struct fe_pipe *f = user;
	if (!f->options->quiet)
		notices_print(&f->notices, "%s", sentence);
}

static void on_pipe_fault(void *user, const char *text)
{
	struct fe_pipe *f = user;
	if (!f->options->quiet)
		notices_print(&f->notices, "fault %s", text);
}

/* A probe only finds out that it is open, and leaves the standard descriptors
 * alone. */
static void on_probed(void *user, const struct address *peer)
{
	struct fe_pipe *f = user;
	char text[ADDRESS_TEXT_MAX];
	address_format(peer, text);
	if (!f->options->quiet)
		notices_print(&f->notices, "connected to %s",
		              peer->len ? text : link_called(&f->conn.link));
	link_close(&f->conn.link, false);
	stop_pipe(f);
}

static int start_dial(struct fe_pipe *f)
{
	const struct dial_steps steps = {
		.on_step = tells_steps(f) ? notices_step : NULL,
		.on_note = f->options->quiet ? NULL : notices_step,
		.user = &f->notices,
	};
	return conn_dial(&f->conn, &steps);
}

static int fail_start(struct fe_pipe *f, const char *what)
{
	notices_errno(&f->notices, what);
	return -1;
}

static void on_pipe_again(struct timer *t)
{
	struct fe_pipe *f = t->user;
	if (!start_dial(f))
		return;
	f->has_failed = true;
	fail_start(f, "connect");
	stop_pipe(f);
}

/* --retry: before a connection nothing of standard input has been read. */
static bool try_pipe_again(struct fe_pipe *f, const struct error *e)
{
	char text[RETRY_TEXT_MAX];
	if (f->opened_ns || f->is_ending || !f->options->retry)
		return false;
	int64_t wait_ms = retry_failed(&f->retry, f->options->retry, e);
	if (wait_ms < 0)
		return false;
	retry_describe(text, e, wait_ms);
	if (!f->options->quiet)
		notices_print(&f->notices, "%s", text);
	timer_start(f->loop, &f->again, wait_ms * MS_NS);
	return true;
}

/* Listen mode. */

static void on_pipe_listens(void *user, const struct address *list,
                            size_t count)
{
	struct fe_pipe *f = user;
	places_tell(&f->notices, f->options, list, count);
}

static void on_listener_note(void *user, const char *code, const char *text)
{
	struct fe_pipe *f = user;
	(void)code;
	if (!f->options->quiet)
		notices_print(&f->notices, "%s", text);
}

static void on_accepted(void *user, struct transport *t,
                        const struct address *peer)
{
	struct fe_pipe *f = user;
	/* one socket is all peers' of datagrams */
	if (f->options->keep_open || has_datagrams(f)) {
		listener_pause(f->listener);
	} else {
		listener_free(f->listener);
		f->listener = NULL;
	}
	conn_take(&f->conn, t, peer);
}

static const char *refuses_peer(void *user, const struct address *peer,
                                bool is_named)
{
	struct fe_pipe *f = user;
	const struct options *o = f->options;
	char text[FAULT_REFUSED_MAX], where[ADDRESS_TEXT_MAX];
	const char *why = is_named ? access_denies(&o->deny, peer)
	                           : access_refuses(&o->allow, &o->deny, peer);
	if (why || is_named || !faults_refuse_next(&f->faults))
		return why;
	address_format(peer, where);
	faults_say_refused(&f->faults, where, has_datagrams(f), text,
	                   sizeof(text));
	on_pipe_note(f, text);
	return "";
}

static void on_pipe_trouble(void *user, const struct error *e)
{
	struct fe_pipe *f = user;
	notices_error(&f->notices, e);
	pipe_record_error(&f->record, NULL, e);
}

/* Of a datagram. */
static void on_pipe_unsent(void *user, const struct error *e)
{
	struct fe_pipe *f = user;
	notices_error(&f->notices, e);
	pipe_record_error(&f->record, &f->conn.link, e);
}

static void on_pipe_relief(void *user, const char *where)
{
	struct fe_pipe *f = user;
	if (!f->options->quiet)
		notices_print(&f->notices,
		              "new peers of %s no longer have to wait", where);
}

static void on_pipe_refused(void *user, const struct error *e)
{
	struct fe_pipe *f = user;
	tell_failure(f, e);
	pipe_record_error(&f->record, NULL, e);
	stop_pipe(f);
}

/* Without a conversation it has failed: nobody else comes. */
static void on_pipe_spent(void *user)
{
	struct fe_pipe *f = user;
	listener_free(f->listener);
	f->listener = NULL;
	if (f->conn.link.number)
		return;
	f->has_failed = true;
	stop_pipe(f);
}

static int start_listener(struct fe_pipe *f)
{
	static const struct listener_ops ops = {
		.on_listening = on_pipe_listens,
		.on_note = on_listener_note,
		.on_peer = on_accepted,
		.refuses = refuses_peer,
		.on_unopened = on_pipe_trouble,
		.on_trouble = on_pipe_trouble,
		.on_relief = on_pipe_relief,
		.on_spent = on_pipe_spent,
		.on_failed = on_pipe_refused,
	};
	const struct options *o = f->options;
	f->listener =
	    listener_new(f->loop, transport_of(&o->endpoint), &o->endpoint,
	                 &o->dial, &ops, f);
	return f->listener ? 0 : -1;
}

/* Both modes. */

/* Tell that our FIN may have been taken for the end of everything. */
static void tell_unanswered(struct fe_pipe *f)
{
	const struct trap_row *row = &trap_rows[TRAP_NO_ANSWER];
	const struct conn *c = &f->conn;
	bool is_wanted = f->options->hints && !f->options->send_only &&
	                 c->out.is_writable && !c->is_quitting;
	if (!is_wanted || !link_is_unanswered(&c->link))
		return;
	notices_print(&f->notices, "%s", row->text);
	notices_print(&f->notices, "hint: %s", row->hint);
}

/* Tell what may surprise about an end that is no failure. */
static void tell_end(struct fe_pipe *f)
{
	const struct conn *c = &f->conn;
	if (c->was_wordless && !c->link.bytes_out)
		notices_print(&f->notices, "%s: %s", c->where,
		              explain_closed_at_once(link_is_tcp(&c->link)));
	if (c->is_cut)
		notices_print(&f->notices,
		              "left when --quit-after ended, before %s had "
		              "finished: %" PRIu64 " bytes received",
		              c->where, c->link.bytes_in);
	tell_unanswered(f);
}

static void on_conn_end_out(void *user)
{
	struct fe_pipe *f = user;
	pipe_record_end_out(&f->record, &f->conn.link);
}

static void on_conn_end(void *user, enum conn_end end, const struct error *e)
{
	struct fe_pipe *f = user;
	meter_stop(&f->meter);
	if (end == CONN_FAILED && try_pipe_again(f, e))
		return;
	pipe_record_over(&f->record, &f->conn.link,
	                 end != CONN_DONE && e->text[0] ? e : NULL);
	if (end != CONN_DONE)
		tell_failure(f, e);
	else if (!f->options->quiet)
		tell_end(f);
	if (f->listener && f->options->keep_open && end != CONN_STUCK &&
	    !f->conn.is_quitting && !f->is_ending)
		listener_resume(f->listener);
	else
		stop_pipe(f);
}

static void tell_datagrams(struct fe_pipe *f)
{
	const struct conn *c = &f->conn;
	notices_print(&f->notices,
	              "%s: %" PRIu64 " datagram%s in (%" PRIu64 " bytes, %zu "
	              "not written yet), %" PRIu64 " out (%" PRIu64 " bytes, "
	              "%zu not sent yet); %" PRIu64 " dropped by the system",
	              c->where, c->link.messages_in,
	              plural(c->link.messages_in), c->link.bytes_in,
	              c->down.len, c->link.messages_out, c->link.bytes_out,
	              c->up.len + link_held(&c->link, FAULT_OUT),
	              conn_dropped(c) - c->dropped_before);
}

static void tell_counters(struct fe_pipe *f)
{
	const struct conn *c = &f->conn;
	if (c->link.transport && has_datagrams(f))
		tell_datagrams(f);
	else if (c->link.transport)
		notices_print(&f->notices,
		              "%s: %" PRIu64 " bytes in (%zu not written yet), "
		              "%" PRIu64 " bytes out (%zu not sent yet, "
		              "%zd not %s)",
		              c->where, c->link.bytes_in, c->down.len,
		              c->link.bytes_out,
		              c->up.len + link_held(&c->link, FAULT_OUT),
		              link_unacked(&c->link), link_arrived(&c->link));
	else
		notices_print(&f->notices, "no peer");
	if (f->listener && listener_refused(f->listener))
		notices_print(&f->notices, "%" PRIu64 " refused so far",
		              listener_refused(f->listener));
}

/* Deliver what there is, for 5 s at most. */
static void end_pipe(struct fe_pipe *f)
{
	f->is_ending = true;
	service_stopping();
	if (f->conn.link.transport)
		conn_abandon(&f->conn);
	else
		stop_pipe(f);
}

static void on_pipe_timeout(struct timer *t)
{
	struct fe_pipe *f = t->user;
	struct error e;
	if (f->is_ending)
		return;
	explain_run_timeout(&e, f->options->run_timeout_ms);
	f->is_ending = true;
	tell_failure(f, &e);
	pipe_record_error(&f->record, NULL, &e);
	end_pipe(f);
}

static void on_pipe_signal(void *user, int signum)
{
	struct fe_pipe *f = user;
	if (signum == SIGUSR1) {
		tell_counters(f);
		return;
	}
	f->signum = signum;
	end_pipe(f);
}

static bool looks_at_first(const struct fe_pipe *f)
{
	const struct options *o = f->options;
	return tells_steps(f) ||
	       (o->mode == ENDPOINT_LISTEN && o->hints && !o->quiet);
}

static int start_all(struct fe_pipe *f, struct loop *l, const struct options *o)
{
	static const int signums[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1, 0 };
	struct error e;
	*f = (struct fe_pipe){ .loop = l, .options = o };
	f->conn = (struct conn){
		.options = o,
		.on_end = on_conn_end,
		.on_error = on_pipe_unsent,
		.on_open = on_peer_open,
		.on_fault = on_pipe_fault,
		.on_note = on_pipe_note,
		.on_end_out = on_conn_end_out,
		.out = { .number = -1 },
		.on_first = looks_at_first(f) ? on_first : NULL,
		.user = f,
	};
	f->again = (struct timer){ .on_time = on_pipe_again, .user = f };
	f->timeout = (struct timer){ .on_time = on_pipe_timeout, .user = f };
	if (o->run_timeout_ms)
		timer_start(l, &f->timeout, o->run_timeout_ms * MS_NS);
	if (has_datagrams(f))
		datagram_init(&f->conn, l);
	else
		stream_init(&f->conn, l);
	faults_set(&f->faults, &o->fault);
	f->conn.link.faults = &f->faults;
	notices_open(&f->notices);
	meter_init(&f->meter, &f->notices, &f->conn);
	if (pipe_record_start(&f->record, l, o, &f->notices, &e)) {
		notices_error(&f->notices, &e);
		return -1;
	}
	if (signals_start(l, signums, on_pipe_signal, f))
		return fail_start(f, "catch signals");
	return 0;
}

/* --quiet: say at least why the exit status is 1. */
static void tell_harm(struct fe_pipe *f)
{
	const struct faults *all = &f->faults;
	if (!all->has_hurt || !f->options->quiet || f->has_failed)
		return;
	notices_print(&f->notices, "--fault has thrown away %" PRIu64
	              " byte%s received and %" PRIu64 " sent",
	              all->lost[FAULT_IN], plural(all->lost[FAULT_IN]),
	              all->lost[FAULT_OUT]);
}

/* The loop, and the verdict after the last byte is safe. */
static int run_pipe(struct fe_pipe *f)
{
	struct error e;
	int status = loop_run(f->loop);
	if (status == -1) {
		fail_start(f, "continue");
		tell_counters(f);
	}
	if (conn_close_out(&f->conn, &e)) {
		notices_error(&f->notices, &e);
		status = 1;
	}
	return status;
}

/* Ends by the signal, if one came. */
static int finish_pipe(struct fe_pipe *f, int status)
{
	service_stopping();
	tell_harm(f);
	signals_stop();
	meter_stop(&f->meter);
	timer_stop(&f->again);
	timer_stop(&f->timeout);
	listener_free(f->listener);
	conn_finish(&f->conn);
	pipe_record_finish(&f->record);
	notices_close(&f->notices);
	if (f->signum)
		die_by_signal(f->signum);
	return status || f->record.has_failed || f->faults.has_hurt;
}

int fe_pipe_run(struct loop *l, const struct options *o)
{
	struct fe_pipe f;
	int status = start_all(&f, l, o);
	if (!status && conn_open(&f.conn, 0, 1))
		status = fail_start(&f, "start");
	if (!status && (o->mode == ENDPOINT_LISTEN ? start_listener(&f)
	                                           : start_dial(&f)))
		status = fail_start(&f, "start");
	return finish_pipe(&f, status ? status : run_pipe(&f));
}

int fe_pipe_probe(struct loop *l, const struct options *o)
{
	struct fe_pipe f = { .options = o };
	if (tells_steps(&f) || has_datagrams(&f))
		return doctor_run(l, o);
	int status = start_all(&f, l, o);
	f.conn.on_open = on_probed;
	if (!status && start_dial(&f))
		status = fail_start(&f, "start");
	return finish_pipe(&f, status ? status : run_pipe(&f));
}
