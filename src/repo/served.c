// SPDX-License-Identifier: GPL-2.0-or-later
/* Until when a kernel is served: custom data of its newest module. */
#include <string.h>

#include "repo/documents.h"
#include "repo/moment.h"
#include "repo/offer.h"
#include "repo/repository_private.h"

void set_served_until(json_value *custom, int64_t moment)
{
	char text[MOMENT_SIZE];

	if (!moment) {
		json_remove(custom, "served_until");
		return;
	}
	moment_write(moment, text);
	json_set_text(custom, "served_until", text);
}

/* The custom data of the kernel's highest level in a ring's document; NULL if it has none. */
static json_value *newest_custom(json_value *envelope, const char *build_id, int64_t *ret_level)
{
	struct json_walk at = { 0 };
	json_value *newest = NULL;

	*ret_level = 0;
	while (json_walk_next(draft_targets(envelope), &at)) {
		json_value *custom = json_member((json_value *)at.value, "custom");
		const json_value *kernel = json_get(json_get(custom, "manifest"), "kernel");
		int64_t level = json_get_int(custom, "level", 0);

		if (strcmp(json_get_text(kernel, "build_id", ""), build_id) != 0 || level <= *ret_level)
			continue;
		newest = custom;
		*ret_level = level;
	}
	return newest;
}

int find_served_until(const struct repository *repository, const char *build_id,
		      int64_t *ret_moment, struct error *err)
{
	int64_t newest = 0;

	*ret_moment = 0;
	for (const char *const *ring = ring_names; *ring; ring++) {
		auto_json json_value *envelope = NULL;
		const json_value *custom;
		int64_t level;

		if (repository_current(repository, *ring, &envelope, err) < 0)
			return -1;
		custom = newest_custom(envelope, build_id, &level);
		if (!custom || level < newest)
			continue;
		newest = level;
		*ret_moment = custom_served_until(custom);
	}
	return 0;
}

/* 1: the ring has a module for this kernel, 0: it has none. */
static int set_in_ring(const struct repository *repository, const char *ring, const char *build_id,
		       int64_t moment, struct error *err)
{
	auto_json json_value *envelope = NULL;
	auto_json json_value *draft = NULL;
	json_value *custom;
	int64_t level;

	if (repository_current(repository, ring, &envelope, err) < 0)
		return -1;
	custom = newest_custom(envelope, build_id, &level);
	if (!custom || custom_served_until(custom) == moment)
		return custom != NULL;
	if (repository_edit(repository, ring, &draft, err) < 0)
		return -1;
	set_served_until(newest_custom(draft, build_id, &level), moment);
	return repository_save(repository, ring, draft, true, err) < 0 ? -1 : 1;
}

int repository_set_served_until(const struct repository *repository, const char *build_id,
				int64_t moment, struct error *err)
{
	bool found = false;

	for (const char *const *ring = ring_names; *ring; ring++) {
		int result = set_in_ring(repository, *ring, build_id, moment, err);

		if (result < 0)
			return -1;
		found |= result > 0;
	}
	if (found)
		return 0;
	return error_set(err, ERROR_NOT_FOUND, "no ring has a module for the kernel with build-id "
			 "%.64s; 'suture repo add --served-until' says it with the first one", build_id);
}
