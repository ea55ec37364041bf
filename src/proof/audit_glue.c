// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The little code that every livepatch module has: init_module() hands a struct klp_patch to
 * klp_enable_patch(). Where its fields are, the kernel's own types say.
 */
#include <string.h>

#include "proof/audit_private.h"
#include "target/btf.h"

struct layout { /* offsets and sizes in bytes */
	uint64_t init, exit; /* in struct module */
	uint64_t mod, objs, replace, patch_size; /* in struct klp_patch */
	uint64_t func_size, object_size;
};

static int read_layout(const struct btf *btf, struct layout *layout, struct error *err)
{
	if (btf_member_offset(btf, "module", "init", &layout->init, err) < 0 ||
	    btf_member_offset(btf, "module", "exit", &layout->exit, err) < 0 ||
	    btf_member_offset(btf, "klp_patch", "mod", &layout->mod, err) < 0 ||
	    btf_member_offset(btf, "klp_patch", "objs", &layout->objs, err) < 0 ||
	    btf_member_offset(btf, "klp_patch", "replace", &layout->replace, err) < 0 ||
	    btf_struct_size(btf, "klp_patch", &layout->patch_size, err) < 0 ||
	    btf_struct_size(btf, "klp_func", &layout->func_size, err) < 0 ||
	    btf_struct_size(btf, "klp_object", &layout->object_size, err) < 0)
		return -1;
	return 0;
}

static const struct elf_reloc *reloc_at(const struct elf_section *section, uint64_t offset)
{
	for (size_t i = 0; section && i < section->relocs.count; i++)
		if (section->relocs.items[i].offset == offset)
			return &section->relocs.items[i];
	return NULL;
}

static bool leads_to(const struct elf_reloc *reloc, const struct elf_symbol *symbol)
{
	return reloc && symbol && reloc->symbol && reloc->symbol->section &&
	       reloc->symbol->section == symbol->section &&
	       reloc->symbol->value + (uint64_t)reloc->addend == symbol->value &&
	       reloc->type == R_X86_64_64;
}

static void check_entries(struct audit_work *work, const struct layout *layout)
{
	const struct elf_section *section =
		object_find_section(work->module, ".gnu.linkonce.this_module");
	const struct elf_symbol *init = object_find_symbol(work->module, "init_module");
	const struct elf_symbol *exit = object_find_symbol(work->module, "cleanup_module");

	if (!leads_to(reloc_at(section, layout->init), init))
		audit_fail(work, "the kernel would not call init_module()");
	if (!leads_to(reloc_at(section, layout->exit), exit))
		audit_fail(work, "the kernel would not call cleanup_module(), or could never remove it");
}

/* The struct klp_patch that the init code passes on: the datum that leads to struct module and to a
 * table of objects. */
static bool is_patch_at(const struct audit_work *work, const struct layout *layout,
			const struct elf_section *section, uint64_t offset)
{
	const struct elf_reloc *mod = reloc_at(section, offset + layout->mod);
	const struct elf_reloc *objs = reloc_at(section, offset + layout->objs);

	return leads_to(mod, object_find_symbol(work->module, "__this_module")) && objs &&
	       objs->symbol && objs->symbol->section && objs->type == R_X86_64_64;
}

/* First and only table of objects: a relocation in it leads to each table of functions. */
static void check_objects(struct audit_work *work, const struct layout *layout,
			  const struct elf_reloc *objs)
{
	const struct elf_section *table = objs->symbol->section;
	uint64_t start = objs->symbol->value + (uint64_t)objs->addend;
	auto_text_list struct text_list objects = { 0 };

	for (size_t i = 0; i < work->livepatch.count; i++)
		if (!text_list_has(&objects, work->livepatch.functions[i].object))
			text_list_add(&objects, work->livepatch.functions[i].object);
	for (size_t i = 0; i < work->livepatch.callback_count; i++)
		if (!text_list_has(&objects, work->livepatch.callbacks[i].object))
			text_list_add(&objects, work->livepatch.callbacks[i].object);
	for (size_t i = 0; i < objects.count; i++)
		if (!reloc_at(table, start + i * layout->object_size + 8))
			audit_fail(work, "the patch does not have the functions of all its objects");
	if (start + (objects.count + 1) * layout->object_size > table->size)
		audit_fail(work, "the table of objects has no end");
	for (uint64_t i = start + objects.count * layout->object_size;
	     i < start + (objects.count + 1) * layout->object_size && i < table->size; i++)
		if (table->data[i] || reloc_at(table, i)) {
			audit_fail(work, "the table of objects has no end");
			break;
		}
}

static void check_patch(struct audit_work *work, const struct layout *layout,
			const struct elf_section *init)
{
	size_t patches = 0, calls = 0;

	for (size_t i = 0; i < init->relocs.count; i++) {
		const struct elf_reloc *reloc = &init->relocs.items[i];
		int64_t addend = reloc->addend + (is_reloc_relative(reloc->type) ? 4 : 0);

		if (!reloc->symbol)
			continue;
		calls += !strcmp(reloc->symbol->name, "klp_enable_patch");
		if (!reloc->symbol->section || !(reloc->symbol->section->flags & SHF_WRITE))
			continue;

		uint64_t at = reloc->symbol->value + (uint64_t)addend;

		if (!is_patch_at(work, layout, reloc->symbol->section, at))
			continue;
		patches++;
		check_objects(work, layout, reloc_at(reloc->symbol->section, at + layout->objs));
		if (livepatch_fact(&work->livepatch, "suture.patch") &&
		    reloc->symbol->section->data[at + layout->replace] != 1)
			audit_fail(work, "it does not replace the patches before it");
	}
	if (calls != 1 || patches != 1)
		audit_fail(work, "its init code calls klp_enable_patch() %zu times, for %zu patches",
			   calls, patches);
}

void audit_glue(struct audit_work *work)
{
	const struct elf_symbol *init = object_find_symbol(work->module, "init_module");
	struct layout layout;
	struct btf *btf = NULL;
	struct error err;

	if (!init || !init->section) {
		audit_fail(work, "it has no init_module()");
		return;
	}
	if (btf_open(work->request->kernel->vmlinux, &btf, &err) < 0 ||
	    read_layout(btf, &layout, &err) < 0) {
		audit_note(work, "the kernel's own types are not known: %s", err.msg);
	} else {
		check_entries(work, &layout);
		if (livepatch_fact(&work->livepatch, "suture.patch"))
			check_patch(work, &layout, init->section);
		else
			audit_note(work, "how the init code of another maker registers the patch is not known");
	}
	btf_free(btf);
}
