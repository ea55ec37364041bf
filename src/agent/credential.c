// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/credential.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/place.h"
#include "base/memory.h"

#define CREDENTIAL_LIMIT 4096
#define SECRET_LIMIT 512
#define ID_LIMIT 64

void credential_clear(struct credential *credential)
{
	if (credential->secret)
		explicit_bzero(credential->secret, strlen(credential->secret));
	free(credential->secret);
	free(credential->machine_id);
	*credential = (struct credential){ 0 };
}

/* What may stand in an HTTP header as a bearer token (RFC 6750, section 2.1). */
static bool is_secret(const char *text)
{
	size_t length = strlen(text);

	return length && length <= SECRET_LIMIT &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			    "-._~+/=") == length;
}

static bool is_machine_id(const char *text)
{
	size_t length = strlen(text);

	return length && length <= ID_LIMIT && strspn(text, "0123456789abcdef-") == length;
}

int credential_read(const char *root, struct credential *ret_credential, struct error *err)
{
	auto_free char *path = place_path(root, PLACE_CREDENTIAL);
	auto_json json_value *value = NULL;
	struct stat info;

	if (state_read(path, CREDENTIAL_LIMIT, &value, err) < 0)
		return -1;

	const char *id = json_get_text(value, "machine_id", "");
	const char *secret = json_get_text(value, "credential", "");

	if (stat(path, &info) == 0 && info.st_mode & (S_IRWXO | S_IWGRP))
		return error_set(err, ERROR_PERMISSION,
				 "%s may be read or changed by others: 'chmod 0640 %s', and enrol "
				 "again, for it may be known", path, path);
	if (!is_machine_id(id) || !is_secret(secret))
		return error_set(err, ERROR_INVALID, "%s holds no credential; enrol again", path);
	ret_credential->machine_id = xstrdup(id);
	ret_credential->secret = xstrdup(secret);
	return 0;
}

int credential_write(const char *root, const struct credential *credential, struct error *err)
{
	auto_free char *path = place_path(root, PLACE_CREDENTIAL);
	auto_json json_value *value = json_new_object();
	const struct group *group = getgrnam(CREDENTIAL_GROUP);

	if (!is_machine_id(credential->machine_id) || !is_secret(credential->secret))
		return error_set(err, ERROR_INVALID, "this is no credential");
	json_set_text(value, "machine_id", credential->machine_id);
	json_set_text(value, "credential", credential->secret);
	/* Nobody else may read it at any moment; the group follows. */
	if (state_write(path, value, 0600, err) < 0)
		return -1;
	if (!group)
		return 0; /* the fetcher's user is not there: only root can use it */
	if ((geteuid() == 0 && chown(path, (uid_t)-1, group->gr_gid) < 0) || chmod(path, 0640) < 0)
		return error_errno(err, "cannot give %s to the group %s", path, CREDENTIAL_GROUP);
	return 0;
}

int credential_remove(const char *root, struct error *err)
{
	auto_free char *path = place_path(root, PLACE_CREDENTIAL);

	if (unlink(path) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove %s", path);
	return 0;
}
