// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel looks for tasks in a function from its first byte to the next symbol
 * (kernel/livepatch/transition.c, klp_check_stack_func()). Its cold part is elsewhere: a task that sleeps in
 * what that calls is taken to be in none of the replaced functions and is switched, and then goes on in the old
 * code. What that calls from then on is the new one. A clone of the compiler, or a function with another
 * prototype, would get arguments that it does not expect. One that is called as before may still not agree
 * with what the old function has done already: that only the author can tell, who is asked where the
 * old function may still call a new one from there on. (A task that was preempted in the cold part
 * itself is as little seen; that takes preempt=full, and is not looked at.)
 */
#include <string.h>

#include "base/text.h"
#include "diff/ahead.h"
#include "diff/judge.h"

#define CALL_FIELD 4 /* bytes of a call behind its opcode */

struct search {
	struct changeset *const *changesets;
	size_t count;
};

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
static bool calls_on(const struct atom *cold, const struct elf_reloc *reloc)
{
	struct target target;
	struct error ignored;

	if (!reloc_is_call(cold->section, reloc) ||
	    target_of(cold->section, reloc, &target, &ignored) < 0)
		return false;
	return target.kind != TARGET_OUTSIDE || !is_talker(target.symbol->name);
}

/* Goes on from wherever in the function's cold parts somebody may be asleep; false: nowhere. */
static bool find_unseen(const struct atom *function, struct ahead *ahead)
{
	const struct side *old = function->side;
	bool found = false;

	for (size_t i = 0; i < old->atom_count; i++) {
		const struct atom *part = old->atoms[i];

		for (size_t k = 0; part->parent == function && k < part->reloc_count; k++)
			if (calls_on(part, &part->relocs[k])) {
				ahead_from(ahead, part, part->relocs[k].offset + CALL_FIELD);
				found = true;
			}
	}
	return found;
}

/* A clone's parameters are the compiler's choice. */
static bool is_called_otherwise(const struct search *search, const struct atom *callee)
{
	if (strchr(callee->name, '.'))
		return true;
	for (size_t i = 0; i < search->count; i++)
		if (search->changesets[i]->old == callee->side)
			return text_list_has(&search->changesets[i]->recast, callee->name);
	return false;
}

struct calls { /* of an old function, behind where somebody may be asleep; the first of each kind */
	const struct atom *replaced; /* that is another function now */
	const struct atom *otherwise; /* that also wants its arguments in another way */
};

static void note_calls(const struct search *search, const struct atom *part,
		       const struct atom *function, struct ahead *ahead, struct calls *calls)
{
	for (size_t i = 0; i < part->reloc_count; i++) {
		const struct atom *callee;
		struct target target;
		struct error ignored;

		if (!reloc_is_branch(part->section, &part->relocs[i]) ||
		    target_of(part->section, &part->relocs[i], &target, &ignored) < 0 ||
		    !ahead_has(ahead, part, part->relocs[i].offset))
			continue;
		callee = changesets_find_replaced(search->changesets, search->count, &target);
		/* Elsewhere in itself it only goes on, at its entry it calls itself. */
		if (!callee || (callee == function && target.offset != (int64_t)atom_entry(function)))
			continue;
		if (!calls->otherwise && is_called_otherwise(search, callee))
			calls->otherwise = callee;
		if (!calls->replaced && callee != function)
			calls->replaced = callee;
	}
}

static void report(const struct changeset *changeset, const struct atom *function,
		   const struct calls *calls, struct finding_list *findings)
{
	struct finding *finding;

	if (calls->otherwise) {
		finding_add(findings, RULE_UNSEEN_TASK, changeset->unit, function->name, NULL,
			    "a task that sleeps in its cold part would go on to call the new %s in the way of before",
			    calls->otherwise->name);
		return;
	}
	finding = finding_add(findings, RULE_UNSEEN_TASK, changeset->unit, function->name, NULL,
			      "a task that sleeps in its cold part while the patch is loaded finishes the old function, and what that calls from there on is the new %s",
			      calls->replaced->name);
	finding->verdict = RULE_WARN;
	finding->advice = "Read whether the rest of the old function and the new one that it calls "
			  "agree: on locks, counters, what is checked already, what a result means. "
			  "If they do not, load the patch while no task is in the function.";
}

static void judge_function(const struct search *search, const struct changeset *changeset,
			   const struct atom *function, struct finding_list *findings)
{
	const struct side *old = changeset->old;
	auto_ahead struct ahead *ahead = ahead_new(function);
	struct calls calls = { 0 };

	if (!find_unseen(function, ahead))
		return;
	note_calls(search, function, function, ahead, &calls);
	for (size_t i = 0; i < old->atom_count; i++)
		if (old->atoms[i]->parent == function)
			note_calls(search, old->atoms[i], function, ahead, &calls);
	if (calls.otherwise || calls.replaced)
		report(changeset, function, &calls, findings);
}

void changesets_judge_unseen(struct changeset *const *changesets, size_t count,
			     struct finding_list *findings)
{
	const struct search search = { changesets, count };

	for (size_t i = 0; i < count; i++) {
		const struct side *old = changesets[i]->old;

		for (size_t k = 0; k < old->atom_count; k++)
			if (atom_is_replaced(old->atoms[k]))
				judge_function(&search, changesets[i], old->atoms[k], findings);
	}
}
