/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a chat and its commands have to say to the user. */

#ifndef SOCKCHAT_CHAT_TELL_H
#define SOCKCHAT_CHAT_TELL_H

#include <sockchat/error.h>

struct chat;

/* Append a NOTE entry, as printf() does.  `code` is its name for programs,
 * static; sockchat-entries(5) lists all of them.  What stands behind "; "
 * becomes its hint. */
void chat_note(struct chat *c, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Tell what a command was asked for: the front end shows it over its screen, or
 * it is a NOTE entry of ROLE_ANSWER, which is in no file. */
void chat_answer(struct chat *c, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Confirm a change of how things look: for a moment on a screen, else as an
 * answer. */
void chat_moment(struct chat *c, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Append an ERROR entry: something that was asked for could not be done.  See
 * `is_scripted`.  Returns -1, so that a caller can return it on. */
int chat_error(struct chat *c, const struct error *e);
/* The same, with a hint, or "", and what printf() makes.  Returns -1. */
int chat_refuse(struct chat *c, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
