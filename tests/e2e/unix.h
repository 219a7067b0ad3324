/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Unix sockets for the end-to-end tests, in a folder that each test has for
 * itself. */

#ifndef TEST_UNIX_H
#define TEST_UNIX_H

#include "peer.h"

/* The path of a name in the folder, and "unix:" with that path: good for four
 * calls each. */
const char *at_path(const char *name);
const char *at_url(const char *name);

/* Make the folder, and remove it with all that is in it. */
int unix_setup(void **state);
int unix_teardown(void **state);

/* A listening socket at such a path, and a connection to one. */
int unix_listen(const char *path);
int unix_connect(const char *path);

/* Start sockchat with this option and its value, which may be NULL, and accept
 * its connection. */
int unix_accept_one(struct proc *p, const char *option, const char *value);

/* Start sockchat as the listener "x", and connect to it. */
int unix_dial_one(struct proc *p, const char *option, const char *value);

#endif
