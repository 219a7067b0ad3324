/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* ssh, scp and git through "ssh -o ProxyCommand='sockchat connect %h %p'", with
 * a real sshd, which runs as whoever runs the test. */

#include <fcntl.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tls.h"

#define FILE_MIB 20

/* Run a shell command with these words as $0, $1 ... It has to succeed. */
static void shell(const char *command, const char *zero, const char *one,
                  const char *two)
{
	const char *argv[] = { "sh", "-ec", command, zero, one, two, NULL };
	struct proc p;

	proc_start(&p, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void write_files(void)
{
	uint8_t *bytes = malloc(FILE_MIB * MIB);
	int fd = open(cert_path("file"), O_WRONLY | O_CREAT, 0600);

	assert_non_null(bytes);
	stream_fill(bytes, FILE_MIB * MIB, 0);
	assert_int_equal(write(fd, bytes, FILE_MIB * MIB), FILE_MIB * MIB);
	close(fd);
	free(bytes);
	shell("cd \"$0\"; ssh-keygen -q -t ed25519 -N '' -f host\n"
	      "ssh-keygen -q -t ed25519 -N '' -f user_key\n"
	      "cat >sshd_config <<END\n"
	      "HostKey $0host\nAuthorizedKeysFile $0user_key.pub\n"
	      "StrictModes no\nUsePAM no\nPidFile none\n"
	      "Subsystem sftp internal-sftp\nEND\n"
	      "cat >ssh_config <<END\n"
	      "IdentityFile $0user_key\nIdentitiesOnly yes\n"
	      "UserKnownHostsFile $0known\nStrictHostKeyChecking accept-new\n"
	      "HostKeyAlias here\nBatchMode yes\nLogLevel ERROR\nEND\n",
	      cert_path(""), NULL, NULL);
}

/* A service makes this folder when the system starts, sshd needs it. */
static int ssh_setup(void **state)
{
	if (certs_setup(state))
		return -1;
	if (geteuid() == 0)
		mkdir("/run/sshd", 0755);
	write_files();
	return 0;
}

static int ssh_teardown(void **state)
{
	shell("rm -rf \"$0\"clone \"$0\"bare", cert_path(""), NULL, NULL);
	return certs_teardown(state);
}

/* Programs between ssh and sshd */

static void start_socat(struct proc *p, const char *address)
{
	char exec[400];
	const char *argv[] = { "socat", address, exec, NULL };

	snprintf(exec, sizeof(exec), "EXEC:/usr/sbin/sshd -i -e -f %s",
	         cert_path("sshd_config"));
	proc_start(p, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
}

static void start_sshd(struct proc *p)
{
	start_socat(p, "TCP-LISTEN:0,bind=127.0.0.1,fork");
}

/* Options for ssh that put a sockchat with these words between. */
static const char *through(const char *words)
{
	static char options[1000];
	const char *binary = getenv("SOCKCHAT_BIN");
	char *path = realpath(binary ? binary : "build/sockchat", NULL);

	snprintf(options, sizeof(options),
	         "-F %s -o ProxyCommand='%s connect %s'",
	         cert_path("ssh_config"), path, words);
	free(path);
	return options;
}

static const char *place(uint16_t port)
{
	static char text[300];

	snprintf(text, sizeof(text), "%s@127.0.0.1:%u",
	         getpwuid(geteuid())->pw_name, port);
	return text;
}

/* Copy a file there and back. */
static void copy_files(uint16_t port, const char *words)
{
	char there[400];

	snprintf(there, sizeof(there), "scp://%s/%s", place(port),
	         cert_path(""));
	shell("eval \"scp -q $2 $0file $1there\"\n"
	      "eval \"scp -q $2 $1there $0back\"\n"
	      "cmp $0file $0there\ncmp $0file $0back\nrm $0there $0back",
	      cert_path(""), there, through(words));
}

static void files_are_copied_both_ways(void **state)
{
	struct proc sshd;

	(void)state;
	start_sshd(&sshd);
	copy_files(port_of(&sshd), "%h %p");
	proc_finish(&sshd);
}

/* In TLS, whose end is socat's. */
static void files_are_copied_in_tls(void **state)
{
	struct proc sshd;
	char address[400], words[200];

	(void)state;
	snprintf(address, sizeof(address),
	         "OPENSSL-LISTEN:0,bind=127.0.0.1,fork,verify=0,cert=%s,key=%s",
	         cert_path("server.pem"), cert_path("server.key"));
	snprintf(words, sizeof(words), "--tls-ca %s tls://%%h:%%p",
	         cert_path("root.pem"));
	start_socat(&sshd, address);
	copy_files(port_of(&sshd), words);
	proc_finish(&sshd);
}

/* Through a proxy, whose URL begins so. */
static void copy_through_proxy(struct proc *proxy, const char *scheme)
{
	struct proc sshd;
	char words[200];

	start_sshd(&sshd);
	snprintf(words, sizeof(words), "--proxy %s://127.0.0.1:%u %%h %%p",
	         scheme, port_of(proxy));
	copy_files(port_of(&sshd), words);
	proc_finish(&sshd);
}

static void files_are_copied_through_a_socks_proxy(void **state)
{
	const char *argv[] = { "microsocks", "-i", "127.0.0.1", "-p", "0",
		               NULL };
	struct proc proxy;

	(void)state;
	proc_start(&proxy, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	copy_through_proxy(&proxy, "socks5");
	proc_finish(&proxy);
}

static void files_are_copied_through_an_http_proxy(void **state)
{
	const char *argv[] = { "tinyproxy", "-d", "-c",
		               cert_path("tinyproxy.conf"), NULL };
	FILE *f = fopen(argv[3], "we");
	struct proc proxy;

	(void)state;
	assert_non_null(f);
	fprintf(f, "Port %u\nListen 127.0.0.1\nTimeout 60\n", free_port());
	fclose(f);
	proc_start(&proxy, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	copy_through_proxy(&proxy, "http");
	proc_finish(&proxy);
}

/* ssh itself is a proxy for both versions of SOCKS. */
static void files_are_copied_through_ssh(void **state)
{
	static const char *const schemes[] = { "socks4", "socks5" };
	struct proc sshd, proxy;
	char dynamic[40];
	const char *user = getpwuid(geteuid())->pw_name;
	const char *argv[] = { "ssh", "-N", "-F", cert_path("ssh_config"),
		               "-D", dynamic, "-l", user, "-p", NULL,
		               "127.0.0.1", NULL };

	(void)state;
	start_sshd(&sshd);
	snprintf(dynamic, sizeof(dynamic), "127.0.0.1:%u", free_port());
	argv[9] = port_text(port_of(&sshd));
	proc_start(&proxy, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	for (size_t i = 0; i < 2; i++)
		copy_through_proxy(&proxy, schemes[i]);
	kill(proxy.pid, SIGTERM);
	(void)proc_wait(&proxy);
	proc_finish(&proxy);
	proc_finish(&sshd);
}

static void git_clones_and_pushes(void **state)
{
	struct proc sshd;
	char there[400];

	(void)state;
	start_sshd(&sshd);
	snprintf(there, sizeof(there), "ssh://%s%s",
	         place(port_of(&sshd)), cert_path("bare"));
	shell("export GIT_SSH_COMMAND=\"ssh $2\" GIT_CONFIG_GLOBAL=/dev/null\n"
	      "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@x\n"
	      "export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@x\n"
	      "cd \"$0\"; git init -q --bare bare; git clone -q \"$1\" clone\n"
	      "cd clone; head -c 2000000 ../file >file\n"
	      "git add file; git commit -q -m file\n"
	      "git push -q origin HEAD:refs/heads/one\n"
	      "cd ..; rm -rf clone; git clone -q -b one \"$1\" clone\n"
	      "cmp -n 2000000 file clone/file",
	      cert_path(""), there, through("%h %p"));
	proc_finish(&sshd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_copied_both_ways),
		cmocka_unit_test(files_are_copied_in_tls),
		cmocka_unit_test(files_are_copied_through_a_socks_proxy),
		cmocka_unit_test(files_are_copied_through_an_http_proxy),
		cmocka_unit_test(files_are_copied_through_ssh),
		cmocka_unit_test(git_clones_and_pushes),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("ssh", tests, ssh_setup,
	                                   ssh_teardown);
}
