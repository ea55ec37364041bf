/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The database, through SQLite: the only file that knows it. One writer at a time, in any number of
 * processes (write-ahead log). A database belongs to one thread.
 *
 * Errors: ERROR_TEMPORARY where somebody else holds the lock too long or the disk is full,
 * ERROR_PERMISSION, ERROR_INVALID for a file that is no database of ours.
 */
#ifndef SUTURE_SERVER_DATABASE_H
#define SUTURE_SERVER_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

struct database;

/* Makes file (mode 0600) and tables if they are not there. `patience`: milliseconds to wait for
 * somebody else's lock. */
int database_open(const char *path, unsigned patience, struct database **ret_database,
		  struct error *err);
void database_free(struct database *database); /* takes NULL; rolls back */
DEFINE_AUTO(database)
#define auto_database __attribute__((cleanup(auto_database_cleanup)))

/* Takes the write lock. `durable`: what is committed survives a power cut, else a crash of the
 * process only (it is then lost as a whole, never in part). */
int database_begin(struct database *database, bool durable, struct error *err);
/* On failure everything is rolled back. */
int database_commit(struct database *database, struct error *err);
void database_rollback(struct database *database);

/* Copies what was committed from the write-ahead log home, as far as that is possible beside a
 * writer: run now and then through another connection, so that no writer has to. */
int database_checkpoint(struct database *database, struct error *err);

/*
 * Statements. `sql` is a literal: what was prepared once is kept. Parameters are ?1, ?2...; texts
 * must live until the statement was reset. The returned statement is borrowed.
 *
 *     auto_statement struct statement *rows = database_prepare(database, "SELECT ...", err);
 *     if (!rows) return -1;
 *     statement_set_text(rows, 1, id);
 *     while ((more = statement_step(rows, err)) > 0) ...
 */
struct statement;
struct statement *database_prepare(struct database *database, const char *sql, struct error *err);
void statement_reset(struct statement *statement); /* takes NULL */
void statement_set_text(struct statement *statement, int index, const char *text); /* NULL: null */
void statement_set_int(struct statement *statement, int index, int64_t number);
/* 1: a row, 0: no more, -1: error. */
int statement_step(struct statement *statement, struct error *err);
/* Steps to the end and resets. */
int statement_run(struct statement *statement, struct error *err);
/* Columns of the row, from 0; texts live until the next step. */
const char *statement_text(struct statement *statement, int column); /* NULL: null */
int64_t statement_int(struct statement *statement, int column);
bool statement_is_null(struct statement *statement, int column);
/* Rows that the last INSERT, UPDATE or DELETE changed, and the number of the last row inserted. */
int64_t database_changes(const struct database *database);
int64_t database_last_row(const struct database *database);

static inline void auto_statement_cleanup(struct statement **statement)
{
	statement_reset(*statement);
}
#define auto_statement __attribute__((cleanup(auto_statement_cleanup)))

#endif
