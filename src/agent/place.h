/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where things live on a machine. Three owners, three trees:
 *
 *     /etc/suture/             the administrator's: suture.conf (0644), credential (0640, root and
 *                              the group suture-fetch)
 *     /var/lib/suture-fetch/   the fetcher's (user suture-fetch: network, no capability). Hostile to
 *                              everybody else: whoever takes over the fetcher writes here.
 *         trust/               its own TUF store
 *         incoming/            a repository of just what this machine needs, for the agent
 *         last.json            when it tried, how that went (agent/last.h)
 *         advice.json          what the server asked for (agent/advice.h)
 *         news                 written when there is something for the agent to look at: what
 *                              suture-agent.path watches
 *     /var/lib/suture/         the agent's (root, CAP_SYS_MODULE, no network)
 *         trust/               its TUF store; protection against going back is kept here
 *         patches/             <SHA-256>.ko, .json (the target's custom data), .life (agent/life.h)
 *         policy.json          pin, block, delay (agent/policy.h)
 *         history.jsonl        what happened (agent/history.h)
 *         agent.lock           held by the agent that runs; change.lock by the command that changes
 *                              suture.conf or policy.json. Both 0600, as the fetcher's fetch.lock:
 *                              flock(2) needs no more than a descriptor to read
 *     /run/suture/             status.json, motd, suture.prom, written by the agent after each run
 *
 * All of it below a root that tests may set. Readers limit every file; writers write, sync and
 * rename. No symbolic link at a path's end is followed.
 */
#ifndef SUTURE_AGENT_PLACE_H
#define SUTURE_AGENT_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/json.h"

#define PLACES(X)                                                  \
	X(PLACE_CONFIG, "/etc/suture/suture.conf")                 \
	X(PLACE_CREDENTIAL, "/etc/suture/credential")              \
	X(PLACE_FETCH, "/var/lib/suture-fetch")                    \
	X(PLACE_FETCH_TRUST, "/var/lib/suture-fetch/trust")        \
	X(PLACE_INCOMING, "/var/lib/suture-fetch/incoming")        \
	X(PLACE_LAST, "/var/lib/suture-fetch/last.json")           \
	X(PLACE_ADVICE, "/var/lib/suture-fetch/advice.json")       \
	X(PLACE_NEWS, "/var/lib/suture-fetch/news")                \
	X(PLACE_SENT, "/var/lib/suture-fetch/sent.json")           \
	X(PLACE_FETCH_LOCK, "/var/lib/suture-fetch/fetch.lock")    \
	X(PLACE_AGENT, "/var/lib/suture")                          \
	X(PLACE_TRUST, "/var/lib/suture/trust")                    \
	X(PLACE_PATCHES, "/var/lib/suture/patches")                \
	X(PLACE_POLICY, "/var/lib/suture/policy.json")             \
	X(PLACE_HISTORY, "/var/lib/suture/history.jsonl")          \
	X(PLACE_AGENT_LOCK, "/var/lib/suture/agent.lock")          \
	X(PLACE_CHANGE_LOCK, "/var/lib/suture/change.lock")        \
	X(PLACE_RUN, "/run/suture")                                \
	X(PLACE_STATUS, "/run/suture/status.json")                 \
	X(PLACE_MOTD, "/run/suture/motd")                          \
	X(PLACE_METRICS, "/run/suture/suture.prom")                \
	X(PLACE_MACHINE_ID, "/etc/machine-id")

enum place {
#define X(place, path) place,
	PLACES(X)
#undef X
};

/* The path below `root` (NULL or "/": the machine itself); caller frees. */
char *place_path(const char *root, enum place place);
/* The same with "/name" behind. */
char *place_file(const char *root, enum place place, const char *name);

/* The small state files. Reading: a regular file of at most `limit` bytes, never through a symbolic
 * link; ERROR_NOT_FOUND if it is not there, ERROR_INVALID if it makes no sense. Writing: folder made
 * if need be, file replaced at once and synced, with this very mode. */
int state_read(const char *path, size_t limit, json_value **ret_value, struct error *err);
/* Of such a file that makes no sense: says so, and what to do about it. Keeps other errors. -1. */
int state_damaged(const char *path, const char *remedy, struct error *err);
int state_write(const char *path, const json_value *value, mode_t mode, struct error *err);
int state_write_text(const char *path, const char *text, mode_t mode, struct error *err);

/* Locks one of the lock files, which nobody but its owner can even open. Makes its folder if need be;
 * ERROR_TEMPORARY if another holds it for longer than so many seconds. Held until *ret_fd is closed. */
int state_lock(const char *root, enum place place, unsigned seconds, int *ret_fd, struct error *err);

/* This machine's name towards rollouts and the server: 32 hexadecimal digits made from
 * /etc/machine-id, which itself stays private (machine-id(5)). NULL if there is none. Caller frees. */
char *machine_identity(const char *root);

#endif
