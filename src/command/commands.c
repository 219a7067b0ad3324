/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The commands: one table, one function each. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/again.h>
#include <sockchat/command.h>
#include <sockchat/escape.h>
#include <sockchat/glyph.h>
#include <sockchat/hextext.h>
#include <sockchat/lead.h>
#include <sockchat/number.h>
#include <sockchat/session_state.h>
#include <sockchat/spell.h>
#include <sockchat/unpack.h>

#include "admit.h"
#include "commands_private.h"
#include "frames.h"
#include "held.h"
#include "set.h"
#include "trouble.h"
#include "typed.h"

/* Say what the command cannot do without.  Returns -1. */
static int refuse_nothing(struct chat *c, const struct command_row *row)
{
	struct error e;
	error_set(&e, "/%s needs %s: nothing was done", row->name, row->args);
	error_set_hint(&e, "for example /%s %s", row->name, row->example);
	return chat_error(c, &e);
}

static void help_on(struct chat *c, const struct command_row *row)
{
	chat_answer(c, "help", "/%s%s%s: %s", row->name, *row->args ? " " : "",
	            row->args, row->help);
}

int command_help(struct chat *c, char *args)
{
	const struct command_row *row;
	const char *word = *args == '/' ? args + 1 : args;
	size_t len = strcspn(word, " "), matches;
	struct error e;
	bool found = false;
	for (size_t i = 0; (row = command_row(i)); i++)
		if (strncmp(row->name, word, len) == 0) {
			help_on(c, row);
			found = true;
		}
	if (found)
		return 0;
	row = command_find(word, len, &matches);
	if (row) {
		help_on(c, row);
		return 0;
	}
	command_refuse_name(&e, word, len, matches);
	return chat_error(c, &e);
}

static int run_keys(struct chat *c, char *args)
{
	(void)args;
	return chat_refuse(c, "", "/keys: there is no screen here, and no "
	                          "keys");
}

static int run_quit(struct chat *c, char *args)
{
	(void)args;
	chat_leave(c);
	return 0;
}

static int send_parsed(struct chat *c, const struct command_row *row,
                       const char *args)
{
	struct framed m = { .kind = NULL };
	struct error e;
	int failed;
	if (command_make_parsed(c, &m, row, args, strlen(args), &e)) {
		error_set_hint(&e, "nothing was sent");
		failed = chat_error(c, &e);
	} else {
		failed = m.bytes.len || chat_has_messages(c)
		             ? chat_send_framed(c, &m)
		             : refuse_nothing(c, row);
	}
	bytes_finish(&m.bytes);
	return failed;
}

static int parse_raw(struct bytes *out, const char *text, size_t len,
                     struct error *e)
{
	return bytes_append(out, text, len)
	           ? error_set_errno(e, ENOMEM, "not sent") : 0;
}

static int run_file(struct chat *c, char *args)
{
	return chat_send_file(c, args);
}

static int run_cancel(struct chat *c, char *args)
{
	uint64_t end = transcript_end(c->transcript);
	if (chat_stop_trying(c))
		return 0;
	if (c->lead)
		c->lead->ops->stop(c->lead);
	else if (c->repeat)
		c->repeat->finish(c->repeat);
	else if (c->load)
		c->load->finish(c->load);
	else if (command_for_peers(c, args, session_cancel))
		return -1;
	else if (transcript_end(c->transcript) == end)
		chat_note(c, "no-file", "no file is on its way");
	return 0;
}

/* --json is the front end. */
static int run_json(struct chat *c, char *args)
{
	return set_and_tell(c, "json-indent", args);
}

/* What has been printed stays. */
static int run_clear(struct chat *c, char *args)
{
	(void)c;
	(void)args;
	return 0;
}

static const struct choice all_choices[] = {
	{ "all", 0 }, { NULL, 0 },
};

static const struct choice side_choices[] = {
	{ "in", 0 }, { "out", 0 }, { NULL, 0 },
};

static const struct choice off_choices[] = {
	{ "off", 0 }, { NULL, 0 },
};

/* "step" may also stand in front of a path, so it is offered as such. */
static const struct choice replay_words[] = {
	{ "stop", 0 }, { "step", 1 }, { NULL, 0 },
};
static const struct choice replay_choices[] = { { "stop", 0 }, { NULL, 0 } };

static const struct command_row rows[] = {
	{ "help", "[WORD]", "list keys and commands, or explain one command",
	  .run = command_help, .turn = COMMAND_AT_ONCE },
	{ "quit", "", "leave, after everything queued is delivered",
	  .run = run_quit, .turn = COMMAND_AT_ONCE },
	{ "connect", "ENDPOINT",
	  "to HOST PORT, HOST:PORT or URL; alone: as last time",
	  .run = run_connect },
	{ "listen", "ENDPOINT",
	  "on PORT, HOST PORT, '* PORT' or URL; alone: as last time",
	  .run = run_listen },
	{ "forward", "LISTEN ENDPOINT",
	  "be in the middle: LISTEN's clients go on to ENDPOINT",
	  .run = run_forward, .example = "9999 localhost:9998" },
	{ "close", "[PEER]", "close the connection (FIN both ways)",
	  .to_peer = session_close, .turn = COMMAND_AT_ONCE },
	{ "shutdown", "[PEER]", "finish sending (FIN); the peer may still send",
	  .to_peer = session_shutdown },
	{ "reset", "[PEER]", "break the connection (RST)",
	  .to_peer = session_reset, .turn = COMMAND_AT_ONCE },
	{ "pause", "[PEER]", "stop reading what the peer sends",
	  .to_peer = session_pause, .turn = COMMAND_AT_ONCE,
	  .code = "paused",
	  .done = "reading is paused; what the peer sends waits (/resume "
	          "continues)" },
	{ "resume", "[PEER]", "continue reading",
	  .to_peer = session_resume, .turn = COMMAND_AT_ONCE,
	  .code = "resumed", .done = "reading continues" },
	{ "accept", "on|off", "accept new peers, or make them wait",
	  .run = run_accept, .choices = on_off_choices,
	  .turn = COMMAND_AT_ONCE },
	{ "allow", "[LIST|off]",
	  "serve only these addresses and networks; alone: list them",
	  .run = run_allow, .choices = off_choices, .turn = COMMAND_AT_ONCE },
	{ "deny", "[LIST|off]",
	  "refuse these addresses and networks; alone: list them",
	  .run = run_deny, .choices = off_choices, .turn = COMMAND_AT_ONCE },
	{ "starttls", "[TEXT]",
	  "send TEXT, then speak TLS; alone: from now on",
	  .run = command_starttls, .turn = COMMAND_FOR_PEERS },
	{ "info", "[PEER]", "connection health: addresses, counters, TCP",
	  .run = run_info, .turn = COMMAND_AT_ONCE },
	{ "peers", "", "list the connected peers",
	  .run = run_peers, .turn = COMMAND_AT_ONCE },
	{ "to", "PEER|all",
	  "choose who gets what you type; 2< is the client of peer 2",
	  .run = run_to },
	{ "send", "TEXT",
	  "send \\n \\r \\t \\0 \\e \\xNN \\u{...} as bytes, with no ending",
	  .parse = escape_parse, .example = "PING\\r\\n",
	  .turn = COMMAND_FOR_PEERS },
	{ "hex", "BYTES",
	  "send bytes: 0d 0a ff, 0x0d, a C array or a hex dump",
	  .parse = hextext_parse, .example = "0d 0a",
	  .turn = COMMAND_FOR_PEERS },
	{ "pack", "FORMAT VALUES",
	  "send values packed like Python's struct",
	  .parse = pack_parse, .example = ">HI 3 500",
	  .turn = COMMAND_FOR_PEERS },
	{ "raw", "TEXT", "send exactly this: no frame, no line ending",
	  .parse = parse_raw, .is_raw = true, .example = "PING",
	  .turn = COMMAND_FOR_PEERS },
	{ "file", "PATH", "send a file of any size; what you type follows it",
	  .run = run_file, .example = "request.bin",
	  .turn = COMMAND_FOR_PEERS },
	{ "repeat", "N EVERY TEXT",
	  "type a line N times, /send or /hex too; /cancel stops it",
	  .run = run_repeat, .example = "10 1s PING",
	  .turn = COMMAND_FOR_PEERS },
	{ "cancel", "[PEER]",
	  "stop a /replay, /repeat, /load or /file that is running",
	  .run = run_cancel, .turn = COMMAND_AT_ONCE },
	{ "drip", "BYTES [DELAY]", "send in pieces of so many bytes; off stops "
	                           "that",
	  .run = run_drip, .example = "1 50ms" },
	{ "fault", "[SPEC|off]",
	  "cause trouble: latency=200ms rate=10k …; alone: show it",
	  .run = run_fault },
	{ "eol", "EOL", "what Enter appends: lf, crlf, cr, nul, none",
	  .run = run_eol, .choices = eol_choices },
	{ "frame", "[SPEC]", "cut bytes into messages: line, u32, http …",
	  .run = run_frame },
	{ "echo", "on|off", "send back what peers send",
	  .run = run_echo, .choices = on_off_choices },
	{ "rules", "[FILE|off]",
	  "answer messages as FILE says; alone: list the rules",
	  .is_above = true, .choices = off_choices },
	{ "hold", "in|out|both|off",
	  "in the middle: hold messages for you; alone: list them",
	  .run = run_hold, .choices = hold_choices, .turn = COMMAND_AT_ONCE },
	{ "pass", "[N|all]", "pass held messages on: the oldest, or all up to "
	                     "N",
	  .run = run_pass, .choices = all_choices, .turn = COMMAND_AT_ONCE },
	{ "drop", "[N|all]", "drop a held message: the oldest, or number N",
	  .run = run_drop, .choices = all_choices, .turn = COMMAND_AT_ONCE },
	{ "edit", "N [TEXT]",
	  "change a held message (escapes as in /send) and pass it on",
	  .run = run_edit, .turn = COMMAND_AT_ONCE },
	{ "inject", "in|out TEXT",
	  "send a line to the client (in) or to the target (out)",
	  .run = run_inject, .choices = side_choices, .example = "out PING",
	  .turn = COMMAND_FOR_PEERS },
	{ "view", "VIEW", "how messages look: text, hex, mixed",
	  .choices = view_choices },
	{ "unpack", "FORMAT|off",
	  "show fields, as >H:type *:rest; in or out: one way only",
	  .run = run_unpack, .choices = unpack_choices },
	{ "encoding", "NAME", "the encoding of text: utf-8, cp949, latin1, "
	                      "sjis",
	  .run = run_encoding, .choices = encoding_choices },
	{ "time", "MODE", "clock, clock-ms, date, start, delta, answer, off",
	  .choices = time_choices },
	{ "endings", "on|off", "show line endings", .choices = on_off_choices },
	{ "json", "on|off",
	  "show JSON indented; nothing in it changes",
	  .run = run_json, .choices = on_off_choices },
	{ "bar", "on|off", "show the bar of keys", .choices = on_off_choices },
	{ "set", "[OPTION VALUE]", "list options, show one, or change it",
	  .run = run_set },
	{ "limits", "", "list all limits",
	  .run = run_limits, .turn = COMMAND_AT_ONCE },
	{ "find", "PATTERN",
	  "search for text, re:EXPRESSION or hex:BYTES (also Ctrl-S)",
	  .run = run_find },
	{ "filter", "WORDS",
	  "show only: in, out, error, peer N, text PATTERN; or off",
	  .run = run_filter, .choices = filter_choices },
	{ "mouse", "on|off", "use the mouse; off: the terminal selects",
	  .choices = on_off_choices },
	{ "keys", "", "list sockchat's functions and their keys",
	  .run = run_keys },
	{ "why", "[N]", "explain the newest notice, error or hint in full",
	  .run = run_why, .turn = COMMAND_AT_ONCE },
	{ "save", "PATH",
	  "save the selection, or all: .txt .jsonl .chat .pcapng …",
	  .is_above = true, .example = "talk.txt" },
	{ "record", "[PATH|off]",
	  "record from now on; alone: show what is recorded",
	  .is_above = true, .choices = off_choices },
	{ "replay", "PATH|step|stop",
	  "play one side of a .chat file; step: at each Enter",
	  .is_above = true, .choices = replay_choices,
	  .at_once = replay_words, .example = "talk.chat",
	  .turn = COMMAND_FOR_PEERS },
	{ "load", "PATH",
	  "show an old conversation first: .jsonl, .chat",
	  .is_above = true, .example = "talk.jsonl" },
	{ "clear", "", "clear the screen; nothing is lost",
	  .run = run_clear },
};

const struct command_row *command_row(size_t i)
{
	return i < sizeof(rows) / sizeof(rows[0]) ? &rows[i] : NULL;
}

static const struct command_row *row_named(const char *name, size_t len)
{
	const struct command_row *row;
	for (size_t i = 0; (row = command_row(i)); i++)
		if (strlen(row->name) == len &&
		    memcmp(row->name, name, len) == 0)
			return row;
	return NULL;
}

/* The one row whose name begins so; NULL when there is none, or several. */
static const struct command_row *find_beginning(const char *name, size_t len,
                                                size_t *matches)
{
	const struct command_row *found = NULL, *row;
	*matches = 0;
	for (size_t i = 0; (row = command_row(i)); i++)
		if (strncmp(row->name, name, len) == 0) {
			found = row;
			++*matches;
		}
	return *matches == 1 ? found : NULL;
}

const struct command_row *command_find(const char *name, size_t len,
                                       size_t *matches)
{
	const struct command_row *found = row_named(name, len);
	const struct alias *a = alias_find(name, len);
	if (!found && !a)
		return find_beginning(name, len, matches);
	if (!found && a->does)
		found = row_named(a->ours, strlen(a->ours));
	*matches = found != NULL;
	return found;
}

/* As a spell_name_fn: our names, then the others that do something. */
static const char *name_at(const void *list, size_t i)
{
	const size_t count = sizeof(rows) / sizeof(rows[0]);
	(void)list;
	if (i < count)
		return rows[i].name;
	return aliases[i - count].does ? aliases[i - count].name : NULL;
}

/* The option of this name that /set takes, or NULL. */
static const struct option_row *find_setting(const char *name)
{
	int i = options_find(name);
	const struct option_row *row = i < 0 ? NULL : options_row((size_t)i);
	return row && strcmp(row->name, name) == 0 && options_life((size_t)i)
	           ? row : NULL;
}

int command_refuse_name(struct error *e, const char *name, size_t len,
                        size_t matches)
{
	const struct spell_names names = { name_at, NULL, "/" };
	const struct alias *a = alias_find(name, len);
	const struct command_row *row = a ? row_named(a->ours, strlen(a->ours))
	                                  : NULL;
	char word[48], safe[64], guess[SPELL_MAX];
	snprintf(word, sizeof(word), "%.*s", (int)(len > 40 ? 40 : len), name);
	const struct option_row *setting = find_setting(word);
	glyph_copy(safe, sizeof(safe), word, GLYPH_ANY_WIDTH);
	spell_guess(guess, &names, name, len);
	if (matches)
		error_set(e, "command /%s is ambiguous: nothing was done",
		          safe);
	else
		error_set(e, "there is no command /%s: nothing was sent",
		          safe);
	if (row)
		error_set_hint(e, "use /%s %s (%s); //%s sends the line /%s",
		               row->name, row->args, row->help, safe, safe);
	else if (setting)
		error_set_hint(e, "use /set %s %s (%s); //%s sends the line "
		                  "/%s", safe,
		               setting->arg ? "VALUE" : "on|off",
		               setting->help, safe, safe);
	else
		error_set_hint(e, "%s%s/help lists the commands; //%s sends "
		                  "the line /%s",
		               guess, *guess ? " " : "", safe, safe);
	return -1;
}

/* How the front end does this command, NULL when it has no way of its own. */
static const struct frontend_command *own_way(const struct chat *c,
                                              const char *name)
{
	const struct frontend_command *own = c->ops->commands;
	while (own && own->name && strcmp(own->name, name) != 0)
		own++;
	return own && own->name ? own : NULL;
}

const struct chat_command *command_above(const struct chat *c, const char *name)
{
	const struct chat_command *own = c->commands;
	while (own && own->name && strcmp(own->name, name) != 0)
		own++;
	return own && own->name ? own : NULL;
}

static int do_above(struct chat *c, const struct command_row *row, char *args)
{
	const struct chat_command *own = command_above(c, row->name);
	return own ? own->run(c, args)
	           : chat_refuse(c, "", "/%s: not here", row->name);
}

/* "peer 2: ", where there may be several. */
static void name_peers(const struct chat *c, char *args, char out[32])
{
	char *word[1];
	bool is_named = command_words(args, word, 1);
	if (!chat_look(c).shows_numbers)
		*out = '\0';
	else if (is_named && strcmp(word[0], "all") != 0)
		snprintf(out, 32, "peer %.20s: ", word[0]);
	else if (!is_named && c->target)
		snprintf(out, 32, "peer %u: ", c->target);
	else
		snprintf(out, 32, "all peers: ");
}

static int do_to_peers(struct chat *c, const struct command_row *row,
                       char *args)
{
	char who[32];
	if (command_for_peers(c, args, row->to_peer))
		return -1;
	name_peers(c, args, who);
	if (row->done)
		chat_note(c, row->code, "%s%s", who, row->done);
	return 0;
}

int command_do(struct chat *c, const struct command_row *row, char *args)
{
	const struct frontend_command *own = own_way(c, row->name);
	bool may_be_empty = row->parse == escape_parse && chat_has_messages(c);
	if (!*args && row->example && !may_be_empty)
		return refuse_nothing(c, row);
	if (own)
		return own->run(c->frontend, args);
	if (row->is_above)
		return do_above(c, row, args);
	if (row->run)
		return row->run(c, args);
	if (row->parse)
		return send_parsed(c, row, args);
	if (row->to_peer)
		return do_to_peers(c, row, args);
	return set_and_tell(c, row->name, args);
}
