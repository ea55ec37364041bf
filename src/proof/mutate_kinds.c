// SPDX-License-Identifier: GPL-2.0-or-later
/* Kinds of small wrong modules: what each changes. */
#include <string.h>

#include "elf/livepatch.h"
#include "proof/mutate_private.h"

/* Another symbol of the same sort, so that the module still loads. */
static struct elf_symbol *other_symbol(struct mutating *mutating, struct object *object,
				       const struct elf_symbol *symbol)
{
	for (int i = 0; i < 200; i++) {
		struct elf_symbol *other = object->symbols[mutate_random(mutating) %
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
	reloc->addend += steps[mutate_random(mutating) % ARRAY_SIZE(steps)];
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
	uint64_t offset = mutate_random(mutating) % section->size;

	/* Between functions nobody executes; tables that the module's build pads. */
	if (!section->data || strncmp(section->name, ".text.", 6))
		return false;
	for (size_t i = 0; i < section->symbol_count; i++)
		if (section->symbols[i]->type == STT_FUNC && section->symbols[i]->size &&
		    offset >= section->symbols[i]->value &&
		    offset < section->symbols[i]->value + section->symbols[i]->size) {
			section_make_writable(object, section)[offset] ^= (uint8_t)(1u << mutate_random(mutating) % 8);
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
	site->section->flags ^= flags[mutate_random(mutating) % 2];
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
					       (char)(mutate_random(mutating) % 2)) % 10);
	*ret_where = symbol->name;
	*ret_offset = 0;
	symbol->name = name;
	return true;
}

/* Sections of the patch's code and data; kbuild's own need no more than they have. */
static bool lower_alignment(struct mutating *mutating, struct object *object, struct site *site,
			    const char **ret_where, uint64_t *ret_offset)
{
	struct elf_section *section =
		object->sections[mutate_random(mutating) % object->section_count];

	(void)site;
	if (section->align < 2 || strncmp(section->name, ".text.", 6) || !section->size)
		return false;
	section->align = 1;
	*ret_where = section->name;
	*ret_offset = 0;
	return true;
}

/* The tables of klp_patch and its like, and struct module. */
static struct elf_section *random_table(struct mutating *mutating, struct object *object)
{
	for (int i = 0; i < 200; i++) {
		struct elf_section *section =
			object->sections[mutate_random(mutating) % object->section_count];

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
	offset = mutate_random(mutating) % section->size;
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
	struct elf_symbol *symbol = object->symbols[mutate_random(mutating) % object->symbol_count];
	uint64_t offset;

	(void)site;
	if (!section || section->size < 0x108)
		return false;
	offset = mutate_random(mutating) % ((section->size - 0x100) / 8) * 8;
	for (size_t i = 0; i < section->relocs.count; i++)
		if (section->relocs.items[i].offset == offset)
			return false;
	relocs_add(object, &section->relocs,
		   (struct elf_reloc){ offset, R_X86_64_64, 0, symbol });
	*ret_where = section->name;
	*ret_offset = offset;
	return true;
}

/* What somebody might put in besides: memory that nothing accounts for or the loader acts upon. */
static bool add_section(struct mutating *mutating, struct object *object, struct site *site,
			const char **ret_where, uint64_t *ret_offset)
{
	static const struct {
		const char *name;
		uint64_t flags;
	} sections[] = {
		{ "__param", SHF_ALLOC }, { ".init_array", SHF_ALLOC | SHF_WRITE },
		{ ".text.more", SHF_ALLOC | SHF_EXECINSTR }, { ".data..percpu", SHF_ALLOC | SHF_WRITE },
		{ "_kprobe_blacklist", SHF_ALLOC }, { "of_another_kind", SHF_ALLOC },
	};
	size_t i = mutate_random(mutating) % ARRAY_SIZE(sections);
	struct elf_section *section;

	(void)site;
	if (object_find_section(object, sections[i].name))
		return false;
	section = object_add_section(object, sections[i].name, SHT_PROGBITS, sections[i].flags, 8);
	section_append(object, section, NULL, 40, 8);
	*ret_where = section->name;
	*ret_offset = 0;
	return true;
}

/* The kernel takes a new function to end where the next symbol is. */
static bool add_symbol(struct mutating *mutating, struct object *object, struct site *site,
		       const char **ret_where, uint64_t *ret_offset)
{
	auto_livepatch struct livepatch livepatch = { 0 };
	const struct elf_symbol *symbol;
	struct error ignored;

	(void)site;
	if (livepatch_parse(object, &livepatch, &ignored) < 0 || !livepatch.count)
		return false;
	symbol = livepatch.functions[mutate_random(mutating) % livepatch.count].code;
	if (!symbol || !symbol->section || symbol->size < 8)
		return false;
	object_add_symbol(object, "within", symbol->section, symbol->value + symbol->size / 2, 0,
			  STB_LOCAL, STT_NOTYPE);
	*ret_where = symbol->name;
	*ret_offset = symbol->size / 2;
	return true;
}

static bool add_fact(struct mutating *mutating, struct object *object, struct site *site,
		     const char **ret_where, uint64_t *ret_offset)
{
	static const char *const facts[] = { "softdep=pre: ext4", "depends=ext4",
					     "alias=pci:v*d*", "license=Proprietary",
					     "vermagic=6.6.6 SMP " };
	const char *fact = facts[mutate_random(mutating) % ARRAY_SIZE(facts)];
	struct elf_section *section = object_find_section(object, ".modinfo");

	(void)site;
	if (!section)
		return false;
	section_append(object, section, fact, strlen(fact) + 1, 1);
	*ret_where = fact;
	*ret_offset = 0;
	return true;
}

const struct mutate_site_kind mutate_site_kinds[MUTATE_SITE_KINDS] = {
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
	{ "alignment", lower_alignment },
	{ "section more", add_section },
	{ "symbol within code", add_symbol },
	{ "fact in .modinfo", add_fact },
};
