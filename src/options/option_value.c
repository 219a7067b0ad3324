/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The value of an option: read from what a user wrote, and told. */

#include <stdio.h>
#include <string.h>

#include <sockchat/glyph.h>
#include <sockchat/number.h>

#include "option_socket.h"
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

static long count_max(const struct option_rule *r)
{
	return r->value ? r->value : 1000000;
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
		snprintf(list, cap, "a number from 1 to %ld", count_max(r));
		return list;
	case TYPE_RETRY:
		return "a number of tries from 1 to 1000000, on or off";
	case TYPE_LINES:
		return "a line (all lines together: about 1000 bytes)";
	case TYPE_RECORD:
		return "the name of a file (all names together: about 2000 "
		       "bytes)";
	case TYPE_SIZE:
		return "a size: 65536, 64k, 16M, 1G";
	case TYPE_MODE:
		return "a mode from 0 to 0777, as chmod takes it: 0660";
	case TYPE_SOCKET:
		return option_socket_wanted((enum socket_setting)r->value);
	case TYPE_KEEPALIVE:
		return "on, off, or IDLE,INTERVAL,COUNT: seconds of silence "
		       "(at most 32767), seconds between probes, and probes "
		       "(at most 127): 60,10,6";
	case TYPE_PORT:
		return "a port: a number from 0 to 65535, or a service's name";
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

/* One that may be left out stands in the row. */
static bool set_choice(const struct option_rule *r, int *to, const char *value)
{
	int found = value ? choice_find(r->choices, value) : r->value;
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

static bool add_value_line(char *to, size_t cap, const char *before,
                           const char *value)
{
	return text_add(to, cap, "%s%s\n", before, value);
}

static bool add_recording(char *to, size_t cap, int as, const char *value)
{
	static const char *const formats[] = {
		[RECORD_AS_NAMED] = "",
		[RECORD_AS_TEXT] = "text:",
		[RECORD_AS_HEX] = "hex:",
	};
	return *value && !strchr(value, '\n') &&
	       add_value_line(to, cap, formats[as], value);
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

/* Likewise. */
static bool add_faults(struct fault_spec *to, const char *value)
{
	struct error why;
	return fault_parse(to, value, &why) == 0;
}

/* Likewise. */
static bool add_networks(struct access_list *to, const char *value)
{
	struct error why;
	return access_parse(to, value, &why) == 0;
}

/* One that is switched on has the default's numbers. */
static bool set_keepalive(struct options *o, const struct option_rule *r,
                          const char *value)
{
	bool is_on;
	if (!set_switch(&is_on, value))
		return option_read_probes(option_member(o, r), value);
	option_set_default(o, r);
	*(int *)option_member(o, r) = is_on;
	return true;
}

static bool set_port(unsigned *to, const char *value)
{
	long number;
	if (!number_parse(value, 0, 65535, &number)) {
		bool is_name = value[strspn(value, "0123456789")];
		number = is_name ? endpoint_service(ENDPOINT_TCP, value) : 0;
		if (!number)
			return false;
	}
	*to = (unsigned)number;
	return true;
}

/* Likewise. */
static bool add_groups(struct multicast *to, const char *value)
{
	struct error why;
	return multicast_parse(to, value, &why) == 0;
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
		return number_parse(value, 1, count_max(r), to);
	case TYPE_RETRY:
		return set_retry(to, value);
	case TYPE_PROXY:
		return set_proxy(to, value);
	case TYPE_FRAME:
		return set_frame(to, value);
	case TYPE_FAULT:
		return add_faults(to, value);
	case TYPE_ACCESS:
		return add_networks(to, value);
	case TYPE_GROUPS:
		return add_groups(to, value);
	case TYPE_LINES:
		return add_value_line(to, r->size, "", value);
	case TYPE_RECORD:
		return add_recording(to, r->size, r->value, value);
	case TYPE_SIZE:
		return number_parse_size(value, to);
	case TYPE_MODE:
		return set_mode(to, value);
	case TYPE_TEXT:
		*(const char **)to = value;
		return true;
	case TYPE_SOCKET:
		return option_read_socket((enum socket_setting)r->value, to,
		                          value);
	case TYPE_KEEPALIVE:
		return set_keepalive(o, r, value);
	case TYPE_PORT:
		return set_port(to, value);
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

/* How the words of faults begin. */
static const struct choice *fault_choices(void)
{
	static struct choice list[FAULT_OFFERED_MAX + 1];
	for (size_t i = 0; fault_word_offered(i) && !list[i].name; i++)
		list[i] = (struct choice){ fault_word_offered(i), (int)i };
	return list;
}

const struct choice *options_choices(size_t i)
{
	const struct option_rule *r = option_rule(i);
	if (r->type == TYPE_FRAME)
		return frame_choices();
	if (r->type == TYPE_FAULT)
		return fault_choices();
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
static const char *join_lines(char out[RECORD_MAX], const char *lines)
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

#define VALUE_MAX RECORD_MAX
_Static_assert(VALUE_MAX >= ON_CONNECT_MAX && VALUE_MAX >= PROXY_URL_MAX &&
                   VALUE_MAX >= FRAME_SPEC_MAX,
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
	case TYPE_RECORD:
		return join_lines(room, at);
	case TYPE_WORD:
		return *(const char *)at ? at : NULL;
	case TYPE_PROXY:
		return proxy_url(room, at);
	case TYPE_FRAME:
		return frame_spec(room, at);
	case TYPE_FAULT:
		return fault_format(room, at), room;
	case TYPE_KEEPALIVE:
		return option_tell_keepalive(room, VALUE_MAX, at);
	default:
		return NULL;
	}
}

/* The values of both directions; once, if they are the same. */
static void tell_both(const struct options *o, size_t i, char *out, size_t cap)
{
	char other[VALUE_MAX];
	options_value(o, i + 2, other, sizeof(other));
	options_value(o, i + 1, out, cap);
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
	else if (r->type == TYPE_ACCESS)
		access_describe(out, cap, at);
	else if (r->type == TYPE_GROUPS)
		multicast_describe(out, cap, at);
	else if (r->type == TYPE_WORD)
		snprintf(out, cap, "''");
	else if (r->type == TYPE_SOCKET &&
	         r->value == SOCKET_USER_TIMEOUT)
		tell_duration(out, cap, *(const int *)at);
	else if (r->type == TYPE_SOCKET || r->type == TYPE_PORT)
		snprintf(out, cap, "%d", *(const int *)at);
	else if (r->type == TYPE_COUNT || r->type == TYPE_RETRY)
		snprintf(out, cap, "%ld", *(const long *)at);
	else
		tell_duration(out, cap, *(const int64_t *)at);
}
