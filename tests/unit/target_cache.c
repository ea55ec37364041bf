// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lock.h"
#include "base/memory.h"
#include "base/process.h"
#include "target/cache.h"
#include "target/description.h"
#include "target/kernel.h"
#include "target/package.h"
#include "test.h"

static char *cache;

static int make_cache(void **state)
{
	struct error err;

	(void)state;
	if (directory_make_temporary("/tmp", &cache, &err) < 0)
		return -1;
	return setenv("SUTURE_CACHE", cache, 1);
}

static int remove_cache(void **state)
{
	struct error err;
	int result = directory_remove(cache, &err);

	(void)state;
	free(cache);
	return result;
}

/* A folder as an interrupted fetch leaves it; returns its path. */
static char *make_half(const char *release)
{
	char *folder = xasprintf("%s/kernels/%s", cache, release);
	auto_free char *making = path_join(folder, CACHE_MAKING);
	auto_free char *file = path_join(folder, "vmlinux");
	struct error err;

	assert_ok(directory_make(making, &err), err);
	assert_ok(file_write_text(file, "half", &err), err);
	return folder;
}

/* A kernel with every file that a description must have; the files' contents do not matter here. */
static struct kernel *make_kernel(const char *release)
{
	static const char *const names[] = { "config", "source", "modules", "Module.symvers",
					     "headers" };
	struct kernel *kernel = xcalloc(1, sizeof(*kernel));
	char **const paths[] = { &kernel->config, &kernel->source, &kernel->modules,
				 &kernel->symvers, &kernel->headers };
	struct error err;

	kernel->folder = xasprintf("%s/kernels/%s", cache, release);
	assert_ok(directory_make(kernel->folder, &err), err);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		*paths[i] = path_join(kernel->folder, names[i]);
		assert_ok(file_write_text(*paths[i], "x", &err), err);
	}
	kernel->id.release = xstrdup(release);
	kernel->id.build_id = xstrdup("3b43fad5");
	kernel->compiler = xstrdup("gcc-12");
	text_list_add(&kernel->make_args, "CC=gcc-12");
	assert_ok(description_write(kernel, &err), err);
	return kernel;
}

static void a_kernel_that_was_written_is_opened_with_absolute_paths(void **state)
{
	auto_kernel struct kernel *made = make_kernel("6.1.0-1-cloud-amd64");
	auto_kernel struct kernel *opened = NULL;
	struct error err;

	(void)state;
	assert_ok(kernel_open("6.1.0-1-cloud-amd64", &opened, &err), err);
	assert_string_equal(opened->source, made->source);
	assert_string_equal(opened->id.build_id, "3b43fad5");
	assert_string_equal(opened->make_args.items[0], "CC=gcc-12");
	assert_null(opened->vmlinux);
}

static void a_cache_may_be_moved(void **state)
{
	auto_kernel struct kernel *made = make_kernel("6.1.0-2-cloud-amd64");
	auto_kernel struct kernel *opened = NULL;
	auto_free char *moved = xasprintf("%s/kernels/6.1.0-3-cloud-amd64", cache);
	struct error err;

	(void)state;
	assert_int_equal(rename(made->folder, moved), 0);
	assert_ok(kernel_open("6.1.0-3-cloud-amd64", &opened, &err), err);
	assert_true(has_prefix(opened->source, moved));
}

static void a_kernel_that_is_not_there_says_how_to_get_it(void **state)
{
	struct kernel *kernel;
	struct error err;

	(void)state;
	assert_fails(kernel_open("6.1.0-99-cloud-amd64", &kernel, &err), err, ERROR_NOT_FOUND,
		     "suture kernel fetch 6.1.0-99-cloud-amd64");
	assert_fails(kernel_open(cache, &kernel, &err), err, ERROR_NOT_FOUND,
		     "suture kernel import --build-tree");
	assert_fails(kernel_open("..", &kernel, &err), err, ERROR_NOT_FOUND, "not a kernel");
	assert_fails(kernel_open("-rf", &kernel, &err), err, ERROR_INVALID, "not the name");
}

static void a_kernel_whose_source_was_removed_is_refused(void **state)
{
	auto_kernel struct kernel *made = make_kernel("6.1.0-4-cloud-amd64");
	struct kernel *opened;
	struct error err;

	(void)state;
	assert_int_equal(unlink(made->source), 0);
	assert_fails(kernel_open("6.1.0-4-cloud-amd64", &opened, &err), err, ERROR_INVALID,
		     "source is not there any more");
	assert_ok(directory_remove(made->folder, &err), err);
}

static void a_half_made_kernel_is_not_listed(void **state)
{
	auto_free char *half = make_half("6.1.0-5-cloud-amd64");
	auto_kernel struct kernel *kernel = make_kernel("6.1.0-10-cloud-amd64");
	auto_kernel struct kernel *older = make_kernel("6.1.0-9-cloud-amd64");
	auto_text_list struct text_list releases = { 0 };
	struct error err;

	(void)state;
	assert_ok(kernel_list(&releases, &err), err);
	assert_false(text_list_has(&releases, "6.1.0-5-cloud-amd64"));
	assert_string_equal(releases.items[releases.count - 1], "6.1.0-10-cloud-amd64");
	assert_string_equal(releases.items[releases.count - 2], "6.1.0-9-cloud-amd64");
}

static void what_a_dead_process_left_is_swept(void **state)
{
	auto_free char *half = make_half("6.1.0-6-cloud-amd64");
	auto_kernel struct kernel *complete = make_kernel("6.1.0-7-cloud-amd64");
	auto_free char *making = path_join(complete->folder, CACHE_MAKING);
	struct error err;

	(void)state;
	assert_ok(directory_make(making, &err), err);
	assert_ok(cache_sweep(&err), err);
	assert_false(file_exists(half));
	assert_false(file_exists(making));
	assert_true(cache_has_kernel(complete->folder));
}

/* The lock is in the hands of a program that an ended suture had started. */
static void what_an_orphan_still_works_on_is_not_swept(void **state)
{
	const char *const argv[] = { "sleep", "1000", NULL };
	auto_free char *half = make_half("6.1.0-8-cloud-amd64");
	struct process *orphan;
	struct error err;
	int lock;

	(void)state;
	assert_ok(cache_lock("6.1.0-8-cloud-amd64", NULL, &lock, &err), err);
	assert_ok(process_start(&(struct process_spec){ .argv = argv }, &orphan, &err), err);
	close(lock);
	assert_ok(cache_sweep(&err), err);
	assert_true(file_exists(half));
	process_free(orphan);
	assert_ok(cache_sweep(&err), err);
	assert_false(file_exists(half));
}

static void too_little_space_is_said_in_numbers(void **state)
{
	struct error err;

	(void)state;
	assert_ok(cache_need_space(cache, 1, &err), err);
	assert_fails(cache_need_space(cache, 1ULL << 62, &err), err, ERROR_SYSTEM, "make room");
}

static void a_truncated_package_is_refused_by_name(void **state)
{
	auto_free char *deb = path_join(cache, "broken_1_amd64.deb");
	auto_free char *folder = path_join(cache, "unpacked");
	struct process *process;
	struct error err;

	(void)state;
	assert_ok(file_write_text(deb, "!<arch>\ndebian-binary   ", &err), err);
	assert_fails(package_check(deb, "66b3", &err), err, ERROR_VERIFY, "broken_1_amd64.deb");
	assert_ok(package_unpack_start(deb, folder, &process, &err), err);
	assert_fails(package_unpack_finish(process, deb, &err), err, ERROR_TOOL,
		     "broken_1_amd64.deb");
	assert_ok(directory_make(folder, &err), err);
	assert_ok(package_unpack_source_start(deb, "6.1", folder, &process, &err), err);
	assert_fails(package_unpack_finish(process, deb, &err), err, ERROR_TOOL,
		     "broken_1_amd64.deb");
}

/* As an ordinary user: root may read everything. Runs `check` in a child, which answers with its
 * exit status. */
static int as_nobody(int (*check)(void))
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(getuid() == 0 && setresuid(65534, 65534, 65534) < 0 ? 99 : check());
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	return status;
}

static int list_is_denied(void)
{
	auto_text_list struct text_list releases = { 0 };
	struct error err;

	return !(kernel_list(&releases, &err) < 0 && err.code == ERROR_PERMISSION &&
		 strstr(err.msg, "the cache (see SUTURE_CACHE)"));
}

static void a_cache_that_may_not_be_read_is_not_an_empty_one(void **state)
{
	auto_free char *kernels = path_join(cache, "kernels");
	struct error err;

	(void)state;
	assert_ok(directory_make(kernels, &err), err);
	assert_int_equal(chmod(kernels, 0), 0);
	assert_int_equal(as_nobody(list_is_denied), 0);
	assert_int_equal(chmod(kernels, 0755), 0);
}

static int building_is_denied(void)
{
	struct error err;

	return !(cache_check_writable(&err) < 0 && err.code == ERROR_PERMISSION &&
		 strstr(err.msg, "can only be read by you"));
}

static void a_foreign_cache_is_for_reading_only(void **state)
{
	struct error err;

	(void)state;
	assert_ok(cache_check_writable(&err), err);
	assert_int_equal(chmod(cache, 0555), 0);
	auto_free char *trees = path_join(cache, "trees");
	assert_int_equal(chmod(trees, 0555), 0);
	assert_int_equal(as_nobody(building_is_denied), 0);
	assert_int_equal(chmod(trees, 0755), 0);
	assert_int_equal(chmod(cache, 0755), 0);
}

static char last_step[200];

static void note_step(void *user, const char *what, uint64_t done, uint64_t total)
{
	int *pipe_end = user;

	(void)done;
	(void)total;
	snprintf(last_step, sizeof(last_step), "%s", what);
	close(*pipe_end); /* the holder lets go */
}

static void whoever_holds_a_lock_is_named_to_those_who_wait(void **state)
{
	auto_free char *path = path_join(cache, "a-lock");
	int held[2], let_go[2], fd;
	char byte = 0;
	struct error err;

	(void)state;
	assert_true(pipe(held) == 0 && pipe(let_go) == 0);

	pid_t child = fork();

	if (child == 0) {
		close(let_go[1]);
		if (file_lock(path, true, &fd, &err) == 0 && write(held[1], "x", 1) == 1 &&
		    read(let_go[0], &byte, 1) == 0)
			_exit(0);
		_exit(1);
	}
	close(held[1]);
	close(let_go[0]);
	assert_int_equal(read(held[0], &byte, 1), 1);

	const struct progress progress = { .step = note_step, .user = &let_go[1] };
	auto_free char *who = xasprintf("waiting: process %d (", (int)child);

	assert_ok(lock_wait(path, "the kernel", &progress, &fd, &err), err);
	assert_non_null(strstr(last_step, who));
	assert_non_null(strstr(last_step, ") holds the kernel"));
	close(fd);
	close(held[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_null(lock_holder(path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kernel_that_was_written_is_opened_with_absolute_paths),
		cmocka_unit_test(a_cache_may_be_moved),
		cmocka_unit_test(a_kernel_that_is_not_there_says_how_to_get_it),
		cmocka_unit_test(a_kernel_whose_source_was_removed_is_refused),
		cmocka_unit_test(a_half_made_kernel_is_not_listed),
		cmocka_unit_test(what_a_dead_process_left_is_swept),
		cmocka_unit_test(what_an_orphan_still_works_on_is_not_swept),
		cmocka_unit_test(too_little_space_is_said_in_numbers),
		cmocka_unit_test(a_truncated_package_is_refused_by_name),
		cmocka_unit_test(a_cache_that_may_not_be_read_is_not_an_empty_one),
		cmocka_unit_test(a_foreign_cache_is_for_reading_only),
		cmocka_unit_test(whoever_holds_a_lock_is_named_to_those_who_wait),
	};

	return cmocka_run_group_tests(tests, make_cache, remove_cache);
}
