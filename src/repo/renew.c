// SPDX-License-Identifier: GPL-2.0-or-later
/* Roles that nobody changes expire too, and are signed anew as they are. */
#include <string.h>

#include "repo/moment.h"
#include "repo/repository_private.h"

static int read_age(const struct repository *repository, const char *role,
		    const json_value *envelope, struct role_age *ret_age, struct error *err)
{
	const json_value *body = json_get(envelope, "signed");
	struct role_age age = { .version = json_get_int(body, "version", 0) };

	if (moment_parse(json_get_text(body, "expires", NULL), &age.expires, err) < 0)
		return error_context(err, "the end of %s", role);
	age.left = age.expires - repository->now;
	age.due = age.left < repository_lifetime(repository, role) / 3;
	*ret_age = age;
	return 0;
}

int repository_age(const struct repository *repository, const char *role, struct role_age *ret_age,
		   struct error *err)
{
	auto_json json_value *envelope = NULL;

	if (repository_published(repository, role, &envelope, err) < 0)
		return -1;
	return read_age(repository, role, envelope, ret_age, err);
}

static int check_renewable(const char *role, struct error *err)
{
	if (!strcmp(role, "snapshot") || !strcmp(role, "timestamp"))
		return error_set(err, ERROR_USAGE, "the %s is renewed by 'suture repo timestamp'",
				 role);
	for (const char *const *name = all_role_names; *name; name++)
		if (!strcmp(*name, role))
			return 0;
	return error_set(err, ERROR_NOT_FOUND, "the repository has no role '%.64s'", role);
}

int repository_renew(const struct repository *repository, const char *role, bool always,
		     enum renewal *ret_renewal, int64_t *ret_expires, struct error *err)
{
	auto_json json_value *envelope = NULL;
	bool has_draft = repository_has_draft(repository, role);
	struct role_age age;

	if (check_renewable(role, err) < 0 ||
	    repository_current(repository, role, &envelope, err) < 0 ||
	    read_age(repository, role, envelope, &age, err) < 0)
		return -1;
	*ret_expires = age.expires;
	*ret_renewal = has_draft ? RENEWAL_DRAFTED : RENEWAL_NOT_DUE;
	/* A draft's signatures are not thrown away without need. */
	if (!age.due && (has_draft || !always))
		return 0;

	auto_json json_value *draft = NULL;

	if (repository_edit(repository, role, &draft, err) < 0 ||
	    repository_save(repository, role, draft, true, err) < 0)
		return -1;
	*ret_renewal = RENEWAL_DONE;
	*ret_expires = repository->now + repository_lifetime(repository, role);
	return 0;
}
