// SPDX-License-Identifier: GPL-2.0-or-later
/* What the administrator does with machines. */
#include <string.h>

#include "repo/repository.h"
#include "server/database.h"
#include "server/machine.h"

static void set_time(json_value *object, const char *key, int64_t time)
{
	if (time)
		json_set_int(object, key, time);
	else
		json_set_text(object, key, NULL);
}

static void set_number(json_value *object, const char *key, struct statement *row, int column)
{
	if (statement_is_null(row, column))
		json_set_text(object, key, NULL);
	else
		json_set_int(object, key, statement_int(row, column));
}

static json_value *describe(struct statement *row)
{
	json_value *machine = json_new_object();

	json_set_text(machine, "id", statement_text(row, 0));
	json_set_text(machine, "ring", statement_text(row, 1));
	set_number(machine, "pin", row, 2);
	json_set_text(machine, "token", statement_text(row, 3));
	json_set_int(machine, "enrolled", statement_int(row, 4));
	set_time(machine, "seen", statement_int(row, 5));
	set_time(machine, "revoked", statement_int(row, 6));
	json_set_text(machine, "protection", statement_text(row, 7));
	json_set_text(machine, "release", statement_text(row, 8));
	json_set_text(machine, "build_id", statement_text(row, 9));
	json_set_text(machine, "freshness", statement_text(row, 10));
	json_set_text(machine, "coverage", statement_text(row, 11));
	set_number(machine, "level", row, 12);
	return machine;
}

int machine_check_ring(const char *ring, struct error *err)
{
	if (!ring || is_ring(ring))
		return 0;
	return error_set(err, ERROR_USAGE, "'%.40s' is no ring: edge, beta, candidate or stable", ring);
}

int machine_list(struct database *database, const struct machine_filter *filter,
		 void (*each)(void *user, const json_value *machine), void *user, struct error *err)
{
	auto_statement struct statement *rows = database_prepare(
		database,
		"SELECT id, ring, pin, token, enrolled, seen, revoked, protection, release, build_id,"
		" freshness, coverage, level FROM machine WHERE (?1 IS NULL OR ring = ?1)"
		" AND (?2 = 0 OR seen < ?2) AND (?3 OR NOT revoked) ORDER BY number",
		err);
	int more = -1;

	if (!rows)
		return -1;
	statement_set_text(rows, 1, filter->ring);
	statement_set_int(rows, 2, filter->silent_since);
	statement_set_int(rows, 3, filter->with_revoked);
	while ((more = statement_step(rows, err)) > 0) {
		auto_json json_value *machine = describe(rows);

		each(user, machine);
	}
	return more;
}

/* Runs `change` in a transaction; ERROR_NOT_FOUND where no machine has this id. */
static int change_machine(struct database *database, const char *id,
			  int (*change)(struct database *database, int64_t number, void *user,
					struct error *err),
			  void *user, struct error *err)
{
	if (database_begin(database, true, err) < 0)
		return -1;

	auto_statement struct statement *find =
		database_prepare(database, "SELECT number FROM machine WHERE id = ?1", err);
	int more = -1;

	if (find) {
		statement_set_text(find, 1, id);
		more = statement_step(find, err);
	}
	if (more == 0)
		error_set(err, ERROR_NOT_FOUND,
			  "there is no machine '%.64s'; see 'suture-server machine list'", id);
	if (more <= 0 || change(database, statement_int(find, 0), user, err) < 0) {
		statement_reset(find);
		database_rollback(database);
		return -1;
	}
	statement_reset(find);
	return database_commit(database, err);
}

static int run_for(struct database *database, const char *sql, int64_t number, int64_t second,
		   struct error *err)
{
	struct statement *statement = database_prepare(database, sql, err);

	if (!statement)
		return -1;
	statement_set_int(statement, 1, number);
	statement_set_int(statement, 2, second);
	return statement_run(statement, err);
}

static int revoke(struct database *database, int64_t number, void *user, struct error *err)
{
	const int64_t *now = user;

	if (run_for(database,
		    "UPDATE machine SET revoked = ?2, hash = NULL, pending = NULL"
		    " WHERE number = ?1 AND NOT revoked",
		    number, *now, err) < 0)
		return -1;
	if (!database_changes(database))
		return error_set(err, ERROR_NOTHING, "this machine was revoked before");
	return 0;
}

int machine_revoke(struct database *database, const char *id, int64_t now, struct error *err)
{
	return change_machine(database, id, revoke, &now, err);
}

static int forget(struct database *database, int64_t number, void *user, struct error *err)
{
	(void)user;
	/* ?2 is there for run_for() and always true. */
	if (run_for(database, "DELETE FROM event WHERE machine = ?1 AND ?2", number, 1, err) < 0 ||
	    run_for(database, "DELETE FROM status WHERE machine = ?1 AND ?2", number, 1, err) < 0 ||
	    run_for(database, "DELETE FROM machine WHERE number = ?1 AND ?2", number, 1, err) < 0)
		return -1;
	return 0;
}

int machine_forget(struct database *database, const char *id, struct error *err)
{
	return change_machine(database, id, forget, NULL, err);
}

struct settings {
	const char *ring;
	int64_t pin;
};

static int set(struct database *database, int64_t number, void *user, struct error *err)
{
	const struct settings *settings = user;
	auto_statement struct statement *update = database_prepare(
		database,
		"UPDATE machine SET ring = coalesce(?2, ring),"
		" pin = CASE ?3 WHEN -2 THEN pin WHEN -1 THEN NULL ELSE ?3 END WHERE number = ?1",
		err);

	if (!update)
		return -1;
	statement_set_int(update, 1, number);
	statement_set_text(update, 2, settings->ring);
	statement_set_int(update, 3, settings->pin);
	return statement_run(update, err);
}

int machine_set(struct database *database, const char *id, const char *ring, int64_t pin,
		struct error *err)
{
	struct settings settings = { .ring = ring, .pin = pin };

	if (machine_check_ring(ring, err) < 0)
		return -1;
	return change_machine(database, id, set, &settings, err);
}
