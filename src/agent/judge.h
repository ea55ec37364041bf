/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel, the boot and the time say of the lives: which boot went down with which patch,
 * what an agent that was killed left behind, whether the kernel had trouble since a patch was
 * loaded, and when a probation is over.
 */
#ifndef SUTURE_AGENT_JUDGE_H
#define SUTURE_AGENT_JUDGE_H

#include "agent/agent.h"

int judge_lives(struct agent *agent, struct error *err);
/* Seconds until the probation of what is in force ends; 0: nothing is on probation. */
unsigned judge_probation_left(const struct agent *agent);

/* The log has a clock of its own, which drifts away from the others and stands still in a suspend. */
int64_t judge_log_end(void); /* of the last line there is now */

#endif
