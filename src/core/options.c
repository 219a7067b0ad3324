/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The command line: one table of options, and getopt_long(3) made from it. */

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <sockchat/diag.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>
#include <sockchat/options.h>

const struct choice eol_choices[] = {
	{ "lf", EOL_LF },   { "crlf", EOL_CRLF }, { "cr", EOL_CR },
	{ "nul", EOL_NUL }, { "none", EOL_NONE }, { NULL, 0 },
};
const struct choice ui_choices[] = {
	{ "auto", UI_AUTO }, { "tui", UI_TUI },   { "lines", UI_LINES },
	{ "pipe", UI_PIPE }, { "json", UI_JSON }, { NULL, 0 },
};
const struct choice color_choices[] = {
	{ "auto", COLOR_AUTO },
	{ "always", COLOR_ALWAYS },
	{ "never", COLOR_NEVER },
	{ NULL, 0 },
};
const struct choice view_choices[] = {
	{ "text", VIEW_TEXT },
	{ "hex", VIEW_HEX },
	{ "mixed", VIEW_MIXED },
	{ NULL, 0 },
};

const struct choice time_choices[] = {
	{ "clock", TIME_CLOCK }, { "start", TIME_START },
	{ "delta", TIME_DELTA }, { "off", TIME_OFF },
	{ NULL, 0 },
};
const struct choice on_off_choices[] = {
	{ "on", 1 }, { "off", 0 }, { NULL, 0 },
};

enum option_type {
	TYPE_SET,      /* a switch: bool */
	TYPE_VALUE,    /* a switch that stores `value` into an int */
	TYPE_CHOICE,   /* one of `choices` into an int */
	TYPE_ON_OFF,   /* a bool that is told as a word */
	TYPE_DURATION, /* milliseconds into an int64_t */
	TYPE_LINGER,   /* the same, or "inf" */
	TYPE_COUNT,    /* a long from 1 */
	TYPE_SIZE,     /* bytes into a size_t */
};

enum option_modes { MODE_BOTH, MODE_CONNECT, MODE_LISTEN };

/* What parsing needs to know beyond what users see. */
struct option_rule {
	struct option_row row;
	enum option_type type;
	size_t offset;
	int value;
	const struct choice *choices;
	enum option_modes modes;
};

#define AT(member) offsetof(struct options, member)

static const struct option_rule rules[] = {
	{ { '4', "ipv4", NULL, "only IPv4" },
	  TYPE_VALUE, AT(family), AF_INET, NULL, MODE_BOTH },
	{ { '6', "ipv6", NULL, "only IPv6" },
	  TYPE_VALUE, AT(family), AF_INET6, NULL, MODE_BOTH },
	{ { 'n', "numeric", NULL, "no name lookups" },
	  TYPE_SET, AT(numeric), 0, NULL, MODE_BOTH },
	{ { 'w', "connect-timeout", "SECS",
	    "give up connecting; fractions allowed" },
	  TYPE_DURATION, AT(connect_timeout_ms), 0, NULL, MODE_CONNECT },
	{ { 'i', "idle-timeout", "SECS",
	    "give up when nothing moved either way so long" },
	  TYPE_DURATION, AT(idle_timeout_ms), 0, NULL, MODE_BOTH },
	{ { 'C', "crlf", NULL, "the same as --eol crlf" },
	  TYPE_VALUE, AT(eol), EOL_CRLF, NULL, MODE_BOTH },
	{ { 0, "eol", "EOL",
	    "what Enter appends: lf, crlf, cr, nul or none" },
	  TYPE_CHOICE, AT(eol), 0, eol_choices, MODE_BOTH },
	{ { 0, "echo", NULL, "listen: send back what each peer sends" },
	  TYPE_SET, AT(echo), 0, NULL, MODE_LISTEN },
	{ { 'k', "keep-open", NULL,
	    "listen: go on after the first peer has gone" },
	  TYPE_SET, AT(keep_open), 0, NULL, MODE_LISTEN },
	{ { 'm', "max-conns", "N", "listen: at most N peers at once" },
	  TYPE_COUNT, AT(max_conns), 0, NULL, MODE_LISTEN },
	{ { 'N', "no-shutdown", NULL,
	    "do not send FIN when standard input ends" },
	  TYPE_SET, AT(no_shutdown), 0, NULL, MODE_BOTH },
	{ { 'q', "quit-after", "SECS",
	    "leave so long after standard input has ended" },
	  TYPE_DURATION, AT(quit_after_ms), 0, NULL, MODE_BOTH },
	{ { 0, "linger", "SECS|inf",
	    "wait for a silent input after the peer's end (2)" },
	  TYPE_LINGER, AT(linger_ms), 0, NULL, MODE_BOTH },
	{ { 0, "send-only", NULL, "only send; what comes is discarded" },
	  TYPE_SET, AT(send_only), 0, NULL, MODE_BOTH },
	{ { 0, "recv-only", NULL, "only receive; input is not read" },
	  TYPE_SET, AT(recv_only), 0, NULL, MODE_BOTH },
	{ { 'z', "zero", NULL,
	    "connect, report, close; the exit status tells" },
	  TYPE_SET, AT(zero), 0, NULL, MODE_CONNECT },
	{ { 0, "ui", "UI", "auto, tui, lines, pipe or json" },
	  TYPE_CHOICE, AT(ui), 0, ui_choices, MODE_BOTH },
	{ { 0, "json", NULL, "the same as --ui json" },
	  TYPE_VALUE, AT(ui), UI_JSON, NULL, MODE_BOTH },
	{ { 0, "view", "VIEW", "how messages look: text, hex or mixed" },
	  TYPE_CHOICE, AT(view), 0, view_choices, MODE_BOTH },
	{ { 0, "time", "MODE", "the time shown: clock, start, delta or off" },
	  TYPE_CHOICE, AT(time), 0, time_choices, MODE_BOTH },
	{ { 0, "endings", "on|off", "show line endings (on)" },
	  TYPE_ON_OFF, AT(endings), 0, on_off_choices, MODE_BOTH },
	{ { 0, "bar", "on|off", "show the bar of keys (on)" },
	  TYPE_ON_OFF, AT(bar), 0, on_off_choices, MODE_BOTH },
	{ { 0, "color", "WHEN", "auto, always or never" },
	  TYPE_CHOICE, AT(color), 0, color_choices, MODE_BOTH },
	{ { 0, "scrollback", "SIZE",
	    "how much of the conversation is kept (64M)" },
	  TYPE_SIZE, AT(scrollback), 0, NULL, MODE_BOTH },
	{ { 0, "quiet", NULL, "tell errors only" },
	  TYPE_SET, AT(quiet), 0, NULL, MODE_BOTH },
	{ { 'v', "verbose", NULL, "tell the steps of connecting" },
	  TYPE_SET, AT(verbose), 0, NULL, MODE_BOTH },
	{ { 0, "help", NULL, "print this and exit" },
	  TYPE_SET, AT(help), 0, NULL, MODE_BOTH },
	{ { 0, "version", NULL, "print the version and exit" },
	  TYPE_SET, AT(version), 0, NULL, MODE_BOTH },
};

#define RULE_COUNT (sizeof(rules) / sizeof(rules[0]))
#define LONG_ONLY  256 /* getopt's value for rules[0] without a letter */

const struct option_row *options_row(size_t i)
{
	return i < RULE_COUNT ? &rules[i].row : NULL;
}

int choice_find(const struct choice *list, const char *name)
{
	size_t len = strlen(name);
	int value = -1;
	for (const struct choice *c = list; c->name; c++) {
		if (strcmp(c->name, name) == 0)
			return c->value;
		if (len && strncmp(c->name, name, len) == 0)
			value = value == -1 ? c->value : -2;
	}
	return value < 0 ? -1 : value;
}

const char *choice_name(const struct choice *list, int value)
{
	while (list->name && list->value != value)
		list++;
	return list->name ? list->name : "";
}

void choice_list(const struct choice *list, char *out, size_t cap)
{
	struct bytes b;
	bytes_init(&b, 0);
	for (const struct choice *c = list; c->name; c++) {
		const char *join = c == list ? "" : c[1].name ? ", " : " or ";
		bytes_printf(&b, "%s%s", join, c->name);
	}
	glyph_copy(out, cap, bytes_text(&b), GLYPH_ASCII);
	bytes_finish(&b);
}

size_t eol_bytes(enum eol eol, const char **bytes)
{
	static const struct {
		const char *bytes;
		size_t len;
	} table[] = {
		[EOL_LF] = { "\n", 1 },  [EOL_CRLF] = { "\r\n", 2 },
		[EOL_CR] = { "\r", 1 },  [EOL_NUL] = { "", 1 },
		[EOL_NONE] = { "", 0 },
	};
	*bytes = table[eol].bytes;
	return table[eol].len;
}

/* "--eol" or "-w", as the user may have written it. */
static void rule_name(const struct option_rule *r, char *out, size_t cap)
{
	if (r->row.letter)
		snprintf(out, cap, "-%c, --%s", r->row.letter, r->row.name);
	else
		snprintf(out, cap, "--%s", r->row.name);
}

static int bad_value(const struct option_rule *r, const char *value,
                     const char *wanted, struct error *e)
{
	char name[64], safe[64];
	rule_name(r, name, sizeof(name));
	glyph_copy(safe, sizeof(safe), value, GLYPH_ASCII);
	return error_set(e, "option %s: '%s' is not %s", name, safe, wanted);
}

static int set_duration(const struct option_rule *r, int64_t *to,
                        const char *value, struct error *e)
{
	if (r->type == TYPE_LINGER && strcmp(value, "inf") == 0) {
		*to = LINGER_FOREVER;
		return 0;
	}
	if (!number_parse_duration(value, to))
		return bad_value(r, value,
		                 r->type == TYPE_LINGER
		                     ? "a time: 2, 1.5, 500ms, 2m, inf"
		                     : "a time: 2, 1.5, 500ms, 2m",
		                 e);
	return 0;
}

static int set_choice(const struct option_rule *r, int *to, const char *value,
                      struct error *e)
{
	char list[96];
	int found = choice_find(r->choices, value);
	choice_list(r->choices, list, sizeof(list));
	if (found < 0)
		return bad_value(r, value, list, e);
	*to = found;
	return 0;
}

static int apply(struct options *o, const struct option_rule *r,
                 const char *value, struct error *e)
{
	void *to = (char *)o + r->offset;
	int word;
	switch (r->type) {
	case TYPE_SET:
		*(bool *)to = true;
		return 0;
	case TYPE_VALUE:
		*(int *)to = r->value;
		return 0;
	case TYPE_CHOICE:
		return set_choice(r, to, value, e);
	case TYPE_ON_OFF:
		if (set_choice(r, &word, value, e))
			return -1;
		*(bool *)to = word;
		return 0;
	case TYPE_DURATION:
	case TYPE_LINGER:
		return set_duration(r, to, value, e);
	case TYPE_COUNT:
		if (!number_parse(value, 1, 1000000, to))
			return bad_value(r, value,
			                 "a number from 1 to 1000000", e);
		return 0;
	case TYPE_SIZE:
		if (!number_parse_size(value, to))
			return bad_value(r, value,
			                 "a size: 65536, 64k, 16M, 1G", e);
		return 0;
	}
	die("option %s has no type", r->row.name);
}

/* getopt's two tables, made from ours. */
static void make_getopt(char *letters, struct option *longs)
{
	*letters++ = ':'; /* a missing value is told from a wrong option */
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct option_row *row = &rules[i].row;
		int val = LONG_ONLY + (int)i;
		longs[i] = (struct option){
			.name = row->name,
			.has_arg = row->arg ? required_argument : no_argument,
			.val = val,
		};
		if (row->letter) {
			*letters++ = row->letter;
			if (row->arg)
				*letters++ = ':';
		}
	}
	*letters = '\0';
	longs[RULE_COUNT] = (struct option){ 0 };
}

static const struct option_rule *rule_of(int found)
{
	if (found >= LONG_ONLY)
		return &rules[found - LONG_ONLY];
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (rules[i].row.letter && rules[i].row.letter == found)
			return &rules[i];
	return NULL;
}

static int explain_getopt(int found, const char *word, struct error *e)
{
	const struct option_rule *r = rule_of(optopt);
	char name[64], safe[64], letter[2] = { (char)optopt, '\0' };
	bool is_letter = optopt && strncmp(word, "--", 2) != 0;
	if (found == ':' && r) {
		rule_name(r, name, sizeof(name));
		return error_set(e, "option %s needs a value: %s", name,
		                 r->row.arg);
	}
	if (r && !r->row.arg) {
		rule_name(r, name, sizeof(name));
		return error_set(e, "option %s takes no value", name);
	}
	glyph_copy(safe, sizeof(safe), is_letter ? letter : word, GLYPH_ASCII);
	return error_set(e, "unknown option %s%s", is_letter ? "-" : "", safe);
}

static int check_mode(const struct options *o, const bool *given,
                      struct error *e)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		enum option_modes only = rules[i].modes;
		char name[64];
		if (!given[i] || only == MODE_BOTH ||
		    (only == MODE_LISTEN) == (o->mode == ENDPOINT_LISTEN))
			continue;
		rule_name(&rules[i], name, sizeof(name));
		return error_set(e, "option %s is for 'sockchat %s'", name,
		                 only == MODE_LISTEN ? "listen" : "connect");
	}
	if (o->send_only && o->recv_only)
		return error_set(e, "options --send-only and --recv-only "
		                    "exclude each other");
	if (o->echo && (o->send_only || o->recv_only))
		return error_set(e, "options --echo and --%s exclude each "
		                    "other",
		                 o->send_only ? "send-only" : "recv-only");
	return 0;
}

static int parse_mode(struct options *o, const char *word, struct error *e)
{
	static const struct choice modes[] = {
		{ "connect", ENDPOINT_CONNECT },
		{ "listen", ENDPOINT_LISTEN },
		{ NULL, 0 },
	};
	char safe[64];
	if (!word)
		return error_set(e, "'connect' or 'listen' is missing");
	for (const struct choice *m = modes; m->name; m++)
		if (strcmp(m->name, word) == 0) {
			o->mode = (enum endpoint_mode)m->value;
			return 0;
		}
	glyph_copy(safe, sizeof(safe), word, GLYPH_ASCII);
	return error_set(e, "'%s' is neither 'connect' nor 'listen'", safe);
}

void options_init(struct options *o)
{
	*o = (struct options){
		.family = AF_UNSPEC,
		.quit_after_ms = -1,
		.linger_ms = LINGER_DEFAULT,
		.endings = true,
		.bar = true,
		.scrollback = (size_t)64 << 20,
	};
}

int options_parse(struct options *o, int argc, char *const *argv,
                  struct error *e)
{
	char letters[2 * RULE_COUNT + 2];
	struct option longs[RULE_COUNT + 1];
	bool given[RULE_COUNT] = { false };
	int found;

	options_init(o);
	make_getopt(letters, longs);
	opterr = 0;
	optind = 0; /* start anew: GNU getopt_long(3) */
	while (1) {
		int at = optind ? optind : 1;
		found = getopt_long(argc, argv, letters, longs, NULL);
		if (found == -1)
			break;
		const struct option_rule *r =
		    found == '?' || found == ':' ? NULL : rule_of(found);
		if (!r) {
			int bad = optind > at ? optind - 1 : at;
			return explain_getopt(found, argv[bad], e);
		}
		given[r - rules] = true;
		if (apply(o, r, optarg, e))
			return -1;
	}
	if (o->help || o->version)
		return 0;
	if (parse_mode(o, argv[optind], e) || check_mode(o, given, e))
		return -1;
	return endpoint_parse(&o->endpoint, o->mode,
	                      (const char *const *)argv + optind + 1,
	                      (size_t)(argc - optind - 1), e);
}

int options_help(struct bytes *out)
{
	int failed = bytes_append_text(out,
	    "Usage: sockchat connect [OPTION]... HOST PORT | HOST:PORT | URL\n"
	    "       sockchat listen [OPTION]... [HOST] PORT | HOST:PORT | "
	    "URL\n"
	    "A chat with a TCP socket on a terminal, a faultless netcat in a "
	    "pipe.\n\n"
	    "HOST is a name or an address; before :PORT an IPv6 address stands "
	    "in brackets.\n"
	    "URL is tcp://HOST:PORT.  'listen 9999' serves this machine only, "
	    "a HOST of '*'\nserves others too.  Port 0 takes a free "
	    "one.\n\nOptions:\n");
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct option_row *row = &rules[i].row;
		char left[64], letter[5] = "    ";
		if (row->letter)
			snprintf(letter, sizeof(letter), "-%c, ", row->letter);
		snprintf(left, sizeof(left), "%s--%s%s%s", letter, row->name,
		         row->arg ? " " : "", row->arg ? row->arg : "");
		failed |= bytes_printf(out, "  %-27s %s\n", left, row->help);
	}
	failed |= bytes_append_text(out,
	    "\nTimes are seconds, or have a unit: 500ms, 1.5, 2m.\n"
	    "Exit status: 0 as it should, 1 it failed, 2 wrong command line.\n"
	    "More: man sockchat; /help within the chat.\n");
	return failed ? -1 : 0;
}
