// SPDX-License-Identifier: GPL-2.0-or-later
#include "proof/layouts.h"

#include <string.h>

#include "base/map.h"
#include "target/object_types.h"

struct kernel_layouts {
	const struct btf *btf;
	struct map *first; /* "struct foo" -> id of the last of that name, as a number */
	uint32_t *next; /* by id: another one of that name, 0 if none */
};

static char *label_of(bool is_union, const char *name)
{
	return xasprintf("%s %s", is_union ? "union" : "struct", name);
}

struct kernel_layouts *kernel_layouts_new(const struct btf *btf)
{
	struct kernel_layouts *layouts = xcalloc(1, sizeof(*layouts));

	layouts->btf = btf;
	layouts->first = map_new();
	layouts->next = xcalloc(btf_count(btf), sizeof(*layouts->next));
	for (uint32_t id = 1; id < btf_count(btf); id++) {
		struct btf_aggregate aggregate;

		if (!btf_aggregate(btf, id, &aggregate) || !*aggregate.name)
			continue;

		auto_free char *label = label_of(aggregate.is_union, aggregate.name);

		layouts->next[id] = (uint32_t)(uintptr_t)map_set(layouts->first, label,
								 (void *)(uintptr_t)id);
	}
	return layouts;
}

void kernel_layouts_free(struct kernel_layouts *layouts)
{
	if (!layouts)
		return;
	map_free(layouts->first);
	free(layouts->next);
	free(layouts);
}

/* NULL if they are the same; else a phrase. Caller frees. */
static char *compare(const struct btf *btf, uint32_t id, const struct ctype *type)
{
	struct btf_aggregate theirs;

	btf_aggregate(btf, id, &theirs);
	if (theirs.size != type->size)
		return xasprintf("%ju bytes here, %ju in the shipped kernel", (uintmax_t)type->size,
				 (uintmax_t)theirs.size);
	if (theirs.member_count != type->member_count)
		return xasprintf("%zu members here, %zu in the shipped kernel", type->member_count,
				 theirs.member_count);
	for (size_t i = 0; i < type->member_count; i++) {
		const struct ctype_member *ours = &type->members[i];
		const char *name = ours->name ? ours->name : "";
		struct btf_aggregate_member member;

		btf_aggregate_member(btf, id, i, &member);
		if (strcmp(member.name, name))
			return xasprintf("member %zu is '%s' here and '%s' in the shipped kernel", i,
					 name, member.name);
		if (member.bit_offset != ours->bit_offset || member.bit_size != ours->bit_size)
			return xasprintf("'%s' is at bit %ju (%ju wide) here and at bit %ju (%u wide) in the shipped kernel",
					 name, (uintmax_t)ours->bit_offset,
					 (uintmax_t)ours->bit_size, (uintmax_t)member.bit_offset,
					 member.bit_size);
	}
	return NULL;
}

void kernel_layouts_compare(const struct kernel_layouts *layouts, const struct dwarf *dwarf,
			    struct text_list *differences, size_t *ret_compared)
{
	*ret_compared = 0;
	for (size_t i = 0; i < dwarf->type_count; i++) {
		const struct ctype *type = dwarf->types[i];

		if (!ctype_is_aggregate(type) || !type->name || type->is_declaration)
			continue;

		auto_free char *label = label_of(type->kind == CTYPE_UNION, type->name);
		uint32_t id = (uint32_t)(uintptr_t)map_find(layouts->first, label);
		auto_free char *why = id ? compare(layouts->btf, id, type) : NULL;

		*ret_compared += id != 0;
		while (why && (id = layouts->next[id])) {
			auto_free char *other = compare(layouts->btf, id, type);

			if (!other)
				free(steal_ptr(why));
		}
		if (why)
			text_list_printf(differences, "%s: %s", label, why);
	}
}

struct kernel_types {
	struct object_types *types;
	struct map *layouts; /* object -> struct kernel_layouts */
};

struct kernel_types *kernel_types_new(const struct kernel *kernel)
{
	struct kernel_types *types = xcalloc(1, sizeof(*types));

	types->types = object_types_new(kernel);
	types->layouts = map_new();
	return types;
}

void kernel_types_free(struct kernel_types *types)
{
	if (!types)
		return;
	for (size_t i = 0; i < map_count(types->layouts); i++)
		kernel_layouts_free(map_value(types->layouts, i));
	map_free(types->layouts);
	object_types_free(types->types);
	free(types);
}

int kernel_types_of(struct kernel_types *types, const struct shipped *shipped,
		    const struct kernel_layouts **ret_layouts, struct error *err)
{
	struct kernel_layouts *layouts = map_find(types->layouts, shipped_object(shipped));
	const struct btf *btf = NULL;

	*ret_layouts = NULL;
	if (!layouts) {
		if (object_types_of(types->types, shipped, &btf, err) < 0)
			return -1;
		if (!btf)
			return 0;
		layouts = kernel_layouts_new(btf);
		map_set(types->layouts, shipped_object(shipped), layouts);
	}
	*ret_layouts = layouts;
	return 0;
}
