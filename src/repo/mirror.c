// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/mirror.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "repo/check.h"
#include "repo/trust.h"

/*
 * A fetcher that reads what the mirror has already (names with a version or a digest never change
 * their content) and puts everything else into a staging folder on the way.
 */
struct mirror {
	const char *folder;
	char *staging;
	const struct fetcher *source;
};

static int stage(const struct mirror *mirror, const char *name, const struct buffer *data,
		 struct error *err)
{
	auto_free char *path = path_join(mirror->staging, name);
	auto_free char *parent = xstrdup(path);

	*strrchr(parent, '/') = 0;
	if (directory_make(parent, err) < 0)
		return -1;
	return file_write(path, data->data, data->size, 0644, true, err);
}

static int fetch_and_stage(void *user, const char *name, size_t limit, struct buffer *into,
			   struct error *err)
{
	const struct mirror *mirror = user;
	const struct fetcher present = fetcher_of_folder(mirror->folder);
	auto_free char *path = path_join(mirror->folder, name);
	auto_buffer struct buffer data = BUFFER_INIT;

	if (interrupt_check(err) < 0)
		return -1;
	if (strcmp(name, "timestamp.json") && file_exists(path))
		return fetch_file(&present, name, limit, into, err);
	if (fetch_file(mirror->source, name, limit, &data, err) < 0 ||
	    stage(mirror, name, &data, err) < 0)
		return -1;
	buffer_add(into, data.data, data.size);
	return 0;
}

/* The store of this run is a copy, which replaces the old one only if all went well. */
static int copy_store(const char *from, const char *to, struct error *err)
{
	auto_text_list struct text_list names = { 0 };

	if (directory_make(to, err) < 0)
		return -1;
	if (!is_directory(from))
		return 0;
	if (directory_list(from, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		auto_free char *source = path_join(from, names.items[i]);
		auto_free char *target = path_join(to, names.items[i]);

		if (file_copy(source, target, err) < 0)
			return -1;
	}
	return 0;
}

static int begin(const char *store, const struct fetcher *fetcher, const void *root,
		 size_t root_size, struct error *err)
{
	auto_free char *stored = path_join(store, "root.json");
	auto_buffer struct buffer data = BUFFER_INIT;

	if (file_exists(stored))
		return 0;
	if (root)
		return trust_begin(store, root, root_size, err);
	if (fetch_file(fetcher, "1.root.json", ROOT_LIMIT, &data, err) < 0)
		return -1;
	return trust_begin(store, data.data, data.size, err);
}

/* Every root of the chain, for clients that begin at the first. */
static int stage_roots(const struct fetcher *fetcher, int64_t newest, struct error *err)
{
	for (int64_t version = 1; version <= newest; version++) {
		auto_free char *name = xasprintf("%jd.root.json", (intmax_t)version);
		auto_buffer struct buffer ignored = BUFFER_INIT;

		if (fetch_file(fetcher, name, ROOT_LIMIT, &ignored, err) < 0)
			return -1;
	}
	return 0;
}

/* In the order of the check, so the timestamp comes last. */
static int move_staged(const struct mirror *mirror, const struct text_list *names,
		       unsigned *ret_count, struct error *err)
{
	*ret_count = 0;
	for (size_t i = 0; i < names->count; i++) {
		auto_free char *from = path_join(mirror->staging, names->items[i]);
		auto_free char *to = path_join(mirror->folder, names->items[i]);
		auto_free char *parent = xstrdup(to);

		if (!file_exists(from))
			continue;
		*strrchr(parent, '/') = 0;
		if (directory_make(parent, err) < 0)
			return -1;
		if (rename(from, to) < 0)
			return error_errno(err, "cannot write %s", to);
		(*ret_count)++;
	}
	return 0;
}

static int replace_store(const char *old, const char *new, struct error *err)
{
	if (directory_remove(old, err) < 0)
		return -1;
	if (rename(new, old) < 0)
		return error_errno(err, "cannot write %s", old);
	return 0;
}

static int update(struct mirror *mirror, const char *state, const void *root, size_t root_size,
		  int64_t now, unsigned *ret_count, struct error *err)
{
	auto_free char *old_store = path_join(state, "store");
	auto_free char *new_store = path_join(mirror->staging, "store");
	const struct fetcher fetcher = { fetch_and_stage, mirror };
	auto_trust struct trust *trust = NULL;
	auto_text_list struct text_list names = { 0 };
	auto_text_list struct text_list expired = { 0 }; /* copied like the rest */

	if (copy_store(old_store, new_store, err) < 0 ||
	    begin(new_store, &fetcher, root, root_size, err) < 0 ||
	    trust_open(new_store, now, &trust, err) < 0 ||
	    repository_check(trust, &fetcher, &names, &expired, err) < 0 ||
	    stage_roots(&fetcher, trust_root(trust)->metadata->version, err) < 0 ||
	    move_staged(mirror, &names, ret_count, err) < 0)
		return -1;
	return replace_store(old_store, new_store, err);
}

int mirror_update(const char *folder, const struct fetcher *source, const void *root,
		  size_t root_size, int64_t now, unsigned *ret_count, struct error *err)
{
	auto_free char *state = path_join(folder, ".mirror");
	auto_free char *lock_path = path_join(state, "lock");
	auto_free char *staging = NULL;
	struct error ignored;
	auto_close int lock = -1;

	if (directory_make(state, err) < 0 || file_lock(lock_path, false, &lock, err) < 0 ||
	    directory_make_temporary(state, &staging, err) < 0)
		return -1;

	struct mirror mirror = { .folder = folder, .staging = staging, .source = source };
	int result = update(&mirror, state, root, root_size, now, ret_count, err);

	directory_remove(staging, &ignored);
	return result;
}
