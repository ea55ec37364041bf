// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/description.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "target/cache.h"

#define DESCRIPTION_FORMAT 1
#define DESCRIPTION_LIMIT ((size_t)1 << 20)

/* What a kernel consists of. Without an optional one it is still a kernel. */
static const struct {
	const char *key;
	size_t offset;
	bool optional;
} paths[] = {
	{ "image", offsetof(struct kernel, image), true },
	{ "vmlinux", offsetof(struct kernel, vmlinux), true },
	{ "config", offsetof(struct kernel, config), false },
	{ "source", offsetof(struct kernel, source), false },
	{ "modules", offsetof(struct kernel, modules), false },
	{ "symvers", offsetof(struct kernel, symvers), false },
	{ "headers", offsetof(struct kernel, headers), false },
	{ "objtool", offsetof(struct kernel, objtool), true },
};

static char **path_of(const struct kernel *kernel, size_t i)
{
	return (char **)((char *)kernel + paths[i].offset);
}

void kernel_free(struct kernel *kernel)
{
	if (!kernel)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		free(*path_of(kernel, i));
	kernel_id_clear(&kernel->id);
	text_list_clear(&kernel->make_args);
	free(kernel->package_version);
	free(kernel->compiler);
	free(kernel->folder);
	free(kernel);
}

static const char *relative_to(const char *path, const char *folder)
{
	size_t length = folder ? strlen(folder) : 0;

	if (!path || !folder || strncmp(path, folder, length) || path[length] != '/')
		return path;
	return path + length + 1;
}

json_value *description_json(const struct kernel *kernel, const char *folder)
{
	json_value *object = json_new_object();
	json_value *args;

	kernel_id_write(&kernel->id, json_set_object(object, "id"));
	json_set_text(object, "package_version", kernel->package_version);
	json_set_text(object, "compiler", kernel->compiler);
	json_set_bool(object, "has_debug", kernel->has_debug);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		json_set_text(object, paths[i].key, relative_to(*path_of(kernel, i), folder));
	args = json_set_array(object, "make_args");
	for (size_t i = 0; i < kernel->make_args.count; i++)
		json_add_text(args, kernel->make_args.items[i]);
	return object;
}

int description_write(const struct kernel *kernel, struct error *err)
{
	auto_free char *path = path_join(kernel->folder, KERNEL_DESCRIPTION);
	auto_json json_value *object = description_json(kernel, kernel->folder);
	auto_buffer struct buffer text = BUFFER_INIT;

	json_set_int(object, "format", DESCRIPTION_FORMAT);
	json_write(object, &text);
	return file_write(path, text.data, text.size, 0666, true, err);
}

static char *text_or_null(const json_value *object, const char *key)
{
	const char *text = json_get_text(object, key, NULL);

	return text ? xstrdup(text) : NULL;
}

static int fill_paths(struct kernel *kernel, const json_value *object, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		const char *text = json_get_text(object, paths[i].key, NULL);
		char **path = path_of(kernel, i);

		if (!text && paths[i].optional)
			continue;
		if (!text)
			return error_set(err, ERROR_INVALID, "it does not name the %s",
					 paths[i].key);
		*path = text[0] == '/' ? xstrdup(text) : path_join(kernel->folder, text);
		if (!file_exists(*path))
			return error_set(err, ERROR_INVALID, "%s is not there any more", *path);
	}
	return 0;
}

static int fill(struct kernel *kernel, const json_value *object, struct error *err)
{
	const json_value *args = json_get(object, "make_args");

	if (json_get_int(object, "format", 0) != DESCRIPTION_FORMAT)
		return error_set(err, ERROR_INVALID, "it is of another version of suture");
	if (kernel_id_parse(json_get(object, "id"), &kernel->id, err) < 0)
		return -1;
	kernel->package_version = text_or_null(object, "package_version");
	kernel->compiler = text_or_null(object, "compiler");
	kernel->has_debug = json_get_bool(object, "has_debug", false);
	for (size_t i = 0; i < json_count(args); i++)
		if (json_text(json_at(args, i)))
			text_list_add(&kernel->make_args, json_text(json_at(args, i)));
	if (!kernel->compiler || !kernel->id.release || !kernel->make_args.count)
		return error_set(err, ERROR_INVALID,
				 "it does not name release, compiler and make's arguments");
	return fill_paths(kernel, object, err);
}

int description_read(const char *folder, struct kernel **ret_kernel, struct error *err)
{
	auto_free char *path = path_join(folder, KERNEL_DESCRIPTION);
	auto_json json_value *object = NULL;
	auto_kernel struct kernel *kernel = xcalloc(1, sizeof(*kernel));

	if (json_read(path, DESCRIPTION_LIMIT, &object, err) < 0)
		return -1;
	kernel->folder = xstrdup(folder);
	if (fill(kernel, object, err) < 0)
		return error_context(err, "%s (remove the folder and fetch or import again)", path);
	*ret_kernel = steal_ptr(kernel);
	return 0;
}
