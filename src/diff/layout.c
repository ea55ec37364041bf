// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/layout.h"

#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "diff/layout_pair.h"

/*
 * One name can mean several types: local ones of different functions, or of several units in one
 * object. Those that are equal and of one scope count once.
 */
struct variants {
	const struct ctype **types;
	size_t count, capacity;
};

/* The values that the enumerators of one name have, in enums that have no name. */
struct values {
	int64_t *items;
	size_t count, capacity;
};

struct layouts {
	struct map *types; /* "struct foo" -> struct variants */
	struct map *constants; /* "FOO" -> struct values */
	struct map *plain; /* typedef of a number or an array -> struct ctype; NULL: of several */
};

void layouts_free(struct layouts *layouts)
{
	if (!layouts)
		return;
	for (size_t i = 0; i < map_count(layouts->types); i++) {
		struct variants *variants = map_value(layouts->types, i);

		free(variants->types);
		free(variants);
	}
	for (size_t i = 0; i < map_count(layouts->constants); i++) {
		struct values *values = map_value(layouts->constants, i);

		free(values->items);
		free(values);
	}
	map_free(layouts->types);
	map_free(layouts->constants);
	map_free(layouts->plain);
	free(layouts);
}

static bool is_tagged_kind(const struct ctype *type)
{
	return ctype_is_aggregate(type) || (type && type->kind == CTYPE_ENUM);
}

static void add_type(struct layouts *layouts, const char *label, const struct ctype *type)
{
	struct variants *variants = map_find(layouts->types, label);

	if (!variants) {
		variants = xcalloc(1, sizeof(*variants));
		map_set(layouts->types, label, variants);
	}
	for (size_t i = 0; i < variants->count; i++)
		if (variants->types[i] == type ||
		    (!strcmp(variants->types[i]->scope, type->scope) &&
		     ctype_same_inside(variants->types[i], type)))
			return;
	ARRAY_GROW(variants->types, variants->capacity, variants->count + 1);
	variants->types[variants->count++] = type;
}

static void add_constant(struct layouts *layouts, const struct ctype_enumerator *enumerator)
{
	struct values *values = map_find(layouts->constants, enumerator->name);

	if (!values) {
		values = xcalloc(1, sizeof(*values));
		map_set(layouts->constants, enumerator->name, values);
	}
	for (size_t i = 0; i < values->count; i++)
		if (values->items[i] == enumerator->value)
			return;
	ARRAY_GROW(values->items, values->capacity, values->count + 1);
	values->items[values->count++] = enumerator->value;
}

static void add_tagged(struct layouts *layouts, const struct ctype *type)
{
	static const char *const words[] = { [CTYPE_STRUCT] = "struct",
					     [CTYPE_UNION] = "union",
					     [CTYPE_ENUM] = "enum" };

	if (type->name && !type->is_declaration) {
		auto_free char *label = xasprintf("%s %s", words[type->kind], type->name);

		add_type(layouts, label, type);
	}
	if (!type->name && type->kind == CTYPE_ENUM)
		for (size_t i = 0; i < type->enumerator_count; i++)
			add_constant(layouts, &type->enumerators[i]);
}

/* What outside code may only know by a pointer: "typedef u32 row_t[4]". */
static void add_plain(struct layouts *layouts, const struct ctype *type)
{
	const struct ctype *is = ctype_resolve(type, NULL);
	const struct ctype *other = map_find(layouts->plain, type->name);

	if (!is || (is->kind != CTYPE_BASE && is->kind != CTYPE_ARRAY))
		return;
	if (!map_has(layouts->plain, type->name))
		map_set(layouts->plain, type->name, (void *)is);
	else if (other && !ctype_same(other, is))
		map_set(layouts->plain, type->name, NULL);
}

struct layouts *layouts_new(const struct dwarf *dwarf)
{
	struct layouts *layouts = xcalloc(1, sizeof(*layouts));

	layouts->types = map_new();
	layouts->constants = map_new();
	layouts->plain = map_new();
	for (size_t i = 0; i < dwarf->type_count; i++) {
		const struct ctype *type = dwarf->types[i];
		const char *by_typedef = NULL;

		if (is_tagged_kind(type)) {
			add_tagged(layouts, type);
		} else if (type->kind == CTYPE_TYPEDEF) {
			add_plain(layouts, type);
			type = ctype_resolve(type, &by_typedef);
		}
		if (by_typedef)
			add_type(layouts, by_typedef, type);
	}
	return layouts;
}

static void report(struct finding_list *findings, const char *file, const char *label,
		   const struct layout_difference *difference)
{
	const struct layout_notes *changed = &difference->changed, *grown = &difference->grown;
	enum rule_id rule = changed->count ? RULE_LAYOUT_CHANGED : RULE_LAYOUT_GROWN;
	size_t more = changed->count - changed->shown + grown->count - grown->shown;

	if (!changed->count && !grown->count)
		return;

	auto_free char *rest = more ? xasprintf("; and %zu more", more) : xstrdup("");

	finding_add(findings, rule, file, label, NULL, "%s%s%s%s", buffer_text(&changed->text),
		    changed->count && grown->count ? "; " : "", buffer_text(&grown->text), rest);
}

/* One name's variants on both sides, and which of them found their counterpart. */
struct matching {
	const struct variants *old, *new;
	bool *old_done, *new_done;
};

static bool same_scope(const struct ctype *a, const struct ctype *b)
{
	return !strcmp(a->scope, b->scope);
}

/* An equal type on the other side settles both; best one of the same function. */
static void settle_equal(const struct matching *matching, bool any_scope)
{
	for (size_t i = 0; i < matching->old->count; i++)
		for (size_t j = 0; j < matching->new->count && !matching->old_done[i]; j++) {
			const struct ctype *old = matching->old->types[i];
			const struct ctype *new = matching->new->types[j];

			if (!matching->new_done[j] && (any_scope || same_scope(old, new)) &&
			    ctype_same_inside(old, new))
				matching->old_done[i] = matching->new_done[j] = true;
		}
}

/* Settles all open ones that could be `type` or its counterpart. How many, and the first. */
static size_t settle_open(const struct variants *variants, bool *done, const struct ctype *type,
			  bool any_scope, const struct ctype **ret_first)
{
	size_t count = 0;

	for (size_t i = 0; i < variants->count; i++) {
		if (done[i] || !(any_scope || same_scope(variants->types[i], type)))
			continue;
		done[i] = true;
		if (!count++)
			*ret_first = variants->types[i];
	}
	return count;
}

/* Those left over in one scope (or at all) are compared if there is only one pair of them. With
 * more nobody can tell which became which. */
static void compare_open(const struct matching *matching, bool any_scope,
			 struct layout_difference *difference)
{
	for (size_t i = 0; i < matching->old->count; i++) {
		const struct ctype *old = matching->old->types[i], *new;

		if (matching->old_done[i])
			continue;

		size_t news = settle_open(matching->new, matching->new_done, old, any_scope, &new);

		if (news == 0)
			continue;

		size_t olds = settle_open(matching->old, matching->old_done, old, any_scope, &old);

		if (olds > 1 || news > 1)
			layout_note(&difference->changed,
				    "several types have this name (%zu and %zu without an equal "
				    "one in the other object): which became which cannot be told",
				    olds, news);
		else
			layout_compare_pair(old, new, difference);
	}
}

static void compare_variants(const struct variants *old, const struct variants *new,
			     const char *label, const char *file, struct finding_list *findings)
{
	auto_layout_difference struct layout_difference difference = { 0 };

	if (old->count == 1 && new->count == 1) {
		layout_compare_pair(old->types[0], new->types[0], &difference);
	} else {
		auto_free bool *old_done = xcalloc(old->count, sizeof(*old_done));
		auto_free bool *new_done = xcalloc(new->count, sizeof(*new_done));
		const struct matching matching = { old, new, old_done, new_done };

		settle_equal(&matching, false);
		settle_equal(&matching, true);
		compare_open(&matching, false, &difference);
		compare_open(&matching, true, &difference);
	}
	report(findings, file, label, &difference);
}

static bool has_value(const struct values *values, int64_t value)
{
	for (size_t i = 0; i < values->count; i++)
		if (values->items[i] == value)
			return true;
	return false;
}

static void compare_values(const struct values *old, const struct values *new, const char *name,
			   struct layout_difference *difference)
{
	for (size_t i = 0; i < old->count; i++)
		for (size_t j = 0; j < new->count; j++)
			if (!has_value(new, old->items[i]) && !has_value(old, new->items[j]))
				layout_note(&difference->changed,
					    "enumerator %s changed from %lld to %lld", name,
					    (long long)old->items[i], (long long)new->items[j]);
}

/* An enum without a name has nothing to find it by, but its enumerators have. */
static void compare_constants(const struct layouts *old, const struct layouts *new,
			      const char *file, struct finding_list *findings)
{
	auto_layout_difference struct layout_difference difference = { 0 };

	for (size_t i = 0; i < map_count(old->constants); i++) {
		const char *name = map_key(old->constants, i);
		const struct values *now = map_find(new->constants, name);

		if (now)
			compare_values(map_value(old->constants, i), now, name, &difference);
	}
	report(findings, file, "enum without a name", &difference);
}

static size_t shared_members(const struct ctype *a, const struct ctype *b)
{
	size_t count = 0;

	for (size_t i = 0; i < a->member_count; i++)
		for (size_t k = 0; k < b->member_count; k++)
			if (a->members[i].name && b->members[k].name &&
			    !strcmp(a->members[i].name, b->members[k].name)) {
				count++;
				break;
			}
	return count;
}

/* Half of the members have the names of the other's: the same thing under another name. */
static bool is_renamed(const struct ctype *a, const struct ctype *b)
{
	size_t fewer = a->member_count < b->member_count ? a->member_count : b->member_count;

	return a->kind == b->kind && ctype_is_aggregate(a) && fewer &&
	       shared_members(a, b) * 2 >= fewer;
}

/* A type that went, and one that came and looks like it: objects of the old one are alive. */
static void compare_renamed(const struct layouts *old, const struct layouts *new, const char *file,
			    struct finding_list *findings)
{
	for (size_t i = 0; i < map_count(old->types); i++) {
		const struct variants *gone = map_value(old->types, i);

		if (map_has(new->types, map_key(old->types, i)))
			continue;
		for (size_t k = 0; k < map_count(new->types); k++) {
			const struct variants *came = map_value(new->types, k);

			if (map_has(old->types, map_key(new->types, k)) ||
			    !is_renamed(gone->types[0], came->types[0]))
				continue;
			compare_variants(gone, came, map_key(old->types, i), file, findings);
		}
	}
}

static void compare_plain(const struct layouts *old, const struct layouts *new, const char *file,
			  struct finding_list *findings)
{
	for (size_t i = 0; i < map_count(old->plain); i++) {
		const char *name = map_key(old->plain, i);
		const struct ctype *was = map_value(old->plain, i), *now = map_find(new->plain, name);

		if (!was || !now || ctype_same(was, now))
			continue;

		auto_free char *change = layout_change_text(was, now);

		finding_add(findings, RULE_LAYOUT_CHANGED, file, name, NULL, "the type changed %s",
			    change);
	}
}

void layouts_compare(const struct layouts *old, const struct layouts *new, const char *file,
		     struct finding_list *findings)
{
	for (size_t i = 0; i < map_count(old->types); i++) {
		const char *label = map_key(old->types, i);
		const struct variants *now = map_find(new->types, label);

		if (now)
			compare_variants(map_value(old->types, i), now, label, file, findings);
	}
	compare_renamed(old, new, file, findings);
	compare_constants(old, new, file, findings);
	compare_plain(old, new, file, findings);
}

void layouts_find_renamed(const struct layouts *old, const struct layouts *new, const char *label,
			  struct text_list *into)
{
	const struct variants *was = map_find(old->types, label), *now = map_find(new->types, label);
	auto_layout_difference struct layout_difference difference = { 0 };

	if (!was || !now || was->count != 1 || now->count != 1 ||
	    !ctype_is_aggregate(was->types[0]) || was->types[0]->kind != now->types[0]->kind)
		return;
	layout_compare_pair(was->types[0], now->types[0], &difference);
	if (difference.changed.count * 2 == difference.renamed.count && !difference.grown.count)
		text_list_add_all(into, (const char *const *)difference.renamed.items);
}

/* "extern inline" of GNU C leaves nothing to call. A function whose code the compiler folded into
 * an equal one's has none of its own either, but a symbol. */
static bool can_be_called(const struct cfunction *function)
{
	return function->is_external && (function->has_code || !function->is_inline);
}

void layout_compare_functions(const struct dwarf *old, const struct dwarf *new, const char *file,
			      struct finding_list *findings)
{
	auto_map struct map *before = map_new();

	for (size_t i = 0; i < old->function_count; i++)
		if (can_be_called(&old->functions[i]))
			map_set(before, old->functions[i].name, (void *)&old->functions[i]);
	for (size_t i = 0; i < new->function_count; i++) {
		const struct cfunction *now = &new->functions[i];
		const struct cfunction *was = map_find(before, now->name);

		if (!was || !can_be_called(now) || ctype_same(was->type, now->type))
			continue;

		auto_free char *change = layout_change_text(was->type, now->type);

		finding_add(findings, RULE_LAYOUT_CHANGED, file, now->name, NULL,
			    "the function's prototype changed %s", change);
	}
}

/* Who takes no result does not mind that there is one, unless it is to say where a large one goes. Nor is an argument
 * too many in anybody's way: the last ones go unread, and the caller takes them away (System V ABI, 3.2.3). */
static bool is_called_alike(const struct ctype *was, const struct ctype *now)
{
	struct ctype expected, silent;

	if (!was || !now)
		return ctype_same(was, now);
	expected = *was;
	silent = *now;
	if (now->member_count < was->member_count && !was->is_variadic && !now->is_variadic)
		expected.member_count = now->member_count;
	if (!ctype_resolve(was->target, NULL) && !ctype_is_aggregate(ctype_resolve(now->target, NULL)))
		silent.target = NULL;
	return ctype_same(&expected, &silent);
}

void layout_list_recast(const struct dwarf *old, const struct dwarf *new, struct text_list *into)
{
	auto_map struct map *before = map_new();

	for (size_t i = 0; i < old->function_count; i++)
		map_set(before, old->functions[i].name, (void *)&old->functions[i]);
	for (size_t i = 0; i < new->function_count; i++) {
		const struct cfunction *was = map_find(before, new->functions[i].name);

		if (was && !is_called_alike(was->type, new->functions[i].type))
			text_list_add(into, new->functions[i].name);
	}
}

/* A name can be there more than once: declared without bounds, then defined. */
static bool has_variable(const struct dwarf *dwarf, const struct cvariable *wanted, bool *ret_same)
{
	bool found = false;

	*ret_same = false;
	for (size_t i = 0; i < dwarf->variable_count; i++) {
		const struct cvariable *variable = &dwarf->variables[i];

		if (strcmp(variable->name, wanted->name))
			continue;
		found = true;
		*ret_same |= ctype_same(variable->type, wanted->type);
	}
	return found;
}

/* Named by __COUNTER__ (include/linux/compiler.h, __UNIQUE_ID): the same name is something else as
 * soon as a macro in front of it counts once more, as READ_ONCE() does. */
static bool is_counted(const char *name)
{
	return has_prefix(name, "__UNIQUE_ID_");
}

void layout_compare_variables(const struct dwarf *old, const struct dwarf *new, const char *file,
			      struct finding_list *findings)
{
	for (size_t i = 0; i < new->variable_count; i++) {
		bool same;

		if (is_counted(new->variables[i].name) ||
		    !has_variable(old, &new->variables[i], &same) || same)
			continue;
		/* Another entry of the name may be the one that is as before. */
		bool any = false;

		for (size_t k = 0; k < new->variable_count && !any; k++)
			any = !strcmp(new->variables[k].name, new->variables[i].name) &&
			      has_variable(old, &new->variables[k], &same) && same;
		if (!any)
			finding_add(findings, RULE_LAYOUT_CHANGED, file, new->variables[i].name,
				    NULL, "the variable has another type than before");
	}
}

int layout_compare(const char *old_path, const char *new_path, const char *file,
		   struct finding_list *findings, struct error *err)
{
	auto_dwarf struct dwarf *old = NULL;
	auto_dwarf struct dwarf *new = NULL;

	if (dwarf_open(old_path, &old, err) < 0 || dwarf_open(new_path, &new, err) < 0)
		return error_context(err, "comparing the layout of types");

	auto_layouts struct layouts *before = layouts_new(old);
	auto_layouts struct layouts *after = layouts_new(new);

	layouts_compare(before, after, file, findings);
	layout_compare_functions(old, new, file, findings);
	return 0;
}
