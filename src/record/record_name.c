/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The names of recordings. */

#include <string.h>

#include <sockchat/glyph.h>
#include <sockchat/record_name.h>
#include <sockchat/stamp.h>

#define PEER_MAX 100 /* bytes of a peer in a name */

static int refuse_format(const char *name, struct error *e)
{
	char safe[80], list[200] = "";
	glyph_copy(safe, sizeof(safe), name, GLYPH_ANY_WIDTH);
	for (size_t i = 0; sink_formats[i]; i++)
		text_add(list, sizeof(list), "%s%s", i ? ", " : "",
		         sink_formats[i]->name);
	return error_set(e, "'%s' has no known format: end the name in .txt, "
	                 ".hex, .raw, .chat, .jsonl or .pcapng, or write "
	                 "FORMAT:FILE, with one of %s", safe, list);
}

static int check_letters(const char *file, struct error *e)
{
	char safe[80];
	for (const char *at = file; (at = strchr(at, '%')); at += 2) {
		if (at[1] && strchr("dpn%", at[1]))
			continue;
		glyph_copy(safe, sizeof(safe), file, GLYPH_ANY_WIDTH);
		return error_set(e, "in the name %s a %% must be %%d (the "
		                 "date), %%p (the peer), %%n (its number) or "
		                 "%%%%", safe);
	}
	return 0;
}

const struct sink_ops *record_name_parse(const char *name, const char **file,
                                         struct error *e)
{
	const struct sink_ops *ops = sink_named_before(name);
	*file = ops ? strchr(name, ':') + 1 : name;
	if (!ops)
		ops = sink_of(name);
	if (!ops || !**file) {
		refuse_format(name, e);
		return NULL;
	}
	return check_letters(*file, e) ? NULL : ops;
}

bool record_name_splits(const char *file)
{
	for (const char *at = file; (at = strchr(at, '%')); at += 2)
		if (at[1] == 'p' || at[1] == 'n')
			return true;
	return false;
}

/* It stays within its folder, and in sight. */
static int append_peer(struct bytes *out, const char *peer)
{
	size_t len = strlen(peer);
	int failed = 0;
	for (size_t i = 0; i < len && i < PEER_MAX && !failed; i++) {
		uint8_t byte = (uint8_t)peer[i];
		bool is_wrong = byte == '/' || byte < ' ' || byte == 0x7f ||
		                (byte == '.' && !i);
		failed = bytes_append_byte(out, is_wrong ? '_' : byte);
	}
	return failed;
}

static int append_fact(struct bytes *out, char letter,
                       const struct record_facts *facts)
{
	char date[STAMP_TEXT_MAX];
	switch (letter) {
	case 'd':
		stamp_format_date(date, facts->wall_us);
		return bytes_append(out, date, STAMP_DAY);
	case 'p':
		return append_peer(out, facts->peer);
	case 'n':
		return bytes_printf(out, "%u", (unsigned)facts->number);
	default:
		return bytes_append_byte(out, (uint8_t)letter);
	}
}

int record_name_expand(struct bytes *out, const char *file,
                       const struct record_facts *facts)
{
	int failed = 0;
	while (*file && !failed) {
		size_t len = strcspn(file, "%");
		failed = bytes_append(out, file, len);
		file += len;
		if (*file && !failed) {
			failed = append_fact(out, file[1], facts);
			file += 2;
		}
	}
	return failed;
}
