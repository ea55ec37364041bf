// SPDX-License-Identifier: GPL-2.0-or-later
/* A tree of Makefiles in miniature, read by the real make. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "build/kbuild_config.h"
#include "build/not_built.h"
#include "build/relative.h"
#include "test.h"

static char *folder;
static struct kernel kernel;
static struct kbuild_config *config;

static void put(const char *name, const char *text)
{
	auto_free char *path = path_join(folder, name);
	auto_free char *parent = xstrdup(path);
	struct error err;

	*strrchr(parent, '/') = 0;
	assert_ok(directory_make(parent, &err), err);
	assert_ok(file_write_text(path, text, &err), err);
}

static const struct {
	const char *name, *text;
} files[] = {
	{ "include/config/auto.conf", "CONFIG_YES=y\nCONFIG_MOD=m\n" },
	{ "scripts/Kbuild.include", "" },
	{ "Kbuild", "obj-y += fs/ drivers/\nobj-$(CONFIG_YES) += arch/x86/\nobj-$(CONFIG_NO) += net/\n" },
	{ "lib/Makefile", "lib-y := ctype.o\nobj-y += crc.o\n"
	  "hostprogs\t:= gen_table \\\n\tgen_more\nclean-files := crc.h\n" },
	{ "arch/x86/lib/Makefile", "lib-y := copy.o\n" },
	{ "arch/x86/Kbuild", "obj-y += kvm/\n" },
	{ "arch/x86/kvm/Makefile", "obj-$(CONFIG_MOD) += kvm.o\nkvm-y := x86.o ../../../virt/kvm/main.o\n" },
	{ "fs/Makefile", "obj-y := open.o\nobj-y += proc/\nobj-$(CONFIG_NO) += aio.o\nobj-$(CONFIG_MOD) += fuse/\n"
			 "obj-$(CONFIG_NO) += ufs/\n" },
	{ "fs/proc/Makefile", "obj-y += proc.o\nproc-y := meminfo.o\nproc-$(CONFIG_NO) += kcore.o\n" },
	{ "fs/fuse/Makefile", "obj-$(CONFIG_MOD) += fuse.o\nfuse-objs := dev.o \\\n\tdir.o\n" },
	{ "fs/ufs/Makefile", "$(error nobody may read this)\n" },
	{ "drivers/Makefile", "obj-y += power/supply/\n" },
	{ "drivers/power/supply/Makefile", "obj-y += core.o\nsubdir-y += more\n" },
	{ "drivers/power/supply/more/Makefile", "obj-$(CONFIG_NO) += mini.o\nmini-y := part.o\n" },
};

static int set_up(void **state)
{
	struct error err;

	(void)state;
	assert_ok(directory_make_temporary("/tmp", &folder, &err), err);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		put(files[i].name, files[i].text);
	kernel.source = folder;

	auto_free char *kept = path_join(folder, "kept");

	assert_ok(kbuild_config_open(&kernel, kept, true, 2, NULL, &config, &err), err);
	return 0;
}

static int tear_down(void **state)
{
	struct error err;
	int result = directory_remove(folder, &err);

	(void)state;
	kbuild_config_free(config);
	free(folder);
	return result;
}

static void built_as(const struct kbuild_config *where, const char *source, const char *wanted)
{
	auto_free char *spelled = kbuild_config_find(where, source);

	if (!wanted)
		assert_null(spelled);
	else
		assert_string_equal(spelled ? spelled : "(not built)", wanted);
}

static void built(const char *source)
{
	built_as(config, source, source);
}

static void objects_are_found_in_folders_that_are_visited(void **state)
{
	(void)state;
	built("fs/open.c");
	built("lib/crc.c");
	built("drivers/power/supply/core.c");
	built("fs/open.S");
	built_as(config, "fs/open.h", NULL);
	built_as(config, "fs/aio.c", NULL);
}

static void members_of_composite_objects_are_found(void **state)
{
	(void)state;
	built("fs/proc/meminfo.c");
	built("fs/fuse/dir.c");
	built_as(config, "fs/proc/proc.c", NULL);
	built_as(config, "fs/proc/kcore.c", NULL);
}

static void library_members_are_found(void **state)
{
	(void)state;
	built("lib/ctype.c");
	built("arch/x86/lib/copy.c");
}

static void a_source_that_another_folder_builds_is_spelled_from_there(void **state)
{
	(void)state;
	built_as(config, "virt/kvm/main.c", "arch/x86/kvm/../../../virt/kvm/main.c");
}

static void what_was_kept_says_the_same(void **state)
{
	auto_free char *kept = path_join(folder, "kept");
	auto_kbuild_config struct kbuild_config *again = NULL;
	const struct kernel nothing = { .source = "/nonexistent" };
	struct error err;

	(void)state;
	assert_ok(kbuild_config_open(&nothing, kept, true, 1, NULL, &again, &err), err);
	built_as(again, "fs/proc/meminfo.c", "fs/proc/meminfo.c");
	built_as(again, "virt/kvm/main.c", "arch/x86/kvm/../../../virt/kvm/main.c");
	built_as(again, "fs/aio.c", NULL);
}

static void a_makefile_that_cannot_be_read_is_an_error(void **state)
{
	auto_kbuild_config struct kbuild_config *again = NULL;
	struct error err;

	(void)state;
	put("fs/proc/Makefile", "$(error broken)\n");
	assert_fails(kbuild_config_open(&kernel, "", false, 2, NULL, &again, &err), err, ERROR_TOOL,
		     "fs/proc");
	put("fs/proc/Makefile", "obj-y += proc.o\nproc-y := meminfo.o\nproc-$(CONFIG_NO) += kcore.o\n");
}

static void reason(const char *object, const char *words)
{
	auto_free char *text = not_built_reason(&kernel, object);

	if (!strstr(text, words))
		fail_msg("'%s' does not say '%s'", text, words);
}

static void the_option_that_is_missing_is_named(void **state)
{
	(void)state;
	reason("fs/aio.o", "CONFIG_NO");
	reason("fs/proc/kcore.o", "CONFIG_NO");
	reason("fs/ufs/super.o", "CONFIG_NO");
	reason("drivers/power/supply/more/part.o", "CONFIG_NO");
	reason("fs/other.o", "fs/Makefile does not build it");
	reason("nowhere/x.o", "no Makefile");
}

static void a_program_that_writes_sources_is_told_from_one_that_nobody_builds(void **state)
{
	(void)state;
	assert_true(not_built_is_generator(&kernel, "lib/gen_table.o"));
	assert_true(not_built_is_generator(&kernel, "lib/gen_more.o"));
	assert_false(not_built_is_generator(&kernel, "lib/ctype.o"));
	assert_false(not_built_is_generator(&kernel, "lib/crc.h.o"));
	assert_false(not_built_is_generator(&kernel, "nowhere/x.o"));
}

static void relative_paths_are_joined_inside_the_tree_only(void **state)
{
	auto_free char *path = relative_join("a/b", "../c/./d.o");

	(void)state;
	assert_string_equal(path, "a/c/d.o");
	assert_null(relative_join("a", "../../x"));
	assert_null(relative_join("", ".."));
	assert_null(relative_join("a", ".."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_found_in_folders_that_are_visited),
		cmocka_unit_test(members_of_composite_objects_are_found),
		cmocka_unit_test(library_members_are_found),
		cmocka_unit_test(a_source_that_another_folder_builds_is_spelled_from_there),
		cmocka_unit_test(what_was_kept_says_the_same),
		cmocka_unit_test(a_makefile_that_cannot_be_read_is_an_error),
		cmocka_unit_test(a_program_that_writes_sources_is_told_from_one_that_nobody_builds),
		cmocka_unit_test(the_option_that_is_missing_is_named),
		cmocka_unit_test(relative_paths_are_joined_inside_the_tree_only),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
