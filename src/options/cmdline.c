/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The command line: getopt_long(3) made from the table of options. */

#include <getopt.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sockchat/bytes.h>
#include <sockchat/explain.h>
#include <sockchat/glyph.h>
#include <sockchat/service.h>
#include <sockchat/spell.h>

#include "foreign.h"
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
			.has_arg = !row->arg          ? no_argument
			           : *row->arg == '[' ? optional_argument
			                              : required_argument,
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
	return found >= LONG_ONLY ? option_rule((size_t)(found - LONG_ONLY))
	                          : option_by_letter(found);
}

/* Whether the words would listen, as with nc: "-lvp". */
static bool is_listening(int argc, char *const *argv)
{
	bool listens = false;
	for (int i = 1; i < argc; i++)
		listens |= strcmp(argv[i], "listen") == 0 ||
		           strcmp(argv[i], "--listen") == 0 ||
		           (argv[i][0] == '-' && argv[i][1] != '-' &&
		            strchr(argv[i], 'l'));
	return listens;
}

/* No option of ours: one of other programs, or a slip. */
static int refuse_unknown(const char *name, int argc, char *const *argv,
                          struct error *e)
{
	bool is_long = strncmp(name, "--", 2) == 0;
	const char *says = foreign_option(name);
	bool has_like = says && strncmp(says, "it is ", 6) == 0;
	if (strcmp(name, "-l") == 0 || strcmp(name, "--listen") == 0 ||
	    ((has_like || strcmp(name, "-p") == 0) &&
	     is_listening(argc, argv)))
		return foreign_refuse_listen(name, argc, argv, e);
	if (says)
		return error_set(e, "unknown option %.*s: %s",
		                 (int)strcspn(name, "="), name, says);
	if (is_long)
		return option_refuse_name("--", name + 2, e);
	return error_set(e, "unknown option %s", name);
}

/* Whether it is a long option, of ours or of others, with one dash, and no
 * letter with a value behind it: "-source", and openssl's "-starttls". */
static bool is_one_dash(const char *word)
{
	bool is_short = word[0] == '-' && word[1] && word[1] != '-' && word[2];
	const struct option_row *row;
	for (size_t i = 0; is_short && (row = options_row(i)); i++)
		if (strcmp(word + 1, row->name) == 0)
			return true;
	return is_short && foreign_option(word);
}

/* Whether getopt has found the value of a letter in the same word. */
static bool has_own_value(const char *word)
{
	return optarg && optarg > word && optarg < word + strlen(word);
}

/* The first such word, or NULL. */
static const char *find_one_dash(int argc, char *const *argv)
{
	for (int i = 1; i < argc; i++)
		if (is_one_dash(argv[i]))
			return argv[i];
	return NULL;
}

static int refuse_one_dash(const char *word, struct error *e)
{
	const char *foreign = foreign_option(word);
	if (foreign)
		return error_set(e, "unknown option %s: %s", word, foreign);
	error_set(e, "unknown option %s", word);
	error_set_hint(e, "did you mean -%s?", word);
	return -1;
}

/* getopt has stopped at this word. */
static int explain_getopt(int found, const char *word, int argc,
                          char *const *argv, struct error *e)
{
	const struct option_rule *r = rule_of(optopt);
	char name[64], letter[] = { '-', (char)optopt, '\0' };
	bool is_letter = optopt && strncmp(word, "--", 2) != 0;
	if (r)
		option_name_flag(r, name, sizeof(name));
	if (found == ':' && r)
		return error_set(e, "option %s needs a value: %s", name,
		                 r->row.arg);
	if (r && !r->row.arg)
		return error_set(e, "option %s takes no value", name);
	const char *slip = is_letter ? find_one_dash(argc, argv) : NULL;
	if (slip)
		return refuse_one_dash(slip, e);
	return refuse_unknown(is_letter ? letter : word, argc, argv, e);
}

/* The first option given that is for the other mode, or NULL. */
static const struct option_rule *find_misplaced(const struct options *o,
                                                const bool *given,
                                                enum endpoint_mode mode)
{
	const struct option_rule *r;
	for (size_t i = 0; (r = option_rule(i)); i++)
		if (given[i] && option_is_foreign(o, r, mode))
			break;
	return r;
}

static int check_mode(const struct options *o, const bool *given,
                      struct error *e)
{
	const struct option_rule *r = find_misplaced(o, given, o->mode);
	char name[64];
	if (!r)
		return 0;
	option_name_flag(r, name, sizeof(name));
	error_set(e, "option %s is for 'sockchat %s'", name,
	          o->mode == ENDPOINT_LISTEN ? "connect" : "listen");
	if (r->row.letter == 's')
		error_set_hint(e, "to listen on one address only: sockchat "
		                  "listen ADDRESS PORT");
	if (r->row.letter == 'p')
		error_set_hint(e, "write the port without an option: "
		                  "sockchat listen %u", o->dial.socket.port);
	if (r->row.letter == 'k')
		error_set_hint(e, "to trust any certificate, as curl -k does: "
		                  "--tls-insecure");
	return -1;
}

/* What was meant by these words, the first of which is a port, or an endpoint
 * as nc takes it.  `options` words of the command line stand before them. */
static void guess_mode(char *out, char *const *words, size_t count,
                       size_t options, bool listens)
{
	const char *first = *words[0] ? words[0] : "HOST";
	const char *port = first + (*first == ':');
	bool is_whole = strpbrk(first, ":/");
	bool is_port = count == 1 && !port[strspn(port, "0123456789")];
	if (is_port && !listens) {
		snprintf(out, SPELL_MAX, "sockchat listen %s, or sockchat "
		                         "connect localhost %s", port, port);
		return;
	}
	if (is_port)
		first = port;
	is_whole |= is_port;
	snprintf(out, SPELL_MAX, "sockchat %s", listens ? "listen" : "connect");
	for (char *const *word = words - options; word < words; word++)
		text_add(out, SPELL_MAX, " %s", *word);
	text_add(out, SPELL_MAX, " %s%s%s", first,
	         count == 1 && is_whole ? "" : " ",
	         count > 1  ? words[1]
	         : is_whole ? ""
	                    : "PORT");
}

/* As a spell_name_fn. */
static const char *mode_name_at(const void *list, size_t i)
{
	static const char *const names[] = { "connect", "listen", "help",
		                             NULL };
	(void)list;
	return names[i];
}

/* Whether it is the URL of another program, of which the sentence speaks. */
static bool is_url_refused(const char *word, bool listens, struct error *e)
{
	enum endpoint_mode mode = listens ? ENDPOINT_LISTEN : ENDPOINT_CONNECT;
	struct endpoint ep;
	return strstr(word, "://") && endpoint_parse(&ep, mode, &word, 1, e);
}

/* The word is a misspelt mode, or something that other programs take here. */
static int refuse_mode(char *const *words, size_t count, size_t options,
                       bool listens, struct error *e)
{
	static const char sentence[] =
	    "'%s' is neither 'connect' nor 'listen': %s%s";
	const struct spell_names names = { mode_name_at, NULL, "sockchat " };
	char safe[64], better[SPELL_MAX];
	glyph_copy(safe, sizeof(safe), words[0], GLYPH_ANY_WIDTH);
	if (is_url_refused(words[0], listens, e))
		return -1;
	spell_guess(better, &names, words[0], strlen(words[0]));
	if (*better || foreign_addresses(better, SPELL_MAX, words, count))
		return error_set(e, sentence, safe, "", better);
	guess_mode(better, words, count, options, listens);
	return error_set(e, sentence, safe, "try: ", better);
}

static int parse_mode(struct options *o, char *const *words, size_t count,
                      size_t options, struct error *e)
{
	const char *word = count ? words[0] : "";
	if (!count)
		return error_set(e, "usage: sockchat connect [OPTION]... HOST "
		                    "PORT, or sockchat listen [OPTION]... "
		                    "PORT");
	o->help = strcmp(word, "help") == 0;
	if (!o->help && strcmp(word, "connect") != 0 &&
	    strcmp(word, "listen") != 0)
		return refuse_mode(words, count, options,
		                   o->mode == ENDPOINT_LISTEN, e);
	o->mode = *word == 'l' ? ENDPOINT_LISTEN : ENDPOINT_CONNECT;
	return 0;
}

/* Refuse "--retry 5": its number would be the host. */
static int refuse_lone_number(const struct options *o, struct error *e)
{
	const char *word = o->operand_count > 1 ? o->operands[0] : "";
	if (o->retry != RETRY_ENDLESS || !*word ||
	    word[strspn(word, "0123456789")])
		return 0;
	return error_set(e, "option --retry: write --retry=%.20s", word);
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

/* A proxy that a file names concerns TCP alone. */
static int check_proxy(const struct options *o, struct error *e)
{
	const struct proxy_settings *p = &o->dial.proxy;
	const struct endpoint *peer = *o->forward ? &o->target : &o->endpoint;
	bool is_asked =
	    o->sources[options_find("proxy")] == SOURCE_COMMAND_LINE;
	if (!p->kind || (peer->scheme != ENDPOINT_TCP && !is_asked))
		return 0;
	return check_service(&p->endpoint, e) || proxy_check(p, peer, e) ? -1
	                                                                 : 0;
}

static int check_families(const bool *given, struct error *e)
{
	if (!given[options_find("ipv4")] || !given[options_find("ipv6")])
		return 0;
	return error_set(e, "options -4 and -6 cannot be used together: "
	                    "without them sockchat uses both");
}

static int take_option(struct options *o, const struct option_rule *r,
                       bool *given, struct error *e)
{
	char name[64];
	given[r - option_rule(0)] = true;
	option_name_flag(r, name, sizeof(name));
	return option_apply(o, r, name, optarg, SOURCE_COMMAND_LINE, e);
}

/* Take the options, up to the word at `optind`. */
static int take_options(struct options *o, int argc, char *const *argv,
                        bool *given, struct error *e)
{
	char letters[2 * OPTIONS_MAX + 2];
	struct option longs[OPTIONS_MAX + 1];
	make_getopt(letters, longs);
	opterr = 0;
	optind = 0; /* start anew: GNU getopt_long(3) */
	while (1) {
		int at = optind ? optind : 1;
		int found = getopt_long(argc, argv, letters, longs, NULL);
		if (found == -1)
			return 0;
		const struct option_rule *r =
		    found == '?' || found == ':' ? NULL : rule_of(found);
		int last = optind > at ? optind - 1 : at;
		if (!r)
			return explain_getopt(found, argv[last], argc, argv, e);
		if (has_own_value(argv[last]) && is_one_dash(argv[last]))
			return refuse_one_dash(argv[last], e);
		if (take_option(o, r, given, e))
			return -1;
	}
}

int options_parse(struct options *o, int argc, char *const *argv,
                  struct error *e)
{
	bool given[OPTIONS_MAX] = { false };
	options_init(o);
	if (take_options(o, argc, argv, given, e))
		return -1;
	o->crlf_given = given[options_find("crlf")];
	o->eol_given = given[options_find("eol")];
	if (o->help || o->version)
		return 0;
	/* a program may be started without any word, not even its name */
	size_t words = optind < argc ? (size_t)(argc - optind) : 0;
	if (find_misplaced(o, given, ENDPOINT_CONNECT)) /* if none is named */
		o->mode = ENDPOINT_LISTEN;
	if (parse_mode(o, argv + optind, words, (size_t)optind - 1, e) ||
	    check_mode(o, given, e) || check_families(given, e) ||
	    options_check(o, e))
		return -1;
	o->operands = (const char *const *)argv + optind + 1;
	o->operand_count = words - 1;
	return 0;
}

static bool is_asked(const struct options *o, const char *name)
{
	return o->sources[options_find(name)] == SOURCE_COMMAND_LINE;
}

/* Whether the operand is the path of a unix socket without saying so.  A URL
 * wins over a file that says `unix`, not over --unix. */
static bool is_plain_path(const struct options *o)
{
	uint8_t source = o->sources[options_find("unix")];
	return o->is_unix && (source == SOURCE_COMMAND_LINE ||
	                      !o->operand_count ||
	                      (!strstr(o->operands[0], "://") &&
	                       strncasecmp(o->operands[0], "fd:", 3) != 0));
}

/* Put TLS on top, if an option wants it.  A URL that says tcp:// wins over a
 * file, not over --tls. */
static int put_tls(struct options *o, struct error *e)
{
	const char *word = o->operand_count ? o->operands[0] : "";
	const char *name = o->is_tls ? "tls" : "tls-auto";
	char safe[80];
	options_put_scheme(o, o->mode, word, &o->endpoint);
	if (o->endpoint.is_tls || !options_wants_tls(o, o->mode, "") ||
	    !is_asked(o, name))
		return 0;
	glyph_copy(safe, sizeof(safe), word, GLYPH_ANY_WIDTH);
	return error_set(e, "--%s and %s contradict each other: leave out one "
	                    "of them", name, safe);
}

void options_put_scheme(const struct options *o, enum endpoint_mode mode,
                        const char *word, struct endpoint *ep)
{
	options_put_udp(o, word, ep);
	if (!endpoint_has_datagrams(ep) && options_wants_tls(o, mode, word))
		ep->is_tls = true;
}

/* Make UDP of `ep`, which was written as `word`, if --udp wants it.  A URL wins
 * over a file, not over --udp.  -1 with a sentence. */
static int put_udp(const struct options *o, struct endpoint *ep,
                   const char *word, struct error *e)
{
	char safe[80];
	options_put_udp(o, word, ep);
	if (!o->is_udp || endpoint_has_datagrams(ep) || !is_asked(o, "udp"))
		return 0;
	glyph_copy(safe, sizeof(safe), word, GLYPH_ANY_WIDTH);
	return error_set(e, "--udp and %s contradict each other: leave out one "
	                    "of them", o->is_unix ? "--unix" : safe);
}

/* Refuse "ssl HOST PORT", which telnet-ssl has behind -z. */
static int refuse_telnet_ssl(const struct options *o, struct error *e)
{
	const char *word = o->operand_count == 3 ? o->operands[0] : "";
	if (strcmp(word, "ssl") != 0 && strcmp(word, "tls") != 0)
		return 0;
	return error_set(e, "for TLS write --tls in place of '%s': sockchat "
	                    "%s --tls %.80s %.20s", word,
	                 o->mode == ENDPOINT_LISTEN ? "listen" : "connect",
	                 o->operands[1], o->operands[2]);
}

/* Only what goes from a client to a target can be held. */
static int check_hold(const struct options *o, struct error *e)
{
	int row = options_find("hold");
	if (!o->hold || *o->forward || o->sources[row] != SOURCE_COMMAND_LINE)
		return 0;
	error_set(e, "option --hold needs --forward ENDPOINT: it holds what "
	             "passes between clients and a server");
	error_set_hint(e, "sockchat listen 9999 --forward 127.0.0.1:9998 "
	                  "--hold both");
	return -1;
}

/* Read the endpoint of --forward.  -1 with a sentence. */
static int take_target(struct options *o, struct error *e)
{
	const char *word = o->forward;
	struct error why;
	if (!*word)
		return 0;
	if (!endpoint_parse(&o->target, ENDPOINT_CONNECT, &word, 1, &why))
		return put_udp(o, &o->target, word, e) ||
		       check_service(&o->target, e) ? -1 : 0;
	error_set(e, "option --forward: %s", why.text);
	error_set_hint(e, "%s", why.hint);
	return -1;
}

/* Without an operand a listener takes what a service manager has given.  -1
 * with a sentence. */
static int take_endpoint(struct options *o, struct error *e)
{
	bool may_be_given = o->mode == ENDPOINT_LISTEN && !o->operand_count;
	int given = may_be_given ? service_sockets(&o->endpoint, e) : 0;
	if (given)
		return given < 0 ? -1 : 0;
	return is_plain_path(o)
	           ? endpoint_parse_unix(&o->endpoint, o->operands,
	                                 o->operand_count, e)
	           : endpoint_parse(&o->endpoint, o->mode, o->operands,
	                            o->operand_count, e);
}

int options_take_operands(struct options *o, struct error *e)
{
	if (refuse_lone_number(o, e) || refuse_telnet_ssl(o, e))
		return -1;
	if (take_endpoint(o, e) ||
	    put_udp(o, &o->endpoint,
	            o->operand_count ? o->operands[0] : "LISTEN_FDS", e) ||
	    take_target(o, e) || option_check_kinds(o, e) || check_hold(o, e) ||
	    put_tls(o, e) || option_check_tls(o, e) ||
	    option_check_replay(o, e) || check_service(&o->endpoint, e))
		return -1;
	return check_proxy(o, e);
}
