// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables that klp_enable_patch() takes, walked as the kernel walks them (klp_for_each_object_static()
 * and its like, include/linux/livepatch.h). Whoever makes a livepatch fills in the first fields of
 * each struct; the rest is the kernel's own state, and must be zero: a klp_func with "nop" set, say,
 * would be registered, and the function not be replaced.
 */
#include <string.h>

#include "proof/audit_glue.h"

#define POINTER 8
#define MODULE_NAME_SIZE (64 - POINTER) /* MODULE_NAME_LEN, include/linux/moduleparam.h */
#define FUNC_FIELDS (3 * POINTER) /* old_name, new_func, old_sympos */
#define OBJECT_FIELDS (6 * POINTER) /* name, funcs, four callbacks */

struct spot {
	const struct elf_section *section;
	uint64_t offset;
};

struct walk {
	struct audit_work *work;
	const struct glue_layout *layout;
	size_t functions, callbacks, states; /* met */
};

static bool is_inside(struct spot spot, uint64_t size)
{
	return spot.section && spot.section->data && size <= spot.section->size &&
	       spot.offset <= spot.section->size - size;
}

/* Where a pointer there leads; section NULL: nowhere that the module has. */
static struct spot follow(struct spot spot, uint64_t offset)
{
	const struct elf_reloc *reloc = glue_reloc(spot.section, spot.offset + offset);

	if (!reloc || !reloc->symbol || !reloc->symbol->section || reloc->type != R_X86_64_64)
		return (struct spot){ 0 };
	return (struct spot){ reloc->symbol->section,
			      reloc->symbol->value + (uint64_t)reloc->addend };
}

static bool is_empty(struct spot spot, uint64_t from, uint64_t to)
{
	const struct elf_relocs *relocs = &spot.section->relocs;

	for (uint64_t i = from; i < to; i++)
		if (spot.section->data[spot.offset + i])
			return false;
	for (size_t i = 0; i < relocs->count; i++)
		if (relocs->items[i].offset >= spot.offset + from &&
		    relocs->items[i].offset < spot.offset + to)
			return false;
	for (size_t i = 0; i < spot.section->symbol_count; i++)
		if (spot.section->symbols[i]->value > spot.offset + from &&
		    spot.section->symbols[i]->value < spot.offset + to &&
		    spot.section->symbols[i]->type == STT_OBJECT)
			return false;
	return true;
}

/* A pointer's bytes are zero and its relocation is the only one in it, or there is none. */
static bool is_pointer(struct spot spot, uint64_t offset)
{
	return is_empty(spot, offset + 1, offset + POINTER) &&
	       !spot.section->data[spot.offset + offset];
}

static bool is_function(const struct walk *walk, struct spot spot, const char *object)
{
	const struct livepatch *livepatch = &walk->work->livepatch;

	for (size_t i = 0; i < livepatch->count; i++)
		if (livepatch->functions[i].table == spot.section &&
		    livepatch->functions[i].table_offset == spot.offset)
			return !strcmp(livepatch->functions[i].object, object);
	return false;
}

/* In .bss there is room for zeros only, which end a table. */
static bool is_end(struct spot spot, uint64_t size)
{
	return spot.section && spot.section->type == SHT_NOBITS && size <= spot.section->size &&
	       spot.offset <= spot.section->size - size;
}

/* The kernel writes its own state into them whenever the patch is enabled, switched or disabled; what a module may
 * write only until its init is done (kernel/module/main.c, ro_after_init) makes it fault then. */
static void check_written(struct walk *walk, struct spot table, const char *what)
{
	if (table.section && (!(table.section->flags & SHF_WRITE) ||
			      !strcmp(table.section->name, ".data..ro_after_init")))
		audit_fail(walk->work, "the %s are in %s: the kernel writes into them when the module has initialised",
			   what, table.section->name);
}

static void walk_functions(struct walk *walk, struct spot table, const char *object)
{
	if (is_end(table, walk->layout->func_size))
		return;
	check_written(walk, table, "functions");
	for (;; table.offset += walk->layout->func_size) {
		if (!is_inside(table, walk->layout->func_size)) {
			audit_fail(walk->work, "the functions of %s have no end", object);
			return;
		}
		if (is_empty(table, 0, FUNC_FIELDS))
			return;
		if (!is_function(walk, table, object) || !is_pointer(table, 0) ||
		    !is_pointer(table, POINTER) ||
		    glue_reloc(table.section, table.offset + 2 * POINTER) ||
		    !is_empty(table, 2 * POINTER + 4, FUNC_FIELDS)) /* a number, and no large one */
			audit_fail(walk->work, "an entry of the functions of %s makes no sense", object);
		if (!is_empty(table, FUNC_FIELDS, walk->layout->func_size))
			audit_fail(walk->work, "an entry of the functions of %s sets what is the kernel's own to set",
				   object);
		if (walk->functions++ == walk->work->livepatch.count)
			return; /* the sum at the end is wrong */
	}
}

static bool is_callback(const struct walk *walk, struct spot spot, const char *object, unsigned kind)
{
	const struct livepatch *livepatch = &walk->work->livepatch;
	struct spot code = follow(spot, (2 + kind) * POINTER);

	for (size_t i = 0; i < livepatch->callback_count; i++)
		if (livepatch->callbacks[i].kind == kind &&
		    !strcmp(livepatch->callbacks[i].object, object) &&
		    livepatch->callbacks[i].code_section == code.section &&
		    livepatch->callbacks[i].code_offset == code.offset)
			return true;
	return false;
}

static const char *object_name(struct spot spot)
{
	struct spot text = follow(spot, 0);

	if (!text.section)
		return "vmlinux";
	if (!is_inside(text, 1) || !memchr(text.section->data + text.offset, 0,
					   text.section->size - text.offset))
		return "?";
	return (const char *)text.section->data + text.offset;
}

static void walk_object(struct walk *walk, struct spot spot)
{
	const char *object = object_name(spot);

	for (unsigned i = 0; i < OBJECT_FIELDS / POINTER; i++)
		if (!is_pointer(spot, i * POINTER))
			audit_fail(walk->work, "the entry of %s makes no sense", object);
	if (!is_empty(spot, OBJECT_FIELDS, walk->layout->object_size))
		audit_fail(walk->work, "the entry of %s sets what is the kernel's own to set", object);
	for (unsigned kind = 0; kind < 4; kind++) {
		if (!glue_reloc(spot.section, spot.offset + (2 + kind) * POINTER))
			continue;
		walk->callbacks++;
		if (!is_callback(walk, spot, object, kind))
			audit_fail(walk->work, "the %s callback of %s is no function of the module",
				   livepatch_callback_name(kind), object);
	}
	walk_functions(walk, follow(spot, POINTER), object);
}

static void walk_objects(struct walk *walk, struct spot table)
{
	/* Each has a function or a callback. */
	size_t left = walk->work->livepatch.count + walk->work->livepatch.callback_count + 1;

	check_written(walk, table, "objects");
	for (; left--; table.offset += walk->layout->object_size) {
		if (!is_inside(table, walk->layout->object_size)) {
			audit_fail(walk->work, "the table of objects has no end");
			return;
		}
		if (is_empty(table, 0, 2 * POINTER)) {
			if (!is_empty(table, 0, walk->layout->object_size))
				audit_fail(walk->work, "the table of objects has no end");
			return;
		}
		walk_object(walk, table);
	}
	audit_fail(walk->work, "it has more objects than functions and callbacks");
}

static void walk_states(struct walk *walk, struct spot table)
{
	const uint64_t size = walk->layout->state_size;

	for (;; table.offset += size) {
		if (!is_inside(table, size)) {
			audit_fail(walk->work, "the table of states has no end");
			return;
		}
		if (is_empty(table, 0, size))
			return;

		uint64_t id;

		memcpy(&id, table.section->data + table.offset, sizeof(id));
		/* The number 0 ends the table, and so does no other. */
		if (!id || glue_reloc(table.section, table.offset) ||
		    !is_empty(table, size - POINTER, size))
			audit_fail(walk->work, "an entry of the states makes no sense");
		if (!id)
			return;
		if (walk->states++ == walk->work->livepatch.state_count)
			return;
	}
}

void audit_tables(struct audit_work *work, const struct glue_layout *layout,
		  const struct elf_section *section, uint64_t offset)
{
	struct walk walk = { .work = work, .layout = layout };
	struct spot patch = { section, offset };
	const struct livepatch *livepatch = &work->livepatch;
	bool has_states;

	if (!is_inside(patch, layout->patch_size)) {
		audit_fail(work, "the patch is cut off");
		return;
	}
	check_written(&walk, patch, "fields of the patch");
	has_states = glue_reloc(section, offset + layout->states) != NULL;
	if (!is_pointer(patch, layout->mod) || !is_pointer(patch, layout->objs) ||
	    !is_pointer(patch, layout->states) || section->data[offset + layout->replace] > 1 ||
	    !is_empty(patch, layout->replace + 1, layout->patch_size))
		audit_fail(work, "the patch sets what is the kernel's own to set");
	if (livepatch_fact(livepatch, "suture.patch") && section->data[offset + layout->replace] != 1)
		audit_fail(work, "it does not replace the patches before it");
	walk_objects(&walk, follow(patch, layout->objs));
	if (has_states && livepatch_fact(livepatch, "suture.patch") &&
	    (!follow(patch, layout->states).section ||
	     strcmp(follow(patch, layout->states).section->name, ".data.suture_states") ||
	     follow(patch, layout->states).offset))
		audit_fail(work, "its states are not where suture puts them");
	if (has_states)
		walk_states(&walk, follow(patch, layout->states));
	if (walk.functions != livepatch->count || walk.callbacks != livepatch->callback_count ||
	    walk.states != livepatch->state_count)
		audit_fail(work, "the patch leads to %zu functions, %zu callbacks and %zu states, and the module has %zu, %zu and %zu",
			   walk.functions, walk.callbacks, walk.states, livepatch->count,
			   livepatch->callback_count, livepatch->state_count);
}

/* kbuild fills in the name and the two entry points, and the loader everything else
 * (scripts/mod/modpost.c, add_header()). */
void audit_struct_module(struct audit_work *work, const struct glue_layout *layout)
{
	const struct elf_section *section =
		object_find_section(work->module, ".gnu.linkonce.this_module");
	struct spot spot = { section, 0 };
	const uint64_t ends[][2] = { { layout->name, layout->name + MODULE_NAME_SIZE },
				     { layout->init, layout->init + POINTER },
				     { layout->exit, layout->exit + POINTER } };
	uint64_t at = 0;

	if (!is_inside(spot, layout->module_size) || section->size != layout->module_size) {
		audit_fail(work, "struct module has another size than in the kernel");
		return;
	}
	for (uint64_t i = layout->name + 1; i < ends[0][1]; i++)
		if ((!section->data[i - 1] && section->data[i]) || glue_reloc(section, i)) {
			audit_fail(work, "the name in struct module makes no sense");
			return;
		}
	while (at < section->size) {
		uint64_t skip = at;

		for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
			if (at >= ends[i][0] && at < ends[i][1])
				skip = ends[i][1];
		if (skip == at && !is_empty(spot, at, at + 1)) {
			audit_fail(work, "struct module sets what is the loader's own to set (offset %ju)",
				   (uintmax_t)at);
			return;
		}
		at = skip == at ? at + 1 : skip;
	}
}
