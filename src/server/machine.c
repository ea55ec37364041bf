// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/machine.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "server/database.h"
#include "server/report.h"
#include "server/token.h"

bool is_machine_id(const char *text)
{
	size_t length = strlen(text);

	return length >= API_MACHINE_ID_LEAST && length <= API_MACHINE_ID_MOST &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
		       length;
}

/* A machine's row as enrolment looks at it. */
struct enrolled {
	bool exists, revoked, in_use;
	char key[API_ID_DIGITS + 1]; /* the id within its credentials */
	char hash[DIGEST_HEX_SIZE], pending[DIGEST_HEX_SIZE]; /* "": none */
	char token[API_ID_DIGITS + 1]; /* that it was enrolled with */
	struct machine machine;
};

#define MACHINE_COLUMNS "number, id, key, hash, pending, ring, token, pin, revoked"

static void copy_column(struct statement *row, int column, char *into, size_t size)
{
	const char *text = statement_text(row, column);

	snprintf(into, size, "%s", text ? text : "");
}

static int read_row(struct statement *find, const char *what, struct enrolled *ret,
		    struct error *err)
{
	*ret = (struct enrolled){ 0 };
	if (!find)
		return -1;
	statement_set_text(find, 1, what);

	int more = statement_step(find, err);

	if (more <= 0)
		return more;
	ret->exists = true;
	ret->machine.number = statement_int(find, 0);
	copy_column(find, 1, ret->machine.id, sizeof(ret->machine.id));
	copy_column(find, 2, ret->key, sizeof(ret->key));
	copy_column(find, 3, ret->hash, sizeof(ret->hash));
	copy_column(find, 4, ret->pending, sizeof(ret->pending));
	copy_column(find, 5, ret->machine.ring, sizeof(ret->machine.ring));
	copy_column(find, 6, ret->token, sizeof(ret->token));
	ret->machine.pin = statement_is_null(find, 7) ? -1 : statement_int(find, 7);
	ret->revoked = statement_int(find, 8) != 0;
	ret->in_use = ret->hash[0] != 0;
	return 0;
}

static int find_by_id(struct database *database, const char *id, struct enrolled *ret,
		      struct error *err)
{
	auto_statement struct statement *find = database_prepare(
		database, "SELECT " MACHINE_COLUMNS " FROM machine WHERE id = ?1", err);

	return read_row(find, id, ret, err);
}

static int find_by_key(struct database *database, const char *key, struct enrolled *ret,
		       struct error *err)
{
	auto_statement struct statement *find = database_prepare(
		database, "SELECT " MACHINE_COLUMNS " FROM machine WHERE key = ?1", err);

	return read_row(find, key, ret, err);
}

/* Both are compared, whatever the first one says. */
static bool is_own_credential(const struct enrolled *enrolled, const struct bearer *bearer)
{
	bool used = bearer_matches(bearer, enrolled->hash);
	bool pending = bearer_matches(bearer, enrolled->pending);

	return used || pending;
}

static int insert_machine(struct database *database, const struct bearer *credential,
			  const char *token, const struct machine *machine, int64_t now,
			  struct error *err)
{
	struct statement *insert = database_prepare(
		database,
		"INSERT INTO machine (id, key, pending, ring, token, enrolled)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
		err);

	if (!insert)
		return -1;
	statement_set_text(insert, 1, machine->id);
	statement_set_text(insert, 2, credential->id);
	statement_set_text(insert, 3, credential->hash);
	statement_set_text(insert, 4, machine->ring);
	statement_set_text(insert, 5, token);
	statement_set_int(insert, 6, now);
	return statement_run(insert, err);
}

static int enrol_first(struct database *database, const struct bearer *token_bearer,
		       const struct token *token, const char *id, int64_t now,
		       struct machine *machine, char ret_text[static BEARER_TEXT_SIZE],
		       enum refusal *refusal, struct error *err)
{
	struct bearer credential;

	if (token->uses && token->used >= token->uses) {
		*refusal = REFUSE_TOKEN_USED_UP;
		return 0;
	}
	*machine = (struct machine){ .pin = -1 };
	snprintf(machine->id, sizeof(machine->id), "%s", id);
	snprintf(machine->ring, sizeof(machine->ring), "%s", token->ring);
	if (bearer_make(API_CREDENTIAL_PREFIX, NULL, &credential, ret_text, err) < 0 ||
	    insert_machine(database, &credential, token_bearer->id, machine, now, err) < 0)
		return -1;
	machine->number = database_last_row(database);
	return token_spend(database, token_bearer->id, err);
}

static int enrol_again(struct database *database, const struct enrolled *enrolled,
		       char ret_text[static BEARER_TEXT_SIZE], struct error *err)
{
	struct bearer credential;
	struct statement *update = database_prepare(
		database, "UPDATE machine SET pending = ?2 WHERE number = ?1", err);

	if (!update ||
	    bearer_make(API_CREDENTIAL_PREFIX, enrolled->key, &credential, ret_text, err) < 0)
		return -1;
	statement_set_int(update, 1, enrolled->machine.number);
	statement_set_text(update, 2, credential.hash);
	return statement_run(update, err);
}

int machine_enrol(struct database *database, const struct bearer *token_bearer, const char *id,
		  const struct bearer *proof, int64_t now, struct machine *ret_machine,
		  char ret_text[static BEARER_TEXT_SIZE], enum refusal *ret_refusal,
		  struct error *err)
{
	struct enrolled enrolled;
	struct token token;

	if (token_check(database, token_bearer, now, &token, ret_refusal, err) < 0)
		return -1;
	if (*ret_refusal != REFUSE_NOTHING)
		return 0;
	if (find_by_id(database, id, &enrolled, err) < 0)
		return -1;
	if (!enrolled.exists)
		return enrol_first(database, token_bearer, &token, id, now, ret_machine, ret_text,
				   ret_refusal, err);

	bool proven = proof && !strcmp(proof->id, enrolled.key) &&
		      is_own_credential(&enrolled, proof);
	bool asked_again = !enrolled.in_use && !strcmp(enrolled.token, token_bearer->id);

	if (enrolled.revoked)
		*ret_refusal = REFUSE_MACHINE_REVOKED;
	else if (!proven && !asked_again)
		*ret_refusal = REFUSE_ALREADY_ENROLLED;
	if (*ret_refusal != REFUSE_NOTHING)
		return 0;
	*ret_machine = enrolled.machine;
	return enrol_again(database, &enrolled, ret_text, err);
}

int machine_authenticate(struct database *database, const struct bearer *credential,
			 struct machine *ret_machine, enum refusal *ret_refusal, struct error *err)
{
	struct enrolled enrolled;

	if (find_by_key(database, credential->id, &enrolled, err) < 0)
		return -1;
	if (!is_own_credential(&enrolled, credential) || !enrolled.exists || enrolled.revoked) {
		*ret_refusal = REFUSE_CREDENTIAL_UNKNOWN;
		return 0;
	}
	*ret_refusal = REFUSE_NOTHING;
	*ret_machine = enrolled.machine;
	if (bearer_matches(credential, enrolled.hash))
		return 0;

	struct statement *update = database_prepare(
		database, "UPDATE machine SET hash = pending, pending = NULL WHERE number = ?1",
		err);

	if (!update)
		return -1;
	statement_set_int(update, 1, enrolled.machine.number);
	return statement_run(update, err);
}

int machine_check_in(struct database *database, const struct machine *machine,
		     const struct report *report, const char *body, int64_t now, struct error *err)
{
	struct statement *seen = database_prepare(
		database,
		"UPDATE machine SET seen = ?2, protection = ?3, release = ?4, build_id = ?5,"
		" freshness = ?6, coverage = ?7, level = ?8 WHERE number = ?1",
		err);
	struct statement *status = database_prepare(
		database,
		"INSERT INTO status (machine, received, body) VALUES (?1, ?2, ?3)"
		" ON CONFLICT (machine) DO UPDATE SET received = ?2, body = ?3",
		err);

	if (!seen || !status)
		return -1;
	statement_set_int(seen, 1, machine->number);
	statement_set_int(seen, 2, now);
	statement_set_text(seen, 3, report->protection);
	statement_set_text(seen, 4, report->release);
	statement_set_text(seen, 5, report->build_id);
	statement_set_text(seen, 6, report->freshness);
	statement_set_text(seen, 7, report->coverage);
	if (report->level >= 0)
		statement_set_int(seen, 8, report->level);
	statement_set_int(status, 1, machine->number);
	statement_set_int(status, 2, now);
	statement_set_text(status, 3, body);
	if (statement_run(seen, err) < 0 || statement_run(status, err) < 0)
		return -1;
	return 0;
}
