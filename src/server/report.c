// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/report.h"

#include <stdbool.h>
#include <string.h>

#define TEXT_MOST 256
#define STATE_MOST 20
#define LEVEL_MOST 1000000

static const char *const protections[] = { "ok", "none", "transition", "problem", "unsupported",
					   "unknown", NULL };

static bool is_state(const char *text)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz-");

	return length && length <= STATE_MOST && !text[length];
}

/* The whole axis may lack. `states`: the only ones that are taken; NULL: any word, so that a newer
 * agent can say more. */
static int parse_state(const json_value *report, const char *axis, const char *const *states,
		       const char **ret_state, struct error *err)
{
	const json_value *member = json_get(report, axis);
	const char *state = json_get_text(member, "state", NULL);

	if (!member || json_kind(member) == JSON_KIND_NULL) {
		*ret_state = NULL;
		return 0;
	}
	*ret_state = state;
	if (state && !states && is_state(state))
		return 0;
	for (; state && states && *states; states++)
		if (!strcmp(*states, state))
			return 0;
	return error_set(err, ERROR_INVALID, "\"%s\" has no state that is known", axis);
}

/* One line of printable bytes, or null. */
static int parse_text(const json_value *object, const char *key, const char **ret_text,
		      struct error *err)
{
	const char *text = json_get_text(object, key, NULL);

	*ret_text = text;
	if (!text)
		return 0;
	if (strlen(text) > TEXT_MOST)
		return error_set(err, ERROR_INVALID, "\"%s\" is longer than %d bytes", key,
				 TEXT_MOST);
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return error_set(err, ERROR_INVALID, "\"%s\" has control characters", key);
	return 0;
}

static int parse_kernel(const json_value *kernel, struct report *report, struct error *err)
{
	if (!kernel)
		return 0; /* before the agent's first run */
	if (!json_is_object(kernel))
		return error_set(err, ERROR_INVALID, "\"kernel\" is no object");
	if (parse_text(kernel, "release", &report->release, err) < 0 ||
	    parse_text(kernel, "build_id", &report->build_id, err) < 0)
		return -1;
	if (report->build_id &&
	    strspn(report->build_id, "0123456789abcdef") != strlen(report->build_id))
		return error_set(err, ERROR_INVALID, "\"build_id\" is not hexadecimal");
	return 0;
}

int report_parse(const json_value *value, struct report *ret_report, struct error *err)
{
	struct report report = { 0 };

	if (json_get_int(value, "schema", 0) != 1)
		return error_set(err, ERROR_INVALID, "not a machine's status of schema 1");
	if (json_get_int(value, "time", -1) < 0)
		return error_set(err, ERROR_INVALID, "it has no \"time\"");
	if (parse_kernel(json_get(value, "kernel"), &report, err) < 0 ||
	    parse_state(value, "protection", protections, &report.protection, err) < 0 ||
	    parse_state(value, "freshness", NULL, &report.freshness, err) < 0 ||
	    parse_state(value, "coverage", NULL, &report.coverage, err) < 0)
		return -1;
	report.level = json_get_int(json_get(value, "protection"), "level", -1);
	if (report.level < -1 || report.level > LEVEL_MOST)
		return error_set(err, ERROR_INVALID, "\"level\" is out of range");
	*ret_report = report;
	return 0;
}
