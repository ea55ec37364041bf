// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/bearer.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"

int bearer_make(const char *prefix, const char *id, struct bearer *ret_bearer,
		char ret_text[static BEARER_TEXT_SIZE], struct error *err)
{
	uint8_t random[API_ID_DIGITS / 2 + API_SECRET_DIGITS / 2];
	char digits[2 * sizeof(random) + 1];

	if (secret_random(random, sizeof(random), err) < 0)
		return -1;
	hex_encode(random, sizeof(random), digits);
	snprintf(ret_bearer->id, sizeof(ret_bearer->id), "%.*s", API_ID_DIGITS, id ? id : digits);
	digest_bytes(digits + API_ID_DIGITS, API_SECRET_DIGITS, ret_bearer->hash);
	snprintf(ret_text, BEARER_TEXT_SIZE, "%s%s_%s", prefix, ret_bearer->id,
		 digits + API_ID_DIGITS);
	secret_wipe(random, sizeof(random));
	secret_wipe(digits, sizeof(digits));
	return 0;
}

static bool is_digits(const char *text, size_t count)
{
	return strspn(text, "0123456789abcdef") >= count;
}

bool bearer_parse(const char *prefix, const char *text, struct bearer *ret_bearer)
{
	if (strlen(text) != BEARER_TEXT_SIZE - 1 || !has_prefix(text, prefix))
		return false;

	const char *id = text + strlen(prefix), *secret = id + API_ID_DIGITS + 1;

	if (!is_digits(id, API_ID_DIGITS) || id[API_ID_DIGITS] != '_' ||
	    !is_digits(secret, API_SECRET_DIGITS))
		return false;
	memcpy(ret_bearer->id, id, API_ID_DIGITS);
	ret_bearer->id[API_ID_DIGITS] = 0;
	digest_bytes(secret, API_SECRET_DIGITS, ret_bearer->hash);
	return true;
}

bool bearer_matches(const struct bearer *bearer, const char *hash)
{
	return hash && strlen(hash) == sizeof(bearer->hash) - 1 &&
	       secret_equal(bearer->hash, hash, sizeof(bearer->hash) - 1);
}
