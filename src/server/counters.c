// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/counters.h"

#include <stdint.h>

#include "server/database.h"

static const char *const route_names[] = {
#define X(id, slug) slug,
	ROUTES(X)
#undef X
};

static void write_head(struct buffer *into, const char *name, const char *kind, const char *help)
{
	buffer_printf(into, "# HELP suture_server_%s %s\n# TYPE suture_server_%s %s\n", name, help,
		      name, kind);
}

void counters_write(struct counters *counters, struct buffer *into)
{
	write_head(into, "requests_total", "counter", "Requests, answered or not.");
	for (size_t i = 0; i < ROUTE_COUNT; i++)
		buffer_printf(into, "suture_server_requests_total{route=\"%s\"} %ju\n",
			      route_names[i], (uintmax_t)atomic_load(&counters->requests[i]));
	write_head(into, "refusals_total", "counter", "Requests that were refused.");
	for (size_t i = REFUSE_NOTHING + 1; i < REFUSAL_COUNT; i++)
		buffer_printf(into, "suture_server_refusals_total{code=\"%s\"} %ju\n",
			      refusal_code((enum refusal)i),
			      (uintmax_t)atomic_load(&counters->refusals[i]));
	write_head(into, "too_slow_total", "counter", "Connections ended because nothing came.");
	buffer_printf(into, "suture_server_too_slow_total %ju\n",
		      (uintmax_t)atomic_load(&counters->too_slow));
}

int counters_write_machines(struct database *database, struct buffer *into, struct error *err)
{
	auto_statement struct statement *rows = database_prepare(
		database,
		"SELECT ring, coalesce(protection, 'never'), count(*) FROM machine"
		" WHERE NOT revoked GROUP BY 1, 2 ORDER BY 1, 2",
		err);
	int more = -1;

	if (!rows)
		return -1;
	write_head(into, "machines", "gauge", "Enrolled machines, by what they said last.");
	while ((more = statement_step(rows, err)) > 0)
		buffer_printf(into,
			      "suture_server_machines{ring=\"%s\",protection=\"%s\"} %jd\n",
			      statement_text(rows, 0), statement_text(rows, 1),
			      (intmax_t)statement_int(rows, 2));
	return more;
}
