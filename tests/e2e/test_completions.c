/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What bash, zsh and fish complete, asked from each shell itself, with the
 * files where "make install" puts them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <sockchat/options.h>

#include "../cmocka_more.h"
#include "pty.h"

#define COLUMNS 150
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What is typed before Tab, and the line then; NULL: words are listed below it.
 * `word` is one of these, or one that is not offered there. */
struct row {
	const char *typed, *line, *word;
};

static const struct row rows[] = {
	{ "sockchat li", "sockchat listen ", NULL },
	{ "sockchat connect --record-a", "sockchat connect --record-append ",
	  NULL },
	{ "sockchat --tls-insec", "sockchat --tls-insecure ", NULL },
	{ "sockchat listen --ech", "sockchat listen --echo ", NULL },
	{ "sockchat connect --ech", "sockchat connect --ech", "--echo" },
	{ "sockchat listen --on-co",
	  "sockchat listen --on-co", "--on-connect" },
	{ "sockchat connect --forwar",
	  "sockchat connect --forwar", "--forward" },
	{ "sockchat connect --eol cr", NULL, "crlf" },
	{ "sockchat connect --view mi",
	  "sockchat connect --view mixed ", NULL },
	{ "sockchat connect --theme da", "sockchat connect --theme dark ",
	  NULL },
	{ "sockchat connect --view=mi",
	  "sockchat connect --view=mixed ", NULL },
	{ "sockchat connect --keepalive=of",
	  "sockchat connect --keepalive=off ", NULL },
	{ "sockchat connect --frame-in net",
	  "sockchat connect --frame-in netstring ", NULL },
	{ "sockchat connect --frame fix",
	  "sockchat connect --frame fixed:", NULL },
	{ "sockchat connect --fault lat",
	  "sockchat connect --fault latency=", NULL },
	{ "sockchat connect --proxy=socks5",
	  "sockchat connect --proxy=socks5://", NULL },
	{ "sockchat connect --load ~/conv",
	  "sockchat connect --load ~/conversation.jsonl ", NULL },
	{ "sockchat connect --load=../conv",
	  "sockchat connect --load=../conversation.jsonl ", NULL },
	{ "sockchat connect --record pca",
	  "sockchat connect --record pcapng:", NULL },
	{ "sockchat connect --record text:../conv",
	  "sockchat connect --record text:../conversation.jsonl ", NULL },
	{ "sockchat connect --profile sm",
	  "sockchat connect --profile smtp ", NULL },
	{ "sockchat connect -w 5 tl", "sockchat connect -w 5 tls://", NULL },
	{ "sockchat connect unix:../conv",
	  "sockchat connect unix:../conversation.jsonl ", NULL },
	{ "sockchat listen -U ../conv",
	  "sockchat listen -U ../conversation.jsonl ", NULL },
	{ "sockchat listen 9 --forward un",
	  "sockchat listen 9 --forward unix:", NULL },
};

/* Its name would run a program, if a shell read it as it is. */
static const struct row hostile = {
	"sockchat connect --profile e",
	"sockchat connect --profile e\\$\\(id\\) ", NULL
};

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(pty_home(name), "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int install(void **state)
{
	static const char *const folders[] = { ".config", ".config/sockchat",
		                               "work", "root", NULL };
	const char *program = getenv("SOCKCHAT_BIN");
	char command[1000];
	if (pty_setup(state))
		return -1;
	for (size_t i = 0; folders[i]; i++)
		assert_int_equal(mkdir(pty_home(folders[i]), 0700), 0);
	write_file("conversation.jsonl", "");
	write_file(".config/sockchat/config", "[redis]\n[smtp]\neol crlf\n"
	           "[e$(id)]\n[*]\n");
	write_file(".zshrc", "fpath=(~/root/share/zsh/site-functions $fpath)\n"
	           "autoload -Uz compinit\ncompinit -u -d ~/dump\n"
	           "unsetopt automenu\nbindkey -e\nPROMPT='$ '\ncd ~/work\n");
	write_file(".bashrc", "source ~/root/share/bash-completion/"
	           "completions/sockchat\nPS1='$ '\ncd ~/work\n");
	snprintf(command, sizeof(command), "export BUILD='%s'; "
	         "sh scripts/install.sh install '%s' \"$BUILD/../root\" "
	         ">/dev/null", pty_home("work"),
	         program ? program : "build/sockchat");
	return system(command);
}

static bool is_typed(struct pty *p, const void *user)
{
	char row[COLUMNS + 8];
	const char *line = user;
	VTermPos at = pty_cursor(p);
	snprintf(row, sizeof(row), "$ %s", line);
	if (at.col != (int)strlen(row))
		return false;
	for (size_t len = strlen(row); len && row[len - 1] == ' ';)
		row[--len] = '\0';
	return strcmp(pty_row(p, at.row), row) == 0;
}

static void expect_line(struct pty *p, const char *line)
{
	pty_until(p, is_typed, line, line);
}

/* Type this and Tab, or the `tabs` that make the shell list words.  It has done
 * that when it takes the next key. */
static void check_row(struct pty *p, const struct row *r, const char *tabs)
{
	char after[COLUMNS];
	pty_type(p, r->typed);
	expect_line(p, r->typed);
	pty_type(p, r->line ? "\t" : tabs);
	if (!r->line) {
		pty_expect(p, r->word);
	} else {
		snprintf(after, sizeof(after), "%s~", r->line);
		pty_type(p, "~");
		expect_line(p, after);
	}
	pty_type(p, "\025\f"); /* Ctrl-U, Ctrl-L */
	expect_line(p, "");
}

/* `own` is a row of this shell's own. */
static void check_shell(const char *const *argv, const char *tabs,
                        const struct row *own)
{
	struct pty p;
	pty_start(&p, PTY_ROWS, COLUMNS, argv, NULL);
	expect_line(&p, "");
	check_row(&p, own, tabs);
	check_row(&p, &hostile, tabs);
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&p, &rows[i], tabs);
	pty_type(&p, "exit 0\r");
	pty_expect_exit(&p, 0);
	pty_finish(&p);
}

static void need(const char *shell)
{
	char path[100];
	snprintf(path, sizeof(path), "/usr/bin/%s", shell);
	if (access(path, X_OK))
		skip_because("the shell is not installed");
}

static void bash_completes(void **state)
{
	static const char *const argv[] = { "/usr/bin/bash", "--noprofile",
		                            "-i", NULL };
	static const struct row own = { "sockchat --the", "sockchat --theme ",
		                        NULL };
	(void)state;
	need("bash");
	check_shell(argv, "\t\t", &own);
}

static void zsh_completes(void **state)
{
	static const char *const argv[] = { "/usr/bin/zsh", "-d", "-i", NULL };
	static const struct row own = { "sockchat --the", "sockchat --theme=",
		                        NULL };
	(void)state;
	need("zsh");
	check_shell(argv, "\t", &own);
}

/* Run a shell's script, which prints the words that it offers behind `typed`, a
 * line each, and then END. */
static void ask(struct proc *p, const char *shell, const char *script,
                const char *typed)
{
	static char data[300], config[300], home[300];
	static const char *const env[] = { data, config, home, NULL };
	const char *argv[] = { shell, "-c", script, typed, NULL };
	snprintf(home, sizeof(home), "HOME=%s", pty_home(""));
	snprintf(config, sizeof(config), "XDG_CONFIG_HOME=%s",
	         pty_home(".config"));
	snprintf(data, sizeof(data), "XDG_DATA_DIRS=%s",
	         pty_home("root/share"));
	proc_start(p, argv, env, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_out(p, "END\n");
}

static bool has_line(const struct proc *p, const char *word)
{
	char line[200];
	snprintf(line, sizeof(line), "\n%s\n", word);
	return strstr(p->out_text.bytes, line) != NULL;
}

/* fish reads what it completes behind programs that it finds. */
static const char fish_script[] =
    "set PATH ~/root/bin $PATH; cd ~/work; echo; "
    "complete -C $argv[1] | string replace -r '\\t.*' ''; "
    "echo END";

static void check_fish_row(const struct row *r)
{
	char word[COLUMNS];
	struct proc p;
	bool is_offered = !r->line || !r->word;
	const char *last = r->word;
	if (!last) {
		snprintf(word, sizeof(word), "%s", r->line);
		size_t len = strlen(word);
		word[len - (word[len - 1] == ' ')] = '\0';
		last = strrchr(word, ' ') + 1;
	}
	ask(&p, "/usr/bin/fish", fish_script, r->typed);
	if (has_line(&p, last) != is_offered)
		fail_msg("behind '%s' fish offers: %s", r->typed,
		         p.out_text.bytes);
	proc_finish(&p);
}

static void fish_completes(void **state)
{
	static const struct row own = { "sockchat --the", "sockchat --theme ",
		                        NULL };
	(void)state;
	need("fish");
	check_fish_row(&own);
	for (size_t i = 0; i < COUNT(rows); i++)
		check_fish_row(&rows[i]);
}

/* What a script prints behind "sockchat --" has each option. */
static void check_options(const char *shell, const char *script)
{
	const struct option_row *row;
	struct proc p;
	char name[64];
	ask(&p, shell, script, "sockchat --");
	for (size_t i = 0; (row = options_row(i)); i++) {
		snprintf(name, sizeof(name), "--%s", row->name);
		if (!has_line(&p, name))
			fail_msg("%s does not offer %s: %s", shell, name,
			         p.out_text.bytes);
	}
	proc_finish(&p);
}

static void each_option_is_offered(void **state)
{
	static const char bash_script[] =
	    "source ~/root/share/bash-completion/completions/sockchat\n"
	    "compopt() { :; }\n"
	    "COMP_LINE=$0 COMP_POINT=${#0} COMP_WORDS=($0) COMP_CWORD=1\n"
	    "_sockchat; printf '\\n%s' \"${COMPREPLY[@]}\"\n"
	    "printf '\\nEND\\n'";
	(void)state;
	need("bash");
	need("fish");
	check_options("/usr/bin/bash", bash_script);
	check_options("/usr/bin/fish", fish_script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bash_completes, install,
		                                pty_teardown),
		cmocka_unit_test_setup_teardown(zsh_completes, install,
		                                pty_teardown),
		cmocka_unit_test_setup_teardown(fish_completes, install,
		                                pty_teardown),
		cmocka_unit_test_setup_teardown(each_option_is_offered,
		                                install, pty_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
