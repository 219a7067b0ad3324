/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The formats of recordings: which there are, and by which names. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/sink.h>

const struct sink_ops *const sink_formats[] = {
	&sink_text, &sink_full, &sink_hex, &sink_raw, &sink_chat,
	&sink_jsonl, &sink_pcapng, NULL,
};

const struct sink_ops *sink_named(const char *name)
{
	for (size_t i = 0; sink_formats[i]; i++)
		if (strcmp(sink_formats[i]->name, name) == 0)
			return sink_formats[i];
	return NULL;
}

const struct sink_ops *sink_named_before(const char *name)
{
	char word[16] = "";
	size_t len = strcspn(name, ":");
	if (!name[len] || len >= sizeof(word))
		return NULL;
	memcpy(word, name, len);
	return sink_named(word);
}

static bool has_suffix(const char *path, const char *suffix)
{
	size_t len = strlen(path), n = strlen(suffix);
	return len > n && strcmp(path + len - n, suffix) == 0;
}

static bool has_suffix_of(const char *path, const struct sink_ops *ops)
{
	for (size_t i = 0; i < 3 && ops->suffixes[i]; i++)
		if (has_suffix(path, ops->suffixes[i]))
			return true;
	return false;
}

const struct sink_ops *sink_of(const char *path)
{
	for (size_t i = 0; sink_formats[i]; i++)
		if (has_suffix_of(path, sink_formats[i]))
			return sink_formats[i];
	return NULL;
}

struct sink *sink_new(const struct sink_ops *ops)
{
	struct sink *s = calloc(1, ops->size);
	if (s)
		s->ops = ops;
	return s;
}

void sink_free(struct sink *s)
{
	struct bytes end = { 0 };
	if (s && s->ops->close)
		(void)s->ops->close(s, &end);
	bytes_finish(&end);
	free(s);
}
