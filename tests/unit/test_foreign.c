/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is said to somebody who writes as for nc, ncat, socat or telnet. */

#include "option_scene.h"

#include "../../src/options/foreign.h"

/* Parse words that stand behind the program's name; `wanted` is in what is
 * said of them. */
static void refuse(const char *line, const char *wanted)
{
	char *argv[WORDS_MAX];
	struct options o;
	struct error e;
	int argc = split_words(argv, line);

	assert_int_equal(options_parse(&o, argc, argv, &e), -1);
	if (!strstr(e.text, wanted))
		fail_msg("%s: '%s' lacks '%s'", line, e.text, wanted);
}

static void to_listen_as_with_nc_gets_the_line_for_it(void **state)
{
	static const char *const rows[][2] = {
		{ "-l 9999", "option -l: try: sockchat listen 9999" },
		{ "-l -p 9999", "option -l: try: sockchat listen 9999" },
		{ "-p 9999 -l", "option -p: try: sockchat listen 9999" },
		{ "-k -l 9999", "try: sockchat listen 9999 -k" },
		{ "-lvnp 9999", "try: sockchat listen 9999 -vn" },
		{ "-lp9446", "try: sockchat listen 9446" },
		{ "-l 127.0.0.1 9999", "try: sockchat listen 127.0.0.1 9999" },
		{ "-l -p 9999 ::1", "try: sockchat listen ::1 9999" },
		{ "-w 5 -l 9999", "try: sockchat listen 9999" },
		{ "-l 9999 -s ::1", "try: sockchat listen 9999" },
		{ "--listen 9999", "option --listen: try: sockchat listen "
		                   "9999" },
		{ "listen -l 9999", "try: sockchat listen 9999" },
		{ "listen -p 9999", "option -p: try: sockchat listen 9999" },
		{ "-l 9999 --timeout 5", "listen 9999 --timeout 5" },
		{ "-k -l 9999 --json -m 3", "listen 9999 -k --json -m 3" },
		{ "--ui=lines -lvm3 -p 9", "listen 9 --ui=lines -vm 3" },
		{ "-l 9999 --connect-time 3 -z", "listen 9999" },
		{ "-l 9999 --sh-exec cat", "unknown option --sh-exec: " },
		{ "-l -k -- 9999", "try: sockchat listen 9999 -k" },
		{ "--ssl -l 9999", "try: sockchat listen 9999 --tls" },
		{ "-l 9999 --ssl-cert a.pem --ssl-key=b.pem --ssl",
		  "listen 9999 --tls-cert a.pem --tls-key=b.pem --tls" },
		{ "-l", "try: sockchat listen PORT" },
		{ "-lp", "try: sockchat listen PORT" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		refuse(rows[i][0], rows[i][1]);
}

static void a_line_that_cannot_be_is_not_suggested(void **state)
{
	(void)state;
	refuse("-lu 9999", "option -u: sockchat does not speak UDP");
	refuse("-lvnp 9999 -e /bin/sh", "option -e: sockchat runs no program");
	refuse("-l -c id 9999", "option -c: sockchat runs no program");
	refuse("connect -p 9999 host 80", "the system chooses our port");
}

static void options_of_others_are_answered_by_what_does_it_here(void **state)
{
	static const char *const rows[][2] = {
		{ "--sh-exec=id h 1", "option --sh-exec: sockchat runs no" },
		{ "--ssl h 1", "option --ssl: it is --tls, or tls://" },
		{ "--ssl-verify h 1", "always verified here" },
		{ "--ssl-cert=f h 1", "option --ssl-cert: it is --tls-cert" },
		{ "--ssl-servername a h 1", "it is --tls-sni" },
		{ "--ssl-new-thing h 1", "it is --tls" },
		{ "-connect h:1", "-connect: try: sockchat connect tls://" },
		{ "s_client -connect h:1", "sockchat connect tls://" },
		{ "-CAfile f h 1", "option -CAfile: it is --tls-ca" },
		{ "connect -key f h 1", "option -key: it is --tls-key" },
		{ "--cacert f h 1", "it is --tls-ca" },
		{ "--insecure h 1", "it is --tls-insecure" },
		{ "--tlsv1.2 h 1", "versions are --tls-min" },
		{ "-starttls smtp h 25", "/starttls" },
		{ "-brief h 1", "option -brief: leave it out" },
		{ "-verify_hostname a h 1", "it is --tls-sni" },
		{ "-state h 1", "-z -v" },
		{ "-X 5 h 1", "it is --proxy socks5://USER@HOST:PORT" },
		{ "--socks5-hostname p h 1", "it is --proxy socks5://" },
		{ "--proxy-type http h 1", "it is --proxy socks5://" },
		{ "--proxy-auth a:b h 1", "SOCKCHAT_PROXY_PASSWORD" },
		{ "--noproxy h 1", "leave it out" },
		{ "-x p:1 h 1", "--proxy socks5://HOST:PORT" },
		{ "-t h 23", "Telnet" },
		{ "-o f h 1", "/save FILE" },
		{ "-x f h 1", "--view hex" },
		{ "-d h 1", "--recv-only" },
		{ "--wait 3 h 1", "--connect-timeout" },
		{ "--broker 1", "ncat --broker" },
		{ "--allowfile f 1", "firewall" },
		{ "-T 5 h 1", "--idle-timeout" },
		{ "-8 h", "leave it out" },
	};
	static const char *const known[] = {
		"-u", "-r", "-D", "-S", "-F", "-P", "-V", "-b", "-I", "-O",
		"-M", "-W", "-g", "-G", "-s", "-E", "-L", "-a", "-K", "-H",
		"--lua-exec", "--udp", "--sctp", "--nodns", "--source",
		"--source-port", "--telnet", "--hex-dump", "--append-output",
		"--chat", "--deny", "--proxy-auth", "--output", "--delay",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		refuse(rows[i][0], rows[i][1]);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		assert_non_null(foreign_option(known[i]));
	assert_null(foreign_option("--nonsense"));
}

static void no_option_of_ours_is_called_foreign(void **state)
{
	const struct option_row *row;
	char name[64];
	(void)state;
	for (size_t i = 0; (row = options_row(i)); i++) {
		snprintf(name, sizeof(name), "--%s", row->name);
		assert_null(foreign_option(name));
		snprintf(name, sizeof(name), "-%c", row->letter);
		assert_true(!row->letter || !foreign_option(name));
	}
}

static void addresses_of_socat_get_the_line_that_is_meant(void **state)
{
	static const char *const rows[][2] = {
		{ "TCP:host:80", "try: sockchat connect host:80" },
		{ "- TCP4:host:80,nodelay", "try: sockchat connect host:80" },
		{ "tcp-listen:9999,fork STDIO", "try: sockchat listen 9999" },
		{ "UNIX-CONNECT:/x -", "try: sockchat connect unix:/x" },
		{ "ABSTRACT-LISTEN:x -", "try: sockchat listen unix:@x" },
		{ "TCP-LISTEN:9,fork EXEC:cat", "sockchat runs no programs" },
		{ "TCP-LISTEN:9 TCP:host:80", "passes nothing on" },
		{ "OPENSSL:host:443,verify=0 -",
		  "try: sockchat connect tls://host:443" },
		{ "ssl-l:9999,cert=a.pem,fork -",
		  "try: sockchat listen tls://9999" },
		{ "s_client h:1", "try: sockchat connect tls://HOST:PORT" },
		{ "https://h/x", "try: sockchat connect tls://h:443" },
		{ "OPENSSL-DTLS-CLIENT:h:1 -", "speaks TCP, TLS and unix" },
		{ "UDP4-RECV:9 -", "does not speak UDP" },
		{ "- -", "standard input and output need no name" },
		{ "system:22", "try: sockchat connect system:22" },
		{ "ipcam 80", "try: sockchat connect ipcam 80" },
		{ "tcp://host:80", "try: sockchat connect tcp://host:80" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		refuse(rows[i][0], rows[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(to_listen_as_with_nc_gets_the_line_for_it),
		cmocka_unit_test(a_line_that_cannot_be_is_not_suggested),
		cmocka_unit_test(
		    options_of_others_are_answered_by_what_does_it_here),
		cmocka_unit_test(no_option_of_ours_is_called_foreign),
		cmocka_unit_test(addresses_of_socat_get_the_line_that_is_meant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
