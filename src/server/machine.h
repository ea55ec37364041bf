/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machines: enrolled by a token, known by a credential of their own.
 *
 * A credential that was handed out is `pending` until it is used for the first time; then it is the
 * one in use and the one before is worth nothing. So an answer that was lost on the way is asked for
 * again and costs nobody anything, and a machine is never left without a credential that works.
 */
#ifndef SUTURE_SERVER_MACHINE_H
#define SUTURE_SERVER_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"
#include "server/bearer.h"
#include "server/refusal.h"

struct database;
struct report;

/* Letters, digits, '-', '_', '.', API_MACHINE_ID_LEAST to _MOST of them. */
bool is_machine_id(const char *text);

struct machine {
	int64_t number; /* of its row */
	char id[API_MACHINE_ID_MOST + 1];
	char ring[32];
	int64_t pin; /* level; -1: none */
};

/* All of these within a transaction of the caller; 0 also where *ret_refusal says no. */

/* `proof`: the credential that the machine sent along, or NULL. Writes the new credential's text
 * to ret_text. */
int machine_enrol(struct database *database, const struct bearer *token, const char *id,
		  const struct bearer *proof, int64_t now, struct machine *ret_machine,
		  char ret_text[static BEARER_TEXT_SIZE], enum refusal *ret_refusal,
		  struct error *err);
/* Whose credential it is. The first use of a pending one puts it in the place of the last. */
int machine_authenticate(struct database *database, const struct bearer *credential,
			 struct machine *ret_machine, enum refusal *ret_refusal,
			 struct error *err);
/* `body`: the whole report as it came, compact JSON. */
int machine_check_in(struct database *database, const struct machine *machine,
		     const struct report *report, const char *body, int64_t now,
		     struct error *err);

/* Administration; each makes its own transaction where it writes. */
struct machine_filter {
	const char *ring; /* or NULL */
	int64_t silent_since; /* only who was not seen since; 0: all */
	bool with_revoked;
};
/* Calls `each` with one object for each machine, borrowed until it returns. */
int machine_list(struct database *database, const struct machine_filter *filter,
		 void (*each)(void *user, const json_value *machine), void *user,
		 struct error *err);
/* ERROR_NOT_FOUND, ERROR_NOTHING. A revoked machine's credential is gone, and it cannot enrol. */
int machine_revoke(struct database *database, const char *id, int64_t now, struct error *err);
/* Removes every trace: it may enrol anew. */
int machine_forget(struct database *database, const char *id, struct error *err);
/* A name from a command line; NULL: none was given. ERROR_USAGE. */
int machine_check_ring(const char *ring, struct error *err);
/* ring NULL: unchanged; pin -1: none, -2: unchanged. */
int machine_set(struct database *database, const char *id, const char *ring, int64_t pin,
		struct error *err);

#endif
