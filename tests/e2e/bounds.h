/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How much memory the program may take. */

#ifndef TEST_BOUNDS_H
#define TEST_BOUNDS_H

#ifndef __has_feature
#define __has_feature(name) 0
#endif

/* AddressSanitizer keeps 256 MiB of what was freed, and its own tables. */
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define QUARANTINE_KIB (288 * 1024)
#else
#define QUARANTINE_KIB 0
#endif

/* What keeps no conversation, and a pipe: much less than what tests send
 * through it. */
#define RSS_MAX_KIB (24 * 1024 + QUARANTINE_KIB)

/* The scrollback (64 MiB) and its bookkeeping. */
#define CHAT_RSS_MAX_KIB (2 * 64 * 1024 + RSS_MAX_KIB)

#endif
