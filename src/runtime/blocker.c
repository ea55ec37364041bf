// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "runtime/transition.h"

#define STACK_LIMIT 200

void blocker_list_clear(struct blocker_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].comm);
		free(list->items[i].state);
		free(list->items[i].function);
		text_list_clear(&list->items[i].stack);
	}
	free(list->items);
	*list = (struct blocker_list){ 0 };
}

char *blocker_text(const struct blocker *blocker)
{
	return xasprintf("%s (%s %d, %s)%s%s", blocker->comm,
			 blocker->is_kernel_thread ? "kernel thread" :
			 blocker->pid == blocker->tid ? "pid" : "thread",
			 (int)blocker->tid, blocker->state, blocker->function ? " in " : "",
			 blocker->function ? blocker->function : "");
}

void blocker_list_write(const struct blocker_list *list, json_value *array)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct blocker *blocker = &list->items[i];
		json_value *row = json_add_object(array);

		json_set_int(row, "pid", blocker->pid);
		json_set_int(row, "tid", blocker->tid);
		json_set_text(row, "comm", blocker->comm);
		json_set_text(row, "state", blocker->state);
		json_set_bool(row, "kernel_thread", blocker->is_kernel_thread);
		json_set_text(row, "function", blocker->function);

		json_value *stack = json_set_array(row, "stack");

		for (size_t j = 0; j < blocker->stack.count; j++)
			json_add_text(stack, blocker->stack.items[j]);
	}
}

/* fs/proc/array.c task_state_array[] */
static const char *state_words(char letter)
{
	switch (letter) {
	case 'R':
		return "running";
	case 'S':
		return "sleeping";
	case 'D':
		return "waiting, cannot be woken by signals";
	case 'T':
	case 't':
		return "stopped";
	case 'I':
		return "idle";
	case 'Z':
		return "ended, not yet reaped";
	default:
		return "ending";
	}
}

/* /proc/PID/stat: "pid (comm) S ppid pgrp session tty tpgid flags ..."; comm may hold anything. */
static void read_stat(const struct sysroot *root, struct blocker *blocker)
{
	auto_free char *stat = sysroot_text(root, "/proc/%d/task/%d/stat", (int)blocker->pid,
					    (int)blocker->tid);
	char *open = stat ? strchr(stat, '(') : NULL;
	char *close = open ? strrchr(open, ')') : NULL;
	unsigned flags = 0;
	char letter = '?';

	if (!close) {
		blocker->comm = xstrdup("?");
		blocker->state = xstrdup("ended");
		return;
	}
	*close = 0;
	blocker->comm = xstrdup(open + 1);
	for (char *c = blocker->comm; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
	sscanf(close + 1, " %c %*d %*d %*d %*d %*d %u", &letter, &flags);
	blocker->state = xstrdup(state_words(letter));
	blocker->is_kernel_thread = flags & 0x00200000; /* include/linux/sched.h: PF_KTHREAD */
}

/* Is the stack's entry ("seq_read+0x1/0x2 [mod]") one of the patch's functions, or code of the
 * patch's own module? */
static bool is_patched(const char *entry, const struct livepatch *patch)
{
	size_t length = strcspn(entry, "+ ");
	const char *bracket = strchr(entry, '[');

	if (bracket && has_prefix(bracket + 1, patch->name) &&
	    bracket[1 + strlen(patch->name)] == ']')
		return true;
	for (size_t i = 0; i < patch->count; i++)
		for (size_t j = 0; j < patch->objects[i].count; j++) {
			const char *name = patch->objects[i].functions[j].name;

			if (strlen(name) == length && !strncmp(name, entry, length))
				return true;
		}
	return false;
}

/* /proc/PID/task/TID/stack: lines "[<0>] do_poll+0x1f/0x30". */
static void read_stack(const struct sysroot *root, const struct livepatch *patch,
		       struct blocker *blocker)
{
	auto_free char *text = sysroot_text(root, "/proc/%d/task/%d/stack", (int)blocker->pid,
					    (int)blocker->tid);
	char *rest = text;

	while (rest && blocker->stack.count < STACK_LIMIT) {
		char *line = strsep(&rest, "\n");
		const char *entry = strstr(line, "] ");

		if (!entry)
			continue;
		entry += 2;
		text_list_add(&blocker->stack, entry);
		if (!blocker->function && patch && is_patched(entry, patch))
			blocker->function = xstrndup(entry, strcspn(entry, "+ "));
	}
}

struct walk {
	const struct sysroot *root;
	const struct livepatch *patch;
	int target;
	size_t limit;
	bool readable;
	struct blocker_list *list; /* NULL: only count */
	size_t left;
};

static void visit_task(struct walk *walk, const char *pid, const char *tid)
{
	long long state = sysroot_number(walk->root, -2, "/proc/%s/task/%s/patch_state", pid, tid);

	walk->readable |= state >= -1;
	if (state != !walk->target)
		return;
	walk->left++;
	if (!walk->list || walk->list->count >= walk->limit)
		return;
	ARRAY_GROW(walk->list->items, walk->list->capacity, walk->list->count + 1);

	struct blocker *blocker = &walk->list->items[walk->list->count++];

	*blocker = (struct blocker){ .pid = (pid_t)atoi(pid), .tid = (pid_t)atoi(tid) };
	read_stat(walk->root, blocker);
	read_stack(walk->root, walk->patch, blocker);
}

static int visit_all(struct walk *walk, struct error *err)
{
	auto_text_list struct text_list pids = { 0 };

	if (sysroot_list(walk->root, &pids, err, "/proc") < 0)
		return -1;
	for (size_t i = 0; i < pids.count; i++) {
		auto_text_list struct text_list tids = { 0 };
		struct error gone;

		if (!isdigit((unsigned char)pids.items[i][0]) ||
		    sysroot_list(walk->root, &tids, &gone, "/proc/%s/task", pids.items[i]) < 0)
			continue;
		for (size_t j = 0; j < tids.count; j++)
			visit_task(walk, pids.items[i], tids.items[j]);
	}
	return 0;
}

long transition_tasks_left(const struct sysroot *root, int target)
{
	struct walk walk = { .root = root, .target = target };
	struct error dropped;

	return visit_all(&walk, &dropped) < 0 || !walk.readable ? -1 : (long)walk.left;
}

int transition_blockers(const struct sysroot *root, const struct livepatch *patch, int target,
			size_t limit, struct blocker_list *ret_list, struct error *err)
{
	struct blocker_list list = { 0 };
	struct walk walk = {
		.root = root, .patch = patch, .target = target, .limit = limit, .list = &list,
	};

	if (visit_all(&walk, err) < 0)
		return -1;
	if (!walk.readable) {
		blocker_list_clear(&list);
		return error_set(err, ERROR_PERMISSION,
				 "cannot read /proc/PID/task/TID/patch_state: only root may, and only "
				 "outside of a container");
	}
	list.left = walk.left;
	*ret_list = list;
	return 0;
}
