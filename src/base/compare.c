/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Eugene W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986),
 * between what both sides begin and end with. */

#include <stdlib.h>

#include <sockchat/array.h>
#include <sockchat/compare.h>

#define EDITS_MAX 1000               /* bytes left out or put in */
#define STEPS_MAX ((size_t)16 << 20) /* bytes that are looked at for them */
#define SNAKE_MIN 3 /* fewer bytes are the same by chance */

/* The part in which the sides differ, and the search for the fewest edits that
 * make b of a.  After `d` edits, `reach` has for each diagonal (a place in a
 * less the place in b, from -d to d) how far one gets in a. */
struct search {
	const uint8_t *a, *b;
	int64_t a_len, b_len;
	int64_t edits_max;
	size_t steps;
	int32_t *reach; /* those after `d` edits begin at d * d */
};

static int32_t *reach_of(const struct search *s, int64_t d, int64_t diagonal)
{
	return s->reach + d * d + d + diagonal;
}

/* Whether the edit number `d` that leads to this diagonal puts a byte in. */
static bool puts_in(const struct search *s, int64_t d, int64_t diagonal)
{
	return diagonal == -d ||
	       (diagonal != d && *reach_of(s, d - 1, diagonal - 1) <
	                             *reach_of(s, d - 1, diagonal + 1));
}

/* Go on along the diagonal while both sides are the same.  True at the end. */
static bool follow_snake(struct search *s, int64_t d, int64_t diagonal)
{
	int64_t x = 0, begin;
	if (d && puts_in(s, d, diagonal))
		x = *reach_of(s, d - 1, diagonal + 1);
	else if (d)
		x = *reach_of(s, d - 1, diagonal - 1) + 1;
	begin = x;
	while (x < s->a_len && x - diagonal < s->b_len &&
	       s->a[x] == s->b[x - diagonal])
		x++;
	s->steps += (size_t)(x - begin) + 1;
	*reach_of(s, d, diagonal) = (int32_t)x;
	return diagonal == s->a_len - s->b_len && x >= s->a_len;
}

/* How many edits there are; -1 when they are too many. */
static int64_t count_edits(struct search *s)
{
	for (int64_t d = 0; d <= s->edits_max; d++)
		for (int64_t k = -d; k <= d; k += 2) {
			if (follow_snake(s, d, k))
				return d;
			if (s->steps > STEPS_MAX)
				return -1;
		}
	return -1;
}

static int add_run(struct comparison *c, struct compare_run run)
{
	struct compare_run *grown =
	    array_grow(c->runs, &c->cap, c->count, sizeof(*grown));
	if (!grown)
		return -1;
	c->runs = grown;
	c->runs[c->count++] = run;
	return 0;
}

static size_t at_most(size_t value, size_t limit)
{
	return value < limit ? value : limit;
}

/* Add the snake that stands before the one added last, which first grows at its
 * beginning: so what was put in stands as far in front as can be.  The `at`
 * bytes before all of them are a run of their own. */
static int add_snake(struct comparison *c, struct compare_run snake, size_t at)
{
	struct compare_run *later = c->count ? c->runs + c->count - 1 : NULL;
	size_t len = snake.a_len, grown = 0, most;
	if (c->count > (at > 0)) {
		most = at_most(later->a, later->b) - at;
		while (grown < most && c->a[later->a - grown - 1] ==
		                           c->b[later->b - grown - 1])
			grown++;
		later->a -= grown;
		later->b -= grown;
		later->a_len = later->b_len += grown;
		len = at_most(len, later->a > snake.a ? later->a - snake.a : 0);
		len = at_most(len, later->b > snake.b ? later->b - snake.b : 0);
	}
	snake.a_len = snake.b_len = len;
	return len < SNAKE_MIN ? 0 : add_run(c, snake);
}

/* Add the snakes of the way back from the end, the last one first. */
static int add_snakes(struct comparison *c, const struct search *s, size_t at,
                      int64_t d)
{
	int64_t x = s->a_len, k = s->a_len - s->b_len;
	for (int failed = 0; !failed; d--) {
		bool is_in = d && puts_in(s, d, k);
		int64_t from_k = is_in ? k + 1 : k - 1;
		int64_t from = d ? *reach_of(s, d - 1, from_k) : 0;
		int64_t begin = from + (d && !is_in);
		failed = add_snake(c, (struct compare_run){
			.a = at + (size_t)begin, .a_len = (size_t)(x - begin),
			.b = at + (size_t)(begin - k),
		}, at);
		if (!d)
			return failed;
		x = from;
		k = from_k;
	}
	return -1;
}

static void reverse_runs(struct compare_run *runs, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct compare_run run = runs[i];
		runs[i] = runs[count - 1 - i];
		runs[count - 1 - i] = run;
	}
}

/* How many places differ when the sides are put beside each other as they
 * are. */
static size_t count_differing(const uint8_t *a, size_t a_len, const uint8_t *b,
                              size_t b_len)
{
	size_t both = a_len < b_len ? a_len : b_len, count = 0;
	for (size_t i = 0; i < both; i++)
		count += a[i] != b[i];
	return count + (a_len - both) + (b_len - both);
}

/* Find what is the same in the bytes from `at` on, if that leaves less to
 * differ than to put them beside each other as they are. */
static int find_snakes(struct comparison *c, size_t at, size_t a_len,
                       size_t b_len)
{
	size_t most = count_differing(c->a + at, a_len, c->b + at, b_len);
	struct search s = {
		.a = c->a + at, .a_len = (int64_t)a_len,
		.b = c->b + at, .b_len = (int64_t)b_len,
		.edits_max = most > EDITS_MAX ? EDITS_MAX : (int64_t)most - 1,
	};
	if (!a_len || !b_len || most < 2)
		return 0;
	size_t rows = (size_t)s.edits_max + 1, before = c->count;
	s.reach = malloc(rows * rows * sizeof(*s.reach));
	if (!s.reach)
		return -1;
	int64_t edits = count_edits(&s);
	int failed = edits < 0 ? 0 : add_snakes(c, &s, at, edits);
	free(s.reach);
	if (c->count > before)
		reverse_runs(c->runs + before, c->count - before);
	return failed;
}

/* Put what stands between the last run and these places beside each other: the
 * bytes that are left over stand alone. */
static int add_gap(struct comparison *c, size_t a, size_t b, size_t a_end,
                   size_t b_end)
{
	size_t a_len = a_end - a, b_len = b_end - b;
	size_t both = a_len < b_len ? a_len : b_len;
	if (both && add_run(c, (struct compare_run){
		.a = a, .a_len = both, .b = b, .b_len = both }))
		return -1;
	if (a_len == b_len)
		return 0;
	return add_run(c, (struct compare_run){
		.a = a + both, .a_len = a_len - both,
		.b = b + both, .b_len = b_len - both,
	});
}

/* Put all between the snakes into the list. */
static int fill_gaps(struct comparison *c)
{
	struct comparison all = { .a = c->a, .b = c->b };
	size_t a = 0, b = 0;
	int failed = 0;
	for (size_t i = 0; i < c->count && !failed; i++) {
		const struct compare_run *r = &c->runs[i];
		failed = add_gap(&all, a, b, r->a, r->b) || add_run(&all, *r);
		a = r->a + r->a_len;
		b = r->b + r->b_len;
	}
	failed = failed || add_gap(&all, a, b, c->a_len, c->b_len);
	free(c->runs);
	c->runs = all.runs;
	c->count = all.count;
	c->cap = all.cap;
	return failed ? -1 : 0;
}

static size_t longer(const struct compare_run *r)
{
	return r->a_len > r->b_len ? r->a_len : r->b_len;
}

static void count_places(struct comparison *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct compare_run *r = &c->runs[i];
		r->place = c->places;
		c->places += longer(r);
		c->differs += count_differing(c->a + r->a, r->a_len,
		                              c->b + r->b, r->b_len);
	}
}

int compare_bytes(struct comparison *c, const uint8_t *a, size_t a_len,
                  const uint8_t *b, size_t b_len)
{
	size_t both = a_len < b_len ? a_len : b_len, at = 0, end = 0;
	*c = (struct comparison){
		.a = a, .b = b, .a_len = a_len, .b_len = b_len,
	};
	while (at < both && a[at] == b[at])
		at++;
	while (end < both - at && a[a_len - 1 - end] == b[b_len - 1 - end])
		end++;
	if ((at && add_run(c, (struct compare_run){
		.a_len = at, .b_len = at })) ||
	    find_snakes(c, at, a_len - at - end, b_len - at - end) ||
	    (end && add_run(c, (struct compare_run){
		.a = a_len - end, .a_len = end,
		.b = b_len - end, .b_len = end })) ||
	    fill_gaps(c))
		return -1;
	count_places(c);
	return 0;
}

void compare_finish(struct comparison *c)
{
	free(c->runs);
	*c = (struct comparison){ 0 };
}

/* The run that has this place; NULL behind the last one. */
static const struct compare_run *run_at(const struct comparison *c,
                                        size_t place)
{
	size_t i;
	ARRAY_FIND(i, c->count, c->runs[i].place > place);
	return i && place < c->places ? &c->runs[i - 1] : NULL;
}

void compare_at(const struct comparison *c, size_t place, size_t *a, size_t *b)
{
	const struct compare_run *r = run_at(c, place);
	*a = r ? r->a + at_most(place - r->place, r->a_len) : c->a_len;
	*b = r ? r->b + at_most(place - r->place, r->b_len) : c->b_len;
}

bool compare_differs(const struct comparison *c, size_t place, bool *has_a,
                     bool *has_b)
{
	const struct compare_run *r = run_at(c, place);
	size_t i = r ? place - r->place : 0;
	*has_a = r && i < r->a_len;
	*has_b = r && i < r->b_len;
	return *has_a != *has_b ||
	       (*has_a && c->a[r->a + i] != c->b[r->b + i]);
}

/* True if the sides differ at byte `i` of the run. */
static bool differs_in(const struct comparison *c, const struct compare_run *r,
                       size_t i)
{
	return r->a_len != r->b_len || c->a[r->a + i] != c->b[r->b + i];
}

static size_t find_below(const struct comparison *c, size_t place)
{
	const struct compare_run *end = c->runs + c->count;
	for (const struct compare_run *r = run_at(c, place); r && r < end; r++)
		for (size_t i = place > r->place ? place - r->place : 0;
		     i < longer(r); i++)
			if (differs_in(c, r, i))
				return r->place + i;
	return SIZE_MAX;
}

static size_t find_above(const struct comparison *c, size_t place)
{
	const struct compare_run *r = place ? run_at(c, place - 1) : NULL;
	for (; r; r = r > c->runs ? r - 1 : NULL)
		for (size_t i = at_most(place - r->place, longer(r)); i; i--)
			if (differs_in(c, r, i - 1))
				return r->place + i - 1;
	return SIZE_MAX;
}

size_t compare_next(const struct comparison *c, size_t place, bool goes_up)
{
	return goes_up ? find_above(c, place) : find_below(c, place);
}
