/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one thread that uses the database. Whoever has something to be done there puts a job into its
 * queue; the jobs that wait are done in one transaction, and each is told when that is committed.
 * So nobody is answered before the answer is true, a database that somebody else has locked stops
 * nothing but these jobs, and a thousand machines that come at once cost one commit.
 */
#ifndef SUTURE_SERVER_WORKER_H
#define SUTURE_SERVER_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

struct database;

struct job {
	/* In the worker's thread, within a transaction. -1 only if the database fails: then all that
	 * was done with it is rolled back. */
	int (*run)(struct job *job, struct database *database, struct error *err);
	/* In the worker's thread, at the end: `err` NULL if it is committed. Owns the job. */
	void (*done)(struct job *job, const struct error *err);
	bool durable; /* must survive a power cut */
	/* The worker's own. */
	struct job *next;
	int64_t queued; /* milliseconds */
};

#define JOBS_MOST 1024 /* that wait at once */

struct worker;
/* `steal_other`: a second connection to the same database, for what need not hold up the jobs.
 * Takes both over, also on failure. */
int worker_start(struct database *steal_database, struct database *steal_other,
		 struct worker **ret_worker, struct error *err);
/* Does all jobs that wait, takes no more, and ends the thread; takes NULL. */
void worker_stop(struct worker *worker);
/* After worker_stop(), or by itself; takes NULL. */
void worker_free(struct worker *worker);
DEFINE_AUTO(worker)
#define auto_worker __attribute__((cleanup(auto_worker_cleanup)))

/* False if too many wait already: the job is the caller's as before. */
bool worker_add(struct worker *worker, struct job *job);

struct worker_counts {
	uint64_t transactions, failures, jobs;
	uint64_t waiting; /* now */
};
struct worker_counts worker_counts(struct worker *worker);

#endif
