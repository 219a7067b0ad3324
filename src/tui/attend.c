/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/again.h>
#include <sockchat/audience.h>
#include <sockchat/chat.h>
#include <sockchat/command.h>
#include <sockchat/file.h>
#include <sockchat/lead.h>

#include "attend.h"
#include "histfile.h"
#include "input.h"
#include "term.h"

#define HISTORY_MAX    1000
#define LEAVE_AGAIN_NS (2 * SECOND_NS)

bool attend_interrupt(struct chat *c, struct timer *leave)
{
	if (!input_is_empty()) {
		input_cancel();
	} else if (chat_stop_trying(c)) {
		return false;
	} else if (c->lead) {
		c->lead->ops->stop(c->lead);
	} else if (c->load) {
		c->load->finish(c->load);
	} else if (c->repeat) {
		c->repeat->finish(c->repeat);
	} else if (leave->loop || c->is_leaving) {
		chat_leave(c);
	} else {
		timer_start(c->loop, leave, LEAVE_AGAIN_NS);
		return true;
	}
	return false;
}

void attend_lose_terminal(struct chat *c)
{
	if (signals_have_ended()) /* it is on its way */
		return;
	if (!c->signum)
		c->signum = SIGHUP;
	if (!c->is_leaving)
		chat_leave(c);
}

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

/* As there is one history, there is one of this. */
static struct {
	const struct chat *chat; /* borrowed until attend_close_history() */
	char path[512];
	bool lacks_endpoint; /* that of the command line is to be remembered */
} kept;

void attend_open_history(struct chat *c)
{
	const char *line;
	struct error e;
	file_xdg_path(kept.path, sizeof(kept.path), "XDG_STATE_HOME",
	              ".local/state", "history");
	if (!*kept.path)
		return;
	if (!file_has_xdg_place("XDG_STATE_HOME")) {
		chat_note(c, "no-history", "history is not kept: the folder "
		          "for %s does not exist", kept.path);
		return;
	}
	kept.chat = c;
	kept.lacks_endpoint = !histfile_open(kept.path, HISTORY_MAX);
	if (!kept.lacks_endpoint) {
		error_set_errno(&e, errno, "cannot read the history: %s",
		                kept.path);
		chat_error(c, &e);
	}
	for (int i = 0; (line = histfile_line(i)); i++)
		command_learn(c, line);
}

/* The newest line that begins so; NULL for none. */
static const char *latest_line(const char *begins)
{
	const char *found = NULL, *line;
	for (int i = 0; (line = histfile_line(i)); i++)
		if (strncmp(line, begins, strlen(begins)) == 0)
			found = line;
	return found;
}

/* Unless it is what an earlier run was started with. */
static void remember_endpoint(void)
{
	const struct options *o = kept.chat->options;
	const char *command = o->mode == ENDPOINT_LISTEN ? "/listen "
	                                                 : "/connect ";
	const char *latest = latest_line(command);
	char line[16 + ENDPOINT_TEXT_MAX], name[ENDPOINT_TEXT_MAX];
	kept.lacks_endpoint = false;
	endpoint_format(&o->endpoint, name);
	snprintf(line, sizeof(line), "%s%s", command, name);
	if (!latest || strcmp(latest, line) != 0)
		histfile_remember(line);
}

void attend_remember(const char *line)
{
	if (kept.lacks_endpoint && *line && *line != ' ')
		remember_endpoint();
	histfile_remember(line);
}

/* Nobody wants to hear of an endpoint that cannot be kept. */
void attend_close_history(void)
{
	struct error e;
	if (kept.lacks_endpoint && access(kept.path, W_OK) == 0)
		remember_endpoint();
	kept.lacks_endpoint = false;
	if (histfile_close(&e))
		fprintf(stderr, "sockchat: %s\n", e.text);
}

const char *attend_prompt(const struct chat *c, char out[ATTEND_PROMPT])
{
	const struct session *s = c->target ? chat_find(c, c->target) : NULL;
	if (c->target)
		snprintf(out, ATTEND_PROMPT, "%s%u%c ",
		         c->filter.focus   ? "only "
		         : s && s->pair ? "to "
		                        : "",
		         c->target, c->target_side == ENTRY_IN ? '<' : '>');
	else
		snprintf(out, ATTEND_PROMPT, "%s> ",
		         chat_audience(c) > 1 ? "all" : "");
	return out;
}
