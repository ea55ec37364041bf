// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/mirror.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "repo/check.h"
#include "repo/metadata.h"
#include "repo/trust_private.h"

/*
 * A fetcher that reads the modules that the mirror has already and puts everything else into a staging
 * folder on the way. That a file is there does not mean that it is whole: a target counts if it has the
 * digest that is its name.
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

/* "targets/stable/<build-id>/<sha256>.7-name.ko": what the mirror has under that name, if it is that. */
static bool read_present_target(const struct mirror *mirror, const char *name, size_t limit,
				struct buffer *into)
{
	const struct fetcher present = fetcher_of_folder(mirror->folder);
	auto_buffer struct buffer data = BUFFER_INIT;
	char sha256[DIGEST_HEX_SIZE];
	struct error ignored;

	if (!has_prefix(name, "targets/") ||
	    fetch_file(&present, name, limit, &data, &ignored) < 0)
		return false;
	digest_bytes(data.data, data.size, sha256);
	if (!has_prefix(path_base(name), sha256))
		return false;
	buffer_add(into, data.data, data.size);
	return true;
}

static bool is_present(const struct mirror *mirror, const char *name, const struct buffer *data)
{
	const struct fetcher present = fetcher_of_folder(mirror->folder);
	auto_buffer struct buffer old = BUFFER_INIT;
	struct error ignored;

	return fetch_file(&present, name, data->size, &old, &ignored) == 0 &&
	       old.size == data->size && (!old.size || !memcmp(old.data, data->data, old.size));
}

static int fetch_and_stage(void *user, const char *name, size_t limit, struct buffer *into,
			   struct error *err)
{
	const struct mirror *mirror = user;
	auto_buffer struct buffer data = BUFFER_INIT;

	if (interrupt_check(err) < 0)
		return -1;
	if (read_present_target(mirror, name, limit, into))
		return 0;
	if (fetch_file(mirror->source, name, limit, &data, err) < 0 ||
	    (!is_present(mirror, name, &data) && stage(mirror, name, &data, err) < 0))
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

/* A root that its own keys signed and nobody cut off since. */
static bool is_whole_root(const struct buffer *data, int64_t version)
{
	struct metadata *metadata;
	auto_root struct root *root = NULL;
	struct error ignored;

	return metadata_parse(data->data, data->size, "root", &metadata, &ignored) == 0 &&
	       root_parse(metadata, &root, &ignored) == 0 && root->metadata->version == version &&
	       root_verify(root, ROLE_ROOT, root->metadata, &ignored) == 0;
}

/* Every root of the chain, for clients that begin at the first. Those that the mirror has stay: what the
 * source says of the past cannot be checked from here. */
static int stage_roots(const struct mirror *mirror, const struct fetcher *fetcher, int64_t newest,
		       struct error *err)
{
	const struct fetcher present = fetcher_of_folder(mirror->folder);

	for (int64_t version = 1; version <= newest; version++) {
		auto_free char *name = xasprintf("%jd.root.json", (intmax_t)version);
		auto_free char *staged = path_join(mirror->staging, name);
		auto_buffer struct buffer old = BUFFER_INIT;
		auto_buffer struct buffer new = BUFFER_INIT;
		struct error ignored;

		if (fetch_file(&present, name, ROOT_LIMIT, &old, &ignored) == 0 &&
		    is_whole_root(&old, version)) {
			unlink(staged);
			continue;
		}
		if (fetch_file(fetcher, name, ROOT_LIMIT, &new, err) < 0)
			return -1;
		if (!is_whole_root(&new, version))
			return error_set(err, ERROR_VERIFY, "%s is not as its own keys signed it",
					 name);
	}
	return 0;
}

/* What was not fetched because the mirror's store has it, and is not in the mirror as it is there. Names
 * are "7.stable.json" and the like. */
static int stage_stored(const struct mirror *mirror, const char *store,
			const struct text_list *names, struct error *err)
{
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i];
		size_t digits = strspn(name, "0123456789");
		auto_free char *staged = path_join(mirror->staging, name);
		auto_free char *stored = path_join(store, name + digits + (digits > 0));
		auto_buffer struct buffer data = BUFFER_INIT;

		if (!digits || has_suffix(name, ".root.json") || file_exists(staged) ||
		    !file_exists(stored))
			continue;
		if (file_read(stored, TARGETS_METADATA_LIMIT, &data, err) < 0 ||
		    (!is_present(mirror, name, &data) && stage(mirror, name, &data, err) < 0))
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
	    stage_roots(mirror, &fetcher, trust_root(trust)->metadata->version, err) < 0 ||
	    stage_stored(mirror, new_store, &names, err) < 0 ||
	    move_staged(mirror, &names, ret_count, err) < 0)
		return -1;
	return replace_store(old_store, new_store, err);
}

/* Somebody's home folder is no place for a mirror. */
static int check_folder(const char *folder, const char *state, struct error *err)
{
	auto_text_list struct text_list names = { 0 };

	if (!file_exists(folder) || is_directory(state))
		return 0;
	if (directory_list(folder, &names, err) < 0)
		return -1;
	if (names.count)
		return error_set(err, ERROR_INVALID,
				 "%s is not empty and no mirror; give a folder of its own", folder);
	return 0;
}

int mirror_update(const char *folder, const struct fetcher *source, const void *root,
		  size_t root_size, int64_t now, unsigned *ret_count, struct error *err)
{
	auto_free char *state = path_join(folder, ".mirror");
	auto_free char *lock_path = path_join(state, "lock");
	auto_free char *staging = NULL;
	struct error ignored;
	auto_close int lock = -1;

	if (check_folder(folder, state, err) < 0 || directory_make(state, err) < 0 ||
	    file_lock(lock_path, false, &lock, err) < 0 ||
	    directory_make_temporary(state, &staging, err) < 0)
		return -1;

	struct mirror mirror = { .folder = folder, .staging = staging, .source = source };
	int result = update(&mirror, state, root, root_size, now, ret_count, err);

	directory_remove(staging, &ignored);
	return result;
}
