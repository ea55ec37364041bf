// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/kernel_id.h"

#include <stddef.h>
#include <string.h>

#include "base/memory.h"

static const struct {
	const char *key;
	size_t offset;
} fields[] = {
	{ "release", offsetof(struct kernel_id, release) },
	{ "version", offsetof(struct kernel_id, version) },
	{ "arch", offsetof(struct kernel_id, arch) },
	{ "build_id", offsetof(struct kernel_id, build_id) },
	{ "compiler", offsetof(struct kernel_id, compiler) },
	{ "config_digest", offsetof(struct kernel_id, config_digest) },
};

static char **field_of(const struct kernel_id *id, size_t i)
{
	return (char **)((char *)id + fields[i].offset);
}

void kernel_id_clear(struct kernel_id *id)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		free(*field_of(id, i));
	*id = (struct kernel_id){ 0 };
}

void kernel_id_copy(struct kernel_id *into, const struct kernel_id *from)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		const char *text = *field_of(from, i);

		*field_of(into, i) = text ? xstrdup(text) : NULL;
	}
}

bool kernel_id_same(const struct kernel_id *a, const struct kernel_id *b)
{
	return a->build_id && b->build_id && !strcmp(a->build_id, b->build_id);
}

void kernel_id_write(const struct kernel_id *id, json_value *into)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		json_set_text(into, fields[i].key, *field_of(id, i));
}

int kernel_id_parse(const json_value *value, struct kernel_id *ret_id, struct error *err)
{
	if (!json_is_object(value))
		return error_set(err, ERROR_INVALID, "a kernel's identity must be an object");

	struct kernel_id id = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		const char *text = json_get_text(value, fields[i].key, NULL);

		*field_of(&id, i) = text ? xstrdup(text) : NULL;
	}
	*ret_id = id;
	return 0;
}
