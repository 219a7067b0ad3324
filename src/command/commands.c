/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The commands: one table, one function each. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sockchat/again.h>
#include <sockchat/command.h>
#include <sockchat/escape.h>
#include <sockchat/file.h>
#include <sockchat/glyph.h>
#include <sockchat/hextext.h>
#include <sockchat/number.h>
#include <sockchat/session_state.h>
#include <sockchat/spell.h>
#include <sockchat/unpack.h>

#include "commands_private.h"
#include "frames.h"
#include "set.h"
#include "typed.h"

#define DRIP_DEFAULT_MS 50
#define DRIP_MAX        (1 << 30)
#define WORDS_MAX       4

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
	chat_note(c, "help", "/%s%s%s: %s", row->name, *row->args ? " " : "",
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

/* What follows "unix:" may have spaces and begin with "~". */
static int parse_unix(struct endpoint *ep, const char *path, struct error *e)
{
	struct bytes url = { 0 };
	int failed = bytes_append_text(&url, "unix:") ||
	             file_append_path(&url, path, strlen(path));
	const char *word = bytes_text(&url);
	failed = failed ? error_set_errno(e, ENOMEM, "cannot take %s", path)
	                : endpoint_parse(ep, ENDPOINT_CONNECT, &word, 1, e);
	bytes_finish(&url);
	return failed;
}

static int parse_words(struct endpoint *ep, enum endpoint_mode mode, char *args,
                       struct error *e)
{
	char *words[WORDS_MAX];
	size_t count = command_words(args, words, WORDS_MAX);
	if (count && words[0][0] == '-' && words[0][1]) {
		error_set(e, "%s is an option of the command line: an endpoint "
		             "has none", words[0]);
		error_set_hint(e, "for TLS: tls://HOST:PORT");
		return -1;
	}
	return endpoint_parse(ep, mode, (const char *const *)words, count, e);
}

static int read_endpoint(struct endpoint *ep, enum endpoint_mode mode,
                         char *args, struct error *e)
{
	return strncasecmp(args, "unix:", 5) == 0
	           ? parse_unix(ep, args + 5, e)
	           : parse_words(ep, mode, args, e);
}

/* Take the endpoint that was used last.  -1 after a complaint. */
static int take_last(struct chat *c, enum endpoint_mode mode,
                     struct endpoint *ep)
{
	const struct endpoint *last = chat_last(c, mode);
	if (!last)
		return chat_refuse(c, "alone it repeats the last one, and "
		                      "there was none", "%s",
		                   mode == ENDPOINT_LISTEN
		                       ? "on which port? /listen PORT"
		                       : "to which server? /connect HOST PORT");
	*ep = *last;
	return 0;
}

/* -1 after a complaint. */
static int parse_endpoint(struct chat *c, char *args, enum endpoint_mode mode,
                          struct endpoint *ep)
{
	struct error e;
	if (!*args)
		return take_last(c, mode, ep);
	bool wants_tls = options_wants_tls(c->options, mode, args);
	if (read_endpoint(ep, mode, args, &e))
		return chat_error(c, &e);
	ep->is_tls |= wants_tls;
	return 0;
}

/* Whether this session keeps us from connecting to `name`.  A listener may have
 * many peers, but two that connect to one server would be a mistake. */
static bool is_in_the_way(const struct chat *c, const struct session *s,
                          const char *name)
{
	bool is_open = session_is_open(s);
	return !*c->listening ||
	       (!is_open && strcmp(s->link.where, name) == 0);
}

static int refuse_second(struct chat *c, const struct session *s)
{
	if (session_is_open(s))
		return chat_refuse(c, "/close ends that connection",
		                   "already connected to %s", s->link.where);
	return chat_refuse(c, "/close gives up", "still connecting to %s",
	                   s->link.where);
}

static int run_connect(struct chat *c, char *args)
{
	char name[ENDPOINT_TEXT_MAX];
	struct endpoint ep = { 0 };
	struct session *s;
	if (parse_endpoint(c, args, ENDPOINT_CONNECT, &ep))
		return -1;
	endpoint_format(&ep, name);
	for (size_t i = chat_session_count(c); i-- > 0;) {
		s = chat_session(c, i);
		if (!halves_is_in_open(s->link.halves) || s->closes)
			session_leave(s); /* it is over but for our FIN */
		else if (is_in_the_way(c, s, name))
			return refuse_second(c, s);
	}
	chat_connect(c, &ep);
	return 0;
}

static int run_listen(struct chat *c, char *args)
{
	struct endpoint ep = { 0 };
	if (parse_endpoint(c, args, ENDPOINT_LISTEN, &ep))
		return -1;
	if (*c->listening && !*args)
		return chat_refuse(c, "", "already listening on %s",
		                   c->listening);
	chat_listen(c, &ep);
	return 0;
}

void command_learn(struct chat *c, const char *line)
{
	static const char *const names[] = {
		[ENDPOINT_CONNECT] = "/connect ",
		[ENDPOINT_LISTEN] = "/listen ",
	};
	for (size_t mode = 0; mode < 2; mode++) {
		size_t len = strlen(names[mode]);
		bool is_it = strncmp(line, names[mode], len) == 0;
		char *args = is_it ? strdup(line + len) : NULL;
		struct endpoint ep;
		struct error e;
		if (args && !read_endpoint(&ep, (enum endpoint_mode)mode,
		                           args, &e))
			chat_note_used(c, (enum endpoint_mode)mode, &ep);
		free(args);
	}
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
		failed = m.bytes.len ? chat_send_framed(c, &m)
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
	if (c->repeat)
		c->repeat->finish(c->repeat);
	else if (command_for_peers(c, args, session_cancel))
		return -1;
	else if (transcript_end(c->transcript) == end)
		chat_note(c, "no-file", "no file is on its way");
	return 0;
}

/* Read BYTES [DELAY] or "off", which is 0 bytes.  -1 with a sentence. */
static int parse_drip(char *args, long *bytes, int64_t *ms, struct error *e)
{
	char *words[3];
	size_t count = command_words(args, words, 3);
	*bytes = 0;
	*ms = DRIP_DEFAULT_MS;
	if (count > 2)
		return error_set(e, "%s is one word too many: BYTES and "
		                    "DELAY are all it takes", words[2]);
	if (count == 1 && strcmp(words[0], "off") == 0)
		return 0;
	if (!count || !number_parse(words[0], 1, DRIP_MAX, bytes))
		return error_set(e, "'%s' is not a number of bytes from 1 to "
		                    "%d", count ? words[0] : "", DRIP_MAX);
	return count == 2 ? number_parse_time(words[1], ms, e) : 0;
}

static int run_drip(struct chat *c, char *args)
{
	long bytes;
	int64_t ms;
	struct error e;
	if (parse_drip(args, &bytes, &ms, &e))
		return chat_refuse(c, "for example /drip 1 50ms", "/drip: %s",
		                   e.text);
	c->session_settings.drip_bytes = (size_t)bytes;
	c->session_settings.drip_ns = ms * MS_NS;
	chat_settings_changed(c);
	if (!bytes)
		chat_note(c, "drip-off",
		          "what is sent goes in one piece again");
	else
		chat_note(c, "drip", "what is sent goes in pieces of %ld "
		          "byte%s, one every %lld ms; /drip off ends that",
		          bytes, plural((uint64_t)bytes), (long long)ms);
	return 0;
}

/* --json is the front end. */
static int run_json(struct chat *c, char *args)
{
	return set_option(c, "json-indent", args);
}

static int run_save(struct chat *c, char *args)
{
	return chat_save(c, args, 0, 0);
}

/* What has been printed stays. */
static int run_clear(struct chat *c, char *args)
{
	(void)c;
	(void)args;
	return 0;
}

static const struct command_row rows[] = {
	{ "help", "[WORD]", "what there is, or about one command",
	  .run = command_help, .turn = COMMAND_AT_ONCE },
	{ "quit", "", "leave; what is queued is delivered first",
	  .run = run_quit, .turn = COMMAND_AT_ONCE },
	{ "connect", "ENDPOINT",
	  "connect: HOST PORT, HOST:PORT, unix:PATH; alone: to the last one",
	  .run = run_connect },
	{ "listen", "ENDPOINT",
	  "listen: PORT, HOST PORT, '* PORT' for all, unix:PATH; alone: as "
	  "last time",
	  .run = run_listen },
	{ "close", "[PEER]", "end the connection: FIN both ways",
	  .to_peer = session_close, .turn = COMMAND_AT_ONCE },
	{ "shutdown", "[PEER]", "send our FIN only; the peer may go on",
	  .to_peer = session_shutdown },
	{ "reset", "[PEER]", "break the connection: RST",
	  .to_peer = session_reset, .turn = COMMAND_AT_ONCE },
	{ "pause", "[PEER]", "stop reading what the peer sends",
	  .to_peer = session_pause, .turn = COMMAND_AT_ONCE,
	  .code = "paused",
	  .done = "reading is paused: what the peer sends waits; /resume goes "
	          "on" },
	{ "resume", "[PEER]", "go on reading",
	  .to_peer = session_resume, .turn = COMMAND_AT_ONCE,
	  .code = "resumed", .done = "reading goes on" },
	{ "starttls", "[TEXT]",
	  "send TEXT, then speak TLS; alone: from now on",
	  .run = command_starttls, .turn = COMMAND_FOR_PEERS },
	{ "info", "[PEER]", "how a connection does: addresses, counters, TCP",
	  .run = run_info, .turn = COMMAND_AT_ONCE },
	{ "peers", "", "list who is connected",
	  .run = run_peers, .turn = COMMAND_AT_ONCE },
	{ "to", "PEER|all", "choose who is spoken to", .run = run_to },
	{ "send", "TEXT",
	  "send with escapes: \\n \\r \\t \\0 \\e \\xNN \\u{...}; "
	  "no ending is added",
	  .parse = escape_parse, .example = "PING\\r\\n",
	  .turn = COMMAND_FOR_PEERS },
	{ "hex", "BYTES",
	  "send bytes: 0d 0a ff, 0x0d, a C array, a dump; no ending is added",
	  .parse = hextext_parse, .example = "0d 0a",
	  .turn = COMMAND_FOR_PEERS },
	{ "pack", "FORMAT VALUES",
	  "send values as bytes, as Python's struct packs them",
	  .parse = pack_parse, .example = ">HI 3 500",
	  .turn = COMMAND_FOR_PEERS },
	{ "raw", "TEXT", "send as it is typed: no frame, no ending",
	  .parse = parse_raw, .is_raw = true, .example = "PING",
	  .turn = COMMAND_FOR_PEERS },
	{ "file", "PATH", "send a file of any size; what is typed follows it",
	  .run = run_file, .example = "request.bin",
	  .turn = COMMAND_FOR_PEERS },
	{ "repeat", "N EVERY TEXT",
	  "type a line N times, /send or /hex too; /cancel stops it",
	  .run = run_repeat, .example = "10 1s PING",
	  .turn = COMMAND_FOR_PEERS },
	{ "cancel", "[PEER]",
	  "stop /repeat, or the file on its way and those behind it",
	  .run = run_cancel, .turn = COMMAND_AT_ONCE },
	{ "drip", "BYTES [DELAY]", "cut what is sent into pieces; off ends it",
	  .run = run_drip, .example = "1 50ms" },
	{ "eol", "EOL", "what Enter appends: lf, crlf, cr, nul, none",
	  .run = run_eol, .choices = eol_choices },
	{ "frame", "[SPEC]", "cut bytes into messages: line, u32, http …",
	  .run = run_frame },
	{ "echo", "on|off", "send back what peers send",
	  .run = run_echo, .choices = on_off_choices },
	{ "view", "VIEW", "how messages look: text, hex, mixed",
	  .choices = view_choices },
	{ "unpack", "FORMAT|off",
	  "show fields of payloads: >H:type *:rest; in or out first: one way",
	  .run = run_unpack, .choices = unpack_choices },
	{ "encoding", "NAME", "what text is in: utf-8, cp949, latin1, sjis",
	  .run = run_encoding, .choices = encoding_choices },
	{ "time", "MODE", "clock, date, start, delta, off, answer",
	  .choices = time_choices },
	{ "endings", "on|off", "show line endings", .choices = on_off_choices },
	{ "json", "on|off",
	  "indent messages that are JSON; nothing in them changes",
	  .run = run_json, .choices = on_off_choices },
	{ "bar", "on|off", "show the bar of keys", .choices = on_off_choices },
	{ "set", "[OPTION VALUE]", "list options, tell one, change it",
	  .run = run_set },
	{ "limits", "", "list what is bounded, and how much it is",
	  .run = run_limits, .turn = COMMAND_AT_ONCE },
	{ "find", "PATTERN",
	  "search: text, re:EXPRESSION or hex:BYTES; Ctrl-S on the screen",
	  .run = run_find },
	{ "filter", "WORDS",
	  "show only: in, out, error, peer N, text PATTERN; off shows all",
	  .run = run_filter, .choices = filter_choices },
	{ "mouse", "on|off", "use the mouse; off lets the terminal select",
	  .choices = on_off_choices },
	{ "keys", "", "list our functions and the keys they are on",
	  .run = run_keys },
	{ "save", "PATH",
	  "write the selection, or all, to a new file: text, .jsonl, .bin",
	  .run = run_save, .example = "talk.txt" },
	{ "clear", "", "clear the screen; nothing is forgotten",
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
	return row && strcmp(row->name, name) == 0 && options_is_live((size_t)i)
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

static int do_to_peers(struct chat *c, const struct command_row *row,
                       char *args)
{
	if (command_for_peers(c, args, row->to_peer))
		return -1;
	if (row->done)
		chat_note(c, row->code, "%s", row->done);
	return 0;
}

int command_do(struct chat *c, const struct command_row *row, char *args)
{
	const struct frontend_command *own = own_way(c, row->name);
	if (!*args && row->example)
		return refuse_nothing(c, row);
	if (own)
		return own->run(c->frontend, args);
	if (row->run)
		return row->run(c, args);
	if (row->parse)
		return send_parsed(c, row, args);
	if (row->to_peer)
		return do_to_peers(c, row, args);
	return set_option(c, row->name, args);
}
