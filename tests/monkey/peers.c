/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What hostile peers do meanwhile. */

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../e2e/peer.h"
#include "monkey.h"

static const char *const said[] = {
	"a line\n", "no end", "\n", "\r\n", "\0", "\033[2J\033[H\033c",
	"\033]2;a title\a\033]52;c;aGk=\a", "\033[?1049h\033[?25l", "\b\b\r",
	"\x9b" "2J", "\xc2\x9b" "2J", "\u202e\u0301\u200d", "안녕🩷\n",
	"\xff\xfe\x80\xc0", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "{\"a\":1}\n",
	"\x16\x03\x01\x02", "SSH-2.0-x\r\n", "\016\017\005\a",
};

/* The empty one is a NUL. */
static size_t said_len(const char *text)
{
	return *text ? strlen(text) : 1;
}

static int *some_peer(void)
{
	return &monkey.peers[chance(PEERS)];
}

/* Never waits: what does not fit is not sent. */
static void say(int fd, const void *bytes, size_t len)
{
	if (fd >= 0 && send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		errno = 0;
}

void drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Never waits for it; who is refused is gone. */
static int connect_to_it(void)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_port = htons(monkey.its_port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (!connect(fd, (struct sockaddr *)&sa, sizeof(sa)) ||
	    errno == EINPROGRESS)
		return fd;
	close(fd);
	return -1;
}

/* One that it waits for, or one that waits for it. */
static void come(void)
{
	int *fd = some_peer();
	bool connects = monkey.its_port && chance(2);
	tell_number(connects ? "connects: peer" : "accepts: peer",
	            (long)(fd - monkey.peers));
	drop(fd);
	*fd = connects ? connect_to_it()
	               : accept4(monkey.listener, NULL, NULL,
	                         SOCK_CLOEXEC | SOCK_NONBLOCK);
}

static void speak(void)
{
	const char *text = ANY(said);
	tell("a peer says", text, said_len(text));
	say(*some_peer(), text, said_len(text));
}

static void drip(void)
{
	const char *text = ANY(said);
	int fd = *some_peer();
	tell("a peer drips", text, strlen(text));
	for (; *text; text++) {
		say(fd, text, 1);
		pty_take(&monkey.pty, 1);
	}
}

static void flood(void)
{
	static char block[1 << 16];
	int fd = *some_peer();
	const char *text = ANY(said);
	size_t len = said_len(text);
	tell("a peer floods with", text, len);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = text[i % len];
	for (uint32_t i = chance(64); i > 0; i--)
		say(fd, block, sizeof(block));
}

static void hear(void)
{
	char bytes[65536];
	int fd = *some_peer();
	tell("a peer reads", "", 0);
	for (int i = 0; i < 32 && fd >= 0; i++)
		if (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) <= 0)
			break;
}

static void leave(void)
{
	int *fd = some_peer();
	tell("a peer closes", "", 0);
	drop(fd);
}

static void half_close(void)
{
	int fd = *some_peer();
	tell("a peer ends its half", "", 0);
	if (fd >= 0 && shutdown(fd, SHUT_WR))
		errno = 0;
}

static void reset(void)
{
	int *fd = some_peer();
	tell("a peer resets", "", 0);
	if (*fd >= 0)
		net_reset(*fd);
	*fd = -1;
}

const struct action peer_actions[] = {
	{ come, 8 },  { speak, 10 }, { drip, 2 },       { flood, 2 },
	{ hear, 4 },  { leave, 2 },  { half_close, 2 }, { reset, 2 },
};
const size_t peer_action_count = COUNT(peer_actions);
