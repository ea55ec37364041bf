// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/layout_pair.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "diff/layout_members.h"

/* A member at the top moves all the others: the first few tell enough. */
#define NOTES_SHOWN 4

typedef unsigned long long number;

void layout_note(struct layout_notes *notes, const char *format, ...)
{
	va_list args;

	if (notes->count++ >= NOTES_SHOWN)
		return;
	notes->shown++;
	va_start(args, format);
	auto_free char *text = xvasprintf(format, args);
	va_end(args);
	buffer_printf(&notes->text, "%s%s", notes->count > 1 ? "; " : "", text);
}

void layout_difference_clear(struct layout_difference *difference)
{
	buffer_clear(&difference->changed.text);
	buffer_clear(&difference->grown.text);
	text_list_clear(&difference->renamed);
}

char *layout_change_text(const struct ctype *old, const struct ctype *new)
{
	auto_free char *before = ctype_text(old);
	auto_free char *after = ctype_text(new);

	if (!strcmp(before, after))
		return xasprintf("(%s is not what it was)", before);
	return xasprintf("from %s to %s", before, after);
}

/* "12" bytes, or "12 bit 3". */
struct offset_text {
	char text[48];
};

static struct offset_text offset_text(uint64_t bits)
{
	struct offset_text offset;

	if (bits % 8)
		snprintf(offset.text, sizeof(offset.text), "%llu bit %llu", (number)(bits / 8),
			 (number)(bits % 8));
	else
		snprintf(offset.text, sizeof(offset.text), "%llu", (number)(bits / 8));
	return offset;
}

static bool is_array(const struct ctype *type)
{
	type = ctype_resolve(type, NULL);
	return type && type->kind == CTYPE_ARRAY;
}

static void compare_types(const struct layout_member *old, const struct layout_member *new,
			  struct layout_difference *difference)
{
	if (!ctype_same(old->type, new->type)) {
		auto_free char *change = layout_change_text(old->type, new->type);

		layout_note(&difference->changed, "the type of member %s changed %s", old->name,
			    change);
	} else if (old->is_bit_field != new->is_bit_field ||
		   (old->is_bit_field && old->bits != new->bits)) {
		layout_note(&difference->changed,
			    "the width of member %s changed from %llu to %llu bits", old->name,
			    (number)old->bits, (number)new->bits);
	} else if (is_array(old->type) && old->bits != new->bits) {
		layout_note(&difference->changed,
			    "the elements of member %s changed their size: %llu bytes together, "
			    "now %llu",
			    old->name, (number)old->bits / 8, (number)new->bits / 8);
	} else if (old->bits != new->bits) {
		/* The member's type has a finding of its own. */
		layout_note(&difference->grown,
			    "member %s changed its size from %llu to %llu bytes", old->name,
			    (number)old->bits / 8, (number)new->bits / 8);
	}
}

static void compare_member(const struct layout_member *old, const struct layout_member *new,
			   struct layout_difference *difference)
{
	if (old->bit_offset != new->bit_offset)
		layout_note(&difference->changed, "member %s moved from offset %s to %s",
			    old->name, offset_text(old->bit_offset).text,
			    offset_text(new->bit_offset).text);
	compare_types(old, new, difference);
}

struct sides {
	const struct layout_members *old, *new;
	bool *is_known; /* new members that have their counterpart, under this name or another */
};

/* The new member that took the place and type of one that is gone. */
static const struct layout_member *take_renamed(const struct sides *sides,
						const struct layout_member *gone)
{
	for (size_t i = 0; i < sides->new->count; i++) {
		const struct layout_member *member = &sides->new->items[i];

		if (!sides->is_known[i] && member->bit_offset == gone->bit_offset &&
		    member->bits == gone->bits && ctype_same(member->type, gone->type)) {
			sides->is_known[i] = true;
			return member;
		}
	}
	return NULL;
}

/* A number or a pointer that has its place for itself. */
static bool is_scalar(const struct layout_members *members, const struct layout_member *member)
{
	const struct ctype *type = ctype_resolve(member->type, NULL);

	for (size_t i = 0; i < members->union_count; i++)
		if (member->bit_offset >= members->unions[i].bit_offset &&
		    member->bit_offset < members->unions[i].bit_offset + members->unions[i].bits)
			return false;
	return type && !member->is_bit_field && !strchr(member->name, '.') &&
	       (type->kind == CTYPE_BASE || type->kind == CTYPE_POINTER || type->kind == CTYPE_ENUM);
}

static void report_gone(const struct sides *sides, const struct layout_member *gone,
			struct layout_difference *difference)
{
	const struct layout_member *renamed = take_renamed(sides, gone);

	if (renamed && is_scalar(sides->old, gone) && is_scalar(sides->new, renamed)) {
		text_list_add(&difference->renamed, gone->name);
		text_list_add(&difference->renamed, renamed->name);
	}
	if (renamed)
		layout_note(&difference->changed,
			    "member %s at offset %s is called %s now (same type)", gone->name,
			    offset_text(gone->bit_offset).text, renamed->name);
	else
		layout_note(&difference->changed, "member %s at offset %s is gone", gone->name,
			    offset_text(gone->bit_offset).text);
}

/* Whether the member lies in a union that the original has at the very same place. (If it grew,
 * what lies behind it moved and says so.) */
static bool is_alternative(const struct sides *sides, const struct layout_member *member)
{
	const struct layout_members *old = sides->old, *new = sides->new;

	for (size_t i = 0; i < new->union_count; i++) {
		const struct layout_union *in = &new->unions[i];

		if (member->bit_offset < in->bit_offset ||
		    member->bit_offset + member->bits > in->bit_offset + in->bits)
			continue;
		for (size_t j = 0; j < old->union_count; j++)
			if (old->unions[j].bit_offset == in->bit_offset &&
			    old->unions[j].bits <= in->bits)
				return true;
	}
	return false;
}

static void report_added(const struct sides *sides, const struct layout_member *added,
			 uint64_t old_size, struct layout_difference *difference)
{
	const struct layout_member *under = layout_members_under(sides->old, added);
	struct offset_text at = offset_text(added->bit_offset);

	if (under && is_alternative(sides, added))
		layout_note(&difference->grown,
			    "member %s at offset %s is one more alternative of a union",
			    added->name, at.text);
	else if (under)
		layout_note(&difference->changed,
			    "new member %s at offset %s lies over member %s", added->name, at.text,
			    under->name);
	else if (added->bit_offset + added->bits > old_size * 8 || added->is_open)
		layout_note(&difference->grown, "new member %s at the end (offset %s, %llu bytes)",
			    added->name, at.text, (number)(added->bits + 7) / 8);
	else
		layout_note(&difference->grown, "new member %s fills a hole (offset %s, %llu %s)",
			    added->name, at.text,
			    (number)(added->is_bit_field ? added->bits : added->bits / 8),
			    added->is_bit_field ? "bits" : "bytes");
}

static void compare_size(const struct ctype *old, const struct ctype *new,
			 struct layout_difference *difference)
{
	/* Larger with no member to show for it: the alignment, even where DWARF does not say so. */
	bool grew = new->size > old->size && !difference->changed.count && difference->grown.count;

	if (old->alignment != new->alignment)
		layout_note(&difference->changed,
			    "alignment changed from %llu to %llu (0: natural)",
			    (number)old->alignment, (number)new->alignment);
	if (old->size != new->size)
		layout_note(grew ? &difference->grown : &difference->changed,
			    "size changed from %llu to %llu bytes", (number)old->size,
			    (number)new->size);
}

static void compare_aggregates(const struct ctype *old_type, const struct ctype *new_type,
			       struct layout_difference *difference)
{
	auto_layout_members struct layout_members *old = layout_members_new(old_type);
	auto_layout_members struct layout_members *new = layout_members_new(new_type);
	auto_free bool *is_known = xcalloc(new->count, sizeof(*is_known));
	const struct sides sides = { old, new, is_known };

	if (old->is_incomplete || new->is_incomplete)
		layout_note(&difference->changed, "it has too many members to be compared");
	for (size_t i = 0; i < new->count; i++)
		is_known[i] = layout_members_find(old, new->items[i].name, i);
	for (size_t i = 0; i < old->count; i++) {
		const struct layout_member *member = &old->items[i];
		const struct layout_member *now = layout_members_find(new, member->name, i);

		if (now)
			compare_member(member, now, difference);
		else
			report_gone(&sides, member, difference);
	}
	for (size_t i = 0; i < new->count; i++)
		if (!is_known[i])
			report_added(&sides, &new->items[i], old_type->size, difference);
	compare_size(old_type, new_type, difference);
}

static const struct ctype_enumerator *find_enumerator(const struct ctype *type, const char *name,
						      size_t hint)
{
	if (hint < type->enumerator_count && !strcmp(type->enumerators[hint].name, name))
		return &type->enumerators[hint];
	for (size_t i = 0; i < type->enumerator_count; i++)
		if (!strcmp(type->enumerators[i].name, name))
			return &type->enumerators[i];
	return NULL;
}

static void compare_enums(const struct ctype *old, const struct ctype *new,
			  struct layout_difference *difference)
{
	for (size_t i = 0; i < old->enumerator_count; i++) {
		const struct ctype_enumerator *before = &old->enumerators[i];
		const struct ctype_enumerator *now = find_enumerator(new, before->name, i);

		if (!now)
			layout_note(&difference->changed, "enumerator %s (%lld) is gone",
				    before->name, (long long)before->value);
		else if (now->value != before->value)
			layout_note(&difference->changed,
				    "enumerator %s changed from %lld to %lld", before->name,
				    (long long)before->value, (long long)now->value);
	}
	for (size_t i = 0; i < new->enumerator_count; i++)
		if (!find_enumerator(old, new->enumerators[i].name, i))
			layout_note(&difference->grown, "new enumerator %s (%lld)",
				    new->enumerators[i].name,
				    (long long)new->enumerators[i].value);
	if (old->size != new->size)
		layout_note(&difference->changed, "size changed from %llu to %llu bytes",
			    (number)old->size, (number)new->size);
}

/* Nothing is to be noted, as of most pairs: all members have the same names, places, types and sizes.
 * Unnamed types lie open in what they are in, and are left to the slow way. */
static bool is_alike(const struct ctype *old, const struct ctype *new)
{
	if (!ctype_same_inside(old, new))
		return false;
	for (size_t i = 0; i < old->member_count; i++) {
		const struct ctype *type = ctype_resolve(old->members[i].type, NULL);

		if ((ctype_is_aggregate(type) && !type->name) ||
		    ctype_size(old->members[i].type) != ctype_size(new->members[i].type))
			return false;
	}
	return true;
}

void layout_compare_pair(const struct ctype *old, const struct ctype *new,
			 struct layout_difference *difference)
{
	if (is_alike(old, new))
		return;
	if (old->kind == CTYPE_ENUM)
		compare_enums(old, new, difference);
	else
		compare_aggregates(old, new, difference);
}
