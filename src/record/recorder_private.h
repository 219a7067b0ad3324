/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of recorders share.  recorder_tracks.c knows which
 * conversation goes into which file, recorder_hear.c what is heard, recorder.c
 * when it is written, and who lives how long.  Each calls those before it
 * alone. */

#ifndef RECORDER_PRIVATE_H
#define RECORDER_PRIVATE_H

#include <sockchat/gate.h>
#include <sockchat/recorder.h>
#include <sockchat/settle.h>

#include "track.h"

/* So many names of files that we have made are remembered: a conversation that
 * comes back goes on in its file. */
#define MADE_MAX 256

struct recorder {
	struct recorder *next;
	struct recorders *all;
	const struct sink_ops *ops;
	char *name; /* of its file, with its % */
	enum record_over over;
	bool splits; /* each conversation has a file */
	struct track *tracks;
	uint64_t written; /* by those that are over */
	struct settle settle;
	struct gate gate; /* where entries wait for their acks */
	/* The formats of fields, as they were when what the gate holds back
	 * was said. */
	char unpack[2][UNPACK_FORMAT_MAX];
	char *made[MADE_MAX]; /* a ring */
	size_t made_count;
};

struct recorders {
	struct recorders_door door;
	char endpoint[ENDPOINT_TEXT_MAX];
	struct recorder *first;
	struct transcript_listener entries;
	struct wire_listener wire;
	struct later write;
	struct timer retry;
	bool is_told_entries;
	/* The entries that are told just now look alike, and have a number;
	 * 0: none are. */
	uint64_t batch, batches;
};

/* recorder_tracks.c */

/* Let it be written at the end of this turn. */
void recorder_write_soon(const struct recorder *r);
/* One more, of which `session` is to be set.  NULL without memory. */
struct track *recorder_add_track(struct recorder *r);
/* Open its file, in the name of which is the peer.  -1 with a sentence. */
MUST_USE
int recorder_name_track(struct track *t, const char *peer, struct error *e);
/* The same with the address of a socket that has never been open, and has no
 * number; if there is anything to be written. */
void recorder_name_by_address(struct track *t, const struct transport *socket);
/* One more, begun.  What goes wrong with its file is told when the turn is
 * over.  NULL without memory. */
struct track *recorder_add_session(struct recorder *r, uint32_t session,
                                   const char *peer);
/* The file of a conversation; NULL: there is none. */
struct track *recorder_track(const struct recorder *r, uint32_t session);
struct track *recorder_find_socket(const struct recorder *r,
                                   const struct transport *socket);

/* recorder_hear.c */

/* Begin with what comes; the recorder is not in the list yet. */
void recorder_start_hearing(struct recorder *r);
/* What waits for its acknowledgement or its rest is written as it is. */
void recorder_stop_hearing(struct recorder *r);
/* The functions of their listeners. */
void recorders_on_entries(void *user, uint64_t first, uint64_t end);
void recorders_on_recut(void *user, const struct recut *recut);
void recorders_on_wire(void *user, const struct wire_news *n);

#endif
