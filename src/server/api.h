/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is answered below /api/ (model/api.h), /metrics and /healthz: reads the request, has the
 * worker do what concerns the database, makes the answer.
 */
#ifndef SUTURE_SERVER_API_H
#define SUTURE_SERVER_API_H

#include <stdbool.h>

#include "base/error.h"
#include "base/memory.h"
#include "server/counters.h"

struct exchange;
struct settings;
struct worker;

struct api;
/* Borrows all three. */
int api_new(const struct settings *settings, struct worker *worker, struct counters *counters,
	    struct api **ret_api, struct error *err);
void api_free(struct api *api); /* takes NULL; nothing waits any more */
DEFINE_AUTO(api)
#define auto_api __attribute__((cleanup(auto_api_cleanup)))

/* When the header is there: sets the limit of the body, or refuses. */
void api_begin(struct api *api, enum route route, struct exchange *exchange);
/* When all is there. True: it is answered later, by http_continue(). */
bool api_finish(struct api *api, enum route route, struct exchange *exchange);
/* Connections for /metrics. */
void api_set_connections(struct api *api, unsigned connections);

#endif
