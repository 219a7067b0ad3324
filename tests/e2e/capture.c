/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "capture.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Run it to its end.  What it prints; the caller frees that. */
static struct text output_of(const char *const *argv)
{
	struct proc p;
	proc_start(&p, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 0);
	struct text t = p.out_text;
	p.out_text = (struct text){ NULL, 0 };
	text_append(&t, "", 0);
	proc_finish(&p);
	return t;
}

/* The kernel may give a test a port at which tshark expects IRC. */
static struct text tshark_words(const char *name, va_list more)
{
	const char *argv[WORDS_MAX] = {
		"tshark", "-r", at_path(name), "-n", "-o",
		"tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE",
		"-o", "udp.check_checksum:TRUE", "--disable-protocol", "irc",
	};
	size_t count = 12;
	do {
		assert_true(count < WORDS_MAX);
		argv[count] = va_arg(more, const char *);
	} while (argv[count++]);
	return output_of(argv);
}

struct text tshark(const char *name, ...)
{
	va_list more;
	va_start(more, name);
	struct text t = tshark_words(name, more);
	va_end(more);
	return t;
}

void assert_tshark(const char *name, const char *expected, ...)
{
	va_list more;
	va_start(more, expected);
	struct text t = tshark_words(name, more);
	va_end(more);
	if (!strstr(t.bytes, expected))
		fail_msg("'%s' is not in: %s", expected, t.bytes);
	text_finish(&t);
}

static size_t count_lines(const char *text, const char *with)
{
	size_t count = 0;
	for (; (text = strstr(text, with)); text += strlen(with))
		count++;
	return count;
}

/* Each packet that has a warning, with what it is. */
static void assert_warnings(const char *name, size_t resets)
{
	struct text t = tshark(name, "-Y", "_ws.expert.severity >= 0x600000",
	                       "-T", "fields", "-e", "frame.number", "-e",
	                       "_ws.expert.message", NULL);
	if (count_lines(t.bytes, "\n") != resets ||
	    count_lines(t.bytes, "Connection reset (RST)") != resets)
		fail_msg("warnings of %s: %s", name, t.bytes);
	text_finish(&t);
}

static void assert_streams(const char *name, size_t streams)
{
	struct text t = tshark(name, "-Y",
	                       "tcp.flags.syn == 1 && tcp.flags.ack == 0",
	                       "-T", "fields", "-e", "tcp.stream", NULL);
	assert_int_equal(count_lines(t.bytes, "\n"), streams);
	text_finish(&t);
}

static void assert_infos(const char *name)
{
	const char *argv[] = { "capinfos", at_path(name), NULL };
	struct text t = output_of(argv);
	if (!strstr(t.bytes, "Raw IP") ||
	    !strstr(t.bytes, "nanoseconds (9)") ||
	    !strstr(t.bytes, "Strict time order:   True"))
		fail_msg("capinfos of %s: %s", name, t.bytes);
	text_finish(&t);
}

void assert_capture(const char *name, size_t streams, size_t resets)
{
	assert_infos(name);
	assert_streams(name, streams);
	assert_warnings(name, resets);
}

static unsigned hex_digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void append_hex(struct text *t, const char *line, size_t len)
{
	char *bytes = malloc(len / 2 + 1);
	assert_non_null(bytes);
	for (size_t i = 0; i + 1 < len; i += 2)
		bytes[i / 2] = (char)(hex_digit(line[i]) << 4 |
		                      hex_digit(line[i + 1]));
	text_append(t, bytes, len / 2);
	free(bytes);
}

/* Lines of hex digits; those of the second node have a tab in front. */
static void read_follow(const char *text, struct text moved[2])
{
	const char *at = strstr(text, "Node 1: ");
	assert_non_null(at);
	at = strchr(at, '\n') + 1;
	for (const char *end; *at && *at != '='; at = end + 1) {
		end = strchr(at, '\n');
		assert_non_null(end);
		bool is_back = *at == '\t';
		at += is_back;
		append_hex(&moved[is_back], at, (size_t)(end - at));
	}
}

static bool is_same(const struct text *a, const struct text *b)
{
	return a->len == b->len &&
	       (!a->len || memcmp(a->bytes, b->bytes, a->len) == 0);
}

void assert_follow(const char *name, const char *protocol, size_t stream,
                   const struct text *client, const struct text *server)
{
	struct text moved[2] = { { NULL, 0 }, { NULL, 0 } };
	char follow[64];
	snprintf(follow, sizeof(follow), "follow,%s,raw,%zu", protocol, stream);
	struct text t = tshark(name, "-q", "-z", follow, NULL);
	read_follow(t.bytes, moved);
	/* In TLS, tshark calls either of them the first node. */
	bool is_swapped = strcmp(protocol, "tls") == 0 &&
	                  is_same(&moved[0], server);
	if (!is_same(&moved[is_swapped], client) ||
	    !is_same(&moved[!is_swapped], server))
		fail_msg("%zu and %zu bytes moved, tshark follows %zu and %zu",
		         client->len, server->len, moved[is_swapped].len,
		         moved[!is_swapped].len);
	for (int i = 0; i < 2; i++)
		text_finish(&moved[i]);
	text_finish(&t);
}

void assert_follow_texts(const char *name, const char *protocol, size_t stream,
                         const char *client, const char *server)
{
	const struct text c = { (char *)client, strlen(client) };
	const struct text s = { (char *)server, strlen(server) };
	assert_follow(name, protocol, stream, &c, &s);
}

struct text captured(const char *name)
{
	struct text t = { NULL, 0 };
	char bytes[65536];
	FILE *f = fopen(at_path(name), "re");
	for (size_t n; f && (n = fread(bytes, 1, sizeof(bytes), f)) > 0;)
		text_append(&t, bytes, n);
	if (f)
		fclose(f);
	return t;
}

static bool has_captured(const char *name, const void *bytes, size_t len)
{
	struct text t = captured(name);
	bool has = t.len && memmem(t.bytes, t.len, bytes, len);
	text_finish(&t);
	return has;
}

void expect_captured(const char *name, const void *bytes, size_t len)
{
	int64_t end = now_ms() + DEADLINE_MS;
	while (!has_captured(name, bytes, len)) {
		if (now_ms() > end)
			fail_msg("waited in vain for bytes in %s", name);
		usleep(1000);
	}
}

const char *decode_as(uint16_t port, const char *protocol)
{
	static char words[4][64];
	static size_t next;
	char *word = words[next++ % 4];
	snprintf(word, sizeof(words[0]), "tcp.port==%u,%s", port, protocol);
	return word;
}
