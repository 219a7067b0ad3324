/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The value of an option: read from what a user wrote, and told. */

#include <stdio.h>
#include <string.h>

#include <sockchat/glyph.h>
#include <sockchat/number.h>

#include "options_private.h"

bool option_needs_value(const struct option_rule *r)
{
	return r->row.arg && *r->row.arg != '[' && r->type != TYPE_SET;
}

/* Reading a value */

void *option_member(struct options *o, const struct option_rule *r)
{
	return (char *)o + r->offset;
}

void option_set_default(struct options *o, const struct option_rule *r)
{
	memcpy(option_member(o, r),
	       (const char *)&option_defaults + r->offset, r->size);
}

const char *option_wanted(const struct option_rule *r, char *list, size_t cap)
{
	switch (r->type) {
	case TYPE_CHOICE:
		choice_list(r->choices, list, cap);
		return list;
	case TYPE_DURATION:
		return "a time (at most 10 days): 2, 1.5, 500ms, 2m";
	case TYPE_LINGER:
		return "a time (at most 10 days): 2, 1.5, 500ms, 2m, inf";
	case TYPE_COUNT:
		return "a number from 1 to 1000000";
	case TYPE_RETRY:
		return "a number of tries from 1 to 1000000, on or off";
	case TYPE_LINES:
		return "lines of about 1000 bytes at most, all together";
	case TYPE_SIZE:
		return "a size: 65536, 64k, 16M, 1G";
	case TYPE_MODE:
		return "a mode from 0 to 0777, as chmod takes it: 0660";
	case TYPE_WORD:
		return word_wanted((enum option_word)r->value);
	default:
		return "on or off";
	}
}

/* A switch without a value is on. */
static bool set_switch(bool *to, const char *value)
{
	static const struct choice words[] = {
		{ "on", 1 }, { "off", 0 }, { "yes", 1 }, { "no", 0 },
		{ NULL, 0 },
	};
	int found = value ? choice_find(words, value) : 1;
	*to = found == 1;
	return found >= 0;
}

static bool set_shared(struct options *o, const struct option_rule *r,
                       const char *value)
{
	int *to = option_member(o, r);
	bool is_on;
	if (!set_switch(&is_on, value))
		return false;
	if (is_on)
		*to = r->value;
	else if (*to == r->value)
		option_set_default(o, r);
	return true;
}

static bool set_choice(const struct option_rule *r, int *to, const char *value)
{
	int found = choice_find(r->choices, value);
	if (found >= 0)
		*to = found;
	return found >= 0;
}

static bool set_retry(long *to, const char *value)
{
	bool is_on;
	if (value && number_parse(value, 1, 1000000, to))
		return true;
	if (!set_switch(&is_on, value))
		return false;
	*to = is_on ? RETRY_ENDLESS : 0;
	return true;
}

static bool add_value_line(char *to, const char *value)
{
	size_t len = strlen(to), more = strlen(value);
	if (len + more + 2 > ON_CONNECT_MAX)
		return false;
	snprintf(to + len, ON_CONNECT_MAX - len, "%s\n", value);
	return true;
}

static bool set_mode(unsigned *to, const char *value)
{
	unsigned mode = 0;
	if (!*value || value[strspn(value, "01234567")])
		return false;
	for (; *value && mode <= 0777; value++)
		mode = mode * 8 + (unsigned)(*value - '0');
	if (mode <= 0777)
		*to = mode;
	return mode <= 0777;
}

static bool set_word(struct options *o, const struct option_rule *r,
                     const char *value)
{
	char *to = option_member(o, r);
	if (!word_read((enum option_word)r->value, to, r->size, value))
		return false;
	if (r->value == WORD_SNI)
		o->tls.has_sni = true;
	return true;
}

/* Why it is none is told by whoever refuses it. */
static bool set_proxy(struct proxy_settings *to, const char *value)
{
	struct error why;
	return proxy_parse(to, value, &why) == 0;
}

/* Likewise. */
static bool set_frame(struct frame *to, const char *value)
{
	struct error why;
	return frame_parse(to, value, &why) == 0;
}

bool option_set_value(struct options *o, const struct option_rule *r,
                      const char *value)
{
	void *to = option_member(o, r);
	switch (r->type) {
	case TYPE_SET:
		return set_switch(to, value);
	case TYPE_VALUE:
		return set_shared(o, r, value);
	case TYPE_CHOICE:
		return set_choice(r, to, value);
	case TYPE_LINGER:
		if (strcmp(value, "inf") == 0)
			return *(int64_t *)to = LINGER_FOREVER, true;
		return number_parse_duration(value, to);
	case TYPE_DURATION:
		return number_parse_duration(value, to);
	case TYPE_COUNT:
		return number_parse(value, 1, 1000000, to);
	case TYPE_RETRY:
		return set_retry(to, value);
	case TYPE_PROXY:
		return set_proxy(to, value);
	case TYPE_FRAME:
		return set_frame(to, value);
	case TYPE_LINES:
		return add_value_line(to, value);
	case TYPE_SIZE:
		return number_parse_size(value, to);
	case TYPE_MODE:
		return set_mode(to, value);
	case TYPE_TEXT:
		*(const char **)to = value;
		return true;
	case TYPE_WORD:
		return set_word(o, r, value);
	}
	return false;
}

/* Telling a value */

static void tell_size(char *out, size_t cap, size_t bytes)
{
	static const char *const units[] = { "", "k", "M", "G" };
	size_t unit = 0;
	while (bytes && bytes % 1024 == 0 && unit < 3) {
		bytes /= 1024;
		unit++;
	}
	snprintf(out, cap, "%zu%s", bytes, units[unit]);
}

static void tell_duration(char *out, size_t cap, int64_t ms)
{
	if (ms == LINGER_FOREVER)
		snprintf(out, cap, "inf");
	else if (ms % 1000)
		snprintf(out, cap, "%lldms", (long long)ms);
	else
		snprintf(out, cap, "%lld", (long long)ms / 1000);
}

/* The names of frames. */
static const struct choice *frame_choices(void)
{
	static struct choice list[FRAME_KINDS_MAX + 1];
	for (size_t i = 0; frame_kind(i) && !list[i].name; i++)
		list[i] = (struct choice){ frame_kind(i)->name, (int)i };
	return list;
}

const struct choice *options_choices(size_t i)
{
	const struct option_rule *r = option_rule(i);
	if (r->type == TYPE_FRAME)
		return frame_choices();
	bool is_switch = r->type == TYPE_SET || r->type == TYPE_VALUE;
	return is_switch ? on_off_choices : r->choices;
}

bool option_is_default(const struct options *o, const struct option_rule *r)
{
	return memcmp((const char *)o + r->offset,
	              (const char *)&option_defaults + r->offset, r->size) == 0;
}

/* Lines as words with a comma between them; NULL for none, and two quotes for
 * one that is empty. */
static const char *join_lines(char out[ON_CONNECT_MAX], const char *lines)
{
	if (!*lines)
		return NULL;
	size_t len = strlen(lines) - 1;
	if (!len)
		return "''";
	memcpy(out, lines, len);
	out[len] = '\0';
	for (char *end = out; (end = strchr(end, '\n'));)
		*end = ',';
	return out;
}

static const char *proxy_url(char out[PROXY_URL_MAX],
                             const struct proxy_settings *p)
{
	proxy_format(p, out);
	return *out ? out : NULL;
}

/* The frame as a SPEC. */
static const char *frame_spec(char out[FRAME_SPEC_MAX], const struct frame *f)
{
	frame_format(f, out);
	return out;
}

#define VALUE_MAX PROXY_URL_MAX
_Static_assert(VALUE_MAX >= ON_CONNECT_MAX && VALUE_MAX >= FRAME_SPEC_MAX,
               "VALUE_MAX is too small");

/* The word for the value at `at`; NULL: it is a number. */
static const char *value_word(const struct option_rule *r, const void *at,
                              char room[VALUE_MAX])
{
	const int *number = at;
	const long *count = at;
	switch (r->type) {
	case TYPE_CHOICE:
		return choice_name(r->choices, *number);
	case TYPE_VALUE:
		return *number == r->value ? "on" : "off";
	case TYPE_SET:
		return *(const bool *)at ? "on" : "off";
	case TYPE_RETRY:
		return !*count                    ? "off"
		       : *count == RETRY_ENDLESS ? "on"
		                                  : NULL;
	case TYPE_TEXT:
		return *(char *const *)at;
	case TYPE_LINES:
		return join_lines(room, at);
	case TYPE_WORD:
		return *(const char *)at ? at : NULL;
	case TYPE_PROXY:
		return proxy_url(room, at);
	case TYPE_FRAME:
		return frame_spec(room, at);
	default:
		return NULL;
	}
}

/* The values of both directions; once, if they are the same. */
static void tell_both(const struct options *o, size_t i, char *out, size_t cap)
{
	char other[VALUE_MAX];
	options_value(o, i - 1, other, sizeof(other));
	options_value(o, i - 2, out, cap);
	if (strcmp(out, other) != 0)
		text_add(out, cap, " in, %s out", other);
}

void options_value(const struct options *o, size_t i, char *out, size_t cap)
{
	char room[VALUE_MAX];
	const struct option_rule *r = option_rule(i);
	if (r->flags & BOTH_WAYS) {
		tell_both(o, i, out, cap);
		return;
	}
	const void *at = (const char *)o + r->offset;
	const char *word = value_word(r, at, room);
	if (word)
		glyph_copy(out, cap, word, GLYPH_ANY_WIDTH);
	else if (r->type == TYPE_SIZE)
		tell_size(out, cap, *(const size_t *)at);
	else if (r->type == TYPE_MODE)
		snprintf(out, cap, "%04o", *(const unsigned *)at);
	else if (option_is_default(o, r))
		snprintf(out, cap, "default");
	else if (r->type == TYPE_WORD)
		snprintf(out, cap, "''");
	else if (r->type == TYPE_COUNT || r->type == TYPE_RETRY)
		snprintf(out, cap, "%ld", *(const long *)at);
	else
		tell_duration(out, cap, *(const int64_t *)at);
}
