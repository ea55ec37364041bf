// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/link_copy.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"

struct copying {
	const char *from;
	const struct progress *progress;
	uint64_t done; /* files */
};

/* Folders below the root that no unit of x86 includes anything from. */
static bool is_needless_folder(const char *path)
{
	static const char *const names[] = {
		".git", "Documentation", "LICENSES", "debian", "rust", "samples", "tools",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(path, names[i]))
			return true;
	return has_prefix(path, "arch/") && !strchr(path + 5, '/') && strcmp(path, "arch/x86");
}

static bool is_build_product(const char *name)
{
	static const char *const suffixes[] = { ".o", ".ko", ".a", ".cmd", ".d", ".mod" };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (has_suffix(name, suffixes[i]))
			return true;
	return has_prefix(name, "vmlinux") && !has_suffix(name, ".h") && !has_suffix(name, ".S");
}

int link_file(const char *from, const char *to, struct error *err)
{
	if (link(from, to) == 0)
		return 0;
	/* EPERM: fs.protected_hardlinks and a file of somebody else's. */
	if (errno != EXDEV && errno != EPERM && errno != EMLINK && errno != EACCES)
		return error_errno(err, "cannot link %s to %s", to, from);
	if (symlink(from, to) < 0)
		return error_errno(err, "cannot link %s to %s", to, from);
	return 0;
}

static int copy_symlink(const char *from, const char *to, struct error *err)
{
	char target[4096];
	ssize_t size = readlink(from, target, sizeof(target) - 1);

	if (size < 0)
		return error_errno(err, "cannot read the link %s", from);
	target[size] = 0;
	if (symlink(target, to) < 0)
		return error_errno(err, "cannot make the link %s", to);
	return 0;
}

static int copy_folder(struct copying *job, const char *from, const char *to, struct error *err);

static int copy_entry(struct copying *job, const char *from, const char *to, unsigned char type,
		      struct error *err)
{
	struct stat info;

	if (type == DT_UNKNOWN) {
		if (lstat(from, &info) < 0)
			return error_errno(err, "cannot look at %s", from);
		type = S_ISDIR(info.st_mode) ? DT_DIR : S_ISLNK(info.st_mode) ? DT_LNK : DT_REG;
	}
	if (type == DT_DIR)
		return is_needless_folder(from + strlen(job->from) + 1)
			       ? 0
			       : copy_folder(job, from, to, err);
	if (type == DT_LNK)
		return copy_symlink(from, to, err);
	if (type != DT_REG || is_build_product(path_base(from)))
		return 0;
	if (++job->done % 4096 == 0)
		progress_step(job->progress, job->done, 0, "linking the source tree");
	return link_file(from, to, err);
}

static int copy_folder(struct copying *job, const char *from, const char *to, struct error *err)
{
	DIR *folder = opendir(from);
	struct dirent *entry;
	int result = interrupt_check(err);

	if (!folder)
		return error_errno(err, "cannot read the folder %s", from);
	if (result == 0 && mkdir(to, 0777) < 0)
		result = error_errno(err, "cannot make the folder %s", to);
	while (result == 0 && (entry = readdir(folder))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;

		auto_free char *source = path_join(from, entry->d_name);
		auto_free char *copy = path_join(to, entry->d_name);

		result = copy_entry(job, source, copy, entry->d_type, err);
	}
	closedir(folder);
	return result;
}

int link_copy(const char *from, const char *to, const struct progress *progress, struct error *err)
{
	struct copying job = { .from = from, .progress = progress };

	return copy_folder(&job, from, to, err);
}
