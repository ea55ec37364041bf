// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the code uses of a module, when does it have that? The livepatch core applies relocations for a module
 * when that is loaded, if the livepatch has a klp_object of its name, and at no other time
 * (klp_init_object_loaded() in kernel/livepatch/core.c). Until then, and without it, a call of the module's
 * function is a call of the next instruction. So code that needs them may only run for objects that hold the
 * module (target/held.h): it is followed from each function and callback of the livepatch, and from its entry
 * points, which run whatever is loaded.
 */
#include <stdlib.h>
#include <string.h>

#include "proof/audit_private.h"
#include "target/held.h"

struct node { /* a function or a variable of the livepatch */
	const char *name;
	const struct elf_section *section;
	uint64_t start, end;
	const struct function *function; /* NULL: a variable */
	bool is_table; /* of klp_enable_patch(): what it points at runs for its object, not for who has it */
	bool is_reached; /* from where is looked now */
	bool was_reached;
};

struct search {
	struct audit_work *work;
	struct listing listing;
	struct node *nodes;
	size_t count, capacity;
	size_t *stack, depth, stack_capacity;
	struct text_list patched; /* objects */
	struct held_source source;
};

static bool is_for_module(const struct elf_klp_relocs *klp)
{
	return strcmp(klp->object, "vmlinux") != 0;
}

/* Nodes */

static void add_node(struct search *search, struct node node)
{
	ARRAY_GROW(search->nodes, search->capacity, search->count + 1);
	search->nodes[search->count++] = node;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	if (x->section != y->section)
		return x->section->index < y->section->index ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return 0;
}

/* Several names of one place are one node. */
static void merge_nodes(struct search *search)
{
	size_t kept = 0;

	qsort(search->nodes, search->count, sizeof(*search->nodes), compare_nodes);
	for (size_t i = 0; i < search->count; i++) {
		const struct node *node = &search->nodes[i];
		struct node *last = kept ? &search->nodes[kept - 1] : NULL;

		if (!last || last->section != node->section || last->end <= node->start) {
			search->nodes[kept++] = *node;
			continue;
		}
		if (last->end < node->end)
			last->end = node->end;
		if (!last->function)
			last->function = node->function;
	}
	search->count = kept;
}

static void add_nodes(struct search *search)
{
	const struct object *module = search->work->module;

	for (size_t i = 0; i < search->listing.count; i++) {
		const struct function *function = &search->listing.functions[i];

		add_node(search, (struct node){ .name = function->name, .section = function->section,
						.start = function->start, .end = function->end,
						.function = function });
	}
	for (size_t i = 0; i < module->symbol_count; i++) {
		const struct elf_symbol *symbol = module->symbols[i];

		if (symbol->section && symbol->type == STT_OBJECT && symbol->size &&
		    symbol->value <= symbol->section->size &&
		    symbol->size <= symbol->section->size - symbol->value)
			add_node(search, (struct node){ .name = symbol->name,
							.section = symbol->section,
							.start = symbol->value,
							.end = symbol->value + symbol->size });
	}
	merge_nodes(search);
}

static struct node *node_at(const struct search *search, const struct elf_section *section,
			    uint64_t offset)
{
	size_t low = 0, high = search->count; /* the last that begins at or before it */

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct node *node = &search->nodes[middle];

		if (node->section->index < section->index ||
		    (node->section == section && node->start <= offset))
			low = middle + 1;
		else
			high = middle;
	}

	struct node *found = low ? &search->nodes[low - 1] : NULL;

	return found && found->section == section && offset < found->end ? found : NULL;
}

static bool is_callback(const struct livepatch *livepatch, const struct elf_reloc *reloc)
{
	for (size_t i = 0; i < livepatch->callback_count; i++)
		if (reloc->symbol && reloc->symbol->section == livepatch->callbacks[i].code_section &&
		    reloc->symbol->value + (uint64_t)reloc->addend ==
			    livepatch->callbacks[i].code_offset)
			return true;
	return false;
}

/* The klp_funcs by where they were read, the klp_objects by what they point at. */
static void mark_tables(struct search *search)
{
	const struct livepatch *livepatch = &search->work->livepatch;

	for (size_t i = 0; i < livepatch->count; i++) {
		struct node *table = node_at(search, livepatch->functions[i].table,
					     livepatch->functions[i].table_offset);

		if (table)
			table->is_table = true;
	}
	for (size_t i = 0; i < search->count; i++) {
		struct node *node = &search->nodes[i];
		const struct elf_relocs *relocs = &node->section->relocs;

		for (size_t k = relocs_from(relocs, node->start);
		     !node->function && k < relocs->count && relocs->items[k].offset < node->end; k++) {
			const struct elf_reloc *reloc = &relocs->items[k];
			const struct node *to;

			if (!reloc->symbol || !reloc->symbol->section)
				continue;
			to = node_at(search, reloc->symbol->section,
				     reloc->symbol->value + (uint64_t)reloc->addend);
			if ((to && to->is_table && !to->function) || is_callback(livepatch, reloc))
				node->is_table = true;
		}
	}
}

/* Following */

static void reach(struct search *search, const struct elf_section *section, uint64_t offset)
{
	struct node *node = section ? node_at(search, section, offset) : NULL;

	if (!node || node->is_reached || node->is_table)
		return;
	node->is_reached = node->was_reached = true;
	ARRAY_GROW(search->stack, search->stack_capacity, search->depth + 1);
	search->stack[search->depth++] = (size_t)(node - search->nodes);
}

/* `end`: of the instruction, from which a relative field counts. */
static void reach_target(struct search *search, const struct elf_reloc *reloc, uint64_t end)
{
	if (reloc->symbol && reloc->symbol->section)
		reach(search, reloc->symbol->section,
		      reloc->symbol->value + (uint64_t)reloc->addend +
			      (is_reloc_relative(reloc->type) ? end - reloc->offset : 0));
}

static void follow_line(struct search *search, const struct node *node, const struct line *line)
{
	uint64_t end = line->offset + line->instruction.length;

	for (size_t i = 0; i < line->reloc_count; i++)
		reach_target(search, &line->relocs[i], end);
	if (!line->reloc_count && line->instruction.relative_size)
		reach(search, node->section, end + (uint64_t)line->instruction.relative);
}

static void follow(struct search *search, const struct node *node)
{
	const struct elf_relocs *relocs = &node->section->relocs;

	for (size_t i = 0; node->function && i < node->function->count; i++)
		follow_line(search, node, &node->function->lines[i]);
	for (size_t i = relocs_from(relocs, node->start);
	     !node->function && i < relocs->count && relocs->items[i].offset < node->end; i++)
		reach_target(search, &relocs->items[i], relocs->items[i].offset);
}

static void follow_all(struct search *search)
{
	while (search->depth) {
		size_t next = search->stack[--search->depth];

		follow(search, &search->nodes[next]);
	}
}

/* Judging */

static int find_shipped(void *context, const char *object, const struct shipped **ret_shipped,
			struct error *err)
{
	*ret_shipped = audit_shipped(context, object);
	return *ret_shipped ? 0 : error_set(err, ERROR_NOT_FOUND, "the kernel has no %s", object);
}

/* Not even by somebody who is held; what cannot be read has failed already. */
static bool is_held(const struct search *search, const char *user, const char *owner)
{
	bool holds = false;
	struct error ignored;

	return object_holds(&search->source, user, owner, &holds, &ignored) < 0 || holds;
}

static bool needs(const struct elf_klp_relocs *klp, const struct node *node)
{
	size_t i = relocs_from(&klp->relocs, node->start);

	return klp->target == node->section && i < klp->relocs.count &&
	       klp->relocs.items[i].offset < node->end;
}

static void judge_reached(struct search *search, const char *object)
{
	const struct object *module = search->work->module;

	for (size_t i = 0; i < search->count; i++)
		for (size_t k = 0; search->nodes[i].is_reached && k < module->klp_count; k++)
			if (is_for_module(module->klp[k]) && needs(module->klp[k], &search->nodes[i]) &&
			    !is_held(search, object, module->klp[k]->object))
				audit_fail(search->work, "%s needs symbols of %s and is used in %s, which does not hold it: it may not be loaded then",
					   search->nodes[i].name, module->klp[k]->object, object);
}

static void forget_reached(struct search *search)
{
	for (size_t i = 0; i < search->count; i++)
		search->nodes[i].is_reached = false;
}

/* What runs for one object. */
static void judge_object(struct search *search, const char *object)
{
	const struct livepatch *livepatch = &search->work->livepatch;

	forget_reached(search);
	for (size_t i = 0; i < livepatch->count; i++)
		if (!strcmp(livepatch->functions[i].object, object))
			reach(search, livepatch->functions[i].code_section,
			      livepatch->functions[i].code_offset);
	for (size_t i = 0; i < livepatch->callback_count; i++)
		if (!strcmp(livepatch->callbacks[i].object, object))
			reach(search, livepatch->callbacks[i].code_section,
			      livepatch->callbacks[i].code_offset);
	follow_all(search);
	judge_reached(search, object);
}

/* What runs when the livepatch itself is loaded or removed. */
static void judge_entries(struct search *search)
{
	const struct object *module = search->work->module;

	forget_reached(search);
	for (size_t i = 0; i < module->symbol_count; i++)
		if (module->symbols[i]->section && (!strcmp(module->symbols[i]->name, "init_module") ||
						    !strcmp(module->symbols[i]->name, "cleanup_module")))
			reach(search, module->symbols[i]->section, module->symbols[i]->value);
	follow_all(search);
	judge_reached(search, "vmlinux");
}

/* Whoever uses what nobody was seen to use. */
static void judge_rest(struct search *search, const struct elf_klp_relocs *klp)
{
	for (size_t i = 0; i < klp->relocs.count; i++) {
		const struct node *node = node_at(search, klp->target, klp->relocs.items[i].offset);

		for (size_t k = 0; (!node || !node->was_reached) && k < search->patched.count; k++)
			if (!is_held(search, search->patched.items[k], klp->object))
				audit_fail(search->work, "%s+0x%jx needs a symbol of %s, and it cannot be told that nothing in %s uses it",
					   klp->target->name, (uintmax_t)klp->relocs.items[i].offset,
					   klp->object, search->patched.items[k]);
	}
}

/* Its own symbols, and those of modules that it holds. */
static void judge_table(struct search *search, const struct elf_klp_relocs *klp)
{
	if (!text_list_has(&search->patched, klp->object))
		audit_fail(search->work, "relocations for %s are never applied: the livepatch patches nothing in it",
			   klp->object);
	for (size_t i = 0; i < klp->relocs.count; i++) {
		auto_free char *owner = NULL, *name = NULL;
		uint64_t sympos;

		if (klp->relocs.items[i].symbol &&
		    livepatch_symbol_parse(klp->relocs.items[i].symbol->name, &owner, &name, &sympos) &&
		    !is_held(search, klp->object, owner))
			audit_fail(search->work, "%s uses %s of %s, which it does not hold: it may not be loaded",
				   klp->object, name, owner);
	}
}

static void judge(struct search *search)
{
	const struct object *module = search->work->module;

	livepatch_add_objects(&search->work->livepatch, &search->patched);
	add_nodes(search);
	mark_tables(search);
	for (size_t i = 0; i < search->patched.count; i++)
		judge_object(search, search->patched.items[i]);
	judge_entries(search);
	for (size_t i = 0; i < module->klp_count; i++)
		if (is_for_module(module->klp[i])) {
			judge_table(search, module->klp[i]);
			judge_rest(search, module->klp[i]);
		}
}

void audit_held(struct audit_work *work)
{
	struct search search = {
		.work = work,
		.source = { .symvers = work->symvers, .find = find_shipped, .context = work },
	};
	bool is_needed = false;

	for (size_t i = 0; i < work->module->klp_count; i++)
		is_needed |= is_for_module(work->module->klp[i]);
	if (!is_needed)
		return;
	listing_make(work->module, &search.listing);
	judge(&search);
	listing_clear(&search.listing);
	text_list_clear(&search.patched);
	free(search.nodes);
	free(search.stack);
}
