/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Lines by which clients begin to speak, and what servers say that do not
 * understand them. */

#include <fnmatch.h>
#include <string.h>

#include "recognise_private.h"
#include "traps_private.h"

#define LINE_MAX_LEN 200 /* longer lines are none of these */
#define ANSWER_LEN   512

/* Where LF is enough by rule, as in Redis' inline commands, there is no row. */
static const struct request_row rows[] = {
	{ "HTTP", "[A-Z]* *[:*/]* HTTP/1.[01]", 3, true, false },
	{ "RTSP", "[A-Z]* *[:*/]* RTSP/[12].0", 3, true, false },
	{ "SIP", "[A-Z]* sip*:* SIP/2.0", 3, true, false },
	{ "SMTP", "EHLO *", 2, false, true },
	{ "SMTP", "HELO *", 2, false, true },
	{ "LMTP", "LHLO *", 2, false, true },
	{ "SMTP", "MAIL FROM:*", 0, false, true },
	{ "SMTP", "RCPT TO:*", 0, false, true },
	{ "FTP and POP3", "USER *", 2, false, true },
	{ "FTP", "AUTH TLS", 2, false, true },
	{ "FTP", "FEAT", 1, false, true },
	{ "FTP", "SYST", 1, false, true },
	{ "FTP", "PASV", 1, false, true },
	{ "POP3", "CAPA", 1, false, true },
	{ "IMAP", "? CAPABILITY", 2, false, true },
	{ "IMAP", "*[0-9] CAPABILITY", 2, false, true },
	{ "IMAP", "? LOGIN * *", 4, false, true },
	{ "IMAP", "*[0-9] LOGIN * *", 4, false, true },
	{ "IMAP", "? SELECT *", 3, false, true },
	{ "IMAP", "*[0-9] SELECT *", 3, false, true },
	{ "NNTP", "MODE READER", 2, false, true },
	{ "NNTP", "CAPABILITIES", 1, false, true },
	{ "NNTP", "NEWGROUPS *", 0, false, true },
	{ "IRC", "USER * * *", 0, false, false },
	{ "IRC", "JOIN [#&]*", 2, false, false },
	{ "modems", "AT", 1, false, false },
	{ "modems", "AT[+&]*", 1, false, false },
	{ "memcached", "set * [0-9]* [0-9]* [0-9]*", 5, false, false },
	{ "memcached", "add * [0-9]* [0-9]* [0-9]*", 5, false, false },
	{ "Redis", "[*][0-9]", 1, false, false },
	{ "Redis", "[*][0-9][0-9]", 1, false, false },
};

static unsigned count_words(const char *text)
{
	unsigned count = *text && *text != ' ';
	for (; *text; text++)
		count += text[0] == ' ' && text[1] && text[1] != ' ';
	return count;
}

const struct request_row *request_of(const uint8_t *line, size_t len)
{
	char text[LINE_MAX_LEN + 1];
	struct span all = { .at = line, .len = len };
	struct span s = span_line(&all);
	if (!s.len || s.len > LINE_MAX_LEN || !span_is_printable(&s))
		return NULL;
	memcpy(text, s.at, s.len);
	text[s.len] = '\0';
	const unsigned words = count_words(text);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((!rows[i].words || rows[i].words == words) &&
		    !fnmatch(rows[i].line, text, FNM_CASEFOLD | FNM_NOESCAPE))
			return &rows[i];
	return NULL;
}

bool is_complaint(const uint8_t *bytes, size_t len)
{
	static const char *const words[] = {
		"bad request", "unrecognized", "unrecognised",
		"not recognized", "not recognised", "not understood",
		"unknown command", "malformed",
		"bad data chunk", "Protocol error", "500 Syntax error",
		"500 5.5", " 400 ",
	};
	struct span all = {
		.at = bytes, .len = len < ANSWER_LEN ? len : ANSWER_LEN,
	};
	struct span line = span_line(&all);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_has(&line, words[i]))
			return true;
	return span_begins(&line, "400") == RECOGNISE_YES;
}
