// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/names.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"

#define OBJECT_NAME_LIMIT 55
#define SYMBOL_NAME_LIMIT 511

bool klp_name_fits(const char *object, const char *symbol)
{
	return *object && strlen(object) <= OBJECT_NAME_LIMIT && !strchr(object, '.') && *symbol &&
	       strlen(symbol) <= SYMBOL_NAME_LIMIT && !strchr(symbol, ',');
}

static bool is_linker_mark(const char *name)
{
	static const char *const marks[] = {
		"_text", "_stext", "_etext", "__sched_text_start", "__sched_text_end",
		"__cpuidle_text_start", "__cpuidle_text_end", "__lock_text_start",
		"__lock_text_end", "__kprobes_text_start", "__kprobes_text_end",
		"__softirqentry_text_start", "__softirqentry_text_end", "__irqentry_text_start",
		"__irqentry_text_end", "__entry_text_start", "__entry_text_end",
		"__noinstr_text_start", "__noinstr_text_end", "__static_call_text_start",
		"__static_call_text_end", "__indirect_thunk_start", "__indirect_thunk_end",
	};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (!strcmp(marks[i], name))
			return true;
	return false;
}

static bool is_units_own(const struct elf_section *section, uint64_t value, const char *name)
{
	for (size_t i = 0; i < section->symbol_count; i++)
		if (section->symbols[i]->value == value && !strcmp(section->symbols[i]->name, name))
			return true;
	return false;
}

const char *shared_function(const struct symbol_table *table, uint64_t address,
			    const struct elf_section *section, uint64_t value)
{
	for (size_t i = symbol_at(table, address);
	     i < table->count && table->items[i].address == address; i++) {
		const char *name = table->items[i].name;

		if (!is_units_own(section, value, name) && !has_prefix(name, "__pfx_") &&
		    !is_linker_mark(name))
			return name;
	}
	return NULL;
}
