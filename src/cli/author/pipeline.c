// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/author/pipeline.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "build/pairs.h"
#include "cli/author/prove.h"
#include "cli/author/verify.h"
#include "diff/changeset.h"
#include "emit/module.h"

#define PATCH_LIMIT ((size_t)64 << 20)

struct pipeline {
	const struct kernel *kernel;
	const struct pipeline_options *options;
	struct manifest *manifest;
	struct pairs pairs;
	struct changeset **changesets; /* one for each unit */
	struct linkages *linkages;
	struct assembly *assembly;
};

static void pipeline_clear(struct pipeline *pipeline)
{
	assembly_free(pipeline->assembly);
	linkages_free(pipeline->linkages);
	for (size_t i = 0; pipeline->changesets && i < pipeline->pairs.count; i++)
		changeset_free(pipeline->changesets[i]);
	free(pipeline->changesets);
	pairs_clear(&pipeline->pairs);
}

static int make_stage(const struct pipeline *pipeline, const char *name, char **ret_folder,
		      struct error *err)
{
	auto_free char *folder = path_join(pipeline->options->work, name);

	if (directory_make(folder, err) < 0)
		return -1;
	*ret_folder = steal_ptr(folder);
	return 0;
}

static int compile_pairs(struct pipeline *pipeline, const struct text_list *patches,
			 struct error *err)
{
	const struct pipeline_options *options = pipeline->options;
	struct pairs_options pairs_options = {
		.work = options->work,
		.jobs = options->jobs,
		.fuzz = options->fuzz,
		.progress = options->progress,
	};
	int result = pairs_build(pipeline->kernel, patches, &pairs_options, &pipeline->pairs, err);

	finding_list_add_all(&pipeline->manifest->findings, &pipeline->pairs.findings);
	return result;
}

static int write_changeset(struct changeset *changeset, const char *folder, size_t i,
			   struct error *err)
{
	auto_json json_value *value = json_new_object();
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_free char *path = xasprintf("%s/%zu.json", folder, i);

	changeset_write(changeset, value);
	json_write(value, &text);
	return file_write_text(path, buffer_text(&text), err);
}

static int compare_pairs(struct pipeline *pipeline, struct error *err)
{
	struct pairs *pairs = &pipeline->pairs;
	struct finding_list *findings = &pipeline->manifest->findings;
	auto_free char *folder = NULL;
	bool changed = false;

	if (make_stage(pipeline, "3-diff", &folder, err) < 0)
		return -1;
	pipeline->changesets = xcalloc(pairs->count, sizeof(*pipeline->changesets));
	for (size_t i = 0; i < pairs->count; i++) {
		const struct unit *unit = &pairs->units[i];
		struct changeset **changeset = &pipeline->changesets[i];

		progress_step(pipeline->options->progress, i, pairs->count, "comparing %s",
			      unit->source);
		if (changeset_make(unit->original, unit->patched, unit->source, changeset, err) < 0) {
			if (*changeset)
				finding_list_add_all(findings, &(*changeset)->findings);
			return -1;
		}
		if (write_changeset(*changeset, folder, i, err) < 0 || interrupt_check(err) < 0)
			return -1;
		finding_list_add_all(findings, &(*changeset)->findings);
		changed |= !changeset_is_empty(*changeset);
	}
	changesets_judge_init(pipeline->changesets, pairs->count, findings);
	if (finding_list_error(findings, err) < 0)
		return -1;
	if (!changed)
		return error_set(err, ERROR_NOTHING,
				 "no-change: the patched sources compile to the same code: %s",
				 rule_get(RULE_NO_CHANGE)->advice);
	changesets_link(pipeline->changesets, pairs->count);
	return 0;
}

static int prove(struct pipeline *pipeline, struct error *err)
{
	auto_free char *folder = NULL;
	struct prove_options options = {
		.allow_unproven = pipeline->options->allow_unproven,
		.progress = pipeline->options->progress,
	};

	if (make_stage(pipeline, "5-proof", &folder, err) < 0 ||
	    linkages_open(pipeline->kernel, &pipeline->linkages, err) < 0)
		return -1;
	options.folder = folder;
	return prove_units(&pipeline->pairs, pipeline->changesets, pipeline->linkages, &options,
			   pipeline->manifest, err);
}

static int emit(struct pipeline *pipeline, struct error *err)
{
	const struct pairs *pairs = &pipeline->pairs;
	auto_free struct emit_unit *units = xcalloc(pairs->count, sizeof(*units));
	auto_free char *folder = NULL;
	auto_text_list struct text_list facts = { 0 };
	struct module_options options = {
		.name = pipeline->manifest->module,
		.output = pipeline->options->output,
		.facts = &facts,
		.progress = pipeline->options->progress,
	};

	for (size_t i = 0; i < pairs->count; i++) {
		units[i].changeset = pipeline->changesets[i];
		units[i].linkage = (struct linkage_unit){
			.source = pairs->units[i].source,
			.object = pairs->units[i].object,
			.plain = pairs->units[i].plain,
		};
	}
	text_list_printf(&facts, "suture.patch=%s", pipeline->manifest->name);
	if (pipeline->kernel->id.build_id)
		text_list_printf(&facts, "suture.kernel_build_id=%s",
				 pipeline->kernel->id.build_id);
	if (make_stage(pipeline, "4-module", &folder, err) < 0)
		return -1;
	options.work = folder;
	return module_emit(pipeline->kernel, units, pairs->count, &options, pipeline->linkages,
			   &pipeline->manifest->findings, &pipeline->assembly, err);
}

static int describe_patches(struct manifest *manifest, const struct text_list *patches,
			    struct error *err)
{
	for (size_t i = 0; i < patches->count; i++) {
		auto_buffer struct buffer text = BUFFER_INIT;

		if (file_read(patches->items[i], PATCH_LIMIT, &text, err) < 0 ||
		    manifest_add_source(manifest, patches->items[i], err) < 0)
			return -1;
		manifest_find_cves(manifest, buffer_text(&text));
	}
	return 0;
}

static int describe_module(struct pipeline *pipeline, struct error *err)
{
	for (size_t i = 0; i < pipeline->assembly->function_count; i++) {
		const struct emit_function *function = &pipeline->assembly->functions[i];

		manifest_add_function(pipeline->manifest, function->name, function->object,
				      function->unit, function->sympos, function->size);
	}
	return manifest_describe_module(pipeline->manifest, pipeline->options->output, err);
}

/* Nobody is trusted here, least of all the stages before: what was written is read again. */
static int audit(struct pipeline *pipeline, struct error *err)
{
	const struct pairs *pairs = &pipeline->pairs;
	auto_free struct intent_unit *units = xcalloc(pairs->count, sizeof(*units));
	auto_free char *processed = xasprintf("%s/4-module/patch.o", pipeline->options->work);
	struct intent intent = { .units = units, .count = pairs->count, .processed = processed };
	auto_json json_value *manifest = json_new_object();
	auto_audit struct audit audit = { 0 };

	progress_step(pipeline->options->progress, 0, 0, "auditing the module");
	for (size_t i = 0; i < pairs->count; i++)
		units[i] = (struct intent_unit){ pipeline->changesets[i], pairs->units[i].object,
						 pairs->units[i].plain };
	manifest_write(pipeline->manifest, manifest);
	if (verify_file(pipeline->options->output, pipeline->kernel, manifest, &intent, &audit,
			err) < 0)
		return -1;
	return audit_error(&audit, err);
}

static int run_stages(struct pipeline *pipeline, const struct text_list *patches,
		      struct error *err)
{
	if (describe_patches(pipeline->manifest, patches, err) < 0 ||
	    compile_pairs(pipeline, patches, err) < 0 || compare_pairs(pipeline, err) < 0 ||
	    prove(pipeline, err) < 0 || emit(pipeline, err) < 0 || describe_module(pipeline, err) < 0)
		return -1;
	if (audit(pipeline, err) < 0) {
		unlink(pipeline->options->output);
		return -1;
	}
	return 0;
}

/* "suture_" and the name with everything that a module name cannot have turned into '_'. */
static char *module_name(const char *name)
{
	char *module = xasprintf("suture_%s", name);

	for (char *c = module; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *c))
			*c = '_';
	return module;
}

int pipeline_run(const struct kernel *kernel, const struct text_list *patches,
		 const struct pipeline_options *options, struct manifest *ret_manifest,
		 struct error *err)
{
	struct pipeline pipeline = {
		.kernel = kernel,
		.options = options,
		.manifest = ret_manifest,
	};

	*ret_manifest = (struct manifest){
		.name = xstrdup(options->name),
		.module = module_name(options->name),
		.toolchain = xstrdup(kernel->compiler),
	};
	kernel_id_copy(&ret_manifest->kernel, &kernel->id);

	int result = run_stages(&pipeline, patches, err);

	pipeline_clear(&pipeline);
	return result;
}
