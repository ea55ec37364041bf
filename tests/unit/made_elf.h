/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small made-up ELF files for tests: sections by name and contents, with headers that are right. */
#ifndef SUTURE_TESTS_UNIT_MADE_ELF_H
#define SUTURE_TESTS_UNIT_MADE_ELF_H

#include <elf.h>
#include <string.h>

#include "base/buffer.h"

struct made_section {
	const char *name;
	uint32_t type;
	uint64_t flags;
	uint64_t address;
	const void *data;
	size_t size;
	uint32_t link; /* 1 + index in the list */
};

/* Appends the whole file to *into. The names of the sections become the last section. */
static inline void make_elf(const struct made_section *sections, size_t count, uint16_t type,
			    struct buffer *into)
{
	auto_buffer struct buffer names = BUFFER_INIT;
	Elf64_Shdr headers[32] = { 0 };
	Elf64_Ehdr header = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = type, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
		.e_ehsize = sizeof(Elf64_Ehdr), .e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = (uint16_t)(count + 2), .e_shstrndx = (uint16_t)(count + 1),
	};

	buffer_add(into, &header, sizeof(header));
	buffer_add_char(&names, 0);
	for (size_t i = 0; i < count; i++) {
		buffer_align(into, 16);
		headers[i + 1] = (Elf64_Shdr){
			.sh_name = (uint32_t)names.size, .sh_type = sections[i].type,
			.sh_flags = sections[i].flags, .sh_addr = sections[i].address,
			.sh_offset = into->size, .sh_size = sections[i].size,
			.sh_link = sections[i].link, .sh_addralign = 16,
		};
		buffer_add(&names, sections[i].name, strlen(sections[i].name) + 1);
		if (sections[i].type != SHT_NOBITS)
			buffer_add(into, sections[i].data, sections[i].size);
	}
	headers[count + 1] = (Elf64_Shdr){
		.sh_name = (uint32_t)names.size, .sh_type = SHT_STRTAB, .sh_offset = into->size,
		.sh_size = names.size + strlen(".shstrtab") + 1,
	};
	buffer_add(&names, ".shstrtab", strlen(".shstrtab") + 1);
	buffer_add(into, names.data, names.size);
	buffer_align(into, 8);
	header.e_shoff = into->size;
	buffer_add(into, headers, (count + 2) * sizeof(headers[0]));
	memcpy(into->data, &header, sizeof(header));
}

#endif
