/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "doctor_judge.h"

#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>

void doctor_conclude(struct doctor *d, const char *name, const char *verdict,
                     const char *next, const struct checkup *facts)
{
	int status = facts->status;
	report_verdict(&d->report, name, verdict, next, facts);
	link_close(&d->link, false);
	loop_stop(d->link.loop, status);
}

void doctor_judge(struct doctor *d, const char *name, const char *verdict,
                  const char *next)
{
	doctor_conclude(d, name, verdict, next,
	                &(struct checkup){ .status = 0 });
}

bool doctor_tries_again(struct doctor *d, const struct error *e)
{
	char text[RETRY_TEXT_MAX];
	if (d->opened_ns || !d->options->retry)
		return false;
	int64_t wait_ms = retry_failed(&d->retry, d->options->retry, e);
	if (wait_ms < 0)
		return false;
	retry_describe(text, e, wait_ms);
	report_news(&d->report, "trying-again", text);
	link_close(&d->link, false);
	timer_start(d->link.loop, &d->again, wait_ms * MS_NS);
	return true;
}

/* What was said in place of TLS, by its protocol. */
static void tell_plain(struct doctor *d)
{
	const struct speaker server = {
		.side = RECOGNISE_SERVER, .where = d->where,
	};
	struct recognised r;
	if (recognise(&r, d->bytes, d->len, true, &server) == RECOGNISE_YES)
		report_note(&d->report, r.code, "without TLS: %s", r.text);
}

static bool has_tls_options(const struct tls_settings *t)
{
	return t->insecure || t->has_sni || t->min || t->max || *t->ca ||
	       *t->pin || *t->cert || *t->alpn || *t->ciphers;
}

bool doctor_has_proxy(const struct doctor *d)
{
	const struct options *o = d->options;
	return dial_proxy(transport_of(&o->endpoint), &o->dial);
}

static void format_way(const struct doctor *d, const char *where,
                       char out[DOCTOR_COMMAND_MAX])
{
	char proxy[PROXY_URL_MAX] = "";
	if (doctor_has_proxy(d))
		proxy_format(&d->options->dial.proxy, proxy);
	snprintf(out, DOCTOR_COMMAND_MAX, "sockchat connect %s%s%s%s",
	         *proxy ? "--proxy " : "", proxy, *proxy ? " " : "", where);
}

void doctor_command(const struct doctor *d, char out[DOCTOR_COMMAND_MAX])
{
	format_way(d, d->where, out);
	if (has_tls_options(&d->options->tls))
		text_add(out, DOCTOR_COMMAND_MAX,
		         ", with the same --tls options");
}

/* What to try next; for what may be no TLS at all, the same without. */
static void format_next(const struct doctor *d, const struct remedy *r,
                        char out[DOCTOR_COMMAND_MAX])
{
	char where[ENDPOINT_TEXT_MAX];
	endpoint_show_plain(&d->options->endpoint, where);
	if (*r->next)
		snprintf(out, DOCTOR_COMMAND_MAX, "%s", r->next);
	else
		format_way(d, where, out);
}

void doctor_judge_failure(struct doctor *d, const struct error *e)
{
	char next[DOCTOR_COMMAND_MAX], tries[48];
	const struct remedy *r = doctor_remedy(d->step, e->code);
	const struct checkup facts = {
		.step = d->step, .fault = e->is_found ? "here" : r->fault,
		.status = 1,
	};
	struct error told = *e;
	if (e->is_found && !d->report.is_brief) /* the verdict tells it */
		told.hint[0] = '\0';
	format_next(d, r, next);
	report_error(&d->report, &told);
	if (strcmp(e->code, "TLS_PLAIN") == 0)
		tell_plain(d);
	if (d->retry.tries > 1) {
		snprintf(tries, sizeof(tries), "gave up after %ld tries",
		         d->retry.tries);
		report_news(&d->report, "gave-up", tries);
	}
	if (e->is_found)
		doctor_conclude(d, "failed", "the reason is on this machine",
		                e->hint, &facts);
	else
		doctor_conclude(d, "failed", r->verdict, next, &facts);
}

void doctor_over(struct link *l, const struct error *e, uint64_t unacked)
{
	(void)unacked;
	if (!doctor_tries_again(doctor_of(l), e))
		doctor_judge_failure(doctor_of(l), e);
}
