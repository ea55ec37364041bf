// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/collect.h"

#include <string.h>
#include <sys/random.h>

#include "agent/advice.h"
#include "agent/checkin.h"
#include "agent/credential.h"
#include "agent/http.h"
#include "agent/incoming.h"
#include "agent/last.h"
#include "agent/mode.h"
#include "agent/place.h"
#include "agent/policy.h"
#include "agent/want.h"
#include "base/file.h"
#include "repo/bundle.h"
#include "repo/moment.h"
#include "repo/store.h"
#include "runtime/machine.h"

#define LOCK_SECONDS 300

struct run {
	const struct collect_options *options;
	struct config config;
	struct last last;
	struct advice advice;
	struct life_list lives; /* as the agent wrote them down; none where they cannot be read */
	struct policy policy;
	struct sysroot sysroot;
	char *trust_folder;
	struct http *http; /* NULL with a bundle */
	struct bundle *bundle;
	struct buffer remembered; /* timestamp.json as the store has it */
};

static void run_clear(struct run *run)
{
	config_clear(&run->config);
	last_clear(&run->last);
	advice_clear(&run->advice);
	policy_clear(&run->policy);
	life_list_clear(&run->lives);
	sysroot_close(&run->sysroot);
	free(run->trust_folder);
	http_free(run->http);
	bundle_free(run->bundle);
	buffer_clear(&run->remembered);
}
#define auto_run __attribute__((cleanup(run_clear)))

static int open_http(struct run *run, struct error *err)
{
	const struct config *config = &run->config;
	const struct http_settings settings = {
		.base_url = config_text(config, CONFIG_REPO),
		.proxy = config_text(config, CONFIG_PROXY),
		.ca_file = config_text(config, CONFIG_CA),
		.total_seconds = config_number(config, CONFIG_TIMEOUT),
		.speed_limit = config_number(config, CONFIG_SPEED) << 10,
	};
	struct error ignored;

	if (!settings.base_url)
		return error_set(err, ERROR_NOT_FOUND,
				 "no repository is configured; see 'suture enable --help'");
	if (http_new(&settings, &run->http, err) < 0)
		return -1;
	if (store_read(run->trust_folder, "timestamp", TIMESTAMP_LIMIT, &run->remembered,
		       &ignored) < 0)
		buffer_reset(&run->remembered);
	http_remember(run->http, "timestamp.json", &run->remembered, run->last.etag,
		      run->last.modified);
	return 0;
}

static int open_source(struct run *run, struct fetcher *ret_source, struct error *err)
{
	const char *repo = config_text(&run->config, CONFIG_REPO);

	if (run->options->bundle) {
		if (bundle_open(run->options->bundle, &run->bundle, err) < 0)
			return -1;
		*ret_source = fetcher_of_bundle(run->bundle);
		return 0;
	}
	if (repo && has_prefix(repo, "file:///")) {
		*ret_source = fetcher_of_folder(repo + strlen("file://"));
		return 0;
	}
	if (open_http(run, err) < 0)
		return -1;
	*ret_source = fetcher_of_http(run->http);
	return 0;
}

/* The first time there is only the fingerprint to go by. */
static int begin_trust(const struct run *run, const struct fetcher *fetcher, struct error *err)
{
	auto_free char *root_file = path_join(run->trust_folder, "root.json");
	const char *fingerprint = config_text(&run->config, CONFIG_ROOT);

	/* Nobody relies on this store: it is begun anew as the administrator wishes, and where an older
	 * version did not keep what it began with. */
	if (fingerprint && is_directory(run->trust_folder) &&
	    (!trust_keeps_begun(run->trust_folder) ||
	     trust_check_begun(run->trust_folder, fingerprint, err) < 0) &&
	    directory_remove(run->trust_folder, err) < 0)
		return -1;
	if (file_exists(root_file))
		return 0;
	if (!fingerprint)
		return error_set(err, ERROR_NOT_FOUND,
				 "no root fingerprint is configured; see 'suture enable --help'");
	return trust_begin_fingerprint(run->trust_folder, fetcher, fingerprint, err);
}

static int find_ring(const struct run *run, struct trust *trust, const struct fetcher *fetcher,
		     const char *name, const struct targets **ret_ring, struct error *err)
{
	(void)run;
	*ret_ring = NULL;
	if (trust_role(trust, fetcher, name, ret_ring, err) < 0 && err->code != ERROR_NOT_FOUND)
		return -1;
	return 0;
}

static int refresh(struct run *run, struct incoming *incoming, struct error *err)
{
	struct fetcher fetcher = fetcher_of_incoming(incoming);
	const char *ring_name = want_ring(&run->config, &run->advice);
	auto_offer_list struct offer_list offers = { 0 };
	auto_free char *build_id = machine_build_id(&run->sysroot);
	auto_free char *machine_id = want_machine_id(run->options->root);
	auto_trust struct trust *trust = NULL;
	const struct offer *offer = NULL;
	const struct targets *ring;

	if (begin_trust(run, &fetcher, err) < 0 ||
	    trust_open(run->trust_folder, moment_now(), &trust, err) < 0 ||
	    trust_refresh(trust, &fetcher, err) < 0 ||
	    find_ring(run, trust, &fetcher, ring_name, &ring, err) < 0)
		return -1;
	if (ring && build_id) {
		if (offer_list_find(ring_name, ring, trust_revocations(trust), build_id, &offers,
				    err) < 0)
			return -1;
		offer = want_offer(&offers, want_limit(&run->policy, &run->advice, build_id),
				   &run->policy, &run->lives, machine_id, trust_now(trust));
	}
	run->last.version = trust_timestamp(trust)->metadata->version;
	return incoming_publish(incoming, run->trust_folder, trust, ring, ring_name, offer, err);
}

static int refresh_from_source(struct run *run, struct error *err)
{
	auto_incoming struct incoming incoming = { 0 };
	struct fetcher source;

	if (open_source(run, &source, err) < 0 ||
	    incoming_open(run->options->root, &source, &incoming, err) < 0)
		return -1;
	if (refresh(run, &incoming, err) == 0)
		return 0;
	incoming_forget_roots(&incoming, run->trust_folder);
	return -1;
}

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static int64_t interval_of(const struct run *run)
{
	int64_t configured = 60 * (int64_t)config_number(&run->config, CONFIG_INTERVAL);

	return run->advice.interval ? run->advice.interval : configured;
}

static uint32_t random_number(void)
{
	uint32_t number = 0;

	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) < 0)
		number = (uint32_t)moment_now();
	return number;
}

/* Not by last.json, which each check-in changes, and each run of the agent leads to a check-in. */
static int tell_agent(const struct run *run, struct error *err)
{
	auto_free char *path = place_path(run->options->root, PLACE_NEWS);
	char now[MOMENT_SIZE];

	moment_write(moment_now(), now);
	return state_write_text(path, now, 0644, err);
}

/* How it went, for the next run and for everybody who wants to know. */
static int note_outcome(struct run *run, int result, const struct error *why, struct error *err)
{
	struct last *last = &run->last;

	free(last->outcome);
	free(last->message);
	last->tried = moment_now();
	last->failures = result < 0 ? last->failures + 1 : 0;
	last->retry_after = run->http ? http_retry_after(run->http) : 0;
	last->outcome = xstrdup(error_slug(result < 0 ? why->code : ERROR_NONE));
	last->message = xstrdup(result < 0 ? why->msg : "refreshed");
	last->next = last_next(last->tried, last->failures, last->retry_after, interval_of(run),
			       random_number());
	if (result == 0) {
		if (!run->options->bundle) /* a bundle is nobody's answer of now */
			last->succeeded = last->tried;
		free(last->etag);
		free(last->modified);
		last->etag = copy(run->http ? http_etag(run->http) : NULL);
		last->modified = copy(run->http ? http_modified(run->http) : NULL);
	}
	return last_write(run->options->root, last, err) < 0 ? -1 : tell_agent(run, err);
}

/* Of a server that this machine left nothing counts any more. */
static int read_advice(struct run *run, struct error *err)
{
	run->advice.pin = -1;
	if (!config_text(&run->config, CONFIG_SERVER))
		return 0;
	return advice_read(run->options->root, &run->advice, err);
}

/* A server that cannot be reached, or that wants to be left alone, does not keep patches away. */
static int check_in(struct run *run, struct error *err)
{
	struct last *last = &run->last;
	unsigned wait;
	int result;

	if (!config_text(&run->config, CONFIG_SERVER) ||
	    (!run->options->now && !last_may_report(last, moment_now())))
		return 0;
	free(last->checkin);
	last->checkin = NULL;
	result = checkin_send(run->options->root, &run->config, &wait, err);
	last->checkin_next = wait ? last_next(moment_now(), 0, wait, 0, random_number()) : 0;
	if (result < 0) {
		if (err->code == ERROR_INTERRUPTED)
			return -1;
		last->checkin = xstrdup(err->msg);
		return 0;
	}
	last->checked_in = moment_now();

	int64_t pin = run->advice.pin;

	advice_clear(&run->advice);
	if (read_advice(run, err) < 0)
		return -1;
	return run->advice.pin == pin ? 0 : tell_agent(run, err);
}

static int run_open(const struct collect_options *options, struct run *run, struct error *err)
{
	struct error ignored;

	run->options = options;
	run->trust_folder = place_path(options->root, PLACE_FETCH_TRUST);
	/* Nonsense in one's own memory is no reason never to ask again. */
	if (last_read(options->root, &run->last, err) < 0 && err->code != ERROR_INVALID)
		return -1;
	if (config_read(options->root, &run->config, err) < 0 ||
	    read_advice(run, err) < 0 ||
	    policy_read(options->root, &run->policy, err) < 0)
		return -1;
	if (life_list_read(options->root, &run->lives, &ignored) < 0)
		run->lives = (struct life_list){ 0 };
	return sysroot_open(options->root, &run->sysroot, err);
}

static int check_may_run(const struct run *run, struct error *err)
{
	const struct last *last = &run->last;
	struct mode mode;
	char next[MOMENT_SIZE];

	mode_read(&run->sysroot, &run->config, &mode);
	if (!mode.may_refresh && !run->options->bundle)
		return error_set(err, ERROR_POLICY, "suture.mode=%s: the network is not used",
				 mode.name);
	if (!config_text(&run->config, CONFIG_REPO) && !run->options->bundle)
		return error_set(err, ERROR_NOT_FOUND,
				 "no repository is configured; see 'suture enable --help'");
	if (run->options->only_check_in && !run->options->now && !last_may_report(last, moment_now())) {
		moment_write(last->checkin_next, next);
		return error_set(err, ERROR_NOTHING, "the server wants no report before %s", next);
	}
	/* A clock that went back must not keep it away for ever. */
	if (run->options->now || run->options->only_check_in || moment_now() >= last->next || last->tried > moment_now())
		return 0;
	moment_write(last->next, next);
	return error_set(err, ERROR_NOTHING, "not before %s", next);
}

int collect_run(const struct collect_options *options, struct error *err)
{
	auto_run struct run run = { .sysroot = { .fd = -1 }, .policy = { .pin_level = -1 } };
	auto_close int lock = -1;
	struct error ignored;

	if (state_lock(options->root, PLACE_FETCH_LOCK, LOCK_SECONDS, &lock, err) < 0 ||
	    run_open(options, &run, err) < 0 || check_may_run(&run, err) < 0)
		return -1;
	if (!options->bundle && check_in(&run, err) < 0)
		return -1;
	if (options->only_check_in) {
		if (last_write(options->root, &run.last, err) < 0)
			return -1;
		return run.last.checkin ? error_set(err, ERROR_TEMPORARY, "%s", run.last.checkin)
					: 0;
	}

	int result = refresh_from_source(&run, err);

	if (result == 0)
		return note_outcome(&run, 0, NULL, err);
	note_outcome(&run, result, err, &ignored);
	return -1;
}
