// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/memory.h"
#include "target/apt.h"
#include "test.h"

/* Captured from "apt-cache show"; the long descriptions are left out. */
static const char show[] =
	"Package: linux-image-6.1.0-56-cloud-amd64\n"
	"Source: linux-signed-amd64 (6.1.192+2)\n"
	"Version: 6.1.192-2\n"
	"Installed-Size: 105548\n"
	"Depends: kmod, linux-base (>= 4.3~), initramfs-tools (>= 0.120+deb8u2) | "
	"linux-initramfs-tool\n"
	"Filename: pool/updates/main/l/linux-signed-amd64/"
	"linux-image-6.1.0-56-cloud-amd64_6.1.192-2_amd64.deb\n"
	"Size: 26713492\n"
	"SHA256: e7d02b943971edcb8790e256c02cfab3bca6c3d37c1bf25392a57c71300615ee\n"
	"\n"
	"Package: linux-headers-6.1.0-56-cloud-amd64\n"
	"Version: 6.1.192-2\n"
	"Depends: linux-headers-6.1.0-56-common (= 6.1.192-2), linux-kbuild-6.1 (>= 6.1.192-2), "
	"linux-compiler-gcc-12-x86\n"
	"Filename: pool/updates/main/l/linux/linux-headers-6.1.0-56-cloud-amd64_6.1.192-2_amd64.deb\n"
	"Size: 1592924\n"
	"SHA256: 66b3332567754d46edbe47f2e424db28a7bb28afedd5f51867b17f8af0d41191\n"
	"\n";

static void the_details_of_packages_are_read(void **state)
{
	auto_package_details struct package_details details = { 0 };

	(void)state;
	package_details_parse(show, &details);
	assert_int_equal(details.count, 2);
	assert_string_equal(details.items[0].name, "linux-image-6.1.0-56-cloud-amd64");
	assert_string_equal(details.items[0].version, "6.1.192-2");
	assert_string_equal(details.items[0].file,
			    "linux-image-6.1.0-56-cloud-amd64_6.1.192-2_amd64.deb");
	assert_int_equal(details.items[0].size, 26713492);
	assert_string_equal(details.items[1].sha256,
			    "66b3332567754d46edbe47f2e424db28a7bb28afedd5f51867b17f8af0d41191");
}

static void the_packages_behind_the_headers_are_found(void **state)
{
	auto_package_details struct package_details details = { 0 };

	(void)state;
	package_details_parse(show, &details);

	const char *depends = details.items[1].depends;
	auto_free char *common = depends_find(depends, "linux-headers-", "-common");
	auto_free char *kbuild = depends_find(depends, "linux-kbuild-", "");

	assert_string_equal(common, "linux-headers-6.1.0-56-common");
	assert_string_equal(kbuild, "linux-kbuild-6.1");
	assert_null(depends_find(depends, "linux-kbuild-", "-common"));
}

static void a_package_without_a_digest_is_left_out(void **state)
{
	auto_package_details struct package_details details = { 0 };

	(void)state;
	package_details_parse("Package: a\nVersion: 1\nFilename: pool/a.deb\nSize: 1\n", &details);
	package_details_parse("Package: a\nVersion: 1\nFilename: pool/a.deb\nSHA256: 66b3\n",
			      &details);
	package_details_parse("\n\n\nPackage\n:\n", &details);
	assert_int_equal(details.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_details_of_packages_are_read),
		cmocka_unit_test(the_packages_behind_the_headers_are_found),
		cmocka_unit_test(a_package_without_a_digest_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
