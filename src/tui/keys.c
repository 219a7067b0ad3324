/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A state machine that takes one byte after another, so that it cannot matter
 * where the input was cut. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/utf8.h>

#include "keycode.h"
#include "keys.h"
#include "paste.h"

#define ESC 0x1b
#define BEL 0x07

/* No terminal sends a longer sequence.  One that is longer is passed over to
 * its end. */
#define SEQUENCE_MAX 48
/* An answer to a query that never ends must not eat the keyboard. */
#define STRING_MAX 4096
/* So much at once is typed by no hand. */
#define LATE_MIN 256

enum state {
	GROUND,
	CHARACTER,  /* of several bytes */
	ESCAPED,    /* ESC, and what follows decides */
	SEQUENCE,   /* ESC [ or ESC O, up to the final byte */
	FIXED,      /* a sequence of a length known beforehand */
	STRING,     /* an answer from the terminal: passed over */
	STRING_END, /* its ESC, a backslash should follow */
	PASTED,     /* its end has come; what comes at once is more of it */
	PASTE,
	STATE_COUNT
};

/* The length of PASTE_START and PASTE_END. */
#define PASTE_MARK (sizeof(PASTE_END) - 1)

struct keys {
	keys_fn *fn;
	void *user;
	bool (*is_bound)(const void *bytes, size_t len); /* or NULL */
	enum state state;
	uint8_t sequence[SEQUENCE_MAX];
	size_t len;  /* of the sequence; counts on when it is full */
	size_t want; /* FIXED: its length */
	struct bytes paste;
	size_t paste_end;      /* PASTED: behind the last mark of its end */
	char tail[PASTE_MARK]; /* its last bytes that have come */
	size_t lost;           /* bytes of it, for want of memory */
	bool is_late;          /* the end of the last one may still come */
	struct cleaned cleaned;
};

#define FORMS_MAX 6

/* The keys that are ours, in every form in which terminals send them; the first
 * is the one that keys_press() makes up. */
static const struct {
	const char *name; /* what each form is called, but for a chord */
	const char *forms[FORMS_MAX];
} known[KEY_COUNT] = {
	[KEY_PAGE_UP] = { "PgUp", { "\033[5~" } },
	[KEY_PAGE_DOWN] = { "PgDn", { "\033[6~" } },
	[KEY_TOP] = { "Ctrl-Home", { "\033[1;5H", "\033[1;5~", "\033[7;5~",
	                             "\033[7^", "\033<" } },
	[KEY_BOTTOM] = { "Ctrl-End", { "\033[1;5F", "\033[4;5~", "\033[8;5~",
	                               "\033[8^", "\033>" } },
	[KEY_F1] = { "F1", { "\033OP", "\033[11~", "\033[[A", "\033?",
	                     "\033[P" } },
	[KEY_F2] = { "F2", { "\033OQ", "\033[12~", "\033[[B", "\033[Q" } },
	[KEY_F3] = { "F3", { "\033OR", "\033[13~", "\033[[C" } },
	[KEY_F4] = { "F4", { "\033OS", "\033[14~", "\033[[D", "\033[S" } },
	[KEY_F5] = { "F5", { "\033[15~", "\033[[E" } },
	[KEY_F6] = { "F6", { "\033[17~" } },
	[KEY_F7] = { "F7", { "\033[18~" } },
	[KEY_F8] = { "F8", { "\033[19~" } },
	[KEY_F9] = { "F9", { "\033[20~" } },
	[KEY_F10] = { "F10", { "\033[21~" } },
	[KEY_F11] = { "F11", { "\033[23~" } },
	[KEY_F12] = { "F12", { "\033[24~" } },
	[KEY_ESCAPE] = { "Esc", { "\033" } },
	[KEY_ALT_ENTER] = { "Alt-Enter", { "\033\r", "\033\n" } },
	[KEY_CTRL_C] = { NULL, { "\003" } },
	[KEY_CTRL_D] = { NULL, { "\004" } },
	[KEY_CTRL_L] = { NULL, { "\014" } },
	[KEY_CTRL_S] = { NULL, { "\023" } },
	[KEY_CTRL_Z] = { NULL, { "\032" } },
	[KEY_UP] = { "Up", { "\033[A", "\033OA" } },
	[KEY_DOWN] = { "Down", { "\033[B", "\033OB" } },
	[KEY_FOCUS_IN] = { NULL, { "\033[I" } },
	[KEY_FOCUS_OUT] = { NULL, { "\033[O" } },
};

const char *keys_form(enum key key, size_t i)
{
	return i < FORMS_MAX ? known[key].forms[i] : NULL;
}

const char *keys_name(enum key key)
{
	return known[key].name;
}

static enum key find_key(const uint8_t *bytes, size_t len)
{
	const char *form;
	for (enum key key = KEY_NONE; key < KEY_COUNT; key++)
		for (size_t i = 0; (form = keys_form(key, i)); i++)
			if (strlen(form) == len && !memcmp(form, bytes, len))
				return key;
	return KEY_NONE;
}

enum key keys_named(const char *name, size_t len)
{
	uint8_t control = len == 2 ? (uint8_t)(name[1] & 0x1f) : 0;
	if (len == 2 && name[0] == '^')
		return find_key(&control, 1);
	for (enum key key = KEY_NONE; key < KEY_COUNT; key++)
		if (known[key].name && strlen(known[key].name) == len &&
		    memcmp(known[key].name, name, len) == 0)
			return key;
	return KEY_NONE;
}

static void emit_token(struct keys *k, enum key key, const uint8_t *bytes,
                       size_t len)
{
	struct token t = { key, bytes, len };
	k->fn(k->user, &t);
}

void keys_press(struct keys *k, enum key key)
{
	const char *form = keys_form(key, 0), *bytes = form ? form : "";
	emit_token(k, key, (const uint8_t *)bytes, strlen(bytes));
}

static void push_byte(struct keys *k, uint8_t byte)
{
	if (k->len < SEQUENCE_MAX)
		k->sequence[k->len] = byte;
	k->len++;
}

static void begin_state(struct keys *k, enum state state, uint8_t byte)
{
	k->state = state;
	k->len = 0;
	push_byte(k, byte);
}

static bool sequence_is(const struct keys *k, const char *text)
{
	return k->len == strlen(text) &&
	       memcmp(k->sequence, text, k->len) == 0;
}

/* The report of a mouse; places are counted from 1. */
struct report {
	unsigned button, column, row;
};

/* Read a number, and the sign behind it; 0 where there is no number. */
static unsigned take_number(const uint8_t **at, const uint8_t *end)
{
	unsigned number = 0;
	for (; *at < end && **at >= '0' && **at <= '9'; ++*at)
		if (number < 100000) /* no screen is larger */
			number = number * 10 + **at - '0';
	*at += *at < end;
	return number;
}

/* True for a mouse's report, in either of its two forms.  The report of a
 * button that was let go is all zero. */
static bool is_mouse(const uint8_t *s, size_t len, struct report *r)
{
	const uint8_t *end = s + len;
	*r = (struct report){ 0, 0, 0 };
	if (len < 4 || s[1] != '[' || (s[2] != 'M' && s[2] != '<'))
		return false;
	if (s[2] == 'M' && len == 6) {
		*r = (struct report){ s[3] - 32u, s[4] - 32u, s[5] - 32u };
	} else if (end[-1] == 'M') {
		s += 3;
		r->button = take_number(&s, end);
		r->column = take_number(&s, end);
		r->row = take_number(&s, end);
	}
	return true;
}

/* Emit the left button, and 64 and 65, which are the wheel, with any
 * modifiers.  All other reports are dropped. */
static void emit_mouse(struct keys *k, const struct report *r)
{
	const unsigned modifiers = 4 + 8 + 16;
	unsigned button = r->button & ~modifiers;
	if (!r->row || !r->column)
		return;
	if (button == 0)
		emit_token(k, KEY_CLICK, k->sequence, k->len);
	else if (button == 64 || button == 65)
		emit_token(k, button == 64 ? KEY_WHEEL_UP : KEY_WHEEL_DOWN,
		           k->sequence, k->len);
}

void keys_place(const struct token *t, int *row, int *column)
{
	struct report r;
	is_mouse(t->bytes, t->len, &r);
	*row = (int)r.row - 1;
	*column = (int)r.column - 1;
}

/* Emit a key that was made of these bytes, of which there are some. */
static void emit_key(struct keys *k, const uint8_t *bytes, size_t len)
{
	bool is_text = utf8_text_len(bytes, len) == len;
	emit_token(k, is_text ? KEY_TEXT : find_key(bytes, len), bytes, len);
}

static void begin_paste(struct keys *k)
{
	k->state = PASTE;
	k->is_late = false;
	bytes_clear(&k->paste);
	memset(k->tail, 0, PASTE_MARK);
}

/* The sequence is complete. */
static void finish_sequence(struct keys *k)
{
	uint8_t plain[KEYCODE_MAX];
	struct report report;
	k->state = GROUND;
	if (k->len > SEQUENCE_MAX)
		return;
	bool is_bound = k->is_bound && k->is_bound(k->sequence, k->len);
	int n = is_bound ? -1 : keycode_plain(plain, k->sequence, k->len);
	if (sequence_is(k, PASTE_START))
		begin_paste(k);
	else if (is_mouse(k->sequence, k->len, &report))
		emit_mouse(k, &report);
	else if (n < 0)
		emit_key(k, k->sequence, k->len);
	else if (n > 0)
		emit_key(k, plain, (size_t)n);
}

/* Each of these reads from the beginning of `bytes` and says how many it took,
 * or takes one byte.  None or false: the byte ended what was there, and begins
 * something new. */
struct reader {
	size_t (*run)(struct keys *k, const uint8_t *bytes, size_t len);
	bool (*byte)(struct keys *k, uint8_t byte);
};

static size_t read_ground(struct keys *k, const uint8_t *bytes, size_t len)
{
	size_t n = utf8_text_len(bytes, len);
	if (n > 0) {
		emit_token(k, KEY_TEXT, bytes, n);
		return n;
	}
	if (*bytes == ESC)
		begin_state(k, ESCAPED, ESC);
	else if (*bytes < 0x80)
		emit_token(k, find_key(bytes, 1), bytes, 1);
	else if (utf8_decode(bytes, 1, &(uint32_t){ 0 }) == UTF8_BAD)
		emit_token(k, KEY_TEXT, bytes, 1);
	else
		begin_state(k, CHARACTER, *bytes);
	return 1;
}

/* What has come of a character that does not go on is text in itself: the
 * keyboard may not send UTF-8.  With Alt it is a chord that nobody knows. */
static void emit_unfinished(struct keys *k, size_t len)
{
	if (k->sequence[0] != ESC)
		emit_token(k, KEY_TEXT, k->sequence, len);
}

static bool read_character(struct keys *k, uint8_t byte)
{
	size_t alt = k->sequence[0] == ESC;
	uint32_t cp;
	int n;
	push_byte(k, byte);
	n = utf8_decode(k->sequence + alt, k->len - alt, &cp);
	if (n == UTF8_INCOMPLETE)
		return true;
	k->state = GROUND;
	if (n == UTF8_BAD)
		emit_unfinished(k, k->len - 1);
	else
		emit_token(k, alt ? KEY_NONE : KEY_TEXT, k->sequence, k->len);
	return n != UTF8_BAD;
}

static bool read_escaped(struct keys *k, uint8_t byte)
{
	if (byte == ESC) {
		emit_token(k, KEY_ESCAPE, k->sequence, 1);
		return true;
	}
	push_byte(k, byte);
	if (byte == '[' || byte == 'O')
		k->state = SEQUENCE;
	else if (memchr("]P_^X", byte, 5))
		k->state = STRING;
	else if (byte >= 0x80)
		k->state = CHARACTER;
	else
		finish_sequence(k);
	return true;
}

static bool read_sequence(struct keys *k, uint8_t byte)
{
	bool is_first = sequence_is(k, "\033[");
	if (utf8_is_control(byte) || byte >= 0x80) {
		k->state = GROUND;
		return false;
	}
	push_byte(k, byte);
	if (is_first && (byte == 'M' || byte == '[')) {
		k->state = FIXED;
		k->want = byte == 'M' ? 6 : 4;
	} else if (byte >= '@') {
		finish_sequence(k);
	}
	return true;
}

static bool read_fixed(struct keys *k, uint8_t byte)
{
	if (byte < 0x20) {
		k->state = GROUND;
		return false;
	}
	push_byte(k, byte);
	if (k->len == k->want)
		finish_sequence(k);
	return true;
}

static bool read_string(struct keys *k, uint8_t byte)
{
	push_byte(k, byte);
	if (byte == ESC)
		k->state = STRING_END;
	else if (byte < 0x20 || k->len > STRING_MAX)
		k->state = GROUND;
	/* Any other control comes from somebody at the keyboard who lost
	 * patience. */
	return byte >= 0x20 || byte == ESC || byte == BEL;
}

static bool read_string_end(struct keys *k, uint8_t byte)
{
	if (byte == '\\') {
		k->state = GROUND;
		return true;
	}
	begin_state(k, ESCAPED, ESC);
	return false;
}

/* Keep the last bytes of a paste, also when there is no memory for the rest. */
static void push_tail(struct keys *k, const uint8_t *bytes, size_t n)
{
	size_t taken = n < PASTE_MARK ? n : PASTE_MARK;
	memmove(k->tail, k->tail + taken, PASTE_MARK - taken);
	memcpy(k->tail + PASTE_MARK - taken, bytes + n - taken, taken);
}

/* When there is no memory for a part of a paste, all of it is lost: half a
 * paste would be a lie. */
static void keep_paste(struct keys *k, const uint8_t *bytes, size_t n)
{
	if (!k->lost && bytes_append(&k->paste, bytes, n) == 0)
		return;
	k->lost += k->paste.len + n;
	bytes_finish(&k->paste);
}

/* A pasted text may contain the mark of a paste's end, and behind it keys that
 * nobody pressed.  So the end counts only with a pause and without another end
 * behind it: no hand is as fast as a paste. */
static size_t read_paste(struct keys *k, const uint8_t *bytes, size_t len)
{
	const uint8_t *tilde = memchr(bytes, '~', len);
	size_t n = tilde ? (size_t)(tilde - bytes) + 1 : len;
	keep_paste(k, bytes, n);
	push_tail(k, bytes, n);
	if (memcmp(k->tail, PASTE_END, PASTE_MARK) == 0) {
		k->state = PASTED;
		k->paste_end = k->paste.len;
	} else if (memcmp(k->tail, PASTE_START, PASTE_MARK) == 0) {
		k->state = PASTE;
	}
	return n;
}

/* Emit the paste, and then the keys behind it. */
static void finish_paste(struct keys *k, size_t end)
{
	struct bytes paste = k->paste, rest = { 0 };
	size_t more = end < paste.len ? paste.len - end : 0;
	k->paste = (struct bytes){ 0 };
	if (more && bytes_append(&rest, paste.data + end, more))
		k->lost = paste.len;
	paste.len = k->lost ? 0 : paste.len - more;
	k->cleaned = paste_clean(&paste);
	k->cleaned.lost = k->lost;
	k->lost = 0;
	emit_token(k, KEY_PASTE, paste.data, paste.len);
	bytes_finish(&paste);
	if (rest.len)
		keys_feed(k, rest.data, rest.len);
	bytes_finish(&rest);
}

/* A paste that had no end for a while was taken for ended.  If it comes after
 * all, or more than a hand can type at once, then these are no keys. */
static bool goes_on_late(const uint8_t *bytes, size_t len)
{
	const uint8_t *end = memmem(bytes, len, PASTE_END, PASTE_MARK);
	const uint8_t *start = memmem(bytes, len, PASTE_START, PASTE_MARK);
	return start ? end && end < start : end || len >= LATE_MIN;
}

static const struct reader readers[STATE_COUNT] = {
	[GROUND] = { .run = read_ground },
	[CHARACTER] = { .byte = read_character },
	[ESCAPED] = { .byte = read_escaped },
	[SEQUENCE] = { .byte = read_sequence },
	[FIXED] = { .byte = read_fixed },
	[STRING] = { .byte = read_string },
	[STRING_END] = { .byte = read_string_end },
	[PASTED] = { .run = read_paste },
	[PASTE] = { .run = read_paste },
};

struct keys *keys_new(keys_fn *fn, void *user)
{
	struct keys *k = calloc(1, sizeof(*k));
	if (!k)
		return NULL;
	k->fn = fn;
	k->user = user;
	return k;
}

void keys_keep_bound(struct keys *k,
                     bool (*is_bound)(const void *bytes, size_t len))
{
	k->is_bound = is_bound;
}

void keys_free(struct keys *k)
{
	if (!k)
		return;
	bytes_finish(&k->paste);
	free(k);
}

void keys_feed(struct keys *k, const uint8_t *bytes, size_t len)
{
	if (k->is_late && k->state == GROUND && goes_on_late(bytes, len))
		begin_paste(k);
	while (len > 0) {
		const struct reader *r = &readers[k->state];
		size_t n = r->run ? r->run(k, bytes, len) : r->byte(k, *bytes);
		bytes += n;
		len -= n;
	}
}

unsigned keys_wait_ms(const struct keys *k)
{
	if (k->state == PASTE)
		return KEYS_PASTE_MS;
	return k->state != GROUND ? KEYS_ESCAPE_MS : 0;
}

void keys_timeout(struct keys *k)
{
	enum state state = k->state;
	bool is_chord = state == SEQUENCE || state == STRING;
	if (!keys_wait_ms(k))
		return;
	k->state = GROUND;
	k->is_late |= state == PASTE;
	if (state >= PASTED)
		finish_paste(k, state == PASTED ? k->paste_end : SIZE_MAX);
	else if (state == CHARACTER)
		emit_unfinished(k, k->len);
	else if (state == ESCAPED)
		emit_token(k, KEY_ESCAPE, k->sequence, 1);
	else if (is_chord && k->len == 2)
		emit_token(k, KEY_NONE, k->sequence, 2);
}

const struct cleaned *keys_cleaned(const struct keys *k)
{
	return &k->cleaned;
}

void spots_add(struct spots *s, int row, int from, int to, enum key key)
{
	if (key == KEY_NONE || s->count == SPOTS_MAX)
		return;
	s->list[s->count].row = row;
	s->list[s->count].from = from;
	s->list[s->count].to = to;
	s->list[s->count++].key = key;
}

enum key spots_find(const struct spots *s, int row, int column)
{
	for (size_t i = 0; i < s->count; i++)
		if (row == s->list[i].row && column >= s->list[i].from &&
		    column < s->list[i].to)
			return s->list[i].key;
	return KEY_NONE;
}
