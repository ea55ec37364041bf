// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "target/apt.h"
#include "target/cache.h"
#include "target/description.h"
#include "target/download.h"
#include "target/layout.h"
#include "target/notes.h"
#include "target/package.h"
#include "target/prepare.h"
#include "target/resolve.h"

/* A prepared cloud kernel takes 1.9 GB, its packages 0.2 GB. */
#define KERNEL_SPACE (2500ULL << 20)
#define DEBUGINFO_SPACE (3000ULL << 20)

/* A kernel in the making. Whatever is left of it when it is cleared is ended and removed. */
struct making {
	const struct fetch_request *request;
	struct apt apt;
	struct resolution resolution;
	struct kernel *kernel;
	char *temporary; /* kernel->folder/.making */
	struct download source, others;
	struct process *unpacking; /* the source */
};

static void making_clear(struct making *making)
{
	process_free(making->unpacking);
	download_clear(&making->source);
	download_clear(&making->others);
	resolution_clear(&making->resolution);
	apt_clear(&making->apt);
	kernel_free(making->kernel);
	free(making->temporary);
}
#define auto_making __attribute__((cleanup(making_clear)))

static bool is_source(const struct package *package)
{
	return has_prefix(package->name, "linux-source-");
}

static bool is_debug(const struct package *package)
{
	return has_suffix(package->name, "-dbg");
}

/* Starts apt-get for what is missing, the source by itself: it is three quarters of the bytes, and
 * the others can be unpacked while it comes. */
static int start_downloads(struct making *making, bool (*is_wanted)(const struct package *),
			   struct error *err)
{
	const struct package_details *packages = &making->resolution.packages;
	auto_free char *source = path_join(making->temporary, "source");
	auto_free char *others = path_join(making->temporary, "packages");
	unsigned long long missing = 0;

	for (size_t i = 0; i < packages->count; i++) {
		const struct package *package = &packages->items[i];
		bool stored;

		if (is_wanted && !is_wanted(package))
			continue;
		if (package_is_stored(package, making->request->progress, &stored, err) < 0)
			return -1;
		if (stored)
			continue;
		download_add(is_source(package) ? &making->source : &making->others, package);
		missing += package->size;
	}
	if (missing)
		progress_step(making->request->progress, 0, 0, "downloading %llu MB",
			      (missing >> 20) + 1);
	if (download_start(&making->others, &making->apt, others, err) < 0)
		return -1;
	return download_start(&making->source, &making->apt, source, err);
}

static int start_unpacking_source(struct making *making, struct error *err)
{
	const struct package_details *packages = &making->resolution.packages;
	auto_free char *deb = NULL;

	for (size_t i = 0; i < packages->count; i++)
		if (is_source(&packages->items[i]) &&
		    package_path(&packages->items[i], &deb, err) < 0)
			return -1;
	progress_step(making->request->progress, 0, 0, "unpacking the source");
	return package_unpack_source_start(deb, making->resolution.series, making->kernel->source,
					   &making->unpacking, err);
}

static int unpack_others(struct making *making, struct error *err)
{
	const struct package_details *packages = &making->resolution.packages;
	auto_free char *root = path_join(making->kernel->folder, "root");

	if (directory_make(root, err) < 0)
		return -1;
	for (size_t i = 0; i < packages->count; i++) {
		struct process *process;
		auto_free char *deb = NULL;

		if (is_source(&packages->items[i]) || is_debug(&packages->items[i]))
			continue;
		if (package_path(&packages->items[i], &deb, err) < 0 ||
		    package_unpack_start(deb, root, &process, err) < 0 ||
		    package_unpack_finish(process, deb, err) < 0)
			return -1;
	}
	return 0;
}

static bool is_no_debug(const struct package *package)
{
	return !is_debug(package);
}

/* Downloads and unpacks, as much as possible at the same time. */
static int obtain(struct making *making, struct error *err)
{
	if (directory_make(making->kernel->source, err) < 0 ||
	    start_downloads(making, is_no_debug, err) < 0)
		return -1;

	bool has_source = making->source.count == 0;

	if (has_source && start_unpacking_source(making, err) < 0)
		return -1;
	/* Whatever can be refused is refused here, while the source is still being unpacked. */
	if (download_finish(&making->others, err) < 0 || unpack_others(making, err) < 0 ||
	    layout_fill(making->kernel, making->request->progress, err) < 0)
		return -1;
	if (!has_source && (download_finish(&making->source, err) < 0 ||
			    start_unpacking_source(making, err) < 0))
		return -1;
	return package_unpack_finish(steal_ptr(making->unpacking), "the source package", err);
}

/* The debug package is of the same version; that it is of the same build, only the build-id tells. */
static int check_debuginfo(const struct kernel *kernel, const char *vmlinux, struct error *err)
{
	struct kernel_id id = { 0 };
	bool has_debug;

	if (vmlinux_has_debug(vmlinux, &has_debug, err) < 0 ||
	    vmlinux_identify(vmlinux, &id, err) < 0)
		return -1;

	bool same = kernel_id_same(&id, &kernel->id);

	kernel_id_clear(&id);
	if (!same)
		return error_set(err, ERROR_VERIFY,
				 "the debug package of %s is of another build: its build-id is not "
				 "the image's", kernel->id.release);
	if (!has_debug)
		return error_set(err, ERROR_INVALID, "the debug package of %s brings no symbols",
				 kernel->id.release);
	return 0;
}

/* The vmlinux with symbols, put beside the one from the image. */
static int add_debuginfo(struct making *making, struct error *err)
{
	const struct package_details *packages = &making->resolution.packages;
	struct kernel *kernel = making->kernel;
	auto_free char *member = xasprintf("./usr/lib/debug/boot/vmlinux-%s", kernel->id.release);
	auto_free char *vmlinux = path_join(kernel->folder, "vmlinux-debug");
	auto_free char *half = path_join(making->temporary, "vmlinux-debug");
	auto_free char *deb = NULL;
	struct process *process;

	if (cache_need_space(kernel->folder, DEBUGINFO_SPACE, err) < 0)
		return -1;
	download_clear(&making->others);
	if (start_downloads(making, is_debug, err) < 0 ||
	    download_finish(&making->others, err) < 0)
		return -1;
	for (size_t i = 0; i < packages->count; i++)
		if (is_debug(&packages->items[i]) &&
		    package_path(&packages->items[i], &deb, err) < 0)
			return -1;
	progress_step(making->request->progress, 0, 0, "unpacking the debug package");
	if (package_extract_start(deb, member, half, &process, err) < 0 ||
	    package_unpack_finish(process, deb, err) < 0 || check_debuginfo(kernel, half, err) < 0)
		return -1;
	if (rename(half, vmlinux) < 0)
		return error_errno(err, "cannot move %s to %s", half, vmlinux);
	free(kernel->vmlinux);
	kernel->vmlinux = steal_ptr(vmlinux);
	kernel->has_debug = true;
	return 0;
}

static int make_all(struct making *making, struct error *err)
{
	struct kernel *kernel = making->kernel;
	const struct progress *progress = making->request->progress;

	if (directory_make(making->temporary, err) < 0 ||
	    cache_need_space(kernel->folder, KERNEL_SPACE, err) < 0 || obtain(making, err) < 0 ||
	    source_prepare(kernel, progress, err) < 0)
		return -1;
	return 0;
}

/* On failure nothing half-made stays. The first error is the one that is told. */
static int finish(struct making *making, int result, bool was_complete, struct error *err)
{
	struct error ignored;
	struct error *own = result < 0 ? &ignored : err;

	process_free(steal_ptr(making->unpacking));
	download_clear(&making->source);
	download_clear(&making->others);
	if (result < 0 && !was_complete)
		cache_discard(making->kernel->folder, own);
	else if (cache_discard(making->temporary, own) < 0)
		return -1;
	return result;
}

static int resolve(struct making *making, struct error *err)
{
	if (making->resolution.release)
		return 0;
	if (apt_open(&making->apt, err) < 0)
		return -1;
	return release_resolve(&making->apt, making->request, &making->resolution, err);
}

/* Lists that are older than the mirror name files that are gone: once more with lists of our own. */
static bool is_worth_a_second_try(const struct making *making, const struct error *err)
{
	return err->code == ERROR_TEMPORARY && !making->apt.own_lists && making->apt.options.count;
}

/* With the lock held. */
static int make_kernel(struct making *making, struct error *err)
{
	struct kernel *kernel = making->kernel = xcalloc(1, sizeof(*kernel));

	if (cache_kernel_folder(making->resolution.release, &kernel->folder, err) < 0)
		return -1;
	kernel->id.release = xstrdup(making->resolution.release);
	kernel->package_version = xstrdup(making->resolution.version);
	kernel->source = path_join(kernel->folder, "source");
	making->temporary = path_join(kernel->folder, CACHE_MAKING);
	if (cache_discard(kernel->folder, err) < 0 ||
	    packages_resolve(&making->apt, making->request->debuginfo, &making->resolution, err) < 0)
		return -1;

	int result = make_all(making, err);

	if (result == 0 && making->request->debuginfo)
		result = add_debuginfo(making, err);
	if (result == 0)
		result = interrupt_check(err);
	if (result == 0)
		result = description_write(kernel, err);
	return finish(making, result, false, err);
}

/* A kernel that is there already gets its debug package. */
static int extend_kernel(struct making *making, struct error *err)
{
	struct kernel *kernel = making->kernel;

	if (!kernel->package_version)
		return error_set(err, ERROR_INVALID,
				 "%s was imported from a build tree: there is no debug package for it",
				 kernel->id.release);
	if (strcmp(making->resolution.version, kernel->package_version))
		return error_set(err, ERROR_NOT_FOUND,
				 "the archive has %s in version %s, the cache in version %s",
				 kernel->id.release, making->resolution.version,
				 kernel->package_version);
	if (packages_resolve(&making->apt, true, &making->resolution, err) < 0)
		return -1;
	making->temporary = path_join(kernel->folder, CACHE_MAKING);

	int result = directory_make(making->temporary, err);

	if (result == 0)
		result = add_debuginfo(making, err);
	if (result == 0)
		result = description_write(kernel, err);
	return finish(making, result, true, err);
}

static bool is_done(const struct kernel *kernel, const struct fetch_request *request)
{
	return !request->debuginfo || kernel->has_debug;
}

/* Opens it if it is in the cache; *ret_kernel stays NULL if not. */
static int open_cached(const char *release, struct kernel **ret_kernel, struct error *err)
{
	auto_free char *folder = NULL;

	if (cache_kernel_folder(release, &folder, err) < 0)
		return -1;
	return cache_has_kernel(folder) ? kernel_open(release, ret_kernel, err) : 0;
}

static int make_locked(struct making *making, const char *release, bool *ret_was_there,
		       struct error *err)
{
	auto_close int lock = -1;

	if (cache_lock(release, making->request->progress, &lock, err) < 0 ||
	    open_cached(release, &making->kernel, err) < 0)
		return -1;
	*ret_was_there = making->kernel && is_done(making->kernel, making->request);
	if (*ret_was_there)
		return 0;
	return making->kernel ? extend_kernel(making, err) : make_kernel(making, err);
}

static int try_fetch(struct making *making, struct kernel **ret_kernel, bool *ret_was_there,
		     struct error *err)
{
	const struct fetch_request *request = making->request;

	/* What is in the cache needs no package lists. */
	if (request->release) {
		if (open_cached(request->release, &making->kernel, err) < 0)
			return -1;
		if (making->kernel && is_done(making->kernel, request)) {
			*ret_was_there = true;
			*ret_kernel = steal_ptr(making->kernel);
			return 0;
		}
		kernel_free(steal_ptr(making->kernel));
	}
	if (resolve(making, err) < 0 ||
	    make_locked(making, making->resolution.release, ret_was_there, err) < 0)
		return -1;
	*ret_kernel = steal_ptr(making->kernel);
	return 0;
}

int kernel_fetch(const struct fetch_request *request, struct kernel **ret_kernel,
		 bool *ret_was_there, struct error *err)
{
	auto_making struct making making = { .request = request };

	if (cache_sweep(err) < 0)
		return -1;
	if (try_fetch(&making, ret_kernel, ret_was_there, err) == 0)
		return 0;
	if (!is_worth_a_second_try(&making, err))
		return -1;

	auto_making struct making again = { .request = request };
	struct error first = *err;

	if (apt_open(&again.apt, err) < 0)
		return -1;
	if (apt_use_own_lists(&again.apt, request->progress, err) < 0) {
		*err = first;
		return -1;
	}
	if (release_resolve(&again.apt, request, &again.resolution, err) < 0)
		return -1;
	return try_fetch(&again, ret_kernel, ret_was_there, err);
}
