/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The lines of a file, read in blocks; and complaints about a place in one. */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sockchat/file.h>
#include <sockchat/glyph.h>

#include "chatfile_lines.h"

#define NAME_SHOWN 128 /* bytes of a file's name in a complaint */
#define BOM        "\xef\xbb\xbf" /* editors put it in front of UTF-8 */

/* Complaints */

/* A long name shows its end: the sentence has to have room. */
static void begin_complaint(struct error *e, const char *name,
                            const struct chat_line *line, size_t at)
{
	char safe[1024];
	glyph_copy(safe, sizeof(safe), name, GLYPH_ANY_WIDTH);
	size_t len = strlen(safe);
	size_t from = len > NAME_SHOWN ? len - NAME_SHOWN : 0;
	while (from && (safe[from] & 0xc0) == 0x80)
		from++;
	error_set(e, "%s%s:%zu:%zu: ", from ? "..." : "", safe + from,
	          line->number, at + 1);
}

static void refuse(struct error *e, const char *name,
                   const struct chat_line *line, size_t at, const char *format,
                   va_list args) __attribute__((format(printf, 5, 0)));

static void refuse(struct error *e, const char *name,
                   const struct chat_line *line, size_t at, const char *format,
                   va_list args)
{
	struct error what;
	error_vset(&what, format, args);
	begin_complaint(e, name, line, at);
	text_add(e->text, sizeof(e->text), "%.*s",
	         (int)(sizeof(e->text) - strlen(e->text) - 1), what.text);
}

int line_refuse(const char *name, const struct chat_line *line, size_t at,
                struct error *e, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	refuse(e, name, line, at, format, args);
	va_end(args);
	return -1;
}

int chat_refuse_part(const char *name, const struct chat_line *line, size_t at,
                     const struct error *why, struct error *e)
{
	static const char column[] = "column ";
	const char *text = why->text;
	size_t n = 0;
	if (strcmp(why->code, "EMSGSIZE") == 0)
		return line_refuse(name, line, at, e, "a step has at most %zu "
		                   "MiB", CHATFILE_STEP_MAX >> 20);
	if (strncmp(text, column, sizeof(column) - 1) == 0) {
		text += sizeof(column) - 1;
		while (*text >= '0' && *text <= '9')
			n = n * 10 + (size_t)(*text++ - '0');
		text += strspn(text, ": ");
	}
	line_refuse(name, line, at + n - !!n, e, "%s", text);
	error_set_word(e, why->code);
	return -1;
}

/* Blocks */

static int refuse_file(const char *name, struct error *e)
{
	if (errno == EINVAL)
		return error_set(e, "cannot read %s: it is not a regular file",
		                 name);
	return error_set_errno(e, errno, "cannot read %s", name);
}

int chat_lines_open(struct chat_lines *l, const char *name, struct error *e)
{
	struct stat st;
	*l = (struct chat_lines){ .name = name, .fd = file_open(name, 0),
	                          .block_size = CHAT_BLOCK_SIZE,
	                          .max = CHATFILE_STEP_MAX };
	if (l->fd < 0)
		return refuse_file(name, e);
	if (fstat(l->fd, &st) || bytes_reserve(&l->block, l->block_size)) {
		error_set_errno(e, errno, "cannot read %s", name);
		chat_lines_finish(l);
		l->fd = -1;
		return -1;
	}
	file_use(l->fd);
	l->size = (uint64_t)st.st_size;
	return 0;
}

void chat_lines_text(struct chat_lines *l, const char *name, const void *text,
                     size_t len)
{
	*l = (struct chat_lines){
		.name = name, .fd = -1, .end = len, .size = len,
		.block = { .data = len ? (uint8_t *)text : (uint8_t *)"",
		           .len = len },
	};
}

void chat_lines_finish(struct chat_lines *l)
{
	if (l->fd < 0)
		return;
	bytes_finish(&l->block);
	close(l->fd);
}

struct chat_place chat_lines_place(const struct chat_lines *l)
{
	return (struct chat_place){
		.offset = l->end - (l->block.len - l->at),
		.number = l->number,
	};
}

/* What is missing in a file that has shrunk would not be played. */
static int read_block(struct chat_lines *l, struct error *e)
{
	uint64_t left = l->size - l->end;
	size_t want = left < l->block_size ? (size_t)left : l->block_size;
	bytes_consume(&l->block, l->at);
	l->at = 0;
	if (bytes_reserve(&l->block, want))
		return refuse_file(l->name, e);
	ssize_t n = pread(l->fd, l->block.data + l->block.len, want,
	                  (off_t)l->end);
	if (n < 0)
		return errno == EINTR ? 0 : refuse_file(l->name, e);
	if (!n)
		return error_set(e, "%s became shorter while it was read",
		                 l->name);
	l->block.len += (size_t)n;
	l->end += (uint64_t)n;
	return 0;
}

static void skip_mark(struct chat_line *line)
{
	size_t n = sizeof(BOM) - 1;
	if (line->len < n || memcmp(line->text, BOM, n) != 0)
		return;
	line->text += n;
	line->len -= n;
}

/* Take the line that has `len` bytes, and perhaps an LF behind them. */
static void take_line(struct chat_lines *l, struct chat_line *line, size_t len,
                      bool has_lf)
{
	const char *text = (const char *)l->block.data + l->at;
	bool is_first = !chat_lines_place(l).offset;
	l->at += len + has_lf;
	*line = (struct chat_line){
		.text = text, .number = ++l->number, .is_last = !has_lf,
	};
	line->len = len && has_lf && text[len - 1] == '\r' ? len - 1 : len;
	if (is_first)
		skip_mark(line);
}

static int refuse_line(const struct chat_lines *l, struct error *e)
{
	const struct chat_line line = { .number = l->number + 1 };
	return line_refuse(l->name, &line, 0, e, "this line has over %zu MiB",
	                   l->max >> 20);
}

int chat_lines_next(struct chat_lines *l, struct chat_line *line,
                    struct error *e)
{
	size_t seen = 0;
	for (;;) {
		const uint8_t *begin = l->block.data + l->at;
		size_t len = l->block.len - l->at;
		const uint8_t *lf = memchr(begin + seen, '\n', len - seen);
		bool is_last = !lf && l->end == l->size;
		if (is_last && !len)
			return 0;
		if (lf || is_last) {
			take_line(l, line, lf ? (size_t)(lf - begin) : len,
			          lf != NULL);
			return 1;
		}
		seen = len;
		if (seen > l->max)
			return refuse_line(l, e);
		if (read_block(l, e))
			return -1;
	}
}

void chat_lines_go(struct chat_lines *l, struct chat_place place)
{
	uint64_t begin = l->end - l->block.len;
	bool is_there = place.offset >= begin && place.offset <= l->end;
	l->number = place.number;
	if (!is_there) {
		bytes_clear(&l->block);
		l->end = place.offset;
	}
	l->at = is_there ? (size_t)(place.offset - begin) : 0;
}

/* Lines */

static size_t count_blanks(const struct chat_line *line)
{
	size_t n = 0;
	while (n < line->len && (line->text[n] == ' ' || line->text[n] == '\t'))
		n++;
	return n;
}

bool chat_line_is_empty(const struct chat_line *line)
{
	return count_blanks(line) == line->len;
}

bool chat_line_is_comment(const struct chat_line *line)
{
	size_t blanks = count_blanks(line);
	return blanks < line->len && line->text[blanks] == '#';
}

bool chat_line_is_indented(const struct chat_line *line)
{
	return count_blanks(line) > 0;
}
