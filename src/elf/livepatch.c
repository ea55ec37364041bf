// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/livepatch.h"

#include <string.h>

#define POINTER 8 /* bytes */
#define NAME_LIMIT 512 /* KSYM_NAME_LEN since 6.1 */
#define CALLBACK_KINDS 4 /* struct klp_callbacks */
#define STATE_SIZE 24 /* struct klp_state */
#define STATE_LIMIT 1024

struct place {
	const struct elf_section *section;
	uint64_t offset;
};

/* Where a pointer-sized relocation points; false if outside of the module. */
static bool place_of(const struct elf_reloc *reloc, struct place *ret_place)
{
	if (!reloc || reloc->type != R_X86_64_64 || !reloc->symbol || !reloc->symbol->section)
		return false;

	int64_t offset = (int64_t)reloc->symbol->value + reloc->addend;

	if (offset < 0 || (uint64_t)offset >= reloc->symbol->section->size)
		return false;
	*ret_place = (struct place){ reloc->symbol->section, (uint64_t)offset };
	return true;
}

/* The text that a relocation points to, if it is a name; else NULL. */
static const char *name_at(const struct elf_reloc *reloc)
{
	struct place place;

	if (!place_of(reloc, &place) || !place.section->data || is_text_section(place.section))
		return NULL;

	const char *text = (const char *)place.section->data + place.offset;
	size_t room = place.section->size - place.offset;
	size_t length = strnlen(text, room < NAME_LIMIT ? room : NAME_LIMIT);

	if (length == 0 || length == room || length == NAME_LIMIT)
		return NULL;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] >= 0x7f)
			return NULL;
	return text;
}

static const struct elf_symbol *function_at(const struct place *place)
{
	for (size_t i = 0; i < place->section->symbol_count; i++)
		if (place->section->symbols[i]->type == STT_FUNC &&
		    place->section->symbols[i]->value == place->offset)
			return place->section->symbols[i];
	return NULL;
}

static uint64_t number_at(const struct elf_section *section, uint64_t offset)
{
	uint64_t value = 0;

	if (section->data && offset + sizeof(value) <= section->size)
		memcpy(&value, section->data + offset, sizeof(value));
	return value;
}

static bool is_table_section(const struct elf_section *section)
{
	return (section->flags & SHF_ALLOC) && !is_text_section(section) && section->data;
}

/* A name, and 8 bytes on a function: that is how a klp_func begins. Other records of the kernel
 * begin so too (struct kernel_param_ops do not), so the object decides: see find_object(). */
static void find_functions(struct livepatch *livepatch, const struct elf_section *section)
{
	for (size_t i = 0; i + 1 < section->relocs.count; i++) {
		const struct elf_reloc *first = &section->relocs.items[i];
		const struct elf_reloc *second = relocs_at(&section->relocs, first->offset + POINTER);
		const char *name = name_at(first);
		struct place code;

		if (!name || !place_of(second, &code) || !is_text_section(code.section))
			continue;
		ARRAY_GROW(livepatch->functions, livepatch->capacity, livepatch->count + 1);
		livepatch->functions[livepatch->count++] = (struct livepatch_function){
			.name = name,
			.sympos = number_at(section, first->offset + 2 * POINTER),
			.code = function_at(&code),
			.code_section = code.section,
			.code_offset = code.offset,
			.table = section,
			.table_offset = first->offset,
		};
	}
}

/* A pointer to a table of klp_func, with a name or nothing in front of it: a klp_object. All
 * functions from there on are that object's, until a later table takes its own. */
static void assign_object(struct livepatch *livepatch, const struct elf_section *section,
			  const struct elf_reloc *reloc)
{
	struct place table;

	if (!place_of(reloc, &table) || reloc->offset < POINTER)
		return;

	const struct elf_reloc *name_reloc = relocs_at(&section->relocs, reloc->offset - POINTER);
	const char *name = name_reloc ? name_at(name_reloc) :
			   number_at(section, reloc->offset - POINTER) == 0 ? "vmlinux" :
									      NULL;
	bool starts_table = false;

	for (size_t i = 0; i < livepatch->count; i++)
		starts_table |= livepatch->functions[i].table == table.section &&
				livepatch->functions[i].table_offset == table.offset;
	if (!name || !starts_table)
		return;
	for (size_t i = 0; i < livepatch->count; i++) {
		struct livepatch_function *function = &livepatch->functions[i];

		if (function->table != table.section || function->table_offset < table.offset)
			continue;
		function->object = name;
		function->is_named = name_reloc != NULL;
	}
}

static void keep_assigned(struct livepatch *livepatch)
{
	size_t kept = 0;

	for (size_t i = 0; i < livepatch->count; i++)
		if (livepatch->functions[i].object)
			livepatch->functions[kept++] = livepatch->functions[i];
	livepatch->count = kept;
}

static int compare_pointers(const void *a, const void *b)
{
	const struct elf_reloc *x = *(const struct elf_reloc *const *)a;
	const struct elf_reloc *y = *(const struct elf_reloc *const *)b;
	int64_t p = (int64_t)x->symbol->value + x->addend, q = (int64_t)y->symbol->value + y->addend;

	return p < q ? -1 : p > q;
}

/* Tables in ascending order, so that a later one takes its functions from the one before. */
static void assign_objects(struct livepatch *livepatch, const struct elf_section *section)
{
	const struct elf_relocs *relocs = &section->relocs;
	const struct elf_reloc **pointers = xcalloc(relocs->count, sizeof(*pointers));
	size_t count = 0;
	struct place place;

	for (size_t i = 0; i < relocs->count; i++)
		if (place_of(&relocs->items[i], &place) && is_table_section(place.section))
			pointers[count++] = &relocs->items[i];
	if (count)
		qsort(pointers, count, sizeof(*pointers), compare_pointers);
	for (size_t i = 0; i < count; i++)
		assign_object(livepatch, section, pointers[i]);
	free(pointers);
}

const char *livepatch_callback_name(unsigned kind)
{
	static const char *const names[] = { "pre_patch", "post_patch", "pre_unpatch",
					     "post_unpatch" };

	return kind < CALLBACK_KINDS ? names[kind] : "?";
}

/* Where a table is that has its end only: an object with callbacks and no functions. */
static bool is_zeros(const struct elf_section *section)
{
	return (section->flags & SHF_ALLOC) && section->type == SHT_NOBITS;
}

/* An object begins here: a name or nothing, a table of functions. NULL if none does. */
static const char *object_at(const struct elf_section *section, uint64_t offset)
{
	const struct elf_reloc *name = relocs_at(&section->relocs, offset);
	struct place functions;

	if (!place_of(relocs_at(&section->relocs, offset + POINTER), &functions) ||
	    (!is_table_section(functions.section) && !is_zeros(functions.section)) ||
	    !strcmp(functions.section->name, ".gnu.linkonce.this_module"))
		return NULL;
	if (name)
		return name_at(name);
	return number_at(section, offset) == 0 ? "vmlinux" : NULL;
}

static void find_callbacks(struct livepatch *livepatch, const struct elf_section *section,
			   uint64_t offset, const char *object)
{
	for (unsigned kind = 0; kind < CALLBACK_KINDS; kind++) {
		const struct elf_reloc *reloc =
			relocs_at(&section->relocs, offset + (2 + kind) * POINTER);
		struct place code;

		if (!place_of(reloc, &code) || !is_text_section(code.section))
			continue;
		ARRAY_GROW(livepatch->callbacks, livepatch->callback_capacity,
			   livepatch->callback_count + 1);
		livepatch->callbacks[livepatch->callback_count++] = (struct livepatch_callback){
			.object = object,
			.is_named = relocs_at(&section->relocs, offset) != NULL,
			.kind = kind,
			.code = function_at(&code),
			.code_section = code.section,
			.code_offset = code.offset,
		};
	}
}

/* How large a klp_object is depends on the kernel; the next one begins with the next pointer. */
static void walk_objects(struct livepatch *livepatch, struct place start)
{
	const struct elf_section *section = start.section;
	uint64_t at = start.offset;
	size_t i = 0;

	for (;;) {
		const char *object = object_at(section, at);

		if (!object)
			return;
		find_callbacks(livepatch, section, at, object);
		while (i < section->relocs.count &&
		       section->relocs.items[i].offset < at + (2 + CALLBACK_KINDS) * POINTER)
			i++;
		if (i == section->relocs.count)
			return;
		at = section->relocs.items[i].offset;
		if (!name_at(&section->relocs.items[i])) /* vmlinux: the table comes first */
			at -= POINTER;
	}
}

static void read_states(struct livepatch *livepatch, struct place table)
{
	const struct elf_section *section = table.section;

	for (uint64_t at = table.offset;
	     section->size >= STATE_SIZE && at <= section->size - STATE_SIZE; at += STATE_SIZE) {
		struct livepatch_state state = {
			.id = number_at(section, at),
			.version = (uint32_t)number_at(section, at + 8),
		};

		if (!state.id || livepatch->state_count == STATE_LIMIT)
			return;
		ARRAY_GROW(livepatch->states, livepatch->state_capacity,
			   livepatch->state_count + 1);
		livepatch->states[livepatch->state_count++] = state;
	}
}

/* A pointer to struct module, and one to a table of objects: a klp_patch. */
static void find_patches(struct livepatch *livepatch, const struct elf_section *section)
{
	for (size_t i = 0; i < section->relocs.count; i++) {
		const struct elf_reloc *reloc = &section->relocs.items[i];
		struct place objects, states;

		if (!reloc->symbol || strcmp(reloc->symbol->name, "__this_module") ||
		    !place_of(relocs_at(&section->relocs, reloc->offset + POINTER), &objects) ||
		    !is_table_section(objects.section))
			continue;
		walk_objects(livepatch, objects);
		livepatch->replaces = number_at(section, reloc->offset + 3 * POINTER) & 1;
		if (place_of(relocs_at(&section->relocs, reloc->offset + 2 * POINTER), &states) &&
		    is_table_section(states.section))
			read_states(livepatch, states);
	}
}

static int read_facts(struct livepatch *livepatch, struct error *err)
{
	const struct elf_section *section = object_find_section(livepatch->module, ".modinfo");

	if (!section || !section->data || section->data[section->size - 1] != 0)
		return error_set(err, ERROR_INVALID, "%s is no kernel module: it has no .modinfo",
				 livepatch->module->path);
	for (uint64_t at = 0; at < section->size;) {
		const char *fact = (const char *)section->data + at;

		if (*fact)
			text_list_add(&livepatch->facts, fact);
		at += strlen(fact) + 1;
	}
	livepatch->is_livepatch = livepatch_fact(livepatch, "livepatch") != NULL;
	return 0;
}

int livepatch_parse(const struct object *module, struct livepatch *ret_livepatch,
		    struct error *err)
{
	struct livepatch livepatch = { .module = module, .replaces = -1 };

	if (read_facts(&livepatch, err) < 0) {
		livepatch_clear(&livepatch);
		return -1;
	}
	for (size_t i = 0; livepatch.is_livepatch && i < module->section_count; i++)
		if (is_table_section(module->sections[i]))
			find_functions(&livepatch, module->sections[i]);
	for (size_t i = 0; livepatch.is_livepatch && i < module->section_count; i++)
		if (is_table_section(module->sections[i]))
			assign_objects(&livepatch, module->sections[i]);
	keep_assigned(&livepatch);
	for (size_t i = 0; livepatch.is_livepatch && i < module->section_count; i++)
		if (is_table_section(module->sections[i]))
			find_patches(&livepatch, module->sections[i]);
	*ret_livepatch = livepatch;
	return 0;
}

void livepatch_clear(struct livepatch *livepatch)
{
	free(livepatch->functions);
	free(livepatch->callbacks);
	free(livepatch->states);
	text_list_clear(&livepatch->facts);
	*livepatch = (struct livepatch){ 0 };
}

void livepatch_add_objects(const struct livepatch *livepatch, struct text_list *objects)
{
	for (size_t i = 0; i < livepatch->count; i++)
		if (!text_list_has(objects, livepatch->functions[i].object))
			text_list_add(objects, livepatch->functions[i].object);
	for (size_t i = 0; i < livepatch->callback_count; i++)
		if (!text_list_has(objects, livepatch->callbacks[i].object))
			text_list_add(objects, livepatch->callbacks[i].object);
}

const char *livepatch_fact(const struct livepatch *livepatch, const char *key)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < livepatch->facts.count; i++) {
		const char *fact = livepatch->facts.items[i];

		if (!strncmp(fact, key, length) && fact[length] == '=')
			return fact + length + 1;
	}
	return NULL;
}

bool livepatch_symbol_parse(const char *symbol, char **ret_object, char **ret_name,
			    uint64_t *ret_sympos)
{
	static const char prefix[] = ".klp.sym.";
	struct error err;

	if (!has_prefix(symbol, prefix))
		return false;
	symbol += sizeof(prefix) - 1;

	const char *dot = strchr(symbol, '.');
	const char *comma = strrchr(symbol, ',');

	if (!dot || !comma || dot == symbol || comma <= dot + 1 ||
	    text_to_u64(comma + 1, ret_sympos, &err) < 0)
		return false;
	*ret_object = xstrndup(symbol, (size_t)(dot - symbol));
	*ret_name = xstrndup(dot + 1, (size_t)(comma - dot - 1));
	return true;
}
