/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A file, a child, and what the file holds when the child has ended.
 *
 * The child stays in our process group: Ctrl-Z stops both, as it does to a
 * shell's job, and fg brings both back. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "editor.h"

#define FILE_MAX    ((size_t)64 << 20)
#define PATIENCE_MS 1000

extern char **environ;

/* A shell, for EDITOR may hold arguments ("code -w"), and people quote them as
 * for a shell.  The file's name is no part of what it reads. */
static const char script[] =
    "if [ -n \"$VISUAL$EDITOR\" ]; then exec ${VISUAL:-$EDITOR} \"$0\"; fi\n"
    "command -v editor >/dev/null && exec editor \"$0\"\n"
    "exec vi \"$0\"";

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0 && errno != EINTR)
			return -1;
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* mkostemp(3) makes it 0600.  The text gets a newline behind it, as editors
 * leave it. */
static int make_file(struct editor *ed, const void *text, size_t len,
                     struct error *e)
{
	const char *folder = getenv("XDG_RUNTIME_DIR");
	if (!folder || !*folder)
		folder = getenv("TMPDIR");
	if (!folder || !*folder)
		folder = "/tmp";
	int n = snprintf(ed->path, sizeof(ed->path), "%s/sockchat.XXXXXX",
	                 folder);
	int fd = n < (int)sizeof(ed->path) ? mkostemp(ed->path, O_CLOEXEC) : -1;
	if (fd < 0)
		return error_set_errno(e, errno, "no file to edit in %.80s",
		                       folder);
	int failed = write_all(fd, text, len) ||
	             (len && write_all(fd, "\n", 1));
	int errnum = errno;
	close(fd);
	if (!failed)
		return 0;
	unlink(ed->path);
	return error_set_errno(e, errnum, "cannot write %.80s", ed->path);
}

static int read_all(int fd, struct bytes *out)
{
	struct stat st;
	ssize_t n;
	if (fstat(fd, &st))
		return -1;
	if (!S_ISREG(st.st_mode))
		return errno = EINVAL, -1;
	do {
		if (bytes_reserve(out, 65536))
			return -1;
		n = read(fd, out->data + out->len, 65536);
		out->len += n > 0 ? (size_t)n : 0;
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? -1 : 0;
}

/* By its name: many editors put a new file in the place of the old. */
static int read_file(const struct editor *ed, struct bytes *out,
                     struct error *e)
{
	int fd = open(ed->path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	int failed = fd < 0 || read_all(fd, out);
	if (failed)
		error_set_errno(e, errno, "what was edited cannot be read");
	if (fd >= 0)
		close(fd);
	if (!failed && out->len && out->data[out->len - 1] == '\n')
		out->len--;
	return failed ? -1 : 0;
}

static int check_status(int status, struct error *e)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	if (!code)
		return 0;
	if (code < 0)
		error_set(e, "the editor was ended by signal %d: nothing was "
		             "done", WTERMSIG(status));
	else if (code == 126 || code == 127)
		error_set(e, "the editor could not be started: nothing was "
		             "done");
	else
		error_set(e, "the editor ended with status %d: nothing was "
		             "done", code);
	error_set_hint(e, "VISUAL or EDITOR names the editor");
	return -1;
}

/* Its end is known. */
static void forget(struct editor *ed)
{
	int pidfd = ed->watch.fd;
	watch_remove(&ed->watch);
	close(pidfd);
	unlink(ed->path);
	ed->pid = 0;
}

static void on_exit_seen(struct watch *w, unsigned ready)
{
	struct editor *ed = w->user;
	struct bytes text = { .max = FILE_MAX };
	struct error e;
	int status = -1;
	(void)ready;
	waitpid(ed->pid, &status, 0);
	bool is_good = !check_status(status, &e) && !read_file(ed, &text, &e);
	forget(ed);
	ed->on_end(ed->user, is_good ? &text : NULL, &e);
	bytes_finish(&text);
}

/* What is ignored or blocked here is not so there. */
static int spawn(struct editor *ed)
{
	char *argv[] = { "/bin/sh", "-c", (char *)(uintptr_t)script, ed->path,
		         NULL };
	posix_spawnattr_t attr;
	sigset_t pipe, none;
	sigemptyset(&none);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &pipe);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF |
	                                POSIX_SPAWN_SETSIGMASK);
	int errnum = posix_spawn(&ed->pid, argv[0], NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	return errnum;
}

static void end_child(pid_t pid, int pidfd)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	kill(pid, SIGTERM);
	kill(pid, SIGCONT);
	if (pidfd >= 0 && poll(&end, 1, PATIENCE_MS) == 1)
		waitpid(pid, NULL, 0);
}

int editor_start(struct editor *ed, struct loop *l, const void *text,
                 size_t len, struct error *e)
{
	if (make_file(ed, text, len, e))
		return -1;
	int errnum = spawn(ed);
	if (errnum) {
		ed->pid = 0;
		unlink(ed->path);
		return error_set_errno(e, errnum, "cannot start a shell");
	}
	int pidfd = pidfd_open(ed->pid, 0);
	ed->watch = (struct watch){ .on_ready = on_exit_seen, .user = ed };
	if (pidfd >= 0 && !watch_add(l, &ed->watch, pidfd, LOOP_READ))
		return 0;
	error_set_errno(e, errno, "cannot wait for the editor");
	end_child(ed->pid, pidfd);
	if (pidfd >= 0)
		close(pidfd);
	unlink(ed->path);
	ed->pid = 0;
	return -1;
}

void editor_stop(struct editor *ed)
{
	if (!ed->pid)
		return;
	end_child(ed->pid, ed->watch.fd);
	forget(ed);
}
