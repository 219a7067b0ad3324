/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a word may become: words heard in the conversation, and files. */

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sockchat/bytes.h>
#include <sockchat/file.h>
#include <sockchat/utf8.h>

#include "candidates.h"

#define FILES_MAX      500
#define FILES_SEEN_MAX 100000
#define HEARD_MAX      50
#define HEARD_MESSAGES 500
#define HEARD_SCAN     ((size_t)256 << 10)
#define WORD_MAX       256

void candidates_offer(struct candidates *l, const char *text, size_t len)
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

char **candidates_take(struct candidates *l)
{
	if (!l->has_failed)
		return l->list;
	for (size_t i = 0; i < l->count; i++)
		free(l->list[i]);
	free(l->list);
	return NULL;
}

/* Text that a line may hold: no control character of any kind. */
static bool is_clean(const char *text, size_t len)
{
	uint32_t cp;
	for (size_t i = 0; i < len;) {
		int n = utf8_decode((const uint8_t *)text + i, len - i, &cp);
		if (n < 0 || cp < ' ' || (cp >= 0x7f && cp < 0xa0))
			return false;
		i += (size_t)n;
	}
	return true;
}

/* Words */

static bool is_between_words(char byte)
{
	return (unsigned char)byte <= ' ' || byte == '\177' ||
	       strchr("\"'`()[]{}<>,;=|&!?", byte);
}

size_t candidates_heard_start(const char *line, size_t point)
{
	while (point && !is_between_words(line[point - 1]))
		point--;
	return point;
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
		candidates_offer(l, word, len);
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

void candidates_offer_heard(struct candidates *l, const struct chat *c)
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

/* `typed` is the folder as it was written, `folder` where it is. */
static void offer_file(struct candidates *l, const char *typed, size_t len,
                       const char *folder, const struct dirent *d)
{
	const char *begun = l->word + len, *name = d->d_name;
	size_t begun_len = l->len - len;
	struct bytes text = { 0 };
	if (strncmp(name, begun, begun_len) != 0 ||
	    (*name == '.' && !begun_len) || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0 || !is_clean(name, strlen(name)))
		return;
	if (bytes_printf(&text, "%.*s%s%s", (int)len, typed, name,
	                 is_directory(folder, d) ? "/" : ""))
		l->has_failed = true;
	else
		candidates_offer(l, bytes_text(&text), text.len);
	bytes_finish(&text);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void candidates_offer_files(struct candidates *l)
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
		offer_file(l, l->word, len, path, d);
	if (dir)
		closedir(dir);
	if (l->count)
		qsort(l->list, l->count, sizeof(*l->list), by_name);
	bytes_finish(&folder);
}
