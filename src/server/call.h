/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One request that needs the database: within api.c and call.c only. */
#ifndef SUTURE_SERVER_CALL_H
#define SUTURE_SERVER_CALL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/json.h"
#include "server/bearer.h"
#include "server/counters.h"
#include "server/event.h"
#include "server/machine.h"
#include "server/report.h"
#include "server/worker.h"

struct exchange;
struct limiter;
struct settings;

#define MACHINE_BURST 30 /* check-ins and events of one machine at once */

struct api {
	const struct settings *settings;
	struct worker *worker;
	struct counters *counters;
	struct limiter *addresses, *refused, *machines;
	atomic_uint connections;
	/* The worker's thread only. */
	struct buffer machine_text; /* for /metrics, made now and then */
	double machine_text_when;
	double failure_told; /* when a failure of the database was last written down */
};

struct call {
	struct job job; /* first, so that a job is its call */
	struct api *api;
	enum route route;
	struct exchange *exchange;
	json_value *body; /* owned */
	struct buffer text; /* the body, compact */
	struct bearer bearer, proof; /* token or credential; the credential beside a token */
	bool has_bearer, has_proof;
	char machine_id[API_MACHINE_ID_MOST + 1];
	struct event_list events;
	struct report report;
	/* What came of it. */
	enum refusal refusal;
	unsigned wait; /* seconds, with REFUSE_TOO_MANY */
	struct machine machine;
	char credential[BEARER_TEXT_SIZE];
};

struct call *call_new(struct api *api, enum route route, struct exchange *exchange);
void call_free(struct call *call);
/* Hands it to the worker, which answers, frees it and lets the connection go on. */
void call_start(struct call *call);

double monotonic_seconds(void);

#endif
