/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine says of itself. Three axes that are never mixed: protection (what is effective
 * now), freshness (when did we last hear, is it still valid), coverage (is this kernel still served,
 * until when). `suture status` measures the first; the other two are the agent's and are left out of
 * the JSON where nobody filled them.
 */
#ifndef SUTURE_MODEL_STATUS_H
#define SUTURE_MODEL_STATUS_H

#include <stdint.h>

#include "model/kernel_id.h"
#include "model/livepatch.h"

#define STATUS_SCHEMA 1 /* raised when a reader of the old form would be misled */
extern const char status_schema[]; /* the JSON schema, data/schema/status.json, as text */

#define PROTECTIONS(X)                                                              \
	X(PROTECTION_OK, "ok", "every livepatch is in effect")                      \
	X(PROTECTION_NONE, "none", "no livepatch is loaded")                        \
	X(PROTECTION_TRANSITION, "transition", "a transition is running")           \
	X(PROTECTION_PROBLEM, "problem", "a livepatch is loaded but not effective") \
	X(PROTECTION_UNSUPPORTED, "unsupported", "this kernel cannot be live-patched")

enum protection {
#define X(protection, slug, text) protection,
	PROTECTIONS(X)
#undef X
};

struct status {
	int64_t time; /* when it was measured, seconds of the epoch */
	struct kernel_id kernel;
	char *boot_id; /* or NULL */
	uint64_t taint; /* the kernel's taint bits */
	char *taint_text; /* in words, or NULL */
	int ftrace_enabled; /* -1: unknown */
	enum protection protection;
	char *reason; /* why the protection is what it is, one sentence */
	int64_t tasks_left; /* during a transition; -1: none, or not allowed to count */
	struct livepatch_list patches;
};

void status_clear(struct status *status);
#define auto_status __attribute__((cleanup(status_clear)))
const char *protection_slug(enum protection protection);

/* Sets protection and reason from the patches. */
void status_conclude(struct status *status, bool supported);

void status_write(const struct status *status, json_value *into);
/* Hostile input is fine. */
int status_parse(const json_value *value, struct status *ret_status, struct error *err);

#endif
