// SPDX-License-Identifier: GPL-2.0-or-later
/* Changed functions that a transition would never get past, or that the redirection itself uses. */
#include <fnmatch.h>
#include <string.h>

#include "diff/atom_name.h"
#include "diff/judge.h"

/*
 * By name. Sources: kernel/livepatch/transition.c (who is checked, and by what), kernel/trace/ftrace.c
 * and arch/x86/kernel/{ftrace,alternative}.c (how a redirect is set and followed),
 * kernel/sched/core.c, kernel/kthread.c, kernel/workqueue.c. Most of the second kind have no fentry
 * as well; some kernels compile them with it.
 */
static const struct busy {
	const char *pattern;
	enum rule_id rule;
	const char *detail;
} busy[] = {
	{ "schedule", RULE_NEVER_SWITCHES, "every sleeping kernel thread is in it" },
	{ "schedule_timeout*", RULE_NEVER_SWITCHES, "kernel threads sleep in it" },
	{ "schedule_idle", RULE_NEVER_SWITCHES, "every idle task is in it" },
	{ "do_idle", RULE_NEVER_SWITCHES, "every idle task is in it" },
	{ "cpu_startup_entry", RULE_NEVER_SWITCHES, "every idle task is in it, for ever" },
	{ "kthread", RULE_NEVER_SWITCHES, "every kernel thread is in it, for ever" },
	{ "kthreadd", RULE_NEVER_SWITCHES, "one kernel thread is in it, for ever" },
	{ "kthread_worker_fn", RULE_NEVER_SWITCHES, "kernel threads are in it, for ever" },
	{ "worker_thread", RULE_NEVER_SWITCHES, "every worker is in it, for ever" },
	{ "rescuer_thread", RULE_NEVER_SWITCHES, "every rescuer is in it, for ever" },
	{ "smpboot_thread_fn", RULE_NEVER_SWITCHES, "a thread of each processor is in it, for ever" },
	{ "irq_thread", RULE_NEVER_SWITCHES, "every interrupt thread is in it, for ever" },
	{ "do_exit", RULE_NEVER_SWITCHES, "a task that has called it does not return" },

	{ "klp_*", RULE_FTRACE_PATH, "livepatch's own transition runs through it" },
	{ "__klp_*", RULE_FTRACE_PATH, "livepatch's own transition runs through it" },
	{ "ftrace_*", RULE_FTRACE_PATH, "redirects are set and followed by it" },
	{ "arch_ftrace_*", RULE_FTRACE_PATH, "redirects are set and followed by it" },
	{ "text_poke*", RULE_FTRACE_PATH, "redirects are written by it" },
	{ "smp_text_poke*", RULE_FTRACE_PATH, "redirects are written by it" },
	{ "rcu_is_watching", RULE_FTRACE_PATH, "the handler of every redirect asks it" },
	{ "stack_trace_save_tsk_reliable", RULE_FTRACE_PATH, "the transition looks at stacks by it" },
	{ "arch_stack_walk_reliable", RULE_FTRACE_PATH, "the transition looks at stacks by it" },
	{ "unwind_next_frame", RULE_FTRACE_PATH, "the transition looks at stacks by it" },
};

/* Who asks these is the loop of a kernel thread, and goes round in it (include/linux/kthread.h). */
static const char *const loop_questions[] = {
	"kthread_should_stop", "kthread_should_park", "kthread_should_stop_or_park",
	"kthread_freezable_should_stop", NULL,
};

static const char *find_question(const struct atom *atom)
{
	for (size_t i = 0; i < atom->reloc_count; i++) {
		const struct elf_symbol *symbol = atom->relocs[i].symbol;

		for (const char *const *name = loop_questions; symbol && *name; name++)
			if (!symbol->section && !strcmp(symbol->name, *name))
				return *name;
	}
	return NULL;
}

/* By its name in the running kernel. */
static void judge_changed(struct changeset *changeset, const struct atom *atom)
{
	const char *name = function_family(atom->twin->name, atom->side->object->arena);
	const char *question = find_question(atom->twin);

	for (size_t i = 0; i < ARRAY_SIZE(busy); i++)
		if (!fnmatch(busy[i].pattern, name, 0)) {
			finding_add(&changeset->findings, busy[i].rule, changeset->unit, atom->name,
				    NULL, "%s", busy[i].detail);
			return;
		}
	if (question)
		finding_add(&changeset->findings, RULE_NEVER_SWITCHES, changeset->unit, atom->name,
			    NULL, "it calls %s, as the loop of a kernel thread does", question);
}

void judge_running(struct changeset *changeset)
{
	for (size_t i = 0; i < changeset->new->atom_count; i++) {
		const struct atom *atom = changeset->new->atoms[i];

		if (atom->kind == SECTION_TEXT && atom->state == ATOM_CHANGED && !atom->parent)
			judge_changed(changeset, atom);
	}
}
