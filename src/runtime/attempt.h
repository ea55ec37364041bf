/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The attempt to have a livepatch in force, as it stands on the disk while it lasts, and what a boot
 * that finds it open makes of it. Livepatches of 'suture boot' (runtime/boot.h) and published ones
 * (agent/life.h) keep one of these in their records, beside a state of their own.
 *
 * An attempt is open from before the kernel sees a byte until the machine has stayed healthy for a
 * while (then the patch is committed) or is shut down in order. An open attempt of another boot means
 * that that boot had an unclean end: because of the patch, or because the power failed. Which, nobody
 * can tell, so what speaks for the patch decides:
 *
 *     the boot ended while it was being loaded       against it: seconds, and it was the cause or near it
 *     it was never committed on this machine         against it: nothing speaks for it
 *     it was committed once, and was in force        the first time for it, the second time against it;
 *                                                    being committed again begins the count anew
 *
 * So a power cut takes no proven patch off, and a patch that takes the machine down does so twice at
 * most. What is judged against is not loaded again until a person says so.
 */
#ifndef SUTURE_RUNTIME_ATTEMPT_H
#define SUTURE_RUNTIME_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"

struct attempt { /* owns its text */
	char *boot_id; /* of the last one, or NULL: there was none */
	uint64_t taint; /* the kernel's before it */
	bool was_committed; /* the patch, once, in any boot */
	int64_t unclean_ends; /* of boots with it in force, since it was last committed */
};

void attempt_clear(struct attempt *attempt);
bool attempt_is_of(const struct attempt *attempt, const char *boot_id); /* boot_id may be NULL */
/* To be written and synced by the caller before it goes on. */
void attempt_begin(struct attempt *attempt, const char *boot_id, uint64_t taint);
void attempt_commit(struct attempt *attempt);
/* For an open attempt of another boot: counts, and says why the patch is not to be loaded again
 * (a constant), or NULL: it may. `in_force`: it had been loaded and its transition was complete. */
const char *attempt_end_uncleanly(struct attempt *attempt, bool in_force);
/* What in the kernel's taint of now speaks against the patch. Of one that was committed before only that
 * the kernel died, locked up or found a bad page: at a boot, warnings are somebody else's as a rule. */
uint64_t attempt_trouble(const struct attempt *attempt, uint64_t taint);
/* A person says that it may be tried again. */
void attempt_forgive(struct attempt *attempt);
/* What to know of a patch that is in force after an unclean end (a constant), or NULL. */
const char *attempt_caution(const struct attempt *attempt);

/* The members "boot_id", "taint", "committed" and "unclean_ends" of a record. Whatever makes no sense
 * in them reads as what speaks for the patch least. */
void attempt_report(const struct attempt *attempt, json_value *into);
void attempt_parse(const json_value *record, struct attempt *ret_attempt);

#endif
