/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The password for a proxy, which stands at one place in memory. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include <sockchat/proxy.h>
#include <sockchat/secret.h>

#define VARIABLE "SOCKCHAT_PROXY_PASSWORD"

static char password[PROXY_WORD_MAX];

/* Programs that we start have no use for it. */
static int take_given(char *given, struct error *e)
{
	size_t len = strlen(given);
	bool fits = len < sizeof(password);

	if (fits)
		memcpy(password, given, len + 1);
	explicit_bzero(given, len);
	unsetenv(VARIABLE);
	return fits ? 0
	            : error_set(e, "the password in " VARIABLE " is too long: "
	                           "it has more than 255 bytes");
}

static int ask_user(const struct proxy_settings *p, struct error *e)
{
	char place[ENDPOINT_TEXT_MAX], question[180];
	struct error why;

	endpoint_format(&p->endpoint, place);
	snprintf(question, sizeof(question), "password of %.60s for the proxy "
	         "%.80s", p->user, place);
	if (!secret_ask(question, password, sizeof(password), &why))
		return 0;
	error_set(e, "the proxy's user %.60s needs a password: %.100s",
	          p->user, why.text);
	error_set_hint(e, "put it into the environment variable " VARIABLE "");
	return -1;
}

int proxy_take_password(struct proxy_settings *p, struct error *e)
{
	char *given = getenv(VARIABLE);

	if (!proxy_lacks_password(p))
		return 0;
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (given ? take_given(given, e) : ask_user(p, e))
		return -1;
	p->password = password;
	return 0;
}
