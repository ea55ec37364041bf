// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

bool is_directory(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

int directory_make(const char *path, struct error *err)
{
	auto_free char *copy = xstrdup(path);

	for (char *slash = copy; slash; ) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = 0;
		if (mkdir(copy, 0777) < 0 && errno != EEXIST)
			return error_errno(err, "cannot make the folder %s", copy);
		if (slash)
			*slash = '/';
	}
	if (!is_directory(path))
		return error_set(err, ERROR_INVALID, "%s exists and is not a folder", path);
	return 0;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
	(void)info;
	(void)type;
	(void)ftw;
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

int directory_remove(const char *path, struct error *err)
{
	if (nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove %s", path);
	return 0;
}

int directory_make_temporary(const char *parent, char **ret_path, struct error *err)
{
	auto_free char *path = xasprintf("%s/.tmp-%d-XXXXXX", parent, (int)getpid());

	if (!mkdtemp(path))
		return error_errno(err, "cannot make a temporary folder in %s", parent);
	if (chmod(path, 0755) < 0)
		return error_errno(err, "cannot set the mode of %s", path);
	*ret_path = steal_ptr(path);
	return 0;
}

int directory_list(const char *path, struct text_list *ret_names, struct error *err)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	if (!folder)
		return error_errno(err, "cannot read the folder %s", path);
	/* A folder that cannot be read to its end is not an empty one. */
	while (errno = 0, (entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			text_list_add(ret_names, entry->d_name);
	if (errno) {
		error_errno(err, "cannot read the folder %s", path);
		closedir(folder);
		return -1;
	}
	closedir(folder);
	text_list_sort(ret_names);
	return 0;
}
