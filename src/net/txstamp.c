/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Acknowledgements with their time, from a socket's error queue. */

#include <errno.h>
#include <time.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "tcp.h"

#define FLAGS                                                                  \
	(SOF_TIMESTAMPING_TX_ACK | SOF_TIMESTAMPING_SOFTWARE |                 \
	 SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY)
/* Since Linux 6.2: bytes are counted from now, not from the oldest that is not
 * acknowledged. */
#define OPT_ID_TCP (1 << 16)
#define RECORDS_MAX 64

static int set(int fd, int flags)
{
	return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags,
	                  sizeof(flags));
}

static void txstamp_stop(struct transport *t)
{
	int saved = errno;
	(void)set(t->fd, 0);
	errno = saved;
}

/* Whether the message is a record, which it is in two parts. */
static bool read_record(struct msghdr *m, struct ack *out)
{
	bool has_time = false, has_bytes = false;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		struct scm_timestamping times;
		struct sock_extended_err e;
		size_t len = c->cmsg_len - CMSG_LEN(0);
		if (c->cmsg_level == SOL_SOCKET) {
			if (c->cmsg_type != SCM_TIMESTAMPING ||
			    len < sizeof(times))
				continue;
			memcpy(&times, CMSG_DATA(c), sizeof(times));
			out->wall_us = times.ts[0].tv_sec * 1000000 +
			               times.ts[0].tv_nsec / 1000;
			has_time = true;
		} else if (len >= sizeof(e)) {
			memcpy(&e, CMSG_DATA(c), sizeof(e));
			out->bytes = e.ee_data + 1;
			has_bytes = e.ee_origin == SO_EE_ORIGIN_TIMESTAMPING &&
			            e.ee_info == SCM_TSTAMP_ACK;
		}
	}
	return has_time && has_bytes;
}

static bool txstamp_read(struct transport *t, struct ack *out)
{
	_Alignas(struct cmsghdr) char control[512];
	for (int i = 0; i < RECORDS_MAX; i++) {
		struct msghdr m = {
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		if (recvmsg(t->fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			return false;
		if (read_record(&m, out))
			return true;
	}
	return false;
}

static int txstamp_start(struct transport *t, size_t *unacked)
{
	int waiting = 0;
	struct ack former; /* is counted from elsewhere */
	*unacked = 0;
	while (txstamp_read(t, &former))
		;
	if (set(t->fd, FLAGS | OPT_ID_TCP) == 0)
		return 0;
	if (ioctl(t->fd, SIOCOUTQ, &waiting) || set(t->fd, FLAGS))
		return -1;
	*unacked = waiting > 0 ? (size_t)waiting : 0;
	return 0;
}

const struct ack_ops txstamp_acks = {
	.start = txstamp_start,
	.stop = txstamp_stop,
	.read = txstamp_read,
};
