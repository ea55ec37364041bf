/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the incoming folder to lives. The folder belongs to the user who talks to the network, so all
 * of TUF is checked again, against the agent's own store: whoever takes over the fetcher can withhold
 * and nothing else.
 */
#ifndef SUTURE_AGENT_ADMIT_H
#define SUTURE_AGENT_ADMIT_H

#include "agent/agent.h"

/* Fills agent->admission, is_admitted and is_served; lives become available, verified, revoked. Only
 * what keeps the agent from writing its own folder is an error. */
int admit_incoming(struct agent *agent, struct error *err);

#endif
