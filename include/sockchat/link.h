/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One connection, from the dial to its orderly end, for whoever has a use for
 * its bytes.  What moves bytes notes facts here, and one place, link_step(),
 * concludes that it is over and tells its owner, once.
 *
 *     link_init(&s->link, loop, &ops);
 *     link_dial(&s->link, …);           or, with an accepted peer,
 *     link_take(&s->link, transport);   at once
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
#include <sockchat/halves.h>
#include <sockchat/loop.h>
#include <sockchat/transport.h>

/* What an owner wishes at a step, beside LOOP_READ, LOOP_WRITE and LOOP_HANGUP
 * (a hang-up is then told as long as a half is open, and nothing else is
 * watched for). */
#define LINK_END_OUT 8u  /* our FIN goes now: nothing waits for the peer */
#define LINK_LEAVE   16u /* it is over without the peer's end */
#define LINK_HOLD    32u /* it is not over yet: what came is still at hand */
#define LINK_ASK     64u /* `is_settled` is of use */

/* The clocks of a link: two are its own, two its owner's. */
enum {
	LINK_IDLE,
	LINK_ACK,
	LINK_OWN,
	LINK_ALARMS = LINK_OWN + 2,
};

struct link;

/* What an owner has no use for may be NULL, but on_ready and on_over.  The link
 * may be closed in any. */
struct link_ops {
	struct dial_steps steps; /* while it is dialled; they get the link */
	/* The peer has answered; dial_timing() of `dial` still tells how fast.
	 * Takes `t`: link_take() is the next call. */
	void (*on_open)(struct link *l, struct transport *t,
	                const struct address *peer);
	/* Ready for this (LOOP_READ …); 0: it is time for another step. */
	void (*on_ready)(struct link *l, unsigned ready);
	void (*on_alarm)(struct link *l, unsigned which);
	/* Our FIN has gone. */
	void (*on_end_out)(struct link *l);
	/* It would be over, but for `unacked` of our bytes; asked again and
	 * again, up to 20 times a second. */
	void (*on_wait)(struct link *l, size_t unacked);
	/* It is over: as it should, and `e` is NULL; or not, and the peer's
	 * system never acknowledged `unacked` bytes.  Close the link. */
	void (*on_over)(struct link *l, const struct error *e,
	                uint64_t unacked);
	bool is_alone; /* one of few: it gains nothing from the epoll set */
};

/* The head of its owner, who reads all of these. */
struct link {
	struct loop *loop;
	const struct link_ops *ops;
	const char *where;    /* the peer to the user; the owner sets it */
	struct dial *dial;    /* under way, or NULL */
	struct transport *transport; /* NULL: not open */
	uint64_t bytes_in, bytes_out;
	/* When they moved last, or their owner knows of more movement; at first
	 * when it was opened. */
	int64_t in_ns, out_ns;
	int64_t idle_ns;
	int broken; /* the errno that it broke with: nothing goes out */
	enum halves halves : 2;
	bool is_accepted : 1;    /* they came to us */
	bool has_peer_ended : 1; /* its FIN has come */
	bool is_settled : 1; /* all of ours has arrived, our FIN with it */
	bool is_silent : 1;  /* idle for too long */
	uint8_t ack_ms;      /* the rest is the link's own */
	struct watch watch;
	struct timer timer;
	int64_t due_ns[LINK_ALARMS];
};

/* `ops` are borrowed for ever. */
void link_init(struct link *l, struct loop *loop, const struct link_ops *ops);

/* Connect: on_open, or on_over.  -1 with errno.  `ep` and `settings` are
 * borrowed for the call. */
MUST_USE
int link_dial(struct link *l, const struct transport_ops *transport,
              const struct endpoint *ep, const struct dial_settings *settings);
/* A connection that is open.  Takes `t`.  -1 with ENOMEM: nobody will be
 * called, close it. */
MUST_USE int link_take(struct link *l, struct transport *t);

/* As the transport's own, but what happens is noted: bytes and when they
 * moved, an end, a break. */
MUST_USE ssize_t link_read(struct link *l, void *bytes, size_t cap);
MUST_USE ssize_t link_write(struct link *l, const void *bytes, size_t len);
/* The same without a look at the bytes.  Unless some move nothing is noted:
 * link_read() and link_write() find what the matter is.  EINVAL when it cannot
 * be. */
MUST_USE ssize_t link_read_to(struct link *l, int pipe_fd, size_t len);
MUST_USE
ssize_t link_write_from(struct link *l, int fd, bool is_pipe, size_t len);

/* Conclude from what was noted, and wait for what is wished; after whatever
 * has happened.  Fine when it is not open. */
void link_step(struct link *l, unsigned wishes);

/* The owner cannot go on: it is over at the next step.  An errno that was noted
 * before stays. */
void link_break(struct link *l, int errnum);

/* Over when nothing has moved for so long; 0: never.  Then a step is due. */
void link_set_idle(struct link *l, int64_t idle_ns);

/* Call on_alarm, once, so much later; not any more. */
void link_set_alarm(struct link *l, unsigned which, int64_t ns);
void link_stop_alarm(struct link *l, unsigned which);
static inline bool link_has_alarm(const struct link *l, unsigned which)
{
	return l->due_ns[which] != 0;
}

/* We went to them, they end, and nobody has said anything. */
bool link_is_wordless(const struct link *l);

/* When a byte moved last, or it was opened. */
static inline int64_t link_moved_ns(const struct link *l)
{
	return l->in_ns > l->out_ns ? l->in_ns : l->out_ns;
}

/* How many of our bytes, and our FIN as one, the peer's system has not
 * acknowledged; 0 when it is not open; -1 with errno if it has failed. */
static inline ssize_t link_pending(const struct link *l)
{
	return l->transport ? l->transport->ops->pending(l->transport) : 0;
}

/* Why it broke.  How many of our bytes were never acknowledged; 0 if that is
 * not known. */
uint64_t link_explain(const struct link *l, struct error *e, int errnum);

/* End whatever there is, a dial as well: by FIN, and without destroying what
 * the peer has not read yet; or by RST. */
void link_close(struct link *l, bool abort);

#endif
