/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes of a direction cut into messages of the transcript, as a frame says. */

#ifndef SOCKCHAT_FRAMING_H
#define SOCKCHAT_FRAMING_H

#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>
#include <sockchat/frame.h>
#include <sockchat/transcript.h>

/* What is added to a message after such a pause, or so long after a late part
 * began, is a late part. */
#define FRAMING_PAUSE_MS 100
#define FRAMING_PART_MS  2000

/* Bytes of a message, as they are cut. */
struct framing_cut {
	uint64_t seq; /* of its entry, which is not told yet if it begins */
	const uint8_t *bytes;
	size_t len;
	size_t back; /* so many bytes at its end, which were cut before, belong
	              * to the next message after all: they come again */
	bool begins;   /* they are its first ones */
	bool is_whole; /* all that may follow is white space, if it is soft */
	const struct frame *frame; /* NULL: it ends as it is, by no frame */
	const struct frame_message *now;
};

/* Who gets each message's bytes. */
struct framing_hook {
	/* -1 without memory. */
	int (*on_cut)(void *user, const struct framing_cut *c);
	void *user;
};

/* The message that is being put together, in one direction of one session. */
struct framing {
	uint64_t seq; /* 0: none is under way */
	uint64_t last_seq; /* of the newest */
	uint64_t count; /* messages that have begun so far */
	uint64_t at;    /* bytes of the direction so far */
	bool jumps;     /* some of them were not told */
	int64_t asked_ns; /* when we last sent what it may answer; 0: never */
	/* When the message under way grew last, and its newest late part
	 * began. */
	int64_t grown_ns, part_ns;
	struct frame_state state;
	struct frame_state typed; /* of what was sent by hand, which the peer's
	                           * messages may answer */
	const struct framing_hook *hook; /* borrowed; NULL: nobody */
	uint8_t dir; /* an enum entry_dir */
	bool is_wrong; /* its bytes are no messages of the frame */
	bool is_headless; /* the transcript has dropped its beginning */
};

/* Whose bytes these are, and when they came. */
struct framing_read {
	struct transcript *transcript;
	const struct frame *frame;
	struct stamp time;
	uint32_t session;
	const char *peer;
	uint64_t at; /* bytes of the direction before it */
};

/* Add the bytes of a read as messages; an unfinished one is in the transcript
 * already, and grows there.  No bytes are an empty datagram.  When they cannot
 * be messages of this frame, `state.now.wrong` says why from then on.  -1
 * without memory. */
MUST_USE
int framing_take(struct framing *f, const struct framing_read *r,
                 const void *bytes, size_t len);

/* See bytes that are no messages of their own, as they were sent by hand: for
 * the frame of what is sent, or else of what comes, if it has to know what was
 * asked. */
void framing_see(struct framing *f, const struct frame *in,
                 const struct frame *out, const void *bytes, size_t len);

/* So long after the last bytes the message under way is whole, if no more come;
 * 0: then it is not. */
int64_t framing_silence_ns(const struct framing *f, const struct frame *frame);

/* End the message under way as a whole one. */
void framing_complete(struct framing *f, struct transcript *t);

/* Let the next bytes begin a message, if the frame tells unfinished ones in
 * pieces; but not within a character. */
void framing_break(struct framing *f, const struct frame *frame,
                   const struct transcript *t);

/* What comes now is another conversation, or is cut by another frame: a message
 * that was awaited stays as it is. */
void framing_restart(struct framing *f, struct transcript *t);

/* The codes of the notes that follow from the frame. */
#define FRAMING_WRONG      "frame-wrong"
#define FRAMING_UNFINISHED "frame-unfinished"

/* Tell why what came cannot be messages of this frame. */
void framing_tell_wrong(const struct framing *f, const struct framing_read *r);

/* The peer has ended, by `how`: "FIN".  If that leaves a message that is not
 * whole, tell it. */
void framing_end(struct framing *f, const struct framing_read *r,
                 const char *how);

#endif
