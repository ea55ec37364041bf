// SPDX-License-Identifier: GPL-2.0-or-later
#include "proof/made_from.h"

#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

#define UNITS_LIMIT ((size_t)16 << 20)

struct made_from {
	struct changeset **changesets;
	struct intent_unit *units;
	size_t count;
	json_value *table; /* holds the texts */
	struct text_list paths; /* of plain objects */
	char *processed;
	struct intent intent;
};

static char *table_path(const char *work)
{
	return xasprintf("%s/3-diff/units.json", work);
}

/* Below the folder, so that it can be moved. */
static const char *relative_to(const char *path, const char *work)
{
	size_t length = strlen(work);

	return has_prefix(path, work) && path[length] == '/' ? path + length + 1 : path;
}

int made_from_save(const char *work, const struct made_unit *units, size_t count, struct error *err)
{
	auto_free char *path = table_path(work);
	auto_json json_value *array = json_new_array();
	auto_buffer struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < count; i++) {
		json_value *row = json_add_object(array);

		json_set_text(row, "source", units[i].source);
		json_set_text(row, "object", units[i].object);
		json_set_text(row, "original", relative_to(units[i].original, work));
		json_set_text(row, "patched", relative_to(units[i].patched, work));
		json_set_text(row, "plain", relative_to(units[i].plain, work));

		json_value *also = json_set_array(row, "also");

		for (size_t k = 0; units[i].also && k < units[i].also->count; k++)
			json_add_text(also, units[i].also->items[k]);
	}
	json_write(array, &text);
	return file_write_text(path, buffer_text(&text), err);
}

static char *path_of(const char *work, const json_value *row, const char *key)
{
	const char *path = json_get_text(row, key, "");

	return *path == '/' ? xstrdup(path) : path_join(work, path);
}

static int open_unit(struct made_from *made, const char *work, const json_value *row,
		     struct error *err)
{
	auto_free char *original = path_of(work, row, "original");
	auto_free char *patched = path_of(work, row, "patched");
	auto_free char *plain = path_of(work, row, "plain");
	const char *source = json_get_text(row, "source", NULL);
	const char *object = json_get_text(row, "object", NULL);
	const json_value *names = json_get(row, "also");
	auto_text_list struct text_list also = { 0 };
	size_t i = made->count;

	for (size_t k = 0; k < json_count(names); k++) {
		if (!json_is_text(json_at(names, k)))
			return error_set(err, ERROR_INVALID, "a function without a name");
		text_list_add(&also, json_text(json_at(names, k)));
	}
	if (!source || !object)
		return error_set(err, ERROR_INVALID, "a unit without a name");
	text_list_add(&made->paths, plain);
	made->count++;
	if (changeset_make_also(original, patched, source, &also, &made->changesets[i], err) < 0)
		return -1;
	made->units[i] = (struct intent_unit){ made->changesets[i], object, NULL };
	return 0;
}

static int open_units(struct made_from *made, const char *work, struct error *err)
{
	size_t count = json_count(made->table);

	made->changesets = xcalloc(count, sizeof(*made->changesets));
	made->units = xcalloc(count, sizeof(*made->units));
	for (size_t i = 0; i < count; i++)
		if (open_unit(made, work, json_at(made->table, i), err) < 0)
			return -1;
	for (size_t i = 0; i < count; i++)
		made->units[i].plain = made->paths.items[i];
	changesets_link(made->changesets, made->count);
	return 0;
}

int made_from_open(const char *work, struct made_from **ret_made, struct error *err)
{
	auto_free char *path = table_path(work);
	auto_made_from struct made_from *made = xcalloc(1, sizeof(*made));

	if (json_read(path, UNITS_LIMIT, &made->table, err) < 0)
		return error_context(err, "%s is no work folder of a finished build", work);
	if (open_units(made, work, err) < 0)
		return error_context(err, "%s", path);
	made->processed = path_join(work, "4-module/patch.o");
	made->intent = (struct intent){ .units = made->units, .count = made->count,
					.processed = made->processed };
	*ret_made = steal_ptr(made);
	return 0;
}

void made_from_free(struct made_from *made)
{
	if (!made)
		return;
	for (size_t i = 0; i < made->count; i++)
		changeset_free(made->changesets[i]);
	free(made->changesets);
	free(made->units);
	free(made->processed);
	text_list_clear(&made->paths);
	json_free(made->table);
	free(made);
}

const struct intent *made_from_intent(const struct made_from *made)
{
	return &made->intent;
}
