// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/documents.h"

#include <fnmatch.h>
#include <string.h>

#define TARGETS_LIMIT 100000
#define DELEGATIONS_LIMIT 32
#define PATTERNS_LIMIT 32
#define PATH_LIMIT 512
#define PATTERN_LIMIT 128

static const char path_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._+~-";

bool is_target_path(const char *path)
{
	if (strlen(path) > PATH_LIMIT)
		return false;
	for (;;) {
		size_t length = strspn(path, path_characters);

		if (length == 0 || length > 255 || path[0] == '.')
			return false;
		path += length;
		if (!*path)
			return true;
		if (*path++ != '/')
			return false;
	}
}

static void delegation_clear(struct delegation *delegation)
{
	role_clear(&delegation->role);
	text_list_clear(&delegation->paths);
}

void targets_free(struct targets *targets)
{
	if (!targets)
		return;
	for (size_t i = 0; i < targets->delegation_count; i++)
		delegation_clear(&targets->delegations[i]);
	free(targets->delegations);
	key_ring_clear(&targets->ring);
	free(targets->items);
	metadata_free(targets->metadata);
	free(targets);
}

static int take_target(const char *path, const json_value *value, struct target *target,
		       struct error *err)
{
	const char *sha256 = json_get_text(json_get(value, "hashes"), "sha256", "");
	const json_value *length = json_get(value, "length");

	target->path = path;
	target->custom = json_get(value, "custom");
	if (!is_target_path(path))
		return error_set(err, ERROR_INVALID, "'%.100s' is no path of a target", path);
	if (json_kind(length) != JSON_KIND_INT || json_int(length) < 0)
		return error_set(err, ERROR_INVALID, "%.100s: no length in bytes", path);
	if (strlen(sha256) != DIGEST_HEX_SIZE - 1 ||
	    strspn(sha256, "0123456789abcdef") != DIGEST_HEX_SIZE - 1)
		return error_set(err, ERROR_INVALID,
				 "%.100s: no sha256 of 64 lower-case hexadecimal digits", path);
	target->length = json_int(length);
	memcpy(target->sha256, sha256, DIGEST_HEX_SIZE);
	return 0;
}

static int take_targets(const json_value *list, struct targets *targets, struct error *err)
{
	struct json_walk at = { 0 };

	if (!json_is_object(list) || json_count(list) > TARGETS_LIMIT)
		return error_set(err, ERROR_INVALID, "'targets' is no object of at most %d targets",
				 TARGETS_LIMIT);
	targets->items = xcalloc(json_count(list) + 1, sizeof(*targets->items));
	while (json_walk_next(list, &at))
		if (take_target(at.key, at.value, &targets->items[targets->count++], err) < 0)
			return -1;
	return 0;
}

static int take_paths(const json_value *paths, struct delegation *delegation, struct error *err)
{
	size_t count = json_count(paths);

	if (!json_is_array(paths) || count > PATTERNS_LIMIT)
		return error_set(err, ERROR_INVALID, "'paths' is no list of at most %d patterns",
				 PATTERNS_LIMIT);
	for (size_t i = 0; i < count; i++) {
		const char *pattern = json_text(json_at(paths, i));

		if (!pattern || strlen(pattern) > PATTERN_LIMIT)
			return error_set(err, ERROR_INVALID, "pattern %zu is no text of at most %d "
					 "bytes", i, PATTERN_LIMIT);
		text_list_add(&delegation->paths, pattern);
	}
	return 0;
}

static int take_delegation(const json_value *value, struct targets *targets, struct error *err)
{
	const char *name = json_get_text(value, "name", "");
	struct delegation *delegation = &targets->delegations[targets->delegation_count];

	for (enum top_role i = 0; i < TOP_ROLE_COUNT; i++)
		if (!strcmp(name, top_role_name(i)))
			return error_set(err, ERROR_INVALID, "%s cannot be delegated", name);
	if (targets_find_delegation(targets, name))
		return error_set(err, ERROR_INVALID, "two delegations to %.64s", name);
	if (role_parse(name, value, &delegation->role, err) < 0)
		return -1;
	targets->delegation_count++;
	delegation->terminating = json_get_bool(value, "terminating", false);
	if (take_paths(json_get(value, "paths"), delegation, err) < 0)
		return error_context(err, "delegation to %s", name);
	return 0;
}

static int take_delegations(const json_value *delegations, struct targets *targets,
			    struct error *err)
{
	const json_value *roles = json_get(delegations, "roles");
	size_t count = json_count(roles);

	if (!json_is_array(roles) || count > DELEGATIONS_LIMIT)
		return error_set(err, ERROR_INVALID, "no list of at most %d delegations",
				 DELEGATIONS_LIMIT);
	if (key_ring_parse(json_get(delegations, "keys"), &targets->ring, err) < 0)
		return -1;
	targets->delegations = xcalloc(count + 1, sizeof(*targets->delegations));
	for (size_t i = 0; i < count; i++)
		if (take_delegation(json_at(roles, i), targets, err) < 0)
			return -1;
	return 0;
}

int targets_parse(struct metadata *steal_metadata, struct targets **ret_targets, struct error *err)
{
	auto_targets struct targets *targets = xcalloc(1, sizeof(*targets));
	const json_value *delegations = json_get(steal_metadata->body, "delegations");

	targets->metadata = steal_metadata;
	if (take_targets(json_get(steal_metadata->body, "targets"), targets, err) < 0)
		return -1;
	if (delegations && take_delegations(delegations, targets, err) < 0)
		return -1;
	*ret_targets = steal_ptr(targets);
	return 0;
}

const json_value *targets_entry(const struct targets *targets, const char *path)
{
	return json_get(json_get(targets->metadata->body, "targets"), path);
}

const struct target *targets_find(const struct targets *targets, const char *path)
{
	if (!targets_entry(targets, path))
		return NULL;
	for (size_t i = 0; i < targets->count; i++)
		if (!strcmp(targets->items[i].path, path))
			return &targets->items[i];
	return NULL;
}

const struct delegation *targets_find_delegation(const struct targets *targets, const char *role)
{
	for (size_t i = 0; i < targets->delegation_count; i++)
		if (!strcmp(targets->delegations[i].role.name, role))
			return &targets->delegations[i];
	return NULL;
}

bool delegation_covers(const struct delegation *delegation, const char *path)
{
	for (size_t i = 0; i < delegation->paths.count; i++)
		if (!fnmatch(delegation->paths.items[i], path, FNM_PATHNAME | FNM_PERIOD |
			     FNM_NOESCAPE))
			return true;
	return false;
}
