// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/dwarf_image.h"

#include <gelf.h>
#include <string.h>

/* A relocated address: section index above bit 40, and below it the offset, biased because a
 * symbol plus addend may point in front of its section. */
#define PLACE_SHIFT 40
#define PLACE_BIAS ((int64_t)1 << (PLACE_SHIFT - 1))
/* More debug information than the largest unit of a kernel has, compressed or not. */
#define SECTION_LIMIT ((uint64_t)1 << 30)

bool dwarf_image_place(const struct dwarf_image *image, uint64_t address, uint32_t *ret_section,
		       uint64_t *ret_offset)
{
	uint64_t section = address >> PLACE_SHIFT;
	int64_t offset = (int64_t)(address & (((uint64_t)1 << PLACE_SHIFT) - 1)) - PLACE_BIAS;

	if (section == 0 || section >= image->section_count || offset < 0)
		return false;
	*ret_section = (uint32_t)section;
	*ret_offset = (uint64_t)offset;
	return true;
}

const char *dwarf_image_section_name(const struct dwarf_image *image, uint32_t index)
{
	GElf_Shdr header;

	if (!gelf_getshdr(elf_getscn(image->elf, index), &header))
		return NULL;
	return elf_strptr(image->elf, image->names_index, header.sh_name);
}

void dwarf_image_free(struct dwarf_image *image)
{
	if (!image)
		return;
	if (image->dwarf)
		dwarf_end(image->dwarf);
	if (image->elf)
		elf_end(image->elf);
	free(image->bytes);
	free(image);
}

static int elf_error(struct error *err, const char *doing)
{
	return error_set(err, ERROR_INVALID, "%s: %s", doing, elf_errmsg(-1));
}

struct symbols {
	Elf_Data *table;
	Elf_Data *indexes; /* SHT_SYMTAB_SHNDX, or NULL */
};

static int find_symbols(const struct dwarf_image *image, uint32_t table, struct symbols *ret,
			struct error *err)
{
	GElf_Shdr header;
	Elf_Scn *section = elf_getscn(image->elf, table);

	if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB)
		return error_set(err, ERROR_INVALID, "relocations without a symbol table");
	*ret = (struct symbols){ .table = elf_getdata(section, NULL) };
	if (!ret->table)
		return elf_error(err, "reading the symbol table");

	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(image->elf, scn));)
		if (gelf_getshdr(scn, &header) && header.sh_type == SHT_SYMTAB_SHNDX &&
		    header.sh_link == table)
			ret->indexes = elf_getdata(scn, NULL);
	return 0;
}

/* What the relocation's symbol plus addend comes to. */
static int relocation_value(const struct symbols *symbols, const GElf_Rela *rela, bool is_address,
			    uint64_t *ret_value, struct error *err)
{
	GElf_Sym symbol;
	Elf32_Word index = 0;

	if (!gelf_getsymshndx(symbols->table, symbols->indexes, (int)GELF_R_SYM(rela->r_info),
			      &symbol, &index))
		return elf_error(err, "a debug section's relocation has no symbol");
	if (symbol.st_shndx != SHN_XINDEX)
		index = symbol.st_shndx < SHN_LORESERVE ? symbol.st_shndx : 0;

	int64_t offset = (int64_t)(symbol.st_value + (uint64_t)rela->r_addend);

	if (offset < -PLACE_BIAS || offset >= PLACE_BIAS)
		return error_set(err, ERROR_INVALID, "a debug relocation is out of range");
	if (!is_address)
		*ret_value = (uint64_t)offset;
	else if (index == 0)
		*ret_value = 0;
	else
		*ret_value = ((uint64_t)index << PLACE_SHIFT) + (uint64_t)(offset + PLACE_BIAS);
	return 0;
}

/* The kinds that debug sections have: x86-64 psABI, table 4.9. */
static int relocate_one(Elf_Data *target, const struct symbols *symbols, const GElf_Rela *rela,
			struct error *err)
{
	uint64_t value = 0;
	size_t size;

	switch (GELF_R_TYPE(rela->r_info)) {
	case R_X86_64_64:
		size = 8;
		break;
	case R_X86_64_32:
		size = 4;
		break;
	case R_X86_64_NONE:
	case R_X86_64_DTPOFF32: /* thread-local variables: no place in any section */
	case R_X86_64_DTPOFF64:
		return 0;
	default:
		return error_set(err, ERROR_INVALID, "relocation of kind %u in a debug section",
				 (unsigned)GELF_R_TYPE(rela->r_info));
	}

	if (relocation_value(symbols, rela, size == 8, &value, err) < 0)
		return -1;
	if (size == 4 && value > UINT32_MAX)
		return error_set(err, ERROR_INVALID, "a debug relocation is out of range");
	if (rela->r_offset > target->d_size || target->d_size - rela->r_offset < size)
		return error_set(err, ERROR_INVALID, "a relocation lies outside its debug section");
	memcpy((char *)target->d_buf + rela->r_offset, &value, size);
	return 0;
}

static int relocate_section(const struct dwarf_image *image, Elf_Scn *scn, const GElf_Shdr *header,
			    struct error *err)
{
	struct symbols symbols;
	Elf_Data *relocations = elf_getdata(scn, NULL);
	Elf_Data *target = elf_rawdata(elf_getscn(image->elf, header->sh_info), NULL);

	if (!relocations || !target || !target->d_buf)
		return elf_error(err, "reading a debug section's relocations");
	if (!header->sh_entsize || !relocations->d_size)
		return 0;
	if (find_symbols(image, header->sh_link, &symbols, err) < 0)
		return -1;
	for (size_t i = 0; i < relocations->d_size / header->sh_entsize; i++) {
		GElf_Rela rela;

		if (!gelf_getrela(relocations, (int)i, &rela))
			return elf_error(err, "reading a debug section's relocations");
		if (relocate_one(target, &symbols, &rela, err) < 0)
			return -1;
	}
	return 0;
}

/* The sections out of which debugging entries take offsets and addresses. The others (lines,
 * ranges, location lists) are not read. */
static bool is_relocated(const char *name)
{
	static const char *const names[] = { ".debug_info", ".debug_types", ".debug_addr",
					     ".debug_str_offsets" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static int uncompress(Elf_Scn *scn, const GElf_Shdr *header, struct error *err)
{
	GElf_Chdr compression;

	if (!(header->sh_flags & SHF_COMPRESSED))
		return 0;
	if (!gelf_getchdr(scn, &compression))
		return elf_error(err, "reading a compressed debug section");
	if (compression.ch_size > SECTION_LIMIT)
		return error_set(err, ERROR_INVALID, "a compressed debug section is too large");
	if (elf_compress(scn, 0, 0) < 0)
		return elf_error(err, "uncompressing a debug section");
	return 0;
}

/* Takes stock of the debug sections. What libdw would silently leave out is an error here. */
static int prepare_section(struct dwarf_image *image, Elf_Scn *scn, const char *name,
			   const GElf_Shdr *header, struct error *err)
{
	bool has_entries = !strcmp(name, ".debug_info") || !strcmp(name, ".debug_types");

	if (!strncmp(name, ".zdebug_", 8) || (has_entries && header->sh_flags & SHF_GROUP))
		return error_set(err, ERROR_INVALID, "%s: suture does not read %s", name,
				 *name == '.' && name[1] == 'z' ? "GNU-style compressed sections" :
								  "type units");
	if (has_entries && image->debug_size)
		return error_set(err, ERROR_INVALID, "more than one section of debugging entries");
	if (strncmp(name, ".debug_", 7))
		return 0;
	if (uncompress(scn, header, err) < 0)
		return -1;

	GElf_Shdr now;

	if (!gelf_getshdr(scn, &now))
		return elf_error(err, "reading a section header");
	if (has_entries)
		image->debug_size = now.sh_size;
	return 0;
}

typedef int (*section_function)(struct dwarf_image *image, Elf_Scn *scn, const char *name,
				const GElf_Shdr *header, struct error *err);

static int for_each_section(struct dwarf_image *image, section_function function,
			    struct error *err)
{
	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(image->elf, scn));) {
		GElf_Shdr header;

		if (!gelf_getshdr(scn, &header))
			return elf_error(err, "reading a section header");

		const char *name = elf_strptr(image->elf, image->names_index, header.sh_name);

		if (!name)
			return elf_error(err, "reading a section's name");
		if (function(image, scn, name, &header, err) < 0)
			return -1;
	}
	return 0;
}

static int relocate_if_debug(struct dwarf_image *image, Elf_Scn *scn, const char *name,
			     const GElf_Shdr *header, struct error *err)
{
	(void)name;
	if (header->sh_type != SHT_RELA && header->sh_type != SHT_REL)
		return 0;

	const char *target = dwarf_image_section_name(image, header->sh_info);

	if (!target || !is_relocated(target))
		return 0;
	if (header->sh_type == SHT_REL)
		return error_set(err, ERROR_INVALID, "%s has relocations without addends", target);
	return relocate_section(image, scn, header, err);
}

static int check_kind(const struct dwarf_image *image, struct error *err)
{
	GElf_Ehdr header;

	if (elf_kind(image->elf) != ELF_K_ELF || !gelf_getehdr(image->elf, &header))
		return error_set(err, ERROR_INVALID, "not an ELF file");
	if (header.e_type != ET_REL)
		return error_set(err, ERROR_INVALID, "not a relocatable object");
	if (header.e_machine != EM_X86_64 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
	    header.e_ident[EI_DATA] != ELFDATA2LSB)
		return error_set(err, ERROR_INVALID, "not an object for x86-64");
	return 0;
}

int dwarf_image_open(const void *data, size_t size, struct dwarf_image **ret_image,
		     struct error *err)
{
	auto_dwarf_image struct dwarf_image *image = xcalloc(1, sizeof(*image));

	elf_version(EV_CURRENT);
	/* A zero byte behind it all: libdw does not check that the last text ends. */
	image->bytes = xcalloc(1, size + 1);
	memcpy(image->bytes, data, size);
	image->elf = elf_memory(image->bytes, size);
	if (!image->elf)
		return elf_error(err, "reading the object");
	if (check_kind(image, err) < 0)
		return -1;
	if (elf_getshdrnum(image->elf, &image->section_count) < 0 ||
	    elf_getshdrstrndx(image->elf, &image->names_index) < 0)
		return elf_error(err, "reading the section headers");
	if (for_each_section(image, prepare_section, err) < 0)
		return -1;
	if (!image->debug_size)
		return error_set(err, ERROR_NOT_FOUND,
				 "the object has no debug information: compile it with -g");
	if (for_each_section(image, relocate_if_debug, err) < 0)
		return -1;

	image->dwarf = dwarf_begin_elf(image->elf, DWARF_C_READ, NULL);
	if (!image->dwarf)
		return error_set(err, ERROR_INVALID, "reading the debug information: %s",
				 dwarf_errmsg(-1));
	*ret_image = steal_ptr(image);
	return 0;
}
