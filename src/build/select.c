// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "build/affected.h"
#include "build/kbuild_config.h"
#include "build/pairing.h"
#include "build/refuse.h"

static char *place(const char *folder, const char *kind, const char *source, char suffix)
{
	char *path = xasprintf("%s/%s%s", folder, kind, source);

	path[strlen(path) - 1] = suffix;
	return path;
}

static void add_unit(struct pairing *pairing, const char *source, enum unit_kind kind)
{
	ARRAY_GROW(pairing->units, pairing->capacity, pairing->count + 1);
	pairing->units[pairing->count++] = (struct pairing_unit){
		.source = xstrdup(source),
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

/* 1 if it is or already was added, 0 if the configuration does not build it; then *ret_why says
 * why, and the caller frees it. */
static int add_if_built(struct pairing *pairing, struct kbuild_config *config, const char *source,
			char **ret_why, struct error *err)
{
	enum unit_kind kind = unit_kind_of(source);
	auto_free char *path = path_join(pairing->kernel->source, source);
	int result;

	*ret_why = NULL;
	if (has_unit(pairing, source))
		return 1;
	if (kind == UNIT_OUTSIDE)
		return 0;
	if (kind == UNIT_OFFSETS || kind == UNIT_VDSO)
		result = file_exists(path);
	else
		result = kbuild_config_has(config, source, ret_why, err);
	if (result > 0)
		add_unit(pairing, source, kind);
	return result;
}

/* Adds the units that are or include one of the files. Returns how many of them are built. */
static int add_reached(struct pairing *pairing, struct kbuild_config *config,
		       const struct include_graph *graph, const struct text_list *files,
		       char **ret_why, struct error *err)
{
	auto_text_list struct text_list sources = { 0 };
	int built = 0;

	affected_sources(graph, files, &sources);
	for (size_t i = 0; i < sources.count; i++) {
		auto_free char *why = NULL;
		int result = interrupt_check(err);

		if (result == 0)
			result = add_if_built(pairing, config, sources.items[i], &why, err);
		if (result < 0)
			return -1;
		built += result;
		if (why && !strcmp(sources.items[i], files->items[0]))
			*ret_why = steal_ptr(why);
	}
	return built;
}

/* A source of the patch. If neither it nor what includes it is built, it is a finding. */
static int select_source(struct pairing *pairing, struct kbuild_config *config,
			 const struct include_graph *graph, const struct edit *edit,
			 struct error *err)
{
	auto_text_list struct text_list files = { 0 };
	auto_free char *why = NULL;

	text_list_add(&files, edit->path);

	int built = add_reached(pairing, config, graph, &files, &why, err);

	if (built == 0)
		finding_add(&pairing->pairs->findings, RULE_NOT_BUILT, edit->path, NULL, NULL,
			    "Not part of this kernel: %s.", why ? why : "nothing builds it");
	return built < 0 ? -1 : 0;
}

static int select_all(struct pairing *pairing, struct kbuild_config *config,
		      const struct include_graph *graph, struct error *err)
{
	auto_text_list struct text_list headers = { 0 };
	auto_free char *ignored = NULL;

	for (size_t i = 0; i < pairing->edits.count; i++) {
		const struct edit *edit = &pairing->edits.items[i];
		enum rule_id rule;
		enum path_class class = path_classify(edit->path, &rule);

		if (!edit_is_change(edit))
			continue;
		if (class == PATH_HEADER)
			text_list_add(&headers, edit->path);
		if (class == PATH_UNIT && select_source(pairing, config, graph, edit, err) < 0)
			return -1;
	}
	return headers.count ? add_reached(pairing, config, graph, &headers, &ignored, err) : 0;
}

/* A source that nobody builds is a note as long as others are left. */
static int check_any(struct pairing *pairing, struct error *err)
{
	struct finding_list *findings = &pairing->pairs->findings;
	size_t count = 0;

	for (size_t i = 0; i < pairing->count; i++)
		count += pairing->units[i].kind == UNIT_CODE;
	if (count == 0 && !findings->count)
		finding_add(findings, RULE_NOT_BUILT, pairing->pairs->files.items[0], NULL, NULL,
			    "No unit of this kernel includes it.");
	if (count == 0)
		return finding_list_error(findings, err);
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].rule == RULE_NOT_BUILT)
			findings->items[i].verdict = RULE_WARN;
	return 0;
}

int pairing_select(struct pairing *pairing, struct error *err)
{
	auto_kbuild_config struct kbuild_config *config = kbuild_config_new(pairing->kernel);
	auto_include_graph struct include_graph *graph = NULL;
	auto_free char *kept = xasprintf("%s.includes", pairing->records);

	if (directory_make(pairing->records, err) < 0 ||
	    affected_open(pairing->kernel, kept, pairing->jobs, pairing->options->progress, &graph,
			  err) < 0 ||
	    select_all(pairing, config, graph, err) < 0)
		return -1;
	return check_any(pairing, err);
}
