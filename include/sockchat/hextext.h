/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes in the forms in which people paste them: 16 03 01, 160301, 16:03:01,
 * 0x16, 0x03, \x16\x03, a C array, a literal in quotes (b'\x16\x03'), and the
 * dumps of xxd, hexdump -C, od -tx1, tcpdump -X, text2pcap and Wireshark. */

#ifndef SOCKCHAT_HEXTEXT_H
#define SOCKCHAT_HEXTEXT_H

#include <stddef.h>

#include <sockchat/bytes.h>
#include <sockchat/error.h>

/* Append the bytes that `text` shows.  What it tells beside them is checked: in
 * a dump each offset must be the one before and what stands there, and the
 * ASCII column must be that of the bytes; a "*" there repeats the row above up
 * to the next offset.  -1 with a sentence that names the column, and the line
 * if there are several, also for what can be read in two ways; then nothing is
 * added. */
MUST_USE
int hextext_parse(struct bytes *out, const char *text, size_t len,
                  struct error *e);

#endif
