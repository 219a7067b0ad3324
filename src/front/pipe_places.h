/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the byte pipe says of the places where it listens, to the user and to a
 * service manager. */

#ifndef SOCKCHAT_PIPE_PLACES_H
#define SOCKCHAT_PIPE_PLACES_H

#include <sockchat/address.h>
#include <sockchat/options.h>

#include "notices.h"

/* It listens on these; on none for a connection that it was started with. */
void places_tell(struct notices *n, const struct options *o,
                 const struct address *list, size_t count);

#endif
