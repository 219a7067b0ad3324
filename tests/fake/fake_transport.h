/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A transport without a network, which does what a test has written down.
 * Its descriptor is real: a loop may watch it, and it is readable, writable
 * and hung up just as the script says.
 *
 *     fake_start();
 *     fake_on_connect("127.0.0.1:9999", FAKE_OPENS);
 *     … let the code under test dial with &transport_fake, turn the loop …
 *     struct fake *f = fake_last();
 *     fake_feed(f, "hel");             two reads, cut here
 *     fake_feed(f, "lo\n");
 *     fake_feed_end(f);                then FIN
 *     fake_limit_write(f, 3);          takes 3 bytes at a time
 *     … turn the loop …
 *     assert_string_equal(fake_written(f), "hello\n");
 *     assert_int_equal(fake_end(f), FAKE_CLOSED);
 *     assert_int_equal(fake_finish(), 0);
 */

#ifndef SOCKCHAT_FAKE_TRANSPORT_H
#define SOCKCHAT_FAKE_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/transport.h>

struct fake; /* begins with its struct transport */

/* Two kinds: with all that TCP has, and without its traits and stamps. */
extern const struct transport_ops transport_fake, transport_fake_bare;
/* A third one: what a feed brings is a message, also an empty one; of what is
 * written each is told with a ";" behind it.  An error is met once. */
extern const struct transport_ops transport_fake_messages;

/* What may lie on them: a layer that stays, as TLS does, and one that is there
 * for the opening alone, as a proxy's.  Each round trip of their opening takes
 * one byte of the peer's, of which "!" makes it fail.  A read takes up to 16
 * bytes from below, and gives 4 at most. */
extern const struct transport_ops transport_fake_layer, transport_fake_through;
/* So many round trips for the layers to come; 1 at the start. */
void fake_set_layer_rounds(size_t count);
/* Reading waits until it can write, and writing until it can read. */
void fake_swap_wants(bool is_on);
/* A layer has written what the one below did not take yet; pending() lets it go
 * on. */
void fake_owe_records(bool is_on);
bool fake_owes_records(void);
/* The peer's end proves nothing. */
void fake_leave_end_unproven(bool is_on);

/* Which of them the fakes to come are; the first if nothing is said. */
void fake_choose_kind(const struct transport_ops *ops);
const struct transport_ops *fake_kind(void);

/* Around each test.  The fakes live until fake_finish(), closed or not; it
 * returns how many have not been closed. */
void fake_start(void);
size_t fake_finish(void);

/* In the order in which they were made, attempts that failed included; NULL
 * when there is none. */
size_t fake_count(void);
struct fake *fake_at(size_t index);
struct fake *fake_last(void);
struct fake *fake_of(struct transport *t);
struct transport *fake_transport(struct fake *f);

/* The address that is written so: "127.0.0.1:9999", "[::1]:9999". */
struct address fake_address(const char *where);

/* What becomes of a connect to `where`; FAKE_OPENS if nothing is said. */
#define FAKE_OPENS 0
#define FAKE_HANGS (-1) /* until fake_settle() */
void fake_on_connect(const char *where, int errnum);
/* connect() itself fails, as without a route. */
void fake_on_connect_call(const char *where, int errnum);
/* The system refuses a setting of our end; without its source or device there
 * is no connection. */
void fake_refuse(enum socket_setting which, int errnum);
/* What connect() was given last. */
const struct socket_settings *fake_settings(void);
/* listen() on `where` fails so many times. */
void fake_fail_listen(const char *where, int errnum, size_t times);
/* One that hangs opens (FAKE_OPENS) or fails now. */
void fake_settle(struct fake *f, int errnum);

/* A connection that was accepted. */
struct fake *fake_open(void);

/* Opening takes so many round trips from now on, by all fakes of the test. */
void fake_set_rounds(size_t count);
/* The peer's part of one has come. */
void fake_answer(struct fake *f);
/* The next advance() fails, and explain() knows these words; NULL for none. */
void fake_fail_opening(struct fake *f, int errnum, const char *words);

/* What facts() tells; all zero at the start. */
struct transport_facts *fake_facts(struct fake *f);

/* From now on what is written is stamped, as soon as somebody asks for it. */
void fake_stamp_acks(void);
/* So many bytes since that start have been acknowledged. */
void fake_ack(struct fake *f, size_t bytes, int64_t wall_us);

/* A peer for the place where `listener` listens; its connection is made by
 * accept().  And accept() fails `times` times before. */
void fake_knock(struct fake *listener, const char *peer);
void fake_fail_accept(struct fake *listener, int errnum, size_t times);
size_t fake_accept_failures(const struct fake *listener); /* still to come */

/* What read() finds, in this order; one read never crosses from one feed into
 * the next.  The end and an error stay; EAGAIN is met once. */
void fake_feed(struct fake *f, const char *text);
void fake_feed_bytes(struct fake *f, const void *bytes, size_t len);
void fake_feed_end(struct fake *f);
void fake_feed_error(struct fake *f, int errnum);

/* write() takes at most so much a call (0: nothing, EAGAIN), and so much in
 * all before it is full; SIZE_MAX at the start. */
void fake_limit_write(struct fake *f, size_t limit);
void fake_set_room(struct fake *f, size_t room);
/* From now on write() fails. */
void fake_fail_write(struct fake *f, int errnum);
/* What pending() says, 0 at the start; -1 comes with `errnum`. */
void fake_set_pending(struct fake *f, ssize_t pending, int errnum);

/* What has happened to it. */
enum fake_end { FAKE_IN_USE, FAKE_CLOSED, FAKE_RESET };
enum fake_end fake_end(const struct fake *f);
bool fake_is_shut_down(const struct fake *f);
size_t fake_reads(const struct fake *f);  /* calls of read() */
size_t fake_unread(const struct fake *f); /* bytes fed and not read */
const char *fake_written(struct fake *f); /* as text */
size_t fake_written_len(const struct fake *f);
void fake_forget_written(struct fake *f);

#endif
