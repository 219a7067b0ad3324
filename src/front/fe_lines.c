/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The front ends without a screen: entries as lines of text, as JSON, or just
 * the peers' bytes; typed lines come in. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/charset.h>
#include <sockchat/chat.h>
#include <sockchat/command.h>
#include <sockchat/explain.h>
#include <sockchat/format.h>
#include <sockchat/gate.h>
#include <sockchat/outq.h>
#include <sockchat/recorder.h>
#include <sockchat/settle.h>
#include <sockchat/stamp.h>

#include "intake.h"
#include "notices.h"
#include "pipe_io.h"

#define OUT_LOW     ((size_t)64 << 10)
#define REST_MS     1000 /* after a signal, for a reader at the end */
#define UNASKED_MAX ((size_t)2 << 20)

struct frontend {
	struct chat *chat;
	enum format format;
	struct settle settle;
	struct gate gate; /* JSON's */
	/* JSON: the formats of the fields, as they were when what the gate
	 * holds back was said. */
	char unpack[2][UNPACK_FORMAT_MAX];
	unsigned glyph_flags;
	bool has_color_terminal; /* one that colors are for by default */
	bool is_discarded;       /* nobody can ever read the output */

	struct outq out;
	struct bytes scratch;
	struct wrap_look look; /* of entries */
	bool keeps_look;       /* it holds until all are written */
	struct watch out_watch;
	struct outlet outlet; /* standard output */
	bool is_out_broken;
	bool is_full;    /* nobody reads what we write */
	uint64_t missed; /* entries that were not written therefore */

	struct notices notices;

	struct intake intake;
	const struct typed_line *typed; /* or NULL */
	bool is_typed_shown;            /* it stands in the last row */
	struct later leave;
	bool is_server;  /* it echoes, and goes on whoever reads its log */
	bool takes_input;
	bool counts_unwritten; /* standard output was closed at the start */
	uint64_t unwritten;    /* bytes received that were not written */
};

/* Output */

/* Whether standard error tells of all but the peers' bytes. */
static bool is_raw(const struct frontend *f)
{
	return f->format == FORMAT_BYTES;
}

/* Nobody takes what we write any more.  That ends a conversation, but not an
 * echo listener: its peers are served all the same. */
static void out_failed(struct frontend *f, int errnum)
{
	bool goes_on = f->is_server;
	struct error e;
	if (f->is_out_broken)
		return;
	f->is_out_broken = true;
	watch_remove(&f->out_watch);
	outq_finish(&f->out);
	error_set_errno(&e, errnum, "cannot write standard output");
	if (goes_on || errnum != EPIPE)
		notices_print(&f->notices, "%s%s", e.text,
		              goes_on ? "; peers are still served" : "");
	f->chat->has_failed = true;
	if (!goes_on)
		loop_later(f->chat->loop, &f->leave);
}

/* Not at once: the session that tells us of an entry would end meanwhile. */
static void on_leave(struct later *l)
{
	struct frontend *f = l->user;
	chat_leave(f->chat);
}

/* An echo listener serves its peers whether its log is read or not. */
static void tell_missed(struct frontend *f)
{
	uint64_t missed = f->missed;
	f->missed = 0;
	chat_note(f->chat, "entries-missing", "%llu entries are missing here: "
	          "standard output was not read", (unsigned long long)missed);
}

/* How much of the conversation is kept: nothing when nobody reads it, and no
 * more than is needed for writing when nobody can ask for it again. */
static size_t kept_max(const struct frontend *f, bool is_read)
{
	size_t max = f->chat->options->scrollback;
	if (!is_read)
		return 0;
	bool is_asked = f->takes_input || f->chat->has_old;
	return is_asked || max < UNASKED_MAX ? max : UNASKED_MAX;
}

/* An echo listener whose log nobody reads only serves, and so does a quiet
 * forwarder. */
static bool only_serves(const struct frontend *f)
{
	bool is_quiet = f->chat->options->quiet;
	return f->is_server ? is_quiet || f->is_out_broken || f->is_discarded
	                    : is_quiet && *f->chat->options->forward;
}

static void choose_kept(struct frontend *f)
{
	struct session_settings *s = &f->chat->session_settings;
	bool is_quiet = f->chat->options->quiet;
	bool is_read = !only_serves(f) || s->judge || s->holds ||
	               recorders_hear_entries(f->chat->recorders);
	s->keeps_entries = is_read;
	s->tells_states = is_read || (!is_quiet && is_raw(f));
	transcript_set_max(f->chat->transcript, kept_max(f, is_read));
}

static void write_queued_lines(struct frontend *f)
{
	if (f->out.len && outlet_flush(&f->outlet, &f->out) < 0)
		out_failed(f, errno);
	else if (f->out.len >= LIMIT_OUTPUT)
		f->is_full = true;
	else if (f->out.len <= OUT_LOW)
		f->is_full = false;
}

/* Queue what hides or shows the typed line. */
static void queue_typed(struct frontend *f, bool is_shown)
{
	struct bytes out = { 0 };
	int (*make)(struct bytes *out) = is_shown ? f->typed->show
	                                          : f->typed->hide;
	if (make(&out) == 0 && !f->is_out_broken) {
		if (outq_append(&f->out, out.data, out.len))
			out_failed(f, errno);
		f->is_typed_shown = is_shown;
	}
	bytes_finish(&out);
}

void fe_lines_draw(struct frontend *f)
{
	choose_kept(f);
	f->chat->session_settings.rests = false;
	if (f->typed)
		queue_typed(f, true);
	if (!f->is_out_broken)
		write_queued_lines(f);
	if (f->is_out_broken)
		return;
	watch_set(&f->out_watch, f->out.len ? LOOP_WRITE : LOOP_HANGUP);
	if (!f->is_server)
		chat_hold(f->chat, CHAT_HOLD_OUTPUT, f->is_full);
	else if (f->missed && !f->is_full)
		tell_missed(f);
	intake_turn(&f->intake, f->is_full);
}

static void on_out_ready(struct watch *w, unsigned ready)
{
	struct frontend *f = w->user;
	if (ready & LOOP_HANGUP)
		out_failed(f, EPIPE);
	else
		fe_lines_draw(f);
}

/* The output is written within the turn, too: many peers may bring a lot. */
static void queue_bytes(struct frontend *f, const void *bytes, size_t len)
{
	if (f->is_typed_shown)
		queue_typed(f, false);
	if (!f->outlet.is_writable || f->is_out_broken)
		return;
	if (outq_append(&f->out, bytes, len))
		out_failed(f, errno);
	else if (f->out.len >= LIMIT_OUTPUT)
		write_queued_lines(f);
	f->chat->session_settings.rests = f->is_full && !f->is_server &&
	                                  !f->is_out_broken;
}

/* Entries */

static void choose_look(struct frontend *f)
{
	int color = f->chat->options->color;
	f->look = chat_look(f->chat);
	f->look.is_colored = color == COLOR_ALWAYS ||
	                     (color == COLOR_AUTO && f->has_color_terminal);
	f->look.glyph_flags = f->glyph_flags;
	for (size_t i = 0; i < 2 && f->format == FORMAT_JSON; i++)
		f->look.unpack[i] = f->unpack[i];
}

static void queue_entry(struct frontend *f, enum format format,
                        const struct entry *e, size_t from)
{
	if (!f->keeps_look && format != FORMAT_ACK) /* which has none */
		choose_look(f);
	bytes_clear(&f->scratch);
	if (format_entry(&f->scratch, format, &f->look, e, from))
		out_failed(f, ENOMEM);
	else
		queue_bytes(f, f->scratch.data, f->scratch.len);
}

/* With --zero a program gets one object, the result. */
static bool is_unasked(const struct frontend *f, const struct entry *e)
{
	bool is_result = e->kind == ENTRY_ERROR ||
	                 (e->kind == ENTRY_STATE && e->state == ENTRY_OPEN);
	return f->format == FORMAT_JSON && f->chat->options->zero && !is_result;
}

static void write_entry(void *user, const struct entry *e, size_t from)
{
	struct frontend *f = user;
	bool is_message = e->kind == ENTRY_MESSAGE;
	bool is_in = is_message && e->dir == ENTRY_IN;
	struct entry for_all = *e;
	if (is_unasked(f, e) ||
	    (f->format != FORMAT_JSON &&
	     (e->flags & ENTRY_FOLDED || e->share == SHARE_COPY)))
		return;
	if (f->format == FORMAT_TEXT && e->share == SHARE_FIRST) {
		for_all.session = 0; /* its row has no number */
		e = &for_all;
	}
	if (f->chat->options->quiet && e->kind != ENTRY_ERROR &&
	    (!is_message || only_serves(f)))
		return;
	if (f->counts_unwritten && is_in)
		f->unwritten += e->len - from;
	if (f->is_full && f->is_server)
		f->missed++;
	else if (!is_raw(f) || is_in)
		queue_entry(f, f->format, e, from);
	else if (!is_message)
		notices_print(&f->notices, "%.*s%s%s", (int)e->len,
		              (const char *)e->bytes, *e->hint ? "; " : "",
		              e->hint);
}

static void show_entry(struct frontend *f, const struct entry *e)
{
	if (settle_show(&f->settle, e))
		out_failed(f, ENOMEM);
}

static void on_gate(void *user, enum gate_step step, const struct entry *e)
{
	struct frontend *f = user;
	switch (step) {
	case GATE_WRITE:
		show_entry(f, e);
		break;
	case GATE_HOLD:
		settle_before(&f->settle, e);
		break;
	case GATE_HELD:
		write_entry(f, e, 0);
		break;
	case GATE_LATE:
		if (!only_serves(f)) /* its message was written */
			queue_entry(f, FORMAT_ACK, e, 0);
		break;
	}
}

/* What was said before the formats changed has the old ones. */
static void follow_formats(struct frontend *f)
{
	const struct options *o = f->chat->options;
	if (strcmp(f->unpack[0], o->unpack[0]) == 0 &&
	    strcmp(f->unpack[1], o->unpack[1]) == 0)
		return;
	gate_write_all(&f->gate);
	memcpy(f->unpack, o->unpack, sizeof(f->unpack));
}

void fe_lines_show(struct frontend *f, uint64_t first, uint64_t end)
{
	bool is_json = f->format == FORMAT_JSON;
	struct entry e;
	choose_look(f);
	f->keeps_look = true;
	if (is_json) {
		follow_formats(f);
		gate_show(&f->gate, first, end);
	}
	for (; first < end && !is_json && !f->is_out_broken; first++)
		if (transcript_at(f->chat->transcript, first, &e))
			show_entry(f, &e);
	f->keeps_look = false;
}

void fe_lines_recut(struct frontend *f, const struct recut *r)
{
	if (!r)
		gate_write_all(&f->gate);
	else
		gate_recut(&f->gate);
	if (r && settle_recut(&f->settle, r))
		out_failed(f, ENOMEM);
}

/* Life */

/* Standard input is left alone by an echo listener that runs unattended. */
static bool wants_input(const struct options *o)
{
	bool is_attended = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	return !o->recv_only && (!o->echo || is_attended);
}

static bool find_color_terminal(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term &&
	       *term && strcmp(term, "dumb") != 0;
}

/* Close in order; asked twice, at once. */
static void on_lines_signal(void *user, int signum)
{
	struct frontend *f = user;
	if (signum == SIGWINCH || signum == SIGTSTP || signum == SIGCONT) {
		f->typed->on_signal(signum);
	} else if (signum == SIGUSR1) {
		command_run(f->chat, "/peers", strlen("/peers"));
	} else {
		f->chat->signum = signum;
		chat_leave(f->chat);
	}
}

static void free_frontend(struct frontend *f)
{
	signals_stop();
	gate_stop(&f->gate);
	settle_finish(&f->settle);
	notices_close(&f->notices);
	watch_remove(&f->out_watch);
	intake_finish(&f->intake);
	later_cancel(&f->leave);
	outq_finish(&f->out);
	bytes_finish(&f->scratch);
	free(f);
}

/* Standard output was closed at the start.  An echo listener's peers get their
 * bytes back, so its log may be unwanted. */
static void tell_on_standard_error(struct frontend *f)
{
	f->counts_unwritten = is_raw(f) || !f->is_server;
	f->is_discarded = !f->counts_unwritten;
	f->format = FORMAT_BYTES;
}

/* The rooms that decide when an entry is written. */
static void init_waiting(struct frontend *f)
{
	struct chat *c = f->chat;
	settle_init(&f->settle, c->loop, c->transcript, write_entry, f);
	if (f->format == FORMAT_TEXT)
		f->settle.encoding = &c->encoding;
	f->settle.waits_states = f->format != FORMAT_JSON;
	f->gate = (struct gate){
		.loop = c->loop,
		.transcript = c->transcript,
		.ticks = c->ticks,
		.step = on_gate,
		.user = f,
	};
	gate_init(&f->gate);
}

static void init_output(struct frontend *f)
{
	f->glyph_flags = charset_choose();
	f->has_color_terminal = find_color_terminal();
	f->is_server = f->chat->options->echo;
	f->leave = (struct later){ .on_call = on_leave, .user = f };
	f->out_watch = (struct watch){ .on_ready = on_out_ready, .user = f };
	outq_init(&f->out, 0);
	notices_open(&f->notices);
	outlet_open(&f->outlet, STDOUT_FILENO);
	f->is_discarded = f->outlet.is_null;
	if (!f->outlet.is_writable)
		tell_on_standard_error(f);
}

static void init_input(struct frontend *f)
{
	struct chat *c = f->chat;
	intake_init(&f->intake, c);
	f->takes_input = wants_input(c->options);
	c->is_scripted = f->takes_input && !f->intake.source.is_terminal;
	c->is_attended = f->takes_input && f->intake.source.is_terminal &&
	                 isatty(STDOUT_FILENO) && !f->is_server;
}

/* -1 with errno. */
static int watch_all(struct frontend *f)
{
	static const int signums[] = { SIGWINCH, SIGTSTP, SIGCONT, SIGTERM,
		                       SIGINT, SIGHUP, SIGUSR1, 0 };
	struct loop *l = f->chat->loop;
	if (signals_start(l, f->typed ? signums : signums + 3, on_lines_signal,
	                  f) ||
	    watch_add(l, &f->out_watch, f->outlet.fd, LOOP_HANGUP))
		return -1;
	return f->takes_input && !f->typed ? intake_start(&f->intake) : 0;
}

/* On a terminal somebody may wonder why text looks like bytes. */
static void tell_charset(const struct frontend *f)
{
	const struct chat *c = f->chat;
	const char *note = charset_note(c->options->verbose);
	if (note && f->format == FORMAT_TEXT && isatty(STDOUT_FILENO))
		chat_note(f->chat, "locale", "%s", note);
}

struct frontend *fe_lines_start(struct chat *c, const struct typed_line *typed,
                                struct error *e)
{
	struct frontend *f = calloc(1, sizeof(*f));
	if (!f) {
		error_set_errno(e, ENOMEM, "cannot start");
		return NULL;
	}
	f->chat = c;
	f->typed = typed;
	f->format = c->ops == &frontend_json  ? FORMAT_JSON
	            : c->ops == &frontend_raw ? FORMAT_BYTES
	                                      : FORMAT_TEXT;
	init_waiting(f);
	init_output(f);
	init_input(f);
	choose_kept(f);
	if (watch_all(f)) {
		error_set_errno(e, errno, "cannot watch the standard "
		                          "descriptors");
		free_frontend(f);
		return NULL;
	}
	tell_charset(f);
	return f;
}

static struct frontend *start_plain(struct chat *c, struct error *e)
{
	return fe_lines_start(c, NULL, e);
}

/* What is typed */

void fe_lines_enter(struct frontend *f, const char *line, size_t len)
{
	intake_take(&f->intake, line, len);
}

void fe_lines_end_input(struct frontend *f)
{
	intake_end(&f->intake);
}

void fe_lines_print(struct frontend *f, const char *text)
{
	queue_bytes(f, text, strlen(text));
	queue_bytes(f, "\n", 1);
}

void fe_lines_hide(struct frontend *f)
{
	if (f->is_typed_shown)
		queue_typed(f, false);
	if (!f->is_out_broken)
		write_queued_lines(f);
}

/* The end */

/* How long the reader may take nothing; -1: for ever. */
static int rest_patience_ms(const struct frontend *f)
{
	int64_t ms = (f->chat->over_ns - stamp_mono_ns()) / MS_NS;
	if (!f->chat->over_ns)
		return -1;
	return ms < 0 ? 0 : ms < REST_MS ? (int)ms : REST_MS;
}

/* The reader is too slow for --timeout; a signal tells by itself. */
static void give_up_output(struct frontend *f)
{
	struct error e;
	f->chat->has_failed = true;
	if (f->chat->signum)
		return;
	explain_run_timeout(&e, f->chat->options->run_timeout_ms);
	notices_print(&f->notices, "%s", e.text);
}

/* Write all that is left, however slow the reader is.  After a signal it has to
 * take something within REST_MS each time, and CHAT_SIGNAL_MS in all. */
static void write_rest(struct frontend *f)
{
	struct pollfd out = { .fd = f->outlet.fd, .events = POLLOUT };
	while (!f->is_out_broken && f->out.len) {
		if (outlet_flush(&f->outlet, &f->out) < 0)
			out_failed(f, errno);
		else if (poll(&out, 1, rest_patience_ms(f)) == 0)
			break;
	}
	if (!f->is_out_broken && f->out.len)
		give_up_output(f);
}

/* Say how much was left out while nobody read, now that somebody has. */
static void write_missed(struct frontend *f)
{
	if (!f->missed || f->is_out_broken || f->out.len)
		return;
	f->is_full = false;
	tell_missed(f);
	write_rest(f);
}

/* The system may tell only now that what was written is not safe.  A socket is
 * not shut down: others may have it as their standard output too. */
static void close_out(struct frontend *f)
{
	f->outlet.is_socket = false;
	if (outlet_close(&f->outlet))
		out_failed(f, errno);
}

static void tell_unwritten(struct frontend *f)
{
	if (!f->unwritten)
		return;
	notices_print(&f->notices, "standard output is closed: %llu bytes "
	              "received could not be written; use --send-only if "
	              "nobody wants them", (unsigned long long)f->unwritten);
	f->chat->has_failed = true;
}

void fe_lines_stop(struct frontend *f)
{
	intake_tell_rest(&f->intake);
	gate_write_all(&f->gate);
	settle_write_all(&f->settle);
	signals_stop(); /* from here on a signal simply ends us */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	write_rest(f);
	write_missed(f);
	tell_unwritten(f);
	watch_remove(&f->out_watch);
	close_out(f);
	free_frontend(f);
}

/* fe_lines_start() finds the format by which of them it is. */
#define PRINTING                                                               \
	.start = start_plain, .show = fe_lines_show, .recut = fe_lines_recut,  \
	.draw = fe_lines_draw, .stop = fe_lines_stop

const struct frontend_ops frontend_lines = { PRINTING, .folds = true };
const struct frontend_ops frontend_json = { PRINTING, .has_ticks = true };
const struct frontend_ops frontend_raw = { PRINTING };
