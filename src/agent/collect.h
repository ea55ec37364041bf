/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run of the fetcher: checks in with the server (if there is a credential), refreshes the
 * metadata, fetches the one module that this machine would take, and leaves all of it in the
 * incoming folder. It needs no privilege and decides nothing: the agent verifies it all again.
 */
#ifndef SUTURE_AGENT_COLLECT_H
#define SUTURE_AGENT_COLLECT_H

#include <stdbool.h>

#include "base/error.h"

struct collect_options {
	const char *root; /* NULL: the machine itself */
	const char *bundle; /* a file to take instead of the network, or NULL */
	bool now; /* a person asks: do not wait for the times that last.json names */
	bool only_check_in; /* waits for no other time than the one the server named */
};

/* ERROR_NOTHING: it is not yet time. ERROR_POLICY: the mode says no. ERROR_NOT_FOUND: there is no
 * repository configured. ERROR_TEMPORARY, ERROR_VERIFY, ERROR_STALE as trust_refresh() has them.
 * How it went stands in last.json as well. */
int collect_run(const struct collect_options *options, struct error *err);

#endif
