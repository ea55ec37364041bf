// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "build/kbuild_config.h"
#include "build/pairing.h"
#include "build/refuse.h"

static char *place(const char *folder, const char *kind, const char *source, char suffix)
{
	char *path = xasprintf("%s/%s%s", folder, kind, source);

	path[strlen(path) - 1] = suffix;
	return path;
}

static void add_unit(struct pairing *pairing, const char *source, bool is_direct)
{
	ARRAY_GROW(pairing->units, pairing->capacity, pairing->count + 1);
	pairing->units[pairing->count++] = (struct pairing_unit){
		.source = xstrdup(source),
		.is_direct = is_direct,
		.plain = place(pairing->original_folder, "plain/", source, 'o'),
		.original = place(pairing->original_folder, "", source, 'o'),
		.original_deps = place(pairing->original_folder, "", source, 'd'),
		.patched = place(pairing->patched_folder, "", source, 'o'),
		.patched_deps = place(pairing->patched_folder, "", source, 'd'),
	};
}

/* A unit that nobody builds is a note as long as others are left. */
static int add_if_built(struct pairing *pairing, struct kbuild_config *config, const char *source,
			bool is_direct, struct error *err)
{
	auto_free char *why = NULL;
	int result = kbuild_config_has(config, source, &why, err);

	if (result < 0)
		return -1;
	if (result)
		add_unit(pairing, source, is_direct);
	else if (is_direct)
		finding_add(&pairing->pairs->findings, RULE_NOT_BUILT, source, NULL, NULL,
			    "not part of this kernel: %s.", why);
	return 0;
}

static int check_any(struct pairing *pairing, struct error *err)
{
	struct finding_list *findings = &pairing->pairs->findings;

	if (pairing->count == 0)
		return finding_list_error(findings, err);
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].rule == RULE_NOT_BUILT)
			findings->items[i].verdict = RULE_WARN;
	return 0;
}

int pairing_select(struct pairing *pairing, struct error *err)
{
	auto_kbuild_config struct kbuild_config *config = kbuild_config_new(pairing->kernel);

	for (size_t i = 0; i < pairing->edits.count; i++) {
		const struct edit *edit = &pairing->edits.items[i];
		enum rule_id rule;

		if (edit_is_change(edit) && path_classify(edit->path, &rule) == PATH_UNIT &&
		    add_if_built(pairing, config, edit->path, true, err) < 0)
			return -1;
	}
	return check_any(pairing, err);
}
