// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stages 1-orig and 2-patched of a work folder. stage.json is written when all objects are there
 * and taken away before the first is touched, so a folder with a mark is complete.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "build/authoring.h"
#include "build/pairing.h"

#define STAGE_LIMIT ((size_t)64 << 20)
#define STAGE_VERSION 1

static void digest_text(struct digest *digest, const char *text)
{
	digest_add(digest, text, strlen(text) + 1);
}

static void digest_buffer(struct digest *digest, bool is_there, const struct buffer *text)
{
	uint64_t size = is_there ? text->size : UINT64_MAX;

	digest_add(digest, &size, sizeof(size));
	if (text->size)
		digest_add(digest, text->data, text->size);
}

void pairing_digest(struct pairing *pairing)
{
	struct digest *digest = digest_new();

	digest_text(digest, "pairs 1");
	digest_text(digest, pairing->key);
	digest_text(digest, livepatch_header);
	digest_text(digest, pairing->include ? "reads keys" : "jumps");
	for (size_t i = 0; i < pairing->edits.count; i++) {
		const struct edit *edit = &pairing->edits.items[i];

		digest_text(digest, edit->path);
		digest_buffer(digest, edit->was_there, &edit->original);
		digest_buffer(digest, edit->is_there, &edit->final);
	}
	for (size_t i = 0; i < pairing->count; i++)
		digest_text(digest, pairing->units[i].source);
	digest_finish(digest, pairing->inputs);
}

static char *mark_path(const char *folder)
{
	return path_join(folder, "stage.json");
}

/* The object is there with the digest that the mark has for it. */
static bool has_object(const json_value *row, const char *key, const char *path)
{
	char hex[DIGEST_HEX_SIZE];
	struct error ignored;

	return file_exists(path) && digest_file(path, hex, &ignored) == 0 &&
	       !strcmp(json_get_text(row, key, ""), hex);
}

static bool is_unit_done(const json_value *original, const json_value *patched,
			 struct pairing_unit *unit)
{
	if (strcmp(json_get_text(original, "source", ""), unit->source) ||
	    strcmp(json_get_text(patched, "source", ""), unit->source))
		return false;
	unit->is_dropped = json_get_bool(patched, "same", false);
	return unit->is_dropped ||
	       (has_object(original, "plain", unit->plain) &&
		has_object(original, "object", unit->original) &&
		has_object(patched, "object", unit->patched));
}

static bool is_mark_of(const struct pairing *pairing, const json_value *mark)
{
	return json_get_int(mark, "version", 0) == STAGE_VERSION &&
	       json_get_bool(mark, "complete", false) &&
	       !strcmp(json_get_text(mark, "inputs", ""), pairing->inputs) &&
	       json_count(json_get(mark, "units")) == pairing->count;
}

/* The record must still be true too: it says that the original tree has not changed. */
static int load_record(struct pairing *pairing, struct pairing_unit *unit, struct error *err)
{
	int found = unit_record_find(pairing->kernel, pairing->records, unit->source, unit->plain,
				     unit->original, &unit->record, err);

	unit->is_cached = found > 0;
	return found;
}

int pairing_load(struct pairing *pairing, struct error *err)
{
	auto_free char *original_path = mark_path(pairing->original_folder);
	auto_free char *patched_path = mark_path(pairing->patched_folder);
	auto_json json_value *original = NULL, *patched = NULL;
	struct error ignored;

	if (json_read(original_path, STAGE_LIMIT, &original, &ignored) < 0 ||
	    json_read(patched_path, STAGE_LIMIT, &patched, &ignored) < 0 ||
	    !is_mark_of(pairing, original) || !is_mark_of(pairing, patched))
		return 0;
	for (size_t i = 0; i < pairing->count; i++) {
		int found = load_record(pairing, &pairing->units[i], err);

		if (found <= 0)
			return found;
		if (!is_unit_done(json_at(json_get(original, "units"), i),
				  json_at(json_get(patched, "units"), i), &pairing->units[i]))
			return 0;
	}
	return 1;
}

static int remove_mark(const char *folder, struct error *err)
{
	auto_free char *path = mark_path(folder);

	if (unlink(path) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove %s", path);
	return 0;
}

static int make_parent(const char *path, struct error *err)
{
	auto_free char *folder = xstrdup(path);

	*strrchr(folder, '/') = 0;
	return directory_make(folder, err);
}

int pairing_begin(struct pairing *pairing, struct error *err)
{
	if (directory_make(pairing->original_folder, err) < 0 ||
	    directory_make(pairing->patched_folder, err) < 0 ||
	    remove_mark(pairing->original_folder, err) < 0 ||
	    remove_mark(pairing->patched_folder, err) < 0)
		return -1;
	for (size_t i = 0; i < pairing->count; i++) {
		struct pairing_unit *unit = &pairing->units[i];

		unit_record_clear(&unit->record);
		unit->is_dropped = unit->is_cached = false;
		if (make_parent(unit->plain, err) < 0 || make_parent(unit->original, err) < 0 ||
		    make_parent(unit->patched, err) < 0)
			return -1;
	}
	return 0;
}

static int add_digest(json_value *row, const char *key, const char *path, struct error *err)
{
	char hex[DIGEST_HEX_SIZE];

	if (digest_file(path, hex, err) < 0)
		return -1;
	json_set_text(row, key, hex);
	return 0;
}

static int write_mark(const struct pairing *pairing, bool is_patched, struct error *err)
{
	const char *folder = is_patched ? pairing->patched_folder : pairing->original_folder;
	auto_free char *path = mark_path(folder);
	auto_json json_value *mark = json_new_object();
	auto_buffer struct buffer text = BUFFER_INIT;
	json_value *units;

	json_set_int(mark, "version", STAGE_VERSION);
	json_set_text(mark, "stage", is_patched ? "2-patched" : "1-orig");
	json_set_text(mark, "inputs", pairing->inputs);
	json_set_bool(mark, "complete", true);
	units = json_set_array(mark, "units");
	for (size_t i = 0; i < pairing->count; i++) {
		const struct pairing_unit *unit = &pairing->units[i];
		json_value *row = json_add_object(units);

		json_set_text(row, "source", unit->source);
		json_set_bool(row, "same", unit->is_dropped);
		if (unit->is_dropped)
			continue;
		if (!is_patched && add_digest(row, "plain", unit->plain, err) < 0)
			return -1;
		if (add_digest(row, "object", is_patched ? unit->patched : unit->original, err) < 0)
			return -1;
	}
	json_write(mark, &text);
	return file_write(path, text.data, text.size, 0666, false, err);
}

int pairing_complete(struct pairing *pairing, struct error *err)
{
	return write_mark(pairing, false, err) < 0 ? -1 : write_mark(pairing, true, err);
}
