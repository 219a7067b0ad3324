/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* `file "NAME"`: a .chat file may be a stranger's, so it reaches nothing but
 * what lies beside or below it.  Each folder on the way is opened in the one
 * before, and no link is followed. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chatfile_private.h"

#define PART_MAX 256 /* NAME_MAX, and a NUL */

int chat_open_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	char *folder = len ? strndup(path, len) : strdup(slash ? "/" : ".");
	int fd = folder ? open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	free(folder);
	return fd;
}

static int refuse_errno(int errnum, struct error *e)
{
	if (errnum == ELOOP)
		return error_set(e, "a symbolic link is not followed");
	return error_set_errno(e, errnum, "cannot read it");
}

/* Cut the next part of the name.  -1 with errno when it is too long. */
static int cut_part(char part[PART_MAX], const char **name)
{
	size_t len = strcspn(*name, "/");
	if (len >= PART_MAX)
		return errno = ENAMETOOLONG, -1;
	memcpy(part, *name, len);
	part[len] = '\0';
	*name += len + strspn(*name + len, "/");
	return 0;
}

/* With O_PATH a link is opened as itself, and then is no folder. */
static int open_part(int folder, const char *part, bool is_last)
{
	int flags = is_last ? O_RDONLY | O_NONBLOCK | O_NOCTTY
	                    : O_PATH | O_DIRECTORY;
	int fd = openat(folder, part, flags | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	if (fd < 0 && errno == ENOTDIR &&
	    fstatat(folder, part, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode))
		errno = ELOOP;
	return fd;
}

/* The descriptor, which the caller closes.  -1 with errno. */
static int open_beneath(int folder, const char *name)
{
	char part[PART_MAX];
	int fd = folder;
	while (*name) {
		int next = cut_part(part, &name) ? -1
		                                 : open_part(fd, part, !*name);
		int errnum = errno;
		if (fd != folder)
			close(fd);
		errno = errnum;
		if ((fd = next) < 0)
			return -1;
	}
	return fd;
}

/* Whether a part of the name is "..". */
static bool goes_up(const char *name)
{
	while (*name) {
		size_t len = strcspn(name, "/");
		if (len == 2 && name[0] == '.' && name[1] == '.')
			return true;
		name += len + strspn(name + len, "/");
	}
	return false;
}

static int check_file(const struct stat *st, size_t has, struct error *e)
{
	if (S_ISDIR(st->st_mode))
		return error_set(e, "it is a folder");
	if (!S_ISREG(st->st_mode))
		return error_set(e, "it is not a regular file");
	if ((uint64_t)st->st_size > CHATFILE_STEP_MAX - has)
		return error_set(e, "it makes the step longer than %zu MiB, "
		                    "the most that one has",
		                 CHATFILE_STEP_MAX >> 20);
	return 0;
}

/* A file that grows meanwhile is read up to the size it had. */
static int append_file(struct bytes *out, int fd, size_t size, struct error *e)
{
	if (bytes_reserve(out, size))
		return refuse_errno(errno, e);
	while (size) {
		ssize_t n = read(fd, out->data + out->len, size);
		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return refuse_errno(errno, e);
		out->len += n > 0 ? (size_t)n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int chat_read_beneath(struct bytes *out, int folder, const char *name,
                      struct error *e)
{
	struct stat st;
	if (*name == '/' || goes_up(name))
		return error_set(e, "a file must be beside or below this one: "
		                    "its name may not begin with / or contain "
		                    "..");
	int fd = *name ? open_beneath(folder, name) : (errno = ENOENT, -1);
	if (fd < 0)
		return refuse_errno(errno, e);
	int failed = fstat(fd, &st) ? refuse_errno(errno, e)
	                            : check_file(&st, out->len, e);
	if (!failed)
		failed = append_file(out, fd, (size_t)st.st_size, e);
	close(fd);
	return failed;
}
