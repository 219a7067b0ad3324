/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The commands: one table, one function each. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/command.h>
#include <sockchat/escape.h>
#include <sockchat/number.h>
#include <sockchat/session_state.h>
#include <sockchat/text.h>

#include "commands_private.h"

#define DRIP_DEFAULT_MS 50
#define WORDS_MAX       4

static void complain(struct chat *c, const char *usage, const char *wanted)
{
	struct error e;
	error_set(&e, "%s: %s", usage, wanted);
	chat_error(c, &e);
}

/* Cut `args` into words where there are spaces; how many, at most `max`. */
static size_t split(char *args, char *words[], size_t max)
{
	size_t count = 0;
	char *rest = args, *word;
	while (count < max && (word = strsep(&rest, " ")))
		if (*word)
			words[count++] = word;
	return count;
}

struct session *command_peer(struct chat *c, const char *word)
{
	long number = (long)chat_target(c);
	struct error e;
	if (word && !number_parse(word, 1, UINT32_MAX, &number)) {
		complain(c, word, "is not a peer's number (/peers lists them)");
		return NULL;
	}
	struct session *s = chat_find(c, (uint32_t)number);
	if (!s) {
		error_set(&e, "there is no peer %ld", number);
		error_set_hint(&e, "/peers lists those that are here");
		chat_error(c, &e);
	}
	return s;
}

/* Do it to the peer that is named or spoken to, else to all of them.  False
 * after a complaint. */
static bool for_peers(struct chat *c, char *args,
                      void (*fn)(struct session *s))
{
	char *word[1];
	size_t count = split(args, word, 1);
	struct session *s;
	if ((count && strcmp(word[0], "all") != 0) ||
	    (!count && chat_target(c))) {
		s = command_peer(c, count ? word[0] : NULL);
		if (s)
			fn(s);
		return s != NULL;
	}
	if (!chat_session_count(c)) {
		complain(c, "nothing to do", "nobody is connected");
		return false;
	}
	for (size_t i = chat_session_count(c); i-- > 0;)
		if ((s = chat_session(c, i)))
			fn(s);
	return true;
}

static void run_help(struct chat *c, char *args)
{
	const struct command_row *row;
	const char *word = *args == '/' ? args + 1 : args;
	bool found = false;
	for (size_t i = 0; (row = command_row(i)); i++)
		if (strncmp(row->name, word, strlen(word)) == 0) {
			chat_note(c, "/%s%s%s: %s", row->name,
			          *row->args ? " " : "", row->args, row->help);
			found = true;
		}
	if (!found)
		complain(c, "/help", "there is no such command");
}

static void run_keys(struct chat *c, char *args)
{
	(void)args;
	complain(c, "/keys", "there is no screen here, and no keys");
}

static void run_quit(struct chat *c, char *args)
{
	(void)args;
	chat_leave(c);
}

static bool parse_endpoint(struct chat *c, char *args, enum endpoint_mode mode,
                           struct endpoint *ep)
{
	char *words[WORDS_MAX];
	struct error e;
	size_t count = split(args, words, WORDS_MAX);
	if (!endpoint_parse(ep, mode, (const char *const *)words, count, &e))
		return true;
	chat_error(c, &e);
	return false;
}

static void run_connect(struct chat *c, char *args)
{
	struct endpoint ep;
	struct error e;
	struct session *s;
	if (!parse_endpoint(c, args, ENDPOINT_CONNECT, &ep))
		return;
	for (size_t i = chat_session_count(c); i-- > 0;) {
		s = chat_session(c, i);
		if (!halves_is_in_open(s->link.halves) ||
		    session_is_closing(s)) {
			session_leave(s); /* it is over but for our FIN */
		} else if (!*chat_listening(c)) {
			error_set(&e, "already connected to %s",
			          s->link.where);
			error_set_hint(&e, "/close ends that connection");
			chat_error(c, &e);
			return;
		}
	}
	chat_connect(c, &ep);
}

static void run_listen(struct chat *c, char *args)
{
	struct endpoint ep;
	if (parse_endpoint(c, args, ENDPOINT_LISTEN, &ep))
		chat_listen(c, &ep);
}

static void run_close(struct chat *c, char *args)
{
	for_peers(c, args, session_close);
}

static void run_shutdown(struct chat *c, char *args)
{
	for_peers(c, args, session_shutdown);
}

static void run_reset(struct chat *c, char *args)
{
	for_peers(c, args, session_reset);
}

static void pause_one(struct session *s)
{
	session_pause(s, true);
}

static void resume_one(struct session *s)
{
	session_pause(s, false);
}

static void run_pause(struct chat *c, char *args)
{
	if (for_peers(c, args, pause_one))
		chat_note(c, "reading is paused: what the peer sends waits; "
		             "/resume goes on");
}

static void run_resume(struct chat *c, char *args)
{
	if (for_peers(c, args, resume_one))
		chat_note(c, "reading goes on");
}

static void run_peers(struct chat *c, char *args)
{
	char in[16], out[16], queued[16];
	struct session *s;
	(void)args;
	for (size_t i = 0; (s = chat_session(c, i)); i++) {
		number_format_size(in, s->link.bytes_in);
		number_format_size(out, s->link.bytes_out);
		number_format_size(queued, queue_len(s->queue));
		chat_note(c, "peer %u: %s, %s%s, %s in, %s out, %s queued",
		          s->number, s->link.where,
		          session_state_text(s),
		          s->is_paused ? ", paused" : "", in, out,
		          queued);
	}
	if (!chat_session_count(c))
		chat_note(c, "nobody is connected");
}

static void run_to(struct chat *c, char *args)
{
	char *word[1];
	size_t count = split(args, word, 1);
	struct session *s;
	if (!count)
		chat_next_target(c);
	else if (strcmp(word[0], "all") == 0)
		chat_set_target(c, 0);
	else if ((s = command_peer(c, word[0])))
		chat_set_target(c, s->number);
	else
		return;
	if (chat_target(c))
		chat_note(c, "what you type goes to peer %u", chat_target(c));
	else
		chat_note(c, "what you type goes to all peers");
}

static void send_parsed(struct chat *c, char *args, command_parse_fn *parse)
{
	struct bytes b;
	struct error e;
	bytes_init(&b, 0);
	if (parse(&b, args, strlen(args), &e)) {
		error_set_hint(&e, "nothing was sent");
		chat_error(c, &e);
	} else if (b.len) {
		chat_send(c, b.data, b.len);
	}
	bytes_finish(&b);
}

static void run_send(struct chat *c, char *args)
{
	send_parsed(c, args, escape_parse);
}

static void run_hex(struct chat *c, char *args)
{
	send_parsed(c, args, escape_parse_hex);
}

static void run_file(struct chat *c, char *args)
{
	if (*args)
		chat_send_file(c, args);
	else
		complain(c, "/file PATH", "the path of a file to send");
}

static void run_cancel(struct chat *c, char *args)
{
	uint64_t end = transcript_end(c->transcript);
	if (for_peers(c, args, session_cancel) &&
	    transcript_end(c->transcript) == end)
		chat_note(c, "no file is on its way");
}

command_parse_fn *command_parser(const struct command_row *row)
{
	if (row->run == run_send)
		return escape_parse;
	return row->run == run_hex ? escape_parse_hex : NULL;
}

static void run_drip(struct chat *c, char *args)
{
	static const char usage[] = "/drip BYTES [DELAY] or /drip off";
	struct session_settings *settings = &c->session_settings;
	char *words[3];
	size_t count = split(args, words, 3);
	int64_t delay_ms = DRIP_DEFAULT_MS;
	long bytes;
	if (count == 1 && strcmp(words[0], "off") == 0) {
		settings->drip_bytes = 0;
		chat_settings_changed(c);
		chat_note(c, "what is sent goes in one piece again");
		return;
	}
	if (!count || count > 2 ||
	    !number_parse(words[0], 1, 1 << 30, &bytes) ||
	    (count == 2 && !number_parse_duration(words[1], &delay_ms))) {
		complain(c, usage, "a number of bytes, and a time like 50ms");
		return;
	}
	settings->drip_bytes = (size_t)bytes;
	settings->drip_ns = delay_ms * MS_NS;
	chat_note(c, "what is sent goes in pieces of %ld byte%s, one every "
	             "%lld ms; /drip off ends that", bytes,
	          plural((uint64_t)bytes), (long long)delay_ms);
}

static void run_save(struct chat *c, char *args)
{
	chat_save(c, args, transcript_first(c->transcript),
	          transcript_end(c->transcript));
}

/* What has been printed stays. */
static void run_clear(struct chat *c, char *args)
{
	(void)c;
	(void)args;
}

static const struct command_row rows[] = {
	{ "help", "[WORD]", "what there is, or about one command", run_help,
	  NULL },
	{ "quit", "", "leave; what is queued is delivered first", run_quit,
	  NULL },
	{ "connect", "ENDPOINT", "connect: HOST PORT, HOST:PORT", run_connect,
	  NULL },
	{ "listen", "ENDPOINT", "listen: PORT, HOST PORT, '* PORT' for all",
	  run_listen, NULL },
	{ "close", "[PEER]", "end the connection: FIN both ways", run_close,
	  NULL },
	{ "shutdown", "[PEER]", "send our FIN only; the peer may go on",
	  run_shutdown, NULL },
	{ "reset", "[PEER]", "break the connection: RST", run_reset, NULL },
	{ "pause", "[PEER]", "stop reading what the peer sends", run_pause,
	  NULL },
	{ "resume", "[PEER]", "go on reading", run_resume, NULL },
	{ "info", "[PEER]", "how a connection does: addresses, counters, TCP",
	  run_info, NULL },
	{ "peers", "", "list who is connected", run_peers, NULL },
	{ "to", "PEER|all", "choose who is spoken to", run_to, NULL },
	{ "send", "TEXT",
	  "send with escapes: \\n \\r \\t \\0 \\e \\xNN \\u{...}; no ending is "
	  "added", run_send, NULL },
	{ "hex", "BYTES", "send bytes: 0d 0a ff; no ending is added", run_hex,
	  NULL },
	{ "file", "PATH", "send a file of any size; what is typed follows it",
	  run_file, NULL },
	{ "cancel", "[PEER]", "stop the file on its way and those behind it",
	  run_cancel, NULL },
	{ "drip", "BYTES [DELAY]", "cut what is sent into pieces; off ends it",
	  run_drip, NULL },
	{ "eol", "EOL", "what Enter appends: lf, crlf, cr, nul, none", run_eol,
	  eol_choices },
	{ "echo", "on|off", "send back what peers send", run_echo,
	  on_off_choices },
	{ "view", "VIEW", "how messages look: text, hex, mixed", run_view,
	  view_choices },
	{ "encoding", "NAME", "what text is in: utf-8, cp949, latin1, sjis",
	  run_encoding, encoding_choices },
	{ "time", "MODE", "clock, start, delta, off, answer", run_time,
	  time_choices },
	{ "endings", "on|off", "show line endings", run_endings,
	  on_off_choices },
	{ "bar", "on|off", "show the bar of keys", run_bar, on_off_choices },
	{ "set", "[OPTION VALUE]", "list options, tell one, change it", run_set,
	  NULL },
	{ "limits", "", "list what is bounded, and how much it is", run_limits,
	  NULL },
	{ "find", "PATTERN",
	  "search: text, re:EXPRESSION or hex:BYTES; Ctrl-S on the screen",
	  run_find, NULL },
	{ "filter", "WORDS",
	  "show only: in, out, error, peer N, text PATTERN; off shows all",
	  run_filter, NULL },
	{ "mouse", "on|off", "use the mouse; off lets the terminal select",
	  run_mouse, on_off_choices },
	{ "keys", "", "list our functions and the keys they are on", run_keys,
	  NULL },
	{ "save", "PATH",
	  "write the selection, or all, to a new file: text, .jsonl, .bin",
	  run_save, NULL },
	{ "clear", "", "clear the screen; nothing is forgotten", run_clear,
	  NULL },
};

/* Commands that are not simply done in their turn. */
static const struct {
	void (*run)(struct chat *c, char *args);
	enum command_turn turn;
} turns[] = {
	{ run_send, COMMAND_FOR_PEERS },  { run_hex, COMMAND_FOR_PEERS },
	{ run_file, COMMAND_FOR_PEERS },  { run_help, COMMAND_AT_ONCE },
	{ run_quit, COMMAND_AT_ONCE },    { run_close, COMMAND_AT_ONCE },
	{ run_reset, COMMAND_AT_ONCE },   { run_cancel, COMMAND_AT_ONCE },
	{ run_pause, COMMAND_AT_ONCE },   { run_resume, COMMAND_AT_ONCE },
	{ run_info, COMMAND_AT_ONCE },    { run_peers, COMMAND_AT_ONCE },
	{ run_limits, COMMAND_AT_ONCE },
};

enum command_turn command_row_turn(const struct command_row *row)
{
	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++)
		if (turns[i].run == row->run)
			return turns[i].turn;
	return COMMAND_IN_TURN;
}

const struct command_row *command_row(size_t i)
{
	return i < sizeof(rows) / sizeof(rows[0]) ? &rows[i] : NULL;
}
