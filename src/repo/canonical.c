// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/canonical.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"

static void write_text(const char *text, struct buffer *into)
{
	buffer_add_char(into, '"');
	for (;;) {
		size_t plain = strcspn(text, "\"\\");

		buffer_add(into, text, plain);
		text += plain;
		if (!*text)
			break;
		buffer_add_char(into, '\\');
		buffer_add_char(into, *text++);
	}
	buffer_add_char(into, '"');
}

static int write_array(const json_value *array, struct buffer *into, struct error *err)
{
	size_t count = json_count(array);

	buffer_add_char(into, '[');
	for (size_t i = 0; i < count; i++) {
		if (i)
			buffer_add_char(into, ',');
		if (canonical_write(json_at(array, i), into, err) < 0)
			return -1;
	}
	buffer_add_char(into, ']');
	return 0;
}

/* UTF-8 sorts by bytes as by code points. */
static int compare_members(const void *a, const void *b)
{
	return strcmp(((const struct json_walk *)a)->key, ((const struct json_walk *)b)->key);
}

static int write_object(const json_value *object, struct buffer *into, struct error *err)
{
	auto_free struct json_walk *members = xcalloc(json_count(object) + 1, sizeof(*members));
	struct json_walk at = { 0 };
	size_t count = 0;

	while (json_walk_next(object, &at))
		members[count++] = at;
	qsort(members, count, sizeof(*members), compare_members);
	buffer_add_char(into, '{');
	for (size_t i = 0; i < count; i++) {
		if (i)
			buffer_add_char(into, ',');
		write_text(members[i].key, into);
		buffer_add_char(into, ':');
		if (canonical_write(members[i].value, into, err) < 0)
			return -1;
	}
	buffer_add_char(into, '}');
	return 0;
}

int canonical_write(const json_value *value, struct buffer *into, struct error *err)
{
	switch (json_kind(value)) {
	case JSON_KIND_OBJECT:
		return write_object(value, into, err);
	case JSON_KIND_ARRAY:
		return write_array(value, into, err);
	case JSON_KIND_TEXT:
		write_text(json_text(value), into);
		return 0;
	case JSON_KIND_INT:
		buffer_printf(into, "%" PRId64, json_int(value));
		return 0;
	case JSON_KIND_BOOL:
		buffer_add_text(into, json_is_true(value) ? "true" : "false");
		return 0;
	case JSON_KIND_NULL:
		buffer_add_text(into, "null");
		return 0;
	case JSON_KIND_REAL:
	case JSON_KIND_NONE:
		break;
	}
	return error_set(err, ERROR_INVALID,
			 "canonical JSON has no numbers with a fraction or an exponent");
}
