// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * proof_finds SERIES PATCH: the unit that the patch changes is proven on a stock kernel as it is, and
 * is not when it was compiled in another way: by another compiler, with one option of the
 * configuration changed (also where only the types show it), from a source that is another by one line,
 * with functions inlined differently. And the object that the differ sees must be another compilation of the proven one.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "build/pairs.h"
#include "golden.h"
#include "proof/layouts.h"
#include "proof/unit_proof.h"

struct scene {
	const struct kernel *kernel;
	const struct unit *unit;
	struct shipped *shipped;
	const struct kernel_layouts *layouts;
	const char *folder;
};

/* Compiles the unit's source with a changed command. `program`: NULL for the right compiler (what
 * another one does not know is left out); `extra`: more arguments, ends with NULL. */
static int compile(const struct scene *scene, const char *program, const char *const *extra,
		   const char *source, const char *object, struct error *err)
{
	auto_text_list struct text_list argv = { 0 };

	text_list_add(&argv, program ? program : scene->unit->command.items[0]);
	for (size_t i = 1; i < scene->unit->command.count; i++)
		if (!program || strncmp(scene->unit->command.items[i], "-ftrivial-auto-var-init", 23))
			text_list_add(&argv, scene->unit->command.items[i]);
	text_list_add_all(&argv, extra);
	text_list_add(&argv, "-o");
	text_list_add(&argv, object);
	text_list_add(&argv, source);

	const struct process_spec spec = { .argv = (const char *const *)argv.items,
					   .cwd = scene->kernel->source, .timeout_seconds = 1200 };

	return process_run_ok(&spec, NULL, err);
}

static int prove(const struct scene *scene, const char *plain, const char *original,
		 struct unit_proof *ret_proof, struct error *err)
{
	struct unit_proof_request request = {
		.unit = scene->unit->source, .object = scene->unit->object, .plain = plain,
		.original = original, .layouts = scene->layouts,
	};

	return unit_proof_make(&request, scene->shipped, ret_proof, err);
}

/* 0 if the verdict is the expected one, and what is said has the words. */
static int expect_words(const struct scene *scene, const char *what, const char *plain,
			const char *original, bool proven, const char *words)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	struct unit_proof proof;
	struct error err = ERROR_INIT;
	int result;

	if (prove(scene, plain, original, &proof, &err) < 0) {
		printf("FAILED %s: %s\n", what, err.msg);
		return 1;
	}
	unit_proof_describe(&proof, &text);
	result = (proof.verdict == PROOF_PROVEN) != proven || !strstr(buffer_text(&text), words);
	printf("%s %s: %s", result ? "FAILED" : "ok", what, buffer_text(&text));
	unit_proof_clear(&proof);
	return result;
}

static int expect(const struct scene *scene, const char *what, const char *plain,
		  const char *original, bool proven)
{
	return expect_words(scene, what, plain, original, proven, "");
}

static int variant(const struct scene *scene, const char *what, const char *program,
		   const char *const *extra, const char *source, bool proven)
{
	auto_free char *object = path_join(scene->folder, "variant.o");
	struct error err = ERROR_INIT;

	if (compile(scene, program, extra, source, object, &err) < 0) {
		printf("FAILED %s: %s\n", what, err.msg);
		return 1;
	}
	return expect(scene, what, object, NULL, proven);
}

/* A header that takes one option out, read behind include/generated/autoconf.h. */
static int other_option(const struct scene *scene)
{
	auto_free char *header = path_join(scene->folder, "option.h");
	const char *const extra[] = { "-include", header, NULL };
	struct error err = ERROR_INIT;

	if (file_write_text(header, "#undef CONFIG_AUDITSYSCALL\n", &err) < 0)
		return 1;
	return variant(scene, "one option of the configuration changed", NULL, extra,
		       scene->unit->source, false);
}

/* An option whose members stand behind all that the unit's code looks at: the code stays the same to
 * the last byte, and only the types tell. */
static int other_type(const struct scene *scene)
{
	auto_free char *header = path_join(scene->folder, "type.h");
	auto_free char *object = path_join(scene->folder, "variant.o");
	const char *const extra[] = { "-include", header, NULL };
	const struct kernel_layouts *layouts = scene->layouts;
	struct scene blind = *scene;
	struct error err = ERROR_INIT;

	blind.layouts = NULL;
	if (!layouts || file_write_text(header, "#undef CONFIG_NUMA_BALANCING\n", &err) < 0 ||
	    compile(scene, NULL, extra, scene->unit->source, object, &err) < 0) {
		printf("FAILED %s\n", layouts ? err.msg : "the kernel has no BTF");
		return 1;
	}
	return expect(&blind, "an option that the code does not show", object, NULL, true) +
	       expect_words(scene, "an option that only the types show", object, NULL, false,
			    "struct task_struct: ");
}

/* As the next revision might have it: a check more in one function. */
static int other_source(const struct scene *scene)
{
	static const char from[] = "if (unlikely(!cap_valid(cap))) {";
	auto_free char *path = path_join(scene->kernel->source, scene->unit->source);
	auto_free char *changed = path_join(scene->folder, "changed.c");
	const char *const none[] = { NULL };
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_buffer struct buffer out = BUFFER_INIT;
	struct error err = ERROR_INIT;
	const char *place;

	if (file_read(path, 1 << 20, &text, &err) < 0)
		return 1;
	place = strstr(buffer_text(&text), from);
	if (!place) {
		printf("FAILED the source has no '%s'\n", from);
		return 1;
	}
	buffer_add(&out, text.data, (size_t)(place - (const char *)text.data));
	buffer_add_text(&out, "if (unlikely(!cap_valid(cap) || cap == 7)) {");
	buffer_add_text(&out, place + strlen(from));
	if (file_write(changed, out.data, out.size, 0644, false, &err) < 0)
		return 1;
	return variant(scene, "the source of another revision", NULL, none, changed, false);
}

/* Two compilations of different units are no pair. */
static int other_pair(const struct scene *scene)
{
	auto_free char *object = path_join(scene->folder, "sections.o");
	const char *const extra[] = { "-ffunction-sections", "-fdata-sections", "-fno-inline", NULL };
	struct error err = ERROR_INIT;

	if (compile(scene, NULL, extra, scene->unit->source, object, &err) < 0) {
		printf("FAILED %s\n", err.msg);
		return 1;
	}
	return expect(scene, "the differ's object inlined differently", scene->unit->plain, object,
		      false);
}

static int test(const struct scene *scene)
{
	static const char *const none[] = { NULL };
	static const char *const not_inlined[] = { "-fno-inline-small-functions",
						   "-fno-inline-functions-called-once", NULL };
	int failed = 0;

	failed += expect(scene, "as shipped", scene->unit->plain, scene->unit->original, true);
	failed += variant(scene, "compiled again", NULL, none, scene->unit->source, true);
	failed += variant(scene, "by gcc-11", "gcc-11", none, scene->unit->source, false);
	failed += variant(scene, "inlined differently", NULL, not_inlined, scene->unit->source,
			  false);
	failed += other_option(scene);
	failed += other_type(scene);
	failed += other_source(scene);
	failed += other_pair(scene);
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	auto_kernel struct kernel *kernel = NULL;
	auto_folder struct golden_folder folder = { 0 };
	auto_shipped struct shipped *shipped = NULL;
	auto_text_list struct text_list patches = { 0 };
	struct pairs pairs = { 0 };
	struct error err = ERROR_INIT;
	int status = 1;

	if (argc != 3)
		return 64;
	interrupt_catch();
	if (golden_open(argv[1], &kernel, &folder, &err) < 0)
		return golden_skip(&err);

	const struct pairs_options options = { .work = folder.path };

	text_list_add(&patches, argv[2]);
	if (pairs_build(kernel, &patches, &options, &pairs, &err) < 0 ||
	    shipped_open(kernel, pairs.units[0].object, &shipped, &err) < 0) {
		printf("%s\n", err.msg);
	} else {
		auto_kernel_types struct kernel_types *types = kernel_types_new(kernel);
		struct scene scene = { kernel, &pairs.units[0], shipped, NULL, folder.path };

		if (kernel_types_of(types, shipped, &scene.layouts, &err) < 0)
			printf("%s\n", err.msg);
		else
			status = test(&scene);
	}
	pairs_clear(&pairs);
	return status;
}
