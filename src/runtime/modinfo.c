// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/modinfo.h"

#include <elf.h> /* the layout of the format; no library */
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/packed.h"

#define ITEMS_LIMIT 4096
#define MODULE_NAME_LIMIT 56 /* include/linux/moduleparam.h: MODULE_NAME_LEN, with its zero */

static const char signature_mark[] = "~Module signature appended~\n";

struct span {
	const uint8_t *data;
	size_t size;
};

static bool span_has(struct span span, uint64_t offset, uint64_t size)
{
	return offset <= span.size && size <= span.size - offset;
}

/* The header copied out (the file may be unaligned in memory). */
static int read_header(struct span file, Elf64_Ehdr *ret_header, struct error *err)
{
	Elf64_Ehdr header;
	const char *packed = packed_advice(file.data, file.size);

	if (file.size < sizeof(header) || memcmp(file.data, ELFMAG, SELFMAG))
		return error_set(err, ERROR_INVALID,
				 "not a kernel module: no ELF header%s%s", packed ? "; " : "",
				 packed ? packed : "");
	memcpy(&header, file.data, sizeof(header));
	if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
	    header.e_type != ET_REL)
		return error_set(err, ERROR_INVALID,
				 "not a kernel module: not a 64-bit relocatable ELF object");
	if (header.e_shentsize != sizeof(Elf64_Shdr) || header.e_shnum == 0 ||
	    !span_has(file, header.e_shoff, (uint64_t)header.e_shnum * sizeof(Elf64_Shdr)) ||
	    header.e_shstrndx >= header.e_shnum)
		return error_set(err, ERROR_INVALID,
				 "damaged kernel module: its section table is outside of the file "
				 "(cut short while copying?)");
	*ret_header = header;
	return 0;
}

static Elf64_Shdr section_at(struct span file, const Elf64_Ehdr *header, unsigned index)
{
	Elf64_Shdr section;

	memcpy(&section, file.data + header->e_shoff + (uint64_t)index * sizeof(section),
	       sizeof(section));
	return section;
}

/* The bytes of the named section; false if there is none or it lies outside of the file. */
static bool find_section(struct span file, const Elf64_Ehdr *header, const char *name,
			 struct span *ret_section)
{
	Elf64_Shdr names = section_at(file, header, header->e_shstrndx);
	size_t length = strlen(name) + 1;

	if (names.sh_type != SHT_STRTAB || !span_has(file, names.sh_offset, names.sh_size))
		return false;
	for (unsigned i = 1; i < header->e_shnum; i++) {
		Elf64_Shdr section = section_at(file, header, i);

		if (section.sh_type == SHT_NOBITS || section.sh_name > names.sh_size ||
		    length > names.sh_size - section.sh_name ||
		    memcmp(file.data + names.sh_offset + section.sh_name, name, length))
			continue;
		if (!span_has(file, section.sh_offset, section.sh_size))
			return false;
		*ret_section = (struct span){ file.data + section.sh_offset, section.sh_size };
		return true;
	}
	return false;
}

static int split_items(struct span section, struct text_list *items, struct error *err)
{
	size_t at = 0;

	while (at < section.size) {
		const char *text = (const char *)section.data + at;
		size_t length = strnlen(text, section.size - at);

		if (length == section.size - at)
			return error_set(err, ERROR_INVALID,
					 "damaged kernel module: .modinfo does not end with a zero");
		if (items->count == ITEMS_LIMIT)
			return error_set(err, ERROR_INVALID,
					 "damaged kernel module: .modinfo has too many entries");
		if (length)
			text_list_add(items, text);
		at += length + 1;
	}
	return 0;
}

char *notes_build_id(const void *data, size_t size)
{
	struct span notes = { data, size };
	uint64_t at = 0;

	while (span_has(notes, at, sizeof(Elf64_Nhdr))) {
		Elf64_Nhdr note;

		memcpy(&note, notes.data + at, sizeof(note));

		uint64_t name = at + sizeof(note);
		uint64_t content = name + (((uint64_t)note.n_namesz + 3) & ~3ULL);

		if (!span_has(notes, content, note.n_descsz))
			return NULL;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
		    !memcmp(notes.data + name, "GNU", 4) && note.n_descsz &&
		    note.n_descsz <= 64) {
			char *hex = xmalloc(2 * (size_t)note.n_descsz + 1);

			hex_encode(notes.data + content, note.n_descsz, hex);
			return hex;
		}
		at = content + (((uint64_t)note.n_descsz + 3) & ~3ULL);
	}
	return NULL;
}

const char *modinfo_get(const struct modinfo *info, const char *key)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < info->items.count; i++)
		if (has_prefix(info->items.items[i], key) && info->items.items[i][length] == '=')
			return info->items.items[i] + length + 1;
	return NULL;
}

void modinfo_get_all(const struct modinfo *info, const char *key, struct text_list *into)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < info->items.count; i++)
		if (has_prefix(info->items.items[i], key) && info->items.items[i][length] == '=')
			text_list_split(into, info->items.items[i] + length + 1, ",");
}

/* kernel/module/livepatch: any value of "livepatch" makes it one (check_modinfo_livepatch). */
bool modinfo_is_livepatch(const struct modinfo *info)
{
	return modinfo_get(info, "livepatch") != NULL;
}

static bool is_module_name(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length < MODULE_NAME_LIMIT && name[0] != '.' && !strchr(name, '/') &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
		       length;
}

static int parse_sections(struct span file, struct modinfo *info, struct error *err)
{
	Elf64_Ehdr header;
	struct span section;

	if (read_header(file, &header, err) < 0)
		return -1;
	if (!find_section(file, &header, ".modinfo", &section))
		return error_set(err, ERROR_INVALID,
				 "not a kernel module, or cut short: no .modinfo section");
	if (split_items(section, &info->items, err) < 0)
		return -1;
	if (find_section(file, &header, ".note.gnu.build-id", &section))
		info->build_id = notes_build_id(section.data, section.size);

	const char *name = modinfo_get(info, "name");

	if (!name || !is_module_name(name))
		return error_set(err, ERROR_INVALID,
				 "damaged kernel module: .modinfo has no proper name");
	info->name = xstrdup(name);
	/* The name in the file is what the build system called it; the kernel shows '_'. */
	for (char *c = info->name; *c; c++)
		if (*c == '-')
			*c = '_';
	return 0;
}

int modinfo_parse(const void *data, size_t size, struct modinfo *ret_info, struct error *err)
{
	const size_t mark = sizeof(signature_mark) - 1;
	struct span file = { data, size };
	struct modinfo info = { 0 };

	if (size > MODINFO_FILE_LIMIT)
		return error_set(err, ERROR_INVALID, "larger than the limit of %zu bytes",
				 MODINFO_FILE_LIMIT);
	info.size = size;
	info.is_signed = size > mark && !memcmp(file.data + size - mark, signature_mark, mark);
	if (parse_sections(file, &info, err) < 0) {
		modinfo_clear(&info);
		return -1;
	}
	*ret_info = info;
	return 0;
}

void modinfo_clear(struct modinfo *info)
{
	text_list_clear(&info->items);
	free(info->name);
	free(info->build_id);
	*info = (struct modinfo){ 0 };
}
