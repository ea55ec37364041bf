/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A private copy of a relocatable object whose debug sections are relocated, so that libdw can read
 * it. Part of elf/dwarf; nobody else includes it.
 *
 * libdwfl could relocate too, but it invents a load address for every section and loses which
 * section an address was in. Here an address says it by itself: dwarf_image_place().
 */
#ifndef SUTURE_ELF_DWARF_IMAGE_H
#define SUTURE_ELF_DWARF_IMAGE_H

#include <elfutils/libdw.h>

#include "base/error.h"
#include "base/memory.h"

struct dwarf_image {
	void *bytes;
	Elf *elf;
	Dwarf *dwarf;
	size_t names_index; /* section index of the section names */
	size_t section_count;
	size_t debug_size; /* bytes of debugging entries: there cannot be more entries */
};

int dwarf_image_open(const void *data, size_t size, struct dwarf_image **ret_image,
		     struct error *err);
void dwarf_image_free(struct dwarf_image *image);
DEFINE_AUTO(dwarf_image)
#define auto_dwarf_image __attribute__((cleanup(auto_dwarf_image_cleanup)))

/* Takes apart an address out of the debug information. False: of no section of the object. */
bool dwarf_image_place(const struct dwarf_image *image, uint64_t address, uint32_t *ret_section,
		       uint64_t *ret_offset);
/* Valid as long as the image; NULL if there is no such section. */
const char *dwarf_image_section_name(const struct dwarf_image *image, uint32_t index);

#endif
