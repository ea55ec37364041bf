// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/author/hand.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "build/function_source.h"
#include "build/hand_module.h"
#include "cli/author/verify.h"
#include "elf/livepatch.h"
#include "emit/hand.h"
#include "model/module_name.h"
#include "proof/layouts.h"
#include "target/modules.h"

#define UNPROVEN "unproven" /* proof/unit_proof.h has the same word for a unit */
#define BY_HAND "written by hand"

static int describe_sources(struct manifest *manifest, const char *folder,
			    const struct text_list *sources, struct error *err)
{
	for (size_t i = 0; i < sources->count; i++) {
		auto_free char *path = path_join(folder, sources->items[i]);

		if (manifest_add_source(manifest, path, err) < 0)
			return -1;
	}
	return 0;
}

static void describe_livepatch(struct manifest *manifest, const struct livepatch *livepatch,
			       const char *unit)
{
	const char *name = livepatch_fact(livepatch, "name");

	manifest->module = xstrdup(name ? name : "");
	manifest->is_stacked = livepatch->replaces == 0;
	for (size_t i = 0; i < livepatch->count; i++) {
		const struct livepatch_function *function = &livepatch->functions[i];

		manifest_add_function(manifest, function->name, function->object, unit,
				      (unsigned)function->sympos,
				      function->code ? function->code->size : 0);
	}
	for (size_t i = 0; i < livepatch->callback_count; i++) {
		const struct livepatch_callback *callback = &livepatch->callbacks[i];

		manifest_add_callback(manifest, callback->object,
				      livepatch_callback_name(callback->kind),
				      callback->code ? callback->code->name : "?");
	}
	for (size_t i = 0; i < livepatch->state_count; i++)
		manifest_add_state(manifest, livepatch->states[i].id, livepatch->states[i].version);
}

static int describe(struct manifest *manifest, const char *folder, const char *output,
		    struct error *err)
{
	auto_object struct object *module = NULL;
	auto_livepatch struct livepatch livepatch = { 0 };

	if (object_read(output, 0, &module, err) < 0 ||
	    livepatch_parse(module, &livepatch, err) < 0)
		return -1;
	describe_livepatch(manifest, &livepatch, path_base(folder));
	return manifest_describe_module(manifest, output, err);
}

static int audit(const struct kernel *kernel, const struct hand_options *options,
		 struct manifest *manifest, struct error *err)
{
	auto_json json_value *facts = json_new_object();
	auto_audit struct audit audit = { 0 };

	progress_step(options->progress, 0, 0, "auditing the module");
	manifest_write(manifest, facts);
	if (verify_file(options->output, kernel, facts, NULL, &audit, err) < 0)
		return -1;
	if (audit_error(&audit, err) == 0)
		return 0;
	if (!options->allow_unproven)
		return -1;
	progress_say(options->progress, "%s", err->msg);
	free(manifest->proof);
	manifest->proof = xstrdup(UNPROVEN);
	return 0;
}

/* Types that the author has copied from files of the kernel. A module's types are also those of vmlinux. */
static int compare_layouts(struct linkages *linkages, struct kernel_types *types, const char *object,
			   const struct dwarf *dwarf, struct text_list *differences, struct error *err)
{
	const struct kernel_layouts *layouts;
	const struct shipped *shipped;
	size_t compared;

	if (linkages_shipped(linkages, object, &shipped, err) < 0)
		return 0; /* no such object: the audit says so */
	if (kernel_types_of(types, shipped, &layouts, err) < 0)
		return -1;
	if (layouts)
		kernel_layouts_compare(layouts, dwarf, differences, &compared);
	return 0;
}

static int warn_of_layouts(const struct kernel *kernel, struct linkages *linkages, const char *built,
			   struct manifest *manifest, struct error *err)
{
	auto_kernel_types struct kernel_types *types = kernel_types_new(kernel);
	auto_text_list struct text_list objects = { 0 };
	auto_text_list struct text_list differences = { 0 };
	auto_dwarf struct dwarf *dwarf = NULL;

	if (dwarf_open(built, &dwarf, err) < 0)
		return err->code == ERROR_NOT_FOUND ? 0 : -1;
	for (size_t i = 0; i < manifest->function_count; i++)
		if (!is_vmlinux(manifest->functions[i].object) &&
		    !text_list_has(&objects, manifest->functions[i].object))
			text_list_add(&objects, manifest->functions[i].object);
	if (!objects.count)
		text_list_add(&objects, VMLINUX);
	for (size_t i = 0; i < objects.count; i++)
		if (compare_layouts(linkages, types, objects.items[i], dwarf, &differences, err) < 0)
			return -1;
	for (size_t i = 0; i < differences.count; i++)
		finding_add(&manifest->findings, RULE_LAYOUT_UNLIKE, path_base(built), NULL, NULL, "%s",
			    differences.items[i]);
	return 0;
}

/* Modules that are not the kernel's, and which the folder of the livepatch builds too. */
static void say_beside(const struct kernel *kernel, const struct hand_options *options,
		       const struct manifest *manifest)
{
	auto_text_list struct text_list said = { 0 };

	for (size_t i = 0; i < manifest->function_count; i++) {
		const char *object = manifest->functions[i].object;
		auto_free char *path = NULL;
		struct error ignored;

		if (!strcmp(object, "vmlinux") || text_list_has(&said, object) ||
		    module_find(kernel, object, &path, &ignored) < 0 ||
		    !has_prefix(path, kernel->beside))
			continue;
		text_list_add(&said, object);
		progress_say(options->progress,
			     "%s is no module of the kernel: what the same folder builds was looked at, and nothing will check that the one which is loaded is the same",
			     object);
	}
}

static int run_stages(const struct kernel *shipped, const char *folder,
		      const struct hand_options *options, struct manifest *manifest,
		      struct error *err)
{
	struct kernel with = *shipped; /* borrows everything */
	const struct kernel *kernel = &with;
	auto_free char *work = realpath(options->work, NULL);
	auto_free char *beside = path_join(work ? work : options->work, "1-source");

	const struct hand_module_request request = {
		.folder = folder, .work = options->work, .module = options->module,
		.variables = options->variables, .progress = options->progress,
	};
	auto_text_list struct text_list sources = { 0 };
	auto_linkages struct linkages *linkages = NULL;
	auto_free char *built = NULL;

	with.beside = beside; /* build/hand_module.h: there it is built */
	if (hand_module_build(kernel, &request, &sources, &built, err) < 0 ||
	    describe_sources(manifest, folder, &sources, err) < 0 ||
	    linkages_open(kernel, &linkages, err) < 0)
		return -1;
	progress_step(options->progress, 0, 0, "finishing the module");
	if (hand_finish(kernel, built, options->output, linkages, function_source_count,
			&manifest->findings, err) < 0)
		return -1;
	if (describe(manifest, folder, options->output, err) < 0 ||
	    warn_of_layouts(kernel, linkages, built, manifest, err) < 0 ||
	    audit(kernel, options, manifest, err) < 0) {
		unlink(options->output);
		return -1;
	}
	say_beside(kernel, options, manifest);
	return 0;
}

int hand_run(const struct kernel *kernel, const char *folder, const struct hand_options *options,
	     struct manifest *ret_manifest, struct error *err)
{
	*ret_manifest = (struct manifest){
		.name = xstrdup(options->name),
		.toolchain = xstrdup(kernel->compiler),
		.proof = xstrdup(BY_HAND), /* there is no original that it could be compared with */
	};
	kernel_id_copy(&ret_manifest->kernel, &kernel->id);
	return run_stages(kernel, folder, options, ret_manifest, err);
}

static void explain_wait(const struct livepatch_function *function, struct text_list *sentences)
{
	auto_free char *problem = module_name_problem(function->object);

	if (problem)
		text_list_printf(sentences, "klp_object: %s; the redirect of %s() never takes place",
				 problem, function->name);
	else
		text_list_printf(sentences,
				 "klp_object: %s is a module; while it is not loaded the redirect of %s() waits for it",
				 function->object, function->name);
}

static void explain_functions(const struct livepatch *livepatch, struct text_list *sentences)
{
	for (size_t i = 0; i < livepatch->count; i++) {
		const struct livepatch_function *function = &livepatch->functions[i];
		auto_free char *which = function->sympos
						? xasprintf(", number %ju of this name",
							    (uintmax_t)function->sympos)
						: xstrdup("");

		text_list_printf(sentences,
				 "klp_func: calls of %s() in %s%s run %s() of the module instead, %ju bytes; ftrace redirects them at the function's entry, task by task",
				 function->name, function->object, which,
				 function->code ? function->code->name : "?",
				 (uintmax_t)(function->code ? function->code->size : 0));
		if (function->is_named)
			explain_wait(function, sentences);
	}
}

static void explain_records(const struct livepatch *livepatch, struct text_list *sentences)
{
	static const char *const when[] = {
		"before the functions of %s are redirected; if it does not return 0, the patch is not applied",
		"when every task runs the new code of %s",
		"before the redirects of %s are taken away",
		"when every task runs the old code of %s again",
	};

	for (size_t i = 0; i < livepatch->callback_count; i++) {
		const struct livepatch_callback *callback = &livepatch->callbacks[i];
		auto_free char *moment = xasprintf(when[callback->kind % 4], callback->object);

		text_list_printf(sentences, "%s callback: the kernel calls %s() %s",
				 livepatch_callback_name(callback->kind),
				 callback->code ? callback->code->name : "?", moment);
	}
	for (size_t i = 0; i < livepatch->state_count; i++)
		text_list_printf(sentences,
				 "state %ju version %u: a patch that replaces this one must know it in this version or a later one",
				 (uintmax_t)livepatch->states[i].id, livepatch->states[i].version);
}

static void explain_symbols(const struct object *module, struct text_list *sentences)
{
	auto_buffer struct buffer exports = BUFFER_INIT;

	for (size_t i = 0; i < module->symbol_count; i++) {
		const struct elf_symbol *symbol = module->symbols[i];
		auto_free char *object = NULL;
		auto_free char *name = NULL;
		uint64_t position;

		if (symbol->section || !*symbol->name)
			continue;
		if (symbol->special == SHN_UNDEF)
			buffer_printf(&exports, " %s", symbol->name);
		else if (livepatch_symbol_parse(symbol->name, &object, &name, &position))
			text_list_printf(sentences,
					 "livepatch symbol: %s of %s, which modules cannot see otherwise; the kernel finds it by name%s when %s",
					 name, object, position ? " and position" : "",
					 strcmp(object, "vmlinux") ? "that module is loaded"
								   : "this one is loaded");
	}
	if (exports.size)
		text_list_printf(sentences, "exports that it uses as any module does:%s",
				 buffer_text(&exports));
}

int hand_explain(const char *path, struct text_list *ret_sentences, struct error *err)
{
	auto_object struct object *module = NULL;
	auto_livepatch struct livepatch livepatch = { 0 };
	const char *name;

	if (object_read(path, 0, &module, err) < 0 || livepatch_parse(module, &livepatch, err) < 0)
		return -1;
	name = livepatch_fact(&livepatch, "name");
	text_list_printf(ret_sentences,
			 "module %s: MODULE_INFO(livepatch, \"Y\") lets the kernel apply livepatch relocations to it and taints the kernel with K",
			 name ? name : "?");
	text_list_printf(ret_sentences,
			 "init_module(): the author's own code, not followed here; klp_enable_patch() begins the transition to the struct klp_patch that it is given; %s",
			 livepatch.replaces == 1 ? "replace is set: it takes the place of all livepatches before it"
			 : livepatch.replaces == 0 ? "replace is not set: it is stacked on the livepatches before it"
						   : "whether it replaces others is set when it runs");
	explain_functions(&livepatch, ret_sentences);
	explain_records(&livepatch, ret_sentences);
	explain_symbols(module, ret_sentences);
	text_list_add(ret_sentences,
		      "cleanup_module(): runs when the module is removed, which the kernel allows once the patch is disabled and no task is in its code");
	return 0;
}
