// SPDX-License-Identifier: GPL-2.0-or-later
/* Preflight on the captured trees of tests/fixtures; FIXTURES is their folder. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "runtime/preflight.h"
#include "test.h"

/* Runs preflight of a made-up livepatch; `more` is one more .modinfo text, or NULL. */
static int preflight_sized(const char *tree, const char *release, const char *more, bool is_signed,
			   size_t size, struct error *err)
{
	auto_free char *folder = xasprintf("%s/%s", getenv("FIXTURES"), tree);
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_machine struct machine machine = { 0 };
	auto_modinfo struct modinfo info = { .name = xstrdup("suture_x"), .size = size,
				     .is_signed = is_signed };

	assert_ok(sysroot_open(folder, &root, err), *err);
	machine_read(&root, &machine);
	text_list_add(&info.items, "livepatch=Y");
	text_list_printf(&info.items, "vermagic=%s SMP preempt mod_unload modversions ", release);
	if (more)
		text_list_add(&info.items, more);
	return preflight_check(&root, &machine, &info, NULL, err);
}

static int preflight(const char *tree, const char *release, const char *more, bool is_signed,
		     struct error *err)
{
	return preflight_sized(tree, release, more, is_signed, 100000, err);
}

static const char debian[] = "6.12.117+deb12-cloud-amd64";

static void a_module_for_this_kernel_passes(void **state)
{
	struct error err;

	(void)state;
	assert_ok(preflight("debian-6.12", debian, NULL, false, &err), err);
	assert_ok(preflight("debian-6.12", debian,
			    "suture.kernel_build_id=7f76f39faf07f34cfa9fadd801e131bfa8cb6dc3", false,
			    &err), err);
}

static void the_wrong_kernel_is_refused(void **state)
{
	struct error err;

	(void)state;
	assert_fails(preflight("debian-6.12", "6.12.117+deb12-cloud-amd6", NULL, false, &err), err,
		     ERROR_UNSUPPORTED, "was built for kernel");
	assert_fails(preflight("debian-6.12", debian, "suture.kernel_build_id=7f76", false, &err),
		     err, ERROR_UNSUPPORTED, "different build of the same release");
	assert_fails(preflight("no-livepatch", "6.6.87.2-microsoft-standard", NULL, false, &err), err,
		     ERROR_UNSUPPORTED, "no livepatch support");
}

static void a_module_of_another_build_is_refused(void **state)
{
	struct error err;

	(void)state;
	assert_fails(preflight("debian-6.12", debian, "suture.targets=parking:0123", false, &err), err,
		     ERROR_UNSUPPORTED, "another build");
	/* Not loaded: it will be patched when it comes. */
	assert_ok(preflight("debian-6.12", debian, "suture.targets=nfs:0123", false, &err), err);
}

static void policy_is_told_before_the_kernel_says_no(void **state)
{
	struct error err;

	(void)state;
	assert_fails(preflight("modules-disabled", "6.1.0-40-amd64", NULL, false, &err), err,
		     ERROR_POLICY, "modules_disabled is 1");
	assert_fails(preflight("locked-down", "6.12.48+deb13-amd64", NULL, false, &err), err,
		     ERROR_VERIFY, "lockdown=confidentiality");
	assert_ok(preflight("locked-down", "6.12.48+deb13-amd64", NULL, true, &err), err);
	assert_fails(preflight("no-ftrace", "6.1.0-40-amd64", NULL, false, &err), err, ERROR_APPLY,
		     "ftrace_enabled is 0");
}

static void a_function_that_somebody_else_redirects_is_named(void **state)
{
	struct error err;

	(void)state;
	assert_fails(preflight("other-owner", "6.1.0-40-amd64",
			       "suture.functions=vmlinux:ksys_read,vmlinux:do_sys_openat2", false,
			       &err), err, ERROR_APPLY, "do_sys_openat2 of vmlinux is redirected");
	/* An ordinary kprobe is in nobody's way, and another livepatch neither. */
	assert_ok(preflight("other-owner", "6.1.0-40-amd64", "suture.functions=vmlinux:ksys_read",
			    false, &err), err);
	assert_ok(preflight("stacked", "6.1.0-40-amd64",
			    "suture.functions=vmlinux:meminfo_proc_show", false, &err), err);
}

static void a_machine_without_memory_is_left_alone(void **state)
{
	struct error err;

	(void)state;
	/* 30000 KiB are available there. */
	assert_ok(preflight_sized("stacked", "6.1.0-40-amd64", NULL, false, 3 << 20, &err), err);
	assert_fails(preflight_sized("stacked", "6.1.0-40-amd64", NULL, false, 4 << 20, &err), err,
		     ERROR_TEMPORARY, "needs 32768 KiB of memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_module_for_this_kernel_passes),
		cmocka_unit_test(the_wrong_kernel_is_refused),
		cmocka_unit_test(a_module_of_another_build_is_refused),
		cmocka_unit_test(a_function_that_somebody_else_redirects_is_named),
		cmocka_unit_test(a_machine_without_memory_is_left_alone),
		cmocka_unit_test(policy_is_told_before_the_kernel_says_no),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
