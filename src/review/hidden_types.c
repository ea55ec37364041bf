// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/hidden_types.h"

#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "base/memory.h"
#include "build/named_types.h"
#include "diff/atom_name.h"
#include "diff/layout.h"

/* "struct foo"; a typedef's name; NULL for what no text could name. Caller frees. */
static char *label_of(const struct ctype *type)
{
	static const char *const words[] = { [CTYPE_STRUCT] = "struct",
					     [CTYPE_UNION] = "union",
					     [CTYPE_ENUM] = "enum" };

	if (!type->name || type->is_declaration)
		return NULL;
	if (type->kind == CTYPE_TYPEDEF)
		return xstrdup(type->name);
	return ctype_is_aggregate(type) || type->kind == CTYPE_ENUM ?
		       xasprintf("%s %s", words[type->kind], type->name) :
		       NULL;
}

/* What an object's debug information has: label -> the type. */
static struct map *types_of(const struct dwarf *dwarf)
{
	struct map *types = map_new();

	for (size_t i = 0; i < dwarf->type_count; i++) {
		auto_free char *label = label_of(dwarf->types[i]);

		if (label && (!dwarf->types[i]->scope || !*dwarf->types[i]->scope))
			map_set(types, label, (void *)dwarf->types[i]);
	}
	return types;
}

/* The type by the name that findings have, and all that it contains. */
static void add_contents(const struct ctype *type, struct map *into)
{
	const char *by_typedef = NULL;
	auto_free char *label = NULL;

	for (type = ctype_resolve(type, &by_typedef); type && type->kind == CTYPE_ARRAY;)
		type = ctype_resolve(type->target, &by_typedef);
	if (!type || (!ctype_is_aggregate(type) && type->kind != CTYPE_ENUM))
		return;
	label = type->name ? label_of(type) : by_typedef ? xstrdup(by_typedef) : NULL;
	if (label && map_set(into, label, into))
		return; /* was there */
	for (size_t i = 0; ctype_is_aggregate(type) && i < type->member_count; i++)
		add_contents(type->members[i].type, into);
}

struct hidden {
	struct text_list names; /* types to ask for */
	struct map *wanted; /* label -> anything: what findings may be about */
	struct map *old_seen, *new_seen; /* by the differ, label -> type */
};

static bool is_seen(const struct hidden *hidden, const char *label)
{
	return map_has(hidden->old_seen, label) && map_has(hidden->new_seen, label);
}

/* Functions that go into the module, as the source names them. */
static void list_carried(const struct changeset *changeset, struct text_list *into)
{
	for (size_t i = 0; i < changeset->carried_count; i++) {
		const struct atom *atom = changeset->carried[i];
		const char *name;

		if (!atom->is_function || !atom->symbol)
			continue;
		name = function_family(atom->name, atom->side->object->arena);
		if (!text_list_has(into, name))
			text_list_add(into, name);
	}
}

static int find_hidden(const struct hidden_types_request *request, struct hidden *hidden,
		       struct error *err)
{
	auto_text_list struct text_list named = { 0 }, carried = { 0 };
	const struct dwarf *old, *new;

	if (side_dwarf(request->changeset->old, &old, err) < 0 ||
	    side_dwarf(request->changeset->new, &new, err) < 0)
		return err->code == ERROR_NOT_FOUND ? 0 : -1;
	hidden->old_seen = types_of(old);
	hidden->new_seen = types_of(new);
	list_carried(request->changeset, &carried);
	named_types_find(request->new, &carried, &named);
	for (size_t i = 0; i < named.count; i++)
		if (!is_seen(hidden, named.items[i]))
			text_list_add(&hidden->names, named.items[i]);
	return 0;
}

static int ask_compiler(const struct hidden_types_request *request, const struct hidden *hidden,
			const char *folder, const struct buffer *text, const char *name,
			struct dwarf **ret_dwarf, struct error *err)
{
	auto_free char *object = path_join(folder, name);

	return named_types_compile(request->kernel, request->unit, text, &hidden->names, object,
				   err) < 0 ||
			       dwarf_open(object, ret_dwarf, err) < 0 ?
		       -1 :
		       0;
}

static void add_wanted(struct hidden *hidden, const struct dwarf *dwarf)
{
	auto_map struct map *types = types_of(dwarf);

	for (size_t i = 0; i < hidden->names.count; i++)
		add_contents(map_find(types, hidden->names.items[i]), hidden->wanted);
}

static void compare(const struct hidden_types_request *request, struct hidden *hidden,
		    const struct dwarf *old, const struct dwarf *new)
{
	auto_layouts struct layouts *before = layouts_new(old);
	auto_layouts struct layouts *after = layouts_new(new);
	auto_finding_list struct finding_list found = { 0 };

	add_wanted(hidden, old);
	add_wanted(hidden, new);
	layouts_compare(before, after, request->unit->source, &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct finding *finding = &found.items[i];

		if (finding->function && map_has(hidden->wanted, finding->function) &&
		    !is_seen(hidden, finding->function))
			finding_add(&request->changeset->findings, finding->rule, finding->file,
				    finding->function, NULL,
				    "%s (patched code names it, in sizeof() or offsetof())",
				    finding->detail);
	}
}

static int judge(const struct hidden_types_request *request, struct hidden *hidden,
		 struct error *err)
{
	auto_dwarf struct dwarf *old = NULL;
	auto_dwarf struct dwarf *new = NULL;
	auto_free char *folder = NULL;
	struct error ignored;
	int result = -1;

	if (directory_make_temporary(request->work, &folder, err) < 0)
		return -1;
	if (ask_compiler(request, hidden, folder, request->old, "old.o", &old, err) == 0 &&
	    ask_compiler(request, hidden, folder, request->new, "new.o", &new, err) == 0) {
		compare(request, hidden, old, new);
		result = 0;
	}
	directory_remove(folder, &ignored);
	return result;
}

int hidden_types_judge(const struct hidden_types_request *request, struct error *err)
{
	struct hidden hidden = { .wanted = map_new() };
	int result = 0;

	if (!has_suffix(request->unit->source, ".S") &&
	    named_types_differ(request->old, request->new)) {
		result = find_hidden(request, &hidden, err);
		if (result == 0 && hidden.names.count)
			result = judge(request, &hidden, err);
	}
	side_forget_dwarf(request->changeset->old);
	side_forget_dwarf(request->changeset->new);
	text_list_clear(&hidden.names);
	map_free(hidden.wanted);
	map_free(hidden.old_seen);
	map_free(hidden.new_seen);
	return result;
}
