// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The livepatch parts of a module: symbols, relocations, the table of functions. What the kernel
 * expects: Documentation/livepatch/module-elf-format.rst, kernel/livepatch/core.c.
 */
#include <string.h>

#include "diff/section_kind.h"
#include "elf/fentry.h"
#include "proof/audit_private.h"

#define OBJECT_NAME_LIMIT 55 /* MODULE_NAME_LEN - 1 */
#define SYMBOL_NAME_LIMIT 127 /* klp_resolve_symbols() reads that many with sscanf() */

static bool is_klp(const struct elf_symbol *symbol)
{
	return symbol && !symbol->section && symbol->special == SHN_LIVEPATCH;
}

static void check_symbol(struct audit_work *work, const struct elf_symbol *symbol)
{
	auto_free char *object = NULL;
	auto_free char *name = NULL;
	const struct shipped *shipped;
	uint64_t sympos;
	size_t index;

	if (!livepatch_symbol_parse(symbol->name, &object, &name, &sympos)) {
		audit_fail(work, "%s is no name of a livepatch symbol", symbol->name);
		return;
	}
	if (strlen(object) > OBJECT_NAME_LIMIT || strlen(name) > SYMBOL_NAME_LIMIT)
		audit_fail(work, "%s is too long", symbol->name);
	shipped = audit_shipped(work, object);
	index = shipped ? audit_find_symbol(work, shipped, name, sympos) : SIZE_MAX;
	if (index != SIZE_MAX && audit_is_init(shipped, index))
		audit_fail(work, "%s: %s is in memory that is given back", object, name);
}

void audit_klp_symbols(struct audit_work *work)
{
	for (size_t i = 0; i < work->module->symbol_count; i++) {
		const struct elf_symbol *symbol = work->module->symbols[i];

		if (is_klp(symbol))
			check_symbol(work, symbol);
		else if (!strncmp(symbol->name, ".klp.sym.", 9))
			audit_fail(work, "%s is not marked as a livepatch symbol", symbol->name);
	}
}

/* Sections that are read when the livepatch is loaded, before the patched module's symbols are
 * known (kernel/module/main.c, post_relocation()). */
static bool is_read_early(const struct elf_section *section)
{
	enum section_kind kind = section_rule_find(section)->kind;

	return kind == SECTION_ROWS || kind == SECTION_REGENERATED || kind == SECTION_FRAGMENT;
}

/* What an author can write instead is in suture/livepatch.h. */
static void fail_read_early(struct audit_work *work, const struct elf_klp_relocs *klp,
			    const struct elf_reloc *reloc)
{
	const char *section = klp->target->name, *symbol = reloc->symbol->name;
	size_t prefix = strlen(".klp.sym.") + strlen(klp->object) + 1;
	const char *name = strlen(symbol) > prefix ? symbol + prefix : symbol;
	const char *advice =
		!strcmp(section, "__jump_table")
			? "; read the key with suture_static_branch(), suture_static_branch_likely() or _unlikely()"
		: !strcmp(section, ".static_call_sites") ? "; call it with suture_static_call()"
							 : "";

	audit_fail(work, "%s is read before %s has its symbols, and needs %.*s%s", section, klp->object,
		   (int)strcspn(name, ","), name, advice);
}

static void check_reloc(struct audit_work *work, const struct elf_klp_relocs *klp,
			const struct elf_reloc *reloc)
{
	const struct elf_section *target = klp->target;
	bool for_module = strcmp(klp->object, "vmlinux") != 0;
	unsigned size = reloc_size(reloc->type);
	bool to_vmlinux;

	if (!is_klp(reloc->symbol)) {
		audit_fail(work, "%s+0x%jx: a livepatch relocation refers to %s, which is no livepatch symbol",
			   target->name, (uintmax_t)reloc->offset,
			   reloc->symbol ? reloc->symbol->name : "nothing");
		return;
	}
	if (!size || !target->data || reloc->offset > target->size ||
	    size > target->size - reloc->offset) {
		audit_fail(work, "%s+0x%jx: a relocation of %s that cannot be applied",
			   target->name, (uintmax_t)reloc->offset, reloc_type_name(reloc->type));
		return;
	}
	for (unsigned i = 0; i < size; i++)
		if (target->data[reloc->offset + i]) {
			audit_fail(work, "%s+0x%jx: the bytes that a relocation fills are not zero",
				   target->name, (uintmax_t)reloc->offset);
			break;
		}
	to_vmlinux = !strncmp(reloc->symbol->name, ".klp.sym.vmlinux.", 17);
	if (for_module == to_vmlinux)
		audit_fail(work, "%s+0x%jx: %s among the relocations for %s", target->name,
			   (uintmax_t)reloc->offset, reloc->symbol->name, klp->object);
	if (for_module && is_read_early(target))
		fail_read_early(work, klp, reloc);
}

static void check_table(struct audit_work *work, const struct elf_klp_relocs *klp)
{
	if (!(klp->target->flags & SHF_ALLOC))
		audit_fail(work, "%s is relocated and not loaded", klp->target->name);
	for (size_t i = 0; i < klp->relocs.count; i++) {
		const struct elf_reloc *reloc = &klp->relocs.items[i];

		check_reloc(work, klp, reloc);
		if (relocs_at(&klp->target->relocs, reloc->offset) ||
		    (i && klp->relocs.items[i - 1].offset == reloc->offset))
			audit_fail(work, "%s+0x%jx is relocated twice", klp->target->name,
				   (uintmax_t)reloc->offset);
	}
}

void audit_klp_relocations(struct audit_work *work)
{
	const struct object *module = work->module;

	for (size_t i = 0; i < module->klp_count; i++)
		check_table(work, module->klp[i]);
	for (size_t i = 0; i < module->section_count; i++) {
		const struct elf_section *section = module->sections[i];

		if (!strncmp(section->name, ".klp.rela.", 10))
			audit_fail(work, "%s is not marked as livepatch relocations", section->name);
		for (size_t k = 0; k < section->relocs.count; k++)
			if (is_klp(section->relocs.items[k].symbol))
				audit_fail(work, "%s+0x%jx: the loader does not know the livepatch symbol %s",
					   section->name,
					   (uintmax_t)section->relocs.items[k].offset,
					   section->relocs.items[k].symbol->name);
	}
}

/* Does vmlinux list this place in __mcount_loc? Its rows are addresses, sorted by place. */
static bool is_listed(const struct shipped *shipped, struct place place)
{
	const struct symbol_table *table = shipped_symbols(shipped);
	size_t start = symbol_first(table, "__start_mcount_loc");
	size_t stop = symbol_first(table, "__stop_mcount_loc");
	struct place row = { 0 };

	if (start == SIZE_MAX || stop == SIZE_MAX)
		return false;
	for (row.offset = table->items[start].address; row.offset < table->items[stop].address;
	     row.offset += sizeof(uint64_t)) {
		const uint8_t *bytes = shipped_bytes(shipped, row, sizeof(uint64_t));
		uint64_t address;

		if (!bytes)
			return false;
		memcpy(&address, bytes, sizeof(address));
		if (address == place.offset)
			return true;
	}
	return false;
}

/* "call __fentry__" of vmlinux, or objtool's nop over one. */
static bool is_fentry(const struct shipped *shipped, struct place place, const uint8_t *code)
{
	const struct symbol_table *table = shipped_symbols(shipped);
	size_t fentry = symbol_first(table, "__fentry__");
	struct shipped_target target;

	if (fentry_is_nop(code, FENTRY_SIZE))
		return is_listed(shipped, place);
	place.offset++;
	return code[0] == 0xe8 && fentry != SIZE_MAX &&
	       shipped_destination(shipped, place, R_X86_64_PLT32, &target) && !target.is_outside &&
	       table->items[fentry].address == target.place.offset + 4;
}

/* What ftrace can turn into a redirect, perhaps behind ENDBR64. */
static bool has_fentry(const struct shipped *shipped, struct place place)
{
	static const uint8_t endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	const uint8_t *code;

	if (shipped_module(shipped))
		return fentry_begins(shipped_module(shipped), place.section, place.offset);
	code = shipped_bytes(shipped, place, sizeof(endbr) + FENTRY_SIZE);
	if (code && !memcmp(code, endbr, sizeof(endbr))) {
		place.offset += sizeof(endbr);
		code += sizeof(endbr);
	}
	return code && is_fentry(shipped, place, code);
}

/* Other names of the same address. Whether they are one function by intent (aliases of one source
 * file) is not in the bytes. */
static void check_shared(struct audit_work *work, const struct symbol_table *table, size_t index)
{
	const struct symbol *symbol = &table->items[index];

	for (size_t i = 0; i < table->count; i++) {
		const struct symbol *other = &table->items[i];

		if (i != index && other->address == symbol->address && strchr("tTwW", other->type) &&
		    (!symbol->section || (other->section && !strcmp(other->section, symbol->section))))
			audit_note(work, "%s and %s have one address: both are redirected",
				   symbol->name, other->name);
	}
}

static void check_old(struct audit_work *work, const struct livepatch_function *function)
{
	const struct shipped *shipped = audit_shipped(work, function->object);
	size_t index = shipped ? audit_find_symbol(work, shipped, function->name, function->sympos)
			       : SIZE_MAX;
	struct place place;

	if (index == SIZE_MAX)
		return;
	if (!strchr("tTwW", shipped_symbols(shipped)->items[index].type))
		audit_fail(work, "%s,%ju of %s is no function", function->name,
			   (uintmax_t)function->sympos, function->object);
	if (audit_is_init(shipped, index))
		audit_fail(work, "%s of %s is gone after initialisation", function->name,
			   function->object);
	if (!shipped_symbol_place(shipped, index, &place) || !has_fentry(shipped, place))
		audit_fail(work, "%s,%ju of %s does not begin with a call of __fentry__: it cannot be redirected",
			   function->name, (uintmax_t)function->sympos, function->object);
	check_shared(work, shipped_symbols(shipped), index);
}

static void check_new(struct audit_work *work, const struct livepatch_function *function)
{
	const struct elf_symbol *code = function->code;

	if (!code || !code->section || code->type != STT_FUNC || !is_text_section(code->section) ||
	    function->code_offset != code->value)
		audit_fail(work, "%s of %s is replaced by something that is not the start of a function",
			   function->name, function->object);
	else if (!strncmp(code->section->name, ".init", 5) ||
		 !strncmp(code->section->name, ".exit", 5))
		audit_fail(work, "%s of %s is replaced by code that is given back", function->name,
			   function->object);
}

/* The compiler gives the new function the old one's name; other tools may not. */
static void check_names(struct audit_work *work, const struct livepatch_function *function)
{
	if (function->code && strcmp(function->code->name, function->name)) {
		if (livepatch_fact(&work->livepatch, "suture.patch"))
			audit_fail(work, "%s of %s is replaced by %s", function->name,
				   function->object, function->code->name);
		else
			audit_note(work, "%s of %s is replaced by %s", function->name,
				   function->object, function->code->name);
	}
}

/* A task that is in the new code is found by that code's extent, which ends at the next symbol
 * (klp_init_object_loaded(), new_size; find_kallsyms_symbol() in kernel/module/kallsyms.c): a symbol
 * within would let the module be unloaded under a task's feet. */
static void check_extent(struct audit_work *work, const struct livepatch_function *function)
{
	const struct elf_section *section = function->code_section;

	for (size_t i = 0; function->code && i < section->symbol_count; i++) {
		const struct elf_symbol *symbol = section->symbols[i];

		if (*symbol->name && symbol->type != STT_SECTION &&
		    symbol->value > function->code_offset &&
		    symbol->value < function->code_offset + function->code->size)
			audit_fail(work, "%s is within the new code of %s: the kernel would take that to end there",
				   symbol->name, function->name);
	}
	if (function->code && !function->code->size)
		audit_fail(work, "the new code of %s has no size", function->name);
}

void audit_functions(struct audit_work *work)
{
	const struct livepatch *livepatch = &work->livepatch;

	for (size_t i = 0; i < livepatch->count; i++) {
		const struct livepatch_function *function = &livepatch->functions[i];

		if (audit_object(work, function->object, function->is_named))
			check_old(work, function);
		check_new(work, function);
		check_extent(work, function);
		check_names(work, function);
		for (size_t k = 0; k < i; k++) {
			const struct livepatch_function *other = &livepatch->functions[k];

			if (!strcmp(other->name, function->name) &&
			    !strcmp(other->object, function->object) &&
			    other->sympos == function->sympos)
				audit_fail(work, "%s,%ju of %s is replaced twice", function->name,
					   (uintmax_t)function->sympos, function->object);
			if (other->code && other->code == function->code)
				audit_fail(work, "%s and %s are replaced by the same code",
					   other->name, function->name);
		}
	}
	audit_extents(work);
}
