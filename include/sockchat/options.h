/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the user asked for, and from where.  One table drives the command line,
 * the configuration file, /set, --help and completion. */

#ifndef SOCKCHAT_OPTIONS_H
#define SOCKCHAT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <sockchat/access.h>
#include <sockchat/bytes.h>
#include <sockchat/choice.h>
#include <sockchat/dial.h>
#include <sockchat/endpoint.h>
#include <sockchat/error.h>
#include <sockchat/fault.h>
#include <sockchat/frame.h>
#include <sockchat/retry.h>
#include <sockchat/tls.h>
#include <sockchat/unpack.h>

/* The makefile reads it, too. */
#define SOCKCHAT_VERSION "0.1.0"

/* In the middle: whose messages wait for the user's word; as ENTRY_IN and
 * ENTRY_OUT. */
enum hold_option { HOLD_IN = 1, HOLD_OUT = 2 };
enum eol { EOL_LF, EOL_CRLF, EOL_CR, EOL_NUL, EOL_NONE };
enum ui { UI_AUTO, UI_TUI, UI_LINES, UI_PIPE, UI_JSON };
enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum theme { THEME_AUTO, THEME_DARK, THEME_LIGHT, THEME_16 };
/* When the bell rings; how the desktop is told. */
enum bell { BELL_NEVER, BELL_UNFOCUSED, BELL_ALWAYS };
enum notify { NOTIFY_OFF, NOTIFY_OSC9, NOTIFY_OSC777 };
enum view { VIEW_TEXT, VIEW_HEX, VIEW_MIXED, VIEW_COUNT };
enum time_mode { TIME_CLOCK, TIME_START, TIME_DELTA, TIME_OFF,
                 TIME_ANSWER, TIME_DATE, TIME_CLOCK_MS, TIME_COUNT };

/* How JSON has the bytes of messages: as text, and in base64 what is not UTF-8;
 * or all of them in the same form. */
enum encode { ENCODE_AUTO, ENCODE_HEX, ENCODE_BASE64 };

/* What offsets in hex count from. */
enum offsets { OFFSETS_MESSAGE, OFFSETS_DIRECTION };

/* What a recording does where there is a file already. */
enum record_over { RECORD_NEW, RECORD_APPEND, RECORD_OVERWRITE };

/* Who said it; a later source here overrides an earlier one. */
enum option_source {
	SOURCE_DEFAULT,
	SOURCE_FILE,
	SOURCE_PROFILE,
	SOURCE_COMMAND_LINE,
	SOURCE_RUN_TIME,
};

/* Whether a replay keeps the pauses that were recorded. */
enum replay_pace { PACE_FAST, PACE_RECORDED };

#define REPLAY_PATH_MAX 4096

#define OPTIONS_MAX 128 /* rows at most */
#define ON_CONNECT_MAX 1024
#define RECORD_MAX     2048
#define LIMIT_RECORD   ((size_t)1 << 20) /* waits for the reader of a FIFO */
#define RULES_PATH_MAX 4096
#define LIMIT_RULES    ((size_t)64 << 20) /* answers of a file of rules */

#define LINGER_FOREVER  (-1)
#define LINGER_DEFAULT  (-2) /* nothing was said */
#define LINGER_DEFAULT_MS 2000

/* All that can be chosen, at the start or at run time. */
struct options {
	enum endpoint_mode mode;
	const char *const *operands; /* of the command line, borrowed */
	size_t operand_count;
	struct endpoint endpoint;
	bool is_unix; /* the operand is the path of a unix socket */
	bool is_tls;  /* TLS for all that does not say tcp:// */
	bool is_udp;  /* UDP for all that is no URL */
	struct dial_settings dial;
	struct tls_settings tls;
	long retry;     /* tries to connect at most, RETRY_ENDLESS; 0: one */
	bool reconnect; /* also after a loss */
	char on_connect[ON_CONNECT_MAX]; /* lines, each with its newline */
	int64_t run_timeout_ms;     /* of the whole run; 0: none */
	int64_t idle_timeout_ms;    /* 0: none */
	int64_t quit_after_ms;      /* -1: stay */
	int64_t linger_ms;          /* or LINGER_… */
	int eol;                    /* enum eol */
	bool crlf_given, eol_given; /* -C, --eol: on the command line */
	int ui, color, view, time;  /* enum ui, color, view, time_mode */
	int theme;                  /* enum theme, of the screen */
	bool endings, bar;          /* line endings, the bar of keys: shown */
	bool json_indent;           /* messages that are JSON: indented */
	bool mouse, title;          /* of the terminal: taken */
	int encoding;               /* enum encoding_id, of text */
	int offsets;                /* enum offsets, in hex */
	int encode;                 /* enum encode, of JSON */
	bool ticks;                 /* where sent bytes are: shown */
	bool hints;                 /* protocols and traps: told */
	int bell, notify;           /* enum bell, notify */
	/* The fields of payloads that come, and that go: FORMATs, or "". */
	char unpack[2][UNPACK_FORMAT_MAX];
	char record[RECORD_MAX]; /* [FORMAT:]FILEs, each with its newline */
	int record_over; /* enum record_over */
	char rules[RULES_PATH_MAX]; /* the file of what answers, or "" */
	char replay[REPLAY_PATH_MAX]; /* the file to be played, or "" */
	/* Where what clients say goes, or ""; read as options_take_operands()
	 * does. */
	char forward[ENDPOINT_TEXT_MAX];
	struct endpoint target;
	int hold;                   /* enum hold_option bits */
	int pace;                   /* enum replay_pace */
	int64_t step_timeout_ms;    /* of its steps; 0: none */
	struct fault_spec fault;    /* trouble on purpose */
	bool echo, keep_open, no_shutdown, send_only, recv_only, zero;
	bool progress, quiet, verbose, help, version;
	long max_conns;    /* 0: no limit */
	struct access_list allow, deny; /* whom a listener serves */
	long datagram_size; /* bytes of each that is sent; 0: as it comes */
	struct frame frames[2]; /* of what comes, of what goes */
	char load[TLS_PATH_MAX]; /* a recording; "" for none */
	size_t scrollback; /* the transcript's bound in bytes */
	size_t queue_max;  /* bytes that may wait for all peers together */
	const char *config, *profile; /* borrowed from argv, or NULL */
	uint8_t sources[OPTIONS_MAX]; /* enum option_source of each row */
};

extern const struct choice eol_choices[], ui_choices[], color_choices[],
    view_choices[], time_choices[], on_off_choices[], bell_choices[],
    notify_choices[], encoding_choices[], encode_choices[],
    offsets_choices[], pace_choices[], hold_choices[],
    tls_version_choices[], unpack_choices[], proxy_protocol_choices[],
    tos_choices[], theme_choices[];

/* Point `*bytes` to what Enter appends.  Returns its length. */
size_t eol_bytes(enum eol eol, const char **bytes);

/* Check that the command line asks for nothing that the byte pipe or a probe
 * cannot do; what a file asks for does not matter.  Keepalive is then on only
 * if something says so.  -1 with a sentence. */
MUST_USE int options_check_pipe(struct options *o, struct error *e);

/* Put the default into every member. */
void options_init(struct options *o);

/* Set all options from the command line, which is borrowed until its operands
 * are read.  -1 with a sentence that names the option. */
MUST_USE
int options_parse(struct options *o, int argc, char *const *argv,
                  struct error *e);

/* Read the operands as an endpoint.  To be called when all options are set:
 * `unix` may stand in a file.  -1 with a sentence that names the word. */
MUST_USE int options_take_operands(struct options *o, struct error *e);

/* True if the options make TLS of an endpoint that is written as `word`. */
bool options_wants_tls(const struct options *o, enum endpoint_mode mode,
                       const char *word);

/* Make UDP of an endpoint that was written as `word`, if --udp wants that of
 * what is no URL. */
static inline void options_put_udp(const struct options *o, const char *word,
                                   struct endpoint *ep)
{
	if (o->is_udp && ep->scheme == ENDPOINT_TCP && !strstr(word, "://"))
		ep->scheme = ENDPOINT_UDP;
}

/* The same, or make TLS of it. */
void options_put_scheme(const struct options *o, enum endpoint_mode mode,
                        const char *word, struct endpoint *ep);

/* Check that what comes to `at` can go to `target`: UDP goes to UDP, and a
 * stream to a stream.  -1 with a sentence. */
MUST_USE
int options_check_pair(const struct endpoint *at,
                       const struct endpoint *target, struct error *e);

/* Whether a frame is set for either direction. */
static inline bool options_has_frames(const struct options *o)
{
	return frame_is_chosen(&o->frames[0]) || frame_is_chosen(&o->frames[1]);
}

/* How long the last answers are waited for where no peer ends, as over UDP; -1:
 * only --quit-after or --idle-timeout end that. */
static inline int64_t options_answer_ms(const struct options *o)
{
	bool has_other = o->quit_after_ms >= 0 || o->idle_timeout_ms;
	if (o->linger_ms != LINGER_DEFAULT)
		return o->linger_ms; /* LINGER_FOREVER is -1 */
	return has_other ? -1 : LINGER_DEFAULT_MS;
}

/* Set an option by its name or letter without dashes, as a file and /set do.  A
 * switch takes on, off, yes, no, or NULL for on; every option takes "default".
 * The value of a higher source stays.  -1 with a sentence that names the
 * option; then nothing has changed. */
MUST_USE
int options_set(struct options *o, const char *name, const char *value,
                enum option_source source, struct error *e);

/* config.c: set what the file `o->config` says, or the user's own, which need
 * not exist: lines of "option value", and [profile] sections.  The command line
 * overrides it.  -1 with a sentence that names file and line. */
MUST_USE int config_load(struct options *o, struct error *e);

/* As config_load(), for a text; sentences call it `path`. */
MUST_USE
int config_parse(struct options *o, const char *path, const char *text,
                 size_t len, struct error *e);

/* Append the text of --help, in 80 columns.  -1 without memory. */
MUST_USE int options_help(struct bytes *out);

struct option_row {
	char letter;       /* 0 for none */
	const char *name;  /* "connect-timeout" */
	const char *arg;   /* "SECS", "[=N]" for one that may be left out, or
	                    * NULL for a switch */
	const char *help;
};

/* Row `i` of the table, or NULL behind the last: for completion and the
 * manual's check. */
const struct option_row *options_row(size_t i);

/* The row of the option `name`, of which a unique beginning is enough; -1 for
 * none. */
int options_find(const char *name);

/* Whether row `i` can change at run time, and for whom: connections that are
 * open may stay as they are.  OPTION_LOOK: only users see it. */
enum option_life { OPTION_FIXED, OPTION_FOR_NEXT, OPTION_LIVE, OPTION_LOOK };
enum option_life options_life(size_t i);

/* The words that row `i` takes; NULL if it takes something else. */
const struct choice *options_choices(size_t i);

/* The value of row `i` as a user would write it, safe to show. */
void options_value(const struct options *o, size_t i, char *out, size_t cap);

/* Who said the value of row `i`: "from the profile". */
const char *options_source(const struct options *o, size_t i);

#endif
