/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sockchat/file.h>
#include <sockchat/glyph.h>
#include <sockchat/stamp.h>

#define LOCK_TRIES   100
#define LOCK_WAIT_NS (2 * MS_NS)

int file_append_path(struct bytes *out, const char *typed, size_t len)
{
	const char *home = getenv("HOME");
	while (len > 1 && typed[len - 1] == ' ')
		len--;
	bool is_home = home && *home && len && typed[0] == '~' &&
	               (len == 1 || typed[1] == '/');
	return bytes_printf(out, "%s%.*s", is_home ? home : "",
	                    (int)len - is_home, typed + is_home);
}

void file_xdg_path(char *out, size_t cap, const char *variable,
                   const char *fallback, const char *name)
{
	const char *base = getenv(variable), *home = getenv("HOME");
	int n = 0;
	*out = '\0';
	if (base && *base == '/')
		n = snprintf(out, cap, "%s/sockchat/%s", base, name);
	else if (home && *home == '/')
		n = snprintf(out, cap, "%s/%s/sockchat/%s", home, fallback,
		             name);
	if (n < 0 || (size_t)n >= cap)
		*out = '\0';
}

static bool is_inside(const char *path, const char *folder)
{
	size_t len = strlen(folder);
	return strncmp(path, folder, len) == 0 && path[len] == '/';
}

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* True if the folder is there that holds this one, or would hold it. */
static bool has_parent(const char *path)
{
	char parent[PATH_MAX];
	size_t len = strlen(path);
	if (len >= sizeof(parent))
		return false;
	memcpy(parent, path, len + 1);
	return is_folder(dirname(parent));
}

bool file_has_xdg_place(const char *variable)
{
	const char *base = getenv(variable), *home = getenv("HOME");
	if (base && *base == '/' && !(home && is_inside(base, home)))
		return has_parent(base);
	return home && is_folder(home);
}

/* What to do when no file could be made there. */
static const char *hint_of(const char *path, int errnum)
{
	struct stat st;
	if (errnum == ENOENT || errnum == ENOTDIR)
		return "the folder is not there: make it first";
	if (errnum == EISDIR || is_folder(path))
		return "it is a folder: add a name";
	if (errnum == EEXIST && !lstat(path, &st) && S_ISCHR(st.st_mode))
		return "it is a device: choose another name";
	return errnum == EEXIST ? "sockchat overwrites no file: choose another "
	                          "name, or remove it first" : "";
}

/* The umask may have left less than 0600.  With O_EXCL a symbolic link is not
 * followed either: open(2). */
int file_create(const char *path, struct error *e)
{
	char safe[160];
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = open(path, flags, 0600);
	if (fd >= 0 && fchmod(fd, 0600) == 0)
		return fd;
	int errnum = errno;
	if (fd >= 0)
		close(fd);
	glyph_copy(safe, sizeof(safe), path, GLYPH_ANY_WIDTH);
	error_set_errno(e, errnum, "cannot make %s", safe);
	error_set_hint(e, "%s", hint_of(path, errnum));
	return -1;
}

/* Opening a FIFO must not wait, nor may a terminal become ours. */
int file_open(const char *path, int flags)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC |
	                        flags);
	struct stat st;
	if (fd < 0)
		return -1;
	int errnum = fstat(fd, &st)        ? errno
	             : S_ISDIR(st.st_mode) ? EISDIR
	             : S_ISREG(st.st_mode) ? 0
	                                   : EINVAL;
	if (!errnum)
		return fd;
	close(fd);
	return errno = errnum, -1;
}

bool file_lock(int fd)
{
	const struct timespec wait = { .tv_nsec = LOCK_WAIT_NS };
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK)
			return false;
		nanosleep(&wait, NULL);
	}
	return false;
}

void file_use(int fd)
{
	(void)!flock(fd, LOCK_SH | LOCK_NB);
}

bool file_is_used(int fd)
{
	bool is_used = flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
	flock(fd, LOCK_UN);
	return is_used;
}

bool file_is_same(int fd, int other)
{
	struct stat a, b;
	return fstat(fd, &a) == 0 && fstat(other, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int file_read(int fd, struct bytes *out)
{
	uint8_t block[8192];
	ssize_t n;
	while ((n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0 && bytes_append(out, block, (size_t)n))
			return -1;
	}
	return 0;
}

int file_write(int fd, const void *bytes, size_t len)
{
	for (const char *at = bytes; len;) {
		ssize_t n = write(fd, at, len);
		if (n < 0 && errno != EINTR)
			return -1;
		at += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}
