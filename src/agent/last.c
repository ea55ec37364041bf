// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/last.h"

#include <string.h>

#include "agent/place.h"
#include "agent/state_text.h"
#include "base/memory.h"

#define LAST_LIMIT ((size_t)16 << 10)
#define TEXT_LIMIT 1024
#define FIRST_WAIT 60
#define RETRY_LIMIT 86400

void last_clear(struct last *last)
{
	free(last->outcome);
	free(last->message);
	free(last->etag);
	free(last->modified);
	free(last->checkin);
	*last = (struct last){ 0 };
}

int last_read(const char *root, struct last *ret_last, struct error *err)
{
	auto_free char *path = place_path(root, PLACE_LAST);
	auto_json json_value *value = NULL;

	if (state_read(path, LAST_LIMIT, &value, err) < 0) {
		if (err->code != ERROR_NOT_FOUND)
			return -1;
		*ret_last = (struct last){ 0 };
		return 0;
	}
	*ret_last = (struct last){
		.tried = json_get_int(value, "tried", 0),
		.succeeded = json_get_int(value, "succeeded", 0),
		.version = json_get_int(value, "version", 0),
		.next = json_get_int(value, "next", 0),
		.failures = json_get_int(value, "failures", 0),
		.retry_after = json_get_int(value, "retry_after", 0),
		.outcome = state_text(value, "outcome", TEXT_LIMIT),
		.message = state_text(value, "message", TEXT_LIMIT),
		.etag = state_text(value, "etag", TEXT_LIMIT),
		.modified = state_text(value, "modified", TEXT_LIMIT),
		.checked_in = json_get_int(value, "checked_in", 0),
		.checkin = state_text(value, "checkin", TEXT_LIMIT),
		.checkin_next = json_get_int(value, "checkin_next", 0),
	};
	return 0;
}

void last_report(const struct last *last, json_value *into)
{
	json_set_int(into, "tried", last->tried);
	json_set_int(into, "succeeded", last->succeeded);
	json_set_int(into, "version", last->version);
	json_set_int(into, "next", last->next);
	json_set_int(into, "failures", last->failures);
	json_set_int(into, "retry_after", last->retry_after);
	json_set_text(into, "outcome", last->outcome);
	json_set_text(into, "message", last->message);
	json_set_int(into, "checked_in", last->checked_in);
	json_set_text(into, "checkin", last->checkin);
	json_set_int(into, "checkin_next", last->checkin_next);
}

int last_write(const char *root, const struct last *last, struct error *err)
{
	auto_free char *path = place_path(root, PLACE_LAST);
	auto_json json_value *value = json_new_object();

	last_report(last, value);
	json_set_text(value, "etag", last->etag);
	json_set_text(value, "modified", last->modified);
	return state_write(path, value, 0644, err);
}

int64_t last_heard(const struct last *last, int64_t heard, int64_t version, int64_t expires,
		   int64_t now)
{
	bool is_borne_out = heard && last->version == version && last->succeeded > heard &&
			    last->succeeded <= now && last->succeeded <= expires;

	return is_borne_out ? last->succeeded : heard;
}

int64_t last_next(int64_t now, int64_t failures, int64_t retry_after, int64_t interval,
		  uint32_t random)
{
	int64_t wait = interval;

	if (failures > 0 && failures < 32 && FIRST_WAIT * (INT64_C(1) << (failures - 1)) < interval)
		wait = FIRST_WAIT * (INT64_C(1) << (failures - 1));
	if (retry_after > RETRY_LIMIT)
		retry_after = RETRY_LIMIT;
	if (wait < retry_after)
		wait = retry_after;
	return now + wait + (int64_t)(random % (uint32_t)(wait / 4 + 1));
}

bool last_may_report(const struct last *last, int64_t now)
{
	return last->checkin_next <= now || last->checkin_next > now + RETRY_LIMIT + RETRY_LIMIT / 4;
}
