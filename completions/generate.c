/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Part of the build: fills in what a shell has to know of the options.  The
 * shells' own code is beside this file; what stands there between two @ is
 * replaced by what the tables say. */

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/endpoint.h>
#include <sockchat/proxy.h>
#include <sockchat/sink.h>

#include "../src/options/options_private.h"

#define WORD_LEN_MAX 64
#define WORDS_MAX    80

/* The words that may stand in one place. */
struct words {
	char list[WORDS_MAX][WORD_LEN_MAX];
	const char *help[WORDS_MAX]; /* or NULL */
	size_t count;
	const char *kind; /* what else may: "files", "interfaces", "profiles",
	                   * "hosts", "recordings"; or "" */
};

__attribute__((format(printf, 3, 4)))
static void add(struct words *w, const char *help, const char *format, ...)
{
	va_list ap;
	if (w->count == WORDS_MAX)
		abort();
	va_start(ap, format);
	vsnprintf(w->list[w->count], WORD_LEN_MAX, format, ap);
	va_end(ap);
	w->help[w->count++] = help;
}

static void add_endpoints(struct words *w, enum endpoint_mode mode)
{
	const char *word;
	for (size_t i = 0; (word = endpoint_beginning(mode, i)); i++)
		add(w, NULL, "%s", word);
	w->kind = "hosts";
}

static void add_proxies(struct words *w)
{
	for (enum proxy_kind k = PROXY_NONE + 1; k <= PROXY_HTTP; k++)
		add(w, NULL, "%s://", proxy_scheme(k));
}

static void add_frames(struct words *w)
{
	const struct frame_kind *k;
	for (size_t i = 0; (k = frame_kind(i)); i++)
		add(w, k->help, "%s%s", k->name,
		    k->arg == FRAME_ARG_NONE ? "" : ":");
}

static void add_formats(struct words *w)
{
	for (size_t i = 0; sink_formats[i]; i++)
		add(w, NULL, "%s:", sink_formats[i]->name);
	w->kind = "recordings";
}

/* Each value by its first name. */
static void add_choices(struct words *w, const struct choice *list)
{
	for (size_t i = 0; list && list[i].name; i++)
		if (choice_name(list, list[i].value) == list[i].name)
			add(w, NULL, "%s", list[i].name);
}

/* Of what is taken as it stands. */
static void add_forms(struct words *w, const struct option_rule *r)
{
	switch (r->value) {
	case WORD_PATH:
		w->kind = "files";
		break;
	case WORD_DEVICE:
		w->kind = "interfaces";
		break;
	case WORD_ENDPOINT:
		add_endpoints(w, ENDPOINT_CONNECT);
		break;
	default:
		break;
	}
}

/* What the value of row `i` may be. */
static struct words words_of(size_t i)
{
	const struct option_rule *r = option_rule(i);
	struct words w = { .count = 0, .kind = "" };
	switch (r->type) {
	case TYPE_WORD:
		add_forms(&w, r);
		break;
	case TYPE_TEXT: /* of the command line alone: FILE or NAME */
		w.kind = *r->row.arg == 'F' ? "files" : "profiles";
		break;
	case TYPE_RECORD:
		w.kind = "files";
		if (r->value == RECORD_AS_NAMED)
			add_formats(&w);
		break;
	case TYPE_PROXY:
		add_proxies(&w);
		break;
	case TYPE_FRAME:
		add_frames(&w);
		break;
	case TYPE_LINGER:
		add(&w, NULL, "inf");
		break;
	default:
		add_choices(&w, options_choices(i));
		break;
	}
	return w;
}

/* A value that may be left out stands behind a "=" alone. */
static bool is_optional(const struct option_rule *r)
{
	return r->row.arg && *r->row.arg == '[';
}

static bool has_value(const struct option_rule *r)
{
	return r->row.arg && !is_optional(r);
}

static bool is_list(const struct option_rule *r)
{
	return r->type == TYPE_LINES || r->type == TYPE_RECORD ||
	       r->type == TYPE_FAULT || r->type == TYPE_ACCESS ||
	       r->type == TYPE_GROUPS;
}

/* Whether the row is for one of both modes: MODE_CONNECT or MODE_LISTEN; or for
 * both: MODE_BOTH. */
static unsigned mode_of(const struct option_rule *r)
{
	return r->flags & TARGET ? MODE_BOTH
	                         : r->flags & (MODE_CONNECT | MODE_LISTEN);
}

/* Text within single quotes, where the shell needs `escape` for one, and a
 * backslash in front of each of `special`. */
static void put_text(const char *text, const char *escape, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs(escape, stdout);
		else if (strchr(special, *text))
			printf("\\%c", *text);
		else
			putchar(*text);
	}
}

static void put_words(const struct words *w)
{
	for (size_t i = 0; i < w->count; i++)
		printf("%s%s", i ? " " : "", w->list[i]);
}

static void put_connect_endpoints(void)
{
	struct words w = { .count = 0 };
	add_endpoints(&w, ENDPOINT_CONNECT);
	put_words(&w);
}

static void put_listen_endpoints(void)
{
	struct words w = { .count = 0 };
	add_endpoints(&w, ENDPOINT_LISTEN);
	put_words(&w);
}

/* bash */

static void put_bash_options(unsigned mode)
{
	const struct option_rule *r;
	for (size_t i = 0; (r = option_rule(i)); i++) {
		if (mode_of(r) != mode)
			continue;
		if (r->row.letter)
			printf("-%c ", r->row.letter);
		printf("--%s ", r->row.name);
	}
}

static void put_bash_both(void)
{
	put_bash_options(MODE_BOTH);
}

static void put_bash_connect(void)
{
	put_bash_options(MODE_CONNECT);
}

static void put_bash_listen(void)
{
	put_bash_options(MODE_LISTEN);
}

/* The letters that take a word. */
static void put_bash_letters(void)
{
	const struct option_rule *r;
	for (size_t i = 0; (r = option_rule(i)); i++)
		if (r->row.letter && has_value(r))
			putchar(r->row.letter);
}

/* The rows of a case: what each option takes. */
static void put_bash_values(void)
{
	const struct option_rule *r;
	for (size_t i = 0; (r = option_rule(i)); i++) {
		if (!r->row.arg)
			continue;
		struct words w = words_of(i);
		if (r->row.letter)
			printf("\t-%c | ", r->row.letter);
		printf("%s--%s%s) kind='%s' list='", r->row.letter ? "" : "\t",
		       r->row.name, is_optional(r) ? "=" : "", w.kind);
		put_words(&w);
		printf("' ;;\n");
	}
}

/* zsh */

/* What completes the value: a function, which begins by a blank if _arguments
 * is to add nothing to its words. */
static void put_zsh_action(size_t i)
{
	struct words w = words_of(i);
	putchar(' ');
	if (w.count || *w.kind)
		printf("_sockchat_%s", *w.kind ? w.kind : "words");
	for (size_t j = 0; j < w.count; j++) {
		putchar(' ');
		put_text(w.list[j], "", ":");
	}
}

static void put_zsh_name(const struct option_rule *r)
{
	const char *sign = is_optional(r) ? "=-" : has_value(r) ? "=" : "";
	const char *star = is_list(r) ? "*" : "";
	if (r->row.letter && is_list(r))
		printf("\\*{-%c+,--%s=}", r->row.letter, r->row.name);
	else if (r->row.letter)
		printf("'(-%c --%s)'{-%c%s,--%s%s}", r->row.letter, r->row.name,
		       r->row.letter, has_value(r) ? "+" : "", r->row.name,
		       sign);
	else
		printf("'%s--%s%s'", star, r->row.name, sign);
}

static void put_zsh_options(unsigned mode)
{
	const struct option_rule *r;
	for (size_t i = 0; (r = option_rule(i)); i++) {
		if (mode_of(r) != mode)
			continue;
		printf("\t\t");
		put_zsh_name(r);
		printf("'[");
		put_text(r->row.help, "'\\''", "[]:\\");
		putchar(']');
		if (r->row.arg) {
			printf(is_optional(r) ? "::" : ":");
			put_text(r->row.name, "", "");
			putchar(':');
			put_zsh_action(i);
		}
		printf("'\n");
	}
}

static void put_zsh_both(void)
{
	put_zsh_options(MODE_BOTH);
}

static void put_zsh_connect(void)
{
	put_zsh_options(MODE_CONNECT);
}

static void put_zsh_listen(void)
{
	put_zsh_options(MODE_LISTEN);
}

/* fish */

static void put_fish_condition(unsigned mode)
{
	if (mode != MODE_BOTH)
		printf(" -n 'not __fish_seen_subcommand_from %s'",
		       mode == MODE_CONNECT ? "listen" : "connect");
}

/* Words, each with what it means behind a tab, or a command that prints
 * them. */
static void put_fish_words(const struct words *w)
{
	bool is_file = strcmp(w->kind, "files") == 0;
	if (is_file || (!w->count && !*w->kind))
		return;
	printf(" -a '");
	for (size_t i = 0; i < w->count; i++) {
		printf("%s%s", i ? " " : "", w->list[i]);
		if (w->help[i]) {
			printf("\\t\"");
			put_text(w->help[i], "\\'", "\\\"$");
			putchar('"');
		}
	}
	if (*w->kind)
		printf("%s(__sockchat_%s)", w->count ? " " : "", w->kind);
	putchar('\'');
}

static void put_fish_options(void)
{
	const struct option_rule *r;
	for (size_t i = 0; (r = option_rule(i)); i++) {
		struct words w = { .kind = "" };
		printf("complete -c sockchat");
		put_fish_condition(mode_of(r));
		if (r->row.letter)
			printf(" -s %c", r->row.letter);
		printf(" -l %s", r->row.name);
		if (r->row.arg)
			w = words_of(i);
		if (has_value(r))
			printf(strcmp(w.kind, "files") == 0 ? " -r -F" : " -x");
		printf(" -d '");
		put_text(r->row.help, "\\'", "\\");
		putchar('\'');
		if (r->row.arg)
			put_fish_words(&w);
		putchar('\n');
	}
}

/* The options that take a word, as an expression. */
static void put_fish_valued(void)
{
	const struct option_rule *r;
	const char *bar = "";
	for (size_t i = 0; (r = option_rule(i)); i++) {
		if (!has_value(r))
			continue;
		printf("%s--%s", bar, r->row.name);
		bar = "|";
		if (r->row.letter)
			printf("|-[^-]*%c", r->row.letter);
	}
}

/* What stands between two @, and what replaces it. */
static const struct hole {
	const char *name;
	void (*put)(void);
} holes[] = {
	{ "connect-endpoints", put_connect_endpoints },
	{ "listen-endpoints", put_listen_endpoints },
	{ "bash-both", put_bash_both },
	{ "bash-connect", put_bash_connect },
	{ "bash-listen", put_bash_listen },
	{ "bash-letters", put_bash_letters },
	{ "bash-values", put_bash_values },
	{ "zsh-both", put_zsh_both },
	{ "zsh-connect", put_zsh_connect },
	{ "zsh-listen", put_zsh_listen },
	{ "fish-options", put_fish_options },
	{ "fish-valued", put_fish_valued },
};

static const struct hole *find_hole(const char *at)
{
	for (size_t i = 0; i < sizeof(holes) / sizeof(holes[0]); i++) {
		size_t len = strlen(holes[i].name);
		if (strncmp(at + 1, holes[i].name, len) == 0 &&
		    at[len + 1] == '@')
			return &holes[i];
	}
	return NULL;
}

static void put_line(const char *line)
{
	const struct hole *hole;
	for (const char *at = line; *at; at++) {
		if (*at != '@' || !(hole = find_hole(at))) {
			putchar(*at);
			continue;
		}
		hole->put();
		at += strlen(hole->name) + 1;
	}
}

/* Copy standard input to standard output, with its holes filled. */
int main(void)
{
	char line[1024];
	while (fgets(line, sizeof(line), stdin))
		put_line(line);
	return ferror(stdin) || fflush(stdout) || ferror(stdout);
}
