// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/assembly.h"

#include <string.h>

#include "base/text.h"
#include "emit/extent.h"
#include "emit/klp_tables.h"
#include "emit/names.h"
#include "emit/place.h"
#include "emit/runtime_constant.h"

#define STATIC_CALL_TRAMPOLINE "__SCT__" /* include/linux/static_call_types.h */

struct external {
	struct elf_symbol *symbol; /* undefined, in the assembly's object */
	const char *plain; /* its name there */
	const char *final; /* the name it gets */
};

struct assembler {
	struct assembly *assembly;
	const struct emit_unit *units;
	size_t unit_count;
	const struct emit_unit *unit; /* the one at work */
	struct linkages *linkages;
	struct finding_list *findings;
	struct map *by_final; /* final name -> struct elf_symbol */
	struct map *by_plain; /* plain names that are taken */
	bool is_incomplete; /* a relocation could not be made: a finding says why */
};

static void refuse(struct assembler *assembler, enum rule_id rule, const char *name,
		   const char *section, const char *detail)
{
	finding_add(assembler->findings, rule, assembler->unit->linkage.source, name, section, "%s",
		    detail);
}

/* The name in the finished module; in the arena. NULL with a finding if livepatch has no room. */
static const char *final_name(struct assembler *assembler, const struct linkage *linkage)
{
	struct arena *arena = assembler->assembly->object->arena;
	const char *patched = assembler->unit->linkage.object;

	if (linkage->export)
		return linkage->name;
	if (!klp_name_fits(linkage->object, linkage->name)) {
		refuse(assembler, RULE_LONG_NAME, linkage->name, NULL,
		       "it cannot be written as a livepatch symbol");
		return NULL;
	}

	const char *name = arena_printf(arena, KLP_SYMBOL_PREFIX "%s.%s,%u", linkage->object,
					linkage->name, linkage->sympos);

	if (is_vmlinux(linkage->object) || !strcmp(linkage->object, patched))
		return name;
	return arena_printf(arena, KLP_PATCHED_PREFIX "%s/%s", patched, name);
}

/*
 * The trampoline of a static call that a module owns. A site would be registered before the key's
 * address is known, so objtool must not see by the name that it is one: the call stays a call of the
 * trampoline, which jumps to whatever is set at the time (kernel/static_call_inline.c,
 * __static_call_update()).
 */
static bool is_far_trampoline(const struct linkage *linkage)
{
	return has_prefix(linkage->name, STATIC_CALL_TRAMPOLINE) && !linkage->export &&
	       !is_vmlinux(linkage->object);
}

static struct elf_symbol *add_external(struct assembler *assembler, const struct linkage *linkage)
{
	struct assembly *assembly = assembler->assembly;
	const char *final = final_name(assembler, linkage);

	if (!final)
		return NULL;

	struct elf_symbol *symbol = map_find(assembler->by_final, final);

	if (symbol)
		return symbol;

	/* Namesakes: only the first can have the plain name. */
	bool has_plain = !map_has(assembler->by_plain, linkage->name) && !is_far_trampoline(linkage);
	const char *plain = has_plain ? linkage->name : final;

	symbol = object_add_symbol(assembly->object, plain, NULL, 0, 0, STB_GLOBAL, STT_NOTYPE);
	map_set(assembler->by_plain, plain, symbol);
	map_set(assembler->by_final, final, symbol);
	ARRAY_GROW(assembly->externals, assembly->external_capacity, assembly->external_count + 1);
	assembly->externals[assembly->external_count++] =
		(struct external){ .symbol = symbol, .plain = symbol->name, .final = final };
	return symbol;
}

/* objtool makes .static_call_sites from calls of __SCT__name and needs to see __SCK__name
 * (tools/objtool/check.c, create_static_call_sections()). */
static int add_static_call_key(struct assembler *assembler, const char *trampoline,
			       const struct linkage *linkage)
{
	if (!has_prefix(trampoline, STATIC_CALL_TRAMPOLINE))
		return 0;
	if (is_far_trampoline(linkage)) {
		refuse(assembler, RULE_STATIC_CALL, trampoline, NULL,
		       "its key belongs to a module: the call goes through the trampoline");
		return 0;
	}

	auto_free char *key = xasprintf("__SCK__%s", trampoline + strlen(STATIC_CALL_TRAMPOLINE));
	auto_finding_list struct finding_list ignored = { 0 };
	const struct linkage *found = linkage_of_outside(
		assembler->linkages, &assembler->unit->linkage, key, &ignored);

	/* Without a key the loader finds it by the trampoline (kernel/static_call_inline.c). */
	if (found && (found->export || is_vmlinux(found->object)))
		add_external(assembler, found);
	return 0;
}

/* Special sections are processed when the livepatch is loaded; symbols of modules are resolved
 * when the module comes (kernel/livepatch/core.c, klp_apply_section_relocs()). */
static int check_late(struct assembler *assembler, const struct atom *from, const struct row *row,
		      const struct linkage *linkage)
{
	if (linkage->export || is_vmlinux(linkage->object))
		return 0;
	if (row && !strcmp(row->section->name, "__jump_table")) {
		refuse(assembler, RULE_JUMP_LABEL_MODULE, atom_text(from), "__jump_table",
		       linkage->name);
		return -1;
	}
	/* Per-CPU data is copied to the CPUs before the module's symbols are there. */
	if (row || from->kind == SECTION_FRAGMENT || has_prefix(from->section->name, ".data..percpu")) {
		refuse(assembler, RULE_LATE_SPECIAL, atom_text(from),
		       row ? row->section->name : from->section->name, linkage->name);
		return -1;
	}
	return 0;
}

/* A function or variable that another unit of this patch newly defines. One of another object is only
 * meant if that exports it: modules may have symbols of one name. */
static const struct atom *find_new_global(struct assembler *assembler, const char *name,
					  const char **ret_owner)
{
	const char *object = assembler->unit->linkage.object;

	for (size_t i = 0; i < assembler->unit_count; i++) {
		const struct emit_unit *unit = &assembler->units[i];
		const struct atom *atom = changeset_new_global(unit->changeset, name);

		*ret_owner = unit->linkage.object;
		if (atom && atom->is_carried &&
		    (!strcmp(unit->linkage.object, object) ||
		     changeset_exports(unit->changeset, name)))
			return atom;
	}
	return NULL;
}

struct destination { /* of an emitted relocation */
	struct elf_symbol *symbol;
	int64_t offset; /* from the symbol */
};

/*
 * By section, as an assembler does it for local symbols: objtool takes a jump that names a function for
 * a sibling call (tools/objtool/check.c, add_jump_destinations()), and gives up, with status 0, on
 * an annotation that names anything but a section (add_dead_ends()).
 */
static struct destination to_placed(struct assembler *assembler, const struct atom *atom,
				    int64_t offset)
{
	const struct placed *placed = placed_of(atom);

	return (struct destination){ section_symbol(assembler->assembly->object, placed->section),
				     (int64_t)placed->offset + offset };
}

/* What is no branch takes the address, to branch to it indirectly some time. */
static int check_sealed(struct assembler *assembler, const struct atom *from, const struct row *row,
			const struct elf_reloc *reloc, const struct linkage *linkage)
{
	struct error err;
	bool sealed;

	if (reloc_is_branch(row ? row->section : from->section, reloc))
		return 0;
	if (linkage_is_sealed(assembler->linkages, linkage, &sealed, &err) < 0) {
		refuse(assembler, RULE_IBT, atom_text(from), NULL, err.msg);
		return -1;
	}
	if (!sealed)
		return 0;
	finding_add(assembler->findings, RULE_IBT, assembler->unit->linkage.source, atom_text(from),
		    NULL, "it takes the address of %s, whose ENDBR the kernel removes",
		    linkage->name);
	return -1;
}

static int to_outside(struct assembler *assembler, const struct atom *from, const struct row *row,
		      const struct elf_reloc *reloc, const struct linkage *linkage, int64_t offset,
		      struct destination *ret_destination)
{
	if (!linkage || check_late(assembler, from, row, linkage) < 0 ||
	    check_sealed(assembler, from, row, reloc, linkage) < 0 ||
	    add_static_call_key(assembler, linkage->name, linkage) < 0)
		return -1;
	*ret_destination = (struct destination){ add_external(assembler, linkage), offset };
	return ret_destination->symbol ? 0 : -1;
}

static int find_destination(struct assembler *assembler, const struct atom *from,
			    const struct row *row, const struct elf_reloc *reloc,
			    const struct reference *reference, struct destination *ret_destination)
{
	const struct linkage_unit *unit = &assembler->unit->linkage;
	struct object *out = assembler->assembly->object;
	const struct atom *atom = reference->atom;
	struct elf_section *section;
	const char *owner;

	switch (reference->kind) {
	case REFERENCE_CARRIED:
		*ret_destination = to_placed(assembler, atom, reference->offset);
		return 0;
	case REFERENCE_ORIGINAL:
		if (!atom->symbol) {
			refuse(assembler, RULE_MISSING_SYMBOL, atom_text(atom), NULL,
			       "it has no name by which the running kernel's could be found");
			return -1;
		}
		return to_outside(assembler, from, row, reloc,
				  linkage_of_own(assembler->linkages, unit, atom->symbol,
						 assembler->findings),
				  reference->offset - (int64_t)atom_entry(atom), ret_destination);
	case REFERENCE_OUTSIDE:
		atom = find_new_global(assembler, reference->target.symbol->name, &owner);
		/* Its own references are resolved when its module comes. */
		if (atom && strcmp(owner, unit->object) &&
		    !linkage_may_use(assembler->linkages, unit, owner, atom->name,
				     assembler->findings))
			return -1;
		if (atom) {
			*ret_destination = to_placed(assembler, atom,
						     reference->offset + (int64_t)atom_entry(atom));
			return 0;
		}
		return to_outside(assembler, from, row, reloc,
				  linkage_of_outside(assembler->linkages, unit,
						     reference->target.symbol->name,
						     assembler->findings),
				  reference->offset, ret_destination);
	case REFERENCE_COPY:
		ret_destination->offset = (int64_t)place_copy(out, &reference->target, &section);
		ret_destination->symbol = section_symbol(out, section);
		return 0;
	case REFERENCE_NUMBER:
		*ret_destination = (struct destination){ NULL, reference->offset };
		return 0;
	}
	return -1;
}

static void emit_reloc(struct assembler *assembler, const struct atom *from, const struct row *row,
		       const struct elf_reloc *reloc, struct elf_section *section, uint64_t offset)
{
	struct reference reference;
	struct destination destination;

	if (reference_of(assembler->unit->changeset, from, row, reloc, &reference) < 0 ||
	    find_destination(assembler, from, row, reloc, &reference, &destination) < 0) {
		assembler->is_incomplete = true;
		return;
	}
	relocs_add(assembler->assembly->object, &section->relocs,
		   (struct elf_reloc){
			   .offset = offset,
			   .type = reloc->type,
			   .addend = destination.offset - (int64_t)reference.target.tail,
			   .symbol = destination.symbol,
		   });
}

/* A value that the kernel wrote into its own code at boot is loaded from its variable instead. */
static bool take_runtime_constant(struct assembler *assembler, const struct atom *atom,
				  const struct row *row)
{
	struct object *out = assembler->assembly->object;
	const char *variable = runtime_constant_variable(row->section->name);
	const struct placed *placed = placed_of(atom);
	uint64_t field;

	if (!runtime_constant_is(row->section->name))
		return false;

	const struct linkage *linkage =
		variable ? linkage_of_outside(assembler->linkages, &assembler->unit->linkage,
					      variable, assembler->findings) :
			   NULL;
	struct elf_symbol *symbol = linkage ? add_external(assembler, linkage) : NULL;

	if (!symbol ||
	    !runtime_constant_rewrite(section_make_writable(out, placed->section),
				      placed->section->size, placed->offset + row->place, &field)) {
		refuse(assembler, RULE_RUNTIME_CONSTANT, atom_text(atom), row->section->name,
		       "the instruction is not one that suture can turn into a load");
		return true;
	}
	relocs_add(out, &placed->section->relocs,
		   (struct elf_reloc){ field, R_X86_64_PC32, -4, symbol });
	return true;
}

static void emit_rows(struct assembler *assembler, const struct atom *atom)
{
	for (const struct row *row = atom->rows; row; row = row->next) {
		struct elf_section *section;

		if (take_runtime_constant(assembler, atom, row))
			continue;
		uint64_t offset = place_row(assembler->assembly->object, row, &section);

		for (size_t i = 0; i < row->reloc_count; i++)
			emit_reloc(assembler, atom, row, &row->relocs[i], section,
				   offset + row->relocs[i].offset - row->offset);
	}
}

/* Code ends with a call: the compiler saw that the function does not return. */
static bool ends_with_call(const struct atom *atom)
{
	const struct elf_reloc *last = atom->reloc_count ? &atom->relocs[atom->reloc_count - 1] :
							   NULL;

	return atom->is_function && last && last->offset + 4 == atom->end &&
	       last->offset > atom->start && atom->section->data[last->offset - 1] == 0xe8;
}

/* objtool knows from the body that a static function does not return. Here the body may be missing,
 * and objtool is told as BUG() does it (tools/objtool/check.c, add_dead_ends()). */
static void mark_dead_end(struct assembler *assembler, const struct placed *placed, uint64_t end)
{
	struct object *out = assembler->assembly->object;
	struct elf_section *section = object_find_section(out, ".discard.unreachable");
	static const uint8_t row[4];

	if (!section)
		section = object_add_section(out, ".discard.unreachable", SHT_PROGBITS, 0, 1);
	relocs_add(out, &section->relocs,
		   (struct elf_reloc){ section_append(out, section, row, sizeof(row), 1),
				       R_X86_64_PC32, (int64_t)(placed->offset + end),
				       section_symbol(out, placed->section) });
}

static void emit_atom(struct assembler *assembler, const struct atom *atom)
{
	const struct placed *placed = placed_of(atom);

	for (size_t i = 0; i < atom->reloc_count; i++)
		emit_reloc(assembler, atom, NULL, &atom->relocs[i], placed->section,
			   placed->offset + atom->relocs[i].offset - atom->start);
	emit_rows(assembler, atom);
	if (ends_with_call(atom))
		mark_dead_end(assembler, placed, atom->end - atom->start);
}

/* Another name at the same address: a redirect would hit it as well. Aliases within the unit are
 * the same code before and after. */
static void check_shared(struct assembler *assembler, const struct atom *atom,
			 const struct emit_function *function)
{
	const struct elf_symbol *symbol = atom->twin->symbol;
	const struct symbol_table *table;
	const char *other;
	struct error err;

	if (!is_vmlinux(function->object) || !function->address ||
	    linkages_table(assembler->linkages, VMLINUX, &table, &err) < 0)
		return;
	other = shared_function(table, function->address, symbol->section, symbol->value);
	if (other)
		finding_add(assembler->findings, RULE_SHARED_ADDRESS,
			    assembler->unit->linkage.source, function->name, NULL,
			    "%s has the same address", other);
}

/* The position in the object's own table: exports are found by name there as well. */
static const struct linkage *linkage_of_function(struct assembler *assembler,
						 const struct elf_symbol *symbol)
{
	const struct linkage_unit *unit = &assembler->unit->linkage;

	if (symbol->bind == STB_LOCAL)
		return linkage_of_own(assembler->linkages, unit, symbol, assembler->findings);
	return linkage_of_global(assembler->linkages, unit, symbol->name, assembler->findings);
}

static void add_object(struct assembly *assembly, const char *object)
{
	if (!text_list_has(&assembly->objects, object))
		text_list_add(&assembly->objects, object);
}

static void add_function(struct assembler *assembler, const struct atom *atom)
{
	struct assembly *assembly = assembler->assembly;
	const struct linkage *linkage = linkage_of_function(assembler, atom->twin->symbol);

	if (!linkage)
		return;
	if (atom->twin->symbol->bind == STB_WEAK && !linkage->is_weak) {
		refuse(assembler, RULE_WEAK_SYMBOL, atom->name, NULL,
		       "the kernel was linked with another definition");
		return;
	}

	struct emit_function function = {
		.name = linkage->name,
		.object = linkage->object,
		.unit = assembler->unit->linkage.source,
		.sympos = linkage->sympos,
		.address = linkage->address,
		.size = atom->symbol->size,
		.atom = atom,
	};

	check_shared(assembler, atom, &function);
	ARRAY_GROW(assembly->functions, assembly->function_capacity, assembly->function_count + 1);
	assembly->functions[assembly->function_count++] = function;
	add_object(assembly, function.object);
}

static void add_state(struct assembly *assembly, const struct klp_state_fact *state)
{
	for (size_t i = 0; i < assembly->state_count; i++)
		if (assembly->states[i].id == state->id)
			return;
	ARRAY_GROW(assembly->states, assembly->state_capacity, assembly->state_count + 1);
	assembly->states[assembly->state_count++] = *state;
}

/* An object may have callbacks and no function that is replaced. */
static void add_records(struct assembly *assembly, const struct emit_unit *unit)
{
	const struct changeset *changeset = unit->changeset;

	for (size_t kind = 0; kind < CALLBACK_COUNT; kind++) {
		if (!changeset->callbacks[kind])
			continue;
		ARRAY_GROW(assembly->callbacks, assembly->callback_capacity,
			   assembly->callback_count + 1);
		assembly->callbacks[assembly->callback_count++] = (struct emit_callback){
			.object = unit->linkage.object,
			.unit = unit->linkage.source,
			.kind = kind,
			.atom = changeset->callbacks[kind],
		};
		add_object(assembly, unit->linkage.object);
	}
	for (size_t i = 0; i < changeset->state_count; i++)
		add_state(assembly, &changeset->states[i]);
}

typedef void (*atom_action)(struct assembler *, const struct atom *);

static void for_each_carried(struct assembler *assembler, atom_action action)
{
	for (size_t i = 0; i < assembler->unit_count; i++) {
		const struct changeset *changeset = assembler->units[i].changeset;

		assembler->unit = &assembler->units[i];
		for (size_t k = 0; k < changeset->carried_count; k++)
			action(assembler, changeset->carried[k]);
	}
}

static void list_one(struct assembler *assembler, const struct atom *atom)
{
	if (atom_is_replacement(atom))
		add_function(assembler, atom);
}

int assembly_make(const struct emit_unit *units, size_t count, struct linkages *linkages,
		  const struct template_layout *layout, struct finding_list *findings,
		  struct assembly **ret_assembly, struct error *err)
{
	auto_assembly struct assembly *assembly = xcalloc(1, sizeof(*assembly));
	auto_map struct map *by_final = map_new();
	auto_map struct map *by_plain = map_new();
	struct assembler assembler = {
		.assembly = assembly,
		.units = units,
		.unit_count = count,
		.linkages = linkages,
		.findings = findings,
		.by_final = by_final,
		.by_plain = by_plain,
	};

	assembly->object = object_new("the livepatch");
	extent_place(units, count, assembly->object);
	extent_list(units, count, &assembly->within);
	for_each_carried(&assembler, list_one);
	for_each_carried(&assembler, emit_atom);
	for (size_t i = 0; i < count; i++) {
		add_records(assembly, &units[i]);
		finding_list_add_all(findings, &units[i].changeset->findings);
	}
	if (finding_list_error(findings, err) < 0)
		return -1;
	/* Code that lacks a relocation must never leave, whatever the rules' verdicts are. */
	if (assembler.is_incomplete)
		return error_set(err, ERROR_REFUSED,
				 "a reference of the patched code has no destination");
	klp_tables_make(assembly, layout);
	*ret_assembly = steal_ptr(assembly);
	return 0;
}

void assembly_free(struct assembly *assembly)
{
	if (!assembly)
		return;
	object_free(assembly->object);
	text_list_clear(&assembly->objects);
	text_list_clear(&assembly->within);
	free(assembly->functions);
	free(assembly->callbacks);
	free(assembly->states);
	free(assembly->externals);
	free(assembly);
}

void assembly_rename(const struct assembly *assembly, struct object *object)
{
	auto_map struct map *finals = map_new();

	for (size_t i = 0; i < assembly->external_count; i++)
		map_set(finals, assembly->externals[i].plain, (void *)assembly->externals[i].final);
	for (size_t i = 0; i < object->symbol_count; i++) {
		struct elf_symbol *symbol = object->symbols[i];
		const char *final = symbol->section ? NULL : map_find(finals, symbol->name);

		if (final)
			symbol->name = arena_strdup(object->arena, final);
	}
	extent_rename(&assembly->within, object);
}
