// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/measure.h"

#include <time.h>

#include "base/memory.h"
#include "runtime/effect.h"
#include "runtime/livepatch.h"
#include "runtime/machine.h"
#include "runtime/taint.h"
#include "runtime/transition.h"

/* Tasks that a running transition waits for; -1 where there is none. */
static int64_t count_left(const struct sysroot *root, const struct livepatch_list *patches)
{
	for (size_t i = 0; i < patches->count; i++)
		if (livepatch_in_transition(&patches->items[i]))
			return transition_tasks_left(
				root, patches->items[i].state == LIVEPATCH_APPLYING);
	return -1;
}

int status_measure(const struct sysroot *root, unsigned verify_seconds,
		   const struct progress *progress, struct status *ret_status, struct error *err)
{
	auto_machine struct machine machine = { 0 };
	auto_status struct status status = { .time = time(NULL) };

	machine_read(root, &machine);
	if (!machine.has_sysfs)
		return error_set(err, ERROR_FAILED,
				 "/sys is not mounted, so that nothing can be said about livepatches; "
				 "mount it (mount -t sysfs none /sys)");
	if (livepatch_read_all(root, &status.patches, err) < 0)
		return -1;
	effect_measure(root, &machine, &status.patches);
	if (verify_seconds &&
	    effect_verify(root, &machine, &status.patches, verify_seconds, progress, err) < 0)
		return -1;
	kernel_id_copy(&status.kernel, &machine.kernel);
	status.boot_id = steal_ptr(machine.boot_id);
	status.taint = machine.taint;
	status.taint_text = taint_text(machine.taint);
	status.ftrace_enabled = machine.ftrace_enabled;
	status.tasks_left = count_left(root, &status.patches);
	status_conclude(&status, machine.has_livepatch);
	*ret_status = status;
	status = (struct status){ 0 };
	return 0;
}
