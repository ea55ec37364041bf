// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/life.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent/place.h"
#include "agent/state_text.h"
#include "base/file.h"
#include "base/memory.h"
#include "repo/offer.h"

#define LIFE_FORMAT 1
#define LIFE_LIMIT ((size_t)256 << 10)
#define CUSTOM_LIMIT ((size_t)16 << 20)
#define LIVES_LIMIT 1024
#define CVES_LIMIT 4096
#define TEXT_LIMIT 1024
#define SHORTEST_DIGEST 8

static const struct {
	const char *slug, *text;
} states[] = {
#define X(state, slug, text) [state] = { slug, text },
	LIFE_STATES(X)
#undef X
};

const char *life_state_slug(enum life_state state)
{
	return states[state].slug;
}

const char *life_state_text(enum life_state state)
{
	return states[state].text;
}

bool life_is_applied(const struct life *life, const char *boot_id)
{
	return (life->state == LIFE_PROBATION || life->state == LIFE_COMMITTED) &&
	       attempt_is_of(&life->attempt, boot_id);
}

bool life_is_open(const struct life *life)
{
	return life->state == LIFE_LOADING || life->state == LIFE_TRANSITIONING ||
	       life->state == LIFE_PROBATION;
}

void life_clear(struct life *life)
{
	free(life->name);
	free(life->module);
	free(life->build_id);
	free(life->ring);
	free(life->reason);
	attempt_clear(&life->attempt);
	text_list_clear(&life->cves);
	*life = (struct life){ 0 };
}

void life_list_clear(struct life_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		life_clear(&list->items[i]);
	free(list->items);
	*list = (struct life_list){ 0 };
}

static bool is_digest(const char *text)
{
	return strlen(text) == DIGEST_HEX_SIZE - 1 &&
	       strspn(text, "0123456789abcdef") == DIGEST_HEX_SIZE - 1;
}

struct life *life_add(struct life_list *list, const char *sha256)
{
	ARRAY_GROW(list->items, list->capacity, list->count + 1);

	struct life *life = &list->items[list->count++];

	*life = (struct life){ 0 };
	memcpy(life->sha256, sha256, DIGEST_HEX_SIZE);
	return life;
}

struct life *life_find(const struct life_list *list, const char *sha256)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].sha256, sha256))
			return &list->items[i];
	return NULL;
}

const struct life *life_newest(const struct life_list *list, const char *build_id, bool offered)
{
	const struct life *newest = NULL;

	for (size_t i = 0; build_id && i < list->count; i++) {
		const struct life *life = &list->items[i];

		if (!strcmp(life->build_id, build_id) && (life->is_offered || !offered) &&
		    (!newest || life->level > newest->level))
			newest = life;
	}
	return newest;
}

bool life_parse_level(const char *words, int64_t *ret_level)
{
	const char *number = has_prefix(words, "level ") ? words + strlen("level ") : words;
	size_t digits = strspn(number, "0123456789");
	struct error ignored;
	uint64_t level;

	if (number[digits] || !digits || digits >= SHORTEST_DIGEST ||
	    text_to_u64(number, &level, &ignored) < 0 || level > LEVEL_LIMIT)
		return false;
	*ret_level = (int64_t)level;
	return true;
}

static bool is_meant(const struct life *life, const char *build_id, const char *words)
{
	size_t length = strlen(words);
	int64_t level;

	if (!strcmp(life->name, words) || !strcmp(life->module, words))
		return true;
	if (build_id && !strcmp(life->build_id, build_id) && life_parse_level(words, &level) &&
	    level == life->level)
		return true;
	return length >= SHORTEST_DIGEST && (!strncmp(life->sha256, words, length) ||
					     !strncmp(life->module_sha256, words, length));
}

struct life *life_search(const struct life_list *list, const char *build_id, const char *words,
			 size_t *ret_count)
{
	struct life *found = NULL;

	*ret_count = 0;
	for (size_t i = 0; i < list->count; i++)
		if (is_meant(&list->items[i], build_id, words)) {
			found = &list->items[i];
			++*ret_count;
		}
	return *ret_count == 1 ? found : NULL;
}

void life_report(const struct life *life, json_value *into)
{
	json_set_text(into, "sha256", life->sha256);
	json_set_text(into, "module_sha256", life->module_sha256);
	json_set_text(into, "name", life->name);
	json_set_text(into, "module", life->module);
	json_set_text(into, "build_id", life->build_id);
	json_set_text(into, "ring", life->ring);
	json_set_int(into, "level", life->level);
	json_set_int(into, "size", life->size);
	json_set_text(into, "state", life_state_slug(life->state));
	json_set_text(into, "reason", life->reason);
	attempt_report(&life->attempt, into);
	json_set_int(into, "uptime", life->uptime);
	json_set_int(into, "log_time", life->log_time);
	json_set_int(into, "first_seen", life->first_seen);
	json_set_int(into, "changed", life->changed);
	json_set_int(into, "applied", life->applied);
	json_set_int(into, "served_until", life->served_until);
	json_set_int(into, "failures", life->failures);
	json_set_bool(into, "offered", life->is_offered);
	json_set_bool(into, "left_off", life->is_left_off);

	json_value *cves = json_set_array(into, "cves");

	for (size_t i = 0; i < life->cves.count; i++)
		json_add_text(cves, life->cves.items[i]);
}

static int parse_state(const char *slug, enum life_state *ret_state, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (!strcmp(states[i].slug, slug)) {
			*ret_state = (enum life_state)i;
			return 0;
		}
	return error_set(err, ERROR_INVALID, "'%.40s' is no state of a patch", slug);
}

static int parse_life(const json_value *value, struct life *life, struct error *err)
{
	const char *module_sha256 = json_get_text(value, "module_sha256", "");
	const json_value *cves = json_get(value, "cves");

	if (json_get_int(value, "format", 0) != LIFE_FORMAT ||
	    strcmp(json_get_text(value, "sha256", ""), life->sha256) != 0 ||
	    !is_digest(module_sha256) || json_count(cves) > CVES_LIMIT)
		return error_set(err, ERROR_INVALID, "no record of this patch");
	memcpy(life->module_sha256, module_sha256, DIGEST_HEX_SIZE);
	life->name = state_text(value, "name", TEXT_LIMIT);
	life->module = state_text(value, "module", TEXT_LIMIT);
	life->build_id = state_text(value, "build_id", TEXT_LIMIT);
	life->ring = state_text(value, "ring", TEXT_LIMIT);
	life->reason = state_text(value, "reason", TEXT_LIMIT);
	attempt_parse(value, &life->attempt);
	life->level = json_get_int(value, "level", 0);
	life->size = json_get_int(value, "size", 0);
	life->uptime = json_get_int(value, "uptime", 0);
	life->log_time = json_get_int(value, "log_time", 0);
	life->first_seen = json_get_int(value, "first_seen", 0);
	life->changed = json_get_int(value, "changed", 0);
	life->applied = json_get_int(value, "applied", 0);
	life->served_until = json_get_int(value, "served_until", 0);
	life->failures = json_get_int(value, "failures", 0);
	life->is_offered = json_get_bool(value, "offered", false);
	life->is_left_off = json_get_bool(value, "left_off", false);
	for (size_t i = 0; i < json_count(cves); i++)
		if (json_text(json_at(cves, i)))
			text_list_add(&life->cves, json_text(json_at(cves, i)));
	if (!life->name || !life->module || !life->build_id || life->level < 1)
		return error_set(err, ERROR_INVALID, "no name, module, build-id or level");
	return parse_state(json_get_text(value, "state", ""), &life->state, err);
}

static int read_life(const char *path, struct life *life, struct error *err)
{
	auto_json json_value *value = NULL;

	if (state_read(path, LIFE_LIMIT, &value, err) == 0 && parse_life(value, life, err) == 0)
		return 0;
	return state_damaged(path, "move it away as root; a crash that it recorded is forgotten, so if "
			     "that patch shall stay off, say 'suture block' with the digest in its "
			     "name; then 'suture update'", err);
}

static int compare_lives(const void *a, const void *b)
{
	const struct life *first = a, *second = b;
	int order = strcmp(first->build_id, second->build_id);

	return order ? order : (first->level < second->level) - (first->level > second->level);
}

int life_list_read(const char *root, struct life_list *ret_list, struct error *err)
{
	auto_free char *folder = place_path(root, PLACE_PATCHES);
	auto_life_list struct life_list list = { 0 };
	auto_text_list struct text_list names = { 0 };

	if (is_directory(folder) && directory_list(folder, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		auto_free char *path = path_join(folder, names.items[i]);
		auto_free char *digest = xstrndup(names.items[i], DIGEST_HEX_SIZE - 1);

		if (!is_digest(digest) || strcmp(names.items[i] + DIGEST_HEX_SIZE - 1, ".life") != 0)
			continue;
		if (list.count == LIVES_LIMIT)
			return error_set(err, ERROR_INVALID, "more than %d patches in %s",
					 LIVES_LIMIT, folder);
		if (read_life(path, life_add(&list, digest), err) < 0)
			return -1;
	}
	if (list.count)
		qsort(list.items, list.count, sizeof(*list.items), compare_lives);
	*ret_list = list;
	list = (struct life_list){ 0 };
	return 0;
}

static char *life_path(const char *root, const struct life *life, const char *ending)
{
	auto_free char *name = xasprintf("%s%s", life->sha256, ending);

	return place_file(root, PLACE_PATCHES, name);
}

char *life_module_path(const char *root, const struct life *life)
{
	return life_path(root, life, ".ko");
}

int life_write(const char *root, struct life *life, struct error *err)
{
	auto_free char *path = life_path(root, life, ".life");
	auto_json json_value *value = json_new_object();

	life->changed = time(NULL);
	json_set_int(value, "format", LIFE_FORMAT);
	life_report(life, value);
	return state_write(path, value, 0644, err);
}

int life_remove(const char *root, const struct life *life, struct error *err)
{
	static const char *const endings[] = { ".life", ".json", ".ko" };

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		auto_free char *path = life_path(root, life, endings[i]);

		if (unlink(path) < 0 && errno != ENOENT)
			return error_errno(err, "cannot remove %s", path);
	}
	return 0;
}

int life_read_custom(const char *root, const struct life *life, json_value **ret_custom,
		     struct error *err)
{
	auto_free char *path = life_path(root, life, ".json");

	return state_read(path, CUSTOM_LIMIT, ret_custom, err);
}
