// SPDX-License-Identifier: GPL-2.0-or-later
#include <libelf.h>
#include <string.h>

#include "base/file.h"
#include "base/packed.h"
#include "base/text.h"
#include "elf/object.h"

#define SECTION_LIMIT 200000
#define SYMBOL_LIMIT 2000000
#define RELOC_LIMIT 20000000

struct reader {
	Elf *elf;
	const uint8_t *bytes; /* the whole file, in the arena */
	size_t size;
	size_t count; /* section headers, the null one included */
	Elf64_Shdr *headers; /* [count] */
	struct elf_section **by_index; /* [count], NULL for tables that are no section of ours */
	struct elf_symbol **symbols; /* by ELF symbol index */
	size_t symbol_total; /* ELF symbols, the null one included */
	size_t shstrtab, symtab; /* ELF section indices */
	unsigned flags;
	struct object *object;
};

#define bad(err, ...) error_set(err, ERROR_INVALID, __VA_ARGS__)

/* The headers of sections usually end the file: a file that is cut off has lost them. */
static int check_length(const struct reader *reader, const Elf64_Ehdr *header, struct error *err)
{
	/* Of more than fits, the first header has the number (gABI, ELF header). */
	uint64_t size = (uint64_t)(header->e_shnum ? header->e_shnum : 1) * sizeof(Elf64_Shdr);

	if (header->e_shoff > reader->size || size > reader->size - header->e_shoff)
		return bad(err,
			   "the file is cut off: its section headers should stand at byte %ju, and it "
			   "has %zu", (uintmax_t)header->e_shoff, reader->size);
	return 0;
}

static int check_header(struct reader *reader, struct error *err)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)reader->bytes;
	const char *packed = packed_advice(reader->bytes, reader->size);

	if (reader->size < SELFMAG || memcmp(reader->bytes, ELFMAG, SELFMAG))
		return bad(err, "not an ELF file%s%s", packed ? ": " : "", packed ? packed : "");
	if (reader->size < sizeof(Elf64_Ehdr))
		return bad(err, "the file is cut off: it has %zu bytes", reader->size);
	if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
	    header->e_machine != EM_X86_64)
		return bad(err, "not an x86-64 object (class %u, machine %u)",
			   header->e_ident[EI_CLASS], header->e_machine);
	if (header->e_type != ET_REL)
		return bad(err, "not a relocatable object (ELF type %u)", header->e_type);
	return check_length(reader, header, err);
}

static int open_elf(struct reader *reader, struct error *err)
{
	if (elf_version(EV_CURRENT) == EV_NONE)
		return error_set(err, ERROR_FAILED, "libelf is too old");
	reader->elf = elf_memory((char *)reader->bytes, reader->size);
	if (!reader->elf || elf_getshdrnum(reader->elf, &reader->count) < 0 ||
	    elf_getshdrstrndx(reader->elf, &reader->shstrtab) < 0)
		return bad(err, "damaged ELF file: %s", elf_errmsg(-1));
	if (reader->count == 0 || reader->count > SECTION_LIMIT)
		return bad(err, "an ELF file with %zu sections", reader->count);
	return 0;
}

static int check_section_header(struct reader *reader, size_t i, struct error *err)
{
	const Elf64_Shdr *header = &reader->headers[i];

	if (header->sh_type != SHT_NOBITS &&
	    (header->sh_offset > reader->size ||
	     header->sh_size > reader->size - header->sh_offset))
		return bad(err, "the file is cut off: section %zu reaches beyond its end", i);
	if (header->sh_type == SHT_NOBITS && header->sh_size > OBJECT_SIZE_LIMIT)
		return bad(err, "section %zu is larger than the limit", i);
	if (header->sh_addralign & (header->sh_addralign - 1) ||
	    header->sh_addralign > OBJECT_SIZE_LIMIT)
		return bad(err, "section %zu has an alignment of %ju", i,
			   (uintmax_t)header->sh_addralign);
	return 0;
}

static int read_headers(struct reader *reader, struct error *err)
{
	struct arena *arena = reader->object->arena;

	reader->headers = arena_calloc(arena, reader->count, sizeof(*reader->headers));
	reader->by_index = arena_calloc(arena, reader->count, sizeof(*reader->by_index));
	for (size_t i = 1; i < reader->count; i++) {
		Elf_Scn *section = elf_getscn(reader->elf, i);
		Elf64_Shdr *header = section ? elf64_getshdr(section) : NULL;

		if (!header)
			return bad(err, "section %zu cannot be read: %s", i, elf_errmsg(-1));
		reader->headers[i] = *header;
		if (check_section_header(reader, i, err) < 0)
			return -1;
		if (header->sh_type == SHT_SYMTAB && reader->symtab)
			return bad(err, "two symbol tables");
		if (header->sh_type == SHT_SYMTAB)
			reader->symtab = i;
	}
	return 0;
}

/* A text in a string table; NULL if it is not one. */
static const char *text_at(const struct reader *reader, size_t table, uint64_t offset)
{
	if (table == 0 || table >= reader->count || reader->headers[table].sh_type != SHT_STRTAB)
		return NULL;

	const Elf64_Shdr *header = &reader->headers[table];
	const char *start = (const char *)reader->bytes + header->sh_offset;

	/* One check of the last byte makes every offset below it a terminated text. */
	if (offset >= header->sh_size || start[header->sh_size - 1] != 0)
		return NULL;
	return start + offset;
}

/* Tables that the graph replaces: they are made anew when writing. */
static bool is_table(const struct reader *reader, size_t i)
{
	const Elf64_Shdr *header = &reader->headers[i];

	return header->sh_type == SHT_SYMTAB || header->sh_type == SHT_RELA ||
	       header->sh_type == SHT_SYMTAB_SHNDX || header->sh_type == SHT_NULL ||
	       (header->sh_type == SHT_STRTAB && !(header->sh_flags & SHF_ALLOC));
}

static int read_section(struct reader *reader, size_t i, struct error *err)
{
	const Elf64_Shdr *header = &reader->headers[i];
	const char *name = text_at(reader, reader->shstrtab, header->sh_name);

	if (!name)
		return bad(err, "the name of section %zu cannot be read", i);
	if (is_table(reader, i))
		return 0;
	if (header->sh_type == SHT_REL)
		return bad(err, "%s: relocations without addends", name);

	struct elf_section *section = object_add_section(reader->object, name, header->sh_type,
							 header->sh_flags, header->sh_addralign);

	section->entsize = header->sh_entsize;
	section->size = header->sh_size;
	if (header->sh_type != SHT_NOBITS && header->sh_size)
		section->data = reader->bytes + header->sh_offset;
	reader->by_index[i] = section;
	return 0;
}

static int read_sections(struct reader *reader, struct error *err)
{
	for (size_t i = 1; i < reader->count; i++)
		if (read_section(reader, i, err) < 0)
			return -1;
	for (size_t i = 1; i < reader->count; i++) {
		const Elf64_Shdr *header = &reader->headers[i];

		if (!reader->by_index[i] || !(header->sh_flags & SHF_LINK_ORDER))
			continue;
		if (header->sh_link >= reader->count)
			return bad(err, "%s is linked to section %u, which is not there",
				   reader->by_index[i]->name, header->sh_link);
		reader->by_index[i]->link = reader->by_index[header->sh_link];
	}
	return 0;
}

static int place_symbol(struct reader *reader, struct elf_symbol *symbol, uint32_t shndx,
			struct error *err)
{
	if (shndx == SHN_UNDEF || shndx == SHN_ABS || shndx == SHN_COMMON ||
	    shndx == SHN_LIVEPATCH) {
		symbol->special = (uint16_t)shndx;
		return 0;
	}
	if (shndx >= reader->count)
		return bad(err, "symbol %s is in section %u, which is not there", symbol->name,
			   shndx);
	symbol->section = reader->by_index[shndx];
	if (!symbol->section) {
		symbol->special = SHN_ABS; /* a symbol of a table; nothing refers to it */
		return 0;
	}
	if (symbol->value > symbol->section->size ||
	    symbol->size > symbol->section->size - symbol->value)
		return bad(err, "symbol %s reaches beyond its section %s", symbol->name,
			   symbol->section->name);
	if (symbol->type == STT_SECTION && !symbol->section->section_symbol)
		symbol->section->section_symbol = symbol;
	return 0;
}

/* With more than 65279 sections the index stands in a table of its own. */
static const uint32_t *find_extended_indices(const struct reader *reader)
{
	for (size_t i = 1; i < reader->count; i++)
		if (reader->headers[i].sh_type == SHT_SYMTAB_SHNDX &&
		    reader->headers[i].sh_link == reader->symtab &&
		    reader->headers[i].sh_offset % 4 == 0 &&
		    reader->headers[i].sh_size / 4 >= reader->symbol_total)
			return (const uint32_t *)(reader->bytes + reader->headers[i].sh_offset);
	return NULL;
}

static int read_symbols(struct reader *reader, struct error *err)
{
	const Elf64_Shdr *header = &reader->headers[reader->symtab];

	if (!reader->symtab)
		return 0;
	if (header->sh_entsize != sizeof(Elf64_Sym) || header->sh_offset % 8)
		return bad(err, "the symbol table is damaged");
	reader->symbol_total = header->sh_size / sizeof(Elf64_Sym);
	if (reader->symbol_total > SYMBOL_LIMIT)
		return bad(err, "%zu symbols", reader->symbol_total);

	const Elf64_Sym *raw = (const Elf64_Sym *)(reader->bytes + header->sh_offset);
	const uint32_t *extended = find_extended_indices(reader);

	reader->symbols = arena_calloc(reader->object->arena, reader->symbol_total,
				       sizeof(*reader->symbols));
	for (size_t i = 1; i < reader->symbol_total; i++) {
		const char *name = text_at(reader, header->sh_link, raw[i].st_name);

		if (!name)
			return bad(err, "the name of symbol %zu cannot be read", i);

		struct elf_symbol *symbol = object_add_symbol(
			reader->object, name, NULL, raw[i].st_value, raw[i].st_size,
			ELF64_ST_BIND(raw[i].st_info), ELF64_ST_TYPE(raw[i].st_info));
		uint32_t shndx = raw[i].st_shndx;

		if (shndx == SHN_XINDEX && extended)
			shndx = extended[i];
		symbol->visibility = ELF64_ST_VISIBILITY(raw[i].st_other);
		if (place_symbol(reader, symbol, shndx, err) < 0)
			return -1;
		reader->symbols[i] = symbol;
	}
	return 0;
}

static int read_reloc(struct reader *reader, const Elf64_Rela *raw,
		      const struct elf_section *target, struct elf_relocs *into, struct error *err)
{
	uint64_t symbol = ELF64_R_SYM(raw->r_info);
	uint32_t type = (uint32_t)ELF64_R_TYPE(raw->r_info);
	unsigned size = reloc_size(type) ? reloc_size(type) : 1;

	if (type == R_X86_64_NONE)
		return 0;
	if (symbol && symbol >= reader->symbol_total)
		return bad(err, "%s+0x%jx: relocation against symbol %ju, which is not there",
			   target->name, (uintmax_t)raw->r_offset, (uintmax_t)symbol);
	if (raw->r_offset > target->size || size > target->size - raw->r_offset)
		return bad(err, "%s: relocation at 0x%jx, beyond the section's end", target->name,
			   (uintmax_t)raw->r_offset);
	into->items[into->count++] = (struct elf_reloc){
		.offset = raw->r_offset,
		.type = type,
		.addend = raw->r_addend,
		.symbol = symbol ? reader->symbols[symbol] : NULL,
	};
	return 0;
}

static int compare_relocs(const void *a, const void *b)
{
	const struct elf_reloc *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static int read_relocs(struct reader *reader, size_t i, struct elf_section *target,
		       struct elf_relocs *into, struct error *err)
{
	const Elf64_Shdr *header = &reader->headers[i];
	const Elf64_Rela *raw = (const Elf64_Rela *)(reader->bytes + header->sh_offset);
	size_t count = header->sh_size / sizeof(Elf64_Rela);
	bool sorted = true;

	if (header->sh_entsize != sizeof(Elf64_Rela) || header->sh_offset % 8)
		return bad(err, "the relocations of %s are damaged", target->name);
	if (count > RELOC_LIMIT)
		return bad(err, "%s: %zu relocations", target->name, count);
	into->items = arena_calloc(reader->object->arena, count, sizeof(*into->items));
	into->capacity = count;
	for (size_t k = 0; k < count; k++) {
		if (read_reloc(reader, &raw[k], target, into, err) < 0)
			return -1;
		if (k && raw[k].r_offset < raw[k - 1].r_offset)
			sorted = false;
	}
	if (!sorted)
		qsort(into->items, into->count, sizeof(*into->items), compare_relocs);
	return 0;
}

/* ".klp.rela.<object>.<section>" -> "<object>" in the arena, or NULL. */
static const char *klp_object_of(struct reader *reader, const char *name,
				 const struct elf_section *target)
{
	static const char prefix[] = ".klp.rela.";
	size_t tail = strlen(target->name) + 1; /* with the dot in front */

	if (!has_prefix(name, prefix))
		return NULL;
	name += sizeof(prefix) - 1;
	if (strlen(name) <= tail || name[strlen(name) - tail] != '.' ||
	    !has_suffix(name, target->name))
		return NULL;

	char *object = arena_strdup(reader->object->arena, name);

	object[strlen(name) - tail] = 0;
	return object;
}

static int read_reloc_table(struct reader *reader, size_t i, struct error *err)
{
	const Elf64_Shdr *header = &reader->headers[i];
	const char *name = text_at(reader, reader->shstrtab, header->sh_name);

	if (header->sh_info >= reader->count || !reader->by_index[header->sh_info] ||
	    header->sh_link != reader->symtab)
		return bad(err, "%s: relocations for a section that is not there", name);

	struct elf_section *target = reader->by_index[header->sh_info];

	if (header->sh_flags & SHF_RELA_LIVEPATCH) {
		const char *object = klp_object_of(reader, name, target);

		if (!object)
			return bad(err, "%s is no name of a livepatch relocation section", name);
		return read_relocs(reader, i, target,
				   &object_add_klp(reader->object, object, target)->relocs, err);
	}
	if (has_prefix(target->name, ".debug") && !(reader->flags & OBJECT_READ_DEBUG_RELOCS))
		return 0;
	if (target->relocs.items)
		return bad(err, "%s has two relocation tables", target->name);
	return read_relocs(reader, i, target, &target->relocs, err);
}

static int compare_symbols(const void *a, const void *b)
{
	const struct elf_symbol *x = *(struct elf_symbol *const *)a;
	const struct elf_symbol *y = *(struct elf_symbol *const *)b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static bool is_plain_symbol(const struct elf_symbol *symbol)
{
	return symbol->section && symbol->type != STT_SECTION;
}

/* Fills section->symbols. */
static void sort_symbols_into_sections(struct object *object)
{
	for (size_t i = 0; i < object->symbol_count; i++)
		if (is_plain_symbol(object->symbols[i]))
			object->symbols[i]->section->symbol_count++;
	for (size_t i = 0; i < object->section_count; i++) {
		struct elf_section *section = object->sections[i];

		section->symbols = arena_calloc(object->arena, section->symbol_count,
						sizeof(*section->symbols));
		section->symbol_count = 0;
	}
	for (size_t i = 0; i < object->symbol_count; i++) {
		struct elf_section *section = object->symbols[i]->section;

		if (is_plain_symbol(object->symbols[i]))
			section->symbols[section->symbol_count++] = object->symbols[i];
	}
	for (size_t i = 0; i < object->section_count; i++)
		qsort(object->sections[i]->symbols, object->sections[i]->symbol_count,
		      sizeof(struct elf_symbol *), compare_symbols);
}

static int read_all(struct reader *reader, struct error *err)
{
	if (check_header(reader, err) < 0 || open_elf(reader, err) < 0 ||
	    read_headers(reader, err) < 0 || read_sections(reader, err) < 0 ||
	    read_symbols(reader, err) < 0)
		return -1;
	for (size_t i = 1; i < reader->count; i++)
		if (reader->headers[i].sh_type == SHT_RELA && read_reloc_table(reader, i, err) < 0)
			return -1;
	sort_symbols_into_sections(reader->object);
	return 0;
}

int object_parse(const void *data, size_t size, const char *path, unsigned flags,
		 struct object **ret_object, struct error *err)
{
	if (size > OBJECT_SIZE_LIMIT)
		return error_set(err, ERROR_INVALID, "%s: larger than %zu bytes", path,
				 OBJECT_SIZE_LIMIT);

	auto_object struct object *object = object_new(path);
	struct reader reader = {
		.bytes = arena_memdup(object->arena, data, size),
		.size = size,
		.flags = flags,
		.object = object,
	};
	int result = read_all(&reader, err);

	if (reader.elf)
		elf_end(reader.elf);
	if (result < 0)
		return error_context(err, "%s", path);
	object->has_debug_relocs = flags & OBJECT_READ_DEBUG_RELOCS;
	*ret_object = steal_ptr(object);
	return 0;
}

int object_read(const char *path, unsigned flags, struct object **ret_object, struct error *err)
{
	auto_mapping struct mapping mapping = { 0 };

	if (mapping_open(path, OBJECT_SIZE_LIMIT, &mapping, err) < 0)
		return -1;
	return object_parse(mapping.data, mapping.size, path, flags, ret_object, err);
}
