// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * proof KERNEL COUNT [SEED]: what share of a kernel's units is proven?
 *
 * Takes COUNT random units of all that the configuration builds in C, has kbuild compile them as they
 * were shipped and compares each with vmlinux or its module. Every unit that is not proven is
 * printed with its differences. Goal: 99 of 100, and every other one explained.
 *
 * proof KERNEL OBJECT PLAIN.o [ORIGINAL.o]: the same for one object that was compiled already.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "base/process.h"
#include "build/kbuild.h"
#include "build/unit_record.h"
#include "proof/layouts.h"
#include "proof/unit_proof.h"

#define BATCH 16

struct sample {
	const struct kernel *kernel;
	struct map *shipped; /* object -> struct shipped */
	struct kernel_types *types;
	struct text_list units;
	size_t proven, total;
};

static void print_proof(const struct unit_proof *proof)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	unit_proof_describe(proof, &text);
	for (size_t i = 0; i < proof->count; i++)
		buffer_printf(&text, "  differs: %s+0x%jx (%s): %s\n", proof->differences[i].subject,
			      (uintmax_t)proof->differences[i].offset, proof->differences[i].section,
			      proof->differences[i].text);
	for (size_t i = 0; i < proof->layouts.count; i++)
		buffer_printf(&text, "  another layout: %s\n", proof->layouts.items[i]);
	for (size_t i = 0; i < proof->unplaced.count; i++)
		buffer_printf(&text, "  not compared: %s\n", proof->unplaced.items[i]);
	printf("%s", buffer_text(&text));
	fflush(stdout);
}

static int prove(struct sample *sample, const char *unit, const char *object, const char *plain,
		 const char *original, struct error *err)
{
	struct shipped *shipped = map_find(sample->shipped, object);
	struct unit_proof_request request = { .unit = unit, .object = object, .plain = plain,
						    .original = original };
	struct unit_proof proof;

	if (!shipped) {
		if (shipped_open(sample->kernel, object, &shipped, err) < 0)
			return -1;
		map_set(sample->shipped, object, shipped);
	}
	if (kernel_types_of(sample->types, shipped, &request.layouts, err) < 0 ||
	    unit_proof_make(&request, shipped, &proof, err) < 0)
		return -1;
	sample->total++;
	sample->proven += proof.verdict == PROOF_PROVEN;
	if (proof.verdict != PROOF_PROVEN)
		print_proof(&proof);
	unit_proof_clear(&proof);
	return 0;
}

static int prove_unit(struct sample *sample, const char *source, struct error *err)
{
	auto_kbuild_unit struct kbuild_unit unit = { 0 };
	auto_free char *object = kbuild_object(source);
	auto_free char *path = path_join(sample->kernel->source, object);

	if (kbuild_unit_read(sample->kernel, source, &unit, err) < 0)
		return -1;
	if (unit.is_module)
		unit.module[strcspn(unit.module, ":")] = 0;
	return prove(sample, source, unit.is_module ? unit.module : "vmlinux", path, NULL, err);
}

/* Left out: what is no part of vmlinux or a module, and generated C. */
static bool is_wanted(const struct sample *sample, const char *source)
{
	auto_free char *path = path_join(sample->kernel->source, source);

	return file_exists(path) && !strstr(source, "/vdso/") && !strstr(source, "/boot/") &&
	       !strstr(source, "/purgatory/") && !strstr(source, "/realmode/") &&
	       !has_suffix(source, "asm-offsets.c") && !has_suffix(source, ".mod.c");
}

/* All units, in random order, then cut. */
static int choose(struct sample *sample, size_t count, unsigned seed, struct error *err)
{
	auto_free char *records = NULL;
	auto_free char *key = NULL;
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };

	if (unit_record_folder(sample->kernel, &records, &key, err) < 0)
		return -1;

	auto_free char *built = xasprintf("%s.built", records);

	if (file_read(built, (size_t)16 << 20, &text, err) < 0)
		return error_context(err, "build a patch for this kernel first");
	text_list_split(&lines, buffer_text(&text), "\n");
	srandom(seed);
	for (size_t i = lines.count; i > 1; i--) {
		size_t k = (size_t)random() % i;
		char *swap = lines.items[i - 1];

		lines.items[i - 1] = lines.items[k];
		lines.items[k] = swap;
	}
	for (size_t i = 0; i < lines.count && sample->units.count < count; i++) {
		auto_free char *source = xstrdup(lines.items[i]);

		if (!has_suffix(source, ".o"))
			continue;
		source[strlen(source) - 1] = 'c';
		if (is_wanted(sample, source))
			text_list_add(&sample->units, source);
	}
	return 0;
}

static int run_batch(struct sample *sample, size_t first, struct error *err)
{
	auto_free char *records = NULL;
	auto_free char *key = NULL;
	auto_text_list struct text_list batch = { 0 };
	auto_close int lock = -1;

	if (unit_record_folder(sample->kernel, &records, &key, err) < 0)
		return -1;

	auto_free char *lock_path = xasprintf("%s.lock", records);

	for (size_t i = first; i < sample->units.count && i < first + BATCH; i++)
		text_list_add(&batch, sample->units.items[i]);
	if (file_lock(lock_path, true, &lock, err) < 0 ||
	    kbuild_make(sample->kernel, &batch, 2, err) < 0)
		return -1;
	for (size_t i = 0; i < batch.count; i++)
		if (prove_unit(sample, batch.items[i], err) < 0)
			printf("%s: %s\n", batch.items[i], err->msg);
	printf("%zu of %zu proven\n", sample->proven, sample->total);
	fflush(stdout);
	return interrupt_check(err);
}

static int run_sample(struct sample *sample, size_t count, unsigned seed, struct error *err)
{
	if (choose(sample, count, seed, err) < 0)
		return -1;
	for (size_t i = 0; i < sample->units.count; i += BATCH) {
		if (run_batch(sample, i, err) == 0)
			continue;
		if (err->code == ERROR_INTERRUPTED)
			return -1;
		printf("a batch of units was left out: %s\n", err->msg);
	}
	return 0;
}

static int run(int argc, char **argv, struct error *err)
{
	auto_kernel struct kernel *kernel = NULL;
	struct sample sample = { .shipped = map_new() };
	uint64_t count, seed = 1;
	bool is_sample = argc < 4 || (argc == 4 && text_to_u64(argv[3], &seed, err) == 0);
	int result = kernel_open(argv[1], &kernel, err);

	sample.kernel = kernel;
	sample.types = result == 0 ? kernel_types_new(kernel) : NULL;
	if (result == 0 && is_sample)
		result = text_to_u64(argv[2], &count, err) < 0
				 ? -1 : run_sample(&sample, count, (unsigned)seed, err);
	else if (result == 0)
		result = prove(&sample, argv[3], argv[2], argv[3], argv[4], err);
	for (size_t i = 0; i < map_count(sample.shipped); i++)
		shipped_free(map_value(sample.shipped, i));
	map_free(sample.shipped);
	kernel_types_free(sample.types);
	text_list_clear(&sample.units);
	return result;
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;

	if (argc < 3 || argc > 5)
		return 64;
	interrupt_catch();
	if (run(argc, argv, &err) == 0)
		return 0;
	fprintf(stderr, "%s\n", err.msg);
	return error_exit_status(err.code);
}
