/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The walk over all debugging entries of an object. Part of elf/dwarf; nobody else includes it.
 */
#ifndef SUTURE_ELF_DWARF_WALK_H
#define SUTURE_ELF_DWARF_WALK_H

#include "elf/dwarf.h"
#include "elf/dwarf_image.h"

/* A type and which entry it is. */
struct dwarf_node {
	const void *identity;
	struct ctype *type;
};

/* A pointer that waits for the type that an entry describes. */
struct dwarf_link {
	const struct ctype **where;
	const void *identity;
};

struct dwarf_local {
	struct static_local *local; /* in the arena */
	bool is_instance; /* of an abstract one, seen where that was inlined */
	unsigned order; /* of the walk */
};

struct dwarf_function {
	const void *identity;
	struct cfunction function;
};

/* What the walk found; all arrays are the caller's to free by dwarf_walk_clear(). */
struct dwarf_walk {
	const struct dwarf_image *image;
	struct arena *arena; /* borrowed */
	const void *last; /* entry: they must come in ascending order, else they go in circles */
	struct dwarf_node *nodes;
	size_t node_count, node_capacity;
	struct dwarf_link *links;
	size_t link_count, link_capacity;
	struct dwarf_local *locals;
	size_t local_count, local_capacity;
	struct cvariable **variables; /* each in the arena */
	size_t variable_count, variable_capacity;
	struct dwarf_function *functions;
	size_t function_count, function_capacity;
	struct cfunction **declared; /* each in the arena */
	size_t declared_count, declared_capacity;
	const void **codes; /* functions that have code: identities, in no order */
	size_t code_count, code_capacity;
};

int dwarf_walk_all(struct dwarf_walk *walk, struct error *err);
void dwarf_walk_clear(struct dwarf_walk *walk);
#define auto_dwarf_walk __attribute__((cleanup(dwarf_walk_clear)))

#endif
