/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One connection, from the dial to its orderly end, for whoever has a use for
 * its bytes.  What moves bytes notes facts here, and one place, link_step(),
 * concludes that it is over and tells its owner, once.
 *
 *     link_init(&s->link, loop, &ops);
 *     link_dial(&s->link, …);   or, with an accepted peer, link_take()
 *     … ops.on_open, and from then on
 *     … ops.on_ready: link_read(), link_write(), and then always
 *     link_step(&s->link, wishes);
 *     … ops.on_over: tell it, and link_close(&s->link, false);
 */

#ifndef SOCKCHAT_LINK_H
#define SOCKCHAT_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sockchat/dial.h>
#include <sockchat/error.h>
#include <sockchat/loop.h>
#include <sockchat/transport.h>

/* What an owner wishes at a step, as bits, beside LOOP_READ, LOOP_WRITE and
 * LOOP_HANGUP.  A half that has ended is not watched.  A hang-up is watched
 * when nothing else is, until both halves have ended. */
#define LINK_END_OUT 8u  /* send our FIN now: nothing waits for the peer */
#define LINK_LEAVE   16u /* do not wait for the peer's end */
#define LINK_HOLD    32u /* it is not over: the owner still holds bytes */
#define LINK_ASK     64u /* after our end, find out if all has arrived */
#define LINK_ASK_NOW 128u /* the same before our end: call on_ready for it */

/* What a link waits for by the clock: the alarms before LINK_OWN are its own,
 * six are its owner's. */
enum {
	LINK_IDLE,
	LINK_ACK,
	LINK_BUFFERED,
	LINK_FAULT,
	LINK_UNSENT,
	LINK_OWN,
	LINK_ALARMS = LINK_OWN + 6,
};

/* One timer, for the alarm that comes first. */
struct link_alarms {
	struct timer timer;
	int64_t due_ns[LINK_ALARMS]; /* 0: it is not set */
	int64_t idle_ns;
};

struct link;

/* Calls to the owner.  Only on_ready and on_over have to be there.  The owner
 * may close the link in each of them. */
struct link_ops {
	/* Bytes can move.  If we dialled, dial_timing() of `dial` still tells
	 * how long it took.  The owner calls link_step(). */
	void (*on_open)(struct link *l, const struct address *peer);
	/* It is ready for LOOP_READ, LOOP_WRITE, LOOP_HANGUP, as bits; 0: it
	 * only needs a step.  The owner reads and writes, and then calls
	 * link_step(). */
	void (*on_ready)(struct link *l, unsigned ready);
	/* link_secure() has succeeded: bytes can move again. */
	void (*on_secured)(struct link *l);
	/* The peer sends urgent data, which is read in its place: told once. */
	void (*on_urgent)(struct link *l);
	/* The time of one of the owner's alarms has come. */
	void (*on_alarm)(struct link *l, unsigned which);
	/* Our FIN has gone, and the peer's end has not come. */
	void (*on_end_out)(struct link *l);
	/* It is not over only because `unacked` of our bytes have not arrived.
	 * Called again and again, in the end 20 times a second. */
	void (*on_wait)(struct link *l, size_t unacked);
	/* A fault has struck; `text` says which, and what it did.  NULL: nobody
	 * wants to know. */
	void (*on_fault)(struct link *l, const char *text);
	/* With faults, link_write() only takes bytes.  `n` of the `len` bytes
	 * here have been written now, at once.  NULL: likewise. */
	void (*on_piece)(struct link *l, const uint8_t *bytes, size_t n,
	                 size_t len);
	/* A message did not arrive, as the network says, or could not be sent;
	 * nothing else has happened to the link, which the owner must not close
	 * here.  Many are told together, once a second.  NULL: there are no
	 * messages. */
	void (*on_unsent)(struct link *l, const struct error *e);
	/* It is over.  `e` is NULL if it has ended as it should; if not, the
	 * peer's system never acknowledged `unacked` bytes.  The owner closes
	 * the link, now or soon. */
	void (*on_over)(struct link *l, const struct error *e,
	                uint64_t unacked);
};

/* The first member of its owner, who may read all that is not the link's
 * own. */
struct link {
	struct loop *loop;
	const struct link_ops *ops;
	const char *where;    /* the peer to the user; the owner sets it */
	uint32_t number;      /* 1, 2, 3 …; the owner's, too */
	char *called;         /* of link_called(): allocated, or NULL */
	struct dial *dial;    /* it is not open yet; or NULL */
	struct transport *transport; /* NULL: not open */
	uint64_t bytes_in, bytes_out;
	uint64_t messages_in, messages_out; /* of a kind that has some */
	/* When bytes moved last each way; at first when it was opened.  An
	 * owner that knows of more movement may set it. */
	int64_t in_ns, out_ns;
	int broken; /* the errno that it broke with: nothing goes out */
	enum halves halves : 2;
	bool is_accepted : 1;    /* they came to us */
	bool has_peer_ended : 1; /* its FIN has come */
	bool is_aborted : 1; /* we have closed it by a reset */
	bool is_settled : 1; /* all of ours has arrived, our FIN with it */
	bool is_silent : 1;  /* idle for too long */
	bool has_urgent : 1; /* the peer has sent urgent data */
	bool ends_request : 1; /* our FIN followed a short request */
	bool is_near : 1; /* the client's of a pair: its bytes are those of the
	                   * target's link as well; the owner's, too */
	bool is_far : 1;  /* the target's of a pair; the owner's, too */
	uint8_t wished : 2;  /* LOOP_READ, LOOP_WRITE, for a layer */
	uint8_t traits;      /* of its transport, also when it is closed */
	struct faults *faults; /* what is to go wrong; the owner may set it */
	struct link_fault *fault; /* NULL: nothing does */
	struct link_unsent *unsent; /* NULL: nothing to be told */
	uint8_t ack_ms;      /* the rest is the link's own */
	uint64_t answered;   /* bytes_in when bytes last went out */
	struct watch watch;
	struct link_alarms *alarms; /* NULL: none was ever set */
};

/* `ops` is borrowed until the owner's end. */
void link_init(struct link *l, struct loop *loop, const struct link_ops *ops);

/* Connect as dial_start() does: on_open, or on_over.  -1 with errno. */
MUST_USE
int link_dial(struct link *l, const struct transport_ops *transport,
              const struct endpoint *ep, const struct dial_settings *settings,
              const struct dial_steps *steps);
/* Begin with a connection that was accepted and is open: on_open, or on_over
 * without memory, from within.  Takes `t`. */
void link_take(struct link *l, struct transport *t, const struct address *peer);

/* As the transport's read(), and notes the bytes, the peer's end or a break; or
 * tells of a message that did not arrive. */
MUST_USE ssize_t link_read(struct link *l, void *bytes, size_t cap);
/* As the transport's write(), and notes the bytes or a break: then what the
 * peer had sent can still be read.  A message that could not be sent is told,
 * and is gone. */
MUST_USE ssize_t link_write(struct link *l, const void *bytes, size_t len);
/* As link_read(), to a pipe and without a look at the bytes.  It notes bytes
 * alone: link_read() notes an end or a break.  -1 with EINVAL if the transport
 * cannot do it. */
MUST_USE ssize_t link_read_to(struct link *l, int pipe_fd, size_t len);
/* The same for link_write(), from a pipe or a file. */
MUST_USE
ssize_t link_write_from(struct link *l, int fd, bool is_pipe, size_t len);

/* The peer as errors call it: "localhost:9999 (127.0.0.1)". */
static inline const char *link_called(const struct link *l)
{
	return l->called ? l->called : l->where;
}

/* Draw the conclusions from what was noted, and wait for what is wished.  The
 * owner calls it after all that it has done.  Safe when it is not open. */
void link_step(struct link *l, unsigned wishes);

/* The owner cannot go on: it is over at the next step.  An errno that was noted
 * before stays. */
void link_break(struct link *l, int errnum);

/* A hang-up was told: nobody is at the other end any more.  TCP tells it of a
 * reset alone. */
void link_hang_up(struct link *l);

/* Let it be over when nothing has moved for so long; 0: never.  A step has to
 * follow. */
void link_set_idle(struct link *l, int64_t idle_ns);

/* Call on_alarm once, so much later; setting it again moves it.  Without memory
 * the link is broken.  A step has to follow. */
void link_set_alarm(struct link *l, unsigned which, int64_t ns);
/* Safe when it is not set. */
void link_stop_alarm(struct link *l, unsigned which);
/* Whether it is set and still to come. */
static inline bool link_has_alarm(const struct link *l, unsigned which)
{
	return l->alarms && l->alarms->due_ns[which];
}

/* Whether a peer that we dialled has ended at once, before anybody said
 * anything. */
bool link_is_wordless(const struct link *l);
/* Whether the peer has ended without a byte after our FIN, which came at once
 * behind something as short as a request. */
bool link_is_unanswered(const struct link *l);

/* Whether the peer's end proves nothing (RFC 8446, 6.1). */
static inline bool link_is_end_unproven(const struct link *l)
{
	struct transport_facts facts;
	if (!l->has_peer_ended || !l->transport || !l->transport->lower)
		return false;
	transport_facts(l->transport, FACTS_END, &facts);
	return facts.is_end_unproven;
}

/* True if it has TCP's states, FIN and RST. */
static inline bool link_is_tcp(const struct link *l)
{
	return l->traits & TRANSPORT_TCP;
}

/* True if it moves messages: one with each read and write, 0 bytes are an empty
 * one, and neither side ends. */
static inline bool link_has_messages(const struct link *l)
{
	return l->traits & TRANSPORT_MESSAGES;
}

/* What bytes are once they count as arrived, in a word. */
static inline const char *link_arrived(const struct link *l)
{
	return link_is_tcp(l) ? "acknowledged" : "read";
}

/* When a byte moved last, or when it was opened; with bytes that a fault holds
 * back, now. */
int64_t link_moved_ns(const struct link *l);

/* How many of our bytes, and our FIN as one, the peer's system has not
 * acknowledged; 0 when it is not open; -1 with errno if it has failed. */
static inline ssize_t link_pending(const struct link *l)
{
	return l->transport ? l->transport->ops->pending(l->transport) : 0;
}

/* The same without our FIN. */
static inline ssize_t link_unacked(const struct link *l)
{
	bool has_fin = link_is_tcp(l) && !halves_is_out_open(l->halves);
	ssize_t n = link_pending(l);
	return n > 0 && has_fin ? n - 1 : n;
}

/* Say why it broke, in `e`; `errnum` is 0 for an end that is unproven.  Returns
 * how many of our bytes were never acknowledged; 0 if that is not known. */
uint64_t link_explain(const struct link *l, struct error *e, int errnum);

/* Close the dial or the connection, whichever there is: by FIN, so that the
 * peer can read all that is on its way; or, with `abort`, by RST.  Calls
 * nobody. */
void link_close(struct link *l, bool abort);

#endif
