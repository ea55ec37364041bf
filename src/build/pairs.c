// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/pairs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "build/authoring.h"
#include "build/conflict.h"
#include "build/edit.h"
#include "build/generator_input.h"
#include "build/key_reads.h"
#include "build/pairing.h"
#include "build/patch.h"
#include "build/refuse.h"

static void unit_clear(struct unit *unit)
{
	free(unit->source);
	free(unit->object);
	free(unit->original);
	free(unit->patched);
	free(unit->plain);
	text_list_clear(&unit->command);
}

void pairs_clear(struct pairs *pairs)
{
	for (size_t i = 0; i < pairs->count; i++)
		unit_clear(&pairs->units[i]);
	free(pairs->units);
	text_list_clear(&pairs->files);
	text_list_clear(&pairs->notes);
	edit_list_clear(&pairs->edits);
	finding_list_clear(&pairs->findings);
	*pairs = (struct pairs){ 0 };
}

static void pairing_clear(struct pairing *pairing)
{
	for (size_t i = 0; i < pairing->count; i++) {
		struct pairing_unit *unit = &pairing->units[i];

		free(unit->source);
		free(unit->spelled);
		free(unit->plain);
		free(unit->original);
		free(unit->original_deps);
		free(unit->patched);
		free(unit->patched_deps);
		text_list_clear(&unit->made_from);
		unit_record_clear(&unit->record);
	}
	free(pairing->units);
	free(pairing->records);
	free(pairing->key);
	free(pairing->original_folder);
	free(pairing->patched_folder);
	free(pairing->authoring);
	free(pairing->include);
	edit_list_clear(&pairing->edits);
}

/* `notes`: hunks that were found elsewhere, or with fuzz. */
static int apply_patches(struct pairing *pairing, const struct text_list *patches,
			 struct text_list *notes, struct error *err)
{
	for (size_t i = 0; i < patches->count; i++) {
		struct edit_options options = { .root = pairing->kernel->source,
						.patch = patches->items[i],
						.fuzz = pairing->options->fuzz };
		auto_patch struct patch *patch = NULL;

		if (patch_read(patches->items[i], &patch, err) < 0 ||
		    edit_apply(&pairing->edits, patch, &options, notes, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < notes->count; i++)
		progress_say(pairing->options->progress, "%s", notes->items[i]);
	return 0;
}

/* What the path and the kind of change say, before anything is compiled. */
static void judge_edit(struct pairing *pairing, const struct edit *edit)
{
	struct finding_list *findings = &pairing->pairs->findings;
	enum rule_id rule;
	enum path_class class = path_classify(edit->path, &rule);

	if (class == PATH_REFUSED)
		finding_add(findings, rule, edit->path, NULL, NULL, "The patch changes it.");
	else if (class == PATH_IGNORED)
		progress_say(pairing->options->progress,
			     "%s: ignored, it does not become part of this kernel", edit->path);
	else if (class == PATH_UNIT && edit->moved && edit->was_there)
		finding_add(findings, RULE_MAKEFILE, edit->path, NULL, NULL,
			    "The patch renames it, so that kbuild would need another Makefile.");
	else if (class == PATH_UNIT && edit->was_there && !edit->is_there)
		finding_add(findings, RULE_MAKEFILE, edit->path, NULL, NULL,
			    "The patch deletes it, so that kbuild would need another Makefile.");
	if (class == PATH_UNIT && path_has_second_copy(edit->path))
		finding_add(findings, RULE_SECOND_COPY, edit->path, NULL, NULL,
			    "The copy in kexec's purgatory stays as it is.");
	if (class == PATH_HEADER)
		generator_input_judge(edit, findings);
	if (class != PATH_IGNORED)
		text_list_add(&pairing->pairs->files, edit->path);
}

static int judge_edits(struct pairing *pairing, struct error *err)
{
	bool any_change = false;

	for (size_t i = 0; i < pairing->edits.count; i++) {
		if (!edit_is_change(&pairing->edits.items[i]))
			continue;
		any_change = true;
		judge_edit(pairing, &pairing->edits.items[i]);
	}
	if (finding_list_error(&pairing->pairs->findings, err) < 0)
		return -1;
	if (!any_change)
		return error_set(err, ERROR_NOTHING, "the patches change no file");
	if (!pairing->pairs->files.count)
		return error_set(err, ERROR_NOTHING,
				 "the patches change nothing that becomes part of the kernel");
	return 0;
}

static void add_unit(struct pairs *pairs, const struct pairing_unit *from, const char *object)
{
	ARRAY_GROW(pairs->units, pairs->capacity, pairs->count + 1);

	struct unit *unit = &pairs->units[pairs->count++];

	*unit = (struct unit){
		.source = xstrdup(from->source),
		.object = xstrdup(object),
		.is_module = from->record.is_module,
		.original = xstrdup(from->original),
		.patched = xstrdup(from->patched),
		.plain = xstrdup(from->plain),
	};
	text_list_add_all(&unit->command, (const char *const *)from->record.command.items);
}

/* A unit that several modules share ("a:b" in KBUILD_MODNAME) is a unit of each. */
static void add_pairs(struct pairing *pairing)
{
	for (size_t i = 0; i < pairing->count; i++) {
		const struct pairing_unit *unit = &pairing->units[i];
		auto_text_list struct text_list modules = { 0 };

		if (unit->is_dropped)
			continue;
		if (unit->record.is_module)
			text_list_split(&modules, unit->record.module, ":");
		else
			text_list_add(&modules, "vmlinux");
		for (size_t j = 0; j < modules.count; j++)
			add_unit(pairing->pairs, unit, modules.items[j]);
	}
}

static int make_pairs(struct pairing *pairing, struct error *err)
{
	pairing_digest(pairing);

	int result = pairing_load(pairing, err);

	if (result == 0) {
		if (pairing_begin(pairing, err) < 0 || pairing_originals(pairing, err) < 0 ||
		    pairing_replay(pairing, err) < 0)
			return -1;
		result = pairing_complete(pairing, err);
	}
	if (result < 0)
		return -1;
	add_pairs(pairing);
	return 0;
}

static int set_paths(struct pairing *pairing, struct error *err)
{
	auto_free char *work = realpath(pairing->options->work, NULL);

	if (!work)
		return error_errno(err, "cannot use the work folder %s", pairing->options->work);
	pairing->original_folder = path_join(work, "1-orig");
	pairing->patched_folder = path_join(work, "2-patched");
	pairing->authoring = path_join(work, "include");
	if (authoring_write_header(pairing->authoring, err) < 0)
		return -1;
	if (pairing->options->reads_keys) {
		pairing->include = path_join(work, "key-reads.h");
		if (file_write_text(pairing->include, key_reads_text, err) < 0)
			return -1;
	}
	return unit_record_folder(pairing->kernel, &pairing->records, &pairing->key, err);
}

static unsigned processors(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count > 0 ? (unsigned)count : 1;
}

int pairs_build(const struct kernel *kernel, const struct text_list *patches,
		const struct pairs_options *options, struct pairs *ret_pairs, struct error *err)
{
	struct pairing pairing = { .kernel = kernel, .options = options, .pairs = ret_pairs,
				   .jobs = options->jobs ? options->jobs : processors() };
	int result = -1;

	*ret_pairs = (struct pairs){ 0 };
	if (set_paths(&pairing, err) == 0 &&
	    apply_patches(&pairing, patches, &ret_pairs->notes, err) == 0) {
		conflict_find_shared(&pairing.edits, &ret_pairs->findings);
		if (judge_edits(&pairing, err) == 0 && pairing_select(&pairing, err) == 0)
			result = make_pairs(&pairing, err);
	}
	ret_pairs->edits = pairing.edits;
	pairing.edits = (struct edit_list){ 0 };
	pairing_clear(&pairing);
	return result;
}

int pairs_preprocess(const struct kernel *kernel, const struct text_list *patches,
		     const struct pairs_options *options, const struct unit *unit,
		     struct buffer *ret_old, struct buffer *ret_new, struct error *err)
{
	struct pairs_options silent = *options;
	struct pairing pairing = { .kernel = kernel, .options = &silent };
	auto_text_list struct text_list notes = { 0 };
	int result = -1;

	silent.progress = NULL; /* what it has to say was said by pairs_build() */
	if (set_paths(&pairing, err) == 0 && apply_patches(&pairing, patches, &notes, err) == 0)
		result = pairing_preprocess(&pairing, unit, ret_old, ret_new, err);
	pairing_clear(&pairing);
	return result;
}
