/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where our own files are. */

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sockchat/xdg.h>

void xdg_path(char *out, size_t cap, const char *variable,
              const char *fallback, const char *name)
{
	const char *base = getenv(variable), *home = getenv("HOME");
	int n = 0;
	*out = '\0';
	if (base && *base == '/')
		n = snprintf(out, cap, "%s/sockchat/%s", base, name);
	else if (home && *home == '/')
		n = snprintf(out, cap, "%s/%s/sockchat/%s", home, fallback,
		             name);
	if (n < 0 || (size_t)n >= cap)
		*out = '\0';
}

static bool is_inside(const char *path, const char *folder)
{
	size_t len = strlen(folder);
	return strncmp(path, folder, len) == 0 && path[len] == '/';
}

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* True if the folder is there that holds this one, or would hold it. */
static bool has_parent(const char *path)
{
	char parent[PATH_MAX];
	size_t len = strlen(path);
	if (len >= sizeof(parent))
		return false;
	memcpy(parent, path, len + 1);
	return is_folder(dirname(parent));
}

bool xdg_has_place(const char *variable)
{
	const char *base = getenv(variable), *home = getenv("HOME");
	if (base && *base == '/' && !(home && is_inside(base, home)))
		return has_parent(base);
	return home && is_folder(home);
}
