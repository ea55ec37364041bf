/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests against stock kernels share: a kernel, and a folder that goes away again. */
#ifndef SUTURE_TESTS_GOLDEN_H
#define SUTURE_TESTS_GOLDEN_H

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "target/cache.h"
#include "target/fetch.h"
#include "target/kernel.h"

struct golden_folder {
	char *path;
};

static inline void golden_folder_clear(struct golden_folder *folder)
{
	struct error err = ERROR_INIT;

	if (folder->path && directory_remove(folder->path, &err) < 0)
		fprintf(stderr, "%s\n", err.msg);
	free(folder->path);
}
#define auto_folder __attribute__((cleanup(golden_folder_clear)))

/* The newest cloud kernel of the series in the cache, or else in the archive. */
static inline int golden_kernel(const char *series, struct kernel **ret_kernel, struct error *err)
{
	const struct fetch_request request = { .series = series, .flavour = "cloud" };
	auto_free char *prefix = xasprintf("%s.", series);
	auto_text_list struct text_list releases = { 0 };
	bool was_there;

	if (kernel_list(&releases, err) < 0)
		return -1;
	for (size_t i = releases.count; i-- > 0;)
		if (has_prefix(releases.items[i], prefix) && strstr(releases.items[i], "cloud"))
			return kernel_open(releases.items[i], ret_kernel, err);
	return kernel_fetch(&request, ret_kernel, &was_there, err);
}

static inline int golden_open(const char *series, struct kernel **ret_kernel,
			      struct golden_folder *ret_folder, struct error *err)
{
	auto_free char *store = NULL;

	if (golden_kernel(series, ret_kernel, err) < 0 ||
	    cache_subfolder("packages", &store, err) < 0 ||
	    directory_make_temporary(store, &ret_folder->path, err) < 0)
		return -1;
	printf("%s\n", (*ret_kernel)->id.release);
	return 0;
}

/* Exit status when something cannot be had: skipped, unless it is our own fault. */
static inline int golden_skip(const struct error *err)
{
	printf("%s\n", err->msg);
	return err->code == ERROR_TEMPORARY || err->code == ERROR_NOT_FOUND ? 77 : 1;
}

#endif
