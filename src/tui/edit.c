/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A file, the editor as a child, and what the file holds when it has ended.
 *
 * The child stays in our process group: Ctrl-Z stops both, as it does to a
 * shell's job, and fg brings both back. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sockchat/file.h>

#include "edit.h"
#include "paste.h"
#include "tui.h"

#define FILE_MAX    ((size_t)64 << 20)

/* A shell, for EDITOR may hold arguments ("code -w"), and people quote them as
 * for a shell.  The file's name is no part of what it reads. */
static const char script[] =
    "if [ -n \"$VISUAL$EDITOR\" ]; then exec ${VISUAL:-$EDITOR} \"$0\"; fi\n"
    "command -v editor >/dev/null && exec editor \"$0\"\n"
    "exec vi \"$0\"";

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
	int failed = file_write(fd, text, len) ||
	             file_write(fd, "\n", len > 0);
	int errnum = errno;
	close(fd);
	if (!failed)
		return 0;
	unlink(ed->path);
	return error_set_errno(e, errnum, "cannot write %.80s", ed->path);
}

/* Open the file by its name: many editors put a new file in the place of the
 * old. */
static int read_back(const struct editor *ed, struct bytes *out,
                     struct error *e)
{
	int fd = file_open(ed->path, O_NOFOLLOW);
	int failed = fd < 0 || file_read(fd, out);
	if (failed)
		error_set_errno(e, errno, "the edited file cannot be read");
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

static void take_terminal_back(struct frontend *f)
{
	watch_set(&f->keyboard.watch, LOOP_READ);
	tui_come_back(f);
}

/* The terminal signals us as well as the editor.  A signal that made it end may
 * be told in the next turn only: until then it counts as running. */
static void on_editor_exit(struct watch *w, unsigned ready)
{
	struct frontend *f = w->user;
	(void)ready;
	timer_start(w->loop, &f->editor.ended, 0);
	watch_remove(w);
}

static void on_editor_ended(struct timer *t)
{
	struct frontend *f = t->user;
	struct editor *ed = &f->editor;
	struct bytes text = { .max = FILE_MAX };
	struct error e;
	int status = child_wait(&ed->child);
	bool is_good = !check_status(status, &e) && !read_back(ed, &text, &e);
	unlink(ed->path);
	take_terminal_back(f);
	size_t left_out = is_good ? paste_clean(&text).left_out : 0;
	if (!is_good)
		chat_error(f->chat, &e);
	if (left_out)
		chat_note(f->chat, "left-out",
		          "edited: %zu unprintable characters left "
		          "out", left_out);
	if (is_good)
		ed->on_text(f, &text);
	bytes_finish(&text);
}

/* Start the editor.  -1 with a sentence: the file is removed. */
static int start_child(struct frontend *f, struct error *e)
{
	static const int ours[3] = { CHILD_INHERIT, CHILD_INHERIT,
		                     CHILD_INHERIT };
	struct editor *ed = &f->editor;
	char *argv[] = { "/bin/sh", "-c", (char *)(uintptr_t)script, ed->path,
		         NULL };
	if (child_start(&ed->child, argv, ours)) {
		error_set_errno(e, errno, "cannot start a shell");
	} else if (watch_add(f->chat->loop, &ed->watch, ed->child.pidfd,
	                     LOOP_READ)) {
		error_set_errno(e, errno, "cannot wait for the editor");
		child_end(&ed->child);
	} else {
		return 0;
	}
	unlink(ed->path);
	return -1;
}

void edit_begin(struct frontend *f, const void *text, size_t len,
                edit_fn *on_text)
{
	struct editor *ed = &f->editor;
	struct error e;
	ed->on_text = on_text;
	ed->watch = (struct watch){ .on_ready = on_editor_exit, .user = f };
	ed->ended = (struct timer){ .on_time = on_editor_ended, .user = f };
	watch_set(&f->keyboard.watch, 0);
	tui_go_away(f);
	if (!make_file(ed, text, len, &e) && !start_child(f, &e))
		return;
	take_terminal_back(f);
	chat_error(f->chat, &e);
}

bool edit_is_on(const struct frontend *f)
{
	return f->editor.child.pid != 0;
}

void edit_stop(struct frontend *f)
{
	if (!edit_is_on(f))
		return;
	watch_remove(&f->editor.watch);
	timer_stop(&f->editor.ended);
	child_end(&f->editor.child);
	unlink(f->editor.path);
	take_terminal_back(f);
}
