// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "target/cache.h"
#include "target/description.h"
#include "target/fetch.h"
#include "target/layout.h"
#include "target/notes.h"

#define RELEASE_LIMIT ((size_t)4096)

/* include/generated/utsrelease.h, which the top Makefile writes from KERNELRELEASE:
 * #define UTS_RELEASE "6.1.192". (include/config/kernel.release does not know a release that was
 * given to make.) */
static int read_release(const char *tree, char **ret_release, struct error *err)
{
	auto_free char *path = path_join(tree, "include/generated/utsrelease.h");
	auto_buffer struct buffer text = BUFFER_INIT;
	const char *release;

	if (file_read(path, RELEASE_LIMIT, &text, err) < 0)
		return error_context(err, "%s is no build tree of a kernel", tree);
	release = strstr(buffer_text(&text), "#define UTS_RELEASE \"");
	if (!release)
		return error_set(err, ERROR_INVALID, "%s does not define UTS_RELEASE", path);
	release = strchr(release, '"') + 1;
	*ret_release = xstrndup(release, strcspn(release, "\"\n"));
	return 0;
}

static int need(const char *tree, const char *name, const char *why, char **ret_path,
		struct error *err)
{
	auto_free char *path = path_join(tree, name);

	if (!file_exists(path))
		return error_set(err, ERROR_NOT_FOUND,
				 "the build tree %s has no %s, which is needed for %s: build the "
				 "kernel there with its modules first", tree, name, why);
	*ret_path = steal_ptr(path);
	return 0;
}

static int fill(struct kernel *kernel, const char *tree, struct error *err)
{
	auto_free char *image = path_join(tree, "arch/x86/boot/bzImage");
	auto_free char *objtool = path_join(tree, "tools/objtool/objtool");
	auto_free char *makefile = NULL, *order = NULL;

	if (need(tree, "Makefile", "compiling", &makefile, err) < 0 ||
	    need(tree, "vmlinux", "its symbols", &kernel->vmlinux, err) < 0 ||
	    need(tree, ".config", "compiling", &kernel->config, err) < 0 ||
	    need(tree, "Module.symvers", "exported symbols", &kernel->symvers, err) < 0 ||
	    need(tree, "modules.order", "its modules", &order, err) < 0)
		return -1;
	kernel->source = xstrdup(tree);
	kernel->modules = xstrdup(tree);
	kernel->headers = xstrdup(tree);
	if (file_exists(image))
		kernel->image = steal_ptr(image);
	if (file_exists(objtool))
		kernel->objtool = steal_ptr(objtool);
	return 0;
}

static int identify(struct kernel *kernel, const struct progress *progress, struct error *err)
{
	auto_free char *release = xstrdup(kernel->id.release);

	if (vmlinux_identify(kernel->vmlinux, &kernel->id, err) < 0)
		return error_context(err, "%s", kernel->vmlinux);
	if (vmlinux_has_debug(kernel->vmlinux, &kernel->has_debug, err) < 0)
		return -1;
	if (strcmp(release, kernel->id.release))
		return error_set(err, ERROR_INVALID,
				 "%s says it is %s, and the tree was prepared for %s: build it again",
				 kernel->vmlinux, kernel->id.release, release);
	return layout_fill_build(kernel, progress, err);
}

/* With the lock held. A kernel of the same name that is something else is not touched. */
static int check_place(const struct kernel *kernel, struct error *err)
{
	auto_kernel struct kernel *other = NULL;

	if (!cache_has_kernel(kernel->folder))
		return cache_discard(kernel->folder, err);
	if (description_read(kernel->folder, &other, err) < 0)
		return -1;
	if (strcmp(other->source, kernel->source))
		return error_set(err, ERROR_INVALID,
				 "the cache has another kernel %s, made from %s: remove %s first",
				 kernel->id.release, other->source, kernel->folder);
	return 0;
}

int kernel_import(const char *build_tree, const struct progress *progress,
		  struct kernel **ret_kernel, struct error *err)
{
	auto_kernel struct kernel *kernel = xcalloc(1, sizeof(*kernel));
	auto_close int lock = -1;
	char tree[PATH_MAX];

	if (!realpath(build_tree, tree))
		return error_errno(err, "cannot open the build tree %s", build_tree);
	if (read_release(tree, &kernel->id.release, err) < 0 ||
	    cache_kernel_folder(kernel->id.release, &kernel->folder, err) < 0 ||
	    cache_lock(kernel->id.release, progress, &lock, err) < 0 ||
	    fill(kernel, tree, err) < 0 || check_place(kernel, err) < 0 ||
	    identify(kernel, progress, err) < 0 || directory_make(kernel->folder, err) < 0 ||
	    description_write(kernel, err) < 0)
		return -1;
	*ret_kernel = steal_ptr(kernel);
	return 0;
}
