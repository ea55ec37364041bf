// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/module.h"

#include <string.h>

#include "base/memory.h"
#include "runtime/modinfo.h"

#define NOTES_LIMIT ((size_t)64 << 10)

static char *read_build_id(const struct sysroot *root, const char *name)
{
	auto_buffer struct buffer notes = BUFFER_INIT;
	struct error dropped;

	if (sysroot_read(root, NOTES_LIMIT, &notes, &dropped,
			 "/sys/module/%s/notes/.note.gnu.build-id", name) < 0)
		return NULL;
	return notes_build_id(notes.data, notes.size);
}

bool module_read(const struct sysroot *root, const char *name, struct module *ret_module)
{
	/* Only loadable modules have it; built-in ones have parameters at most. */
	auto_free char *state = sysroot_text(root, "/sys/module/%s/initstate", name);

	if (!state)
		return false;
	*ret_module = (struct module){
		.name = xstrdup(name),
		.references = sysroot_number(root, -1, "/sys/module/%s/refcnt", name),
		.state = steal_ptr(state),
		.taint = sysroot_text(root, "/sys/module/%s/taint", name),
		.srcversion = sysroot_text(root, "/sys/module/%s/srcversion", name),
		.version = sysroot_text(root, "/sys/module/%s/version", name),
		.build_id = read_build_id(root, name),
	};
	return true;
}

void module_clear(struct module *module)
{
	free(module->name);
	free(module->state);
	free(module->taint);
	free(module->srcversion);
	free(module->build_id);
	free(module->version);
	*module = (struct module){ 0 };
}

void module_names(const struct sysroot *root, struct text_list *into)
{
	auto_text_list struct text_list names = { 0 };
	struct error dropped;

	if (sysroot_list(root, &names, &dropped, "/sys/module") < 0)
		return;
	for (size_t i = 0; i < names.count; i++)
		if (sysroot_exists(root, "/sys/module/%s/initstate", names.items[i]))
			text_list_add(into, names.items[i]);
}

bool module_is_livepatch(const struct module *module)
{
	return module->taint && strchr(module->taint, 'K');
}
