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

#include "histfile.h"

/* The file is read at each start, so it is bounded: longer lines are kept for
 * this run only. */
#define WRITTEN_MAX ((size_t)64 << 10)

/* Lines of this run that the file does not have. */
static int added;

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
	added = 0;
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

void histfile_remember(const char *line)
{
	if (!add_entry(NULL, line))
		return;
	using_history();
	added++;
}

struct reader {
	struct bytes entry;
	char *time;
	size_t lines;
};

static void end_entry(struct reader *r)
{
	if (r->lines > 0)
		add_entry(r->time, bytes_text(&r->entry));
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

static int read_lines(const char *path)
{
	struct reader r = { 0 };
	int fd = file_open(path, 0);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int status = 0;
	if (!file)
		return errno == ENOENT ? 0 : -1;
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
	return status;
}

static void write_history_entry(FILE *file, const char *time, const char *line)
{
	fprintf(file, "%s\n", time);
	for (const char *end;; line = end + 1) {
		end = strchrnul(line, '\n');
		if (*line == '#' || *line == '\\')
			fputc('\\', file);
		fwrite(line, 1, (size_t)(end - line), file);
		fputc('\n', file);
		if (!*end)
			return;
	}
}

/* A failure shows when the file is opened. */
static void make_directories(char *path)
{
	for (char *at = path; *at && (at = strchr(at + 1, '/')); *at = '/') {
		*at = '\0';
		mkdir(path, 0700);
	}
}

static int fill_file(int fd)
{
	FILE *file = fdopen(fd, "w");
	if (!file) {
		close(fd);
		return -1;
	}
	HIST_ENTRY **list = history_list();
	for (int i = 0; i < history_length; i++)
		if (strlen(list[i]->line) <= WRITTEN_MAX)
			write_history_entry(file, list[i]->timestamp,
			                    list[i]->line);
	bool is_bad = ferror(file) != 0;
	return fclose(file) || is_bad ? -1 : 0;
}

static int replace_file(const char *path, char *temporary)
{
	make_directories(temporary);
	int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fill_file(fd) == 0 && rename(temporary, path) == 0)
		return 0;
	int errnum = errno;
	unlink(temporary);
	return errno = errnum, -1;
}

static int save_lines(const char *path)
{
	char *temporary;
	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return -1;
	int status = replace_file(path, temporary);
	int errnum = errno;
	free(temporary);
	return errno = errnum, status;
}

int histfile_load(const char *path, int max)
{
	stifle_history(max);
	int status = read_lines(path);
	using_history();
	return status;
}

/* Read the file again and put our lines behind it: another sockchat may have
 * saved lines meanwhile. */
static int merge_history(const char *path, int max)
{
	int count = added < history_length ? added : history_length;
	HIST_ENTRY **mine = calloc((size_t)count + 1, sizeof(*mine));
	if (!mine)
		return -1;
	for (int i = count; i-- > 0;)
		mine[i] = remove_history(history_length - 1);
	histfile_forget();
	int status = histfile_load(path, max);
	for (int i = 0; i < count; i++) {
		add_entry(mine[i]->timestamp, mine[i]->line);
		free_history_entry(mine[i]);
	}
	free(mine);
	added = count;
	using_history();
	return status;
}

int histfile_save(const char *path, int max)
{
	if (merge_history(path, max) || save_lines(path))
		return -1;
	added = 0;
	return 0;
}
