/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/number.h>

#include "link_facts.h"
#include "link_fault_strike.h"

#define ACK_NS (5 * SECOND_NS) /* a reset waits so long for the peer */

/* What stands behind a word that has ended something. */
static void describe_end(char *out, size_t size, const struct fault_way *w,
                         enum fault_word word)
{
	*out = '\0';
	if (w->rules[word].ns) /* the word has the time */
		return;
	uint64_t gone = w->gone - w->began_gone;
	snprintf(out, size, " after %" PRIu64 " byte%s", gone, plural(gone));
}

void fault_join_ends(struct link *l)
{
	if (l->fault->has_shut && !halves_is_in_open(l->halves))
		l->halves = HALVES_CLOSED;
}

/* TLS 1.2 would keep it back until the peer ends. */
static int end_now(struct transport *t)
{
	struct transport_facts facts;
	if (transport_shutdown(t))
		return -1;
	transport_facts(t, FACTS_END, &facts);
	return facts.is_end_kept ? transport_shutdown(t) : 0;
}

static void strike_limit(struct link_fault *f, enum fault_dir dir,
                         const char *after)
{
	struct link *l = f->link;
	if (link_has_messages(l)) { /* UDP has no end */
		fault_way_cut(&f->ways[dir], FAULT_STALL);
		fault_tell(f, dir, FAULT_LIMIT, ": nothing more is %s%s",
		           fault_done[dir], after);
		return;
	}
	fault_way_cut(&f->ways[dir], FAULT_LIMIT);
	fault_tell(f, dir, FAULT_LIMIT, dir == FAULT_OUT
	           ? ": we send our end%s; what follows is thrown away"
	           : ": we act as if the peer had ended%s; what follows is "
	             "thrown away", after);
	if (dir != FAULT_OUT || !halves_is_out_open(l->halves))
		return;
	f->has_shut = true;
	if (end_now(l->transport))
		link_note_break(l, errno);
	fault_join_ends(l);
}

static void strike_stall(struct link_fault *f, enum fault_dir dir,
                         const char *after)
{
	fault_way_cut(&f->ways[dir], FAULT_STALL);
	fault_tell(f, dir, FAULT_STALL,
	           ": nothing more is %s%s%s", fault_done[dir], after,
	           link_has_messages(f->link) ? "" : ", not even an end");
}

/* A time that both directions have resets them once. */
static enum fault_dir shown_dir(const struct link_fault *f,
                                enum fault_word word, enum fault_dir dir)
{
	const struct fault_value *v = &f->ways[dir].rules[word];
	const struct fault_value *other = &f->ways[!dir].rules[word];
	bool is_one = word == FAULT_RESET && v->ns && v->ns == other->ns;
	return is_one ? FAULT_DIRS : dir;
}

static const char *reset_name(const struct link *l)
{
	return link_is_tcp(l)         ? "reset"
	       : link_has_messages(l) ? "ended (UDP has no RST)"
	                              : "closed at once (a unix socket has no "
	                                "RST)";
}

/* What has been sent is to be read by the peer: RST would destroy it, but no
 * end does. */
static void strike_reset(struct link_fault *f, enum fault_dir dir,
                         const char *after)
{
	struct link *l = f->link;
	fault_way_cut(&f->ways[dir], FAULT_RESET);
	fault_tell(f, shown_dir(f, FAULT_RESET, dir), FAULT_RESET,
	           ": the connection is %s%s", reset_name(l), after);
	memcpy(f->reset, f->cut[dir], sizeof(f->reset));
	bool is_at_once = f->ways[dir].rules[FAULT_RESET].ns ||
	                  !link_is_tcp(l);
	f->reset_ns = loop_now_ns(l->loop) + (is_at_once ? 0 : ACK_NS);
}

void fault_strike(struct link_fault *f, enum fault_dir dir)
{
	static void (*const strikes[])(struct link_fault *, enum fault_dir,
	                               const char *) = {
		[FAULT_LIMIT] = strike_limit,
		[FAULT_RESET] = strike_reset,
		[FAULT_STALL] = strike_stall,
	};
	struct fault_way *w = &f->ways[dir];
	enum fault_word word;
	char after[64];
	while (!*f->reset &&
	       (word = fault_way_strikes(w, loop_now_ns(f->link->loop))) !=
	           FAULT_NONE) {
		f->link->faults->struck[dir][word]++;
		f->link->faults->has_hurt = true;
		describe_end(after, sizeof(after), w, word);
		fault_format_word(f->cut[dir], sizeof(f->cut[dir]),
		                  &f->link->faults->spec, word,
		                  shown_dir(f, word, dir));
		strikes[word](f, dir, after);
	}
}

void fault_reset_if_due(struct link_fault *f)
{
	struct link *l = f->link;
	if (!*f->reset || f->has_reset)
		return;
	if (!l->broken && link_pending(l) > 0 &&
	    loop_now_ns(l->loop) < f->reset_ns)
		return;
	f->has_reset = !l->broken;
	if (!l->broken)
		link_break(l, ECONNABORTED);
}
