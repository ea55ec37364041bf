// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/dwarf_walk.h"

#include <dwarf.h>

#include "elf/dwarf_types.h"

/* Blocks in blocks in functions: gcc itself gives up earlier. */
#define DEPTH_LIMIT 256

/* Where the walk is: a function, and a block in it. On the walk's stack. */
struct place {
	const struct place *outer; /* NULL for the unit and for a function's outermost block */
	const char *owner; /* function, NULL outside of all */
	unsigned block; /* which one of the outer block's */
	unsigned depth; /* of the walk */
};

void dwarf_walk_clear(struct dwarf_walk *walk)
{
	free(walk->nodes);
	free(walk->links);
	free(walk->locals);
	free(walk->functions);
	free(walk->declared);
	free(walk->variables);
	free(walk->codes);
}

static int walk_children(struct dwarf_walk *walk, Dwarf_Die *parent, const struct place *place,
			 struct error *err);

/* "1.0", from the outside in. */
static const char *scope_text(struct dwarf_walk *walk, const struct place *place)
{
	const char *text = "";

	for (; place->outer; place = place->outer)
		text = arena_printf(walk->arena, *text ? "%u.%s" : "%u%s", place->block, text);
	return text;
}

static const void *origin_type(const struct dwarf_entry *entry)
{
	Dwarf_Attribute attribute;
	Dwarf_Die die;

	if (entry->type || !(entry->origin || entry->specification))
		return entry->type;
	if (!dwarf_attr_integrate(entry->die, DW_AT_type, &attribute) ||
	    !dwarf_formref_die(&attribute, &die))
		return NULL;
	return die.addr;
}

static unsigned origin_line(const struct dwarf_entry *entry)
{
	int line;

	if (entry->line || dwarf_decl_line(entry->die, &line) != 0 || line < 0)
		return entry->line;
	return (unsigned)line;
}

/* Outside of functions; one that completes a declaration has its name there, and the type too. */
static int take_file_variable(struct dwarf_walk *walk, Dwarf_Die *die, struct error *err)
{
	struct dwarf_entry entry;

	if (dwarf_entry_read(die, &entry, err) < 0)
		return -1;
	if (!entry.name || !*entry.name || !entry.type)
		return 0;

	struct cvariable *variable = arena_alloc(walk->arena, sizeof(*variable));

	variable->name = entry.name;
	dwarf_link_type(walk, &variable->type, entry.type);
	ARRAY_GROW(walk->variables, walk->variable_capacity, walk->variable_count + 1);
	walk->variables[walk->variable_count++] = variable;
	return 0;
}

static int take_variable(struct dwarf_walk *walk, Dwarf_Die *die, const struct place *place,
			 struct error *err)
{
	struct dwarf_entry entry;
	uint32_t section;
	uint64_t offset;

	if (!place->depth) /* not in a function */
		return take_file_variable(walk, die, err);
	if (dwarf_entry_read(die, &entry, err) < 0)
		return -1;
	/* clang has entries for string literals: no names, nothing to tell them apart by. */
	if (!entry.has_address || entry.is_external || !dwarf_diename(die) ||
	    !dwarf_image_place(walk->image, entry.address, &section, &offset))
		return 0;

	struct static_local *local = arena_alloc(walk->arena, sizeof(*local));

	*local = (struct static_local){
		.name = dwarf_diename(die),
		.owner = place->owner ? place->owner : "",
		.scope = scope_text(walk, place),
		.section = dwarf_image_section_name(walk->image, section),
		.section_index = section,
		.offset = offset,
		.line = origin_line(&entry),
	};
	if (!local->section)
		return dwarf_entry_error(die, err, "a static variable outside all sections");
	dwarf_link_type(walk, &local->type, origin_type(&entry));
	ARRAY_GROW(walk->locals, walk->local_capacity, walk->local_count + 1);
	walk->locals[walk->local_count] = (struct dwarf_local){
		.local = local,
		.is_instance = entry.origin,
		.order = (unsigned)walk->local_count,
	};
	walk->local_count++;
	return 0;
}

static void note_code(struct dwarf_walk *walk, const struct dwarf_entry *entry)
{
	if (!entry->has_code)
		return;
	ARRAY_GROW(walk->codes, walk->code_capacity, walk->code_count + 1);
	walk->codes[walk->code_count++] = entry->origin ? entry->origin : entry->die->addr;
}

static int take_declared(struct dwarf_walk *walk, const struct dwarf_entry *entry, struct error *err)
{
	struct cfunction *function = arena_alloc(walk->arena, sizeof(*function));

	*function = (struct cfunction){ .name = entry->name, .line = entry->line, .is_external = true };
	if (dwarf_take_prototype(walk, entry, &function->type, err) < 0)
		return -1;
	ARRAY_GROW(walk->declared, walk->declared_capacity, walk->declared_count + 1);
	walk->declared[walk->declared_count++] = function;
	return 0;
}

/* An instance of an abstract function adds nothing to what that one said, except that there is
 * code. */
static int take_function(struct dwarf_walk *walk, struct dwarf_entry *entry, struct error *err)
{
	struct cfunction function = { .name = dwarf_diename(entry->die), .line = entry->line };
	Dwarf_Attribute attribute;

	note_code(walk, entry);
	if (entry->is_declaration && entry->is_external && entry->name)
		return take_declared(walk, entry, err);
	if (entry->is_declaration || entry->origin || !function.name)
		return 0;
	function.is_inline = entry->is_inline;
	function.is_external = dwarf_hasattr_integrate(entry->die, DW_AT_external);
	if (!entry->type && dwarf_attr_integrate(entry->die, DW_AT_type, &attribute))
		entry->type = origin_type(entry);
	if (dwarf_take_prototype(walk, entry, &function.type, err) < 0)
		return -1;
	ARRAY_GROW(walk->functions, walk->function_capacity, walk->function_count + 1);
	walk->functions[walk->function_count++] =
		(struct dwarf_function){ entry->die->addr, function };
	return 0;
}

static int walk_function(struct dwarf_walk *walk, Dwarf_Die *die, const struct place *place,
			 struct error *err)
{
	struct place inside = { .owner = dwarf_diename(die), .depth = place->depth + 1 };
	struct dwarf_entry entry;

	if (dwarf_tag(die) == DW_TAG_subprogram) {
		if (dwarf_entry_read(die, &entry, err) < 0 || take_function(walk, &entry, err) < 0)
			return -1;
	}
	return walk_children(walk, die, &inside, err);
}

static int walk_type(struct dwarf_walk *walk, Dwarf_Die *die, const struct place *place,
		     struct error *err)
{
	struct place inside = { .owner = place->owner, .depth = place->depth + 1 };
	struct dwarf_entry entry;

	if (dwarf_entry_read(die, &entry, err) < 0 ||
	    dwarf_take_type(walk, &entry, place->owner ? place->owner : "", err) < 0)
		return -1;
	return walk_children(walk, die, &inside, err);
}

static int walk_one(struct dwarf_walk *walk, Dwarf_Die *die, const struct place *place,
		    unsigned *blocks, struct error *err)
{
	struct place inside = { place, place->owner, *blocks, place->depth + 1 };
	int tag = dwarf_tag(die);

	switch (tag) {
	case DW_TAG_variable:
		return take_variable(walk, die, place, err);
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
		return walk_function(walk, die, place, err);
	case DW_TAG_lexical_block:
		++*blocks;
		return walk_children(walk, die, &inside, err);
	case DW_TAG_invalid:
		return dwarf_entry_error(die, err, "unreadable");
	default:
		return dwarf_is_type(tag) ? walk_type(walk, die, place, err) : 0;
	}
}

static int walk_children(struct dwarf_walk *walk, Dwarf_Die *parent, const struct place *place,
			 struct error *err)
{
	Dwarf_Die die;
	unsigned blocks = 0;
	int more = dwarf_child(parent, &die);

	if (place->depth > DEPTH_LIMIT)
		return dwarf_entry_error(parent, err, "too deep");
	while (more == 0) {
		if ((uintptr_t)die.addr <= (uintptr_t)walk->last)
			return dwarf_entry_error(&die, err, "entries go in circles");
		walk->last = die.addr;
		if (walk_one(walk, &die, place, &blocks, err) < 0)
			return -1;
		more = dwarf_siblingof(&die, &die);
	}
	return more < 0 ? dwarf_entry_error(parent, err, "unreadable children") : 0;
}

/* An assembler's units have no types that anybody could share; languages that are not C have types
 * of which this code knows nothing. */
static int check_unit(Dwarf_Die *unit, uint8_t unit_type, struct error *err)
{
	if (unit_type != DW_UT_compile && unit_type != DW_UT_partial)
		return error_set(err, ERROR_INVALID,
				 "debug information: split units and type units are not read");
	switch (dwarf_srclang(unit)) {
	case DW_LANG_C:
	case DW_LANG_C89:
	case DW_LANG_C99:
	case DW_LANG_C11:
	case 0x2c: /* DW_LANG_C17 */
	case 0x3e: /* DW_LANG_C23 */
	case DW_LANG_Mips_Assembler: /* what every assembler says */
		return 0;
	default:
		return dwarf_entry_error(unit, err, "a unit in a language that is not C");
	}
}

static int by_identity(const void *key, const void *element)
{
	uintptr_t wanted = (uintptr_t)key;
	uintptr_t identity = (uintptr_t)((const struct dwarf_function *)element)->identity;

	return wanted < identity ? -1 : wanted > identity;
}

/* Functions were met, like all entries, in ascending order. */
static void mark_code(struct dwarf_walk *walk)
{
	for (size_t i = 0; i < walk->code_count && walk->function_count; i++) {
		struct dwarf_function *found =
			bsearch(walk->codes[i], walk->functions, walk->function_count,
				sizeof(*walk->functions), by_identity);

		if (found)
			found->function.has_code = true;
	}
}

int dwarf_walk_all(struct dwarf_walk *walk, struct error *err)
{
	const struct place place = { 0 };
	Dwarf_CU *unit = NULL;
	uint8_t unit_type;
	Dwarf_Die die;
	int more;

	while ((more = dwarf_get_units(walk->image->dwarf, unit, &unit, NULL, &unit_type, &die,
				       NULL)) == 0)
		if (check_unit(&die, unit_type, err) < 0 ||
		    walk_children(walk, &die, &place, err) < 0)
			return -1;
	if (more < 0)
		return error_set(err, ERROR_INVALID, "reading the debug information: %s",
				 dwarf_errmsg(-1));
	mark_code(walk);
	return dwarf_link_all(walk, err);
}
