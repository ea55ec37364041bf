// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/place.h"

#include <string.h>

#include "base/text.h"
#include "diff/renamed.h"

/* Sections that the module loader finds by their exact names (kernel/module/main.c,
 * lib/dynamic_debug.c), and those that rows refer into: one each, appended to. */
static const char *const shared_sections[] = {
	".data..percpu", ".data..ro_after_init", "__dyndbg", ".altinstr_replacement",
	".altinstr_aux", NULL,
};

static bool is_shared(const char *name)
{
	for (const char *const *item = shared_sections; *item; item++)
		if (!strcmp(*item, name))
			return true;
	return false;
}

static struct elf_section *shared_section(struct object *out, const char *name, uint32_t type,
					  uint64_t flags, uint64_t align)
{
	struct elf_section *section = object_find_section(out, name);

	if (section)
		return section;
	return object_add_section(out, name, type, flags & ~(uint64_t)SHF_LINK_ORDER, align);
}

/* A section of its own for everything else, named by what it is and never by where it came from:
 * names like .init.* or .sched.text mean something to somebody. */
static struct elf_section *own_section(struct object *out, const struct atom *atom)
{
	const struct elf_section *from = atom->section;
	const char *prefix = atom->parent		      ? ".text.unlikely." :
			     atom->is_function		      ? ".text." :
			     !(from->flags & SHF_WRITE)	      ? ".rodata." :
			     from->type == SHT_NOBITS	      ? ".bss." :
								".data.";
	auto_free char *nameless = xasprintf("suture.%zu", out->section_count);
	auto_free char *name = xasprintf("%s%s", prefix, atom->symbol ? atom->name : nameless);

	/* Two units may have a function of one name (fs/binfmt_elf.c is included by another unit): the
	 * linker would put sections of one name together. */
	auto_free char *other = xasprintf("%s.%zu", name, out->section_count);

	return object_add_section(out, object_find_section(out, name) ? other : name, from->type,
				  from->flags & ~(uint64_t)SHF_LINK_ORDER, from->align);
}

/* The largest power of two that the atom's place in its own section guarantees. */
static uint64_t alignment_of(const struct atom *atom)
{
	uint64_t align = atom->section->align;

	while (align > 1 && atom->start % align)
		align /= 2;
	return align;
}

void place_atom(struct object *out, struct atom *atom)
{
	const struct elf_section *from = atom->section;
	struct placed *placed = arena_alloc(out->arena, sizeof(*placed));
	const uint8_t *bytes = from->data ? from->data + atom->start : NULL;
	const struct elf_symbol *symbol = atom->symbol;

	/* A module has one per-CPU section; the kernel proper has several kinds, by alignment and use
	 * (include/linux/percpu-defs.h). */
	const char *name = section_is_percpu(from) ? ".data..percpu" : from->name;

	placed->section = is_shared(name) ? shared_section(out, name, from->type, from->flags,
							   from->align) :
					    own_section(out, atom);
	placed->offset = section_append(out, placed->section, bytes, atom->end - atom->start,
					alignment_of(atom));
	if (symbol) {
		placed->entry = symbol->value - atom->start;
		placed->symbol = object_add_symbol(out, name_in_module(atom), placed->section,
						   placed->offset + placed->entry, symbol->size,
						   STB_LOCAL, symbol->type);
	}
	atom->user = placed;
}

uint64_t place_row(struct object *out, const struct row *row, struct elf_section **ret_section)
{
	const struct elf_section *from = row->section;
	struct elf_section *section =
		shared_section(out, from->name, from->type, from->flags, from->align);

	section->entsize = from->entsize;
	*ret_section = section;
	/* No alignment: rows stand one behind the other. */
	return section_append(out, section, from->data + row->offset, row->size, 1);
}

/* Looks for the same bytes at a place where they may begin. */
static bool find_bytes(const struct elf_section *section, const void *bytes, uint64_t size,
		       uint64_t step, uint64_t *ret_offset)
{
	for (uint64_t at = 0; at + size <= section->size; at += step) {
		bool begins = at == 0 || step > 1 || section->data[at - 1] == 0;

		if (begins && !memcmp(section->data + at, bytes, size)) {
			*ret_offset = at;
			return true;
		}
	}
	return false;
}

uint64_t place_text(struct object *out, const char *text, struct elf_section **ret_section)
{
	struct elf_section *section =
		shared_section(out, ".rodata.suture_text", SHT_PROGBITS, SHF_ALLOC, 1);
	uint64_t offset;

	*ret_section = section;
	if (find_bytes(section, text, strlen(text) + 1, 1, &offset))
		return offset;
	return section_append(out, section, text, strlen(text) + 1, 1);
}

uint64_t place_copy(struct object *out, const struct target *target,
		    struct elf_section **ret_section)
{
	if (target->kind == TARGET_TEXT)
		return place_text(out, (const char *)target->bytes, ret_section);

	auto_free char *name = xasprintf(".rodata.suture_constant%ju", (uintmax_t)target->size);
	struct elf_section *section =
		shared_section(out, name, SHT_PROGBITS, SHF_ALLOC, target->section->align);
	uint64_t offset;

	*ret_section = section;
	if (find_bytes(section, target->bytes, target->size, target->size, &offset))
		return offset;
	return section_append(out, section, target->bytes, target->size, target->section->align);
}
