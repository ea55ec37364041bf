/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Brings the kernel from the patch that it has to the one that it should have. */
#ifndef SUTURE_AGENT_APPLY_H
#define SUTURE_AGENT_APPLY_H

#include "agent/agent.h"
#include "agent/choose.h"

/* One transition where that is possible: a patch replaces the one before it. What the kernel refuses
 * goes to agent->failure; only what keeps the records from being written is an error, and then
 * nothing more was loaded. */
int apply_choice(struct agent *agent, struct choice *choice, struct error *err);
/* Modules that nobody will load again go; at most 64 lives stay. */
int apply_tidy(struct agent *agent, const struct choice *choice, struct error *err);

#endif
