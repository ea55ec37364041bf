/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a bearer shows: a token (sut_...) or a machine's credential (suc_...). The text is
 * "<prefix><id>_<secret>": the id is public and finds the row, the secret is 256 random bits and is
 * kept as its SHA-256 only. (No slow hash: there is nothing to guess in 256 random bits.)
 */
#ifndef SUTURE_SERVER_BEARER_H
#define SUTURE_SERVER_BEARER_H

#include <stdbool.h>

#include "base/digest.h"
#include "base/error.h"
#include "model/api.h"

#define BEARER_TEXT_SIZE (4 + API_ID_DIGITS + 1 + API_SECRET_DIGITS + 1)

struct bearer {
	char id[API_ID_DIGITS + 1];
	char hash[DIGEST_HEX_SIZE]; /* of the secret */
};

/* Makes a new secret, under `id` or under a new one if that is NULL. The text is the only place
 * where the secret is: show it once, then secret_wipe() it. */
int bearer_make(const char *prefix, const char *id, struct bearer *ret_bearer,
		char ret_text[static BEARER_TEXT_SIZE], struct error *err);
/* Hostile input is fine; false if it has not the form. */
bool bearer_parse(const char *prefix, const char *text, struct bearer *ret_bearer);
/* In constant time. */
bool bearer_matches(const struct bearer *bearer, const char *hash);

#endif
