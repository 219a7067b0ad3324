/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Programs that speak TLS with sockchat. */

#ifndef TEST_TLS_H
#define TEST_TLS_H

#include "certs.h"
#include "peer.h"

/* "tls://127.0.0.1:PORT"; good for four calls. */
const char *tls_url(uint16_t port);

/* The options of a sockchat that trusts the certificates of certs.h, and of one
 * that listens with the good one. */
#define TRUSTING "--tls-ca", cert_path("root.pem")
#define SERVING                                                                \
	"--tls-cert", cert_path("server.pem"), "--tls-key",                    \
	    cert_path("server.key")

/* Start tls_peer.py as a server that does `mode` with this certificate; the
 * words behind it, as "max=TLSv1_2", end in NULL.  Returns its port. */
uint16_t tls_serve(struct proc *server, const char *mode, const char *cert,
                   ...) __attribute__((sentinel));
/* The same as a client that calls this port of 127.0.0.1. */
void tls_call(struct proc *client, const char *mode, unsigned port, ...)
    __attribute__((sentinel));
/* A word for them: "NAME=VALUE"; good for eight calls. */
const char *tls_word(const char *name, const char *value);

/* The port on which this program listens, as the system tells it. */
uint16_t port_of(struct proc *p);
/* A port that is free, for programs that cannot take any. */
uint16_t free_port(void);

/* Two programs exchange so many bytes through their standard input and output,
 * all of which are checked.  Ends neither. */
void swap_streams(struct proc *p, struct proc *q, uint64_t total);

#endif
