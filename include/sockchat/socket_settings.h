/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Our end: what the user wants of our sockets, and what the system has made of
 * it (socket(7), ip(7), ipv6(7), tcp(7)). */

#ifndef SOCKCHAT_SOCKET_SETTINGS_H
#define SOCKCHAT_SOCKET_SETTINGS_H

#include <net/if.h>
#include <stdbool.h>

#include <sockchat/address.h>
#include <sockchat/endpoint.h>
#include <sockchat/error.h>
#include <sockchat/multicast.h>

/* What has a number for its value. */
enum socket_setting {
	SOCKET_KEEPALIVE,     /* 1: the peer's system is asked in silence */
	SOCKET_KEEP_IDLE,     /* seconds of silence until the first probe */
	SOCKET_KEEP_INTERVAL, /* seconds from one probe to the next */
	SOCKET_KEEP_COUNT,    /* of unanswered probes that end it */
	SOCKET_NODELAY,       /* 1: what is small goes at once */
	SOCKET_TTL,           /* or hop limit */
	SOCKET_TOS,           /* or traffic class */
	SOCKET_SNDBUF,        /* bytes */
	SOCKET_RCVBUF,
	SOCKET_BROADCAST,    /* 1: to all hosts of a network, too */
	SOCKET_USER_TIMEOUT, /* milliseconds that our bytes may stay
	                      * unacknowledged */
	SOCKET_SETTINGS, /* how many these are */
	/* What else can be refused; then there is no connection. */
	SOCKET_SOURCE = SOCKET_SETTINGS,
	SOCKET_DEVICE,
};

/* What the system has refused, and why: errno of each setting, or 0. */
struct socket_refusals {
	int errnum[SOCKET_DEVICE + 1];
};

struct socket_settings {
	char source[ENDPOINT_HOST_MAX]; /* a name or an address; "": any */
	struct address sources[2]; /* what that is, at most one a family, once
	                            * a dial has found out; len 0: none */
	unsigned port;             /* 0: a free one */
	char device[IF_NAMESIZE];  /* "": as the routes say */
	int values[SOCKET_SETTINGS]; /* 0: as the system has it */
	struct multicast groups;        /* to join; of UDP alone */
	struct socket_refusals *refused; /* is noted there; or NULL */
};

#define SOCKET_KEEP_IDLE_S 60 /* of silence until our system asks the peer's */

#define SOCKET_DEFAULTS                                                        \
	{                                                                      \
		.values = {                                                    \
			[SOCKET_KEEPALIVE] = 1,                                \
			[SOCKET_KEEP_IDLE] = SOCKET_KEEP_IDLE_S,               \
			[SOCKET_KEEP_INTERVAL] = 10,                           \
			[SOCKET_KEEP_COUNT] = 6,                               \
			[SOCKET_NODELAY] = 1,                                  \
		}                                                              \
	}

/* The settings of a socket as the system has them; -1: it has none such, or
 * does not tell. */
struct socket_values {
	int of[SOCKET_SETTINGS];
	char device[IF_NAMESIZE]; /* safe to show; "": none */
};

struct transport;

/* Let the socket of `t`, which is for the family of `a`, have the values that
 * are not 0 and that its kind knows. */
void socket_settings_apply(const struct transport *t, const struct address *a,
                           const struct socket_settings *s);

/* Change the values of an open one: those that are 0 become the system's again,
 * as far as it lets them. */
void socket_settings_change(struct transport *t,
                            const struct socket_settings *s);

/* Bind a socket to the device that was asked for.  -1 with errno. */
MUST_USE
int socket_settings_bind_device(const struct transport *t,
                                const struct socket_settings *s);

/* Bind a socket that is to connect to `peer`: to the device, the address of
 * that family and the port that were asked for.  -1 with errno. */
MUST_USE
int socket_settings_bind(const struct transport *t, const struct address *peer,
                         const struct socket_settings *s);

/* Read back what the system has. */
void socket_settings_read(const struct transport *t, struct socket_values *out);

/* The address for connections to this family; NULL: any. */
const struct address *socket_source_for(const struct socket_settings *s,
                                        int family);

/* Write a sentence about the next setting in `s->refused`, and forget it there.
 * False when there is none. */
#define SOCKET_TEXT_MAX 160
bool socket_take_refusal(const struct socket_settings *s,
                         char text[SOCKET_TEXT_MAX]);

/* What the system has, as rows: a label and a text, borrowed for the call. */
typedef void socket_row_fn(void *user, const char *label, const char *text);
void socket_rows(const struct socket_values *v, bool is_v6, socket_row_fn *fn,
                 void *user);

#endif
