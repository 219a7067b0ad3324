/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of replays share: replay_tell.c has the words, replay_play.c
 * one conversation (replay_play.h), replay.c all of a file, replay_command.c
 * what is typed.  Each calls those before it. */

#ifndef REPLAY_PRIVATE_H
#define REPLAY_PRIVATE_H

#include <sockchat/audience.h>
#include <sockchat/chat.h>
#include <sockchat/lead.h>
#include <sockchat/player.h>
#include <sockchat/replay.h>
#include <sockchat/session_state.h>
#include <sockchat/wire.h>

#define REPLAY_NAME_MAX 160

struct play;

/* One file. */
struct replay {
	struct chat_lead lead; /* has to be the first */
	struct chat *chat;
	struct chatfile *file; /* held, so that nobody records over it */
	char path[REPLAY_PATH_MAX];
	char name[REPLAY_NAME_MAX]; /* that, to be shown */
	bool is_whole; /* the program runs for it: --replay */
	struct chat_head head;
	/* The peers of the file, in the order of their first steps, and of
	 * their numbers; none: it is for each peer anew. */
	uint32_t *peers, *rising;
	size_t peer_count;
	/* Those that are held, by rising number of their sessions. */
	struct play **plays;
	size_t play_count, play_cap;
	size_t begun, over, failed; /* conversations */
	size_t securing;    /* those in which TLS begins */
	bool has_missed;    /* peers that it needs cannot come */
	struct timer absent; /* the next peer has so long to come */
	bool has_unplayed;  /* sessions for which the file could not be read */
	bool dials;         /* the next connection is to be opened */
	bool is_stepping;   /* each step of ours waits for the user's word */
	struct wire_listener hears;
	struct transcript_listener reads;
	struct later later; /* some plays are over, or another is to begin */
};

/* One conversation, and who plays it. */
struct play {
	struct replay *replay;
	struct player *player;
	uint32_t session; /* its number */
	enum chat_side side; /* that we are … */
	bool connects;       /* … and whether it is the one that connects */
	struct later later; /* there is something to do */
	struct timer timer;
	void (*on_over)(struct play *p); /* frees it later */
	struct bytes untaken; /* what came, and the player had no room for */
	bool has_end;         /* … nor has heard that it ended so: */
	enum player_end end;
	bool has_ended;       /* what comes */
	bool is_begun;        /* that has been told */
	uint64_t step;        /* the one that is under way … */
	int64_t step_ns;      /* … since then */
	int64_t begun_ns, heard_ns;
	int64_t flow_ns;      /* when something came last; 0: never */
	int64_t pause_end_ns; /* 0: there is no pause */
	int64_t settled_ns;   /* 0: it has not failed */
	bool is_let;      /* the user has let the step go */
	bool is_told;     /* … and knows that it waits for that */
	bool is_securing; /* TLS has begun, and is not there yet */
	bool pauses;      /* the session is not read for want of room */
	bool is_over;     /* all is as written, or it has failed */
	bool has_failed;
	bool is_gone;     /* the session is over … */
	bool has_lost;    /* … and some of our bytes with it … */
	bool is_written;  /* … by an RST that the file has */
	bool has_no_memory;
};

/* The session; NULL: it is over. */
static inline struct session *play_session(const struct play *p)
{
	return p->is_gone ? NULL : chat_find(p->replay->chat, p->session);
}

/* replay_tell.c: entries about a play. */

void replay_tell_begin(const struct play *p);
void replay_tell_success(const struct play *p);
/* What the player says of its failure, and what came beside what was awaited.
 * Or another reason why it fails. */
void replay_tell_failure(const struct play *p);
void replay_tell_error(const struct play *p, const struct error *why);
void replay_tell_stop(const struct play *p);
/* The peer of this number, whose first step is in this line, does not come. */
void replay_tell_absent(const struct replay *r, uint32_t peer, size_t line);
/* It waits for the user's word. */
void replay_tell_step(const struct play *p);

/* replay.c */

/* What we are in the sessions that are to play it: by what moves there, bytes
 * or datagrams, and by the mode. */
struct replay_roles {
	bool has[2][2];
};

/* As replay_open(), for several sessions; its steps may have so many bytes at
 * most. */
MUST_USE
struct replay *replay_open_for(const char *path,
                               const struct replay_roles *roles, uint64_t most,
                               struct error *e);
/* Let it lead the chat; it ends by itself when it has no more plays. */
void replay_start(struct replay *r, struct chat *c);
/* Play the conversation of `peer`, 0 for any, with this session.  -1 after a
 * complaint. */
int replay_meet(struct replay *r, const struct session *s, uint32_t peer);
/* Let go the play that has waited longest.  False: none waits. */
bool replay_let_go(struct replay *r);

#endif
