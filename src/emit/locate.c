// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/locate.h"

#include <string.h>

#include "elf/object.h"

/* A weak symbol does not count: where another definition was linked, its name is elsewhere. */
static bool counts(const struct elf_symbol *symbol)
{
	return (symbol->type == STT_FUNC || symbol->type == STT_OBJECT) && *symbol->name &&
	       symbol->bind != STB_WEAK;
}

/* Does the table have this name at this place? */
static bool has_symbol(const struct symbol_table *table, const char *name, const char *section,
		       uint64_t address)
{
	for (size_t i = symbol_first(table, name); i != SIZE_MAX; i = symbol_next(table, i)) {
		const struct symbol *symbol = &table->items[i];

		if (symbol->address == address &&
		    (!section || !symbol->section || !strcmp(symbol->section, section)))
			return true;
	}
	return false;
}

/* All symbols of the section, placed so that `anchor` is at `address`. Names that the table does not
 * have at all do not speak against it (kallsyms leaves some out). */
static bool fits(const struct symbol_table *table, const struct elf_symbol *anchor,
		 const struct symbol *candidate, size_t *ret_witnesses)
{
	const struct elf_section *section = anchor->section;
	uint64_t base = candidate->address - anchor->value;

	*ret_witnesses = 0;
	for (size_t i = 0; i < section->symbol_count; i++) {
		const struct elf_symbol *symbol = section->symbols[i];

		if (symbol == anchor || !counts(symbol) || !symbol_count(table, symbol->name))
			continue;
		if (!has_symbol(table, symbol->name, candidate->section, base + symbol->value))
			return false;
		++*ret_witnesses;
	}
	return true;
}

int locate_symbol(const struct symbol_table *table, const char *plain, const char *name,
		  size_t *ret_index, struct error *err)
{
	auto_object struct object *object = NULL;
	size_t found = SIZE_MAX, fitting = 0, witnesses;

	if (!plain || object_read(plain, 0, &object, err) < 0)
		return error_set(err, ERROR_NOT_FOUND,
				 "there are %zu symbols of this name and no object as shipped to tell them apart",
				 symbol_count(table, name));

	const struct elf_symbol *anchor = object_find_symbol(object, name);

	if (!anchor || !anchor->section)
		return error_set(err, ERROR_NOT_FOUND, "the object as shipped does not have it");
	for (size_t i = symbol_first(table, name); i != SIZE_MAX; i = symbol_next(table, i)) {
		if (!fits(table, anchor, &table->items[i], &witnesses))
			continue;
		if (witnesses == 0)
			return error_set(err, ERROR_NOT_FOUND,
					 "it stands alone in its section %s: no neighbour tells which of %zu it is",
					 anchor->section->name, symbol_count(table, name));
		found = i;
		fitting++;
	}
	if (fitting != 1)
		return error_set(err, ERROR_NOT_FOUND,
				 "%zu of its %zu namesakes have the neighbours that it has here",
				 fitting, symbol_count(table, name));
	*ret_index = found;
	return 0;
}
