// SPDX-License-Identifier: GPL-2.0-or-later
#include "proof/mutate.h"

#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "elf/livepatch.h"

#define BYTES_LIMIT ((size_t)64 << 20)
#define EACH 8 /* mutants of one kind, at most */

struct mutating {
	const struct audit_request *request; /* of the module as it is */
	const char *mutant; /* path to write to */
	uint64_t random;
	struct mutation_report *report;
	struct mutation_kind *kind; /* that is being made, in the report */
};

/* xorshift64: the same seed makes the same mutants. */
static uint64_t next_random(struct mutating *mutating)
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

struct site { /* a relocation of the module, in one of its two kinds of tables */
	struct elf_section *section;
	struct elf_relocs *relocs;
	size_t index;
};

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

/* Another symbol of the same sort, so that the module still loads. */
static struct elf_symbol *other_symbol(struct mutating *mutating, struct object *object,
				       const struct elf_symbol *symbol)
{
	for (int i = 0; i < 200; i++) {
		struct elf_symbol *other = object->symbols[next_random(mutating) %
							    object->symbol_count];

		if (other != symbol && !other->section == !symbol->section &&
		    other->special == symbol->special && (other->section || *other->name) &&
		    (!other->section || (other->section->flags & SHF_ALLOC)) &&
		    (!symbol->section || other->section != symbol->section ||
		     other->value != symbol->value))
			return other;
	}
	return NULL;
}

typedef bool mutate_fn(struct mutating *mutating, struct object *object, struct site *site,
		       const char **ret_where, uint64_t *ret_offset);

static bool retarget(struct mutating *mutating, struct object *object, struct site *site,
		     const char **ret_where, uint64_t *ret_offset)
{
	struct elf_reloc *reloc = &site->relocs->items[site->index];
	struct elf_symbol *other = reloc->symbol ? other_symbol(mutating, object, reloc->symbol) : NULL;

	if (!other)
		return false;
	/* The same place by another name is the same module. */
	if (other->section && other->section == reloc->symbol->section &&
	    other->value == reloc->symbol->value)
		return false;
	reloc->symbol = other;
	*ret_where = site->section->name;
	*ret_offset = reloc->offset;
	return true;
}

static bool shift_addend(struct mutating *mutating, struct object *object, struct site *site,
			 const char **ret_where, uint64_t *ret_offset)
{
	static const int64_t steps[] = { 1, -1, 4, 8, -8, 16 };
	struct elf_reloc *reloc = &site->relocs->items[site->index];

	(void)object;
	reloc->addend += steps[next_random(mutating) % ARRAY_SIZE(steps)];
	*ret_where = site->section->name;
	*ret_offset = reloc->offset;
	return true;
}

static bool flip_key(struct mutating *mutating, struct object *object, struct site *site,
		     const char **ret_where, uint64_t *ret_offset)
{
	struct elf_reloc *reloc = &site->relocs->items[site->index];

	(void)mutating;
	(void)object;
	if (strcmp(site->section->name, "__jump_table") || reloc->type != R_X86_64_PC64)
		return false;
	reloc->addend ^= 1;
	*ret_where = site->section->name;
	*ret_offset = reloc->offset;
	return true;
}

/* No table of states and one with no state in it are the same to the kernel. */
static bool leads_to_no_states(const struct elf_reloc *reloc)
{
	const struct elf_section *section = reloc->symbol ? reloc->symbol->section : NULL;

	if (!section || strcmp(section->name, ".data.suture_states"))
		return false;
	for (uint64_t i = 0; section->data && i < section->size; i++)
		if (section->data[i])
			return false;
	return true;
}

static bool drop_reloc(struct mutating *mutating, struct object *object, struct site *site,
		       const char **ret_where, uint64_t *ret_offset)
{
	struct elf_reloc *items = site->relocs->items;

	(void)mutating;
	(void)object;
	if (leads_to_no_states(&items[site->index]))
		return false;
	*ret_where = site->section->name;
	*ret_offset = items[site->index].offset;
	memmove(&items[site->index], &items[site->index + 1],
		(--site->relocs->count - site->index) * sizeof(*items));
	return true;
}

static bool change_byte(struct mutating *mutating, struct object *object, struct site *site,
			const char **ret_where, uint64_t *ret_offset)
{
	struct elf_section *section = site->section;
	uint64_t offset = next_random(mutating) % section->size;

	/* Between functions nobody executes; tables that the module's build pads. */
	if (!section->data || strncmp(section->name, ".text.", 6))
		return false;
	for (size_t i = 0; i < section->symbol_count; i++)
		if (section->symbols[i]->type == STT_FUNC && section->symbols[i]->size &&
		    offset >= section->symbols[i]->value &&
		    offset < section->symbols[i]->value + section->symbols[i]->size) {
			section_make_writable(object, section)[offset] ^= (uint8_t)(1u << next_random(mutating) % 8);
			*ret_where = section->name;
			*ret_offset = offset;
			return true;
		}
	return false;
}

/* Rows are as many as the section has relocations of the kind that its first field has. */
static unsigned row_relocs(const struct elf_section *section)
{
	static const struct {
		const char *name;
		unsigned relocs;
	} tables[] = {
		{ "__jump_table", 3 }, { "__bug_table", 2 }, { "__ex_table", 2 }, { ".altinstructions", 2 },
		{ ".parainstructions", 1 }, { ".smp_locks", 1 }, { "__mcount_loc", 1 },
		{ ".return_sites", 1 }, { ".retpoline_sites", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (!strcmp(section->name, tables[i].name))
			return tables[i].relocs;
	return 0;
}

static bool has_klp(const struct object *object, const struct elf_section *section)
{
	for (size_t i = 0; i < object->klp_count; i++)
		if (object->klp[i]->target == section)
			return true;
	return false;
}

/* Takes one row out, or puts one in twice. */
static bool change_rows(struct object *object, struct site *site, bool is_double,
			const char **ret_where, uint64_t *ret_offset)
{
	struct elf_section *section = site->section;
	unsigned step = row_relocs(section);
	size_t row = step ? site->index / step : 0;
	uint64_t size;
	uint8_t *data;

	if (!step || has_klp(object, section) || section->relocs.count % step || site->index % step)
		return false;
	size = section->size / (section->relocs.count / step);
	*ret_where = section->name;
	*ret_offset = row * size;
	if (is_double) {
		uint64_t at = section_append(object, section, section->data + row * size, size, 1);

		for (unsigned i = 0; i < step; i++) {
			struct elf_reloc reloc = section->relocs.items[row * step + i];

			reloc.offset += at - row * size;
			relocs_add(object, &section->relocs, reloc);
		}
		return true;
	}
	data = section_make_writable(object, section);
	memmove(data + row * size, data + (row + 1) * size, section->size - (row + 1) * size);
	section->size -= size;
	section->relocs.count -= step;
	memmove(&section->relocs.items[row * step], &section->relocs.items[(row + 1) * step],
		(section->relocs.count - row * step) * sizeof(*section->relocs.items));
	for (size_t i = row * step; i < section->relocs.count; i++)
		section->relocs.items[i].offset -= size;
	return true;
}

static bool drop_row(struct mutating *mutating, struct object *object, struct site *site,
		     const char **ret_where, uint64_t *ret_offset)
{
	(void)mutating;
	return change_rows(object, site, false, ret_where, ret_offset);
}

static bool double_row(struct mutating *mutating, struct object *object, struct site *site,
		       const char **ret_where, uint64_t *ret_offset)
{
	(void)mutating;
	return change_rows(object, site, true, ret_where, ret_offset);
}

static bool change_flags(struct mutating *mutating, struct object *object, struct site *site,
			 const char **ret_where, uint64_t *ret_offset)
{
	static const uint64_t flags[] = { SHF_ALLOC, SHF_EXECINSTR };

	(void)object;
	if (!strncmp(site->section->name, ".gnu", 4))
		return false;
	site->section->flags ^= flags[next_random(mutating) % 2];
	*ret_where = site->section->name;
	*ret_offset = 0;
	return true;
}

/* Another position among namesakes, for a relocation. */
static bool change_sympos(struct mutating *mutating, struct object *object, struct site *site,
			  const char **ret_where, uint64_t *ret_offset)
{
	struct elf_reloc *reloc = &site->relocs->items[site->index];
	struct elf_symbol *symbol = reloc->symbol;
	char *name;

	if (!symbol || symbol->special != SHN_LIVEPATCH || symbol->section)
		return false;
	name = arena_strdup(object->arena, symbol->name);
	name[strlen(name) - 1] = (char)('0' + (name[strlen(name) - 1] - '0' + 1 +
					       (char)(next_random(mutating) % 2)) % 10);
	*ret_where = symbol->name;
	*ret_offset = 0;
	symbol->name = name;
	return true;
}

/* The tables of klp_patch and its like, and struct module. */
static struct elf_section *random_table(struct mutating *mutating, struct object *object)
{
	for (int i = 0; i < 200; i++) {
		struct elf_section *section =
			object->sections[next_random(mutating) % object->section_count];

		if (section->data && (!strncmp(section->name, ".data.suture_", 13) ||
				      !strcmp(section->name, ".gnu.linkonce.this_module")))
			return section;
	}
	return NULL;
}

static bool set_field(struct mutating *mutating, struct object *object, struct site *site,
		      const char **ret_where, uint64_t *ret_offset)
{
	struct elf_section *section = random_table(mutating, object);
	uint64_t offset;

	(void)site;
	if (!section)
		return false;
	offset = next_random(mutating) % section->size;
	/* The entry that ends a table: nothing behind its first fields is read. */
	if (section->size - offset <= 0x100 && !strncmp(section->name, ".data.suture_", 13))
		return false;
	section_make_writable(object, section)[offset] ^= 1;
	*ret_where = section->name;
	*ret_offset = offset;
	return true;
}

/* A pointer more: a callback, a parameter, the kernel's own fields. */
static bool add_pointer(struct mutating *mutating, struct object *object, struct site *site,
			const char **ret_where, uint64_t *ret_offset)
{
	struct elf_section *section = random_table(mutating, object);
	struct elf_symbol *symbol = object->symbols[next_random(mutating) % object->symbol_count];
	uint64_t offset;

	(void)site;
	if (!section || section->size < 0x108)
		return false;
	offset = next_random(mutating) % ((section->size - 0x100) / 8) * 8;
	for (size_t i = 0; i < section->relocs.count; i++)
		if (section->relocs.items[i].offset == offset)
			return false;
	relocs_add(object, &section->relocs,
		   (struct elf_reloc){ offset, R_X86_64_64, 0, symbol });
	*ret_where = section->name;
	*ret_offset = offset;
	return true;
}

static const struct {
	const char *name;
	mutate_fn *mutate;
} kinds[] = {
	{ "relocation retargeted", retarget },
	{ "addend off", shift_addend },
	{ "relocation left out", drop_reloc },
	{ "static key flipped", flip_key },
	{ "row dropped", drop_row },
	{ "row doubled", double_row },
	{ "section flags", change_flags },
	{ "position of a namesake", change_sympos },
	{ "byte of code", change_byte },
	{ "byte of a table", set_field },
	{ "pointer in a table", add_pointer },
};

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
	size_t first = count ? next_random(mutating) % count : 0;
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
		&livepatch.functions[next_random(mutating) % livepatch.count];
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
	_Static_assert(ARRAY_SIZE(kinds) + ARRAY_SIZE(entry_kinds) == MUTATION_KINDS, "mutate.h");
	struct mutating mutating = { request, mutant, seed ? seed : 1, ret_report, NULL };

	*ret_report = (struct mutation_report){ 0 };
	if (check_unchanged(&mutating, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		begin_kind(&mutating, kinds[i].name);
		if (mutate_sites(&mutating, kinds[i].mutate, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(entry_kinds); i++) {
		begin_kind(&mutating, entry_kinds[i].name);
		if (mutate_entry(&mutating, i, err) < 0)
			return -1;
	}
	return 0;
}
