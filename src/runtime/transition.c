// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/transition.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/process.h"
#include "runtime/livepatch.h"
#include "runtime/record.h"

#define POLL_MILLISECONDS 50
#define COUNT_SECONDS 0.5 /* walking /proc has a price */

void pause_milliseconds(unsigned milliseconds)
{
	const struct timespec time = {
		.tv_sec = milliseconds / 1000,
		.tv_nsec = milliseconds % 1000 * 1000000L,
	};

	nanosleep(&time, NULL);
}

double monotonic_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

char *transition_current(const struct sysroot *root)
{
	auto_text_list struct text_list names = { 0 };
	struct error dropped;

	if (sysroot_list(root, &names, &dropped, LIVEPATCH_FOLDER) < 0)
		return NULL;
	for (size_t i = 0; i < names.count; i++)
		if (livepatch_transition(root, names.items[i]) == 1)
			return xstrdup(names.items[i]);
	return NULL;
}

static void show_left(const struct sysroot *root, const char *name, double elapsed,
		      const struct progress *progress)
{
	int target = livepatch_enabled(root, name) == 1;
	long left = transition_tasks_left(root, target);

	if (left >= 0)
		progress_step(progress, 0, 0, "%s: %ld task%s left, %.0f s", name, left,
			      left == 1 ? "" : "s", elapsed);
	else
		progress_step(progress, 0, 0, "%s: in transition, %.0f s", name, elapsed);
}

static int wait_for_end(const struct sysroot *root, const char *name, unsigned seconds,
			bool deaf, const struct progress *progress, struct error *err)
{
	double start = monotonic_seconds(), counted = 0;

	while (livepatch_transition(root, name) == 1) {
		double elapsed = monotonic_seconds() - start;

		if (!deaf && interrupt_check(err) < 0)
			return error_context(err, "waiting for the transition of %s", name);
		if (elapsed >= seconds)
			return error_set(err, ERROR_TRANSITION,
					 "the transition of %s is not complete after %u s", name,
					 seconds);
		if (elapsed - counted >= COUNT_SECONDS) {
			show_left(root, name, elapsed, progress);
			counted = elapsed;
		}
		pause_milliseconds(POLL_MILLISECONDS);
	}
	return 0;
}

int transition_wait(const struct sysroot *root, const char *name, unsigned seconds,
		    const struct progress *progress, struct error *err)
{
	return wait_for_end(root, name, seconds, false, progress, err);
}

int transition_wait_deaf(const struct sysroot *root, const char *name, unsigned seconds,
			 const struct progress *progress, struct error *err)
{
	return wait_for_end(root, name, seconds, true, progress, err);
}

static int check_in_transition(const struct sysroot *root, const char *name, struct error *err)
{
	if (!livepatch_is_present(root, name))
		return error_set(err, ERROR_NOT_FOUND, "there is no livepatch %s", name);
	if (livepatch_transition(root, name) != 1)
		return error_set(err, ERROR_NOTHING, "%s is not in transition", name);
	return 0;
}

int transition_reverse(const struct sysroot *root, const char *name, struct error *err)
{
	if (check_in_transition(root, name, err) < 0)
		return -1;
	return livepatch_enable(root, name, livepatch_enabled(root, name) == 0, err);
}

int transition_force(const struct sysroot *root, const char *name, struct error *err)
{
	if (check_in_transition(root, name, err) < 0)
		return -1;
	if (sysroot_write(root, "1", err, LIVEPATCH_FOLDER "/%s/force", name) < 0)
		return -1;
	record_forced(name);
	return 0;
}
