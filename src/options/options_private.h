/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of this folder share: choice.c and option_word.c know words,
 * option_rows.c is the table, option_value.c reads and tells values, options.c
 * knows who may set them, option_tls.c and option_kinds.c which of them go
 * together, usage.c has --help, foreign.c knows what other programs call them,
 * cmdline.c and config.c set them.  Each calls those before it alone. */

#ifndef OPTIONS_PRIVATE_H
#define OPTIONS_PRIVATE_H

#include <sockchat/options.h>

#include "option_word.h"

enum option_type {
	TYPE_SET,      /* a switch: bool; with `arg` argv has its word */
	TYPE_VALUE,    /* a switch that stores `value` into an int */
	TYPE_CHOICE,   /* one of `choices` into an int */
	TYPE_DURATION, /* milliseconds into an int64_t */
	TYPE_LINGER,   /* the same, or "inf" */
	TYPE_COUNT,    /* a long from 1, to `value` if that is not 0 */
	TYPE_RETRY,    /* a number of tries, or a switch: RETRY_ENDLESS or 0 */
	TYPE_SIZE,     /* bytes into a size_t */
	TYPE_MODE,     /* of a file, into an unsigned */
	TYPE_TEXT,     /* a word of the command line */
	TYPE_PROXY,    /* its URL, into struct proxy_settings */
	TYPE_FRAME,    /* a SPEC into a frame */
	TYPE_FAULT,    /* words of a SPEC: each value adds some */
	TYPE_ACCESS,   /* addresses and networks: each value adds some */
	TYPE_GROUPS,   /* multicast groups: each value adds some */
	TYPE_LINES,    /* lines: each value is one more, with its newline */
	TYPE_RECORD,   /* the same; `value`, an enum record_as, stands before
	                * it */
	TYPE_SOCKET,   /* an enum socket_setting, `value`, into an int */
	TYPE_KEEPALIVE, /* four of these */
	TYPE_PORT,     /* a number or a service's name, into an unsigned */
	TYPE_WORD,     /* `value`, an enum option_word, into chars */
};

/* The format of a recording, if the option names it. */
enum record_as { RECORD_AS_NAMED, RECORD_AS_TEXT, RECORD_AS_HEX };

/* Where a row holds, and what may be done with it. */
enum {
	MODE_BOTH = 0,
	MODE_CONNECT = 1,
	MODE_LISTEN = 2,
	LIVE = 4,      /* can change at run time */
	ARGV_ONLY = 8, /* not in a configuration file */
	IP_ONLY = 16,  /* for IP, but not for a given descriptor */
	NO_PIPE = 32,  /* not for the byte pipe */
	MESSAGES = 256, /* nor this: it is about messages */
	BOTH_WAYS = 512, /* NAME sets NAME-in and NAME-out, which stand
	                  * behind it */
	NO_REPLAY = 1024, /* not beside --replay */
	TLS_ONLY = 64, /* about TLS */
	SERVERS = 128, /* about the servers that TLS connects to */
	CLIENTS = 2048, /* about the clients that TLS serves */
	CLIENT_IP = 8192, /* about addresses of clients */
	UDP_ONLY = 16384, /* about UDP */
	STREAMS = 32768, /* not for UDP, as TLS_ONLY is not */
	TARGET = 4096, /* a listener with --forward has it too: for its
	                * target */
	TCP_ONLY = 65536, /* not for unix sockets, not for UDP */
	NO_UNIX = 131072, /* not for unix sockets */
	NEXT = 262144, /* LIVE: connections that are open stay as they are */
	LOOK = 524288, /* LIVE: it changes what users see, and nothing else */
};

/* What parsing needs to know beyond what users see. */
struct option_rule {
	struct option_row row;
	enum option_type type;
	size_t offset, size; /* of the member of struct options */
	int value;
	const struct choice *choices;
	unsigned flags;
};

/* Check that no two options exclude each other.  A higher source switches off
 * what a lower one said; within one source it is an error: -1 with a
 * sentence. */
MUST_USE int options_check(struct options *o, struct error *e);

/* Row `i`, or NULL behind the last. */
const struct option_rule *option_rule(size_t i);

/* The row of this letter, or NULL. */
const struct option_rule *option_by_letter(int letter);

/* Say that no option has this name, and which one may be meant.  Returns -1.
 * `sign` is "--", or "" in a file. */
int option_refuse_name(const char *sign, const char *name, struct error *e);

/* True if the row is for the other of connect and listen.  Who forwards does
 * both. */
bool option_is_foreign(const struct options *o, const struct option_rule *r,
                       enum endpoint_mode mode);

/* As options_set(), for a row; the sentence calls it `name`. */
MUST_USE
int option_apply(struct options *o, const struct option_rule *r,
                 const char *name, const char *value,
                 enum option_source source, struct error *e);

/* The index into `sources` of a row: rows of one member have one source. */
size_t option_source_row(const struct option_rule *r);

/* Whether its name alone is not enough in a file. */
bool option_needs_value(const struct option_rule *r);

/* The member of `o` that a row is about. */
void *option_member(struct options *o, const struct option_rule *r);

extern const struct options option_defaults;

/* Put the default there; whether it is there. */
void option_set_default(struct options *o, const struct option_rule *r);
bool option_is_default(const struct options *o, const struct option_rule *r);

/* Read a value; NULL switches on.  False when it is none. */
MUST_USE
bool option_set_value(struct options *o, const struct option_rule *r,
                      const char *value);

/* What the row's values look like: "on or off".  `list` is room for that. */
const char *option_wanted(const struct option_rule *r, char *list, size_t cap);

/* The first option of the command line with this flag and a value of its own,
 * or NULL. */
const struct option_rule *option_find_given(const struct options *o,
                                            unsigned flag);

/* Check that what is asked for goes together with --replay.  A higher source
 * switches off what a lower one said.  -1 with a sentence. */
MUST_USE int option_check_replay(struct options *o, struct error *e);

/* Check that what is asked goes together with UDP, or with streams.  Over UDP
 * frames that a file chooses are forgotten.  -1 with a sentence. */
MUST_USE
int option_check_kinds(struct options *o, struct error *e);

/* "--eol" or "-w, --connect-timeout", as the user may have written it. */
void option_name_flag(const struct option_rule *r, char *out, size_t cap);

/* Check that what is asked of TLS goes together.  A higher source switches off
 * what a lower one said.  -1 with a sentence. */
MUST_USE int option_check_tls(struct options *o, struct error *e);

#endif
