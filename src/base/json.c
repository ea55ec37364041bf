// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>
#undef json_is_object
#undef json_is_array
#undef json_is_true

#include "base/json.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"

json_value *json_new_object(void)
{
	return json_object();
}

json_value *json_new_array(void)
{
	return json_array();
}

void json_free(json_value *value)
{
	json_decref(value);
}

void json_set_value(json_value *object, const char *key, json_value *steal)
{
	if (!steal || json_object_set_new_nocheck(object, key, steal) < 0)
		abort();
}

/* Text of unknown encoding must not make a document that nobody can read. */
static json_t *text_value(const char *text)
{
	json_t *value;

	if (!text)
		return json_null();
	value = json_string(text);
	if (value)
		return value;

	auto_free char *clean = xstrdup(text);

	for (char *c = clean; *c; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	return json_string(clean);
}

void json_set_text(json_value *object, const char *key, const char *text)
{
	json_set_value(object, key, text_value(text));
}

void json_set_int(json_value *object, const char *key, int64_t number)
{
	json_set_value(object, key, json_integer(number));
}

void json_set_real(json_value *object, const char *key, double number)
{
	json_set_value(object, key, json_real(number));
}

void json_set_bool(json_value *object, const char *key, bool value)
{
	json_set_value(object, key, json_boolean(value));
}

json_value *json_set_object(json_value *object, const char *key)
{
	json_t *child = json_object();

	json_set_value(object, key, child);
	return child;
}

json_value *json_set_array(json_value *object, const char *key)
{
	json_t *child = json_array();

	json_set_value(object, key, child);
	return child;
}

void json_add_value(json_value *array, json_value *steal)
{
	if (json_array_append_new(array, steal) < 0)
		abort();
}

void json_add_text(json_value *array, const char *text)
{
	json_add_value(array, text_value(text));
}

json_value *json_add_object(json_value *array)
{
	json_t *child = json_object();

	json_add_value(array, child);
	return child;
}

bool json_is_object(const json_value *value)
{
	return value && json_typeof(value) == JSON_OBJECT;
}

bool json_is_array(const json_value *value)
{
	return value && json_typeof(value) == JSON_ARRAY;
}

bool json_is_text(const json_value *value)
{
	return json_is_string(value);
}

const json_value *json_get(const json_value *object, const char *key)
{
	return json_object_get(object, key);
}

const char *json_get_text(const json_value *object, const char *key, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : otherwise;
}

int64_t json_get_int(const json_value *object, const char *key, int64_t otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

bool json_get_bool(const json_value *object, const char *key, bool otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_boolean(value) ? json_boolean_value(value) : otherwise;
}

size_t json_count(const json_value *value)
{
	return json_is_object(value) ? json_object_size(value) : json_array_size(value);
}

const json_value *json_at(const json_value *array, size_t index)
{
	return json_array_get(array, index);
}

const char *json_text(const json_value *value)
{
	return json_string_value(value);
}

const char *json_key_at(const json_value *object, size_t index, const json_value **ret_value)
{
	void *iter = json_object_iter((json_t *)object);

	while (iter && index--)
		iter = json_object_iter_next((json_t *)object, iter);
	if (!iter)
		return NULL;
	if (ret_value)
		*ret_value = json_object_iter_value(iter);
	return json_object_iter_key(iter);
}

enum json_kind json_kind(const json_value *value)
{
	static const enum json_kind kinds[] = {
		[JSON_OBJECT] = JSON_KIND_OBJECT, [JSON_ARRAY] = JSON_KIND_ARRAY,
		[JSON_STRING] = JSON_KIND_TEXT,	  [JSON_INTEGER] = JSON_KIND_INT,
		[JSON_REAL] = JSON_KIND_REAL,	  [JSON_TRUE] = JSON_KIND_BOOL,
		[JSON_FALSE] = JSON_KIND_BOOL,	  [JSON_NULL] = JSON_KIND_NULL,
	};

	return value ? kinds[json_typeof(value)] : JSON_KIND_NONE;
}

int64_t json_int(const json_value *value)
{
	return json_integer_value(value);
}

bool json_is_true(const json_value *value)
{
	return value && json_typeof(value) == JSON_TRUE;
}

bool json_walk_next(const json_value *object, struct json_walk *walk)
{
	json_t *members = (json_t *)object;

	walk->position = walk->position ? json_object_iter_next(members, walk->position) :
					  json_object_iter(members);
	if (!walk->position)
		return false;
	walk->key = json_object_iter_key(walk->position);
	walk->value = json_object_iter_value(walk->position);
	return true;
}

json_value *json_clone(const json_value *value)
{
	json_t *copy = json_deep_copy(value);

	if (!copy)
		abort();
	return copy;
}

bool json_same(const json_value *a, const json_value *b)
{
	return a && b && json_equal((json_t *)a, (json_t *)b);
}

json_value *json_member(json_value *object, const char *key)
{
	return json_object_get(object, key);
}

void json_remove(json_value *object, const char *key)
{
	json_object_del(object, key);
}

void json_remove_at(json_value *array, size_t index)
{
	json_array_remove(array, index);
}

int json_parse(const void *data, size_t size, json_value **ret_value, struct error *err)
{
	json_error_t problem;

	if (!size) /* the parser has no words for it */
		return error_set(err, ERROR_INVALID, "empty, where JSON was expected");

	json_t *value = json_loadb(data, size, JSON_REJECT_DUPLICATES, &problem);

	if (!value)
		return error_set(err, ERROR_INVALID, "not valid JSON, line %d: %s", problem.line,
				 problem.text);
	*ret_value = value;
	return 0;
}

int json_read(const char *path, size_t limit, json_value **ret_value, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	if (file_read(path, limit, &text, err) < 0)
		return -1;
	if (json_parse(buffer_text(&text), text.size, ret_value, err) < 0)
		return error_context(err, "%s", path);
	return 0;
}

static int write_chunk(const char *data, size_t size, void *into)
{
	buffer_add(into, data, size);
	return 0;
}

void json_write(const json_value *value, struct buffer *into)
{
	if (json_dump_callback(value, write_chunk, into, JSON_INDENT(2)) < 0)
		abort();
	buffer_add_char(into, '\n');
}

void json_write_compact(const json_value *value, struct buffer *into)
{
	if (json_dump_callback(value, write_chunk, into, JSON_COMPACT) < 0)
		abort();
}
