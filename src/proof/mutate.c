// SPDX-License-Identifier: GPL-2.0-or-later
#include "proof/mutate_private.h"

#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "elf/livepatch.h"

#define BYTES_LIMIT ((size_t)64 << 20)
#define EACH 8 /* mutants of one kind, at most */

/* xorshift64: the same seed makes the same mutants. */
uint64_t mutate_random(struct mutating *mutating)
{
	mutating->random ^= mutating->random << 13;
	mutating->random ^= mutating->random >> 7;
	mutating->random ^= mutating->random << 17;
	return mutating->random;
}

static int check_file(const struct mutating *mutating, struct error *err)
{
	auto_buffer struct buffer bytes = BUFFER_INIT;
	auto_audit struct audit audit = { 0 };
	struct audit_request request = *mutating->request;

	if (file_read(mutating->mutant, BYTES_LIMIT, &bytes, err) < 0)
		return -1;
	request.path = mutating->mutant;
	request.data = bytes.data;
	request.size = bytes.size;
	request.manifest = NULL; /* has the digest: too easy */
	return audit_module(&request, &audit, err) < 0 ? -1 : audit_error(&audit, err);
}

/* Writes the changed object and looks at it. A mutant that is no module any more was found. */
static void judge(struct mutating *mutating, struct object *object, const char *where,
		  uint64_t offset)
{
	struct error err = ERROR_INIT;

	if (object_write(object, mutating->mutant, &err) < 0)
		return; /* cannot exist */
	mutating->kind->made++;
	if (check_file(mutating, &err) < 0) {
		mutating->kind->found++;
		return;
	}
	text_list_printf(&mutating->report->missed, "%s at %s+0x%jx", mutating->kind->name, where,
			 (uintmax_t)offset);
}

/* The tables of notes and of the compiler's entries are read by nobody in the kernel. */
static bool is_read(const struct elf_section *section)
{
	return (section->flags & SHF_ALLOC) && strncmp(section->name, ".note", 5) &&
	       strcmp(section->name, "__patchable_function_entries") &&
	       strcmp(section->name, ".init.data") && strcmp(section->name, ".exit.data") &&
	       strcmp(section->name, ".ibt_endbr_seal") && strcmp(section->name, ".orc_header");
}

static bool is_own(const struct elf_reloc *reloc) /* about the init and exit functions */
{
	const struct elf_section *section = reloc->symbol ? reloc->symbol->section : NULL;

	return section && (!strncmp(section->name, ".init", 5) || !strncmp(section->name, ".exit", 5));
}

/* Init and exit come from the kernel's template: the audit checks what they call and register. */
static bool is_mutable(const struct elf_section *section, const struct elf_reloc *reloc)
{
	return is_read(section) && strncmp(section->name, ".init", 5) &&
	       strncmp(section->name, ".exit", 5) && !is_own(reloc);
}

static size_t list_sites(struct object *object, struct site **ret_sites)
{
	struct site *sites = NULL;
	size_t count = 0, capacity = 0;

	for (size_t i = 0; i < object->section_count + object->klp_count; i++) {
		struct elf_section *section = i < object->section_count
						      ? object->sections[i]
						      : object->klp[i - object->section_count]->target;
		struct elf_relocs *relocs = i < object->section_count
						    ? &section->relocs
						    : &object->klp[i - object->section_count]->relocs;

		for (size_t k = 0; k < relocs->count; k++)
			if (is_mutable(section, &relocs->items[k])) {
				ARRAY_GROW(sites, capacity, count + 1);
				sites[count++] = (struct site){ section, relocs, k };
			}
	}
	*ret_sites = sites;
	return count;
}

static int read_module(const struct mutating *mutating, struct object **ret_object,
		       struct error *err)
{
	return object_read(mutating->request->path, OBJECT_READ_DEBUG_RELOCS, ret_object, err);
}

/* The first site that this kind is for, from a random one on. */
static bool mutate_any(struct mutating *mutating, mutate_fn *mutate, struct object *object,
		       const char **ret_where, uint64_t *ret_offset)
{
	struct site *sites;
	size_t count = list_sites(object, &sites);
	size_t first = count ? mutate_random(mutating) % count : 0;
	bool done = false;

	for (size_t i = 0; i < count && !done; i++)
		done = mutate(mutating, object, &sites[(first + i) % count], ret_where, ret_offset);
	free(sites);
	return done;
}

static int mutate_sites(struct mutating *mutating, mutate_fn *mutate, struct error *err)
{
	for (size_t i = 0; i < EACH; i++) {
		auto_object struct object *object = NULL;
		const char *where;
		uint64_t offset;

		if (interrupt_check(err) < 0 || read_module(mutating, &object, err) < 0)
			return -1;
		if (!mutate_any(mutating, mutate, object, &where, &offset))
			return 0;
		judge(mutating, object, where, offset);
	}
	return 0;
}

static size_t reloc_index(const struct elf_relocs *relocs, uint64_t offset)
{
	size_t k = 0;

	while (k < relocs->count && relocs->items[k].offset != offset)
		k++;
	return k;
}

/* Fields of struct klp_func (include/linux/livepatch.h): old_name, new_func, old_sympos. */
static bool change_number(struct elf_section *table, uint8_t *entry, uint64_t offset)
{
	(void)table;
	(void)offset;
	entry[16]++;
	return true;
}

static bool change_code(struct elf_section *table, uint8_t *entry, uint64_t offset)
{
	size_t k = reloc_index(&table->relocs, offset + 8);

	(void)entry;
	if (k == table->relocs.count)
		return false;
	table->relocs.items[k].addend += 16;
	return true;
}

/* An entry without a name ends the list. */
static bool end_list(struct elf_section *table, uint8_t *entry, uint64_t offset)
{
	size_t k = reloc_index(&table->relocs, offset);

	(void)entry;
	if (k + 2 > table->relocs.count)
		return false;
	memmove(&table->relocs.items[k], &table->relocs.items[k + 2],
		(table->relocs.count - k - 2) * sizeof(*table->relocs.items));
	table->relocs.count -= 2;
	return true;
}

/* The new code of one function for another, which is replaced as well. */
static bool swap_code(struct elf_section *table, uint8_t *entry, uint64_t offset)
{
	struct elf_relocs *relocs = &table->relocs;
	size_t k = reloc_index(relocs, offset + 8);

	(void)entry;
	for (size_t i = 0; k < relocs->count && i < relocs->count; i++)
		if (i != k && relocs->items[i].symbol && relocs->items[k].symbol &&
		    relocs->items[i].symbol->section && relocs->items[k].symbol->section &&
		    (relocs->items[i].symbol->section->flags & SHF_EXECINSTR) &&
		    (relocs->items[i].symbol != relocs->items[k].symbol ||
		     relocs->items[i].addend != relocs->items[k].addend)) {
			struct elf_reloc other = relocs->items[i];

			relocs->items[i].symbol = relocs->items[k].symbol;
			relocs->items[i].addend = relocs->items[k].addend;
			relocs->items[k].symbol = other.symbol;
			relocs->items[k].addend = other.addend;
			return true;
		}
	return false;
}

static const struct {
	const char *name;
	bool (*mutate)(struct elf_section *table, uint8_t *entry, uint64_t offset);
} entry_kinds[] = {
	{ "number of a replaced function", change_number },
	{ "new code", change_code },
	{ "a function left out", end_list },
	{ "entries swapped", swap_code },
};

static int mutate_entry(struct mutating *mutating, size_t kind, struct error *err)
{
	auto_object struct object *object = NULL;
	auto_livepatch struct livepatch livepatch = { 0 };

	if (read_module(mutating, &object, err) < 0 || livepatch_parse(object, &livepatch, err) < 0)
		return -1;
	if (!livepatch.count)
		return 0;

	const struct livepatch_function *function =
		&livepatch.functions[mutate_random(mutating) % livepatch.count];
	struct elf_section *table = (struct elf_section *)function->table;
	uint8_t *entry = section_make_writable(object, table) + function->table_offset;

	if (entry_kinds[kind].mutate(table, entry, function->table_offset))
		judge(mutating, object, table->name, function->table_offset);
	return 0;
}

/* Read and written again without a change, it must pass: else the mutants show nothing. */
static int check_unchanged(const struct mutating *mutating, struct error *err)
{
	auto_object struct object *object = NULL;

	if (read_module(mutating, &object, err) < 0 ||
	    object_write(object, mutating->mutant, err) < 0 || check_file(mutating, err) < 0)
		return error_context(err, "the module as it is");
	return 0;
}

static void begin_kind(struct mutating *mutating, const char *name)
{
	struct mutation_report *report = mutating->report;

	mutating->kind = &report->kinds[report->count++];
	mutating->kind->name = name;
}

int module_mutate(const struct audit_request *request, const char *mutant, uint64_t seed,
		  struct mutation_report *ret_report, struct error *err)
{
	_Static_assert(ARRAY_SIZE(mutate_site_kinds) + ARRAY_SIZE(entry_kinds) == MUTATION_KINDS, "mutate.h");
	struct mutating mutating = { request, mutant, seed ? seed : 1, ret_report, NULL };

	*ret_report = (struct mutation_report){ 0 };
	if (check_unchanged(&mutating, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(mutate_site_kinds); i++) {
		begin_kind(&mutating, mutate_site_kinds[i].name);
		if (mutate_sites(&mutating, mutate_site_kinds[i].mutate, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(entry_kinds); i++) {
		begin_kind(&mutating, entry_kinds[i].name);
		if (mutate_entry(&mutating, i, err) < 0)
			return -1;
	}
	return 0;
}
