/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two things that the agent does to a kernel. */
#ifndef SUTURE_AGENT_LOADER_H
#define SUTURE_AGENT_LOADER_H

#include "runtime/load.h"

struct loader {
	/* livepatch_load_bytes(), livepatch_unload() */
	int (*load)(const struct sysroot *root, const char *label, const void *data, size_t size,
		    unsigned wait_seconds, const struct progress *progress,
		    struct load_result *result, struct error *err);
	int (*unload)(const struct sysroot *root, const char *name, unsigned wait_seconds,
		      const struct progress *progress, struct load_result *result,
		      struct error *err);
};

extern const struct loader kernel_loader;

#endif
