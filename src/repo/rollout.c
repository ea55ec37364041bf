// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/rollout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "repo/moment.h"

#define HOURS_LIMIT (24 * 366)

static int add_step(struct rollout *rollout, int64_t hours, int64_t share, struct error *err)
{
	unsigned last = rollout->count ? rollout->count - 1 : 0;

	if (rollout->count == ROLLOUT_STEPS_LIMIT)
		return error_set(err, ERROR_INVALID, "a rollout of more than %d steps",
				 ROLLOUT_STEPS_LIMIT);
	if (hours < 0 || hours > HOURS_LIMIT || share < 0 || share > ROLLOUT_ALL)
		return error_set(err, ERROR_INVALID, "a rollout step of %jd hours and %jd "
				 "ten-thousandths", (intmax_t)hours, (intmax_t)share);
	if (rollout->count && (hours <= rollout->steps[last].hours ||
			       share < rollout->steps[last].share))
		return error_set(err, ERROR_INVALID,
				 "the steps of a rollout go on in time and do not shrink");
	rollout->steps[rollout->count].hours = hours;
	rollout->steps[rollout->count++].share = (unsigned)share;
	return 0;
}

int rollout_parse(const json_value *value, struct rollout *ret_rollout, struct error *err)
{
	const json_value *steps = json_get(value, "steps");
	struct rollout rollout = { 0 };

	if (!value) {
		*ret_rollout = rollout;
		return 0;
	}
	if (!json_is_array(steps) || !json_count(steps))
		return error_set(err, ERROR_INVALID, "a rollout without steps");
	if (moment_parse(json_get_text(value, "from", NULL), &rollout.from, err) < 0)
		return -1;
	for (size_t i = 0; i < json_count(steps); i++)
		if (add_step(&rollout, json_get_int(json_at(steps, i), "hours", -1),
			     json_get_int(json_at(steps, i), "share", -1), err) < 0)
			return -1;
	*ret_rollout = rollout;
	return 0;
}

void rollout_write(const struct rollout *rollout, json_value *into)
{
	char from[MOMENT_SIZE];

	moment_write(rollout->from, from);
	json_set_text(into, "from", from);

	json_value *steps = json_set_array(into, "steps");

	for (unsigned i = 0; i < rollout->count; i++) {
		json_value *step = json_add_object(steps);

		json_set_int(step, "hours", rollout->steps[i].hours);
		json_set_int(step, "share", rollout->steps[i].share);
	}
}

/* "12%@3d", "0.5%@0", "100%@24h" */
static int parse_step(const char *text, struct rollout *rollout, struct error *err)
{
	char *end = NULL;
	double percent = strtod(text, &end);
	long hours = 0;

	if (end == text || strncmp(end, "%@", 2) || !(percent >= 0 && percent <= 100))
		goto bad;
	text = end + 2;
	hours = strtol(text, &end, 10);
	if (end == text || hours < 0 || hours > HOURS_LIMIT)
		goto bad;
	if (*end == 'd')
		hours *= 24;
	if (*end == 'd' || *end == 'h')
		end++;
	if (*end)
		goto bad;
	return add_step(rollout, hours, (int64_t)(percent * 100 + 0.5), err);
bad:
	return error_set(
		err, ERROR_USAGE,
		"a step is a percentage and a time, such as 10%%@24h or 100%%@3d, not '%.40s'",
		text);
}

int rollout_parse_text(const char *text, int64_t from, struct rollout *ret_rollout,
		       struct error *err)
{
	auto_text_list struct text_list steps = { 0 };
	struct rollout rollout = { .from = from };

	text_list_split(&steps, text, ", ");
	if (!steps.count)
		return error_set(err, ERROR_USAGE, "no step in '%.40s'", text);
	for (size_t i = 0; i < steps.count; i++)
		if (parse_step(steps.items[i], &rollout, err) < 0)
			return -1;
	*ret_rollout = rollout;
	return 0;
}

unsigned rollout_share(const struct rollout *rollout, int64_t now)
{
	unsigned share = 0;

	if (!rollout->count)
		return ROLLOUT_ALL;
	for (unsigned i = 0; i < rollout->count; i++)
		if (now >= rollout->from + rollout->steps[i].hours * MOMENT_HOUR)
			share = rollout->steps[i].share;
	return share;
}

unsigned rollout_place(const char *machine_id, const char *module_sha256)
{
	struct digest *digest = digest_new();
	char hex[DIGEST_HEX_SIZE];
	uint8_t raw[DIGEST_SIZE];
	uint64_t number = 0;

	digest_add(digest, machine_id, strlen(machine_id));
	digest_add(digest, "\n", 1);
	digest_add(digest, module_sha256, strlen(module_sha256));
	digest_finish(digest, hex);
	hex_decode(hex, raw, sizeof(raw));
	for (size_t i = 0; i < sizeof(number); i++)
		number = number << 8 | raw[i];
	return (unsigned)(number % ROLLOUT_ALL);
}
