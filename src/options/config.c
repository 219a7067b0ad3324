/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The configuration file.  All of it is checked, the sections that are not used
 * too. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/bytes.h>
#include <sockchat/file.h>
#include <sockchat/glyph.h>

#include "options_private.h"

#define FILE_MAX_SIZE ((size_t)1 << 20)
#define SPACE         " \t\r"
#define WHERE_MAX     128
#define PROFILES_MAX  160

struct reader {
	struct options *o;
	struct options *unused; /* takes what other profiles say */
	char where[WHERE_MAX]; /* the file's name, safe to show */
	unsigned line;
	bool has_section, is_ours, has_found;
	char profiles[PROFILES_MAX]; /* "smtp, redis" */
};

static int complain(const struct reader *r, const char *sentence,
                    struct error *e)
{
	return error_set(e, "%s:%u: %s", r->where, r->line, sentence);
}

/* Cut off a comment, and the blanks at both ends. */
static char *trim_line(char *line)
{
	bool is_quoted = false;
	line += strspn(line, SPACE);
	for (char *at = line; *at; at++) {
		is_quoted ^= *at == '"';
		if (*at == '#' && !is_quoted &&
		    (at == line || strchr(SPACE, at[-1]))) {
			*at = '\0';
			break;
		}
	}
	for (size_t len = strlen(line); len && strchr(SPACE, line[len - 1]);)
		line[--len] = '\0';
	return line;
}

static int read_section(struct reader *r, char *line, struct error *e)
{
	size_t len = strlen(line);
	char safe[64];
	if (line[len - 1] != ']' || strcspn(line, "]") != len - 1)
		return complain(r, "a section is a name in brackets: [NAME]",
		                e);
	line[len - 1] = '\0';
	line = trim_line(line + 1);
	if (!*line)
		return complain(r, "a profile needs a name: [NAME]", e);
	r->has_section = true;
	*r->unused = *r->o;
	r->is_ours = r->o->profile && strcmp(r->o->profile, line) == 0;
	r->has_found |= r->is_ours;
	glyph_copy(safe, sizeof(safe), line, GLYPH_ANY_WIDTH);
	text_add(r->profiles, sizeof(r->profiles), "%s%s",
	         *r->profiles ? ", " : "", safe);
	return 0;
}

/* Take the quotes off.  False when they don't stand around all of it. */
static bool unquote(char **value)
{
	size_t len = *value ? strlen(*value) : 0;
	if (!len || !strchr(*value, '"'))
		return true;
	if (len < 2 || strcspn(*value + 1, "\"") != len - 2)
		return false;
	(*value)[len - 1] = '\0';
	++*value;
	return (*value)[-1] == '"';
}

static int read_option(struct reader *r, char *name, struct error *e)
{
	bool is_general = !r->has_section, is_used = is_general || r->is_ours;
	size_t len = strcspn(name, SPACE "=");
	char *value = name + len + strspn(name + len, SPACE);
	struct error inner;
	if (*value == '=')
		value += 1 + strspn(value + 1, SPACE);
	else if (!*value)
		value = NULL;
	name[len] = '\0';
	if (!len)
		return complain(r, "a line is an option and its value", e);
	if (*name == '-')
		return complain(r, "options have no dashes here", e);
	if (!unquote(&value))
		return complain(r, "quotes stand around the whole value", e);
	if (options_set(is_used ? r->o : r->unused, name, value,
	                is_general ? SOURCE_FILE : SOURCE_PROFILE, &inner)) {
		complain(r, inner.text, e);
		error_set_hint(e, "%s", inner.hint);
		return -1;
	}
	return 0;
}

static int read_config_line(struct reader *r, char *line, size_t len,
                            struct error *e)
{
	if (memchr(line, '\0', len))
		return complain(r, "there is a NUL byte: this is not text", e);
	line[len] = '\0';
	line = trim_line(line);
	if (*line == '[')
		return read_section(r, line, e);
	return *line ? read_option(r, line, e) : 0;
}

static int check_profile(struct reader *r, struct error *e)
{
	char safe[64];
	if (!r->o->profile || r->has_found)
		return 0;
	glyph_copy(safe, sizeof(safe), r->o->profile, GLYPH_ANY_WIDTH);
	if (!*r->profiles)
		return error_set(e, "there is no profile '%s': %s has none",
		                 safe, r->where);
	return error_set(e, "there is no profile '%s': %s has %s", safe,
	                 r->where, r->profiles);
}

static int check_together(struct reader *r, struct error *e)
{
	struct error inner;
	if (!options_check(r->o, &inner))
		return 0;
	return error_set(e, "%s: %s", r->where, inner.text);
}

int config_parse(struct options *o, const char *path, const char *text,
                 size_t len, struct error *e)
{
	struct reader r = { .o = o, .unused = malloc(sizeof(*o) + len + 1) };
	int failed = 0;
	if (!r.unused)
		return error_set_errno(e, ENOMEM, "cannot start");
	char *copy = (char *)(r.unused + 1), *end = copy + len;
	if (len)
		memcpy(copy, text, len);
	*end = '\n';
	glyph_copy(r.where, sizeof(r.where), path, GLYPH_ANY_WIDTH);
	for (char *at = copy, *next; !failed && at < end; at = next + 1) {
		next = memchr(at, '\n', (size_t)(end - at) + 1);
		r.line++;
		failed = read_config_line(&r, at, (size_t)(next - at), e);
	}
	if (!failed)
		failed = check_profile(&r, e) || check_together(&r, e);
	free(r.unused);
	return failed ? -1 : 0;
}

/* The file */

static int refuse_file(const char *where, struct error *e)
{
	if (errno == EMSGSIZE)
		return error_set(e, "%s is larger than 1 MiB: that is no "
		                    "configuration file", where);
	if (errno == EISDIR || errno == EINVAL)
		return error_set(e, "cannot read %s: it is %s", where,
		                 errno == EISDIR ? "a directory"
		                                 : "no regular file");
	return error_set_errno(e, errno, "cannot read %s", where);
}

/* The user's own file, which nobody named, may be absent or out of reach. */
static bool may_lack(const struct options *o, const char *path)
{
	if (o->config)
		return false;
	if (errno == EACCES && faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) == 0)
		return errno = EACCES, false;
	return errno == ENOENT || errno == ENOTDIR || errno == EACCES;
}

static int load_file(struct options *o, const char *path, struct error *e)
{
	struct bytes text;
	char where[WHERE_MAX];
	int failed, fd = file_open(path, 0);
	glyph_copy(where, sizeof(where), path, GLYPH_ANY_WIDTH);
	if (fd < 0 && may_lack(o, path))
		return config_parse(o, path, "", 0, e);
	if (fd < 0)
		return refuse_file(where, e);
	bytes_init(&text, FILE_MAX_SIZE);
	if (file_read(fd, &text))
		failed = refuse_file(where, e);
	else
		failed = config_parse(o, path, bytes_text(&text), text.len, e);
	bytes_finish(&text);
	close(fd);
	return failed;
}

int config_load(struct options *o, struct error *e)
{
	char path[PATH_MAX];
	if (!o->config)
		file_xdg_path(path, sizeof(path), "XDG_CONFIG_HOME", ".config",
		              "config");
	const char *chosen = o->config ? o->config : path;
	if (!*chosen || strcmp(chosen, "/dev/null") == 0)
		return config_parse(o, "the configuration", "", 0, e);
	return load_file(o, chosen, e);
}
