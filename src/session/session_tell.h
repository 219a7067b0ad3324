/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries about a session.  A hint may be "".  The code of a note is its name
 * for programs, static, as in sockchat-entries(5). */

#ifndef SESSION_TELL_H
#define SESSION_TELL_H

#include <sockchat/session.h>

/* Add a sentence, which is the first one of the hint or begins with a
 * capital. */
void session_add_sentence(char *hint, size_t size, const char *sentence);
void session_tell_state(struct session *s, enum entry_state state,
                        const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
typedef void session_note_fn(struct session *s, const char *code,
                             const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void session_tell_note(struct session *s, const char *code, const char *hint,
                       const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same of what rows leave out, unless all steps are told. */
void session_tell_step(struct session *s, const char *code, const char *hint,
                       const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Half an end.  `left` is what can be done until the other half ends; `more` is
 * the rest of the hint, because of which rows keep the entry. */
void session_tell_half(struct session *s, const char *text, const char *left,
                       const char *more);
/* The same as a note of what may help: ROLE_HINT. */
void session_tell_hint(struct session *s, const char *code, const char *hint,
                       const char *text);
void session_tell_error(struct session *s, const struct error *e);
/* Tell what is sent as one message, whatever is in it. */
void session_tell_sent(struct session *s, const struct framed *m);

#endif
