/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Two players who play both sides of a conversation against each other, over
 * pipes that hold little and cut what they are given anywhere. */

#ifndef TESTS_PLAYER_PAIR_H
#define TESTS_PLAYER_PAIR_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/player.h>

#define PIPE_SIZE 300

struct pair_side {
	struct player *player;
	uint8_t pipe[PIPE_SIZE]; /* what it has sent, and is under way */
	size_t len;
	size_t sent;             /* bytes of its step */
	bool has_fin, is_fin_told, has_rst, is_rst_told;
};

struct pair {
	struct pair_side sides[2];
	uint32_t seed;
};

static inline size_t pair_random(struct pair *p, size_t below)
{
	p->seed = p->seed * 1103515245 + 12345;
	return (p->seed >> 8) % below;
}

static inline bool pair_wants(const struct pair *p, int i,
                              enum player_wants what)
{
	return player_wants(p->sides[i].player).what == what;
}

/* Put some of the bytes of the step into the pipe. */
static inline bool pair_send(struct pair *p, struct pair_side *s)
{
	struct player_want w = player_wants(s->player);
	size_t room = PIPE_SIZE - s->len, left = w.len - s->sent;
	size_t n = room < left ? room : left;
	n = n ? 1 + pair_random(p, n) : 0;
	memcpy(s->pipe + s->len, w.bytes + s->sent, n);
	s->len += n;
	s->sent += n;
	if (s->sent < w.len)
		return n > 0;
	s->sent = 0;
	player_done(s->player);
	return true;
}

/* TLS begins when both sides want it. */
static inline bool pair_secure(struct pair *p)
{
	for (int i = 0; i < 2; i++)
		if (!pair_wants(p, i, PLAYER_TO_SECURE) || p->sides[i].len)
			return false;
	player_done(p->sides[0].player);
	player_done(p->sides[1].player);
	return true;
}

/* Do what a side wants.  False: it has to wait. */
static inline bool pair_do(struct pair *p, int i)
{
	struct pair_side *s = &p->sides[i];
	switch (player_wants(s->player).what) {
	case PLAYER_TO_SEND:
		return pair_send(p, s);
	case PLAYER_TO_SECURE:
		return pair_secure(p);
	case PLAYER_TO_END:
		s->has_fin = true;
		player_done(s->player);
		return true;
	case PLAYER_TO_RESET:
		s->has_rst = true;
		player_done(s->player);
		return true;
	case PLAYER_TO_PAUSE:
		player_done(s->player);
		return true;
	case PLAYER_IS_DONE:
		if (s->has_fin || s->has_rst)
			return false;
		return s->has_fin = true;
	case PLAYER_TO_HEAR:
	case PLAYER_HAS_FAILED:
		break;
	}
	return false;
}

/* Let some of what the other side has sent come. */
static inline bool pair_hear(struct pair *p, int i)
{
	struct pair_side *s = &p->sides[i], *from = &p->sides[!i];
	if (from->len) {
		size_t n = 1 + pair_random(p, from->len);
		uint8_t *read = malloc(n); /* so that its end is its end */
		memcpy(read, from->pipe, n);
		n = player_take(s->player, read, n);
		free(read);
		from->len -= n;
		memmove(from->pipe, from->pipe + n, from->len);
		return n > 0;
	}
	if (from->has_fin && !from->is_fin_told) {
		player_end(s->player, PLAYER_FIN);
		return from->is_fin_told = true;
	}
	if (from->has_rst && !from->is_rst_told) {
		player_end(s->player, PLAYER_RST);
		return from->is_rst_told = true;
	}
	return false;
}

/* Play until neither side can go on. */
static inline void pair_play(struct pair *p)
{
	bool goes_on = true;
	while (goes_on) {
		goes_on = false;
		for (int k = 0; k < 4; k++) {
			if (!pair_random(p, 3))
				goes_on = true; /* it is not its turn */
			else
				goes_on |= k < 2 ? pair_do(p, k)
				                 : pair_hear(p, k - 2);
		}
	}
}

static inline void pair_finish(struct pair *p)
{
	player_free(p->sides[0].player);
	player_free(p->sides[1].player);
}

#endif
