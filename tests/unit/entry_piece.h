/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes of a message, as a test says them. */

#ifndef ENTRY_PIECE_H
#define ENTRY_PIECE_H

#include <sockchat/transcript.h>

#define ENTRY_PIECE(bytes, len, flags) \
	(&(struct entry_bytes){ (bytes), (len), (flags), 0, 0, 0 })

#endif
