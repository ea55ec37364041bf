/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where this machine stands, from the kernel's own word (a measured status) and from the files that
 * fetcher and agent leave behind. Asks nobody: no daemon, no network, only small local files, so
 * that the answer comes at once whatever hangs. Files that may not be read leave gaps, which are
 * said; what kernel and records say differently is said too, and the kernel is believed.
 */
#ifndef SUTURE_CLI_HOST_STANDING_H
#define SUTURE_CLI_HOST_STANDING_H

#include "agent/config.h"
#include "agent/last.h"
#include "agent/life.h"
#include "agent/mode.h"
#include "agent/policy.h"
#include "model/standing.h"
#include "model/status.h"
#include "runtime/sysroot.h"

/* What fetcher, agent and administrator have written down. */
struct records {
	const char *root; /* borrowed; NULL: this machine */
	struct config config;
	struct mode mode;
	struct life_list lives;
	struct policy policy;
	struct last last;
	json_value *report; /* agent/report.h, or NULL */
	char *problem; /* the first of configuration, lives and policy that could not be read, and why; or NULL */
	enum error_code problem_code;
	char *remark; /* the same of last.json and the agent's report, which nothing depends on */
	bool has_config, has_lives, has_policy; /* could they be read? (absent counts as read) */
};

/* Never fails, see `problem`. `root`: a folder in the place of "/", or NULL. */
void records_read(const char *root, const struct sysroot *sysroot, struct records *ret_records);
void records_clear(struct records *records);
#define auto_records __attribute__((cleanup(records_clear)))

/* May change status->protection: a patch that is recorded as in force and is not there is a
 * problem. */
void standing_conclude(const struct records *records, struct status *status, int64_t now,
		       struct standing *ret_standing);

/* Kernel, records and conclusion at once: what most commands begin with. */
struct view {
	struct sysroot sysroot;
	struct status status;
	struct records records;
	struct standing standing;
	int64_t now;
	int change_lock; /* of policy_open(); 0: none */
};
struct args;
/* --sysroot of the command line is obeyed. `verify_seconds` as for status_measure(). */
int view_open(const struct args *args, unsigned verify_seconds, struct view *ret_view,
	      struct error *err);
void view_unlock(struct view *view); /* others may change the policy again */
void view_close(struct view *view);
#define auto_view __attribute__((cleanup(view_close)))
/* The patch that a person means: life_search() with errors. ERROR_NOT_FOUND, ERROR_USAGE. */
int view_find(const struct view *view, const char *words, const struct life **ret_life,
	      struct error *err);
/* The life of what is in force, or NULL. */
const struct life *view_in_force(const struct view *view);
bool is_for_kernel(const struct life *life, const struct status *status);

/* "3 d", "47 h", "12 min", "5 s"; caller frees. */
char *span_text(int64_t seconds);

#endif
