// SPDX-License-Identifier: GPL-2.0-or-later
/* suture repo key: who signs for which role. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/publish/keys.h"
#include "cli/publish/repo.h"

/* The words are REPO ROLE and what the command adds. */

int run_repo_key_add(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;
	auto_key struct key *key = NULL;
	struct passphrase_source source;

	passphrase_source_init(&source, args);
	if (repo_open(args, &repository, err) < 0 ||
	    key_open_public(args->words[2], &source.passphrase, &key, err) < 0 ||
	    repository_add_key(repository, args->words[1], key, err) < 0)
		return -1;
	return repo_print_drafts(repository, err);
}

int run_repo_key_remove(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;

	if (repo_open(args, &repository, err) < 0 ||
	    repository_remove_key(repository, args->words[1], args->words[2], err) < 0)
		return -1;
	return repo_print_drafts(repository, err);
}

int run_repo_key_threshold(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;
	uint64_t threshold;

	if (text_to_u64(args->words[2], &threshold, err) < 0 || threshold > 64)
		return error_set(err, ERROR_USAGE, "a threshold is a number up to 64");
	if (repo_open(args, &repository, err) < 0 ||
	    repository_set_threshold(repository, args->words[1], (unsigned)threshold, err) < 0)
		return -1;
	return repo_print_drafts(repository, err);
}

static void print_role(const char *role, const json_value *keys)
{
	const json_value *keyids = json_get(keys, "keyids");

	printf("%-12s %jd of %zu\n", role, (intmax_t)json_get_int(keys, "threshold", 0),
	       json_count(keyids));
	for (size_t i = 0; i < json_count(keyids); i++)
		printf("             %s\n", json_text(json_at(keyids, i)));
}

int run_repo_key_list(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;
	auto_json json_value *all = json_new_object();

	if (repo_open(args, &repository, err) < 0)
		return -1;
	for (const char *const *role = all_role_names; *role; role++) {
		json_value *keys;

		if (repository_role_keys(repository, *role, &keys, err) < 0)
			return -1;
		json_set_value(all, *role, keys);
	}
	if (args_has(args, "json")) {
		print_json(all);
		return 0;
	}
	for (const char *const *role = all_role_names; *role; role++)
		print_role(*role, json_get(all, *role));
	return 0;
}
