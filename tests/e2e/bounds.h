/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How much memory a chat may take that keeps its conversation. */

#ifndef TEST_BOUNDS_H
#define TEST_BOUNDS_H

#include "peer.h"

#ifndef __has_feature
#define __has_feature(name) 0
#endif

/* AddressSanitizer keeps so much of what was freed. */
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define QUARANTINE_KIB (256 * 1024)
#else
#define QUARANTINE_KIB 0
#endif

/* The scrollback (64 MiB) and its bookkeeping. */
#define CHAT_RSS_MAX_KIB (2 * 64 * 1024 + RSS_MAX_KIB + QUARANTINE_KIB)

#endif
