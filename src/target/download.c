// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/download.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "target/cache.h"
#include "target/package.h"

int package_path(const struct package *package, char **ret_path, struct error *err)
{
	auto_free char *store = NULL;

	if (cache_subfolder("packages", &store, err) < 0)
		return -1;
	*ret_path = path_join(store, package->file);
	return 0;
}

int package_is_stored(const struct package *package, const struct progress *progress,
		      bool *ret_stored, struct error *err)
{
	auto_free char *path = NULL;
	struct error damage;
	struct stat info;

	if (package_path(package, &path, err) < 0)
		return -1;
	*ret_stored = false;
	if (stat(path, &info) < 0)
		return 0;
	if (package_check(path, package->sha256, &damage) == 0) {
		*ret_stored = true;
		return 0;
	}
	progress_say(progress, "note: %s; fetching it again", damage.msg);
	if (unlink(path) < 0)
		return error_errno(err, "cannot remove %s", path);
	return 0;
}

void download_add(struct download *download, const struct package *package)
{
	ARRAY_GROW(download->packages, download->capacity, download->count + 1);
	download->packages[download->count++] = package;
}

int download_start(struct download *download, const struct apt *apt, const char *folder,
		   struct error *err)
{
	auto_text_list struct text_list specs = { 0 };

	if (!download->count)
		return 0;
	for (size_t i = 0; i < download->count; i++)
		text_list_printf(&specs, "%s=%s", download->packages[i]->name,
				 download->packages[i]->version);
	if (directory_make(folder, err) < 0)
		return -1;
	download->folder = xstrdup(folder);
	return apt_download_start(apt, folder, &specs, &download->process, err);
}

/* apt-get names files by itself: "name_version_arch.deb", with ':' as %3a. */
static char *find_file(const struct package *package, const char *folder,
		       const struct text_list *names)
{
	auto_free char *beginning = xasprintf("%s_", package->name);

	for (size_t i = 0; i < names->count; i++)
		if (has_prefix(names->items[i], beginning))
			return path_join(folder, names->items[i]);
	return NULL;
}

static int store_package(const struct package *package, const char *folder,
			 const struct text_list *names, struct error *err)
{
	auto_free char *from = find_file(package, folder, names);
	auto_free char *to = NULL;

	if (!from)
		return error_set(err, ERROR_TOOL, "apt-get download did not leave %s in %s",
				 package->name, folder);
	if (package_path(package, &to, err) < 0)
		return -1;
	if (rename(from, to) < 0)
		return error_errno(err, "cannot move %s to %s", from, to);
	return 0;
}

int download_finish(struct download *download, struct error *err)
{
	auto_process_result struct process_result result = { 0 };
	auto_text_list struct text_list names = { 0 };

	if (!download->process)
		return 0;
	if (process_finish(steal_ptr(download->process), &result, err) < 0 ||
	    apt_download_check(&result, err) < 0 ||
	    directory_list(download->folder, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < download->count; i++)
		if (store_package(download->packages[i], download->folder, &names, err) < 0)
			return -1;
	return 0;
}

void download_clear(struct download *download)
{
	process_free(download->process);
	free(download->folder);
	free(download->packages);
	*download = (struct download){ 0 };
}
