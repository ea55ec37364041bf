// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/layout_members.h"

#include <string.h>

/* struct net_device has some 200; comparing takes time by the square. */
#define MEMBER_LIMIT 5000
#define DEPTH_LIMIT 32

static void flatten(struct layout_members *members, const struct ctype *type, uint64_t base,
		    const char *prefix, unsigned depth);

void layout_members_free(struct layout_members *members)
{
	if (!members)
		return;
	arena_free(members->arena);
	free(members->items);
	free(members->unions);
	free(members);
}

static bool is_flexible(const struct ctype *array)
{
	for (size_t i = 0; i < array->bound_count; i++)
		if (array->bounds[i] == 0)
			return true;
	return array->bound_count == 0;
}

/* Whether storage of the type goes on behind what its size says. */
static bool is_open(const struct ctype *type, unsigned depth)
{
	const struct ctype_member *last = NULL;

	type = ctype_resolve(type, NULL);
	if (!type || depth > DEPTH_LIMIT)
		return false;
	if (type->kind == CTYPE_ARRAY)
		return is_flexible(type);
	if (!ctype_is_aggregate(type))
		return false;
	for (size_t i = 0; i < type->member_count; i++) {
		const struct ctype_member *member = &type->members[i];

		/* Any alternative of a union may be the one that goes on. */
		if (type->kind == CTYPE_UNION && is_open(member->type, depth + 1))
			return true;
		if (!last || member->bit_offset >= last->bit_offset)
			last = member;
	}
	return last && is_open(last->type, depth + 1);
}

static void add_union(struct layout_members *members, const struct ctype *type, uint64_t base)
{
	ARRAY_GROW(members->unions, members->union_capacity, members->union_count + 1);
	members->unions[members->union_count++] =
		(struct layout_union){ base, ctype_size(type) * 8 };
}

static void add_member(struct layout_members *members, const struct ctype_member *member,
		       uint64_t base, const char *prefix)
{
	ARRAY_GROW(members->items, members->capacity, members->count + 1);
	members->items[members->count++] = (struct layout_member){
		.name = arena_printf(members->arena, "%s%s", prefix,
				     member->name ? member->name : "(unnamed)"),
		.type = member->type,
		.bit_offset = base + member->bit_offset,
		.bits = member->bit_size ? member->bit_size : ctype_size(member->type) * 8,
		.is_bit_field = member->bit_size != 0,
		.is_open = !member->bit_size && is_open(member->type, 0),
	};
}

/* An unnamed type has nobody who would compare it by its name. */
static void flatten_member(struct layout_members *members, const struct ctype_member *member,
			   uint64_t base, const char *prefix, unsigned depth)
{
	const char *by_typedef;
	const struct ctype *type = ctype_resolve(member->type, &by_typedef);

	if (!ctype_is_aggregate(type) || type->is_declaration ||
	    (member->name && (type->name || by_typedef))) {
		add_member(members, member, base, prefix);
		return;
	}
	if (member->name)
		prefix = arena_printf(members->arena, "%s%s.", prefix, member->name);
	flatten(members, type, base + member->bit_offset, prefix, depth + 1);
}

static void flatten(struct layout_members *members, const struct ctype *type, uint64_t base,
		    const char *prefix, unsigned depth)
{
	if (type->kind == CTYPE_UNION)
		add_union(members, type, base);
	for (size_t i = 0; i < type->member_count; i++) {
		if (members->count >= MEMBER_LIMIT || members->union_count >= MEMBER_LIMIT ||
		    depth > DEPTH_LIMIT) {
			members->is_incomplete = true;
			return;
		}
		flatten_member(members, &type->members[i], base, prefix, depth);
	}
}

/* Only what nothing lies behind can really go on: markers of no size stand everywhere. */
static void close_inner_members(struct layout_members *members)
{
	uint64_t last = 0;

	for (size_t i = 0; i < members->count; i++)
		if (members->items[i].bits && members->items[i].bit_offset > last)
			last = members->items[i].bit_offset;
	for (size_t i = 0; i < members->count; i++)
		if (members->items[i].bit_offset < last)
			members->items[i].is_open = false;
}

struct layout_members *layout_members_new(const struct ctype *type)
{
	struct layout_members *members = xcalloc(1, sizeof(*members));

	members->arena = arena_new();
	flatten(members, type, 0, "", 0);
	close_inner_members(members);
	return members;
}

const struct layout_member *layout_members_find(const struct layout_members *members,
						const char *name, size_t hint)
{
	if (hint < members->count && !strcmp(members->items[hint].name, name))
		return &members->items[hint];
	for (size_t i = 0; i < members->count; i++)
		if (!strcmp(members->items[i].name, name))
			return &members->items[i];
	return NULL;
}

static bool share_bits(const struct layout_member *a, const struct layout_member *b)
{
	bool a_before_b = !a->is_open && a->bit_offset + a->bits <= b->bit_offset;
	bool b_before_a = !b->is_open && b->bit_offset + b->bits <= a->bit_offset;

	return !a_before_b && !b_before_a;
}

const struct layout_member *layout_members_under(const struct layout_members *members,
						 const struct layout_member *member)
{
	for (size_t i = 0; i < members->count; i++)
		if ((members->items[i].bits || members->items[i].is_open) &&
		    share_bits(&members->items[i], member))
			return &members->items[i];
	return NULL;
}
