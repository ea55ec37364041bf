// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/api.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/secret.h"
#include "model/api.h"
#include "server/audit.h"
#include "server/call.h"
#include "server/event.h"
#include "server/exchange.h"
#include "server/limiter.h"
#include "server/settings.h"

#define REFUSALS_BURST 20
#define ADDRESS_BURST 4 /* seconds of the rate at once */

double monotonic_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double machine_rate(const struct settings *settings)
{
	double least = 2.0 / (double)settings->interval; /* else the server's own advice is too much */
	double rate = (double)settings->machine_rate / 3600;

	return rate > 0 && rate < least ? least : rate;
}

int api_new(const struct settings *settings, struct worker *worker, struct counters *counters,
	    struct api **ret_api, struct error *err)
{
	auto_api struct api *api = xcalloc(1, sizeof(*api));

	api->settings = settings;
	api->worker = worker;
	api->counters = counters;
	if (limiter_new((double)settings->address_rate,
			(double)settings->address_rate * ADDRESS_BURST, &api->addresses, err) < 0 ||
	    limiter_new((double)settings->refusals_rate / 60, REFUSALS_BURST, &api->refused, err) <
		    0 ||
	    limiter_new(machine_rate(settings), MACHINE_BURST, &api->machines, err) < 0)
		return -1;
	*ret_api = steal_ptr(api);
	return 0;
}

void api_free(struct api *api)
{
	if (!api)
		return;
	limiter_free(api->addresses);
	limiter_free(api->refused);
	limiter_free(api->machines);
	buffer_clear(&api->machine_text);
	free(api);
}

void api_set_connections(struct api *api, unsigned connections)
{
	atomic_store(&api->connections, connections);
}

static bool wants(struct exchange *exchange, const char *method)
{
	if (!strcmp(exchange->method, method) ||
	    (!strcmp(method, "GET") && !strcmp(exchange->method, "HEAD")))
		return true;
	exchange_refuse(exchange, REFUSE_METHOD, NULL);
	exchange_add_header(exchange, "Allow", "%s", method);
	return false;
}

/* Refuses who comes too often. What wrong tokens cost, call.c counts: who shows a right one is let in,
 * however many wrong ones came from the same address before. */
static bool is_welcome(struct api *api, struct exchange *exchange)
{
	unsigned wait = limiter_take(api->addresses, exchange->address_key,
				     sizeof(exchange->address_key), monotonic_seconds());

	if (wait)
		exchange_refuse_for(exchange, REFUSE_TOO_MANY, wait);
	return !wait;
}

static void begin_authenticated(struct exchange *exchange, size_t limit)
{
	struct bearer bearer;
	const char *text = exchange_bearer(exchange);

	if (!wants(exchange, "POST"))
		return;
	/* Who shows nothing that could be a credential has no body read. */
	if (!text || !bearer_parse(API_CREDENTIAL_PREFIX, text, &bearer))
		exchange_refuse(exchange, REFUSE_CREDENTIAL_MISSING, NULL);
	exchange->body_limit = limit;
}

void api_begin(struct api *api, enum route route, struct exchange *exchange)
{
	if (!is_welcome(api, exchange))
		return;
	switch (route) {
	case ROUTE_ENROL:
		if (wants(exchange, "POST"))
			exchange->body_limit = API_REQUEST_LIMIT;
		break;
	case ROUTE_CHECKIN:
		begin_authenticated(exchange, API_STATUS_LIMIT);
		break;
	case ROUTE_EVENTS:
		begin_authenticated(exchange, API_STATUS_LIMIT);
		break;
	case ROUTE_METRICS:
		if (wants(exchange, "GET") && !exchange->is_local &&
		    strcmp(api->settings->metrics_from, "any"))
			exchange_refuse(exchange, REFUSE_LOCAL_ONLY, NULL);
		break;
	case ROUTE_NONE:
		exchange_refuse(exchange, REFUSE_NO_SUCH_PAGE, NULL);
		break;
	default:
		wants(exchange, "GET");
	}
}

static int read_enrol(struct call *call, struct error *err)
{
	const struct exchange *exchange = call->exchange;
	const char *token = json_get_text(call->body, "token", NULL);
	const char *id = json_get_text(call->body, "machine_id", NULL);
	const char *proof = exchange_bearer(exchange);

	if (!token || !id || !is_machine_id(id))
		return error_set(err, ERROR_INVALID,
				 "\"token\" is wanted, and \"machine_id\" of %d to %d letters, "
				 "digits, '-', '_' or '.'",
				 API_MACHINE_ID_LEAST, API_MACHINE_ID_MOST);
	snprintf(call->machine_id, sizeof(call->machine_id), "%s", id);
	/* What has not the form of a token is no token. */
	call->has_bearer = bearer_parse(API_TOKEN_PREFIX, token, &call->bearer);
	call->has_proof = proof && bearer_parse(API_CREDENTIAL_PREFIX, proof, &call->proof);
	return 0;
}

static int read_body(struct call *call, struct error *err)
{
	struct exchange *exchange = call->exchange;

	if (call->route == ROUTE_METRICS || call->route == ROUTE_HEALTH)
		return 0;
	if (json_parse(exchange->body.data, exchange->body.size, &call->body, err) < 0)
		return error_set(err, ERROR_INVALID, "the body is no JSON");
	if (call->route == ROUTE_ENROL) {
		secret_wipe(exchange->body.data, exchange->body.size);
		return read_enrol(call, err);
	}
	call->has_bearer =
		bearer_parse(API_CREDENTIAL_PREFIX, exchange_bearer(exchange), &call->bearer);
	if (call->route == ROUTE_EVENTS)
		return event_list_parse(call->body, &call->events, err);
	if (report_parse(call->body, &call->report, err) < 0)
		return -1;
	json_write_compact(call->body, &call->text);
	return 0;
}

bool api_finish(struct api *api, enum route route, struct exchange *exchange)
{
	struct call *call = call_new(api, route, exchange);
	struct error err = ERROR_INIT;

	if (read_body(call, &err) < 0) {
		exchange_refuse(exchange, REFUSE_MALFORMED, err.msg);
		call_free(call);
		return false;
	}
	call_start(call);
	return true;
}
