// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/trouble.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

#define LEVEL_WARNING 4
#define REPORT_LINES 100 /* registers, modules, a stack; RCU reports one for each processor */

/* How the kernel begins when it complains: lib/bug.c, mm/, kernel/watchdog.c, kernel/rcu/tree_stall.h,
 * kernel/hung_task.c, arch/x86/mm/fault.c, arch/x86/kernel/dumpstack.c. */
static const struct {
	const char *words;
	bool is_grave; /* the kernel could not go on there, whoever is in the stack */
} troubles[] = {
	{ "BUG: ", true },
	{ "WARNING: CPU", false },
	{ "Oops: ", true },
	{ "Internal error: ", true },
	{ "general protection fault", true },
	{ "Kernel panic", true },
	{ "rcu: INFO: rcu_", false },
	{ "INFO: rcu_", false },
	{ "watchdog: BUG:", true },
	{ "NMI watchdog: ", true },
	{ "INFO: task ", false },
	{ "kernel BUG at", true },
	{ "invalid opcode: ", true },
	{ "stack guard page was hit", true },
};

static int find_trouble(const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(troubles); i++)
		if (has_prefix(line, troubles[i].words))
			return (int)i;
	return -1;
}

bool trouble_is_told(const char *line)
{
	return find_trouble(line) >= 0;
}

/* "function+0x12/0x34 [module]", or "[module build-id]" (lib/vsprintf.c, kernel/kallsyms.c). The list of
 * the loaded modules has no brackets. */
static bool is_in_stack(const char *line, const char *module)
{
	size_t length = strlen(module);

	for (const char *at = strchr(line, '['); at; at = strchr(at + 1, '['))
		if (!strncmp(at + 1, module, length) && (at[1 + length] == ']' || at[1 + length] == ' '))
			return true;
	return false;
}

const char *trouble_search_next(struct trouble_search *search, unsigned level, const char *line)
{
	int kind = level <= LEVEL_WARNING ? find_trouble(line) : -1;

	if (kind >= 0 && (!search->module || troubles[kind].is_grave))
		return line;
	if (kind >= 0) {
		snprintf(search->told, sizeof(search->told), "%s", line);
		search->left = REPORT_LINES;
	}
	if (!search->left)
		return NULL;
	search->left--;
	return is_in_stack(line, search->module) ? search->told : NULL;
}
