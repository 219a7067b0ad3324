/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What servers answer to STARTTLS. */

#include "unit.h"

#include <sockchat/consent.h>

static void assert_judged(const char *text, enum consent wanted)
{
	enum consent is =
	    consent_judge((const uint8_t *)text, strlen(text), false);
	if (is != wanted)
		fail_msg("%d in place of %d for '%s'", is, wanted, text);
}

static void an_answer_is_a_consent(void **state)
{
	(void)state;
	assert_judged("220 2.0.0 Ready to start TLS\r\n", CONSENT_GIVEN);
	assert_judged("234 AUTH TLS OK\r\n", CONSENT_GIVEN);
	assert_judged("+OK begin TLS\r\n", CONSENT_GIVEN);
	assert_judged("a1 OK begin TLS negotiation now\r\n", CONSENT_GIVEN);
	assert_judged("yes please\n", CONSENT_GIVEN);
}

static void lines_that_others_follow_are_no_answer_yet(void **state)
{
	(void)state;
	assert_judged("", CONSENT_WAITS);
	assert_judged("220-Ready\r\n", CONSENT_WAITS);
	assert_judged("* 3 EXISTS\r\n", CONSENT_WAITS);
	assert_judged("220-Ready\r\n220 to go\r\n", CONSENT_GIVEN);
	assert_judged("* 3 EXISTS\r\na OK now\r\n", CONSENT_GIVEN);
}

/* PostgreSQL's answer is one byte. */
static void a_line_without_its_end_may_be_all(void **state)
{
	(void)state;
	assert_judged("S", CONSENT_PART);
	assert_judged("220 Rea", CONSENT_PART);
	assert_judged("220-Ready\r\n2", CONSENT_PART);
}

static void assert_judged_late(const char *text, enum consent wanted)
{
	assert_int_equal(
	    consent_judge((const uint8_t *)text, strlen(text), true), wanted);
}

static void a_refusal_may_have_no_end(void **state)
{
	(void)state;
	assert_judged("N", CONSENT_PART);
	assert_judged_late("N", CONSENT_REFUSED);
	assert_judged_late("S", CONSENT_PART);
	assert_judged_late("Not a word more", CONSENT_PART);
	assert_judged_late("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
	                   CONSENT_REFUSED);
	assert_judged_late("<proceed/>", CONSENT_PART);
}

static void a_refusal_is_known_by_its_word(void **state)
{
	(void)state;
	assert_judged("454 TLS not available\r\n", CONSENT_REFUSED);
	assert_judged("502 unknown\r\n", CONSENT_REFUSED);
	assert_judged("-ERR no\r\n", CONSENT_REFUSED);
	assert_judged("a NO not here\r\n", CONSENT_REFUSED);
	assert_judged("a BAD what?\r\n", CONSENT_REFUSED);
	assert_judged("NO \"not here\"\r\n", CONSENT_REFUSED);
}

/* CVE-2011-0411: whoever is on the way may have put them there. */
static void bytes_behind_the_answer_are_told(void **state)
{
	(void)state;
	assert_judged("220 go\r\n250 injected\r\n", CONSENT_EXCEEDED);
	assert_judged("220-Ready\r\n220 go\r\n2", CONSENT_EXCEEDED);
	assert_judged("a OK now\r\n* 9 EXISTS\r\n", CONSENT_EXCEEDED);
	assert_judged("welcome\nTLS please\n", CONSENT_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_a_consent),
		cmocka_unit_test(lines_that_others_follow_are_no_answer_yet),
		cmocka_unit_test(a_line_without_its_end_may_be_all),
		cmocka_unit_test(a_refusal_is_known_by_its_word),
		cmocka_unit_test(a_refusal_may_have_no_end),
		cmocka_unit_test(bytes_behind_the_answer_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
