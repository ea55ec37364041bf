// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/effect.h"

#include <stdarg.h>
#include <string.h>

#include "base/memory.h"
#include "model/module_name.h"
#include "runtime/bpf.h"
#include "runtime/ftrace.h"
#include "runtime/kallsyms.h"

struct measurement {
	const struct sysroot *root;
	const struct machine *machine;
	const struct livepatch_list *patches;
	struct ftrace ftrace;
	struct bpf_owners bpf;
};

static void conclude(struct livepatch_function *function, enum effect effect, const char *format,
		     ...) __attribute__((format(printf, 3, 4)));
static void conclude(struct livepatch_function *function, enum effect effect, const char *format,
		     ...)
{
	va_list args;

	free(function->evidence);
	function->effect = effect;
	va_start(args, format);
	function->evidence = xvasprintf(format, args);
	va_end(args);
}

/* The newest applied patch behind `index` that redirects the same function, or NULL. */
static const char *find_stacked(const struct livepatch_list *patches, size_t index,
				const char *object, const struct livepatch_function *function)
{
	for (size_t i = patches->count; i-- > index + 1;)
		if (patches->items[i].state == LIVEPATCH_APPLIED &&
		    livepatch_has_at(&patches->items[i], object, function->name,
				     function->position))
			return patches->items[i].name;
	return NULL;
}

/* enabled_functions shows one name for an address; the patch may know it by another. */
static const struct ftrace_slot *find_slot(const struct measurement *m, const char *object,
					   const struct livepatch_function *function)
{
	const struct ftrace_slot *slot = ftrace_find_slot(&m->ftrace, object, function->name);

	if (slot)
		return slot;

	uint64_t address = kallsyms_find(m->root, object, function->name, function->position);
	auto_free char *alias = kallsyms_find_alias(m->root, address, function->name);

	return alias ? ftrace_find_slot(&m->ftrace, object, alias) : NULL;
}

static void measure_slot(const struct measurement *m, const char *object,
			 struct livepatch_function *function)
{
	const struct ftrace_slot *slot = find_slot(m, object, function);
	size_t kprobes = ftrace_count_kprobes(&m->ftrace, object, function->name);

	if (!slot || !slot->is_redirected)
		conclude(function, EFFECT_ABSENT, "enabled_functions shows %s",
			 slot ? "handlers but no redirection" : "no handler on it");
	else if (!strcmp(object, "vmlinux") && text_list_has(&m->bpf.functions, function->name))
		conclude(function, EFFECT_CONTESTED,
			 "a BPF fmod_ret program can answer in its place");
	else if (kprobes && m->bpf.has_kprobe_programs &&
		 sysroot_exists(m->root, "/sys/kernel/debug/error_injection/list"))
		conclude(function, EFFECT_CONTESTED,
			 "a kprobe stands on it and BPF programs for kprobes are loaded, which may "
			 "override it; --verify measures");
	else if (slot->users > 1)
		conclude(function, EFFECT_IN_EFFECT, "redirected; %u other handler%s at its entry (%s)",
			 slot->users - 1, slot->users == 2 ? "" : "s",
			 kprobes ? "kprobes" : "tracing or BPF");
	else
		conclude(function, EFFECT_IN_EFFECT, "redirected");
}

/* An object that is not loaded: it may come, or it cannot. */
static void measure_absent(const char *object, struct livepatch_function *function)
{
	auto_free char *problem = module_name_problem(object);

	if (problem)
		conclude(function, EFFECT_ABSENT, "%s", problem);
	else
		conclude(function, EFFECT_WAITING, "%s is not loaded", object);
}

static void measure_function(const struct measurement *m, size_t index, const char *object,
			     int patched, struct livepatch_function *function)
{
	const char *stacked = find_stacked(m->patches, index, object, function);

	if (patched == 0)
		measure_absent(object, function);
	else if (m->machine->ftrace_enabled == 0)
		conclude(function, EFFECT_BYPASSED, "kernel.ftrace_enabled is 0");
	else if (stacked)
		conclude(function, EFFECT_STACKED, "redirected by the newer %s", stacked);
	else if (!m->ftrace.has_slots)
		conclude(function, EFFECT_UNKNOWN, "%s",
			 m->machine->tracefs ? "enabled_functions wants root" :
					       "tracefs is not mounted, or only root sees it");
	else
		measure_slot(m, object, function);
}

void effect_measure(const struct sysroot *root, const struct machine *machine,
		    struct livepatch_list *patches)
{
	struct measurement m = { .root = root, .machine = machine, .patches = patches };

	if (!patches->count)
		return;
	ftrace_read(root, machine->tracefs, &m.ftrace);
	bpf_owners_read(root, &m.bpf);
	for (size_t i = 0; i < patches->count; i++)
		for (size_t j = 0; j < patches->items[i].count; j++) {
			struct livepatch_object *object = &patches->items[i].objects[j];

			if (patches->items[i].state != LIVEPATCH_APPLIED)
				continue;
			for (size_t k = 0; k < object->count; k++)
				measure_function(&m, i, object->name, object->patched,
						 &object->functions[k]);
		}
	ftrace_clear(&m.ftrace);
	bpf_owners_clear(&m.bpf);
}
