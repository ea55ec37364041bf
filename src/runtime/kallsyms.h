/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The running kernel's symbols, /proc/kallsyms (kernel/kallsyms.c s_show(): "address type
 * name\t[module]"). Addresses are zero for those who may not see them.
 */
#ifndef SUTURE_RUNTIME_KALLSYMS_H
#define SUTURE_RUNTIME_KALLSYMS_H

#include <stdint.h>

#include "runtime/sysroot.h"

struct kallsyms_entry {
	uint64_t address;
	const char *name; /* only valid during the visit */
	const char *module; /* NULL: vmlinux */
	char type; /* as nm(1): 't', 'T', 'd', ... */
};

/* Calls `visit` for every symbol in the file's order until it answers false. */
int kallsyms_walk(const struct sysroot *root,
		  bool (*visit)(void *user, const struct kallsyms_entry *entry), void *user,
		  struct error *err);
/* The position-th (from 1) symbol of the name in the object (NULL or "vmlinux": the kernel proper),
 * counted as livepatch counts them; 0 if there is none or addresses are hidden. */
uint64_t kallsyms_find(const struct sysroot *root, const char *object, const char *name,
		       unsigned position);
struct kallsyms_namesake {
	unsigned position; /* as above */
	char *behind; /* the code before it in memory, which helps to tell it from the others; or NULL */
};

struct kallsyms_namesakes {
	struct kallsyms_namesake *items;
	size_t count, capacity;
};

/* All functions of that name in the object, by position. */
void kallsyms_find_namesakes(const struct sysroot *root, const char *object, const char *name,
			     struct kallsyms_namesakes *ret_namesakes);
void kallsyms_namesakes_clear(struct kallsyms_namesakes *namesakes);
#define auto_kallsyms_namesakes __attribute__((cleanup(kallsyms_namesakes_clear)))
/* The function of a livepatch module that replaces `function`, by the habits of those who name
 * them: the same name, or one that ends with "_<name>". NULL if there is none. Caller frees. */
char *kallsyms_find_replacement(const struct sysroot *root, const char *module,
				const char *function, uint64_t *ret_address);
/* Is there another text symbol at the address of this one? Writes its name; caller frees. */
char *kallsyms_find_alias(const struct sysroot *root, uint64_t address, const char *name);

#endif
