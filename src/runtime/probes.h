/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counting kprobes through tracefs (Documentation/trace/kprobetrace.rst), in a trace instance of our
 * own that records nothing; the counts come from kprobe_profile. A probe is known by a letter and a
 * number.
 */
#ifndef SUTURE_RUNTIME_PROBES_H
#define SUTURE_RUNTIME_PROBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "runtime/sysroot.h"

struct probes { /* borrowed */
	const struct sysroot *root; /* live */
	const char *tracefs; /* where it is mounted */
	const char *group; /* of the events, and the instance's name: one user of it at a time */
};

/* Takes away what a run that was killed has left. */
int probes_begin(const struct probes *probes, struct error *err);
/* All probes and the instance; never fails. */
void probes_end(const struct probes *probes);

/* False for no address, and for one that the kernel does not take. */
bool probes_add(const struct probes *probes, char kind, size_t index, uint64_t address);
/* Behind the call that ftrace redirects: only calls that run this body pass there. */
bool probes_add_body(const struct probes *probes, char kind, size_t index, uint64_t address);
/* They count nothing before they are switched on. */
void probes_switch(const struct probes *probes, char kind, size_t index, bool on);
/* Calls `visit` with each probe's hits so far. */
int probes_read(const struct probes *probes,
		void (*visit)(void *user, char kind, size_t index, long long hits), void *user,
		struct error *err);

#endif
