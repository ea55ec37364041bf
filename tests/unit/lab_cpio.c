// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/stat.h>

#include "base/process.h"
#include "lab/cpio.h"
#include "test.h"

static void add_text(struct cpio *cpio, const char *path, mode_t mode, const char *text)
{
	cpio_add(cpio, &(struct cpio_entry){ .path = path, .mode = mode, .data = text,
					     .size = strlen(text) });
}

static void run_cpio(const struct cpio *cpio, const char *options,
		     struct process_result *ret_result)
{
	const char *const argv[] = { "cpio", options, "--quiet", "--to-stdout", NULL };
	const char *const list[] = { "cpio", options, "--quiet", NULL };
	const char *const env[] = { "LC_ALL=C", "TZ=UTC", NULL };
	const struct process_spec spec = { .argv = strchr(options, 't') ? list : argv,
					   .env = env, .input = cpio->bytes.data,
					   .input_size = cpio->bytes.size };
	struct error err;

	assert_ok(process_run_ok(&spec, ret_result, &err), err);
}

static void an_archive_is_listed_by_the_real_cpio(void **state)
{
	auto_cpio struct cpio cpio = { 0 };
	auto_process_result struct process_result result = { 0 };

	(void)state;
	add_text(&cpio, "bin", S_IFDIR | 0755, "");
	add_text(&cpio, "bin/odd name", S_IFREG | 0751, "seven..");
	add_text(&cpio, "link", S_IFLNK | 0777, "bin/odd name");
	cpio_add(&cpio, &(struct cpio_entry){ .path = "tty", .mode = S_IFCHR | 0600,
					      .device_major = 5, .device_minor = 1 });
	cpio_finish(&cpio);
	run_cpio(&cpio, "-itvn", &result);
	assert_string_equal(buffer_text(&result.out),
			    "drwxr-xr-x   1 0        0               0 Jan  1  1970 bin\n"
			    "-rwxr-x--x   1 0        0               7 Jan  1  1970 bin/odd name\n"
			    "lrwxrwxrwx   1 0        0              12 Jan  1  1970 link -> "
			    "bin/odd name\n"
			    "crw-------   1 0        0          5,   1 Jan  1  1970 tty\n");
}

static void contents_of_every_length_come_back(void **state)
{
	auto_cpio struct cpio cpio = { 0 };
	auto_process_result struct process_result result = { 0 };

	(void)state;
	add_text(&cpio, "a", S_IFREG | 0644, "");
	add_text(&cpio, "bb", S_IFREG | 0644, "1");
	add_text(&cpio, "ccc", S_IFREG | 0644, "22");
	add_text(&cpio, "dddd", S_IFREG | 0644, "333");
	add_text(&cpio, "eeeee", S_IFREG | 0644, "4444");
	add_text(&cpio, "ffffff", S_IFREG | 0644, "55555");
	cpio_finish(&cpio);
	run_cpio(&cpio, "-i", &result);
	assert_string_equal(buffer_text(&result.out), "122333444455555");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_archive_is_listed_by_the_real_cpio),
		cmocka_unit_test(contents_of_every_length_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
