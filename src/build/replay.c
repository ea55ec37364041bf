// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "base/memory.h"
#include "build/compile.h"
#include "build/lines.h"
#include "build/pairing.h"
#include "build/tree.h"

static int take_tree(struct pairing *pairing, struct tree **ret_tree, struct error *err)
{
	const struct kernel *kernel = pairing->kernel;
	auto_free char *source = realpath(kernel->source, NULL);
	auto_free char *cache = NULL;

	if (!source)
		return error_errno(err, "cannot find %s", kernel->source);
	if (cache_folder(&cache, err) < 0)
		return -1;

	auto_free char *pool = xasprintf("%s/trees/%s-%s", cache,
					 kernel->id.release ? kernel->id.release : "unknown",
					 pairing->key);

	return tree_take(pool, source, pairing->key, pairing->options->progress, ret_tree, err);
}

static int write_edit(struct tree *tree, const struct edit *edit, bool keep_lines,
		      struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	if (!edit->is_there)
		return tree_remove(tree, edit->path, err);
	if (edit->was_there && keep_lines)
		lines_keep(&edit->original, &edit->final, &text);
	else
		buffer_add(&text, edit->final.data, edit->final.size);
	return tree_write(tree, edit->path, text.data, text.size, err);
}

static int write_edits(struct tree *tree, const struct edit_list *edits, bool keep_lines,
		       struct error *err)
{
	for (size_t i = 0; i < edits->count; i++)
		if (edit_is_change(&edits->items[i]) &&
		    write_edit(tree, &edits->items[i], keep_lines, err) < 0)
			return -1;
	return 0;
}

static int begin_edits(struct tree *tree, const struct edit_list *edits, struct error *err)
{
	auto_text_list struct text_list paths = { 0 };

	for (size_t i = 0; i < edits->count; i++)
		if (edit_is_change(&edits->items[i]))
			text_list_add(&paths, edits->items[i].path);
	if (tree_begin(tree, &paths, err) < 0)
		return -1;
	return write_edits(tree, edits, true, err);
}

int pairing_tree(struct pairing *pairing, struct tree **ret_tree, struct error *err)
{
	auto_tree struct tree *tree = NULL;

	if (take_tree(pairing, &tree, err) < 0 || begin_edits(tree, &pairing->edits, err) < 0)
		return -1;
	*ret_tree = steal_ptr(tree);
	return 0;
}

struct compile_job *pairing_add_job(struct pairing *pairing, struct compile_jobs *jobs,
				    const struct pairing_unit *unit, const struct tree *tree,
				    bool is_patched)
{
	ARRAY_GROW(jobs->items, jobs->capacity, jobs->count + 1);
	jobs->items[jobs->count] = (struct compile_job){
		.source = xstrdup(unit->spelled),
		.tree = xstrdup(is_patched ? tree->path : tree->source),
		.shown_tree = is_patched ? xstrdup(tree->source) : NULL,
		.include = pairing->include,
		.include_folder = is_patched ? pairing->authoring : NULL,
		.command = &unit->record.command,
		.object = xstrdup(is_patched ? unit->patched : unit->original),
		.deps = xstrdup(is_patched ? unit->patched_deps : unit->original_deps),
	};
	return &jobs->items[jobs->count++];
}

/* A message about a patched file names lines as the #line directives have it, and the compiler
 * quotes others. So that the words fit the author's file, it is compiled once more without them. */
static int explain_failure(struct pairing *pairing, struct tree *tree,
			   const struct compile_job *failed, struct error *err)
{
	struct compile_jobs again = { .items = (struct compile_job *)failed, .count = 1 };
	struct error plain = *err;
	size_t index;

	if (err->code != ERROR_TOOL || strcmp(failed->tree, tree->path))
		return -1;
	if (write_edits(tree, &pairing->edits, false, &plain) == 0 &&
	    compile_run(&again, 1, NULL, &index, &plain) < 0 && plain.code == ERROR_TOOL)
		*err = plain;
	return error_context(err, "the patched source");
}

static int compile_all(struct pairing *pairing, struct tree *tree, struct error *err)
{
	auto_compile_jobs struct compile_jobs jobs = { 0 };
	size_t failed;

	for (size_t i = 0; i < pairing->count; i++) {
		const struct pairing_unit *unit = &pairing->units[i];

		if (unit->is_dropped || unit->is_same_text)
			continue;
		if (!unit->is_cached || pairing->include)
			pairing_add_job(pairing, &jobs, unit, tree, false);
		pairing_add_job(pairing, &jobs, unit, tree, true);
	}
	if (compile_run(&jobs, pairing->jobs, pairing->options->progress, &failed, err) < 0)
		return explain_failure(pairing, tree, &jobs.items[failed], err);
	return 0;
}

/* Notes what the original was made from, and keeps the record for the next time. */
static int keep_record(struct pairing *pairing, struct pairing_unit *unit, struct error *err)
{
	auto_text_list struct text_list files = { 0 };

	if (unit->is_cached || unit->is_dropped || pairing->include)
		return 0; /* kept already, or not the usual original */
	if (compile_read_deps(unit->original_deps, &files, err) < 0)
		return -1;
	for (size_t i = 0; i < files.count; i++)
		if (unit_record_add_dep(&unit->record, pairing->kernel, files.items[i], err) < 0)
			return -1;
	return unit_record_keep(pairing->records, &unit->record, unit->plain, unit->original, err);
}

static bool leads_into(const char *file, const char *folder)
{
	return has_prefix(file, folder) && file[strlen(folder)] == '/';
}

/*
 * Every file that a patched object was made from must be one that the patches change, or the
 * source's own. Anything else is a left-over in the tree: it is put right, and *ret_clean is false.
 */
static int check_deps(struct pairing *pairing, struct tree *tree, struct map *checked,
		      const struct text_list *files, bool *ret_clean, struct error *err)
{
	for (size_t i = 0; i < files->count; i++) {
		const char *file = files->items[i];

		if (leads_into(file, pairing->kernel->source) || leads_into(file, tree->source))
			return error_set(err, ERROR_UNSUPPORTED,
					 "the patched source is compiled with %s of the unpatched tree",
					 file);
		if (*file == '/' || map_has(checked, file))
			continue;
		map_set(checked, file, tree);

		const struct edit *edit = edit_find(&pairing->edits, file);

		if ((edit && edit_is_change(edit)) || tree_is_same(tree, file))
			continue;
		*ret_clean = false;
		if (tree_restore(tree, file, err) < 0)
			return -1;
	}
	return 0;
}

static int check_trees(struct pairing *pairing, struct tree *tree, bool *ret_clean,
		       struct error *err)
{
	auto_map struct map *checked = map_new();

	*ret_clean = true;
	for (size_t i = 0; i < pairing->count; i++) {
		auto_text_list struct text_list files = { 0 };

		if (pairing->units[i].is_dropped)
			continue;
		if (compile_read_deps(pairing->units[i].patched_deps, &files, err) < 0 ||
		    check_deps(pairing, tree, checked, &files, ret_clean, err) < 0)
			return -1;
	}
	return 0;
}

static int complete_file(const struct pairing *pairing, struct tree *tree, const char *file,
			 struct error *err)
{
	auto_free char *ours = path_join(tree->path, file);
	auto_free char *theirs = path_join(tree->source, file);

	if (*file == '/' || file_exists(ours) || !file_exists(theirs) ||
	    edit_find(&pairing->edits, file))
		return 0;
	return tree_restore(tree, file, err);
}

/* Headers that kbuild generates with a unit (from .asn1, .map and the like) may be younger than the
 * copy of the tree. */
static int complete_tree(const struct pairing *pairing, struct tree *tree, struct error *err)
{
	for (size_t i = 0; i < pairing->count; i++) {
		const struct pairing_unit *unit = &pairing->units[i];

		if (unit->is_dropped)
			continue;
		for (size_t k = 0; k < unit->made_from.count; k++)
			if (complete_file(pairing, tree, unit->made_from.items[k], err) < 0)
				return -1;
		for (size_t k = 0; k < unit->record.dep_count; k++)
			if (complete_file(pairing, tree, unit->record.deps[k].path, err) < 0)
				return -1;
	}
	return 0;
}

static int compile_clean(struct pairing *pairing, struct tree *tree, struct error *err)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		bool is_clean;

		if (pairing_compare_texts(pairing, tree, err) < 0 ||
		    compile_all(pairing, tree, err) < 0 ||
		    check_trees(pairing, tree, &is_clean, err) < 0)
			return -1;
		if (is_clean)
			return 0;
	}
	return error_set(err, ERROR_FAILED,
			 "the source tree %s changes while it is being compiled; try again when nobody works in it",
			 pairing->kernel->source);
}

/*
 * A pair that is the same to the last byte has nothing for the differ: most units that include a
 * changed header are of that kind. A watched unit must be.
 */
static int compare(struct pairing *pairing, struct pairing_unit *unit, struct error *err)
{
	bool same = true;

	if (unit->is_dropped)
		return 0;
	if (unit_kind_same(unit->kind, unit->original, unit->patched, &same, err) < 0)
		return -1;
	if (!same && unit->kind != UNIT_CODE)
		finding_add(&pairing->pairs->findings, unit_kind_rule(unit->kind), unit->source,
			    NULL, NULL, "A header that the patch changes is part of it.");
	unit->is_dropped = same || unit->kind != UNIT_CODE;
	return 0;
}

static int drop_same(struct pairing *pairing, struct error *err)
{
	size_t left = 0;

	for (size_t i = 0; i < pairing->count; i++) {
		if (compare(pairing, &pairing->units[i], err) < 0)
			return -1;
		left += !pairing->units[i].is_dropped;
	}
	if (finding_list_error(&pairing->pairs->findings, err) < 0)
		return -1;
	if (left)
		return 0;
	finding_add(&pairing->pairs->findings, RULE_NO_CHANGE, pairing->pairs->files.items[0], NULL,
		    NULL, "Every unit compiles to exactly the same object as before.");
	return error_set(err, ERROR_NOTHING,
			 "no-change: all %zu units that the patch reaches compile to the same objects as before",
			 pairing->count);
}

int pairing_replay(struct pairing *pairing, struct error *err)
{
	auto_tree struct tree *tree = NULL;

	if (pairing_tree(pairing, &tree, err) < 0 || complete_tree(pairing, tree, err) < 0 ||
	    compile_clean(pairing, tree, err) < 0)
		return -1;
	for (size_t i = 0; i < pairing->count; i++)
		pairing->units[i].is_dropped |= pairing->units[i].is_same_text;
	for (size_t i = 0; i < pairing->count; i++)
		if (keep_record(pairing, &pairing->units[i], err) < 0)
			return -1;
	return drop_same(pairing, err);
}
