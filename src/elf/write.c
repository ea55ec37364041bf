// SPDX-License-Identifier: GPL-2.0-or-later
/* The file: ELF header, sections in order, symbol table, relocation tables, strings, headers. */
#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "elf/object.h"

struct strings { /* a string table in which every text stands once */
	struct buffer bytes;
	struct map *offsets;
};

static void strings_init(struct strings *strings)
{
	strings->bytes = BUFFER_INIT;
	strings->offsets = map_new();
	buffer_add_char(&strings->bytes, 0);
}

static void strings_clear(struct strings *strings)
{
	buffer_clear(&strings->bytes);
	map_free(strings->offsets);
}

static uint32_t strings_add(struct strings *strings, const char *text)
{
	if (!*text)
		return 0;

	void *there = map_find(strings->offsets, text);

	if (there)
		return (uint32_t)(uintptr_t)there;

	uint32_t offset = (uint32_t)strings->bytes.size;

	buffer_add(&strings->bytes, text, strlen(text) + 1);
	map_set(strings->offsets, text, (void *)(uintptr_t)offset);
	return offset;
}

struct writer {
	struct object *object;
	struct buffer bytes; /* the file */
	Elf64_Shdr *headers; /* [0] is the null section */
	size_t header_count, header_capacity;
	struct strings names, symbol_names;
	uint32_t symtab; /* section index it has */
};

/* Adds a section with its bytes at its alignment. */
static void add_section(struct writer *writer, const char *name, Elf64_Shdr header,
			const void *data, size_t size)
{
	if (header.sh_type != SHT_NULL)
		buffer_align(&writer->bytes, header.sh_addralign);
	header.sh_name = strings_add(&writer->names, name);
	header.sh_offset = header.sh_type == SHT_NULL ? 0 : writer->bytes.size;
	header.sh_size = size;
	if (header.sh_type != SHT_NOBITS)
		buffer_add(&writer->bytes, data, size);
	ARRAY_GROW(writer->headers, writer->header_capacity, writer->header_count + 1);
	writer->headers[writer->header_count++] = header;
}

static uint32_t section_number(const struct elf_section *section)
{
	return (uint32_t)section->index + 1;
}

static void write_sections(struct writer *writer)
{
	struct object *object = writer->object;

	for (size_t i = 0; i < object->section_count; i++)
		object->sections[i]->index = i;
	for (size_t i = 0; i < object->section_count; i++) {
		const struct elf_section *section = object->sections[i];

		add_section(writer, section->name,
			    (Elf64_Shdr){
				    .sh_type = section->type,
				    .sh_flags = section->flags,
				    .sh_addralign = section->align,
				    .sh_entsize = section->entsize,
				    .sh_link = section->link ? section_number(section->link) : 0,
			    },
			    section->data, section->size);
	}
}

/* Locals first (System V ABI: sh_info of the symbol table is the first global one). */
static uint32_t number_symbols(struct object *object)
{
	struct elf_symbol **ordered =
		arena_calloc(object->arena, object->symbol_count, sizeof(*ordered));
	size_t count = 0, locals = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < object->symbol_count; i++)
			if ((object->symbols[i]->bind == STB_LOCAL) == (pass == 0))
				ordered[count++] = object->symbols[i];
		if (pass == 0)
			locals = count;
	}
	object->symbols = ordered;
	object->symbol_capacity = object->symbol_count;
	for (size_t i = 0; i < object->symbol_count; i++)
		ordered[i]->index = i;
	return (uint32_t)locals + 1;
}

static void write_symbols(struct writer *writer)
{
	struct object *object = writer->object;
	uint32_t first_global = number_symbols(object);
	auto_buffer struct buffer table = BUFFER_INIT;

	buffer_add_zeros(&table, sizeof(Elf64_Sym));
	for (size_t i = 0; i < object->symbol_count; i++) {
		const struct elf_symbol *symbol = object->symbols[i];
		Elf64_Sym raw = {
			.st_name = strings_add(&writer->symbol_names, symbol->name),
			.st_value = symbol->value,
			.st_size = symbol->size,
			.st_info = ELF64_ST_INFO(symbol->bind, symbol->type),
			.st_other = symbol->visibility,
			.st_shndx = symbol->section ? (uint16_t)section_number(symbol->section) :
						      symbol->special,
		};

		buffer_add(&table, &raw, sizeof(raw));
	}

	writer->symtab = (uint32_t)writer->header_count;
	add_section(writer, ".symtab",
		    (Elf64_Shdr){
			    .sh_type = SHT_SYMTAB,
			    .sh_addralign = 8,
			    .sh_entsize = sizeof(Elf64_Sym),
			    .sh_link = writer->symtab + 1,
			    .sh_info = first_global,
		    },
		    table.data, table.size);
	add_section(writer, ".strtab", (Elf64_Shdr){ .sh_type = SHT_STRTAB, .sh_addralign = 1 },
		    writer->symbol_names.bytes.data, writer->symbol_names.bytes.size);
}

static void write_relocs(struct writer *writer, const char *name, uint64_t flags,
			 const struct elf_section *target, const struct elf_relocs *relocs)
{
	auto_buffer struct buffer table = BUFFER_INIT;

	for (size_t i = 0; i < relocs->count; i++) {
		const struct elf_reloc *reloc = &relocs->items[i];
		uint64_t symbol = reloc->symbol ? reloc->symbol->index + 1 : 0;
		Elf64_Rela raw = {
			.r_offset = reloc->offset,
			.r_info = ELF64_R_INFO(symbol, reloc->type),
			.r_addend = reloc->addend,
		};

		buffer_add(&table, &raw, sizeof(raw));
	}
	add_section(writer, name,
		    (Elf64_Shdr){
			    .sh_type = SHT_RELA,
			    .sh_flags = flags,
			    .sh_addralign = 8,
			    .sh_entsize = sizeof(Elf64_Rela),
			    .sh_link = writer->symtab,
			    .sh_info = section_number(target),
		    },
		    table.data, table.size);
}

static void write_all_relocs(struct writer *writer)
{
	struct object *object = writer->object;

	for (size_t i = 0; i < object->section_count; i++) {
		const struct elf_section *section = object->sections[i];

		if (!section->relocs.count)
			continue;
		auto_free char *name = xasprintf(".rela%s", section->name);
		write_relocs(writer, name, SHF_INFO_LINK, section, &section->relocs);
	}
	for (size_t i = 0; i < object->klp_count; i++) {
		const struct elf_klp_relocs *klp = object->klp[i];
		auto_free char *name = xasprintf(".klp.rela.%s.%s", klp->object, klp->target->name);

		/* SHF_ALLOC: the module loader keeps only such sections in memory
		 * (Documentation/livepatch/module-elf-format.rst, section 2.3). */
		write_relocs(writer, name, SHF_RELA_LIVEPATCH | SHF_ALLOC, klp->target,
			     &klp->relocs);
	}
}

static void write_headers(struct writer *writer)
{
	uint32_t names = (uint32_t)writer->header_count;

	strings_add(&writer->names, ".shstrtab");
	add_section(writer, ".shstrtab", (Elf64_Shdr){ .sh_type = SHT_STRTAB, .sh_addralign = 1 },
		    writer->names.bytes.data, writer->names.bytes.size);
	buffer_align(&writer->bytes, 8);

	Elf64_Ehdr elf = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = writer->object->type,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = (uint16_t)writer->header_count,
		.e_shstrndx = (uint16_t)names,
		.e_shoff = writer->bytes.size,
	};

	memcpy(writer->bytes.data, &elf, sizeof(elf));
	buffer_add(&writer->bytes, writer->headers,
		   writer->header_count * sizeof(*writer->headers));
}

int object_write(struct object *object, const char *path, struct error *err)
{
	struct writer writer = { .object = object };
	/* Each section may have a relocation table, and there are a few more. */
	size_t most = 2 * object->section_count + object->klp_count + 8;

	if (!object->has_debug_relocs)
		return error_set(err, ERROR_FAILED, "%s was read without all its relocations",
				 object->path);
	if (most >= SHN_LORESERVE)
		return error_set(err, ERROR_INVALID, "%s: %zu sections are too many to write", path,
				 object->section_count);
	strings_init(&writer.names);
	strings_init(&writer.symbol_names);
	buffer_add_zeros(&writer.bytes, sizeof(Elf64_Ehdr));
	add_section(&writer, "", (Elf64_Shdr){ 0 }, NULL, 0);
	write_sections(&writer);
	write_symbols(&writer);
	write_all_relocs(&writer);
	write_headers(&writer);

	int result = file_write(path, writer.bytes.data, writer.bytes.size, 0666, false, err);

	buffer_clear(&writer.bytes);
	strings_clear(&writer.names);
	strings_clear(&writer.symbol_names);
	free(writer.headers);
	return result;
}
