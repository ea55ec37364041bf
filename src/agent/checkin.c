// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/checkin.h"

#include <string.h>
#include <time.h>

#include "agent/advice.h"
#include "agent/history.h"
#include "agent/http.h"
#include "agent/life.h"
#include "agent/place.h"
#include "agent/report.h"
#include "base/file.h"

#define ANSWER_LIMIT ((size_t)64 << 10)
#define TOKEN_LIMIT ((size_t)1 << 10)
#define SENT_LIMIT 4096
#define EVENTS_MOST 100
#define PATCHES_MOST 16
#define DEBT_MOST 1000

static int open_server(const struct config *config, struct http **ret_http, struct error *err)
{
	const struct http_settings settings = {
		.base_url = config_text(config, CONFIG_SERVER),
		.proxy = config_text(config, CONFIG_PROXY),
		.ca_file = config_text(config, CONFIG_CA),
		.total_seconds = 60,
	};

	if (!settings.base_url)
		return error_set(err, ERROR_NOT_FOUND, "no server is configured");
	return http_new(&settings, ret_http, err);
}

int checkin_enrol(const struct config *config, const char *token, const char *machine_id,
		  const char *proof, struct credential *ret_credential, struct error *err)
{
	auto_json json_value *body = json_new_object();
	auto_json json_value *answer = NULL;
	auto_http struct http *http = NULL;

	json_set_text(body, "token", token);
	json_set_text(body, "machine_id", machine_id);
	if (open_server(config, &http, err) < 0 ||
	    http_post(http, "api/v1/enrol", body, proof, ANSWER_LIMIT, &answer, err) < 0)
		return error_context(err, "cannot enrol at %s",
				     config_text(config, CONFIG_SERVER) ?
				     config_text(config, CONFIG_SERVER) : "a server");

	const char *id = json_get_text(answer, "machine_id", NULL);
	const char *secret = json_get_text(answer, "credential", NULL);

	if (!id || !secret)
		return error_set(err, ERROR_INVALID, "the server answers without a credential");
	ret_credential->machine_id = xstrdup(id);
	ret_credential->secret = xstrdup(secret);
	return 0;
}

static int read_token(int fd, struct buffer *token, struct error *err)
{
	if (file_read_fd(fd, TOKEN_LIMIT, token, err) < 0)
		return error_context(err, "the token");
	if (token->size)
		token->size = strcspn(buffer_text(token), "\r\n");
	if (token->data)
		token->data[token->size] = 0;
	if (!token->size)
		return error_set(err, ERROR_USAGE, "no token came on standard input");
	return 0;
}

int checkin_enrol_from(const char *root, int fd, struct credential *ret_credential, struct error *err)
{
	auto_config struct config config = { 0 };
	auto_credential struct credential before = { 0 };
	struct error ignored;
	auto_free char *identity = machine_identity(root);
	auto_buffer struct buffer token = BUFFER_INIT;

	if (!identity)
		return error_set(err, ERROR_NOT_FOUND,
				 "this machine has no /etc/machine-id; see machine-id(5)");
	if (config_read(root, &config, err) < 0 || read_token(fd, &token, err) < 0)
		return -1;

	/* One that is good for nothing any more is no reason not to ask. */
	if (credential_read(root, &before, &ignored) < 0)
		before.secret = NULL;

	int result = checkin_enrol(&config, buffer_text(&token), identity, before.secret,
				   ret_credential, err);

	explicit_bzero(token.data, token.capacity);
	return result;
}

/* What the server has: the number of the last event, for the machine as it was enrolled. */
static int64_t read_sent(const char *root, const char *machine_id)
{
	auto_free char *path = place_path(root, PLACE_SENT);
	auto_json json_value *value = NULL;
	struct error ignored;

	if (state_read(path, SENT_LIMIT, &value, &ignored) < 0 ||
	    strcmp(json_get_text(value, "machine_id", ""), machine_id) != 0)
		return 0;
	return json_get_int(value, "seq", 0);
}

static int write_sent(const char *root, const char *machine_id, int64_t seq, struct error *err)
{
	auto_free char *path = place_path(root, PLACE_SENT);
	auto_json json_value *value = json_new_object();

	json_set_text(value, "machine_id", machine_id);
	json_set_int(value, "seq", seq);
	return state_write(path, value, 0644, err);
}

static int send_events(const char *root, struct http *http, const struct credential *credential,
		       struct error *err)
{
	auto_json json_value *body = json_new_object();
	auto_json json_value *answer = NULL;
	json_value *events = NULL;

	if (history_read(root, read_sent(root, credential->machine_id), EVENTS_MOST, &events,
			 err) < 0)
		return -1;

	size_t count = json_count(events);
	int64_t last = count ? json_get_int(json_at(events, count - 1), "seq", 0) : 0;

	json_set_value(body, "events", events);
	if (!count)
		return 0;
	if (http_post(http, "api/v1/events", body, credential->secret, ANSWER_LIMIT, &answer,
		      err) < 0)
		return -1;
	return write_sent(root, credential->machine_id, last, err);
}

/* Before the agent's first run there is nothing to tell but that this machine is here. */
static int read_report(const char *root, json_value **ret_report, struct error *err)
{
	if (report_read(root, ret_report, err) == 0)
		return 0;
	if (err->code != ERROR_NOT_FOUND)
		return -1;
	*ret_report = json_new_object();
	json_set_int(*ret_report, "schema", REPORT_SCHEMA);
	json_set_int(*ret_report, "time", time(NULL));
	return 0;
}

static bool is_worth_telling(const json_value *report, const json_value *patch)
{
	static const enum life_state bad[] = { LIFE_CRASHED, LIFE_TAKEN_BACK, LIFE_FAILED };
	const char *id = json_get_text(patch, "sha256", "");
	const char *state = json_get_text(patch, "state", "");
	static const char *const parts[] = { "protection", "update" };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (!strcmp(id, json_get_text(json_get(report, parts[i]), "patch", "?")))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (!strcmp(state, life_state_slug(bad[i])))
			return true;
	return false;
}

static void tell_patch(const json_value *patch, json_value *into)
{
	static const char *const texts[] = { "sha256", "name", "build_id", "ring", "state", "reason",
					     "boot_id" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		json_set_text(into, texts[i], json_get_text(patch, texts[i], NULL));
	json_set_int(into, "level", json_get_int(patch, "level", 0));
	json_set_int(into, "applied", json_get_int(patch, "applied", 0));
	json_set_int(into, "cves_count", (int64_t)json_count(json_get(patch, "cves")));
}

/* A machine may know hundreds of patches that each repeat the CVEs of those before: of them the server
 * gets what is in force, what waits and what went wrong, and of the rest how many there are. */
static void shorten(json_value *report)
{
	const json_value *patches = json_get(report, "patches");
	json_value *debt = json_member(report, "debt");
	auto_json json_value *told = json_new_array();

	json_set_int(report, "patches_known", (int64_t)json_count(patches));
	json_set_int(report, "debt_count", (int64_t)json_count(debt));
	for (size_t i = 0; i < json_count(patches) && json_count(told) < PATCHES_MOST; i++)
		if (is_worth_telling(report, json_at(patches, i)))
			tell_patch(json_at(patches, i), json_add_object(told));
	json_set_value(report, "patches", steal_ptr(told));
	while (json_count(debt) > DEBT_MOST)
		json_remove_at(debt, json_count(debt) - 1);
}

int checkin_send(const char *root, const struct config *config, unsigned *ret_wait,
		 struct error *err)
{
	*ret_wait = 0;

	auto_credential struct credential credential = { 0 };
	auto_advice struct advice advice = { .pin = -1 };
	auto_json json_value *report = NULL;
	auto_json json_value *answer = NULL;
	auto_http struct http *http = NULL;

	if (credential_read(root, &credential, err) < 0 || open_server(config, &http, err) < 0 ||
	    read_report(root, &report, err) < 0)
		return -1;
	json_set_text(report, "machine_id", credential.machine_id);
	shorten(report);

	int result = http_post(http, "api/v1/checkin", report, credential.secret, ANSWER_LIMIT,
			       &answer, err);

	*ret_wait = http_retry_after(http);
	if (result < 0)
		return error_context(err, "cannot check in with %s",
				     config_text(config, CONFIG_SERVER));
	advice_parse(answer, &advice);
	advice.time = time(NULL);
	if (advice_write(root, &advice, err) < 0)
		return -1;
	result = send_events(root, http, &credential, err);
	if (http_retry_after(http) > *ret_wait)
		*ret_wait = http_retry_after(http);
	return result;
}
