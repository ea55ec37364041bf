// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "build/affected.h"
#include "build/kbuild.h"
#include "build/kbuild_config.h"
#include "build/not_built.h"
#include "build/pairing.h"
#include "build/refuse.h"

#define MANY 100 /* units */

static char *place(const char *folder, const char *kind, const char *source, char suffix)
{
	char *path = xasprintf("%s/%s%s", folder, kind, source);

	path[strlen(path) - 1] = suffix;
	return path;
}

/* Takes `spelled` over. */
static void add_unit(struct pairing *pairing, const char *source, char *spelled,
		     enum unit_kind kind)
{
	ARRAY_GROW(pairing->units, pairing->capacity, pairing->count + 1);
	pairing->units[pairing->count++] = (struct pairing_unit){
		.source = xstrdup(source),
		.spelled = spelled,
		.kind = kind,
		.is_direct = edit_find(&pairing->edits, source) != NULL,
		.plain = place(pairing->original_folder, "plain/", source, 'o'),
		.original = place(pairing->original_folder, "", source, 'o'),
		.original_deps = place(pairing->original_folder, "", source, 'd'),
		.patched = place(pairing->patched_folder, "", source, 'o'),
		.patched_deps = place(pairing->patched_folder, "", source, 'd'),
	};
}

static bool has_unit(const struct pairing *pairing, const char *source)
{
	for (size_t i = 0; i < pairing->count; i++)
		if (!strcmp(pairing->units[i].source, source))
			return true;
	return false;
}

/* True if it is or already was added, false if the configuration does not build it. */
static bool add_if_built(struct pairing *pairing, const struct kbuild_config *config,
			 const char *source)
{
	enum unit_kind kind = unit_kind_of(source);
	auto_free char *path = path_join(pairing->kernel->source, source);
	char *spelled = NULL;

	if (has_unit(pairing, source))
		return true;
	if (kind == UNIT_OUTSIDE)
		return false;
	if (kind != UNIT_OFFSETS && kind != UNIT_VDSO)
		spelled = kbuild_config_find(config, source);
	else if (file_exists(path))
		spelled = xstrdup(source);
	if (spelled)
		add_unit(pairing, source, spelled, kind);
	return spelled;
}

/* Adds the units that are or include one of the files. Returns how many of them are built. */
static size_t add_reached(struct pairing *pairing, const struct kbuild_config *config,
			  const struct include_graph *graph, const struct text_list *files)
{
	auto_text_list struct text_list sources = { 0 };
	size_t built = 0;

	affected_sources(graph, files, &sources);
	for (size_t i = 0; i < sources.count; i++)
		built += add_if_built(pairing, config, sources.items[i]);
	return built;
}

/* A source of the patch. What writes other sources is refused. If neither it nor what includes it is built, it is a finding. */
static void select_source(struct pairing *pairing, const struct kbuild_config *config,
			  const struct include_graph *graph, const char *path)
{
	auto_text_list struct text_list files = { 0 };

	text_list_add(&files, path);
	if (add_reached(pairing, config, graph, &files))
		return;

	auto_free char *object = kbuild_object(path);

	if (not_built_is_generator(pairing->kernel, object)) {
		finding_add(&pairing->pairs->findings, RULE_UNKNOWN_FILE, path, NULL, NULL,
			    "It is a program that writes sources while the kernel is built.");
		return;
	}

	auto_free char *why = not_built_reason(pairing->kernel, object);

	struct finding *finding = finding_add(&pairing->pairs->findings, RULE_NOT_BUILT, path,
					      NULL, NULL, "Not part of this kernel: %s.", why);

	if (!edit_find(&pairing->edits, path)->was_there)
		finding->advice = "The patch adds this file: put its functions into a file that "
				  "this kernel builds.";
}

static void select_all(struct pairing *pairing, const struct kbuild_config *config,
		       const struct include_graph *graph)
{
	auto_text_list struct text_list headers = { 0 };

	for (size_t i = 0; i < pairing->edits.count; i++) {
		const struct edit *edit = &pairing->edits.items[i];
		enum rule_id rule;
		enum path_class class = path_classify(edit->path, &rule);

		if (!edit_is_change(edit))
			continue;
		if (class == PATH_HEADER)
			text_list_add(&headers, edit->path);
		if (class == PATH_UNIT)
			select_source(pairing, config, graph, edit->path);
	}
	if (headers.count)
		add_reached(pairing, config, graph, &headers);
}

/* A source that nobody builds is a note as long as others are left. */
static int check_any(struct pairing *pairing, struct error *err)
{
	struct finding_list *findings = &pairing->pairs->findings;
	size_t count = 0;

	for (size_t i = 0; i < pairing->count; i++)
		count += pairing->units[i].kind == UNIT_CODE;
	if (count == 0 && !finding_count(findings, RULE_REFUSE))
		finding_add(findings, RULE_NOT_BUILT, pairing->pairs->files.items[0], NULL, NULL,
			    "No unit of this kernel includes it.");
	if (count == 0)
		return finding_list_error(findings, err);
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].rule == RULE_NOT_BUILT)
			findings->items[i].verdict = RULE_WARN;
	return 0;
}

/* Many units are many minutes: say so before they pass. */
static int check_count(const struct pairing *pairing, struct error *err)
{
	unsigned limit = pairing->options->unit_limit;

	if (limit && pairing->count > limit)
		return error_set(err, ERROR_INVALID,
				 "the patches reach %zu units of this kernel, and %u are allowed",
				 pairing->count, limit);
	if (pairing->count > MANY)
		progress_say(pairing->options->progress,
			     "the patched headers reach %zu units of this kernel; compiling them takes a while",
			     pairing->count);
	return 0;
}

int pairing_select(struct pairing *pairing, struct error *err)
{
	const struct progress *progress = pairing->options->progress;
	auto_kbuild_config struct kbuild_config *config = NULL;
	auto_include_graph struct include_graph *graph = NULL;
	auto_free char *includes = xasprintf("%s.includes", pairing->records);
	auto_free char *built = xasprintf("%s.built", pairing->records);
	bool keep = affected_may_keep(pairing->kernel);

	if (directory_make(pairing->records, err) < 0 ||
	    affected_open(pairing->kernel, includes, keep, pairing->jobs, progress, &graph, err) <
		    0 ||
	    kbuild_config_open(pairing->kernel, built, keep, pairing->jobs, progress, &config,
			       err) < 0)
		return -1;
	select_all(pairing, config, graph);
	return check_any(pairing, err) < 0 ? -1 : check_count(pairing, err);
}
