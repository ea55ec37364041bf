// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/memory.h"
#include "target/release.h"
#include "test.h"

/* Captured from "apt-cache pkgnames linux-image-", in apt's order (none). */
static const char pkgnames[] =
	"linux-image-6.1.0-47-amd64-unsigned\nlinux-image-6.1.0-56-cloud-amd64-dbg\n"
	"linux-image-6.1.0-56-cloud-amd64\nlinux-image-6.1.0-9-cloud-amd64\n"
	"linux-image-6.1.0-55-cloud-amd64\nlinux-image-6.1.0-56-rt-amd64\n"
	"linux-image-6.1.0-56-amd64\nlinux-image-6.12-cloud-amd64\nlinux-image-cloud-amd64\n"
	"linux-image-6.12.117+deb12-cloud-amd64\nlinux-image-6.12.117+deb12-amd64\n"
	"linux-image-6.12.100+deb12-cloud-amd64\nlinux-image-6.10.11+bpo-cloud-amd64\n"
	"linux-image-6.1.0-56-cloud-amd64-unsigned\nlinux-image-6.12.117+deb12-rt-amd64\n";

/* Captured from "apt-cache madison". Version 6.1.192-2 of the source is left out by some tests. */
#define SECURITY " | http://deb.debian.org/debian-security bookworm-security/main amd64 Packages\n"
static const char madison_without_source[] =
	"linux-image-6.1.0-55-cloud-amd64 |  6.1.192-1" SECURITY
	"linux-image-6.1.0-56-cloud-amd64 |  6.1.192-2" SECURITY
	"linux-headers-6.1.0-55-cloud-amd64 |  6.1.192-1" SECURITY
	"linux-headers-6.1.0-56-cloud-amd64 |  6.1.192-2" SECURITY
	"linux-source-6.1 |  6.1.192-1" SECURITY
	"linux-source-6.1 |  6.1.176-1 | http://deb.debian.org/debian bookworm/main amd64 Packages\n";
static const char madison_source[] = "linux-source-6.1 |  6.1.192-2" SECURITY;

static void versions_compare_as_dpkg_does(void **state)
{
	/* Ascending; the order was checked with "dpkg --compare-versions". */
	static const char *const ascending[] = {
		"6.1.0-1", "6.1.0-1+b1", "6.1.170-3", "6.1.187-1", "6.1.192-1", "6.1.192-2",
		"6.1.192-10", "6.12~rc1-1", "6.12-1", "6.12.100-1~deb12u1", "6.12.117-1~bpo12+1",
		"6.12.117-1~deb12u1", "6.12.117-1", "1:4.0-1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ascending); i++)
		for (size_t j = 0; j < ARRAY_SIZE(ascending); j++) {
			int order = version_compare(ascending[i], ascending[j]);

			if ((order > 0) != (i > j) || (order < 0) != (i < j))
				fail_msg("%s against %s: %d", ascending[i], ascending[j], order);
		}
}

static void leading_zeros_do_not_count(void **state)
{
	(void)state;
	assert_int_equal(version_compare("6.01-1", "6.1-1"), 0);
	assert_int_equal(version_compare("6.1", "6.1-0"), 0);
}

static void only_images_of_the_series_and_flavour_are_candidates_oldest_first(void **state)
{
	auto_text_list struct text_list cloud = { 0 }, generic = { 0 }, new_cloud = { 0 };

	(void)state;
	release_names(pkgnames, "6.1", "cloud", &cloud);
	assert_int_equal(cloud.count, 3);
	assert_string_equal(cloud.items[0], "6.1.0-9-cloud-amd64");
	assert_string_equal(cloud.items[1], "6.1.0-55-cloud-amd64");
	assert_string_equal(cloud.items[2], "6.1.0-56-cloud-amd64");
	release_names(pkgnames, "6.1", "generic", &generic);
	assert_int_equal(generic.count, 1);
	assert_string_equal(generic.items[0], "6.1.0-56-amd64");
	release_names(pkgnames, "6.12", "cloud", &new_cloud);
	assert_int_equal(new_cloud.count, 2);
	assert_string_equal(new_cloud.items[1], "6.12.117+deb12-cloud-amd64");
}

static void a_meta_package_is_no_release(void **state)
{
	(void)state;
	assert_true(is_release("6.12.117+deb12-cloud-amd64"));
	assert_false(is_release("6.12-cloud-amd64"));
	assert_false(is_release("cloud-amd64"));
	assert_false(is_release("6.1"));
	assert_false(is_release(""));
}

static void choose_from(const char *first, const char *second, struct release_choice *ret_choice)
{
	auto_package_list struct package_list packages = { 0 };
	auto_text_list struct text_list releases = { 0 };

	release_names(pkgnames, "6.1", "cloud", &releases);
	package_list_parse(first, &packages);
	package_list_parse(second, &packages);
	assert_true(release_choose(&releases, &packages, ret_choice));
}

static void the_newest_complete_kernel_is_chosen(void **state)
{
	struct release_choice choice;

	(void)state;
	choose_from(madison_without_source, madison_source, &choice);
	assert_string_equal(choice.release, "6.1.0-56-cloud-amd64");
	assert_string_equal(choice.version, "6.1.192-2");
	assert_null(choice.newer);
	release_choice_clear(&choice);
}

static void an_image_without_a_source_of_its_version_is_passed_over_and_named(void **state)
{
	struct release_choice choice;

	(void)state;
	choose_from(madison_without_source, "", &choice);
	assert_string_equal(choice.release, "6.1.0-55-cloud-amd64");
	assert_string_equal(choice.version, "6.1.192-1");
	assert_string_equal(choice.newer, "6.1.0-56-cloud-amd64");
	release_choice_clear(&choice);
}

static void without_a_complete_kernel_nothing_is_chosen(void **state)
{
	auto_package_list struct package_list packages = { 0 };
	auto_text_list struct text_list releases = { 0 };
	struct release_choice choice;

	(void)state;
	release_names(pkgnames, "6.1", "generic", &releases);
	package_list_parse(madison_without_source, &packages);
	assert_false(release_choose(&releases, &packages, &choice));
}

static void lines_that_are_no_packages_are_left_out(void **state)
{
	auto_package_list struct package_list packages = { 0 };

	(void)state;
	package_list_parse("N: Unable to locate package x\n\nname |\n|||\n", &packages);
	assert_false(package_list_has(&packages, "name", ""));
	package_list_parse(madison_source, &packages);
	assert_true(package_list_has(&packages, "linux-source-6.1", "6.1.192-2"));
	assert_false(package_list_has(&packages, "linux-source-6.1", "6.1.192-20"));
}

static void the_nearest_version_is_the_oldest_that_is_not_older(void **state)
{
	auto_package_list struct package_list packages = { 0 };

	(void)state;
	package_list_parse("linux-kbuild-6.1 | 6.1.192-2 | s\nlinux-kbuild-6.1 | 6.1.176-1 | m\n"
			   "linux-kbuild-6.1 | 6.1.164-1 | m\nother | 6.1.170-3 | m\n", &packages);
	assert_string_equal(package_list_nearest(&packages, "linux-kbuild-6.1", "6.1.170-3"),
			    "6.1.176-1");
	assert_string_equal(package_list_nearest(&packages, "linux-kbuild-6.1", "6.1.192-2"),
			    "6.1.192-2");
	assert_null(package_list_nearest(&packages, "linux-kbuild-6.1", "6.1.193-1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_compare_as_dpkg_does),
		cmocka_unit_test(leading_zeros_do_not_count),
		cmocka_unit_test(only_images_of_the_series_and_flavour_are_candidates_oldest_first),
		cmocka_unit_test(a_meta_package_is_no_release),
		cmocka_unit_test(the_newest_complete_kernel_is_chosen),
		cmocka_unit_test(an_image_without_a_source_of_its_version_is_passed_over_and_named),
		cmocka_unit_test(without_a_complete_kernel_nothing_is_chosen),
		cmocka_unit_test(lines_that_are_no_packages_are_left_out),
		cmocka_unit_test(the_nearest_version_is_the_oldest_that_is_not_older),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
