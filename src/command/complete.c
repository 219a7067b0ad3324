/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Completion: what a word may become. */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include <sockchat/again.h>
#include <sockchat/bytes.h>
#include <sockchat/file.h>
#include <sockchat/utf8.h>
#include <sockchat/word.h>

#include "commands_private.h"

#define FILES_MAX      500
#define FILES_SEEN_MAX 100000
#define HEARD_MAX      50
#define HEARD_MESSAGES 500
#define HEARD_SCAN     ((size_t)256 << 10)
#define WORD_MAX       256

/* The list that completion fills; `word` is borrowed. */
struct candidates {
	char **list; /* ends in NULL; NULL for none */
	size_t count;
	const char *word;
	size_t len;
	bool has_failed; /* some are missing, for want of memory */
};

/* Offer `text` if the word is its beginning. */
static void offer_bytes(struct candidates *l, const char *text, size_t len)
{
	if (len < l->len || memcmp(text, l->word, l->len) != 0)
		return;
	char **grown = realloc(l->list, (l->count + 2) * sizeof(*grown));
	if (grown)
		l->list = grown;
	char *copy = grown ? strndup(text, len) : NULL;
	if (!copy) {
		l->has_failed = true;
		return;
	}
	l->list[l->count++] = copy;
	l->list[l->count] = NULL;
}

/* The list; NULL when some are missing: the others would look like all there
 * are. */
static char **take_list(struct candidates *l)
{
	if (!l->has_failed)
		return l->list;
	for (size_t i = 0; i < l->count; i++)
		free(l->list[i]);
	free(l->list);
	return NULL;
}

/* Text that a line may hold. */
static bool is_clean(const char *text, size_t len)
{
	return utf8_text_len((const uint8_t *)text, len) == len;
}

/* Words */

static bool is_between_words(char byte)
{
	return (unsigned char)byte <= ' ' || byte == '\177' ||
	       strchr("\"'`()[]{}<>,;=|&!?", byte);
}

static bool is_offered(const struct candidates *l, const char *word,
                       size_t len)
{
	for (size_t i = 0; i < l->count; i++)
		if (strlen(l->list[i]) == len &&
		    memcmp(l->list[i], word, len) == 0)
			return true;
	return false;
}

static void offer_word(struct candidates *l, const char *word, size_t len)
{
	while (len && strchr(".:", word[len - 1]))
		len--;
	if (len && len <= WORD_MAX && l->count < HEARD_MAX &&
	    is_clean(word, len) && !is_offered(l, word, len))
		offer_bytes(l, word, len);
}

static void offer_words(struct candidates *l, const char *text, size_t len)
{
	for (size_t at = 0, end; at < len; at = end + 1) {
		end = at;
		while (end < len && !is_between_words(text[end]))
			end++;
		if (end - at >= l->len && memcmp(text + at, l->word,
		                                 l->len) == 0)
			offer_word(l, text + at, end - at);
	}
}

/* Offer the words of the newest messages, the newest first. */
static void offer_messages(struct candidates *l, const struct chat *c)
{
	uint64_t seq = transcript_end(c->transcript);
	size_t left = HEARD_SCAN, messages = 0;
	struct entry room;
	const struct entry *e;
	while (left && messages < HEARD_MESSAGES && l->count < HEARD_MAX &&
	       (e = transcript_at(c->transcript, --seq, &room))) {
		if (e->kind != ENTRY_MESSAGE)
			continue;
		size_t len = e->len < left ? e->len : left;
		offer_words(l, (const char *)e->bytes, len);
		left -= len;
		messages++;
	}
}

/* Files */

static bool is_directory(const char *folder, const struct dirent *d)
{
	struct bytes path = { 0 };
	struct stat st;
	if (d->d_type != DT_LNK && d->d_type != DT_UNKNOWN)
		return d->d_type == DT_DIR;
	bool found = bytes_printf(&path, "%s%s", folder, d->d_name) == 0 &&
	             stat(bytes_text(&path), &st) == 0 && S_ISDIR(st.st_mode);
	bytes_finish(&path);
	return found;
}

/* The word's first `len` bytes are the folder as it was typed; `folder` is
 * where it is. */
static void offer_file(struct candidates *l, size_t len, const char *folder,
                       const struct dirent *d)
{
	const char *begun = l->word + len, *name = d->d_name;
	size_t begun_len = l->len - len;
	struct bytes text = { 0 };
	if (strncmp(name, begun, begun_len) != 0 ||
	    (*name == '.' && !begun_len) || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0 || !is_clean(name, strlen(name)))
		return;
	if (bytes_printf(&text, "%.*s%s%s", (int)len, l->word, name,
	                 is_directory(folder, d) ? "/" : ""))
		l->has_failed = true;
	else
		offer_bytes(l, bytes_text(&text), text.len);
	bytes_finish(&text);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Offer files; the word is a path, whose ~/ is the home.  A directory ends in a
 * slash. */
static void offer_files(struct candidates *l)
{
	size_t len = l->len;
	struct bytes folder = { 0 };
	const struct dirent *d;
	while (len && l->word[len - 1] != '/')
		len--;
	if (file_append_path(&folder, len ? l->word : "./", len ? len : 2))
		l->has_failed = true;
	const char *path = bytes_text(&folder);
	DIR *dir = opendir(path);
	for (int seen = 0; dir && l->count < FILES_MAX &&
	                   seen < FILES_SEEN_MAX && (d = readdir(dir));
	     seen++)
		offer_file(l, len, path, d);
	if (dir)
		closedir(dir);
	if (l->count)
		qsort(l->list, l->count, sizeof(*l->list), by_name);
	bytes_finish(&folder);
}

/* Which of them are looked for */

static void offer_text(struct candidates *l, const char *text)
{
	offer_bytes(l, text, strlen(text));
}

static void offer_choices(struct candidates *l, const struct choice *list)
{
	for (; list && list->name; list++)
		offer_text(l, list->name);
}

static void offer_commands(struct candidates *l, const char *before)
{
	const struct command_row *row;
	char name[64];
	for (size_t i = 0; (row = command_row(i)); i++) {
		snprintf(name, sizeof(name), "%s%s", before, row->name);
		offer_text(l, name);
	}
}

static void offer_peers(struct candidates *l, const struct chat *c)
{
	struct session *s;
	char number[16];
	for (size_t i = 0; (s = chat_session(c, i)) && i < 1000; i++) {
		snprintf(number, sizeof(number), "%u", s->link.number);
		offer_text(l, number);
	}
}

/* The name of an option, or what that option takes. */
static void offer_option(struct candidates *l, const char *args,
                         const char *word)
{
	char name[64];
	const char *value = args, *first;
	size_t len = word_next(&value, &first);
	if (args == word) {
		for (size_t i = 0; options_row(i); i++)
			if (options_life(i))
				offer_text(l, options_row(i)->name);
		return;
	}
	if (len >= sizeof(name))
		return;
	memcpy(name, first, len);
	name[len] = '\0';
	int row = options_find(name);
	if (row < 0 || value != word)
		return;
	offer_choices(l, options_choices((size_t)row));
	offer_text(l, "default");
}

/* True behind "unix:" in the place of an endpoint. */
static bool is_socket(const struct command_row *row, const char *args,
                      const char *end)
{
	return strcmp(row->args, "ENDPOINT") == 0 && end - args >= 5 &&
	       strncasecmp(args, "unix:", 5) == 0;
}

/* The endpoints used, if this is about one.  Behind "unix:" there are files. */
static void offer_used(struct candidates *l, const struct chat *c,
                       const struct command_row *row, const char *args)
{
	bool is_pair = strcmp(row->name, "forward") == 0;
	bool is_first = l->word == args;
	bool listens = strcmp(row->name, "listen") == 0 ||
	               (is_pair && is_first);
	enum endpoint_mode mode = listens ? ENDPOINT_LISTEN : ENDPOINT_CONNECT;
	const char *name;
	if ((strcmp(row->args, "ENDPOINT") != 0 && !is_pair) ||
	    (!is_first && !is_pair) || is_socket(row, args, args + l->len))
		return;
	for (size_t i = 0; (name = chat_used(c, mode, i)); i++)
		if (is_clean(name, strlen(name)))
			offer_text(l, name);
}

/* The words of /filter; behind "peer" a number, behind "text" anything. */
static void offer_conditions(struct candidates *l, const struct chat *c,
                             const char *args)
{
	size_t len = (size_t)(l->word - args);
	while (len && args[len - 1] == ' ')
		len--;
	if (len >= 4 && strncmp(args + len - 4, "peer", 4) == 0)
		offer_peers(l, c);
	else if (!memmem(args, len, "text", 4))
		offer_choices(l, filter_choices);
}

/* What may stand in front of a path: offer it, or skip it. */
static const char *skip_prefix(struct candidates *l, const struct chat *c,
                               const struct command_row *row, const char *args)
{
	const struct chat_command *own = command_above(c, row->name);
	const char *word;
	if (!own || !own->prefix)
		return args;
	for (size_t i = 0; (word = own->prefix(i)); i++) {
		if (strncmp(args, word, strlen(word)) == 0)
			return args + strlen(word);
		if (l->word == args)
			offer_bytes(l, word, strlen(word));
	}
	return args;
}

static void offer_arguments(struct candidates *l, const struct chat *c,
                            const struct command_row *row, const char *args)
{
	bool has_scheme = is_socket(row, args, l->word + l->len);
	if (row->choices == filter_choices)
		offer_conditions(l, c, args);
	else if (l->word == args)
		offer_choices(l, row->choices);
	if (strncmp(row->args, "[SPEC", 5) == 0)
		offer_choices(l, options_choices(
		                     (size_t)options_find(row->name)));
	offer_used(l, c, row, args);
	if (strstr(row->args, "PEER"))
		offer_peers(l, c);
	if (strcmp(row->args, "[WORD]") == 0)
		offer_commands(l, "");
	if (strstr(row->args, "OPTION"))
		offer_option(l, args, l->word);
	if (has_scheme)
		args += 5;
	else if (row->is_above)
		args = skip_prefix(l, c, row, args);
	if (has_scheme || strstr(row->args, "PATH") ||
	    strstr(row->args, "FILE")) { /* spaces and all */
		l->len += (size_t)(l->word - args);
		l->word = args;
		offer_files(l);
	}
}

/* A plain line: what has been said is said again. */
static void offer_heard(struct candidates *l, const struct chat *c,
                        const char *line, size_t point)
{
	size_t start = point;
	while (start && !is_between_words(line[start - 1]))
		start--;
	l->word = line + start;
	l->len = point - start;
	if (l->len)
		offer_messages(l, c);
}

char **command_complete(struct chat *c, const char *line, size_t point,
                        size_t *start)
{
	struct candidates l = { .word = line + point };
	const struct command_row *row;
	size_t name_end = 0, matches;
	while (name_end < point && line[name_end] != ' ')
		name_end++;
	while (l.word > line && l.word[-1] != ' ')
		l.word--;
	l.len = (size_t)(line + point - l.word);
	if (!point || line[0] != '/' || (point > 1 && line[1] == '/')) {
		offer_heard(&l, c, line, point);
	} else if (name_end == point) {
		offer_commands(&l, "/");
	} else if ((row = command_find(line + 1, name_end - 1, &matches))) {
		while (name_end < point && line[name_end] == ' ')
			name_end++;
		offer_arguments(&l, c, row, line + name_end);
	}
	*start = (size_t)(l.word - line);
	return take_list(&l);
}
