/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What link.c asks of a link that has faults. */

#ifndef LINK_FAULT_PRIVATE_H
#define LINK_FAULT_PRIVATE_H

#include <sockchat/link_fault.h>

/* As link_read() and link_write(). */
MUST_USE ssize_t link_fault_read(struct link *l, void *bytes, size_t cap);
MUST_USE
ssize_t link_fault_write(struct link *l, const void *bytes, size_t len);

/* Write what may go now, and let strike what has to. */
void link_fault_push(struct link *l);

/* What the loop has to wait for, so that the wishes can come true. */
unsigned link_fault_events(struct link *l, unsigned wishes);
/* When it has to be looked at again; 0: never. */
int64_t link_fault_due(const struct link *l);
/* What the owner is told of this readiness. */
unsigned link_fault_ready(struct link *l, unsigned ready);

/* Whether our end may go now: it waits behind what is delayed. */
bool link_fault_may_end(struct link *l);
/* Whether no FIN is sent: it has gone already, or never does. */
bool link_fault_keeps_end(const struct link *l);
/* Whether something is on its way that the clock holds back. */
bool link_fault_delays(const struct link *l);

/* Say that a fault has broken it.  False: none has. */
bool link_fault_explain(const struct link *l, struct error *e);
/* Whether closing means RST. */
bool link_fault_aborts(const struct link *l);
void link_fault_finish(struct link *l);

#endif
