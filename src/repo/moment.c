// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/moment.h"

#include <string.h>
#include <time.h>

#define LAST_MOMENT INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

int64_t moment_now(void)
{
	return time(NULL);
}

void moment_write(int64_t moment, char text[static MOMENT_SIZE])
{
	time_t seconds = moment < 0 ? 0 : moment > LAST_MOMENT ? LAST_MOMENT : moment;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(text, MOMENT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* The text is right if and only if writing what was read gives it again. */
int moment_parse(const char *text, int64_t *ret_moment, struct error *err)
{
	struct tm tm = { 0 };
	char again[MOMENT_SIZE];
	const char *end = text && strlen(text) == MOMENT_SIZE - 1 ?
				  strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm) : NULL;
	int64_t moment = end && !*end ? timegm(&tm) : -1;

	if (moment >= 0)
		moment_write(moment, again);
	if (moment < 0 || strcmp(again, text))
		return error_set(err, ERROR_INVALID, "'%.40s' is no moment of the form "
				 "2026-11-22T13:00:00Z", text ? text : "");
	*ret_moment = moment;
	return 0;
}
