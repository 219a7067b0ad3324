/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a format makes of a conversation: a table of operations, each of which
 * only appends to `out`.  A recorder (record.h) writes that into its file, and
 * /save makes whole files by them. */

#ifndef SOCKCHAT_SINK_H
#define SOCKCHAT_SINK_H

#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/endpoint.h>
#include <sockchat/entry.h>
#include <sockchat/error.h>
#include <sockchat/frame.h>
#include <sockchat/wire.h>
#include <sockchat/wrap.h>

/* What a format is told of, as bits. */
enum {
	SINK_ENTRIES = 1, /* of the transcript, when they are to be written */
	SINK_WIRE = 2,    /* what connections move */
	SINK_UNTOLD = 4,  /* bytes that connections move, as some of them are
	                   * in no entry */
	SINK_SOCKETS = 8, /* with WIRE: what the network sees, so of a pair in
	                   * the middle both connections */
};

/* What waits to be sent to a peer; all zero: nothing, or it is not known. */
struct sink_queue {
	uint64_t gone;  /* bytes that have left before */
	uint64_t plain; /* that leave next, and were told as entries */
	bool has_file;  /* a file leaves behind those; what is told from now on
	                 * leaves after it */
	bool is_between; /* the peer is a pair in the middle: what it moves is
	                  * not what entries tell */
};

/* What a file misses: it could not be written for a while. */
struct sink_gap {
	uint64_t bytes;    /* of the file, that were not written */
	uint64_t entries;  /* and messages, packets and other entries in them;
	                    * or 0 */
	int errnum;        /* why */
	struct stamp time; /* when it began */
};

/* The head of every format's state. */
struct sink {
	const struct sink_ops *ops;
	/* How entries are to look; brought up to date before each call. */
	struct wrap_look look;
	/* It is /save, or another that has entries alone: the format makes of
	 * them what it would have had from the wire. */
	bool has_entries_alone;
	/* The file has something already, to which this is appended; and where
	 * it is, borrowed, or NULL. */
	bool continues;
	const char *path;
	/* Where the conversation goes, for the head of a file. */
	enum endpoint_mode mode;
	const char *endpoint; /* "127.0.0.1:9999", borrowed */
	const char *local; /* our end of it, borrowed; or NULL: not known */
	bool has_peers; /* there may be more than one */
	uint64_t packets; /* that the format has made; or 0 */
	/* Bytes that come are in no entry. */
	bool has_untold_in;
	/* Of the peer that a call is about; brought up to date before it for
	 * formats that hear SINK_UNTOLD. */
	struct sink_queue queue;
	/* What cuts messages that come, for programs that read the file; NULL:
	 * nothing does.  Borrowed, and may change. */
	const struct frame *frame;
};

/* All return -1 without memory; then what they appended does not count. */
struct sink_ops {
	const char *name;        /* "pcapng" */
	const char *suffixes[3]; /* of the names of files that are to have it */
	const char *help;        /* what it is, in a few words */
	unsigned hears;          /* SINK_… */
	/* It has messages from the wire: of entries it is told the others
	 * alone, unless it has entries alone. */
	bool ignores_messages;
	bool is_text;            /* rows, for people */
	bool has_lines;          /* what is added to a file begins a line */
	size_t size;             /* of its state, which begins by struct sink
	                          * and is zero behind it */
	/* The head of a file.  NULL: there is none. */
	int (*open)(struct sink *s, struct bytes *out);
	/* Whether this entry is not for the file.  NULL: all are. */
	bool (*leaves_out)(const struct entry *e);
	/* An entry; of a message the bytes from `from` on. */
	int (*entry)(struct sink *s, const struct entry *e, size_t from,
	             struct bytes *out);
	/* A message sent by hand has arrived, or is lost, after it was written:
	 * `tick` of the entry tells.  With this, entries wait a little for
	 * that, as --json does it.  NULL: they do not. */
	int (*ack)(struct sink *s, const struct entry *e, struct bytes *out);
	int (*wire)(struct sink *s, const struct wire_news *n,
	            struct bytes *out);
	/* The file goes on behind a gap: say so.  NULL: it cannot be said. */
	int (*gap)(struct sink *s, const struct sink_gap *g,
	           struct bytes *out);
	/* The turn is over: append what was held back.  NULL: nothing is. */
	int (*flush)(struct sink *s, struct bytes *out);
	/* The end of a file.  Frees what the state owns.  NULL: nothing. */
	int (*close)(struct sink *s, struct bytes *out);
};

/* Each is in a file of its own, rec_NAME.c. */
extern const struct sink_ops sink_text, sink_full, sink_hex, sink_raw,
                             sink_chat, sink_jsonl, sink_pcapng;

/* The formats; NULL ends them. */
extern const struct sink_ops *const sink_formats[];

/* The format of this name; NULL for none. */
const struct sink_ops *sink_named(const char *name);
/* The format whose name stands before the first colon. */
const struct sink_ops *sink_named_before(const char *name);
/* The format that the ending of a file's name asks for. */
const struct sink_ops *sink_of(const char *path);

/* A new state.  The caller ends it by sink_free().  NULL without memory. */
MUST_USE struct sink *sink_new(const struct sink_ops *ops);
/* Frees it; what its close() would append is gone.  NULL is fine. */
void sink_free(struct sink *s);

/* Whether the peer has got or sent the message, as far as entries tell; else it
 * was dropped on the way, or is between us and the client alone. */
bool sink_is_of_target(const struct entry *e);
/* Append what became of a message in the middle that has a fate, with its first
 * bytes: dropped 3: > "DEL a\n". */
MUST_USE
int sink_append_fate(struct bytes *out, const struct entry *e, size_t from);

/* The `gap` of formats that have notes: it is one, without a number. */
int sink_note_gap(struct sink *s, const struct sink_gap *g, struct bytes *out);
/* The same as a sentence: "12 KiB (34 entries) are missing here: …". */
#define SINK_GAP_MAX 160
void sink_gap_text(char out[SINK_GAP_MAX], const struct sink_gap *g);
/* How much it is: "12 KiB (34 entries)". */
#define SINK_GAP_SIZE_MAX 60
void sink_gap_size(char out[SINK_GAP_SIZE_MAX], const struct sink_gap *g);
/* Why a file could not be written, in words; also of FIFOs. */
const char *sink_why(int errnum);

#endif
