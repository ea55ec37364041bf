// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/klp_tables.h"

#include <string.h>

#include "emit/place.h"

static void put_number(struct object *out, struct elf_section *section, uint64_t offset,
		       uint64_t value)
{
	memcpy(section_make_writable(out, section) + offset, &value, sizeof(value));
}

static void put_pointer(struct object *out, struct elf_section *section, uint64_t offset,
			struct elf_symbol *symbol, int64_t addend)
{
	relocs_add(out, &section->relocs,
		   (struct elf_reloc){ offset, R_X86_64_64, addend, symbol });
}

static void put_text(struct object *out, struct elf_section *section, uint64_t offset,
		     const char *text)
{
	struct elf_section *texts;
	uint64_t at = place_text(out, text, &texts);

	put_pointer(out, section, offset, section_symbol(out, texts), (int64_t)at);
}

/* Tells objtool that a function may go without ENDBR: ftrace gets to new_func by a return, not by
 * an indirect branch (arch/x86/kernel/ftrace_64.S). ANNOTATE_NOENDBR, include/linux/objtool.h. */
static void allow_no_endbr(struct object *out, const struct placed *placed)
{
	struct elf_section *section = object_find_section(out, ".discard.noendbr");

	if (!section)
		section = object_add_section(out, ".discard.noendbr", SHT_PROGBITS, 0, 1);

	uint64_t at = section_append(out, section, NULL, 4, 1);

	relocs_add(out, &section->relocs,
		   (struct elf_reloc){ at, R_X86_64_PC32,
				       (int64_t)(placed->offset + placed->entry),
				       section_symbol(out, placed->section) });
}

/* The klp_func array of one object; an empty entry ends it. */
static struct elf_section *make_functions(struct assembly *assembly, const char *object,
					  const struct template_layout *layout)
{
	struct object *out = assembly->object;
	auto_free char *name = xasprintf(".data.suture_funcs.%s", object);
	struct elf_section *section =
		object_add_section(out, name, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 32);

	for (size_t i = 0; i < assembly->function_count; i++) {
		const struct emit_function *function = &assembly->functions[i];

		if (strcmp(function->object, object))
			continue;

		const struct placed *placed = placed_of(function->atom);
		uint64_t at = section_append(out, section, NULL, layout->func_size, 1);

		put_text(out, section, at + layout->func_old_name, function->name);
		put_pointer(out, section, at + layout->func_new_func, placed->symbol, 0);
		allow_no_endbr(out, placed);
		put_number(out, section, at + layout->func_old_sympos, function->sympos);
	}
	section_append(out, section, NULL, layout->func_size, 1);
	return section;
}

/* struct klp_callbacks begins with the four pointers (include/linux/livepatch.h). */
static void put_callbacks(struct assembly *assembly, const char *object,
			  struct elf_section *section, uint64_t at)
{
	for (size_t i = 0; i < assembly->callback_count; i++) {
		const struct emit_callback *callback = &assembly->callbacks[i];

		if (!strcmp(callback->object, object))
			put_pointer(assembly->object, section, at + callback->kind * 8,
				    placed_of(callback->atom)->symbol, 0);
	}
}

/* The number 0 ends the table (kernel/livepatch/state.c, klp_for_each_state()). */
static void make_states(struct assembly *assembly, const struct template_layout *layout)
{
	struct object *out = assembly->object;
	struct elf_section *section = object_add_section(out, ".data.suture_states", SHT_PROGBITS,
							 SHF_ALLOC | SHF_WRITE, 32);

	for (size_t i = 0; i < assembly->state_count; i++) {
		uint64_t at = section_append(out, section, NULL, layout->state_size, 1);
		uint32_t version = assembly->states[i].version;

		put_number(out, section, at + layout->state_id, assembly->states[i].id);
		memcpy(section_make_writable(out, section) + at + layout->state_version, &version,
		       sizeof(version));
	}
	section_append(out, section, NULL, layout->state_size, 1);
	object_add_symbol(out, "suture_states", section, 0, section->size, STB_GLOBAL, STT_OBJECT);
}

void klp_tables_make(struct assembly *assembly, const struct template_layout *layout)
{
	struct object *out = assembly->object;
	struct elf_section *objects = object_add_section(out, ".data.suture_objects", SHT_PROGBITS,
							 SHF_ALLOC | SHF_WRITE, 32);

	for (size_t i = 0; i < assembly->objects.count; i++) {
		const char *object = assembly->objects.items[i];
		struct elf_section *functions = make_functions(assembly, object, layout);
		uint64_t at = section_append(out, objects, NULL, layout->object_size, 1);

		if (!is_vmlinux(object)) /* NULL is vmlinux */
			put_text(out, objects, at + layout->object_name, object);
		put_pointer(out, objects, at + layout->object_funcs, section_symbol(out, functions),
			    0);
		put_callbacks(assembly, object, objects, at + layout->object_callbacks);
	}
	section_append(out, objects, NULL, layout->object_size, 1);
	make_states(assembly, layout);
	object_add_symbol(out, "suture_objects", objects, 0, objects->size, STB_GLOBAL, STT_OBJECT);
}
