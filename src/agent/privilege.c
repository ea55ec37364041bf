// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/privilege.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/credential.h"
#include "agent/place.h"
#include "base/memory.h"

/* Below a test's root users have no names. */
static bool find_owner(const char *root, uid_t *ret_user, gid_t *ret_group)
{
	auto_free char *folder = place_path(root, PLACE_FETCH);
	struct stat info;

	if (stat(folder, &info) < 0 || info.st_uid == 0)
		return false;
	*ret_user = info.st_uid;
	*ret_group = info.st_gid;
	return true;
}

static int become(const char *name, uid_t user, gid_t group, struct error *err)
{
	if ((name ? initgroups(name, group) : setgroups(0, NULL)) == 0 &&
	    setresgid(group, group, group) == 0 && setresuid(user, user, user) == 0)
		return 0;
	return error_errno(err, "cannot become the user %ju, who is to talk to the network",
			   (uintmax_t)user);
}

static int become_fetcher(const char *root, struct error *err)
{
	const struct passwd *entry = root ? NULL : getpwnam(CREDENTIAL_GROUP);
	uid_t user;
	gid_t group;

	if (entry)
		return become(CREDENTIAL_GROUP, entry->pw_uid, entry->pw_gid, err);
	if (root && find_owner(root, &user, &group))
		return become(NULL, user, group, err);
	return 0;
}

/* capabilities(7): the version with two words for each set. Who has none gives none up: the units take
 * capset() itself away. */
static int clear_capabilities(struct error *err)
{
	static const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct have[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, have) == 0 && !memcmp(have, none, sizeof(none)))
		return 0;
	if (syscall(SYS_capset, &header, none) < 0)
		return error_errno(err, "cannot give up the capabilities");
	return 0;
}

int privilege_drop(const char *root, struct error *err)
{
	int result = 0;

	/* Who has not CAP_SETPCAP cannot change the bounding set, and with no_new_privs gets nothing out of
	 * it either. The first number that the kernel does not know ends it. */
	for (unsigned long i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
		prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	if (geteuid() == 0)
		result = become_fetcher(root, err);
	if (result == 0)
		result = clear_capabilities(err);
	if (result == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		result = error_errno(err, "cannot give up the way to new privileges");
	if (result < 0)
		err->code = ERROR_PERMISSION;
	return result;
}
