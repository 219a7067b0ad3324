/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the system knows of a TCP connection: Linux's TCP_INFO (tcp(7)) and the
 * sizes of its queues. */

#ifndef SOCKCHAT_TCPINFO_H
#define SOCKCHAT_TCPINFO_H

#include <stdbool.h>
#include <stdint.h>

/* RFC 9293, 3.3.2, in the order of the diagram. */
enum tcp_state {
	TCP_STATE_CLOSED,
	TCP_STATE_LISTEN,
	TCP_STATE_SYN_SENT,
	TCP_STATE_SYN_RECEIVED,
	TCP_STATE_ESTABLISHED,
	TCP_STATE_FIN_WAIT_1,
	TCP_STATE_FIN_WAIT_2,
	TCP_STATE_CLOSING,
	TCP_STATE_TIME_WAIT,
	TCP_STATE_CLOSE_WAIT,
	TCP_STATE_LAST_ACK,
};

/* What an old kernel does not tell is 0. */
struct tcpinfo {
	enum tcp_state state;
	/* Round trips, in microseconds. */
	uint32_t rtt_us, rttvar_us, min_rtt_us;
	/* Segments: sent again in all; sent again now, without an answer yet;
	 * the congestion window.  Bytes of one that we send. */
	uint32_t retransmits, retrying, cwnd, snd_mss;
	uint64_t delivery_rate;   /* bytes a second */
	bool is_app_limited;      /* it is low as we had no more to send */
	/* Microseconds since the beginning in which bytes were under way; those
	 * of them in which the peer's window, our own buffer was the limit. */
	uint64_t busy_us, rwnd_limited_us, sndbuf_limited_us;
	/* Bytes of ours that the peer's system has acknowledged (a FIN counts
	 * as one, and so does our SYN), and that were sent more than once. */
	uint64_t acked, resent;
	bool has_peer_window;     /* since Linux 5.4 */
	uint32_t peer_window;
	/* Bytes in the kernel: not acknowledged; those of them that were not
	 * even sent; come, and not read by us. */
	uint32_t unacked, unsent, unread;
	uint32_t last_sent_ms; /* how long ago */
};

/* "ESTABLISHED", "FIN-WAIT-1" … as in RFC 9293. */
const char *tcpinfo_state_name(enum tcp_state state);

#endif
