// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/collect.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "target/cache.h"
#include "target/description.h"
#include "target/layout.h"
#include "target/package.h"
#include "target/package_folder.h"
#include "target/prepare.h"
#include "target/unpack.h"

#define KERNEL_SPACE (4000ULL << 20) /* the source is unpacked by way of its package */
#define PATCH_LIMIT ((size_t)256 << 20)

struct collecting {
	const char *path; /* of the folder */
	const struct progress *progress;
	struct package_folder packages;
	struct kernel *kernel;
	char *temporary;
};

static void collecting_clear(struct collecting *collecting)
{
	package_folder_clear(&collecting->packages);
	kernel_free(collecting->kernel);
	free(collecting->temporary);
}
#define auto_collecting __attribute__((cleanup(collecting_clear)))

static int unpack_package(const struct collecting *collecting, const char *path,
			  const char *folder, struct error *err)
{
	struct process *process;

	if (directory_make(folder, err) < 0)
		return -1;
	if (collecting->packages.kind == PACKAGE_RPM)
		return unpack_archive(path, folder, 0, err);
	return package_unpack_start(path, folder, &process, err) < 0 ?
		       -1 :
		       package_unpack_finish(process, path, err);
}

static int unpack_binaries(const struct collecting *collecting, struct error *err)
{
	const struct text_list *binaries = &collecting->packages.binaries;
	auto_free char *root = path_join(collecting->kernel->folder, "root");

	for (size_t i = 0; i < binaries->count; i++) {
		progress_step(collecting->progress, i, binaries->count, "unpacking %s",
			      path_base(binaries->items[i]));
		if (unpack_package(collecting, binaries->items[i], root, err) < 0)
			return -1;
	}
	return 0;
}

/* usr/src/linux-source-6.8.0.tar.xz or usr/src/linux-source-6.8.0/linux-source-6.8.0.tar.bz2 of a
 * Debian package, linux-5.14.0-427.el9.tar.xz of a source RPM. */
static int find_tarball(const char *folder, const char *prefix, unsigned depth, char **ret_path,
			struct error *err)
{
	auto_text_list struct text_list names = { 0 };

	if (directory_list(folder, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count && !*ret_path; i++) {
		auto_free char *path = path_join(folder, names.items[i]);

		if (has_prefix(names.items[i], prefix) && strstr(names.items[i], ".tar."))
			*ret_path = steal_ptr(path);
		else if (depth && is_directory(path) &&
			 find_tarball(path, prefix, depth - 1, ret_path, err) < 0)
			return -1;
	}
	return 0;
}

/* The patches of a source RPM: one that makes the distribution's tree of the upstream one, and an
 * empty one for people who build their own. Anything else would leave us with the wrong source. */
static int apply_patch(const struct collecting *collecting, const char *folder, const char *name,
		       struct error *err)
{
	auto_free char *path = path_join(folder, name);
	auto_buffer struct buffer text = BUFFER_INIT;
	const char *const argv[] = { "patch", "-p1", "-s", "-f", "-i", path, NULL };
	const struct process_spec spec = { .argv = argv, .cwd = collecting->kernel->source };

	if (file_read(path, PATCH_LIMIT, &text, err) < 0)
		return -1;
	if (!text.size)
		return 0;
	if (!has_prefix(name, "patch-") || !has_suffix(name, "-redhat.patch"))
		return error_set(err, ERROR_REFUSED,
				 "the source package has the patch %s, and suture does not know whether the "
				 "kernel was built with it; build the tree with rpmbuild -bp and use "
				 "'suture kernel import'", name);
	progress_step(collecting->progress, 0, 0, "applying %s", name);
	if (process_run_ok(&spec, NULL, err) < 0)
		return error_context(err, "applying %s", name);
	return 0;
}

static int apply_patches(const struct collecting *collecting, const char *folder,
			 struct error *err)
{
	auto_text_list struct text_list names = { 0 };

	if (collecting->packages.kind != PACKAGE_RPM)
		return 0; /* the tarball has them all */
	if (directory_list(folder, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (has_suffix(names.items[i], ".patch") &&
		    apply_patch(collecting, folder, names.items[i], err) < 0)
			return -1;
	return 0;
}

static int unpack_source(const struct collecting *collecting, struct error *err)
{
	const struct kernel *kernel = collecting->kernel;
	bool is_rpm = collecting->packages.kind == PACKAGE_RPM;
	auto_free char *folder = path_join(collecting->temporary, "source");
	auto_free char *tarball = NULL;
	const char *package;

	if (package_folder_source(&collecting->packages, kernel->id.release,
				  kernel->package_version, &package, err) < 0)
		return -1;
	progress_step(collecting->progress, 0, 0, "unpacking %s", path_base(package));
	if (unpack_package(collecting, package, folder, err) < 0 ||
	    find_tarball(folder, is_rpm ? "linux-" : "linux-source-", is_rpm ? 0 : 3, &tarball,
			 err) < 0)
		return -1;
	if (!tarball)
		return error_set(err, ERROR_NOT_FOUND, "%s has no source tree (linux-*.tar.*) in it",
				 package);
	if (directory_make(kernel->source, err) < 0 ||
	    unpack_archive(tarball, kernel->source, 1, err) < 0)
		return -1;
	return apply_patches(collecting, folder, err);
}

static int make_all(struct collecting *collecting, struct error *err)
{
	struct kernel *kernel = collecting->kernel;

	if (directory_make(collecting->temporary, err) < 0 ||
	    cache_need_space(kernel->folder, KERNEL_SPACE, err) < 0 ||
	    unpack_binaries(collecting, err) < 0 ||
	    layout_fill(kernel, collecting->progress, err) < 0 ||
	    unpack_source(collecting, err) < 0 ||
	    source_prepare(kernel, collecting->progress, err) < 0 || interrupt_check(err) < 0)
		return -1;
	return description_write(kernel, err);
}

/* With the lock held. The first error is the one that is told. */
static int make_kernel(struct collecting *collecting, const char *release, struct error *err)
{
	struct kernel *kernel = collecting->kernel = xcalloc(1, sizeof(*kernel));
	struct error ignored;

	if (cache_kernel_folder(release, &kernel->folder, err) < 0 ||
	    package_folder_version(&collecting->packages, release, &kernel->package_version, err) < 0 ||
	    cache_discard(kernel->folder, err) < 0)
		return -1;
	kernel->id.release = xstrdup(release);
	kernel->source = path_join(kernel->folder, "source");
	collecting->temporary = path_join(kernel->folder, CACHE_MAKING);
	if (make_all(collecting, err) == 0)
		return cache_discard(collecting->temporary, err);
	cache_discard(kernel->folder, &ignored);
	return -1;
}

static int choose_release(const struct collecting *collecting, const char *wanted,
			  const char **ret_release, struct error *err)
{
	const struct text_list *releases = &collecting->packages.releases;
	auto_buffer struct buffer all = BUFFER_INIT;

	for (size_t i = 0; i < releases->count; i++) {
		if (wanted && !strcmp(wanted, releases->items[i])) {
			*ret_release = releases->items[i];
			return 0;
		}
		buffer_printf(&all, "%s%s", i ? ", " : "", releases->items[i]);
	}
	if (wanted)
		return error_set(err, ERROR_NOT_FOUND, "%s has no image of %s, only of %s",
				 collecting->path, wanted, buffer_text(&all));
	if (releases->count > 1)
		return error_set(err, ERROR_USAGE, "%s has several kernels, say which: %s",
				 collecting->path, buffer_text(&all));
	*ret_release = releases->items[0];
	return 0;
}

int kernel_collect(const char *folder, const char *release, const struct progress *progress,
		   struct kernel **ret_kernel, bool *ret_was_there, struct error *err)
{
	auto_collecting struct collecting collecting = { .path = folder, .progress = progress };
	auto_free char *place = NULL;
	auto_close int lock = -1;

	if (cache_sweep(err) < 0 || package_folder_read(folder, &collecting.packages, err) < 0 ||
	    choose_release(&collecting, release, &release, err) < 0 ||
	    cache_kernel_folder(release, &place, err) < 0 ||
	    cache_lock(release, progress, &lock, err) < 0)
		return -1;
	*ret_was_there = cache_has_kernel(place);
	if (*ret_was_there)
		return kernel_open(release, ret_kernel, err);
	if (make_kernel(&collecting, release, err) < 0)
		return -1;
	*ret_kernel = steal_ptr(collecting.kernel);
	return 0;
}
