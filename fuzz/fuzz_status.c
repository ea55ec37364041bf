// SPDX-License-Identifier: GPL-2.0-or-later
/* A machine's status as a server takes it, and as suture reads it back. */
#include "fuzz.h"

#include <string.h>

#include "base/json.h"
#include "model/status.h"
#include "server/report.h"

/* What was read and is written again reads the same. */
static void check_written(const struct status *status)
{
	auto_json json_value *first = json_new_object(), *second = json_new_object();
	auto_status struct status again = { 0 };
	struct error err = ERROR_INIT;

	status_write(status, first);
	MUST(status_parse(first, &again, &err) == 0);
	status_write(&again, second);
	MUST(json_same(first, second));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_status struct status status = { 0 };
	auto_json json_value *value = NULL;
	struct report report;
	struct error err = ERROR_INIT;

	if (json_parse(data, size, &value, &err) < 0) {
		MUST(err.code != ERROR_NONE && err.msg[0]);
		return 0;
	}
	if (status_parse(value, &status, &err) == 0)
		check_written(&status);
	if (report_parse(value, &report, &err) == 0) {
		MUST(!report.release || strlen(report.release) <= 256);
		MUST(!report.build_id || strspn(report.build_id, "0123456789abcdef") ==
						 strlen(report.build_id));
		MUST(report.level >= -1);
	}
	return 0;
}
