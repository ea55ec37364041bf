// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
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

/* As -o /dev/null by root would hit it; a FIFO stands for the device. */
static void a_pipe_is_written_into_and_not_replaced(void **state)
{
	auto_free char *path = path_join(folder, "pipe");
	auto_free char *link = path_join(folder, "link-to-pipe");
	char text[16] = "";
	struct stat info;
	struct error err;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(symlink("pipe", link), 0);
	auto_close int reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(reader >= 0);
	assert_ok(file_write_text(path, "one", &err), err);
	assert_ok(file_write_text(link, "two", &err), err);
	assert_int_equal(read(reader, text, sizeof(text)), 6);
	assert_string_equal(text, "onetwo");
	assert_int_equal(lstat(path, &info), 0);
	assert_true(S_ISFIFO(info.st_mode));
	assert_int_equal(lstat(link, &info), 0);
	assert_true(S_ISLNK(info.st_mode));
}

static void what_is_no_plain_file_is_not_replaced(void **state)
{
	auto_free char *path = path_join(folder, "socket");
	auto_free char *source = path_join(folder, "source");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat info;
	struct error err;

	(void)state;
	assert_true(strlen(path) < sizeof(address.sun_path));
	strcpy(address.sun_path, path);
	auto_close int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_ok(file_write_text(source, "x", &err), err);
	assert_fails(file_write_text(path, "x", &err), err, ERROR_INVALID, "no plain file");
	assert_fails(file_copy(source, path, &err), err, ERROR_INVALID, "no plain file");
	assert_int_equal(lstat(path, &info), 0);
	assert_true(S_ISSOCK(info.st_mode));
}

static void a_link_stays_and_its_file_is_replaced(void **state)
{
	auto_free char *path = path_join(folder, "linked");
	auto_free char *link = path_join(folder, "link");
	auto_buffer struct buffer text = BUFFER_INIT;
	struct stat info;
	struct error err;

	(void)state;
	assert_ok(file_write_text(path, "old", &err), err);
	assert_int_equal(symlink("linked", link), 0);
	assert_ok(file_write_text(link, "new", &err), err);
	assert_int_equal(lstat(link, &info), 0);
	assert_true(S_ISLNK(info.st_mode));
	assert_ok(file_read(path, 16, &text, &err), err);
	assert_string_equal(buffer_text(&text), "new");
}

static void the_link_of_another_user_is_not_followed(void **state)
{
	auto_free char *path = path_join(folder, "secret");
	auto_free char *link = path_join(folder, "trap");
	auto_buffer struct buffer text = BUFFER_INIT;
	struct error err;

	(void)state;
	assert_ok(file_write_text(path, "old", &err), err);
	assert_int_equal(symlink("secret", link), 0);
	if (lchown(link, 12345, (gid_t)-1) < 0)
		skip(); /* only root can make one */
	assert_fails(file_write_text(link, "new", &err), err, ERROR_INVALID, "another user");
	assert_ok(file_read(path, 16, &text, &err), err);
	assert_string_equal(buffer_text(&text), "old");
}

static void an_empty_file_is_said_to_be_empty(void **state)
{
	auto_free char *path = path_join(folder, "empty");
	auto_json json_value *value = NULL;
	struct error err;

	(void)state;
	assert_ok(file_write_text(path, "", &err), err);
	assert_fails(json_read(path, 16, &value, &err), err, ERROR_INVALID, "empty");
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
		cmocka_unit_test(a_pipe_is_written_into_and_not_replaced),
		cmocka_unit_test(what_is_no_plain_file_is_not_replaced),
		cmocka_unit_test(a_link_stays_and_its_file_is_replaced),
		cmocka_unit_test(the_link_of_another_user_is_not_followed),
		cmocka_unit_test(an_empty_file_is_said_to_be_empty),
		cmocka_unit_test(a_lock_is_exclusive),
		cmocka_unit_test(the_digest_is_the_known_one),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
