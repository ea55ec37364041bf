/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a finished livepatch module does, read from its bytes: which functions it replaces by which,
 * what it says in .modinfo, what it needs from whom. Works on modules of any maker; the tables of
 * klp_object and klp_func are found by their relocations.
 *
 * struct klp_func begins {const char *old_name; void *new_func; unsigned long old_sympos;} and struct
 * klp_object {const char *name; struct klp_func *funcs;} (include/linux/livepatch.h, 4.0 to 7.1), which
 * four pointers to callbacks follow (4.15 to 7.1). struct klp_patch begins {struct module *mod; struct
 * klp_object *objs; struct klp_state *states; bool replace;} (5.5 to 7.1), struct klp_state {unsigned long id; unsigned
 * int version; void *data;}, ended by id 0 (kernel/livepatch/state.c).
 */
#ifndef SUTURE_ELF_LIVEPATCH_H
#define SUTURE_ELF_LIVEPATCH_H

#include "base/text.h"
#include "elf/object.h"

struct livepatch_function {
	const char *object; /* "vmlinux" or a module */
	bool is_named; /* the object has a name: a module's, whatever it says (klp_is_module()) */
	const char *name; /* of the function that is replaced */
	uint64_t sympos;
	const struct elf_symbol *code; /* the function that replaces it; NULL: a place without one */
	const struct elf_section *code_section;
	uint64_t code_offset;
	const struct elf_section *table; /* where its klp_func stands */
	uint64_t table_offset;
};

struct livepatch_callback { /* of an object: klp_object.callbacks */
	const char *object;
	bool is_named; /* as above */
	unsigned kind; /* 0 pre_patch, 1 post_patch, 2 pre_unpatch, 3 post_unpatch */
	const struct elf_symbol *code; /* NULL: a place without a function */
	const struct elf_section *code_section;
	uint64_t code_offset;
};

struct livepatch_state { /* klp_patch.states */
	uint64_t id;
	uint32_t version;
};

struct livepatch { /* texts live in the object's arena */
	const struct object *module; /* borrowed */
	bool is_livepatch; /* .modinfo says livepatch=Y */
	int replaces; /* klp_patch.replace; -1: there is no klp_patch that could be read */
	struct livepatch_function *functions; /* owned */
	size_t count, capacity;
	struct livepatch_callback *callbacks; /* owned */
	size_t callback_count, callback_capacity;
	struct livepatch_state *states; /* owned */
	size_t state_count, state_capacity;
	struct text_list facts; /* .modinfo, "key=value" in order */
};

/* ERROR_INVALID: no .modinfo, or tables that make no sense. The module may be hostile. */
int livepatch_parse(const struct object *module, struct livepatch *ret_livepatch,
		    struct error *err);
void livepatch_clear(struct livepatch *livepatch);
#define auto_livepatch __attribute__((cleanup(livepatch_clear)))

/* Adds the objects that it has functions or callbacks for, each once. */
void livepatch_add_objects(const struct livepatch *livepatch, struct text_list *objects);
const char *livepatch_callback_name(unsigned kind); /* "pre_patch" */
/* The value of a .modinfo key, or NULL. */
const char *livepatch_fact(const struct livepatch *livepatch, const char *key);

/* A livepatch symbol's name taken apart: ".klp.sym.<object>.<name>,<sympos>". False if it is none.
 * Caller frees the texts. */
bool livepatch_symbol_parse(const char *symbol, char **ret_object, char **ret_name,
			    uint64_t *ret_sympos);

#endif
