// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines as 6.1 and 6.12 kernels wrote them. */
#include "agent/trouble.h"

#include <stddef.h>

#include "base/memory.h"
#include "test.h"

static const char *const warning_of_a_driver[] = {
	"WARNING: CPU: 1 PID: 213 at drivers/gpu/drm/i915/intel_pm.c:12 skl_update+0x1f/0x30 [i915]",
	"Modules linked in: suture_one(OEK) i915 [last unloaded: suture_one_old]",
	"CPU: 1 PID: 213 Comm: systemd-udevd Tainted: G           OE K    6.1.0-56-cloud-amd64 #1",
	"RIP: 0010:skl_update+0x1f/0x30 [i915]",
	"Call Trace:",
	" intel_modeset_init+0x123/0x456 [i915]",
	" do_one_initcall+0x56/0x220",
	"---[ end trace 0000000000000000 ]---",
	NULL,
};

static const char *const warning_of_the_patch[] = {
	"WARNING: CPU: 0 PID: 7 at lib/refcount.c:28 refcount_warn_saturate+0xbe/0x110",
	"Modules linked in: suture_one(OEK)",
	"Call Trace:",
	" meminfo_proc_show+0x21/0x90 [suture_one]",
	" seq_read_iter+0x124/0x4b0",
	NULL,
};

static const char *const hung_task_with_build_ids[] = {
	"INFO: task mount.nfs:412 blocked for more than 120 seconds.",
	"      Tainted: G           OE K    6.12.117+deb12-cloud-amd64 #1",
	"Call Trace:",
	" io_schedule+0x46/0x80",
	" do_mount+0x12/0x34 [suture_one 5f9e0c7d1b5f9e0c7d1b5f9e0c7d1b5f9e0c7d1b]",
	NULL,
};

static const char *const oops_elsewhere[] = {
	"BUG: kernel NULL pointer dereference, address: 0000000000000008",
	"#PF: supervisor read access in kernel mode",
	NULL,
};

static const char *search(const char *const *lines, const char *module, struct trouble_search *search)
{
	*search = (struct trouble_search){ .module = module };
	for (; *lines; lines++) {
		const char *found = trouble_search_next(search, 4, *lines);

		if (found)
			return found;
	}
	return NULL;
}

static void against_a_new_patch_every_complaint_speaks(void **state)
{
	struct trouble_search found;

	(void)state;
	assert_string_equal(search(warning_of_a_driver, NULL, &found), warning_of_a_driver[0]);
	assert_string_equal(search(hung_task_with_build_ids, NULL, &found),
			    hung_task_with_build_ids[0]);
	assert_string_equal(search(oops_elsewhere, NULL, &found), oops_elsewhere[0]);
}

static void a_drivers_warning_is_no_committed_patchs(void **state)
{
	struct trouble_search found;

	(void)state;
	assert_null(search(warning_of_a_driver, "suture_one", &found));
}

static void a_warning_or_a_hang_with_the_patch_in_its_stack_is(void **state)
{
	struct trouble_search found;

	(void)state;
	assert_string_equal(search(warning_of_the_patch, "suture_one", &found),
			    warning_of_the_patch[0]);
	assert_string_equal(search(hung_task_with_build_ids, "suture_one", &found),
			    hung_task_with_build_ids[0]);
	/* another module whose name only begins so */
	assert_null(search(warning_of_the_patch, "suture", &found));
	assert_null(search(warning_of_the_patch, "suture_one_old", &found));
}

static void an_oops_speaks_against_everybody(void **state)
{
	struct trouble_search found;

	(void)state;
	assert_string_equal(search(oops_elsewhere, "suture_one", &found), oops_elsewhere[0]);
}

static void a_stack_without_a_complaint_before_it_is_none(void **state)
{
	struct trouble_search found = { .module = "suture_one" };

	(void)state;
	assert_null(trouble_search_next(&found, 4, " meminfo_proc_show+0x21/0x90 [suture_one]"));
	assert_null(trouble_search_next(&found, 6, "WARNING: CPU: what a program wrote into the log"));
	assert_null(trouble_search_next(&found, 6, " meminfo_proc_show+0x21/0x90 [suture_one]"));
	/* long after a driver's complaint */
	assert_null(trouble_search_next(&found, 4, warning_of_a_driver[0]));
	for (int i = 0; i < 200; i++)
		assert_null(trouble_search_next(&found, 6, "systemd[1]: Started something."));
	assert_null(trouble_search_next(&found, 6, " meminfo_proc_show+0x21/0x90 [suture_one]"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(against_a_new_patch_every_complaint_speaks),
		cmocka_unit_test(a_drivers_warning_is_no_committed_patchs),
		cmocka_unit_test(a_warning_or_a_hang_with_the_patch_in_its_stack_is),
		cmocka_unit_test(an_oops_speaks_against_everybody),
		cmocka_unit_test(a_stack_without_a_complaint_before_it_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
