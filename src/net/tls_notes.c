/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the user has to know of the settings. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/glyph.h>

#include "tls_explain.h"

static void show_keylog(char out[120])
{
	const char *path = getenv("SSLKEYLOGFILE");

	glyph_copy(out, 120, path ? path : "", GLYPH_ANY_WIDTH);
}

static bool note_keylog(const struct tls *t, char text[TLS_NOTE_MAX])
{
	char path[120];

	show_keylog(path);
	snprintf(text, TLS_NOTE_MAX,
	         "SSLKEYLOGFILE: the TLS secrets are written to %s, and "
	         "whoever has that file can read this conversation", path);
	return t->keylog_fd >= 0;
}

static bool note_no_keylog(const struct tls *t, char text[TLS_NOTE_MAX])
{
	char path[120];

	show_keylog(path);
	snprintf(text, TLS_NOTE_MAX,
	         "SSLKEYLOGFILE: the TLS secrets cannot be written to %s: "
	         "%s", path,
	         t->keylog_errno == ELOOP
	             ? "it is a link, or not a regular file"
	             : strerror(t->keylog_errno));
	return t->keylog_errno != 0;
}

static bool note_weak(const struct tls *t, char text[TLS_NOTE_MAX])
{
	snprintf(text, TLS_NOTE_MAX,
	         "TLS 1.0 and 1.1 need OpenSSL's security level 0: weak keys, "
	         "ciphers and signatures are accepted too");
	return tls_is_weak(t->settings);
}

static bool note_insecure(const struct tls *t, char text[TLS_NOTE_MAX])
{
	snprintf(text, TLS_NOTE_MAX,
	         "--tls-insecure: we do not check who the server is, so you "
	         "could be talking to anybody on the way");
	return t->settings->insecure && !*t->settings->pin &&
	       t->contexts[ENDPOINT_CONNECT];
}

static const struct {
	const char *code;
	bool (*write)(const struct tls *t, char text[TLS_NOTE_MAX]);
} notes[] = {
	{ .code = "tls-insecure", .write = note_insecure },
	{ .code = "tls-weak", .write = note_weak },
	{ .code = "tls-keylog", .write = note_keylog },
	{ .code = "tls-keylog-failed", .write = note_no_keylog },
};

bool tls_take_note(struct tls *t, const char **code, char text[TLS_NOTE_MAX])
{
	bool is_ready = t->contexts[ENDPOINT_CONNECT] ||
	                t->contexts[ENDPOINT_LISTEN];

	for (size_t i = 0; is_ready && i < sizeof(notes) / sizeof(notes[0]);
	     i++) {
		if (t->told & 1u << i || !notes[i].write(t, text))
			continue;
		t->told |= 1u << i;
		*code = notes[i].code;
		return true;
	}
	return false;
}
