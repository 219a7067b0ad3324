/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which process has a socket: /proc is walked, in pieces, and what the walk saw
 * is kept for a moment, so that many who ask at once cost one walk. */

#include "owner_search.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sockchat/array.h>
#include <sockchat/number.h>
#include <sockchat/stamp.h>

#define KEPT_NS     SECOND_NS
#define SOCKETS_MAX 65536 /* more are not kept */
#define CLOCK_STEP  16    /* the clock is asked once in so many links */

struct kept_socket {
	unsigned inode;
	long pid;
};

static struct {
	struct kept_socket *list;
	size_t count, cap;
	int64_t began_ns; /* 0: there was none */
	bool is_done;
	long pid;   /* if not, it goes on with this process … */
	size_t fds; /* … after so many of its descriptors */
	int64_t end_ns; /* of this piece, on the thread's clock */
} walk;

/* How long this thread has run.  A piece is ended because of its own work, and
 * not because other programs keep the machine busy. */
static int64_t worked_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * SECOND_NS + t.tv_nsec;
}

static bool is_piece_over(void)
{
	return worked_ns() >= walk.end_ns;
}

static void keep_link(char *link, long pid)
{
	static const char head[] = "socket:[";
	struct kept_socket *grown;
	long inode;
	link[strcspn(link, "]")] = '\0';
	if (strncmp(link, head, strlen(head)) != 0 ||
	    !number_parse(link + strlen(head), 1, UINT32_MAX, &inode) ||
	    walk.count == SOCKETS_MAX)
		return;
	grown = array_grow(walk.list, &walk.cap, walk.count, sizeof(*grown));
	if (!grown)
		return;
	walk.list = grown;
	grown[walk.count++] = (struct kept_socket){
		(unsigned)inode, pid,
	};
}

/* False when the piece is over before all of them are seen. */
static bool keep_sockets(DIR *dir, long pid)
{
	struct dirent *entry;
	char link[64];
	for (size_t i = 0; (entry = readdir(dir)); i++) {
		if (i < walk.fds)
			continue;
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, link,
		                       sizeof(link) - 1);
		link[n > 0 ? n : 0] = '\0';
		keep_link(link, pid);
		walk.fds = i + 1;
		if (walk.fds % CLOCK_STEP == 0 && is_piece_over())
			return false;
	}
	return true;
}

static bool walk_process(int proc, const char *name, long pid)
{
	char path[64];
	snprintf(path, sizeof(path), "%.20s/fd", name);
	int fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return true; /* another user's, or gone */
	if (walk.pid != pid)
		walk.fds = 0;
	walk.pid = pid;
	bool is_whole = keep_sockets(dir, pid);
	closedir(dir);
	return is_whole && !is_piece_over();
}

/* The processes come by rising numbers. */
static void walk_on(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	long pid;
	bool goes_on = proc;
	while (goes_on && (entry = readdir(proc)))
		if (number_parse(entry->d_name, 1, 1L << 30, &pid) &&
		    pid >= walk.pid)
			goes_on = walk_process(dirfd(proc), entry->d_name,
			                       pid);
	walk.is_done = goes_on || !proc;
	if (proc)
		closedir(proc);
}

static void begin_walk(int64_t now_ns)
{
	walk.count = walk.fds = 0;
	walk.pid = 0;
	walk.is_done = false;
	walk.began_ns = now_ns;
}

static long find_kept(unsigned inode)
{
	for (size_t i = 0; i < walk.count; i++)
		if (walk.list[i].inode == inode)
			return walk.list[i].pid;
	return 0;
}

long owner_search(unsigned inode, int64_t work_ns, int64_t *searched_ns)
{
	int64_t now_ns = stamp_mono_ns();
	bool is_old = walk.is_done && now_ns - walk.began_ns > KEPT_NS;
	if (!walk.began_ns || is_old)
		begin_walk(now_ns);
	walk.end_ns = worked_ns() + work_ns;
	long pid = find_kept(inode);
	if (!pid && !walk.is_done) {
		walk_on();
		pid = find_kept(inode);
	}
	*searched_ns = pid || walk.is_done ? walk.began_ns : 0;
	return pid;
}
