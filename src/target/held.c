// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/held.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* A weak reference is left open where nobody has the symbol. */
static bool is_needed(const struct elf_symbol *symbol)
{
	return !symbol->section && symbol->special == SHN_UNDEF && symbol->bind == STB_GLOBAL;
}

static int add_held(const struct held_source *source, const char *user, struct text_list *held,
		    struct error *err)
{
	const struct shipped *shipped;
	const struct object *module;

	if (source->find(source->context, user, &shipped, err) < 0)
		return -1;
	module = shipped_module(shipped);
	for (size_t i = 0; module && i < module->symbol_count; i++) {
		const struct export *export =
			is_needed(module->symbols[i]) ?
				symvers_find(source->symvers, module->symbols[i]->name) :
				NULL;

		if (export && strcmp(export->owner, "vmlinux") != 0 && !text_list_has(held, export->owner))
			text_list_add(held, export->owner);
	}
	return 0;
}

int object_holds(const struct held_source *source, const char *user, const char *owner,
		 bool *ret_holds, struct error *err)
{
	auto_text_list struct text_list held = { 0 };

	*ret_holds = !strcmp(owner, "vmlinux");
	if (*ret_holds || !strcmp(user, "vmlinux"))
		return 0;
	text_list_add(&held, user);
	for (size_t i = 0; i < held.count && !*ret_holds; i++) {
		*ret_holds = !strcmp(held.items[i], owner);
		/* The list may move while it grows. */
		auto_free char *next = xstrdup(held.items[i]);

		if (!*ret_holds && add_held(source, next, &held, err) < 0)
			return -1;
	}
	return 0;
}
