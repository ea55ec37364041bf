// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * symbols [RELEASE]...: how long it takes to get at the symbols of a kernel in the cache (of all of
 * them without arguments). Medians of several runs, with everything in the page cache.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "target/btf.h"
#include "target/image.h"
#include "target/kernel.h"
#include "target/symbols.h"

#define RUNS 9

struct bench {
	const struct kernel *kernel;
	char *folder; /* temporary; the stored table goes here */
	char *vmlinux; /* in the folder, unpacked from the image */
};

static int unpack(const struct bench *bench, struct error *err)
{
	return image_unpack(bench->kernel->image, bench->vmlinux, err);
}

static int read_table(const struct bench *bench, struct error *err)
{
	const struct kernel kernel = { .folder = bench->folder, .vmlinux = bench->vmlinux };
	auto_symbol_table struct symbol_table *table = NULL;

	if (symbols_of_kernel(&kernel, &table, err) < 0)
		return -1;
	return symbol_first(table, "capable") != SIZE_MAX ? 0 :
		       error_set(err, ERROR_NOT_FOUND, "no capable()");
}

static int decode(const struct bench *bench, struct error *err)
{
	auto_free char *stored = path_join(bench->folder, "symbols");

	if (directory_remove(stored, err) < 0)
		return -1;
	return read_table(bench, err);
}

static int read_types(const struct bench *bench, struct error *err)
{
	auto_btf struct btf *btf = NULL;
	uint64_t size;

	if (btf_open(bench->vmlinux, &btf, err) < 0)
		return -1;
	return btf_struct_size(btf, "module", &size, err);
}

static const struct step {
	const char *name;
	int (*run)(const struct bench *bench, struct error *err);
} steps[] = {
	{ "unpack the image", unpack },
	{ "decode kallsyms and store", decode },
	{ "load the stored symbols", read_table },
	{ "one size from BTF", read_types },
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int compare_times(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int measure(const struct bench *bench, const struct step *step, struct error *err)
{
	double times[RUNS];

	for (int i = 0; i < RUNS; i++) {
		double start = now();

		if (step->run(bench, err) < 0)
			return -1;
		times[i] = now() - start;
	}
	qsort(times, RUNS, sizeof(times[0]), compare_times);
	printf("  %-26s %8.1f ms  (%.1f to %.1f)\n", step->name, times[RUNS / 2], times[0],
	       times[RUNS - 1]);
	return 0;
}

static int measure_kernel(const char *release, struct error *err)
{
	auto_kernel struct kernel *kernel = NULL;
	auto_free char *folder = NULL;
	struct error ignored;

	if (kernel_open(release, &kernel, err) < 0 ||
	    directory_make_temporary(kernel->folder, &folder, err) < 0)
		return -1;

	auto_free char *vmlinux = path_join(folder, "vmlinux");
	const struct bench bench = { .kernel = kernel, .folder = folder, .vmlinux = vmlinux };
	int result = 0;

	printf("%s\n", release);
	for (size_t i = 0; i < ARRAY_SIZE(steps) && result == 0; i++)
		result = measure(&bench, &steps[i], err);
	directory_remove(folder, &ignored);
	return result;
}

int main(int argc, char **argv)
{
	auto_text_list struct text_list releases = { 0 };
	struct error err = ERROR_INIT;

	interrupt_catch();
	for (int i = 1; i < argc; i++)
		text_list_add(&releases, argv[i]);
	if (argc == 1 && kernel_list(&releases, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	for (size_t i = 0; i < releases.count; i++)
		if (measure_kernel(releases.items[i], &err) < 0) {
			fprintf(stderr, "%s\n", err.msg);
			return 1;
		}
	return 0;
}
