/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kill switch: suture.mode=normal|no-apply|no-refresh|stop on the kernel's command line, or
 * "mode = ..." in suture.conf. Where both speak, the more careful of both counts for each question.
 *
 *     no-apply    fetch and verify, load nothing (also at boot); what is loaded stays
 *     no-refresh  do not use the network; what is there is applied
 *     stop        neither
 * Taking back (a revoked or unhealthy patch) goes on in every mode.
 */
#ifndef SUTURE_AGENT_MODE_H
#define SUTURE_AGENT_MODE_H

#include <stdbool.h>

#include "agent/config.h"
#include "runtime/sysroot.h"

extern const char *const mode_names[]; /* ends with NULL */

struct mode {
	bool may_apply, may_refresh;
	const char *name; /* one of mode_names: what both together come to */
	bool from_kernel; /* the command line had a word in it */
};
/* A word after suture.mode= that is not known counts as stop. */
void mode_read(const struct sysroot *root, const struct config *config, struct mode *ret_mode);

#endif
