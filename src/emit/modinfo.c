// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/modinfo.h"

#include <string.h>

#include "base/buffer.h"
#include "base/map.h"

static bool is_modinfo_symbol(const struct elf_symbol *symbol)
{
	return symbol->section && symbol->type != STT_SECTION &&
	       (!strcmp(symbol->section->name, ".modinfo") ||
		!strcmp(symbol->section->name, "__versions"));
}

/* Their contents move; nothing refers to these symbols. */
static void drop_symbols(struct object *object)
{
	size_t kept = 0;

	for (size_t i = 0; i < object->symbol_count; i++)
		if (!is_modinfo_symbol(object->symbols[i]))
			object->symbols[kept++] = object->symbols[i];
	object->symbol_count = kept;
}

static void replace(struct object *object, struct elf_section *section, const struct buffer *bytes)
{
	section->data = arena_memdup(object->arena, bytes->data, bytes->size);
	section->size = bytes->size;
}

static void add_fact(struct buffer *facts, const char *fact)
{
	buffer_add(facts, fact, strlen(fact) + 1);
}

/* All that the template says but its name and dependencies. No dependency is ever declared: it
 * would pull a module in that is not loaded. */
static void keep_facts(const struct elf_section *section, struct buffer *facts)
{
	const char *text = (const char *)section->data;
	uint64_t at = 0;

	while (at < section->size) {
		size_t length = strnlen(text + at, section->size - at);
		auto_free char *fact = xstrndup(text + at, length);

		if (length && strncmp(fact, "name=", 5) && strncmp(fact, "depends=", 8))
			add_fact(facts, fact);
		at += length + 1;
	}
}

static int set_facts(struct object *object, const struct symvers *symvers,
		     const struct object *patch, const struct modinfo *info, struct error *err)
{
	struct elf_section *section = object_find_section(object, ".modinfo");
	auto_buffer struct buffer facts = BUFFER_INIT;
	auto_text_list struct text_list namespaces = { 0 };

	if (!section || !section->data)
		return error_set(err, ERROR_INVALID, "the template has no .modinfo");
	keep_facts(section, &facts);
	add_fact(&facts, "depends=");
	auto_free char *name = xasprintf("name=%s", info->name);
	add_fact(&facts, name);
	for (size_t i = 0; i < patch->symbol_count; i++) {
		const struct elf_symbol *symbol = patch->symbols[i];
		const struct export *export =
			symbol->section ? NULL : symvers_find(symvers, symbol->name);

		if (export && *export->namespace && !text_list_has(&namespaces, export->namespace))
			text_list_add(&namespaces, export->namespace);
	}
	for (size_t i = 0; i < namespaces.count; i++) {
		auto_free char *import = xasprintf("import_ns=%s", namespaces.items[i]);

		add_fact(&facts, import);
	}
	for (size_t i = 0; i < info->facts.count; i++)
		add_fact(&facts, info->facts.items[i]);
	replace(object, section, &facts);
	return 0;
}

static int add_version(struct buffer *versions, const struct template_layout *layout,
		       const char *name, uint32_t crc, struct error *err)
{
	uint64_t room = layout->modversion_size - layout->modversion_name;
	unsigned long value = crc;
	size_t start = versions->size;

	if (strlen(name) >= room)
		return error_set(err, ERROR_INVALID,
				 "the exported symbol %s is too long for a version entry", name);
	buffer_add_zeros(versions, layout->modversion_size);
	memcpy(versions->data + start, &value, sizeof(value)); /* crc is the first member */
	memcpy(versions->data + start + layout->modversion_name, name, strlen(name));
	return 0;
}

/* struct modversion_info { unsigned long crc; char name[]; } (include/linux/module.h) */
static int set_versions(struct object *object, const struct template_layout *layout,
			const struct symvers *symvers, const struct object *patch,
			struct error *err)
{
	struct elf_section *section = object_find_section(object, "__versions");
	auto_buffer struct buffer versions = BUFFER_INIT;
	auto_map struct map *there = map_new();

	if (!section) /* a kernel without CONFIG_MODVERSIONS */
		return 0;
	if (layout->modversion_size < 16 || section->size % layout->modversion_size)
		return error_set(err, ERROR_INVALID, "the template's __versions make no sense");
	buffer_add(&versions, section->data, section->size);
	for (uint64_t at = 0; at < section->size; at += layout->modversion_size) {
		const char *name = (const char *)section->data + at + layout->modversion_name;
		auto_free char *copy = xstrndup(name, layout->modversion_size -
							      layout->modversion_name);
		map_set(there, copy, section);
	}
	for (size_t i = 0; i < patch->symbol_count; i++) {
		const struct elf_symbol *symbol = patch->symbols[i];
		const struct export *export =
			symbol->section ? NULL : symvers_find(symvers, symbol->name);

		if (!export || map_has(there, export->name))
			continue;
		map_set(there, export->name, section);
		if (add_version(&versions, layout, export->name, export->crc, err) < 0)
			return -1;
	}
	replace(object, section, &versions);
	return 0;
}

static int set_name(struct object *object, const struct template_layout *layout, const char *name,
		    struct error *err)
{
	struct elf_section *section = object_find_section(object, ".gnu.linkonce.this_module");

	if (!section || !section->data || layout->module_name_size > section->size ||
	    layout->module_name > section->size - layout->module_name_size)
		return error_set(err, ERROR_INVALID, "the template's struct module makes no sense");
	if (strlen(name) >= layout->module_name_size)
		return error_set(err, ERROR_USAGE,
				 "the module name '%s' is too long: at most %ju characters", name,
				 (uintmax_t)layout->module_name_size - 1);

	uint8_t *bytes = section_make_writable(object, section) + layout->module_name;

	memset(bytes, 0, layout->module_name_size);
	memcpy(bytes, name, strlen(name));
	return 0;
}

int modinfo_make(const struct template *template, const struct symvers *symvers,
		 const struct object *patch, const struct modinfo *info,
		 struct object **ret_object, struct error *err)
{
	auto_object struct object *object = NULL;

	if (object_read(template->mod, 0, &object, err) < 0)
		return -1;
	object_drop_sections(object, is_debug_section);
	drop_symbols(object);
	if (set_facts(object, symvers, patch, info, err) < 0 ||
	    set_versions(object, &template->layout, symvers, patch, err) < 0 ||
	    set_name(object, &template->layout, info->name, err) < 0)
		return -1;
	*ret_object = steal_ptr(object);
	return 0;
}
