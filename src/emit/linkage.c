// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/linkage.h"

#include <ctype.h>
#include <string.h>

#include "emit/endbr.h"
#include "emit/locate.h"
#include "target/modules.h"

struct linkages {
	const struct kernel *kernel;
	struct arena *arena;
	struct symvers *symvers;
	struct map *shipped; /* object name -> struct shipped */
	struct map *sealed; /* object name -> struct endbr_seals */
};

int linkages_open(const struct kernel *kernel, struct linkages **ret_linkages, struct error *err)
{
	auto_linkages struct linkages *linkages = xcalloc(1, sizeof(*linkages));

	linkages->kernel = kernel;
	linkages->arena = arena_new();
	linkages->shipped = map_new();
	linkages->sealed = map_new();
	if (symvers_read(kernel->symvers, &linkages->symvers, err) < 0)
		return -1;
	*ret_linkages = steal_ptr(linkages);
	return 0;
}

void linkages_free(struct linkages *linkages)
{
	if (!linkages)
		return;
	for (size_t i = 0; i < map_count(linkages->shipped); i++)
		shipped_free(map_value(linkages->shipped, i));
	for (size_t i = 0; i < map_count(linkages->sealed); i++)
		endbr_seals_free(map_value(linkages->sealed, i));
	map_free(linkages->shipped);
	map_free(linkages->sealed);
	symvers_free(linkages->symvers);
	arena_free(linkages->arena);
	free(linkages);
}

const struct symvers *linkages_symvers(const struct linkages *linkages)
{
	return linkages->symvers;
}

int linkages_shipped(struct linkages *linkages, const char *object,
		     const struct shipped **ret_shipped, struct error *err)
{
	struct shipped *shipped = map_find(linkages->shipped, object);

	if (!shipped) {
		if (shipped_open(linkages->kernel, object, &shipped, err) < 0)
			return -1;
		map_set(linkages->shipped, object, shipped);
	}
	*ret_shipped = shipped;
	return 0;
}

int linkages_table(struct linkages *linkages, const char *object,
		   const struct symbol_table **ret_table, struct error *err)
{
	const struct shipped *shipped;

	if (linkages_shipped(linkages, object, &shipped, err) < 0)
		return -1;
	*ret_table = shipped_symbols(shipped);
	return 0;
}

static bool is_weak_type(char type)
{
	return type == 'W' || type == 'V' || type == 'w' || type == 'v';
}

static bool is_global_type(char type)
{
	return isupper((unsigned char)type) || is_weak_type(type);
}

static const struct linkage *make_linkage(struct linkages *linkages, const char *object,
					  const struct symbol_table *table, size_t index)
{
	struct linkage *linkage = arena_alloc(linkages->arena, sizeof(*linkage));
	const struct symbol *symbol = &table->items[index];

	linkage->name = arena_strdup(linkages->arena, symbol->name);
	linkage->object = arena_strdup(linkages->arena, object);
	linkage->sympos = symbol_sympos(table, index);
	linkage->address = symbol->address;
	linkage->is_weak = is_weak_type(symbol->type);
	linkage->section = symbol->section ? arena_strdup(linkages->arena, symbol->section) : NULL;
	return linkage;
}

/* The same number must find the symbol while its module comes and afterwards. */
static const struct linkage *make_stable(struct linkages *linkages,
					 const struct linkage_unit *unit, const char *object,
					 const struct symbol_table *table, size_t index,
					 struct finding_list *findings)
{
	if (symbol_has_stable_sympos(table, index))
		return make_linkage(linkages, object, table, index);
	finding_add(findings, RULE_AMBIGUOUS_SYMBOL, unit->source, table->items[index].name, NULL,
		    "its position among its namesakes in %s changes once that has initialised",
		    object);
	return NULL;
}

static const struct linkage *make_export(struct linkages *linkages, const struct export *export)
{
	struct linkage *linkage = arena_alloc(linkages->arena, sizeof(*linkage));

	linkage->name = export->name;
	linkage->object = export->owner;
	linkage->export = export;
	return linkage;
}

/* The one global symbol of the name; SIZE_MAX if there is none or more than one. */
static size_t find_global(const struct symbol_table *table, const char *name)
{
	size_t found = SIZE_MAX;

	for (size_t i = symbol_first(table, name); i != SIZE_MAX; i = symbol_next(table, i)) {
		if (!is_global_type(table->items[i].type))
			continue;
		if (found != SIZE_MAX)
			return SIZE_MAX;
		found = i;
	}
	return found;
}

static const struct linkage *missing(const struct linkage_unit *unit, const char *name,
				     const char *object, struct finding_list *findings)
{
	finding_add(findings, RULE_MISSING_SYMBOL, unit->source, name, NULL,
		    "the patched code needs it, and %s does not have it", object);
	return NULL;
}

static const struct linkage *find_in_object(struct linkages *linkages,
					    const struct linkage_unit *unit, const char *object,
					    const char *name, struct finding_list *findings)
{
	const struct symbol_table *table;
	struct error err;

	if (linkages_table(linkages, object, &table, &err) < 0) {
		finding_add(findings, RULE_MISSING_SYMBOL, unit->source, name, NULL,
			    "the symbols of %s cannot be read: %s", object, err.msg);
		return NULL;
	}

	size_t index = find_global(table, name);

	/* Tables of stripped images know no letter for some symbols that assembly defines. */
	if (index == SIZE_MAX && symbol_count(table, name) == 1)
		index = symbol_first(table, name);
	if (index != SIZE_MAX)
		return make_stable(linkages, unit, object, table, index, findings);
	if (symbol_count(table, name) == 0)
		return missing(unit, name, object, findings);
	finding_add(findings, RULE_AMBIGUOUS_SYMBOL, unit->source, name, NULL,
		    "%s has %zu symbols of this name and no single global one", object,
		    symbol_count(table, name));
	return NULL;
}

/* Within a module the linker takes its own first, whoever exports another of the name. */
static bool is_own(struct linkages *linkages, const struct linkage_unit *unit, const char *name)
{
	const struct symbol_table *table;
	struct error ignored;

	return !is_vmlinux(unit->object) &&
	       linkages_table(linkages, unit->object, &table, &ignored) == 0 &&
	       find_global(table, name) != SIZE_MAX;
}

static int find_shipped(void *context, const char *object, const struct shipped **ret_shipped,
			struct error *err)
{
	return linkages_shipped(context, object, ret_shipped, err);
}

int linkages_hold(struct linkages *linkages, const char *user, const char *owner, bool *ret_holds,
		  struct error *err)
{
	struct held_source source = { .symvers = linkages->symvers, .find = find_shipped,
				      .context = linkages };

	return object_holds(&source, user, owner, ret_holds, err);
}

bool linkage_may_use(struct linkages *linkages, const struct linkage_unit *unit, const char *owner,
		     const char *name, struct finding_list *findings)
{
	struct error err;
	bool holds = false;

	if (linkages_hold(linkages, unit->object, owner, &holds, &err) < 0)
		finding_add(findings, RULE_MODULE_NOT_HELD, unit->source, name, NULL,
			    "it cannot be told whether %s needs %s: %s", unit->object, owner,
			    err.msg);
	else if (!holds)
		finding_add(findings, RULE_MODULE_NOT_HELD, unit->source, name, NULL,
			    "it is exported by %s, which %s does not need", owner, unit->object);
	else if (!is_vmlinux(owner))
		finding_add(findings, RULE_CALLEE_OTHER_MODULE, unit->source, name, NULL,
			    "it is exported by %s", owner);
	return holds;
}

const struct linkage *linkage_of_outside(struct linkages *linkages,
					 const struct linkage_unit *unit, const char *name,
					 struct finding_list *findings)
{
	const struct export *export = symvers_find(linkages->symvers, name);
	bool in_vmlinux = !strcmp(unit->object, VMLINUX);

	if (is_own(linkages, unit, name))
		return find_in_object(linkages, unit, unit->object, name, findings);
	if (export && !strcmp(export->owner, VMLINUX))
		return make_export(linkages, export);
	if (in_vmlinux || !export)
		return find_in_object(linkages, unit, unit->object, name, findings);
	/* Exported by a module: never a dependency, which would pull that module in. */
	if (strcmp(export->owner, unit->object) &&
	    !linkage_may_use(linkages, unit, export->owner, name, findings))
		return NULL;
	return find_in_object(linkages, unit, export->owner, name, findings);
}

const struct linkage *linkage_of_own(struct linkages *linkages, const struct linkage_unit *unit,
				     const struct elf_symbol *symbol,
				     struct finding_list *findings)
{
	const struct export *export = symvers_find(linkages->symvers, symbol->name);
	const struct symbol_table *table;
	const struct shipped *shipped;
	struct error err;
	size_t index;

	if (export && !strcmp(export->owner, VMLINUX) && symbol->bind != STB_LOCAL)
		return make_export(linkages, export);
	if (symbol->bind != STB_LOCAL)
		return find_in_object(linkages, unit, unit->object, symbol->name, findings);
	if (linkages_shipped(linkages, unit->object, &shipped, &err) < 0) {
		finding_add(findings, RULE_MISSING_SYMBOL, unit->source, symbol->name, NULL,
			    "the symbols of %s cannot be read: %s", unit->object, err.msg);
		return NULL;
	}
	table = shipped_symbols(shipped);
	if (symbol_count(table, symbol->name) == 0)
		return missing(unit, symbol->name, unit->object, findings);
	if (symbol_count(table, symbol->name) == 1)
		return make_stable(linkages, unit, unit->object, table,
				   symbol_first(table, symbol->name), findings);
	if (locate_symbol(shipped, unit->plain, symbol->name, &index, &err) < 0) {
		finding_add(findings, RULE_AMBIGUOUS_SYMBOL, unit->source, symbol->name, NULL, "%s",
			    err.msg);
		return NULL;
	}
	finding_add(findings, RULE_DUPLICATE_NAME, unit->source, symbol->name, NULL,
		    "number %u of %zu in %s", symbol_sympos(table, index),
		    symbol_count(table, symbol->name), unit->object);
	return make_stable(linkages, unit, unit->object, table, index, findings);
}

const struct linkage *linkage_of_global(struct linkages *linkages, const struct linkage_unit *unit,
					const char *name, struct finding_list *findings)
{
	return find_in_object(linkages, unit, unit->object, name, findings);
}

int linkage_is_sealed(struct linkages *linkages, const struct linkage *linkage, bool *ret_sealed,
		      struct error *err)
{
	*ret_sealed = false;
	if (linkage->export) /* its entry in the table of exports counts as a taken address */
		return 0;

	struct endbr_seals *seals = map_find(linkages->sealed, linkage->object);

	if (!seals) {
		auto_free char *path = NULL;
		int result = !strcmp(linkage->object, VMLINUX) ?
				     endbr_seals_of_kernel(linkages->kernel, &seals, err) :
			     module_find(linkages->kernel, linkage->object, &path, err) < 0 ?
				     -1 :
				     endbr_seals_of_module(path, &seals, err);

		if (result < 0)
			return -1;
		map_set(linkages->sealed, linkage->object, seals);
	}
	*ret_sealed = endbr_is_sealed(seals, linkage->section, linkage->address);
	return 0;
}
