// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/ctype.h"

#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

bool ctype_is_aggregate(const struct ctype *type)
{
	return type && (type->kind == CTYPE_STRUCT || type->kind == CTYPE_UNION);
}

static bool is_alias(const struct ctype *type)
{
	return type && (type->kind == CTYPE_TYPEDEF || type->kind == CTYPE_QUALIFIER);
}

static bool has_tag_kind(const struct ctype *type)
{
	return ctype_is_aggregate(type) || (type && type->kind == CTYPE_ENUM);
}

const struct ctype *ctype_resolve(const struct ctype *type, const char **ret_typedef)
{
	const char *name = NULL;

	for (; is_alias(type); type = type->target)
		if (type->kind == CTYPE_TYPEDEF)
			name = type->name;
	if (ret_typedef)
		*ret_typedef = has_tag_kind(type) && !type->name ? name : NULL;
	return type;
}

/* A hostile object can claim anything: what does not fit is as good as unknown. */
static uint64_t array_size(const struct ctype *array, uint64_t element)
{
	uint64_t size = element;

	for (size_t i = 0; i < array->bound_count; i++)
		if (__builtin_mul_overflow(size, array->bounds[i], &size))
			return 0;
	return size;
}

static uint64_t size_within(const struct ctype *type, unsigned depth)
{
	type = ctype_resolve(type, NULL);
	if (!type || depth > CTYPE_CHAIN_LIMIT || type->kind == CTYPE_FUNCTION)
		return 0;
	if (type->kind == CTYPE_ARRAY)
		return array_size(type, size_within(type->target, depth + 1));
	if (type->kind == CTYPE_ATOMIC && !type->size)
		return size_within(type->target, depth + 1);
	return type->size;
}

uint64_t ctype_size(const struct ctype *type)
{
	return size_within(type, 0);
}

/*
 * Comparison. `steps` is what is left of a budget: real types need some dozens, a hostile graph of
 * unnamed types could ask for exponentially many. Out of budget is "not the same": fail closed.
 */
struct comparison {
	unsigned steps;
};

static bool same(struct comparison *left, const struct ctype *a, const struct ctype *b,
		 unsigned depth);

static bool same_members(struct comparison *left, const struct ctype *a, const struct ctype *b,
			 unsigned depth)
{
	if (a->member_count != b->member_count)
		return false;
	for (size_t i = 0; i < a->member_count; i++) {
		const struct ctype_member *one = &a->members[i], *other = &b->members[i];

		if (!one->name != !other->name || one->bit_offset != other->bit_offset ||
		    one->bit_size != other->bit_size)
			return false;
		if (one->name && strcmp(one->name, other->name))
			return false;
		if (!same(left, one->type, other->type, depth + 1))
			return false;
	}
	return true;
}

static bool same_enumerators(const struct ctype *a, const struct ctype *b)
{
	if (a->enumerator_count != b->enumerator_count)
		return false;
	for (size_t i = 0; i < a->enumerator_count; i++)
		if (a->enumerators[i].value != b->enumerators[i].value ||
		    strcmp(a->enumerators[i].name, b->enumerators[i].name))
			return false;
	return true;
}

static bool same_bounds(const struct ctype *a, const struct ctype *b)
{
	return a->bound_count == b->bound_count &&
	       (a->bound_count == 0 ||
		!memcmp(a->bounds, b->bounds, a->bound_count * sizeof(*a->bounds)));
}

static bool same_parts(struct comparison *left, const struct ctype *a, const struct ctype *b,
		       unsigned depth)
{
	switch (a->kind) {
	case CTYPE_BASE:
		return a->size == b->size && a->encoding == b->encoding;
	case CTYPE_STRUCT:
	case CTYPE_UNION:
		return a->size == b->size && a->alignment == b->alignment &&
		       same_members(left, a, b, depth);
	case CTYPE_ENUM:
		return a->size == b->size && same_enumerators(a, b);
	case CTYPE_ARRAY:
		return same_bounds(a, b) && same(left, a->target, b->target, depth + 1);
	case CTYPE_FUNCTION:
		return a->is_variadic == b->is_variadic &&
		       same(left, a->target, b->target, depth + 1) &&
		       same_members(left, a, b, depth);
	case CTYPE_POINTER:
	case CTYPE_ATOMIC:
		return same(left, a->target, b->target, depth + 1);
	default:
		return true;
	}
}

static bool same(struct comparison *left, const struct ctype *a, const struct ctype *b,
		 unsigned depth)
{
	const char *typedef_a, *typedef_b;

	if (depth > CTYPE_CHAIN_LIMIT || left->steps == 0)
		return false;
	left->steps--;
	a = ctype_resolve(a, &typedef_a);
	b = ctype_resolve(b, &typedef_b);
	if (!a || !b || a->kind != b->kind)
		return a == b;
	if (has_tag_kind(a)) {
		if (a->name || b->name)
			return a->name && b->name && !strcmp(a->name, b->name);
		if (typedef_a && typedef_b && !strcmp(typedef_a, typedef_b))
			return true;
	}
	return same_parts(left, a, b, depth);
}

bool ctype_same(const struct ctype *a, const struct ctype *b)
{
	struct comparison left = { .steps = 100000 };

	return same(&left, a, b, 0);
}

bool ctype_same_inside(const struct ctype *a, const struct ctype *b)
{
	struct comparison left = { .steps = 100000 };

	a = ctype_resolve(a, NULL);
	b = ctype_resolve(b, NULL);
	if (!a || !b || a->kind != b->kind)
		return a == b;
	return same_parts(&left, a, b, 0);
}

/*
 * C declarations are read from the inside out, so they are written that way too: `inner` is the
 * declarator so far, each type puts its part around it and hands it to what it is made of.
 */
#define TEXT_LIMIT 400

static void put_type(struct buffer *text, const struct ctype *type, const char *inner,
		     unsigned depth);

static void put_word(struct buffer *text, const char *word, const char *name, const char *inner)
{
	buffer_printf(text, "%s%s%s", word, *word && name ? " " : "", name ? name : "");
	if (*inner)
		buffer_printf(text, "%s%s", *inner == '[' ? "" : " ", inner);
}

static void put_tagged(struct buffer *text, const struct ctype *type, const char *inner)
{
	static const char *const words[] = { [CTYPE_STRUCT] = "struct",
					     [CTYPE_UNION] = "union",
					     [CTYPE_ENUM] = "enum" };

	put_word(text, words[type->kind], type->name ? type->name : "{...}", inner);
}

static void put_array(struct buffer *text, const struct ctype *type, const char *inner,
		      unsigned depth)
{
	auto_buffer struct buffer next = BUFFER_INIT;

	buffer_printf(&next, *inner == '*' ? "(%s)" : "%s", inner);
	for (size_t i = 0; i < type->bound_count && next.size < TEXT_LIMIT; i++)
		if (type->bounds[i])
			buffer_printf(&next, "[%llu]", (unsigned long long)type->bounds[i]);
		else
			buffer_add_text(&next, "[]");
	put_type(text, type->target, buffer_text(&next), depth + 1);
}

static void put_function(struct buffer *text, const struct ctype *type, const char *inner,
			 unsigned depth)
{
	auto_buffer struct buffer next = BUFFER_INIT;

	buffer_printf(&next, *inner == '*' ? "(%s)(" : "%s(", inner);
	for (size_t i = 0; i < type->member_count && next.size < TEXT_LIMIT; i++) {
		buffer_add_text(&next, i ? ", " : "");
		put_type(&next, type->members[i].type, "", depth + 1);
	}
	if (type->is_variadic)
		buffer_add_text(&next, type->member_count ? ", ..." : "...");
	else if (!type->member_count)
		buffer_add_text(&next, "void");
	buffer_add_char(&next, ')');
	put_type(text, type->target, buffer_text(&next), depth + 1);
}

static void put_type(struct buffer *text, const struct ctype *type, const char *inner,
		     unsigned depth)
{
	auto_free char *pointer = NULL;

	while (type && type->kind == CTYPE_QUALIFIER)
		type = type->target;
	if (depth > 16 || text->size > TEXT_LIMIT || strlen(inner) > TEXT_LIMIT) {
		buffer_add_text(text, "...");
		return;
	}
	if (!type) {
		put_word(text, "void", NULL, inner);
		return;
	}

	switch (type->kind) {
	case CTYPE_POINTER:
		pointer = xasprintf("*%s", inner);
		put_type(text, type->target, pointer, depth + 1);
		break;
	case CTYPE_STRUCT:
	case CTYPE_UNION:
	case CTYPE_ENUM:
		put_tagged(text, type, inner);
		break;
	case CTYPE_ARRAY:
		put_array(text, type, inner, depth);
		break;
	case CTYPE_FUNCTION:
		put_function(text, type, inner, depth);
		break;
	case CTYPE_ATOMIC:
		buffer_add_text(text, "_Atomic ");
		put_type(text, type->target, inner, depth + 1);
		break;
	default:
		put_word(text, "", type->name ? type->name : "?", inner);
		break;
	}
}

char *ctype_text(const struct ctype *type)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	put_type(&text, type, "", 0);
	return buffer_steal_text(&text);
}
