// SPDX-License-Identifier: GPL-2.0-or-later
/* suture repo sign, publish, timestamp, gc. */
#include <stdio.h>

#include "cli/publish/keys.h"
#include "cli/publish/repo.h"

int run_repo_sign(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;
	auto_keys struct keys keys = { 0 };
	unsigned total = 0;

	if (repo_open(args, &repository, err) < 0 || keys_open(args, &keys, err) < 0)
		return -1;
	for (size_t i = 0; i < keys.count; i++) {
		unsigned count;

		if (repository_sign(repository, keys.items[i], args_text(args, "role"), &count,
				    err) < 0)
			return -1;
		total += count;
	}
	if (!total)
		return error_set(
			err, ERROR_NOTHING,
			"no draft waits for a signature of these keys; see 'suture repo status'");
	return repo_print_drafts(repository, err);
}

int run_repo_publish(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;
	auto_keys struct keys keys = { 0 };
	auto_text_list struct text_list waiting = { 0 };

	if (repo_open(args, &repository, err) < 0 || keys_open(args, &keys, err) < 0 ||
	    repository_publish(repository, keys.items, keys.count, &waiting, err) < 0)
		return -1;
	printf("published\n");
	repo_warn_ages(args, repository);
	return waiting.count ? repo_print_drafts(repository, err) : 0;
}

int run_repo_timestamp(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;
	auto_keys struct keys keys = { 0 };

	if (repo_open(args, &repository, err) < 0 || keys_open(args, &keys, err) < 0)
		return -1;
	if (repository_timestamp(repository, keys.items, keys.count, err) < 0)
		return -1;
	repo_warn_ages(args, repository);
	return 0;
}

int run_repo_gc(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;
	uint64_t keep;
	unsigned removed;

	if (args_number(args, "keep", 0, 1, 1000, &keep, err) < 0 ||
	    repo_open(args, &repository, err) < 0 ||
	    repository_gc(repository, (unsigned)keep, &removed, err) < 0)
		return -1;
	printf("%u files removed\n", removed);
	return repo_print_drafts(repository, err);
}
