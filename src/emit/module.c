// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/module.h"

#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "emit/finish.h"
#include "emit/modinfo.h"
#include "emit/reload.h"
#include "target/modules.h"
#include "target/notes.h"

struct files { /* of the stage, in the work folder */
	char *patch; /* what the changesets carry; objtool runs on it */
	char *mod;
	char *linked;
};

static void files_clear(struct files *files)
{
	free(files->patch);
	free(files->mod);
	free(files->linked);
}
#define auto_files __attribute__((cleanup(files_clear)))

static int run(const struct template *template, const struct text_list *argv, const char *what,
	       struct error *err)
{
	const char *const env[] = { "LC_ALL=C", NULL };
	struct process_spec spec = {
		.argv = (const char *const *)argv->items,
		.cwd = template->cwd,
		.env = env,
		.timeout_seconds = 300,
	};

	if (process_run_ok(&spec, NULL, err) < 0)
		return error_context(err, "%s", what);
	return 0;
}

/*
 * The kernel's own objtool makes unwind tables, mitigation sites and static call sites, as for
 * every module of this kernel. Where it gives up it says so and still ends with status 0
 * (tools/objtool/check.c, check(): "don't fail the kernel build on fatal warnings"); the object then
 * has none of these tables. So whatever it says is an error here.
 */
static int run_objtool(const struct template *template, const char *file, struct error *err)
{
	auto_text_list struct text_list argv = { 0 };

	if (template->objtool.count == 0)
		return 0;
	text_list_add_all(&argv, (const char *const *)template->objtool.items);
	text_list_add(&argv, file);

	const struct process_spec spec = { .argv = (const char *const *)argv.items,
					   .cwd = template->cwd,
					   .timeout_seconds = 300 };
	auto_process_result struct process_result result = { 0 };

	if (process_run(&spec, &result, err) < 0)
		return -1;
	if (result.status != 0 || result.timed_out || result.err.size)
		return process_result_error(&result, "objtool, on the patched code,", err);
	return 0;
}

static int run_link(const struct template *template, const struct files *files, struct error *err)
{
	auto_text_list struct text_list argv = { 0 };

	text_list_add_all(&argv, (const char *const *)template->link.items);
	text_list_add(&argv, "-o");
	text_list_add(&argv, files->linked);
	text_list_add(&argv, template->glue);
	text_list_add(&argv, files->patch);
	text_list_add(&argv, files->mod);
	if (template->others.count)
		text_list_add_all(&argv, (const char *const *)template->others.items);
	return run(template, &argv, "linking the module", err);
}

/* Writes the assembly, has objtool work on it, gives the symbols their final names. */
static int make_patch(const struct template *template, const struct assembly *assembly,
		      const char *file, struct object **ret_patch, struct error *err)
{
	auto_object struct object *patch = NULL;

	if (object_write(assembly->object, file, err) < 0 ||
	    run_objtool(template, file, err) < 0 ||
	    object_read(file, OBJECT_READ_DEBUG_RELOCS, &patch, err) < 0)
		return -1;
	assembly_rename(assembly, patch);
	if (object_write(patch, file, err) < 0)
		return -1;
	*ret_patch = steal_ptr(patch);
	return 0;
}

/* Which build of a module is meant: the kernel itself only looks at its name. */
static int add_target(const struct kernel *kernel, const char *module, struct text_list *facts,
		      struct error *err)
{
	auto_buffer struct buffer bytes = BUFFER_INIT;
	auto_elf_view struct elf_view *view = NULL;
	auto_free char *path = NULL;

	if (module_find(kernel, module, &path, err) < 0)
		return -1;
	if (kernel->beside && has_prefix(path, kernel->beside))
		return 0; /* whoever builds it again gets another build-id */
	if (module_read(path, &bytes, err) < 0 ||
	    elf_view_open(bytes.data, bytes.size, &view, err) < 0)
		return -1;

	auto_free char *build_id = elf_build_id(view);

	if (build_id)
		text_list_printf(facts, "suture.targets=%s:%s", module, build_id);
	return 0;
}

int module_add_targets(const struct kernel *kernel, const struct text_list *objects,
		       struct text_list *facts, struct error *err)
{
	for (size_t i = 0; i < objects->count; i++)
		if (!is_vmlinux(objects->items[i]) &&
		    add_target(kernel, objects->items[i], facts, err) < 0)
			return -1;
	return 0;
}

/* What the machine looks at before it loads the module (runtime/preflight.h). */
static int add_facts(const struct kernel *kernel, const struct assembly *assembly,
		     struct text_list *facts, struct error *err)
{
	for (size_t i = 0; i < assembly->function_count; i++)
		text_list_printf(facts, "suture.functions=%s:%s", assembly->functions[i].object,
				 assembly->functions[i].name);
	for (size_t i = 0; i < assembly->state_count; i++)
		text_list_printf(facts, "suture.states=%ju:%u", (uintmax_t)assembly->states[i].id,
				 assembly->states[i].version);
	return module_add_targets(kernel, &assembly->objects, facts, err);
}

static int make_mod(const struct kernel *kernel, const struct template *template,
		    const struct symvers *symvers, const struct assembly *assembly,
		    const struct object *patch, const struct module_options *options,
		    const char *file, struct error *err)
{
	auto_object struct object *mod = NULL;
	struct modinfo info = { .name = options->name };
	int result;

	if (options->facts)
		text_list_add_all(&info.facts, (const char *const *)options->facts->items);
	result = add_facts(kernel, assembly, &info.facts, err);
	if (result == 0)
		result = modinfo_make(template, symvers, patch, &info, &mod, err);
	text_list_clear(&info.facts);
	return result < 0 ? -1 : object_write(mod, file, err);
}

static int finish(const struct symvers *symvers, const char *linked, const char *output,
		  struct error *err)
{
	auto_object struct object *module = NULL;

	if (object_read(linked, OBJECT_READ_DEBUG_RELOCS, &module, err) < 0 ||
	    module_finish(module, symvers, err) < 0)
		return -1;
	return object_write(module, output, err);
}

int module_emit(const struct kernel *kernel, const struct emit_unit *units, size_t count,
		const struct module_options *options, struct linkages *linkages,
		struct finding_list *findings, struct assembly **ret_assembly, struct error *err)
{
	auto_template struct template *template = NULL;
	auto_assembly struct assembly *assembly = NULL;
	auto_object struct object *patch = NULL;
	auto_files struct files files = {
		.patch = path_join(options->work, "patch.o"),
		.mod = path_join(options->work, "mod.o"),
		.linked = path_join(options->work, "linked.ko"),
	};
	const struct symvers *symvers = linkages_symvers(linkages);

	if (template_open(kernel, options->progress, &template, err) < 0)
		return -1;
	progress_step(options->progress, 0, 0, "making the module");
	if (assembly_make(units, count, linkages, &template->layout, findings, &assembly, err) < 0)
		return -1;
	if (make_patch(template, assembly, files.patch, &patch, err) < 0 ||
	    make_mod(kernel, template, symvers, assembly, patch, options, files.mod, err) < 0 ||
	    run_link(template, &files, err) < 0 ||
	    finish(symvers, files.linked, options->output, err) < 0)
		return -1;
	reload_judge(kernel, &assembly->objects, findings);
	reload_judge_variables(kernel, units, count, findings);
	*ret_assembly = steal_ptr(assembly);
	return 0;
}
