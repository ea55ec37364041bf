/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A module file with nothing in it but what the host reads: .modinfo and the build-id note. */
#ifndef SUTURE_TESTS_UNIT_MADE_MODULE_H
#define SUTURE_TESTS_UNIT_MADE_MODULE_H

#include <elf.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

static const char made_names[] = "\0.modinfo\0.shstrtab\0.note.gnu.build-id";
static const uint8_t made_note[] = { 4,	  0,   0,   0, 2,    0,	   0, 0, 3, 0, 0, 0,
				     'G', 'N', 'U', 0, 0xab, 0xcd };

/* `modinfo`: the section's bytes, "key=value" each with a zero behind. */
static inline void make_module(struct buffer *file, const char *modinfo, size_t modinfo_size)
{
	const size_t start = sizeof(Elf64_Ehdr);
	const struct {
		const void *data;
		size_t size, name;
		uint32_t type;
	} parts[] = {
		{ modinfo, modinfo_size, 1, SHT_PROGBITS },
		{ made_names, sizeof(made_names), 10, SHT_STRTAB },
		{ made_note, sizeof(made_note), 20, SHT_NOTE },
	};
	Elf64_Ehdr header = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
					   ELFDATA2LSB, EV_CURRENT },
			      .e_type = ET_REL, .e_shentsize = sizeof(Elf64_Shdr), .e_shnum = 4,
			      .e_shstrndx = 2 };
	Elf64_Shdr sections[4] = { 0 };
	size_t at = start;

	buffer_add_zeros(file, start);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		sections[i + 1] = (Elf64_Shdr){ .sh_name = (uint32_t)parts[i].name,
						.sh_type = parts[i].type, .sh_offset = at,
						.sh_size = parts[i].size };
		buffer_add(file, parts[i].data, parts[i].size);
		at += parts[i].size;
	}
	header.e_shoff = at;
	buffer_add(file, sections, sizeof(sections));
	memcpy(file->data, &header, sizeof(header));
}

#endif
