// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/attempt.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "runtime/taint.h"

#define UNCLEAN_FORGIVEN 1
/* B, D and L of runtime/taint.c. */
#define GRAVE (UINT64_C(1) << 5 | UINT64_C(1) << 7 | UINT64_C(1) << 14)
#define BOOT_ID_LIMIT 64 /* a UUID, and what tests write */

void attempt_clear(struct attempt *attempt)
{
	free(attempt->boot_id);
	*attempt = (struct attempt){ 0 };
}

bool attempt_is_of(const struct attempt *attempt, const char *boot_id)
{
	return attempt->boot_id && boot_id && !strcmp(attempt->boot_id, boot_id);
}

void attempt_begin(struct attempt *attempt, const char *boot_id, uint64_t taint)
{
	free(attempt->boot_id);
	attempt->boot_id = xstrdup(boot_id);
	attempt->taint = taint;
}

void attempt_commit(struct attempt *attempt)
{
	attempt->was_committed = true;
	attempt->unclean_ends = 0;
}

const char *attempt_end_uncleanly(struct attempt *attempt, bool in_force)
{
	attempt->unclean_ends++;
	if (!in_force)
		return "the machine went down while it was being loaded";
	if (!attempt->was_committed)
		return "the boot that applied it did not end in good order";
	if (attempt->unclean_ends > UNCLEAN_FORGIVEN)
		return "two boots that applied it did not end in good order";
	return NULL;
}

uint64_t attempt_trouble(const struct attempt *attempt, uint64_t taint)
{
	uint64_t trouble = taint_trouble(taint & ~attempt->taint);

	return attempt->was_committed ? trouble & GRAVE : trouble;
}

void attempt_forgive(struct attempt *attempt)
{
	attempt->unclean_ends = 0;
}

const char *attempt_caution(const struct attempt *attempt)
{
	return attempt->unclean_ends ? "an earlier boot with it did not end in good order; if one does "
				       "not again before its probation is over, it is not loaded any more"
				     : NULL;
}

void attempt_report(const struct attempt *attempt, json_value *into)
{
	json_set_text(into, "boot_id", attempt->boot_id);
	json_set_int(into, "taint", (int64_t)attempt->taint);
	json_set_bool(into, "committed", attempt->was_committed);
	json_set_int(into, "unclean_ends", attempt->unclean_ends);
}

void attempt_parse(const json_value *record, struct attempt *ret_attempt)
{
	const char *boot_id = json_get_text(record, "boot_id", NULL);
	int64_t ends = json_get_int(record, "unclean_ends", 0);

	*ret_attempt = (struct attempt){
		.boot_id = boot_id && strlen(boot_id) <= BOOT_ID_LIMIT ? xstrdup(boot_id) : NULL,
		.taint = (uint64_t)json_get_int(record, "taint", 0),
		.was_committed = json_get_bool(record, "committed", false),
		.unclean_ends = ends >= 0 && ends < INT32_MAX ? ends : INT32_MAX,
	};
}
