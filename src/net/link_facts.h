/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What moves bytes sets facts in the link, and tells who hears the wire. */

#ifndef LINK_FACTS_H
#define LINK_FACTS_H

#include <sockchat/link.h>
#include <sockchat/wire.h>

/* Nothing goes out any more, because of this errno. */
void link_note_break(struct link *l, int errnum);
/* So many bytes have moved. */
void link_note_in(struct link *l, ssize_t n);
void link_note_out(struct link *l, ssize_t n);

/* What a read has given, or a write has taken: as these return it, with errno.
 * Returns `n`, and errno is `errnum`. */
ssize_t link_note_read(struct link *l, const void *bytes, ssize_t n,
                       int errnum);
ssize_t link_note_write(struct link *l, const void *bytes, ssize_t n,
                        int errnum);

/* Tell who hears it; of a connection that nobody hears it costs a
 * comparison. */
void link_tell_wire(const struct link *l, struct wire_news n);

#endif
