/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <string.h>

#include <sockchat/audience.h>
#include <sockchat/command.h>
#include <sockchat/fault.h>
#include <sockchat/number.h>
#include <sockchat/stamp.h>

#include "commands_private.h"
#include "set.h"
#include "trouble.h"

#define DRIP_DEFAULT_MS 50
#define DRIP_MAX        (1 << 30)
#define ROW_MAX         256

static int list_faults(struct chat *c)
{
	const struct faults *f = c->session_settings.faults;
	char row[ROW_MAX];
	for (size_t i = 0; faults_describe(f, i, row, sizeof(row)); i++)
		chat_answer(c, "faults", "fault %s", row);
	if (!faults_describe(f, 0, row, sizeof(row)))
		chat_answer(c, "faults", "no fault is on; for example /fault "
		            "latency=200ms~50ms rate=10k");
	return 0;
}

int run_fault(struct chat *c, char *args)
{
	char spec[FAULT_TEXT_MAX];
	if (!*args)
		return list_faults(c);
	int changed = set_option(c, "fault", args);
	if (changed <= 0)
		return changed;
	/* the same words once more begin anew */
	faults_set(c->session_settings.faults, &c->options->fault);
	chat_for_all(c, session_refresh);
	fault_format(spec, &c->options->fault);
	if (strcmp(spec, "off") == 0)
		chat_note(c, "faults", "faults are off");
	else
		chat_note(c, "faults", "faults are on: %s (/fault off stops "
		          "them)", spec);
	return changed;
}

/* Read BYTES [DELAY] or "off", which is 0 bytes.  -1 with a sentence. */
static int parse_drip(char *args, long *bytes, int64_t *ms, struct error *e)
{
	char *words[3];
	size_t count = command_words(args, words, 3);
	*bytes = 0;
	*ms = DRIP_DEFAULT_MS;
	if (count > 2)
		return error_set(e, "%s is one word too many: only BYTES and "
		                    "DELAY are needed", words[2]);
	if (count == 1 && strcmp(words[0], "off") == 0)
		return 0;
	if (!count || !number_parse(words[0], 1, DRIP_MAX, bytes))
		return error_set(e, "'%s' is not a number of bytes from 1 to "
		                    "%d", count ? words[0] : "", DRIP_MAX);
	return count == 2 ? number_parse_time(words[1], ms, e) : 0;
}

/* Replace the slices of what is sent; the other faults stay. */
static int set_slice(struct chat *c, long bytes, int64_t ms)
{
	struct fault_spec spec = c->options->fault;
	char text[FAULT_TEXT_MAX];
	spec.ways[FAULT_OUT][FAULT_SLICE] = (struct fault_value){
		.is_on = bytes > 0,
		.count = (uint64_t)bytes,
		.ns = bytes ? ms * MS_NS : 0,
	};
	fault_format(text, &spec);
	return set_option(c, "fault", text);
}

/* Whether all that is said goes in datagrams. */
static bool has_datagrams_alone(const struct chat *c)
{
	const struct session *s;
	for (size_t i = 0; (s = chat_session(c, i)); i++)
		if (!link_has_messages(&s->link))
			return false;
	return chat_has_messages(c);
}

int run_drip(struct chat *c, char *args)
{
	long bytes;
	int64_t ms;
	struct error e;
	if (has_datagrams_alone(c))
		return chat_refuse(c, "/fault latency=, drop= and others work "
		                      "on whole datagrams",
		                   "/drip is for streams: a datagram is never "
		                   "cut");
	if (parse_drip(args, &bytes, &ms, &e))
		return chat_refuse(c, "for example /drip 1 50ms", "/drip: %s",
		                   e.text);
	if (set_slice(c, bytes, ms) < 0)
		return -1;
	if (!bytes)
		chat_note(c, "drip-off",
		          "drip off: what you send goes in one piece again");
	else
		chat_note(c, "drip", "drip on: %ld byte%s every %lld ms "
		          "(/drip off to stop)", bytes,
		          plural((uint64_t)bytes), (long long)ms);
	return 0;
}
