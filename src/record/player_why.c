/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The sentences that say how a step was not met. */

#include <stdio.h>
#include <string.h>

#include <sockchat/escape.h>
#include <sockchat/number.h>
#include <sockchat/stamp.h>
#include <sockchat/utf8.h>

#include "player_private.h"

#define QUOTE_BEFORE 10 /* bytes before the place at which they differ */
#define QUOTE_MAX    320
#define WIDTH_MIN    16
#define WIDTH_MAX    48
#define REST_MAX     90 /* of the sentence, but for its two quotes */
#define NAME_SHOWN   80 /* bytes of a file's name */

/* A sentence in the making. */
struct words {
	const struct player *p;
	const struct player_failure *failure;
	struct error *e;
	const char *name; /* of the file: its end, if it is long */
	bool is_name_cut;
	size_t width; /* characters of a quote */
	char awaited[QUOTE_MAX], came[QUOTE_MAX];
};

static void say(const struct words *w, const char *code, const char *format,
                ...) __attribute__((format(printf, 3, 4)));

static void say(const struct words *w, const char *code, const char *format,
                ...)
{
	char text[2 * QUOTE_MAX + REST_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	error_set(w->e, "%s%s:%zu: %s", w->is_name_cut ? "..." : "",
	          w->name, w->failure->line, text);
	error_set_word(w->e, code);
}

/* Quotes */

static void choose_name(struct words *w)
{
	const char *name = chatfile_name(w->p->file);
	size_t len = strlen(name);
	w->is_name_cut = len > NAME_SHOWN;
	w->name = w->is_name_cut ? name + len - NAME_SHOWN : name;
	while ((*w->name & 0xc0) == 0x80)
		w->name++;
}

/* Let two quotes fit beside the name and the rest of the sentence. */
static void choose_width(struct words *w)
{
	size_t all = sizeof(w->e->text), used = strlen(w->name) + REST_MAX;
	size_t width = used < all ? (all - used) / 2 : 0;
	w->width = width < WIDTH_MIN   ? WIDTH_MIN
	           : width > WIDTH_MAX ? WIDTH_MAX
	                               : width;
}

/* Add the first character as a .chat file has it.  Its length. */
static size_t add_character(struct bytes *out, const uint8_t *bytes,
                            size_t len)
{
	uint32_t cp;
	int n = utf8_decode(bytes, len, &cp);
	size_t size = n > 0 ? (size_t)n : 1;
	if (*bytes == '"' || *bytes == '$' ? bytes_printf(out, "\\%c", *bytes)
	                                   : escape_append(out, bytes, size))
		bytes_clear(out); /* no memory: say less */
	return size;
}

/* Quote what is around byte `at`. */
static void quote(const struct words *w, char out[QUOTE_MAX],
                  const uint8_t *bytes, size_t len, size_t at)
{
	struct bytes text = { 0 };
	size_t i = at > QUOTE_BEFORE ? at - QUOTE_BEFORE : 0;
	while (i && i < at && (bytes[i] & 0xc0) == 0x80)
		i++;
	bool is_cut = i > 0;
	while (i < len && text.len < w->width)
		i += add_character(&text, bytes + i, len - i);
	snprintf(out, QUOTE_MAX, "%s\"%s\"%s", is_cut ? "..." : "",
	         bytes_text(&text), i < len ? "..." : "");
	bytes_finish(&text);
}

static void quote_expression(const struct words *w, char out[QUOTE_MAX])
{
	const struct bytes *b = &w->p->step.bytes;
	size_t len = b->len < w->width ? b->len : w->width;
	while (len && len < b->len && (b->data[len] & 0xc0) == 0x80)
		len--;
	snprintf(out, QUOTE_MAX, "/%.*s%s/", (int)len,
	         b->data ? (const char *)b->data : "",
	         len < b->len ? "..." : "");
}

static void quote_awaited(const struct words *w, char out[QUOTE_MAX])
{
	static const char *const names[] = {
		[CHAT_ANY] = "...", [CHAT_FIN] = "fin", [CHAT_RST] = "rst",
		[CHAT_STARTTLS] = "starttls", [CHAT_WAIT] = "wait",
		[CHAT_FRAME] = "frame", [CHAT_COMMENT] = "#",
	};
	const struct player *p = w->p;
	size_t at = p->skips ? 0 : p->at;
	if (p->step.kind == CHAT_BYTES)
		quote(w, out, p->bytes, p->len, at);
	else if (p->step.kind == CHAT_MATCH)
		quote_expression(w, out);
	else
		snprintf(out, QUOTE_MAX, "%s", names[p->step.kind]);
}

static const char *end_name(const struct player *p)
{
	static const char *const names[] = {
		[PLAYER_FIN] = "the peer's FIN",
		[PLAYER_RST] = "the peer's RST",
		[PLAYER_BROKEN] = "the connection broke",
	};
	return names[p->end];
}

/* "'e' 0x65" */
static const char *name_byte(char out[16], uint8_t byte)
{
	if (byte > ' ' && byte < 0x7f)
		snprintf(out, 16, "'%c' 0x%02x", byte, byte);
	else
		snprintf(out, 16, "0x%02x", byte);
	return out;
}

/* Sentences */

static void say_differs(const struct words *w)
{
	const struct player_failure *f = w->failure;
	char one[16], other[16];
	say(w, "REPLAY_DIFFERS", "expected %s, but %s came: byte %llu differs "
	    "(%s, %s)", w->awaited, w->came,
	    (unsigned long long)f->from + f->at,
	    name_byte(one, f->awaited[f->at]),
	    name_byte(other, f->came[f->at]));
}

/* A datagram is whole, so nothing is missing of it, or follows it. */
static void say_length(const struct words *w)
{
	const struct player *p = w->p;
	say(w, "REPLAY_DIFFERS", "expected %s, a datagram of %zu byte%s, but "
	    "one of %zu came: %s", w->awaited, p->len, plural(p->len),
	    p->datagram, w->came);
	error_set_hint(w->e, "over UDP each step is one datagram");
}

/* Not all came that was awaited, before or within something. */
static void say_missing(const struct words *w, const char *code,
                        const char *until)
{
	const struct player *p = w->p;
	if (p->has_datagrams && p->passed)
		say(w, code, "expected %s, which is none of the %llu "
		    "datagram%s that came %s", w->awaited,
		    (unsigned long long)p->passed, plural(p->passed), until);
	else if (p->skips && p->heard)
		say(w, code, "expected %s, which is not in the %llu byte%s "
		    "that came %s", w->awaited, (unsigned long long)p->heard,
		    plural(p->heard), until);
	else if (w->failure->came_len)
		say(w, code, "expected %s, but only %s came %s", w->awaited,
		    w->came, until);
	else
		say(w, code, "expected %s, but nothing came %s", w->awaited,
		    until);
}

static void say_ended(const struct words *w)
{
	char until[40];
	snprintf(until, sizeof(until), "before %s", end_name(w->p));
	say_missing(w, "REPLAY_ENDED", until);
}

/* A busy machine looks a little later than it should. */
static void format_wait(const struct words *w, char out[40])
{
	int64_t ns = w->p->waited_ns;
	int64_t step_ns = ns < SECOND_NS ? SECOND_NS / 100 : SECOND_NS / 10;
	snprintf(out, 40, "within %.10g s",
	         (double)(ns - ns % step_ns) / SECOND_NS);
}

static void say_late(const struct words *w)
{
	char until[40];
	format_wait(w, until);
	say_missing(w, "REPLAY_LATE", until);
	if (w->p->given_up)
		error_set_hint(w->e, "the expression took too long on some "
		               "messages, which counts as no match");
	else
		error_set_hint(w->e, "--step-timeout sets how long a step may "
		               "take");
}

static void say_stuck(const struct words *w)
{
	bool is_text = w->p->step.kind == CHAT_BYTES;
	char until[40];
	format_wait(w, until);
	say(w, "REPLAY_LATE", "%s was not %s %s%s", w->awaited,
	    is_text ? "sent" : "done", until,
	    is_text ? ": the peer does not read" : "");
}

static void say_more(const struct words *w)
{
	say(w, "REPLAY_DIFFERS", "expected %s, but %s came", w->awaited,
	    w->came);
}

static void say_no_match(const struct words *w)
{
	const struct player_failure *f = w->failure;
	unsigned long long at = (unsigned long long)f->from + f->at;
	char fits[80] = "its first byte does not match";
	if (at && f->at == f->came_len)
		snprintf(fits, sizeof(fits), "more must follow");
	else if (at)
		snprintf(fits, sizeof(fits), "only its first %llu byte%s "
		         "match%s", at, plural(at), at == 1 ? "es" : "");
	say(w, "REPLAY_DIFFERS", "expected %s, but %s came: %s", w->awaited,
	    w->came, fits);
}

static void say_too_long(const struct words *w)
{
	say(w, "REPLAY_DIFFERS", "%s takes too long on %s, which counts as no "
	    "match", w->awaited, w->came);
	error_set_hint(w->e, "use a simpler expression");
}

static void say_frame(const struct words *w)
{
	const struct player *p = w->p;
	struct error why = { 0 };
	frame_explain(&p->cutter.frame, &p->cutter.in, &(struct frame_seen){
		.bytes = w->failure->came, .len = w->failure->came_len,
	}, &why);
	say(w, "REPLAY_DIFFERS", "%s", why.text);
	error_set_hint(w->e, "%s", why.hint);
}

static void say_unsent(const struct words *w)
{
	say(w, "REPLAY_ENDED", "this was not sent: %s came before it",
	    end_name(w->p));
}

static void say_full(const struct words *w)
{
	say(w, "EMSGSIZE", "a message, or what groups have kept, is over "
	    "%zu MiB", CHATFILE_STEP_MAX >> 20);
}

static void say_file(const struct words *w)
{
	(void)w; /* the sentence is there already */
}

static void say_no_memory(const struct words *w)
{
	say(w, "ENOMEM", "there is no memory to play this step");
}

void player_why(const struct player *p, struct error *e)
{
	static void (*const sentences[])(const struct words *) = {
		[WHY_DIFFERS] = say_differs,   [WHY_LENGTH] = say_length,
		[WHY_ENDED] = say_ended,
		[WHY_LATE] = say_late,         [WHY_STUCK] = say_stuck,
		[WHY_MORE] = say_more,         [WHY_NO_MATCH] = say_no_match,
		[WHY_TOO_LONG] = say_too_long, [WHY_FRAME] = say_frame,
		[WHY_UNSENT] = say_unsent,     [WHY_FULL] = say_full,
		[WHY_FILE] = say_file,         [WHY_NO_MEMORY] = say_no_memory,
	};
	const struct player_failure *f = &p->failure;
	struct words w = { .p = p, .failure = f, .e = e };
	choose_name(&w);
	choose_width(&w);
	quote_awaited(&w, w.awaited);
	quote(&w, w.came, f->came, f->came_len,
	      f->at < f->came_len ? f->at : f->came_len);
	sentences[p->why](&w);
}
