// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/atom_name.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

/* Made by the compiler or by macros, with no state worth keeping: a fresh copy does. The macros:
 * include/linux/once_lite.h, ratelimit.h, rcupdate.h, lockdep.h, dynamic_debug.h, printk.h. */
static const char *const special_statics[] = {
	"__func__", "__FUNCTION__", "__PRETTY_FUNCTION__", "__warned", "__already_done",
	"__print_once", "__key", "_rs", "CSWTCH", "__UNIQUE_ID_ddebug", "descriptor",
	"_entry", "_entry_ptr", "___tp_str", NULL,
};

static const char *const special_sections[] = {
	".data.once", ".data..once", ".data.unlikely", NULL,
};

static bool is_in(const char *const *list, const char *name)
{
	for (; *list; list++)
		if (!strcmp(*list, name))
			return true;
	return false;
}

/* Length of the name without ".123" at the end, or without the digits of __UNIQUE_ID_foo123. */
static size_t base_length(const char *name)
{
	size_t length = strlen(name), end = length;

	while (end && isdigit((unsigned char)name[end - 1]))
		end--;
	if (end && end < length && name[end - 1] == '.')
		length = end - 1;
	/* "C.1.2": once more */
	for (end = length; end && isdigit((unsigned char)name[end - 1]);)
		end--;
	if (end && end < length && (name[end - 1] == '.' || has_prefix(name, "__UNIQUE_ID_")))
		length = name[end - 1] == '.' ? end - 1 : end;
	return length;
}

/* ".data..Lubsan_type" of ".data..Lubsan_type12" */
static const char *without_number(const char *name, struct arena *arena)
{
	char *base = arena_strdup(arena, name);
	size_t length = strlen(base);

	while (length && isdigit((unsigned char)base[length - 1]))
		base[--length] = 0;
	return base;
}

void atom_name_explain(struct atom *atom, struct arena *arena)
{
	const struct elf_symbol *symbol = atom->symbol;
	size_t length = strlen(atom->name);

	atom->is_function = atom->kind == SECTION_TEXT || atom->kind == SECTION_INIT_TEXT;
	atom->base = atom->name;
	if (!symbol && atom->kind == SECTION_DESCRIPTOR)
		atom->base = without_number(atom->name, arena);
	if (!symbol || atom->is_function)
		return;
	if (symbol->bind == STB_LOCAL)
		length = base_length(atom->name);
	atom->is_numbered = atom->name[length] != 0;
	if (atom->is_numbered) {
		char *base = arena_strdup(arena, atom->name);

		base[length] = 0;
		atom->base = base;
	}
	atom->is_special_static = atom->is_numbered &&
				  (is_in(special_statics, atom->base) ||
				   is_in(special_sections, atom->section->name));
}

/* A function with several names (module_exit() makes one) is an atom by one of them. */
static struct atom *find_by_other_name(const struct object *object, const char *name)
{
	const struct elf_symbol *symbol = object_find_symbol(object, name);
	struct atom *atom;

	if (!symbol || !symbol->section || symbol->type != STT_FUNC)
		return NULL;
	atom = atom_at(symbol->section, (int64_t)symbol->value);
	return atom && atom->symbol && atom->symbol->value == symbol->value ? atom : NULL;
}

void atom_name_find_parent(struct atom *atom)
{
	if (!atom->is_function || !atom->symbol || !has_suffix(atom->name, ".cold"))
		return;

	auto_free char *parent = xstrndup(atom->name, strlen(atom->name) - strlen(".cold"));

	atom->parent = map_find(atom->side->by_name, parent);
	if (!atom->parent)
		atom->parent = find_by_other_name(atom->side->object, parent);
}

const char *function_family(const char *name, struct arena *arena)
{
	const char *dot = strchr(name, '.');

	if (!dot)
		return name;

	char *family = arena_strdup(arena, name);

	family[dot - name] = 0;
	return family;
}
