// SPDX-License-Identifier: GPL-2.0-or-later
/* suture repo renew, and what is said of roles that end soon. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "cli/publish/repo.h"
#include "repo/moment.h"

/* What renews the role. */
static const char *remedy(const char *role)
{
	return !strcmp(role, "snapshot") || !strcmp(role, "timestamp") ? "timestamp" : "renew";
}

char *repo_describe_age(const char *role, const struct role_age *age)
{
	int64_t length = age->left < 0 ? -age->left : age->left;
	bool days = length >= 2 * MOMENT_DAY;
	auto_free char *left = xasprintf("%jd %s", (intmax_t)(length / (days ? MOMENT_DAY : MOMENT_HOUR)),
					 days ? "days" : "hours");

	if (age->left <= 0)
		return xasprintf("EXPIRED %s ago: suture repo %s", left, remedy(role));
	if (age->due)
		return xasprintf("ends in %s: suture repo %s", left, remedy(role));
	return xasprintf("%s left", left);
}

void repo_warn_ages(const struct args *args, const struct repository *repository)
{
	for (const char *const *role = all_role_names; *role; role++) {
		struct role_age age;
		struct error ignored;

		if (repository_age(repository, *role, &age, &ignored) < 0 || !age.due)
			continue;

		auto_free char *text = repo_describe_age(*role, &age);

		progress_say(args->progress, "%s %s", *role, text);
	}
}

static void print_renewal(const char *role, enum renewal renewal, int64_t expires)
{
	static const char *const texts[] = {
		[RENEWAL_DONE] = "renewed, to be signed, then",
		[RENEWAL_DRAFTED] = "has a draft already,",
		[RENEWAL_NOT_DUE] = "nothing to do,",
	};
	char moment[MOMENT_SIZE];

	moment_write(expires, moment);
	printf("%-12s %s valid until %s\n", role, texts[renewal], moment);
}

/* Adds to *drafts if the role has something to be signed or published now. */
static int renew(const struct repository *repository, const char *role, bool always,
		 unsigned *drafts, struct error *err)
{
	enum renewal renewal;
	int64_t expires;

	if (repository_renew(repository, role, always, &renewal, &expires, err) < 0)
		return -1;
	print_renewal(role, renewal, expires);
	*drafts += renewal != RENEWAL_NOT_DUE;
	return 0;
}

static bool is_online(const char *role)
{
	return !strcmp(remedy(role), "timestamp");
}

int run_repo_renew(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;
	unsigned drafts = 0;

	if (repo_open(args, &repository, err) < 0)
		return -1;
	for (size_t i = 1; i < args->count; i++)
		if (renew(repository, args->words[i], true, &drafts, err) < 0)
			return -1;
	for (const char *const *role = all_role_names; args->count == 1 && *role; role++)
		if (!is_online(*role) && renew(repository, *role, false, &drafts, err) < 0)
			return -1;
	if (!drafts)
		return error_exit_status(ERROR_NOTHING);
	return repo_print_drafts(repository, err);
}
