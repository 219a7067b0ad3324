/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How fast a stream of messages is cut into them, without keeping them.
 *
 *   bench_frame SECONDS */

#include <stdlib.h>
#include <string.h>

#include <sockchat/frame.h>

#include "load.h"

#define TEN     "0123456789"
#define FIFTY   TEN TEN TEN TEN TEN
#define HUNDRED FIFTY FIFTY
#define STREAM  ((size_t)1 << 20)
#define READ    ((size_t)64 << 10)

#define ROW(name, spec, message) { name, spec, message, sizeof(message) - 1 }

static const struct row {
	const char *name, *spec, *message;
	size_t len;
} rows[] = {
	ROW("line", "line", HUNDRED "\n"),
	ROW("line, as auto", "auto", HUNDRED "\n"),
	ROW("delim", "delim:\\r\\n", HUNDRED "\r\n"),
	ROW("u32", "u32", "\0\0\0\x64" HUNDRED),
	ROW("mqtt", "mqtt", "\x30\x6c\0\6a/b/c\1" HUNDRED),
	ROW("json", "json",
	    "{\"jsonrpc\":\"2.0\",\"id\":17,\"method\":\"text/hover\","
	    "\"params\":{\"text\":\"" FIFTY "\",\"at\":[3,5]}}\n"),
	ROW("http, a request", "http",
	    "GET /index.html HTTP/1.1\r\nHost: example.org\r\n"
	    "User-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"),
	ROW("http, an answer", "http",
	    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n"
	    "Date: Sun, 29 Nov 2026 16:41:31 GMT\r\n"
	    "Content-Type: text/html; charset=utf-8\r\n"
	    "Content-Length: 100\r\nConnection: keep-alive\r\n\r\n" HUNDRED),
	ROW("http, chunks", "http",
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "64\r\n" HUNDRED "\r\n64\r\n" HUNDRED "\r\n0\r\n\r\n"),
	ROW("resp, a command", "resp",
	    "*3\r\n$3\r\nSET\r\n$10\r\n" TEN "\r\n$50\r\n" FIFTY "\r\n"),
	ROW("resp, an answer", "resp", "$100\r\n" HUNDRED "\r\n"),
};

static size_t count_messages(const struct frame *f, const uint8_t *bytes,
                             size_t len)
{
	struct frame_asked asked = { 0 };
	struct frame_state s = { .asked = &asked };
	size_t count = 0;
	for (size_t at = 0, end; at < len; at = end) {
		end = len - at < READ ? len : at + READ;
		frame_begin_read(&s, 0);
		for (size_t i = at; i < end;) {
			struct frame_cut c = frame_cut(f, &s, bytes + i,
			                               end - i);
			i += c.len;
			count += c.len && c.status == FRAME_WHOLE;
		}
	}
	return count;
}

static void run(const struct row *row, int64_t ns)
{
	size_t many = STREAM / row->len;
	uint8_t *bytes = malloc(STREAM);
	struct frame f;
	struct error e;
	if (!bytes || frame_parse(&f, row->spec, &e))
		load_die("%s cannot be cut", row->name);
	for (size_t i = 0; i < many; i++)
		memcpy(bytes + i * row->len, row->message, row->len);
	int64_t start_ns = load_now_ns();
	double mib = 0;
	do {
		if (count_messages(&f, bytes, many * row->len) != many)
			load_die("%s is not cut as it should be", row->name);
		mib += (double)(many * row->len) / (1 << 20);
	} while (load_now_ns() - start_ns < ns);
	load_tell(row->name, mib / load_seconds_since(start_ns), "MiB/s");
	free(bytes);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		load_die("which is: bench_frame SECONDS");
	int64_t ns = (int64_t)(strtod(argv[1], NULL) * LOAD_SECOND_NS);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run(&rows[i], ns);
	return 0;
}
