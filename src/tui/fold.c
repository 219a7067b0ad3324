/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdlib.h>
#include <string.h>

#include <sockchat/again.h>
#include <sockchat/array.h>
#include <sockchat/recut.h>

#include "fold.h"

struct fold {
	uint64_t seq;
	enum fold_word word;
};

struct folds {
	struct fold *list; /* by rising seq */
	size_t count, cap;
};

void folds_free(struct folds *f)
{
	if (f)
		free(f->list);
	free(f);
}

bool fold_is_advice(const struct entry *e)
{
	return e->kind == ENTRY_STATE && e->state == ENTRY_CLOSED &&
	       strcmp(e->hint, ADVICE_AGAIN) == 0;
}

static size_t find_fold(const struct folds *f, uint64_t seq)
{
	size_t i;
	ARRAY_FIND(i, f->count, f->list[i].seq >= seq);
	return i;
}

enum fold_word folds_said(const struct folds *f, uint64_t seq)
{
	size_t i = f ? find_fold(f, seq) : 0;
	return f && i < f->count && f->list[i].seq == seq ? f->list[i].word
	                                                  : FOLD_UNSAID;
}

int folds_say(struct folds **f, uint64_t seq, enum fold_word word)
{
	if (!*f)
		*f = calloc(1, sizeof(**f));
	if (!*f)
		return -1;
	size_t i = find_fold(*f, seq), count = (*f)->count;
	if (i == count || (*f)->list[i].seq != seq) {
		struct fold *grown = array_grow((*f)->list, &(*f)->cap, count,
		                                sizeof(*grown));
		if (!grown)
			return -1;
		memmove(grown + i + 1, grown + i, (count - i) * sizeof(*grown));
		(*f)->list = grown;
		(*f)->count++;
	}
	(*f)->list[i] = (struct fold){ seq, word };
	return 0;
}

static int compare_folds(const void *a, const void *b)
{
	const struct fold *left = a, *right = b;
	return left->seq < right->seq ? -1 : left->seq > right->seq;
}

void folds_recut(struct folds *f, const struct recut *r)
{
	for (size_t i = 0; f && i < f->count; i++)
		recut_move(r, &f->list[i].seq);
	if (f && f->count)
		qsort(f->list, f->count, sizeof(*f->list), compare_folds);
}
