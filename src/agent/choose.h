/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which patch should be in force: the highest level for this kernel that may be. What is loaded
 * stays unless it must not: revoked, had trouble, blocked, above the pin. What could be loaded and
 * may not now is held, and says why.
 */
#ifndef SUTURE_AGENT_CHOOSE_H
#define SUTURE_AGENT_CHOOSE_H

#include "agent/agent.h"

struct choice {
	struct life *current; /* in force now, or NULL */
	struct life *wanted; /* should be; NULL: none; borrowed from the agent's lives */
	const char *against; /* why current may not stay; NULL: it may */
};
void choose_patch(struct agent *agent, struct choice *ret_choice);
/* Writes down what is held and what is not any more. */
int choose_note_held(struct agent *agent, const struct choice *choice, struct error *err);
/* The highest level above what is in force that waits, or NULL: an update that is not applied. */
const struct life *choose_update(const struct agent *agent, const struct choice *choice);

#endif
