/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the agent says after each run: /run/suture/status.json, and two short forms of it for people
 * who log in (motd) and for the Prometheus node exporter's textfile collector (suture.prom). It is
 * also what the fetcher checks in with. `suture status` reads it beside what it measures itself.
 *
 *     {"schema": 1, "time": T, "machine_id": "..." | null, "boot_id": "...",
 *      "kernel": {"release", "build_id"}, "mode": "normal", "ring": "stable",
 *      "run": {"outcome": "ok" | slug, "message": "..."},        how the agent's own run went
 *      "protection": {"state": "ok|none|transition|problem", "level": N, "name", "patch": "<SHA-256>",
 *                     "since": T, "committed": bool, "cves": [...]},
 *      "freshness": {"state": "ok|stale|never|off|problem", "checked": T, "heard": T, "verified": T,
 *                    "expires": T, "reason"},     when the repository was last heard (last_heard()),
 *                    its last new signed answer, and when the agent last verified what it has
 *      "coverage": {"state": "ok|none|ended|unknown", "newest": N, "until": T | 0},
 *      "update": {"level", "name", "patch", "state": "held|verified|...", "reason"} | null,
 *      "debt": ["CVE-...", ...],     fixed by what the repository offers and not in force here
 *      "policy": {...},              agent/policy.h
 *      "fetch": {...},               agent/last.h
 *      "patches": [{...}, ...]}      agent/life.h
 */
#ifndef SUTURE_AGENT_REPORT_H
#define SUTURE_AGENT_REPORT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/json.h"

#define REPORT_SCHEMA 1
#define REPORT_LIMIT ((size_t)8 << 20)

/* Writes the three files. Takes the report as JSON in the form above. */
int report_publish(const char *root, const json_value *report, struct error *err);
/* The agent's run failed as a whole, in a way that none of the three axes tells. */
bool report_is_broken(const json_value *report);
/* ERROR_NOT_FOUND: no agent has run since the boot. */
int report_read(const char *root, json_value **ret_report, struct error *err);

#endif
