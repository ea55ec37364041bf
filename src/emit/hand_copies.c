// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/hand_copies.h"

#include <string.h>

#include "base/memory.h"

static bool is_variable(const struct elf_symbol *symbol)
{
	return symbol->section && symbol->type == STT_OBJECT &&
	       (symbol->section->flags & (SHF_ALLOC | SHF_WRITE)) == (SHF_ALLOC | SHF_WRITE);
}

/* A variable that is called so, "name.3" for a name of `length` bytes included where wanted. */
static bool has_variable(const struct object *object, const char *name, size_t length, bool numbered)
{
	for (size_t i = 0; i < object->symbol_count; i++) {
		const struct elf_symbol *symbol = object->symbols[i];

		if (is_variable(symbol) && !strncmp(symbol->name, name, length) &&
		    symbol->name[length] == (numbered ? '.' : 0))
			return true;
	}
	return false;
}

bool hand_is_live(const struct object *plain, const char *name)
{
	return has_variable(plain, name, strlen(name), false);
}

void hand_find_copies(const struct object *plain, const struct object *module,
		      struct text_list *ret_variables, struct text_list *ret_locals)
{
	for (size_t i = 0; i < module->symbol_count; i++) {
		const struct elf_symbol *symbol = module->symbols[i];
		size_t length = strcspn(symbol->name, ".");
		bool numbered = symbol->name[length] == '.';
		struct text_list *list = numbered ? ret_locals : ret_variables;
		auto_free char *name = xstrndup(symbol->name, length);

		if (is_variable(symbol) && length && (!numbered || !has_prefix(name, "__")) &&
		    has_variable(plain, name, length, numbered) && !text_list_has(list, name))
			text_list_add(list, name);
	}
}
