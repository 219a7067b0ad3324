/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What users of nc, ncat, socat, openssl, curl and telnet write out of habit,
 * and what to write here: two tables, of options and of socat's addresses. */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sockchat/bytes.h>
#include <sockchat/spell.h>
#include <sockchat/word.h>

#include "foreign.h"
#include "options_private.h"

#define NO_PROGRAMS "sockchat runs no programs; nearest: socat " \
                    "TCP-LISTEN:PORT,fork EXEC:PROGRAM"
#define PROXIES     "it is --proxy socks5://USER@HOST:PORT, or socks4:// or " \
                    "http://"
#define OTHERS      "sockchat speaks TCP, TLS, UDP and unix sockets only"
#define IS_TLS      "it is --tls, or tls://HOST:PORT"
#define VERIFIES    "certificates are always verified; --tls-insecure turns " \
                    "that off"

/* A word that others take, and what to say of it. */
struct foreign {
	const char *names; /* "-e --exec"; "--ssl*" is all that begin so */
	const char *says;
};

static const struct foreign options[] = {
	{ "-e --exec --sh-exec --lua-exec", NO_PROGRAMS },
	{ "-c", "sockchat runs no programs (ncat -c), but listen --echo sends "
	        "back what comes; TLS (nc -c) is --tls" },
	{ "--unixsock", "it is -U, --unix" },
	{ "--ssl-verify --verify -verify --ssl-verify-hostname "
	  "-verify_return_error", VERIFIES },
	{ "--ssl-cert --cert --x509certfile -cert", "it is --tls-cert" },
	{ "--ssl-key --key --x509keyfile -key -K", "it is --tls-key" },
	{ "--ssl-trustfile --ca --cacert --cafile --x509cafile -CAfile -R",
	  "it is --tls-ca" },
	{ "--capath -CApath", "--tls-ca takes a file, not a folder; without "
	                      "it the system's certificates are trusted" },
	{ "--ssl-servername --servername --sni --sni-hostname -servername "
	  "-verify_hostname",
	  "it is --tls-sni" },
	{ "-noservername", "it is --tls-sni ''" },
	{ "--ssl-alpn --alpn -alpn", "it is --tls-alpn" },
	{ "--ssl-ciphers --ciphers --tls13-ciphers -cipher -ciphersuites",
	  "it is --tls-ciphers" },
	{ "--insecure --no-check-certificate --no-ca-verification",
	  "it is --tls-insecure" },
	{ "--pinnedpubkey", "it is --tls-pin" },
	{ "-H", "nc -H pins the certificate; --tls-pin pins its public key" },
	{ "-Z -showcerts", "F5 and /info show the peer's certificates, and "
	                   "so does -z -v" },
	{ "-brief -nocommands", "leave it out: no letter is a command here, "
	                        "and a pipe writes only the peer's bytes" },
	{ "-state -debug", "-v shows each step, -z -v all that TLS agreed on" },
	{ "-tls1 -tls1_1 -tls1_2 -tls1_3 -no_tls1_3 -no_tls1_2 --tlsv1*",
	  "versions are --tls-min and --tls-max: 1.0, 1.1, 1.2 or 1.3" },
	{ "-Verify --ssl-client-verify", "it is --tls-client-ca" },
	{ "-starttls --starttls* --ssl-reqd",
	  "speak to the server until it wants TLS, and then /starttls" },
	{ "-connect", "try: sockchat connect tls://HOST:PORT" },
	{ "-accept", "try: sockchat listen tls://PORT" },
	{ "--pkcs12-der -pkcs12", "sockchat does not read PKCS#12; convert "
	                          "it: openssl pkcs12 -in FILE -nodes -out "
	                          "PEM, then --tls-cert PEM" },
	{ "--ssl*", IS_TLS },
	{ "--proxy-auth --proxy-user -P",
	  PROXIES "; the password is taken from SOCKCHAT_PROXY_PASSWORD, or "
	  "asked for" },
	{ "-X --proxy-type --proxy-dns --proxy-header --proxy1.0 "
	  "--proxytunnel --preproxy --socks*", PROXIES },
	{ "--haproxy*", "it is --proxy-protocol" },
	{ "--noproxy --no-proxy", "leave it out: sockchat takes no proxy "
	                          "from the environment" },
	{ "--append-output", "it is --record-append" },
	{ "--interface", "for an address use --source, for a device "
	                 "--bind-device IF" },
	{ "--local-port", "it is --source-port" },
	{ "--keepalive-time --keepalive-intvl --keepalive-cnt",
	  "it is --keepalive=IDLE,INTERVAL,COUNT, as in --keepalive=60,10,6" },
	{ "--no-keepalive", "it is --keepalive=off" },
	{ "--nodelay --tcp-nodelay", "leave it out: small writes are sent "
	                             "at once; --no-nodelay collects them" },
	{ "--wait", "it is -w, --connect-timeout" },
	{ "--nodns", "it is -n, --numeric" },
	{ "-d --delay",
	  "for nc -d (do not read input) use --recv-only; for ncat -d (send "
	  "slowly) /drip 1 50ms in the chat" },
	{ "-t --telnet", "for nc -t use telnet HOST PORT: sockchat does not "
	                 "negotiate Telnet options; for socat -t use -q, "
	                 "--quit-after" },
	{ "-r", "sockchat connects to one port; nc -z -r HOST PORTS tries "
	        "several in any order" },
	{ "-D", "sockchat has no socket debugging; -v shows each step of "
	        "connecting" },
	{ "-S", "sockchat has no TCP MD5 signatures; nc -S has" },
	{ "-F", "sockchat does not pass its socket to another program; nc -F "
	        "does" },
	{ "-T", "it is --tos, as with nc -T; the timeout of socat -T is -i, "
	        "--idle-timeout" },
	{ "-V", "sockchat cannot choose a routing table (nc -V); --version "
	        "shows the version" },
	{ "-b", "for nc -b use --broadcast; socat's -b is not needed" },
	{ "-I", "it is --rcvbuf" },
	{ "-O", "it is --sndbuf" },
	{ "-M", "it is --ttl" },
	{ "-W", "sockchat does not count packets (nc -W); | head -c BYTES "
	        "stops after so many bytes" },
	{ "-g -G", "sockchat has no source routing, and routers drop such "
	           "packets; for macOS's nc -G use -w, --connect-timeout" },
	{ "--broker --chat",
	  "sockchat does not pass messages between its peers; ncat --broker "
	  "--listen PORT does" },
	{ "--allowfile", "write --allow \"$(cat FILE)\"" },
	{ "--denyfile", "write --deny \"$(cat FILE)\"" },
	{ "--sctp --vsock", OTHERS },
	{ "-8 -L", "leave it out: bytes always have 8 bits here" },
	{ "-E", "leave it out: sockchat has no escape character; for curl "
	        "-E (a certificate) use --tls-cert" },
	{ "-a", "sockchat does not log in; telnet -a HOST does" },
	{ "-?", "it is -h, --help" },
	{ NULL, NULL },
};

/* What stands before the first colon of socat's addresses; "%s" is what stands
 * behind it. */
static const struct foreign addresses[] = {
	{ "TCP TCP4 TCP6 TCP-CONNECT TCP4-CONNECT TCP6-CONNECT",
	  "try: sockchat connect %s" },
	{ "TCP-LISTEN TCP4-LISTEN TCP6-LISTEN TCP-L TCP4-L TCP6-L",
	  "try: sockchat listen %s" },
	{ "UNIX UNIX-CONNECT UNIX-CLIENT", "try: sockchat connect unix:%s" },
	{ "UNIX-LISTEN UNIX-L", "try: sockchat listen unix:%s" },
	{ "ABSTRACT ABSTRACT-CONNECT ABSTRACT-CLIENT",
	  "try: sockchat connect unix:@%s" },
	{ "ABSTRACT-LISTEN ABSTRACT-L", "try: sockchat listen unix:@%s" },
	{ "- STDIO STDIN STDOUT FD READLINE PIPE",
	  "standard input and output need no name; try: sockchat connect HOST "
	  "PORT" },
	{ "FILE OPEN CREATE GOPEN",
	  "the shell opens files; try: sockchat connect HOST PORT <FILE" },
	{ "EXEC SYSTEM SHELL PTY", NO_PROGRAMS },
	{ "OPENSSL OPENSSL-CONNECT SSL SSL-CONNECT",
	  "try: sockchat connect tls://%s" },
	{ "OPENSSL-LISTEN OPENSSL-L SSL-LISTEN SSL-L",
	  "try: sockchat listen tls://%s" },
	{ "OPENSSL-DTLS* DTLS*", OTHERS },
	{ "s_client gnutls-cli", "try: sockchat connect tls://HOST:PORT" },
	{ "s_server gnutls-serv", "try: sockchat listen tls://PORT" },
	{ "UDP-LISTEN UDP4-LISTEN UDP6-LISTEN UDP-L UDP4-L UDP6-L UDP-RECV "
	  "UDP4-RECV UDP6-RECV UDP-RECVFROM UDP4-RECVFROM UDP6-RECVFROM",
	  "try: sockchat listen udp://%s" },
	{ "UDP*", "try: sockchat connect udp://%s" },
	{ "PROXY* SOCKS*",
	  "try: sockchat connect --proxy socks5://PROXY:PORT HOST PORT, or "
	  "socks4:// or http://" },
	{ "SCTP* VSOCK* IP*", OTHERS },
	{ NULL, NULL },
};

/* What stands behind the commas of socat's addresses. */
static const struct foreign address_options[] = {
	{ "bind", "--source" },
	{ "sourceport sp", "--source-port" },
	{ "so-bindtodevice bindtodevice interface if", "--bind-device" },
	{ "sndbuf so-sndbuf", "--sndbuf" },
	{ "rcvbuf so-rcvbuf", "--rcvbuf" },
	{ "ttl ip-ttl ipttl", "--ttl" },
	{ "tos ip-tos iptos", "--tos" },
	{ "keepalive so-keepalive", "--keepalive" },
	{ "broadcast so-broadcast", "--broadcast" },
	{ "range", "--allow" },
	{ "max-children", "--max-conns" },
	{ NULL, NULL },
};

static bool is_name(const char *name, size_t name_len, const char *word,
                    size_t len, bool ignores_case)
{
	bool is_family = name[name_len - 1] == '*';
	name_len -= is_family;
	return (is_family ? len >= name_len : len == name_len) &&
	       (ignores_case ? strncasecmp(name, word, name_len)
	                     : strncmp(name, word, name_len)) == 0;
}

/* True if it is one of the names. */
static bool has_name(const struct foreign *f, const char *word, size_t len,
                     bool ignores_case)
{
	const char *rest = f->names, *name;
	for (size_t n; (n = word_next(&rest, &name));)
		if (is_name(name, n, word, len, ignores_case))
			return true;
	return false;
}

const char *foreign_option(const char *word)
{
	const struct foreign *f = options;
	size_t len = strcspn(word, "=");
	while (f->names && !has_name(f, word, len, false))
		f++;
	return f->says;
}

static const char *find_hole(const struct foreign *f)
{
	return strstr(f->says, "%s");
}

/* Only an address that has its like here may be in small letters: others may
 * be the names of hosts. */
static const struct foreign *find_address(const char *word)
{
	size_t len = strcspn(word, ":,");
	bool is_url = strstr(word, "://");
	for (const struct foreign *f = addresses; f->names && !is_url; f++)
		if (has_name(f, word, len, word[len] && find_hole(f)))
			return f;
	return NULL;
}

/* Of a listener `bind` is where it listens. */
static void advise_options(char *out, size_t cap, const char *word,
                           bool listens)
{
	const struct foreign *f;
	for (word += strcspn(word, ","); *word; word += strcspn(word, ",")) {
		size_t len = strcspn(++word, "=,");
		bool has_value = word[len] == '=';
		const char *value = word + len + has_value;
		for (f = address_options + listens; f->names; f++)
			if (has_name(f, word, len, true))
				break;
		if (f->names)
			text_add(out, cap, " %s%s%.*s", f->says,
			         has_value ? " " : "",
			         (int)strcspn(value, ","), value);
	}
}

static void advise_address(char *out, size_t cap, const struct foreign *f,
                           const char *word)
{
	const char *hole = find_hole(f);
	word += strcspn(word, ":,");
	word += *word == ':';
	if (!hole) {
		snprintf(out, cap, "%s", f->says);
		return;
	}
	snprintf(out, cap, "%.*s%.*s%s", (int)(hole - f->says), f->says,
	         (int)strcspn(word, ","), word, hole + 2);
	advise_options(out, cap, word, strstr(f->says, "listen"));
}

/* A listener and what it passes all on to. */
static void advise_pair(char *out, size_t cap, const struct foreign *near,
                        const char *near_word, const struct foreign *far,
                        const char *far_word)
{
	static const char connects[] = "try: sockchat connect ";
	char target[SPELL_MAX];
	advise_address(out, cap, near, near_word);
	advise_address(target, sizeof(target), far, far_word);
	if (strstr(near->says, "listen") &&
	    strncmp(target, connects, strlen(connects)) == 0)
		text_add(out, cap, " --forward %.*s",
		         (int)strcspn(target + strlen(connects), " "),
		         target + strlen(connects));
	else
		snprintf(out, cap, "one side has to be a listener: sockchat "
		                   "listen PORT --forward HOST:PORT");
}

bool foreign_addresses(char *out, size_t cap, char *const *words, size_t count)
{
	const struct foreign *a = find_address(words[0]);
	const struct foreign *b = count > 1 ? find_address(words[1]) : NULL;
	if (a && b && find_hole(a) && find_hole(b))
		advise_pair(out, cap, a, words[0], b, words[1]);
	else if (b && b->names[0] != '-')
		advise_address(out, cap, b, words[1]);
	else if (a)
		advise_address(out, cap, a, words[0]);
	return a || b;
}

/* nc -l */

/* Letters of nc and ncat that take a word, and those that nothing here does. */
#define TAKE_WORD "cegGIMOoPsTVWXx"
#define OBSTACLES "ec"

/* The command line of somebody who would listen with nc. */
struct nc_line {
	char kept[160]; /* our options among it: " -kv --timeout 5" */
	char host[80], port[40];
	char obstacle[24]; /* an option that we have nothing for, or "" */
};

static bool is_kept(const struct option_rule *r)
{
	return r && !option_is_foreign(&option_defaults, r, ENDPOINT_LISTEN);
}

/* Take a word of letters.  True if the next word belongs to its last one. */
static bool take_letters(struct nc_line *l, const char *word, const char *next)
{
	const char *sign = " -";
	for (const char *at = word + 1; *at; at++) {
		const struct option_rule *r = option_by_letter(*at);
		const char *value = at[1] ? at + 1 : next;
		bool takes = r ? r->row.arg != NULL
		               : strchr(TAKE_WORD "p", *at) != NULL;
		if (*at == 'p')
			text_add(l->port, sizeof(l->port), " %s",
			         value ? value : "PORT");
		if (strchr(OBSTACLES, *at))
			snprintf(l->obstacle, sizeof(l->obstacle), "-%c", *at);
		if (is_kept(r)) {
			text_add(l->kept, sizeof(l->kept), "%s%c", sign, *at);
			sign = "";
			if (takes && value)
				text_add(l->kept, sizeof(l->kept), " %s",
				         value);
		}
		if (takes)
			return !at[1];
	}
	return false;
}

/* The row of a long option, which may be cut short, or of what it is called
 * here; NULL for none. */
static const struct option_rule *find_long(const char *name, size_t len)
{
	const struct option_rule *r;
	for (size_t i = 0; (r = option_rule(i)); i++)
		if (strncmp(r->row.name, name, len) == 0)
			return r;
	const char *says = foreign_option(name - strlen("--"));
	const char *ours = says && strncmp(says, "it is ", 6) == 0
	                       ? strstr(says, "--")
	                       : NULL;
	return ours ? find_long(ours + 2, strcspn(ours + 2, " ,")) : NULL;
}

/* Take a long option.  Returns as take_letters(). */
static bool take_long(struct nc_line *l, const char *word, const char *next)
{
	size_t len = strcspn(word, "=");
	if (len == 2) /* "--" */
		return false;
	const struct option_rule *r = find_long(word + 2, len - 2);
	bool takes = r && r->row.arg && *r->row.arg != '[' && !word[len];
	if (is_kept(r))
		text_add(l->kept, sizeof(l->kept), " --%s%s%s%s", r->row.name,
		         word + len, takes && next ? " " : "",
		         takes && next ? next : "");
	else if (!r && strcmp(word, "--listen") != 0 && foreign_option(word))
		snprintf(l->obstacle, sizeof(l->obstacle), "%.*s", (int)len,
		         word);
	return takes;
}

int foreign_refuse_listen(const char *name, int argc, char *const *argv,
                          struct error *e)
{
	struct nc_line l = { .obstacle = "" };
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		if (strncmp(word, "--", 2) == 0)
			i += take_long(&l, word, argv[i + 1]);
		else if (*word == '-')
			i += take_letters(&l, word, argv[i + 1]);
		else if (strcmp(word, "listen") != 0)
			text_add(l.host, sizeof(l.host), " %s", word);
	}
	if (*l.obstacle)
		return error_set(e, "unknown option %s: %s", l.obstacle,
		                 foreign_option(l.obstacle));
	bool has_port = *l.host || *l.port;
	return error_set(e, "unknown option %s: try: sockchat listen%s%s%s",
	                 name, l.host,
	                 has_port ? l.port : " PORT", l.kept);
}
