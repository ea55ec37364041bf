/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report of agent/report.h out of one run. */
#ifndef SUTURE_AGENT_REPORT_MAKE_H
#define SUTURE_AGENT_REPORT_MAKE_H

#include "agent/agent.h"
#include "agent/choose.h"

/* `outcome`: how the run went, ERROR_NONE for well. Caller frees. */
json_value *report_make(const struct agent *agent, const struct choice *choice,
			const struct error *outcome);

#endif
