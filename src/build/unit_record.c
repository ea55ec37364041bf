// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/unit_record.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#define RECORD_LIMIT ((size_t)16 << 20)
#define RECORD_VERSION 1

void unit_record_clear(struct unit_record *record)
{
	free(record->source);
	free(record->module);
	text_list_clear(&record->command);
	for (size_t i = 0; i < record->dep_count; i++)
		free(record->deps[i].path);
	free(record->deps);
	*record = (struct unit_record){ 0 };
}

static void digest_text(struct digest *digest, const char *text)
{
	digest_add(digest, text ? text : "", text ? strlen(text) + 1 : 1);
}

int unit_record_folder(const struct kernel *kernel, char **ret_folder, char **ret_key,
		       struct error *err)
{
	auto_free char *cache = NULL;
	char hex[DIGEST_HEX_SIZE];

	if (cache_folder(&cache, err) < 0)
		return -1;

	struct digest *digest = digest_new();

	digest_text(digest, kernel->id.release);
	digest_text(digest, kernel->id.version);
	digest_text(digest, kernel->id.build_id);
	digest_text(digest, kernel->id.config_digest);
	digest_text(digest, kernel->compiler);
	digest_text(digest, kernel->source);
	for (size_t i = 0; i < kernel->make_args.count; i++)
		digest_text(digest, kernel->make_args.items[i]);
	digest_finish(digest, hex);
	*ret_key = xstrndup(hex, 16);
	*ret_folder = xasprintf("%s/objects/%s-%s", cache,
				kernel->id.release ? kernel->id.release : "unknown", *ret_key);
	return 0;
}

static char *dep_path(const struct kernel *kernel, const char *path)
{
	return *path == '/' ? xstrdup(path) : path_join(kernel->source, path);
}

static int64_t time_of(const struct stat *info)
{
	return (int64_t)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec;
}

int unit_record_add_dep(struct unit_record *record, const struct kernel *kernel, const char *path,
			struct error *err)
{
	auto_free char *full = dep_path(kernel, path);
	struct stat info;

	if (stat(full, &info) < 0)
		return error_errno(err, "cannot look at %s", full);
	ARRAY_GROW(record->deps, record->dep_capacity, record->dep_count + 1);
	record->deps[record->dep_count++] = (struct unit_dep){
		.path = xstrdup(path),
		.size = info.st_size,
		.changed = time_of(&info),
	};
	return 0;
}

bool unit_record_depends_on(const struct unit_record *record, const char *path)
{
	for (size_t i = 0; i < record->dep_count; i++)
		if (!strcmp(record->deps[i].path, path))
			return true;
	return false;
}

static bool is_still_true(const struct unit_record *record, const struct kernel *kernel)
{
	for (size_t i = 0; i < record->dep_count; i++) {
		const struct unit_dep *dep = &record->deps[i];
		auto_free char *full = dep_path(kernel, dep->path);
		struct stat info;

		if (stat(full, &info) < 0 || info.st_size != dep->size ||
		    time_of(&info) != dep->changed)
			return false;
	}
	return record->dep_count > 0;
}

static void read_deps(struct unit_record *record, const json_value *rows)
{
	for (size_t i = 0; i < json_count(rows); i++) {
		const json_value *row = json_at(rows, i);
		const char *path = json_get_text(row, "path", NULL);

		if (!path)
			continue;
		ARRAY_GROW(record->deps, record->dep_capacity, record->dep_count + 1);
		record->deps[record->dep_count++] = (struct unit_dep){
			.path = xstrdup(path),
			.size = json_get_int(row, "size", -1),
			.changed = json_get_int(row, "changed", -1),
		};
	}
}

static bool read_digest(const json_value *value, const char *key, char *hex)
{
	const char *text = json_get_text(value, key, "");

	if (strlen(text) != DIGEST_HEX_SIZE - 1)
		return false;
	memcpy(hex, text, DIGEST_HEX_SIZE);
	return true;
}

static bool read_record(const char *path, const char *source, struct unit_record *record)
{
	auto_json json_value *value = NULL;
	struct error ignored;

	if (json_read(path, RECORD_LIMIT, &value, &ignored) < 0 ||
	    json_get_int(value, "version", 0) != RECORD_VERSION ||
	    strcmp(json_get_text(value, "source", ""), source) ||
	    !json_get_text(value, "module", NULL))
		return false;
	record->source = xstrdup(source);
	record->module = xstrdup(json_get_text(value, "module", NULL));
	record->is_module = json_get_bool(value, "is_module", false);
	for (size_t i = 0; i < json_count(json_get(value, "command")); i++) {
		const char *argument = json_text(json_at(json_get(value, "command"), i));

		if (!argument)
			return false;
		text_list_add(&record->command, argument);
	}
	read_deps(record, json_get(value, "deps"));
	return read_digest(value, "plain", record->plain_digest) &&
	       read_digest(value, "original", record->original_digest) && record->command.count;
}

/* 1 if the copy has the digest, 0 if the cached object is missing or damaged. */
static int fetch_object(const char *folder, const char *name, const char *to, const char *digest,
			struct error *err)
{
	auto_free char *from = path_join(folder, name);
	char hex[DIGEST_HEX_SIZE];

	if (!file_exists(from))
		return 0;
	if (file_copy(from, to, err) < 0 || digest_file(to, hex, err) < 0)
		return -1;
	return !strcmp(hex, digest);
}

int unit_record_find(const struct kernel *kernel, const char *folder, const char *source,
		     const char *plain, const char *original, struct unit_record *ret_record,
		     struct error *err)
{
	auto_unit_record struct unit_record record = { 0 };
	auto_free char *place = path_join(folder, source);
	auto_free char *path = path_join(place, "unit.json");
	int result;

	if (!file_exists(path) || !read_record(path, source, &record) ||
	    !is_still_true(&record, kernel))
		return 0;
	result = fetch_object(place, "plain.o", plain, record.plain_digest, err);
	if (result > 0)
		result = fetch_object(place, "original.o", original, record.original_digest, err);
	if (result > 0) {
		*ret_record = record;
		record = (struct unit_record){ 0 };
	}
	return result;
}

static void write_record(const struct unit_record *record, struct buffer *into)
{
	auto_json json_value *value = json_new_object();
	json_value *command, *deps;

	json_set_int(value, "version", RECORD_VERSION);
	json_set_text(value, "source", record->source);
	json_set_text(value, "module", record->module);
	json_set_bool(value, "is_module", record->is_module);
	json_set_text(value, "plain", record->plain_digest);
	json_set_text(value, "original", record->original_digest);
	command = json_set_array(value, "command");
	for (size_t i = 0; i < record->command.count; i++)
		json_add_text(command, record->command.items[i]);
	deps = json_set_array(value, "deps");
	for (size_t i = 0; i < record->dep_count; i++) {
		json_value *row = json_add_object(deps);

		json_set_text(row, "path", record->deps[i].path);
		json_set_int(row, "size", record->deps[i].size);
		json_set_int(row, "changed", record->deps[i].changed);
	}
	json_write_compact(value, into);
}

/* The record is written last and each file atomically: two builds that keep the same unit at once
 * write the same, and a mixture is found out by the digests. */
int unit_record_keep(const char *folder, struct unit_record *record, const char *plain,
		     const char *original, struct error *err)
{
	auto_free char *place = path_join(folder, record->source);
	auto_free char *path = path_join(place, "unit.json");
	auto_free char *kept_plain = path_join(place, "plain.o");
	auto_free char *kept_original = path_join(place, "original.o");
	auto_buffer struct buffer text = BUFFER_INIT;

	if (digest_file(plain, record->plain_digest, err) < 0 ||
	    digest_file(original, record->original_digest, err) < 0 ||
	    directory_make(place, err) < 0 || file_copy(plain, kept_plain, err) < 0 ||
	    file_copy(original, kept_original, err) < 0)
		return -1;
	write_record(record, &text);
	return file_write(path, text.data, text.size, 0666, false, err);
}
