/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/number.h>

#include "link_facts.h"
#include "link_fault_tell.h"

#define TEXT_MAX 256

const char *const fault_done[FAULT_DIRS] = { "received", "sent" };

void fault_tell(const struct link_fault *f, enum fault_dir dir,
                enum fault_word word, const char *format, ...)
{
	const struct link *l = f->link;
	char text[TEXT_MAX];
	va_list args;
	if (!l->ops->on_fault)
		return;
	fault_format_word(text, sizeof(text), &l->faults->spec, word, dir);
	size_t len = strlen(text);
	va_start(args, format);
	vsnprintf(text + len, sizeof(text) - len, format, args);
	va_end(args);
	l->ops->on_fault(f->link, text);
}

void fault_note(struct link_fault *f, enum fault_dir dir,
                enum fault_word word, const char *what)
{
	f->link->faults->struck[dir][word]++;
	if (f->told[dir] & 1u << word)
		return;
	f->told[dir] |= 1u << word;
	fault_tell(f, dir, word, ": %s", what);
}

/* What has become of a byte, or of a datagram. */
static const char *const hit_done[] = {
	[FAULT_CORRUPT] = "changed",
	[FAULT_DROP] = "dropped",
	[FAULT_DUP] = "doubled",
	[FAULT_REORDER] = "put after the next one",
};

static void tell_hit(const struct link_fault *f, enum fault_dir dir,
                     const struct fault_hit *hit)
{
	if (hit->word == FAULT_CORRUPT)
		fault_tell(f, dir, hit->word,
		           ": byte %" PRIu64 " %s was changed from 0x%02x "
		           "to 0x%02x", hit->at + 1,
		           fault_done[dir], hit->was, hit->is);
	else
		fault_tell(f, dir, hit->word,
		           ": datagram %" PRIu64 " %s (%zu byte%s) was %s",
		           hit->at + 1, fault_done[dir], hit->len,
		           plural(hit->len), hit_done[hit->word]);
}

static void take_hit(struct link_fault *f, enum fault_dir dir,
                     const struct fault_hit *hit)
{
	struct link *l = f->link;
	uint64_t *untold = &f->untold[dir][hit->word];
	l->faults->struck[dir][hit->word]++;
	if (!*untold && faults_may_tell(l->faults, loop_now_ns(l->loop))) {
		tell_hit(f, dir, hit);
		return;
	}
	++*untold;
	if (!f->sum_ns)
		f->sum_ns = loop_now_ns(l->loop) + SECOND_NS;
}

void fault_hit_in(void *user, const struct fault_hit *hit)
{
	take_hit(user, FAULT_IN, hit);
}

/* Whoever wrote a datagram that is dropped has sent it. */
void fault_hit_out(void *user, const struct fault_hit *hit)
{
	struct link_fault *f = user;
	take_hit(f, FAULT_OUT, hit);
	if (hit->word != FAULT_DROP)
		return;
	link_note_out(f->link, (ssize_t)hit->len);
	f->link->messages_out++;
}

static void tell_untold(struct link_fault *f, enum fault_dir dir,
                        enum fault_word word)
{
	const char *what = word == FAULT_CORRUPT ? "byte" : "datagram";
	uint64_t count = f->untold[dir][word];
	f->untold[dir][word] = 0;
	if (count)
		fault_tell(f, dir, word, ": %" PRIu64 " more %s%s %s %s %s",
		           count, what, plural(count), fault_done[dir],
		           count == 1 ? "was" : "were", hit_done[word]);
}

void fault_tell_hits(struct link_fault *f)
{
	for (enum fault_dir dir = 0; dir < FAULT_DIRS; dir++)
		for (enum fault_word word = FAULT_CORRUPT;
		     word <= FAULT_REORDER; word++)
			tell_untold(f, dir, word);
	f->sum_ns = 0;
}

void fault_tell_never(struct link_fault *f)
{
	struct faults *all = f->link->faults;
	bool is_of_datagrams = link_has_messages(f->link);
	if (f->is_checked)
		return;
	f->is_checked = true;
	enum fault_word word =
	    fault_never_strikes(&all->spec, is_of_datagrams);
	if (word == FAULT_NONE || all->has_told_never[is_of_datagrams])
		return;
	all->has_told_never[is_of_datagrams] = true;
	fault_tell(f, FAULT_DIRS, word, ": it does nothing to %s: %s",
	           link_called(f->link), fault_why_never(word));
}

void fault_tell_lost(struct link_fault *f, enum fault_dir dir)
{
	const struct fault_way *w = &f->ways[dir];
	char text[TEXT_MAX];
	uint64_t lost = w->lost - f->told_lost[dir];
	f->told_lost[dir] = w->lost;
	snprintf(text, sizeof(text), "%s: %" PRIu64 " byte%s %s thrown away",
	         f->cut[dir], lost, plural(lost), lost == 1 ? "was" : "were");
	if (lost && f->link->ops->on_fault)
		f->link->ops->on_fault(f->link, text);
}
