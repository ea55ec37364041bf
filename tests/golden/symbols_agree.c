// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * symbols_agree SERIES: the symbols decoded from the image of Debian's newest cloud kernel of the
 * series (or the one in the cache) are those of the ELF symbol table in its debug package: same
 * names, addresses, letters, order and sympos, every one of them. Ends with 77 (skipped) if the
 * packages cannot be had.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "golden.h"
#include "target/download.h"
#include "target/image.h"
#include "target/package.h"
#include "target/resolve.h"
#include "target/symbols.h"

static const struct package *find_debug(const struct resolution *resolution)
{
	for (size_t i = 0; i < resolution->packages.count; i++)
		if (has_suffix(resolution->packages.items[i].name, "-dbg"))
			return &resolution->packages.items[i];
	return NULL;
}

/* The debug package's vmlinux to `path`, without touching the kernel in the cache. */
static int extract_debug(const struct kernel *kernel, const char *folder, const char *path,
			 struct error *err)
{
	const struct fetch_request request = { .release = kernel->id.release };
	auto_apt struct apt apt = { 0 };
	auto_resolution struct resolution resolution = { 0 };
	struct download download = { 0 };
	struct process *process;
	auto_free char *member = xasprintf("./usr/lib/debug/boot/vmlinux-%s", kernel->id.release);
	auto_free char *deb = NULL;
	bool stored;

	if (apt_open(&apt, err) < 0 || release_resolve(&apt, &request, &resolution, err) < 0 ||
	    packages_resolve(&apt, true, &resolution, err) < 0)
		return -1;

	const struct package *debug = find_debug(&resolution);

	if (!debug || strcmp(resolution.version, kernel->package_version))
		return error_set(err, ERROR_NOT_FOUND, "the archive has no debug package for %s %s",
				 kernel->id.release, kernel->package_version);
	if (package_is_stored(debug, NULL, &stored, err) < 0)
		return -1;
	if (!stored) {
		download_add(&download, debug);
		if (download_start(&download, &apt, folder, err) < 0 ||
		    download_finish(&download, err) < 0) {
			download_clear(&download);
			return -1;
		}
		download_clear(&download);
	}
	if (package_path(debug, &deb, err) < 0 ||
	    package_extract_start(deb, member, path, &process, err) < 0)
		return -1;
	return package_unpack_finish(process, deb, err);
}

static bool is_same(const struct symbol_table *a, const struct symbol_table *b, size_t i)
{
	return !strcmp(a->items[i].name, b->items[i].name) &&
	       a->items[i].address == b->items[i].address &&
	       a->items[i].type == b->items[i].type && symbol_sympos(a, i) == symbol_sympos(b, i);
}

static int compare(const struct symbol_table *image, const struct symbol_table *debug)
{
	size_t differing = 0, functions = 0, positions = 0;

	for (size_t i = 0; i < image->count && i < debug->count; i++) {
		functions += strchr("tTwW", image->items[i].type) && debug->items[i].size > 0;
		positions += symbol_sympos(image, i) > 0;
		if (is_same(image, debug, i) || differing++ >= 10)
			continue;
		printf("symbol %zu: image %c %s at %llx, debug package %c %s at %llx\n", i,
		       image->items[i].type, image->items[i].name,
		       (unsigned long long)image->items[i].address, debug->items[i].type,
		       debug->items[i].name, (unsigned long long)debug->items[i].address);
	}
	printf("%zu symbols in the image, %zu in the debug package, %zu differ; %zu are functions "
	       "with a size, %zu share their name\n", image->count, debug->count, differing,
	       functions, positions);
	return image->count == debug->count && !differing && functions > 20000 && positions > 500
		       ? 0 : 1;
}

/* By symbols_of_kernel(), as if the kernel had only this vmlinux. */
static int read_table(const char *folder, char *vmlinux, bool has_debug,
		      struct symbol_table **ret_table, struct error *err)
{
	const struct kernel kernel = {
		.folder = (char *)folder, .vmlinux = vmlinux, .has_debug = has_debug,
	};

	return symbols_of_kernel(&kernel, ret_table, err);
}

static int fail(const struct error *err)
{
	printf("%s\n", err->msg);
	return 1;
}

static int test(struct kernel *kernel, const char *folder)
{
	auto_symbol_table struct symbol_table *image = NULL;
	auto_symbol_table struct symbol_table *debug = NULL;
	auto_free char *stripped = path_join(folder, "vmlinux");
	auto_free char *extracted = path_join(folder, "vmlinux-debug");
	char *with_symbols = kernel->has_debug ? kernel->vmlinux : extracted;
	struct error err = ERROR_INIT;

	if (!kernel->has_debug && extract_debug(kernel, folder, extracted, &err) < 0)
		return golden_skip(&err);
	if (image_unpack(kernel->image, stripped, &err) < 0 ||
	    read_table(folder, stripped, false, &image, &err) < 0 ||
	    read_table(folder, with_symbols, true, &debug, &err) < 0)
		return fail(&err);
	return compare(image, debug);
}

int main(int argc, char **argv)
{
	auto_folder struct golden_folder folder = { 0 };
	auto_kernel struct kernel *kernel = NULL;
	struct error err = ERROR_INIT;

	if (argc != 2)
		return 64;
	interrupt_catch();
	if (golden_open(argv[1], &kernel, &folder, &err) < 0)
		return golden_skip(&err);
	return test(kernel, folder.path);
}
