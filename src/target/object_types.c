// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/object_types.h"

#include "base/map.h"

struct object_types {
	const struct kernel *kernel;
	struct btf *base; /* of vmlinux; NULL: not asked for, or none */
	bool has_none;
	struct map *modules; /* name -> struct btf, of those that have types of their own */
};

struct object_types *object_types_new(const struct kernel *kernel)
{
	struct object_types *types = xcalloc(1, sizeof(*types));

	types->kernel = kernel;
	types->modules = map_new();
	return types;
}

void object_types_free(struct object_types *types)
{
	if (!types)
		return;
	for (size_t i = 0; i < map_count(types->modules); i++)
		btf_free(map_value(types->modules, i));
	map_free(types->modules);
	btf_free(types->base);
	free(types);
}

static int open_base(struct object_types *types, struct error *err)
{
	if (types->base || types->has_none)
		return 0;
	if (btf_open(types->kernel->vmlinux, &types->base, err) == 0)
		return 0;
	types->has_none = err->code == ERROR_NOT_FOUND;
	return types->has_none ? 0 : -1;
}

int object_types_of(struct object_types *types, const struct shipped *shipped,
		    const struct btf **ret_btf, struct error *err)
{
	const struct object *module = shipped_module(shipped);
	const struct elf_section *section = module ? object_find_section(module, ".BTF") : NULL;
	struct btf *own;

	*ret_btf = NULL;
	if (open_base(types, err) < 0)
		return -1;
	*ret_btf = types->base;
	if (!types->base || !section || !section->data)
		return 0;
	own = map_find(types->modules, shipped_object(shipped));
	if (!own) {
		if (btf_parse_split(types->base, section->data, section->size, &own, err) < 0)
			return error_context(err, "module %s", shipped_object(shipped));
		map_set(types->modules, shipped_object(shipped), own);
	}
	*ret_btf = own;
	return 0;
}
