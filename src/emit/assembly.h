/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From changesets to one relocatable object: carried atoms, rows of special sections, and the tables
 * of klp_object and klp_func. What the running kernel has is referred to by undefined symbols, each
 * with its linkage; objtool sees their plain names, assembly_rename() then gives them their final
 * ones.
 */
#ifndef SUTURE_EMIT_ASSEMBLY_H
#define SUTURE_EMIT_ASSEMBLY_H

#include "diff/changeset.h"
#include "elf/object.h"
#include "emit/linkage.h"
#include "emit/template.h"

struct emit_unit {
	struct changeset *changeset; /* borrowed */
	struct linkage_unit linkage;
};

struct emit_function { /* a function that the module replaces */
	const char *name;
	const char *object;
	const char *unit; /* source file */
	unsigned sympos;
	uint64_t address; /* as linkage.address */
	uint64_t size; /* of the new code, bytes */
	const struct atom *atom;
};

struct emit_callback { /* a function that the kernel calls when an object is patched or unpatched */
	const char *object;
	const char *unit; /* source file */
	enum callback_kind kind;
	const struct atom *atom;
};

struct assembly {
	struct object *object;
	struct emit_function *functions;
	size_t function_count, function_capacity;
	struct emit_callback *callbacks;
	size_t callback_count, callback_capacity;
	struct klp_state_fact *states; /* each number once */
	size_t state_count, state_capacity;
	struct external *externals; /* private */
	size_t external_count, external_capacity;
	struct text_list objects; /* "vmlinux" and modules, in order of klp_object */
	struct text_list within; /* sections, see extent.h */
};

/* Refusals are added to the findings, then ERROR_REFUSED. */
int assembly_make(const struct emit_unit *units, size_t count, struct linkages *linkages,
		  const struct template_layout *layout, struct finding_list *findings,
		  struct assembly **ret_assembly, struct error *err);
void assembly_free(struct assembly *assembly);
DEFINE_AUTO(assembly)
#define auto_assembly __attribute__((cleanup(auto_assembly_cleanup)))

/*
 * Gives the undefined symbols of an object that was written from the assembly their final names.
 * A livepatch symbol is ".klp.sym.<object>.<name>,<sympos>"; where the module that is patched is not
 * the one that has the symbol, ".klp.rela.<patched>/" stands in front until module_finish().
 */
void assembly_rename(const struct assembly *assembly, struct object *object);

#define KLP_SYMBOL_PREFIX ".klp.sym."
#define KLP_PATCHED_PREFIX ".klp.rela."

#endif
