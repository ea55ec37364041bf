// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/watch.h"

#include <string.h>

#include "base/file.h"
#include "runtime/ftrace.h"
#include "runtime/kallsyms.h"
#include "runtime/livepatch.h"
#include "runtime/probes.h"

#define CHOICES_SHOWN 8
#define LOCK "/run/suture-watch.lock"

/* Letters that effect_verify() does not use: both may run at once. */
enum { CALL = 'w', OLD = 'x', NEW = 'y' };

struct watched_patch {
	char *name;
	bool has_probe, is_loaded;
	long long hits, before; /* so far, and at the last step */
};

struct watch {
	struct probes probes;
	char *object, *function, *tracefs;
	unsigned position;
	bool has_old, has_namesakes;
	long long calls, calls_told, old, old_before; /* so far, and before the last step */
	struct watched_patch patches[WATCH_PATCH_LIMIT];
	size_t count;
	int lock;
};

static struct watched_patch *find_patch(struct watch *watch, const char *name)
{
	for (size_t i = 0; i < watch->count; i++)
		if (!strcmp(watch->patches[i].name, name))
			return &watch->patches[i];
	return NULL;
}

/* Replacements are known by name: those of namesakes cannot be told apart. */
static bool has_namesakes(const struct watch *watch, const char *name)
{
	auto_livepatch_list struct livepatch_list list = { 0 };
	const struct livepatch *patch;
	struct error dropped;

	if (livepatch_read_all(watch->probes.root, &list, &dropped) < 0)
		return true;
	patch = livepatch_find(&list, name);
	return patch && livepatch_count_named(patch, watch->function) > 1;
}

/* A patch that was away and is back stands at another address: it gets a probe of a new number. */
static void add_patch(struct watch *watch, const char *name)
{
	struct watched_patch *patch = &watch->patches[watch->count];
	uint64_t address = 0;
	auto_free char *symbol = has_namesakes(watch, name) ? NULL :
				 kallsyms_find_replacement(watch->probes.root, name,
							   watch->function, &address);

	*patch = (struct watched_patch){ .name = xstrdup(name), .is_loaded = true };
	patch->has_probe = symbol && probes_add(&watch->probes, NEW, watch->count, address);
	if (patch->has_probe)
		probes_switch(&watch->probes, NEW, watch->count, true);
	watch->count++;
}

/* Does the livepatch redirect this very function? Only looks for the folder: what is read every
 * second would be counted where somebody watches vfs_read(). */
static bool redirects(const struct watch *watch, const char *name)
{
	return sysroot_exists(watch->probes.root, LIVEPATCH_FOLDER "/%s/%s/%s,%u", name,
			      watch->object, watch->function, watch->position);
}

/* Which livepatches have the function now. */
static int look_for_patches(struct watch *watch, struct error *err)
{
	auto_text_list struct text_list names = { 0 };

	if (livepatch_supported(watch->probes.root) &&
	    sysroot_list(watch->probes.root, &names, err, LIVEPATCH_FOLDER) < 0)
		return -1;
	for (size_t i = 0; i < watch->count; i++)
		watch->patches[i].is_loaded = watch->patches[i].is_loaded &&
					      text_list_has(&names, watch->patches[i].name);
	for (size_t i = 0; i < names.count && watch->count < WATCH_PATCH_LIMIT; i++) {
		struct watched_patch *known = find_patch(watch, names.items[i]);

		if (!redirects(watch, names.items[i]) || (known && known->is_loaded))
			continue;
		if (known) { /* its counts are told once more under the same name */
			free(known->name);
			known->name = xasprintf("%s (before)", names.items[i]);
		}
		add_patch(watch, names.items[i]);
	}
	return 0;
}

static void take_hits(void *user, char kind, size_t index, long long hits)
{
	struct watch *watch = user;

	if (kind == CALL && index == 0)
		watch->calls = hits;
	else if (kind == OLD && index == 0)
		watch->old = hits;
	else if (kind == NEW && index < watch->count)
		watch->patches[index].hits = hits;
}

static bool is_patched(const struct watch *watch)
{
	for (size_t i = 0; i < watch->count; i++)
		if (watch->patches[i].is_loaded)
			return true;
	return false;
}

/* ftrace's list has names only: of several functions of one name it is the one that a livepatch
 * has. */
static bool is_redirected(const struct watch *watch)
{
	auto_ftrace struct ftrace ftrace = { 0 };
	const struct ftrace_slot *slot;

	if (watch->has_namesakes && !is_patched(watch))
		return false;
	ftrace_read_slots(watch->probes.root, watch->tracefs, &ftrace);
	slot = ftrace_find_slot(&ftrace, watch->object, watch->function);
	return slot && slot->is_redirected;
}

/* A call that came between the two counters' being read, or switched on, is known by the inner one
 * alone; the entry's will have it the next time. */
static long long take_calls(struct watch *watch, long long old)
{
	long long calls = watch->calls - watch->calls_told;

	if (calls < old)
		calls = old;
	if (calls < 0)
		calls = 0;
	watch->calls_told += calls;
	return calls;
}

int watch_step(struct watch *watch, struct watch_sample *ret_sample, struct error *err)
{
	struct watch_sample sample = { 0 };

	if (look_for_patches(watch, err) < 0 ||
	    probes_read(&watch->probes, take_hits, watch, err) < 0)
		return -1;
	sample.old = watch->has_old ? watch->old - watch->old_before : -1;
	sample.calls = take_calls(watch, sample.old);
	sample.is_redirected = is_redirected(watch);
	watch->old_before = watch->old;
	for (size_t i = 0; i < watch->count; i++) {
		struct watched_patch *patch = &watch->patches[i];

		sample.patches[sample.count++] = (struct watch_count){
			.patch = patch->name,
			.hits = patch->has_probe ? patch->hits - patch->before : -1,
			.is_loaded = patch->is_loaded,
		};
		patch->before = patch->hits;
	}
	*ret_sample = sample;
	return 0;
}

/* "1 (behind m_stop), 3 (behind s_show; suture_fix redirects it)" */
static void list_choices(struct watch *watch, const struct kallsyms_namesakes *namesakes,
			 struct buffer *into)
{
	auto_text_list struct text_list names = { 0 };
	struct error dropped;

	sysroot_list(watch->probes.root, &names, &dropped, LIVEPATCH_FOLDER);
	for (size_t i = 0; i < namesakes->count && i < CHOICES_SHOWN; i++) {
		const struct kallsyms_namesake *one = &namesakes->items[i];

		buffer_printf(into, "%s%u (behind %s", i ? ", " : "", one->position,
			      one->behind ? one->behind : "nothing");
		watch->position = one->position;
		for (size_t k = 0; k < names.count; k++)
			if (redirects(watch, names.items[k]))
				buffer_printf(into, "; %s redirects it", names.items[k]);
		buffer_printf(into, ")");
	}
	if (namesakes->count > CHOICES_SHOWN)
		buffer_printf(into, ", ...");
}

/* Which of its namesakes is meant. */
static int choose(struct watch *watch, struct error *err)
{
	auto_kallsyms_namesakes struct kallsyms_namesakes namesakes = { 0 };
	auto_buffer struct buffer choices = BUFFER_INIT;

	kallsyms_find_namesakes(watch->probes.root, watch->object, watch->function, &namesakes);
	watch->has_namesakes = namesakes.count > 1;
	if (watch->position || !namesakes.count) {
		watch->position = watch->position ? watch->position : 1;
		return 0;
	}
	watch->position = namesakes.items[0].position;
	if (namesakes.count == 1)
		return 0;
	list_choices(watch, &namesakes, &choices);
	return error_set(err, ERROR_USAGE, "%s has %zu functions of that name: choose one with --position: %s",
			 watch->object, namesakes.count, buffer_text(&choices));
}

static int place(struct watch *watch, struct error *err)
{
	uint64_t address = kallsyms_find(watch->probes.root, watch->object, watch->function,
					 watch->position);

	if (!address && watch->has_namesakes)
		return error_set(err, ERROR_NOT_FOUND, "%s has no %s number %u", watch->object,
				 watch->function, watch->position);
	if (!address)
		return error_set(err, ERROR_NOT_FOUND,
				 "%s has no function %s that could be watched; a module's is found with --module, and only root sees addresses",
				 watch->object, watch->function);
	if (!probes_add(&watch->probes, CALL, 0, address))
		return error_set(err, ERROR_UNSUPPORTED,
				 "the kernel takes no kprobe on %s (it is notrace or blacklisted, or kprobes are off)",
				 watch->function);
	watch->has_old = probes_add_body(&watch->probes, OLD, 0, address);
	if (look_for_patches(watch, err) < 0)
		return -1;
	/* From the inside out: a call that the entry counts was counted inside too. */
	probes_switch(&watch->probes, OLD, 0, true);
	probes_switch(&watch->probes, CALL, 0, true);
	return 0;
}

int watch_open(const struct sysroot *root, const struct machine *machine, const char *object,
	       const char *function, unsigned position, struct watch **ret_watch, struct error *err)
{
	auto_watch struct watch *watch = xcalloc(1, sizeof(*watch));

	watch->lock = -1;
	if (!root->live)
		return error_set(err, ERROR_USAGE, "calls can only be counted on a live machine");
	if (!machine->tracefs)
		return error_set(err, ERROR_PERMISSION,
				 "calls are counted through tracefs, which is not mounted or only for root (mount -t tracefs none /sys/kernel/tracing)");
	watch->tracefs = xstrdup(machine->tracefs);
	watch->object = xstrdup(object);
	watch->function = xstrdup(function);
	watch->position = position;
	if (file_lock(LOCK, false, &watch->lock, err) < 0)
		return error_context(err, "watching %s", function);
	watch->probes = (struct probes){ root, watch->tracefs, NULL };
	if (choose(watch, err) < 0)
		return error_context(err, "watching %s", function);
	watch->probes.group = "suture_watch"; /* from now on there is something to take away */
	if (probes_begin(&watch->probes, err) < 0 || place(watch, err) < 0)
		return error_context(err, "watching %s", function);
	*ret_watch = steal_ptr(watch);
	return 0;
}

void watch_free(struct watch *watch)
{
	if (!watch)
		return;
	if (watch->probes.group)
		probes_end(&watch->probes);
	for (size_t i = 0; i < watch->count; i++)
		free(watch->patches[i].name);
	if (watch->lock >= 0)
		close(watch->lock);
	free(watch->object);
	free(watch->function);
	free(watch->tracefs);
	free(watch);
}
