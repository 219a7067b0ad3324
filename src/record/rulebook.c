/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A rule is a line that begins with the name of its kind, and the indented
 * lines under it: steps, each with the lines that go on with it. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/array.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>
#include <sockchat/options.h>

#include "chatfile_private.h"
#include "rulebook.h"

#define TEXT_MAX 120 /* bytes of a rule that are shown */

struct rule_reader {
	const struct rule_kind *kinds;
	struct rulebook *book;
	struct chat_lines lines;
	struct chat_reader reader; /* of the line that is read */
	bool has_step; /* the reader's has begun: it is the last rule's */
};

static int refuse(const struct rule_reader *r, size_t at, struct error *e,
                  const char *text)
{
	return chat_reader_refuse(&r->reader, at, e, "%s", text);
}

static int refuse_memory(const struct rule_reader *r, struct error *e)
{
	return error_set_errno(e, ENOMEM, "cannot read %s", r->book->name);
}

static struct rule *last_rule(const struct rule_reader *r)
{
	return r->book->count ? &r->book->rules[r->book->count - 1] : NULL;
}

/* Expressions */

int rule_read_expression(struct rule_reader *r, struct error *e)
{
	struct chat_reader *in = &r->reader;
	size_t at = in->line.at, wrong;
	struct error why;
	bytes_clear(&in->step.bytes);
	if (chat_line_char(&in->line) != '/')
		return refuse(r, at, e, "an expression must be here: /PING/");
	if (chat_read_expression(in, e))
		return -1;
	const struct bytes *b = &in->step.bytes;
	struct expression *x = expression_new((const char *)b->data, b->len,
	                                      &wrong, &why);
	if (!x)
		return chat_refuse_part(in->name, &in->line, at + 1 + wrong,
		                        &why, e);
	last_rule(r)->expression = x;
	return 0;
}

int rule_read_directed(struct rule_reader *r, struct error *e)
{
	struct chat_reader *in = &r->reader;
	size_t len = chat_reader_word(in);
	bool is_in = chat_reader_is_at(in, "in", len);
	if (!is_in && !chat_reader_is_at(in, "out", len))
		return refuse(r, in->line.at, e, "in or out must be here: out "
		              "goes to the target, in comes from it");
	last_rule(r)->dir = is_in ? ENTRY_IN : ENTRY_OUT;
	in->line.at += len;
	chat_reader_skip_blanks(in);
	return rule_read_expression(r, e);
}

int rule_read_change(struct rule_reader *r, struct error *e)
{
	struct chat_reader *in = &r->reader;
	if (rule_read_directed(r, e))
		return -1;
	if (chat_reader_is_at_end(in))
		return refuse(r, in->line.at, e, "the replacement must be "
		              "here: \"TEXT\", hex, pack or file");
	r->has_step = true;
	return chat_step_begin_items(in, CHAT_OUT, e);
}

static bool has_group(const struct expression *x, const char *name)
{
	long number;
	size_t group;
	const char *own;
	if (number_parse(name, 1, INT32_MAX, &number))
		return (size_t)number <= expression_groups(x);
	for (size_t i = 0; (own = expression_name(x, i, &group)); i++)
		if (strcmp(own, name) == 0)
			return true;
	return false;
}

/* Steps */

/* What no answer can have. */
static const char *why_no_step(const struct rule *rule,
                               const struct chat_step *s)
{
	if (!rule->kind->has_steps && s->kind != CHAT_BYTES)
		return "this cannot be a replacement: write \"TEXT\", hex, "
		       "pack or file";
	if (s->kind == CHAT_FRAME)
		return "a rule has no frame: --frame says how messages are "
		       "cut";
	if (s->peer)
		return "a rule has no peer number: it answers the peer whose "
		       "message it matched";
	if (s->has_pause)
		return "a rule has no recorded pause: use a line `wait SECS`";
	if (s->kind == CHAT_STARTTLS && s->side)
		return "starttls stands alone here: whoever connected is the "
		       "TLS client";
	if (s->side == CHAT_IN)
		return "< is what comes, and a rule says what is sent: write >";
	if (s->kind == CHAT_MATCH || s->kind == CHAT_ANY)
		return "this cannot be sent: > needs \"TEXT\", hex, pack, "
		       "file, fin or rst";
	return NULL;
}

static bool is_end(const struct chat_step *s)
{
	return s->kind == CHAT_FIN || s->kind == CHAT_RST;
}

/* The first group that the rule has not; NULL: it has all. */
static const struct chat_fill *unknown_group(const struct rule *rule,
                                             const struct chat_step *s)
{
	for (size_t i = 0; i < s->fill_count; i++)
		if (!has_group(rule->expression, s->fills[i].name))
			return &s->fills[i];
	return NULL;
}

static int check_groups(struct rule_reader *r, struct error *e)
{
	const struct chat_fill *fill = unknown_group(last_rule(r),
	                                             &r->reader.step);
	if (!fill)
		return 0;
	return line_refuse(r->reader.name,
	                   &(struct chat_line){ .number = fill->line },
	                   fill->column - 1, e,
	                   "the expression of this rule has no group %s: write "
	                   "\\${ for a plain ${", fill->name);
}

static int check_step(struct rule_reader *r, struct error *e)
{
	const struct chat_step *s = &r->reader.step;
	const struct rule *rule = last_rule(r);
	const struct chat_line line = { .number = s->item_line };
	const char *why = why_no_step(rule, s);
	if (rule->step_count && is_end(&rule->steps[rule->step_count - 1]))
		why = "nothing is sent after fin or rst";
	if (r->book->bytes + s->bytes.len > LIMIT_RULES)
		why = "all that rules send has more than 64 MiB";
	if (why)
		return line_refuse(r->reader.name, &line, s->item_column - 1,
		                   e, "%s", why);
	return check_groups(r, e);
}

/* Move the step into the last rule. */
static int keep_step(struct rule_reader *r, struct error *e)
{
	struct chat_reader *in = &r->reader;
	struct rule *rule = last_rule(r);
	struct chat_step *grown = array_grow(rule->steps, &rule->step_cap,
	                                     rule->step_count, sizeof(*grown));
	if (!grown)
		return refuse_memory(r, e);
	rule->steps = grown;
	grown[rule->step_count++] = in->step;
	r->book->bytes += in->step.bytes.len;
	in->step = (struct chat_step){ 0 };
	in->fills = NULL;
	in->fill_cap = 0;
	return 0;
}

static int end_step(struct rule_reader *r, struct error *e)
{
	if (!r->has_step)
		return 0;
	r->has_step = false;
	if (chat_step_end(&r->reader, e) || check_step(r, e))
		return -1;
	return keep_step(r, e);
}

/* Whether the line begins a step: it has a mark, or a word that needs none. */
static bool begins_step(const struct chat_reader *in)
{
	char c = chat_line_char(&in->line);
	size_t len = chat_reader_word(in);
	return (c && strchr("><[+", c)) || chat_reader_is_at(in, "wait", len) ||
	       chat_reader_is_at(in, "frame", len) ||
	       chat_reader_is_at(in, "starttls", len);
}

static int read_indented(struct rule_reader *r, struct error *e)
{
	const struct rule *rule = last_rule(r);
	chat_reader_skip_blanks(&r->reader);
	if (r->has_step && !begins_step(&r->reader))
		return chat_step_go_on(&r->reader, e);
	if (!rule || !rule->kind->has_steps)
		return refuse(r, 0, e, "this line is indented, but there is no "
		                       "rule with steps above it");
	if (end_step(r, e))
		return -1;
	r->has_step = true;
	return chat_step_begin(&r->reader, e);
}

/* Rules */

static const struct rule_kind *find_kind(const struct rule_reader *r)
{
	size_t len = chat_reader_word(&r->reader);
	const struct rule_kind *k = r->kinds;
	while (k->name && !chat_reader_is_at(&r->reader, k->name, len))
		k++;
	return k->name ? k : NULL;
}

static int refuse_kind(const struct rule_reader *r, struct error *e)
{
	char list[200] = "";
	if (begins_step(&r->reader))
		return refuse(r, r->reader.line.at, e, "a step must be "
		              "indented, under its rule");
	for (const struct rule_kind *k = r->kinds; k->name; k++)
		text_add(list, sizeof(list), "%s%s %s", *list ? ", " : "",
		         k->name, k->args);
	return chat_reader_refuse(&r->reader, r->reader.line.at, e,
	                          "this is not a rule: write %s", list);
}

static int add_rule(struct rule_reader *r, const struct rule_kind *kind,
                    struct error *e)
{
	struct rulebook *b = r->book;
	if (b->count == RULEBOOK_MAX)
		return chat_reader_refuse(&r->reader, 0, e, "a file has at "
		                          "most %d rules", RULEBOOK_MAX);
	struct rule *grown = array_grow(b->rules, &b->cap, b->count,
	                                sizeof(*grown));
	if (!grown)
		return refuse_memory(r, e);
	b->rules = grown;
	grown[b->count++] = (struct rule){
		.kind = kind, .line = r->reader.line.number, .dir = ENTRY_IN,
	};
	return 0;
}

/* Keep what stands behind the kind's name, as people read it. */
static int keep_text(struct rule_reader *r, size_t at, struct error *e)
{
	const struct chat_line *l = &r->reader.line;
	size_t end = l->at;
	char text[TEXT_MAX + 8];
	while (end > at && strchr(" \t", l->text[end - 1]))
		end--;
	glyph_copy_bytes(text, sizeof(text), (const uint8_t *)l->text + at,
	                 end - at, GLYPH_ANY_WIDTH);
	last_rule(r)->text = strdup(text);
	return last_rule(r)->text ? 0 : refuse_memory(r, e);
}

static int read_rule(struct rule_reader *r, struct error *e)
{
	struct chat_reader *in = &r->reader;
	const struct rule_kind *kind = find_kind(r);
	if (end_step(r, e))
		return -1;
	if (!kind)
		return refuse_kind(r, e);
	if (add_rule(r, kind, e))
		return -1;
	in->line.at += strlen(kind->name);
	chat_reader_skip_blanks(in);
	size_t at = in->line.at;
	if (kind->read(r, e) || keep_text(r, at, e))
		return -1;
	if (!chat_reader_is_at_end(in))
		return refuse(r, in->line.at, e, "nothing may follow here");
	return 0;
}

static int read_line(struct rule_reader *r, struct error *e)
{
	struct chat_line *l = &r->reader.line;
	if (chat_line_is_empty(l) || chat_line_is_comment(l))
		return 0;
	return chat_line_is_indented(l) ? read_indented(r, e)
	                                : read_rule(r, e);
}

/* Files */

static int read_all(struct rule_reader *r, struct error *e)
{
	int got;
	while ((got = chat_lines_next(&r->lines, &r->reader.line, e)) > 0)
		if (read_line(r, e))
			return -1;
	return got < 0 ? -1 : end_step(r, e);
}

/* Ends the reader.  NULL with a sentence. */
static struct rulebook *read_book(struct rule_reader *r, struct error *e)
{
	struct rulebook *b = r->book;
	r->reader.name = b->name;
	if (read_all(r, e)) {
		rulebook_free(b);
		b = NULL;
	}
	chat_lines_finish(&r->lines);
	chat_reader_finish(&r->reader);
	return b;
}

/* NULL with a sentence. */
static struct rulebook *new_book(const char *name, struct error *e)
{
	struct rulebook *b = calloc(1, sizeof(*b));
	const char *slash = strrchr(name, '/');
	if (b)
		b->name = strdup(name);
	if (b && b->name) {
		glyph_copy(b->shown, sizeof(b->shown), slash ? slash + 1 : name,
		           GLYPH_ANY_WIDTH);
		return b;
	}
	free(b);
	error_set_errno(e, ENOMEM, "cannot read %s", name);
	return NULL;
}

struct rulebook *rulebook_open(const char *path, const struct rule_kind *kinds,
                               struct error *e)
{
	struct rule_reader r = { .kinds = kinds, .book = new_book(path, e) };
	if (!r.book)
		return NULL;
	if (chat_lines_open(&r.lines, r.book->name, e)) {
		rulebook_free(r.book);
		return NULL;
	}
	r.reader.folder = chat_open_folder(path);
	struct rulebook *b = read_book(&r, e);
	if (r.reader.folder >= 0)
		close(r.reader.folder);
	return b;
}

struct rulebook *rulebook_open_text(const char *name, const void *text,
                                    size_t len, const struct rule_kind *kinds,
                                    struct error *e)
{
	struct rule_reader r = { .kinds = kinds, .book = new_book(name, e) };
	if (!r.book)
		return NULL;
	r.reader.folder = -1;
	chat_lines_text(&r.lines, r.book->name, text, len);
	return read_book(&r, e);
}

static void free_rule(struct rule *r)
{
	for (size_t i = 0; i < r->step_count; i++) {
		bytes_finish(&r->steps[i].bytes);
		free((struct chat_fill *)(uintptr_t)r->steps[i].fills);
	}
	expression_free(r->expression);
	free(r->steps);
	free(r->text);
}

void rulebook_free(struct rulebook *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->count; i++)
		free_rule(&b->rules[i]);
	free(b->rules);
	free(b->name);
	free(b);
}
