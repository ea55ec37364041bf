// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/policy.h"

#include <string.h>

#include "agent/place.h"
#include "base/digest.h"
#include "base/memory.h"
#include "repo/offer.h"

#define POLICY_LIMIT ((size_t)64 << 10)
#define DELAY_LIMIT (366 * 24)

void policy_clear(struct policy *policy)
{
	free(policy->pin_build_id);
	text_list_clear(&policy->blocked);
	*policy = (struct policy){ .pin_level = -1 };
}

static int parse_pin(const json_value *pin, struct policy *policy, struct error *err)
{
	const char *build_id = json_get_text(pin, "build_id", NULL);

	if (!pin || json_kind(pin) == JSON_KIND_NULL)
		return 0;
	policy->pin_level = json_get_int(pin, "level", -1);
	if (!build_id || policy->pin_level < 0 || policy->pin_level > LEVEL_LIMIT)
		return error_set(err, ERROR_INVALID, "a pin without level or build-id");
	policy->pin_build_id = xstrdup(build_id);
	return 0;
}

static int parse_policy(const json_value *value, struct policy *policy, struct error *err)
{
	const json_value *blocked = json_get(value, "blocked");
	int64_t delay = json_get_int(value, "delay_hours", 0);

	if (!json_is_object(value) || json_count(blocked) > BLOCKED_LIMIT || delay < 0 ||
	    delay > DELAY_LIMIT)
		return error_set(err, ERROR_INVALID, "no policy");
	policy->delay_hours = (uint64_t)delay;
	for (size_t i = 0; i < json_count(blocked); i++) {
		const char *digest = json_text(json_at(blocked, i));

		if (!digest || strlen(digest) != DIGEST_HEX_SIZE - 1)
			return error_set(err, ERROR_INVALID, "what is blocked is no SHA-256");
		text_list_add(&policy->blocked, digest);
	}
	return parse_pin(json_get(value, "pin"), policy, err);
}

int policy_read(const char *root, struct policy *ret_policy, struct error *err)
{
	auto_free char *path = place_path(root, PLACE_POLICY);
	auto_policy struct policy policy = { .pin_level = -1 };
	auto_json json_value *value = NULL;

	int result = state_read(path, POLICY_LIMIT, &value, err);

	if (result < 0 && err->code == ERROR_NOT_FOUND)
		result = 0;
	else if (result == 0)
		result = parse_policy(value, &policy, err);
	if (result < 0)
		return state_damaged(path, "move it away as root, and pin and block again what it "
				     "held back", err);
	*ret_policy = policy;
	policy = (struct policy){ .pin_level = -1 };
	return 0;
}

void policy_report(const struct policy *policy, json_value *into)
{
	if (policy->pin_level >= 0) {
		json_value *pin = json_set_object(into, "pin");

		json_set_int(pin, "level", policy->pin_level);
		json_set_text(pin, "build_id", policy->pin_build_id);
	} else {
		json_set_text(into, "pin", NULL);
	}

	json_value *blocked = json_set_array(into, "blocked");

	for (size_t i = 0; i < policy->blocked.count; i++)
		json_add_text(blocked, policy->blocked.items[i]);
	json_set_int(into, "delay_hours", (int64_t)policy->delay_hours);
}

int policy_write(const char *root, const struct policy *policy, struct error *err)
{
	auto_free char *path = place_path(root, PLACE_POLICY);
	auto_json json_value *value = json_new_object();

	if (policy->blocked.count > BLOCKED_LIMIT)
		return error_set(err, ERROR_INVALID, "more than %d patches are blocked",
				 BLOCKED_LIMIT);
	policy_report(policy, value);
	return state_write(path, value, 0644, err);
}

int64_t policy_pin(const struct policy *policy, const char *build_id)
{
	if (policy->pin_level < 0 || !build_id || strcmp(policy->pin_build_id, build_id) != 0)
		return -1;
	return policy->pin_level;
}
