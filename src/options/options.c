/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who may set which option, and which options exclude each other. */

#include <stdio.h>
#include <string.h>

#include <sockchat/glyph.h>
#include <sockchat/spell.h>

#include "options_private.h"

void option_name_flag(const struct option_rule *r, char *out, size_t cap)
{
	if (r->row.letter)
		snprintf(out, cap, "-%c, --%s", r->row.letter, r->row.name);
	else
		snprintf(out, cap, "--%s", r->row.name);
}

/* Rows that share a member share a source: that of the first row that is about
 * one direction. */
size_t option_source_row(const struct option_rule *r)
{
	size_t i = 0;
	while (option_rule(i)->offset != r->offset ||
	       option_rule(i)->flags & BOTH_WAYS)
		i++;
	return i;
}

/* A message has to fit into the transcript, with others. */
static int check_frames(const struct options *o, struct error *e)
{
	struct error why;
	for (size_t i = 0; i < 2; i++) {
		if (!frame_check(&o->frames[i], o->scrollback / 4, &why))
			continue;
		error_set(e, "option --frame: %s", why.text);
		error_set_hint(e, "%s", why.hint);
		return -1;
	}
	return 0;
}

int options_check(struct options *o, struct error *e)
{
	static const char *const pairs[][2] = {
		{ "send-only", "recv-only" },
		{ "echo", "send-only" },
		{ "echo", "recv-only" },
		{ "forward", "echo" },
		{ "forward", "send-only" },
		{ "forward", "recv-only" },
		{ "rules", "send-only" },
		{ "rules", "recv-only" },
	};
	if (check_frames(o, e))
		return -1;
	if (o->echo + o->send_only + o->recv_only + !!*o->rules +
	        !!*o->forward < 2)
		return 0; /* as at most starts, which need no look-ups then */
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		int a = options_find(pairs[i][0]);
		int b = options_find(pairs[i][1]);
		const struct option_rule *rule_a = option_rule((size_t)a);
		const struct option_rule *rule_b = option_rule((size_t)b);
		unsigned from_a = o->sources[a], from_b = o->sources[b];
		if (option_is_default(o, rule_a) ||
		    option_is_default(o, rule_b))
			continue;
		if (from_a == from_b || from_a == SOURCE_RUN_TIME ||
		    from_b == SOURCE_RUN_TIME)
			return error_set(e, "options --%s and --%s cannot "
			                    "be used together", pairs[i][0],
			                 pairs[i][1]);
		option_set_default(o, from_a < from_b ? rule_a : rule_b);
	}
	return 0;
}

/* A replay sends what its file says, and nothing else does. */
int option_check_replay(struct options *o, struct error *e)
{
	const struct option_rule *r;
	uint8_t own = o->sources[options_find("replay")];
	for (size_t i = 0; *o->replay && (r = option_rule(i)); i++) {
		uint8_t other = o->sources[option_source_row(r)];
		if (!(r->flags & NO_REPLAY) || option_is_default(o, r))
			continue;
		if (own == other)
			return error_set(e, "options --replay and --%s cannot "
			                    "be used together", r->row.name);
		if (own < other)
			*o->replay = '\0';
		else
			option_set_default(o, r);
	}
	return 0;
}

/* Whether the command line gives it a value of its own. */
static bool is_given(const struct options *o, const struct option_rule *r)
{
	return o->sources[option_source_row(r)] == SOURCE_COMMAND_LINE &&
	       !option_is_default(o, r);
}

const struct option_rule *option_find_given(const struct options *o,
                                            unsigned flag)
{
	const struct option_rule *r;
	for (size_t i = 0; (r = option_rule(i)); i++)
		if (r->flags & flag && !(r->flags & BOTH_WAYS) &&
		    is_given(o, r))
			break;
	return r;
}

/* What would have to be sent twice, or is not in standard input. */
static int refuse_resending(const struct options *o, struct error *e)
{
	const struct option_rule *r = option_find_given(o, NO_PIPE);
	if (!r)
		return 0;
	return error_set(e, "option --%s does not work %s", r->row.name,
	                 o->zero ? "with -z, which connects once and sends "
	                           "nothing"
	                         : "in a pipe, which only sends standard "
	                           "input, and only once: use --ui lines or "
	                           "--json");
}

/* What is about messages, which a pipe has not, but for its recordings. */
static int refuse_messages(const struct options *o, struct error *e)
{
	const struct option_rule *r = option_find_given(o, MESSAGES);
	if (!r || *o->record)
		return 0;
	/* one for what comes stands before that for what is sent */
	bool is_both = strstr(r->row.name, "-in") && is_given(o, r + 1);
	return error_set(e, "option --%.*s is about messages, and %s",
	                 (int)strcspn(r->row.name, is_both ? "-" : ""),
	                 r->row.name,
	                 o->zero ? "-z shows none"
	                         : "a pipe moves bytes as they are: use --ui "
	                           "lines or --json");
}

/* A pipe that is plain stays so. */
static int refuse_tls(const struct options *o, struct error *e)
{
	const struct option_rule *r =
	    o->endpoint.is_tls ? NULL : option_find_given(o, TLS_ONLY);
	char where[ENDPOINT_TEXT_MAX];
	if (!r)
		return 0;
	endpoint_show(&o->endpoint, where);
	return error_set(e, "option --%s is for TLS, and %.100s is plain: add "
	                    "--tls", r->row.name, where);
}

static int refuse_udp(const struct options *o, struct error *e)
{
	const struct option_rule *r = endpoint_has_datagrams(&o->endpoint)
	                                  ? NULL
	                                  : option_find_given(o, UDP_ONLY);
	char where[ENDPOINT_TEXT_MAX];
	if (!r)
		return 0;
	endpoint_show(&o->endpoint, where);
	return error_set(e, "option --%s is for UDP, and %.100s is not: add "
	                    "--udp", r->row.name, where);
}

static int refuse_recording(const struct options *o, struct error *e)
{
	if (!o->zero || !is_given(o, option_by_letter('x')))
		return 0;
	return error_set(e, "-z only connects: there is nothing to record");
}

/* Nothing moves, or nobody comes. */
static int refuse_faults(const struct options *o, struct error *e)
{
	const struct option_rule *r =
	    option_rule((size_t)options_find("fault"));
	bool is_pipe = o->mode == ENDPOINT_CONNECT && !o->zero;
	if (o->zero && is_given(o, r))
		return error_set(e, "option --fault does nothing with -z, "
		                    "which sends no bytes");
	if (is_pipe && o->fault.refuse.is_on && is_given(o, r))
		return error_set(e, "option --fault: refuse= is for sockchat "
		                    "listen: it resets the first connections");
	return 0;
}

/* What comes there would be taken for typed, or sent back. */
static int refuse_standard(const struct options *o, struct error *e)
{
	char where[ENDPOINT_TEXT_MAX];
	if (o->echo || !endpoint_is_standard(&o->endpoint))
		return 0;
	endpoint_format(&o->endpoint, where);
	error_set(e, "%.40s is the pipe's own standard input or output: it "
	             "cannot be the peer as well", where);
	error_set_hint(e, "a connection from inetd or systemd's Accept=yes "
	                  "needs --echo, --forward or --replay");
	return -1;
}

static void settle_pipe(struct options *o)
{
	int row = options_find("keepalive");
	if (o->sources[row] == SOURCE_DEFAULT)
		o->dial.socket.values[SOCKET_KEEPALIVE] = 0;
}

int options_check_pipe(struct options *o, struct error *e)
{
	settle_pipe(o);
	if (o->eol_given && !o->zero)
		return error_set(e, "option --eol is for typed lines, and a "
		                    "pipe sends bytes as they are: with -C it "
		                    "sends LF as CR LF");
	return refuse_recording(o, e) || refuse_resending(o, e) ||
	               refuse_messages(o, e) || refuse_tls(o, e) ||
	               refuse_udp(o, e) || refuse_faults(o, e) ||
	               refuse_standard(o, e) ? -1 : 0;
}

bool option_is_foreign(const struct options *o, const struct option_rule *r,
                       enum endpoint_mode mode)
{
	bool is_taken = *o->forward && r->flags & TARGET;
	return !is_taken && r->flags & (mode == ENDPOINT_LISTEN ? MODE_CONNECT
	                                                        : MODE_LISTEN);
}

/* Say why it is no value of a row that knows more than what it wants.  0 for
 * other rows. */
static int explain_value(const struct options *o, const struct option_rule *r,
                         const char *value, struct error *e)
{
	struct proxy_settings proxy;
	struct frame frame;
	struct fault_spec faults = o->fault;
	struct access_list list;
	struct multicast groups = o->dial.socket.groups;
	if (r->type == TYPE_GROUPS)
		return multicast_parse(&groups, value, e);
	if (r->type == TYPE_ACCESS) {
		memcpy(&list, (const char *)o + r->offset, sizeof(list));
		return access_parse(&list, value, e);
	}
	if (r->type == TYPE_FAULT)
		return fault_parse(&faults, value, e);
	if (r->type == TYPE_PROXY)
		return proxy_parse(&proxy, value, e);
	if (r->type == TYPE_FRAME)
		return frame_parse(&frame, value, e);
	return r->type == TYPE_WORD && r->value == WORD_FORMAT &&
	               strlen(value) < r->size
	           ? unpack_check(value, strlen(value), e) : 0;
}

static int refuse_value(const struct options *o, const struct option_rule *r,
                        const char *name, const char *value, struct error *e)
{
	char safe[64], list[CHOICE_LIST_MAX];
	struct error why;
	if (explain_value(o, r, value, &why)) {
		/* a proxy's URL is not shown: it may have a password */
		error_set(e, "option %s: %s", name, why.text);
		error_set_hint(e, "%s", why.hint);
		return -1;
	}
	const struct choice *choices =
	    options_choices((size_t)(r - option_rule(0)));
	glyph_copy(safe, sizeof(safe), value, GLYPH_ANY_WIDTH);
	error_set(e, "option %s: '%s' is not %s", name, safe,
	          option_wanted(r, list, sizeof(list)));
	if (choices && value)
		choice_hint(choices, value, e);
	if (r->type == TYPE_WORD)
		error_set_hint(e, "%s", word_hint((enum option_word)r->value));
	return -1;
}

/* A row that is about both directions sets the two behind it. */
static int apply_to_both(struct options *o, const struct option_rule *r,
                         const char *name, const char *value,
                         enum option_source source, struct error *e)
{
	for (int i = 1; i <= 2; i++)
		if (option_apply(o, r + i, name, value, source, e))
			return -1;
	return 0;
}

int option_apply(struct options *o, const struct option_rule *r,
                 const char *name, const char *value,
                 enum option_source source, struct error *e)
{
	if (r->flags & BOTH_WAYS)
		return apply_to_both(o, r, name, value, source, e);
	struct options next = *o;
	bool is_file = source == SOURCE_FILE || source == SOURCE_PROFILE;
	size_t row = option_source_row(r);
	bool is_list = r->type == TYPE_LINES || r->type == TYPE_RECORD ||
	               r->type == TYPE_FAULT || r->type == TYPE_ACCESS ||
	               r->type == TYPE_GROUPS;
	bool is_more = is_list && source != SOURCE_RUN_TIME &&
	               source == o->sources[row];
	if (is_list && !is_more)
		option_set_default(&next, r);
	if (value && strcmp(value, "default") == 0 && r->type != TYPE_TEXT)
		option_set_default(&next, r);
	else if (!option_set_value(&next, r, value))
		return refuse_value(&next, r, name, value ? value : "", e);
	if (source < o->sources[row] ||
	    (is_file && option_is_foreign(o, r, o->mode)))
		return 0;
	next.sources[row] = (uint8_t)source;
	if (source == SOURCE_RUN_TIME && options_check(&next, e))
		return -1;
	*o = next;
	return 0;
}

int options_find(const char *name)
{
	const struct option_row *row;
	size_t len = strlen(name);
	int found = -1;
	for (size_t i = 0; (row = options_row(i)); i++) {
		if (strcmp(row->name, name) == 0)
			return (int)i;
		if (len && strncmp(row->name, name, len) == 0)
			found = found == -1 ? (int)i : -2;
	}
	return found < 0 ? -1 : found;
}

static const char *option_name_at(const void *list, size_t i)
{
	const struct option_row *row = options_row(i);
	(void)list;
	return row ? row->name : NULL;
}

int option_refuse_name(const char *sign, const char *name, struct error *e)
{
	const struct spell_names names = { option_name_at, NULL, sign };
	char safe[64], guess[SPELL_MAX];
	size_t begin = spell_guess(guess, &names, name, strcspn(name, "="));
	glyph_copy(safe, sizeof(safe), name, GLYPH_ANY_WIDTH);
	error_set(e, begin > 1 ? "option %s%s is ambiguous"
	                       : "unknown option %s%s", sign, safe);
	error_set_hint(e, "%s", guess);
	return -1;
}

int options_set(struct options *o, const char *name, const char *value,
                enum option_source source, struct error *e)
{
	const struct option_rule *r = name[0] && !name[1]
	                                  ? option_by_letter(name[0]) : NULL;
	int i = r ? -1 : options_find(name);
	if (!r && i < 0)
		return option_refuse_name("", name, e);
	r = r ? r : option_rule((size_t)i);
	if (source == SOURCE_RUN_TIME && !(r->flags & LIVE)) {
		error_set(e, "option %s cannot change at run time",
		          r->row.name);
		error_set_hint(e, "give it at the start: sockchat --%s",
		               r->row.name);
		return -1;
	}
	if (r->flags & ARGV_ONLY)
		return error_set(e, "option %s is for the command line only",
		                 r->row.name);
	if (!value && option_needs_value(r))
		return error_set(e, "option %s needs a value: %s",
		                 r->row.name, r->row.arg);
	return option_apply(o, r, r->row.name, value, source, e);
}

enum option_life options_life(size_t i)
{
	unsigned flags = option_rule(i)->flags;
	return !(flags & LIVE)  ? OPTION_FIXED
	       : flags & LOOK ? OPTION_LOOK
	       : flags & NEXT ? OPTION_FOR_NEXT : OPTION_LIVE;
}

const char *options_source(const struct options *o, size_t i)
{
	static const char *const names[] = {
		[SOURCE_DEFAULT] = "the default",
		[SOURCE_FILE] = "from the configuration file",
		[SOURCE_PROFILE] = "from the profile",
		[SOURCE_COMMAND_LINE] = "from the command line",
		[SOURCE_RUN_TIME] = "changed in the chat",
	};
	return names[o->sources[option_source_row(option_rule(i))]];
}
