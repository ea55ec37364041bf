// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/sibling.h"

#include <limits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

/* With a slash at the end; NULL: nobody knows. Caller frees. */
static char *own_folder(void)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length <= 0)
		return NULL;
	self[length] = 0;
	return xstrndup(self, (size_t)(path_base(self) - self));
}

int sibling_find(const char *name, char **ret_path, struct error *err)
{
	auto_free char *folder = own_folder();
	const char *const places[] = { folder, SUTURE_BINDIR "/", SUTURE_LIBEXEC "/" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		auto_free char *path = places[i] ? xasprintf("%s%s", places[i], name) : NULL;

		if (path && file_exists(path)) {
			*ret_path = steal_ptr(path);
			return 0;
		}
	}
	return error_set(err, ERROR_NOT_FOUND, "the program %s is neither in %s nor in %s nor in %s",
			 name, folder ? folder : "the folder of this one (is /proc mounted?)",
			 SUTURE_BINDIR, SUTURE_LIBEXEC);
}
