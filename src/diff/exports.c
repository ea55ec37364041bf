// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/exports.h"

#include <string.h>

#include "diff/judge.h"

#define LABEL "__export_symbol_"
#define TABLE "___ksymtab"
#define NAMESPACE "__kstrtabns_"

void exports_clear(struct exports *exports)
{
	text_list_clear(&exports->labels);
	text_list_clear(&exports->terms);
}

/* The text at this place of a section, or "". */
static const char *text_in(const struct elf_section *section, uint64_t offset)
{
	const char *text = section->data ? (const char *)section->data + offset : "";

	if (!section->data || offset >= section->size ||
	    !memchr(text, 0, section->size - offset))
		return "";
	return text;
}

static void add(struct exports *exports, const char *label, const char *licence, const char *space)
{
	text_list_add(&exports->labels, label);
	text_list_printf(&exports->terms, "%s%s%s", *licence ? licence : "any licence",
			 *space ? ", namespace " : "", space);
}

/* Behind the '+' of ___ksymtab_gpl+foo, or NULL. */
static const char *name_of_table(const char *section)
{
	const char *plus = has_prefix(section, TABLE) ? strchr(section, '+') : NULL;

	return plus ? plus + 1 : NULL;
}

static void collect_table(const struct object *object, const struct elf_section *section,
			  struct exports *exports)
{
	const char *name = name_of_table(section->name);

	if (!name)
		return;

	auto_free char *label = xasprintf(NAMESPACE "%s", name);
	const struct elf_symbol *space = object_find_symbol(object, label);

	/* Which licence is in the section's name already. */
	add(exports, section->name, "",
	    space && space->section ? text_in(space->section, space->value) : "");
}

static void collect_label(const struct elf_symbol *symbol, struct exports *exports)
{
	const char *licence = text_in(symbol->section, symbol->value);

	if (has_prefix(symbol->name, LABEL))
		add(exports, symbol->name, licence,
		    text_in(symbol->section, symbol->value + strlen(licence) + 1));
}

void exports_collect(const struct side *side, struct exports *exports)
{
	const struct object *object = side->object;

	for (size_t i = 0; i < object->section_count; i++) {
		const struct elf_section *section = object->sections[i];

		if (atoms_of(section)->rule->kind != SECTION_EXPORT)
			continue;
		collect_table(object, section, exports);
		for (size_t k = 0; k < section->symbol_count; k++)
			collect_label(section->symbols[k], exports);
	}
}

bool exports_has(const struct exports *exports, const char *name)
{
	for (size_t i = 0; i < exports->labels.count; i++) {
		const char *label = exports->labels.items[i];
		const char *exported = has_prefix(label, LABEL) ? label + strlen(LABEL) :
								  name_of_table(label);

		if (exported && !strcmp(exported, name))
			return true;
	}
	return false;
}

bool changeset_exports(const struct changeset *changeset, const char *name)
{
	auto_exports struct exports exports = { 0 };

	exports_collect(changeset->new, &exports);
	return exports_has(&exports, name);
}

static const char *terms_of(const struct exports *exports, const char *label)
{
	for (size_t i = 0; i < exports->labels.count; i++)
		if (!strcmp(exports->labels.items[i], label))
			return exports->terms.items[i];
	return NULL;
}

static void find(struct changeset *changeset, const char *label, const char *detail)
{
	finding_add(&changeset->findings, RULE_EXPORT_CHANGED, changeset->unit, label, NULL, "%s",
		    detail);
}

void judge_exports(struct changeset *changeset)
{
	auto_exports struct exports old = { 0 };
	auto_exports struct exports new = { 0 };

	exports_collect(changeset->old, &old);
	exports_collect(changeset->new, &new);
	for (size_t i = 0; i < new.labels.count; i++) {
		const char *before = terms_of(&old, new.labels.items[i]);
		auto_free char *other = xasprintf("exported for %s instead of %s, left out",
						  new.terms.items[i], before ? before : "");

		if (!before)
			find(changeset, new.labels.items[i], "a new export, left out");
		else if (strcmp(before, new.terms.items[i]))
			find(changeset, new.labels.items[i], other);
	}
	for (size_t i = 0; i < old.labels.count; i++)
		if (!terms_of(&new, old.labels.items[i]))
			find(changeset, old.labels.items[i],
			     "an export is gone, and stays in the running kernel");
}
