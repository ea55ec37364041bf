// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/call.h"

#include <time.h>

#include "base/secret.h"
#include "server/audit.h"
#include "server/database.h"
#include "server/exchange.h"
#include "server/http.h"
#include "server/limiter.h"
#include "server/settings.h"

#define METRICS_SECONDS 15 /* that what the database says for /metrics is good for */
#define FAILURE_SECONDS 10 /* between two lines about a database that fails */
#define RETRY_SECONDS 30

struct call *call_new(struct api *api, enum route route, struct exchange *exchange)
{
	struct call *call = xcalloc(1, sizeof(*call));

	call->api = api;
	call->route = route;
	call->exchange = exchange;
	return call;
}

void call_free(struct call *call)
{
	event_list_clear(&call->events);
	json_free(call->body);
	buffer_clear(&call->text);
	secret_wipe(call->credential, sizeof(call->credential));
	free(call);
}

static int run_enrol(struct call *call, struct database *database, struct error *err)
{
	if (!call->has_bearer) {
		call->refusal = REFUSE_TOKEN_UNKNOWN;
		return 0;
	}
	return machine_enrol(database, &call->bearer, call->machine_id,
			     call->has_proof ? &call->proof : NULL, time(NULL), &call->machine,
			     call->credential, &call->refusal, err);
}

static int run_authenticated(struct call *call, struct database *database, struct error *err)
{
	int64_t now = time(NULL);

	if (machine_authenticate(database, &call->bearer, &call->machine, &call->refusal, err) < 0)
		return -1;
	if (call->refusal != REFUSE_NOTHING)
		return 0;
	call->wait = limiter_take(call->api->machines, &call->machine.number,
				  sizeof(call->machine.number), monotonic_seconds());
	if (call->wait) {
		call->refusal = REFUSE_TOO_MANY;
		return 0;
	}
	if (call->route == ROUTE_EVENTS)
		return event_list_store(database, call->machine.number, &call->events, now, err);
	return machine_check_in(database, &call->machine, &call->report, buffer_text(&call->text),
				now, err);
}

static int run_metrics(struct call *call, struct database *database, struct error *err)
{
	struct api *api = call->api;
	double now = monotonic_seconds();

	if (api->machine_text.size && now - api->machine_text_when < METRICS_SECONDS)
		return 0;
	buffer_reset(&api->machine_text);
	api->machine_text_when = now;
	if (counters_write_machines(database, &api->machine_text, err) < 0) {
		buffer_reset(&api->machine_text);
		return -1;
	}
	return 0;
}

static int run_call(struct job *job, struct database *database, struct error *err)
{
	struct call *call = (struct call *)job;

	switch (call->route) {
	case ROUTE_ENROL:
		return run_enrol(call, database, err);
	case ROUTE_METRICS:
		return run_metrics(call, database, err);
	case ROUTE_CHECKIN:
	case ROUTE_EVENTS:
		return run_authenticated(call, database, err);
	default: /* health: that there is a transaction is the answer */
		return 0;
	}
}

static void answer_enrol(struct call *call)
{
	auto_json json_value *answer = json_new_object();

	json_set_text(answer, "machine_id", call->machine.id);
	json_set_text(answer, "credential", call->credential);
	json_set_text(answer, "ring", call->machine.ring);
	json_set_text(answer, "token_id", call->bearer.id);
	exchange_answer_json(call->exchange, 200, answer);
	audit(AUDIT_NOTICE, "enrolled machine=%s token=%s ring=%s address=%s", call->machine.id,
	      call->bearer.id, call->machine.ring, call->exchange->address);
}

static void answer_checkin(struct call *call)
{
	auto_json json_value *answer = json_new_object();

	json_set_int(answer, "interval", (int64_t)call->api->settings->interval);
	json_set_text(answer, "ring", call->machine.ring);
	if (call->machine.pin < 0)
		json_set_text(answer, "pin", NULL);
	else
		json_set_int(answer, "pin", call->machine.pin);
	exchange_answer_json(call->exchange, 200, answer);
}

static void answer_events(struct call *call)
{
	auto_json json_value *answer = json_new_object();

	json_set_int(answer, "accepted", (int64_t)call->events.count);
	exchange_answer_json(call->exchange, 200, answer);
}

static void answer_metrics(struct call *call)
{
	struct exchange *exchange = call->exchange;
	struct buffer *text = &exchange->answer;
	struct worker_counts work = worker_counts(call->api->worker);

	counters_write(call->api->counters, text);
	buffer_printf(text,
		      "# TYPE suture_server_connections gauge\n"
		      "suture_server_connections %u\n"
		      "# TYPE suture_server_jobs_total counter\n"
		      "suture_server_jobs_total %ju\n"
		      "# TYPE suture_server_jobs_waiting gauge\n"
		      "suture_server_jobs_waiting %ju\n"
		      "# TYPE suture_server_transactions_total counter\n"
		      "suture_server_transactions_total %ju\n"
		      "# TYPE suture_server_transaction_failures_total counter\n"
		      "suture_server_transaction_failures_total %ju\n",
		      atomic_load(&call->api->connections), (uintmax_t)work.jobs,
		      (uintmax_t)work.waiting, (uintmax_t)work.transactions,
		      (uintmax_t)work.failures);
	buffer_add_text(text, buffer_text(&call->api->machine_text));
	exchange->status = 200;
	exchange->type = "text/plain; version=0.0.4";
}

static void answer_health(struct call *call)
{
	auto_json json_value *answer = json_new_object();

	json_set_text(answer, "status", "ok");
	exchange_answer_json(call->exchange, 200, answer);
}

/* Wrong tokens and credentials are counted against the address, and written down; who has tried too
 * many is not even told what is wrong. */
static void answer_refusal(struct call *call)
{
	struct exchange *exchange = call->exchange;
	const char *id = call->has_bearer ? call->bearer.id : "malformed";

	if (call->refusal == REFUSE_TOO_MANY) {
		exchange_refuse_for(exchange, REFUSE_TOO_MANY, call->wait);
		return;
	}
	call->wait = limiter_take(call->api->refused, exchange->address_key,
				  sizeof(exchange->address_key), monotonic_seconds());
	if (call->wait) {
		exchange_refuse_for(exchange, REFUSE_TOO_MANY, call->wait);
		return;
	}
	exchange_refuse(exchange, call->refusal, NULL);
	if (call->route == ROUTE_ENROL)
		audit(AUDIT_WARNING, "refused enrolment reason=%s machine=%s token=%s address=%s",
		      refusal_code(call->refusal), call->machine_id, id, exchange->address);
	else
		audit(AUDIT_WARNING, "refused reason=%s credential=%s address=%s",
		      refusal_code(call->refusal), id, exchange->address);
}

static void answer_failure(struct call *call, const struct error *err)
{
	struct api *api = call->api;
	double now = monotonic_seconds();

	exchange_refuse_for(call->exchange, REFUSE_NOT_NOW, RETRY_SECONDS);
	if (api->failure_told && now - api->failure_told < FAILURE_SECONDS)
		return;
	api->failure_told = now;
	audit(AUDIT_PROBLEM, "%s", err->msg);
}

static void finish_call(struct job *job, const struct error *err)
{
	struct call *call = (struct call *)job;
	struct exchange *exchange = call->exchange;

	if (err)
		answer_failure(call, err);
	else if (call->refusal != REFUSE_NOTHING)
		answer_refusal(call);
	else if (call->route == ROUTE_ENROL)
		answer_enrol(call);
	else if (call->route == ROUTE_CHECKIN)
		answer_checkin(call);
	else if (call->route == ROUTE_EVENTS)
		answer_events(call);
	else if (call->route == ROUTE_METRICS)
		answer_metrics(call);
	else
		answer_health(call);
	call_free(call);
	http_continue(exchange);
}

void call_start(struct call *call)
{
	struct exchange *exchange = call->exchange;

	call->job.run = run_call;
	call->job.done = finish_call;
	call->job.durable = call->route == ROUTE_ENROL;
	/* Suspended first: the answer may be there before worker_add() has returned. */
	http_suspend(exchange);
	if (worker_add(call->api->worker, &call->job))
		return;
	exchange_refuse_for(exchange, REFUSE_NOT_NOW, RETRY_SECONDS);
	call_free(call);
	http_continue(exchange);
}
