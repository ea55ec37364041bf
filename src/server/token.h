/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tokens: who shows one may enrol machines into its ring. */
#ifndef SUTURE_SERVER_TOKEN_H
#define SUTURE_SERVER_TOKEN_H

#include <stdint.h>

#include "base/error.h"
#include "base/json.h"
#include "server/bearer.h"
#include "server/refusal.h"

struct database;

struct token_plan {
	const char *ring;
	int64_t uses; /* machines; 0: any number */
	int64_t expires; /* seconds of the epoch; 0: never */
	const char *note; /* for the list, or NULL */
};

#define TOKEN_USES_MOST 1000000
#define TOKEN_NOTE_MOST 200

/* The text is shown once and kept nowhere. Makes its own transaction. */
int token_make(struct database *database, const struct token_plan *plan, int64_t now,
	       struct bearer *ret_bearer, char ret_text[static BEARER_TEXT_SIZE],
	       struct error *err);
/* {"id", "ring", "uses", "used", "created", "expires", "revoked", "note"}: never the secret. */
int token_list(struct database *database, json_value *array, struct error *err);
/* ERROR_NOT_FOUND if there is none, ERROR_NOTHING if it was revoked before. */
int token_revoke(struct database *database, const char *id, int64_t now, struct error *err);

/* Within a transaction of the caller. Looks whether it is good, uses apart; the ring (at most 32
 * bytes with the zero) is written where it is. */
struct token {
	char ring[32];
	int64_t uses, used;
};
int token_check(struct database *database, const struct bearer *bearer, int64_t now,
		struct token *ret_token, enum refusal *ret_refusal, struct error *err);
int token_spend(struct database *database, const char *id, struct error *err);

#endif
