// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/packed.h"
#include "base/text.h"
#include "test.h"

static char *folder;

static int make_folder(void **state)
{
	struct error err;

	(void)state;
	return directory_make_temporary("/tmp", &folder, &err);
}

static int remove_folder(void **state)
{
	struct error err;
	int result = directory_remove(folder, &err);

	(void)state;
	free(folder);
	return result;
}

static void what_is_written_is_read_back(void **state)
{
	auto_free char *path = path_join(folder, "file");
	auto_buffer struct buffer text = BUFFER_INIT;
	struct error err;

	(void)state;
	assert_ok(file_write(path, "hello", 5, 0600, true, &err), err);
	assert_ok(file_read(path, 5, &text, &err), err);
	assert_string_equal(buffer_text(&text), "hello");
}

static void a_file_over_the_limit_is_refused(void **state)
{
	auto_free char *path = path_join(folder, "large");
	auto_buffer struct buffer text = BUFFER_INIT;
	struct error err;

	(void)state;
	assert_ok(file_write_text(path, "123456", &err), err);
	assert_fails(file_read(path, 5, &text, &err), err, ERROR_INVALID, "limit");
}

static void a_write_that_fails_leaves_nothing_behind(void **state)
{
	auto_free char *path = path_join(folder, "taken");
	auto_text_list struct text_list names = { 0 };
	struct error err;

	(void)state;
	assert_ok(directory_make(path, &err), err);
	assert_true(file_write_text(path, "x", &err) < 0);
	assert_ok(directory_list(folder, &names, &err), err);
	for (size_t i = 0; i < names.count; i++)
		assert_null(strstr(names.items[i], "tmp-"));
}

static void a_lock_is_exclusive(void **state)
{
	auto_free char *path = path_join(folder, "lock");
	struct error err;
	int first, second;

	(void)state;
	assert_ok(file_lock(path, false, &first, &err), err);
	assert_fails(file_lock(path, false, &second, &err), err, ERROR_TEMPORARY, "locked");
	close(first);
	assert_ok(file_lock(path, false, &second, &err), err);
	close(second);
}

static void the_digest_is_the_known_one(void **state)
{
	char hex[DIGEST_HEX_SIZE];

	(void)state;
	digest_bytes("abc", 3, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void packed_files_are_known_by_their_first_bytes(void **state)
{
	(void)state;
	assert_non_null(strstr(packed_advice("\xfd" "7zXZ\0 ", 7), "xz -dk"));
	assert_non_null(strstr(packed_advice("\x28\xb5\x2f\xfd", 4), "zstd -d"));
	assert_non_null(strstr(packed_advice("\x1f\x8b\x08", 3), "gzip -dk"));
	assert_null(packed_advice("\x28\xb5\x2f", 3));
	assert_null(packed_advice("\177ELF", 4));
	assert_null(packed_advice("", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(packed_files_are_known_by_their_first_bytes),
		cmocka_unit_test(a_file_over_the_limit_is_refused),
		cmocka_unit_test(a_write_that_fails_leaves_nothing_behind),
		cmocka_unit_test(a_lock_is_exclusive),
		cmocka_unit_test(the_digest_is_the_known_one),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
