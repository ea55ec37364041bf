// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/prototypes.h"

#include "elf/dwarf.h"
#include "target/object_types.h"

struct prototypes {
	const struct kernel *kernel;
	struct linkages *linkages;
	prototypes_writers writers;
	struct object_types *types;
	struct dwarf *dwarf; /* NULL: the module has no debug information */
};

/* One function, as both sides have it. */
struct pair {
	const struct btf *btf;
	uint32_t id; /* the kernel's */
	const struct ctype *own;
	bool is_new; /* the kernel's callers come to our code; else our code calls the kernel's */
};

int prototypes_open(const struct kernel *kernel, struct linkages *linkages, const char *built,
		    prototypes_writers writers, struct prototypes **ret_prototypes,
		    struct error *err)
{
	auto_prototypes struct prototypes *prototypes = xcalloc(1, sizeof(*prototypes));

	prototypes->kernel = kernel;
	prototypes->writers = writers;
	prototypes->linkages = linkages;
	prototypes->types = object_types_new(kernel);
	if (dwarf_open(built, &prototypes->dwarf, err) < 0 && err->code != ERROR_NOT_FOUND)
		return -1;
	*ret_prototypes = steal_ptr(prototypes);
	return 0;
}

void prototypes_free(struct prototypes *prototypes)
{
	if (!prototypes)
		return;
	object_types_free(prototypes->types);
	dwarf_free(prototypes->dwarf);
	free(prototypes);
}

static char *compare_parameter(const struct pair *pair, size_t index)
{
	struct value theirs = btf_parameter(pair->btf, pair->id, index);
	struct value ours = value_of(pair->own->members[index].type);

	if (value_agrees(&theirs, &ours))
		return NULL;

	auto_free char *there = value_text(&theirs), *here = value_text(&ours);

	return xasprintf("parameter %zu of the kernel's is %s, here it is %s", index + 1, there, here);
}

/* What the caller makes of it must be what the callee gives; a caller may also throw it away. */
static char *compare_returned(const struct pair *pair)
{
	struct value theirs = btf_returned(pair->btf, pair->id), ours = value_of(pair->own->target);

	if (value_agrees(&theirs, &ours) ||
	    (pair->is_new ? theirs.kind : ours.kind) == VALUE_NONE)
		return NULL;

	auto_free char *there = value_text(&theirs), *here = value_text(&ours);

	return xasprintf("the kernel's returns %s, this one %s", there, here);
}

static char *compare(const struct pair *pair)
{
	size_t count = pair->own->member_count;
	struct btf_function theirs;

	btf_function(pair->btf, pair->id, &theirs);
	if (!count && pair->own->is_variadic) /* "int foo();" tells nothing of them */
		return compare_returned(pair);
	if (theirs.parameter_count != count)
		return xasprintf("the kernel's has %zu parameter%s, this one %zu", theirs.parameter_count,
				 theirs.parameter_count == 1 ? "" : "s", count);
	if (theirs.is_variadic != pair->own->is_variadic)
		return xasprintf("the kernel's %s more arguments (...), this one %s",
				 theirs.is_variadic ? "takes" : "does not take",
				 theirs.is_variadic ? "does not" : "does");
	for (size_t i = 0; i < count; i++) {
		char *problem = compare_parameter(pair, i);

		if (problem)
			return problem;
	}
	return compare_returned(pair);
}

/* With those of the name that the module has. Several files may each have a static function of it, and one
 * is meant; but all that declare a function mean the same one. */
static char *compare_all(struct pair *pair, const struct cfunction *functions, size_t count,
			 const char *own)
{
	char *problem = NULL;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(functions[i].name, own) != 0)
			continue;
		free(problem);
		pair->own = functions[i].type;
		problem = compare(pair);
		if (!problem == pair->is_new)
			break;
	}
	return problem;
}

/* 0: the object has none of the name, or several, and it cannot be told which. */
static uint32_t find_one(const struct btf *btf, const char *name)
{
	uint32_t found = 0;

	for (uint32_t id = btf_first(btf); id < btf_count(btf); id++) {
		struct btf_function function;

		if (!btf_function(btf, id, &function) || strcmp(function.name, name) != 0)
			continue;
		if (found)
			return 0;
		found = id;
	}
	return found;
}

/* Kallsyms is asked as well: of namesakes BTF may have but one. */
static int find_theirs(struct prototypes *prototypes, const char *object, const char *name,
		       struct pair *pair, struct error *err)
{
	const struct shipped *shipped;

	if (linkages_shipped(prototypes->linkages, object, &shipped, err) < 0)
		return 0; /* no such object: that is said where names are checked */
	if (symbol_count(shipped_symbols(shipped), name) != 1)
		return 0;
	if (object_types_of(prototypes->types, shipped, &pair->btf, err) < 0)
		return -1;
	/* A module without types of its own has been given those of vmlinux. */
	if (!pair->btf || (shipped_module(shipped) && btf_first(pair->btf) == 1))
		return 0;
	pair->id = find_one(pair->btf, name);
	return 0;
}

/* What BTF has may be of another function, or of none in C: see prototypes_writers. */
static int forget_unsure(struct prototypes *prototypes, const struct pair *pair, char **problem,
			 struct error *err)
{
	struct btf_function theirs;
	size_t count;

	btf_function(pair->btf, pair->id, &theirs);
	if (prototypes->writers(prototypes->kernel, theirs.name, &count, err) < 0)
		return -1;
	if (count > 1 || (count == 0 && !theirs.parameter_count && !theirs.is_variadic &&
			  btf_returned(pair->btf, pair->id).kind == VALUE_NONE))
		free(steal_ptr(*problem));
	return 0;
}

static int compare_found(struct prototypes *prototypes, const char *object, const char *name,
			 const char *own, bool is_new, char **ret_problem, struct error *err)
{
	const struct dwarf *dwarf = prototypes->dwarf;
	struct pair pair = { .is_new = is_new };

	*ret_problem = NULL;
	if (!dwarf)
		return 0;
	if (find_theirs(prototypes, object, name, &pair, err) < 0)
		return -1;
	if (pair.id)
		*ret_problem = is_new ? compare_all(&pair, dwarf->functions, dwarf->function_count, own)
				      : compare_all(&pair, dwarf->declared, dwarf->declared_count, own);
	return *ret_problem ? forget_unsure(prototypes, &pair, ret_problem, err) : 0;
}

int prototypes_compare_new(struct prototypes *prototypes, const char *object, const char *name,
			   const char *own, char **ret_problem, struct error *err)
{
	return compare_found(prototypes, object, name, own, true, ret_problem, err);
}

int prototypes_compare_called(struct prototypes *prototypes, const char *object, const char *name,
			      const char *own, char **ret_problem, struct error *err)
{
	return compare_found(prototypes, object, name, own, false, ret_problem, err);
}
