// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/livepatch.h"

#include <string.h>

#include "base/memory.h"

/* Far above what exists; a limit for what a stranger sends. */
#define LIST_LIMIT 10000

static const char *const state_slugs[] = {
#define X(state, slug, text) [state] = slug,
	LIVEPATCH_STATES(X)
#undef X
};

static const char *const state_texts[] = {
#define X(state, slug, text) [state] = text,
	LIVEPATCH_STATES(X)
#undef X
};

static const char *const effect_slugs[] = {
#define X(effect, slug, text) [effect] = slug,
	EFFECTS(X)
#undef X
};

static const char *const effect_texts[] = {
#define X(effect, slug, text) [effect] = text,
	EFFECTS(X)
#undef X
};

const char *livepatch_state_slug(enum livepatch_state state)
{
	return state_slugs[state];
}

const char *livepatch_state_text(enum livepatch_state state)
{
	return state_texts[state];
}

const char *effect_slug(enum effect effect)
{
	return effect_slugs[effect];
}

const char *effect_text(enum effect effect)
{
	return effect_texts[effect];
}

struct livepatch *livepatch_add(struct livepatch_list *list, const char *name)
{
	ARRAY_GROW(list->items, list->capacity, list->count + 1);
	list->items[list->count] = (struct livepatch){
		.name = xstrdup(name),
		.replace = -1,
		.stack_order = -1,
		.references = -1,
	};
	return &list->items[list->count++];
}

struct livepatch_object *livepatch_add_object(struct livepatch *patch, const char *name)
{
	ARRAY_GROW(patch->objects, patch->capacity, patch->count + 1);
	patch->objects[patch->count] = (struct livepatch_object){
		.name = xstrdup(name),
		.patched = -1,
	};
	return &patch->objects[patch->count++];
}

struct livepatch_function *livepatch_add_function(struct livepatch_object *object,
						  const char *name, unsigned position)
{
	ARRAY_GROW(object->functions, object->capacity, object->count + 1);
	object->functions[object->count] = (struct livepatch_function){
		.name = xstrdup(name),
		.position = position,
		.old_hits = -1,
		.new_hits = -1,
	};
	return &object->functions[object->count++];
}

struct livepatch *livepatch_find(const struct livepatch_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].name, name))
			return &list->items[i];
	return NULL;
}

bool livepatch_has(const struct livepatch *patch, const char *object, const char *function)
{
	for (size_t i = 0; i < patch->count; i++)
		for (size_t j = 0; j < patch->objects[i].count; j++)
			if (!strcmp(patch->objects[i].name, object) &&
			    !strcmp(patch->objects[i].functions[j].name, function))
				return true;
	return false;
}

bool livepatch_has_at(const struct livepatch *patch, const char *object, const char *function,
		      unsigned position)
{
	for (size_t i = 0; i < patch->count; i++)
		for (size_t j = 0; j < patch->objects[i].count; j++) {
			const struct livepatch_function *other = &patch->objects[i].functions[j];

			if (!strcmp(patch->objects[i].name, object) &&
			    !strcmp(other->name, function) &&
			    (other->position ? other->position : 1) == (position ? position : 1))
				return true;
		}
	return false;
}

size_t livepatch_count_named(const struct livepatch *patch, const char *function)
{
	size_t count = 0;

	for (size_t i = 0; i < patch->count; i++)
		for (size_t j = 0; j < patch->objects[i].count; j++)
			count += !strcmp(patch->objects[i].functions[j].name, function);
	return count;
}

size_t livepatch_function_count(const struct livepatch *patch)
{
	size_t count = 0;

	for (size_t i = 0; i < patch->count; i++)
		count += patch->objects[i].count;
	return count;
}

enum effect livepatch_worst_effect(const struct livepatch *patch)
{
	enum effect worst = EFFECT_UNKNOWN;

	for (size_t i = 0; i < patch->count; i++)
		for (size_t j = 0; j < patch->objects[i].count; j++)
			if (patch->objects[i].functions[j].effect > worst)
				worst = patch->objects[i].functions[j].effect;
	return worst;
}

/* What it was concluded from for the first function that has it; NULL: not said. */
static const char *evidence_of(const struct livepatch *patch, enum effect effect)
{
	for (size_t i = 0; i < patch->count; i++)
		for (size_t k = 0; k < patch->objects[i].count; k++)
			if (patch->objects[i].functions[k].effect == effect)
				return patch->objects[i].functions[k].evidence;
	return NULL;
}

char *livepatch_worst_text(const struct livepatch *patch)
{
	enum effect worst = livepatch_worst_effect(patch);
	const char *evidence = worst == EFFECT_ABSENT ? evidence_of(patch, worst) : NULL;

	if (!evidence)
		return xstrdup(effect_text(worst));
	return xasprintf("%s (%s)", effect_text(worst), evidence);
}

bool livepatch_in_transition(const struct livepatch *patch)
{
	return patch->state == LIVEPATCH_APPLYING || patch->state == LIVEPATCH_REVERTING;
}

static void object_clear(struct livepatch_object *object)
{
	for (size_t i = 0; i < object->count; i++) {
		free(object->functions[i].name);
		free(object->functions[i].evidence);
	}
	free(object->functions);
	free(object->name);
	free(object->problem);
}

static void livepatch_clear(struct livepatch *patch)
{
	for (size_t i = 0; i < patch->count; i++)
		object_clear(&patch->objects[i]);
	free(patch->objects);
	free(patch->name);
	free(patch->origin);
	free(patch->taint);
	free(patch->srcversion);
	free(patch->build_id);
}

void livepatch_list_clear(struct livepatch_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		livepatch_clear(&list->items[i]);
	free(list->items);
	*list = (struct livepatch_list){ 0 };
}

/* -1 stands for "unknown" in memory, null in JSON. */
static void set_known(json_value *object, const char *key, int64_t number)
{
	if (number < 0)
		json_set_text(object, key, NULL);
	else
		json_set_int(object, key, number);
}

static void set_known_bool(json_value *object, const char *key, int value)
{
	if (value < 0)
		json_set_text(object, key, NULL);
	else
		json_set_bool(object, key, value);
}

static void write_object(const struct livepatch_object *object, json_value *into)
{
	json_set_text(into, "name", object->name);
	set_known_bool(into, "patched", object->patched);
	json_set_text(into, "problem", object->problem);

	json_value *functions = json_set_array(into, "functions");

	for (size_t i = 0; i < object->count; i++) {
		const struct livepatch_function *function = &object->functions[i];
		json_value *row = json_add_object(functions);

		json_set_text(row, "name", function->name);
		json_set_int(row, "sympos", function->position);
		json_set_text(row, "effect", effect_slug(function->effect));
		json_set_text(row, "evidence", function->evidence);
		set_known(row, "old_hits", function->old_hits);
		set_known(row, "new_hits", function->new_hits);
	}
}

static void write_livepatch(const struct livepatch *patch, json_value *into)
{
	json_set_text(into, "name", patch->name);
	json_set_text(into, "state", livepatch_state_slug(patch->state));
	json_set_text(into, "effect", effect_slug(livepatch_worst_effect(patch)));
	json_set_text(into, "origin", patch->origin);
	set_known_bool(into, "replace", patch->replace);
	set_known(into, "stack_order", patch->stack_order);
	json_set_bool(into, "forced", patch->forced);
	set_known(into, "since", patch->since ? patch->since : -1);
	set_known(into, "references", patch->references);
	json_set_text(into, "taint", patch->taint);
	json_set_text(into, "srcversion", patch->srcversion);
	json_set_text(into, "build_id", patch->build_id);

	json_value *objects = json_set_array(into, "objects");

	for (size_t i = 0; i < patch->count; i++)
		write_object(&patch->objects[i], json_add_object(objects));
}

void livepatch_list_write(const struct livepatch_list *list, json_value *array)
{
	for (size_t i = 0; i < list->count; i++)
		write_livepatch(&list->items[i], json_add_object(array));
}

static int find_slug(const char *const *slugs, size_t count, const char *slug)
{
	for (size_t i = 0; slug && i < count; i++)
		if (!strcmp(slugs[i], slug))
			return (int)i;
	return -1;
}

static int get_known_bool(const json_value *object, const char *key)
{
	if (json_get_bool(object, key, true) == json_get_bool(object, key, false))
		return json_get_bool(object, key, false);
	return -1;
}

static char *copy_text(const json_value *object, const char *key)
{
	const char *text = json_get_text(object, key, NULL);

	return text ? xstrdup(text) : NULL;
}

static int parse_functions(const json_value *value, struct livepatch_object *object,
			   struct error *err)
{
	const json_value *functions = json_get(value, "functions");

	if (json_count(functions) > LIST_LIMIT)
		return error_set(err, ERROR_INVALID, "too many functions");
	for (size_t i = 0; i < json_count(functions); i++) {
		const json_value *row = json_at(functions, i);
		const char *name = json_get_text(row, "name", NULL);
		int effect = find_slug(effect_slugs, ARRAY_SIZE(effect_slugs),
				       json_get_text(row, "effect", NULL));

		if (!name || effect < 0)
			return error_set(err, ERROR_INVALID,
					 "a function needs a name and a known effect");

		struct livepatch_function *function = livepatch_add_function(
			object, name, (unsigned)json_get_int(row, "sympos", 0));

		function->effect = (enum effect)effect;
		function->evidence = copy_text(row, "evidence");
		function->old_hits = json_get_int(row, "old_hits", -1);
		function->new_hits = json_get_int(row, "new_hits", -1);
	}
	return 0;
}

static int parse_objects(const json_value *value, struct livepatch *patch, struct error *err)
{
	const json_value *objects = json_get(value, "objects");

	if (json_count(objects) > LIST_LIMIT)
		return error_set(err, ERROR_INVALID, "too many objects");
	for (size_t i = 0; i < json_count(objects); i++) {
		const json_value *row = json_at(objects, i);
		const char *name = json_get_text(row, "name", NULL);

		if (!name)
			return error_set(err, ERROR_INVALID, "an object needs a name");

		struct livepatch_object *object = livepatch_add_object(patch, name);

		object->patched = get_known_bool(row, "patched");
		object->problem = copy_text(row, "problem");
		if (parse_functions(row, object, err) < 0)
			return -1;
	}
	return 0;
}

static int parse_livepatch(const json_value *value, struct livepatch_list *list, struct error *err)
{
	const char *name = json_get_text(value, "name", NULL);
	int state = find_slug(state_slugs, ARRAY_SIZE(state_slugs),
			      json_get_text(value, "state", NULL));

	if (!name || state < 0)
		return error_set(err, ERROR_INVALID, "a livepatch needs a name and a known state");

	struct livepatch *patch = livepatch_add(list, name);

	patch->state = (enum livepatch_state)state;
	patch->origin = copy_text(value, "origin");
	patch->replace = get_known_bool(value, "replace");
	patch->stack_order = (int)json_get_int(value, "stack_order", -1);
	patch->forced = json_get_bool(value, "forced", false);
	patch->since = json_get_int(value, "since", 0);
	patch->references = json_get_int(value, "references", -1);
	patch->taint = copy_text(value, "taint");
	patch->srcversion = copy_text(value, "srcversion");
	patch->build_id = copy_text(value, "build_id");
	return parse_objects(value, patch, err);
}

int livepatch_list_parse(const json_value *array, struct livepatch_list *ret_list,
			 struct error *err)
{
	auto_livepatch_list struct livepatch_list list = { 0 };

	if (!json_is_array(array) || json_count(array) > LIST_LIMIT)
		return error_set(err, ERROR_INVALID, "livepatches must be a list, and not endless");
	for (size_t i = 0; i < json_count(array); i++)
		if (parse_livepatch(json_at(array, i), &list, err) < 0)
			return error_context(err, "livepatch %zu", i);
	*ret_list = list;
	list = (struct livepatch_list){ 0 };
	return 0;
}
