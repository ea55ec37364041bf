/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What pin, block and rollback share. */
#ifndef SUTURE_CLI_HOST_POLICY_H
#define SUTURE_CLI_HOST_POLICY_H

#include "cli/host/standing.h"

struct args;

/* A view of a machine that may be changed: root, a policy that could be read, a build-id. */
int policy_open(const struct args *args, struct view *ret_view, struct error *err);
/* Sets the pin of the running kernel. */
void policy_set_pin(struct policy *policy, const char *build_id, int64_t level);
/* Writes the policy and prints it, as JSON or as the sentence of the format. */
int policy_save(const struct args *args, const struct view *view, struct error *err,
		const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
