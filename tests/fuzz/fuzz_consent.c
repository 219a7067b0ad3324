/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Answers to STARTTLS: once one is known to be a refusal, or to have more
 * behind it, nothing that comes later makes it a consent. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/consent.h>

static void insist(int is_true)
{
	if (!is_true)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum consent all = consent_judge(data, size, size % 2);
	int has_ended = size && data[size - 1] == '\n';

	insist(!(has_ended && all == CONSENT_PART));
	insist(!(size && !has_ended && all == CONSENT_WAITS));
	insist(!(!has_ended && all == CONSENT_GIVEN));
	for (size_t n = 0; n < size; n++) {
		enum consent early = consent_judge(data, n, false);

		if (early == CONSENT_REFUSED || early == CONSENT_EXCEEDED ||
		    early == CONSENT_OTHER)
			insist(all == early);
		if (early == CONSENT_GIVEN)
			insist(all == CONSENT_EXCEEDED || all == CONSENT_OTHER);
	}
	return 0;
}
