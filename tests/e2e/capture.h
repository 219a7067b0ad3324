/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recordings as packets, which tshark and capinfos judge. */

#ifndef TEST_CAPTURE_H
#define TEST_CAPTURE_H

#include "unix.h"

/* What tshark prints of a file in the test's folder; the words behind it end in
 * NULL.  The caller frees it by text_finish(). */
struct text tshark(const char *name, ...) __attribute__((sentinel));

/* Neither program complains of it, and there are as many streams; `resets` RST
 * are the only warnings. */
void assert_capture(const char *name, size_t streams, size_t resets);

/* This text is in what tshark prints with these words. */
void assert_tshark(const char *name, const char *expected, ...)
    __attribute__((sentinel));

/* What a stream moved, as tshark follows it: from who has connected, and back.
 * `protocol` is "tcp" or "tls". */
void assert_follow(const char *name, const char *protocol, size_t stream,
                   const struct text *client, const struct text *server);
void assert_follow_texts(const char *name, const char *protocol, size_t stream,
                         const char *client, const char *server);

/* The file's bytes.  The caller frees them by text_finish(). */
struct text captured(const char *name);
/* Wait until these bytes stand in the file one after another. */
void expect_captured(const char *name, const void *bytes, size_t len);

/* A word that lets tshark take this port for the protocol's; good for four
 * calls. */
const char *decode_as(uint16_t port, const char *protocol);

#endif
