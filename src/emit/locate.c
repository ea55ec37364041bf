// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/locate.h"

#include "elf/object.h"
#include "target/placement.h"

static int not_there(const struct placements *placements, const struct elf_symbol *symbol,
		     struct error *err)
{
	const struct placement *placement = placement_of(placements, symbol->section);
	size_t count = symbol_count(shipped_symbols(placements->shipped), symbol->name);

	if (placement->kind == PLACEMENT_UNKNOWN)
		return error_set(err, ERROR_NOT_FOUND, "which of %zu it is cannot be told: %s", count,
				 placement->why ? placement->why
						: "nothing says where its section is");
	return error_set(err, ERROR_NOT_FOUND,
			 "none of its %zu namesakes is where the unit's section %s is", count,
			 symbol->section->name);
}

int locate_symbol(const struct shipped *shipped, const char *plain, const char *name,
		  size_t *ret_index, struct error *err)
{
	auto_object struct object *object = NULL;
	auto_placements struct placements placements = { 0 };

	if (!plain || object_read(plain, 0, &object, err) < 0)
		return error_set(err, ERROR_NOT_FOUND,
				 "there are %zu symbols of this name and no object as shipped to tell them apart",
				 symbol_count(shipped_symbols(shipped), name));

	const struct elf_symbol *symbol = object_find_symbol(object, name);

	if (!symbol || !symbol->section)
		return error_set(err, ERROR_NOT_FOUND, "the object as shipped does not have it");
	placements_make(object, shipped, &placements);

	size_t index = placement_symbol(&placements, symbol);

	if (index == SIZE_MAX)
		return not_there(&placements, symbol, err);
	*ret_index = index;
	return 0;
}
