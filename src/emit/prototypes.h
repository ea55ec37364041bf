/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a module written by hand and the kernel mean the same by a function that both know by name
 * only: klp_func.new_func is a void *, and whoever declares a function that no header has writes its
 * prototype a second time. No compiler compares them; here the module's debug information is compared
 * with what the kernel tells of its types (BTF).
 *
 * Nothing is said where one side does not tell: a kernel or an object without BTF, a function that BTF
 * leaves out (one that the compiler gave other parameters), one of several with its name, one in
 * assembly.
 */
#ifndef SUTURE_EMIT_PROTOTYPES_H
#define SUTURE_EMIT_PROTOTYPES_H

#include "emit/linkage.h"

struct prototypes;

/* In how many C files of the kernel a function of the name is written. Asked before a difference is
 * told, since BTF may have it from another function: pahole before 1.25 takes the first of a name that
 * it meets, also one that was inlined everywhere and of which kallsyms does not know; and it takes a
 * function in assembly, which has no C file, for one without parameters. */
typedef int (*prototypes_writers)(const struct kernel *kernel, const char *name, size_t *ret_count,
				  struct error *err);

/* `built`: the module with its debug information, as the compiler left it. All is borrowed. */
int prototypes_open(const struct kernel *kernel, struct linkages *linkages, const char *built,
		    prototypes_writers writers, struct prototypes **ret_prototypes,
		    struct error *err);
void prototypes_free(struct prototypes *prototypes);
DEFINE_AUTO(prototypes)
#define auto_prototypes __attribute__((cleanup(auto_prototypes_cleanup)))

/* The function of the object, and the module's function `own` in its place. *ret_problem: how they
 * differ, NULL if they do not. Caller frees. */
int prototypes_compare_new(struct prototypes *prototypes, const char *object, const char *name,
			   const char *own, char **ret_problem, struct error *err);
/* The function of the object, and how the module declares it as `own`, which it calls. */
int prototypes_compare_called(struct prototypes *prototypes, const char *object, const char *name,
			      const char *own, char **ret_problem, struct error *err);

#endif
