// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/memory.h"
#include "target/config.h"
#include "test.h"

static struct config *parse(const char *text)
{
	struct config *config;
	struct error err;

	assert_ok(config_parse(text, &config, &err), err);
	return config;
}

/* What Debian ships, and what "make olddefconfig" makes of it: captured, shortened. */
static const char shipped_text[] =
	"#\n# Automatically generated file; DO NOT EDIT.\n#\n"
	"CONFIG_CC_VERSION_TEXT=\"x86_64-linux-gnu-gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0\"\n"
	"CONFIG_RUSTC_VERSION=0\n"
	"CONFIG_DEBUG_INFO_BTF=y\n"
	"# CONFIG_GCC_PLUGINS is not set\n"
	"CONFIG_NR_CPUS=512\n";
#define MADE_WITHOUT_BTF \
	"CONFIG_CC_VERSION_TEXT=\"gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0\"\n" \
	"CONFIG_BUILD_SALT=\"\"\nCONFIG_MODULE_SIG_ALL=y\n" \
	"CONFIG_RUSTC_VERSION=109500\nCONFIG_RUSTC_HAS_UNNECESSARY_TRANSMUTES=y\n" \
	"CONFIG_MODULE_SIG_KEY=\"certs/signing_key.pem\"\nCONFIG_SYSTEM_TRUSTED_KEYS=\"\"\n"

static void expect_differences(const char *made_text, struct text_list *differences)
{
	auto_config struct config *shipped = parse(shipped_text);
	auto_config struct config *made = parse(made_text);

	config_compare(shipped, made, differences);
}

static void values_are_read(void **state)
{
	auto_config struct config *config = parse(shipped_text);

	(void)state;
	assert_string_equal(config_get(config, "CONFIG_NR_CPUS"), "512");
	assert_null(config_get(config, "CONFIG_GCC_PLUGINS"));
}

static void differences_that_change_no_code_are_taken(void **state)
{
	auto_text_list struct text_list differences = { 0 };

	(void)state;
	expect_differences(MADE_WITHOUT_BTF "CONFIG_DEBUG_INFO_BTF=y\nCONFIG_NR_CPUS=512\n",
			   &differences);
	assert_int_equal(differences.count, 0);
}

static void a_changed_value_is_named_with_both_sides(void **state)
{
	auto_text_list struct text_list differences = { 0 };

	(void)state;
	expect_differences(MADE_WITHOUT_BTF "CONFIG_DEBUG_INFO_BTF=y\nCONFIG_NR_CPUS=64\n",
			   &differences);
	assert_int_equal(differences.count, 1);
	assert_string_equal(differences.items[0], "CONFIG_NR_CPUS: 64, shipped 512");
}

static void a_lost_and_a_new_option_are_differences(void **state)
{
	auto_text_list struct text_list differences = { 0 };

	(void)state;
	expect_differences(MADE_WITHOUT_BTF "CONFIG_NR_CPUS=512\nCONFIG_KASAN=y\n", &differences);
	assert_int_equal(differences.count, 2);
	assert_string_equal(differences.items[0], "CONFIG_DEBUG_INFO_BTF: not set, shipped y");
	assert_string_equal(differences.items[1], "CONFIG_KASAN: y, shipped not set");
}

static void what_suture_cannot_compare_is_refused_by_name(void **state)
{
	auto_config struct config *plain = parse("CONFIG_LTO_NONE=y\n# CONFIG_RANDSTRUCT is not set\n");
	auto_config struct config *lto = parse("CONFIG_LTO_CLANG=y\nCONFIG_LTO_CLANG_THIN=y\n");
	auto_config struct config *cfi = parse("CONFIG_CFI_CLANG=y\n");
	auto_config struct config *random = parse("CONFIG_RANDSTRUCT=y\n");
	struct error err;

	(void)state;
	assert_ok(config_check_supported(plain, &err), err);
	assert_fails(config_check_supported(lto, &err), err, ERROR_REFUSED, "lto");
	assert_fails(config_check_supported(cfi, &err), err, ERROR_REFUSED, "CONFIG_CFI_CLANG");
	assert_fails(config_check_supported(random, &err), err, ERROR_REFUSED, "CONFIG_RANDSTRUCT");
}

static void a_configuration_without_a_compiler_or_with_noise_is_invalid(void **state)
{
	auto_config struct config *config = parse("CONFIG_X=y\n");
	struct config *none;
	char *text;
	struct error err;

	(void)state;
	assert_fails(config_compiler_text(config, &text, &err), err, ERROR_INVALID,
		     "CONFIG_CC_VERSION_TEXT");
	assert_fails(config_parse("CONFIG_X=y\n\x7f" "ELF\n", &none, &err), err, ERROR_INVALID,
		     "is no line of a kernel configuration");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_read),
		cmocka_unit_test(differences_that_change_no_code_are_taken),
		cmocka_unit_test(a_changed_value_is_named_with_both_sides),
		cmocka_unit_test(a_lost_and_a_new_option_are_differences),
		cmocka_unit_test(what_suture_cannot_compare_is_refused_by_name),
		cmocka_unit_test(a_configuration_without_a_compiler_or_with_noise_is_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
