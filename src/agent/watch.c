// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/watch.h"

#include <errno.h>
#include <poll.h>

#include "agent/trouble.h"
#include "base/process.h"
#include "runtime/transition.h"

/* When to look after a patch was applied, in seconds; between them only the kernel's log wakes us. */
static const unsigned looks[] = { 60, 300, 900 };

/* Sleeps for `seconds`; true if the log told of trouble. */
static bool sleep_until_trouble(struct kernel_log *log, double seconds)
{
	double end = monotonic_seconds() + seconds;

	while (!was_interrupted()) {
		struct pollfd entry = { .fd = log->fd, .events = POLLIN };
		struct kernel_log_line line;
		double left = end - monotonic_seconds();

		while (kernel_log_next(log, &line))
			if (line.level <= 4 && trouble_is_told(line.text))
				return true;
		if (left <= 0)
			return false;
		poll(&entry, log->fd >= 0, (int)(left * 1000) + 1);
	}
	return false;
}

static double next_look(double since_start, unsigned probation)
{
	for (size_t i = 0; i < ARRAY_SIZE(looks); i++)
		if (since_start < looks[i])
			return looks[i] - since_start < probation ? looks[i] - since_start
								   : probation;
	return probation;
}

int watch_probation(const struct agent_options *options, struct kernel_log *log, unsigned probation,
		    struct error *err)
{
	double start = monotonic_seconds();
	struct agent_options again = *options;
	int result = 0;

	again.by_hand = false;
	while (probation) {
		sleep_until_trouble(log, next_look(monotonic_seconds() - start, probation));
		if (interrupt_check(err) < 0)
			return -1;
		probation = 0;
		result = agent_run(&again, &probation, err);
	}
	return result;
}
