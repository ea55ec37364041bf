// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/cache.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lock.h"
#include "base/memory.h"
#include "base/text.h"

static char *absolute_path(const char *path)
{
	if (path[0] == '/')
		return xstrdup(path);

	auto_free char *here = getcwd(NULL, 0);

	return here ? path_join(here, path) : xstrdup(path);
}

int cache_folder(char **ret_path, struct error *err)
{
	const char *own = getenv("SUTURE_CACHE");
	const char *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (own && *own)
		*ret_path = absolute_path(own);
	else if (xdg && xdg[0] == '/') /* relative ones are to be ignored: XDG base directories */
		*ret_path = path_join(xdg, "suture");
	else if (home && *home)
		*ret_path = path_join(home, ".cache/suture");
	else
		return error_set(err, ERROR_FAILED,
				 "there is no place for the cache: set SUTURE_CACHE or HOME");
	return 0;
}

int cache_subfolder(const char *name, char **ret_path, struct error *err)
{
	auto_free char *cache = NULL;

	if (cache_folder(&cache, err) < 0)
		return -1;

	auto_free char *path = path_join(cache, name);

	if (directory_make(path, err) < 0)
		return error_context(err, "the cache (see SUTURE_CACHE)");
	*ret_path = steal_ptr(path);
	return 0;
}

int cache_check_writable(struct error *err)
{
	static const char *const folders[] = { "trees", "objects" };
	auto_free char *cache = NULL;

	if (cache_folder(&cache, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		auto_free char *path = path_join(cache, folders[i]);

		if (directory_make(path, err) == 0 && access(path, W_OK | X_OK) == 0)
			continue;
		return error_set(err, ERROR_PERMISSION,
				 "the cache %s can only be read by you, and a build keeps source trees "
				 "and objects in it: set SUTURE_CACHE to a folder of your own and fetch "
				 "the kernel there, or build as the cache's owner", cache);
	}
	return 0;
}

/* What Linux and Debian use in a release; nothing that could leave the folder. */
static bool is_release_name(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length > 64 || !isalnum((unsigned char)name[0])) /* __NEW_UTS_LEN */
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr(".+~_-", *name))
			return false;
	return true;
}

int cache_kernel_folder(const char *release, char **ret_path, struct error *err)
{
	auto_free char *cache = NULL;

	if (!is_release_name(release))
		return error_set(err, ERROR_INVALID, "'%.80s' is not the name of a kernel release",
				 release);
	if (cache_folder(&cache, err) < 0)
		return -1;
	*ret_path = xasprintf("%s/kernels/%s", cache, release);
	return 0;
}

bool cache_has_kernel(const char *folder)
{
	auto_free char *description = path_join(folder, KERNEL_DESCRIPTION);

	return file_exists(description);
}

static int lock_path(const char *name, char **ret_path, struct error *err)
{
	auto_free char *folder = NULL;

	if (cache_subfolder("locks", &folder, err) < 0)
		return -1;
	*ret_path = path_join(folder, name);
	return 0;
}

/* Inherited on purpose, see cache.h. */
static int hand_down(const char *path, int fd, struct error *err)
{
	if (fcntl(fd, F_SETFD, 0) == 0)
		return 0;
	error_errno(err, "cannot keep the lock %s", path);
	close(fd);
	return -1;
}

/* ERROR_TEMPORARY if somebody holds it. */
static int try_lock(const char *name, int *ret_fd, struct error *err)
{
	auto_free char *path = NULL;

	if (lock_path(name, &path, err) < 0 || file_lock(path, false, ret_fd, err) < 0)
		return -1;
	return hand_down(path, *ret_fd, err);
}

int cache_lock(const char *name, const struct progress *progress, int *ret_fd, struct error *err)
{
	auto_free char *path = NULL;

	if (lock_path(name, &path, err) < 0)
		return -1;
	if (lock_wait(path, name, progress, ret_fd, err) < 0)
		return err->code == ERROR_PERMISSION ?
			       error_context(err, "the cache (see SUTURE_CACHE)") : -1;
	return hand_down(path, *ret_fd, err);
}

int cache_discard(const char *folder, struct error *err)
{
	int result = -1;

	for (int i = 0; i < 40 && result < 0; i++) {
		result = directory_remove(folder, err);
		if (result < 0)
			nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	}
	return result;
}

/* The half-made part of one kernel's folder: all of it, or its .making. */
static void sweep_kernel(const char *kernels, const char *release)
{
	auto_free char *folder = path_join(kernels, release);
	auto_free char *making = path_join(folder, CACHE_MAKING);
	struct error ignored;
	auto_close int lock = -1;

	if (cache_has_kernel(folder) && !file_exists(making))
		return;
	if (try_lock(release, &lock, &ignored) < 0)
		return;
	/* Again: whoever held the lock may have finished meanwhile. */
	cache_discard(cache_has_kernel(folder) ? making : folder, &ignored);
}

int cache_sweep(struct error *err)
{
	auto_text_list struct text_list names = { 0 };
	auto_free char *kernels = NULL;

	if (cache_subfolder("kernels", &kernels, err) < 0 ||
	    directory_list(kernels, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (is_release_name(names.items[i]))
			sweep_kernel(kernels, names.items[i]);
	return 0;
}

int cache_need_space(const char *folder, unsigned long long bytes, struct error *err)
{
	struct statvfs info;

	if (statvfs(folder, &info) < 0)
		return error_errno(err, "cannot ask for the free space of %s", folder);

	unsigned long long there = (unsigned long long)info.f_bavail * info.f_frsize;

	if (there < bytes)
		return error_set(err, ERROR_SYSTEM,
				 "%s has %llu MB free and %llu MB are needed: make room, or set "
				 "SUTURE_CACHE to a folder on another disk",
				 folder, there >> 20, bytes >> 20);
	return 0;
}
