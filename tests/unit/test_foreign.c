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
		{ "-p 9999 -l", "option -l: try: sockchat listen 9999" },
		{ "-k -l 9999", "try: sockchat listen 9999 -k" },
		{ "-lvnp 9999", "try: sockchat listen 9999 -vn" },
		{ "-lp9446", "try: sockchat listen 9446" },
		{ "-lu 9999", "try: sockchat listen 9999 -u" },
		{ "-klup 53", "try: sockchat listen 53 -ku" },
		{ "-l 127.0.0.1 9999", "try: sockchat listen 127.0.0.1 9999" },
		{ "-l -p 9999 ::1", "try: sockchat listen ::1 9999" },
		{ "-w 5 -l 9999", "try: sockchat listen 9999" },
		{ "-l 9999 -s ::1", "try: sockchat listen 9999" },
		{ "--listen 9999", "option --listen: try: sockchat listen "
		                   "9999" },
		{ "listen -l 9999", "try: sockchat listen 9999" },
		{ "listen -p 9999", "option -p, --source-port is for "
		                    "'sockchat connect'" },
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
	refuse("-lvnp 9999 -e /bin/sh", "option -e: sockchat runs no program");
	refuse("-l -c id 9999", "option -c: sockchat runs no program");
}

static void options_of_others_are_answered_by_what_does_it_here(void **state)
{
	static const char *const rows[][2] = {
		{ "--sh-exec=id h 1", "option --sh-exec: sockchat runs no" },
		{ "--ssl h 1", "option --ssl: it is --tls, or tls://" },
		{ "--ssl-verify h 1", "always verified; --tls-insecure" },
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
		{ "connect -servername a h 1", "it is --tls-sni" },
		{ "connect -source a h 1", "unknown option -source" },
		{ "-T 16 h 1", "it is --tos" },
		{ "--no-keepalive h 1", "it is --keepalive=off" },
		{ "-brief h 1", "option -brief: leave it out" },
		{ "-verify_hostname a h 1", "it is --tls-sni" },
		{ "-state h 1", "-z -v" },
		{ "-X 5 h 1", "it is --proxy socks5://USER@HOST:PORT" },
		{ "--socks5-hostname p h 1", "it is --proxy socks5://" },
		{ "--proxy-type http h 1", "it is --proxy socks5://" },
		{ "--proxy-auth a:b h 1", "SOCKCHAT_PROXY_PASSWORD" },
		{ "--noproxy h 1", "leave it out" },
		{ "-t h 23", "Telnet" },
		{ "--append-output h 1", "--record-append" },
		{ "-d h 1", "--recv-only" },
		{ "--wait 3 h 1", "--connect-timeout" },
		{ "--broker 1", "ncat --broker" },
		{ "--allowfile f 1", "--allow \"$(cat FILE)\"" },
		{ "--denyfile f 1", "--deny \"$(cat FILE)\"" },
		{ "-T 5 h 1", "--idle-timeout" },
		{ "-8 h", "leave it out" },
	};
	static const char *const known[] = {
		"-r", "-D", "-S", "-F", "-P", "-V", "-b", "-I", "-O",
		"-M", "-W", "-g", "-G", "-E", "-L", "-a", "-K", "-H",
		"--lua-exec", "--sctp", "--nodns",
		"--interface", "--local-port", "--telnet", "--append-output",
		"--chat",
		"--allowfile", "--proxy-auth", "--delay",
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
		{ "TCP:h:80,bind=10.0.0.1,nodelay,SNDBUF=1000,keepalive -",
		  "connect h:80 --source 10.0.0.1 --sndbuf 1000 --keepalive" },
		{ "TCP-LISTEN:9,bind=127.0.0.1,tos=16 -",
		  "try: sockchat listen 9 --tos 16" },
		{ "TCP-LISTEN:9,range=10.0.0.0/8,max-children=4 -",
		  "listen 9 --allow 10.0.0.0/8 --max-conns 4" },
		{ "UDP-DATAGRAM:10.0.0.255:9,broadcast -",
		  "connect udp://10.0.0.255:9 --broadcast" },
		{ "tcp-listen:9999,fork STDIO", "try: sockchat listen 9999" },
		{ "UNIX-CONNECT:/x -", "try: sockchat connect unix:/x" },
		{ "ABSTRACT-LISTEN:x -", "try: sockchat listen unix:@x" },
		{ "TCP-LISTEN:9,fork EXEC:cat", "sockchat runs no programs" },
		{ "TCP-LISTEN:9,fork TCP:host:80,sndbuf=9",
		  "try: sockchat listen 9 --forward host:80" },
		{ "TCP:a:1 TCP:b:2", "one side has to be a listener" },
		{ "OPENSSL:host:443,verify=0 -",
		  "try: sockchat connect tls://host:443" },
		{ "ssl-l:9999,cert=a.pem,fork -",
		  "try: sockchat listen tls://9999" },
		{ "s_client h:1", "try: sockchat connect tls://HOST:PORT" },
		{ "https://h/x", "try: sockchat connect tls://h:443" },
		{ "OPENSSL-DTLS-CLIENT:h:1 -", "TLS, UDP and unix" },
		{ "UDP4-RECV:9 -", "try: sockchat listen udp://9" },
		{ "- UDP:h:1", "try: sockchat connect udp://h:1" },
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
