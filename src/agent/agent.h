/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run of the agent, in four steps that only talk through the lives of the patches:
 *
 *     admit    what the incoming folder has is verified anew and becomes lives (agent/admit.h)
 *     judge    what the kernel, the boot and the time say of the lives (agent/judge.h)
 *     choose   which patch should be in force (agent/choose.h)
 *     apply    makes it so, attempt record first (agent/apply.h)
 *
 * and a report. The agent uses no network and never forces a transition. That metadata expired or
 * that the incoming folder is empty, damaged or a lie, takes no loaded patch off.
 */
#ifndef SUTURE_AGENT_AGENT_H
#define SUTURE_AGENT_AGENT_H

#include "agent/advice.h"
#include "agent/config.h"
#include "agent/life.h"
#include "agent/loader.h"
#include "agent/mode.h"
#include "agent/policy.h"
#include "base/log.h"
#include "runtime/machine.h"

struct agent_options {
	const char *root; /* NULL: the machine itself */
	bool by_hand; /* a person asks: apply=manual, window, delay and left-off do not count */
	bool at_boot; /* the early unit: no admission, only what was committed once */
	const struct loader *loader;
	const struct progress *progress;
	int64_t now; /* for tests: the time, seconds of the epoch; 0: the clock's */
};

struct agent {
	const struct agent_options *options;
	struct config config;
	struct policy policy;
	struct advice advice;
	struct mode mode;
	struct sysroot sysroot;
	struct machine machine;
	struct life_list lives;
	struct text_list loaded; /* names of the livepatches that the kernel has */
	int64_t now; /* seconds of the epoch */
	int64_t uptime; /* microseconds since boot */
	const char *ring; /* borrowed from config or advice */
	struct error admission; /* how verifying went; ERROR_NONE: well, or nothing to verify */
	bool is_admitted; /* the metadata were verified in this run */
	bool is_served; /* and have something for this kernel */
	struct error failure; /* of the worst thing that happened while applying */
};

/* Reads uptime and taint anew. Not to know them is an error: a probation is judged by them. */
int agent_measure(struct agent *agent, struct error *err);
/* Asks the kernel anew which livepatches it has. Not to know is an error, not "none". */
int agent_look(struct agent *agent, struct error *err);

/* 0 also when a patch is held back; the failures that an exit status is for: ERROR_APPLY,
 * ERROR_TRANSITION, ERROR_VERIFY, ERROR_STALE, ERROR_POLICY (an update is held back), or whatever
 * kept the agent from running at all. The report is published in every case but the last.
 * *ret_probation: seconds until a patch on probation will be judged again; 0: none is. */
int agent_run(const struct agent_options *options, unsigned *ret_probation, struct error *err);
/* An orderly shutdown: this boot's open records are closed. */
int agent_end(const char *root, struct error *err);

#endif
