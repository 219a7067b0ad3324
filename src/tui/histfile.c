/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The history: readline's list of it, and a file of our own making, because
 * readline's own reading loses empty lines, and lines that look like a time.
 *
 * The form is readline's: "#TIME", then the lines of one entry.  Before a line
 * that begins with # or a backslash stands a backslash. */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/history.h>

#include <sockchat/bytes.h>
#include <sockchat/file.h>
#include <sockchat/number.h>

#include "histfile.h"

/* The file is read at each start, so it is bounded: longer lines are kept for
 * this run only. */
#define WRITTEN_MAX ((size_t)64 << 10)

/* As readline has one history, there is one of this. */
static struct {
	char *path;  /* NULL: there is no file */
	int missing; /* so many of the newest lines are not in the file */
	int errnum;  /* why */
} kept;

void histfile_forget_undo(void)
{
	HIST_ENTRY **list = history_list();
	for (int i = 0; i < history_length; i++)
		list[i]->data = NULL;
}

void histfile_forget(void)
{
	clear_history();
	unstifle_history();
	free(kept.path);
	memset(&kept, 0, sizeof(kept));
}

/* Add a line with its time; NULL: the present.  False: it is not kept. */
static bool add_entry(const char *time, const char *line)
{
	HIST_ENTRY *last = history_get(history_base + history_length - 1);
	if (!*line || *line == ' ' || (last && !strcmp(last->line, line)))
		return false;
	add_history(line);
	if (time)
		add_history_time(time);
	return true;
}

const char *histfile_line(int i)
{
	return i < history_length ? history_list()[i]->line : NULL;
}

struct reader {
	struct bytes entry;
	char *time;
	size_t lines;
	int entries; /* that were read */
};

static void end_entry(struct reader *r)
{
	if (r->lines > 0) {
		add_entry(r->time, bytes_text(&r->entry));
		r->entries++;
	}
	bytes_clear(&r->entry);
	free(r->time);
	r->time = NULL;
	r->lines = 0;
}

static bool is_time(const char *line)
{
	size_t digits = *line == '#' ? strspn(line + 1, "0123456789") : 0;
	return digits > 0 && !line[1 + digits];
}

static int read_history_line(struct reader *r, const char *line)
{
	bool begins = is_time(line);
	if (begins || !r->time)
		end_entry(r);
	if (begins) {
		r->time = strdup(line);
		return r->time ? 0 : -1;
	}
	if (line[0] == '\\' && (line[1] == '#' || line[1] == '\\'))
		line++;
	return (r->lines++ > 0 && bytes_append_byte(&r->entry, '\n')) ||
	               bytes_append_text(&r->entry, line)
	           ? -1 : 0;
}

/* Read all entries; returns how many there were, or -1.  Takes `fd`. */
static int read_entries(int fd)
{
	struct reader r = { 0 };
	FILE *file = fdopen(fd, "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int status = 0;
	if (!file)
		return close(fd), -1;
	while (!status && (len = getline(&line, &cap, file)) > 0) {
		line[len - (line[len - 1] == '\n')] = '\0';
		status = read_history_line(&r, line);
	}
	end_entry(&r);
	if (!status && !feof(file)) /* an error, or no memory */
		status = -1;
	free(line);
	bytes_finish(&r.entry);
	fclose(file);
	return status ? -1 : r.entries;
}

static int append_kept(struct bytes *out, const char *time, const char *line)
{
	if (bytes_printf(out, "%s\n", time))
		return -1;
	for (const char *end;; line = end + 1) {
		end = strchrnul(line, '\n');
		if (((*line == '#' || *line == '\\') &&
		     bytes_append_byte(out, '\\')) ||
		    bytes_append(out, line, (size_t)(end - line)) ||
		    bytes_append_byte(out, '\n'))
			return -1;
		if (!*end)
			return 0;
	}
}

/* Append the newest `count` lines in the form of the file. */
static int append_entries(struct bytes *out, int count)
{
	HIST_ENTRY **list = history_list();
	int i = count < history_length ? history_length - count : 0;
	for (; i < history_length; i++)
		if (strlen(list[i]->line) <= WRITTEN_MAX &&
		    append_kept(out, list[i]->timestamp, list[i]->line))
			return -1;
	return 0;
}

/* A failure shows when the file is opened. */
static void make_directories(char *path)
{
	for (char *at = path; *at && (at = strchr(at + 1, '/')); *at = '/') {
		*at = '\0';
		mkdir(path, 0700);
	}
}

/* Open it for lines behind its last one. */
static int open_for_lines(void)
{
	const int flags = O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY |
	                  O_CLOEXEC;
	int fd = open(kept.path, flags, 0600);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	make_directories(kept.path);
	return open(kept.path, flags, 0600);
}

/* Another sockchat that shortens the file puts a new one in its place. */
static bool is_in_place(const struct stat *mine)
{
	struct stat st;
	return stat(kept.path, &st) == 0 && st.st_dev == mine->st_dev &&
	       st.st_ino == mine->st_ino;
}

/* Open the file, locked if that can be.  Returns its descriptor, or -1. */
static int open_locked(struct stat *st, bool *is_locked)
{
	for (;;) {
		int fd = open_for_lines();
		if (fd < 0)
			return -1;
		*is_locked = file_lock(fd);
		int errnum = fstat(fd, st)           ? errno
		             : !S_ISREG(st->st_mode) ? EINVAL
		                                     : 0;
		if (!errnum && (st->st_mode & 077))
			fchmod(fd, 0600); /* if we are its owner */
		if (!errnum && (!*is_locked || is_in_place(st)))
			return fd;
		close(fd);
		if (errnum)
			return errno = errnum, -1;
	}
}

/* A line that was cut off, as by a full disk, is ended first. */
static int end_cut_line(int fd, const struct stat *st, struct bytes *text)
{
	char last = '\n';
	if (st->st_size && pread(fd, &last, 1, st->st_size - 1) != 1)
		return -1;
	return last == '\n' ? 0 : bytes_append_byte(text, '\n');
}

/* Write the lines that are missing, in one piece: of several programs none
 * comes between, and half a line is taken back. */
static int write_missing(int fd, const struct stat *st, bool is_locked)
{
	struct bytes text = { 0 };
	int failed = end_cut_line(fd, st, &text) ||
	             append_entries(&text, kept.missing);
	if (!failed && file_write(fd, text.data, text.len)) {
		int errnum = errno;
		failed = is_locked ? ftruncate(fd, st->st_size) | 1 : 1;
		errno = errnum;
	}
	bytes_finish(&text);
	return failed ? -1 : 0;
}

/* Bring the file up to date; what fails is tried again with the next line. */
static int save_missing(void)
{
	struct stat st;
	bool is_locked;
	int fd = open_locked(&st, &is_locked);
	int failed = fd < 0 || write_missing(fd, &st, is_locked);
	kept.errnum = errno;
	if (fd >= 0 && close(fd) && !failed) {
		failed = 1;
		kept.errnum = errno;
	}
	if (!failed)
		kept.missing = 0;
	return failed ? -1 : 0;
}

/* Put a file with the lines that are in memory in the place of `old`, for the
 * same owner. */
static int replace_file(const struct stat *old)
{
	struct bytes text = { 0 };
	char *path = NULL;
	int fd = asprintf(&path, "%s.new", kept.path) < 0
	             ? -1
	             : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
	                              O_CLOEXEC, 0600);
	int failed = fd < 0 || fchown(fd, old->st_uid, old->st_gid) ||
	             append_entries(&text, history_length) ||
	             file_write(fd, text.data, text.len);
	if (fd >= 0)
		failed |= close(fd);
	if (!failed)
		failed = rename(path, kept.path);
	if (failed && fd >= 0)
		unlink(path);
	bytes_finish(&text);
	free(path);
	return failed;
}

/* Drop the oldest lines from the file.  Nothing is lost if that fails. */
static void shorten_file(void)
{
	struct stat st;
	bool is_locked;
	int fd = open_locked(&st, &is_locked);
	if (fd < 0)
		return;
	int copy = is_locked ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
	if (copy >= 0) {
		clear_history();
		if (read_entries(copy) > 0)
			replace_file(&st);
	}
	close(fd);
}

int histfile_open(const char *path, int max)
{
	histfile_forget();
	stifle_history(max);
	kept.path = realpath(path, NULL); /* a link is followed */
	if (!kept.path)
		kept.path = strdup(path);
	int fd = kept.path ? file_open(kept.path, 0) : -1;
	int count = fd >= 0 ? read_entries(fd) : errno == ENOENT ? 0 : -1;
	int errnum = errno;
	if (fd >= 0 && count > 2 * max)
		shorten_file();
	using_history();
	return errno = errnum, count < 0 ? -1 : 0;
}

void histfile_remember(const char *line)
{
	if (!add_entry(NULL, line))
		return;
	using_history();
	kept.missing++;
	if (kept.path)
		save_missing();
}

int histfile_close(struct error *e)
{
	if (!kept.path || !kept.missing || !save_missing())
		return 0;
	error_set_errno(e, kept.errnum, "history is not kept: %d line%s %s not "
	                                "in %s",
	                kept.missing, plural((size_t)kept.missing),
	                kept.missing == 1 ? "is" : "are", kept.path);
	return -1;
}
