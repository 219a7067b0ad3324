/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The loading of OpenSSL's libraries, for the functions of src/late.c. */

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

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

/* Memory: an allocation that has failed may be told as anything, even as a weak
 * certificate, or not at all. */

static bool is_short;

static void *note(void *memory, size_t len)
{
	is_short = is_short || (len && !memory);
	return memory;
}

static void *take(size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	return note(malloc(len), len);
}

static void *resize(void *memory, size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	return note(realloc(memory, len), len);
}

static void give_back(void *memory, const char *file, int line)
{
	(void)file;
	(void)line;
	free(memory);
}

void openssl_clear(void)
{
	ERR_clear_error();
	is_short = false;
}

bool openssl_lacked_memory(int *reason)
{
	bool is_memory = is_short;
	unsigned long e;

	while ((e = ERR_get_error())) {
		is_memory = is_memory ||
		            ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
		if (ERR_GET_LIB(e) == ERR_LIB_SSL && !*reason)
			*reason = ERR_GET_REASON(e);
	}
	is_short = false;
	return is_memory;
}

int openssl_load(struct error *e)
{
	static bool is_loaded;

	if (is_loaded)
		return 0;
	void *library = late_library ? dlopen(late_library, RTLD_NOW) : NULL;
	if (!late_library || (library && fill_slots(library))) {
		(void)CRYPTO_set_mem_functions(take, resize, give_back);
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
