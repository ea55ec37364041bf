// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/overrides.h"

#include <ctype.h>

static bool is_defined(const struct elf_symbol *symbol)
{
	return symbol->section && *symbol->name && symbol->type != STT_SECTION;
}

/* Of code or variables that other units may use. */
static bool is_definition(const struct elf_symbol *symbol)
{
	enum section_kind kind;

	if (!is_defined(symbol) || symbol->bind == STB_LOCAL)
		return false;
	kind = atoms_of(symbol->section)->rule->kind;
	return kind == SECTION_TEXT || kind == SECTION_DATA || kind == SECTION_CONST;
}

static struct map *defined_names(const struct object *object)
{
	struct map *names = map_new();

	for (size_t i = 0; i < object->symbol_count; i++)
		if (is_defined(object->symbols[i]) && !map_has(names, object->symbols[i]->name))
			map_set(names, object->symbols[i]->name, object->symbols[i]);
	return names;
}

/* Not a static one of another unit. A table that does not tell makes all of them global. */
static bool has_global(const struct symbol_table *table, const char *name)
{
	for (size_t i = symbol_first(table, name); i != SIZE_MAX; i = symbol_next(table, i)) {
		char type = table->items[i].type;

		if (!islower((unsigned char)type) || type == 'w' || type == 'v')
			return true;
	}
	return false;
}

static int find_in_unit(const struct emit_unit *unit, struct linkages *linkages,
			struct finding_list *findings, struct error *err)
{
	const struct object *old = unit->changeset->old->object, *new = unit->changeset->new->object;
	auto_map struct map *before = defined_names(old);
	auto_map struct map *after = defined_names(new);
	const struct symbol_table *table;
	const struct export *export;

	for (size_t i = 0; i < new->symbol_count; i++) {
		const char *name = new->symbols[i]->name;

		if (!is_definition(new->symbols[i]) || map_has(before, name))
			continue;
		if (linkages_table(linkages, unit->linkage.object, &table, err) < 0)
			return -1;
		export = symvers_find(linkages_symvers(linkages), name);
		if (has_global(table, name) || export)
			finding_add(findings, RULE_OTHER_DEFINITION, unit->linkage.source, name, NULL,
				    "it is new in this unit, and %s has another one",
				    export ? export->owner : unit->linkage.object);
	}
	for (size_t i = 0; i < old->symbol_count; i++) {
		const struct elf_symbol *symbol = old->symbols[i];

		/* Modules are made of few units, and hardly any has a weak definition. */
		if (is_definition(symbol) && symbol->type == STT_FUNC &&
		    is_vmlinux(unit->linkage.object) && !map_has(after, symbol->name))
			finding_add(findings, RULE_DEFINITION_GONE, unit->linkage.source,
				    symbol->name, NULL, "the patched unit does not define it any more");
	}
	return 0;
}

int overrides_find(const struct emit_unit *units, size_t count, struct linkages *linkages,
		   struct finding_list *findings, struct error *err)
{
	for (size_t i = 0; i < count; i++)
		if (find_in_unit(&units[i], linkages, findings, err) < 0)
			return error_context(err, "%s", units[i].linkage.source);
	return 0;
}
