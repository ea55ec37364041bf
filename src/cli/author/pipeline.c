// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/author/pipeline.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "build/pairs.h"
#include "cli/author/prove.h"
#include "cli/author/verify.h"
#include "diff/changeset.h"
#include "diff/reverse.h"
#include "emit/module.h"
#include "emit/overrides.h"
#include "proof/made_from.h"
#include "review/hint.h"
#include "review/namesakes.h"
#include "review/type_gate.h"

#define PATCH_LIMIT ((size_t)64 << 20)

struct pipeline {
	const struct kernel *kernel;
	const struct pipeline_options *options;
	struct manifest *manifest;
	struct pairs pairs;
	struct line_set edited; /* of all files together, see namesakes_find_edited() */
	struct changeset **changesets; /* one for each unit */
	struct linkages *linkages;
	struct assembly *assembly;
	bool reads_keys; /* the second attempt: see RULE_KEY_READ */
	struct text_list replaced; /* then: "unit function" of each that the first one replaced */
};

static void pipeline_clear(struct pipeline *pipeline)
{
	assembly_free(steal_ptr(pipeline->assembly));
	linkages_free(steal_ptr(pipeline->linkages));
	for (size_t i = 0; pipeline->changesets && i < pipeline->pairs.count; i++)
		changeset_free(pipeline->changesets[i]);
	free(steal_ptr(pipeline->changesets));
	line_set_clear(&pipeline->edited);
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

static struct pairs_options pairs_options_of(const struct pipeline *pipeline)
{
	return (struct pairs_options){
		.work = pipeline->options->work,
		.jobs = pipeline->options->jobs,
		.fuzz = pipeline->options->fuzz,
		.unit_limit = pipeline->options->unit_limit,
		.reads_keys = pipeline->reads_keys,
		.progress = pipeline->options->progress,
	};
}

static int compile_pairs(struct pipeline *pipeline, const struct text_list *patches,
			 struct error *err)
{
	const struct pairs_options pairs_options = pairs_options_of(pipeline);
	int result = pairs_build(pipeline->kernel, patches, &pairs_options, &pipeline->pairs, err);

	finding_list_add_all(&pipeline->manifest->findings, &pipeline->pairs.findings);
	text_list_clear(&pipeline->manifest->notes); /* of an attempt before */
	text_list_add_all(&pipeline->manifest->notes,
			  (const char *const *)pipeline->pairs.notes.items);
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

/* What depends on who the units belong to. */
static void judge_objects(struct pipeline *pipeline)
{
	const struct pairs *pairs = &pipeline->pairs;
	struct finding_list *findings = &pipeline->manifest->findings;
	auto_free const char **objects = xcalloc(pairs->count, sizeof(*objects));

	for (size_t i = 0; i < pairs->count; i++)
		objects[i] = pairs->units[i].object;
	changesets_judge_left_out(pipeline->changesets, objects, pairs->count, findings);
	changesets_judge_unseen(pipeline->changesets, pairs->count, findings);
	changesets_judge_records(pipeline->changesets, objects, pairs->count, findings);
}

/* Those of the first attempt that are the unit's, by name. */
static void list_replaced(const struct pipeline *pipeline, const char *unit, struct text_list *into)
{
	size_t length = strlen(unit);

	for (size_t i = 0; i < pipeline->replaced.count; i++) {
		const char *item = pipeline->replaced.items[i];

		if (has_prefix(item, unit) && item[length] == ' ')
			text_list_add(into, item + length + 1);
	}
}

/* Findings are the manifest's also where there is no changeset to go on with. */
static int compare_unit(struct pipeline *pipeline, const struct text_list *patches, size_t i,
			struct error *err)
{
	const struct unit *unit = &pipeline->pairs.units[i];
	struct changeset **changeset = &pipeline->changesets[i];
	const struct pairs_options options = pairs_options_of(pipeline);
	auto_text_list struct text_list also = { 0 };
	int result;

	list_replaced(pipeline, unit->source, &also);
	result = changeset_make_also(unit->original, unit->patched, unit->source, &also, changeset,
				     err);
	if (result == 0) {
		const struct type_gate_request gate = { pipeline->kernel, patches, &options, unit,
							&pipeline->pairs.edits, *changeset };

		namesakes_judge(&pipeline->pairs.edits, &pipeline->edited, *changeset);
		result = type_gate_judge(&gate, err);
	}
	if (*changeset && pipeline->options->consents)
		consent_apply(pipeline->options->consents, &(*changeset)->findings);
	if (*changeset)
		finding_list_add_all(&pipeline->manifest->findings, &(*changeset)->findings);
	return result;
}

static void add_hints(struct pipeline *pipeline)
{
	struct finding_list *findings = &pipeline->manifest->findings;

	hints_find(&pipeline->pairs.edits, pipeline->changesets, pipeline->pairs.count, findings);
	if (pipeline->options->consents)
		consent_apply(pipeline->options->consents, findings);
}

static int say_nothing(const struct pipeline *pipeline, struct error *err)
{
	auto_buffer struct buffer why = BUFFER_INIT;

	changesets_describe_nothing(pipeline->changesets, pipeline->pairs.count, &why);
	return error_set(err, ERROR_NOTHING, "no-change: %s: %s", buffer_text(&why),
			 rule_get(RULE_NO_CHANGE)->advice);
}

/* Of all units together, which have been compared. */
static void note_code(struct pipeline *pipeline)
{
	struct code_facts all = { 0 };

	for (size_t i = 0; i < pipeline->pairs.count; i++) {
		const struct code_facts *code = &pipeline->changesets[i]->code;

		all.changed += code->changed;
		all.added += code->added;
		all.initialisation += code->initialisation;
	}
	json_free(pipeline->manifest->code);
	pipeline->manifest->code = json_new_object();
	code_facts_write(&all, pipeline->manifest->code);
}

/* Caller frees. */
static struct emit_unit *emit_units(const struct pipeline *pipeline)
{
	const struct pairs *pairs = &pipeline->pairs;
	struct emit_unit *units = xcalloc(pairs->count, sizeof(*units));

	for (size_t i = 0; i < pairs->count; i++) {
		units[i].changeset = pipeline->changesets[i];
		units[i].linkage = (struct linkage_unit){
			.source = pairs->units[i].source,
			.object = pairs->units[i].object,
			.plain = pairs->units[i].plain,
		};
	}
	return units;
}

static int find_overrides(struct pipeline *pipeline, struct error *err)
{
	struct finding_list *findings = &pipeline->manifest->findings;
	auto_free struct emit_unit *units = emit_units(pipeline);

	if (linkages_open(pipeline->kernel, &pipeline->linkages, err) < 0 ||
	    overrides_find(units, pipeline->pairs.count, pipeline->linkages, findings, err) < 0)
		return -1;
	return finding_list_error(findings, err);
}

static int compare_pairs(struct pipeline *pipeline, const struct text_list *patches,
			 struct error *err)
{
	struct pairs *pairs = &pipeline->pairs;
	struct finding_list *findings = &pipeline->manifest->findings;
	auto_free char *folder = NULL;
	bool changed = false;

	if (make_stage(pipeline, "3-diff", &folder, err) < 0)
		return -1;
	pipeline->changesets = xcalloc(pairs->count, sizeof(*pipeline->changesets));
	namesakes_find_edited(&pairs->edits, &pipeline->edited);
	for (size_t i = 0; i < pairs->count; i++) {
		progress_step(pipeline->options->progress, i, pairs->count, "comparing %s",
			      pairs->units[i].source);
		if (compare_unit(pipeline, patches, i, err) < 0 ||
		    write_changeset(pipeline->changesets[i], folder, i, err) < 0 ||
		    interrupt_check(err) < 0)
			return -1;
		changed |= !changeset_is_empty(pipeline->changesets[i]);
	}
	note_code(pipeline);
	changesets_judge_init(pipeline->changesets, pairs->count, findings);
	judge_objects(pipeline);
	add_hints(pipeline);
	if (finding_list_error(findings, err) < 0 || find_overrides(pipeline, err) < 0)
		return -1;
	if (!changed)
		return say_nothing(pipeline, err);
	changesets_link(pipeline->changesets, pairs->count);
	changesets_judge_linked(pipeline->changesets, pairs->count, findings);
	return finding_list_error(findings, err);
}

/* For "suture verify --work". */
static int note_units(const struct pipeline *pipeline, struct error *err)
{
	const struct pairs *pairs = &pipeline->pairs;
	auto_free struct made_unit *units = xcalloc(pairs->count, sizeof(*units));
	auto_free struct text_list *also = xcalloc(pairs->count, sizeof(*also));
	int result;

	for (size_t i = 0; i < pairs->count; i++) {
		list_replaced(pipeline, pairs->units[i].source, &also[i]);
		units[i] = (struct made_unit){ pairs->units[i].source, pairs->units[i].object,
					       pairs->units[i].original, pairs->units[i].patched,
					       pairs->units[i].plain, &also[i] };
	}
	result = made_from_save(pipeline->options->work, units, pairs->count, err);
	for (size_t i = 0; i < pairs->count; i++)
		text_list_clear(&also[i]);
	return result;
}

/* The differ against itself. Takes 15 ms a unit, so that it is not worth an option. */
static int check_reverse(const struct pipeline *pipeline, struct error *err)
{
	for (size_t i = 0; i < pipeline->pairs.count; i++)
		if (!changeset_is_empty(pipeline->changesets[i]) &&
		    (changeset_check_reverse(pipeline->changesets[i], err) < 0 ||
		     interrupt_check(err) < 0))
			return -1;
	return 0;
}

static int prove(struct pipeline *pipeline, struct error *err)
{
	auto_free char *folder = NULL;
	struct prove_options options = {
		.kernel = pipeline->kernel,
		.allow_unproven = pipeline->options->allow_unproven,
		.progress = pipeline->options->progress,
	};

	if (check_reverse(pipeline, err) < 0 || make_stage(pipeline, "5-proof", &folder, err) < 0)
		return -1;
	if (pipeline->reads_keys)
		return 0; /* the first attempt proved it, of the same functions */
	options.folder = folder;
	return prove_units(&pipeline->pairs, pipeline->changesets, pipeline->linkages, &options,
			   pipeline->manifest, err);
}

static int emit(struct pipeline *pipeline, struct error *err)
{
	const struct pairs *pairs = &pipeline->pairs;
	auto_free struct emit_unit *units = emit_units(pipeline);
	auto_free char *folder = NULL;
	auto_text_list struct text_list facts = { 0 };
	struct module_options options = {
		.name = pipeline->manifest->module,
		.output = pipeline->options->output,
		.facts = &facts,
		.progress = pipeline->options->progress,
	};

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

/* A patch is read when it is described and when it is applied; a pipe can be read once. */
static int check_patch_file(const char *path, struct error *err)
{
	struct stat info;

	if (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
		return error_set(err, ERROR_INVALID,
				 "%s is a pipe or the like, and a patch is read more than once: save it "
				 "to a file first", path);
	return 0;
}

static int describe_patches(struct manifest *manifest, const struct text_list *patches,
			    struct error *err)
{
	for (size_t i = 0; i < patches->count; i++) {
		auto_buffer struct buffer text = BUFFER_INIT;

		if (check_patch_file(patches->items[i], err) < 0 ||
		    file_read(patches->items[i], PATCH_LIMIT, &text, err) < 0 ||
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
	for (size_t i = 0; i < pipeline->assembly->callback_count; i++) {
		const struct emit_callback *callback = &pipeline->assembly->callbacks[i];

		manifest_add_callback(pipeline->manifest, callback->object,
				      callback_kind_name(callback->kind), callback->atom->name);
	}
	for (size_t i = 0; i < pipeline->assembly->state_count; i++)
		manifest_add_state(pipeline->manifest, pipeline->assembly->states[i].id,
				   pipeline->assembly->states[i].version);
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

static int make_module(struct pipeline *pipeline, const struct text_list *patches,
		       struct error *err)
{
	return compile_pairs(pipeline, patches, err) < 0 || compare_pairs(pipeline, patches, err) < 0 ||
			       prove(pipeline, err) < 0 || emit(pipeline, err) < 0 ?
		       -1 :
		       0;
}

/* Refused for static keys of modules and for nothing else. */
static bool wants_key_reads(const struct pipeline *pipeline, const struct error *err)
{
	const struct finding_list *findings = &pipeline->manifest->findings;

	if (pipeline->reads_keys || err->code != ERROR_REFUSED)
		return false;
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].verdict == RULE_REFUSE &&
		    findings->items[i].rule != RULE_JUMP_LABEL_MODULE)
			return false;
	return true;
}

/* "unit function" for each function that is replaced. */
static void list_changed(const struct pipeline *pipeline, struct text_list *into)
{
	for (size_t i = 0; i < pipeline->pairs.count; i++) {
		const struct changeset *changeset = pipeline->changesets[i];

		for (size_t k = 0; k < changeset->carried_count; k++) {
			const struct atom *atom = changeset->carried[k];

			if (atom_is_replacement(atom))
				text_list_printf(into, "%s %s", changeset->unit, atom->name);
		}
	}
}

/* Keeps the originals of the first attempt, under the units' numbers. */
static int keep_originals(const struct pipeline *pipeline, const char *folder,
			  struct text_list *sources, struct error *err)
{
	for (size_t i = 0; i < pipeline->pairs.count; i++) {
		auto_free char *path = xasprintf("%s/%zu.o", folder, i);

		if (file_copy(pipeline->pairs.units[i].original, path, err) < 0)
			return -1;
		text_list_add(sources, pipeline->pairs.units[i].source);
	}
	return 0;
}

/* A clone that the unit's carried code needs and that this compilation may have made in another way
 * than the shipped kernel's; a text of its own, or NULL. */
static char *find_other_clone(const struct pipeline *pipeline, size_t unit, const char *folder,
			      const struct text_list *sources)
{
	const struct changeset *changeset = pipeline->changesets[unit];
	const struct unit *pair = &pipeline->pairs.units[unit];
	auto_text_list struct text_list clones = { 0 };
	auto_changeset struct changeset *both = NULL;
	const char *other;
	struct error ignored;
	size_t i = 0;

	changeset_clones(changeset, &clones);
	if (!clones.count)
		return NULL;
	while (i < sources->count && strcmp(sources->items[i], pair->source))
		i++;

	auto_free char *path = xasprintf("%s/%zu.o", folder, i);

	if (changeset_make(path, pair->original, pair->source, &both, &ignored) < 0)
		return xstrdup(clones.items[0]);
	other = changeset_other_clone(both, &clones);
	return other ? xstrdup(other) : NULL;
}

/* A function, or a clone, for which the second attempt does not fit the shipped kernel; or NULL. */
static char *find_misfit(const struct pipeline *pipeline, const struct text_list *first,
			 const struct text_list *second, const char *folder,
			 const struct text_list *sources)
{
	for (size_t i = 0; i < pipeline->pairs.count; i++) {
		char *clone = find_other_clone(pipeline, i, folder, sources);

		if (clone)
			return clone;
	}
	for (size_t i = 0; i < first->count; i++)
		if (!text_list_has(second, first->items[i]))
			return xstrdup(first->items[i]);
	for (size_t i = 0; i < second->count; i++)
		if (!text_list_has(first, second->items[i]))
			return xstrdup(second->items[i]);
	return NULL;
}

/*
 * Once more, with all static keys read. The compiler may then inline and clone in other ways than
 * for the shipped kernel: the functions to be replaced must be the very ones that the first attempt
 * found and proved. One that only differs as shipped (say, since the patched code was inlined there)
 * is replaced all the same, by what the patched source makes of it; one that only differs now was
 * never proved, and one that only the first attempt has would stay as it is. And a clone that is
 * touched, whose parameters are the compiler's choice, must have the very code that it has in the
 * original as shipped, with all clones behind it. Else the first refusal stands.
 */
static int make_reading_keys(struct pipeline *pipeline, const struct text_list *patches,
			     struct error *err)
{
	auto_text_list struct text_list second = { 0 };
	auto_text_list struct text_list sources = { 0 };
	auto_finding_list struct finding_list before = { 0 };
	auto_free char *folder = NULL;
	auto_free char *misfit = NULL;
	struct finding_list *findings = &pipeline->manifest->findings;
	struct error refusal = *err;

	if (make_stage(pipeline, "key-reads-orig", &folder, err) < 0 ||
	    keep_originals(pipeline, folder, &sources, err) < 0)
		return -1;
	list_changed(pipeline, &pipeline->replaced);
	before = *findings;
	*findings = (struct finding_list){ 0 };
	pipeline_clear(pipeline);
	pipeline->reads_keys = true;
	if (make_module(pipeline, patches, err) < 0)
		return -1;
	list_changed(pipeline, &second);
	misfit = find_misfit(pipeline, &pipeline->replaced, &second, folder, &sources);
	if (!misfit) {
		finding_add(findings, RULE_KEY_READ, pipeline->pairs.units[0].source, NULL, NULL,
			    "a jump label of the patched code has a module's key");
		return 0;
	}
	*err = refusal;
	finding_list_add_all(findings, &before);
	unlink(pipeline->options->output);
	return error_context(err, "the static key cannot be read instead, because of %s", misfit);
}

static int run_stages(struct pipeline *pipeline, const struct text_list *patches,
		      struct error *err)
{
	if (describe_patches(pipeline->manifest, patches, err) < 0)
		return -1;
	if (make_module(pipeline, patches, err) < 0 &&
	    (!wants_key_reads(pipeline, err) || make_reading_keys(pipeline, patches, err) < 0))
		return -1;
	if (describe_module(pipeline, err) < 0 || note_units(pipeline, err) < 0)
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
	text_list_clear(&pipeline.replaced);
	return result;
}
