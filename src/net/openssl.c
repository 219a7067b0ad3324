/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The loading of OpenSSL's libraries, for the functions of src/late.c. */

#include <dlfcn.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include "openssl.h"

/* What late.c has; a program without it was linked with the libraries, and has
 * nothing of this. */
#define OF_LATE extern __attribute__((weak))
OF_LATE const char late_library[];
OF_LATE const char __start_late_names[]; /* each with its '\0' */
OF_LATE void *__start_late_slots[], *__stop_late_slots[]; /* in their order */

static bool fill_slots(void *library)
{
	const char *name = __start_late_names;
	size_t bytes = (uintptr_t)__stop_late_slots -
	               (uintptr_t)__start_late_slots;

	for (size_t i = 0; i < bytes / sizeof(void *); i++) {
		__start_late_slots[i] = dlsym(library, name);
		if (!__start_late_slots[i])
			return false;
		name += strlen(name) + 1;
	}
	return true;
}

int openssl_load(struct error *e)
{
	static bool is_loaded;

	if (is_loaded || !late_library)
		return 0;
	void *library = dlopen(late_library, RTLD_NOW);
	if (library && fill_slots(library)) {
		is_loaded = true;
		return 0;
	}
	error_set(e, "cannot load OpenSSL, which TLS needs: %s", dlerror());
	error_set_code(e, ELIBACC);
	if (!library)
		error_set_hint(e, "on Debian and Ubuntu the package libssl3 or "
		                  "libssl3t64 has it");
	return -1;
}
