/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What changed between the original and the patched object of one unit, and what has to come along
 * into the livepatch module: the functions that differ, the new ones they need, copies of nameless
 * data, rows of special sections. Or the reasons why not.
 *
 * The invariant that everything stands on: each function of the patched object that is not carried
 * is, byte for byte and relocation for relocation, the function that the original object has. So
 * the running kernel plus the carried functions is the patched unit.
 */
#ifndef SUTURE_DIFF_CHANGESET_H
#define SUTURE_DIFF_CHANGESET_H

#include "base/json.h"
#include "base/text.h"
#include "diff/side.h"
#include "model/rule.h"

/* The order of struct klp_callbacks (include/linux/livepatch.h), and of the records' kinds. */
enum callback_kind {
	CALLBACK_PRE_PATCH,
	CALLBACK_POST_PATCH,
	CALLBACK_PRE_UNPATCH,
	CALLBACK_POST_UNPATCH,
	CALLBACK_COUNT,
};

struct klp_state_fact { /* a klp_state that the patch declares */
	uint64_t id;
	uint32_t version;
};

/* Functions of the whole unit, also where the change is refused, before anything is carried for
 * another's sake: what the compiler made another way, whatever becomes of it. Cold parts are their
 * function's. */
struct code_facts {
	size_t changed, added; /* that run after initialisation */
	size_t initialisation; /* either, of code that runs at boot, or as a module comes or goes */
};

struct changeset {
	char *unit; /* "fs/proc/meminfo.c", or the new object's path */
	struct side *old, *new;
	struct atom **carried; /* atoms of the new object that go into the module */
	size_t carried_count, carried_capacity;
	size_t changed_functions, new_functions, new_data; /* of the carried */
	struct code_facts code;
	/* Functions, static ones as well, that cannot be called as they were, see layout_list_recast().
	 * Empty where nothing is carried, or the objects have no debug information. */
	struct text_list recast;
	struct atom *callbacks[CALLBACK_COUNT]; /* new functions of the new object, or NULL */
	struct klp_state_fact *states;
	size_t state_count, state_capacity;
	struct finding_list findings;
};

/* Compares. 0 if both could be read, whatever the findings say; then ask changeset_error(). On -1
 * *ret_changeset may still be there for the report. Caller frees. */
int changeset_make(const char *old_path, const char *new_path, const char *unit,
		   struct changeset **ret_changeset, struct error *err);
/* The same, with functions by the names they have in the new object that are replaced even if the two
 * objects have them alike. For objects compiled in another way than the running kernel, where these
 * differ. NULL: none. A name that the two objects do not share is left alone. */
int changeset_make_also(const char *old_path, const char *new_path, const char *unit,
			const struct text_list *also, struct changeset **ret_changeset,
			struct error *err);
void changeset_free(struct changeset *changeset);
/* Units of one patch complete each other: a new global function of one may be needed by another.
 * Carries whatever is needed, until nothing new comes. */
void changesets_link(struct changeset *const *changesets, size_t count);
/* Which changed initialisation code is left out, and which makes the patch impossible, as findings.
 * After making the changesets and before linking them. */
void changesets_judge_init(struct changeset *const *changesets, size_t count,
			   struct finding_list *findings);
/* Of what is left out, what cannot do with the functions that are replaced. `objects`: who each unit belongs
 * to, "vmlinux" or a module; NULL if nobody knows. After making the changesets. */
void changesets_judge_left_out(struct changeset *const *changesets, const char *const *objects,
			       size_t count, struct finding_list *findings);
/* Replaced functions in which the kernel does not see a task that sleeps, and that would then call another new
 * one, as findings: refused where that takes its arguments in another way now. After making the changesets. */
void changesets_judge_unseen(struct changeset *const *changesets, size_t count,
			     struct finding_list *findings);
/* Callbacks and states of several units that contradict each other, as findings. `objects`: who each
 * unit belongs to. */
void changesets_judge_records(struct changeset *const *changesets, const char *const *objects,
			      size_t count, struct finding_list *findings);
const char *callback_kind_name(enum callback_kind kind); /* "pre_patch" */
/* Variables that are new in one place and gone in another, and what of the livepatch the kernel
 * might keep beyond it, as findings. After linking. */
void changesets_judge_linked(struct changeset *const *changesets, size_t count,
			     struct finding_list *findings);
/* The compiler's clones (foo.isra.0, foo.constprop.1) that the running kernel has and that the carried
 * code is or calls, by name. A clone's parameters are the compiler's choice in each compilation. */
void changeset_clones(const struct changeset *changeset, struct text_list *ret_names);
/*
 * Of two compilations of one source: one of these clones of the new object that may have other
 * parameters than in the old one, or NULL. A clone with the very same code makes the same of what it
 * gets, as long as that holds for all the clones that it calls in turn.
 */
const char *changeset_other_clone(const struct changeset *changeset,
				  const struct text_list *names);
/* The carried atom of this global name that the patched unit newly defines, or NULL. */
struct atom *changeset_new_global(const struct changeset *changeset, const char *name);
/* The replaced function that a reference of old code leads to, its own unit's or a global one of another's; NULL:
 * none. After making the changesets. */
const struct atom *changesets_find_replaced(struct changeset *const *changesets, size_t count,
					    const struct target *target);
/* The patched unit exports this name. */
bool changeset_exports(const struct changeset *changeset, const char *name);
/* No function changed and no new data is needed. */
bool changeset_is_empty(const struct changeset *changeset);
/* Of changesets that are all empty, a phrase why there is nothing to do: the code is the same, or the
 * patch only adds what nobody uses, and which changed exports (see the findings) are left out. */
void changesets_describe_nothing(struct changeset *const *changesets, size_t count,
				 struct buffer *into);
/* "changed", "new" and "initialisation". */
void code_facts_write(const struct code_facts *code, json_value *into);
/* Not const: asks reference_of() once more, which finds what it has found before. */
void changeset_write(struct changeset *changeset, json_value *into);
/* For people. */
void changeset_describe(const struct changeset *changeset, struct buffer *into);

DEFINE_AUTO(changeset)
#define auto_changeset __attribute__((cleanup(auto_changeset_cleanup)))

/* What a relocation of carried code will be in the module. */
enum reference_kind {
	REFERENCE_CARRIED, /* to a carried atom */
	REFERENCE_ORIGINAL, /* to what the running kernel has: `atom` is the old object's */
	REFERENCE_OUTSIDE, /* to a symbol of another unit */
	REFERENCE_COPY, /* to text or a merged constant, copied */
	REFERENCE_NUMBER, /* to an absolute address */
};

struct reference {
	enum reference_kind kind;
	struct target target; /* in the new object */
	struct atom *atom; /* CARRIED: of the new object; ORIGINAL: of the old object */
	int64_t offset; /* CARRIED, ORIGINAL: from the atom's start; OUTSIDE, NUMBER: addend + tail */
};

/* The one place that decides. `row` is the special row that holds the relocation, or NULL for the
 * atom's own. -1 with a finding added if there is no right answer. */
int reference_of(struct changeset *changeset, const struct atom *from, const struct row *row,
		 const struct elf_reloc *reloc, struct reference *ret_reference);

/* Offset of a function's symbol from its atom's start (padding stands in front). */
uint64_t atom_entry(const struct atom *atom);

#endif
