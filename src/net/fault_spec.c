/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A SPEC of faults, read and written: a table of words. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/fault.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>
#include <sockchat/spell.h>
#include <sockchat/stamp.h>
#include <sockchat/word.h>

#define VALUE_MAX     64
#define SLICE_MAX     (1 << 30)
#define SLICE_NS      (50 * MS_NS) /* when only the bytes are given */
#define SPEC_EXAMPLE  "for example latency=200ms~50ms rate=10k in:limit=4096"

typedef int read_fn(struct fault_value *v, char *text, struct error *e);
typedef void write_fn(const struct fault_value *v, char *out, size_t size);

/* Values, read */

static int read_time(const char *text, int64_t *ns, struct error *e)
{
	int64_t ms;
	if (number_parse_time(text, &ms, e))
		return -1;
	*ns = ms * MS_NS;
	return 0;
}

/* End `text` where `sign` stands.  Returns what is behind it, or NULL. */
static char *cut_at(char *text, char sign)
{
	char *at = strchr(text, sign);
	if (at)
		*at++ = '\0';
	return at;
}

static int read_latency(struct fault_value *v, char *text, struct error *e)
{
	char *spread = cut_at(text, '~');
	if (read_time(text, &v->ns, e) ||
	    (spread && read_time(spread, &v->spread_ns, e)))
		return -1;
	return v->spread_ns > v->ns
	           ? error_set(e, "the spread, %s, is longer than the delay "
	                          "itself, %s", spread, text) : 0;
}

static int read_size(struct fault_value *v, const char *text, uint64_t least,
                     struct error *e)
{
	size_t bytes;
	if (!number_parse_size(text, &bytes) || bytes < least)
		return error_set(e, "'%s' is not a number of bytes: 1, 10k, "
		                    "4M", text);
	v->count = bytes;
	return 0;
}

static int read_rate(struct fault_value *v, char *text, struct error *e)
{
	return read_size(v, text, 1, e);
}

static int read_slice(struct fault_value *v, char *text, struct error *e)
{
	char *delay = cut_at(text, ',');
	v->ns = SLICE_NS;
	if (read_size(v, text, 1, e) || (delay && read_time(delay, &v->ns, e)))
		return -1;
	return v->count > SLICE_MAX
	           ? error_set(e, "'%s' is more than a slice can have, 1G",
	                       text) : 0;
}

static int read_chance(struct fault_value *v, char *text, struct error *e)
{
	if (number_parse_real(text, &v->chance) && v->chance > 0 &&
	    v->chance <= 1)
		return 0;
	return error_set(e, "'%s' is not a chance: write a number above 0, at "
	                    "most 1: 0.001", text);
}

/* A small m is a minute to some, and a MiB to others. */
static int read_end(struct fault_value *v, char *text, struct error *e)
{
	size_t bytes;
	int digits = (int)strlen(text) - 1;
	struct error ignored;
	if (digits > 0 && text[digits] == 'm' &&
	    number_parse_size(text, &bytes))
		return error_set(e, "%.*s MiB or %.*s minutes? write %.*sM, or "
		                    "the minutes in seconds", digits, text,
		                 digits, text, digits, text);
	if (!read_size(v, text, 0, &ignored))
		return 0;
	if (!read_time(text, &v->ns, &ignored) && v->ns)
		return 0;
	return error_set(e, "'%s' is neither a number of bytes nor a time: "
	                    "4096, 10k, 5s", text);
}

static int read_number(struct fault_value *v, char *text, struct error *e)
{
	bool is_negative;
	if (number_parse_integer(text, &is_negative, &v->count) &&
	    !is_negative)
		return 0;
	return error_set(e, "'%s' is not a number from 0", text);
}

static int read_connections(struct fault_value *v, char *text, struct error *e)
{
	long count;
	if (!number_parse(text, 1, INT32_MAX, &count))
		return error_set(e, "'%s' is not a number of connections "
		                    "from 1", text);
	v->count = (uint64_t)count;
	return 0;
}

/* Values, written */

static void write_time(int64_t ns, char *out, size_t size)
{
	int64_t ms = ns / MS_NS;
	if (ms && ms % 1000 == 0)
		snprintf(out, size, "%" PRId64 "s", ms / 1000);
	else
		snprintf(out, size, "%" PRId64 "ms", ms);
}

static void write_size(uint64_t bytes, char *out, size_t size)
{
	static const char *const units[] = { "", "k", "M", "G" };
	size_t unit = 0;
	for (; bytes && bytes % 1024 == 0 && unit < 3; unit++)
		bytes /= 1024;
	snprintf(out, size, "%" PRIu64 "%s", bytes, units[unit]);
}

static void write_latency(const struct fault_value *v, char *out, size_t size)
{
	char delay[32], spread[32];
	write_time(v->ns, delay, sizeof(delay));
	write_time(v->spread_ns, spread, sizeof(spread));
	snprintf(out, size, "%s%s%s", delay, v->spread_ns ? "~" : "",
	         v->spread_ns ? spread : "");
}

static void write_slice(const struct fault_value *v, char *out, size_t size)
{
	char bytes[32], delay[32];
	write_size(v->count, bytes, sizeof(bytes));
	write_time(v->ns, delay, sizeof(delay));
	snprintf(out, size, "%s,%s", bytes, delay);
}

static void write_chance(const struct fault_value *v, char *out, size_t size)
{
	char chance[NUMBER_FLOAT_MAX];
	snprintf(out, size, "%s",
	         number_format_float(chance, v->chance, false));
}

static void write_end(const struct fault_value *v, char *out, size_t size)
{
	if (v->ns)
		write_time(v->ns, out, size);
	else
		write_size(v->count, out, size);
}

static void write_number(const struct fault_value *v, char *out, size_t size)
{
	snprintf(out, size, "%" PRIu64, v->count);
}

static const struct row {
	const char *name;
	read_fn *read;
	write_fn *write;
} rows[FAULT_WORDS] = {
	[FAULT_LATENCY] = { "latency", read_latency, write_latency },
	[FAULT_RATE] = { "rate", read_rate, write_end },
	[FAULT_SLICE] = { "slice", read_slice, write_slice },
	[FAULT_CORRUPT] = { "corrupt", read_chance, write_chance },
	[FAULT_DROP] = { "drop", read_chance, write_chance },
	[FAULT_DUP] = { "dup", read_chance, write_chance },
	[FAULT_REORDER] = { "reorder", read_chance, write_chance },
	[FAULT_LIMIT] = { "limit", read_end, write_end },
	[FAULT_RESET] = { "reset", read_end, write_end },
	[FAULT_STALL] = { "stall", read_end, write_end },
	[FAULT_REFUSE] = { "refuse", read_connections, write_number },
	[FAULT_SEED] = { "seed", read_number, write_number },
};

static const char *const ways[FAULT_DIRS] = { "in:", "out:" };

const char *fault_name(enum fault_word word)
{
	return rows[word].name;
}

const char *fault_word_offered(size_t i)
{
	static const char *const offered[] = {
		"off",         "latency=",     "rate=",       "slice=",
		"corrupt=",    "drop=",        "dup=",        "reorder=",
		"limit=",      "reset=",       "stall=",      "refuse=",
		"seed=",       "in:latency=",  "in:rate=",    "in:slice=",
		"in:corrupt=", "in:drop=",     "in:dup=",     "in:reorder=",
		"in:limit=",   "in:reset=",    "in:stall=",   "out:latency=",
		"out:rate=",   "out:slice=",   "out:corrupt=", "out:drop=",
		"out:dup=",    "out:reorder=", "out:limit=",  "out:reset=",
		"out:stall=",
	};
	_Static_assert(sizeof(offered) / sizeof(offered[0]) <=
	                   FAULT_OFFERED_MAX, "FAULT_OFFERED_MAX is too small");
	return i < sizeof(offered) / sizeof(offered[0]) ? offered[i] : NULL;
}

/* The value of a word, of one direction or, with FAULT_DIRS, of both: then that
 * of the first. */
static struct fault_value *value_at(struct fault_spec *spec,
                                    enum fault_word word, enum fault_dir dir)
{
	if (word < FAULT_WAY_WORDS)
		return &spec->ways[dir == FAULT_DIRS ? FAULT_IN : dir][word];
	return word == FAULT_REFUSE ? &spec->refuse : &spec->seed;
}

static const struct fault_value *value_of(const struct fault_spec *spec,
                                          enum fault_word word,
                                          enum fault_dir dir)
{
	return value_at((struct fault_spec *)spec, word, dir);
}

/* A SPEC, read */

static const char *name_at(const void *list, size_t i)
{
	(void)list;
	return i < FAULT_WORDS ? rows[i].name : NULL;
}

static int refuse_name(const char *name, struct error *e)
{
	const struct spell_names names = { name_at, NULL, "" };
	char guess[SPELL_MAX];
	spell_guess(guess, &names, name, strlen(name));
	error_set(e, "'%s' is not a fault: use latency, rate, slice, corrupt, "
	          "drop, dup, reorder, limit, reset, stall, refuse or seed",
	          name);
	error_set_hint(e, "%s", *guess ? guess : SPEC_EXAMPLE);
	return -1;
}

static enum fault_word find_word(const char *name)
{
	enum fault_word word = 0;
	while (word < FAULT_WORDS && strcmp(rows[word].name, name) != 0)
		word++;
	return word;
}

/* The direction before a word, which is taken away. */
static enum fault_dir take_dir(const char **text)
{
	for (enum fault_dir dir = 0; dir < FAULT_DIRS; dir++)
		if (!strncmp(*text, ways[dir], strlen(ways[dir]))) {
			*text += strlen(ways[dir]);
			return dir;
		}
	return FAULT_DIRS;
}

static int put_one(struct fault_spec *spec, enum fault_word word,
                   enum fault_dir dir, const struct fault_value *v,
                   struct error *e)
{
	struct fault_value *to = value_at(spec, word, dir);
	if (to->is_on)
		return error_set(e, "%s= is given twice%s",
		                 rows[word].name,
		                 word < FAULT_WAY_WORDS
		                     ? " for one direction" : "");
	*to = *v;
	return 0;
}

static int put_value(struct fault_spec *spec, enum fault_word word,
                     enum fault_dir dir, const struct fault_value *v,
                     struct error *e)
{
	if (dir != FAULT_DIRS || word >= FAULT_WAY_WORDS)
		return put_one(spec, word, dir, v, e);
	return put_one(spec, word, FAULT_IN, v, e) ||
	               put_one(spec, word, FAULT_OUT, v, e) ? -1 : 0;
}

static int parse_word(struct fault_spec *spec, char *text, struct error *e)
{
	const char *name = text;
	struct fault_value v = { .is_on = true };
	enum fault_dir dir = take_dir(&name);
	char *value = cut_at(text, '=');
	enum fault_word word = find_word(name);
	if (word == FAULT_WORDS)
		return refuse_name(name, e);
	if (dir != FAULT_DIRS && word >= FAULT_WAY_WORDS)
		return error_set(e, "%s= is for both directions: write it "
		                    "without %s", name, ways[dir]);
	if (!value || !*value)
		return error_set(e, "%s needs a value: %s=…", name, name);
	return rows[word].read(&v, value, e) ||
	               put_value(spec, word, dir, &v, e) ? -1 : 0;
}

/* Say which word is wrong.  Returns -1. */
static int refuse_word(struct error *e, size_t number, const char *word,
                       size_t len)
{
	char safe[VALUE_MAX], text[VALUE_MAX];
	struct error why = *e;
	snprintf(text, sizeof(text), "%.*s",
	         (int)(len < sizeof(text) ? len : sizeof(text) - 1), word);
	glyph_copy(safe, sizeof(safe), text, GLYPH_ANY_WIDTH);
	error_set(e, "word %zu, %s: %s", number, safe, why.text);
	error_set_hint(e, "%s", *why.hint ? why.hint : SPEC_EXAMPLE);
	return -1;
}

int fault_parse(struct fault_spec *spec, const char *text, struct error *e)
{
	static const struct fault_spec none;
	struct fault_spec next = *spec;
	const char *word;
	size_t len;
	for (size_t number = 1; (len = word_next(&text, &word)); number++) {
		char copy[VALUE_MAX];
		bool fits = len < sizeof(copy);
		snprintf(copy, sizeof(copy), "%.*s", fits ? (int)len : 0, word);
		*e = (struct error){ .text = "" };
		if (!strcmp(copy, "off"))
			next = none;
		else if (fits ? parse_word(&next, copy, e)
		              : error_set(e, "it is too long for a fault"))
			return refuse_word(e, number, word, len);
	}
	*spec = next;
	return 0;
}

/* A SPEC, written */

void fault_format_word(char *out, size_t size, const struct fault_spec *spec,
                       enum fault_word word, enum fault_dir dir)
{
	char value[VALUE_MAX] = "";
	const struct fault_value *v = value_of(spec, word, dir);
	if (v->is_on)
		rows[word].write(v, value, sizeof(value));
	snprintf(out, size, "%s%s%s%s", dir < FAULT_DIRS ? ways[dir] : "",
	         rows[word].name, v->is_on ? "=" : "", value);
}

static void add_word(char *out, const struct fault_spec *spec,
                     enum fault_word word, enum fault_dir dir)
{
	char text[2 * VALUE_MAX];
	if (!value_of(spec, word, dir)->is_on)
		return;
	fault_format_word(text, sizeof(text), spec, word, dir);
	text_add(out, FAULT_TEXT_MAX, "%s%s", *out ? " " : "", text);
}

static bool is_same_both_ways(const struct fault_spec *spec,
                              enum fault_word word)
{
	const struct fault_value *in = &spec->ways[FAULT_IN][word];
	const struct fault_value *out = &spec->ways[FAULT_OUT][word];
	return in->is_on == out->is_on && in->count == out->count &&
	       in->ns == out->ns && in->spread_ns == out->spread_ns &&
	       !(in->chance < out->chance) && !(in->chance > out->chance);
}

void fault_format(char out[FAULT_TEXT_MAX], const struct fault_spec *spec)
{
	*out = '\0';
	for (enum fault_word word = 0; word < FAULT_WORDS; word++) {
		if (word >= FAULT_WAY_WORDS || is_same_both_ways(spec, word)) {
			add_word(out, spec, word, FAULT_DIRS);
			continue;
		}
		add_word(out, spec, word, FAULT_IN);
		add_word(out, spec, word, FAULT_OUT);
	}
	if (!*out)
		snprintf(out, FAULT_TEXT_MAX, "off");
}

/* Whether it can do anything to datagrams, or to a stream. */
static bool may_strike(enum fault_word word, bool has_datagrams)
{
	bool is_of_datagrams = word >= FAULT_DROP && word <= FAULT_REORDER;
	return has_datagrams ? word != FAULT_SLICE : !is_of_datagrams;
}

enum fault_word fault_never_strikes(const struct fault_spec *spec,
                                    bool has_datagrams)
{
	enum fault_word word = 0;
	while (word < FAULT_WAY_WORDS &&
	       (may_strike(word, has_datagrams) ||
	        !(spec->ways[FAULT_IN][word].is_on ||
	          spec->ways[FAULT_OUT][word].is_on)))
		word++;
	return word < FAULT_WAY_WORDS ? word : FAULT_NONE;
}

const char *fault_why_never(enum fault_word word)
{
	return word == FAULT_SLICE
	           ? "only streams go in pieces, and a datagram is never cut"
	           : "it works on datagrams, and this is a stream";
}

bool fault_has_ways(const struct fault_spec *spec)
{
	for (enum fault_word word = 0; word < FAULT_WAY_WORDS; word++)
		if (spec->ways[FAULT_IN][word].is_on ||
		    spec->ways[FAULT_OUT][word].is_on)
			return true;
	return false;
}
