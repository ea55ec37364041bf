/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The types that a kernel carries inside itself (CONFIG_DEBUG_INFO_BTF, section .BTF of vmlinux):
 * how large a struct is in exactly this kernel and where a member stands. Input may be hostile.
 *
 * Format: Documentation/bpf/btf.rst, include/uapi/linux/btf.h.
 */
#ifndef SUTURE_TARGET_BTF_H
#define SUTURE_TARGET_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "elf/value.h"

struct btf;

/* Maps the vmlinux and finds its types. ERROR_NOT_FOUND: it has none. */
int btf_open(const char *vmlinux, struct btf **ret_btf, struct error *err);
/* From the bytes of the section, which must outlive the result. */
int btf_parse(const void *data, size_t size, struct btf **ret_btf, struct error *err);
/* A module's section, whose ids and names go on from those of vmlinux; both must outlive the result. */
int btf_parse_split(const struct btf *base, const void *data, size_t size, struct btf **ret_btf,
		    struct error *err);
void btf_free(struct btf *btf);

/* Size in bytes of "struct <name>". ERROR_NOT_FOUND if there is none; ERROR_INVALID if there are
 * several of that name that differ in the answer (also for the other questions). */
int btf_struct_size(const struct btf *btf, const char *name, uint64_t *ret_size,
		    struct error *err);
/* Offset in bytes of a member of "struct <name>" from its start. "a.b" is member b of member a;
 * members of unnamed structs and unions inside count as the outer one's, as in C. ERROR_NOT_FOUND;
 * ERROR_UNSUPPORTED for a bit-field. */
int btf_member_offset(const struct btf *btf, const char *name, const char *member,
		      uint64_t *ret_offset, struct error *err);

/* To look at all structs and unions, one by one: ids from 1 to btf_count() - 1. */
struct btf_aggregate {
	const char *name; /* "" if it has none */
	bool is_union;
	uint64_t size; /* bytes */
	size_t member_count;
};
struct btf_aggregate_member {
	const char *name; /* "" if it has none */
	uint64_t bit_offset;
	unsigned bit_size; /* of a bit field, else 0 */
};
uint32_t btf_count(const struct btf *btf);
/* False: the id is of another kind of type. */
bool btf_aggregate(const struct btf *btf, uint32_t id, struct btf_aggregate *ret_aggregate);
/* index < member_count of what btf_aggregate() said of the id. */
void btf_aggregate_member(const struct btf *btf, uint32_t id, size_t index,
			  struct btf_aggregate_member *ret_member);

/* To look at all functions, likewise. Only the compiler's view: one name can mean several functions. */
struct btf_function {
	const char *name;
	size_t parameter_count;
	bool is_variadic;
};
/* Where the ids begin that are no part of what a module's types go on from: 1 for vmlinux. */
uint32_t btf_first(const struct btf *btf);
/* False: the id is of something else. */
bool btf_function(const struct btf *btf, uint32_t id, struct btf_function *ret_function);
/* index < parameter_count of what btf_function() said of the id. */
struct value btf_parameter(const struct btf *btf, uint32_t id, size_t index);
struct value btf_returned(const struct btf *btf, uint32_t id);

#include "base/memory.h"
DEFINE_AUTO(btf)
#define auto_btf __attribute__((cleanup(auto_btf_cleanup)))

#endif
