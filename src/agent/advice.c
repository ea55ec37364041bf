// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/advice.h"

#include "agent/config.h"
#include "agent/place.h"
#include "base/memory.h"
#include "repo/offer.h"

#define ADVICE_LIMIT ((size_t)16 << 10)
#define INTERVAL_LEAST 60
#define INTERVAL_MOST (7 * 86400)

void advice_clear(struct advice *advice)
{
	free(advice->ring);
	*advice = (struct advice){ .pin = -1 };
}

void advice_parse(const json_value *value, struct advice *ret_advice)
{
	const char *ring = json_get_text(value, "ring", NULL);
	int64_t pin = json_get_int(value, "pin", -1);
	int64_t interval = json_get_int(value, "interval", 0);
	struct error ignored;

	*ret_advice = (struct advice){
		.time = json_get_int(value, "time", 0),
		.pin = pin >= 0 && pin <= LEVEL_LIMIT ? pin : -1,
		.interval = interval >= INTERVAL_LEAST && interval <= INTERVAL_MOST ? interval : 0,
	};
	if (ring && config_check_value(CONFIG_RING_NAME, ring, &ignored) == 0)
		ret_advice->ring = xstrdup(ring);
}

int advice_read(const char *root, struct advice *ret_advice, struct error *err)
{
	auto_free char *path = place_path(root, PLACE_ADVICE);
	auto_json json_value *value = NULL;

	if (state_read(path, ADVICE_LIMIT, &value, err) < 0 && err->code != ERROR_NOT_FOUND)
		return -1;
	advice_parse(value, ret_advice);
	return 0;
}

int advice_write(const char *root, const struct advice *advice, struct error *err)
{
	auto_free char *path = place_path(root, PLACE_ADVICE);
	auto_json json_value *value = json_new_object();

	json_set_int(value, "time", advice->time);
	json_set_text(value, "ring", advice->ring);
	if (advice->pin >= 0)
		json_set_int(value, "pin", advice->pin);
	if (advice->interval)
		json_set_int(value, "interval", advice->interval);
	return state_write(path, value, 0644, err);
}
