/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The table of options, the words that some of them take, and what holds where
 * nothing is said. */

#include <sys/socket.h>

#include <sockchat/datagram.h>
#include <sockchat/encoding.h>

#include "options_private.h"

const struct choice eol_choices[] = {
	{ "lf", EOL_LF }, { "crlf", EOL_CRLF }, { "cr", EOL_CR },
	{ "nul", EOL_NUL }, { "none", EOL_NONE }, { NULL, 0 },
};
const struct choice ui_choices[] = {
	{ "auto", UI_AUTO }, { "tui", UI_TUI }, { "lines", UI_LINES },
	{ "pipe", UI_PIPE }, { "json", UI_JSON }, { NULL, 0 },
};
const struct choice color_choices[] = {
	{ "auto", COLOR_AUTO }, { "always", COLOR_ALWAYS },
	{ "never", COLOR_NEVER }, { NULL, 0 },
};
const struct choice theme_choices[] = {
	{ "auto", THEME_AUTO }, { "dark", THEME_DARK },
	{ "light", THEME_LIGHT }, { "16", THEME_16 }, { NULL, 0 },
};
const struct choice view_choices[] = {
	{ "text", VIEW_TEXT }, { "hex", VIEW_HEX }, { "mixed", VIEW_MIXED },
	{ NULL, 0 },
};
const struct choice time_choices[] = {
	{ "clock", TIME_CLOCK }, { "clock-ms", TIME_CLOCK_MS },
	{ "start", TIME_START }, { "delta", TIME_DELTA }, { "off", TIME_OFF },
	{ "answer", TIME_ANSWER }, { "date", TIME_DATE },
	{ NULL, 0 },
};

/* Of the names of a value the first is the one that is told. */
const struct choice encoding_choices[] = {
	{ "utf-8", ENCODING_UTF8 },
	{ "cp949", ENCODING_CP949 },
	{ "euc-kr", ENCODING_EUC_KR },
	{ "shift_jis", ENCODING_SHIFT_JIS },
	{ "euc-jp", ENCODING_EUC_JP },
	{ "gbk", ENCODING_GBK },
	{ "big5", ENCODING_BIG5 },
	{ "iso-8859-1", ENCODING_LATIN1 },
	{ "iso-8859-2", ENCODING_LATIN2 },
	{ "iso-8859-15", ENCODING_LATIN9 },
	{ "cp1250", ENCODING_CP1250 },
	{ "cp1251", ENCODING_CP1251 },
	{ "cp1252", ENCODING_CP1252 },
	{ "cp437", ENCODING_CP437 },
	{ "cp850", ENCODING_CP850 },
	{ "koi8-r", ENCODING_KOI8_R },
	{ "koi8-u", ENCODING_KOI8_U },
	/* other names */
	{ "utf8", ENCODING_UTF8 }, { "uhc", ENCODING_CP949 },
	{ "ms949", ENCODING_CP949 }, { "euckr", ENCODING_EUC_KR },
	{ "shift-jis", ENCODING_SHIFT_JIS }, { "sjis", ENCODING_SHIFT_JIS },
	{ "cp932", ENCODING_SHIFT_JIS }, { "eucjp", ENCODING_EUC_JP },
	{ "cp936", ENCODING_GBK }, { "gb2312", ENCODING_GBK },
	{ "latin1", ENCODING_LATIN1 }, { "latin-1", ENCODING_LATIN1 },
	{ "latin2", ENCODING_LATIN2 }, { "latin9", ENCODING_LATIN9 },
	{ "windows-1252", ENCODING_CP1252 },
	{ "windows-1251", ENCODING_CP1251 },
	{ NULL, 0 },
};
const struct choice encode_choices[] = {
	{ "auto", ENCODE_AUTO }, { "hex", ENCODE_HEX },
	{ "base64", ENCODE_BASE64 }, { NULL, 0 },
};
const struct choice pace_choices[] = {
	{ "fast", PACE_FAST }, { "recorded", PACE_RECORDED }, { NULL, 0 },
};
const struct choice offsets_choices[] = {
	{ "message", OFFSETS_MESSAGE }, { "direction", OFFSETS_DIRECTION },
	{ NULL, 0 },
};
const struct choice tls_version_choices[] = {
	{ "1.0", TLS_1_0 }, { "1.1", TLS_1_1 }, { "1.2", TLS_1_2 },
	{ "1.3", TLS_1_3 }, { "any", TLS_ANY },
	/* other names: OpenSSL's */
	{ "tlsv1", TLS_1_0 }, { "tlsv1.0", TLS_1_0 }, { "tlsv1.1", TLS_1_1 },
	{ "tlsv1.2", TLS_1_2 }, { "tlsv1.3", TLS_1_3 },
	{ NULL, 0 },
};
/* Of a listener that forwards a version alone means both ways. */
const struct choice proxy_protocol_choices[] = {
	{ "1", PROXY_HEADER_READ | PROXY_HEADER_V1 },
	{ "2", PROXY_HEADER_READ | PROXY_HEADER_V2 },
	{ "in", PROXY_HEADER_READ },
	{ "out", PROXY_HEADER_V1 },
	{ "out,2", PROXY_HEADER_V2 },
	{ "off", 0 },
	/* other names */
	{ "on", PROXY_HEADER_READ | PROXY_HEADER_V1 },
	{ "out,1", PROXY_HEADER_V1 },
	{ "in,out", PROXY_HEADER_READ | PROXY_HEADER_V1 },
	{ "in,out,1", PROXY_HEADER_READ | PROXY_HEADER_V1 },
	{ "in,out,2", PROXY_HEADER_READ | PROXY_HEADER_V2 },
	{ NULL, 0 },
};
const struct choice unpack_choices[] = { /* what completion offers */
	{ "off", 0 }, { "in", 1 }, { "out", 2 }, { NULL, 0 },
};
const struct choice on_off_choices[] = {
	{ "on", 1 }, { "off", 0 }, { NULL, 0 },
};
const struct choice bell_choices[] = {
	{ "never", BELL_NEVER }, { "unfocused", BELL_UNFOCUSED },
	{ "always", BELL_ALWAYS }, { NULL, 0 },
};
const struct choice hold_choices[] = {
	{ "off", 0 }, { "in", HOLD_IN }, { "out", HOLD_OUT },
	{ "both", HOLD_IN | HOLD_OUT }, { NULL, 0 },
};
const struct choice notify_choices[] = {
	{ "off", NOTIFY_OFF }, { "osc9", NOTIFY_OSC9 },
	{ "osc777", NOTIFY_OSC777 }, { NULL, 0 },
};

/* The row of the name is about both. */
_Static_assert(offsetof(struct tls_settings, has_sni) ==
                   offsetof(struct tls_settings, sni) + TLS_NAME_MAX,
               "has_sni stands behind sni");

#define AT(member) \
	offsetof(struct options, member), sizeof(((struct options *)0)->member)

#define AT_SETTINGS(first, count) \
	offsetof(struct options, dial.socket.values[first]), \
	    (count) * sizeof(int)

static const struct option_rule rules[] = {
	{ { 0, "bind-device", "IF", "use only this network interface" },
	  TYPE_WORD, AT(dial.socket.device), WORD_DEVICE, NULL,
	  LIVE | NEXT | IP_ONLY },
	{ { 0, "broadcast", NULL, "UDP: allow sending to broadcast addresses" },
	  TYPE_VALUE, AT(dial.socket.values[SOCKET_BROADCAST]), 1, NULL,
	  LIVE | UDP_ONLY },
	{ { '4', "ipv4", NULL, "IPv4 only" },
	  TYPE_VALUE, AT(dial.resolve.family), AF_INET, NULL, LIVE | IP_ONLY },
	{ { '6', "ipv6", NULL, "IPv6 only" },
	  TYPE_VALUE, AT(dial.resolve.family), AF_INET6, NULL, LIVE | IP_ONLY },
	{ { 0, "join", "GROUP[@IF]",
	    "UDP: receive what is sent to this multicast group" },
	  TYPE_GROUPS, AT(dial.socket.groups), 0, NULL, LIVE | UDP_ONLY },
	{ { 'n', "numeric", NULL, "do not look up names" },
	  TYPE_SET, AT(dial.resolve.is_numeric), 0, NULL, LIVE | IP_ONLY },
	{ { 's', "source", "ADDR",
	    "connect from this address of your machine" },
	  TYPE_WORD, AT(dial.socket.source), WORD_SOURCE, NULL,
	  MODE_CONNECT | LIVE | NEXT | IP_ONLY | TARGET },
	{ { 'p', "source-port", "PORT",
	    "connect from this port of your machine" },
	  TYPE_PORT, AT(dial.socket.port), 0, NULL,
	  MODE_CONNECT | LIVE | NEXT | IP_ONLY | TARGET },
	{ { 'u', "udp", NULL, "UDP, as udp://HOST:PORT" },
	  TYPE_SET, AT(is_udp), 0, NULL, 0 },
	{ { 'U', "unix", NULL, "the address is the path of a unix socket" },
	  TYPE_SET, AT(is_unix), 0, NULL, 0 },
	{ { 0, "unix-mode", "MODE",
	    "listen: permissions of the socket file (0600)" },
	  TYPE_MODE, AT(dial.resolve.unix_mode), 0, NULL, MODE_LISTEN | LIVE },
	{ { 0, "tls", NULL, "TLS, as tls://HOST:PORT" },
	  TYPE_SET, AT(is_tls), 0, NULL, STREAMS },
	{ { 0, "tls-allow-truncation", NULL,
	    "an end without close_notify is no failure" },
	  TYPE_SET, AT(tls.allows_truncation), 0, NULL, TLS_ONLY | LIVE },
	{ { 0, "tls-alpn", "LIST",
	    "protocols to offer or to accept: h2,http/1.1" },
	  TYPE_WORD, AT(tls.alpn), WORD_ALPN, NULL, TLS_ONLY },
	{ { 0, "tls-auto", NULL,
	    "listen: serve both TLS clients and plain ones" },
	  TYPE_SET, AT(tls.takes_plain), 0, NULL, TLS_ONLY | MODE_LISTEN },
	{ { 0, "tls-ca", "FILE",
	    "trust these certificates, not the system's" },
	  TYPE_WORD, AT(tls.ca), WORD_PATH, NULL, TLS_ONLY | SERVERS },
	{ { 0, "tls-cert", "FILE", "your certificate and its chain (PEM)" },
	  TYPE_WORD, AT(tls.cert), WORD_PATH, NULL, TLS_ONLY },
	{ { 0, "tls-ciphers", "LIST",
	    "allowed ciphers, as OpenSSL writes them" },
	  TYPE_WORD, AT(tls.ciphers), WORD_CIPHERS, NULL, TLS_ONLY },
	{ { 0, "tls-client-ca", "FILE",
	    "listen: demand client certificates of this CA" },
	  TYPE_WORD, AT(tls.client_ca), WORD_PATH, NULL,
	  TLS_ONLY | MODE_LISTEN | CLIENTS },
	{ { 0, "tls-insecure", NULL,
	    "accept any certificate; the screen says so" },
	  TYPE_SET, AT(tls.insecure), 0, NULL, TLS_ONLY | SERVERS },
	{ { 0, "tls-key", "FILE",
	    "your private key, if --tls-cert's file lacks it" },
	  TYPE_WORD, AT(tls.key), WORD_PATH, NULL, TLS_ONLY },
	{ { 0, "tls-max", "VERSION", "newest version: 1.0, 1.1, 1.2 or 1.3" },
	  TYPE_CHOICE, AT(tls.max), 0, tls_version_choices, TLS_ONLY },
	{ { 0, "tls-min", "VERSION", "oldest version: 1.0, 1.1, 1.2 or 1.3" },
	  TYPE_CHOICE, AT(tls.min), 0, tls_version_choices, TLS_ONLY },
	{ { 0, "tls-pin", "PIN",
	    "accept only this public key: sha256//BASE64" },
	  TYPE_WORD, AT(tls.pin), WORD_PIN, NULL, TLS_ONLY | SERVERS },
	{ { 0, "tls-sni", "NAME",
	    "server name to ask for and verify; '' sends none" },
	  TYPE_WORD, offsetof(struct options, tls.sni), TLS_NAME_MAX + 1,
	  WORD_SNI, NULL, TLS_ONLY | SERVERS },
	{ { 0, "proxy", "URL",
	    "connect through socks5://, socks4:// or http://" },
	  TYPE_PROXY, AT(dial.proxy), 0, NULL,
	  MODE_CONNECT | TARGET | STREAMS },
	{ { 0, "proxy-protocol", "[=HOW]",
	    "PROXY header: 1, 2, in (read it) or out (send it)" },
	  TYPE_CHOICE, AT(dial.proxy_protocol),
	  PROXY_HEADER_READ | PROXY_HEADER_V1, proxy_protocol_choices,
	  LIVE | STREAMS },
	{ { 'w', "connect-timeout", "SECS",
	    "give up connecting after so long" },
	  TYPE_DURATION, AT(dial.timeout_ms), 0, NULL,
	  MODE_CONNECT | LIVE | TARGET },
	{ { 'i', "idle-timeout", "SECS",
	    "give up when nothing moves either way for so long" },
	  TYPE_DURATION, AT(idle_timeout_ms), 0, NULL, LIVE },
	{ { 0, "linger", "SECS|inf",
	    "after the peer's end, wait so long for input (2)" },
	  TYPE_LINGER, AT(linger_ms), 0, NULL, LIVE },
	{ { 'N', "no-shutdown", NULL,
	    "do not send FIN when standard input ends" },
	  TYPE_SET, AT(no_shutdown), 0, NULL, LIVE },
	{ { 0, "on-connect", "LINE",
	    "type this line on each connect; not in a pipe" },
	  TYPE_LINES, AT(on_connect), 0, NULL,
	  MODE_CONNECT | LIVE | NO_PIPE | NO_REPLAY },
	{ { 'q', "quit-after", "SECS",
	    "leave so long after standard input has ended" },
	  TYPE_DURATION, AT(quit_after_ms), 0, NULL, LIVE },
	{ { 0, "reconnect", NULL, "connect again after a loss; not in a pipe" },
	  TYPE_SET, AT(reconnect), 0, NULL,
	  MODE_CONNECT | LIVE | NO_PIPE | NO_REPLAY },
	{ { 0, "retry", "[=N]", "try to connect again, at most N times" },
	  TYPE_RETRY, AT(retry), 0, NULL, MODE_CONNECT | LIVE },
	{ { 0, "timeout", "SECS",
	    "end the whole run after so long, with status 1" },
	  TYPE_DURATION, AT(run_timeout_ms), 0, NULL, MODE_BOTH },
	{ { 'z', "zero", NULL,
	    "connect, report, close; see the exit status" },
	  TYPE_SET, AT(zero), 0, NULL, MODE_CONNECT },
	{ { 0, "allow", "LIST",
	    "listen: serve only these addresses and networks" },
	  TYPE_ACCESS, AT(allow), 0, NULL, MODE_LISTEN | LIVE | CLIENT_IP },
	{ { 0, "deny", "LIST", "listen: refuse these; this wins over --allow" },
	  TYPE_ACCESS, AT(deny), 0, NULL, MODE_LISTEN | LIVE | CLIENT_IP },
	{ { 0, "echo", NULL, "listen: send back what each peer sends" },
	  TYPE_SET, AT(echo), 0, NULL, MODE_LISTEN | LIVE | NO_REPLAY },
	{ { 0, "forward", "ENDPOINT",
	    "listen: stand between clients and this server" },
	  TYPE_WORD, AT(forward), WORD_ENDPOINT, NULL,
	  MODE_LISTEN | NO_PIPE | NO_REPLAY },
	{ { 0, "hold", "DIRECTION",
	    "forward: in, out or both: keep until you /pass" },
	  TYPE_CHOICE, AT(hold), 0, hold_choices,
	  MODE_LISTEN | LIVE | NO_PIPE },
	{ { 'k', "keep-open", NULL,
	    "listen: go on after the first peer has left" },
	  TYPE_SET, AT(keep_open), 0, NULL, MODE_LISTEN },
	{ { 'm', "max-conns", "N", "listen: at most N peers at once" },
	  TYPE_COUNT, AT(max_conns), 0, NULL, MODE_LISTEN | LIVE },
	{ { 'C', "crlf", NULL,
	    "the same as --eol crlf; a pipe sends LF as CR LF" },
	  TYPE_VALUE, AT(eol), EOL_CRLF, NULL, LIVE },
	{ { 0, "datagram-size", "N",
	    "UDP: cut a pipe or file into datagrams of N bytes" },
	  TYPE_COUNT, AT(datagram_size), DATAGRAM_MAX_IPV6, NULL,
	  LIVE | UDP_ONLY },
	{ { 0, "encoding", "NAME",
	    "encoding of text: utf-8, cp949, shift_jis, latin1" },
	  TYPE_CHOICE, AT(encoding), 0, encoding_choices, LIVE },
	{ { 0, "eol", "EOL",
	    "what Enter appends: lf, crlf, cr, nul or none" },
	  TYPE_CHOICE, AT(eol), 0, eol_choices, LIVE },
	{ { 0, "recv-only", NULL, "only receive; do not read input" },
	  TYPE_SET, AT(recv_only), 0, NULL, NO_REPLAY },
	{ { 0, "send-only", NULL, "only send; discard what is received" },
	  TYPE_SET, AT(send_only), 0, NULL, NO_REPLAY },
	{ { 0, "frame", "SPEC",
	    "cut into messages: auto, line, u32, http, json …" },
	  TYPE_FRAME, AT(frames), 0, NULL, LIVE | MESSAGES | BOTH_WAYS },
	{ { 0, "frame-in", "SPEC",
	    "the same, only for what is received" },
	  TYPE_FRAME, AT(frames[0]), 0, NULL, LIVE | MESSAGES },
	{ { 0, "frame-out", "SPEC", "the same, only for what you send" },
	  TYPE_FRAME, AT(frames[1]), 0, NULL, LIVE | MESSAGES },
	{ { 0, "unpack", "FORMAT",
	    "show the fields of payloads: >H:type 16s:name" },
	  TYPE_WORD, AT(unpack), WORD_FORMAT, NULL,
	  LIVE | LOOK | MESSAGES | BOTH_WAYS },
	{ { 0, "unpack-in", "FORMAT", "the same, only for what is received" },
	  TYPE_WORD, AT(unpack[0]), WORD_FORMAT, NULL, LIVE | LOOK | MESSAGES },
	{ { 0, "unpack-out", "FORMAT", "the same, only for what you send" },
	  TYPE_WORD, AT(unpack[1]), WORD_FORMAT, NULL, LIVE | LOOK | MESSAGES },
	{ { 'x', "hex-dump", "FILE", "record the conversation as hex" },
	  TYPE_RECORD, AT(record), RECORD_AS_HEX, NULL, MODE_BOTH },
	{ { 0, "load", "FILE",
	    "show an old conversation first: .jsonl or .chat" },
	  TYPE_WORD, AT(load), WORD_PATH, NULL, MODE_BOTH | MESSAGES },
	{ { 'o', "output", "FILE", "record the conversation as text" },
	  TYPE_RECORD, AT(record), RECORD_AS_TEXT, NULL, MODE_BOTH },
	{ { 0, "pace", "PACE", "replay: fast, or recorded with its pauses" },
	  TYPE_CHOICE, AT(pace), 0, pace_choices, LIVE },
	{ { 0, "record", "FILE",
	    "[FORMAT:]FILE: without FORMAT its ending decides" },
	  TYPE_RECORD, AT(record), RECORD_AS_NAMED, NULL, MODE_BOTH },
	{ { 0, "record-append", NULL, "add to a recording that exists" },
	  TYPE_VALUE, AT(record_over), RECORD_APPEND, NULL, LIVE },
	{ { 0, "record-overwrite", NULL, "replace a recording that exists" },
	  TYPE_VALUE, AT(record_over), RECORD_OVERWRITE, NULL, LIVE },
	{ { 0, "replay", "FILE",
	    "play one side of a .chat file, check the other" },
	  TYPE_WORD, AT(replay), WORD_PATH, NULL, NO_PIPE },
	{ { 0, "step-timeout", "SECS",
	    "replay: wait at most so long for a step (10)" },
	  TYPE_DURATION, AT(step_timeout_ms), 0, NULL, LIVE },
	{ { 0, "fault", "SPEC", "cause trouble: latency=200ms rate=10k …" },
	  TYPE_FAULT, AT(fault), 0, NULL, LIVE },
	{ { 0, "rules", "FILE",
	    "answer or change messages, as this file says" },
	  TYPE_WORD, AT(rules), WORD_PATH, NULL, NO_PIPE | NO_REPLAY },
	{ { 0, "bar", "on|off", "show the bar of keys (on)" },
	  TYPE_SET, AT(bar), 0, NULL, LIVE | LOOK },
	{ { 0, "bell", "WHEN",
	    "ring on new messages: never, unfocused, always" },
	  TYPE_CHOICE, AT(bell), 0, bell_choices, LIVE | LOOK },
	{ { 0, "color", "WHEN", "auto, always or never" },
	  TYPE_CHOICE, AT(color), 0, color_choices, LIVE | LOOK },
	{ { 0, "encode", "HOW", "json: how bytes look: auto, hex or base64" },
	  TYPE_CHOICE, AT(encode), 0, encode_choices, LIVE },
	{ { 0, "endings", "on|off", "show line endings (on)" },
	  TYPE_SET, AT(endings), 0, NULL, LIVE | LOOK },
	{ { 0, "hints", "on|off",
	    "show hints on protocols and common mistakes (on)" },
	  TYPE_SET, AT(hints), 0, NULL, LIVE | LOOK },
	{ { 0, "json", NULL, "the same as --ui json" },
	  TYPE_VALUE, AT(ui), UI_JSON, NULL, MODE_BOTH },
	{ { 0, "json-indent", "on|off", "indent messages that are JSON (off)" },
	  TYPE_SET, AT(json_indent), 0, NULL, LIVE | LOOK },
	{ { 0, "mouse", "on|off", "use the mouse (on)" },
	  TYPE_SET, AT(mouse), 0, NULL, LIVE | LOOK },
	{ { 0, "notify", "HOW",
	    "tell the desktop when unfocused: off, osc9, osc777" },
	  TYPE_CHOICE, AT(notify), 0, notify_choices, LIVE | LOOK },
	{ { 0, "offsets", "OF",
	    "hex offsets count from: message or direction" },
	  TYPE_CHOICE, AT(offsets), 0, offsets_choices, LIVE | LOOK },
	{ { 0, "progress", NULL, "pipe: show progress on standard error" },
	  TYPE_SET, AT(progress), 0, NULL, MODE_BOTH },
	{ { 0, "quiet", NULL, "show errors only" },
	  TYPE_SET, AT(quiet), 0, NULL, LIVE | LOOK },
	{ { 0, "theme", "THEME", "colors for a terminal: dark, light or 16" },
	  TYPE_CHOICE, AT(theme), 0, theme_choices, LIVE | LOOK },
	{ { 0, "ticks", "on|off", "tick what was sent and acknowledged (on)" },
	  TYPE_SET, AT(ticks), 0, NULL, LIVE | LOOK },
	{ { 0, "time", "MODE",
	    "clock, clock-ms, date, start, delta, answer, off" },
	  TYPE_CHOICE, AT(time), 0, time_choices, LIVE | LOOK },
	{ { 0, "title", "on|off", "set the terminal's title (on)" },
	  TYPE_SET, AT(title), 0, NULL, LIVE | LOOK },
	{ { 0, "ui", "UI", "auto, tui, lines, pipe or json" },
	  TYPE_CHOICE, AT(ui), 0, ui_choices, MODE_BOTH },
	{ { 'v', "verbose", NULL, "show each step of connecting" },
	  TYPE_SET, AT(verbose), 0, NULL, LIVE | LOOK },
	{ { 0, "view", "VIEW", "how messages look: text, hex or mixed" },
	  TYPE_CHOICE, AT(view), 0, view_choices, LIVE | LOOK },
	{ { 0, "keepalive", "[=WHEN]",
	    "probe a silent connection: on, off or 60,10,6" },
	  TYPE_KEEPALIVE, AT_SETTINGS(SOCKET_KEEPALIVE, 4), 0, on_off_choices,
	  LIVE | TCP_ONLY },
	{ { 0, "no-nodelay", NULL,
	    "collect small writes (Nagle's algorithm)" },
	  TYPE_VALUE, AT_SETTINGS(SOCKET_NODELAY, 1), 0, NULL,
	  LIVE | TCP_ONLY },
	{ { 0, "rcvbuf", "SIZE", "size of the system's receive buffer" },
	  TYPE_SOCKET, AT_SETTINGS(SOCKET_RCVBUF, 1), SOCKET_RCVBUF, NULL,
	  LIVE },
	{ { 0, "sndbuf", "SIZE", "size of the system's send buffer" },
	  TYPE_SOCKET, AT_SETTINGS(SOCKET_SNDBUF, 1), SOCKET_SNDBUF, NULL,
	  LIVE },
	{ { 0, "tos", "N", "type of service (traffic class): 0x10, ef" },
	  TYPE_SOCKET, AT_SETTINGS(SOCKET_TOS, 1), SOCKET_TOS, tos_choices,
	  LIVE | NO_UNIX },
	{ { 0, "ttl", "N", "how many routers packets may pass (hop limit)" },
	  TYPE_SOCKET, AT_SETTINGS(SOCKET_TTL, 1), SOCKET_TTL, NULL,
	  LIVE | NO_UNIX },
	{ { 0, "user-timeout", "SECS",
	    "give up when nothing is acknowledged for so long" },
	  TYPE_SOCKET, AT_SETTINGS(SOCKET_USER_TIMEOUT, 1),
	  SOCKET_USER_TIMEOUT, NULL, LIVE | TCP_ONLY },
	{ { 0, "queue-max", "SIZE",
	    "how much may wait to be sent to all peers (64M)" },
	  TYPE_SIZE, AT(queue_max), 0, NULL, LIVE },
	{ { 0, "scrollback", "SIZE",
	    "how much of the conversation to keep (64M)" },
	  TYPE_SIZE, AT(scrollback), 0, NULL, LIVE },
	{ { 0, "config", "FILE", "read this configuration file; '' for none" },
	  TYPE_TEXT, AT(config), 0, NULL, ARGV_ONLY },
	{ { 'h', "help", NULL, "show this help" },
	  TYPE_SET, AT(help), 0, NULL, ARGV_ONLY },
	{ { 0, "profile", "NAME",
	    "also use this section of the configuration" },
	  TYPE_TEXT, AT(profile), 0, NULL, ARGV_ONLY },
	{ { 0, "version", NULL, "show the version" },
	  TYPE_SET, AT(version), 0, NULL, ARGV_ONLY },
};

#define RULE_COUNT (sizeof(rules) / sizeof(rules[0]))
_Static_assert(RULE_COUNT <= OPTIONS_MAX, "OPTIONS_MAX is too small");

const struct option_rule *option_rule(size_t i)
{
	return i < RULE_COUNT ? &rules[i] : NULL;
}

const struct option_rule *option_by_letter(int letter)
{
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (rules[i].row.letter && rules[i].row.letter == letter)
			return &rules[i];
	return NULL;
}

const struct option_row *options_row(size_t i)
{
	return i < RULE_COUNT ? &rules[i].row : NULL;
}

size_t eol_bytes(enum eol eol, const char **bytes)
{
	static const struct {
		const char *bytes;
		size_t len;
	} table[] = {
		[EOL_LF] = { "\n", 1 },  [EOL_CRLF] = { "\r\n", 2 },
		[EOL_CR] = { "\r", 1 },  [EOL_NUL] = { "", 1 },
		[EOL_NONE] = { "", 0 },
	};
	*bytes = table[eol].bytes;
	return table[eol].len;
}

const struct options option_defaults = {
	.quit_after_ms = -1,
	.linger_ms = LINGER_DEFAULT,
	.step_timeout_ms = 10000,
	.dial.resolve.unix_mode = 0600,
	.dial.socket = SOCKET_DEFAULTS,
	.endings = true,
	.bar = true,
	.mouse = true,
	.title = true,
	.ticks = true,
	.hints = true,
	.frames = { FRAME_DEFAULT, FRAME_DEFAULT },
	.scrollback = (size_t)64 << 20,
	.queue_max = (size_t)64 << 20,
};

void options_init(struct options *o)
{
	*o = option_defaults;
}
