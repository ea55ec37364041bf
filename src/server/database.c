// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/database.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"

#define APPLICATION_ID 0x53555453 /* "SUTS": a database of this program */
#define SCHEMA_VERSION 1
/* Pages of write-ahead log before a writer copies them home itself: 128 MiB. database_checkpoint()
 * has done most of that work by then. */
#define LOG_PAGES "32000"
#define RETRY_MILLISECONDS 20

struct statement {
	sqlite3_stmt *handle;
	struct database *database; /* that it belongs to */
};

struct database {
	sqlite3 *handle;
	struct map *statements; /* by their SQL; owned */
	char *path;
	int durable; /* what synchronous is set to now; -1: not yet */
	bool writing; /* between begin and commit */
};

static const char schema[] =
	"CREATE TABLE token ("
	" id TEXT PRIMARY KEY, hash TEXT NOT NULL, ring TEXT NOT NULL,"
	" uses INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0," /* uses 0: any number */
	" created INTEGER NOT NULL, expires INTEGER NOT NULL," /* 0: never */
	" revoked INTEGER NOT NULL DEFAULT 0, note TEXT) WITHOUT ROWID;"
	/* hash: of the credential in use; pending: of one that was handed out and not used yet */
	"CREATE TABLE machine ("
	" number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL UNIQUE,"
	" hash TEXT, pending TEXT, ring TEXT NOT NULL, token TEXT NOT NULL, pin INTEGER,"
	" enrolled INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT 0,"
	" revoked INTEGER NOT NULL DEFAULT 0, protection TEXT, freshness TEXT, coverage TEXT,"
	" level INTEGER, release TEXT, build_id TEXT);"
	/* apart from the machines, so that counting those does not read all of this */
	"CREATE TABLE status (machine INTEGER PRIMARY KEY, received INTEGER NOT NULL,"
	" body TEXT NOT NULL);"
	"CREATE TABLE event (number INTEGER PRIMARY KEY, machine INTEGER NOT NULL,"
	" received INTEGER NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL, patch TEXT,"
	" name TEXT, level INTEGER, text TEXT, seq INTEGER);"
	"CREATE INDEX event_of_machine ON event (machine, number);"
	/* what comes twice is the same event; one without a number is never the same */
	"CREATE UNIQUE INDEX event_once ON event (machine, seq, time, kind);";

static int sqlite_error(const struct database *database, const char *what, struct error *err)
{
	int code = database->handle ? sqlite3_errcode(database->handle) : SQLITE_NOMEM;

	switch (code) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(err, ERROR_TEMPORARY,
				 "cannot %s %s: somebody else is writing to it and does not end",
				 what, database->path);
	case SQLITE_FULL:
		return error_set(err, ERROR_TEMPORARY,
				 "cannot %s %s: the disk is full; make room, the server goes on by "
				 "itself",
				 what, database->path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
	case SQLITE_AUTH:
		return error_set(err, ERROR_PERMISSION,
				 "cannot %s %s: it and its folder must be writable by this user",
				 what, database->path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return error_set(err, ERROR_INVALID,
				 "cannot %s %s: it is damaged or no database (%s)", what,
				 database->path, sqlite3_errmsg(database->handle));
	default:
		return error_set(err, ERROR_SYSTEM, "cannot %s %s: %s", what, database->path,
				 database->handle ? sqlite3_errmsg(database->handle)
						  : "no memory");
	}
}

static int run_sql(struct database *database, const char *sql, struct error *err)
{
	if (sqlite3_exec(database->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_error(database, "use", err);
	return 0;
}

void database_free(struct database *database)
{
	if (!database)
		return;
	for (size_t i = 0; database->statements && i < map_count(database->statements); i++) {
		struct statement *statement = map_value(database->statements, i);

		sqlite3_finalize(statement->handle);
		free(statement);
	}
	map_free(database->statements);
	sqlite3_close_v2(database->handle);
	free(database->path);
	free(database);
}

static int read_number(struct database *database, const char *sql, int64_t *ret_number,
		       struct error *err)
{
	auto_statement struct statement *row = database_prepare(database, sql, err);
	int more = row ? statement_step(row, err) : -1;

	if (more < 0)
		return -1;
	*ret_number = more ? statement_int(row, 0) : 0;
	return 0;
}

static int make_tables(struct database *database, struct error *err)
{
	int64_t version, id;

	if (read_number(database, "PRAGMA user_version", &version, err) < 0 ||
	    read_number(database, "PRAGMA application_id", &id, err) < 0)
		return -1;
	if (version == SCHEMA_VERSION && id == APPLICATION_ID)
		return 0;
	if (version || id)
		return error_set(err, ERROR_INVALID,
				 "%s is a database of something else, or of another version "
				 "(%jd) of suture-server: this one writes version %d",
				 database->path, (intmax_t)version, SCHEMA_VERSION);
	if (run_sql(database, schema, err) < 0 ||
	    run_sql(database, "PRAGMA user_version = 1; PRAGMA application_id = 1398101075", err) < 0)
		return -1;
	return 0;
}

_Static_assert(APPLICATION_ID == 1398101075 && SCHEMA_VERSION == 1, "as make_tables() writes");

/* Two processes may start at once: who comes second finds the tables. */
static int try_to_prepare(struct database *database, struct error *err)
{
	if (run_sql(database, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = " LOG_PAGES
			      "; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF"
			      "; PRAGMA cache_size = -65536",
		    err) < 0 ||
	    database_begin(database, true, err) < 0)
		return -1;
	if (make_tables(database, err) < 0) {
		database_rollback(database);
		return -1;
	}
	return database_commit(database, err);
}

/* While somebody else changes the kind of journal, SQLite does not wait by itself. */
static int prepare_tables(struct database *database, unsigned patience, struct error *err)
{
	const struct timespec moment = { .tv_nsec = RETRY_MILLISECONDS * 1000000L };
	int result = try_to_prepare(database, err);

	for (unsigned waited = 0; result < 0 && err->code == ERROR_TEMPORARY && waited < patience;
	     waited += RETRY_MILLISECONDS) {
		nanosleep(&moment, NULL);
		result = try_to_prepare(database, err);
	}
	return result;
}

/* Root makes a token before the server has run: the file is the folder's owner's all the same, who
 * is the server's user. (SQLite does so with its other files.) */
static int give_to_owner(int fd, const char *path, struct error *err)
{
	auto_free char *folder =
		xstrndup(path, (size_t)(path_base(path) - path));
	struct stat owner;

	if (geteuid() != 0)
		return 0;
	if (stat(*folder ? folder : ".", &owner) < 0 || fchown(fd, owner.st_uid, owner.st_gid) < 0)
		return error_errno(err, "cannot give %s to its folder's owner", path);
	return 0;
}

/* So that nobody else can read it: SQLite gives its other files the same mode. One that is there is
 * not opened here: closing any descriptor of a file drops the locks that this process has on it
 * (fcntl(2)), another connection's among them. */
static int make_file(const char *path, struct error *err)
{
	auto_close int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno != EEXIST)
		return error_errno(err, "cannot make the database %s", path);
	return fd < 0 ? 0 : give_to_owner(fd, path, err);
}

int database_open(const char *path, unsigned patience, struct database **ret_database,
		  struct error *err)
{
	auto_database struct database *database = xcalloc(1, sizeof(*database));

	database->path = xstrdup(path);
	database->statements = map_new();
	database->durable = -1;

	if (make_file(path, err) < 0)
		return -1;
	if (sqlite3_open_v2(path, &database->handle,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		return sqlite_error(database, "open", err);
	sqlite3_busy_timeout(database->handle, (int)patience);
	sqlite3_db_config(database->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (prepare_tables(database, patience, err) < 0)
		return -1;
	*ret_database = steal_ptr(database);
	return 0;
}

int database_begin(struct database *database, bool durable, struct error *err)
{
	if (database->durable != durable) {
		if (run_sql(database, durable ? "PRAGMA synchronous = FULL"
					      : "PRAGMA synchronous = NORMAL",
			    err) < 0)
			return -1;
		database->durable = durable;
	}
	if (run_sql(database, "BEGIN IMMEDIATE", err) < 0)
		return -1;
	database->writing = true;
	return 0;
}

int database_commit(struct database *database, struct error *err)
{
	if (run_sql(database, "COMMIT", err) < 0) {
		database_rollback(database);
		return -1;
	}
	database->writing = false;
	return 0;
}

void database_rollback(struct database *database)
{
	struct error ignored;

	/* SQLite may have done it by itself, after a full disk for example. */
	if (database->writing && !sqlite3_get_autocommit(database->handle))
		run_sql(database, "ROLLBACK", &ignored);
	database->writing = false;
}

int database_checkpoint(struct database *database, struct error *err)
{
	if (sqlite3_wal_checkpoint_v2(database->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
				      NULL) != SQLITE_OK)
		return sqlite_error(database, "tidy", err);
	return 0;
}

struct statement *database_prepare(struct database *database, const char *sql, struct error *err)
{
	struct statement *statement = map_find(database->statements, sql);

	if (statement)
		return statement;
	statement = xcalloc(1, sizeof(*statement));
	statement->database = database;
	if (sqlite3_prepare_v3(database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
			       &statement->handle, NULL) != SQLITE_OK) {
		free(statement);
		sqlite_error(database, "read", err);
		return NULL;
	}
	map_set(database->statements, sql, statement);
	return statement;
}

void statement_reset(struct statement *statement)
{
	if (!statement)
		return;
	sqlite3_reset(statement->handle);
	sqlite3_clear_bindings(statement->handle);
}

void statement_set_text(struct statement *statement, int index, const char *text)
{
	sqlite3_bind_text(statement->handle, index, text, -1, SQLITE_STATIC);
}

void statement_set_int(struct statement *statement, int index, int64_t number)
{
	sqlite3_bind_int64(statement->handle, index, number);
}

int statement_step(struct statement *statement, struct error *err)
{
	switch (sqlite3_step(statement->handle)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return sqlite_error(statement->database, "use", err);
	}
}

int statement_run(struct statement *statement, struct error *err)
{
	int more;

	while ((more = statement_step(statement, err)) > 0)
		;
	statement_reset(statement);
	return more;
}

const char *statement_text(struct statement *statement, int column)
{
	return (const char *)sqlite3_column_text(statement->handle, column);
}

int64_t statement_int(struct statement *statement, int column)
{
	return sqlite3_column_int64(statement->handle, column);
}

bool statement_is_null(struct statement *statement, int column)
{
	return sqlite3_column_type(statement->handle, column) == SQLITE_NULL;
}

int64_t database_changes(const struct database *database)
{
	return sqlite3_changes64(database->handle);
}

int64_t database_last_row(const struct database *database)
{
	return sqlite3_last_insert_rowid(database->handle);
}
