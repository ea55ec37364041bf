// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/worker.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "server/database.h"

#define BATCH_MOST 256 /* jobs of one transaction */
#define TIDY_SECONDS 2 /* between two checkpoints */
#define WAIT_MOST 5000 /* milliseconds that a job may wait; whoever sent it has gone by then */

struct worker {
	struct database *database, *other;
	pthread_t thread, tidier;
	pthread_mutex_t lock;
	pthread_cond_t more, end;
	/* Under the lock. */
	struct job *first, **last;
	struct worker_counts counts;
	bool ending;
	bool has_tidier; /* not under it: the starter's */
};

static int64_t milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

bool worker_add(struct worker *worker, struct job *job)
{
	bool room;

	job->next = NULL;
	job->queued = milliseconds();
	pthread_mutex_lock(&worker->lock);
	room = worker->counts.waiting < JOBS_MOST && !worker->ending;
	if (room) {
		*worker->last = job;
		worker->last = &job->next;
		worker->counts.waiting++;
		pthread_cond_signal(&worker->more);
	}
	pthread_mutex_unlock(&worker->lock);
	return room;
}

struct worker_counts worker_counts(struct worker *worker)
{
	struct worker_counts counts;

	pthread_mutex_lock(&worker->lock);
	counts = worker->counts;
	pthread_mutex_unlock(&worker->lock);
	return counts;
}

/* Waits for jobs; NULL when there are none and none will come. */
static struct job *take_batch(struct worker *worker)
{
	struct job *batch, *end;
	size_t count = 1;

	pthread_mutex_lock(&worker->lock);
	while (!worker->first && !worker->ending)
		pthread_cond_wait(&worker->more, &worker->lock);
	batch = end = worker->first;
	while (end && end->next && count < BATCH_MOST) {
		end = end->next;
		count++;
	}
	if (batch) {
		worker->first = end->next;
		end->next = NULL;
		if (!worker->first)
			worker->last = &worker->first;
		worker->counts.waiting -= count;
		worker->counts.jobs += count;
	}
	pthread_mutex_unlock(&worker->lock);
	return batch;
}

static int run_all(struct worker *worker, struct job *batch, struct error *err)
{
	bool durable = false;

	for (struct job *job = batch; job; job = job->next)
		durable = durable || job->durable;
	if (database_begin(worker->database, durable, err) < 0)
		return -1;
	for (struct job *job = batch; job; job = job->next)
		if (job->run(job, worker->database, err) < 0) {
			database_rollback(worker->database);
			return -1;
		}
	return database_commit(worker->database, err);
}

static void tell_all(struct job *batch, const struct error *err)
{
	while (batch) {
		struct job *job = batch;

		batch = job->next;
		job->done(job, err);
	}
}

/* Those that waited too long are told so and taken out. */
static struct job *drop_late(struct job *batch)
{
	struct error late;
	int64_t now = milliseconds();
	struct job *in_time = NULL, **end = &in_time;

	error_set(&late, ERROR_TEMPORARY, "the database is too busy");
	while (batch) {
		struct job *job = batch;

		batch = job->next;
		job->next = NULL;
		if (now - job->queued > WAIT_MOST) {
			job->done(job, &late);
		} else {
			*end = job;
			end = &job->next;
		}
	}
	return in_time;
}

static void *work(void *user)
{
	struct worker *worker = user;
	struct job *batch;

	while ((batch = take_batch(worker))) {
		struct error err = ERROR_INIT;
		int result;

		batch = drop_late(batch);
		if (!batch)
			continue;
		result = run_all(worker, batch, &err);
		pthread_mutex_lock(&worker->lock);
		worker->counts.transactions++;
		worker->counts.failures += result < 0;
		pthread_mutex_unlock(&worker->lock);
		tell_all(batch, result < 0 ? &err : NULL);
	}
	return NULL;
}

/* Where there was work since the last time, copies the write-ahead log home. */
static void *tidy(void *user)
{
	struct worker *worker = user;
	uint64_t seen = 0;
	struct error ignored; /* whoever writes next hears of it */

	pthread_mutex_lock(&worker->lock);
	while (!worker->ending) {
		struct timespec until;
		uint64_t now;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += TIDY_SECONDS;
		pthread_cond_timedwait(&worker->end, &worker->lock, &until);
		now = worker->counts.transactions;
		if (now == seen)
			continue;
		seen = now;
		pthread_mutex_unlock(&worker->lock);
		database_checkpoint(worker->other, &ignored);
		pthread_mutex_lock(&worker->lock);
	}
	pthread_mutex_unlock(&worker->lock);
	return NULL;
}

static void release(struct worker *worker)
{
	database_free(worker->database);
	database_free(worker->other);
	pthread_cond_destroy(&worker->more);
	pthread_cond_destroy(&worker->end);
	pthread_mutex_destroy(&worker->lock);
	free(worker);
}

int worker_start(struct database *steal_database, struct database *steal_other,
		 struct worker **ret_worker, struct error *err)
{
	struct worker *worker = xcalloc(1, sizeof(*worker));
	int failed;

	worker->database = steal_database;
	worker->other = steal_other;
	worker->last = &worker->first;
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->more, NULL);
	pthread_cond_init(&worker->end, NULL);
	failed = pthread_create(&worker->thread, NULL, work, worker);
	if (failed) {
		release(worker);
		return error_set(err, ERROR_SYSTEM, "cannot start a thread: %s", strerror(failed));
	}
	/* Without it the jobs do its work. */
	worker->has_tidier = pthread_create(&worker->tidier, NULL, tidy, worker) == 0;
	*ret_worker = worker;
	return 0;
}

void worker_stop(struct worker *worker)
{
	if (!worker || worker->ending)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->ending = true;
	pthread_cond_signal(&worker->more);
	pthread_cond_signal(&worker->end);
	pthread_mutex_unlock(&worker->lock);
	pthread_join(worker->thread, NULL);
	if (worker->has_tidier)
		pthread_join(worker->tidier, NULL);
}

void worker_free(struct worker *worker)
{
	if (!worker)
		return;
	worker_stop(worker);
	release(worker);
}
