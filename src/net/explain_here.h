/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What this machine itself knows of a failure.  The words stand apart from the
 * facts, for the test that holds all sentences: there `where` and `peer` are
 * addresses, and `owner` is as owner_describe() gives it. */

#ifndef NET_EXPLAIN_HERE_H
#define NET_EXPLAIN_HERE_H

#include <sockchat/explain.h>

/* The sentence is `what` and a colon, if there is a what; `before`, the place,
 * `after`.  A list ends in an errnum of 0. */
struct wording {
	int errnum;
	const char *what, *before, *after, *hint;
};

/* Write the sentence for `errnum` from `list`, with `tail` at its end. */
void explain_word(struct error *e, const struct wording *list, int errnum,
                  const char *where, const char *tail);

/* "after 3 bytes received and 1 byte sent" */
#define EXPLAIN_MOVED_MAX 96
void explain_moved(char out[EXPLAIN_MOVED_MAX], const struct explain_break *b);

/* The first port for those who are not root. */
unsigned host_first_free_port(void);

/* List this machine's addresses: "192.0.2.1, 127.0.0.1".  False if it does not
 * tell any. */
#define HOST_LIST_MAX 160
bool host_list_addresses(char text[HOST_LIST_MAX]);

/* After explain_connect() to `a`: a better hint, if there is one. */
void explain_connect_here(struct error *e, int errnum,
                          const struct address *a);

/* The same after explain_listen(). */
void explain_listen_here(struct error *e, int errnum, const struct address *a);

void hint_elsewhere(struct error *e, const char *where, const char *owner);
void hint_neighbour(struct error *e, const char *where, const char *owner);
void hint_backlog(struct error *e, const char *owner, unsigned waiting);
void hint_own_loopback(struct error *e);
void hint_holder(struct error *e, const char *where, const char *owner);
/* No listener has the port: former connections have it, or one that is open. */
void explain_waiting(struct error *e, const char *where, unsigned left_ms);
void explain_user(struct error *e, const char *where, const char *peer,
                  const char *owner);
void hint_first_port(struct error *e, unsigned first);
void hint_addresses(struct error *e, const char *list);
void word_time_wait(char text[EXPLAIN_TEXT_MAX], unsigned port, unsigned count,
                    unsigned left_ms);

#endif
