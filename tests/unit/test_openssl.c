/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdint.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "../../src/net/openssl.h"
#include "unit.h"

#ifndef __SANITIZE_ADDRESS__
/* Before any other call of OpenSSL's: later it takes no other malloc(). */
static void a_failed_allocation_is_known_whatever_is_told(void **state)
{
	struct error e;
	int reason = 0;

	(void)state;
	assert_int_equal(openssl_load(&e), 0);
	openssl_clear();
	assert_false(openssl_lacked_memory(&reason));
	assert_null(OPENSSL_malloc(PTRDIFF_MAX));
	ERR_clear_error();
	ERR_raise(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER);
	assert_true(openssl_lacked_memory(&reason));
	assert_int_equal(reason, SSL_R_NO_SHARED_CIPHER);
	assert_false(openssl_lacked_memory(&reason));
	assert_null(OPENSSL_realloc(NULL, PTRDIFF_MAX));
	openssl_clear();
	assert_false(openssl_lacked_memory(&reason));
}
#endif

static void the_first_reason_for_tls_is_kept(void **state)
{
	int reason = 0;

	(void)state;
	openssl_clear();
	ERR_raise(ERR_LIB_X509, 1);
	ERR_raise(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER);
	ERR_raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
	assert_false(openssl_lacked_memory(&reason));
	assert_int_equal(reason, SSL_R_NO_SHARED_CIPHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifndef __SANITIZE_ADDRESS__
		cmocka_unit_test(a_failed_allocation_is_known_whatever_is_told),
#endif
		cmocka_unit_test(the_first_reason_for_tls_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
