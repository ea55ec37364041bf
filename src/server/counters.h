/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is counted since the start, for /metrics (Prometheus text format 0.0.4). */
#ifndef SUTURE_SERVER_COUNTERS_H
#define SUTURE_SERVER_COUNTERS_H

#include <stdatomic.h>

#include "base/buffer.h"
#include "base/error.h"
#include "server/refusal.h"

#define ROUTES(X)                           \
	X(ROUTE_ENROL, "enrol")             \
	X(ROUTE_CHECKIN, "checkin")         \
	X(ROUTE_EVENTS, "events")           \
	X(ROUTE_REPOSITORY, "repository")   \
	X(ROUTE_METRICS, "metrics")         \
	X(ROUTE_HEALTH, "health")           \
	X(ROUTE_NONE, "none")

enum route {
#define X(id, slug) id,
	ROUTES(X)
#undef X
	ROUTE_COUNT,
};

#define X(id, status, code, message, remedy) +1
enum { REFUSAL_COUNT = 0 REFUSALS(X) };
#undef X

struct counters {
	atomic_ullong requests[ROUTE_COUNT];
	atomic_ullong refusals[REFUSAL_COUNT];
	atomic_ullong too_slow;
};

void counters_write(struct counters *counters, struct buffer *into);

struct database;
/* Machines by ring and protection, events by kind: a walk over all of them. Within a transaction. */
int counters_write_machines(struct database *database, struct buffer *into, struct error *err);

#endif
