/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the system knows of a TCP connection.  <netinet/tcp.h> has a shorter
 * struct tcp_info than the kernel, and cannot stand beside <linux/tcp.h>. */

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "socket.h"
#include "tcp.h"

const char *tcpinfo_state_name(enum tcp_state state)
{
	static const char *const names[] = {
		[TCP_STATE_CLOSED] = "CLOSED",
		[TCP_STATE_LISTEN] = "LISTEN",
		[TCP_STATE_SYN_SENT] = "SYN-SENT",
		[TCP_STATE_SYN_RECEIVED] = "SYN-RECEIVED",
		[TCP_STATE_ESTABLISHED] = "ESTABLISHED",
		[TCP_STATE_FIN_WAIT_1] = "FIN-WAIT-1",
		[TCP_STATE_FIN_WAIT_2] = "FIN-WAIT-2",
		[TCP_STATE_CLOSING] = "CLOSING",
		[TCP_STATE_TIME_WAIT] = "TIME-WAIT",
		[TCP_STATE_CLOSE_WAIT] = "CLOSE-WAIT",
		[TCP_STATE_LAST_ACK] = "LAST-ACK",
	};
	return names[state];
}

/* By the kernel's numbers (include/net/tcp_states.h), which begin at 1. */
static const enum tcp_state states[] = {
	TCP_STATE_CLOSED,     TCP_STATE_ESTABLISHED, TCP_STATE_SYN_SENT,
	TCP_STATE_SYN_RECEIVED, TCP_STATE_FIN_WAIT_1, TCP_STATE_FIN_WAIT_2,
	TCP_STATE_TIME_WAIT,  TCP_STATE_CLOSED,      TCP_STATE_CLOSE_WAIT,
	TCP_STATE_LAST_ACK,   TCP_STATE_LISTEN,      TCP_STATE_CLOSING,
	TCP_STATE_SYN_RECEIVED,
};

bool tcpinfo_read(int fd, struct tcpinfo *out)
{
	struct tcp_info i;
	socklen_t len = sizeof(i);
	memset(&i, 0, sizeof(i)); /* an old kernel fills less of it */
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &i, &len) ||
	    i.tcpi_state >= sizeof(states) / sizeof(states[0]))
		return false;
	*out = (struct tcpinfo){
		.state = states[i.tcpi_state],
		.rtt_us = i.tcpi_rtt,
		.rttvar_us = i.tcpi_rttvar,
		/* all ones: none was measured */
		.min_rtt_us = i.tcpi_min_rtt + 1 ? i.tcpi_min_rtt : 0,
		.retransmits = i.tcpi_total_retrans,
		.retrying = i.tcpi_retransmits,
		.cwnd = i.tcpi_snd_cwnd,
		.snd_mss = i.tcpi_snd_mss,
		.delivery_rate = i.tcpi_delivery_rate,
		.is_app_limited = i.tcpi_delivery_rate_app_limited,
		.busy_us = i.tcpi_busy_time,
		.rwnd_limited_us = i.tcpi_rwnd_limited,
		.sndbuf_limited_us = i.tcpi_sndbuf_limited,
		.acked = i.tcpi_bytes_acked,
		.resent = i.tcpi_bytes_retrans,
		.has_peer_window =
		    len >= offsetof(struct tcp_info, tcpi_snd_wnd) +
		               sizeof(i.tcpi_snd_wnd),
		.peer_window = i.tcpi_snd_wnd,
		.unacked = socket_queue(fd, SIOCOUTQ),
		.unsent = socket_queue(fd, SIOCOUTQNSD),
		.unread = socket_queue(fd, SIOCINQ),
		.last_sent_ms = i.tcpi_last_data_sent,
	};
	return true;
}

bool tcpinfo_is_acked(int fd)
{
	struct tcp_info i;
	socklen_t len = sizeof(i);
	return !getsockopt(fd, IPPROTO_TCP, TCP_INFO, &i, &len) &&
	       len >= offsetof(struct tcp_info, tcpi_notsent_bytes) +
	                  sizeof(i.tcpi_notsent_bytes) &&
	       i.tcpi_state < sizeof(states) / sizeof(states[0]) &&
	       states[i.tcpi_state] != TCP_STATE_CLOSED && !i.tcpi_unacked &&
	       !i.tcpi_notsent_bytes;
}
