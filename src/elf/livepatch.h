/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a finished livepatch module does, read from its bytes: which functions it replaces by which,
 * what it says in .modinfo, what it needs from whom. Works on modules of any maker; the tables of
 * klp_object and klp_func are found by their relocations.
 *
 * struct klp_func begins {const char *old_name; void *new_func; unsigned long old_sympos;} and struct
 * klp_object {const char *name; struct klp_func *funcs;} (include/linux/livepatch.h, 4.0 to 7.1).
 */
#ifndef SUTURE_ELF_LIVEPATCH_H
#define SUTURE_ELF_LIVEPATCH_H

#include "base/text.h"
#include "elf/object.h"

struct livepatch_function {
	const char *object; /* "vmlinux" or a module */
	const char *name; /* of the function that is replaced */
	uint64_t sympos;
	const struct elf_symbol *code; /* the function that replaces it; NULL: a place without one */
	const struct elf_section *code_section;
	uint64_t code_offset;
	const struct elf_section *table; /* where its klp_func stands */
	uint64_t table_offset;
};

struct livepatch { /* texts live in the object's arena */
	const struct object *module; /* borrowed */
	bool is_livepatch; /* .modinfo says livepatch=Y */
	struct livepatch_function *functions; /* owned */
	size_t count, capacity;
	struct text_list facts; /* .modinfo, "key=value" in order */
};

/* ERROR_INVALID: no .modinfo, or tables that make no sense. The module may be hostile. */
int livepatch_parse(const struct object *module, struct livepatch *ret_livepatch,
		    struct error *err);
void livepatch_clear(struct livepatch *livepatch);
#define auto_livepatch __attribute__((cleanup(livepatch_clear)))

/* The value of a .modinfo key, or NULL. */
const char *livepatch_fact(const struct livepatch *livepatch, const char *key);

/* A livepatch symbol's name taken apart: ".klp.sym.<object>.<name>,<sympos>". False if it is none.
 * Caller frees the texts. */
bool livepatch_symbol_parse(const char *symbol, char **ret_object, char **ret_name,
			    uint64_t *ret_sympos);

#endif
