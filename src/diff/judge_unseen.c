// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel looks for tasks in a function from its first byte to the next symbol
 * (kernel/livepatch/transition.c, klp_check_stack_func()). Its cold part is elsewhere: a task that sleeps in
 * what that calls is taken to be in none of the replaced functions and is switched, and then goes on in the old
 * code. What that calls from then on is the new one. As long as a function is called as before, this is what
 * happens between any two calls of a task; a clone of the compiler, or a function with another prototype, gets
 * arguments that it does not expect.
 */
#include <string.h>

#include "base/text.h"
#include "diff/judge.h"

/* They say something and do not sleep (kernel/printk/printk.c, kernel/panic.c, lib/refcount.c, lib/ubsan.c). */
static const char *const talkers[] = {
	"_printk", "_dev_", "netdev_", "__warn", "warn_slowpath", "panic", "dump_stack", "refcount_warn",
	"__ubsan_", "fortify_panic", "__stack_chk_fail", "__dynamic_", "printk_", "_raw_spin_unlock",
	"__rcu_read", "kfree", "___ratelimit", NULL,
};

static bool is_talker(const char *name)
{
	for (const char *const *prefix = talkers; *prefix; prefix++)
		if (has_prefix(name, *prefix))
			return true;
	return false;
}

/* Somebody may be asleep below it. */
static bool calls_on(const struct atom *cold)
{
	for (size_t i = 0; i < cold->reloc_count; i++) {
		struct target target;
		struct error ignored;

		if (!reloc_is_call(cold->section, &cold->relocs[i]) ||
		    target_of(cold->section, &cold->relocs[i], &target, &ignored) < 0)
			continue;
		if (target.kind != TARGET_OUTSIDE || !is_talker(target.symbol->name))
			return true;
	}
	return false;
}

static bool has_unseen_part(const struct side *old, const struct atom *function)
{
	for (size_t i = 0; i < old->atom_count; i++)
		if (old->atoms[i]->parent == function && calls_on(old->atoms[i]))
			return true;
	return false;
}

static bool is_called_otherwise(const struct atom *callee, const struct finding_list *prototypes)
{
	if (strchr(callee->name, '.'))
		return true;
	for (size_t i = 0; prototypes && i < prototypes->count; i++)
		if (prototypes->items[i].function &&
		    !strcmp(prototypes->items[i].function, callee->name))
			return true;
	return false;
}

/* What the old code of the part calls that its new code would call in another way, or NULL. */
static const struct atom *find_call(const struct atom *part, const struct atom *function,
				    const struct finding_list *prototypes)
{
	for (size_t i = 0; i < part->reloc_count; i++) {
		struct target target;
		struct error ignored;

		if (!reloc_is_branch(part->section, &part->relocs[i]) ||
		    target_of(part->section, &part->relocs[i], &target, &ignored) < 0)
			continue;
		if (target.kind == TARGET_ATOM && target.atom != function &&
		    atom_is_replaced(target.atom) && is_called_otherwise(target.atom, prototypes))
			return target.atom;
	}
	return NULL;
}

static void judge_function(struct changeset *changeset, const struct atom *function,
			   const struct finding_list *prototypes)
{
	const struct side *old = changeset->old;
	const struct atom *callee = find_call(function, function, prototypes);

	for (size_t i = 0; i < old->atom_count && !callee; i++)
		if (old->atoms[i]->parent == function)
			callee = find_call(old->atoms[i], function, prototypes);
	if (callee && has_unseen_part(old, function))
		finding_add(&changeset->findings, RULE_UNSEEN_TASK, changeset->unit, function->name,
			    NULL, "a task that sleeps in its cold part would go on to call the new %s in the way of before",
			    callee->name);
}

void judge_unseen(struct changeset *changeset, const struct finding_list *prototypes)
{
	for (size_t i = 0; i < changeset->old->atom_count; i++)
		if (atom_is_replaced(changeset->old->atoms[i]))
			judge_function(changeset, changeset->old->atoms[i], prototypes);
}
