// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/dwarf_types.h"

#include <dwarf.h>

/* What a C type can be in DWARF (DWARF 5, chapter 5). Anything else that turns up where a type is
 * expected is an error when links are filled. */
static const struct {
	int tag;
	enum ctype_kind kind;
} kinds[] = {
	{ DW_TAG_base_type, CTYPE_BASE },
	{ DW_TAG_pointer_type, CTYPE_POINTER },
	{ DW_TAG_structure_type, CTYPE_STRUCT },
	{ DW_TAG_union_type, CTYPE_UNION },
	{ DW_TAG_enumeration_type, CTYPE_ENUM },
	{ DW_TAG_array_type, CTYPE_ARRAY },
	{ DW_TAG_subroutine_type, CTYPE_FUNCTION },
	{ DW_TAG_typedef, CTYPE_TYPEDEF },
	{ DW_TAG_const_type, CTYPE_QUALIFIER },
	{ DW_TAG_volatile_type, CTYPE_QUALIFIER },
	{ DW_TAG_restrict_type, CTYPE_QUALIFIER },
	{ DW_TAG_atomic_type, CTYPE_ATOMIC },
	{ DW_TAG_unspecified_type, CTYPE_UNSPECIFIED },
};

/* __user and the like, where clang compiles a kernel with BTF (btf_type_tag, btf_decl_tag; llvm's
 * BinaryFormat/Dwarf.def): a name, which the code does not depend on. */
#define TAG_LLVM_ANNOTATION 0x6000

/* Offsets and sizes in bits must fit 64 bits with room for sums. */
#define BYTES_LIMIT ((uint64_t)1 << 48)

static bool find_kind(int tag, enum ctype_kind *ret_kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].tag == tag) {
			*ret_kind = kinds[i].kind;
			return true;
		}
	return false;
}

bool dwarf_is_type(int tag)
{
	enum ctype_kind kind;

	return find_kind(tag, &kind);
}

void dwarf_link_type(struct dwarf_walk *walk, const struct ctype **where, const void *identity)
{
	if (!identity)
		return;
	ARRAY_GROW(walk->links, walk->link_capacity, walk->link_count + 1);
	walk->links[walk->link_count++] = (struct dwarf_link){ where, identity };
}

/* What the children of a type add to it, while it is not known how many they are. */
struct parts {
	struct ctype_member *members;
	const void **types; /* of the members */
	size_t member_count, member_capacity, type_capacity;
	struct ctype_enumerator *enumerators;
	size_t enumerator_count, enumerator_capacity;
	uint64_t *bounds;
	size_t bound_count, bound_capacity;
	bool is_variadic;
};

static void parts_clear(struct parts *parts)
{
	free(parts->members);
	free(parts->types);
	free(parts->enumerators);
	free(parts->bounds);
}
#define auto_parts __attribute__((cleanup(parts_clear)))

static void add_member(struct parts *parts, const struct ctype_member *member, const void *type)
{
	ARRAY_GROW(parts->members, parts->member_capacity, parts->member_count + 1);
	ARRAY_GROW(parts->types, parts->type_capacity, parts->member_count + 1);
	parts->members[parts->member_count] = *member;
	parts->types[parts->member_count++] = type;
}

static int take_member(struct parts *parts, const struct dwarf_entry *entry, struct error *err)
{
	struct ctype_member member = { .name = entry->name, .bit_size = entry->bit_size };

	if (entry->member_offset > BYTES_LIMIT || entry->size > BYTES_LIMIT ||
	    entry->bit_size > BYTES_LIMIT || entry->bit_offset > BYTES_LIMIT * 8)
		return dwarf_entry_error(entry->die, err, "a member that is out of range");
	member.bit_offset = entry->member_offset * 8 + entry->bit_offset;
	if (entry->has_old_bit_offset) {
		/* DWARF 2 counts from the most significant bit of the storage unit. */
		uint64_t behind = entry->old_bit_offset + entry->bit_size;

		if (!entry->has_size || behind < entry->bit_size || behind > entry->size * 8)
			return dwarf_entry_error(entry->die, err, "a bit field without its unit");
		member.bit_offset += entry->size * 8 - behind;
	}
	add_member(parts, &member, entry->type);
	return 0;
}

static int take_enumerator(struct parts *parts, const struct dwarf_entry *entry,
			   struct error *err)
{
	if (!entry->name)
		return dwarf_entry_error(entry->die, err, "an enumerator without a name");
	ARRAY_GROW(parts->enumerators, parts->enumerator_capacity, parts->enumerator_count + 1);
	parts->enumerators[parts->enumerator_count++] =
		(struct ctype_enumerator){ entry->name, entry->value };
	return 0;
}

static void take_bound(struct parts *parts, const struct dwarf_entry *entry)
{
	ARRAY_GROW(parts->bounds, parts->bound_capacity, parts->bound_count + 1);
	parts->bounds[parts->bound_count++] = entry->bound;
}

static int take_part(struct parts *parts, Dwarf_Die *die, enum ctype_kind kind, struct error *err)
{
	struct dwarf_entry entry;

	switch (dwarf_tag(die)) {
	case DW_TAG_member:
	case DW_TAG_formal_parameter:
	case DW_TAG_unspecified_parameters:
	case DW_TAG_enumerator:
	case DW_TAG_subrange_type:
		break;
	case TAG_LLVM_ANNOTATION:
		return 0;
	default: /* a type inside a type, or what a function's body holds */
		if (kind == CTYPE_FUNCTION || dwarf_is_type(dwarf_tag(die)))
			return 0;
		return dwarf_entry_error(die, err, "not what a type in C consists of");
	}

	if (dwarf_entry_read(die, &entry, err) < 0)
		return -1;
	if (entry.tag == DW_TAG_member)
		return take_member(parts, &entry, err);
	if (entry.tag == DW_TAG_enumerator)
		return take_enumerator(parts, &entry, err);
	if (entry.tag == DW_TAG_subrange_type)
		take_bound(parts, &entry);
	else if (entry.tag == DW_TAG_unspecified_parameters)
		parts->is_variadic = true;
	else
		add_member(parts, &(struct ctype_member){ 0 }, entry.type);
	return 0;
}

static int take_parts(struct parts *parts, Dwarf_Die *parent, enum ctype_kind kind,
		      struct error *err)
{
	Dwarf_Die die;
	int more = dwarf_child(parent, &die);

	while (more == 0) {
		const void *before = die.addr;

		if (take_part(parts, &die, kind, err) < 0)
			return -1;
		more = dwarf_siblingof(&die, &die);
		if (more == 0 && die.addr <= before)
			return dwarf_entry_error(&die, err, "siblings go in circles");
	}
	return more < 0 ? dwarf_entry_error(parent, err, "unreadable children") : 0;
}

static void move_parts(struct dwarf_walk *walk, struct ctype *type, const struct parts *parts)
{
	struct ctype_member *members =
		arena_memdup(walk->arena, parts->members,
			     parts->member_count * sizeof(*parts->members));

	for (size_t i = 0; i < parts->member_count; i++)
		dwarf_link_type(walk, &members[i].type, parts->types[i]);
	type->members = members;
	type->member_count = parts->member_count;
	type->enumerators = arena_memdup(walk->arena, parts->enumerators,
					 parts->enumerator_count * sizeof(*parts->enumerators));
	type->enumerator_count = parts->enumerator_count;
	type->bounds = arena_memdup(walk->arena, parts->bounds,
				    parts->bound_count * sizeof(*parts->bounds));
	type->bound_count = parts->bound_count;
	type->is_variadic = parts->is_variadic;
}

static int fill_type(struct dwarf_walk *walk, struct ctype *type, const struct dwarf_entry *entry,
		     struct error *err)
{
	auto_parts struct parts parts = { 0 };

	if (take_parts(&parts, entry->die, type->kind, err) < 0)
		return -1;
	move_parts(walk, type, &parts);
	dwarf_link_type(walk, &type->target, entry->type);
	return 0;
}

int dwarf_take_type(struct dwarf_walk *walk, const struct dwarf_entry *entry, const char *scope,
		    struct error *err)
{
	struct ctype *type = arena_alloc(walk->arena, sizeof(*type));

	if (!find_kind(entry->tag, &type->kind) || entry->size > BYTES_LIMIT)
		return dwarf_entry_error(entry->die, err, "a type that is out of range");
	type->name = entry->name;
	type->scope = scope;
	type->is_declaration = entry->is_declaration;
	type->encoding = entry->encoding;
	type->line = entry->line;
	type->size = entry->size;
	type->alignment = entry->alignment;
	if (type->kind == CTYPE_POINTER && !entry->has_size)
		type->size = 8; /* clang leaves it to the unit's address size */
	if (type->kind == CTYPE_TYPEDEF && !type->name)
		return dwarf_entry_error(entry->die, err, "a typedef without a name");

	ARRAY_GROW(walk->nodes, walk->node_capacity, walk->node_count + 1);
	walk->nodes[walk->node_count++] = (struct dwarf_node){ entry->die->addr, type };
	return fill_type(walk, type, entry, err);
}

int dwarf_take_prototype(struct dwarf_walk *walk, const struct dwarf_entry *entry,
			 const struct ctype **ret_type, struct error *err)
{
	struct ctype *type = arena_alloc(walk->arena, sizeof(*type));

	type->kind = CTYPE_FUNCTION;
	type->scope = "";
	if (fill_type(walk, type, entry, err) < 0)
		return -1;
	*ret_type = type;
	return 0;
}

/* The walk met the entries in ascending order. */
static const struct ctype *find_node(const struct dwarf_walk *walk, const void *identity)
{
	size_t low = 0, high = walk->node_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (walk->nodes[middle].identity == identity)
			return walk->nodes[middle].type;
		if ((uintptr_t)walk->nodes[middle].identity < (uintptr_t)identity)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool chain_ends(const struct ctype *type)
{
	unsigned length = 0;

	for (; type && (type->kind == CTYPE_TYPEDEF || type->kind == CTYPE_QUALIFIER);
	     type = type->target)
		if (++length > CTYPE_CHAIN_LIMIT)
			return false;
	return true;
}

int dwarf_link_all(struct dwarf_walk *walk, struct error *err)
{
	for (size_t i = 0; i < walk->link_count; i++) {
		const struct ctype *type = find_node(walk, walk->links[i].identity);

		if (!type)
			return error_set(err, ERROR_INVALID,
					 "debug information: a reference to a type leads to what "
					 "is no type in C");
		*walk->links[i].where = type;
	}
	for (size_t i = 0; i < walk->node_count; i++)
		if (!chain_ends(walk->nodes[i].type))
			return error_set(err, ERROR_INVALID,
					 "debug information: a typedef that goes in circles");
	return 0;
}
