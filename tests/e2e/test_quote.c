/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is copied is read by the programs that it is for: a compiler, Python,
 * shells.  All of it comes back, byte for byte. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <sockchat/quote.h>

#include "peer.h"
#include "pty.h"

#define SAMPLES_MAX 128
#define SAMPLE_MAX  1024

static struct sample {
	uint8_t bytes[SAMPLE_MAX];
	size_t len;
} samples[SAMPLES_MAX];
static size_t sample_count;
/* All of them, as every program is to print them. */
static struct text wanted;

static struct sample *add(const void *bytes, size_t len)
{
	struct sample *s = &samples[sample_count++];
	assert_true(sample_count <= SAMPLES_MAX && len <= SAMPLE_MAX);
	if (len)
		memcpy(s->bytes, bytes, len);
	s->len = len;
	return s;
}

/* What has a meaning for one of the readers. */
static const char *const tricky[] = {
	"", "-", "--", "-n", "-v x", "-- -e", "%", "%%", "%s%n%d%100000000d",
	"'", "''", "\"", "'\"", "\"'\"", "\\", "\\\\", "\\'", "\\\"", "\\n",
	"\\c", "\\101", "\\x41", "\\u0041", "\?\?=", "\?\?\?",
	"\?\?\?\?/\"", "a\?\?'b\?\?!", "\?\?/\n",
	"$(echo no)", "`echo no`", "$HOME ${x} $x", "!!", "a!b",
	"# no comment", "~", "*", "; echo no", "& |", "GET / HTTP/1.0\r\n\r\n",
	"\t\n\v\f\r\a\b\033[2J", "안녕하세요\n", "\xc3\x28\xff\xfe", "\x7f",
	"\" \"", "/* */", "// ", "*/", "\\\n", "b'x'", "\"; abort(); \"",
};

static uint32_t dice(uint32_t sides)
{
	static uint64_t state = 1;
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % sides;
}

/* Each byte with what could be taken for a part of its escape. */
static void add_neighbours(const char *neighbour)
{
	uint8_t bytes[512];
	for (unsigned i = 0; i < 256; i++) {
		bytes[2 * i] = (uint8_t)i;
		bytes[2 * i + 1] = (uint8_t)*neighbour;
	}
	add(bytes, sizeof(bytes));
}

static void add_random(size_t len, const char *alphabet)
{
	struct sample *s = add("", 0);
	for (s->len = len; len--;)
		s->bytes[len] =
		    alphabet
		        ? (uint8_t)alphabet[dice((uint32_t)strlen(alphabet))]
		        : (uint8_t)dice(256);
}

static int make_samples(void **state)
{
	(void)state;
	sample_count = 0;
	for (size_t i = 0; i < sizeof(tricky) / sizeof(*tricky); i++)
		add(tricky[i], strlen(tricky[i]));
	for (const char *c = "07faF\\'\"%?-\n"; *c; c++)
		add_neighbours(c);
	for (int i = 0; i < 30; i++) {
		add_random(dice(SAMPLE_MAX + 1), NULL);
		add_random(dice(60), "\"'\\?%-nx0179afF\r\n\t/=<>(!$` ");
	}
	for (size_t i = 0; i < sample_count; i++)
		text_append(&wanted, samples[i].bytes, samples[i].len);
	return 0;
}

static int forget_samples(void **state)
{
	(void)state;
	text_finish(&wanted);
	return 0;
}

static void assert_wanted(const void *bytes, size_t len)
{
	assert_int_equal(len, wanted.len);
	assert_memory_equal(bytes, wanted.bytes, len);
}

/* A program with a line for each sample: `before`, the form, `after`. */
static void write_lines(struct bytes *out, enum quote_form form,
                        const char *before, const char *after)
{
	for (size_t i = 0; i < sample_count; i++) {
		bytes_append_text(out, before);
		assert_int_equal(quote_append(out, form, samples[i].bytes,
		                              samples[i].len), 0);
		bytes_append_text(out, after);
	}
	for (size_t i = 0; i < out->len; i++) /* it can be pasted anywhere */
		assert_true(out->data[i] == '\n' ||
		            (out->data[i] >= ' ' && out->data[i] <= '~'));
}

static void expect_from(const char *const *argv, struct bytes *input)
{
	struct proc p;
	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_write(&p, input->data, input->len);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_silent(&p);
	assert_wanted(p.out_text.bytes, p.out_text.len);
	proc_finish(&p);
	bytes_finish(input);
}

static void compile_and_run(const char *standard)
{
	static const char begin[] =
	    "#include <stdio.h>\n"
	    "#define P(s) fwrite(s, 1, sizeof(s) - 1, stdout);\n"
	    "int main(void) {\n";
	const char *cc = getenv("CC");
	const char *program = pty_home("literals");
	const char *const compile[] = {
		cc ? cc : "gcc", standard, "-Wall", "-Wextra", "-Wtrigraphs",
		"-Werror", "-x", "c", "-o", program, "-", NULL,
	};
	struct bytes source = { 0 }, nothing = { 0 };
	struct proc p;
	bytes_append_text(&source, begin);
	write_lines(&source, QUOTE_C, "P(", ")\n");
	bytes_append_text(&source, "return 0; }\n");
	proc_start(&p, compile, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_write(&p, source.data, source.len);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_silent(&p);
	proc_finish(&p);
	bytes_finish(&source);
	expect_from((const char *[]){ program, NULL }, &nothing);
}

static void a_compiler_reads_c_with_trigraphs_and_without(void **state)
{
	(void)state;
	compile_and_run("-std=c99"); /* it knows trigraphs */
	compile_and_run("-std=gnu11");
}

static void python_reads_its_literals_as_it_would_write_them(void **state)
{
	static const char begin[] =
	    "import sys\n"
	    "def check(literal):\n"
	    "    b = eval(literal)\n"
	    "    assert repr(b) == literal, literal\n"
	    "    sys.stdout.buffer.write(b)\n"
	    "for line in open(0):\n"
	    "    check(line[:-1])\n";
	struct bytes lines = { 0 };
	(void)state;
	write_lines(&lines, QUOTE_PYTHON, "", "\n");
	expect_from((const char *[]){ "python3", "-c", begin, NULL }, &lines);
}

static void python_reads_base64_and_hex(void **state)
{
	struct bytes lines = { 0 };
	(void)state;
	write_lines(&lines, QUOTE_BASE64, "", "\n");
	expect_from((const char *[]){
		"python3", "-c",
		"import sys, base64\nfor line in open(0):\n"
		"    sys.stdout.buffer.write(base64.b64decode(line[:-1], "
		"validate=True))\n", NULL }, &lines);
	write_lines(&lines, QUOTE_HEX, "", "\n");
	expect_from((const char *[]){
		"python3", "-c",
		"import sys\nfor line in open(0):\n"
		"    sys.stdout.buffer.write(bytes.fromhex(line))\n", NULL },
	    &lines);
}

static const char *const shells[] = { "dash", "bash", "busybox", "zsh", "ksh" };

#define EACH_SHELL(i) \
	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++)

static bool has_program(const char *name)
{
	char path[200];
	snprintf(path, sizeof(path), "/usr/bin/%s", name);
	return access(path, X_OK) == 0;
}

static void run_shell(const char *shell, struct bytes *script)
{
	const char *argv[] = { shell, "-s", NULL, NULL };
	if (strcmp(shell, "busybox") == 0)
		memcpy(argv, (const char *[]){ shell, "sh", "-s" },
		       3 * sizeof(*argv));
	expect_from(argv, script);
}

static void each_shell_prints_them(void **state)
{
	(void)state;
	EACH_SHELL(i) {
		struct bytes script = { 0 };
		if (!has_program(shells[i]))
			continue;
		write_lines(&script, QUOTE_SHELL, "", "\n");
		run_shell(shells[i], &script);
	}
}

/* The line for a shell is one command, and its endpoint one word. */
static void each_shell_hands_them_to_sockchat_with_the_endpoint(void **state)
{
	static const char *const endpoints[] = {
		"127.0.0.1:9999", "[::1]:9999", "[fe80::1%eth0]:80",
		"unix:/tmp/a b'c;$(echo no)`no`\\", "localhost:http", "a'b",
	};
	static const size_t count = sizeof(endpoints) / sizeof(*endpoints);
	(void)state;
	EACH_SHELL(i) {
		struct bytes script = { 0 };
		if (!has_program(shells[i]))
			continue;
		bytes_append_text(&script,
		                  "sockchat() { printf '%s\\n' $# \"$1\" "
		                  "\"$2\" >&3; cat; }\n");
		bytes_printf(&script, "exec 3>%s\n", pty_home("said"));
		for (size_t s = 0; s < sample_count; s++) {
			quote_append_shell(&script, samples[s].bytes,
			                   samples[s].len,
			                   endpoints[s % count]);
			bytes_append_text(&script, "\n");
		}
		run_shell(shells[i], &script);
		FILE *said = fopen(pty_home("said"), "re");
		char line[100], want[100];
		assert_non_null(said);
		for (size_t s = 0; s < 3 * sample_count; s++) {
			const char *const words[] = {
				"2", "connect", endpoints[s / 3 % count],
			};
			snprintf(want, sizeof(want), "%s\n", words[s % 3]);
			assert_non_null(fgets(line, sizeof(line), said));
			assert_string_equal(line, want);
		}
		assert_null(fgets(line, sizeof(line), said));
		fclose(said);
	}
}

/* With the program itself, and a peer that hears it. */
static void a_line_for_a_shell_sends_the_bytes(void **state)
{
	static const uint8_t bytes[] = "-x 100% 'it'\0\xff\\n\r\n";
	struct bytes line = { 0 };
	struct proc p;
	uint16_t port;
	char endpoint[32], path[300];
	const char *bin = getenv("SOCKCHAT_BIN");
	int listener = net_listen(&port);
	(void)state;
	snprintf(endpoint, sizeof(endpoint), "127.0.0.1:%u", port);
	snprintf(path, sizeof(path), "sockchat() { '%s' \"$@\"; }\n",
	         bin ? bin : "build/sockchat");
	bytes_append_text(&line, path);
	quote_append_shell(&line, bytes, sizeof(bytes) - 1, endpoint);
	proc_start(&p, (const char *[]){ "sh", "-c", bytes_text(&line), NULL },
	           NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	int fd = net_accept(listener);
	struct text heard = { NULL, 0 };
	assert_int_equal(net_read(fd, &heard, 0), 0);
	assert_int_equal(heard.len, sizeof(bytes) - 1);
	assert_memory_equal(heard.bytes, bytes, heard.len);
	close(fd);
	close(listener);
	proc_expect_exit(&p, 0);
	text_finish(&heard);
	bytes_finish(&line);
	proc_finish(&p);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_compiler_reads_c_with_trigraphs_and_without),
		TEST(python_reads_its_literals_as_it_would_write_them),
		TEST(python_reads_base64_and_hex),
		TEST(each_shell_prints_them),
		TEST(each_shell_hands_them_to_sockchat_with_the_endpoint),
		TEST(a_line_for_a_shell_sends_the_bytes),
	};
	return cmocka_run_group_tests(tests, make_samples, forget_samples);
}
