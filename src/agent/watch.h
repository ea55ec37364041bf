/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * After a patch was applied: stays until its probation is over, asleep unless the kernel's log says
 * something, and runs the agent again when there is trouble, at 1, 5 and 15 minutes (each run is a
 * report, each report a sign of health for the server), and at the end.
 */
#ifndef SUTURE_AGENT_WATCH_H
#define SUTURE_AGENT_WATCH_H

#include "agent/agent.h"
#include "runtime/kernel_log.h"

/* `probation` as agent_run() gave it; `log` was opened at its end before that run, or what came in
 * between would be overlooked until the next look. Errors as agent_run()'s; ERROR_INTERRUPTED on a signal, which
 * leaves the patch in force and on probation. */
int watch_probation(const struct agent_options *options, struct kernel_log *log, unsigned probation,
		    struct error *err);

#endif
