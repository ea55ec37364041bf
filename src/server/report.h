/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine sends when it checks in: the agent's report (agent/report.h) or what `suture status
 * --json` prints (model/status.h). Both have schema 1 and the members that are looked at here,
 * apart from a machine that has nothing to report yet; the
 * rest is kept as it came, for whoever asks, and nothing is concluded from it.
 */
#ifndef SUTURE_SERVER_REPORT_H
#define SUTURE_SERVER_REPORT_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"

struct report { /* texts are borrowed from the JSON */
	const char *protection, *freshness, *coverage; /* states, or NULL */
	const char *release, *build_id; /* or NULL */
	int64_t level; /* -1: not said */
};

/* Hostile input is fine. */
int report_parse(const json_value *value, struct report *ret_report, struct error *err);

#endif
