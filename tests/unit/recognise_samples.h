/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* First bytes as real programs send them. */

#ifndef TESTS_RECOGNISE_SAMPLES_H
#define TESTS_RECOGNISE_SAMPLES_H

#include <sockchat/recognise.h>

#define CLIENT(text) { RECOGNISE_CLIENT, false, text, sizeof(text) - 1 }
#define SERVER(text) { RECOGNISE_SERVER, false, text, sizeof(text) - 1 }
/* Known for what they are only when nothing follows. */
#define CLIENT_ALL(text) { RECOGNISE_CLIENT, true, text, sizeof(text) - 1 }
#define SERVER_ALL(text) { RECOGNISE_SERVER, true, text, sizeof(text) - 1 }

static const struct sample {
	enum recognise_side from;
	bool is_all;
	const char *bytes;
	size_t len;
} samples[] = {
	CLIENT("\x16\x03\x01\x01,\x01\x00\x01(\x03\x03\x9f" "4\x9d\xc8"
	       "\x8e\xe0\xad\x8b\x89\xcfl\xafk\xb9\xb0\x84o\xd0@\xefP"
	       "\xa9\x1c\xf4" "4\xfe\xb1v\x1f\xc2PE \xf5\x97\x0e" "d\xb5"
	       "\x0fU\x01r\xca\xd5\xf1" "0 \x95" "C\xff\xe8%B\xce\xf6"
	       "\x0c\xac\xaa\xd8\x83\x8c\xfe\xce\x03\xac\x00$\x13\x02"
	       "\x13\x03\x13\x01\xc0,\xc0" "0\xc0+\xc0/\xcc\xa9\xcc\xa8"
	       "\xc0$\xc0(\xc0#\xc0'\x00\x9f\x00\x9e\x00k\x00g\x00\xff"
	       "\x01\x00\x00\xbb\x00\x00\x00\x10\x00\x0e\x00\x00\x0b" "e"
	       "xample.org\x00\x0b\x00\x04\x03\x00\x01\x02\x00\n"
	       "\x00\x16\x00\x14\x00\x1d\x00\x17\x00\x1e\x00\x19\x00\x18"
	       "\x01\x00\x01\x01\x01\x02\x01\x03\x01\x04\x00#\x00\x00"
	       "\x00\x10\x00\x0e\x00\x0c\x02h2\x08http/1.1\x00\x16\x00"
	       "\x00\x00\x17\x00\x00\x00\r\x00*\x00(\x04\x03\x05\x03\x06"
	       "\x03\x08\x07\x08\x08\x08\x09\x08\n"
	       "\x08\x0b\x08\x04\x08\x05\x08\x06\x04\x01\x05\x01\x06\x01"
	       "\x03\x03\x03\x01\x03\x02\x04\x02\x05\x02\x06\x02\x00+"
	       "\x00\x05\x04\x03\x04\x03\x03\x00-\x00\x02\x01\x01\x00"
	       "3\x00&\x00$\x00\x1d\x00 C\xc7\x88\xf2\xc5" "Aw+\xfc\xe3"
	       "\xec%\xac\xf8\xbd!\xb8\xe0Y!K\xd1\x96\xf3\x13\x1a" "7As"
	       "\xa0" "F\r"),
	SERVER("\x15\x03\x03\x00\x02\x02" "2"),
	SERVER("\x15\x03\x01\x00\x02\x02" "F"),
	SERVER("HTTP/1.0 400 Bad Request\r\n\r\n"
	       "Client sent an HTTP request to an HTTPS server.\n"),
	SERVER("HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\n"
	       "Content-Length: 255\r\nConnection: close\r\n"
	       "\r\n<html>\r\n<head><title>400 The plain HTTP request wa"
	       "s sent to HTTPS port</title></head>\r\n"),
	CLIENT("GET /chat HTTP/1.1\r\nHost: 127.0.0.1:9999\r\n"
	       "Upgrade: websocket\r\nConnection: Upgrade\r\n"
	       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	       "Sec-WebSocket-Version: 13\r\n\r\n"),
	SERVER("HTTP/1.1 101 Switching Protocols\r\n"
	       "Upgrade: websocket\r\n\r\n"),
	CLIENT("GET /path?x=1 HTTP/1.1\r\nHost: 127.0.0.1:9999\r\n"
	       "User-Agent: curl/7.88.1\r\nAccept: */*\r\n"
	       "\r\n"),
	CLIENT_ALL("GET / HTTP/1.0\n"),
	SERVER("HTTP/1.0 200 OK\r\nServer: SimpleHTTP/0.6 Python/3.11.7"
	       "\r\nContent-Length: 294\r\n\r\n"),
	SERVER_ALL("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"
	           "\r\n400 Bad Request"),
	SERVER("<!DOCTYPE HTML>\n<html lang=\"en\">\n"),
	SERVER("<html>\r\n<head><title>400 Bad Request</title></head>\r"
	       "\n"),
	CLIENT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	       "\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00"
	       "d"),
	SERVER("\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x05\x00\x00@"
	       "\x00"),
	CLIENT("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n"
	       "User-Agent: curl/7.88.1\r\n\r\n"),
	SERVER("RTSP/1.0 400 Bad Request\r\nServer: GStreamer RTSP serve"
	       "r\r\n\r\n"),
	CLIENT("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u6\r\n"),
	SERVER("SSH-2.0-dropbear_2022.83\r\n"),
	SERVER("220 mail.example.org ESMTP Postfix (Debian/GNU)\r\n"),
	SERVER("220 (vsFTPd 3.0.3)\r\n"),
	SERVER("+OK Dovecot ready.\r\n"),
	SERVER("* OK [CAPABILITY IMAP4rev1 SASL-IR] Dovecot ready.\r\n"),
	CLIENT("*1\r\n$4\r\nPING\r\n"),
	SERVER("-ERR unknown command 'hallo', with args beginning with: "
	       "\r\n"),
	SERVER("-NOAUTH Authentication required.\r\n"),
	SERVER("-DENIED Redis is running in protected mode because prote"
	       "cted mode is enabled\r\n"),
	SERVER("+PONG\r\n"),
	SERVER("*14\r\n$6\r\nserver\r\n$5\r\nredis\r\n"),
	SERVER("J\x00\x00\x00\n8.0.36\x00\x08\x00\x00\x00+5S{\x1fJ/w\x00"
	       "\xff\xff\xff\x02\x00\xff\xdf\x15\x00\x00\x00\x00\x00\x00"
	       "\x00\x00\x00\x00r\x1dS2&\x03h!\x01gJ8\x00" "caching_sha2"
	       "_password\x00"),
	SERVER("A\x00\x00\x00\xffj\x04Host '10.0.0.5' is not allowed to "
	       "connect to this MySQL server"),
	CLIENT("\x00\x00\x00\x08\x04\xd2\x16/"),
	CLIENT("\x00\x00\x00\x08\x04\xd2\x16" "0"),
	CLIENT("\x00\x00\x00" "3\x00\x03\x00\x00user\x00me\x00" "databas"
	       "e\x00" "db\x00" "application_name\x00psql\x00\x00"),
	SERVER("E\x00\x00\x00LSFATAL\x00VFATAL\x00" "C28000\x00Mno pg_hb"
	       "a.conf entry for host \"10.0.0.5\"\x00" "Fauth.c\x00\x00"),
	CLIENT("\x10\x18\x00\x04MQTT\x04\x02\x00<\x00\x0c" "curl9de20add"),
	CLIENT("\x10\x1a\x00\x04MQTT\x05\x02\x00<\x05\x11\x00\x00\x00\n"
	       "\x00\x08" "camera-7"),
	CLIENT("\x04\x01\x00P\n\x00\x00\x01\x00"),
	CLIENT("\x04\x01\x00P\x00\x00\x00\x01\x00" "example.org\x00"),
	CLIENT("\x05\x02\x00\x01"),
	CLIENT("\x05\x01\x00"),
	CLIENT("PROXY TCP4 127.0.0.1 127.0.0.1 42264 39135\r\n"),
	CLIENT("\r\n\r\n\x00\r\nQUIT\n!\x11\x00\x0c\xc0\x00\x02\x01\xc0"
	       "\x00\x02\x02\xb6\x88\x01\xbb"),
	CLIENT("\r\n\r\n\x00\r\nQUIT\n \x00\x00\x00"),
	/* telnetd, a MUD, PuTTY */
	SERVER_ALL("\xff\xfd\x18\xff\xfd \xff\xfd#\xff\xfd'"),
	SERVER("\xff\xfb\x01\xff\xfb\x03\xff\xfa\x18\x01\xff\xf0"
	       "Welcome\r\n"),
	CLIENT_ALL("\xff\xfb\x1f\xff\xfb \xff\xfb\x18\xff\xfb'\xff\xfd"
	           "\x01\xff\xfb\x03\xff\xfd\x03"),
};

#endif
