/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/audience.h>
#include <sockchat/chat.h>
#include <sockchat/file.h>

#include "attend.h"
#include "histfile.h"
#include "term.h"

#define HISTORY_MAX 1000

void attend_stderr(struct chat *c)
{
	struct bytes text = { 0 };
	term_take_stderr(&text);
	char *rest = text.len ? (char *)(uintptr_t)bytes_text(&text) : NULL;
	char *line;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			chat_note(c, "stderr", "%s", line);
	bytes_finish(&text);
}

void attend_open_history(struct chat *c)
{
	char path[512];
	struct error e;
	file_xdg_path(path, sizeof(path), "XDG_STATE_HOME", ".local/state",
	              "history");
	if (!*path)
		return;
	if (!file_has_xdg_place("XDG_STATE_HOME")) {
		chat_note(c, "no-history", "history is not kept: there "
		          "is no folder to make %s in", path);
	} else if (histfile_open(path, HISTORY_MAX)) {
		error_set_errno(&e, errno, "cannot read the history: %s", path);
		chat_error(c, &e);
	}
}

void attend_close_history(void)
{
	struct error e;
	if (histfile_close(&e))
		fprintf(stderr, "sockchat: %s\n", e.text);
}

const char *attend_prompt(const struct chat *c, char out[ATTEND_PROMPT])
{
	if (c->target)
		snprintf(out, ATTEND_PROMPT, "%s%u> ",
		         c->filter.focus ? "only " : "", c->target);
	else
		snprintf(out, ATTEND_PROMPT, "%s> ",
		         chat_audience(c) > 1 ? "all" : "");
	return out;
}
