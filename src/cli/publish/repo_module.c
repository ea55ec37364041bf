// SPDX-License-Identifier: GPL-2.0-or-later
/* suture repo add, promote, revoke, rollout: modules in the rings' drafts. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "cli/publish/repo.h"
#include "repo/moment.h"

#define MANIFEST_LIMIT (4u << 20)
#define EVIDENCE_LIMIT (16u << 20)

static int take_rollout(const struct args *args, const struct repository *repository,
			struct rollout *rollout, struct error *err)
{
	const char *text = args_text(args, "rollout");

	*rollout = (struct rollout){ 0 };
	return text ? rollout_parse_text(text, repository_now(repository), rollout, err) : 0;
}

/* A day, "2027-06-30"; its end is the last moment. NULL: 0. */
static int parse_day(const char *day, int64_t *ret_moment, struct error *err)
{
	auto_free char *moment = xasprintf("%sT23:59:59Z", day ? day : "");

	*ret_moment = 0;
	if (!day || moment_parse(moment, ret_moment, err) == 0)
		return 0;
	return error_set(err, ERROR_USAGE, "a kernel is served until a day like 2027-06-30, not '%.32s'",
			 day);
}

/* "x.ko" -> "x.json", what suture build writes beside it; or what the option names. */
static char *path_beside(const struct args *args, const char *option, const char *suffix)
{
	const char *module = args->words[1];
	const char *given = args_text(args, option);
	size_t length = strlen(module);

	if (given)
		return xstrdup(given);
	return xasprintf("%.*s%s", (int)(has_suffix(module, ".ko") ? length - 3 : length), module,
			 suffix);
}

/* NULL if there is none; but one that was named must be there. */
static int read_evidence(const struct args *args, json_value **ret_evidence, struct error *err)
{
	auto_free char *path = path_beside(args, "evidence", ".evidence.json");

	*ret_evidence = NULL;
	if (!args_has(args, "evidence") && !file_exists(path))
		return 0;
	return json_read(path, EVIDENCE_LIMIT, ret_evidence, err);
}

int run_repo_add(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;
	auto_json json_value *manifest = NULL;
	auto_json json_value *evidence = NULL;
	auto_free char *path = path_beside(args, "manifest", ".json");
	auto_free char *target = NULL;
	const char *ring = args_text(args, "ring");
	struct rollout rollout;
	int64_t served_until;

	if (repo_open(args, &repository, err) < 0 ||
	    json_read(path, MANIFEST_LIMIT, &manifest, err) < 0 ||
	    read_evidence(args, &evidence, err) < 0)
		return error_context(err, "cannot add %s", args->words[1]);
	if (take_rollout(args, repository, &rollout, err) < 0 ||
	    parse_day(args_text(args, "served-until"), &served_until, err) < 0)
		return -1;

	const struct module_to_add module = {
		.module_path = args->words[1],
		.manifest = manifest,
		.evidence = evidence,
		.ring = ring ? ring : "edge",
		.rollout = &rollout,
		.served_until = served_until,
		.allow_unproven = args_has(args, "allow-unproven"),
	};

	if (repository_add(repository, &module, &target, err) < 0)
		return error_context(err, "cannot add %s", args->words[1]);
	printf("%s\n", target);
	return repo_print_drafts(repository, err);
}

/* The ring after this one, or NULL. */
static const char *next_ring(const char *from)
{
	for (size_t i = 0; ring_names[i]; i++)
		if (!strcmp(ring_names[i], from))
			return ring_names[i + 1];
	return NULL;
}

int run_repo_promote(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;
	auto_free char *target = NULL;
	const char *from = args_text(args, "from");
	const char *to = args_text(args, "to");
	struct rollout rollout;

	from = from ? from : "edge";
	to = to ? to : next_ring(from);
	if (!to)
		return error_set(err, ERROR_USAGE, is_ring(from) ?
				 "there is no ring after '%.32s'; give --to RING" :
				 "'%.32s' is no ring; there are edge, beta, candidate and stable",
				 from);
	if (repo_open(args, &repository, err) < 0 ||
	    take_rollout(args, repository, &rollout, err) < 0 ||
	    repository_promote(repository, args->words[1], from, to, &rollout, &target, err) < 0)
		return -1;
	printf("%s\n", target);
	return repo_print_drafts(repository, err);
}

int run_repo_revoke(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;
	const char *reason = args_text(args, "reason");

	if (!reason || !*reason)
		return error_set(err, ERROR_USAGE,
				 "say why: --reason TEXT is what administrators are shown");
	if (repo_open(args, &repository, err) < 0 ||
	    repository_revoke(repository, args->words[1], reason, args_has(args, "force"),
			      err) < 0)
		return -1;
	return repo_print_drafts(repository, err);
}

/* The share that has it now stays the share for ever. */
static void freeze(struct rollout *rollout, int64_t now)
{
	unsigned share = rollout_share(rollout, now);

	*rollout = (struct rollout){ .from = now, .count = 1 };
	rollout->steps[0].share = share;
}

int run_repo_rollout(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;
	const char *ring = args_text(args, "ring");
	bool halt = args_has(args, "halt"), everybody = args_has(args, "everybody");
	struct rollout rollout = { 0 };

	ring = ring ? ring : "stable";
	if (halt + everybody + (args->count > 2) != 1)
		return error_set(
			err, ERROR_USAGE,
			"give either the steps (such as 1%%@0,10%%@24h,100%%@3d), or --halt, or "
			"--everybody");
	if (repo_open(args, &repository, err) < 0)
		return -1;
	if (args->count > 2 && rollout_parse_text(args->words[2], repository_now(repository),
						  &rollout, err) < 0)
		return -1;
	if (halt && repository_get_rollout(repository, args->words[1], ring, &rollout, err) < 0)
		return -1;
	if (halt)
		freeze(&rollout, repository_now(repository));
	if (repository_set_rollout(repository, args->words[1], ring, &rollout, err) < 0)
		return -1;
	return repo_print_drafts(repository, err);
}

int run_repo_served(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;
	int64_t moment;

	if (args_has(args, "unsaid") == (args->count > 2))
		return error_set(err, ERROR_USAGE, "give either the last day, such as 2027-06-30, or "
				 "--unsaid");
	if (parse_day(args->count > 2 ? args->words[2] : NULL, &moment, err) < 0 ||
	    repo_open(args, &repository, err) < 0 ||
	    repository_set_served_until(repository, args->words[1], moment, err) < 0)
		return -1;
	return repo_print_drafts(repository, err);
}
