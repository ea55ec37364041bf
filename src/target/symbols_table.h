/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to the files of symbols.h: how a table is made, stored and found again. */
#ifndef SUTURE_TARGET_SYMBOLS_TABLE_H
#define SUTURE_TARGET_SYMBOLS_TABLE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/file.h"
#include "elf/view.h"
#include "target/symbols.h"

/* seqs_of_names in the kernel has 24 bits for a symbol's index. */
#define SYMBOL_COUNT_LIMIT ((size_t)1 << 24)
#define SYMBOL_NAMES_LIMIT ((size_t)256 << 20)

struct symbol_index {
	/* Open addressing by the keyed hash of the name: index of the first symbol of that name + 1,
	 * 0 = free. slot_count is a power of two and more than the symbols. */
	const uint32_t *slots;
	size_t slot_count;
	const uint32_t *next; /* for each symbol: index of the next of the same name + 1, 0 = last */
	uint64_t key;
	/* What the table stands in; some of them. */
	struct buffer names; /* of the items, each with a zero byte behind */
	struct arena *sections; /* names of sections */
	uint32_t *made; /* slots and next, when they were computed */
	struct mapping file; /* when they, and the names, come from a file */
};

/* A table that takes over items (whose names stand in `names`), names and sections (or NULL) and
 * computes the rest. */
struct symbol_table *symbol_table_new(struct symbol *items, size_t count, struct buffer *names,
				      struct arena *sections);

/* Of which file a stored table was made: another size or time means another file. */
struct symbols_origin {
	uint64_t size;
	uint64_t time; /* of last change, ns */
	uint64_t kind; /* of table: from kallsyms or from the ELF symbol table */
};

/* ERROR_NOT_FOUND: none is stored, or it is of another origin; ERROR_INVALID: it is broken. */
int symbols_load(const char *path, const struct symbols_origin *origin,
		 struct symbol_table **ret_table, struct error *err);
int symbols_store(const char *path, const struct symbols_origin *origin,
		  const struct symbol_table *table, struct error *err);

/* From ELF symbol tables: a vmlinux's, filtered and ordered as kallsyms does it; a module's. */
int symbols_from_vmlinux(const struct elf_view *vmlinux, struct symbol_table **ret_table,
			 struct error *err);
int symbols_from_module(const struct elf_view *module, struct symbol_table **ret_table,
			struct error *err);

#endif
