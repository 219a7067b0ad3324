/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* sockchat: a chat with a socket.  This file chooses the front end, and tells
 * the exit status.
 *
 * A peer's bytes: transport -> link -> session -> transcript -> front end.
 * A keystroke: terminal -> front end -> command -> session -> link.
 * ARCHITECTURE.md has the map of all rooms. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sockchat/chat.h>
#include <sockchat/command.h>
#include <sockchat/diag.h>
#include <sockchat/file.h>
#include <sockchat/frontend.h>
#include <sockchat/lead.h>
#include <sockchat/load.h>
#include <sockchat/loop.h>
#include <sockchat/options.h>
#include <sockchat/record.h>
#include <sockchat/replay.h>
#include <sockchat/rules.h>
#include <sockchat/secret.h>
#include <sockchat/service.h>
#include <sockchat/wire.h>


enum { STATUS_OK, STATUS_FAILED, STATUS_USAGE };

/* A socket must never become descriptor 0, 1 or 2 because they were closed.
 * Closed input has ended; what is written to closed output fails as it would
 * have: what is there instead can only be read. */
static void fill_standard_descriptors(void)
{
	int fd;
	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static int print_out(const char *text)
{
	if (!file_write(STDOUT_FILENO, text, strlen(text)))
		return STATUS_OK;
	fprintf(stderr, "sockchat: cannot write standard output: %s\n",
	        strerror(errno));
	return STATUS_FAILED;
}

static int print_help(void)
{
	struct bytes help = { 0 };
	int status = STATUS_FAILED;
	if (options_help(&help))
		fputs("sockchat: no memory for the help\n", stderr);
	else
		status = print_out(bytes_text(&help));
	bytes_finish(&help);
	return status;
}

static bool is_terminal_dumb(void)
{
	const char *term = getenv("TERM");
	return !term || !*term || strcmp(term, "dumb") == 0;
}

/* What "auto" means here and now. */
static enum ui choose_ui(const struct options *o)
{
	if (o->ui != UI_AUTO)
		return (enum ui)o->ui;
	if (o->zero)
		return UI_PIPE;
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return is_terminal_dumb() ? UI_LINES : UI_TUI;
	return o->echo || *o->rules || *o->replay || *o->forward ? UI_LINES
	                                                         : UI_PIPE;
}

/* The pipe serves many peers by the raw one: none is standard input's. */
static const struct frontend_ops *const frontends[] = {
	[UI_TUI] = &frontend_tui,
	[UI_LINES] = &frontend_prompt,
	[UI_JSON] = &frontend_json,
	[UI_PIPE] = &frontend_raw,
};

static int tell_failure(const struct error *e)
{
	fprintf(stderr, "sockchat: %s\n", e->text);
	if (*e->hint)
		fprintf(stderr, "sockchat: hint: %s\n", e->hint);
	return STATUS_FAILED;
}

/* The command line or the configuration is wrong, unless memory was missing, or
 * a library. */
static int refuse_usage(const struct error *e)
{
	tell_failure(e);
	if (strcmp(e->code, "ENOMEM") == 0 || strcmp(e->code, "ELIBACC") == 0)
		return STATUS_FAILED;
	fputs("Try 'sockchat --help' for more.\n", stderr);
	return STATUS_USAGE;
}

/* The status. */
static int talk(struct chat *c, enum ui ui)
{
	struct error e;
	if (*c->options->load && ui != UI_PIPE &&
	    load_now(c, c->options->load, &e))
		return refuse_usage(&e);
	if (*c->options->rules && rules_use(c, c->options->rules, &e))
		return refuse_usage(&e);
	if (record_begin(c, frontends[ui]->stays, &e))
		return tell_failure(&e);
	int status = chat_run(c, frontends[ui], &e);
	if (status < 0 && c->options->ui == UI_AUTO) {
		fprintf(stderr, "sockchat: %s: using lines instead\n", e.text);
		status = chat_run(c, &frontend_prompt, &e);
	}
	return status < 0 ? tell_failure(&e) : status;
}

/* Takes `replay`, which may be NULL. */
static int run_chat(struct loop *l, struct options *o, enum ui ui,
                    struct replay *replay)
{
	struct chat *c = chat_new(l, o);
	if (!c)
		die("cannot start: %s", strerror(ENOMEM));
	c->type = command_run;
	c->commands = record_commands;
	if (replay)
		replay_begin(replay, c);
	int status = talk(c, ui);
	service_stopping();
	rules_end(c);
	if (c->lead)
		c->lead->ops->stop(c->lead);
	record_end(c);
	if (c->has_failed && status == STATUS_OK)
		status = STATUS_FAILED;
	int signum = c->signum;
	chat_free(c);
	if (signum)
		die_by_signal(signum);
	return status;
}

/* An echo listener serves many peers by the chat, and leaves input alone. */
static bool is_byte_pipe(const struct options *o, enum ui ui)
{
	return ui == UI_PIPE && !o->zero && !o->echo;
}

static int run_ui(struct options *o, enum ui ui, struct replay *replay)
{
	struct loop *l = loop_new(LOOP_AUTO);
	bool has_datagrams = endpoint_has_datagrams(&o->endpoint);
	int status;
	if (!l)
		die("cannot start: %s", strerror(errno));
	if (o->zero && (ui == UI_PIPE || has_datagrams ||
	                (ui == UI_JSON && o->verbose && !o->quiet)))
		status = fe_pipe_probe(l, o);
	else if (is_byte_pipe(o, ui))
		status = fe_pipe_run(l, o);
	else
		status = run_chat(l, o, ui, replay);
	loop_free(l);
	return status;
}

/* Whether the endpoint wants TLS, or any option is about it: a chat may come to
 * that later. */
static bool is_tls_asked(const struct options *o)
{
	const struct option_row *row;
	for (size_t i = 0; (row = options_row(i)); i++)
		if (o->sources[i] != SOURCE_DEFAULT &&
		    strncmp(row->name, "tls-", 4) == 0)
			return true;
	return o->endpoint.is_tls;
}

/* Of a listener that forwards, the sides that have TLS. */
static int prepare_sides(const struct options *o, struct error *e)
{
	bool has_near = *o->forward ? o->endpoint.is_tls : is_tls_asked(o);
	if (has_near && tls_prepare(o->dial.tls, o->mode, e))
		return -1;
	return o->target.is_tls ? tls_prepare(o->dial.tls, ENDPOINT_CONNECT, e)
	                        : 0;
}

/* What can be wrong with it is found at the start, and a passphrase asked for
 * while there is no screen.  -1 with a sentence. */
static int prepare_tls(struct options *o, struct error *e)
{
	o->dial.tls = tls_new(&o->tls);
	if (!o->dial.tls)
		die("cannot start: %s", strerror(ENOMEM));
	int failed = prepare_sides(o, e);
	secret_forbid();
	return failed ? -1 : 0;
}

/* The file that is to be played is found wrong before anything else happens.
 * -1 with a sentence. */
static int prepare_replay(const struct options *o, enum ui ui,
                          struct replay **replay, struct error *e)
{
	*replay = NULL;
	if (!*o->replay || o->zero || is_byte_pipe(o, ui))
		return 0;
	*replay = replay_open(o->replay, o->mode,
	                      endpoint_has_datagrams(&o->endpoint), e);
	return *replay ? 0 : -1;
}

#define STACK_ROOM ((size_t)256 << 10) /* far more than is ever used */
#define STACK_PAGE 4096

__attribute__((noinline)) static void touch_stack(void)
{
	uint8_t room[STACK_ROOM];
	volatile uint8_t *at = room;
	for (size_t i = 0; i < STACK_ROOM; i += STACK_PAGE)
		at[i] = 0;
}

/* Let the stack have its memory now: if there is none later, growing it would
 * end the program without a word.  If there is none now, that is told soon. */
static void grow_stack(void)
{
	void *trial = mmap(NULL, STACK_ROOM, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (trial == MAP_FAILED)
		return;
	munmap(trial, STACK_ROOM);
	touch_stack();
}

int main(int argc, char *argv[])
{
	static struct wire wire;
	struct replay *replay;
	struct options o;
	struct error e;
	grow_stack();
	fill_standard_descriptors();
	service_begin();
	if (options_parse(&o, argc, argv, &e))
		return refuse_usage(&e);
	if (o.help)
		return print_help();
	if (o.version)
		return print_out("sockchat " SOCKCHAT_VERSION "\n");
	if (config_load(&o, &e) || options_take_operands(&o, &e))
		return refuse_usage(&e);
	o.dial.wire = &wire;
	enum ui ui = choose_ui(&o);
	/* an echo listener's pipe has no place for it either */
	bool is_pipe = is_byte_pipe(&o, ui) || (ui == UI_PIPE && *o.load);
	if (record_check(&o, &e) ||
	    ((is_pipe || o.zero) && options_check_pipe(&o, &e)))
		return refuse_usage(&e);
	if (prepare_replay(&o, ui, &replay, &e))
		return refuse_usage(&e);
	bool is_ready = !proxy_take_password(&o.dial.proxy, &e) &&
	                !prepare_tls(&o, &e);
	if (!is_ready)
		replay_close(replay);
	int status = is_ready ? run_ui(&o, ui, replay) : refuse_usage(&e);
	tls_free(o.dial.tls);
	return status;
}
