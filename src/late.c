/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* OpenSSL's functions, in a program that loads OpenSSL when it first needs it:
 * each jumps to the address that openssl_load() has written into its slot.
 * Before that they do nothing and return 0, so what was never made can be
 * freed.  scripts/late.sh lists those that the program calls.  For a processor
 * whose jump is not known there are none, and the linker takes OpenSSL's
 * libraries. */

#if defined(__x86_64__)
#define JUMP                                                                   \
	"	endbr64\n"                                                     \
	"	mov 0f(%rip), %r11\n"                                          \
	"	test %r11, %r11\n"                                             \
	"	jz late_nothing\n"                                             \
	"	jmp *%r11\n"
#elif defined(__aarch64__)
#define JUMP                                                                   \
	"	hint #34\n" /* bti c */                                        \
	"	adrp x16, 0f\n"                                                \
	"	ldr x16, [x16, #:lo12:0f]\n"                                   \
	"	cbz x16, late_nothing\n"                                       \
	"	br x16\n"
#endif

#ifdef JUMP
/* The function, its slot and its name, each in a section of its own, so that
 * nothing of it has to be relocated when the program starts. */
#define LATE(name)                                                             \
	__asm__(".pushsection .text\n"                                         \
	        ".globl " #name "\n"                                           \
	        ".type " #name ", %function\n"                                 \
	        #name ":\n"                                                    \
	        JUMP                                                           \
	        ".size " #name ", .-" #name "\n"                               \
	        ".popsection\n"                                                \
	        ".pushsection late_slots, \"aw\"\n"                            \
	        "	.balign 8\n"                                           \
	        "0:	.quad 0\n"                                             \
	        ".popsection\n"                                                \
	        ".pushsection late_names, \"a\"\n"                             \
	        "	.asciz \"" #name "\"\n"                                \
	        ".popsection\n");

__attribute__((used)) static long late_nothing(void)
{
	return 0;
}

#include "late.list"

extern const char late_library[];
const char late_library[] = LATE_LIBRARY;
#endif
