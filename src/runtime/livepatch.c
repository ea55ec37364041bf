// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/livepatch.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/memory.h"
#include "runtime/module.h"
#include "runtime/record.h"

/* Who made it, told by the habits of the tools that name modules. */
static const struct {
	const char *prefix, *origin;
} origins[] = {
	{ "suture_", "suture" }, { "kpatch_", "kpatch" },   { "lkp_Ubuntu", "ubuntu" },
	{ "livepatch_", "suse" }, { "klp_", "klp-build" },
};

bool livepatch_supported(const struct sysroot *root)
{
	return sysroot_is_directory(root, LIVEPATCH_FOLDER);
}

bool livepatch_is_present(const struct sysroot *root, const char *name)
{
	return sysroot_exists(root, LIVEPATCH_FOLDER "/%s", name);
}

int livepatch_enabled(const struct sysroot *root, const char *name)
{
	return (int)sysroot_number(root, -1, LIVEPATCH_FOLDER "/%s/enabled", name);
}

int livepatch_transition(const struct sysroot *root, const char *name)
{
	return (int)sysroot_number(root, -1, LIVEPATCH_FOLDER "/%s/transition", name);
}

int livepatch_enable(const struct sysroot *root, const char *name, bool on, struct error *err)
{
	if (sysroot_write(root, on ? "1" : "0", err, LIVEPATCH_FOLDER "/%s/enabled", name) == 0)
		return 0;
	if (errno == EBUSY)
		return error_set(err, ERROR_TRANSITION,
				 "%s cannot be %s now: another livepatch is in transition, or a newer "
				 "one is stacked on it; see 'suture status'",
				 name, on ? "enabled" : "disabled");
	return -1;
}

static const char *origin_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(origins); i++) {
		size_t length = strlen(origins[i].prefix);

		/* SUSE has a version behind; "livepatch_capable" is by anybody. */
		if (has_prefix(name, origins[i].prefix) &&
		    (strcmp(origins[i].origin, "suse") || isdigit((unsigned char)name[length])))
			return origins[i].origin;
	}
	return "unknown";
}

static enum livepatch_state state_of(int enabled, int transition)
{
	if (transition == 1)
		return enabled ? LIVEPATCH_APPLYING : LIVEPATCH_REVERTING;
	return enabled ? LIVEPATCH_APPLIED : LIVEPATCH_DISABLED;
}

static void read_module(const struct sysroot *root, struct livepatch *patch)
{
	auto_module struct module module = { 0 };

	patch->origin = xstrdup(origin_of(patch->name));
	if (!module_read(root, patch->name, &module))
		return;
	patch->references = module.references;
	patch->taint = steal_ptr(module.taint);
	patch->srcversion = steal_ptr(module.srcversion);
	patch->build_id = steal_ptr(module.build_id);
}

/* "cmdline_proc_show,1": the name may hold dots, never a comma. */
static void add_function(struct livepatch_object *object, const char *entry)
{
	const char *comma = strrchr(entry, ',');
	uint64_t position;
	struct error dropped;

	if (!comma || text_to_u64(comma + 1, &position, &dropped) < 0 || position > UINT32_MAX)
		return;

	auto_free char *name = xstrndup(entry, (size_t)(comma - entry));

	livepatch_add_function(object, name, (unsigned)position);
}

static void read_objects(const struct sysroot *root, struct livepatch *patch)
{
	auto_text_list struct text_list names = { 0 };
	struct error dropped;

	if (sysroot_list(root, &names, &dropped, LIVEPATCH_FOLDER "/%s", patch->name) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		auto_text_list struct text_list entries = { 0 };

		/* Attributes are files, objects are folders. */
		if (sysroot_list(root, &entries, &dropped, LIVEPATCH_FOLDER "/%s/%s", patch->name,
				 names.items[i]) < 0)
			continue;

		struct livepatch_object *object = livepatch_add_object(patch, names.items[i]);

		object->patched = (int)sysroot_number(root, -1, LIVEPATCH_FOLDER "/%s/%s/patched",
						      patch->name, object->name);
		if (object->patched < 0) /* before 6.1 */
			object->patched = !strcmp(object->name, "vmlinux") ||
					  sysroot_exists(root, "/sys/module/%s/initstate",
							 object->name);
		for (size_t j = 0; j < entries.count; j++)
			add_function(object, entries.items[j]);
	}
}

static void read_patch(const struct sysroot *root, const char *name, struct livepatch_list *list)
{
	int enabled = livepatch_enabled(root, name);
	int transition = livepatch_transition(root, name);

	if (enabled < 0)
		return; /* went away */

	struct livepatch *patch = livepatch_add(list, name);

	patch->state = state_of(enabled, transition);
	patch->replace = (int)sysroot_number(root, -1, LIVEPATCH_FOLDER "/%s/replace", name);
	patch->stack_order = (int)sysroot_number(root, -1, LIVEPATCH_FOLDER "/%s/stack_order", name);
	read_objects(root, patch);
	read_module(root, patch);
}

/* Loading a livepatch enables it, and /proc/modules shows the newest module first: so the order is
 * known also where the kernel has no stack_order (before 6.14). */
static void guess_order(const struct sysroot *root, struct livepatch_list *list)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };
	struct error dropped;

	if (sysroot_read(root, (size_t)4 << 20, &text, &dropped, "/proc/modules") < 0)
		return;
	text_list_split(&lines, buffer_text(&text), "\n");
	for (size_t i = 0; i < lines.count; i++) {
		auto_free char *name = xstrndup(lines.items[i], strcspn(lines.items[i], " "));
		struct livepatch *patch = livepatch_find(list, name);

		if (patch)
			patch->position = (int)(lines.count - i);
	}
}

static int compare_order(const void *a, const void *b)
{
	const struct livepatch *first = a, *second = b;

	if (first->stack_order > 0 && second->stack_order > 0)
		return first->stack_order - second->stack_order;
	return first->position - second->position;
}

static void add_leftovers(const struct sysroot *root, struct livepatch_list *list)
{
	auto_text_list struct text_list names = { 0 };

	module_names(root, &names);
	for (size_t i = 0; i < names.count; i++) {
		auto_module struct module module = { 0 };

		if (livepatch_find(list, names.items[i]) ||
		    !module_read(root, names.items[i], &module) || !module_is_livepatch(&module))
			continue;

		struct livepatch *patch = livepatch_add(list, names.items[i]);

		patch->state = LIVEPATCH_LEFTOVER;
		read_module(root, patch);
	}
}

int livepatch_read_all(const struct sysroot *root, struct livepatch_list *ret_list,
		       struct error *err)
{
	auto_livepatch_list struct livepatch_list list = { 0 };
	auto_text_list struct text_list names = { 0 };

	if (livepatch_supported(root) &&
	    sysroot_list(root, &names, err, LIVEPATCH_FOLDER) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		read_patch(root, names.items[i], &list);
	guess_order(root, &list);
	if (list.count)
		qsort(list.items, list.count, sizeof(*list.items), compare_order);
	add_leftovers(root, &list);
	record_read(root, &list);
	*ret_list = list;
	list = (struct livepatch_list){ 0 };
	return 0;
}
