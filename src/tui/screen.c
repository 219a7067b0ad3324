/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Curses on a file in memory: see newterm(3X). */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#undef bell /* <term.h> takes common words */
#undef columns
#undef lines

#include <sockchat/glyph.h>
#include <sockchat/utf8.h>

#include "modes.h"
#include "screen.h"

/* How much memory curses needs to paint, and for each place on the screen. */
#define ROOM_MIN   ((size_t)64 << 10)
#define PLACE_SIZE 128
#define STACK_NEED ((size_t)160 << 10) /* of newterm() and setupterm() */
#define ASCII_MAX  ((size_t)128) /* put at once */
#define TERM_CAP   64

static struct {
	SCREEN *screen;
	char term[TERM_CAP]; /* the type that it is taken for */
	FILE *file;
	FILE *null;
	attr_t attributes[STYLE_COUNT];
	short pairs[STYLE_COUNT];
	enum theme theme;
	bool is_colored; /* as was wished, not as the terminal can */
	bool is_up;      /* the terminal shows our screen, not the shell's */
	bool is_cut_off; /* it was left without endwin(3), see end_cut_off() */
	bool has_been_up;
	bool is_resized; /* the terminal may still scroll a part of itself */
} state;

static attr_t attributes_of(struct look look)
{
	return (look.bits & LOOK_BOLD ? A_BOLD : 0) |
	       (look.bits & LOOK_DIM ? A_DIM : 0) |
	       (look.bits & LOOK_REVERSE ? A_REVERSE : 0) |
	       (look.bits & LOOK_LINE ? A_UNDERLINE : 0);
}

/* A pair of colours for each style that has one. */
static void choose_looks(bool is_wanted)
{
	bool is_colored = is_wanted && has_colors() && start_color() == OK &&
	                  use_default_colors() == OK;
	state.is_colored = is_wanted;
	for (int i = 0; i < STYLE_COUNT; i++) {
		struct look look = theme_look((enum style)i, state.theme,
		                              is_colored ? COLORS : 0);
		state.attributes[i] = attributes_of(look);
		state.pairs[i] = look.color < 0 ? 0 : (short)(i + 1);
		if (state.pairs[i])
			init_pair(state.pairs[i], look.color, -1);
	}
}

void screen_set_colored(bool is_colored)
{
	if (state.is_colored != is_colored)
		choose_looks(is_colored);
}

void screen_set_theme(enum theme theme)
{
	bool is_new = state.theme != theme;
	state.theme = theme;
	if (is_new)
		choose_looks(state.is_colored);
}

static int open_files(void)
{
	int fd = memfd_create("screen", MFD_CLOEXEC);
	state.file = fd < 0 ? NULL : fdopen(fd, "w+");
	state.null = fopen("/dev/null", "re");
	return state.file && state.null ? 0 : -1;
}

static void close_files(void)
{
	if (state.file)
		fclose(state.file);
	if (state.null)
		fclose(state.null);
	state.file = state.null = NULL;
}

static __attribute__((noinline)) void touch_stack(void)
{
	char depth[STACK_NEED];
	explicit_bzero(depth, sizeof(depth));
}

/* Curses takes much of the stack.  Where memory has run out, a stack that grows
 * ends the program by a signal: so it grows here, once there is room. */
static bool grow_stack(void)
{
	void *room = mmap(NULL, STACK_NEED, PROT_NONE,
	                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		return false;
	munmap(room, STACK_NEED);
	touch_stack();
	return true;
}

/* newterm() sets handlers for signals; the former ones are put back. */
static SCREEN *open_screen(const char *term)
{
	static const int signums[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
	struct sigaction former[sizeof(signums) / sizeof(signums[0])];
	size_t count = sizeof(signums) / sizeof(signums[0]);
	for (size_t i = 0; i < count; i++)
		sigaction(signums[i], NULL, &former[i]);
	SCREEN *screen = newterm(term, state.file, state.null);
	for (size_t i = 0; i < count; i++)
		sigaction(signums[i], &former[i], NULL);
	return screen;
}

/* Set a variable of the environment.  Returns its former value, for
 * restore_variable(). */
static char *set_number(const char *name, int number)
{
	const char *former = getenv(name);
	char *saved = former ? strdup(former) : NULL, text[16];
	snprintf(text, sizeof(text), "%d", number);
	setenv(name, text, 1);
	return saved;
}

static void restore_variable(const char *name, char *saved)
{
	if (saved)
		setenv(name, saved, 1);
	else
		unsetenv(name);
	free(saved);
}

/* newterm() has only a file here and cannot ask it for the size of a terminal;
 * it believes LINES and COLUMNS, however absurd they are.  So these are set. */
static SCREEN *open_sized_screen(const char *term, int rows, int columns)
{
	char *lines = set_number("LINES", rows);
	char *wide = set_number("COLUMNS", columns);
	SCREEN *screen = open_screen(term);
	restore_variable("LINES", lines);
	restore_variable("COLUMNS", wide);
	return screen;
}

/* Cut off the last part of a type, as "-direct".  False if it has only one. */
static bool cut_last_part(char *term)
{
	char *last = NULL;
	for (char *at = term; (at = strpbrk(at, "-.+")); at++)
		last = at;
	if (last)
		*last = '\0';
	return last;
}

/* Terminals that understand what xterm does, and whose types systems that are
 * older than they are do not know. */
static bool is_like_xterm(const char *term)
{
	static const char *const names[] = {
		"alacritty", "contour", "foot", "ghostty", "gnome", "iterm2",
		"kitty", "konsole", "mintty", "rio", "st", "vte", "wezterm",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], term) == 0)
			return true;
	return false;
}

/* Open the screen for `state.term`, or for what is known of a type of several
 * parts, as xterm of xterm-ghostty.  NULL with errno. */
static SCREEN *open_known_screen(int rows, int columns)
{
	SCREEN *screen;
	do {
		errno = 0;
		screen = open_sized_screen(state.term, rows, columns);
	} while (!screen && errno != ENOMEM && cut_last_part(state.term));
	if (screen || errno == ENOMEM || !is_like_xterm(state.term))
		return screen;
	snprintf(state.term, TERM_CAP, "xterm-256color");
	return open_sized_screen(state.term, rows, columns);
}

int screen_open(const char *term, int rows, int columns, bool is_colored,
                struct error *e)
{
	char safe[TERM_CAP], *cup;
	glyph_copy(safe, sizeof(safe), term, GLYPH_ASCII);
	if (open_files() || !grow_stack()) {
		int errnum = errno;
		close_files();
		return error_set_errno(e, errnum, "cannot make a screen");
	}
	snprintf(state.term, TERM_CAP, "%s", term);
	state.screen = open_known_screen(rows, columns);
	if (!state.screen) {
		int errnum = errno;
		close_files();
		if (errnum == ENOMEM)
			return error_set_errno(e, errnum,
			                       "cannot make a screen");
		return error_set(e, "the terminal type '%s' is unknown", safe);
	}
	if (!bytes_have_memory(ROOM_MIN)) { /* tigetstr() crashes without */
		close_files();
		return error_set_errno(e, ENOMEM, "cannot make a screen");
	}
	cup = tigetstr("cup");
	if (!cup || cup == (char *)-1) {
		screen_close();
		return error_set(e, "a terminal of type '%s' cannot move its "
		                    "cursor", safe);
	}
	typeahead(-1);
	raw();
	noecho();
	nonl();
	choose_looks(is_colored);
	resizeterm(rows, columns);
	return 0;
}

const char *screen_term(void)
{
	return state.term;
}

void screen_close(void)
{
	endwin(); /* what it writes is lost */
	state.is_up = false;
	delscreen(state.screen);
	state.screen = NULL;
	state.has_been_up = state.is_resized = false;
	close_files();
}

static const char *capability(const char *name)
{
	const char *text = tigetstr((char *)(uintptr_t)name);
	return text && text != (char *)-1 ? text : "";
}

/* A terminal that is known to have xterm's mouse has xterm's other modes too;
 * of others that is not known.  Titles are asked for by themselves, for
 * consoles have none. */
unsigned screen_modes(void)
{
	static const char csi[] = "\033[", osc[] = "\033]";
	bool has_title = tigetflag((char *)(uintptr_t)"XT") > 0 ||
	                 strncmp(capability("tsl"), osc, 2) == 0;
	if (strncmp(capability("kmous"), csi, 2) != 0)
		return 0;
	return MODE_PASTE | MODE_MOUSE | MODE_FOCUS | MODE_SYNC |
	       (has_title ? MODE_TITLE : 0);
}

/* Append a capability without its pauses for slow terminals, see
 * terminfo(5). */
static int append_capability(struct bytes *out, const char *text)
{
	for (;;) {
		const char *pause = strstr(text, "$<");
		const char *end = pause ? strchr(pause, '>') : NULL;
		if (!end)
			return bytes_append_text(out, text);
		if (bytes_append(out, text, (size_t)(pause - text)))
			return -1;
		text = end + 1;
	}
}

bool screen_brackets_pastes(const char *term)
{
	bool is_known, brackets = false;
	int ignored;
	if (!bytes_have_memory(ROOM_MIN) || !grow_stack())
		return false;
	snprintf(state.term, TERM_CAP, "%s", term);
	do
		is_known = setupterm(state.term, STDOUT_FILENO, &ignored) == OK;
	while (!is_known && cut_last_part(state.term));
	if (!is_known)
		return is_like_xterm(state.term);
	brackets = screen_modes() & MODE_PASTE;
	del_curterm(cur_term);
	return brackets;
}

int screen_reset(struct bytes *out)
{
	static const char *const names[] = { "cnorm", "sgr0", "rmkx", "rmcup" };
	int failed = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		failed |= append_capability(out, capability(names[i]));
	return failed;
}

int screen_resize(int rows, int columns)
{
	size_t places = (size_t)rows * (size_t)columns;
	/* curses crashes without memory */
	if (!bytes_have_memory(ROOM_MIN + places * PLACE_SIZE))
		return errno = ENOMEM, -1;
	state.is_resized |= rows != screen_rows();
	resizeterm(rows, columns);
	clearok(curscr, TRUE);
	return 0;
}

int screen_rows(void)
{
	return getmaxy(stdscr);
}

int screen_columns(void)
{
	return getmaxx(stdscr);
}

void screen_redraw(void)
{
	clearok(curscr, TRUE);
}

void screen_erase(void)
{
	erase();
}

/* The character and its marks at the beginning of `text`; their bytes. */
static size_t take_cell(const char *text, size_t len, wchar_t cell[CCHARW_MAX],
                        int *width)
{
	size_t used = 0;
	int count = 0;
	uint32_t cp;
	while (used < len && count < CCHARW_MAX - 1) {
		int n = utf8_decode((const uint8_t *)text + used, len - used,
		                    &cp);
		if (n < 0 || (count && wcwidth((wchar_t)cp) != 0))
			break;
		cell[count++] = (wchar_t)cp;
		used += (size_t)n;
	}
	cell[count] = L'\0';
	*width = count ? wcwidth(cell[0]) : 0;
	return *width > 0 ? used : 0;
}

static chtype look_of(enum style style)
{
	return state.attributes[style] |
	       (chtype)COLOR_PAIR(state.pairs[style]);
}

/* The ASCII that the text begins with.  Its last character is left out if what
 * follows could be a mark on it. */
static size_t ascii_len(const char *text, size_t len)
{
	size_t n = 0;
	while (n < len && text[n] >= ' ' && text[n] <= '~')
		n++;
	return n && n < len ? n - 1 : n;
}

/* Most of what is seen is ASCII, and a row of it costs curses less than a few
 * characters that may have marks.  Returns how much of it there was room
 * for. */
static size_t put_ascii(int row, int *column, const char *text, size_t len,
                        enum style style)
{
	chtype cells[ASCII_MAX], look = look_of(style);
	size_t room = (size_t)(screen_columns() - *column);
	size_t n = len < room ? len : room;
	n = n < ASCII_MAX ? n : ASCII_MAX;
	for (size_t i = 0; i < n; i++)
		cells[i] = look | (unsigned char)text[i];
	mvaddchnstr(row, *column, cells, (int)n);
	*column += (int)n;
	return n;
}

/* Put one character with its marks, if there is room; its bytes. */
static size_t put_cell(int row, int *column, const char *text, size_t len,
                       enum style style)
{
	wchar_t cell[CCHARW_MAX + 1];
	cchar_t cc;
	int width;
	size_t n = take_cell(text, len, cell, &width);
	if (!n || *column + width > screen_columns())
		return 0;
	setcchar(&cc, cell, state.attributes[style], state.pairs[style], NULL);
	mvadd_wch(row, *column, &cc);
	*column += width;
	return n;
}

int screen_put(int row, int column, const char *text, size_t len,
               enum style style)
{
	if (row < 0 || row >= screen_rows())
		return column;
	while (len && column < screen_columns()) {
		size_t n = ascii_len(text, len);
		n = n ? put_ascii(row, &column, text, n, style)
		      : put_cell(row, &column, text, len, style);
		if (!n)
			break;
		text += n;
		len -= n;
	}
	return column;
}

int screen_width(const char *text)
{
	wchar_t cell[CCHARW_MAX + 1];
	size_t len = strlen(text), n;
	int sum = 0, width;
	for (; len; text += n, len -= n, sum += width) {
		n = ascii_len(text, len);
		width = (int)n;
		if (!n && !(n = take_cell(text, len, cell, &width)))
			break;
	}
	return sum;
}

void screen_fill(int row, enum style style)
{
	mvhline(row, 0, look_of(style) | ' ', screen_columns());
}

/* Move what curses has written to `out`; the next frame overwrites it. */
static int take_bytes(struct bytes *out)
{
	int fd = fileno(state.file);
	fflush(state.file);
	off_t len = lseek(fd, 0, SEEK_CUR);
	int failed = len < 0 || bytes_reserve(out, (size_t)len);
	if (!failed && pread(fd, out->data + out->len, (size_t)len, 0) == len)
		out->len += (size_t)len;
	if (lseek(fd, 0, SEEK_SET) < 0)
		failed = 1;
	return failed ? -1 : 0;
}

/* Let curses know that the terminal was given back without it. */
static int end_cut_off(void)
{
	struct bytes unheard = { 0 };
	if (!state.is_cut_off)
		return 0;
	state.is_cut_off = false;
	endwin();
	int failed = take_bytes(&unheard);
	bytes_finish(&unheard);
	return failed;
}

int screen_finish(int cursor_row, int cursor_column, struct bytes *out)
{
	static const char scroll_all[] = "\033[r"; /* moves the cursor, too */
	bool scrolls_all = state.is_resized && state.is_up;
	if (!bytes_have_memory(ROOM_MIN) || end_cut_off())
		return -1;
	if (scrolls_all)
		clearok(curscr, TRUE);
	if (scrolls_all && change_scroll_region &&
	    bytes_append(out, scroll_all, sizeof(scroll_all) - 1))
		return -1;
	/* Coming back, curses does it by itself; the very first time it takes
	 * the size that newterm() knew. */
	state.is_resized &= !state.has_been_up;
	state.is_up = state.has_been_up = true;
	move(cursor_row, cursor_column);
	refresh();
	return take_bytes(out);
}

int screen_leave(struct bytes *out)
{
	if (!bytes_have_memory(ROOM_MIN)) {
		state.is_cut_off |= state.is_up;
		state.is_up = false;
		return -1;
	}
	if (state.is_up) /* else the terminal would be told twice */
		endwin();
	state.is_up = false;
	return take_bytes(out);
}
