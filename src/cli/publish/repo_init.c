// SPDX-License-Identifier: GPL-2.0-or-later
/* suture repo init: --key ROLE=FILE, --threshold ROLE=N, --expires ROLE=TIME into plans. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/publish/keys.h"
#include "cli/publish/repo.h"
#include "repo/moment.h"
#include "repo/trust.h"

#define ROLE_COUNT 9

/* How long a signature is good for unless something else is asked for. */
static const struct {
	const char *role;
	int64_t lifetime;
} lifetimes[ROLE_COUNT] = {
	{ "root", 365 * MOMENT_DAY },	  { "targets", 365 * MOMENT_DAY },
	{ "snapshot", 7 * MOMENT_DAY },	  { "timestamp", 2 * MOMENT_DAY },
	{ "edge", 90 * MOMENT_DAY },	  { "beta", 90 * MOMENT_DAY },
	{ "candidate", 90 * MOMENT_DAY }, { "stable", 90 * MOMENT_DAY },
	{ REVOCATIONS_ROLE, 365 * MOMENT_DAY },
};

struct plans {
	struct role_plan roles[ROLE_COUNT];
	struct keys keys; /* owns what the roles' keys point to */
	struct keys lists[ROLE_COUNT]; /* borrowed pointers */
};

static void plans_clear(struct plans *plans)
{
	for (size_t i = 0; i < ROLE_COUNT; i++)
		free(plans->lists[i].items);
	keys_clear(&plans->keys);
}
#define auto_plans __attribute__((cleanup(plans_clear)))

static bool is_online(const char *role)
{
	return !strcmp(role, "snapshot") || !strcmp(role, "timestamp");
}

/* A role's own name, or a group of them. */
static bool is_named(const char *word, const char *role)
{
	return !strcmp(word, role) || !strcmp(word, "all") ||
	       (!strcmp(word, "online") && is_online(role)) ||
	       (!strcmp(word, "rings") && is_ring(role));
}

/* The narrower word goes first: a role's own name, then a group, then all. */
static unsigned rank(const char *word)
{
	if (!strcmp(word, "all"))
		return 2;
	return !strcmp(word, "online") || !strcmp(word, "rings");
}

/* "ROLE=VALUE": copies the role out; the value is borrowed. */
static int split_pair(const char *text, const char *option, char **ret_role, const char **ret_value,
		      struct error *err)
{
	const char *equals = strchr(text, '=');
	auto_free char *role = equals ? xstrndup(text, (size_t)(equals - text)) : NULL;
	bool known = false;

	for (size_t i = 0; role && i < ROLE_COUNT; i++)
		known |= is_named(role, lifetimes[i].role);
	if (!known || !equals[1])
		return error_set(
			err, ERROR_USAGE,
			"--%s takes ROLE=VALUE, with root, targets, snapshot, timestamp, edge, "
			"beta, candidate, stable, revocations, rings, online or all, not '%.64s'",
			option, text);
	*ret_role = steal_ptr(role);
	*ret_value = equals + 1;
	return 0;
}

static void give_key(struct plans *plans, size_t role, struct key *key)
{
	struct keys *list = &plans->lists[role];

	ARRAY_GROW(list->items, list->capacity, list->count + 1);
	list->items[list->count++] = key;
}

/* The keys given by words of one rank, to the roles that narrower words left without. */
static int take_keys(const struct args *args, unsigned of_rank, struct plans *plans,
		     struct error *err)
{
	auto_text_list struct text_list pairs = { 0 };
	bool had[ROLE_COUNT];

	args_all(args, "key", &pairs);
	for (size_t i = 0; i < ROLE_COUNT; i++)
		had[i] = plans->lists[i].count > 0;
	for (size_t i = 0; i < pairs.count; i++) {
		auto_free char *role = NULL;
		const char *path;

		if (split_pair(pairs.items[i], "key", &role, &path, err) < 0)
			return -1;
		if (rank(role) != of_rank)
			continue;
		ARRAY_GROW(plans->keys.items, plans->keys.capacity, plans->keys.count + 1);
		if (key_open_public(path, NULL, &plans->keys.items[plans->keys.count], err) < 0)
			return error_context(err, "give the public part, FILE.pub");
		plans->keys.count++;
		for (size_t j = 0; j < ROLE_COUNT; j++)
			if (is_named(role, lifetimes[j].role) && !had[j])
				give_key(plans, j, plans->keys.items[plans->keys.count - 1]);
	}
	return 0;
}

static int take_thresholds(const struct args *args, struct plans *plans, struct error *err)
{
	auto_text_list struct text_list pairs = { 0 };

	args_all(args, "threshold", &pairs);
	for (size_t i = 0; i < pairs.count; i++) {
		auto_free char *role = NULL;
		const char *text;
		uint64_t number;

		if (split_pair(pairs.items[i], "threshold", &role, &text, err) < 0 ||
		    text_to_u64(text, &number, err) < 0)
			return -1;
		for (size_t j = 0; j < ROLE_COUNT; j++)
			if (is_named(role, lifetimes[j].role))
				plans->roles[j].threshold = number > 64 ? 65 : (unsigned)number;
	}
	return 0;
}

/* "30d" or "48h" */
static int parse_lifetime(const char *text, int64_t *ret_lifetime, struct error *err)
{
	size_t length = strlen(text);
	auto_free char *digits = xstrndup(text, length ? length - 1 : 0);
	char unit = length ? text[length - 1] : 0;
	uint64_t number;
	struct error ignored;

	if ((unit != 'd' && unit != 'h') || text_to_u64(digits, &number, &ignored) < 0 ||
	    number < 1 || number > 3650)
		return error_set(err, ERROR_USAGE, "a time is written like 30d or 48h, not '%.32s'",
				 text);
	*ret_lifetime = (int64_t)number * (unit == 'd' ? MOMENT_DAY : MOMENT_HOUR);
	return 0;
}

static int take_lifetimes(const struct args *args, struct plans *plans, struct error *err)
{
	auto_text_list struct text_list pairs = { 0 };

	args_all(args, "expires", &pairs);
	for (size_t i = 0; i < pairs.count; i++) {
		auto_free char *role = NULL;
		const char *text;
		int64_t lifetime = 0;

		if (split_pair(pairs.items[i], "expires", &role, &text, err) < 0 ||
		    parse_lifetime(text, &lifetime, err) < 0)
			return -1;
		for (size_t j = 0; j < ROLE_COUNT; j++)
			if (is_named(role, lifetimes[j].role))
				plans->roles[j].lifetime = lifetime;
	}
	return 0;
}

int run_repo_init(const struct args *args, struct error *err)
{
	auto_plans struct plans plans = { 0 };
	auto_repository struct repository *repository = NULL;
	int64_t now;

	for (size_t i = 0; i < ROLE_COUNT; i++)
		plans.roles[i] = (struct role_plan){
			.name = lifetimes[i].role,
			.threshold = 1,
			.lifetime = lifetimes[i].lifetime,
		};
	for (unsigned of_rank = 0; of_rank < 3; of_rank++)
		if (take_keys(args, of_rank, &plans, err) < 0)
			return -1;
	if (repo_time(args, &now, err) < 0 || take_thresholds(args, &plans, err) < 0 ||
	    take_lifetimes(args, &plans, err) < 0)
		return -1;
	for (size_t i = 0; i < ROLE_COUNT; i++) {
		plans.roles[i].keys = plans.lists[i].items;
		plans.roles[i].key_count = plans.lists[i].count;
	}
	if (repository_create(args->words[0], plans.roles, ROLE_COUNT, now, err) < 0 ||
	    repository_open(args->words[0], now, &repository, err) < 0)
		return -1;
	return repo_print_drafts(repository, err);
}
