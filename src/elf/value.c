// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/value.h"

#include <dwarf.h>
#include <string.h>

#include "base/memory.h"

static bool is_float(const struct ctype *type)
{
	return type->encoding == DW_ATE_float || type->encoding == DW_ATE_complex_float;
}

static const char *tag_of(const struct ctype *aggregate, const char *from_typedef)
{
	return aggregate->name ? aggregate->name : from_typedef;
}

static struct value pointer_to(const struct ctype *type)
{
	const char *from_typedef;
	struct value value = { .kind = VALUE_POINTER };

	type = ctype_resolve(type, &from_typedef);
	if (ctype_is_aggregate(type))
		value.tag = tag_of(type, from_typedef);
	else if (type && (type->kind == CTYPE_ENUM || (type->kind == CTYPE_BASE && !is_float(type))))
		value.size = type->size;
	return value;
}

struct value value_of(const struct ctype *type)
{
	const char *from_typedef;

	type = ctype_resolve(type, &from_typedef);
	if (!type)
		return (struct value){ .kind = VALUE_NONE };
	switch (type->kind) {
	case CTYPE_BASE:
		return (struct value){ is_float(type) ? VALUE_FLOAT : VALUE_INTEGER, type->size, NULL };
	case CTYPE_ENUM:
		return (struct value){ VALUE_INTEGER, type->size, NULL };
	case CTYPE_POINTER:
		return pointer_to(type->target);
	case CTYPE_STRUCT:
	case CTYPE_UNION:
		return (struct value){ VALUE_AGGREGATE, ctype_size(type), tag_of(type, from_typedef) };
	default:
		return (struct value){ .kind = VALUE_UNKNOWN };
	}
}

/* A pointer to void has neither a tag nor a size; what is a struct here and an integer there differs. */
static bool leads_to_anything(const struct value *pointer)
{
	return !pointer->tag && pointer->size <= 1;
}

static bool agrees_on_tag(const struct value *a, const struct value *b)
{
	return !a->tag || !b->tag || !strcmp(a->tag, b->tag);
}

bool value_agrees(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_UNKNOWN || b->kind == VALUE_UNKNOWN)
		return true;
	if (a->kind != b->kind)
		return false;
	if (a->kind != VALUE_POINTER)
		return a->size == b->size && agrees_on_tag(a, b);
	if (leads_to_anything(a) || leads_to_anything(b))
		return true;
	return a->size == b->size && agrees_on_tag(a, b);
}

char *value_text(const struct value *value)
{
	uintmax_t size = value->size;

	switch (value->kind) {
	case VALUE_NONE:
		return xstrdup("nothing");
	case VALUE_INTEGER:
		return xasprintf("an integer of %ju byte%s", size, size == 1 ? "" : "s");
	case VALUE_FLOAT:
		return xasprintf("a floating-point number of %ju bytes", size);
	case VALUE_POINTER:
		if (value->tag)
			return xasprintf("a pointer to struct %s", value->tag);
		return size ? xasprintf("a pointer to integers of %ju byte%s", size, size == 1 ? "" : "s")
			    : xstrdup("a pointer");
	case VALUE_AGGREGATE:
		return value->tag ? xasprintf("struct %s of %ju bytes", value->tag, size)
				  : xasprintf("a struct of %ju bytes", size);
	default:
		return xstrdup("something");
	}
}
