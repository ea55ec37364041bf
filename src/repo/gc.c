// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "repo/documents.h"
#include "repo/offer.h"
#include "repo/repository_private.h"
#include "repo/trust.h"

static bool is_revoked(const json_value *revoked, const json_value *manifest)
{
	auto_free char *path = revocation_path(manifest);

	return json_get(revoked, path) != NULL;
}

/* How many good levels of the kernel in this ring are above this one. */
static unsigned count_newer(const json_value *targets, const json_value *revoked,
			    const char *build_id, int64_t level)
{
	struct json_walk at = { 0 };
	unsigned count = 0;

	while (json_walk_next(targets, &at)) {
		const json_value *custom = json_get(at.value, "custom");
		const json_value *kernel = json_get(json_get(custom, "manifest"), "kernel");

		if (!strcmp(json_get_text(kernel, "build_id", ""), build_id) &&
		    json_get_int(custom, "level", 0) > level &&
		    !is_revoked(revoked, json_get(custom, "manifest")))
			count++;
	}
	return count;
}

/* Takes old levels out of a ring; the draft is then to be signed. */
static int thin_ring(const struct repository *repository, const char *ring,
		     const json_value *revoked, unsigned keep, struct error *err)
{
	auto_json json_value *envelope = NULL;
	auto_text_list struct text_list old = { 0 };
	struct json_walk at = { 0 };

	if (repository_edit(repository, ring, &envelope, err) < 0)
		return -1;

	json_value *targets = json_member(envelope_body(envelope), "targets");

	while (json_walk_next(targets, &at)) {
		const json_value *custom = json_get(at.value, "custom");
		const json_value *kernel = json_get(json_get(custom, "manifest"), "kernel");

		if (count_newer(targets, revoked, json_get_text(kernel, "build_id", ""),
				json_get_int(custom, "level", 0)) >= keep)
			text_list_add(&old, at.key);
	}
	for (size_t i = 0; i < old.count; i++) {
		if (removed_remember(repository, old.items[i], json_get(targets, old.items[i]),
				     err) < 0)
			return -1;
		json_remove(targets, old.items[i]);
	}
	return old.count ? repository_save(repository, ring, envelope, true, err) : 0;
}

static void need_targets(const json_value *envelope, struct map *needed)
{
	struct json_walk at = { 0 };

	while (json_walk_next(json_get(json_get(envelope, "signed"), "targets"), &at)) {
		struct target target = { .path = at.key };
		auto_free char *name = NULL;

		snprintf(target.sha256, sizeof(target.sha256), "%s",
			 json_get_text(json_get(at.value, "hashes"), "sha256", ""));
		name = target_file_name(&target);
		map_set(needed, name, (void *)"");
	}
}

/* Names of all files that published and drafted documents need. */
static int collect_needed(const struct repository *repository, struct map *needed,
			  struct error *err)
{
	map_set(needed, "timestamp.json", (void *)"");
	for (const char *const *role = all_role_names; *role; role++) {
		auto_json json_value *published = NULL;
		auto_json json_value *draft = NULL;

		if (repository_published(repository, *role, &published, err) < 0)
			return -1;
		if (repository_has_draft(repository, *role) &&
		    repository_current(repository, *role, &draft, err) < 0)
			return -1;

		auto_free char *name = versioned_name(
			*role, json_get_int(json_get(published, "signed"), "version", 0));

		map_set(needed, name, (void *)"");
		need_targets(published, needed);
		need_targets(draft, needed);
	}
	return 0;
}

static int remove_one(const struct repository *repository, const char *name, unsigned *removed,
		      struct error *err)
{
	auto_free char *path = public_path(repository, name);

	if (unlink(path) < 0)
		return error_errno(err, "cannot remove %s", path);
	(*removed)++;
	return 0;
}

/* "12.stable.json", but never a root and nothing that is not ours. */
static bool is_versioned_document(const char *name)
{
	size_t digits = strspn(name, "0123456789");

	return digits && name[digits] == '.' && has_suffix(name, ".json") &&
	       !has_suffix(name, ".root.json");
}

static int sweep_documents(const struct repository *repository, const struct map *needed,
			   unsigned *removed, struct error *err)
{
	auto_text_list struct text_list names = { 0 };

	if (directory_list(repository->folder, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (is_versioned_document(names.items[i]) && !map_has(needed, names.items[i]) &&
		    remove_one(repository, names.items[i], removed, err) < 0)
			return -1;
	return 0;
}

/* Below targets/, folders that became empty go too. */
static int sweep_targets(const struct repository *repository, const char *folder,
			 const struct map *needed, unsigned *removed, struct error *err)
{
	auto_free char *path = public_path(repository, folder);
	auto_text_list struct text_list names = { 0 };

	if (directory_list(path, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		auto_free char *name = path_join(folder, names.items[i]);
		auto_free char *full = public_path(repository, name);

		if (is_directory(full)) {
			if (sweep_targets(repository, name, needed, removed, err) < 0)
				return -1;
			rmdir(full);
		} else if (!map_has(needed, name) &&
			   remove_one(repository, name, removed, err) < 0) {
			return -1;
		}
	}
	return 0;
}

int repository_gc(const struct repository *repository, unsigned keep, unsigned *ret_removed,
		  struct error *err)
{
	auto_map struct map *needed = map_new();
	auto_json json_value *revoked = NULL;

	*ret_removed = 0;
	if (repository_current(repository, REVOCATIONS_ROLE, &revoked, err) < 0)
		return -1;
	for (const char *const *ring = ring_names; keep && *ring; ring++)
		if (thin_ring(repository, *ring, draft_targets(revoked), keep, err) < 0)
			return -1;
	if (collect_needed(repository, needed, err) < 0 ||
	    sweep_documents(repository, needed, ret_removed, err) < 0)
		return -1;
	return sweep_targets(repository, "targets", needed, ret_removed, err);
}
