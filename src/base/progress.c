/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <string.h>

#include <sockchat/glyph.h>
#include <sockchat/number.h>
#include <sockchat/progress.h>
#include <sockchat/stamp.h>

#define SPAN_NS   (SECOND_NS / 10) /* less tells no rate */
#define BAR       10

void progress_init(struct progress *p, uint64_t total, int64_t now_ns)
{
	*p = (struct progress){ .total = total, .start_ns = now_ns };
	rate_note(&p->rate, now_ns, 0);
}

void progress_set(struct progress *p, uint64_t done, int64_t now_ns)
{
	p->done = done;
	rate_note(&p->rate, now_ns, done);
}

void progress_facts(const struct progress *p, int64_t now_ns,
                    struct progress_facts *out)
{
	*out = (struct progress_facts){
		.done = p->done,
		.total = p->total,
		.rate = rate_per_second(&p->rate, now_ns, p->done),
		.left_s = -1,
	};
	if (p->total && p->done >= p->total)
		out->left_s = 0;
	else if (p->total && out->rate)
		out->left_s = (int64_t)((p->total - p->done) / out->rate) + 1;
}

void progress_whole(const struct progress *p, int64_t now_ns,
                    struct progress_facts *out)
{
	int64_t span = now_ns - p->start_ns;
	double rate = (double)p->done * SECOND_NS / (double)(span ? span : 1);
	*out = (struct progress_facts){
		.done = p->done,
		.total = p->total,
		.rate = span < SPAN_NS ? 0 : (uint64_t)rate,
		.left_s = -1,
	};
}

/* The parts of a line, in their order.  The one with the highest rank is left
 * out first. */
struct part {
	int rank;
	const char *join;
	char text[80];
};

struct parts {
	struct part list[6];
	size_t count;
};

static char *add_figure(struct parts *l, int rank, const char *join)
{
	struct part *part = &l->list[l->count++];
	*part = (struct part){ .rank = rank, .join = join };
	return part->text;
}

#define TEXT_MAX sizeof(((struct part *)0)->text)

static void add_share(struct parts *l, const struct progress_facts *p)
{
	char bar[] = "[----------]";
	double share = (double)p->done / (double)p->total;
	if (share > 1)
		share = 1;
	memset(bar + 1, '#', (size_t)(share * BAR));
	snprintf(add_figure(l, 4, " "), TEXT_MAX, "%s", bar);
	snprintf(add_figure(l, 0, " "), TEXT_MAX, "%d%%", (int)(share * 100));
}

static void add_left(struct parts *l, int64_t left_s)
{
	long long s = (long long)left_s;
	char *text = add_figure(l, 1, ", ");
	if (s < 60)
		snprintf(text, TEXT_MAX, "%lld s left", s);
	else if (s < 3600)
		snprintf(text, TEXT_MAX, "%lld:%02lld left", s / 60, s % 60);
	else if (s < 100 * 3600)
		snprintf(text, TEXT_MAX, "%lld:%02lld:%02lld left", s / 3600,
		         s / 60 % 60, s % 60);
	else
		snprintf(text, TEXT_MAX, "%lld h left", s / 3600);
}

static void add_figures(struct parts *l, const char *name,
                        const struct progress_facts *p, unsigned glyph_flags)
{
	char done[16], total[16], rate[16];
	glyph_copy(add_figure(l, 2, ""), TEXT_MAX, name, glyph_flags);
	if (p->total)
		add_share(l, p);
	snprintf(add_figure(l, 5, " "), TEXT_MAX, "%s%s%s",
	         number_format_size(done, p->done), p->total ? " of " : "",
	         p->total ? number_format_size(total, p->total) : "");
	snprintf(add_figure(l, 3, ", "), TEXT_MAX, "%s/s",
	         number_format_size(rate, p->rate));
	if (p->left_s >= 0)
		add_left(l, p->left_s);
}

static int parts_width(const struct parts *l, unsigned glyph_flags)
{
	int width = 0;
	for (size_t i = 0; i < l->count; i++)
		width += (int)(glyph_width((const uint8_t *)l->list[i].text,
		                           strlen(l->list[i].text),
		                           glyph_flags) +
		               (i ? strlen(l->list[i].join) : 0));
	return width;
}

static void drop_least_part(struct parts *l)
{
	size_t least = 0;
	for (size_t i = 1; i < l->count; i++)
		if (l->list[i].rank > l->list[least].rank)
			least = i;
	l->count--;
	memmove(l->list + least, l->list + least + 1,
	        (l->count - least) * sizeof(*l->list));
}

int progress_format(char *out, size_t cap, int columns, const char *name,
                    const struct progress_facts *p, unsigned glyph_flags)
{
	struct parts l = { .count = 0 };
	size_t len = 0;
	int width;
	add_figures(&l, name, p, glyph_flags);
	while ((width = parts_width(&l, glyph_flags)) > columns && l.count)
		drop_least_part(&l);
	*out = '\0';
	for (size_t i = 0; i < l.count && len < cap; i++)
		len += (size_t)snprintf(out + len, cap - len, "%s%s",
		                        i ? l.list[i].join : "",
		                        l.list[i].text);
	return width;
}
