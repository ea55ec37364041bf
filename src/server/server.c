// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/server.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "base/secret.h"
#include "base/text.h"
#include "model/api.h"
#include "server/api.h"
#include "server/audit.h"
#include "server/counters.h"
#include "server/database.h"
#include "server/exchange.h"
#include "server/files.h"
#include "server/http.h"
#include "server/listener.h"
#include "server/settings.h"
#include "server/worker.h"

#define PEM_LIMIT ((size_t)1 << 20)
#define STOP_SECONDS 10 /* that requests under way may still take */
#define TICK 1000 /* milliseconds */

struct server {
	const struct settings *settings;
	struct counters counters;
	struct worker *worker;
	struct api *api;
	struct files *files; /* NULL: none are served */
	struct http_server *http;
};

static const struct {
	const char *path;
	enum route route;
} routes[] = {
	{ API_CHECKIN, ROUTE_CHECKIN }, { API_ENROL, ROUTE_ENROL },   { API_EVENTS, ROUTE_EVENTS },
	{ "/metrics", ROUTE_METRICS },	{ "/healthz", ROUTE_HEALTH },
};

static enum route find_route(const struct server *server, const char *path)
{
	if (server->files && has_prefix(path, API_REPOSITORY))
		return ROUTE_REPOSITORY;
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++)
		if (!strcmp(routes[i].path, path))
			return routes[i].route;
	return ROUTE_NONE;
}

static void begin(void *user, struct exchange *exchange)
{
	struct server *server = user;

	api_begin(server->api, find_route(server, exchange->path), exchange);
}

static bool finish(void *user, struct exchange *exchange)
{
	struct server *server = user;
	enum route route = find_route(server, exchange->path);

	if (route != ROUTE_REPOSITORY)
		return api_finish(server->api, route, exchange);
	files_answer(server->files, exchange->path + strlen(API_REPOSITORY), exchange);
	return false;
}

static void end(void *user, const struct exchange *exchange)
{
	struct server *server = user;

	atomic_fetch_add(&server->counters.requests[find_route(server, exchange->path)], 1);
	if (exchange->refusal != REFUSE_NOTHING)
		atomic_fetch_add(&server->counters.refusals[exchange->refusal], 1);
}

static int start_http(struct server *server, int listener, struct error *err)
{
	const struct settings *settings = server->settings;
	auto_buffer struct buffer certificate = BUFFER_INIT, key = BUFFER_INIT;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = settings->threads ? (unsigned)settings->threads
			   : processors > 16 ? 16
					     : (unsigned)processors;
	struct http_plan plan = {
		.listener = listener,
		.threads = threads < 2 ? 2 : threads,
		.connections = (unsigned)settings->connections,
		.connections_of_address = (unsigned)settings->address_connections,
		.seconds = (unsigned)settings->seconds,
		.trusted_proxy = settings->trusted_proxy,
		.handler = { begin, finish, end, server },
	};
	int result = 0;

	if (settings->certificate) {
		result = file_read(settings->certificate, PEM_LIMIT, &certificate, err);
		if (result == 0)
			result = file_read(settings->key, PEM_LIMIT, &key, err);
		plan.certificate = buffer_text(&certificate);
		plan.key = buffer_text(&key);
	}
	if (result == 0)
		result = http_server_start(&plan, &server->http, err);
	else
		close(listener);
	secret_wipe(key.data, key.size);
	return result;
}

/* Signals are for the thread that waits for them; the others inherit that they are blocked. */
static void block_signals(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, before);
}

static int start(struct server *server, char **ret_where, struct error *err)
{
	const struct settings *settings = server->settings;
	auto_database struct database *database = NULL, *other = NULL;
	int listener;

	if (settings->repository && files_open(settings->repository, &server->files, err) < 0)
		return -1;
	if (database_open(settings->database, (unsigned)settings->lock_wait, &database, err) < 0 ||
	    database_open(settings->database, (unsigned)settings->lock_wait, &other, err) < 0 ||
	    worker_start(steal_ptr(database), steal_ptr(other), &server->worker, err) < 0 ||
	    api_new(settings, server->worker, &server->counters, &server->api, err) < 0 ||
	    listener_open(settings->listen, &listener, ret_where, err) < 0)
		return -1;
	return start_http(server, listener, err);
}

static void tick(struct server *server)
{
	unsigned ended = http_server_sweep(server->http);

	if (ended)
		atomic_fetch_add(&server->counters.too_slow, ended);
	api_set_connections(server->api, http_server_connections(server->http));
}

/* No new connections; what is under way gets its answer; then the worker, then the rest. */
static void stop(struct server *server)
{
	if (server->http) {
		http_server_quiesce(server->http);
		for (int i = 0; i < STOP_SECONDS * 20 && http_server_busy(server->http); i++)
			poll(NULL, 0, 50);
	}
	worker_stop(server->worker);
	http_server_free(server->http);
	api_free(server->api);
	worker_free(server->worker);
	files_free(server->files);
}

int server_run(const struct settings *settings, struct error *err)
{
	struct server server = { .settings = settings };
	auto_free char *where = NULL;
	sigset_t before;
	int result;

	block_signals(&before);
	result = start(&server, &where, err);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (result == 0) {
		audit(AUDIT_INFO, "listening on %s://%s", settings->certificate ? "https" : "http",
		      where);
		notify_systemd("READY=1");
		while (!was_interrupted()) {
			poll(NULL, 0, TICK);
			tick(&server);
		}
		notify_systemd("STOPPING=1");
	}
	stop(&server);
	if (result == 0)
		audit(AUDIT_INFO, "stopped");
	return result;
}
