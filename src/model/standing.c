// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/standing.h"

#include "base/memory.h"

static const char *const freshness_slugs[] = {
#define X(state, slug) [state] = slug,
	FRESHNESS_STATES(X)
#undef X
};
static const char *const coverage_slugs[] = {
#define X(state, slug) [state] = slug,
	COVERAGE_STATES(X)
#undef X
};

const char *freshness_slug(enum freshness_state state)
{
	return freshness_slugs[state];
}

const char *coverage_slug(enum coverage_state state)
{
	return coverage_slugs[state];
}

void standing_patch_clear(struct standing_patch *patch)
{
	free(patch->id);
	free(patch->name);
	free(patch->module);
	free(patch->state);
	free(patch->reason);
	text_list_clear(&patch->cves);
	*patch = (struct standing_patch){ 0 };
}

void standing_clear(struct standing *standing)
{
	standing_patch_clear(&standing->in_force);
	standing_patch_clear(&standing->update);
	standing_patch_clear(&standing->crashed);
	free(standing->freshness_reason);
	free(standing->coverage_reason);
	free(standing->machine_id);
	free(standing->mode);
	free(standing->ring);
	free(standing->held);
	free(standing->broken);
	text_list_clear(&standing->open);
	text_list_clear(&standing->fixed_in_kernel);
	text_list_clear(&standing->disagreements);
	*standing = (struct standing){ 0 };
}

static void write_texts(const struct text_list *texts, json_value *array)
{
	for (size_t i = 0; i < texts->count; i++)
		json_add_text(array, texts->items[i]);
}

/* A moment or null. */
static void set_moment(json_value *object, const char *key, int64_t moment)
{
	if (moment)
		json_set_int(object, key, moment);
	else
		json_set_text(object, key, NULL);
}

void standing_patch_write(const struct standing_patch *patch, json_value *into)
{
	json_set_int(into, "level", patch->level);
	json_set_text(into, "name", patch->name);
	json_set_text(into, "patch", patch->id);
	json_set_text(into, "module", patch->module);
	json_set_bool(into, "committed", patch->is_committed);
	set_moment(into, "since", patch->since);
	write_texts(&patch->cves, json_set_array(into, "cves"));
}

static void write_other(const struct standing_patch *patch, const char *key, json_value *status)
{
	if (!patch->level) {
		json_set_text(status, key, NULL);
		return;
	}

	json_value *object = json_set_object(status, key);

	standing_patch_write(patch, object);
	json_set_text(object, "state", patch->state);
	json_set_text(object, "reason", patch->reason);
}

void standing_write(const struct standing *standing, json_value *status)
{
	json_value *protection = json_member(status, "protection");
	json_value *freshness = json_set_object(status, "freshness");
	json_value *coverage = json_set_object(status, "coverage");

	if (protection)
		standing_patch_write(&standing->in_force, protection);
	json_set_text(freshness, "state", freshness_slug(standing->freshness));
	json_set_text(freshness, "reason", standing->freshness_reason);
	set_moment(freshness, "checked", standing->checked);
	set_moment(freshness, "heard", standing->heard);
	set_moment(freshness, "expires", standing->expires);
	json_set_text(coverage, "state", coverage_slug(standing->coverage));
	json_set_text(coverage, "reason", standing->coverage_reason);
	json_set_int(coverage, "newest", standing->newest);
	set_moment(coverage, "until", standing->served_until);
	write_other(&standing->update, "update", status);
	write_other(&standing->crashed, "crashed", status);
	json_set_text(status, "caution", standing->in_force.level ? standing->in_force.reason : NULL);
	json_set_text(status, "held", standing->held);
	json_set_text(status, "broken", standing->broken);
	write_texts(&standing->open, json_set_array(status, "debt"));
	write_texts(&standing->fixed_in_kernel, json_set_array(status, "fixed_in_kernel"));
	write_texts(&standing->disagreements, json_set_array(status, "disagreements"));
	json_set_text(status, "machine_id", standing->machine_id);
	json_set_text(status, "mode", standing->mode);
	json_set_text(status, "ring", standing->ring);
}
