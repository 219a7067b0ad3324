/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* libvterm, and a stricter eye on the bytes that go into it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vterm.h>

#include "fake_screen.h"

#define ROW_MAX 4096

struct fake_screen {
	VTerm *vt;
	VTermScreen *screen;
	int rows, columns;
	bool is_alt, has_cursor, has_mouse, has_title, has_bell, is_reversed;
	char text[ROW_MAX];
};

static int on_property(VTermProp property, VTermValue *value, void *user)
{
	struct fake_screen *s = user;
	if (property == VTERM_PROP_ALTSCREEN)
		s->is_alt = value->boolean;
	else if (property == VTERM_PROP_CURSORVISIBLE)
		s->has_cursor = value->boolean;
	else if (property == VTERM_PROP_MOUSE)
		s->has_mouse |= value->number != 0;
	else if (property == VTERM_PROP_REVERSE)
		s->is_reversed |= value->boolean;
	else if (property == VTERM_PROP_TITLE ||
	         property == VTERM_PROP_ICONNAME)
		s->has_title = true;
	return 1;
}

static int on_bell(void *user)
{
	struct fake_screen *s = user;
	s->has_bell = true;
	return 1;
}

static const VTermScreenCallbacks callbacks = {
	.settermprop = on_property,
	.bell = on_bell,
};

struct fake_screen *fake_screen_new(int rows, int columns)
{
	struct fake_screen *s = calloc(1, sizeof(*s));
	if (!s)
		abort();
	s->rows = rows;
	s->columns = columns;
	s->vt = vterm_new(rows, columns);
	vterm_set_utf8(s->vt, 1);
	s->screen = vterm_obtain_screen(s->vt);
	vterm_screen_set_callbacks(s->screen, &callbacks, s);
	vterm_screen_enable_altscreen(s->screen, 1);
	vterm_screen_reset(s->screen, 1);
	s->has_title = s->has_bell = s->has_mouse = s->is_reversed = false;
	return s;
}

void fake_screen_free(struct fake_screen *s)
{
	vterm_free(s->vt);
	free(s);
}

void fake_screen_resize(struct fake_screen *s, int rows, int columns)
{
	s->rows = rows;
	s->columns = columns;
	vterm_set_size(s->vt, rows, columns);
}

static bool is_one_of(const char *bytes, size_t len, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == len && memcmp(bytes, *list, len) == 0)
			return true;
	return false;
}

/* The length of the sequence behind ESC if it is one that curses paints with,
 * else 0. */
static size_t painting_len(const char *bytes, size_t len)
{
	static const char *const modes[] = {
		"?1049h", "?1049l", "?1h", "?1l", "?7h", "?7l", "?12l", "?12h",
		"?25h", "?12;25h", "?25l", "?2026h", "?2026l", "22;0;0t",
		"23;0;0t", "4h", "4l", "!p", "?3;4l", "?1;1006;1000l", NULL
	};
	static const char finals[] = "ABCDEFGHIJKLMPSTXZ@`abdfgmr";
	if (len && strchr("78=>M", bytes[0]))
		return 1;
	if (len > 1 && bytes[0] == '(' && bytes[1] == 'B')
		return 2;
	if (!len || bytes[0] != '[')
		return 0;
	size_t n = 1 + strspn(bytes + 1, "0123456789;?!");
	if (n >= len)
		return 0;
	if (is_one_of(bytes + 1, n, modes))
		return n + 1;
	bool is_private = memchr(bytes, '?', n) || memchr(bytes, '!', n);
	return !is_private && strchr(finals, bytes[n]) ? n + 1 : 0;
}

/* Text, the C0 that move the cursor, and what paints. */
static bool is_painting(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = (uint8_t)bytes[i];
		bool is_c1 = i && (uint8_t)bytes[i - 1] == 0xc2 && byte < 0xa0;
		if (byte == 0x1b) {
			size_t n = painting_len(bytes + i + 1, len - i - 1);
			if (!n)
				return false;
			i += n;
		} else if (is_c1 || byte == 0x7f || byte == 0 ||
		           (byte < 0x20 && !strchr("\b\t\n\r", byte))) {
			return false;
		}
	}
	return true;
}

bool fake_screen_feed(struct fake_screen *s, const void *bytes, size_t len)
{
	char *text = malloc(len + 1);
	if (!text)
		abort();
	if (len)
		memcpy(text, bytes, len);
	text[len] = '\0';
	bool is_good = is_painting(text, len);
	free(text);
	vterm_input_write(s->vt, len ? bytes : "", len);
	vterm_screen_flush_damage(s->screen);
	return is_good;
}

static VTermScreenCell cell_at(const struct fake_screen *s, int row, int column)
{
	VTermScreenCell cell;
	vterm_screen_get_cell(s->screen,
	                      (VTermPos){ .row = row, .col = column }, &cell);
	return cell;
}

static size_t put_character(char *out, uint32_t cp)
{
	if (cp < 0x80)
		return out[0] = (char)cp, 1;
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

const char *fake_screen_row(struct fake_screen *s, int row)
{
	size_t used = 0;
	for (int column = 0; column < s->columns; column++) {
		VTermScreenCell cell = cell_at(s, row, column);
		if (cell.chars[0] == (uint32_t)-1 || used + 32 > ROW_MAX)
			continue; /* the second half of a wide one */
		if (!cell.chars[0])
			s->text[used++] = ' ';
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i];
		     i++)
			used += put_character(s->text + used, cell.chars[i]);
	}
	while (used && s->text[used - 1] == ' ')
		used--;
	s->text[used] = '\0';
	return s->text;
}

static const char *color_name(const VTermColor *color)
{
	static const char *const names[] = {
		" black", " red", " green", " yellow",
		" blue", " magenta", " cyan", " white",
	};
	static char number[16];
	if (!VTERM_COLOR_IS_INDEXED(color))
		return "";
	if (color->indexed.idx < 8)
		return names[color->indexed.idx];
	snprintf(number, sizeof(number), " color%d", color->indexed.idx);
	return number;
}

const char *fake_screen_look(struct fake_screen *s, int row, int column)
{
	VTermScreenCell cell = cell_at(s, row, column);
	bool is_default = VTERM_COLOR_IS_DEFAULT_FG(&cell.fg);
	snprintf(s->text, sizeof(s->text), "%s%s%s%s%s",
	         cell.attrs.bold ? " bold" : "",
	         cell.attrs.reverse ? " reverse" : "",
	         cell.attrs.underline ? " underline" : "",
	         cell.attrs.blink || cell.attrs.strike ? " odd" : "",
	         is_default ? "" : color_name(&cell.fg));
	return *s->text ? s->text + 1 : "";
}

void fake_screen_cursor(const struct fake_screen *s, int *row, int *column)
{
	VTermPos at;
	vterm_state_get_cursorpos(vterm_obtain_state(s->vt), &at);
	*row = at.row;
	*column = at.col;
}

const char *fake_screen_state(struct fake_screen *s)
{
	snprintf(s->text, sizeof(s->text), "%s%s%s%s%s%s",
	         s->is_alt ? "alt" : "", s->has_cursor ? " cursor" : "",
	         s->has_mouse ? " mouse" : "", s->has_title ? " title" : "",
	         s->has_bell ? " bell" : "",
	         s->is_reversed ? " reversed" : "");
	return s->text;
}
