/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The command line: getopt_long(3) made from the table of options. */

#include <getopt.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/explain.h>
#include <sockchat/glyph.h>

#include "options_private.h"

#define LONG_ONLY 256 /* getopt's value for row 0 without a letter */

/* getopt's two tables, made from ours. */
static void make_getopt(char *letters, struct option *longs)
{
	const struct option_row *row;
	*letters++ = ':'; /* getopt tells a missing value from a wrong option */
	for (size_t i = 0; (row = options_row(i)); i++) {
		*longs++ = (struct option){
			.name = row->name,
			.has_arg = row->arg ? required_argument : no_argument,
			.val = LONG_ONLY + (int)i,
		};
		if (row->letter) {
			*letters++ = row->letter;
			if (row->arg)
				*letters++ = ':';
		}
	}
	*letters = '\0';
	*longs = (struct option){ 0 };
}

static const struct option_rule *rule_of(int found)
{
	const struct option_rule *r;
	if (found >= LONG_ONLY)
		return option_rule((size_t)(found - LONG_ONLY));
	for (size_t i = 0; (r = option_rule(i)); i++)
		if (r->row.letter && r->row.letter == found)
			return r;
	return NULL;
}

/* "--eol" or "-w, --connect-timeout", as the user may have written it. */
static void name_flag(const struct option_rule *r, char *out, size_t cap)
{
	if (r->row.letter)
		snprintf(out, cap, "-%c, --%s", r->row.letter, r->row.name);
	else
		snprintf(out, cap, "--%s", r->row.name);
}

/* Name the options that begin so; 0 when there are not several. */
static int explain_beginning(const char *word, struct error *e)
{
	const struct option_row *row;
	size_t len = strcspn(word, "="), count = 0;
	char safe[64], list[sizeof(e->text) - sizeof(safe) - 31] = "";
	for (size_t i = 0; (row = options_row(i)); i++)
		count += strncmp(row->name, word, len) == 0 &&
		         text_add(list, sizeof(list), "%s--%s",
		                  count ? ", " : "", row->name);
	if (count < 2)
		return 0;
	glyph_copy(safe, sizeof(safe), word, GLYPH_ANY_WIDTH);
	return error_set(e, "option --%s may be %s", safe, list);
}

static int explain_getopt(int found, const char *word, struct error *e)
{
	const struct option_rule *r = rule_of(optopt);
	char name[64], safe[64], letter[2] = { (char)optopt, '\0' };
	bool is_letter = optopt && strncmp(word, "--", 2) != 0;
	if (found == ':' && r) {
		name_flag(r, name, sizeof(name));
		return error_set(e, "option %s needs a value: %s", name,
		                 r->row.arg);
	}
	if (r && !r->row.arg) {
		name_flag(r, name, sizeof(name));
		return error_set(e, "option %s takes no value", name);
	}
	if (!is_letter && explain_beginning(word + 2, e))
		return -1;
	glyph_copy(safe, sizeof(safe), is_letter ? letter : word,
	           GLYPH_ANY_WIDTH);
	if (is_letter && optopt == 'l')
		return error_set(e, "unknown option -l: write sockchat listen "
		                    "PORT");
	return error_set(e, "unknown option %s%s", is_letter ? "-" : "", safe);
}

static int check_mode(const struct options *o, const bool *given,
                      struct error *e)
{
	const struct option_rule *r;
	char name[64];
	for (size_t i = 0; (r = option_rule(i)); i++) {
		if (!given[i] || !option_is_foreign(r, o->mode))
			continue;
		name_flag(r, name, sizeof(name));
		return error_set(e, "option %s is for 'sockchat %s'", name,
		                 o->mode == ENDPOINT_LISTEN ? "connect"
		                                            : "listen");
	}
	return 0;
}

/* The word is a misspelt mode, or an endpoint, which nc takes here. */
static int refuse_mode(const char *word, bool is_alone, struct error *e)
{
	bool is_number = !word[strspn(word, "0123456789")];
	bool is_mode = (*word == 'c' || *word == 'l') &&
	               !strpbrk(word, ".:0123456789") &&
	               strcmp(word, "localhost") != 0;
	bool listens = is_mode ? *word == 'l' : is_number && is_alone;
	char safe[64];
	glyph_copy(safe, sizeof(safe), word, GLYPH_ANY_WIDTH);
	return error_set(e, "'%s' is neither 'connect' nor 'listen': write "
	                    "sockchat %s %s%s", safe,
	                 listens ? "listen" : "connect", is_mode ? "..." : safe,
	                 is_alone || is_mode ? "" : " ...");
}

static int parse_mode(struct options *o, const char *word, bool is_alone,
                      struct error *e)
{
	if (!word)
		return error_set(e, "'connect' or 'listen' is missing: write "
		                    "sockchat connect HOST PORT, or "
		                    "sockchat listen PORT");
	if (strcmp(word, "connect") != 0 && strcmp(word, "listen") != 0)
		return refuse_mode(word, is_alone, e);
	o->mode = *word == 'c' ? ENDPOINT_CONNECT : ENDPOINT_LISTEN;
	return 0;
}

static int refuse_ip_option(const struct options *o, struct error *e)
{
	const struct option_rule *r;
	char name[64], where[ENDPOINT_TEXT_MAX], safe[160], value[8];
	if (o->endpoint.scheme != ENDPOINT_UNIX)
		return 0;
	endpoint_format(&o->endpoint, where);
	glyph_copy(safe, sizeof(safe), where, GLYPH_ANY_WIDTH);
	for (size_t i = 0; (r = option_rule(i)); i++) {
		options_value(o, i, value, sizeof(value));
		if (!(r->flags & IP_ONLY) || strcmp(value, "on") != 0 ||
		    o->sources[option_source_row(r)] != SOURCE_COMMAND_LINE)
			continue;
		name_flag(r, name, sizeof(name));
		return error_set(e, "option %s is for IP addresses, and %s has "
		                    "none", name, safe);
	}
	return 0;
}

/* Check that the service is known.  A host may become known later; the names of
 * services do not change. */
static int check_service(const struct endpoint *ep, struct error *e)
{
	if (endpoint_knows_port(ep))
		return 0;
	explain_resolve(e, EAI_SERVICE, 0, ep->host, ep->port);
	return -1;
}

int options_parse(struct options *o, int argc, char *const *argv,
                  struct error *e)
{
	char letters[2 * OPTIONS_MAX + 2];
	struct option longs[OPTIONS_MAX + 1];
	bool given[OPTIONS_MAX] = { false };
	char name[64];
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
		given[r - option_rule(0)] = true;
		name_flag(r, name, sizeof(name));
		if (option_apply(o, r, name, optarg, SOURCE_COMMAND_LINE, e))
			return -1;
	}
	o->crlf_given = given[options_find("crlf")];
	o->eol_given = given[options_find("eol")];
	if (o->help || o->version)
		return 0;
	/* a program may be started without any word, not even its name */
	int words = optind < argc ? argc - optind : 0;
	if (parse_mode(o, words ? argv[optind] : NULL, words == 1, e) ||
	    check_mode(o, given, e) || options_check(o, e))
		return -1;
	o->operands = (const char *const *)argv + optind + 1;
	o->operand_count = (size_t)words - 1;
	return 0;
}

/* Whether the operand is the path of a unix socket without saying so.  A URL
 * wins over a file that says `unix`, not over --unix. */
static bool is_plain_path(const struct options *o)
{
	uint8_t source = o->sources[options_find("unix")];
	return o->is_unix && (source == SOURCE_COMMAND_LINE ||
	                      !o->operand_count ||
	                      !strstr(o->operands[0], "://"));
}

int options_take_operands(struct options *o, struct error *e)
{
	if (is_plain_path(o)
	        ? endpoint_parse_unix(&o->endpoint, o->operands,
	                              o->operand_count, e)
	        : endpoint_parse(&o->endpoint, o->mode, o->operands,
	                         o->operand_count, e))
		return -1;
	if (refuse_ip_option(o, e))
		return -1;
	return check_service(&o->endpoint, e);
}

int options_help(struct bytes *out)
{
	int failed = bytes_append_text(out,
	    "Usage: sockchat connect [OPTION]... HOST PORT | HOST:PORT | URL\n"
	    "       sockchat listen [OPTION]... [HOST] PORT | HOST:PORT | "
	    "URL\n"
	    "A chat with a TCP or unix socket on a terminal, a faultless "
	    "netcat in a pipe.\n\n"
	    "HOST is a name or an address; before :PORT an IPv6 address stands "
	    "in brackets.\n"
	    "URL is tcp://HOST:PORT, unix:PATH or unix:@NAME.  'listen 9999' "
	    "serves this\nmachine only, a HOST of '*' serves others too.  Port "
	    "0 takes a free one.\n\nOptions:\n");
	const struct option_row *row;
	for (size_t i = 0; (row = options_row(i)); i++) {
		char left[64], letter[5] = "    ";
		if (row->letter)
			snprintf(letter, sizeof(letter), "-%c, ", row->letter);
		snprintf(left, sizeof(left), "%s--%s%s%s", letter, row->name,
		         row->arg ? " " : "", row->arg ? row->arg : "");
		failed |= bytes_printf(out, "  %-27s %s\n", left, row->help);
	}
	failed |= bytes_append_text(out,
	    "\nTimes are seconds, or have a unit: 500ms, 1.5, 2m.\n"
	    "Exit status: 0 success, 1 failure, 2 wrong command line or "
	    "configuration.\n"
	    "More: man sockchat; /help within the chat.\n");
	return failed ? -1 : 0;
}
