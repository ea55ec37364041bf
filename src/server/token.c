// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/token.h"

#include <stdio.h>
#include <string.h>

#include "repo/repository.h"
#include "server/database.h"

static int insert_token(struct database *database, const struct token_plan *plan,
			const struct bearer *bearer, int64_t now, struct error *err)
{
	auto_statement struct statement *insert = database_prepare(
		database,
		"INSERT INTO token (id, hash, ring, uses, created, expires, note)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		err);

	if (!insert)
		return -1;
	statement_set_text(insert, 1, bearer->id);
	statement_set_text(insert, 2, bearer->hash);
	statement_set_text(insert, 3, plan->ring);
	statement_set_int(insert, 4, plan->uses);
	statement_set_int(insert, 5, now);
	statement_set_int(insert, 6, plan->expires);
	statement_set_text(insert, 7, plan->note);
	return statement_run(insert, err);
}

int token_make(struct database *database, const struct token_plan *plan, int64_t now,
	       struct bearer *ret_bearer, char ret_text[static BEARER_TEXT_SIZE], struct error *err)
{
	struct bearer bearer;

	if (!is_ring(plan->ring))
		return error_set(err, ERROR_USAGE,
				 "'%.40s' is no ring: edge, beta, candidate or stable", plan->ring);
	if (bearer_make(API_TOKEN_PREFIX, NULL, &bearer, ret_text, err) < 0 ||
	    database_begin(database, true, err) < 0)
		return -1;
	if (insert_token(database, plan, &bearer, now, err) < 0) {
		database_rollback(database);
		return -1;
	}
	if (database_commit(database, err) < 0)
		return -1;
	*ret_bearer = bearer;
	return 0;
}

static void set_time(json_value *object, const char *key, int64_t time)
{
	if (time)
		json_set_int(object, key, time);
	else
		json_set_text(object, key, NULL);
}

int token_list(struct database *database, json_value *array, struct error *err)
{
	auto_statement struct statement *rows = database_prepare(
		database,
		"SELECT id, ring, uses, used, created, expires, revoked, note FROM token"
		" ORDER BY created, id",
		err);
	int more = -1;

	if (!rows)
		return -1;
	while ((more = statement_step(rows, err)) > 0) {
		json_value *token = json_add_object(array);

		json_set_text(token, "id", statement_text(rows, 0));
		json_set_text(token, "ring", statement_text(rows, 1));
		json_set_int(token, "uses", statement_int(rows, 2));
		json_set_int(token, "used", statement_int(rows, 3));
		json_set_int(token, "created", statement_int(rows, 4));
		set_time(token, "expires", statement_int(rows, 5));
		set_time(token, "revoked", statement_int(rows, 6));
		json_set_text(token, "note", statement_text(rows, 7));
	}
	return more;
}

static int mark_revoked(struct database *database, const char *id, int64_t now, struct error *err)
{
	auto_statement struct statement *find =
		database_prepare(database, "SELECT revoked FROM token WHERE id = ?1", err);
	auto_statement struct statement *update =
		database_prepare(database, "UPDATE token SET revoked = ?2 WHERE id = ?1", err);

	if (!find || !update)
		return -1;
	statement_set_text(find, 1, id);

	int more = statement_step(find, err);

	if (more < 0)
		return -1;
	if (!more)
		return error_set(err, ERROR_NOT_FOUND,
				 "there is no token '%.40s'; see 'suture-server token list'", id);
	if (statement_int(find, 0))
		return error_set(err, ERROR_NOTHING, "token %.40s was revoked before", id);
	statement_set_text(update, 1, id);
	statement_set_int(update, 2, now);
	return statement_run(update, err);
}

int token_revoke(struct database *database, const char *id, int64_t now, struct error *err)
{
	if (database_begin(database, true, err) < 0)
		return -1;
	if (mark_revoked(database, id, now, err) < 0) {
		database_rollback(database);
		return -1;
	}
	return database_commit(database, err);
}

int token_check(struct database *database, const struct bearer *bearer, int64_t now,
		struct token *ret_token, enum refusal *ret_refusal, struct error *err)
{
	auto_statement struct statement *find = database_prepare(
		database, "SELECT hash, ring, uses, used, expires, revoked FROM token WHERE id = ?1",
		err);

	if (!find)
		return -1;
	statement_set_text(find, 1, bearer->id);

	int more = statement_step(find, err);

	if (more < 0)
		return -1;
	if (!more || !bearer_matches(bearer, statement_text(find, 0)))
		*ret_refusal = REFUSE_TOKEN_UNKNOWN;
	else if (statement_int(find, 5))
		*ret_refusal = REFUSE_TOKEN_REVOKED;
	else if (statement_int(find, 4) && statement_int(find, 4) <= now)
		*ret_refusal = REFUSE_TOKEN_EXPIRED;
	else
		*ret_refusal = REFUSE_NOTHING;
	if (*ret_refusal == REFUSE_NOTHING) {
		snprintf(ret_token->ring, sizeof(ret_token->ring), "%s", statement_text(find, 1));
		ret_token->uses = statement_int(find, 2);
		ret_token->used = statement_int(find, 3);
	}
	return 0;
}

int token_spend(struct database *database, const char *id, struct error *err)
{
	struct statement *update = database_prepare(
		database, "UPDATE token SET used = used + 1 WHERE id = ?1", err);

	if (!update)
		return -1;
	statement_set_text(update, 1, id);
	return statement_run(update, err);
}
