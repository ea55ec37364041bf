/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON, through jansson: a value tree to read and to write. Objects keep the order in which their
 * keys were set. Input may be hostile: depth and size are limited, duplicate keys are refused.
 */
#ifndef SUTURE_BASE_JSON_H
#define SUTURE_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

typedef struct json_t json_value; /* jansson's; only through these functions */

/* Making. The parent takes the child over; the returned child is borrowed. */
json_value *json_new_object(void);
json_value *json_new_array(void);
void json_free(json_value *value); /* takes NULL */
void json_set_text(json_value *object, const char *key, const char *text); /* NULL: null */
void json_set_int(json_value *object, const char *key, int64_t number);
void json_set_real(json_value *object, const char *key, double number);
void json_set_bool(json_value *object, const char *key, bool value);
json_value *json_set_object(json_value *object, const char *key);
json_value *json_set_array(json_value *object, const char *key);
void json_set_value(json_value *object, const char *key, json_value *steal);
void json_add_text(json_value *array, const char *text);
json_value *json_add_object(json_value *array);
void json_add_value(json_value *array, json_value *steal);

/* Reading. All take NULL or the wrong kind and then answer the default. */
bool json_is_object(const json_value *value);
bool json_is_array(const json_value *value);
bool json_is_text(const json_value *value);
const json_value *json_get(const json_value *object, const char *key);
const char *json_get_text(const json_value *object, const char *key, const char *otherwise);
int64_t json_get_int(const json_value *object, const char *key, int64_t otherwise);
bool json_get_bool(const json_value *object, const char *key, bool otherwise);
size_t json_count(const json_value *array_or_object);
const json_value *json_at(const json_value *array, size_t index);
const char *json_text(const json_value *value); /* NULL if it is no text */
/* The index-th key and value of an object in order. */
const char *json_key_at(const json_value *object, size_t index, const json_value **ret_value);

/* What a value is; NULL is JSON_KIND_NONE. */
enum json_kind {
	JSON_KIND_NONE,
	JSON_KIND_NULL,
	JSON_KIND_BOOL,
	JSON_KIND_INT,
	JSON_KIND_REAL,
	JSON_KIND_TEXT,
	JSON_KIND_ARRAY,
	JSON_KIND_OBJECT,
};
enum json_kind json_kind(const json_value *value);
int64_t json_int(const json_value *value); /* 0 if it is no whole number */
bool json_is_true(const json_value *value);

/* Walks over an object's members in order, in linear time:
 *     struct json_walk at = { 0 };
 *     while (json_walk_next(object, &at)) use(at.key, at.value);
 * The object must not change meanwhile. */
struct json_walk {
	void *position;
	const char *key;
	const json_value *value;
};
bool json_walk_next(const json_value *object, struct json_walk *walk);

/* Changing. */
json_value *json_clone(const json_value *value); /* a deep copy, caller frees */
bool json_same(const json_value *a, const json_value *b);
/* Like json_get(), to change the member in place; borrowed, NULL if it is not there. */
json_value *json_member(json_value *object, const char *key);
void json_remove(json_value *object, const char *key);
void json_remove_at(json_value *array, size_t index);

int json_parse(const void *data, size_t size, json_value **ret_value, struct error *err);
int json_read(const char *path, size_t limit, json_value **ret_value, struct error *err);
/* Indented, with a newline at the end. */
void json_write(const json_value *value, struct buffer *into);
/* Compact. */
void json_write_compact(const json_value *value, struct buffer *into);

static inline void auto_json_cleanup(json_value **value)
{
	json_free(*value);
}
#define auto_json __attribute__((cleanup(auto_json_cleanup)))

#endif
