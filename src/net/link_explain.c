/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What went wrong, in words.  Of messages that did not arrive the first of each
 * kind is told at once, and then, at most once a second, how many more there
 * were. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/explain.h>
#include <sockchat/number.h>

#include "link_facts.h"
#include "link_private.h"

struct link_unsent {
	uint64_t told; /* kinds in this second: bits, by their errno */
	uint64_t more; /* of these, since the last was told */
	struct error last;
};

uint64_t link_explain(const struct link *l, struct error *e, int errnum)
{
	struct transport_facts facts;
	transport_facts(l->transport, FACTS_TCP, &facts);
	struct explain_break b = {
		.bytes_in = l->bytes_in,
		.bytes_out = l->bytes_out,
		.has_peer_ended = l->has_peer_ended,
		.is_accepted = l->is_accepted,
		.is_plain = !l->transport->lower,
		.info = facts.has_tcp ? &facts.tcp : NULL,
	};
	transport_explain(l->transport->ops, &(struct failure){
		.kind = FAILED_LATER,
		.errnum = errnum,
		.where = link_called(l),
		.transport = l->transport,
		.story = &b,
	}, e);
	return explain_unacked(&b);
}

/* What a socket that cannot go on gives, and gives again. */
static bool is_lasting(int errnum)
{
	static const int numbers[] = {
		ENOMEM, EBADF,  ENOTSOCK,   EIO,
		EFAULT, EINVAL, ECONNRESET,
	};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (errnum == numbers[i])
			return true;
	return false;
}

/* Without memory each one is told. */
static void tell_first(struct link *l, int errnum, uint64_t kind)
{
	struct error e;
	(void)link_explain(l, &e, errnum);
	if (!l->unsent)
		l->unsent = calloc(1, sizeof(*l->unsent));
	if (l->unsent) {
		l->unsent->told |= kind;
		l->unsent->last = e;
	}
	l->ops->on_unsent(l, &e);
}

bool link_note_unsent(struct link *l, int errnum)
{
	uint64_t kind = UINT64_C(1) << (errnum & 63);
	if (!link_has_messages(l) || is_lasting(errnum) || !l->ops->on_unsent)
		return false;
	if (l->unsent && l->unsent->told & kind)
		l->unsent->more++;
	else
		tell_first(l, errnum, kind);
	return true;
}

bool link_tell_unsent(struct link *l)
{
	struct link_unsent *u = l->unsent;
	struct error e;
	if (!u || !u->more) {
		link_forget_unsent(l);
		return false;
	}
	e = u->last;
	size_t len = strlen(e.text);
	snprintf(e.text + len, sizeof(e.text) - len, " (%" PRIu64
	         " time%s more)", u->more, plural(u->more));
	u->more = 0;
	l->ops->on_unsent(l, &e);
	return true;
}

void link_forget_unsent(struct link *l)
{
	free(l->unsent);
	l->unsent = NULL;
}
