// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/kernel.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "target/cache.h"
#include "target/description.h"
#include "target/release.h"

/* qsort() for the list: oldest first. */
static int compare_releases(const void *a, const void *b)
{
	return version_compare(*(const char *const *)a, *(const char *const *)b);
}

int kernel_list(struct text_list *ret_releases, struct error *err)
{
	auto_text_list struct text_list names = { 0 };
	auto_free char *cache = NULL;

	if (cache_folder(&cache, err) < 0)
		return -1;

	auto_free char *kernels = path_join(cache, "kernels");

	if (directory_list(kernels, &names, err) < 0) {
		if (err->code == ERROR_NOT_FOUND)
			return 0; /* nothing was fetched yet */
		return error_context(err, "the cache (see SUTURE_CACHE)");
	}
	for (size_t i = 0; i < names.count; i++) {
		auto_free char *folder = path_join(kernels, names.items[i]);

		/* One that may not be looked into is listed: opening it says why. */
		if (cache_has_kernel(folder) || errno == EACCES)
			text_list_add(ret_releases, names.items[i]);
	}
	if (ret_releases->count)
		qsort(ret_releases->items, ret_releases->count, sizeof(char *), compare_releases);
	return 0;
}

static int open_release(const char *release, struct kernel **ret_kernel, struct error *err)
{
	auto_free char *folder = NULL;

	if (cache_kernel_folder(release, &folder, err) < 0)
		return -1;
	if (!cache_has_kernel(folder) && errno == EACCES)
		return error_errno(err, "cannot look into %s (see SUTURE_CACHE)", folder);
	if (!cache_has_kernel(folder))
		return error_set(err, ERROR_NOT_FOUND,
				 "the kernel %s is not in the cache: fetch it with "
				 "'suture kernel fetch %s'", release, release);
	return description_read(folder, ret_kernel, err);
}

/* The imported kernel whose build tree this is. */
static int open_tree(const char *path, struct kernel **ret_kernel, struct error *err)
{
	auto_text_list struct text_list releases = { 0 };
	char real[PATH_MAX];

	if (!realpath(path, real))
		return error_errno(err, "cannot open the build tree %s", path);
	if (kernel_list(&releases, err) < 0)
		return -1;
	for (size_t i = releases.count; i-- > 0;) {
		auto_kernel struct kernel *kernel = NULL;
		struct error ignored;

		if (open_release(releases.items[i], &kernel, &ignored) == 0 &&
		    !strcmp(kernel->source, real)) {
			*ret_kernel = steal_ptr(kernel);
			return 0;
		}
	}
	return error_set(err, ERROR_NOT_FOUND,
			 "%s is not a kernel that was imported: import it with "
			 "'suture kernel import --build-tree %s'", real, real);
}

int kernel_open(const char *name, struct kernel **ret_kernel, struct error *err)
{
	if (strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return open_tree(name, ret_kernel, err);
	return open_release(name, ret_kernel, err);
}
