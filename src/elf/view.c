// SPDX-License-Identifier: GPL-2.0-or-later
/* Facts about the format: System V ABI (gabi), chapters 4 and 5. */
#include "elf/view.h"

#include <string.h>

#include "base/packed.h"

/* e_shnum is 16 bits; more sections than that (SHN_XINDEX) no kernel file has. */
#define SECTION_LIMIT SHN_LORESERVE

static bool is_inside(const struct elf_view *view, uint64_t offset, uint64_t size)
{
	return offset <= view->size && size <= view->size - offset;
}

/* The text at `offset` of a table of strings, NULL if it does not end inside. */
static const char *get_text(const char *strings, size_t size, uint64_t offset)
{
	if (offset >= size || !memchr(strings + offset, 0, size - offset))
		return NULL;
	return strings + offset;
}

static int check_header(const struct elf_view *view, const Elf64_Ehdr *header, struct error *err)
{
	const char *packed = packed_advice(header, sizeof(*header));

	if (memcmp(header->e_ident, ELFMAG, SELFMAG))
		return error_set(err, ERROR_INVALID, "not an ELF file%s%s", packed ? ": " : "",
				 packed ? packed : "");
	if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB)
		return error_set(err, ERROR_UNSUPPORTED,
				 "not a 64-bit little-endian ELF file, which is all that suture "
				 "reads");
	if (header->e_shnum == 0)
		return error_set(err, ERROR_INVALID, "the ELF file has no section headers");
	if (header->e_shnum >= SECTION_LIMIT || header->e_shentsize != sizeof(Elf64_Shdr) ||
	    header->e_shstrndx >= header->e_shnum)
		return error_set(err, ERROR_INVALID, "the ELF header contradicts itself");
	if (!is_inside(view, header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr)))
		return error_set(err, ERROR_INVALID,
				 "the ELF file is cut off: its section headers should stand at "
				 "byte %llu, it has %zu", (unsigned long long)header->e_shoff,
				 view->size);
	return 0;
}

static Elf64_Shdr get_header(const struct elf_view *view, uint64_t table, size_t index)
{
	Elf64_Shdr header;

	memcpy(&header, view->data + table + index * sizeof(header), sizeof(header));
	return header;
}

static void extend(struct elf_view *view, uint64_t end)
{
	if (end > view->end)
		view->end = end;
}

static int read_section(struct elf_view *view, const Elf64_Shdr *header, const char *names,
			size_t names_size, struct view_section *into, struct error *err)
{
	const char *name = get_text(names, names_size, header->sh_name);

	if (!name)
		return error_set(err, ERROR_INVALID, "a section's name is outside of the names");
	*into = (struct view_section){
		.name = name, .type = header->sh_type, .link = header->sh_link,
		.flags = header->sh_flags, .address = header->sh_addr, .size = header->sh_size,
		.offset = header->sh_offset,
	};
	if (header->sh_type == SHT_NULL)
		into->size = 0; /* may hold a count */
	if (header->sh_type == SHT_NULL || header->sh_type == SHT_NOBITS)
		return 0;
	if (!is_inside(view, header->sh_offset, header->sh_size))
		return error_set(err, ERROR_INVALID,
				 "the ELF file is cut off: section %.64s should end at byte %llu, "
				 "it has %zu", name,
				 (unsigned long long)(header->sh_offset + header->sh_size),
				 view->size);
	into->data = view->data + header->sh_offset;
	extend(view, header->sh_offset + header->sh_size);
	return 0;
}

static int read_sections(struct elf_view *view, const Elf64_Ehdr *header, struct error *err)
{
	Elf64_Shdr names = get_header(view, header->e_shoff, header->e_shstrndx);

	if (names.sh_type != SHT_STRTAB || !is_inside(view, names.sh_offset, names.sh_size))
		return error_set(err, ERROR_INVALID, "the ELF file has no names of sections");
	view->section_count = header->e_shnum;
	view->sections = xcalloc(view->section_count, sizeof(*view->sections));
	extend(view, header->e_shoff + (uint64_t)header->e_shnum * sizeof(Elf64_Shdr));
	for (size_t i = 0; i < view->section_count; i++) {
		Elf64_Shdr section = get_header(view, header->e_shoff, i);

		if (read_section(view, &section, (const char *)view->data + names.sh_offset,
				 names.sh_size, &view->sections[i], err) < 0)
			return -1;
	}
	return 0;
}

int elf_view_open(const void *data, size_t size, struct elf_view **ret_view, struct error *err)
{
	auto_elf_view struct elf_view *view = xcalloc(1, sizeof(*view));
	Elf64_Ehdr header;

	view->data = data;
	view->size = size;
	if (size < sizeof(header))
		return error_set(err, ERROR_INVALID, "too short for an ELF file: %zu bytes", size);
	memcpy(&header, data, sizeof(header));
	if (check_header(view, &header, err) < 0)
		return -1;
	view->type = header.e_type;
	view->machine = header.e_machine;
	if (is_inside(view, header.e_phoff, (uint64_t)header.e_phnum * sizeof(Elf64_Phdr)))
		extend(view, header.e_phoff + (uint64_t)header.e_phnum * sizeof(Elf64_Phdr));
	if (read_sections(view, &header, err) < 0)
		return -1;
	*ret_view = steal_ptr(view);
	return 0;
}

void elf_view_free(struct elf_view *view)
{
	if (!view)
		return;
	free(view->sections);
	free(view);
}

const struct view_section *elf_view_section(const struct elf_view *view, const char *name)
{
	for (size_t i = 0; i < view->section_count; i++)
		if (!strcmp(view->sections[i].name, name))
			return &view->sections[i];
	return NULL;
}

const uint8_t *elf_view_at(const struct elf_view *view, uint64_t address, uint64_t size)
{
	for (size_t i = 0; i < view->section_count; i++) {
		const struct view_section *section = &view->sections[i];

		if (section->flags & SHF_ALLOC && section->data && address >= section->address &&
		    address - section->address <= section->size &&
		    size <= section->size - (address - section->address))
			return section->data + (address - section->address);
	}
	return NULL;
}

static const struct view_section *find_symtab(const struct elf_view *view)
{
	for (size_t i = 0; i < view->section_count; i++)
		if (view->sections[i].type == SHT_SYMTAB)
			return &view->sections[i];
	return NULL;
}

bool elf_view_has_symbols(const struct elf_view *view)
{
	return find_symtab(view) != NULL;
}

int elf_view_symtab(const struct elf_view *view, struct view_symtab *ret_table, struct error *err)
{
	const struct view_section *section = find_symtab(view);

	if (!section)
		return error_set(err, ERROR_NOT_FOUND, "the ELF file has no symbol table");
	if (section->link >= view->section_count ||
	    view->sections[section->link].type != SHT_STRTAB)
		return error_set(err, ERROR_INVALID, "the symbol table has no names");

	const struct view_section *strings = &view->sections[section->link];

	*ret_table = (struct view_symtab){
		.entries = section->data,
		.count = section->size / sizeof(Elf64_Sym),
		.strings = (const char *)strings->data,
		.strings_size = strings->size,
		.section_count = view->section_count,
	};
	return 0;
}

int view_symtab_get(const struct view_symtab *table, size_t index, struct view_symbol *ret_symbol,
		    struct error *err)
{
	Elf64_Sym symbol;

	memcpy(&symbol, table->entries + index * sizeof(symbol), sizeof(symbol));

	const char *name = get_text(table->strings, table->strings_size, symbol.st_name);

	if (!name)
		return error_set(err, ERROR_INVALID, "symbol %zu has its name outside of the names",
				 index);
	if (symbol.st_shndx >= table->section_count && symbol.st_shndx < SHN_LORESERVE)
		return error_set(err, ERROR_INVALID, "symbol %.64s is in section %u of %zu", name,
				 symbol.st_shndx, table->section_count);
	if (symbol.st_shndx == SHN_XINDEX)
		return error_set(err, ERROR_UNSUPPORTED,
				 "symbol %.64s uses an extended section index", name);
	*ret_symbol = (struct view_symbol){
		.name = name, .value = symbol.st_value, .size = symbol.st_size,
		.type = ELF64_ST_TYPE(symbol.st_info), .binding = ELF64_ST_BIND(symbol.st_info),
		.shndx = symbol.st_shndx,
	};
	return 0;
}
