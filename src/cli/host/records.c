// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent/report.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/host/standing.h"
#include "runtime/measure.h"

static bool note(struct records *records, int result, const struct error *err)
{
	/* What makes no sense is told before what only this user may not read. */
	if (result < 0 && (!records->problem || (records->problem_code == ERROR_PERMISSION &&
						 err->code != ERROR_PERMISSION))) {
		free(records->problem);
		records->problem = xstrdup(err->msg);
		records->problem_code = err->code;
	}
	return result == 0;
}

/* Of what others only tell, and write anew at their next run. */
static void remark(struct records *records, const struct error *err)
{
	if (!records->remark)
		records->remark = xstrdup(err->msg);
}

void records_read(const char *root, const struct sysroot *sysroot, struct records *ret_records)
{
	struct records records = { .root = root, .policy = { .pin_level = -1 } };
	struct error err;

	records.has_config = note(&records, config_read(root, &records.config, &err), &err);
	mode_read(sysroot, &records.config, &records.mode);
	records.has_lives = note(&records, life_list_read(root, &records.lives, &err), &err);
	records.has_policy = note(&records, policy_read(root, &records.policy, &err), &err);
	if (last_read(root, &records.last, &err) < 0 && err.code != ERROR_PERMISSION)
		remark(&records, &err);
	if (report_read(root, &records.report, &err) < 0 && err.code != ERROR_NOT_FOUND)
		remark(&records, &err);
	*ret_records = records;
}

void records_clear(struct records *records)
{
	config_clear(&records->config);
	life_list_clear(&records->lives);
	policy_clear(&records->policy);
	last_clear(&records->last);
	json_free(records->report);
	free(records->problem);
	free(records->remark);
	*records = (struct records){ 0 };
}

bool is_for_kernel(const struct life *life, const struct status *status)
{
	return status->kernel.build_id && !strcmp(life->build_id, status->kernel.build_id);
}

int view_open(const struct args *args, unsigned verify_seconds, struct view *ret_view,
	      struct error *err)
{
	const char *root = args_text(args, "sysroot");
	auto_view struct view view = { .sysroot = { .fd = -1 }, .now = time(NULL) };

	if (sysroot_open(root, &view.sysroot, err) < 0 ||
	    status_measure(&view.sysroot, verify_seconds, args->progress, &view.status, err) < 0)
		return -1;
	records_read(root, &view.sysroot, &view.records);
	standing_conclude(&view.records, &view.status, view.now, &view.standing);
	*ret_view = view;
	view = (struct view){ .sysroot = { .fd = -1 } };
	return 0;
}

void view_unlock(struct view *view)
{
	if (view->change_lock > 0)
		close(view->change_lock);
	view->change_lock = 0;
}

void view_close(struct view *view)
{
	view_unlock(view);
	sysroot_close(&view->sysroot);
	status_clear(&view->status);
	records_clear(&view->records);
	standing_clear(&view->standing);
}

int view_find(const struct view *view, const char *words, const struct life **ret_life,
	      struct error *err)
{
	size_t count;
	const struct life *life = life_search(&view->records.lives, view->status.kernel.build_id,
					      words, &count);

	if (life) {
		*ret_life = life;
		return 0;
	}
	if (count > 1)
		return error_set(err, ERROR_USAGE,
				 "'%.64s' may be any of %zu patches; 'suture list' shows their ids: "
				 "give at least eight digits of one", words, count);
	if (!view->records.has_lives)
		return error_set(err, view->records.problem_code,
				 "the records cannot be read: %.300s", view->records.problem);
	return error_set(err, ERROR_NOT_FOUND,
			 "no patch '%.64s' is known here; 'suture list' shows the known ones, "
			 "'suture refresh' asks for new ones", words);
}

const struct life *view_in_force(const struct view *view)
{
	const char *id = view->standing.in_force.id;

	return id ? life_find(&view->records.lives, id) : NULL;
}

char *span_text(int64_t seconds)
{
	static const struct {
		int64_t most, unit;
		const char *name;
	} units[] = {
		{ 120, 1, "s" },
		{ 120 * 60, 60, "min" },
		{ 72 * 3600, 3600, "h" },
	};

	if (seconds < 0)
		seconds = 0;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (seconds < units[i].most)
			return xasprintf("%jd %s", (intmax_t)(seconds / units[i].unit),
					 units[i].name);
	return xasprintf("%jd d", (intmax_t)(seconds / 86400));
}
