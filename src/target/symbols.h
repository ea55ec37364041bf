/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbol tables as the running kernel will see them, and the one question that livepatch asks of
 * them: which of several symbols of one name (sympos).
 *
 * sympos (include/linux/livepatch.h, klp_func.old_sympos): 0 for a unique name, N for the N-th of
 * that name in kallsyms order. For vmlinux that is ascending address with data symbols counted
 * (kernel/kallsyms.c, kallsyms_on_each_match_symbol), for a module the order of its symbol table
 * (kernel/module/kallsyms.c).
 */
#ifndef SUTURE_TARGET_SYMBOLS_H
#define SUTURE_TARGET_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "target/kernel.h"

struct symbol {
	const char *name; /* owned by the table */
	uint64_t address; /* vmlinux: as linked, without KASLR. Module: see below. */
	uint64_t size; /* bytes; 0 = not known (kallsyms does not say) */
	char type; /* nm's letter: 't' 'T' 'd' 'D' 'b' 'B' 'r' 'R' 'A' 'V' 'W' ... */
	const char *section; /* module: name of its section; vmlinux: NULL */
	bool is_dropped; /* module: the kernel forgets it once the init function has returned */
};

struct symbol_table {
	struct symbol *items; /* in kallsyms order */
	size_t count;
	struct symbol_index *index; /* by name; private */
};

void symbol_table_free(struct symbol_table *table);

/* The vmlinux's table, decoded from the image (or read from the cache of an earlier decoding). */
int symbols_of_kernel(const struct kernel *kernel, struct symbol_table **ret_table,
		      struct error *err);
/* A module's table, from its .ko (plain or compressed). Addresses are offsets into the section. */
int symbols_of_module(const char *ko_path, struct symbol_table **ret_table, struct error *err);

/* All symbols of the name, in kallsyms order: index of the first in `items` and, through
 * symbol_next(), of the following ones. SIZE_MAX: none. Cost independent of the table's size. */
size_t symbol_first(const struct symbol_table *table, const char *name);
size_t symbol_next(const struct symbol_table *table, size_t index);
size_t symbol_count(const struct symbol_table *table, const char *name);
/* sympos of items[index]: 0 if its name is unique, else 1, 2, ... */
unsigned symbol_sympos(const struct symbol_table *table, size_t index);
/* False for a module's symbol that has another of its name before it which is dropped after init
 * (is_core_symbol() in kernel/module/kallsyms.c): its sympos is one while the module comes, which is
 * when livepatch patches it, and another when the module was there before. No number finds it both
 * times, and the wrong one finds the wrong symbol. Where it is true, the sympos of above is right
 * both times. */
bool symbol_has_stable_sympos(const struct symbol_table *table, size_t index);
/* Index of the first symbol at exactly this address (vmlinux tables only), SIZE_MAX: none. */
size_t symbol_at(const struct symbol_table *table, uint64_t address);

#include "base/memory.h"
DEFINE_AUTO(symbol_table)
#define auto_symbol_table __attribute__((cleanup(auto_symbol_table_cleanup)))

#endif
